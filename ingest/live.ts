// Live pictures for people: one stream a camera however many look, passed through, gone ten seconds after the last viewer.
import type { Camera, HealthState } from '#core/camera';
import { systemClock, type Clock } from '#core/clock';
import type { Log } from '#core/log';
import { defaultHazardSettings } from '#hazards';
import { signInOf, type CredentialOf } from './book.ts';
import { Budget, EyeChild } from './eye/child.ts';
import type { FromEye } from './eye/protocol.ts';

/** What a viewer is told. Bytes are fragmented MP4: the head once, then parts; the first part begins with a key frame. */
export interface LiveViewer {
  /** `codec` as browsers name it (`avc1.64001f`); a browser that does not play it needs another way. */
  readonly onHead: (codec: string, bytes: Uint8Array) => void;
  readonly onPart: (bytes: Uint8Array, isKey: boolean) => void;
  /** The stream ended; joining again opens it anew. */
  readonly onEnd: (end: { readonly state: HealthState; readonly detail: string }) => void;
}

export interface LiveOptions {
  readonly ways: readonly ('node-av' | 'ffmpeg')[];
  readonly ffmpeg: string;
  readonly allowedHosts: readonly string[];
  readonly credential: CredentialOf;
  readonly log: Log;
  readonly clock?: Clock;
  /** So long after the last viewer the camera is let go. */
  readonly lingerMs?: number;
  readonly entry?: string;
}

export interface LiveState {
  readonly streams: number;
  readonly viewers: number;
  readonly pid: number | null;
}

export interface Live extends AsyncDisposable {
  /**
   * Joins the live picture of a camera; the small stream where it has one, unless `stream` is `main`. Gives the function that
   * leaves it. A camera without an RTSP address ends at once.
   */
  join(camera: Camera, viewer: LiveViewer, stream?: 'sub' | 'main'): () => void;
  state(): LiveState;
}

interface Tile {
  readonly key: string;
  readonly viewers: Set<LiveViewer>;
  /** Who has had the head and a part that begins with a key frame. */
  readonly begun: Set<LiveViewer>;
  head: { codec: string; bytes: Uint8Array } | undefined;
  /** Parts since the last key frame: who joins begins with them, without waiting for the next one. */
  recent: { bytes: Uint8Array; isKey: boolean }[];
  recentBytes: number;
  leaving: AbortController | undefined;
}

/** Longer runs without a key frame are not kept: who joins then waits for the next one. */
const mostRecentBytes = 8 * 1024 * 1024;

/** Opens the room. Its child process is started by the first viewer. */
export function openLive(options: LiveOptions): Live {
  const clock = options.clock ?? systemClock;
  const budget = new Budget();
  const tiles = new Map<string, Tile>();
  let child: EyeChild | undefined;
  let isClosed = false;

  function end(tile: Tile, state: HealthState, detail: string): void {
    tiles.delete(tile.key);
    tile.leaving?.abort();
    for (const viewer of tile.viewers) viewer.onEnd({ state, detail });
    tile.viewers.clear();
  }

  function take(message: FromEye): void {
    if (message.kind !== 'live-head' && message.kind !== 'live-part' && message.kind !== 'live-end') return;
    const tile = tiles.get(message.key);
    if (!tile) return;
    if (message.kind === 'live-end') {
      end(tile, message.health, message.detail);
      return;
    }
    if (message.kind === 'live-head') {
      tile.head = { codec: message.codec, bytes: message.bytes };
      for (const viewer of tile.viewers) viewer.onHead(message.codec, message.bytes);
      return;
    }
    const { bytes, isKey } = message;
    if (isKey) {
      tile.recent = [];
      tile.recentBytes = 0;
    }
    tile.recentBytes += bytes.length;
    if (tile.recentBytes <= mostRecentBytes && (isKey || tile.recent.length > 0)) tile.recent.push({ bytes, isKey });
    else tile.recent = [];
    for (const viewer of tile.viewers) {
      if (isKey) tile.begun.add(viewer);
      if (tile.begun.has(viewer)) viewer.onPart(bytes, isKey);
    }
  }

  function eye(): EyeChild | undefined {
    if (child || isClosed || !budget.take(clock.monotonicMs())) return child;
    const fresh = new EyeChild({
      opening: {
        kind: 'open',
        eye: 'live',
        ways: [...options.ways],
        ffmpeg: options.ffmpeg,
        allowedHosts: [...options.allowedHosts],
        hazards: defaultHazardSettings,
        dropFolder: '',
        files: false,
        watch: null,
      },
      inFlight: 32,
      ...(options.entry === undefined ? {} : { entry: options.entry }),
      log: options.log,
      onMessage: take,
      onEnd: ({ wanted, why }) => {
        if (child === fresh) child = undefined;
        if (!wanted) options.log.warn({ why, streams: tiles.size }, 'the eye of live pictures died');
        for (const tile of [...tiles.values()]) end(tile, 'crashed', 'The live picture was interrupted.');
      },
    });
    child = fresh;
    return fresh;
  }

  function leave(tile: Tile, viewer: LiveViewer): void {
    tile.begun.delete(viewer);
    if (!tile.viewers.delete(viewer) || tile.viewers.size > 0 || tiles.get(tile.key) !== tile) return;
    const leaving = new AbortController();
    tile.leaving = leaving;
    clock.sleep(options.lingerMs ?? 10_000, leaving.signal).then(
      () => {
        if (tile.viewers.size > 0) return;
        tiles.delete(tile.key);
        child?.send({ kind: 'unlive', key: tile.key });
      },
      () => undefined,
    );
  }

  return {
    join(camera, viewer, stream = 'sub') {
      const address = stream === 'sub' ? (camera.subRtsp ?? camera.rtsp) : (camera.rtsp ?? camera.subRtsp);
      if (address === undefined) {
        viewer.onEnd({ state: 'unknown', detail: 'This camera has no stream, only still pictures.' });
        return () => undefined;
      }
      const key = `${camera.id}/${address}`;
      const known = tiles.get(key);
      const tile: Tile = known ?? {
        key,
        viewers: new Set(),
        begun: new Set(),
        head: undefined,
        recent: [],
        recentBytes: 0,
        leaving: undefined,
      };
      tile.leaving?.abort();
      tile.leaving = undefined;
      tile.viewers.add(viewer);
      if (!known) {
        tiles.set(key, tile);
        const open = eye();
        if (!open) end(tile, 'crashed', 'Live pictures rest for a minute after several faults.');
        else {
          open.ready.then(
            () => {
              if (tiles.get(key) === tile)
                open.send({ kind: 'live', key, address, signIn: signInOf(camera, options.credential) });
            },
            () => undefined,
          );
        }
      } else if (tile.head) {
        viewer.onHead(tile.head.codec, tile.head.bytes);
        for (const part of tile.recent) viewer.onPart(part.bytes, part.isKey);
        if (tile.recent.length > 0) tile.begun.add(viewer);
      }
      return () => {
        leave(tile, viewer);
      };
    },
    state: () => ({
      streams: tiles.size,
      viewers: [...tiles.values()].reduce((sum, tile) => sum + tile.viewers.size, 0),
      pid: child?.pid ?? null,
    }),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const tile of [...tiles.values()]) end(tile, 'unknown', 'The server is being stopped.');
      await child?.stop();
    },
  };
}
