import { expect, test } from 'vitest';
import { forecastOf } from './keeping-forecast.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const gb = 1e9;
const nowMs = Date.parse('2026-03-10T06:00:00Z');

/** Hourly points of the last `hours`, with what is free so many hours before now. */
const points = (hours: number, freeAgo: (h: number) => number) =>
  Array.from({ length: hours + 1 }, (_, i) => ({
    atMs: nowMs - (hours - i) * hourMs,
    fileBytes: 0,
    rowBytes: 0,
    freeBytes: freeAgo(hours - i),
  }));

test('before a day is measured nothing is foretold', () => {
  expect(forecastOf([], nowMs)).toEqual({ kind: 'young' });
  expect(
    forecastOf(
      points(23, (h) => 10 * gb + h * gb),
      nowMs,
    ),
  ).toEqual({ kind: 'young' });
});

test('free space that goes by a gigabyte a day is used up in as many days as there are gigabytes', () => {
  const told = forecastOf(
    points(96, (h) => 20 * gb + (h / 24) * gb),
    nowMs,
  );
  if (told.kind !== 'fills') throw new Error(told.kind);
  expect(told.atMs).toBeCloseTo(nowMs + 20 * dayMs, -4);
  expect(told.bytesPerDay).toBeCloseTo(gb, -3);
});

test('what is free again, stays, or lasts for years is steady', () => {
  expect(
    forecastOf(
      points(48, (h) => 20 * gb - (h / 24) * gb),
      nowMs,
    ).kind,
  ).toBe('steady');
  expect(
    forecastOf(
      points(48, () => 20 * gb),
      nowMs,
    ).kind,
  ).toBe('steady');
  expect(
    forecastOf(
      points(48, (h) => 5000 * gb + (h / 24) * gb),
      nowMs,
    ).kind,
  ).toBe('steady');
});

test('only the last week counts: a ring that filled before it is no growth', () => {
  const told = forecastOf(
    points(240, (h) => (h > 167 ? 20 * gb + (h - 167) * gb : 20 * gb)),
    nowMs,
  );
  expect(told.kind).toBe('steady');
});
