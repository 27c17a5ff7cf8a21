// How many false alarms a camera gives in a day and how many hazards are raised, over more days than anybody has recorded (measure 4).
import type { City, Settings } from '#config';
import type { Camera, Zone } from '#core/camera';
import { hazardNames, type HazardName } from '#core/hazard-name';
import { epochMs } from '#core/units';
import { deadlineOf } from '#hazards';
import { life } from '#simulator';
import { bar, type Measurement } from '../frame.ts';
import { median, quantile, rounded } from '../statistics.ts';
import { liveDays, type Lived, type Raised, type Sabotage } from './days.ts';

export interface SimulateOptions {
  readonly cameraDays: number;
  readonly cameras: number;
  readonly hazards: number;
  readonly season: life.Season;
  readonly seed: number;
  readonly sabotage: Sabotage;
  readonly settings: Settings;
  readonly city: City;
  readonly errors: string | undefined;
  readonly say: (text: string) => void;
}

export interface Simulated {
  readonly measurement: Measurement;
  readonly lived: Lived;
  readonly seeing: life.Seeing;
  readonly cameras: readonly Camera[];
  readonly missed: readonly life.Planted[];
  readonly falseAlarms: readonly Raised[];
}

/** The days begin on a winter Monday, midnight of Astana. */
const fromMs = Date.UTC(2026, 0, 11, 19);

/** Upper 95 % bound of a Poisson mean after `n` events (one-sided, chi-square by Wilson and Hilferty 1931). */
export function poissonUpper(n: number): number {
  const k = n + 1;
  return k * (1 - 1 / (9 * k) + 1.6449 / (3 * Math.sqrt(k))) ** 3;
}

/** Lower 95 % bound of a share (one-sided Wilson 1927). */
export function shareLower(k: number, n: number): number | null {
  if (n === 0) return null;
  const z = 1.6449;
  const p = k / n;
  return (p + z ** 2 / (2 * n) - z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n * n))) / (1 + z ** 2 / n);
}

/** Lives the days and measures what came of them. */
export async function measureSimulate(options: SimulateOptions): Promise<Simulated> {
  const { seed, city, settings } = options;
  const days = Math.max(1, Math.ceil(options.cameraDays / options.cameras));
  const cameras = life.townOf({ seed, cameras: options.cameras });
  const sky = life.skyOf({ seed, season: options.season, fromMs, days });
  const time = { zone: settings.city.zone, pace: 1, holidays: city.holidays };
  const snowDeadlineMs = (_: Camera, zone: Zone, endedAtMs: number): number | null =>
    deadlineOf(
      city.policies,
      {
        hazard: 'snow',
        sub: zone.kind === 'yard-entry' ? 'yard' : zone.kind,
        streetClass: zone.streetClass,
        event: 'end_of_snowfall',
      },
      epochMs(Math.round(endedAtMs)),
      time,
    )?.fixByMs ?? null;
  const lives = life.lifeOf({ seed, cameras, sky, fromMs, days, hazards: options.hazards, snowDeadlineMs });
  const seeing: life.Seeing = { seed, errors: life.readErrors(options.errors), sky, life: lives };
  options.say(
    `${cameras.length} cameras, ${days} days, ${lives.planted.length} hazards planted, ${lives.visits.length} visits`,
  );
  const { incidents, ingest } = settings;
  const lived = await liveDays({
    seed,
    cameras,
    seeing,
    fromMs,
    days,
    city,
    incidents: {
      ...incidents,
      pace: 1,
      zone: settings.city.zone,
      hazards: settings.hazards,
      followUpEveryS: ingest.followUpEveryS,
    },
    plan: { ...ingest, pace: 1 },
    sabotage: options.sabotage,
    say: options.say,
  });
  return { ...scored(options, days, cameras, lives, lived), lived, seeing, cameras };
}

/** Fields of a result that the report needs beside the printed object. */
type Scored = Pick<Simulated, 'measurement' | 'missed' | 'falseAlarms'>;

function scored(
  options: SimulateOptions,
  days: number,
  cameras: readonly Camera[],
  lives: life.Life,
  lived: Lived,
): Scored {
  const cameraDays = days * cameras.length;
  const first = new Map<string, Raised>();
  const falseAlarms: Raised[] = [];
  let duplicates = 0;
  for (const one of [...lived.raised, ...lived.merged].sort((a, b) => a.atMs - b.atMs)) {
    if (one.planted === null) falseAlarms.push(one);
    else if (!first.has(one.planted.id)) first.set(one.planted.id, one);
    else if (first.get(one.planted.id)?.incident.id !== one.incident.id && one.incident.state !== 'merged') {
      duplicates += 1;
      falseAlarms.push(one);
    }
  }
  const isRaised = (planted: life.Planted): boolean => (first.get(planted.id)?.atMs ?? Infinity) <= planted.usefulMs;
  const missed = lives.planted.filter((planted) => !isRaised(planted));
  const found = lives.planted.length - missed.length;
  const delays = (hazard: HazardName): number[] =>
    [...first.values()].flatMap(({ planted, atMs }) =>
      planted?.hazard === hazard ? [Math.max(0, atMs - planted.fromMs) / 60_000] : [],
    );
  const delayOf = (hazard: HazardName) => ({
    p50: rounded(median(delays(hazard)), 1),
    p95: rounded(quantile(delays(hazard), 0.95), 1),
  });
  const counted = (names: readonly string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  };
  const byCamera = counted(falseAlarms.map(({ incident }) => String(incident.cameraId)));
  const n = falseAlarms.length;
  const upper95 = poissonUpper(n) / cameraDays;
  const lower95 = shareLower(found, lives.planted.length);
  const isWhole = cameraDays >= 1000 && lives.planted.length >= 200;
  const bars = [
    bar('simulate.falseAlarms.perCameraDay', '<=', 0.01, rounded(n / cameraDays, 5), cameraDays),
    bar('simulate.falseAlarms.proven', '<=', 0.01, rounded(upper95, 5), cameraDays),
    bar('simulate.recall', '>=', 0.95, rounded(found / Math.max(1, lives.planted.length), 4), lives.planted.length),
    bar('simulate.recall.proven', '>=', 0.95, rounded(lower95, 4), lives.planted.length),
    bar('simulate.delay.open-manhole.min', '<=', 3, delayOf('open-manhole').p50, delays('open-manhole').length),
    bar('simulate.delay.flooding.min', '<=', 5, delayOf('flooding').p50, delays('flooding').length),
    bar('simulate.delay.dumping.min', '<=', 1, delayOf('dumping').p50, delays('dumping').length),
    bar('simulate.delay.snow.min', '<=', 10, delayOf('snow').p50, delays('snow').length),
    bar(
      'simulate.judge.looksPerCpuS',
      '>=',
      200,
      rounded(lived.looks / Math.max(0.001, lived.judgeCpuS), 0),
      lived.looks,
    ),
  ];
  return {
    missed,
    falseAlarms,
    measurement: {
      command: 'simulate',
      args: {
        cameraDays,
        cameras: cameras.length,
        days,
        hazards: lives.planted.length,
        season: options.season,
        seed: options.seed,
        sabotage: options.sabotage,
      },
      result: {
        cameraDays,
        falseAlarms: {
          n,
          perCameraDay: rounded(n / cameraDays, 5),
          upper95: rounded(upper95, 5),
          byHazard: counted(falseAlarms.map(({ incident }) => incident.hazard)),
          byNuisance: counted(falseAlarms.flatMap(({ troubles }) => (troubles.length > 0 ? troubles : ['none']))),
          worstCamera: Math.max(0, ...Object.values(byCamera)),
        },
        hazards: {
          planted: lives.planted.length,
          raised: found,
          recall: rounded(found / Math.max(1, lives.planted.length), 4),
          lower95: rounded(lower95, 4),
          byHazard: Object.fromEntries(
            hazardNames.map((hazard) => {
              const all = lives.planted.filter((one) => one.hazard === hazard);
              return [hazard, { n: all.length, raised: all.filter(isRaised).length, delayMin: delayOf(hazard) }];
            }),
          ),
        },
        duplicates,
        load: {
          maxPer10Min: mostWithin(
            lived.raised.map(({ atMs }) => atMs),
            600_000,
          ),
        },
        work: { looks: lived.looks, observations: lived.observations, judgeCpuS: rounded(lived.judgeCpuS, 1) },
        errors: life.readErrors(options.errors).source,
      },
      bars: isWhole ? bars : bars.map((one) => ({ ...one, pass: null })),
      notes: [
        'looks are drawn from an error model (`errors` says what it was measured on), not rendered: a gate, never a claim',
        ...(isWhole ? [] : ['fewer than 1,000 camera-days or 200 hazards: no bar is decided']),
      ],
    },
  };
}

/** The greatest number of moments within one window. */
export function mostWithin(moments: readonly number[], windowMs: number): number {
  const sorted = [...moments].sort((a, b) => a - b);
  let most = 0;
  let from = 0;
  sorted.forEach((atMs, index) => {
    while ((sorted[from] ?? atMs) < atMs - windowMs) from += 1;
    most = Math.max(most, index - from + 1);
  });
  return most;
}
