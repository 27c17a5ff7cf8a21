// Real workers on one queue, a scheduler, and a city half of whose cameras hold every look for seconds.
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { Settings } from '#config';
import { systemClock } from '#core/clock';
import { entryOf } from '#core/entry';
import { silentLog } from '#core/log';
import { runScheduler } from '#ingest';
import { startCity } from '#simulator';
import { cameras, cover, files as fileStore, marks, memoryBell, openQueue, sql, type Queue } from '#store';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { cameraOf } from './ingest-stand.ts';

export interface HandOutStand extends AsyncDisposable {
  readonly fresh: TestDatabase;
  readonly queue: Queue;
  readonly workers: readonly ChildProcess[];
  readonly count: (statement: ReturnType<typeof sql>) => Promise<number>;
  /** Looks that are saved, and that were ever put. */
  readonly rows: () => Promise<number>;
  readonly put: () => Promise<number>;
  /** What a worker said last of itself. */
  readonly factOf: (worker: ChildProcess | undefined, name: string) => Promise<number>;
  /** Looks that the workers dropped in the open. */
  readonly dropped: () => Promise<number>;
  /** Nothing new is put: every moment lies a day ahead. Gives how many did not. */
  readonly holdPlans: () => Promise<number>;
  /** Looks that are saved and were counted another number of times. */
  readonly miscounted: () => Promise<number>;
}

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'slow-1', 'slow-2', 'slow-3', 'slow-4', 'slow-5', 'slow-6'];

/** Starts it all; every camera is looked at each two seconds. */
export async function openHandOut(given: {
  folder: string;
  workers: number;
  redisUrl?: string;
}): Promise<HandOutStand> {
  const { folder } = given;
  const stop = new AbortController();
  const city = await startCity({
    scenario: {
      name: 'hand-out',
      title: { kk: 'x', ru: 'x', en: 'x' },
      cameras: ids.map((id) => ({ id, clip: 'testcard', signIn: 'none' as const })),
    },
  });
  // Whoever looks at these holds the look for seconds.
  for (const id of ids.filter((one) => one.startsWith('slow'))) await city.fault(id, { kind: 'hang', after: 'play' });
  const fresh = await freshDatabase();
  await fresh.database.transaction((tx) =>
    cameras.replace(
      tx,
      ids.map((id) => cameraOf(city, id)),
    ),
  );
  const redis = given.redisUrl === undefined ? {} : { redisUrl: given.redisUrl };
  const queue = await openQueue({ databaseUrl: fresh.url, log: silentLog, ...redis });
  const workers = Array.from({ length: given.workers }, () =>
    fork(entryOf('main'), ['worker'], {
      env: {
        ...process.env,
        DATABASE_URL: fresh.url,
        REDIS_URL: given.redisUrl,
        AHUAL_CONFIG: 'config/ahual.yml',
        AHUAL_SET_DATA__FOLDER: join(folder, 'data'),
        AHUAL_SET_INGEST__LOOKTIMEOUTS: '6',
        AHUAL_SET_INGEST__INFLIGHT: '4',
      },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    }),
  );
  const { ingest, keeping } = Settings.parse({ ingest: { lookEveryS: 2, lookTimeoutS: 6 } });
  const scheduler = runScheduler(
    {
      database: fresh.database,
      queue,
      bell: memoryBell(),
      files: await fileStore.openFiles(join(folder, 'files')),
      clock: systemClock,
      log: silentLog,
      settings: { ...ingest, pace: 1, keeping },
    },
    stop.signal,
  );

  async function count(statement: ReturnType<typeof sql>): Promise<number> {
    const [row] = await fresh.database.rows(z.object({ n: z.number() }), statement);
    return row?.n ?? 0;
  }
  async function factOf(worker: ChildProcess | undefined, name: string): Promise<number> {
    const beats = await marks.beats(fresh.database);
    const value = beats.find((beat) => beat.process === `worker:${worker?.pid ?? 0}`)?.facts[name];
    return typeof value === 'number' ? value : 0;
  }
  return {
    fresh,
    queue,
    workers,
    count,
    factOf,
    rows: () => count(sql`select count(*) as n from look`),
    async put() {
      const nowMs = systemClock.nowMs();
      const sums = await cover.sums(fresh.database, nowMs - 7_200_000, nowMs + 7_200_000);
      return sums.find((one) => one.hazard === cover.allLooks)?.put ?? 0;
    },
    async dropped() {
      const said = await Promise.all(workers.flatMap((one) => [factOf(one, 'staleLooks'), factOf(one, 'goneLooks')]));
      return said.reduce((sum, n) => sum + n, 0);
    },
    holdPlans: () =>
      fresh.database.run(
        sql`update camera_plan set due_at = now() + interval '1 day' where due_at < now() + interval '12 hours'`,
      ),
    miscounted: () =>
      count(sql`
        select count(*) as n
        from (select camera_id, hazard, sum(looks) as summed from look_sum group by camera_id, hazard) as s
        join (select camera_id, count(*) as looked from look group by camera_id) as l using (camera_id)
        where summed <> looked`),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await scheduler;
      for (const worker of workers) {
        worker.kill('SIGCONT');
        worker.kill('SIGKILL');
      }
      await queue.close();
      await city[Symbol.asyncDispose]();
    },
  };
}
