import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { floodAt } from '#incidents';
import { floodsOf, loadOf, seatMs, seatsOver, type AlarmAt } from './numbers-load.ts';

const minuteMs = 60_000;
const windowMs = 10 * minuteMs;
const span = { fromMs: 0, toMs: 24 * 60 * minuteMs };
const every = (stepMs: number, n: number, fromMs = 0): AlarmAt[] =>
  Array.from({ length: n }, (_, i) => ({ atMs: fromMs + i * stepMs, severity: 'S2' }));
const load = (alarms: readonly AlarmAt[], sittings: Parameters<typeof loadOf>[1] = [], starts: number[] = []) =>
  loadOf(alarms, sittings, span, { windowMs, starts });

describe('floods', () => {
  test('one every minute is not above ten in ten minutes', () => {
    expect(
      floodsOf(
        every(minuteMs, 600).map(({ atMs }) => atMs),
        windowMs,
        span.toMs,
      ),
    ).toEqual([]);
  });

  test('begins with the eleventh and ends when the fifth last leaves the ten minutes', () => {
    const times = every(1000, 12).map(({ atMs }) => atMs);
    expect(floodsOf(times, windowMs, span.toMs)).toEqual([{ fromMs: 10_000, toMs: 7000 + windowMs, alarms: 2 }]);
  });

  test('one that still runs ends with the stretch', () => {
    const times = every(1000, 12).map(({ atMs }) => atMs);
    expect(floodsOf(times, windowMs, 60_000)).toEqual([{ fromMs: 10_000, toMs: 60_000, alarms: 2 }]);
  });

  test('are those that the desk was in, at any moment of any history', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 130 }),
        (minutes, atMinute) => {
          const times = minutes.map((minute) => minute * minuteMs).sort((a, b) => a - b);
          const nowMs = atMinute * minuteMs + 1;
          const known = times.filter((ms) => ms <= nowMs);
          const isIn = floodsOf(known, windowMs, nowMs + 1).some((one) => one.fromMs <= nowMs && nowMs < one.toMs);
          // The desk asks at each alarm and now; what happened between two alarms is replayed by asking each minute.
          expect(isIn).toBe(floodReplayed(known, nowMs));
        },
      ),
    );
  });
});

/** The desk's own rule, asked often enough that no end between two alarms is overlooked. */
function floodReplayed(times: readonly number[], nowMs: number): boolean {
  let isOn = false;
  for (let ms = 0; ms <= nowMs; ms += minuteMs / 2) isOn = step(times, ms, isOn);
  return step(times, nowMs, isOn);
}
function step(times: readonly number[], ms: number, isOn: boolean): boolean {
  const n = times.filter((at) => at > ms - windowMs && at <= ms).length;
  return isOn ? n >= 5 : n > 10;
}

test('the desk agrees where alarms come without a pause', () => {
  const times = every(20_000, 30).map(({ atMs }) => atMs);
  const lastMs = times.at(-1) ?? 0;
  expect(floodAt(times, windowMs, lastMs)).toBe(true);
  expect(floodsOf(times, windowMs, lastMs + 1)).toHaveLength(1);
});

describe('seats', () => {
  test('nobody is one seat', () => {
    expect(seatsOver([], span)).toEqual([{ atMs: 0, n: 1 }]);
  });

  test('a person counts once however often they decide, two who overlap are two', () => {
    const noon = 12 * 60 * minuteMs;
    const sat = (seat: number, atMs: number) => ({ seat, firstAtMs: atMs, lastAtMs: atMs });
    const steps = seatsOver([sat(1, noon), sat(1, noon + 20 * minuteMs), sat(2, noon + 10 * minuteMs)], span);
    expect(steps).toEqual([
      { atMs: 0, n: 1 },
      { atMs: noon + 10 * minuteMs - seatMs, n: 2 },
      { atMs: noon + 10 * minuteMs + seatMs, n: 1 },
    ]);
  });
});

describe('load', () => {
  test('one alarm each ten minutes is a mean of one on one seat and of a half on two', () => {
    const alarms = every(windowMs, 144);
    expect(load(alarms).load).toMatchObject({ alarms: 144, mean: 1, max: 1, seatsMean: 1, seatsMax: 1, floodMs: 0 });
    const all = { firstAtMs: span.fromMs, lastAtMs: span.toMs };
    const two = load(alarms, [
      { seat: 1, ...all },
      { seat: 2, ...all },
    ]);
    expect(two.load).toMatchObject({ mean: 0.5, max: 0.5, seatsMean: 2, seatsMax: 2 });
  });

  test('the worst ten minutes may begin at any alarm, not only on the clock', () => {
    const alarms = [...every(minuteMs, 4, 8 * minuteMs), ...every(minuteMs, 4, 12 * minuteMs)];
    expect(load(alarms).load).toMatchObject({ max: 8, maxAtMs: 8 * minuteMs });
  });

  test('the parts of the curve add up to the whole', () => {
    const alarms = every(7 * minuteMs, 200);
    const starts = Array.from({ length: 24 }, (_, hour) => hour * 60 * minuteMs);
    const { trend } = load(alarms, [], starts);
    expect(trend.reduce((sum, part) => sum + part.alarms, 0)).toBe(200);
    expect(trend[0]).toMatchObject({ alarms: 9, mean: 1.5, max: 2 });
  });

  test('nothing is no load and no worst moment', () => {
    expect(load([]).load).toMatchObject({ alarms: 0, mean: 0, max: 0, maxAtMs: null, floodShare: 0 });
  });
});
