// Three ways to fit a correction, the smallest first. Each shrinks to the city's; with little to say, each says nothing. Pure.
import { featureCount, type AdaptationParameters } from '#core/adaptation';
import type { Example } from './material.ts';

/**
 * Deviations of the priors: a camera's own offset may well be 1.5 log-odds (chosen); one feature rarely speaks for more than 0.1.
 * Cross-validated by camera on 162 real fixed-camera pictures, weights of 0.3 and more lose 0.04 of AUC and those of 0.1 0.01.
 */
const priorDeviation = { offset: 1.5, weight: 0.1 } as const;
/** Calm looks are plentiful and easy: together they weigh no more than what people judged, and at least this. */
const leastCalmWeight = 4;
/** Hazards of other cameras stand in for those that this camera has not had, up to so many. */
const wantedPositives = 8;

interface Problem {
  readonly rows: readonly (readonly number[])[];
  readonly positive: readonly boolean[];
  readonly weights: readonly number[];
  /** Log-odds that are known before: the network's own margin. */
  readonly offsets: readonly number[];
  readonly priorMean: readonly number[];
  /** One over the variance. */
  readonly priorPrecision: readonly number[];
}

/** Solves a symmetric positive definite system by Cholesky's way; `a` is n x n, row by row. */
export function solve(a: Float64Array, b: readonly number[]): number[] {
  const n = b.length;
  const l = new Float64Array(n * n);
  const at = (m: Float64Array, i: number, j: number): number => m[i * n + j] ?? 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(a, i, j);
      for (let k = 0; k < j; k++) sum -= at(l, i, k) * at(l, j, k);
      if (i !== j) l[i * n + j] = sum / at(l, j, j);
      else if (sum > 0) l[i * n + i] = Math.sqrt(sum);
      else throw new RangeError('the system is not positive definite');
    }
  }
  const y: number[] = [];
  for (let i = 0; i < n; i++) {
    let sum = b[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= at(l, i, k) * (y[k] ?? 0);
    y.push(sum / at(l, i, i));
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = y[i] ?? 0;
    for (let k = i + 1; k < n; k++) sum -= at(l, k, i) * (x[k] ?? 0);
    x[i] = sum / at(l, i, i);
  }
  return x;
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
/** log(1 + e^z) without overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

function loss(problem: Problem, beta: readonly number[]): number {
  const { rows, positive, weights, offsets, priorMean, priorPrecision } = problem;
  let total = 0;
  rows.forEach((row, i) => {
    const z = row.reduce((sum, x, j) => sum + x * (beta[j] ?? 0), offsets[i] ?? 0);
    total += (weights[i] ?? 0) * (positive[i] === true ? softplus(-z) : softplus(z));
  });
  beta.forEach((value, j) => (total += ((priorPrecision[j] ?? 0) / 2) * (value - (priorMean[j] ?? 0)) ** 2));
  return total;
}

/** The most probable weights of a logistic with a Gaussian prior, by Newton's way with halved steps. */
export function fitLogistic(problem: Problem): number[] {
  const n = problem.priorMean.length;
  let beta = [...problem.priorMean];
  let now = loss(problem, beta);
  for (let step = 0; step < 50; step++) {
    const gradient = beta.map((b, j) => (problem.priorPrecision[j] ?? 0) * (b - (problem.priorMean[j] ?? 0)));
    const hessian = new Float64Array(n * n);
    for (let j = 0; j < n; j++) hessian[j * n + j] = problem.priorPrecision[j] ?? 0;
    problem.rows.forEach((row, i) => {
      const z = row.reduce((sum, x, j) => sum + x * (beta[j] ?? 0), problem.offsets[i] ?? 0);
      const p = sigmoid(z);
      const weight = problem.weights[i] ?? 0;
      const error = weight * (p - (problem.positive[i] === true ? 1 : 0));
      const curve = weight * p * (1 - p);
      for (let j = 0; j < n; j++) {
        const x = row[j] ?? 0;
        gradient[j] = (gradient[j] ?? 0) + error * x;
        for (let k = 0; k < n; k++) hessian[j * n + k] = (hessian[j * n + k] ?? 0) + curve * x * (row[k] ?? 0);
      }
    });
    const move = solve(hessian, gradient);
    const before = now;
    for (let size = 1; size > 1e-4; size /= 2) {
      const next = beta.map((value, j) => value - size * (move[j] ?? 0));
      const nextLoss = loss(problem, next);
      if (nextLoss > before) continue;
      beta = next;
      now = nextLoss;
      break;
    }
    if (before - now < 1e-9 * (1 + before)) break;
  }
  return beta;
}

/** What people judged weighs 1 a group; calm looks are held down together. */
function balanced(examples: readonly Example[]): Example[] {
  const sum = (origin: (one: Example) => boolean): number =>
    examples.filter(origin).reduce((total, one) => total + one.weight, 0);
  const calm = sum((one) => one.origin === 'calm');
  const most = Math.max(
    leastCalmWeight,
    sum((one) => one.origin !== 'calm'),
  );
  const factor = calm > most ? most / calm : 1;
  return examples.map((one) => (one.origin === 'calm' ? { ...one, weight: one.weight * factor } : one));
}

/** Other cameras' hazards beside the camera's own, so that nothing is fitted to "here is never anything". */
function withBorrowed(own: readonly Example[], borrowed: readonly Example[]): Example[] {
  const have = own.filter((one) => one.positive).reduce((sum, one) => sum + one.weight, 0);
  const theirs = borrowed.reduce((sum, one) => sum + one.weight, 0);
  const wanted = Math.max(0, wantedPositives - have);
  if (wanted === 0 || theirs === 0) return [...own];
  const factor = Math.min(1, wanted / theirs);
  return [...own, ...borrowed.map((one) => ({ ...one, weight: one.weight * factor }))];
}

/** What the whole city's verdicts say: the point that a camera's own correction shrinks to. */
export interface CityPrior {
  readonly offset: number;
  readonly bias: number;
  readonly weights: readonly number[];
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  /** Median and spread (half the distance between quartiles) of the margins of calm looks; null with fewer than 20. */
  readonly calm: { readonly centre: number; readonly spread: number } | null;
}

const standardised = (one: Example, mean: readonly number[], scale: readonly number[]): number[] => [
  1,
  ...Array.from({ length: featureCount }, (_, i) => ((one.features?.[i] ?? 0) - (mean[i] ?? 0)) / (scale[i] ?? 1)),
];

function fitOffset(examples: readonly Example[], mean: number): number {
  const rows = balanced(examples);
  const [offset] = fitLogistic({
    rows: rows.map(() => [1]),
    positive: rows.map((one) => one.positive),
    weights: rows.map((one) => one.weight),
    offsets: rows.map((one) => one.margin),
    priorMean: [mean],
    priorPrecision: [1 / priorDeviation.offset ** 2],
  });
  return offset ?? mean;
}

function fitHead(
  examples: readonly Example[],
  prior: Omit<CityPrior, 'calm' | 'offset'>,
): { bias: number; weights: number[] } {
  const rows = balanced(examples.filter((one) => one.features !== null));
  const [bias, ...weights] = fitLogistic({
    rows: rows.map((one) => standardised(one, prior.mean, prior.scale)),
    positive: rows.map((one) => one.positive),
    weights: rows.map((one) => one.weight),
    offsets: rows.map((one) => one.margin),
    priorMean: [prior.bias, ...prior.weights],
    priorPrecision: [1 / priorDeviation.offset ** 2, ...prior.weights.map(() => 1 / priorDeviation.weight ** 2)],
  });
  return { bias: bias ?? 0, weights };
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(q * (sorted.length - 1))))] ?? 0;

function calmOf(examples: readonly Example[]): { centre: number; spread: number } | null {
  const margins = examples
    .filter((one) => !one.positive)
    .map((one) => one.margin)
    .sort((a, b) => a - b);
  if (margins.length < 20) return null;
  const spread = (quantile(margins, 0.75) - quantile(margins, 0.25)) / 2;
  return { centre: quantile(margins, 0.5), spread: Math.max(0.1, spread) };
}

/**
 * Fits what the other cameras of the city say together. With fewer than ten judged groups of either kind the city says
 * nothing: its weights are 0. `extra` only tells how features are spread.
 */
export function cityPrior(others: readonly Example[], extra: readonly Example[]): CityPrior {
  const spreadOver = [...others, ...extra].filter((one) => one.features !== null);
  const columns = Array.from({ length: featureCount }, (_, i) => spreadOver.map((one) => one.features?.[i] ?? 0));
  const mean = columns.map((column) => (column.length === 0 ? 0 : column.reduce((a, b) => a + b, 0) / column.length));
  // Near-constant features would speak with a voice of noise: none is stretched more than fourfold.
  const scale = columns.map((column, i) =>
    column.length < 8
      ? 1
      : Math.max(0.25, Math.sqrt(column.reduce((sum, x) => sum + (x - (mean[i] ?? 0)) ** 2, 0) / column.length)),
  );
  const silent = { bias: 0, weights: new Array<number>(featureCount).fill(0), mean, scale };
  const judgedGroups = (positive: boolean): number =>
    new Set(others.filter((one) => one.positive === positive && one.origin !== 'calm').map((one) => one.group)).size;
  const calm = calmOf(others);
  if (judgedGroups(true) < 10 || judgedGroups(false) < 10) return { ...silent, offset: 0, calm };
  const head = fitHead(others, silent);
  return { ...silent, ...head, offset: fitOffset(others, 0), calm };
}

/** What a camera's fit stands on. */
export interface FitInput {
  readonly own: readonly Example[];
  /** Agreed hazards of other cameras. */
  readonly borrowed: readonly Example[];
  readonly prior: CityPrior;
}

const round = (value: number): number => Math.round(value * 1e5) / 1e5;

/** Fits one method; null when the material does not allow it (no features, too few calm looks). */
export function fit(
  method: AdaptationParameters['kind'],
  { own, borrowed, prior }: FitInput,
): AdaptationParameters | null {
  switch (method) {
    case 'threshold':
      return { kind: 'threshold', offset: round(fitOffset(withBorrowed(own, borrowed), prior.offset)) };
    case 'norm': {
      const mine = calmOf(own);
      if (mine === null || prior.calm === null) return null;
      // Only drawn together, never apart: a camera that is calmer than the city is no reason to shout.
      const stretch = Math.min(1, Math.max(0.25, prior.calm.spread / mine.spread));
      return {
        kind: 'norm',
        centre: round(mine.centre),
        toCentre: round(Math.min(mine.centre, prior.calm.centre)),
        stretch: round(stretch),
      };
    }
    case 'head': {
      const examples = withBorrowed(own, borrowed);
      if (examples.some((one) => one.features === null)) return null;
      const head = fitHead(examples, prior);
      return {
        kind: 'head',
        bias: round(head.bias),
        weights: head.weights.map(round),
        mean: prior.mean.map(round),
        scale: prior.scale.map((value) => Math.max(0.25, round(value))),
      };
    }
  }
}
