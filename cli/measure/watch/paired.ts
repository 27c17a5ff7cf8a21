// Ratios of pairs measured in one run: their median with a bootstrap interval (Efron 1979, percentile method).
import { median, quantile } from '../statistics.ts';

const resamples = 2000;

/** Median and 95 % interval of values; the same `seed` gives the same interval. Nulls of nothing. */
export function medianWithInterval(
  values: readonly number[],
  seed: number,
): { median: number | null; ci95: readonly [number, number] | null } {
  const middle = median(values);
  if (middle === null || values.length < 2) return { median: middle, ci95: null };
  const next = drawing(seed);
  const medians = Array.from(
    { length: resamples },
    () => median(values.map(() => values[Math.floor(next() * values.length)] ?? middle)) ?? middle,
  );
  return { median: middle, ci95: [quantile(medians, 0.025) ?? middle, quantile(medians, 0.975) ?? middle] };
}

/** Numbers in 0..1, always the same for one seed (a linear congruential generator with the constants of Numerical Recipes). */
function drawing(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
