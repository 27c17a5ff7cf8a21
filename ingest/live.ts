// Live pictures for people: one stream a camera however many look, passed through, gone within ten seconds of the last viewer.
import type { Camera, HealthState } from '#core/camera';
import { systemClock, type Clock } from '#core/clock';
import type { Log } from '#core/log';
import { defaultHazardSettings } from '#hazards';
import { signInOf, type CredentialOf } from './book.ts';
import { Budget, EyeChild } from './eye/child.ts';
import type { FromEye } from './eye/protocol.ts';
import { stretchMs } from './watch-signs.ts';

/**
 * What a viewer is told. Bytes are fragmented MP4: the head once, then parts; the first part begins with a key frame. A viewer with
 * `onPicture` is given key frames as JPEG and no film.
 */
export interface LiveViewer {
  /** `codec` as browsers name it (`avc1.64001f`); a browser that does not play it needs another way. Empty: MP4 does not hold it. */
  readonly onHead: (codec: string, bytes: Uint8Array) => void;
  /** `atMs` is when the first picture of the part came from the camera, by our clock. */
  readonly onPart: (bytes: Uint8Array, isKey: boolean, atMs: number) => void;
  readonly onPicture?: (jpeg: Uint8Array, atMs: number) => void;
  /** The stream ended; joining again opens it anew. */
  readonly onEnd: (end: { readonly state: HealthState; readonly detail: string }) => void;
}

export interface LiveOptions {
  readonly ways: readonly ('node-av' | 'ffmpeg')[];
  readonly ffmpeg: string;
  readonly allowedHosts: readonly string[];
  readonly certificates?: readonly string[];
  readonly credential: CredentialOf;
  readonly log: Log;
  readonly clock?: Clock;
  /** So long after the last viewer the camera is let go. */
  readonly lingerMs?: number;
  readonly entry?: string;
  /** Told each half minute of a stream without a break what it takes, bits a second: of the small stream where there are two. */
  readonly onRate?: (cameraId: string, bitsPerS: number) => void;
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
  /** Its name in the eye: never used twice, so that word of an older stream of the camera is not taken for this one's. */
  readonly wire: string;
  readonly viewers: Set<LiveViewer>;
  /** Who has had the head and a part that begins with a key frame. */
  readonly begun: Set<LiveViewer>;
  head: { codec: string; bytes: Uint8Array } | undefined;
  /** Parts since the last key frame: who joins begins with them, without waiting for the next one. */
  recent: { bytes: Uint8Array; isKey: boolean; atMs: number }[];
  recentBytes: number;
  /** The last key frame as JPEG, while somebody looks at those. */
  picture: { jpeg: Uint8Array; atMs: number } | undefined;
  hasPictures: boolean;
  /** Whose rate is told; undefined for the large stream of a camera that has a small one. */
  readonly rateOf: string | undefined;
  rate: { bytes: number; fromMs: number } | undefined;
  leaving: AbortController | undefined;
}

/** With the few seconds in which a dead browser is noticed, a camera is let go within ten seconds of its last viewer. */
const defaultLingerMs = 3000;

/** Each stream that waits for its camera holds a thread of the eye; more at once are refused in words. */
const mostStreams = 96;

/** Longer runs without a key frame are not kept: who joins then waits for the next one. */
const mostRecentBytes = 8 * 1024 * 1024;

const filmViewers = (tile: Tile): LiveViewer[] => [...tile.viewers].filter((viewer) => viewer.onPicture === undefined);
const wantsPictures = (tile: Tile): boolean => [...tile.viewers].some((viewer) => viewer.onPicture !== undefined);

/** Opens the room. Its child process is started by the first viewer. */
export function openLive(options: LiveOptions): Live {
  const clock = options.clock ?? systemClock;
  const budget = new Budget();
  const tiles = new Map<string, Tile>();
  const byWire = new Map<string, Tile>();
  let opened = 0;
  let child: EyeChild | undefined;
  let isClosed = false;

  function end(tile: Tile, state: HealthState, detail: string): void {
    tiles.delete(tile.key);
    byWire.delete(tile.wire);
    tile.leaving?.abort();
    for (const viewer of tile.viewers) viewer.onEnd({ state, detail });
    tile.viewers.clear();
  }

  function take(message: FromEye): void {
    if (!('key' in message)) return;
    const tile = byWire.get(message.key);
    if (!tile) {
      // Whatever still streams without a viewer is told once more that it is not wanted.
      if (message.kind !== 'live-end') child?.send({ kind: 'unlive', key: message.key });
      return;
    }
    if (message.kind === 'live-picture') {
      tile.picture = { jpeg: message.bytes, atMs: message.atMs };
      for (const viewer of tile.viewers) viewer.onPicture?.(message.bytes, message.atMs);
      return;
    }
    if (message.kind === 'live-end') {
      end(tile, message.health, message.detail);
      return;
    }
    if (message.kind === 'live-head') {
      tile.head = { codec: message.codec, bytes: message.bytes };
      for (const viewer of filmViewers(tile)) viewer.onHead(message.codec, message.bytes);
      return;
    }
    const { bytes, isKey, atMs } = message;
    countRate(tile, message.packetBytes);
    if (isKey) {
      tile.recent = [];
      tile.recentBytes = 0;
    }
    tile.recentBytes += bytes.length;
    if (tile.recentBytes <= mostRecentBytes && (isKey || tile.recent.length > 0))
      tile.recent.push({ bytes, isKey, atMs });
    else tile.recent = [];
    for (const viewer of filmViewers(tile)) {
      if (isKey) tile.begun.add(viewer);
      if (tile.begun.has(viewer)) viewer.onPart(bytes, isKey, atMs);
    }
  }

  /** The first part only sets the beginning: its packets came before. */
  function countRate(tile: Tile, packetBytes: number): void {
    if (tile.rateOf === undefined || packetBytes === 0) return;
    const nowMs = clock.monotonicMs();
    tile.rate = tile.rate ? { ...tile.rate, bytes: tile.rate.bytes + packetBytes } : { bytes: 0, fromMs: nowMs };
    const passedMs = nowMs - tile.rate.fromMs;
    if (passedMs < stretchMs) return;
    options.onRate?.(tile.rateOf, Math.round((tile.rate.bytes * 8000) / passedMs));
    tile.rate = { bytes: 0, fromMs: nowMs };
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
        certificates: [...(options.certificates ?? [])],
        hazards: defaultHazardSettings,
        dropFolder: '',
        files: false,
        watch: null,
      },
      inFlight: mostStreams,
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

  /** Key frames are decoded only while somebody looks at them. */
  function tellPictures(tile: Tile): void {
    const wanted = wantsPictures(tile);
    if (wanted === tile.hasPictures) return;
    tile.hasPictures = wanted;
    if (!wanted) tile.picture = undefined;
    child?.send({ kind: 'live-pictures', key: tile.wire, on: wanted });
  }

  function leave(tile: Tile, viewer: LiveViewer): void {
    tile.begun.delete(viewer);
    if (!tile.viewers.delete(viewer) || tiles.get(tile.key) !== tile) return;
    tellPictures(tile);
    if (tile.viewers.size > 0) return;
    const leaving = new AbortController();
    tile.leaving = leaving;
    clock.sleep(options.lingerMs ?? defaultLingerMs, leaving.signal).then(
      () => {
        if (tile.viewers.size > 0) return;
        tiles.delete(tile.key);
        byWire.delete(tile.wire);
        child?.send({ kind: 'unlive', key: tile.wire });
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
      if (!known && tiles.size >= mostStreams) {
        viewer.onEnd({ state: 'busy', detail: `${mostStreams} cameras are being looked at live already.` });
        return () => undefined;
      }
      const tile: Tile = known ?? {
        key,
        wire: `${key}#${opened++}`,
        viewers: new Set(),
        begun: new Set(),
        head: undefined,
        recent: [],
        recentBytes: 0,
        picture: undefined,
        hasPictures: viewer.onPicture !== undefined,
        rateOf: address === (camera.subRtsp ?? camera.rtsp) ? camera.id : undefined,
        rate: undefined,
        leaving: undefined,
      };
      tile.leaving?.abort();
      tile.leaving = undefined;
      tile.viewers.add(viewer);
      if (!known) {
        tiles.set(key, tile);
        byWire.set(tile.wire, tile);
        const open = eye();
        if (!open) end(tile, 'crashed', 'Live pictures rest for a minute after several faults.');
        else {
          open.ready.then(
            () => {
              if (tiles.get(key) !== tile) return;
              const signIn = signInOf(camera, options.credential);
              open.send({ kind: 'live', key: tile.wire, address, signIn, pictures: tile.hasPictures });
            },
            () => undefined,
          );
        }
      } else if (viewer.onPicture) {
        tellPictures(tile);
        if (tile.picture) viewer.onPicture(tile.picture.jpeg, tile.picture.atMs);
      } else if (tile.head) {
        viewer.onHead(tile.head.codec, tile.head.bytes);
        for (const part of tile.recent) viewer.onPart(part.bytes, part.isKey, part.atMs);
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
      for (const tile of tiles.values()) tile.leaving?.abort();
      for (const tile of [...tiles.values()]) end(tile, 'unknown', 'The server is being stopped.');
      await child?.stop();
    },
  };
}
