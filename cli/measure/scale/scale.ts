// `ahual bench scale`: the whole product over many simulated cameras: what a look costs in each part, and that nothing is lost,
// doubled, silent or growing while cameras come, change, go, and hundreds drop at one second (measure 7).
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { silentLog } from '#core/log';
import {
  cameraHealth,
  cameras as cameraRows,
  cover,
  db,
  marks,
  measured as measuredRows,
  queue as queues,
  siteIncidents,
  type Database,
} from '#store';
import { freePort, standUp, until, type Standing } from '../../stand.ts';
import { AhualError } from '#core/errors';
import { bar, type Bar, type Measurement } from '../frame.ts';
import { quantile, rounded } from '../statistics.ts';
import type { ScaleSabotage } from './names.ts';
import { sample, spent, writtenBytes, type Cast, type Part, type Sample } from './meter.ts';
import { buildTown, placed, type Town } from './town.ts';

export interface ScaleOptions {
  readonly cameras: number;
  /** Measured so long, after every camera was looked at once. */
  readonly seconds: number;
  readonly lookEveryS: number;
  readonly eyes: number;
  readonly inFlight: number;
  /** Share of the cameras that drop at the same second. */
  readonly dropShare: number;
  readonly dropS: number;
  readonly confirmS: number;
  readonly blindAfterS: number;
  readonly lookTimeoutS: number;
  readonly sampleEveryS: number;
  /** Work through Redis where an address is given. */
  readonly redisUrl: string | undefined;
  /** How it is broken on purpose. */
  readonly sabotage: readonly ScaleSabotage[];
  readonly say: (text: string) => void;
}

/** A run for the suite: all of it happens, in half a minute. */
export const quickly = {
  cameras: 20,
  seconds: 30,
  lookEveryS: 3,
  dropShare: 0.5,
  dropS: 9,
  confirmS: 1,
  blindAfterS: 1,
  lookTimeoutS: 3,
  sampleEveryS: 1,
} as const;

/** Cameras that are added, changed and removed under load, each at least so many. */
const handfulOf = (cameras: number): number => Math.max(2, Math.round(cameras / 50));
/** Moments of the measured time, as shares of it. */
const oddAt = 0.1;
const changeAt = 0.25;
const dropAt = 0.5;
/** What a few cameras suffer from the odd moment to the end: each is told, each for its own reason. */
const oddFaults = [
  { kind: 'wrong-sign-in' },
  { kind: 'hang', after: 'play' },
  { kind: 'garbage', what: 'payload' },
  { kind: 'status', code: 404 },
] as const;
const sinceReadyS = 600;
const ends = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Stage {
  readonly standing: Standing;
  readonly database: Database;
  readonly town: Town;
  readonly rtspPort: number;
  readonly options: ScaleOptions;
  fault(cameraId: string, fault: unknown): Promise<void>;
}

/** Stands the product up over a town of its own, measures, and takes everything down. */
export async function measureScale(options: ScaleOptions): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-scale-'));
  // Root's database runs as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  let standing: Standing | undefined;
  let database: Database | undefined;
  const takeDown = async (): Promise<void> => {
    await database?.close().catch(() => undefined);
    await standing?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const ending = new AbortController();
  const calledOff = (signal: NodeJS.Signals): void => {
    ending.abort();
    void takeDown().finally(() => process.exit(128 + constants.signals[signal]));
  };
  for (const signal of ends) process.once(signal, calledOff);
  try {
    const town = await buildTown(folder, options.cameras, handfulOf(options.cameras));
    const [rtspPort, httpPort] = [await freePort(), await freePort()];
    mkdirSync(join(folder, 'data'), { mode: 0o711 });
    standing = await standUp({
      env: {
        ...process.env,
        DATABASE_URL: undefined,
        DATABASE_OWNER_URL: undefined,
        REDIS_URL: options.redisUrl,
        AHUAL_CONFIG: 'config/ahual.yml',
        AHUAL_CITY_CLIPS: town.clipFolder,
        AHUAL_SET_CITY__CAMERAS: town.list,
        AHUAL_SET_DATA__FOLDER: join(folder, 'data'),
        AHUAL_SET_DASHBOARD__PORT: '0',
        AHUAL_SET_DASHBOARD__SECURECOOKIES: 'false',
        AHUAL_SET_SIMULATOR__SCENARIO: town.scenario,
        AHUAL_SET_SIMULATOR__RTSPPORT: String(rtspPort),
        AHUAL_SET_SIMULATOR__HTTPPORT: String(httpPort),
        AHUAL_SET_INGEST__LOOKEVERYS: String(options.lookEveryS),
        AHUAL_SET_INGEST__COVEREVERYS: String(options.lookEveryS),
        AHUAL_SET_INGEST__FOLLOWUPEVERYS: String(Math.min(3600, options.lookEveryS)),
        AHUAL_SET_INGEST__LOOKTIMEOUTS: String(options.lookTimeoutS),
        AHUAL_SET_INGEST__CONFIRMS: String(options.confirmS),
        AHUAL_SET_INGEST__BLINDAFTERS: String(options.blindAfterS),
        // All cameras of the town have one address.
        AHUAL_SET_INGEST__CONNECTSPERS__HOST: '200',
        AHUAL_SET_INGEST__CONNECTSPERS__NETWORK: '200',
        AHUAL_SET_INGEST__EYES: String(options.eyes),
        AHUAL_SET_INGEST__INFLIGHT: String(options.inFlight),
      },
      say: options.say,
      signal: ending.signal,
    });
    database = await db.openDatabase(standing.databaseUrl, { log: silentLog, name: 'ahual-bench', max: 3 });
    const { world } = standing;
    const stage: Stage = {
      standing,
      database,
      town,
      rtspPort,
      options,
      async fault(cameraId, fault) {
        const answer = await fetch(`${world?.url ?? ''}/world/cameras/${cameraId}/fault`, {
          method: 'POST',
          headers: { authorization: `Bearer ${world?.token ?? ''}`, 'content-type': 'application/json' },
          body: JSON.stringify(fault),
        });
        if (!answer.ok)
          throw new AhualError('INTERNAL', `the town refused a fault: ${answer.status}`, await answer.text());
      },
    };
    return await measured(stage);
  } catch (thrown) {
    // That everything went away is no news for who called it off.
    if (ending.signal.aborted) await new Promise(() => undefined);
    throw thrown;
  } finally {
    if (!ending.signal.aborted) await takeDown();
    for (const signal of ends) process.off(signal, calledOff);
  }
}

/** What the workers said of themselves, those that ended too. */
async function workersSaid(database: Database, fact: string): Promise<number> {
  const beats = await marks.beats(database);
  return beats
    .filter((beat) => beat.process.startsWith('worker:'))
    .reduce((sum, beat) => sum + (typeof beat.facts[fact] === 'number' ? beat.facts[fact] : 0), 0);
}

const Load = z.object({ waiting: z.number(), active: z.number(), shedPerMinute: z.number() }).partial();

interface Blind {
  readonly id: string;
  readonly fromMs: number;
  toMs: number | undefined;
}

async function measured(stage: Stage): Promise<Measurement> {
  const { standing, database, options, town } = stage;
  const { say } = options;
  const cast: Cast = { children: () => standing.processes(), databasePid: () => standing.databasePid };
  const startedMs = systemClock.nowMs();
  const cityPid = standing.processes().find((child) => child.name === 'city')?.pid ?? 0;
  await until(
    async () => ((await measuredRows.lookedAt(database)) >= options.cameras ? true : undefined),
    sinceReadyS * 1000,
    () => new AhualError('INTERNAL', 'not every camera was looked at within ten minutes.', 'Read the logs.'),
  );
  say(`every camera was looked at; measuring for ${options.seconds} s`);

  const samples: Sample[] = [];
  const depths: number[] = [];
  const blind: Blind[] = [];
  const silent = new Map<string, number>();
  let falseNotices = 0;
  let wasShedding = false;
  const fromMs = systemClock.nowMs();
  const from = await totals(database, startedMs);
  const before = await measuredRows.written(database);
  const sentBefore = writtenBytes(cityPid);
  const graceS = options.lookEveryS + options.confirmS + options.blindAfterS + options.lookTimeoutS + 5;
  const elapsedS = (): number => (systemClock.nowMs() - fromMs) / 1000;
  const hands = new Hands(stage);
  const dropped = town.cameras
    .slice(handfulOf(options.cameras) * 2 + oddFaults.length)
    .slice(0, Math.max(1, Math.round(options.dropShare * options.cameras)));
  const odd = town.cameras.slice(handfulOf(options.cameras) * 2, handfulOf(options.cameras) * 2 + oddFaults.length);
  const dropS = Math.min(options.dropS, options.seconds * (1 - dropAt) * 0.7);
  const acts: { atS: number; act: () => Promise<void> }[] = [
    {
      atS: options.seconds * oddAt,
      act: async () => {
        for (const [i, camera] of odd.entries()) {
          await stage.fault(camera.id, oddFaults[i]);
          blind.push({ id: camera.id, fromMs: systemClock.nowMs(), toMs: undefined });
        }
        say(`${odd.length} cameras have a fault of their own from now on`);
      },
    },
    { atS: options.seconds * changeAt, act: () => hands.change() },
    {
      atS: options.seconds * dropAt,
      act: async () => {
        await Promise.all(dropped.map((camera) => stage.fault(camera.id, { kind: 'refuse' })));
        for (const { id } of dropped) blind.push({ id, fromMs: systemClock.nowMs(), toMs: undefined });
        say(`${dropped.length} cameras dropped at the same second`);
      },
    },
    {
      atS: options.seconds * dropAt + dropS,
      act: async () => {
        await Promise.all(dropped.map((camera) => stage.fault(camera.id, null)));
        const gone = new Set<string>(dropped.map((camera) => camera.id));
        for (const one of blind) if (gone.has(one.id)) one.toMs = systemClock.nowMs();
        say('they are back at the same second');
      },
    },
  ];
  while (elapsedS() < options.seconds) {
    while (acts[0] && elapsedS() >= acts[0].atS) await acts.shift()?.act();
    samples.push(sample(cast, elapsedS()));
    const load = Load.parse((await marks.get(database, 'ingest.load')) ?? {});
    depths.push(load.waiting ?? 0);
    wasShedding ||= (load.shedPerMinute ?? 0) > 0;
    await spoil(stage);
    const told = await toldNow(database);
    const nowMs = systemClock.nowMs();
    for (const one of blind) {
      const isLate = one.toMs === undefined && nowMs - one.fromMs > graceS * 1000;
      if (isLate && !told.has(one.id)) silent.set(one.id, nowMs);
    }
    const sick = new Set(
      blind.filter((one) => one.toMs === undefined || nowMs - one.toMs < graceS * 1000).map((b) => b.id),
    );
    falseNotices = Math.max(falseNotices, [...told].filter((id) => !sick.has(id) && !hands.touched.has(id)).length);
    await systemClock.sleep(options.sampleEveryS * 1000);
  }
  const toMs = systemClock.nowMs();
  const after = await measuredRows.written(database);
  const sent = writtenBytes(cityPid) - sentBefore;
  const looksThen = await measuredRows.looksBetween(database, fromMs, toMs);
  const site = await siteIncidents.since(database, fromMs);
  const backIds = dropped.map((camera) => String(camera.id));
  const giveUpMs = systemClock.monotonicMs() + graceS * 1000;
  while (systemClock.monotonicMs() < giveUpMs && (await measuredRows.wellOf(database, backIds)) < backIds.length) {
    await systemClock.sleep(500);
  }
  const recovered = await measuredRows.wellOf(database, backIds);
  say('no more looks are handed out; waiting for those under way');
  await drain(stage);
  const to = await totals(database, startedMs);
  const settled = await settle(stage, startedMs);
  const late = await measuredRows.lateness(database, fromMs, toMs);
  // What was under way at the first count belongs to the measured time.
  const due = to.due - from.due + Math.max(0, from.put - from.done);
  const done = to.done - from.done;
  const coverage = due === 0 ? null : Math.min(1, done / due);
  // What was left out and told, and what was handed out for a camera that was then removed, is accounted for.
  const accounted = (wasShedding ? to.shed - from.shed + to.missed - from.missed : 0) + settled.gone;
  const ofTheRest = due === 0 ? null : Math.min(1, done / Math.max(1, due - accounted));
  const use = spent(samples, looksThen);
  const counted: readonly Part[] = ['eye', 'worker', 'scheduler', 'judge', 'dashboard', 'database'];
  const growths = counted.map((part) => use[part]['memoryGrowth'] ?? null);
  const mostGrowth = growths.some((one) => one !== null) ? Math.max(...growths.map((one) => one ?? 0)) : null;
  const perLook = (value: number): number | null => rounded(value / Math.max(1, looksThen), 1);
  const shed = to.shed - from.shed + to.missed - from.missed;
  const handed = await hands.outcome(toMs);
  const bars: Bar[] = [
    bar('scale.lost', '==', 0, settled.lost, settled.put),
    bar('scale.doubled', '==', 0, settled.doubled, settled.rows),
    bar('scale.coverage', '>=', 0.99, rounded(ofTheRest, 4), due),
    bar('scale.silentFaults', '==', 0, silent.size, blind.length),
    bar('scale.shedUntold', '==', 0, shed > 0 && !wasShedding && coverage !== null && coverage < 0.99 ? 1 : 0),
    bar('scale.changes.wrong', '==', 0, handed['wrong'] ?? null),
    bar('scale.drop.notBack', '==', 0, dropped.length - recovered, dropped.length),
    ...(samples.length >= 40 && options.seconds >= 600
      ? [
          bar('scale.memoryGrowth', '<=', 0.05, rounded(mostGrowth, 3)),
          bar('scale.drop.siteIncidents', '==', 1, site.filter((one) => one.kind === 'cameras').length),
        ]
      : []),
  ];
  return {
    command: 'bench scale',
    args: {
      cameras: options.cameras,
      seconds: options.seconds,
      lookEveryS: options.lookEveryS,
      eyes: options.eyes,
      inFlight: options.inFlight,
      queue: options.redisUrl === undefined ? 'postgres' : 'redis',
      sabotage: options.sabotage,
    },
    result: {
      looks: {
        due,
        done,
        seen: to.seen - from.seen,
        shed: to.shed - from.shed,
        missed: to.missed - from.missed,
        coverage: rounded(coverage, 4),
        perS: rounded(looksThen / ((toMs - fromMs) / 1000), 2),
        ...settled,
      },
      lateS: { p50: rounded(late.p50, 2), p95: rounded(late.p95, 2), most: rounded(late.most, 1) },
      cpu: {
        ...use,
        productMsPerLook: rounded(
          counted.reduce((sum, part) => sum + (use[part]['cpuMsPerLook'] ?? 0), 0),
          1,
        ),
        productCores: rounded(
          counted.reduce((sum, part) => sum + (use[part]['cores'] ?? 0), 0),
          2,
        ),
      },
      queue: { depthP50: quantile(depths, 0.5), depthP95: quantile(depths, 0.95), depthMost: quantile(depths, 1) },
      database: {
        rowsPerLook: perLook(after.rows - before.rows),
        commitsPerLook: perLook(after.commits - before.commits),
        walBytesPerLook: perLook(after.walBytes - before.walBytes),
        grownBytesPerLook: perLook(after.bytes - before.bytes),
      },
      network: {
        cameraBytesPerLook: perLook(sent),
        cameraMbitPerS: rounded((sent * 8) / 1e6 / ((toMs - fromMs) / 1000), 2),
      },
      changes: handed,
      drop: {
        cameras: dropped.length,
        forS: rounded(dropS, 0),
        backAtTheEnd: recovered,
        siteIncidents: site.map(({ kind, cameras, sinceMs, untilMs }) => ({
          kind,
          cameras,
          atS: rounded((sinceMs - fromMs) / 1000, 0),
          forS: untilMs === null ? null : rounded((untilMs - sinceMs) / 1000, 0),
        })),
      },
      faults: { given: blind.length, silent: [...silent.keys()].slice(0, 10), falseNotices },
    },
    bars,
    notes: [
      ...(wasShedding
        ? [`more was due than could be done: ${shed} looks were left out and told; coverage is that of the rest`]
        : []),
      'the cameras are a process of their own and not counted; memory is what belongs to each process alone (RssAnon)',
      ...(options.seconds < 600
        ? ['shorter than ten minutes: memory and incidents of the site are printed, not judged']
        : []),
    ],
  };
}

/** The ledger's sums from the start of the run, counted now. */
async function totals(database: Database, startedMs: number): Promise<cover.Cover> {
  await cover.count(database, startedMs);
  const sums = await cover.sums(database, startedMs - 3_600_000, systemClock.nowMs() + 3_600_000);
  return (
    sums.find((one) => one.hazard === cover.allLooks) ?? {
      hazard: '',
      due: 0,
      put: 0,
      shed: 0,
      missed: 0,
      done: 0,
      seen: 0,
    }
  );
}

/** Cameras of which people were told that nothing can be judged by them. */
async function toldNow(database: Database): Promise<ReadonlySet<string>> {
  const notices = await cameraHealth.openNotices(database, 100_000);
  return new Set(notices.map((notice) => notice.cameraId));
}

/** Sets every camera's moment far ahead until nothing is handed out any more, and waits until the queue is empty. */
async function drain({ standing, database, options }: Stage): Promise<void> {
  const queue = await queues.openQueue({
    databaseUrl: standing.databaseUrl,
    log: silentLog,
    ...(options.redisUrl === undefined ? {} : { redisUrl: options.redisUrl }),
  });
  try {
    let calm = 0;
    await until(
      async () => {
        const moved = await measuredRows.holdAll(database);
        const { waiting, active } = await queue.length('look');
        calm = moved === 0 && waiting + active === 0 ? calm + 1 : 0;
        await systemClock.sleep(300);
        return calm >= 12 ? true : undefined;
      },
      180_000,
      () => new AhualError('INTERNAL', 'the queue did not run empty within three minutes.', 'Read the logs.'),
    );
  } finally {
    await queue.close();
  }
}

/** What was put against what is there: each look that was handed out is saved once, or was dropped in the open. */
async function settle(
  { database }: Stage,
  startedMs: number,
): Promise<Record<'put' | 'rows' | 'stale' | 'gone' | 'again' | 'lost' | 'doubled', number>> {
  const { put } = await totals(database, startedMs);
  const rows = await measuredRows.looksInAll(database);
  const stale = await workersSaid(database, 'staleLooks');
  const gone = await workersSaid(database, 'goneLooks');
  const again = await workersSaid(database, 'knownLooks');
  const doubled = await measuredRows.doubled(database);
  return { put, rows, stale, gone, again, lost: Math.max(0, put - stale - gone - rows + doubled), doubled };
}

/** Breaks the run on purpose; its bar must then be missed. */
async function spoil({ database, options }: Stage): Promise<void> {
  const wanted = new Set<ScaleSabotage>(options.sabotage);
  if (wanted.has('lose')) await measuredRows.loseOne(database);
  if (wanted.has('double')) await measuredRows.doubleOne(database);
  if (wanted.has('hush')) await measuredRows.hush(database);
}

/** The hands that add, change and remove cameras while all others are looked at. */
class Hands {
  readonly #stage: Stage;
  readonly #handful: number;
  readonly touched = new Set<string>();
  #atMs = 0;
  #added: Camera[] = [];
  #changed: Camera[] = [];
  #removed: Camera[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#handful = handfulOf(stage.options.cameras);
  }

  async change(): Promise<void> {
    const { database, town, rtspPort, options } = this.#stage;
    const n = this.#handful;
    this.#added = town.spare.slice(0, n).map((camera) => placed(camera, rtspPort));
    this.#changed = town.cameras
      .slice(0, n)
      .map((camera) => placed({ ...camera, rtsp: camera.rtsp?.replace(/main$/, 'sub') }, rtspPort));
    this.#removed = town.cameras.slice(n, 2 * n);
    for (const camera of [...this.#added, ...this.#changed, ...this.#removed]) this.touched.add(camera.id);
    await database.transaction(async (tx) => {
      for (const camera of [...this.#added, ...this.#changed]) await cameraRows.upsert(tx, camera);
      for (const camera of this.#removed) await cameraRows.remove(tx, camera.id);
    });
    this.#atMs = systemClock.nowMs();
    options.say(`${n} cameras added, ${n} changed, ${n} removed`);
  }

  /** Added ones are looked at, changed ones still are, removed ones are not. `wrong`: how many of them are otherwise. */
  async outcome(toMs: number): Promise<Record<string, number>> {
    const { database, options } = this.#stage;
    // A look that was under way when the list changed is saved as what it was.
    const fromMs = this.#atMs + 15_000 * Math.min(1, options.lookEveryS / 15);
    const looked = (list: readonly Camera[]): Promise<number> =>
      measuredRows.lookedAtOf(
        database,
        list.map((camera) => camera.id),
        fromMs,
        toMs,
      );
    const [added, changed, removed] = [
      await looked(this.#added),
      await looked(this.#changed),
      await looked(this.#removed),
    ];
    const wrong = this.#added.length - added + (this.#changed.length - changed) + removed;
    return { each: this.#handful, addedLookedAt: added, changedLookedAt: changed, removedLookedAt: removed, wrong };
  }
}
