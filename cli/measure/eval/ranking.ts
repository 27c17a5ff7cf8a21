// How well scores tell two kinds apart, with intervals that resample whole groups; and how honest they are as probabilities.
import { quantile, rounded } from '../statistics.ts';
import { shareOf } from './lists.ts';

/** One judged thing. */
export interface Scored {
  readonly positive: boolean;
  readonly score: number;
  readonly group: string;
  readonly source: string;
}

export interface Ranking {
  readonly n: number;
  readonly pos: number;
  readonly groups: number;
  readonly auc: number | null;
  readonly ci95: readonly [number, number] | null;
}

export interface Resampling {
  readonly draws: number;
  readonly seed: number;
}

/** Fewer of either kind give no figure. */
export const leastOfEach = 10;
const leastGroups = 5;
const leastPairs = 100;

/** Random numbers 0..1 from a text: the same text, the same numbers (mulberry32). */
export function randomOf(text: string): () => number {
  let state = Math.floor(shareOf(text) * 2 ** 32);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Pairs {
  readonly wins: number;
  readonly pairs: number;
}

/** Pairs of one positive and one negative, and how many of them the positive wins; a tie is half a win. Rows ascend by score. */
function pairsOf(
  rows: readonly { readonly positive: boolean; readonly score: number }[],
  weights: Float64Array,
): Pairs {
  let below = 0;
  let wins = 0;
  let positives = 0;
  for (let i = 0; i < rows.length;) {
    const score = rows[i]?.score;
    let tiedPositive = 0;
    let tiedNegative = 0;
    for (; i < rows.length && rows[i]?.score === score; i++) {
      if (rows[i]?.positive === true) tiedPositive += weights[i] ?? 0;
      else tiedNegative += weights[i] ?? 0;
    }
    wins += tiedPositive * (below + tiedNegative / 2);
    below += tiedNegative;
    positives += tiedPositive;
  }
  return { wins, pairs: positives * below };
}

/** Probability that a positive scores higher than a negative, a tie counting half; null without pairs. */
export function aucOf(rows: readonly { readonly positive: boolean; readonly score: number }[]): number | null {
  const sorted = rows.toSorted((a, b) => a.score - b.score);
  const { wins, pairs } = pairsOf(sorted, new Float64Array(sorted.length).fill(1));
  return pairs === 0 ? null : wins / pairs;
}

/** Counts of each group in draws with replacement, as many as there are groups. */
function* resampled(groups: number, { draws }: Resampling, random: () => number): Generator<Float64Array> {
  for (let draw = 0; draw < draws; draw++) {
    const counts = new Float64Array(groups);
    for (let i = 0; i < groups; i++) {
      const at = Math.floor(random() * groups);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    yield counts;
  }
}

const intervalOf = (values: readonly number[]): [number, number] | null => {
  const [low, high] = [rounded(quantile(values, 0.025), 3), rounded(quantile(values, 0.975), 3)];
  return low === null || high === null ? null : [low, high];
};

/** Interval of the AUC over pairs within strata, by group; strata are sorted by score. */
function strataInterval(
  strata: readonly (readonly Scored[])[],
  resampling: Resampling,
  name: string,
): [number, number] | null {
  const names = [...new Set(strata.flatMap((rows) => rows.map((row) => row.group)))].sort();
  if (names.length < leastGroups) return null;
  const at = new Map(names.map((group, index) => [group, index]));
  const groupsOf = strata.map((rows) => Int32Array.from(rows, (row) => at.get(row.group) ?? 0));
  const values: number[] = [];
  for (const counts of resampled(names.length, resampling, randomOf(`${resampling.seed}|${name}`))) {
    let wins = 0;
    let pairs = 0;
    strata.forEach((rows, index) => {
      const weights = Float64Array.from(groupsOf[index] ?? [], (group) => counts[group] ?? 0);
      const part = pairsOf(rows, weights);
      wins += part.wins;
      pairs += part.pairs;
    });
    if (pairs > 0) values.push(wins / pairs);
  }
  return intervalOf(values);
}

const byScore = (rows: readonly Scored[]): Scored[] => rows.toSorted((a, b) => a.score - b.score);

/** AUC with its 95 % interval by group. `name` and the seed fix the draws. */
export function rankingOf(rows: readonly Scored[], resampling: Resampling, name: string): Ranking {
  const pos = rows.filter((row) => row.positive).length;
  const counts = { n: rows.length, pos, groups: new Set(rows.map((row) => row.group)).size };
  if (pos < leastOfEach || rows.length - pos < leastOfEach) return { ...counts, auc: null, ci95: null };
  return { ...counts, auc: rounded(aucOf(rows), 3), ci95: strataInterval([byScore(rows)], resampling, name) };
}

/** Interval of any figure of rows by group: `figure` is asked of each draw, null answers are left out. */
export function intervalByGroup<Row extends { readonly group: string }>(
  rows: readonly Row[],
  figure: (drawn: readonly Row[]) => number | null,
  resampling: Resampling,
  name: string,
): [number, number] | null {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  const parts = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  if (parts.length < leastGroups) return null;
  const values: number[] = [];
  for (const counts of resampled(parts.length, resampling, randomOf(`${resampling.seed}|${name}`))) {
    const drawn = parts.flatMap((part, index) => Array.from({ length: counts[index] ?? 0 }, () => part).flat());
    const value = figure(drawn);
    if (value !== null) values.push(value);
  }
  return intervalOf(values);
}

/** One thing with two scores: before and after, without and with. */
export interface TwiceScored {
  readonly positive: boolean;
  readonly group: string;
  readonly before: number;
  readonly after: number;
}

export interface Gain {
  readonly n: number;
  readonly pos: number;
  readonly groups: number;
  readonly before: number | null;
  readonly after: number | null;
  readonly gain: number | null;
  /** Of the gain, both scores drawn together. */
  readonly ci95: readonly [number, number] | null;
}

/** AUC by two scores of the same things, and the difference with its interval by group. */
export function gainOf(rows: readonly TwiceScored[], resampling: Resampling, name: string): Gain {
  const pos = rows.filter((row) => row.positive).length;
  const counts = { n: rows.length, pos, groups: new Set(rows.map((row) => row.group)).size };
  if (pos < leastOfEach || rows.length - pos < leastOfEach) {
    return { ...counts, before: null, after: null, gain: null, ci95: null };
  }
  const auc = (some: readonly TwiceScored[], which: 'before' | 'after'): number | null =>
    aucOf(some.map((row) => ({ positive: row.positive, score: row[which] })));
  const gain = (some: readonly TwiceScored[]): number | null => {
    const [before, after] = [auc(some, 'before'), auc(some, 'after')];
    return before === null || after === null ? null : after - before;
  };
  return {
    ...counts,
    before: rounded(auc(rows, 'before'), 3),
    after: rounded(auc(rows, 'after'), 3),
    gain: rounded(gain(rows), 3),
    ci95: intervalByGroup(rows, gain, resampling, name),
  };
}

/** AUC over pairs of one source: what remains when a source cannot be recognised for its label. */
export function withinOf(
  rows: readonly Scored[],
  resampling: Resampling,
  name: string,
): { readonly pairs: number; readonly auc: number | null; readonly ci95: readonly [number, number] | null } {
  const strata = sourcesOf(rows).map(([, ofSource]) => byScore(ofSource));
  const sums = strata.map((stratum) => pairsOf(stratum, new Float64Array(stratum.length).fill(1)));
  const pairs = sums.reduce((sum, one) => sum + one.pairs, 0);
  const wins = sums.reduce((sum, one) => sum + one.wins, 0);
  if (pairs < leastPairs) return { pairs, auc: null, ci95: null };
  return { pairs, auc: rounded(wins / pairs, 3), ci95: strataInterval(strata, resampling, name) };
}

/** Rows by source, in the order of the names. */
export function sourcesOf<Row extends Scored>(rows: readonly Row[]): [string, Row[]][] {
  const sources = new Map<string, Row[]>();
  for (const row of rows) sources.set(row.source, [...(sources.get(row.source) ?? []), row]);
  return [...sources].sort(([a], [b]) => (a < b ? -1 : 1));
}

export interface Reliability {
  /** Expected calibration error: mean distance of score and truth over ten equal bins, weighted by their pictures. */
  readonly ece: number | null;
  readonly n: number;
  readonly bins: readonly {
    readonly from: number;
    readonly to: number;
    readonly n: number;
    readonly meanScore: number | null;
    readonly share: number | null;
  }[];
}

/** Is a score of 0.8 right eight times in ten? Ten bins of equal width (Guo et al. 2017, "On Calibration of Modern Neural Networks"). */
export function reliabilityOf(rows: readonly Scored[]): Reliability {
  const bins = Array.from({ length: 10 }, (_, index) => {
    const inside = rows.filter((row) => Math.min(9, Math.floor(row.score * 10)) === index);
    const n = inside.length;
    const meanScore = n === 0 ? null : inside.reduce((sum, row) => sum + row.score, 0) / n;
    const share = n === 0 ? null : inside.filter((row) => row.positive).length / n;
    return { from: index / 10, to: (index + 1) / 10, n, meanScore, share };
  });
  const off = bins.reduce((sum, bin) => sum + bin.n * Math.abs((bin.meanScore ?? 0) - (bin.share ?? 0)), 0);
  return {
    ece: rows.length === 0 ? null : rounded(off / rows.length, 3),
    n: rows.length,
    bins: bins.map((bin) => ({ ...bin, meanScore: rounded(bin.meanScore, 3), share: rounded(bin.share, 3) })),
  };
}

/** Points of the curve of hits over false alarms, from nothing called to everything called. */
export function rocOf(rows: readonly Scored[]): { readonly falseRate: number; readonly recall: number }[] {
  const positives = rows.filter((row) => row.positive).length;
  const negatives = rows.length - positives;
  const points = [{ falseRate: 0, recall: 0 }];
  let hits = 0;
  let alarms = 0;
  const sorted = byScore(rows).reverse();
  sorted.forEach((row, index) => {
    if (row.positive) hits++;
    else alarms++;
    if (sorted[index + 1]?.score === row.score) return;
    points.push({ falseRate: alarms / Math.max(1, negatives), recall: hits / Math.max(1, positives) });
  });
  return points;
}

/** Boxes of one class in one picture: how many must be found, and what was found: its score, and whether it was one of them. */
export interface BoxAnswers {
  readonly group: string;
  readonly must: number;
  readonly found: readonly { readonly score: number; readonly hit: boolean }[];
}

const leastBoxes = 5;

/** Area under precision over recall, precision made falling; null when nothing is to be found. */
export function precisionOf(pictures: readonly Pick<BoxAnswers, 'must' | 'found'>[]): number | null {
  const total = pictures.reduce((sum, picture) => sum + picture.must, 0);
  if (total === 0) return null;
  const found = pictures.flatMap((picture) => picture.found).sort((a, b) => b.score - a.score);
  let hits = 0;
  const curve = found.map(({ hit }, index) => {
    if (hit) hits++;
    return { precision: hits / (index + 1), recall: hits / total };
  });
  let best = 0;
  let area = 0;
  for (let i = curve.length - 1; i >= 0; i--) {
    best = Math.max(best, curve[i]?.precision ?? 0);
    area += ((curve[i]?.recall ?? 0) - (curve[i - 1]?.recall ?? 0)) * best;
  }
  return area;
}

/** Average precision with its interval by group; null under five boxes. */
export function averagePrecision(
  pictures: readonly BoxAnswers[],
  resampling: Resampling,
  name: string,
): { readonly boxes: number; readonly ap50: number | null; readonly ci95: readonly [number, number] | null } {
  const boxes = pictures.reduce((sum, picture) => sum + picture.must, 0);
  if (boxes < leastBoxes) return { boxes, ap50: null, ci95: null };
  const ci95 = intervalByGroup(pictures, precisionOf, resampling, name);
  return { boxes, ap50: rounded(precisionOf(pictures), 3), ci95 };
}
