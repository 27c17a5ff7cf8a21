// Pure: what a city should do about a camera, from what was measured of it. Words are in advice-texts.ts.
import type { Freshness, StreamFacts } from './shapes.ts';

export const adviceKinds = [
  'long-key-interval',
  'unknown-key-interval',
  'h265-live',
  'mjpeg',
  'b-frames',
  'big-main',
  'sub-found',
  'no-sub',
  'high-bit-rate',
  'low-rate',
  'udp-only',
  'sound',
  'slow-first-picture',
  'still-fresh',
  'still-stale',
  'still-unsure',
  'no-still',
  'clock-off',
] as const;
export type AdviceKind = (typeof adviceKinds)[number];

export interface Advice {
  readonly kind: AdviceKind;
  /** Numbers and names that the words take. */
  readonly of: Readonly<Record<string, string | number>>;
}

export interface Known {
  readonly main: StreamFacts | null;
  readonly sub: StreamFacts | null;
  /** The address of a small stream that answered and that the camera's entry does not have. */
  readonly subAddress: string | null;
  readonly still: Freshness | null;
}

/** Longer, and a look waits longer for its picture, and live view starts later. */
const longKeyS = 4;
const bigPx = 2600 * 1500;
const smallPx = 1000 * 600;
const manyKbitS = 6000;
const slowMs = 6000;
const clockS = 5;

/** Advice in the order of its weight. */
export function adviseOf({ main, sub, subAddress, still }: Known): Advice[] {
  const list: Advice[] = [];
  const say = (kind: AdviceKind, of: Advice['of'] = {}): void => {
    list.push({ kind, of });
  };
  if (main) {
    if (main.keyEveryS === null) say('unknown-key-interval', { s: main.measuredS, keys: main.keys });
    else if (main.keyEveryS > longKeyS) say('long-key-interval', { s: main.keyEveryS });
    if (main.codec === 'h265') say('h265-live');
    if (main.codec === 'mjpeg') say('mjpeg', { kbit: main.kbitS ?? 0 });
    if (main.bFrames) say('b-frames');
    const pixels = main.widthPx * main.heightPx;
    if (pixels > bigPx) say('big-main', { size: `${main.widthPx}x${main.heightPx}` });
    if (sub && subAddress !== null) say('sub-found', { address: subAddress, size: `${sub.widthPx}x${sub.heightPx}` });
    else if (!sub && pixels > smallPx) say('no-sub');
    if ((main.kbitS ?? 0) > manyKbitS && main.codec !== 'mjpeg') say('high-bit-rate', { kbit: main.kbitS ?? 0 });
    if (main.fps !== null && main.fps < 5) say('low-rate', { fps: main.fps });
    if (main.transport === 'udp') say('udp-only');
    if (main.audio !== null) say('sound', { codec: main.audio });
    if ((main.firstPictureMs ?? 0) > slowMs)
      say('slow-first-picture', { s: Math.round((main.firstPictureMs ?? 0) / 1000) });
  }
  // Of a camera that did not answer at all nothing is advised.
  if (!main && !still) return list;
  if (!still || still.state === 'none') say('no-still');
  else if (still.state === 'fresh') say('still-fresh');
  else if (still.state === 'stale') say('still-stale', still.ageS === null ? {} : { s: Math.round(still.ageS) });
  else say('still-unsure');
  if (still?.clockOffsetS != null && Math.abs(still.clockOffsetS) > clockS)
    say('clock-off', { s: Math.round(still.clockOffsetS) });
  return list;
}

/**
 * Where a maker's small stream lies beside its main one, by the maker's own way of writing addresses: Hikvision `Channels/101` → `102`,
 * Dahua `subtype=0` → `1`, Uniview and others `/main` → `/sub`, `stream1` → `stream2`. Undefined where no way is known.
 */
export function smallBeside(address: string): string | undefined {
  const ways: readonly (readonly [RegExp, string])[] = [
    [/(\/Streaming\/Channels\/\d*)01(?=$|[/?])/i, '$102'],
    [/(\bsubtype=)0(?=$|&)/i, '$11'],
    [/(\/(?:h26[45]|av_stream|ch\d+|cam\/[^/]+|media|live|unicast\/c\d+\/s)\/?)main(?=$|[/?])/i, '$1sub'],
    [/\/main(?=$|[?])/i, '/sub'],
    [/(\/(?:stream|video|profile|media\/video))1(?=$|[/?])/i, '$12'],
    [/(\/unicast\/c\d+\/s)0(?=\/)/i, '$11'],
  ];
  for (const [pattern, other] of ways) if (pattern.test(address)) return address.replace(pattern, other);
  return undefined;
}
