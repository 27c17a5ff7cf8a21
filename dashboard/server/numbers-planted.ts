// Known items answered rightly, by shift: a measure of how well the queue is looked at, never of a person.
import { DateTime } from 'luxon';
import { planted, type Db } from '#store';
import type { NumbersRight } from '../contract.ts';
import { shareOf } from './numbers-share.ts';

/** A shift of twelve hours begins at eight and at twenty of the city's clock. */
const [dayH, nightH] = [8, 20] as const;
/** With fewer people a shift's share would be somebody's own. */
const peopleMin = 3;

/** When the shift that holds a moment began, and which of the two it is. */
export function shiftAt(atMs: number, zone: string): { fromMs: number; kind: 'day' | 'night' } {
  const at = DateTime.fromMillis(atMs, { zone });
  const kind = at.hour >= dayH && at.hour < nightH ? 'day' : 'night';
  const day = at.hour < dayH ? at.minus({ days: 1 }) : at;
  return {
    fromMs: day
      .startOf('day')
      .set({ hour: kind === 'day' ? dayH : nightH })
      .toMillis(),
    kind,
  };
}

const isOfMany = (some: readonly planted.PlantedAnswer[]): boolean =>
  new Set(some.map(({ seat }) => seat)).size >= peopleMin;

const shareOfAll = (some: readonly planted.PlantedAnswer[]) =>
  shareOf(some.filter(({ agreed }) => agreed).length, some.length);

/** Answers by shift, newest first; shifts in which fewer than three people answered are taken together. */
export function byShift(answers: readonly planted.PlantedAnswer[], zone: string): NumbersRight['planted']['shifts'] {
  const shifts = new Map<number, { kind: 'day' | 'night'; answers: planted.PlantedAnswer[] }>();
  for (const answer of answers) {
    const { fromMs, kind } = shiftAt(answer.atMs, zone);
    const shift = shifts.get(fromMs) ?? { kind, answers: [] };
    shift.answers.push(answer);
    shifts.set(fromMs, shift);
  }
  const all = [...shifts].sort(([a], [b]) => b - a);
  const rest = all.flatMap(([, shift]) => (isOfMany(shift.answers) ? [] : shift.answers));
  return [
    ...all.flatMap(([fromMs, { kind, answers: some }]) =>
      isOfMany(some) ? [{ fromMs, kind, share: shareOfAll(some) }] : [],
    ),
    // Of one or two people nothing is said at all.
    ...(isOfMany(rest) ? [{ fromMs: null, kind: null, share: shareOfAll(rest) }] : []),
  ];
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The sums of the period and of the one it is compared with, and the shifts of the period. */
export async function plantedOf(db: Db, zone: string, now: Stretch, before: Stretch): Promise<NumbersRight['planted']> {
  const [answers, earlier] = await Promise.all([planted.answers(db, now), planted.answers(db, before)]);
  // Sums of one or two people are nobody's business either.
  const sum = (some: readonly planted.PlantedAnswer[]) => (isOfMany(some) ? shareOfAll(some) : shareOf(0, 0));
  return { now: sum(answers), before: sum(earlier), shifts: byShift(answers, zone) };
}
