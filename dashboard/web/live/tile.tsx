// A tile: the camera's last still, and its live picture when somebody looks; what it is, how old it is and why there is none, in words.
import { useEffect, useRef, useState } from 'react';
import type { CameraMark } from '../../contract.ts';
import { Sign } from '../parts/mark.tsx';
import { useFormat, useNow, useSay } from '../parts/words.ts';
import { serverNowMs } from '../state.ts';
import { isTextKey } from '../texts/index.ts';
import { useLive } from './use-live.ts';
import { useStill } from './use-still.ts';
import type { LiveState } from './view.ts';
import '../style/live-view.css';

/** A hand rests on a tile so long before it plays, and may be away so long before it stops. */
const dwellMs = 400;
const awayMs = 3000;
/** A live picture older than this is said to be behind. */
const behindMs = 2500;

const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

export interface LiveTileProps {
  readonly camera: CameraMark;
  /** Play at once; a restricted camera asks for the reason first. */
  readonly autoPlay?: boolean;
  /** Play as long as a hand or the focus is on it. */
  readonly byPointing?: boolean;
  /** A reason that was given for this camera on this page before. */
  readonly reason?: string | undefined;
  readonly onReason?: (reason: string) => void;
  /** The name of the camera stands elsewhere. */
  readonly isNamed?: boolean;
  /** A live picture is on the screen, or is not any more. */
  readonly onPlaying?: (isPlaying: boolean) => void;
}

export function LiveTile({
  camera,
  autoPlay = false,
  byPointing = false,
  reason,
  onReason,
  isNamed = false,
  onPlaying,
}: LiveTileProps) {
  const say = useSay();
  const format = useFormat();
  const host = useRef<HTMLDivElement>(null);
  const place = useRef<HTMLElement>(null);
  const live = useLive(camera.id, host, place);
  const { state, start, stop, isChosen } = live;
  const [isAsking, setAsking] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [given, setGiven] = useState(reason);
  const needsReason = camera.restricted && given === undefined;
  const wantsReason = isAsking || (state.kind === 'ended' && (state.why === 'reason' || state.why === 'grant-over'));

  useEffect(() => {
    if (!autoPlay) return;
    if (camera.restricted && given === undefined) setAsking(true);
    else start('chosen', given);
    // Once, when the tile opens; what a person does later is not undone by a newer mark of the camera.
  }, [camera.id]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const isPlaying = state.kind === 'playing';
  useEffect(() => onPlaying?.(isPlaying), [isPlaying, onPlaying]);
  const still = useStill(camera.restricted || isPlaying ? null : camera.id);

  const press = (): void => {
    clearTimeout(timer.current);
    if (state.kind === 'still') {
      if (needsReason) setAsking(true);
      else start('chosen', given);
    } else if (isChosen) stop();
    else start('chosen', given);
  };
  const rest = (): void => {
    clearTimeout(timer.current);
    if (!byPointing || camera.restricted || reducedMotion()) return;
    timer.current = setTimeout(() => start('pointed'), dwellMs);
  };
  const goAway = (): void => {
    clearTimeout(timer.current);
    if (!byPointing || isChosen || state.kind === 'still') return;
    timer.current = setTimeout(stop, awayMs);
  };
  const give = (text: string): void => {
    setAsking(false);
    setGiven(text);
    onReason?.(text);
    start('chosen', text);
  };

  const name = format.pick(camera.name);
  return (
    <section
      ref={place}
      className={`live-tile live-${state.kind}`}
      aria-label={name}
      data-testid="live-tile"
      data-camera={camera.id}
      data-state={state.kind}
      data-way={state.kind === 'playing' ? state.way : undefined}
      onPointerEnter={rest}
      onPointerLeave={goAway}
      onFocus={rest}
      onBlur={goAway}
    >
      <div className="live-picture">
        {!camera.restricted && !isPlaying && still.kind === 'here' && (
          <img src={still.address} alt={name} draggable={false} />
        )}
        {!camera.restricted && !isPlaying && still.kind === 'none' && (
          <p className="live-closed">{say('picture.none')}</p>
        )}
        <div className="live-host" ref={host} />
        {camera.restricted && state.kind !== 'playing' && !wantsReason && (
          <p className="live-closed">{say('live.closed')}</p>
        )}
        {wantsReason ? (
          <ReasonForm
            isOver={state.kind === 'ended' && state.why === 'grant-over'}
            onGive={give}
            onLeave={() => {
              setAsking(false);
              stop();
            }}
          />
        ) : (
          <button type="button" className="live-press" onClick={press} data-testid="live-press">
            <span className="hidden">
              {say(state.kind === 'still' || !isChosen ? 'live.play' : 'live.stop')}: {name}
            </span>
          </button>
        )}
      </div>
      <div className="live-words">
        {!isNamed && (
          <p className="live-name">
            <Sign of={camera.state === 'ok' ? 'done' : camera.state === 'unknown' ? 'unknown' : 'fault'} size={18} />
            <b className="cut">{name}</b> <span className="num mute">{camera.id}</span>
          </p>
        )}
        <StateWords
          state={state}
          shownAtMs={live.shownAtMs}
          stillAtMs={still.kind === 'here' ? still.seenAtMs : null}
        />
      </div>
    </section>
  );
}

function ReasonForm({
  isOver,
  onGive,
  onLeave,
}: {
  isOver: boolean;
  onGive: (reason: string) => void;
  onLeave: () => void;
}) {
  const say = useSay();
  const [text, setText] = useState('');
  return (
    <form
      className="live-reason form"
      data-testid="live-reason"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim().length >= 5) onGive(text.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        event.preventDefault();
        onLeave();
      }}
    >
      <label>
        <span>{say(isOver ? 'live.reasonAgain' : 'camera.reason')}</span>
        <input
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          minLength={5}
          maxLength={300}
          required
          autoFocus
          data-focus
        />
      </label>
      <button type="submit" className="act">
        {say('live.play')}
      </button>
    </form>
  );
}

/** Words that stand for an end: a camera's state by its own name, the rest by ours. */
function endKey(state: Extract<LiveState, { kind: 'ended' }>): string {
  const byCamera = `health.${state.state ?? ''}`;
  return state.why === 'camera' && state.state !== 'unknown' && isTextKey(byCamera)
    ? byCamera
    : `live.end.${state.why}`;
}

function StateWords({
  state,
  shownAtMs,
  stillAtMs,
}: {
  state: LiveState;
  shownAtMs: () => number | undefined;
  stillAtMs: number | null;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  if (state.kind === 'still') {
    return (
      <p className="live-state mute">
        {stillAtMs !== null && say('live.stillOf', { ago: format.ago(stillAtMs, nowMs) })}
      </p>
    );
  }
  if (state.kind === 'connecting') return <p className="live-state">{say('live.connecting')}</p>;
  if (state.kind === 'ended') {
    const key = endKey(state);
    return (
      <p className="live-state live-ended" role="status">
        {isTextKey(key) ? say(key) : say('live.end.camera')}{' '}
        {state.againS !== null && <span className="mute">{say('live.again', { s: state.againS })}</span>}
      </p>
    );
  }
  const atMs = shownAtMs();
  const ageMs = atMs === undefined ? 0 : Math.max(0, serverNowMs() - atMs);
  const isBehind = ageMs > behindMs && state.way !== 'jpeg';
  return (
    <p className="live-state" data-testid="live-state" data-age-ms={Math.round(ageMs)}>
      <b className={isBehind ? 'live-late' : 'live-on'}>
        {isBehind ? say('live.behind', { s: Math.round(ageMs / 1000) }) : say('live.on')}
      </b>{' '}
      {atMs !== undefined && <span className="num">{format.timeS(atMs)}</span>}{' '}
      <span className="mute">{say(`live.way.${state.way}`)}</span>
      {(state.instead === 'no-program' || state.instead === 'too-many-encoders') && (
        <span className="mute"> {say(`live.instead.${state.instead}`)}</span>
      )}
      {state.leftOut > 0 && <span className="mute"> {say('live.leftOut', { n: state.leftOut })}</span>}
      {state.untilMs !== null && (
        <span className="mute"> {say('live.until', { time: format.time(state.untilMs) })}</span>
      )}
    </p>
  );
}
