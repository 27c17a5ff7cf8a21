// Pure: when a snowfall began and ended, from readings of one district. Without data there is no end.
import type { Snowfall, Weather } from '#core/weather';

export interface SnowfallRule {
  /** From here on it snows, cm/h. */
  readonly leastCmH: number;
  /** It has ended when it did not snow for so long, seconds. */
  readonly dryS: number;
  /** Two readings further apart than this leave a gap in which nobody knows; seconds. */
  readonly gapS: number;
}

/** Half an hour of snow below 0.05 cm/h is the noise of a model; two dry hours end a snowfall (product default). */
export const snowfallDefaults: SnowfallRule = { leastCmH: 0.05, dryS: 7200, gapS: 5400 };

/**
 * What is now known of the last snowfall, from the one known before and the readings since, oldest first. Gives the given one
 * back when nothing changed. The end is the last snowing reading, and it is only told when readings without a gap
 * have shown dry weather for `dryS` after it.
 */
export function snowfallOf(
  before: Snowfall | undefined,
  readings: readonly Weather[],
  rule: SnowfallRule = snowfallDefaults,
): Snowfall | undefined {
  let now = before;
  let lastSnowMs: number | undefined;
  let dryFromMs: number | undefined;
  let previousMs: number | undefined;
  for (const reading of readings) {
    const hasGap = previousMs !== undefined && reading.atMs - previousMs > rule.gapS * 1000;
    previousMs = reading.atMs;
    if (reading.snowfallCmH >= rule.leastCmH) {
      lastSnowMs = reading.atMs;
      dryFromMs = undefined;
      const isLaterThanEnd = now?.endedAtMs !== null && now !== undefined && reading.atMs > now.endedAtMs;
      if (!now || isLaterThanEnd)
        now = { district: reading.district, startedAtMs: reading.atMs, endedAtMs: null, source: reading.source };
      continue;
    }
    if (!now || now.endedAtMs !== null) continue;
    // Nobody saw what fell in a gap: the dry time begins anew after it.
    dryFromMs = dryFromMs === undefined || hasGap ? reading.atMs : dryFromMs;
    if (reading.atMs - dryFromMs >= rule.dryS * 1000) {
      now = { ...now, endedAtMs: Math.max(now.startedAtMs, lastSnowMs ?? dryFromMs), source: reading.source };
    }
  }
  return now;
}
