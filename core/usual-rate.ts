// What bit rate a camera usually has, and what is far from it. Pure.

/** Less is no picture of a street, bits a second. */
export const bitRateLeast = 20_000;
/** So many times less or more than usual is another stream: night, rain and snowfall move the rate of a street by less. */
const farOffTimes = 5;
/** The usual rate follows so slowly, and so often. */
const learnEveryMs = 3_600_000;
const learnShare = 0.2;
/** What has been far off for so long is what the camera was set to. */
const adoptAfterMs = 86_400_000;

/** Bits a second that the camera usually has, and when that was learned last. */
export interface UsualRate {
  readonly usual?: number | undefined;
  readonly usualMs?: number | undefined;
}

/** Is a rate (bits a second) that of a stream of this camera? */
export const isUsualRate = (value: number, { usual }: UsualRate): boolean =>
  value >= bitRateLeast && (usual === undefined || (value * farOffTimes >= usual && value <= usual * farOffTimes));

/** The usual rate after one more value. `farOffSinceMs`: since when the rate is held to be far off; null while it is not. */
export function learnRate(
  before: UsualRate,
  value: number,
  atMs: number,
  farOffSinceMs: number | null,
): { usual: number; usualMs: number } | Record<string, never> {
  const { usual, usualMs } = before;
  if (value < bitRateLeast || usual === undefined || usualMs === undefined)
    return usual !== undefined && usualMs !== undefined
      ? { usual, usualMs }
      : value < bitRateLeast
        ? {}
        : { usual: value, usualMs: atMs };
  if (farOffSinceMs !== null && atMs - farOffSinceMs > adoptAfterMs) return { usual: value, usualMs: atMs };
  if (!isUsualRate(value, before) || atMs - usualMs < learnEveryMs) return { usual, usualMs };
  return { usual: Math.round(usual + learnShare * (value - usual)), usualMs: atMs };
}
