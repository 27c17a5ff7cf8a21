// Local days and working days in the city's zone; holidays come as an argument.
import { DateTime } from 'luxon';
import type { Holiday } from './policy.ts';
import { epochMs, type EpochMs } from './units.ts';

/** The local day of a moment, YYYY-MM-DD, in an IANA zone. */
export const localDay = (at: EpochMs, zone: string): string => DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd');

/** Is this local day a working day? Weekends and holidays are off; a transferred working day is not. */
export function isWorkingDay(day: string, holidays: readonly Holiday[]): boolean {
  const rows = holidays.filter((h) => h.date === day);
  if (rows.some((h) => h.kind === 'transferred_work')) return true;
  if (rows.length > 0) return false;
  return DateTime.fromISO(day, { zone: 'utc' }).weekday <= 5;
}

/** The end of the `days`-th working day after the local day of `from` (the day of receipt does not count). */
export function afterWorkingDays(from: EpochMs, days: number, zone: string, holidays: readonly Holiday[]): EpochMs {
  let at = DateTime.fromMillis(from, { zone }).startOf('day');
  let left = days;
  while (left > 0) {
    at = at.plus({ days: 1 });
    if (isWorkingDay(at.toFormat('yyyy-MM-dd'), holidays)) left -= 1;
  }
  return epochMs(at.endOf('day').toMillis());
}
