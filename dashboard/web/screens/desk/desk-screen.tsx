// The desk (screens 4.1): one claim with the proof for it, one verdict, one key.
import { useCallback, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { hazardNames, severities } from '#core/hazard-name';
import { routes, type IncidentView } from '../../../contract.ts';
import { seenMs } from '../../guards.ts';
import { hazardName, reasonsOf } from '../../hazard-words.ts';
import type { Act } from '../../keyboard.ts';
import { call } from '../../net/api.ts';
import { isUndecided, KeyBar } from '../../parts/frame.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Picture } from '../../parts/picture.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { Strip } from '../../parts/strip.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { replaceCards, say as tell, store } from '../../state.ts';
import { severityToken } from '../../style/tokens.ts';
import { DecidedList, UndoToast } from './decided.tsx';
import {
  desk,
  give,
  loadDetails,
  notePainted,
  pictureOf,
  refreshQueue,
  select,
  showNew,
  step,
  takeBack,
  verdictBox,
  type Choice,
} from './desk-state.ts';
import { Compare, Full, Shelve } from './layers.tsx';
import { ProofOfLife } from './proof-of-life.tsx';
import { QueueList } from './queue-list.tsx';
import { reasonAt, VerdictColumn } from './verdict-column.tsx';
import { Where } from './where.tsx';
import { Explain, Why } from './why.tsx';

type LayerName = 'compare' | 'shelve' | 'explain' | 'full';

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
  const failed = useStore(desk, (state) => state.queue.selected !== null && state.failed.has(state.queue.selected));
  const [layer, setLayer] = useState<LayerName | null>(null);
  const [neighbour, setNeighbour] = useState(0);
  const [blink, setBlink] = useState(false);
  const [magnified, setMagnified] = useState(false);
  const [allReasons, setAllReasons] = useState(false);
  const [strip, setStrip] = useState<string | null>(null);
  const ready = useReady(view);

  const [loaded] = useLoad('desk', (signal) => call(routes.desk, { signal }), { everyMs: 15_000 });
  useEffect(() => {
    if (loaded.kind !== 'here') return;
    const { queue: cards, life, decidedLately } = loaded.value;
    store.setState(({ incidents: known }) => ({ life, incidents: replaceCards(known, [...cards], isUndecided) }));
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
    desk.setState((state) => ({
      held: [...held.filter((row) => !state.held.some((one) => one.verdictId === row.verdictId)), ...state.held],
    }));
  }, [loaded]);
  useEffect(refreshQueue, [incidents, decided]);
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
    if (card && !isUndecided(card)) {
      tell('desk.gone');
      return;
    }
    setLayer(null);
    store.setState({ mode: 'plain' });
    give(person.person.id, details, choice);
  }, []);

  const withView =
    (act: (view: IncidentView, arg: number) => void): Act =>
    (row) => {
      if (view) act(view, row.arg ?? 0);
    };
  const mode = useKnown((state) => state.mode);
  const setMode = (to: typeof mode): void => store.setState({ mode: to });
  useKeys(
    'desk',
    {
      confirm: () => judge({ kind: 'confirm' }),
      'confirm-now': withView((one) =>
        one.card.severity === 'S4' ? judge({ kind: 'confirm', now: true }) : undefined,
      ),
      reject: withView((one) => {
        const likeliest = reasonsOf(one.card.hazard)[0];
        if (mode === 'reasons' && likeliest) judge({ kind: 'reject', reason: likeliest });
        else setMode('reasons');
      }),
      reason: withView((one, digit) => {
        const reason = reasonAt(one, digit);
        if (reason) judge({ kind: 'reject', reason });
        else setAllReasons(true);
      }),
      unsure: () => judge({ kind: 'unsure' }),
      same: withView((one) => (one.neighbours.length > 0 ? setLayer('compare') : tell('same.none'))),
      other: () => setMode(mode === 'hazards' ? 'plain' : 'hazards'),
      hazard: (row) => {
        const hazard = hazardNames[(row.arg ?? 1) - 1];
        if (hazard && hazard !== view?.card.hazard) judge({ kind: 'confirm', hazard });
      },
      severity: (row) => {
        const severity = severities[(row.arg ?? 1) - 1];
        if (severity) desk.setState({ severity });
      },
      addressee: () => setMode(mode === 'addressees' ? 'plain' : 'addressees'),
      shelve: withView((one) => (one.card.severity === 'S4' ? tell('shelve.never') : setLayer('shelve'))),
      undo: () => void takeBack(personId),
      next: () => step(1),
      previous: () => step(-1),
      first: () => select(queue.rows[0] ?? null),
      last: () => select(queue.rows.at(-1) ?? null),
      'show-new': showNew,
      blink: () => setBlink(true),
      magnify: () => setMagnified(true),
      full: withView(() => setLayer('full')),
      explain: withView(() => setLayer('explain')),
      'to-map': withView((one) => {
        location.hash = hashOf('map', one.card.id);
      }),
      'to-camera': withView((one) => {
        if (one.card.cameraId !== null) location.hash = hashOf('camera', one.card.cameraId);
      }),
      step: withView((one, by) => setStrip((before) => stepLook(one, before, by))),
      escape: () => {
        if (mode === 'plain') return false;
        setMode('plain');
        return true;
      },
    },
    { blink: () => setBlink(false), magnify: () => setMagnified(false) },
  );

  return (
    <>
      <main className="desk">
        <div className="desk-left">
          <QueueList />
          <DecidedList rows={loaded.kind === 'here' ? loaded.value.decidedLately : []} />
          <UndoToast personId={personId} />
        </div>
        {view ? (
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
                <Why view={view} />
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
              <ProofOfLife decidedLately={loaded.value.decidedLately} />
            )}
          </div>
        )}
      </main>
      <KeyBar place="desk" />
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

/** G1 as something that can be drawn: true when the picture of this very item has been on the screen long enough. */
function useReady(view: IncidentView | undefined): boolean {
  const painted = useStore(desk, (state) => state.painted);
  const picture = view ? pictureOf(view) : null;
  const mine = view !== undefined && painted?.itemId === view.card.id && painted.picture === picture;
  const [ready, setReady] = useState<string | null>(null);
  const key = mine ? `${view.card.id} ${painted.picture}` : null;
  useEffect(() => {
    if (key === null || !painted) return undefined;
    const timer = setTimeout(() => setReady(key), Math.max(0, painted.atMs + seenMs - performance.now()));
    return () => clearTimeout(timer);
  }, [key, painted]);
  return key !== null && ready === key;
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

function Claim({ view }: { view: IncidentView }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const { card } = view;
  const news = useStore(desk, (state) => (state.news?.incidentId === card.id ? state.news : null));
  const state = useKnown((known) => known.incidents.get(card.id)?.state ?? card.state);
  return (
    <header className="claim">
      <Mark severity={card.severity} hazard={card.hazard} size={52} calling={false} />
      <div>
        <h1>
          {format.pick(hazardName(card.hazard))} <span className="mute num">#{card.number}</span>
        </h1>
        <p>
          {format.pick(card.place)} <span className="mute">· {say(`district.${districtKey(card.district)}`)}</span>
          {card.cameraId !== null && (
            <>
              {' '}
              · <a href={hashOf('camera', card.cameraId)}>{card.cameraId}</a>
            </>
          )}
        </p>
      </div>
      <div className="claim-age">
        <b className="num">{format.age(nowMs - card.waitingSinceMs)}</b>
        <span className="mute">{say('desk.limit', { span: format.span(card.limitMs) })}</span>
      </div>
      {state !== 'pending_review' && <p className="notice">{say('desk.stateNow', { state: say(`state.${state}`) })}</p>}
      {news && (
        <p className="notice" role="status">
          {say('desk.newer', { who: news.who, time: format.timeS(news.atMs) })}
        </p>
      )}
    </header>
  );
}

function Pair({
  view,
  blink,
  magnified,
  ready,
  strip,
}: {
  view: IncidentView;
  blink: boolean;
  magnified: boolean;
  ready: boolean;
  strip: string | null;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const { card, before, now } = view;
  const picture = pictureOf(view);
  const colour = `var(--${severityToken[card.severity]})`;
  const words = `${format.pick(hazardName(card.hazard))}, ${format.pick(card.place)}`;
  const look = strip === null ? undefined : view.strip.find((one) => one.lookId === strip);
  const left = look?.stillSha256 ?? before?.sha256 ?? null;
  const leftAtMs = look ? look.seenAtMs : (before?.seenAtMs ?? null);
  const swapped = blink && left !== null;
  return (
    <div className="pair">
      <figure className="shot" data-testid="before-picture">
        <figcaption>
          <b>{look ? say('shot.look') : say('shot.before')}</b>{' '}
          {leftAtMs !== null && <span className="num">{format.moment(leftAtMs, nowMs)}</span>}{' '}
          <span className="mute">
            {look
              ? say(`word.${look.outcome === 'seen' ? (look.word ?? 'clear') : 'cannot-see'}`)
              : left === null
                ? say('shot.noBefore')
                : say('shot.beforeWhat')}
          </span>
        </figcaption>
        <Picture sha256={left} alt={say('shot.before')} magnified={magnified} mark={magnified ? card.mark : null} />
      </figure>
      <figure className="shot" data-testid="now-picture" data-painted={ready ? 'true' : 'false'}>
        <figcaption>
          <b>{swapped ? say('shot.before') : say('shot.now')}</b>{' '}
          {now?.seenAtMs != null && (
            <>
              <span className="num">{format.timeS(now.seenAtMs)}</span>{' '}
              <span className="mute">{format.ago(now.seenAtMs, nowMs)}</span>
            </>
          )}
        </figcaption>
        <Picture
          sha256={picture}
          alt={words}
          mark={swapped ? null : card.mark}
          markColour={colour}
          magnified={magnified}
          onPainted={(atMs) => picture !== null && notePainted(card.id, picture, atMs)}
        >
          {swapped && (
            <div className="picture-swap">
              <Picture sha256={left} alt={say('shot.before')} />
            </div>
          )}
        </Picture>
      </figure>
    </div>
  );
}

const districts = ['almaty', 'baiqonyr', 'esil', 'nura', 'saraishyq', 'saryarqa'] as const;
/** The key of a district's name; another city's districts are shown under the general word. */
export const districtKey = (id: string): (typeof districts)[number] | 'other' =>
  districts.find((one) => one === id) ?? 'other';
