// The weather over the simulated city, told in the shape of Open-Meteo's forecast answers (open-meteo.com/en/docs).
import { DateTime, IANAZone } from 'luxon';
import { z } from 'zod';

const Spell = z
  .strictObject({
    fromH: z.number().min(-240).max(240),
    toH: z.number().min(-240).max(240),
    perH: z.number().positive().max(200),
  })
  .refine((spell) => spell.fromH < spell.toH, { message: 'a spell ends after it begins', path: ['toH'] });

/** Weather relative to the start of the scenario, in hours; negative hours are before it. */
export const WeatherPlan = z.strictObject({
  /** Hours of the plan in one hour of the clock: more than 1 where the watching city lives faster, too. */
  pace: z.number().min(1).max(10_000).default(1),
  /** Daily mean, °C, or a fall and rise between hours. */
  temperatureC: z.union([z.number(), z.array(z.strictObject({ atH: z.number(), c: z.number() })).min(1)]).default(-6),
  /** Half of the difference between night and day, °C. */
  swingC: z.number().min(0).max(20).default(3),
  windMS: z.number().min(0).max(60).default(3),
  /** Snowfalls, cm of fresh snow an hour. */
  snow: z.array(Spell).default([]),
  /** Rains, mm an hour. */
  rain: z.array(Spell).default([]),
  /** Snow on the ground at the start, m. */
  snowDepthM: z.number().min(0).max(3).default(0),
});
export type WeatherPlan = z.infer<typeof WeatherPlan>;

const hourMs = 3_600_000;
/** Open-Meteo: 7 cm of fresh snow are 10 mm of water. */
const waterMmPerSnowCm = 10 / 7;

const units = {
  temperature_2m: '°C',
  relative_humidity_2m: '%',
  precipitation: 'mm',
  rain: 'mm',
  showers: 'mm',
  snowfall: 'cm',
  snow_depth: 'm',
  weather_code: 'wmo code',
  cloud_cover: '%',
  wind_speed_10m: 'km/h',
  wind_gusts_10m: 'km/h',
  wind_direction_10m: '°',
  is_day: '',
} as const;
type Variable = keyof typeof units;
const isVariable = (name: string): name is Variable => Object.hasOwn(units, name);
const windFactors = { kmh: 3.6, ms: 1, mph: 2.236_936, kn: 1.943_844 } as const;
const windUnits = { kmh: 'km/h', ms: 'm/s', mph: 'mp/h', kn: 'kn' } as const;

const list = z
  .union([z.string(), z.array(z.string())])
  .transform((value) =>
    (Array.isArray(value) ? value : [value]).flatMap((part) => part.split(',')).filter((part) => part !== ''),
  );
const degrees = (most: number): z.ZodType<number[]> =>
  list
    .transform((parts) => parts.map(Number))
    .refine(
      (all) => all.length > 0 && all.every((d) => Math.abs(d) <= most),
      `must be in range of -${most} to ${most}°`,
    );
const count = (max: number, otherwise: number): z.ZodType<number> =>
  z.coerce.number().int().min(0).max(max).default(otherwise);

const Query = z.object({
  latitude: degrees(90),
  longitude: degrees(180),
  hourly: list.default([]),
  current: list.default([]),
  timezone: z.string().default('GMT'),
  timeformat: z.enum(['iso8601', 'unixtime']).default('iso8601'),
  wind_speed_unit: z.enum(['kmh', 'ms', 'mph', 'kn']).default('kmh'),
  temperature_unit: z.literal('celsius').default('celsius'),
  precipitation_unit: z.literal('mm').default('mm'),
  past_days: count(92, 0),
  forecast_days: count(16, 7),
  past_hours: z.coerce.number().int().min(0).max(2208).optional(),
  forecast_hours: z.coerce.number().int().min(0).max(384).optional(),
  start_date: z.iso.date().optional(),
  end_date: z.iso.date().optional(),
});
type Query = z.infer<typeof Query>;

interface Place {
  readonly lat: number;
  readonly lon: number;
}

/** Altitude of the sun in degrees (low-precision formulas of the Astronomical Almanac; within 0.1° for this century). */
export function sunAltitudeDeg(atMs: number, { lat, lon }: Place): number {
  const rad = Math.PI / 180;
  const days = atMs / 86_400_000 - 10_957.5;
  const mean = (357.529 + 0.985_600_28 * days) * rad;
  const longitude = (280.459 + 0.985_647_36 * days + 1.915 * Math.sin(mean) + 0.02 * Math.sin(2 * mean)) * rad;
  const tilt = (23.439 - 0.000_000_36 * days) * rad;
  const declination = Math.asin(Math.sin(tilt) * Math.sin(longitude));
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(longitude), Math.cos(longitude));
  const sidereal = (280.460_618 + 360.985_647_366 * days + lon) * rad;
  const hourAngle = sidereal - ascension;
  const sine =
    Math.sin(lat * rad) * Math.sin(declination) + Math.cos(lat * rad) * Math.cos(declination) * Math.cos(hourAngle);
  return Math.asin(sine) / rad;
}

/** The weather of one scenario. `startMs` is the moment its hours count from. */
export class Sky {
  readonly #plan: WeatherPlan;
  readonly #startMs: number;

  constructor(plan: WeatherPlan, startMs: number) {
    this.#plan = plan;
    this.#startMs = startMs;
  }

  /** Hours of weather in one hour of the clock. */
  get pace(): number {
    return this.#plan.pace;
  }

  /** The hour of the plan at a moment. */
  #hour(atMs: number): number {
    return ((atMs - this.#startMs) / hourMs) * this.#plan.pace;
  }

  /** Sum of what falls over the `overH` hours of the plan before hour `toH`. */
  #fallen(spells: WeatherPlan['snow'], toH: number, overH: number): number {
    return spells.reduce(
      (sum, s) => sum + Math.max(0, Math.min(toH, s.toH) - Math.max(toH - overH, s.fromH)) * s.perH,
      0,
    );
  }

  #temperatureC(atMs: number, place: Place): number {
    const { temperatureC, swingC } = this.#plan;
    const atH = this.#hour(atMs);
    // Warmest at three in the afternoon of the sun's own time.
    const solarH = (atMs / hourMs + place.lon / 15) % 24;
    const swing = swingC * Math.cos(((solarH - 15) / 12) * Math.PI);
    if (typeof temperatureC === 'number') return temperatureC + swing;
    const points = [...temperatureC].sort((a, b) => a.atH - b.atH);
    const next = points.findIndex((p) => p.atH > atH);
    const before = points[next < 0 ? points.length - 1 : Math.max(0, next - 1)];
    const after = points[next < 0 ? points.length - 1 : next];
    if (!before || !after) return swing;
    const share = after.atH > before.atH ? Math.max(0, (atH - before.atH) / (after.atH - before.atH)) : 0;
    return before.c + share * (after.c - before.c) + swing;
  }

  /** One variable at a moment; sums are over the `overH` hours of the plan before it. Wind in m/s. */
  value(name: Variable, atMs: number, overH: number, place: Place): number {
    const atH = this.#hour(atMs);
    const snowCm = this.#fallen(this.#plan.snow, atH, overH);
    const rainMm = this.#fallen(this.#plan.rain, atH, overH);
    const round = (value: number, digits: number): number => Number(value.toFixed(digits));
    switch (name) {
      case 'temperature_2m':
        return round(this.#temperatureC(atMs, place), 1);
      case 'relative_humidity_2m':
        return snowCm + rainMm > 0 ? 94 : 71;
      case 'precipitation':
        return round(rainMm + snowCm * waterMmPerSnowCm, 2);
      case 'rain':
        return round(rainMm, 2);
      case 'showers':
        return 0;
      case 'snowfall':
        return round(snowCm, 2);
      case 'snow_depth': {
        const change = atH >= 0 ? this.#fallen(this.#plan.snow, atH, atH) : -this.#fallen(this.#plan.snow, 0, -atH);
        return round(Math.max(0, this.#plan.snowDepthM + change / 100), 2);
      }
      case 'weather_code':
        return this.#code(snowCm / overH, rainMm / overH);
      case 'cloud_cover':
        return snowCm + rainMm > 0 ? 100 : 35;
      case 'wind_speed_10m':
        return this.#plan.windMS;
      case 'wind_gusts_10m':
        return this.#plan.windMS * 1.8;
      case 'wind_direction_10m':
        return 225;
      case 'is_day':
        return sunAltitudeDeg(atMs, place) > -0.833 ? 1 : 0;
    }
  }

  /** WMO weather interpretation code as Open-Meteo uses it. */
  #code(snowCmH: number, rainMmH: number): number {
    if (snowCmH > 0) return snowCmH < 0.5 ? 71 : snowCmH < 2 ? 73 : 75;
    if (rainMmH > 0) return rainMmH < 0.5 ? 51 : rainMmH < 2.5 ? 61 : rainMmH < 7.6 ? 63 : 65;
    return 1;
  }
}

export type ForecastAnswer =
  | { readonly status: 200; readonly body: unknown }
  | { readonly status: 400; readonly body: { error: true; reason: string } };

const refusal = (reason: string): ForecastAnswer => ({ status: 400, body: { error: true, reason } });

/** Answers `GET /v1/forecast` with its raw query, as Open-Meteo would at `nowMs`. */
export function forecast(sky: Sky, rawQuery: unknown, nowMs: number): ForecastAnswer {
  const parsed = Query.safeParse(rawQuery);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refusal(`Parameter '${issue?.path.join('.') ?? ''}': ${issue?.message ?? 'invalid'}`);
  }
  const query = parsed.data;
  const unknown = [...query.hourly, ...query.current].find((name) => !isVariable(name));
  if (unknown !== undefined)
    return refusal(
      `Data corrupted at path ''. Cannot initialize SurfacePressureAndHeightVariable from invalid String value ${unknown}.`,
    );
  if (query.latitude.length !== query.longitude.length)
    return refusal("Parameter 'latitude' and 'longitude' must have the same number of elements");
  const zone = query.timezone === 'auto' ? 'Asia/Almaty' : query.timezone;
  if (!IANAZone.isValidZone(zone)) return refusal('Invalid timezone');
  const answers = query.latitude.map((lat, i) =>
    answerFor(sky, query, { lat, lon: query.longitude[i] ?? 0 }, zone, nowMs),
  );
  return { status: 200, body: answers.length === 1 ? answers[0] : answers };
}

function answerFor(sky: Sky, query: Query, place: Place, zone: string, nowMs: number): Record<string, unknown> {
  const now = DateTime.fromMillis(nowMs, { zone });
  const stamp = (at: DateTime): string | number =>
    query.timeformat === 'unixtime' ? Math.floor(at.toSeconds()) : at.toFormat("yyyy-MM-dd'T'HH:mm");
  const valueOf = (name: Variable, at: DateTime, overH: number): number => {
    const value = sky.value(name, at.toMillis(), overH, place);
    return name.startsWith('wind_speed') || name.startsWith('wind_gusts')
      ? Number((value * windFactors[query.wind_speed_unit]).toFixed(1))
      : value;
  };
  const unitOf = (name: Variable): string => (units[name] === 'km/h' ? windUnits[query.wind_speed_unit] : units[name]);
  const timeUnit = query.timeformat === 'unixtime' ? 'unixtime' : 'iso8601';
  const answer: Record<string, unknown> = {
    latitude: place.lat,
    longitude: place.lon,
    generationtime_ms: 0.1,
    utc_offset_seconds: now.offset * 60,
    timezone: zone,
    timezone_abbreviation: now.toFormat('ZZZZ'),
    elevation: 350,
  };
  const current = query.current.filter(isVariable);
  if (current.length > 0) {
    // Quarters of an hour of the plan, so that a fast sky is not told in slow steps.
    const stepMs = Math.max(1000, 900_000 / sky.pace);
    const at = DateTime.fromMillis(Math.floor(nowMs / stepMs) * stepMs, { zone });
    answer['current_units'] = {
      time: timeUnit,
      interval: 'seconds',
      ...Object.fromEntries(current.map((name) => [name, unitOf(name)])),
    };
    answer['current'] = {
      time: stamp(at),
      interval: 900,
      ...Object.fromEntries(current.map((name) => [name, valueOf(name, at, 0.25)])),
    };
  }
  const hourly = query.hourly.filter(isVariable);
  if (hourly.length > 0) {
    const hours = hoursOf(query, now);
    answer['hourly_units'] = { time: timeUnit, ...Object.fromEntries(hourly.map((name) => [name, unitOf(name)])) };
    answer['hourly'] = {
      time: hours.map(stamp),
      ...Object.fromEntries(hourly.map((name) => [name, hours.map((at) => valueOf(name, at, 1))])),
    };
  }
  return answer;
}

function hoursOf(query: Query, now: DateTime): DateTime[] {
  const today = now.startOf('day');
  const thisHour = now.startOf('hour');
  const zone = now.zone;
  const dated = query.start_date !== undefined && query.end_date !== undefined;
  let from = dated ? DateTime.fromISO(query.start_date ?? '', { zone }) : today.minus({ days: query.past_days });
  let to = dated
    ? DateTime.fromISO(query.end_date ?? '', { zone }).plus({ days: 1 })
    : today.plus({ days: query.forecast_days });
  if (query.past_hours !== undefined) from = thisHour.minus({ hours: query.past_hours });
  if (query.forecast_hours !== undefined) to = thisHour.plus({ hours: query.forecast_hours });
  const hours: DateTime[] = [];
  for (let at = from; at < to && hours.length < 120 * 24; at = at.plus({ hours: 1 })) hours.push(at);
  return hours;
}
