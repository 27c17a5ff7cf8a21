import { describe, expect, it } from 'vitest';
import { forecast, Sky, sunAltitudeDeg, WeatherPlan } from './weather.ts';

const startMs = Date.UTC(2026, 10, 22, 6, 0);
const place = { lat: 51.14, lon: 71.44 };
const sky = new Sky(
  WeatherPlan.parse({
    temperatureC: -8,
    swingC: 0,
    windMS: 5,
    snow: [{ fromH: -9, toH: -3, perH: 1.5 }],
    rain: [{ fromH: 1, toH: 2.5, perH: 4 }],
    snowDepthM: 0.2,
  }),
  startMs,
);
type Answer = {
  hourly: Record<string, (string | number)[]>;
  current: Record<string, string | number>;
  hourly_units: Record<string, string>;
};
const ask = (query: Record<string, string>): Answer => {
  const { status, body } = forecast(sky, { latitude: '51.14', longitude: '71.44', ...query }, startMs);
  expect(status).toBe(200);
  return JSON.parse(JSON.stringify(body)) as Answer;
};

describe('the forecast', () => {
  it('tells when the snow ended, hour by hour', () => {
    const { hourly, hourly_units } = ask({
      hourly: 'snowfall,rain,precipitation,snow_depth,weather_code',
      past_days: '1',
      forecast_days: '2',
      timezone: 'GMT',
    });
    const { time = [], snowfall = [], rain = [], snow_depth = [], weather_code = [] } = hourly;
    expect(time).toHaveLength(72);
    expect(time[0]).toBe('2026-11-21T00:00');
    const at = (iso: string): number => time.indexOf(iso);
    // An hour's sum stands at its end: the snow of 02:00 to 03:00 is the last.
    expect(snowfall[at('2026-11-22T03:00')]).toBe(1.5);
    expect(snowfall[at('2026-11-22T04:00')]).toBe(0);
    expect(snowfall[at('2026-11-21T21:00')]).toBe(0);
    expect(snowfall.reduce((sum: number, cm) => sum + Number(cm), 0)).toBe(9);
    expect(rain[at('2026-11-22T09:00')]).toBe(2);
    expect(snow_depth[at('2026-11-22T06:00')]).toBe(0.2);
    expect(snow_depth[at('2026-11-21T12:00')]).toBe(0.11);
    expect(weather_code[at('2026-11-22T02:00')]).toBe(73);
    expect(weather_code[at('2026-11-22T08:00')]).toBe(63);
    expect(hourly_units['snowfall']).toBe('cm');
  });

  it('tells the present in the units and the zone that were asked for', () => {
    const { current } = ask({
      current: 'temperature_2m,wind_speed_10m,is_day,precipitation',
      wind_speed_unit: 'ms',
      timezone: 'Asia/Almaty',
    });
    expect(current).toMatchObject({
      time: '2026-11-22T11:00',
      interval: 900,
      temperature_2m: -8,
      wind_speed_10m: 5,
      is_day: 1,
      precipitation: 0,
    });
    expect(ask({ current: 'wind_speed_10m' }).current['wind_speed_10m']).toBe(18);
    expect(ask({ current: 'rain', timeformat: 'unixtime' }).current['time']).toBe(startMs / 1000);
  });

  it('runs as fast as the city that watches it', () => {
    const fast = new Sky(WeatherPlan.parse({ pace: 120, snow: [{ fromH: -6, toH: 1, perH: 2 }] }), startMs);
    const rateAt = (s: number): number => {
      const query = { latitude: '51', longitude: '71', current: 'snowfall', timeformat: 'unixtime' };
      const { body } = forecast(fast, query, startMs + s * 1000);
      const { time, snowfall, interval } = (body as Answer).current;
      expect(startMs / 1000 + s - Number(time)).toBeLessThanOrEqual(8);
      return (Number(snowfall) * 3600) / Number(interval);
    };
    // One hour of weather is 30 s: snow until then, nothing after.
    expect(rateAt(0)).toBe(2);
    expect(rateAt(24)).toBe(2);
    expect(rateAt(40)).toBe(0);
  });

  it('answers for many places at once', () => {
    const { body } = forecast(sky, { latitude: '51.1,51.2', longitude: '71.4,71.5', current: 'rain' }, startMs);
    expect(body).toHaveLength(2);
  });

  it('gives the hours around now', () => {
    expect(ask({ hourly: 'rain', past_hours: '6', forecast_hours: '3' }).hourly['time']).toHaveLength(9);
    expect(ask({ hourly: 'rain', start_date: '2026-11-20', end_date: '2026-11-21' }).hourly['time']).toHaveLength(48);
  });

  it.each([
    ['no place', { latitude: undefined }],
    ['a place off the earth', { latitude: '91' }],
    ['an unknown variable', { hourly: 'rain,happiness' }],
    ['an unknown zone', { timezone: 'Asia/Nowhere' }],
    ['places that do not pair', { latitude: '51,52' }],
  ])('refuses %s with a reason', (_what, query) => {
    const { status, body } = forecast(sky, { latitude: '51.14', longitude: '71.44', ...query }, startMs);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: true });
  });
});

it('knows where the sun is over Astana', () => {
  // Solar noon of the June solstice: 90 - 51.14 + 23.44; of the December solstice: 90 - 51.14 - 23.44. Noon is at 07:14 UTC.
  expect(sunAltitudeDeg(Date.UTC(2026, 5, 21, 7, 16), place)).toBeCloseTo(62.3, 0);
  expect(sunAltitudeDeg(Date.UTC(2026, 11, 21, 7, 12), place)).toBeCloseTo(15.4, 0);
  expect(sunAltitudeDeg(Date.UTC(2026, 5, 21, 19, 16), place)).toBeLessThan(-10);
});
