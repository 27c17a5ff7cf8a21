import { describe, expect, it } from 'vitest';
import type { Snowfall } from '#core/weather';
import { snowfallBySight } from './onset.ts';

const min = 60_000;
const turns = (...atMin: number[]): { district: string; zones: number; turnsMs: number[] } => ({
  district: 'esil',
  zones: 20,
  turnsMs: atMin.map((at) => at * min),
});

describe('a snowfall told by the cameras', () => {
  const white = turns(0, 20, 40, 60, 90, 110);

  it('begins when many zones turn white together and ends an hour after the last one', () => {
    expect(snowfallBySight(undefined, white, 130 * min)).toEqual({
      district: 'esil',
      startedAtMs: 0,
      endedAtMs: null,
      source: 'cameras',
    });
    expect(snowfallBySight(undefined, white, 230 * min)).toMatchObject({ startedAtMs: 0, endedAtMs: 170 * min });
  });

  it('is not told by a few zones, nor by many over days', () => {
    expect(snowfallBySight(undefined, turns(0, 20, 40, 60), 300 * min)).toBeUndefined();
    expect(snowfallBySight(undefined, turns(0, 200, 400, 600, 800, 1000), 1300 * min)).toBeUndefined();
    expect(snowfallBySight(undefined, { ...white, zones: 100 }, 300 * min)).toBeUndefined();
  });

  it('ends the one that the cameras began, and leaves the weather service its own', () => {
    const ours: Snowfall = { district: 'esil', startedAtMs: 0, endedAtMs: null, source: 'cameras' };
    expect(snowfallBySight(ours, white, 120 * min)).toBe(ours);
    expect(snowfallBySight(ours, white, 230 * min)).toMatchObject({ startedAtMs: 0, endedAtMs: 170 * min });
    const service: Snowfall = { ...ours, source: 'open-meteo' };
    expect(snowfallBySight(service, white, 230 * min)).toBe(service);
    const ended = { ...ours, endedAtMs: 170 * min };
    expect(snowfallBySight(ended, white, 400 * min)).toBe(ended);
  });

  it('is another one when zones turn white after the end', () => {
    const ended: Snowfall = { district: 'esil', startedAtMs: 0, endedAtMs: 170 * min, source: 'open-meteo' };
    const again = turns(0, 20, 40, 60, 90, 110, 600, 610, 620, 640, 660);
    expect(snowfallBySight(ended, again, 670 * min)).toMatchObject({ startedAtMs: 600 * min, endedAtMs: null });
  });
});
