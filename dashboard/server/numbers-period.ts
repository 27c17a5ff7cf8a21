// Periods of the numbers page: local days, weeks, months and seasons of the city, and what each is compared with.
import { DateTime } from 'luxon';
import { AhualError } from '#core/errors';
import type { NumbersPeriod, NumberSpan } from '../contract.ts';

/** First months of Astana's seasons as the streets know them (domain 6): snow from November to March, then thaw, showers, leaves. */
const seasonStarts = [11, 4, 6, 9] as const;

interface Ends {
  readonly from: DateTime;
  readonly to: DateTime;
}

function seasonOf(day: DateTime): Ends {
  const [winter, spring, summer, autumn] = seasonStarts;
  const month = day.month;
  const year = month < spring ? day.year - 1 : day.year;
  const first = month < spring || month >= winter ? winter : month < summer ? spring : month < autumn ? summer : autumn;
  const next = seasonStarts[(seasonStarts.indexOf(first) + 1) % seasonStarts.length] ?? winter;
  const from = day.set({ year, month: first, day: 1 }).startOf('day');
  return { from, to: from.set({ year: next < first ? year + 1 : year, month: next }) };
}

function endsOf(span: NumberSpan, day: DateTime): Ends {
  if (span === 'season') return seasonOf(day);
  const from = day.startOf(span);
  return { from, to: from.plus({ [span]: 1 }) };
}

/**
 * The period of this span that holds the local day `day` (the one that runs now without it), and the one it is compared with: the one
 * before, but for a season the same season a year earlier, because snow cannot be compared with summer. A period that still runs is
 * compared with the same part of the other one. Throws REQUEST_INVALID for a day ahead.
 */
export function periodOf(span: NumberSpan, day: string | undefined, nowMs: number, zone: string): NumbersPeriod {
  const now = DateTime.fromMillis(nowMs, { zone });
  const asked = day === undefined ? now : DateTime.fromISO(day, { zone });
  if (!asked.isValid || asked.startOf('day') > now) {
    throw new AhualError(
      'REQUEST_INVALID',
      'This day lies ahead, or there is no such day.',
      'Choose a day that has begun.',
    );
  }
  const { from, to } = endsOf(span, asked);
  const runs = to.toMillis() > nowMs;
  const untilMs = runs ? nowMs : to.toMillis();
  const earlier = from.minus({ days: 1 });
  const before = span === 'season' ? seasonOf(from.minus({ years: 1 })) : endsOf(span, earlier);
  const [fromMs, toMs] = [from.toMillis(), to.toMillis()];
  const [beforeFromMs, beforeToMs] = [before.from.toMillis(), before.to.toMillis()];
  return {
    span,
    fromMs,
    toMs,
    untilMs,
    runs,
    before: {
      fromMs: beforeFromMs,
      untilMs: runs ? Math.min(beforeToMs, beforeFromMs + (untilMs - fromMs)) : beforeToMs,
    },
    earlier: earlier.toISODate() ?? '',
    later: runs ? null : to.toISODate(),
  };
}

/** How fine the curves of a span are drawn. */
export const grainOf = (span: NumberSpan): 'hour' | 'day' | 'week' =>
  span === 'day' ? 'hour' : span === 'season' ? 'week' : 'day';

/** Beginnings of all hours, days or weeks of the zone that a stretch touches, oldest first. */
export function bucketsOf(fromMs: number, untilMs: number, grain: 'hour' | 'day' | 'week', zone: string): number[] {
  const starts: number[] = [];
  let start = DateTime.fromMillis(fromMs, { zone }).startOf(grain);
  while (start.toMillis() < untilMs) {
    starts.push(start.toMillis());
    start = start.plus({ [grain]: 1 });
  }
  return starts;
}
