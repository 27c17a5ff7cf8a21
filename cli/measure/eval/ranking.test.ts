import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aucOf,
  averagePrecision,
  precisionOf,
  randomOf,
  rankingOf,
  reliabilityOf,
  rocOf,
  withinOf,
  type Scored,
} from './ranking.ts';

const row = (positive: boolean, score: number, group = `${positive}${score}`, source = 's'): Scored => ({
  positive,
  score,
  group,
  source,
});
const resampling = { draws: 200, seed: 1 };
/** Twelve of each kind in groups of two, positives higher by `lift` on average. */
const some = (lift: number): Scored[] => {
  const random = randomOf('rows');
  return Array.from({ length: 24 }, (_, i) => row(i % 2 === 0, random() + (i % 2 === 0 ? lift : 0), `g${i >> 1}`));
};

describe('the area under the curve', () => {
  it('is 1, 0 and a half where it must be', () => {
    expect(aucOf([row(true, 0.9), row(false, 0.1)])).toBe(1);
    expect(aucOf([row(true, 0.1), row(false, 0.9)])).toBe(0);
    expect(aucOf([row(true, 0.5), row(false, 0.5)])).toBe(0.5);
    expect(aucOf([row(true, 0.5)])).toBeNull();
  });

  it('equals the share of pairs that are in order, a tie counting half', () => {
    const rows = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 5 })), { maxLength: 40 });
    fc.assert(
      fc.property(rows, (pairs) => {
        const all = pairs.map(([positive, score]) => row(positive, score));
        const [there, not] = [all.filter((one) => one.positive), all.filter((one) => !one.positive)];
        const wins = there.flatMap((a) => not.map((b) => (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0)));
        const sum = wins.reduce<number>((total, win) => total + win, 0);
        const auc = aucOf(all);
        if (wins.length === 0) expect(auc).toBeNull();
        else expect(auc).toBeCloseTo(sum / wins.length, 9);
      }),
    );
  });

  it('is the area under the drawn curve', () => {
    const rows = some(0.3);
    const curve = rocOf(rows);
    const area = curve.reduce((sum, point, i) => {
      const before = curve[i - 1] ?? { falseRate: 0, recall: 0 };
      return sum + ((point.falseRate - before.falseRate) * (point.recall + before.recall)) / 2;
    }, 0);
    expect(curve.at(-1)).toEqual({ falseRate: 1, recall: 1 });
    expect(area).toBeCloseTo(aucOf(rows) ?? 0, 9);
  });
});

describe('a ranking', () => {
  it('holds its figure in its interval and is the same each time', () => {
    const first = rankingOf(some(0.3), resampling, 'a');
    expect(first).toEqual(rankingOf(some(0.3), resampling, 'a'));
    expect(first).toMatchObject({ n: 24, pos: 12, groups: 12 });
    expect(first.ci95?.[0]).toBeLessThan(first.auc ?? 0);
    expect(first.ci95?.[1]).toBeGreaterThan(first.auc ?? 1);
    expect(rankingOf(some(0.3), { ...resampling, seed: 2 }, 'a').ci95).not.toEqual(first.ci95);
  });

  it('gives no figure under ten of a kind, and no interval under five groups', () => {
    expect(rankingOf(some(1).slice(0, 18), resampling, 'a')).toMatchObject({ auc: null, ci95: null });
    const fewGroups = some(0.3).map((one, i) => ({ ...one, group: `g${i % 4}` }));
    expect(rankingOf(fewGroups, resampling, 'a').auc).not.toBeNull();
    expect(rankingOf(fewGroups, resampling, 'a').ci95).toBeNull();
  });

  it('is wider where pictures of one camera say the same', () => {
    const width = (rows: Scored[]): number => {
      const { ci95 } = rankingOf(rows, { draws: 1000, seed: 1 }, 'w');
      return (ci95?.[1] ?? 0) - (ci95?.[0] ?? 0);
    };
    const copies = some(0.3).flatMap((one) => [one, one, one, one]);
    expect(width(copies.map((one, i) => ({ ...one, group: `own ${i}` })))).toBeLessThan(width(copies));
  });

  it('within a source sees through a source that gives the answer away', () => {
    const told = some(0).map((one) => ({ ...one, source: one.positive ? 'x' : 'y', score: one.positive ? 2 : 1 }));
    expect(rankingOf(told, resampling, 'a').auc).toBe(1);
    expect(withinOf(told, resampling, 'a')).toEqual({ pairs: 0, auc: null, ci95: null });
    expect(withinOf(some(0.3), resampling, 'a')).toMatchObject({
      pairs: 144,
      auc: rankingOf(some(0.3), resampling, 'b').auc,
    });
  });
});

describe('reliability', () => {
  it('is nought for honest scores and the distance for dishonest ones', () => {
    const honest = Array.from({ length: 10 }, (_, i) => row(i < 8, 0.8));
    expect(reliabilityOf(honest).ece).toBe(0);
    const boasting = Array.from({ length: 10 }, (_, i) => row(i < 3, 0.95));
    expect(reliabilityOf(boasting).ece).toBe(0.65);
    expect(reliabilityOf([row(true, 1)]).bins.at(-1)).toMatchObject({ n: 1, meanScore: 1, share: 1 });
    expect(reliabilityOf([]).ece).toBeNull();
  });
});

describe('average precision', () => {
  const one = (score: number, hit: boolean): { score: number; hit: boolean } => ({ score, hit });

  it('is 1 for all and nothing else, less for what comes late', () => {
    expect(precisionOf([{ must: 2, found: [one(0.9, true), one(0.8, true)] }])).toBe(1);
    expect(precisionOf([{ must: 2, found: [one(0.9, true)] }])).toBe(0.5);
    expect(precisionOf([{ must: 1, found: [one(0.9, false), one(0.8, true)] }])).toBe(0.5);
    expect(precisionOf([{ must: 0, found: [] }])).toBeNull();
  });

  it('gives no figure for fewer than five boxes', () => {
    const picture = { group: 'a', must: 1, found: [one(0.9, true)] };
    expect(averagePrecision([picture], resampling, 'a').ap50).toBeNull();
    const five = Array.from({ length: 5 }, (_, i) => ({ ...picture, group: `g${i}` }));
    expect(averagePrecision(five, resampling, 'a')).toEqual({ boxes: 5, ap50: 1, ci95: [1, 1] });
  });
});
