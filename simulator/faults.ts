// What can be wrong with a camera, as data: each fault is one that a real camera shows on the wire.
import { z } from 'zod';

const afterFrames = z.number().int().min(1).max(100_000);

export const Fault = z.discriminatedUnion('kind', [
  /** Nobody listens: the connection is refused. A camera on a shared port drops the connection at the first request instead. */
  z.strictObject({ kind: z.literal('refuse') }),
  /** Answers up to and including `after`, then is silent with the connection open. After `play` no picture comes. */
  z.strictObject({ kind: z.literal('hang'), after: z.enum(['connect', 'options', 'describe', 'setup', 'play']) }),
  /** Resets the connection in the middle of a picture. */
  z.strictObject({ kind: z.literal('reset'), afterFrames: afterFrames.default(10) }),
  /** Sends no key picture for `forS` seconds after play; for ever without `forS`. */
  z.strictObject({ kind: z.literal('no-key-frame'), forS: z.number().positive().optional() }),
  /** Sends noise: as video payload, as whole RTP packets, or without any framing. */
  z.strictObject({ kind: z.literal('garbage'), what: z.enum(['payload', 'rtp', 'framing']).default('payload') }),
  /** Goes over to the pictures of another clip, with its parameter sets, after so many seconds. */
  z.strictObject({
    kind: z.literal('new-resolution'),
    clip: z.string().min(1).default('testcard-small'),
    afterS: z.number().nonnegative().default(5),
  }),
  /** Refuses every sign-in. */
  z.strictObject({ kind: z.literal('wrong-sign-in') }),
  /** Every nonce is good for one request; the next gets `stale=true` and a new one. */
  z.strictObject({ kind: z.literal('stale-nonce') }),
  /** Answers with this status: 404 and 503 to DESCRIBE, 461 and 453 to SETUP, 454 to PLAY. */
  z.strictObject({
    kind: z.literal('status'),
    code: z.union([z.literal(404), z.literal(453), z.literal(454), z.literal(461), z.literal(503)]),
  }),
  /** Everything leaves at this rate. */
  z.strictObject({ kind: z.literal('slow-drip'), bytesPerS: z.number().int().min(1).max(1_000_000).default(1) }),
  /** The same picture for ever, with time running on. */
  z.strictObject({ kind: z.literal('freeze') }),
  /** Loses this share of RTP packets; sequence numbers show the holes. */
  z.strictObject({ kind: z.literal('packet-loss'), ratio: z.number().min(0).max(1).default(0.02) }),
  /** Sends the client to another address. */
  z.strictObject({ kind: z.literal('redirect'), to: z.url({ protocol: /^(rtsps?|https?)$/ }) }),
  /** Header lines without end. */
  z.strictObject({ kind: z.literal('endless-headers') }),
  /** The camera's own clock is wrong by so many seconds (sender reports, snapshot dates). */
  z.strictObject({ kind: z.literal('wrong-clock'), offsetS: z.number() }),
  /** The times in its packets and reports jump once, after so many pictures to each viewer. */
  z.strictObject({ kind: z.literal('clock-jump'), afterFrames: afterFrames.default(4), offsetS: z.number() }),
  /** Its still picture is a film without end, a page to sign in at, cut short, or promises a size beyond all reason. */
  z.strictObject({ kind: z.literal('bad-still'), what: z.enum(['endless', 'page', 'cut', 'huge']) }),
  /** Lawful and unusual: only over UDP, no parameter sets in its description, or sound described before the picture. */
  z.strictObject({ kind: z.literal('odd'), what: z.enum(['udp-only', 'no-parameter-sets', 'audio-first']) }),
]);
export type Fault = z.infer<typeof Fault>;
export type FaultInput = z.input<typeof Fault>;

/** What a fault does to one RTSP request. */
export type FaultAnswer =
  | { readonly kind: 'silence' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'status'; readonly code: number; readonly location?: string }
  | { readonly kind: 'endless-headers' };

const order = ['connect', 'options', 'describe', 'setup', 'play'];
const statusAt: Readonly<Record<number, string>> = {
  404: 'DESCRIBE',
  503: 'DESCRIBE',
  461: 'SETUP',
  453: 'SETUP',
  454: 'PLAY',
};

/** What a camera with this fault does when asked `method`; undefined where it answers as a healthy one. */
export function faultAnswer(fault: Fault | undefined, method: string): FaultAnswer | undefined {
  switch (fault?.kind) {
    case 'refuse':
      return { kind: 'drop' };
    case 'hang': {
      const rank = order.indexOf(method.toLowerCase());
      return (rank < 0 ? order.length : rank) > order.indexOf(fault.after) ? { kind: 'silence' } : undefined;
    }
    case 'status':
      return statusAt[fault.code] === method ? { kind: 'status', code: fault.code } : undefined;
    case 'redirect':
      return method === 'DESCRIBE' ? { kind: 'status', code: 302, location: fault.to } : undefined;
    case 'endless-headers':
      return method === 'DESCRIBE' ? { kind: 'endless-headers' } : undefined;
    case 'reset':
    case 'no-key-frame':
    case 'garbage':
    case 'new-resolution':
    case 'wrong-sign-in':
    case 'stale-nonce':
    case 'slow-drip':
    case 'freeze':
    case 'packet-loss':
    case 'wrong-clock':
    case 'clock-jump':
    case 'bad-still':
    case 'odd':
    case undefined:
      return undefined;
  }
}
