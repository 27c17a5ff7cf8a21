// The laws of the smallest words: time, ids, places, working days, retries.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextAttempt } from './backoff.ts';
import { afterWorkingDays, isWorkingDay, localDay } from './calendar.ts';
import { ManualClock } from './clock.ts';
import { distanceM, inRing, offset, ringArea } from './geo.ts';
import { lookIdOf, newId } from './ids.ts';
import { withoutSecrets } from './log.ts';
import type { Holiday } from './policy.ts';
import { epochMs, isoOf, momentOf } from './units.ts';

describe('the clock by hand', () => {
  test('wakes sleepers in the order of their moments', async () => {
    const clock = new ManualClock(1_000);
    const woken: string[] = [];
    const late = clock.sleep(200).then(() => woken.push('late'));
    const soon = clock.sleep(100).then(() => woken.push('soon'));
    clock.advance(300);
    await Promise.all([late, soon]);
    expect(woken).toEqual(['soon', 'late']);
    expect(clock.nowMs()).toBe(1_300);
  });

  test('an aborted sleep rejects', async () => {
    const stop = new AbortController();
    const slept = new ManualClock(0).sleep(10, stop.signal);
    stop.abort();
    await expect(slept).rejects.toThrow('aborted');
  });
});

describe('ids', () => {
  test('sort by the moment they were made', () => {
    fc.assert(
      fc.property(fc.nat(4e12), fc.integer({ min: 1, max: 1e9 }), (atMs, laterMs) => {
        expect(newId(new ManualClock(atMs)) < newId(new ManualClock(atMs + laterMs))).toBe(true);
      }),
    );
  });

  test('a look planned twice has one identity', () => {
    expect(lookIdOf('10482', 1_700_000_000_000)).toBe(lookIdOf('10482', 1_700_000_000_000));
  });
});

describe('places', () => {
  test('distance of the Bayterek to the Khan Shatyr is about two kilometres', () => {
    const d = distanceM({ lat: 51.1283, lon: 71.4305 }, { lat: 51.1325, lon: 71.4039 });
    expect(d).toBeGreaterThan(1_850);
    expect(d).toBeLessThan(1_950);
  });

  test('going away and measuring agree', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 1, max: 2_000, noNaN: true }),
        (bearing, metres) => {
          const from = { lat: 51.14, lon: 71.44 };
          expect(Math.abs(distanceM(from, offset(from, bearing, metres)) - metres)).toBeLessThan(metres * 0.002 + 0.01);
        },
      ),
    );
  });

  test('a ring knows its inside and its area', () => {
    const square = [
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
    ] as const;
    expect(inRing(1, 1, square)).toBe(true);
    expect(inRing(3, 1, square)).toBe(false);
    expect(ringArea(square)).toBe(4);
  });
});

describe('days of the city', () => {
  const zone = 'Asia/Almaty';
  const holidays: Holiday[] = [
    { date: '2026-03-23', kind: 'holiday', nameKk: '', nameRu: '', certainty: 'high' },
    { date: '2024-05-04', kind: 'transferred_work', nameKk: '', nameRu: '', certainty: 'high' },
  ];

  test('a day is local: 19:30 UTC is already tomorrow in Astana', () => {
    expect(localDay(momentOf('2026-01-01T19:30:00Z'), zone)).toBe('2026-01-02');
    expect(localDay(momentOf('2024-02-29T17:59:00Z'), zone)).toBe('2024-02-29');
  });

  test('weekends and holidays are off, a transferred Saturday is not', () => {
    expect(isWorkingDay('2026-03-23', holidays)).toBe(false);
    expect(isWorkingDay('2024-05-04', holidays)).toBe(true);
    expect(isWorkingDay('2026-03-22', holidays)).toBe(false);
    expect(isWorkingDay('2026-03-24', holidays)).toBe(true);
  });

  test('fifteen working days do not count the day of receipt', () => {
    const end = afterWorkingDays(momentOf('2026-06-01T05:00:00Z'), 15, zone, []);
    expect(localDay(end, zone)).toBe('2026-06-22');
  });
});

describe('trying again', () => {
  test('waits grow, stay under the limit, and are spread', () => {
    const rule = { firstMs: 1_000, maxMs: 60_000 };
    const now = epochMs(0);
    expect(nextAttempt(now, 1, rule, 0)).toBe(500);
    expect(nextAttempt(now, 1, rule, 1)).toBe(1_000);
    expect(nextAttempt(now, 4, rule, 1)).toBe(8_000);
    expect(nextAttempt(now, 99, rule, 1)).toBe(60_000);
  });
});

test('addresses lose their passwords before anyone reads them', () => {
  expect(withoutSecrets('open rtsp://admin:pa55@10.0.0.5:554/main failed')).toBe(
    'open rtsp://10.0.0.5:554/main failed',
  );
});

test('moments survive their text', () => {
  fc.assert(fc.property(fc.nat(4e12), (ms) => (momentOf(isoOf(epochMs(ms))) as number) === ms));
});
