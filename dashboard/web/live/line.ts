// The one line of a page for live pictures: every tile's words and frames over a single WebSocket, opened by the first tile and
// closed by the last; broken, it is opened again by itself.
import { LiveWord, liveHereMs, livePath, unpackFrame, type LiveAsk, type LiveFrame } from '../../contract.ts';
import { heard } from '../net/api.ts';
import { store } from '../state.ts';

export type TileWord = Extract<LiveWord, { tile: number }>;

export interface TileEars {
  /** The line is open: ask for the picture. */
  readonly onReady: () => void;
  readonly onWord: (word: TileWord) => void;
  readonly onFrame: (frame: LiveFrame) => void;
  /** The line broke; it is being opened again. */
  readonly onBroken: () => void;
}

type TileAsk = Extract<LiveAsk, { tile: number }>;
type WithoutTile<T> = T extends { tile: number } ? Omit<T, 'tile'> : never;

export interface TileLine {
  ask(ask: WithoutTile<TileAsk>): void;
  /** Says that nobody looks any more and forgets the tile. */
  close(): void;
}

/** Between two tries to open the line, milliseconds. */
const pausesMs = [500, 1000, 2000, 4000, 8000, 15_000] as const;
/** Without a word for so long the line is dead, whatever the socket believes. */
const silentAfterMs = 6000;
/** The line outlives its last tile so long: a tile that takes another camera does not open it anew. */
const lingerMs = 1500;

let socket: WebSocket | undefined;
let isReady = false;
let heardAtMs = 0;
let tries = 0;
let nextTile = 0;
let mostPlaying = 9;
let beat: ReturnType<typeof setInterval> | undefined;
let again: ReturnType<typeof setTimeout> | undefined;
let ending: ReturnType<typeof setTimeout> | undefined;
const tiles = new Map<number, TileEars>();

/** So many tiles of a page may play at once, as far as the server has said. */
export const playingMost = (): number => mostPlaying;

function say(ask: LiveAsk): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(ask));
}

function onText(text: string): void {
  const parsed = LiveWord.safeParse(JSON.parse(text));
  if (!parsed.success) return;
  const word = parsed.data;
  if (word.kind === 'ready') {
    isReady = true;
    tries = 0;
    mostPlaying = word.playing;
    heard(word.nowMs);
    for (const ears of [...tiles.values()]) ears.onReady();
  } else if (word.kind === 'now') heard(word.nowMs);
  else tiles.get(word.tile)?.onWord(word);
}

function forget(): void {
  clearInterval(beat);
  beat = undefined;
  isReady = false;
  socket = undefined;
}

function open(): void {
  clearTimeout(again);
  again = undefined;
  if (socket !== undefined) return;
  const address = new URL(livePath, location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const opened = new WebSocket(address);
  socket = opened;
  opened.binaryType = 'arraybuffer';
  heardAtMs = performance.now();
  opened.onopen = () => say({ kind: 'hello', csrf: store.getState().me?.csrf ?? '' });
  opened.onmessage = ({ data }: MessageEvent<unknown>) => {
    heardAtMs = performance.now();
    if (typeof data === 'string') onText(data);
    else if (data instanceof ArrayBuffer) {
      const frame = unpackFrame(data);
      if (frame) tiles.get(frame.tile)?.onFrame(frame);
    }
  };
  opened.onclose = () => {
    if (socket !== opened) return;
    forget();
    for (const ears of [...tiles.values()]) ears.onBroken();
    if (tiles.size === 0) return;
    const pauseMs = pausesMs[Math.min(tries, pausesMs.length - 1)] ?? 15_000;
    tries += 1;
    // Not all pages of a hall at the same moment after the server was away.
    again = setTimeout(open, pauseMs * (0.75 + Math.random() / 2));
  };
  beat = setInterval(() => {
    say({ kind: 'here' });
    if (performance.now() - heardAtMs > silentAfterMs) hangUp(opened);
  }, liveHereMs);
}

/** Ends a socket without waiting for the other side, which may be gone. */
function hangUp(opened: WebSocket): void {
  opened.close();
  const closed = opened.onclose;
  opened.onclose = null;
  opened.onmessage = null;
  closed?.call(opened, new CloseEvent('close'));
}

/** Takes part in the line as one more tile. `onReady` is called when the line is open, each time it is opened anew. */
export function joinLine(ears: TileEars): TileLine {
  const tile = nextTile;
  nextTile = (nextTile + 1) % 0x10000;
  tiles.set(tile, ears);
  clearTimeout(ending);
  if (isReady) queueMicrotask(() => tiles.get(tile) === ears && ears.onReady());
  else if (again === undefined) open();
  return {
    ask: (ask) => say({ ...ask, tile }),
    close: () => {
      if (tiles.get(tile) !== ears) return;
      tiles.delete(tile);
      say({ kind: 'close', tile });
      if (tiles.size > 0) return;
      ending = setTimeout(() => {
        if (tiles.size > 0) return;
        clearTimeout(again);
        again = undefined;
        const last = socket;
        forget();
        last?.close();
      }, lingerMs);
    },
  };
}
