// One live picture: asks for it, plays it in whatever way this browser has, says in what state it is, and tries again by itself.
import type { HealthState } from '#core/camera';
import type { LiveEnd, LiveFrame, LiveRefusal, LiveWay } from '../../contract.ts';
import { openFilm, playsFilm } from './film.ts';
import { joinLine, type TileLine, type TileWord } from './line.ts';
import { openMpeg1 } from './mpeg1.ts';
import { openStills, type Player } from './player.ts';

export type LiveState =
  /** A still is shown. */
  | { readonly kind: 'still' }
  | { readonly kind: 'connecting' }
  | {
      readonly kind: 'playing';
      readonly way: LiveWay;
      /** Why it is not a better way. */
      readonly instead: LiveRefusal | 'codec' | null;
      /** When the grant for a restricted site ends. */
      readonly untilMs: number | null;
      /** Parts of the film that were left out because this page did not keep up. */
      readonly leftOut: number;
    }
  | {
      readonly kind: 'ended';
      readonly why: LiveRefusal | LiveEnd | 'line' | 'player';
      /** What the camera's stream ended with. */
      readonly state: HealthState | null;
      /** Seconds until it is tried again; null: it is not. */
      readonly againS: number | null;
    };

export interface ViewOptions {
  readonly cameraId: string;
  /** The picture is drawn into it. */
  readonly host: HTMLElement;
  readonly reason?: string | undefined;
  readonly onState: (state: LiveState) => void;
}

export interface LiveView {
  readonly cameraId: string;
  state(): LiveState;
  /** The player with the picture that is on the screen; undefined while there is none. */
  player(): Player | undefined;
  close(): void;
}

const pausesS = [1, 2, 4, 8, 16, 30] as const;
/** These end by themselves; with others a person has to do something first. */
const passing = new Set<string>([
  'camera',
  'line',
  'player',
  'server-stops',
  'too-many-encoders',
  'not-written',
  'too-fast',
  'too-many-tiles',
]);

const allWays: readonly LiveWay[] = typeof MediaSource === 'undefined' ? ['mpeg1', 'jpeg'] : ['fmp4', 'mpeg1', 'jpeg'];

/** Opens a live picture; close it, or it goes on for nobody. */
export function openView({ cameraId, host, reason, onState }: ViewOptions): LiveView {
  let state: LiveState = { kind: 'connecting' };
  let player: Player | undefined;
  /** Grows with every player: what an older one still says means nothing. */
  let turn = 0;
  let ways = allWays;
  let tries = 0;
  let again: ReturnType<typeof setTimeout> | undefined;
  let waiting: LiveFrame[] = [];
  let isClosed = false;
  let lacksCodec = false;
  let leftOut = 0;

  function become(next: LiveState): void {
    state = next;
    if (!isClosed) onState(next);
  }

  function dropPlayer(): void {
    turn += 1;
    waiting = [];
    player?.close();
    player = undefined;
  }

  function ended(why: Extract<LiveState, { kind: 'ended' }>['why'], health: HealthState | null = null): void {
    dropPlayer();
    clearTimeout(again);
    if (!passing.has(why)) {
      become({ kind: 'ended', why, state: health, againS: null });
      return;
    }
    const againS = pausesS[Math.min(tries, pausesS.length - 1)] ?? 30;
    tries += 1;
    become({ kind: 'ended', why, state: health, againS });
    // A broken line tells when it is back.
    if (why !== 'line') again = setTimeout(ask, againS * 1000);
  }

  function ask(): void {
    if (isClosed) return;
    leftOut = 0;
    become({ kind: 'connecting' });
    line.ask({ kind: 'open', cameraId, ways: [...ways], ...(reason === undefined ? {} : { reason }) });
  }

  /** The player of this way fails: the next one is asked for, from the same stream. */
  function nextWay(way: LiveWay): void {
    dropPlayer();
    const rest = ways.slice(ways.indexOf(way) + 1);
    if (rest.length === 0) {
      ways = allWays;
      line.ask({ kind: 'close' });
      ended('player');
      return;
    }
    ways = rest;
    become({ kind: 'connecting' });
    line.ask({ kind: 'way', ways: [...rest] });
  }

  async function start({ way, codec, instead, untilMs }: Extract<TileWord, { kind: 'playing' }>): Promise<void> {
    dropPlayer();
    const mine = turn;
    if (way === 'fmp4' && !playsFilm(codec ?? '')) {
      lacksCodec = true;
      nextWay('fmp4');
      return;
    }
    const hooks = {
      onShown: () => {
        if (turn !== mine) return;
        tries = 0;
        become({ kind: 'playing', way, instead: instead ?? (lacksCodec ? 'codec' : null), untilMs, leftOut });
      },
      onTrouble: () => {
        if (turn === mine) nextWay(way);
      },
    };
    const made =
      way === 'fmp4'
        ? openFilm(host, codec ?? '', hooks)
        : way === 'mpeg1'
          ? await openMpeg1(host, hooks)
          : openStills(host, hooks);
    if (turn !== mine || isClosed) {
      made.close();
      return;
    }
    player = made;
    // What came while the player was being loaded; it begins with a key frame.
    const early = waiting;
    waiting = [];
    for (const frame of early) made.push(frame);
  }

  const line: TileLine = joinLine({
    onReady: ask,
    onWord: (word) => {
      if (word.kind === 'playing') {
        start(word).catch(() => ended('player'));
      } else if (word.kind === 'left-out') {
        leftOut = word.parts;
        if (state.kind === 'playing') become({ ...state, leftOut });
      } else if (word.kind === 'refused') ended(word.why);
      else ended(word.why, word.state);
    },
    onFrame: (frame) => {
      if (player) player.push(frame);
      else if (waiting.length < 200) waiting.push(frame);
    },
    onBroken: () => ended('line'),
  });
  // Told once the caller has the view in hand.
  queueMicrotask(() => {
    if (!isClosed && state.kind === 'connecting') onState(state);
  });

  return {
    cameraId,
    state: () => state,
    player: () => player,
    close() {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(again);
      dropPlayer();
      line.close();
    },
  };
}
