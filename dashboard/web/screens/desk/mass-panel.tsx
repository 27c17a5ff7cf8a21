// A mass incident on the desk (screens 4.1, guard G5): what, where, from what cause, the worst of it, and one decision in two presses.
import { lazy, Suspense, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { rejectReasons } from '#core/incident';
import { routes, type IncidentCard, type MassCard, type MassView } from '../../../contract.ts';
import { seenMs } from '../../guards.ts';
import { hazardName, reasonsOf } from '../../hazard-words.ts';
import { keyLabel } from '../../keys.ts';
import { call } from '../../net/api.ts';
import { Picture } from '../../parts/picture.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useLayoutMap, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { store } from '../../state.ts';
import { severityToken } from '../../style/tokens.ts';
import { districtKey } from './district.ts';
import { desk } from './desk-state.ts';
import { massRow, sampleOf } from './mass.ts';
import { armMass, closeMembers, decideArmed, disarmMass, noteMassPainted, openMembers } from './mass-state.ts';
import { causeWords, MassMark } from './mass-words.tsx';

const PlacesMap = lazy(async () => ({ default: (await import('../../map/places-map.tsx')).PlacesMap }));

export function MassPanel({ card, allReasons, onAllReasons }: PanelProps) {
  const [loaded, reload] = useLoad(
    `mass ${card.id}`,
    (signal) => call(routes.mass, { params: { id: card.id }, signal }),
    { stamp: card.version * 1_000_000 + card.members, everyMs: 15_000 },
  );
  const say = useSay();
  const ready = useReady(card);
  return (
    <>
      <div className="desk-middle" data-testid="mass-panel" data-ready={ready ? 'true' : 'false'}>
        <Head card={card} />
        <div className="mass-worst">
          {card.worst.map((one) => (
            <Worst key={one.id} massId={card.id} card={one} />
          ))}
        </div>
        <div className="desk-lower">
          {loaded.kind === 'loading' ? (
            <Waiting what="desk.waitIncident" />
          ) : loaded.kind === 'failed' ? (
            <Failure why={loaded.why} code={loaded.code} onAgain={reload} />
          ) : (
            <Counts card={card} view={loaded.value} />
          )}
          <section className="panel where">
            <h2 className="panel-head">
              {say('where.title')} <kbd>M</kbd>
            </h2>
            <Suspense fallback={<div className="where-map" />}>
              <PlacesMap cards={loaded.kind === 'here' ? loaded.value.members : card.worst} />
            </Suspense>
          </section>
        </div>
      </div>
      <Column card={card} ready={ready} allReasons={allReasons} onAllReasons={onAllReasons} />
    </>
  );
}

interface PanelProps {
  readonly card: MassCard;
  readonly allReasons: boolean;
  readonly onAllReasons: () => void;
}

/** True when the pictures that have to be seen were on the screen long enough. */
function useReady(card: MassCard): boolean {
  const painted = useStore(desk, (state) => state.massPainted);
  const sample = sampleOf(card);
  const mine = painted.massId === card.id ? sample.map((sha256) => painted.atMs.get(sha256)) : [];
  const allAtMs = mine.length > 0 && mine.every((one) => one !== undefined) ? Math.max(...mine) : null;
  const [ready, setReady] = useState<string | null>(null);
  const key = allAtMs === null ? null : `${card.id} ${sample.join(' ')}`;
  useEffect(() => {
    if (key === null || allAtMs === null) return undefined;
    const timer = setTimeout(() => setReady(key), Math.max(0, allAtMs + seenMs - performance.now()));
    return () => clearTimeout(timer);
  }, [key, allAtMs]);
  return key !== null && ready === key;
}

function Head({ card }: { card: MassCard }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const news = useStore(desk, (state) => (state.news?.incidentId === massRow(card.id) ? state.news : null));
  const { decision } = card;
  return (
    <header className="claim">
      <MassMark card={card} size={48} />
      <div>
        <h1>
          {format.pick(hazardName(card.hazard))}:{' '}
          <span className="num">{say('mass.places', { n: card.undecided })}</span>{' '}
          <span className="mute num">M{card.number}</span>
        </h1>
        <p>
          {say(`district.${districtKey(card.district)}`)}
          <span className="mute"> · {causeWords(card, say, format, nowMs)}</span>
        </p>
      </div>
      <div className="claim-age">
        <b className="num">{format.age(nowMs - card.waitingSinceMs)}</b>
        <span className="mute">{say('desk.limit', { span: format.span(card.limitMs) })}</span>
      </div>
      {decision && card.asks && (
        <p className="notice">
          {say('mass.decidedBefore', {
            what: say(decision.kind === 'confirmed' ? 'decided.confirm' : 'decided.reject'),
            who: decision.who,
            time: format.moment(decision.atMs, nowMs),
          })}
        </p>
      )}
      {decision && !card.asks && (
        <p className="notice" role="status">
          {say('desk.newer', { who: decision.who, time: format.timeS(decision.atMs) })}
        </p>
      )}
      {news && card.asks && (
        <p className="notice" role="status">
          {say('desk.newer', { who: news.who, time: format.timeS(news.atMs) })}
        </p>
      )}
    </header>
  );
}

function Worst({ massId, card }: { massId: string; card: IncidentCard }) {
  const format = useFormat();
  const nowMs = useNow(30_000);
  return (
    <figure className="shot" data-testid="mass-picture">
      <figcaption>
        <span className="num">#{card.number}</span> <b>{format.pick(card.place)}</b>{' '}
        <span className="mute num">
          {format.percent(card.level)} · {format.moment(card.lastSeenAtMs, nowMs)}
        </span>
      </figcaption>
      <Picture
        sha256={card.stillSha256}
        alt={`${format.pick(hazardName(card.hazard))}, ${format.pick(card.place)}`}
        mark={card.mark}
        markColour={`var(--${severityToken[card.severity]})`}
        onPainted={(atMs) => card.stillSha256 !== null && noteMassPainted(massId, card.stillSha256, atMs)}
      />
    </figure>
  );
}

function Counts({ card, view }: { card: MassCard; view: MassView }) {
  const say = useSay();
  const format = useFormat();
  const most = Math.max(1, ...view.byStreetClass.map((row) => row.n));
  return (
    <section className="panel mass-counts" tabIndex={0} aria-label={say('mass.counts')}>
      <h2 className="panel-head">{say('mass.counts')}</h2>
      <dl className="pairs">
        <dt>{say('mass.undecided')}</dt>
        <dd>
          <b className="num">{format.number(card.undecided)}</b>
        </dd>
        <dt>{say('mass.members')}</dt>
        <dd className="num">{format.number(card.members)}</dd>
        <dt>{say('mass.cameras')}</dt>
        <dd className="num">{format.number(card.cameras)}</dd>
      </dl>
      <table className="table mass-streets">
        <caption>{say('mass.byStreet')}</caption>
        <tbody>
          {view.byStreetClass.map((row) => (
            <tr key={row.streetClass}>
              <th scope="row">{say(`street.${row.streetClass}`)}</th>
              <td className="mass-bar" aria-hidden="true">
                <i style={{ width: `${(row.n / most) * 100}%` }} />
              </td>
              <td className="num right">{format.number(row.n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Column({ card, ready, allReasons, onAllReasons }: PanelProps & { readonly ready: boolean }) {
  const say = useSay();
  const layout = useLayoutMap();
  const mode = useKnown((state) => state.mode);
  const mayDecide = useKnown((state) => state.me?.permissions.includes('decide') === true);
  const armed = useStore(desk, (state) => (state.massArmed?.massId === card.id ? state.massArmed : null));
  const isOpened = useStore(desk, (state) => state.opened?.massId === card.id);
  const off = !ready || !mayDecide;
  const n = card.undecided;
  useElseDisarms(armed !== null);
  return (
    <section className="panel verdict" aria-label={say('verdict.title')} data-testid="mass-verdict">
      <p>{say('mass.covers')}</p>
      {!ready && (
        <p className="wait" role="status">
          {say(sampleOf(card).length === 0 ? 'mass.blind' : 'mass.wait')}
        </p>
      )}
      {!mayDecide && <p className="mute">{say('verdict.notYours')}</p>}
      <div className="acts">
        <button
          type="button"
          className="act act-strong"
          aria-keyshortcuts="Enter C"
          aria-disabled={off}
          data-testid="mass-confirm"
          onClick={() =>
            armed?.choice.kind === 'confirm' ? decideArmed(card.id) : armMass(card.id, { kind: 'confirm' })
          }
        >
          <kbd>{keyLabel('Enter', layout)}</kbd>
          <span>{say('mass.confirm', { n })}</span>
        </button>
        {armed?.choice.kind === 'confirm' && <Armed words={say('mass.armedConfirm')} />}
        <button
          type="button"
          className="act"
          aria-keyshortcuts="X"
          aria-disabled={off}
          data-testid="mass-reject"
          onClick={() => store.setState({ mode: mode === 'reasons' ? 'plain' : 'reasons' })}
        >
          <kbd>{keyLabel('KeyX', layout)}</kbd>
          <span>{say('mass.reject', { n })}</span>
        </button>
        {mode === 'reasons' && (
          <div className="choices" role="group" aria-label={say('reject.title')}>
            {[...reasonsOf(card.hazard), ...(allReasons ? others(card) : [])].map((reason, i) => (
              <button
                key={reason}
                type="button"
                className="choice"
                data-testid={`reason-${reason}`}
                onClick={() => armMass(card.id, { kind: 'reject', reason })}
              >
                {i < 7 && <kbd>{i + 1}</kbd>} {say(`reject.${reason}`)} {i === 0 && <kbd>X</kbd>}
              </button>
            ))}
            {!allReasons && (
              <button type="button" className="choice" onClick={onAllReasons}>
                <kbd>8</kbd> {say('reject.all')}
              </button>
            )}
          </div>
        )}
        {armed?.choice.kind === 'reject' && (
          <>
            <Armed words={say('mass.armedReject', { reason: say(`reject.${armed.choice.reason}`) })} />
            <button type="button" className="act" data-testid="mass-do" onClick={() => decideArmed(card.id)}>
              <kbd>{keyLabel('Enter', layout)}</kbd>
              <span>{say('mass.reject', { n })}</span>
            </button>
          </>
        )}
        <button
          type="button"
          className="act"
          aria-keyshortcuts={isOpened ? 'ArrowLeft' : 'ArrowRight'}
          aria-expanded={isOpened}
          data-testid="mass-open"
          onClick={() => (isOpened ? closeMembers() : void openMembers(card.id))}
        >
          <kbd>{isOpened ? '←' : '→'}</kbd>
          <span>{say(isOpened ? 'mass.hide' : 'mass.show')}</span>
        </button>
      </div>
      <a className="mute small" href={hashOf('map')}>
        {say('screen.map')}
      </a>
    </section>
  );
}

const others = (card: MassCard) => rejectReasons.filter((reason) => !reasonsOf(card.hazard).includes(reason));

function Armed({ words }: { words: string }) {
  const say = useSay();
  return (
    <div className="armed" role="status" data-testid="mass-armed">
      <p>
        <b>{words}</b>
      </p>
      <p className="mute small">{say('mass.armedElse')}</p>
    </div>
  );
}

/** Armed, any key but those that do it goes back (guard G4). */
function useElseDisarms(isArmed: boolean): void {
  useEffect(() => {
    if (!isArmed) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      const does = ['Enter', 'NumpadEnter', 'KeyC'].includes(event.code);
      const isButton = event.code === 'Space' && event.target instanceof HTMLButtonElement;
      const isModifier = ['Shift', 'Control', 'Alt', 'Meta', 'Tab'].includes(event.key);
      if (!does && !isButton && !isModifier) disarmMass();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isArmed]);
}
