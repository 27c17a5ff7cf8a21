// A reader that falls behind is told so, until it has caught up; clocks that drift or jump are not a lag.
import { expect, test } from 'vitest';
import { followPace } from './pace.ts';

test('a reader in time is never behind, wherever the stream begins and however its clock drifts', () => {
  const pace = followPace();
  for (let s = 0; s < 3600; s++) {
    const driftMs = s * 0.5;
    expect(pace.isBehind(9e8 + s * 1000, 1.8e12 + s * 1000 + driftMs)).toBe(false);
  }
});

test('who falls behind skips until it has caught up', () => {
  const pace = followPace();
  const said = [0, 500, 1900, 2100, 5000, 1500, 800, 600, 1900].map((lagMs, s) =>
    pace.isBehind(s * 1000, 1.8e12 + s * 1000 + lagMs),
  );
  expect(said).toEqual([false, false, false, true, true, true, true, false, false]);
});

test('a stream whose clock begins anew is in time', () => {
  const pace = followPace();
  expect(pace.isBehind(5e7, 1.8e12)).toBe(false);
  expect(pace.isBehind(0, 1.8e12 + 40)).toBe(false);
  expect(pace.isBehind(40, 1.8e12 + 80)).toBe(false);
});
