// Reads the weather now and then, keeps it, and draws from it when snowfalls began and ended. Runs inside the leading scheduler.
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import { withoutSecrets, type Log } from '#core/log';
import { cameras, weather as weatherRows, type Database } from '#store';
import { hasEnded } from '../ended.ts';
import { openMeteo } from './open-meteo.ts';
import { onsetDefaults, snowfallBySight } from './onset.ts';
import { snowfallDefaults, snowfallOf, type SnowfallRule } from './snowfall.ts';
import type { WeatherPlace, WeatherSource } from './source.ts';

export interface WeatherNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: {
    readonly weather: { readonly url: string | null; readonly everyS: number };
    readonly pace: number;
  };
}

/** How far back readings are drawn upon for the end of a snowfall. */
const lookBackMs = 48 * 3_600_000;

/** Reads once: keeps the readings and what follows for snowfalls. Throws when the service does not answer as agreed. */
export async function readWeather(needs: WeatherNeeds, source: WeatherSource, signal: AbortSignal): Promise<void> {
  const { database, clock, settings } = needs;
  const readings = await source.read(placesOf(await cameras.all(database)), signal);
  const nowMs = clock.nowMs();
  await database.transaction(async (tx) => {
    await weatherRows.save(tx, readings);
    const known = new Map((await weatherRows.snowfalls(tx)).map((one) => [one.district, one]));
    const since = await weatherRows.since(tx, nowMs - lookBackMs);
    for (const district of new Set(since.map((one) => one.district))) {
      const before = known.get(district);
      const now = snowfallOf(
        before,
        since.filter((one) => one.district === district),
        paced(snowfallDefaults, settings),
      );
      if (now && now !== before) await weatherRows.saveSnowfall(tx, now);
    }
  });
}

/** Where no weather service answers: what the cameras themselves say of snowfalls. */
export async function readOnset({ database, clock, settings }: Omit<WeatherNeeds, 'log'>): Promise<void> {
  const nowMs = clock.nowMs();
  const { pace } = settings;
  const rule = {
    ...onsetDefaults,
    gapS: onsetDefaults.gapS / pace,
    quietS: onsetDefaults.quietS / pace,
    graceS: onsetDefaults.graceS / pace,
  };
  await database.transaction(async (tx) => {
    const { turns, zones } = await weatherRows.whitening(tx, nowMs - lookBackMs / pace);
    const known = new Map((await weatherRows.snowfalls(tx)).map((one) => [one.district, one]));
    for (const { district, zones: count } of zones) {
      const turnsMs = turns.filter((one) => one.district === district).map((one) => one.atMs);
      const before = known.get(district);
      const now = snowfallBySight(before, { district, zones: count, turnsMs }, nowMs, rule);
      if (now && now !== before) await weatherRows.saveSnowfall(tx, now);
    }
  });
}

/** In a city that runs faster than life its weather does too; readings still have to come in between. */
const paced = (rule: SnowfallRule, { pace, weather }: WeatherNeeds['settings']): SnowfallRule => ({
  ...rule,
  dryS: Math.max(rule.dryS / pace, 2 * weather.everyS),
  gapS: Math.max(rule.gapS / pace, 3 * weather.everyS),
});

/** The middle of each district's cameras: that is where weather matters to them. */
export function placesOf(
  list: readonly { readonly district: string; readonly point: { readonly lon: number; readonly lat: number } }[],
): WeatherPlace[] {
  const sums = new Map<string, { lon: number; lat: number; n: number }>();
  for (const { district, point } of list) {
    const sum = sums.get(district) ?? { lon: 0, lat: 0, n: 0 };
    sums.set(district, { lon: sum.lon + point.lon, lat: sum.lat + point.lat, n: sum.n + 1 });
  }
  return [...sums].map(([district, { lon, lat, n }]) => ({ district, point: { lon: lon / n, lat: lat / n } }));
}

/**
 * Reads every so often until the signal ends it; says once when the weather is lost and once when it is back. Without a service, or
 * while it does not answer, the cameras tell of snowfalls.
 */
export async function runWeather(needs: WeatherNeeds, signal: AbortSignal): Promise<void> {
  const { clock, log, settings } = needs;
  if (settings.weather.url === null) log.info('no weather service is set: the cameras tell of snowfalls');
  const source = settings.weather.url === null ? undefined : openMeteo(settings.weather.url);
  const isOver = (): boolean => signal.aborted;
  let isLost = false;
  while (!isOver()) {
    try {
      if (source) await readWeather(needs, source, signal);
      if (source && isLost) log.info({ source: source.name }, 'weather is back');
      isLost = false;
    } catch (thrown) {
      if (!hasEnded(signal) && !isLost)
        log.warn(
          { error: withoutSecrets(messageOf(thrown)) },
          'weather is lost: the cameras tell of snowfalls until it is back',
        );
      isLost = true;
    }
    try {
      if ((!source || isLost) && !isOver()) await readOnset(needs);
    } catch (thrown) {
      if (!hasEnded(signal)) log.warn({ error: messageOf(thrown) }, 'snowfalls could not be told from the cameras');
    }
    await clock.sleep(settings.weather.everyS * 1000, signal).catch(() => undefined);
  }
}
