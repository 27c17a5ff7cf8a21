// Live pictures: what a page and the server say to each other over the one WebSocket that carries all tiles of the page, and the
// route that keeps a picture held for an incident by hand.
import { z } from 'zod';
import { HealthState } from '#core/camera';

const id = z.string().min(1).max(80);
const moment = z.number();
const tile = z.number().int().min(0).max(0xffff);

/** The socket's address. It takes the session's cookie, our own origin and the session's token, and nothing else. */
export const livePath = '/api/live';

/**
 * How a live picture is carried: original H.264 in fragmented MP4; encoded anew as MPEG-1; key frames as JPEG. The first that both
 * sides have is taken.
 */
export const liveWays = ['fmp4', 'mpeg1', 'jpeg'] as const;
export const LiveWay = z.enum(liveWays);
export type LiveWay = z.infer<typeof LiveWay>;
const ways = z.array(LiveWay).min(1).max(liveWays.length);

/** A reason for a restricted site: it is written into the audit trail with who looked, at what and for how long. */
export const LiveReason = z.string().trim().min(5).max(300);

/** A page that was not heard of for so long is gone, and its cameras are let go. */
export const liveSilentMs = 5000;
/** A page says so often that it is there. */
export const liveHereMs = 1500;

/** What a page says. */
export const LiveAsk = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hello'), csrf: z.string().min(8).max(200) }),
  z.strictObject({ kind: z.literal('here') }),
  z.strictObject({ kind: z.literal('open'), tile, cameraId: id, ways, reason: LiveReason.optional() }),
  /** The picture of an open tile another way, because this browser does not play the one that came. */
  z.strictObject({ kind: z.literal('way'), tile, ways }),
  z.strictObject({ kind: z.literal('close'), tile }),
]);
export type LiveAsk = z.infer<typeof LiveAsk>;

export const liveRefusals = [
  /** Live pictures are switched off in this installation. */
  'off',
  'not-allowed',
  /** Restricted, and these roles never see it live. */
  'restricted',
  /** Restricted: it is shown for a stated reason. */
  'reason',
  'unknown-camera',
  'no-stream',
  'too-many-tiles',
  'too-many-encoders',
  'no-program',
  'too-fast',
  /** It could not be written into the audit trail, so it is not shown. */
  'not-written',
] as const;
export const LiveRefusal = z.enum(liveRefusals);
export type LiveRefusal = z.infer<typeof LiveRefusal>;

export const liveEnds = ['camera', 'grant-over', 'not-allowed', 'server-stops'] as const;
export const LiveEnd = z.enum(liveEnds);
export type LiveEnd = z.infer<typeof LiveEnd>;

/** What the server says. */
export const LiveWord = z.discriminatedUnion('kind', [
  /** `playing` tiles may play at once. */
  z.object({ kind: z.literal('ready'), nowMs: moment, playing: z.number().int() }),
  z.object({ kind: z.literal('now'), nowMs: moment }),
  z.object({
    kind: z.literal('playing'),
    tile,
    way: LiveWay,
    /** As browsers name it; empty where MP4 does not hold it. Only with `fmp4`. */
    codec: z.string().nullable(),
    /** Why an earlier way of those asked for is not taken. */
    instead: LiveRefusal.nullable(),
    /** When the grant for a restricted site ends. */
    untilMs: moment.nullable(),
  }),
  /** The page did not keep up: so many parts of this view were left out until now. */
  z.object({ kind: z.literal('left-out'), tile, parts: z.number().int() }),
  z.object({ kind: z.literal('refused'), tile, why: LiveRefusal }),
  z.object({ kind: z.literal('ended'), tile, why: LiveEnd, state: HealthState.nullable() }),
]);
export type LiveWord = z.infer<typeof LiveWord>;

/** What a binary message carries: an MP4 head, a part of it (with a key frame first or not), MPEG-1, or one JPEG. */
export const liveFrames = ['head', 'key', 'part', 'mpeg1', 'jpeg'] as const;
const LiveFrameHead = z.object({ kind: z.enum(liveFrames), tile, atMs: moment });
export type LiveFrameHead = z.infer<typeof LiveFrameHead>;
export interface LiveFrame extends LiveFrameHead {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One byte of kind, two of tile, eight of the moment (IEEE 754), all big-endian; then the bytes. */
const headBytes = 11;

/** A binary message. `atMs` is when the picture came from the camera, by the server's clock. */
export function packFrame({ kind, tile: of, atMs }: LiveFrameHead, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(headBytes + bytes.length);
  const view = new DataView(packed.buffer);
  view.setUint8(0, liveFrames.indexOf(kind));
  view.setUint16(1, of);
  view.setFloat64(3, atMs);
  packed.set(bytes, headBytes);
  return packed;
}

/** The binary message as it was packed; undefined for bytes that are none. */
export function unpackFrame(packed: ArrayBuffer): LiveFrame | undefined {
  if (packed.byteLength < headBytes) return undefined;
  const view = new DataView(packed);
  const head = LiveFrameHead.safeParse({
    kind: liveFrames[view.getUint8(0)],
    tile: view.getUint16(1),
    atMs: view.getFloat64(3),
  });
  return head.success ? { ...head.data, bytes: new Uint8Array(packed, headBytes) } : undefined;
}

/** Largest held picture: one frame at a camera's own size. */
export const heldMaxBytes = 6 * 1024 * 1024;

export const liveRoutes = {
  /**
   * The picture under the eye when a person opened an incident by hand: multipart/form-data with one JPEG. Taken only from a session
   * that looks at this camera live, or did within the last two minutes.
   */
  holdPicture: {
    method: 'POST',
    path: '/api/cameras/:id/held-picture',
    params: z.object({ id }),
    answer: z.object({ sha256: z.string() }),
    may: 'raise',
  },
} as const;
