// A service that answers like Open-Meteo (https://open-meteo.com/en/docs): JSON per place → readings per district.
import { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';
import type { Weather } from '#core/weather';
import type { WeatherPlace, WeatherSource } from './source.ts';

const fields = 'temperature_2m,rain,snowfall,snow_depth,wind_speed_10m,is_day';

const number = z.number();
const Current = z.object({
  /** Unix seconds, because `timeformat=unixtime` is asked for. */
  time: number,
  /** Length of the step that sums (rain, snowfall) belong to, seconds. */
  interval: z.number().positive().default(900),
  temperature_2m: number,
  rain: number,
  /** Centimetres in the step. */
  snowfall: number,
  /** Metres; some models do not give it. */
  snow_depth: number.nullish(),
  wind_speed_10m: number,
  is_day: number,
});
const Place = z.object({ current: Current });
/** One place gives an object, several give a list in the order asked. */
const Answer = z.preprocess((answer): unknown => (Array.isArray(answer) ? answer : [answer]), z.array(Place));

const mostBytes = 4 * 1024 * 1024;

/** Reads current weather from `url` (the service's forecast address). */
export function openMeteo(url: string): WeatherSource {
  return {
    name: 'open-meteo',
    async read(places, signal) {
      if (places.length === 0) return [];
      const address = new URL(url);
      address.searchParams.set('latitude', places.map((p) => p.point.lat.toFixed(4)).join(','));
      address.searchParams.set('longitude', places.map((p) => p.point.lon.toFixed(4)).join(','));
      address.searchParams.set('current', fields);
      address.searchParams.set('wind_speed_unit', 'ms');
      address.searchParams.set('timeformat', 'unixtime');
      address.searchParams.set('timezone', 'GMT');
      return readingsOf(await fetchJson(address, signal), places, address.host);
    },
  };
}

async function fetchJson(address: URL, signal: AbortSignal): Promise<unknown> {
  const refuse = (why: string, cause?: unknown): AhualError =>
    new AhualError(
      'CONFIG_INVALID',
      `The weather service at ${address.host} ${why}.`,
      'Check ingest.weather.url; without weather no snow deadline starts.',
      {},
      cause,
    );
  let response: Response;
  try {
    response = await fetch(address, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(15_000)]),
      redirect: 'error',
    });
  } catch (thrown) {
    throw refuse(`did not answer (${messageOf(thrown)})`, thrown);
  }
  if (!response.ok) throw refuse(`answered with status ${response.status}`);
  const text = await response.text();
  if (text.length > mostBytes) throw refuse('answered with more than 4 MiB');
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw refuse('did not answer in JSON', thrown);
  }
}

/** Readings out of an answer; rain in mm/h and snowfall in cm/h whatever step the service sums over. */
export function readingsOf(answer: unknown, places: readonly WeatherPlace[], source: string): Weather[] {
  const parsed = Answer.safeParse(answer);
  if (!parsed.success || parsed.data.length !== places.length) {
    const why = parsed.success ? `${parsed.data.length} places for ${places.length}` : z.prettifyError(parsed.error);
    throw new AhualError(
      'CONFIG_INVALID',
      `The weather service at ${source} does not answer like Open-Meteo: ${why}.`,
      'Check ingest.weather.url.',
    );
  }
  return parsed.data.map(({ current }, i) => {
    const perHour = 3600 / current.interval;
    return {
      district: places[i]?.district ?? '',
      atMs: current.time * 1000,
      temperatureC: current.temperature_2m,
      rainMmH: current.rain * perHour,
      snowfallCmH: current.snowfall * perHour,
      snowDepthM: current.snow_depth ?? 0,
      windMS: current.wind_speed_10m,
      isDay: current.is_day === 1,
      source,
    };
  });
}
