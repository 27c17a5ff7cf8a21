import { describe, expect, it } from 'vitest';
import type { Snowfall, Weather } from '#core/weather';
import { snowfallOf } from './snowfall.ts';

const hour = 3_600_000;
const reading = (atH: number, snowfallCmH: number): Weather => ({
  district: 'esil',
  atMs: atH * hour,
  temperatureC: -6,
  rainMmH: 0,
  snowfallCmH,
  snowDepthM: 0.1,
  windMS: 3,
  isDay: true,
  source: 'test',
});

describe('the end of a snowfall', () => {
  it('is the last snowing reading, told after two dry hours', () => {
    const open = snowfallOf(undefined, [reading(1, 0.5), reading(2, 0.4), reading(3, 0)]);
    expect(open).toMatchObject({ startedAtMs: hour, endedAtMs: null });
    const ended = snowfallOf(undefined, [
      reading(1, 0.5),
      reading(2, 0.4),
      reading(3, 0),
      reading(4, 0),
      reading(5, 0),
    ]);
    expect(ended?.endedAtMs).toBe(2 * hour);
  });

  it('is not told when a gap in the data hides what fell', () => {
    const known = snowfallOf(undefined, [reading(1, 0.5), reading(2, 0), reading(9, 0), reading(10, 0)]);
    expect(known?.endedAtMs).toBeNull();
    expect(
      snowfallOf(undefined, [reading(1, 0.5), reading(2, 0), reading(9, 0), reading(10, 0), reading(11, 0)])?.endedAtMs,
    ).toBe(hour);
  });

  it('is not told without any data', () => {
    const before: Snowfall = { district: 'esil', startedAtMs: hour, endedAtMs: null, source: 'test' };
    expect(snowfallOf(before, [])).toBe(before);
  });

  it('is taken back by more snow: that is another snowfall', () => {
    const before: Snowfall = { district: 'esil', startedAtMs: hour, endedAtMs: 2 * hour, source: 'test' };
    expect(snowfallOf(before, [reading(1, 0.5), reading(2, 0.5), reading(6, 0)])).toBe(before);
    expect(snowfallOf(before, [reading(7, 0.3)])).toMatchObject({ startedAtMs: 7 * hour, endedAtMs: null });
  });

  it('does not begin with the noise of a model', () => {
    expect(snowfallOf(undefined, [reading(1, 0.01)])).toBeUndefined();
  });
});
