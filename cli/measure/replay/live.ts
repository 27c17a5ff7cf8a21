// Lives through recorded material: the product's own plan, eyes, store and judge under a clock that is moved by hand.
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { City } from '#config';
import { ManualClock, systemClock, type Clock } from '#core/clock';
import { isSeen, type HazardName } from '#core/hazard-name';
import { lookIdOf } from '#core/ids';
import type { Incident } from '#core/incident';
import { silentLog } from '#core/log';
import type { Look } from '#core/look';
import { epochMs } from '#core/units';
import { openJudge, type IncidentSettings } from '#incidents';
import { lookOf, plan, type Eye, type PlanFact, type PlanSettings } from '#ingest';
import { cameras as cameraRows, incidents, looks, rules, weather, type Database } from '#store';
import type { Recorded, Recording } from './material.ts';

export const replaySabotages = ['none', 'wallclock-leak', 'race-order'] as const;
export type ReplaySabotage = (typeof replaySabotages)[number];

export interface LiveOptions {
  readonly recordings: readonly Recording[];
  /** When material that nothing dates begins. */
  readonly undatedMs: number;
  /** No more of each film than this, seconds. */
  readonly mostS: number;
  /** Nothing after this moment is looked at. */
  readonly untilMs: number;
  /** So many seconds of the material in one second; Infinity is as fast as it goes. */
  readonly speed: number;
  /** `none`: looks alone, nothing is judged. */
  readonly raise: 'none' | 'shadow';
  readonly city: City;
  readonly incidents: IncidentSettings;
  readonly plan: PlanSettings;
  readonly eyes: readonly Eye[];
  readonly sabotage: ReplaySabotage;
  readonly say: (text: string) => void;
}

/** What the looks at one camera said of one hazard. */
export interface Heard {
  looks: number;
  hazard: number;
  clear: number;
  cannotSee: number;
  readonly levels: number[];
  raisedAtMs: number | null;
}

export interface LivedRecordings {
  readonly fromMs: number;
  /** The moment of the last look. */
  readonly toMs: number;
  readonly looks: number;
  /** Seconds of material of all cameras together, from the first to the last look of each. */
  readonly materialS: number;
  readonly tookS: number;
  readonly heard: ReadonlyMap<string, Readonly<Partial<Record<HazardName, Heard>>>>;
  /** Of cameras whose last look could not judge: why. */
  readonly unseen: ReadonlyMap<string, string>;
  /** Resident memory of this process and its eyes at the end of each hour of the material, MiB. */
  readonly memoryMiB: readonly number[];
}

const dayMs = 86_400_000;
/** A network's session may have to wait for the machine; a look that is given up would make two runs differ. */
const lookTimeoutMs = 120_000;
const longestTickMs = 10_000;
const longestSlowMs = 30_000;
/** Clocks and waiting candidates are followed every so many ticks, as the product does between looks. */
const slowTicks = 3;

/** In the race so many looks of a camera come together. */
const raceLooks = 4;

/** What a camera shows at a moment. */
interface Shown {
  readonly file: { readonly address: string; readonly atS: number };
  readonly seenAtMs: number;
}

/** Where a recording stands: what was looked at, and which films have turned out to be over. */
class Playing {
  readonly recording: Recording;
  readonly #options: LiveOptions;
  readonly #ended = new Set<Recorded>();
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(recording: Recording, options: LiveOptions) {
    this.recording = recording;
    this.#options = options;
  }

  beginOf(file: Recorded): number {
    return file.atMs ?? this.#options.undatedMs;
  }

  /** A picture that nothing dates stands still: it is shown as long as a film would be. */
  #isLasting(file: Recorded): boolean {
    return file.kind === 'film' || file.atMs === null;
  }

  #endOf(file: Recorded): number {
    return this.#ended.has(file) ? Number.NEGATIVE_INFINITY : this.beginOf(file) + this.#options.mostS * 1000;
  }

  /** What is shown at a moment and was not looked at yet; undefined when there is nothing new. */
  at(atMs: number): (Shown & { readonly of: Recorded }) | undefined {
    const begun = this.recording.files.filter((file) => this.beginOf(file) <= atMs);
    const of = begun.findLast((file) => !this.#isLasting(file) || atMs < this.#endOf(file));
    if (!of) return undefined;
    const seenAtMs = this.#isLasting(of) ? atMs : this.beginOf(of);
    if (seenAtMs <= this.#lastMs) return undefined;
    const atS = of.kind === 'film' ? (atMs - this.beginOf(of)) / 1000 : 0;
    return { of, seenAtMs, file: { address: pathToFileURL(resolve(of.path)).href, atS } };
  }

  /** The next moment after this one at which something new may be shown; Infinity at the end. */
  nextAfter(atMs: number): number {
    const isShowing = this.recording.files.some(
      (file) => this.#isLasting(file) && this.beginOf(file) <= atMs && atMs + 1 < this.#endOf(file),
    );
    if (isShowing) return atMs + 1;
    const later = this.recording.files.map((file) => this.beginOf(file)).filter((begin) => begin > atMs);
    return Math.min(Number.POSITIVE_INFINITY, ...later);
  }

  looked(seenAtMs: number): void {
    this.#lastMs = seenAtMs;
  }

  end(file: Recorded): void {
    this.#ended.add(file);
  }
}

/** The judge's clock. The leak lets the time of the machine in, as a rule would that reads it. */
const judgeClock = (clock: Clock, sabotage: ReplaySabotage): Clock =>
  sabotage === 'wallclock-leak'
    ? {
        nowMs: () => epochMs(clock.nowMs() + systemClock.monotonicMs()),
        monotonicMs: () => clock.monotonicMs(),
        sleep: (ms, signal) => clock.sleep(ms, signal),
      }
    : clock;

/** Replays recordings into an empty database. Equal recordings and settings lead to equal incidents, whatever the speed and number of eyes. */
export async function liveRecordings(database: Database, options: LiveOptions): Promise<LivedRecordings> {
  const playing = new Map(options.recordings.map((one) => [String(one.camera.id), new Playing(one, options)]));
  const begins = [...playing.values()].flatMap((one) => one.recording.files.map((file) => one.beginOf(file)));
  const fromMs = Math.min(...begins);
  await settle(database, options, fromMs);
  const clock = new ManualClock(fromMs);
  const heard = new Map<string, Partial<Record<HazardName, Heard>>>();
  const raised = (incident: Incident): void => {
    if (!isSeen(incident.hazard)) return;
    const of = heard.get(String(incident.cameraId))?.[incident.hazard];
    if (of && incident.raisedAtMs !== null) of.raisedAtMs ??= incident.raisedAtMs;
  };
  const judge = await openJudge({
    database,
    clock: judgeClock(clock, options.sabotage),
    log: silentLog,
    settings: options.incidents,
    // Nobody decides anything in a replay, so nothing is sent.
    openTasks: () => Promise.resolve([]),
    afterChange: (_, incident) => {
      raised(incident);
      return Promise.resolve();
    },
  });

  const everyMs = options.plan.lookEveryS * 1000;
  const tickMs = Math.max(1, Math.min(longestTickMs, Math.round(everyMs / 10)));
  const slowMs = Math.max(tickMs, Math.min(longestSlowMs, slowTicks * tickMs));
  const unseen = new Map<string, string>();
  const span = new Map<string, { fromMs: number; toMs: number }>();
  const memory = openMemory(options.eyes, fromMs);
  const seenOnce = new Set<string>();
  let followed: ReadonlySet<string> = new Set();
  let waiting: Look[] = [];
  let handedAtMs = fromMs;
  let count = 0;

  const factOf = (cameraId: string): PlanFact => {
    const camera = playing.get(cameraId)?.recording.camera;
    return {
      hazards: new Set(camera?.zones.flatMap((zone) => zone.hazards) ?? []),
      hasCover: camera?.zones.some((zone) => zone.kind === 'manhole') ?? false,
      isSensitive: camera?.nearSensitive ?? false,
      health: seenOnce.has(cameraId) ? { state: 'ok', fails: 0, lastLookAtMs: clock.nowMs() } : undefined,
      isFollowedUp: followed.has(cameraId),
      weather: undefined,
    };
  };

  const hear = (look: Look): void => {
    count += 1;
    const of = heard.get(look.cameraId) ?? {};
    heard.set(look.cameraId, of);
    const since = span.get(look.cameraId)?.fromMs ?? look.seenAtMs;
    span.set(look.cameraId, { fromMs: since, toMs: look.seenAtMs });
    if (look.outcome.kind === 'unseen') unseen.set(look.cameraId, `${look.outcome.state}: ${look.outcome.detail}`);
    for (const { hazard, word, level } of look.observations) {
      const one = (of[hazard] ??= { looks: 0, hazard: 0, clear: 0, cannotSee: 0, levels: [], raisedAtMs: null });
      one.looks += 1;
      if (word === 'hazard') one.hazard += 1;
      else if (word === 'clear') one.clear += 1;
      else one.cannotSee += 1;
      one.levels.push(level);
    }
  };

  /** One look of an eye at what the camera shows now; nothing when its film turns out to be over. */
  const lookAt = async (eye: Eye, cameraId: string, dueAtMs: number): Promise<void> => {
    const one = playing.get(cameraId);
    const shown = one?.at(clock.nowMs());
    if (!one || !shown) return;
    const { camera } = one.recording;
    const answer = await eye.look({
      lookId: lookIdOf(camera.id, dueAtMs),
      camera,
      signIn: null,
      timeoutMs: lookTimeoutMs,
      still: 'never',
      lastDigest: null,
      file: shown.file,
    });
    if (answer.outcome.kind === 'unseen' && answer.outcome.state === 'not-found') {
      one.end(shown.of);
      return;
    }
    one.looked(shown.seenAtMs);
    seenOnce.add(cameraId);
    const { seenAtMs } = shown;
    const observations = answer.observations.map((observation) => ({ ...observation, seenAtMs }));
    const look = lookOf(camera, dueAtMs, { ...answer, seenAtMs, observations }, null);
    waiting.push(look);
    if (options.sabotage !== 'race-order') await looks.save(database, look, { judgeAll: true });
  };

  /** Gives the judge what has been seen. The race lets the looks of many workers come together and be judged as they come. */
  const handOver = async (): Promise<boolean> => {
    if (options.sabotage === 'race-order' && clock.nowMs() - handedAtMs < raceLooks * everyMs) return false;
    handedAtMs = clock.nowMs();
    // A worker alone brings its looks in their order; of many, the newest may be there first.
    const turn = options.eyes.length > 1 ? -1 : 1;
    const racing = waiting.sort((a, b) => turn * (a.seenAtMs - b.seenAtMs));
    waiting = [];
    for (const look of [...racing].sort((a, b) => a.seenAtMs - b.seenAtMs || (a.id < b.id ? -1 : 1))) hear(look);
    if (options.sabotage === 'race-order') {
      for (const look of racing) {
        await looks.save(database, look, { judgeAll: true });
        if (options.raise === 'shadow') await judge.judgeInbox();
      }
    } else if (options.raise === 'shadow') while ((await judge.judgeInbox()) > 0);
    return racing.length > 0;
  };

  const startedMs = systemClock.monotonicMs();
  let nextDueMs = fromMs;
  let nextSlowMs = fromMs;
  let isOver = false;
  for (let atMs = fromMs; !isOver && atMs <= options.untilMs;) {
    clock.set(atMs);
    await keepPace(startedMs, atMs - fromMs, options.speed);
    if (atMs >= nextDueMs) {
      const due = await cameraRows.due(database, atMs, 20_000);
      const there = due.filter(({ cameraId }) => playing.get(cameraId)?.at(atMs));
      const { put, later } = plan(there, factOf, options.plan, atMs, 20_000);
      await inLanes(put, options.eyes, (look, eye) => lookAt(eye, look.cameraId, look.dueAtMs));
      const absent = due
        .filter(({ cameraId }) => !there.some((one) => one.cameraId === cameraId))
        .map((one) => ({
          ...one,
          nextDueAtMs: Math.min(farAhead, playing.get(one.cameraId)?.nextAfter(atMs) ?? farAhead),
        }));
      await database.transaction((tx) => cameraRows.planned(tx, [...put, ...later, ...absent]));
    }
    const isLooking = atMs >= nextDueMs;
    const isJudged = await handOver();
    if (atMs >= nextSlowMs && options.raise === 'shadow') {
      await judge.tick();
      const open = await incidents.open(database, { states: ['candidate', 'verifying', 'reopened'] });
      followed = new Set(open.map((incident) => String(incident.cameraId)));
      nextSlowMs = atMs + slowMs;
    }
    memory.note(atMs);
    if (isLooking || isJudged) {
      // The judge may have asked for a look sooner than planned.
      nextDueMs = Math.min(farAhead, ...(await cameraRows.due(database, farAhead, 20_000)).map((one) => one.dueAtMs));
    }
    isOver =
      nextDueMs >= farAhead || [...playing.values()].every((one) => one.nextAfter(atMs) === Number.POSITIVE_INFINITY);
    const next = options.raise === 'shadow' ? Math.min(nextDueMs, nextSlowMs) : nextDueMs;
    atMs = fromMs + Math.max(Math.floor((atMs - fromMs) / tickMs) + 1, Math.ceil((next - fromMs) / tickMs)) * tickMs;
  }
  clock.advance(raceLooks * everyMs);
  await handOver();
  if (options.raise === 'shadow') await judge.tick();
  return {
    fromMs,
    toMs: Math.max(fromMs, ...[...span.values()].map((one) => one.toMs)),
    looks: count,
    materialS: [...span.values()].reduce((sum, one) => sum + (one.toMs - one.fromMs) / 1000, 0),
    tookS: (systemClock.monotonicMs() - startedMs) / 1000,
    heard,
    unseen,
    memoryMiB: memory.byHour(),
  };
}

/** After every moment of a recording. */
const farAhead = Date.UTC(2200, 0, 1);

/** Cameras, law, and a snowfall that ended a week before the material, so that nothing but the picture decides of snow. */
async function settle(database: Database, options: LiveOptions, fromMs: number): Promise<void> {
  const list = options.recordings.map((one) => one.camera);
  await database.transaction(async (tx) => {
    await cameraRows.replace(tx, list);
    await rules.replacePolicies(tx, [...options.city.policies], 'replay');
    await rules.replaceHolidays(tx, [...options.city.holidays], 'replay');
    const districts = new Set(list.flatMap((c) => [c.district, ...c.zones.flatMap((zone) => zone.district ?? [])]));
    for (const district of districts) {
      const snowfall = { district, startedAtMs: fromMs - 8 * dayMs, endedAtMs: fromMs - 7 * dayMs, source: 'replay' };
      await weather.saveSnowfall(tx, snowfall);
    }
  });
}

/** Waits until so much of the material may have passed. */
async function keepPace(startedMs: number, materialMs: number, speed: number): Promise<void> {
  const aheadMs = materialMs / speed - (systemClock.monotonicMs() - startedMs);
  if (aheadMs > 0) await systemClock.sleep(aheadMs);
}

/** Works a list off, one lane for each eye; whichever is free takes the next. */
async function inLanes<T>(
  list: readonly T[],
  eyes: readonly Eye[],
  work: (one: T, eye: Eye) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    eyes.map(async (eye) => {
      for (let one = list[next++]; one !== undefined; one = list[next++]) await work(one, eye);
    }),
  );
}

interface Memory {
  note(atMs: number): void;
  byHour(): number[];
}

/** Frees what nobody holds any more, so that what is measured is held and not only not yet freed. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}

/** What this process and its eyes hold at the end of each hour of the material, MiB. */
function openMemory(eyes: readonly Eye[], fromMs: number): Memory {
  const hours: number[] = [];
  return {
    note(atMs) {
      if (Math.floor((atMs - fromMs) / 3_600_000) <= hours.length) return;
      collect();
      const held = eyes.reduce((sum, eye) => sum + eye.state().rssMiB, process.memoryUsage.rss() / 2 ** 20);
      hours.push(Math.round(held));
    },
    byHour: () => hours,
  };
}
