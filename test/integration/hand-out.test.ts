// Many workers on one queue: one is killed and one frozen in mid-look. Their looks are done by another within a minute, none twice, none lost.
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Settings } from '#config';
import { systemClock } from '#core/clock';
import { entryOf } from '#core/entry';
import { silentLog } from '#core/log';
import { runScheduler } from '#ingest';
import { startCity, type City } from '#simulator';
import { cameras, cover, files as fileStore, marks, memoryBell, openQueue, sql, type Queue } from '#store';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { cameraOf, testFolder, waitFor } from './ingest-stand.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'slow-1', 'slow-2', 'slow-3', 'slow-4', 'slow-5', 'slow-6'];
const folder = testFolder();
const workers: ChildProcess[] = [];
const stop = new AbortController();
let city: City;
let fresh: TestDatabase;
let queue: Queue;
let scheduler: Promise<void>;

beforeAll(async () => {
  city = await startCity({
    scenario: {
      name: 'hand-out',
      title: { kk: 'x', ru: 'x', en: 'x' },
      cameras: ids.map((id) => ({ id, clip: 'testcard', signIn: 'none' as const })),
    },
  });
  // Whoever looks at these holds the look for seconds.
  for (const id of ids.filter((one) => one.startsWith('slow'))) await city.fault(id, { kind: 'hang', after: 'play' });
  fresh = await freshDatabase();
  await fresh.database.transaction((tx) =>
    cameras.replace(
      tx,
      ids.map((id) => cameraOf(city, id)),
    ),
  );
  queue = await openQueue({ databaseUrl: fresh.url, log: silentLog });
  for (let n = 0; n < 3; n++) {
    workers.push(
      fork(entryOf('main'), ['worker'], {
        env: {
          ...process.env,
          DATABASE_URL: fresh.url,
          REDIS_URL: undefined,
          AHUAL_CONFIG: 'config/ahual.yml',
          AHUAL_SET_DATA__FOLDER: join(folder, 'data'),
          AHUAL_SET_INGEST__LOOKTIMEOUTS: '6',
          AHUAL_SET_INGEST__INFLIGHT: '4',
        },
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      }),
    );
  }
  const { ingest, keeping } = Settings.parse({ ingest: { lookEveryS: 2, lookTimeoutS: 6 } });
  scheduler = runScheduler(
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
}, 60_000);

afterAll(async () => {
  stop.abort();
  await scheduler;
  for (const worker of workers) {
    worker.kill('SIGCONT');
    worker.kill('SIGKILL');
  }
  await queue.close();
  await city[Symbol.asyncDispose]();
});

async function count(statement: ReturnType<typeof sql>): Promise<number> {
  const [row] = await fresh.database.rows(z.object({ n: z.number() }), statement);
  return row?.n ?? 0;
}

const rows = (): Promise<number> => count(sql`select count(*) as n from look`);
const put = async (): Promise<number> => {
  const nowMs = systemClock.nowMs();
  const sums = await cover.sums(fresh.database, nowMs - 7_200_000, nowMs + 7_200_000);
  return sums.find((one) => one.hazard === cover.allLooks)?.put ?? 0;
};

/** What a worker said last of itself. */
async function factOf(worker: ChildProcess | undefined, name: string): Promise<number> {
  const beats = await marks.beats(fresh.database);
  const value = beats.find((beat) => beat.process === `worker:${worker?.pid ?? 0}`)?.facts[name];
  return typeof value === 'number' ? value : 0;
}

/** Looks that the workers dropped in the open. */
async function dropped(): Promise<number> {
  const said = await Promise.all(workers.flatMap((one) => [factOf(one, 'staleLooks'), factOf(one, 'goneLooks')]));
  return said.reduce((sum, n) => sum + n, 0);
}

const holdPlans = (): Promise<number> =>
  fresh.database.run(
    sql`update camera_plan set due_at = now() + interval '1 day' where due_at < now() + interval '12 hours'`,
  );

test(
  'a worker that dies and one that freezes in mid-look cost no look and double none',
  { timeout: 240_000 },
  async () => {
    const [frozen, killed, living] = workers;
    await waitFor(
      'all three look',
      async () => {
        const saved = await Promise.all(workers.map((one) => factOf(one, 'savedLooks')));
        return saved.every((n) => n >= 1) || undefined;
      },
      120_000,
    );
    await waitFor('both have looks in hand', async () =>
      (await factOf(frozen, 'inFlight')) > 0 && (await factOf(killed, 'inFlight')) > 0 ? true : undefined,
    );
    frozen?.kill('SIGSTOP');
    killed?.kill('SIGKILL');
    expect((await queue.length('look')).active).toBeGreaterThan(0);

    // Nothing new is put from here on: whatever is still to be saved was in their hands or waits.
    let calm = 0;
    await waitFor(
      'every look that was put is saved by the one that lives',
      async () => {
        const moved = await holdPlans();
        const { waiting, active } = await queue.length('look');
        calm = moved === 0 && waiting + active === 0 ? calm + 1 : 0;
        return calm >= 10 || undefined;
      },
      60_000,
    );
    expect(
      await waitFor('no look is lost', async () =>
        (await put()) === (await rows()) + (await dropped()) ? true : undefined,
      ),
    ).toBe(true);
    const before = await rows();

    // The frozen one wakes and saves what it held: known already.
    frozen?.kill('SIGCONT');
    await waitFor(
      'the frozen one has ended its looks',
      async () => ((await factOf(frozen, 'knownLooks')) > 0 ? true : undefined),
      60_000,
    );
    expect(await rows()).toBe(before);
    expect(
      await count(sql`
      select count(*) as n from (select camera_id, hazard, sum(looks) as summed from look_sum group by camera_id, hazard) as s
      join (select camera_id, count(*) as looked from look group by camera_id) as l using (camera_id) where summed <> looked`),
    ).toBe(0);
    expect(living?.exitCode).toBeNull();
  },
);
