// From rows to numbers: robust moments of a score, what a limit hides, the parts of its variance, and straight lines.
import { median } from '../statistics.ts';

/** A value and the camera or place that it comes from. */
export interface Grouped {
  /** Null where the score was too low to be told. */
  readonly value: number | null;
  readonly group: string;
}

export interface Moments {
  readonly mean: number;
  readonly sd: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const meanOf = (values: readonly number[]): number => sum(values) / Math.max(1, values.length);

export function byGroup<T extends { readonly group: string }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const known = groups.get(row.group);
    if (known) known.push(row);
    else groups.set(row.group, [row]);
  }
  return groups;
}

/** Weights by which every group counts the same; they sum to 1. */
export function evenly(
  rows: readonly Grouped[],
): readonly { readonly value: number | null; readonly weight: number }[] {
  const groups = byGroup(rows);
  return [...groups.values()].flatMap((own) =>
    own.map(({ value }) => ({ value, weight: 1 / (groups.size * own.length) })),
  );
}

/** Density and distribution of the standard normal; the latter by Abramowitz and Stegun 1964, 26.2.17. */
const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
export function below(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    density(x) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x >= 0 ? 1 - tail : tail;
}

/** Mean and deviation, every group counting the same. Values are held within bounds already (winsorised), so none outweighs all. */
export function momentsOf(rows: readonly Grouped[]): Moments {
  const told = evenly(rows).flatMap(({ value, weight }) => (value === null ? [] : [{ value, weight }]));
  const whole = sum(told.map(({ weight }) => weight)) || 1;
  const mean = sum(told.map(({ value, weight }) => value * weight)) / whole;
  return { mean, sd: Math.sqrt(sum(told.map(({ value, weight }) => weight * (value - mean) ** 2)) / whole) };
}

/**
 * The same where values under `least` are not told (Tobin 1958): the normal distribution under which the told values and the
 * share of untold ones are likeliest, found on a grid that is made finer four times.
 */
export function censoredMoments(rows: readonly Grouped[], least: number): Moments {
  const weighed = evenly(rows);
  const untold = sum(weighed.flatMap(({ value, weight }) => (value === null ? [weight] : [])));
  if (untold === 0) return momentsOf(rows);
  const told = weighed.flatMap(({ value, weight }) => (value === null ? [] : [{ value, weight }]));
  if (told.length === 0) return { mean: least - 2, sd: 0.7 };
  const likelihood = (mean: number, sd: number): number =>
    untold * Math.log(Math.max(1e-12, below((least - mean) / sd))) +
    sum(told.map(({ value, weight }) => weight * Math.log(Math.max(1e-12, density((value - mean) / sd) / sd))));
  let best = { mean: least, sd: 1 };
  let [spanMean, spanSd] = [4, 1.6];
  for (let round = 0; round < 4; round++) {
    const around = best;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = -12; i <= 12; i++) {
      for (let j = -12; j <= 12; j++) {
        const [mean, sd] = [around.mean + (i * spanMean) / 12, Math.max(0.1, around.sd + (j * spanSd) / 12)];
        const value = likelihood(mean, sd);
        if (value > most) [most, best] = [value, { mean, sd }];
      }
    }
    [spanMean, spanSd] = [spanMean / 5, spanSd / 5];
  }
  return best;
}

/** Two populations of which one half of the cases each comes: mean and deviation of the mixture. */
export function mixed(parts: readonly Moments[]): Moments {
  const mean = meanOf(parts.map((part) => part.mean));
  return { mean, sd: Math.sqrt(meanOf(parts.map((part) => part.sd ** 2 + (part.mean - mean) ** 2))) };
}

/** Variance between groups and within them, with the degrees of freedom that each rests on. */
export interface Components {
  readonly between: number;
  readonly within: number;
  readonly groups: number;
  readonly n: number;
}

/**
 * One-way random effects by analysis of variance with unequal groups (Searle, Casella and McCulloch, Variance Components, 1992,
 * ch. 3): within = MSW, between = (MSB - MSW) / n0, never under nought. Null without repeated groups.
 */
export function componentsOf(rows: readonly Grouped[]): Components | null {
  const told = rows.flatMap(({ value, group }) => (value === null ? [] : [{ value, group }]));
  const groups = [...byGroup(told).values()].map((own) => own.map(({ value }) => value));
  const n = told.length;
  const a = groups.length;
  if (a < 2 || n - a < 2) return null;
  const grand = meanOf(told.map(({ value }) => value));
  const msb = sum(groups.map((own) => own.length * (meanOf(own) - grand) ** 2)) / (a - 1);
  const msw = sum(groups.map((own) => sum(own.map((x) => (x - meanOf(own)) ** 2)))) / (n - a);
  const n0 = (n - sum(groups.map((own) => own.length ** 2)) / n) / (a - 1);
  return { between: Math.max(0, (msb - msw) / n0), within: msw, groups: a, n };
}

/** Components of several conditions together, each weighing by its degrees of freedom. */
export function pooled(all: readonly (Components | null)[]): Components | null {
  const known = all.filter((one) => one !== null);
  if (known.length === 0) return null;
  const weightOf = ({ n, groups }: Components): number => n - groups;
  const whole = sum(known.map(weightOf));
  return {
    between: sum(known.map((one) => one.between * weightOf(one))) / whole,
    within: sum(known.map((one) => one.within * weightOf(one))) / whole,
    groups: sum(known.map(({ groups }) => groups)),
    n: sum(known.map(({ n }) => n)),
  };
}

/** A straight line by least squares, `y = none + scale x`, and the deviation from it. */
export function lineOf(points: readonly { readonly x: number; readonly y: number }[]): {
  readonly none: number;
  readonly scale: number;
  readonly sd: number;
} {
  const [mx, my] = [meanOf(points.map(({ x }) => x)), meanOf(points.map(({ y }) => y))];
  const spread = sum(points.map(({ x }) => (x - mx) ** 2));
  const scale = spread > 0 ? sum(points.map(({ x, y }) => (x - mx) * (y - my))) / spread : 0;
  const none = my - scale * mx;
  return { none, scale, sd: Math.sqrt(meanOf(points.map(({ x, y }) => (y - none - scale * x) ** 2))) };
}

/** Variance within the median film (one with headlights in the lens is no usual one) and the seconds after which their looks hang together by less than 1/e; films of under seven looks say nothing. */
export function filmNoise(
  films: ReadonlyMap<string, readonly number[]>,
): { readonly variance: number; readonly stepS: number } | null {
  const long = [...films.values()].filter((values) => values.length >= 7);
  if (long.length === 0) return null;
  const variances = long.map((values) => {
    const mean = meanOf(values);
    return sum(values.map((x) => (x - mean) ** 2)) / (values.length - 1);
  });
  const at = (lag: number): number => {
    const products = long.flatMap((values) => {
      const mean = meanOf(values);
      return values.slice(lag).map((x, i) => (x - mean) * ((values[i] ?? mean) - mean));
    });
    const squares = long.flatMap((values) => {
      const mean = meanOf(values);
      return values.map((x) => (x - mean) ** 2);
    });
    return meanOf(products) / Math.max(1e-9, meanOf(squares));
  };
  const most = Math.min(...long.map(({ length }) => length)) - 2;
  const steps = Array.from({ length: most }, (_, i) => i + 1);
  return { variance: median(variances) ?? 0, stepS: steps.find((lag) => at(lag) < 1 / Math.E) ?? most };
}
