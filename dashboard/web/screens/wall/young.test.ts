import { expect, test } from 'vitest';
import { hasGrown, isDueAtNight, isDueByMemory, noted, type WallMoment } from './young.ts';

const night: WallMoment = { hour: 4, ageMs: 8 * 3_600_000, openS4: 0, line: 'up' };
const mib = 1024 * 1024;
const readings = (first: number, then: number, n: number): number[] =>
  [...Array.from({ length: 60 }, () => first), ...Array.from({ length: n }, () => then)].reduce<number[]>(noted, []);

test('at four, once, when nothing critical is open and the server answers', () => {
  expect(isDueAtNight(night)).toBe(true);
  expect(isDueAtNight({ ...night, hour: 3 })).toBe(false);
  expect(isDueAtNight({ ...night, hour: 5 })).toBe(false);
  expect(isDueAtNight({ ...night, openS4: 1 })).toBe(false);
  expect(isDueAtNight({ ...night, line: 'down' })).toBe(false);
  // The page that has just loaded itself does not do it again.
  expect(isDueAtNight({ ...night, ageMs: 30_000 })).toBe(false);
});

test('memory that grew for good is a reason, a wave of the collector is none', () => {
  expect(hasGrown(readings(100 * mib, 300 * mib, 5))).toBe(false);
  expect(hasGrown(readings(100 * mib, 300 * mib, 40))).toBe(true);
  expect(hasGrown(readings(100 * mib, 120 * mib, 400))).toBe(false);
  expect(hasGrown(readings(10 * mib, 40 * mib, 400))).toBe(false);
  const wave = [...readings(100 * mib, 300 * mib, 9), 110 * mib].reduce<number[]>(noted, []);
  expect(hasGrown(wave)).toBe(false);
  expect(isDueByMemory({ ...night, hour: 15 }, readings(100 * mib, 300 * mib, 40))).toBe(true);
  expect(isDueByMemory({ ...night, openS4: 2 }, readings(100 * mib, 300 * mib, 40))).toBe(false);
});

test('a month of readings takes no more room than an hour', () => {
  expect(readings(100 * mib, 101 * mib, 43_200)).toHaveLength(70);
});
