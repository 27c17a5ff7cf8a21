// How many false alarms a camera gives in a day and how many hazards are raised, over more days than anybody has recorded (measure 4).
import type { City, Secrets, Settings } from '#config';
import type { Camera, Zone } from '#core/camera';
import { epochMs } from '#core/units';
import { deadlineOf } from '#hazards';
import { life } from '#simulator';
import { incidentSettings, taskSettings } from '../../slices.ts';
import type { Measurement } from '../frame.ts';
import { liveDays, type DaysOptions, type Lived } from './days.ts';
import { modelEyes, shifted, type Eyes } from './eyes.ts';
import { readScenes, showable } from './rendered.ts';
import { shiftBy, type Sabotage } from './sabotage.ts';
import { figuresOf, scoresOf, type Scores } from './score.ts';

export interface SimulateOptions {
  readonly cameraDays: number;
  readonly cameras: number;
  readonly hazards: number;
  readonly season: life.Season;
  readonly seed: number;
  readonly sabotage: Sabotage;
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly city: City;
  readonly errors: string | undefined;
  /** A folder of rendered scenes: its cameras are the town, and looks are the deployed networks' own. */
  readonly rendered?: string | undefined;
  /** Only cameras of these sorts; all when absent. */
  readonly only?: readonly life.Sort[];
  /** Keep what looks said, for the report's drawings. */
  readonly keepSaid: boolean;
  /** Only so many hours of the first day are lived. */
  readonly hours?: number;
  /** Length of a step, seconds; the usual one when absent. */
  readonly tickS?: number;
  readonly say: (text: string) => void;
}

export interface Simulated {
  readonly measurement: Measurement;
  readonly lived: Lived;
  readonly scores: Scores;
  readonly life: life.Life;
  readonly sky: life.SkyOf;
  readonly eyes: Eyes;
  readonly cameras: readonly Camera[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** The days begin on a winter Monday, midnight of Astana. */
export const fromMs = Date.UTC(2026, 0, 11, 19);
export const dayMs = 86_400_000;

/** By when the snow of a snowfall must be gone from a zone, by the city's own dated rows. */
export function snowDeadlines(city: City, settings: Settings): life.LifeOptions['snowDeadlineMs'] {
  const time = { zone: settings.city.zone, pace: 1, holidays: city.holidays };
  return (_: Camera, zone: Zone, endedAtMs: number): number | null =>
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
}

/** What of the settings a run of days lives by: the city's own, at the pace of life. */
export function livingBy({
  settings,
  secrets,
}: Pick<SimulateOptions, 'settings' | 'secrets'>): Pick<DaysOptions, 'incidents' | 'tasks' | 'plan' | 'weatherEveryS'> {
  return {
    incidents: { ...incidentSettings(settings), pace: 1 },
    tasks: { ...taskSettings(settings, secrets), pace: 1 },
    plan: { ...settings.ingest, pace: 1 },
    weatherEveryS: settings.ingest.weather.everyS,
  };
}

/** The town, what happens in it, and who looks at it. */
interface Town extends AsyncDisposable {
  readonly cameras: readonly Camera[];
  readonly days: number;
  readonly toMs: number;
  readonly sky: life.SkyOf;
  readonly life: life.Life;
  readonly eyes: Eyes;
  readonly facts: () => Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

async function townOf(options: SimulateOptions): Promise<Town> {
  const { seed, city, settings, sabotage, hazards } = options;
  const scenes = options.rendered === undefined ? undefined : readScenes(options.rendered);
  const only = options.only === undefined ? {} : { only: options.only };
  const cameras = scenes?.map(({ camera }) => camera) ?? life.townOf({ seed, cameras: options.cameras, ...only });
  const days = options.hours === undefined ? Math.max(1, Math.ceil(options.cameraDays / cameras.length)) : 1;
  const toMs = options.hours === undefined ? fromMs + days * dayMs : fromMs + options.hours * 3_600_000;
  const sky = life.skyOf({ seed, season: options.season, fromMs, days });
  const snowDeadlineMs = snowDeadlines(city, settings);
  const whole = life.lifeOf({ seed, cameras, sky, fromMs, days, toMs, hazards, snowDeadlineMs });
  const errors = life.readErrors(options.errors);
  if (!scenes) {
    return {
      cameras,
      days,
      toMs,
      sky,
      life: whole,
      eyes: modelEyes({ seed, errors, sky, life: whole }, shiftBy(sabotage)),
      facts: () => ({}),
      notes: [
        'looks are drawn from an error model (`errors` says what it was measured on), not rendered: a gate, never a claim',
        'how far nuisances lead the eyes astray is assumed, not measured (simulator/life/troubles.ts)',
      ],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  // The networks are loaded only where pictures are looked at.
  const { leakOfScenes, openRenderedEyes, refuseLeak } = await import('./rendered-eyes.ts');
  refuseLeak(await leakOfScenes(scenes));
  const lives = showable(scenes, whole);
  const eyes = await openRenderedEyes(scenes, { seed, errors, sky, life: lives });
  return {
    cameras,
    days,
    toMs,
    sky,
    life: lives,
    eyes: shiftBy(sabotage) > 0 ? shifted(eyes, shiftBy(sabotage)) : eyes,
    facts: () => ({ rendered: eyes.work() }),
    notes: [
      'looks are the deployed networks’ own at rendered pictures: kinder than a city; watched places are left out',
    ],
    [Symbol.asyncDispose]: () => eyes[Symbol.asyncDispose](),
  };
}

/** Lives the days and measures what came of them. */
export async function measureSimulate(options: SimulateOptions): Promise<Simulated> {
  const { seed, city, settings, sabotage } = options;
  await using town = await townOf(options);
  const { cameras, days, toMs, sky, life: lives, eyes } = town;
  options.say(
    `${cameras.length} cameras, ${days} days, ${lives.planted.length} hazards planted, ${lives.visits.length} visits`,
  );
  const lived = await liveDays({
    ...livingBy(options),
    seed,
    cameras,
    life: lives,
    sky,
    eyes,
    fromMs,
    toMs,
    city,
    sabotage,
    keepSaid: options.keepSaid,
    ...(options.tickS === undefined ? {} : { tickS: options.tickS }),
    say: options.say,
  });
  const cameraDays = ((toMs - fromMs) / dayMs) * cameras.length;
  const quietMin = settings.incidents.quietAfterRejectMin;
  const scoring = { lived, life: lives, sky, cameras, cameraDays, quietMin };
  const scores = scoresOf(scoring);
  const { result, bars, isWhole } = figuresOf(scoring, scores);
  return {
    lived,
    scores,
    life: lives,
    sky,
    eyes,
    cameras,
    fromMs,
    toMs,
    measurement: {
      command: 'simulate',
      args: {
        cameraDays,
        cameras: cameras.length,
        days,
        hazards: lives.planted.length,
        season: options.season,
        seed,
        sabotage,
      },
      result: { ...result, ...town.facts(), errors: eyes.source },
      bars,
      notes: [...town.notes, ...(isWhole ? [] : ['fewer than 1,000 camera-days or 200 hazards: no bar is decided'])],
    },
  };
}
