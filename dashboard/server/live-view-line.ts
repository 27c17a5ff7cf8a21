// One page's line of live pictures: its tiles, what it may ask and how often, and that a slow page loses whole groups of pictures
// instead of filling the server's memory.
import type { RawData, WebSocket } from 'ws';
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import type { Log } from '#core/log';
import type { Person } from '#core/person';
import type { Live, LiveViewer, Mpeg1Room } from '#ingest';
import {
  LiveAsk,
  liveSilentMs,
  packFrame,
  type LiveEnd,
  type LiveFrameHead,
  type LiveRefusal,
  type LiveWay,
  type LiveWord,
} from '../contract.ts';
import { sameText, type Session } from './door.ts';
import { admission } from './live-view-may.ts';
import type { Trail, View } from './live-view-trail.ts';

export interface LineNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly trail: Trail;
  /** Undefined: live pictures are switched off. */
  readonly source: { readonly live: Live; readonly mpeg1: Mpeg1Room } | undefined;
  /** The camera as it is now, its flag above all. */
  readonly camera: (id: string) => Promise<Camera | undefined>;
  /** Is it one of the cameras of this person at all? */
  readonly sees: (person: Person, id: string) => boolean;
  /** So many tiles of a page may play at once. */
  readonly playing: number;
}

export interface Line {
  readonly tokenHash: string;
  session: Session;
  /** Looks again whether each tile may go on: a role, a flag or a grant may have ended. */
  recheck(): Promise<void>;
  /** Is the page there, as far as it told? */
  isThere(): boolean;
  tell(word: LiveWord): void;
  /** Ends every tile and the socket. */
  end(why: LiveEnd, code: number): void;
}

/** Reasons for which a socket is closed, as the page reads them (RFC 6455 leaves 4000 to 4999 to us). */
export const lineCodes = { signedOut: 4401, tooFast: 4429, silent: 4408, malformed: 4400, stops: 1001 } as const;

/** Waiting bytes of a tile above which it loses its group of pictures, and of a whole line. */
const mostTileBytes = 2 * 1024 * 1024;
const mostLineBytes = 12 * 1024 * 1024;
/** Questions: so many at once, and so many a second for long. */
const burst = 60;
const perS = 12;
const helloWithinMs = 5000;

interface Tile {
  readonly tile: number;
  readonly camera: Camera;
  readonly view: View;
  readonly untilMs: number | null;
  readonly reason: string | undefined;
  way: LiveWay | null;
  leave: () => void;
  /** Grows with each change of way: what an older way still sends is not for this one. */
  turn: number;
  waitingBytes: number;
  /** Parts are left out until the next key frame. */
  isSkipping: boolean;
  /** So many of this view, and of those so many the page was told of. */
  leftOut: number;
  leftOutTold: number;
}

/** Serves one socket of a session until it ends. `gone` is called once, when nothing of it is left. */
export function openLine(needs: LineNeeds, socket: WebSocket, session: Session, gone: () => void): Line {
  const { clock, log, trail, source, playing } = needs;
  const tiles = new Map<number, Tile>();
  /** Asked for and being written down. */
  const opening = new Set<number>();
  let waitingBytes = 0;
  let allowance = burst;
  let allowanceAtMs = clock.monotonicMs();
  let heardAtMs = clock.monotonicMs();
  let isIn = false;
  let isOver = false;

  const line: Line = { tokenHash: session.tokenHash, session, recheck, isThere, tell, end };

  function tell(word: LiveWord): void {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(word));
  }

  function isThere(): boolean {
    const limitMs = isIn ? liveSilentMs : helloWithinMs;
    return clock.monotonicMs() - heardAtMs < limitMs;
  }

  /** Sends a frame of a tile, or leaves it out where the page does not keep up. */
  function send(tile: Tile, head: Omit<LiveFrameHead, 'tile'>, bytes: Uint8Array): void {
    if (socket.readyState !== socket.OPEN) return;
    const isFull = tile.waitingBytes > mostTileBytes || waitingBytes > mostLineBytes;
    if (isFull) tile.isSkipping = true;
    else if (tile.isSkipping && head.kind !== 'part') tile.isSkipping = false;
    if (tile.isSkipping && head.kind !== 'head') {
      tile.leftOut += 1;
      return;
    }
    // Told when it goes on: a word more would only lengthen what waits.
    if (tile.leftOut > tile.leftOutTold) {
      tile.leftOutTold = tile.leftOut;
      tell({ kind: 'left-out', tile: tile.tile, parts: tile.leftOut });
    }
    const packed = packFrame({ ...head, tile: tile.tile }, bytes);
    tile.waitingBytes += packed.length;
    waitingBytes += packed.length;
    socket.send(packed, { binary: true }, () => {
      tile.waitingBytes -= packed.length;
      waitingBytes -= packed.length;
    });
  }

  function close(tile: Tile, why: string): void {
    if (tiles.get(tile.tile) === tile) tiles.delete(tile.tile);
    tile.turn++;
    tile.leave();
    tile.leave = () => undefined;
    trail.end(tile.view, tile.way, why, tile.leftOut);
  }

  function endTile(tile: Tile, why: LiveEnd, state: Extract<LiveWord, { kind: 'ended' }>['state'] = null): void {
    close(tile, why === 'camera' ? `camera: ${state ?? ''}` : why);
    tell({ kind: 'ended', tile: tile.tile, why, state });
  }

  /** Starts the first of the ways that can be had. */
  async function play(tile: Tile, ways: readonly LiveWay[], before: LiveRefusal | null = null): Promise<void> {
    const [way, ...rest] = ways;
    if (!source || way === undefined) {
      close(tile, before ?? 'off');
      tell({ kind: 'refused', tile: tile.tile, why: before ?? 'off' });
      return;
    }
    tile.leave();
    const turn = ++tile.turn;
    const isNow = (): boolean => tile.turn === turn && !isOver;
    tile.way = way;
    tile.isSkipping = false;
    const onEnd: LiveViewer['onEnd'] = ({ state }) => {
      if (isNow()) endTile(tile, 'camera', state);
    };
    const say = (codec: string | null): void =>
      tell({ kind: 'playing', tile: tile.tile, way, codec, instead: before, untilMs: tile.untilMs });
    const joined = (leave: () => void): void => {
      if (isNow()) tile.leave = leave;
      else leave();
    };
    if (way === 'mpeg1') {
      let hasBegun = false;
      const answer = await source.mpeg1.join(tile.camera, {
        onBytes: (bytes, atMs) => {
          if (!isNow()) return;
          if (!hasBegun) say(null);
          hasBegun = true;
          send(tile, { kind: 'mpeg1', atMs }, bytes);
        },
        onEnd,
      });
      if (answer.kind === 'joined') joined(answer.leave);
      else if (isNow()) await play(tile, rest, answer.kind === 'no-program' ? 'no-program' : 'too-many-encoders');
      return;
    }
    let hasPicture = false;
    joined(
      source.live.join(tile.camera, {
        onHead: (codec, bytes) => {
          if (!isNow() || way !== 'fmp4') return;
          say(codec);
          if (bytes.length > 0) send(tile, { kind: 'head', atMs: clock.nowMs() }, bytes);
        },
        onPart: (bytes, isKey, atMs) => {
          if (isNow()) send(tile, { kind: isKey ? 'key' : 'part', atMs }, bytes);
        },
        ...(way === 'jpeg'
          ? {
              onPicture: (bytes: Uint8Array, atMs: number) => {
                if (!isNow()) return;
                if (!hasPicture) say(null);
                hasPicture = true;
                send(tile, { kind: 'jpeg', atMs }, bytes);
              },
            }
          : {}),
        onEnd,
      }),
    );
  }

  async function open({ tile: number, cameraId, ways, reason }: Extract<LiveAsk, { kind: 'open' }>): Promise<void> {
    const refuse = (why: LiveRefusal): void => tell({ kind: 'refused', tile: number, why });
    const known = tiles.get(number);
    if (known) close(known, 'another camera');
    if (opening.has(number)) {
      refuse('too-fast');
      return;
    }
    if (!source) {
      refuse('off');
      return;
    }
    if (tiles.size + opening.size >= playing) {
      refuse('too-many-tiles');
      return;
    }
    opening.add(number);
    let view: View;
    let camera: Camera | undefined;
    let untilMs: number | null = null;
    let given: string | undefined;
    try {
      camera = await needs.camera(cameraId);
      if (!camera || !needs.sees(line.session.person, camera.id)) {
        refuse('unknown-camera');
        return;
      }
      const verdict = admission(line.session.person, camera, reason);
      if (verdict.kind === 'refused') {
        refuse(verdict.why);
        return;
      }
      if (camera.rtsp === undefined && camera.subRtsp === undefined) {
        refuse('no-stream');
        return;
      }
      const { grantMs, setUp } = verdict;
      if (grantMs !== null && reason !== undefined) {
        given = reason;
        untilMs = trail.grant(line.tokenHash, cameraId, reason, grantMs);
      }
      // Written before the camera is asked: what nobody wrote down nobody sees.
      view = await trail.begin(line.session, {
        ...{ cameraId, restricted: camera.restricted, setUp },
        reason: given ?? null,
      });
    } catch (thrown) {
      log.warn({ cameraId, error: messageOf(thrown) }, 'a live view could not be written down and was refused');
      refuse('not-written');
      return;
    } finally {
      opening.delete(number);
    }
    const tile: Tile = {
      ...{ tile: number, camera, view, untilMs, reason: given, way: null, turn: 0, waitingBytes: 0, isSkipping: false },
      ...{ leftOut: 0, leftOutTold: 0 },
      leave: () => undefined,
    };
    if (isOver || closedWhileOpening.delete(number)) {
      close(tile, 'left');
      return;
    }
    tiles.set(number, tile);
    await play(tile, ways);
  }
  /** Tiles that the page closed before their beginning was written. */
  const closedWhileOpening = new Set<number>();

  function answer(ask: LiveAsk): void {
    switch (ask.kind) {
      case 'hello':
        if (isIn) return;
        if (!sameText(ask.csrf, line.session.csrf)) {
          end('not-allowed', lineCodes.signedOut);
          return;
        }
        isIn = true;
        tell({ kind: 'ready', nowMs: clock.nowMs(), playing });
        return;
      case 'here':
        tell({ kind: 'now', nowMs: clock.nowMs() });
        return;
      case 'open':
        closedWhileOpening.delete(ask.tile);
        failing(open(ask));
        return;
      case 'way': {
        const tile = tiles.get(ask.tile);
        if (tile) failing(play(tile, ask.ways));
        return;
      }
      case 'close': {
        if (opening.has(ask.tile)) closedWhileOpening.add(ask.tile);
        const tile = tiles.get(ask.tile);
        if (tile) close(tile, 'left');
        return;
      }
    }
  }

  const failing = (work: Promise<void>): void => {
    work.catch((thrown: unknown) => {
      log.error({ error: messageOf(thrown) }, 'a line of live pictures was ended by a fault');
      end('server-stops', 1011);
    });
  };

  function isTooFast(): boolean {
    const nowMs = clock.monotonicMs();
    allowance = Math.min(burst, allowance + ((nowMs - allowanceAtMs) * perS) / 1000) - 1;
    allowanceAtMs = nowMs;
    return allowance < 0;
  }

  function onMessage(raw: RawData, isBinary: boolean): void {
    if (isOver) return;
    heardAtMs = clock.monotonicMs();
    if (isTooFast()) {
      end('server-stops', lineCodes.tooFast);
      return;
    }
    const ask = isBinary ? undefined : askOf(raw);
    if (!ask || (!isIn && ask.kind !== 'hello')) end('not-allowed', lineCodes.malformed);
    else answer(ask);
  }

  async function recheck(): Promise<void> {
    const nowMs = clock.nowMs();
    for (const tile of [...tiles.values()]) {
      const camera = await needs.camera(tile.camera.id);
      if (tiles.get(tile.tile) !== tile) continue;
      const verdict =
        camera && admission(line.session.person, camera, tile.reason, needs.sees(line.session.person, camera.id));
      if (verdict?.kind !== 'let-in') endTile(tile, 'not-allowed');
      else if (tile.untilMs !== null && tile.untilMs <= nowMs) endTile(tile, 'grant-over');
    }
  }

  function finish(why: string): void {
    if (isOver) return;
    isOver = true;
    for (const tile of [...tiles.values()]) close(tile, why);
    gone();
  }

  function end(why: LiveEnd, code: number): void {
    if (isOver) return;
    for (const { tile } of tiles.values()) tell({ kind: 'ended', tile, why, state: null });
    finish(why);
    socket.close(code);
    // A page that is not there does not answer a close; it is not waited for.
    setTimeout(() => socket.terminate(), 1000).unref();
  }

  socket.on('message', onMessage);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    finish('the page went away');
  });
  return line;
}

function askOf(raw: RawData): LiveAsk | undefined {
  try {
    const text = Array.isArray(raw) ? Buffer.concat(raw).toString() : Buffer.from(new Uint8Array(raw)).toString();
    return LiveAsk.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
