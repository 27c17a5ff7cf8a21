// Shares with their interval.
import type { Share } from '../contract.ts';

/** 97.5 % of the normal distribution lie below it: two sides make 95 %. */
const z = 1.96;

/**
 * k of n with the 95 % interval of Wilson (1927): the middle is (p + z²/2n) / (1 + z²/n), half its width
 * z·√(p(1−p)/n + z²/4n²) / (1 + z²/n). It stays within 0..1 and holds for small n. With n = 0 it is 0..1.
 */
export function shareOf(k: number, n: number): Share {
  if (n === 0) return { k, n, low: 0, high: 1 };
  const p = k / n;
  const over = 1 + (z * z) / n;
  const middle = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { k, n, low: k === 0 ? 0 : (middle - half) / over, high: k === n ? 1 : (middle + half) / over };
}
