import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { bucketsOf, grainOf, periodOf } from './numbers-period.ts';

const zone = 'Asia/Almaty';
const ms = (iso: string): number => DateTime.fromISO(iso, { zone }).toMillis();
const nowMs = ms('2026-02-04T14:31');

test('a day is a local day of the city, and is compared with the day before', () => {
  expect(periodOf('day', '2026-02-03', nowMs, zone)).toEqual({
    span: 'day',
    fromMs: ms('2026-02-03T00:00'),
    toMs: ms('2026-02-04T00:00'),
    untilMs: ms('2026-02-04T00:00'),
    runs: false,
    before: { fromMs: ms('2026-02-02T00:00'), untilMs: ms('2026-02-03T00:00') },
    earlier: '2026-02-02',
    later: '2026-02-04',
  });
});

test('what runs is counted to now and compared with as much of the one before', () => {
  const week = periodOf('week', undefined, nowMs, zone);
  expect(week).toMatchObject({ fromMs: ms('2026-02-02T00:00'), untilMs: nowMs, runs: true, later: null });
  expect(week.before).toEqual({ fromMs: ms('2026-01-26T00:00'), untilMs: ms('2026-01-28T14:31') });
});

test('a long part of a month is never compared with more than the whole of a short one', () => {
  const march = periodOf('month', undefined, ms('2026-03-31T12:00'), zone);
  expect(march.before).toEqual({ fromMs: ms('2026-02-01T00:00'), untilMs: ms('2026-03-01T00:00') });
});

describe('seasons', () => {
  test.each([
    ['2026-02-03', '2025-11-01', '2026-04-01'],
    ['2025-11-01', '2025-11-01', '2026-04-01'],
    ['2025-12-31', '2025-11-01', '2026-04-01'],
    ['2025-04-01', '2025-04-01', '2025-06-01'],
    ['2025-08-31', '2025-06-01', '2025-09-01'],
    ['2025-10-31', '2025-09-01', '2025-11-01'],
  ])('%s is in the one from %s to %s', (day, from, to) => {
    expect(periodOf('season', day, nowMs, zone)).toMatchObject({ fromMs: ms(from), toMs: ms(to) });
  });

  test('a winter is compared with the winter of the year before', () => {
    const { before, earlier } = periodOf('season', '2025-01-10', nowMs, zone);
    expect(before).toEqual({ fromMs: ms('2023-11-01'), untilMs: ms('2024-04-01') });
    expect(earlier).toBe('2024-10-31');
  });
});

test('a day ahead and no day at all are refused', () => {
  expect(() => periodOf('day', '2026-02-05', nowMs, zone)).toThrow('lies ahead');
  expect(() => periodOf('day', '2026-02-30', nowMs, zone)).toThrow('no such day');
});

test('the day on which the city put its clocks back has 25 hours', () => {
  const { fromMs, toMs } = periodOf('day', '2024-02-29', nowMs, zone);
  expect(toMs - fromMs).toBe(25 * 3_600_000);
  expect(bucketsOf(fromMs, toMs, grainOf('day'), zone)).toHaveLength(25);
});

test('a curve has a part for each day of a month', () => {
  const { fromMs, untilMs } = periodOf('month', '2026-01-15', nowMs, zone);
  expect(bucketsOf(fromMs, untilMs, grainOf('month'), zone)).toHaveLength(31);
});
