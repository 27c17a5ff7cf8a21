// The whole page: who is there, which screen is open, and what is heard over the line.
import { lazy, Suspense, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { feedFrom, routes, type Change, type Me, type Permission } from '../contract.ts';
import { chosen, loadChoices } from './choices.ts';
import { withoutGone } from './forget.ts';
import { hazardName } from './hazard-words.ts';
import { listen } from './keyboard.ts';
import { holdLive } from './live/hold.ts';
import { LiveLayer, openLiveFrom } from './live/layer.tsx';
import type { Place } from './keys.ts';
import { call, heard, Refused } from './net/api.ts';
import { openLine } from './net/live.ts';
import { HelpSheet, isUndecided, Sentence, TopBar } from './parts/frame.tsx';
import { Waiting } from './parts/panel-state.tsx';
import { useFormat, useKnown, useSay } from './parts/words.ts';
import { hashOf, routeOf, type Route, type Screen } from './route.ts';
import { DeskScreen } from './screens/desk/desk-screen.tsx';
import { openByHandFrom } from './screens/desk/by-hand-open.ts';
import { byHand } from './screens/desk/by-hand-state.ts';
import { leaveDesk, takeBack } from './screens/desk/desk-state.ts';
import { SignIn } from './screens/sign-in.tsx';
import { armSound, callS3, callS4 } from './sound.ts';
import { keptChoice, say as tell, setLanguage, stepText, store } from './state.ts';
import { formatOf } from './format.ts';
import { textOf } from './texts/index.ts';
import { paintTheme } from './style/tokens.ts';

const ByHand = lazy(async () => ({ default: (await import('./screens/desk/by-hand.tsx')).ByHand }));
const MapScreen = lazy(async () => ({ default: (await import('./screens/map/map-screen.tsx')).MapScreen }));
const WallScreen = lazy(async () => ({ default: (await import('./screens/wall/wall-screen.tsx')).WallScreen }));
const TasksScreen = lazy(async () => ({ default: (await import('./screens/tasks/tasks-screen.tsx')).TasksScreen }));
const AgencyScreen = lazy(async () => ({ default: (await import('./screens/agency/agency-screen.tsx')).AgencyScreen }));
const ViolationsScreen = lazy(async () => ({
  default: (await import('./screens/violation/violations-screen.tsx')).ViolationsScreen,
}));
const CameraScreen = lazy(async () => ({ default: (await import('./screens/camera/camera-screen.tsx')).CameraScreen }));
const NumbersScreen = lazy(async () => ({
  default: (await import('./screens/numbers/numbers-screen.tsx')).NumbersScreen,
}));
const HeldScreen = lazy(async () => ({ default: (await import('./screens/held/held-screen.tsx')).HeldScreen }));
const OptionsScreen = lazy(async () => ({
  default: (await import('./screens/options/options-screen.tsx')).OptionsScreen,
}));
const ShiftScreen = lazy(async () => ({ default: (await import('./screens/shift/shift-screen.tsx')).ShiftScreen }));
const LiveScreen = lazy(async () => ({ default: (await import('./screens/live/live-screen.tsx')).LiveScreen }));
const SystemScreen = lazy(async () => ({ default: (await import('./screens/system/system-screen.tsx')).SystemScreen }));

/** What each screen needs; a person sees the screens whose needs are all held. In this order the first one opens by itself. */
const needs: Readonly<Record<Screen, readonly Permission[]>> = {
  desk: ['see-queue'],
  agency: ['answer-task'],
  violations: ['see-violations'],
  tasks: ['see-tasks', 'verify'],
  map: ['see-incidents', 'see-cameras'],
  camera: ['see-cameras'],
  wall: ['see-wall'],
  held: ['see-held'],
  // The shift is of the whole city: who sees a part of it has no `see-held`.
  shift: ['see-queue', 'see-held'],
  numbers: ['see-numbers'],
  live: ['look-at-camera', 'see-cameras'],
  system: ['see-system'],
  options: ['be-signed-in'],
};
const order: readonly Screen[] = [
  'desk',
  'agency',
  'violations',
  'tasks',
  'map',
  'camera',
  'live',
  'held',
  'numbers',
  'shift',
  'wall',
  'system',
  'options',
];

/** Screens that a person with these permissions has, in the order of the top bar; who may not decide has the desk later. */
export function screensOf(permissions: readonly Permission[]): Screen[] {
  const mine = order.filter((screen) => needs[screen].every((need) => permissions.includes(need)));
  const deskFirst = permissions.includes('decide') || !mine.includes('tasks');
  return deskFirst
    ? mine
    : [...mine.filter((screen) => screen === 'tasks'), ...mine.filter((screen) => screen !== 'tasks')];
}

async function enter(): Promise<void> {
  try {
    entered(await call(routes.me));
  } catch (thrown) {
    store.setState({ phase: thrown instanceof Refused ? 'out' : 'unreachable' });
  }
}

/** Someone is signed in: everything starts from the feed's number of this moment. */
export function entered(me: Me): void {
  heard(me.nowMs);
  void loadChoices();
  if (keptChoice('ahual.language') === null) setLanguage(me.person.language);
  store.setState({
    phase: 'in',
    me,
    feed: feedFrom(me.feed),
    incidents: new Map(),
    masses: new Map(),
    tasks: new Map(),
    cameras: new Map(),
    life: null,
  });
}

export function App() {
  const phase = useKnown((state) => state.phase);
  const language = useKnown((state) => state.language);
  const textStep = useKnown((state) => state.textStep);
  useEffect(() => void enter(), []);
  useEffect(() => {
    if (phase !== 'unreachable') return undefined;
    const timer = setInterval(() => void enter(), 3000);
    return () => clearInterval(timer);
  }, [phase]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = textOf(language, 'app.name');
  }, [language]);
  useEffect(() => {
    document.documentElement.style.setProperty('--text-step', String(textStep));
  }, [textStep]);
  if (phase === 'in') return <Inside />;
  if (phase === 'out') return <SignIn onEntered={entered} />;
  return phase === 'unreachable' ? <NoServer /> : <Waiting what="app.starting" />;
}

function NoServer() {
  const say = useSay();
  return (
    <main className="panel-state failure" role="alert">
      <h1>{say('app.noServer')}</h1>
      <p>{say('app.tryingAgain')}</p>
    </main>
  );
}

function useRoute(): Route | undefined {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const onHash = (): void => setRoute(routeOf(location.hash));
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, []);
  return route;
}

let sounded: ReadonlySet<string> = new Set();

/** Tones and words for what came new: S4 at once and again, S3 once, the rest in silence (screens 3.4, 6). */
function announce(
  changes: readonly Change[],
  known: ReadonlySet<string>,
  speak: (text: string, urgent: boolean) => void,
): void {
  const { language, me } = store.getState();
  if (!me?.permissions.includes('see-queue')) return;
  for (const { incident } of changes) {
    if (!incident || !isUndecided(incident) || known.has(incident.id) || sounded.has(incident.id)) continue;
    sounded = new Set(sounded).add(incident.id);
    if (incident.severity !== 'S4' && incident.severity !== 'S3') continue;
    const format = formatOf(language, me.city.zone);
    speak(
      textOf(language, 'desk.newSpoken', {
        hazard: format.pick(hazardName(incident.hazard)),
        place: format.pick(incident.place),
      }),
      incident.severity === 'S4',
    );
    if (incident.severity === 'S4') callS4(incident.id);
    else callS3();
  }
}

function Inside() {
  const me = useKnown((state) => state.me);
  const csrf = me?.csrf ?? '';
  const personId = me?.person.id ?? '';
  const [spoken, setSpoken] = useState<{ text: string; urgent: boolean }>({ text: '', urgent: false });
  const screens = screensOf(me?.permissions ?? []);
  const wanted = useRoute();
  const theme = useStore(chosen, ({ choices }) => choices.theme);
  const screen = wanted && screens.includes(wanted.screen) ? wanted.screen : screens[0];
  const route: Route | undefined =
    screen === undefined ? undefined : wanted?.screen === screen ? wanted : { screen, query: new Map() };

  const mayRaise = me?.permissions.includes('raise') === true;
  const isHeld = useStore(byHand, (state) => state.held !== null);

  useEffect(() => {
    let known: ReadonlySet<string> = new Set();
    const note = (): void => {
      const { incidents } = store.getState();
      const undecided = [...incidents.values()].filter(isUndecided).map(({ id }) => id);
      known = withoutGone(new Set([...known, ...undecided]), incidents);
      sounded = withoutGone(sounded, incidents);
    };
    note();
    const end = openLine(csrf, (changes) => {
      announce(changes, known, (text, urgent) => setSpoken({ text, urgent }));
      note();
    });
    return () => {
      end();
      leaveDesk();
    };
  }, [csrf]);

  useEffect(() => {
    const go = (place: Place): void => {
      if (screens.includes(place)) location.hash = hashOf(place);
    };
    return listen(
      {
        help: () => store.setState(({ helpOpen }) => ({ helpOpen: !helpOpen })),
        undo: () => (me?.permissions.includes('decide') ? void takeBack(personId) : tell('desk.nothingToUndo')),
        'text-size': (row) => stepText(row.arg ?? 0),
        'by-hand': () => mayRaise && !holdLive() && route && void openByHandFrom(route),
        live: () => route && void openLiveFrom(route),
      },
      go,
    );
  }, [screens.join(' '), personId, route?.screen, route?.id, mayRaise]);

  useEffect(() => {
    const press = (): void => void armSound();
    window.addEventListener('pointerdown', press, { once: true });
    window.addEventListener('keydown', press, { once: true });
    return () => {
      window.removeEventListener('pointerdown', press);
      window.removeEventListener('keydown', press);
    };
  }, []);

  useEffect(() => paintTheme(screen === 'agency' ? 'day' : theme, document.documentElement), [screen, theme]);

  if (!screen || !route) return <NoScreen />;
  const bare = screen === 'wall' || screen === 'agency';
  return (
    <div className={`app app-${screen}`}>
      {!bare && <TopBar screen={screen} screens={screens} />}
      <Suspense fallback={<Waiting what="app.loadingScreen" />}>
        <Open route={route} />
      </Suspense>
      <LiveLayer />
      {isHeld && (
        <Suspense fallback={null}>
          <ByHand />
        </Suspense>
      )}
      <Sentence />
      {screen !== 'agency' && <HelpSheet place={screen} />}
      <p className="hidden" aria-live="polite">
        {spoken.urgent ? '' : spoken.text}
      </p>
      <p className="hidden" aria-live="assertive">
        {spoken.urgent ? spoken.text : ''}
      </p>
    </div>
  );
}

function Open({ route }: { route: Route }) {
  switch (route.screen) {
    case 'desk':
      return <DeskScreen openId={route.id} />;
    case 'map':
      return <MapScreen openId={route.id} />;
    case 'wall':
      return <WallScreen query={route.query} />;
    case 'tasks':
      return <TasksScreen openId={route.id} />;
    case 'agency':
      return <AgencyScreen openId={route.id} />;
    case 'violations':
      return <ViolationsScreen openId={route.id} />;
    case 'camera':
      return <CameraScreen openId={route.id} fault={route.query.get('state')} />;
    case 'numbers':
      return <NumbersScreen query={route.query} />;
    case 'held':
      return <HeldScreen />;
    case 'options':
      return <OptionsScreen openId={route.id} query={route.query} />;
    case 'shift':
      return <ShiftScreen />;
    case 'live':
      return <LiveScreen query={route.query} />;
    case 'system':
      return <SystemScreen />;
  }
}

function NoScreen() {
  const say = useSay();
  const format = useFormat();
  const city = useKnown((state) => state.me?.city.name);
  return (
    <main className="panel-state">
      <h1>{city ? format.pick(city) : say('app.name')}</h1>
      <p>{say('app.noScreen')}</p>
    </main>
  );
}
