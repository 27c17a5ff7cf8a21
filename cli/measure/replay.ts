// What today's product would have done with recorded material: eyes, readings, plan, store and judge under the material's own clock.
import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { City, Settings } from '#config';
import { AhualError, messageOf } from '#core/errors';
import { hazardNames } from '#core/hazard-name';
import { silentLog } from '#core/log';
import { epochMs, isoOf } from '#core/units';
import { startEye, type Eye } from '#ingest';
import { held, type Database } from '#store';
import { incidentSettings } from '../slices.ts';
import { bar, type Bar, type Measurement } from './frame.ts';
import { withOwnDatabase } from './own-database.ts';
import { EarlierRun, differenceOf, eventHash, eventsIn, type ReplayEvent } from './replay/events.ts';
import { liveRecordings, type Heard, type LivedRecordings, type ReplaySabotage } from './replay/live.ts';
import type { Recording } from './replay/material.ts';
import { quantile, rounded } from './statistics.ts';

export interface ReplayOptions {
  readonly recordings: readonly Recording[];
  /** Seconds of the material between two looks at a camera of which nothing is suspected. */
  readonly everyS: number;
  /** No more of each film than this, seconds. */
  readonly mostS: number;
  /** Divides the rules' windows, so that seconds of material can stand for minutes; 1 leaves them as they are. */
  readonly pace: number;
  /** So many times faster than life at most. */
  readonly speed: number;
  readonly untilMs: number;
  readonly raise: 'none' | 'shadow';
  /** So many eyes look at once. */
  readonly workers: number;
  /** Once more with another number of eyes: both runs must come to the same. */
  readonly twice: boolean;
  /** The printed object of an earlier run. */
  readonly compare: string | undefined;
  readonly sabotage: ReplaySabotage;
  readonly settings: Settings;
  readonly city: City;
  readonly say: (text: string) => void;
}

/** The whole picture as one zone of each sort: what a recording without a drawn zone can be asked. */
export const wholePicture = [
  {
    id: 'A',
    kind: 'carriageway',
    hazards: ['snow', 'flooding', 'open-manhole'],
    streetClass: 'A',
    polygon: [
      [0, 0.3],
      [1, 0.3],
      [1, 1],
      [0, 1],
    ],
  },
  {
    id: 'W',
    kind: 'no-dumping',
    hazards: ['dumping'],
    streetClass: 'none',
    polygon: [
      [0, 0.3],
      [1, 0.3],
      [1, 1],
      [0, 1],
    ],
  },
];

/** When material that nothing dates begins. */
export const undatedMs = Date.UTC(2026, 0, 15, 6);
/** Looks so far apart are those of a city: there the replay must be faster than life by this factor. */
const cityEveryS = 300;
const leastSpeed = 20;

/** One run over the recordings: what was seen, and every incident's history. */
export interface ReplayRun {
  readonly lived: LivedRecordings;
  readonly events: readonly ReplayEvent[];
  readonly hash: string;
  /** How many looks each rule held back. */
  readonly held: Readonly<Record<string, number>>;
}

/** Replays once, in an empty database and with eyes that are given. */
export async function replayOnce(
  database: Database,
  eyes: readonly Eye[],
  options: Omit<ReplayOptions, 'workers' | 'twice' | 'compare'>,
): Promise<ReplayRun> {
  const { settings, city, pace, everyS } = options;
  const lived = await liveRecordings(database, {
    ...options,
    undatedMs,
    incidents: { ...incidentSettings(settings), pace },
    plan: { ...settings.ingest, lookEveryS: everyS, pace },
    city,
    eyes,
  });
  const events = await eventsIn(database);
  const counts: Record<string, number> = {};
  for (const { rule, looks } of await held.sums(database, lived.fromMs)) counts[rule] = (counts[rule] ?? 0) + looks;
  return { lived, events, hash: eventHash(events), held: counts };
}

/** Replays recordings and gives what was seen and raised. Equal input gives an equal `eventHash`, whatever the speed and the eyes. */
export async function measureReplay(options: ReplayOptions): Promise<Measurement> {
  const earlier = options.compare === undefined ? undefined : readRun(options.compare);
  const most = options.twice ? Math.max(2, options.workers) : options.workers;
  const folder = mkdtempSync(join(tmpdir(), 'ahual-replay-'));
  const eyes = Array.from({ length: most }, () =>
    startEye({
      inFlight: 1,
      ways: options.settings.ingest.ways,
      dropFolder: folder,
      files: true,
      hazards: options.settings.hazards,
      log: silentLog,
    }),
  );
  try {
    await Promise.all(eyes.map((eye) => eye.ready()));
    const run = (workers: number): Promise<ReplayRun> =>
      withOwnDatabase('ahual-replay', (database) => replayOnce(database, eyes.slice(0, workers), options));
    const first = await run(options.workers);
    const second = options.twice ? await run(options.workers === 1 ? 2 : 1) : undefined;
    return measured(options, first, second, earlier);
  } finally {
    await Promise.all(eyes.map((eye) => eye[Symbol.asyncDispose]()));
    rmSync(folder, { recursive: true, force: true });
  }
}

function readRun(path: string) {
  try {
    return EarlierRun.parse(JSON.parse(readFileSync(path, 'utf8'))).result;
  } catch (thrown) {
    throw new AhualError(
      'CONFIG_INVALID',
      `${path} is no run of a replay (${messageOf(thrown).slice(0, 120)}).`,
      'Keep a run with: ahual replay … --json > run.json',
    );
  }
}

function measured(
  options: ReplayOptions,
  run: ReplayRun,
  second: ReplayRun | undefined,
  earlier: ReturnType<typeof readRun> | undefined,
): Measurement {
  const { lived, events } = run;
  const materialS = (lived.toMs - lived.fromMs) / 1000;
  const speed = materialS / Math.max(0.001, lived.tookS);
  const memory = lived.memoryMiB.length >= 3 ? { second: lived.memoryMiB[1], last: lived.memoryMiB.at(-1) } : undefined;
  const difference = earlier ? differenceOf(earlier.incidents, events) : undefined;
  const isJudged = options.raise === 'shadow';
  const bars: Bar[] = [bar('replay.cameras', '==', options.recordings.length, lived.heard.size)];
  // What is held back on purpose says nothing about how fast it could go.
  if (options.everyS >= cityEveryS && options.speed === Infinity)
    bars.push(bar('replay.speed', '>=', leastSpeed, rounded(speed, 1), lived.looks));
  if (memory?.second !== undefined && memory.last !== undefined)
    bars.push(bar('replay.memory.growth', '<=', 1.05, rounded(memory.last / memory.second, 3)));
  if (second) bars.push(bar('replay.sameHash', '==', 1, second.hash === run.hash ? 1 : 0));
  return {
    command: 'replay',
    args: {
      cameras: options.recordings.length,
      files: options.recordings.reduce((sum, one) => sum + one.files.length, 0),
      everyS: options.everyS,
      pace: options.pace,
      speed: options.speed === Infinity ? 'max' : options.speed,
      workers: options.workers,
      raise: options.raise,
      sabotage: options.sabotage,
    },
    result: {
      from: isoOf(epochMs(lived.fromMs)),
      to: isoOf(epochMs(lived.toMs)),
      hours: rounded(lived.materialS / 3600, 3),
      speed: rounded(speed, 1),
      looks: lived.looks,
      clips: Object.fromEntries(options.recordings.map((one) => [clipName(one), clipOf(one, lived)])),
      ...(isJudged
        ? { raised: events.filter((event) => event.states.some(({ state }) => state === 'pending_review')).length }
        : {}),
      ...(isJudged ? { incidents: events, eventHash: run.hash, held: run.held } : {}),
      ...(difference
        ? {
            diff: {
              onlyA: difference.onlyA.length,
              onlyB: difference.onlyB.length,
              moved: difference.moved.length,
              of: difference,
            },
          }
        : {}),
      memoryMiB: lived.memoryMiB,
    },
    bars,
    notes: [
      ...[...lived.unseen].map(([camera, why]) => `${camera}: ${why}`),
      'a recording is looked at, not watched: of dumping the heap is judged, never the act',
      'nobody decides: what is raised stays open, escalates and expires as it would in a city without people',
    ],
  };
}

const clipName = ({ camera, names }: Recording): string => (names.length === 1 ? (names[0] ?? camera.id) : camera.id);

function clipOf(recording: Recording, lived: LivedRecordings): Record<string, unknown> {
  const of = lived.heard.get(recording.camera.id) ?? {};
  const beginMs = Math.min(...recording.files.map((file) => file.atMs ?? undatedMs));
  const none: Heard = { looks: 0, hazard: 0, clear: 0, cannotSee: 0, levels: [], raisedAtMs: null };
  return Object.fromEntries(
    hazardNames.map((hazard) => {
      const { levels, raisedAtMs, ...rest } = of[hazard] ?? none;
      return [
        hazard,
        {
          ...rest,
          raisedAtS: raisedAtMs === null ? null : rounded((raisedAtMs - beginMs) / 1000, 1),
          levelP50: rounded(quantile(levels, 0.5), 2),
          levelMax: rounded(quantile(levels, 1), 2),
        },
      ];
    }),
  );
}
