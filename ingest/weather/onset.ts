// Pure: when it snowed, told by the cameras themselves where no weather service can be asked. Many zones of a district turn white within
// hours; the end is put late rather than early, because it starts a deadline.
import type { Snowfall } from '#core/weather';

export interface OnsetRule {
  /** So large a share of the district's snow zones, and so many at least, must have turned white together. */
  readonly leastShare: number;
  readonly leastZones: number;
  /** Turns further apart than this belong to different snowfalls, seconds. */
  readonly gapS: number;
  /** It has ended when no further zone turned white for so long, seconds; so long after the last turn is its end. */
  readonly quietS: number;
  readonly graceS: number;
}

/** Product defaults: a fifth of the zones and five at least; two hours of quiet; the end an hour after the last turn. */
export const onsetDefaults: OnsetRule = { leastShare: 0.2, leastZones: 5, gapS: 5400, quietS: 7200, graceS: 3600 };

export interface Whitening {
  readonly district: string;
  /** Zones of the district that are asked for snow and have said anything. */
  readonly zones: number;
  /** When each of them turned from clear to covered lately, oldest first, milliseconds. */
  readonly turnsMs: readonly number[];
}

export const bySight = 'cameras';

/**
 * What is now known of the last snowfall of a district, from the one known before and the zones that turned white. Gives the given one
 * back when nothing changed. A snowfall that the weather service told of is left to it.
 */
export function snowfallBySight(
  before: Snowfall | undefined,
  { district, zones, turnsMs }: Whitening,
  nowMs: number,
  rule: OnsetRule = onsetDefaults,
): Snowfall | undefined {
  const last = lastRun(turnsMs, rule.gapS * 1000);
  const [first, newest] = [last[0], last.at(-1)];
  const isMany = last.length >= Math.max(rule.leastZones, rule.leastShare * zones);
  if (first === undefined || newest === undefined || !isMany) return before;
  const isOver = nowMs - newest >= rule.quietS * 1000;
  const endedAtMs = isOver ? newest + rule.graceS * 1000 : null;
  if (!before || (before.endedAtMs !== null && first > before.endedAtMs)) {
    return { district, startedAtMs: first, endedAtMs, source: bySight };
  }
  const isOurs = before.source === bySight && before.endedAtMs === null;
  return isOurs && isOver ? { ...before, endedAtMs } : before;
}

/** The newest run of moments without a gap. */
function lastRun(turnsMs: readonly number[], gapMs: number): readonly number[] {
  const from = turnsMs.findLastIndex((at, i) => i > 0 && at - (turnsMs[i - 1] ?? at) > gapMs);
  return turnsMs.slice(Math.max(0, from));
}
