// The desk (screens 4.1): one claim with the proof for it, one verdict, one key.
import { useCallback, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { hazardNames, severities } from '#core/hazard-name';
import { routes, type IncidentView, type MassCard } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import type { Act } from '../../keyboard.ts';
import { call } from '../../net/api.ts';
import { FirstStepsPointer } from '../../parts/first-steps.tsx';
import { isUndecided, KeyBar } from '../../parts/frame.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { Strip } from '../../parts/strip.tsx';
import { openLiveLayer } from '../../live/layer.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useKnown, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { replaceCards, say as tell, store } from '../../state.ts';
import { callS3 } from '../../sound.ts';
import { Appeals, linkNearest, useAppeals } from './appeals.tsx';
import { openByHand } from './by-hand-state.ts';
import { Claim, Pair, useReady } from './claim.tsx';
import { DecidedList, UndoToast } from './decided.tsx';
import { districtKey } from './district.ts';
import { queueFilters } from './filter.ts';
import {
  desk,
  give,
  loadDetails,
  narrow,
  noteHeld,
  refreshQueue,
  select,
  showNew,
  step,
  takeBack,
  verdictBox,
  type Choice,
} from './desk-state.ts';
import { Compare, Full, Shelve, WhyNot } from './layers.tsx';
import { isStoodFor, massIdOf, waits } from './mass.ts';
import { MassPanel } from './mass-panel.tsx';
import { armMass, closeMembers, decideArmed, disarmMass, heldOf, openMembers } from './mass-state.ts';
import { PatrolPanel, usePatrol } from './patrol.tsx';
import { Paused } from './paused.tsx';
import { PauseOffer } from './pause-offer.tsx';
import { PlantedWord } from './planted-word.tsx';
import { ProofOfLife } from './proof-of-life.tsx';
import { QueueList } from './queue-list.tsx';
import { holderOf, pauseOrGoOn, seatStore, usePaused, useSeat } from './seat.ts';
import { reasonAt, VerdictColumn } from './verdict-column.tsx';
import { Where } from './where.tsx';
import { Explain, Why } from './why.tsx';

/** What the key bar names on a mass incident. */
const massActs = ['confirm', 'reject', 'undo', 'next', 'to-map'];

/** What is under the eye on the desk: the picture of the claim. */
const holdView = ({ card, now }: IncidentView): void =>
  openByHand({ ...card, stillSha256: now?.sha256 ?? card.stillSha256, seenAtMs: now?.seenAtMs ?? card.lastSeenAtMs });

const isTaken = (id: string): boolean => holderOf(seatStore.getState().seats, id) !== undefined;

type LayerName = 'compare' | 'shelve' | 'explain' | 'full' | 'words';

export function DeskScreen({ openId }: { openId: string | undefined }) {
  const me = useKnown((state) => state.me);
  const personId = me?.person.id ?? '';
  const line = useKnown((state) => state.line);
  const incidents = useKnown((state) => state.incidents);
  const decided = useStore(desk, (state) => state.decided);
  const queue = useStore(desk, (state) => state.queue);
  const view = useStore(desk, (state) =>
    state.queue.selected === null ? undefined : state.details.get(state.queue.selected),
  );
  const selected = queue.selected === null ? undefined : incidents.get(queue.selected);
  const massId = massIdOf(queue.selected);
  const masses = useKnown((state) => state.masses);
  const massStamp = useKnown((state) => state.massStamp);
  const many = massId === undefined ? undefined : masses.get(massId);
  const openedInto = useStore(desk, (state) => state.opened);
  const flood = useStore(desk, (state) => state.flood);
  const failed = useStore(desk, (state) => state.queue.selected !== null && state.failed.has(state.queue.selected));
  const [arrived, setArrived] = useState<MassCard | null>(null);
  const [layer, setLayer] = useState<LayerName | null>(null);
  const [neighbour, setNeighbour] = useState(0);
  const [blink, setBlink] = useState(false);
  const [magnified, setMagnified] = useState(false);
  const [allReasons, setAllReasons] = useState(false);
  const [strip, setStrip] = useState<string | null>(null);
  const ready = useReady(view);
  const say = useSay();
  const language = useKnown((state) => state.language);
  const paused = usePaused();
  const isEmpty = queue.selected === null && !paused;
  const patrol = usePatrol(isEmpty);
  useSeat();
  const patrolFound = (): void => {
    const place = patrol.value?.place;
    if (place) openByHand({ ...place, place: place.name, patrol: true });
    else tell('byHand.chooseFirst');
  };
  const appeals = useAppeals(massId === undefined ? queue.selected : null);

  const [loaded] = useLoad('desk', (signal) => call(routes.desk, { signal }), {
    stamp: massStamp,
    everyMs: 15_000,
  });
  useEffect(() => {
    if (loaded.kind !== 'here') return;
    const { queue: cards, life, decidedLately, masses: many, flood: thick } = loaded.value;
    const isFirst = desk.getState().asOfMs === 0;
    const known = store.getState().masses;
    const after = replaceCards(known, many, () => true);
    store.setState(({ incidents: before }) => ({
      life,
      masses: after,
      incidents: replaceCards(before, cards, (card) => isUndecided(card) && !isStoodFor(card, after)),
    }));
    const fresh = isFirst ? undefined : many.find((one) => one.asks && !known.has(one.id));
    if (fresh) {
      setArrived(fresh);
      callS3();
    }
    desk.setState({ flood: thick, asOfMs: loaded.value.nowMs });
    const held = decidedLately
      .filter((row) => !row.undone)
      .map((row) => ({
        verdictId: row.verdictId,
        incidentId: row.incident.id,
        givenAtMs: row.atMs,
        untilMs: row.undoUntilMs,
        kind: row.kind,
        card: row.incident,
      }))
      .reverse();
    noteHeld([...held, ...many.flatMap(heldOf)], loaded.value.nowMs);
  }, [loaded]);
  useEffect(refreshQueue, [incidents, decided, masses, openedInto]);
  useEffect(() => {
    if (queue.selected !== null && selected && view && selected.version > view.card.version)
      void loadDetails(queue.selected);
  }, [queue.selected, selected, view]);
  useEffect(() => {
    if (openId !== undefined) select(openId);
  }, [openId]);
  useEffect(() => {
    if (personId === '') return;
    const box = verdictBox(personId);
    if (line === 'up') void box.flush();
  }, [personId, line]);
  useUnsavedQuestion();
  useEffect(() => {
    setAllReasons(false);
    setNeighbour(0);
    setStrip(null);
    setLayer(null);
  }, [queue.selected]);

  const judge = useCallback((choice: Choice): void => {
    if (seatStore.getState().seats.some((seat) => seat.mine && seat.pausedAtMs !== null)) {
      tell('seat.isPaused');
      return;
    }
    const { me: person, line: now } = store.getState();
    const current = desk.getState().queue.selected;
    const details = current === null ? undefined : desk.getState().details.get(current);
    if (!person?.permissions.includes('decide')) {
      tell('verdict.notYours');
      return;
    }
    if (!details) {
      tell('desk.wait');
      return;
    }
    const card = store.getState().incidents.get(details.card.id);
    // G2: what is judged is what is on the screen; when the server has said more, that comes first.
    if (now === 'up' && card && card.version > details.card.version) {
      void loadDetails(details.card.id);
      tell('desk.changed');
      return;
    }
    if (card && !waits(card)) {
      tell('desk.gone');
      return;
    }
    store.setState({ mode: 'plain' });
    // The reason "other" says nothing by itself: the law of moves asks for words.
    if (choice.kind === 'reject' && choice.reason === 'other' && choice.note === undefined) {
      setLayer('words');
      return;
    }
    setLayer(null);
    give(person.person.id, details, choice);
  }, []);

  const withView =
    (act: (view: IncidentView, arg: number) => void): Act =>
    (row) => {
      if (view) act(view, row.arg ?? 0);
    };
  const mode = useKnown((state) => state.mode);
  const setMode = (to: typeof mode): void => store.setState({ mode: to });
  /** What can be done with a single incident only says so on a mass incident. */
  const single = (act: (view: IncidentView, arg: number) => void): Act =>
    massId === undefined ? withView(act) : () => tell('mass.singleOnly');
  /** The reason on a digit: judged at once on a single incident, armed on a mass incident. */
  const rejectFor = (digit: number): void => {
    const hazard = view?.card.hazard ?? many?.hazard;
    const reason = hazard === undefined ? undefined : reasonAt(hazard, digit);
    if (!reason) setAllReasons(true);
    else if (massId !== undefined) armMass(massId, { kind: 'reject', reason });
    else judge({ kind: 'reject', reason });
  };
  useKeys(
    'desk',
    {
      confirm: () => {
        if (isEmpty) void patrol.clean();
        else if (massId === undefined || paused) judge({ kind: 'confirm' });
        else armMass(massId, { kind: 'confirm' });
      },
      pause: () => void pauseOrGoOn(),
      'by-hand': () => {
        if (me?.permissions.includes('raise') !== true) tell('byHand.notYours');
        else if (isEmpty) patrolFound();
        else if (view) holdView(view);
        else tell('byHand.chooseFirst');
      },
      'do-it': () => massId !== undefined && decideArmed(massId),
      'confirm-now': single((one) => (one.card.severity === 'S4' ? judge({ kind: 'confirm', now: true }) : undefined)),
      reject: () => (mode === 'reasons' ? rejectFor(1) : setMode('reasons')),
      reason: (row) => rejectFor(row.arg ?? 0),
      unsure: () => (massId === undefined ? judge({ kind: 'unsure' }) : tell('mass.singleOnly')),
      same: single((one) => (one.neighbours.length > 0 ? setLayer('compare') : tell('same.none'))),
      other: () => (massId === undefined ? setMode(mode === 'hazards' ? 'plain' : 'hazards') : tell('mass.singleOnly')),
      hazard: (row) => {
        const hazard = hazardNames[(row.arg ?? 1) - 1];
        if (hazard && hazard !== view?.card.hazard) judge({ kind: 'confirm', hazard });
      },
      severity: (row) => {
        const severity = severities[(row.arg ?? 1) - 1];
        if (massId !== undefined) tell('mass.singleOnly');
        else if (severity) desk.setState({ severity });
      },
      addressee: () =>
        massId === undefined ? setMode(mode === 'addressees' ? 'plain' : 'addressees') : tell('mass.singleOnly'),
      shelve: single((one) => (one.card.severity === 'S4' ? tell('shelve.never') : setLayer('shelve'))),
      undo: () => void takeBack(personId),
      next: () => step(1, isTaken),
      previous: () => step(-1, isTaken),
      first: () => select(queue.rows[0] ?? null),
      last: () => select(queue.rows.at(-1) ?? null),
      'show-new': showNew,
      'filter-queue': (row) => {
        const filter = queueFilters[(row.arg ?? 0) - 1];
        if (filter) narrow(filter);
      },
      blink: () => setBlink(true),
      magnify: () => setMagnified(true),
      full: single(() => setLayer('full')),
      'link-appeal': withView((one) => void linkNearest(appeals, one.card.id)),
      explain: single(() => setLayer('explain')),
      'to-map': () => {
        if (massId !== undefined) location.hash = hashOf('map');
        else if (view) location.hash = hashOf('map', view.card.id);
      },
      live: withView((one) => {
        if (one.card.cameraId !== null) openLiveLayer(one.card.cameraId);
      }),
      'to-camera': withView((one) => {
        if (one.card.cameraId !== null) location.hash = hashOf('camera', one.card.cameraId);
      }),
      step: (row) => {
        const by = row.arg ?? 0;
        if (massId !== undefined && by > 0) void openMembers(massId);
        else if (massId !== undefined) closeMembers();
        else if (view) setStrip((before) => stepLook(view, before, by));
      },
      escape: () => {
        if (mode === 'plain') {
          if (desk.getState().filter === null) return false;
          narrow(null);
          return true;
        }
        disarmMass();
        setMode('plain');
        return true;
      },
    },
    { blink: () => setBlink(false), magnify: () => setMagnified(false) },
  );

  return (
    <>
      <main className="desk">
        <p className="hidden" aria-live="polite">
          {arrived
            ? say('mass.newSpoken', {
                hazard: shortName(arrived.hazard, language),
                district: say(`district.${districtKey(arrived.district)}`),
                n: arrived.undecided,
              })
            : ''}
        </p>
        {flood && (
          <p className="flood" role="status" data-testid="flood">
            {say('desk.flood')}
          </p>
        )}
        <div className="desk-left">
          <QueueList />
          <DecidedList rows={loaded.kind === 'here' ? loaded.value.decidedLately : []} />
          <PlantedWord />
          <PauseOffer />
          <UndoToast personId={personId} />
        </div>
        {paused ? (
          <div className="desk-empty">
            <Paused />
          </div>
        ) : many ? (
          <MassPanel key={many.id} card={many} allReasons={allReasons} onAllReasons={() => setAllReasons(true)} />
        ) : view ? (
          <>
            <div className="desk-middle">
              <Claim view={view} />
              <Pair view={view} blink={blink} magnified={magnified} ready={ready} strip={strip} />
              <section className="panel strip-panel">
                <Strip
                  looks={view.strip}
                  chosen={strip}
                  onChoose={(look) => setStrip((before) => (before === look.lookId ? null : look.lookId))}
                />
              </section>
              <div className="desk-lower">
                <div className="why-column">
                  <Why view={view} />
                  <Appeals key={view.card.id} incidentId={view.card.id} appeals={appeals} />
                </div>
                <Where view={view} />
              </div>
            </div>
            <VerdictColumn
              view={view}
              ready={ready}
              onGive={judge}
              onCompare={() => setLayer('compare')}
              onShelve={() => setLayer('shelve')}
              allReasons={allReasons}
              onAllReasons={() => setAllReasons(true)}
            />
          </>
        ) : (
          <div className="desk-empty">
            {queue.selected !== null ? (
              failed ? (
                <Failure onAgain={() => queue.selected !== null && void loadDetails(queue.selected)} />
              ) : (
                <Waiting what="desk.waitIncident" />
              )
            ) : loaded.kind === 'failed' ? (
              <Failure why={loaded.why} code={loaded.code} />
            ) : loaded.kind === 'loading' ? (
              <Waiting what="desk.waitQueue" />
            ) : (
              <>
                <ProofOfLife decidedLately={loaded.value.decidedLately} />
                <FirstStepsPointer />
                <PatrolPanel patrol={patrol} onFound={patrolFound} />
              </>
            )}
          </div>
        )}
      </main>
      {many ? <KeyBar place="desk" acts={massActs} /> : <KeyBar place="desk" />}
      {view && layer === 'compare' && (
        <Compare
          view={view}
          at={neighbour}
          onNext={() => setNeighbour((n) => n + 1)}
          onMerge={(into) => judge({ kind: 'merge', into: into.id })}
          onClose={() => setLayer(null)}
        />
      )}
      {view && layer === 'shelve' && (
        <Shelve
          view={view}
          onShelve={(minutes, reason) => judge({ kind: 'shelve', minutes, reason })}
          onClose={() => setLayer(null)}
        />
      )}
      {view && layer === 'words' && (
        <WhyNot
          view={view}
          onGive={(note) => judge({ kind: 'reject', reason: 'other', note })}
          onClose={() => setLayer(null)}
        />
      )}
      {view && layer === 'explain' && <Explain view={view} onClose={() => setLayer(null)} />}
      {view && layer === 'full' && <Full view={view} onClose={() => setLayer(null)} />}
    </>
  );
}

/** The look before or after the chosen one that kept a picture; past the newest it is the claim's own again. */
function stepLook(view: IncidentView, chosen: string | null, by: number): string | null {
  const looks = view.strip.filter((look) => look.stillSha256 !== null);
  const at = chosen === null ? looks.length : looks.findIndex((look) => look.lookId === chosen);
  return looks[Math.max(0, at + by)]?.lookId ?? null;
}

/** Leaving with unsent verdicts asks first. */
function useUnsavedQuestion(): void {
  const unsent = useStore(desk, (state) => state.unsent);
  useEffect(() => {
    if (unsent === 0) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [unsent]);
}
