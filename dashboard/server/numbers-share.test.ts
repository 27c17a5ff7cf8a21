import { expect, test } from 'vitest';
import { shareOf } from './numbers-share.ts';

test.each([
  [9, 10, 0.5958],
  [10, 10, 0.7225],
  [45, 50, 0.7864],
  [48, 50, 0.8654],
  [190, 200, 0.9104],
  [900, 1000, 0.8798],
  [3, 3, 0.4385],
])('the lower bound of %i of %i is %d (domain 3.7)', (k, n, low) => {
  expect(shareOf(k, n).low).toBeCloseTo(low, 4);
});

test('both bounds mirror each other and stay within 0 and 1', () => {
  for (const n of [1, 2, 7, 30, 640]) {
    for (let k = 0; k <= n; k += Math.max(1, Math.floor(n / 7))) {
      const [one, other] = [shareOf(k, n), shareOf(n - k, n)];
      expect(one.low).toBeCloseTo(1 - other.high, 12);
      expect(one.low).toBeGreaterThanOrEqual(0);
      expect(one.high).toBeLessThanOrEqual(1);
      expect(one.low).toBeLessThanOrEqual(k / n);
      expect(one.high).toBeGreaterThanOrEqual(k / n);
    }
  }
});

test('of nothing, nothing is known', () => {
  expect(shareOf(0, 0)).toEqual({ k: 0, n: 0, low: 0, high: 1 });
});
