// A page that runs for a month stays young: when it may load itself anew, and when its memory says that it should. Pure.

const hourMs = 3_600_000;
const mib = 1024 * 1024;

export interface WallMoment {
  /** The city's hour, 0 to 23. */
  readonly hour: number;
  /** How long the page has been open. */
  readonly ageMs: number;
  readonly openS4: number;
  readonly line: 'up' | 'down';
}

/**
 * May the page load itself anew now? Never while something critical is open or the server does not answer, since the last picture is
 * better than none; and not within an hour of its start, so that one night is one time.
 */
const isQuiet = ({ ageMs, openS4, line }: WallMoment): boolean => openS4 === 0 && line === 'up' && ageMs >= hourMs;

/** In the hour after four in the morning, at the first quiet moment. */
export const isDueAtNight = (now: WallMoment): boolean => now.hour === 4 && isQuiet(now);

/** One reading a minute, bytes; the first hour is warm-up, its last ten readings are what is usual. */
export const warmUpReadings = 60;
const recent = 10;
/** Grown by half and by 64 MiB, through ten readings: no wave of the collector lasts so long. */
const growth = 1.5;
const growthBytes = 64 * mib;

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Has the page grown for good beyond what was usual after its first hour? */
export function hasGrown(readings: readonly number[]): boolean {
  if (readings.length < warmUpReadings + recent) return false;
  const usual = middle(readings.slice(warmUpReadings - recent, warmUpReadings));
  const least = Math.min(...readings.slice(-recent));
  return least > usual * growth && least - usual > growthBytes;
}

export const isDueByMemory = (now: WallMoment, readings: readonly number[]): boolean =>
  isQuiet(now) && hasGrown(readings);

/** What is kept of the readings: the warm-up and the last ones. */
export const noted = (readings: readonly number[], bytes: number): number[] =>
  readings.length < warmUpReadings + recent
    ? [...readings, bytes]
    : [...readings.slice(0, warmUpReadings), ...readings.slice(-(recent - 1)), bytes];
