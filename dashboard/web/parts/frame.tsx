// The frame of every screen: top bar with the line's state, key bar, help sheet, sentence at the foot.
import { useEffect, useRef, type ReactNode } from 'react';
import { languages, severities } from '#core/hazard-name';
import { undecidedIncidentStates } from '#core/incident';
import { routes, type IncidentCard } from '../../contract.ts';
import { keyLabel, keysOf, rowLabel, type Place } from '../keys.ts';
import { call } from '../net/api.ts';
import { hashOf, type Screen } from '../route.ts';
import { isStoodFor } from '../screens/desk/mass.ts';
import { armSound } from '../sound.ts';
import { setLanguage, store } from '../state.ts';
import { Mark } from './mark.tsx';
import { useFormat, useKnown, useLayoutMap, useNow, useSay } from './words.ts';

export const isUndecided = (card: Pick<IncidentCard, 'state'>): boolean =>
  undecidedIncidentStates.some((state) => state === card.state);

export function LanguageSwitch() {
  const language = useKnown((state) => state.language);
  const say = useSay();
  return (
    <div className="languages" role="group" aria-label={say('frame.language')}>
      {languages.map((one) => (
        <button
          key={one}
          type="button"
          className="quiet"
          aria-pressed={one === language}
          data-testid={`language-${one}`}
          lang={one}
          onClick={() => setLanguage(one)}
        >
          {one.toUpperCase()}
        </button>
      ))}
    </div>
  );
}

function Waiting() {
  const say = useSay();
  const incidents = useKnown((state) => state.incidents);
  const masses = useKnown((state) => state.masses);
  const counts = { S1: 0, S2: 0, S3: 0, S4: 0 };
  for (const card of incidents.values()) {
    if (isUndecided(card) && !isStoodFor(card, masses)) counts[card.severity] += 1;
  }
  for (const one of masses.values()) if (one.asks) counts[one.severity] += 1;
  const all = counts.S1 + counts.S2 + counts.S3 + counts.S4;
  return (
    <div className="bar-group" aria-label={say('frame.waiting', { n: all })} role="group">
      <span className="mute">{say('frame.waitingShort')}</span> <b>{all}</b>
      {[...severities].reverse().map((severity) => (
        <span key={severity} className="bar-count">
          <Mark severity={severity} size={20} />
          <b>{counts[severity]}</b>
        </span>
      ))}
    </div>
  );
}

function Clock() {
  const nowMs = useNow(1000);
  const format = useFormat();
  return <time className="clock">{format.timeS(nowMs)}</time>;
}

function Line() {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const line = useKnown((state) => state.line);
  const lastWordAtMs = useKnown((state) => state.lastWordAtMs + state.skewMs);
  return (
    <span className={`line line-${line}`} data-testid="line" data-line={line}>
      <i aria-hidden="true" />
      {line === 'up'
        ? say('line.up', { ago: format.ago(lastWordAtMs, nowMs) })
        : say('line.down', { time: format.timeS(lastWordAtMs) })}
    </span>
  );
}

/** Said as long as the city lives faster than life. */
export function PaceNote() {
  const say = useSay();
  const format = useFormat();
  const city = useKnown((state) => state.me?.city);
  if (!city || city.pace === 1) return null;
  return (
    <span className="pace" data-testid="pace">
      {city.paceNote ? format.pick(city.paceNote) : say('frame.pace', { span: format.span(3_600_000 / city.pace) })}
    </span>
  );
}

function Sound() {
  const say = useSay();
  const armed = useKnown((state) => state.soundArmed);
  return (
    <button
      type="button"
      className={`quiet sound ${armed ? '' : 'sound-off'}`}
      onClick={() => void armSound()}
      title={say(armed ? 'sound.on' : 'sound.off')}
      aria-label={say(armed ? 'sound.on' : 'sound.off')}
    >
      <svg
        viewBox="0 0 24 24"
        width="22"
        height="22"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinejoin="round"
        strokeLinecap="round"
        aria-hidden="true"
      >
        <path d="M4 9h4l5-4v14l-5-4H4z" fill="currentColor" />
        {armed ? <path d="M16.500 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11" /> : <path d="M16 9l6 6M22 9l-6 6" />}
      </svg>
    </button>
  );
}

/** Ends the session on the server and here. */
export async function signOut(): Promise<void> {
  await call(routes.signOut).catch(() => undefined);
  store.setState({ phase: 'out', me: null });
}

/** Who has fewer screens than this sees the options among them; others find them under their name, where there is room. */
const navMost = 4;

export function TopBar({ screen, screens }: { screen: Screen; screens: readonly Screen[] }) {
  const say = useSay();
  const format = useFormat();
  const me = useKnown((state) => state.me);
  const line = useKnown((state) => state.line);
  const life = useKnown((state) => state.life);
  const mayDecide = me?.permissions.includes('see-queue') === true;
  const language = useKnown((state) => state.language);
  const here = useRef<HTMLAnchorElement>(null);
  // On narrow screens and in long languages the row scrolls; where one is stays in sight.
  useEffect(() => {
    here.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [screen, language]);
  return (
    <>
      <PaceNote />
      <header className={`top ${line === 'down' ? 'hatched' : ''}`}>
        <b className="brand">{say('app.name')}</b>
        <nav aria-label={say('frame.screens')}>
          {screens
            .filter((one) => one === screen || (one !== 'system' && (one !== 'options' || screens.length < navMost)))
            .map((one) => (
              <a
                key={one}
                href={hashOf(one)}
                aria-current={one === screen ? 'page' : undefined}
                ref={one === screen ? here : undefined}
              >
                {say(`screen.${one}`)}
              </a>
            ))}
        </nav>
        {mayDecide && <Waiting />}
        {life && (
          <span className="bar-group cameras" title={say('frame.cameras')}>
            <span className="mute">{say('frame.camerasShort')}</span> <b>{format.number(life.cameras.ok)}</b>
            <span className="mute">/ {format.number(life.cameras.all)}</span>
          </span>
        )}
        <span className="grow" />
        <Line />
        <Clock />
        {mayDecide && <Sound />}
        <LanguageSwitch />
        <details className="person">
          <summary>{me?.person.name}</summary>
          <div className="menu">
            <p className="mute">{me?.person.roles.map((role) => say(`role.${role}`)).join(', ')}</p>
            {screens.includes('options') && <a href={hashOf('options')}>{say('screen.options')}</a>}
            <button type="button" onClick={() => void signOut()} data-testid="sign-out">
              {say('frame.signOut')}
            </button>
          </div>
        </details>
      </header>
    </>
  );
}

export function KeyBar({ place, acts }: { place: Place; acts?: readonly string[] }) {
  const say = useSay();
  const layout = useLayoutMap();
  const rows = keysOf(place, 'bar').filter((row) => !acts || acts.includes(row.act));
  return (
    <footer className="keys" aria-label={say('frame.keys')}>
      <span className="key-hints">
        {rows
          .filter((row) => row.act !== 'help')
          .map((row) => (
            <span key={row.act + row.text} className="key-hint">
              <kbd>
                {row.shift === true || row.codes[0]?.startsWith('Digit') === true
                  ? rowLabel(row, layout)
                  : keyLabel(row.codes[0] ?? '', layout)}
              </kbd>{' '}
              {say(row.text)}
            </span>
          ))}
      </span>
      <button type="button" className="quiet key-hint" onClick={() => store.setState({ helpOpen: true })}>
        <kbd>?</kbd> {say('key.help')}
      </button>
    </footer>
  );
}

const guards = ['G1', 'G2', 'G3', 'G4'] as const;

export function HelpSheet({ place }: { place: Place }) {
  const say = useSay();
  const layout = useLayoutMap();
  const open = useKnown((state) => state.helpOpen);
  if (!open) return null;
  const close = (): void => store.setState({ helpOpen: false });
  return (
    <Layer title={say('help.title')} onClose={close} wide>
      <dl className="help">
        {keysOf(place, 'all').map((row) => (
          <div key={row.act + row.text}>
            <dt>
              <kbd>{rowLabel(row, layout)}</kbd>
            </dt>
            <dd>
              {say(row.text)}
              {row.guards && <sup className="mute"> {row.guards.map((guard) => guard.slice(1)).join(' ')}</sup>}
            </dd>
          </div>
        ))}
      </dl>
      <ol className="help-guards mute">
        {guards.map((guard) => (
          <li key={guard}>
            <sup>{guard.slice(1)}</sup> {say(`guard.${guard}`)}
          </li>
        ))}
      </ol>
    </Layer>
  );
}

/** A layer above the screen: a dialog of the browser, so that focus stays inside and `Escape` closes it. */
export function Layer({
  title,
  onClose,
  children,
  wide = false,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}) {
  const say = useSay();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // The browser gives the focus to the first button; what is to be typed comes first.
    const first =
      element?.querySelector<HTMLElement>('[data-focus]') ??
      element?.querySelector<HTMLElement>('input:not([type="radio"]), textarea');
    first?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={wide ? 'layer layer-wide' : 'layer'}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="layer-head">
        <h2>{title}</h2>
        <button type="button" onClick={onClose}>
          {say('layer.close')} <kbd>Esc</kbd>
        </button>
      </div>
      {children}
    </dialog>
  );
}

/** One sentence at the foot, read out politely; it leaves by itself. */
export function Sentence() {
  const say = useSay();
  const toast = useKnown((state) => state.toast);
  useEffect(() => {
    if (!toast) return undefined;
    const timer = setTimeout(
      () => store.setState((state) => (state.toast?.id === toast.id ? { toast: null } : {})),
      6000,
    );
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div className="sentence" role="status" aria-live="polite" data-testid="sentence">
      {toast && <p className={`tone-${toast.tone}`}>{say(toast.text, toast.slots)}</p>}
    </div>
  );
}
