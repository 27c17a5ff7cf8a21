import { describe, expect, it } from 'vitest';
import { readingsOf } from './open-meteo.ts';
import { placesOf } from './run.ts';

const places = [
  { district: 'esil', point: { lon: 71.4, lat: 51.1 } },
  { district: 'nura', point: { lon: 71.3, lat: 51.1 } },
];
const current = {
  time: 1_800_000_000,
  interval: 900,
  temperature_2m: -4.5,
  rain: 0.5,
  snowfall: 0.25,
  snow_depth: 0.12,
  wind_speed_10m: 6,
  is_day: 0,
};

describe('weather that is read', () => {
  it('is per hour, whatever step the service sums over', () => {
    const [first, second] = readingsOf([{ current }, { current: { ...current, interval: 3600 } }], places, 'test');
    expect(first).toMatchObject({
      district: 'esil',
      atMs: 1_800_000_000_000,
      rainMmH: 2,
      snowfallCmH: 1,
      isDay: false,
    });
    expect(second).toMatchObject({ district: 'nura', rainMmH: 0.5, snowfallCmH: 0.25 });
  });

  it('is refused with the field that is wrong, not guessed', () => {
    expect(() => readingsOf([{ current: { ...current, rain: 'much' } }, { current }], places, 'test')).toThrow(/rain/);
    expect(() => readingsOf([{ current }], places, 'test')).toThrow(/1 places for 2/);
  });

  it('is asked for at the middle of each district', () => {
    const camera = (district: string, lon: number) => ({ district, point: { lon, lat: 51 } });
    expect(placesOf([camera('esil', 71), camera('esil', 72), camera('nura', 70)])).toEqual([
      { district: 'esil', point: { lon: 71.5, lat: 51 } },
      { district: 'nura', point: { lon: 70, lat: 51 } },
    ]);
  });
});
