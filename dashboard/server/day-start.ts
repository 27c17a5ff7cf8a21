// Where a day of the city begins.
import { DateTime } from 'luxon';

/** The city's midnight before `nowMs`. */
export const dayStartMs = (nowMs: number, zone: string): number =>
  DateTime.fromMillis(nowMs, { zone }).startOf('day').toMillis();
