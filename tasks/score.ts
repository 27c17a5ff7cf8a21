// When a month of agencies' scores is frozen, and the loop that freezes it (domain 3.7). What is counted is in the store.
import { DateTime } from 'luxon';
import { afterWorkingDays } from '#core/calendar';
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import { withoutSecrets, type Log } from '#core/log';
import type { Holiday } from '#core/policy';
import { epochMs } from '#core/units';
import { rules, scores, type Database } from '#store';

/** A month is frozen at the end of so many working days after it (domain 3.7). */
const frozenAfterDays = 5;
const everyMs = 3_600_000;

/** The month of scores that a moment lies in. */
export function scoreMonthOf(atMs: number, zone: string): scores.ScoreMonth {
  const from = DateTime.fromMillis(atMs, { zone }).startOf('month');
  return { month: from.toFormat('yyyy-MM-dd'), fromMs: from.toMillis(), toMs: from.plus({ months: 1 }).toMillis() };
}

/** When a month is frozen: the end of the fifth working day after it. */
export const scoresFreezeAtMs = ({ toMs }: scores.ScoreMonth, zone: string, holidays: readonly Holiday[]): number =>
  afterWorkingDays(epochMs(toMs - 1), frozenAfterDays, zone, holidays);

/**
 * Freezes every month whose moment has come, from the first deadline there is; gives those that it froze. A month that nobody froze in
 * time is counted as the history knew it at its moment, so it comes out the same.
 */
export async function freezeScores(database: Database, nowMs: number, zone: string): Promise<string[]> {
  const { firstAtMs, months } = await scores.known(database);
  if (firstAtMs === null) return [];
  const holidays = await rules.holidays(database);
  const frozen: string[] = [];
  for (let of = scoreMonthOf(firstAtMs, zone); of.toMs <= nowMs; of = scoreMonthOf(of.toMs, zone)) {
    if (months.includes(of.month)) continue;
    const asOfMs = scoresFreezeAtMs(of, zone, holidays);
    if (asOfMs <= nowMs && (await scores.freeze(database, of, asOfMs, nowMs))) frozen.push(of.month);
  }
  return frozen;
}

/** Freezes months when their moment has come, until the signal ends it. */
export async function runScores(
  { database, clock, log, zone }: { database: Database; clock: Clock; log: Log; zone: string },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const months = await freezeScores(database, clock.nowMs(), zone);
      if (months.length > 0) log.info({ months }, 'froze months of scores');
    } catch (thrown) {
      log.warn(
        { error: withoutSecrets(messageOf(thrown)) },
        'scores could not be frozen; it is tried again in an hour',
      );
    }
    await clock.sleep(everyMs, signal).catch(() => undefined);
  }
}
