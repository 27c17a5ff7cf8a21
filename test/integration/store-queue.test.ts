// Queue and bell: the same tests on PostgreSQL, on Redis where there is one, and on their twins in memory. And the lease.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CameraId } from '#core/ids';
import { silentLog } from '#core/log';
import {
  leader,
  marks,
  memoryBell,
  memoryQueue,
  openBell,
  openDatabase,
  openQueue,
  sql,
  type Bell,
  type Queue,
} from '#store';
import { until } from '../../store/embedded/running.ts';
import { freshDatabase, testDatabase, type TestDatabase } from '../support/database.ts';
import { hasRedis, startRedis } from '../support/redis.ts';

const job = (id: string, dueAtMs: number) => ({
  key: `${id}@${dueAtMs}`,
  payload: { cameraId: CameraId.parse(id), dueAtMs },
});

if (!hasRedis) console.info('queue and bell are not tested on Redis: there is no redis-server on PATH');

const ways = ['PostgreSQL', 'Redis', 'memory'] as const;

describe.each(ways)('on %s', (way) => {
  const isThere = way !== 'Redis' || hasRedis;
  let fresh: TestDatabase;
  let redis: { url: string; stop(): Promise<void> } | undefined;

  beforeAll(async () => {
    if (!isThere) return;
    fresh = await freshDatabase();
    if (way === 'Redis') redis = await startRedis();
  });
  afterAll(() => redis?.stop());

  const queueOf = (): Promise<Queue> =>
    way === 'memory'
      ? Promise.resolve(memoryQueue())
      : openQueue({ databaseUrl: fresh.url, log: silentLog, ...(redis ? { redisUrl: redis.url } : {}) });
  const bellOf = (): Promise<Bell> =>
    way === 'memory'
      ? Promise.resolve(memoryBell())
      : openBell({ database: fresh.database, log: silentLog, ...(redis ? { redisUrl: redis.url } : {}) });

  test.runIf(isThere)('every job put in bulk is worked on once, with its payload', async () => {
    const queue = await queueOf();
    const jobs = Array.from({ length: 300 }, (_, i) => job(`cam${i}`, i));
    await queue.put('look', jobs);
    const seen: string[] = [];
    await queue.work('look', { concurrency: 20 }, (payload) => {
      seen.push(`${payload.cameraId}@${payload.dueAtMs}`);
      return Promise.resolve();
    });
    expect(await until(() => seen.length >= 300, 120_000)).toBe(true);
    expect(await until(async () => (await queue.length('look')).active === 0, 120_000)).toBe(true);
    expect([...seen].sort()).toEqual(jobs.map((one) => one.key).sort());
    await queue.close();
  });

  test.runIf(isThere)('a key that waits or is worked on is not put again, and is free once it is done', async () => {
    const queue = await queueOf();
    const open: (() => void)[] = [];
    let begun = 0;
    await queue.put('look', [job('a', 1), job('a', 1)]);
    await queue.put('look', [job('a', 1)]);
    await queue.work('look', { concurrency: 5 }, () => {
      begun += 1;
      return new Promise((resolve) => open.push(resolve));
    });
    expect(await until(() => begun === 1, 120_000)).toBe(true);
    await queue.put('look', [job('a', 1), job('b', 1)]);
    expect(await until(() => begun === 2, 120_000)).toBe(true);
    for (const finish of open.splice(0)) finish();
    expect(await until(async () => (await queue.length('look')).active === 0, 120_000)).toBe(true);
    await queue.put('look', [job('a', 1)]);
    expect(await until(() => begun === 3, 120_000)).toBe(true);
    for (const finish of open.splice(0)) finish();
    await queue.close();
  });

  test.runIf(isThere)('says which jobs it does not know', async () => {
    const queue = await queueOf();
    await queue.put('look', [job('there', 1), job('there', 2)]);
    const keys = ['there@1', 'never@1', 'there@2'];
    expect([...(await queue.missing('look', keys))]).toEqual(['never@1']);
    await queue.work('look', { concurrency: 2 }, () => Promise.resolve());
    expect(await until(async () => (await queue.missing('look', keys)).size === 3, 120_000)).toBe(true);
    await queue.close();
  });

  test.runIf(isThere)('a job that fails is dropped, and the next one is worked on', async () => {
    const queue = await queueOf();
    const seen: string[] = [];
    await queue.work('look', { concurrency: 1 }, (payload) => {
      seen.push(payload.cameraId);
      return payload.cameraId === 'bad' ? Promise.reject(new Error('broken')) : Promise.resolve();
    });
    await queue.put('look', [job('bad', 1)]);
    await queue.put('look', [job('good', 1)]);
    expect(await until(() => seen.includes('good'), 120_000)).toBe(true);
    expect(await until(async () => (await queue.length('look')).waiting === 0, 120_000)).toBe(true);
    expect(seen).toEqual(['bad', 'good']);
    await queue.close();
  });

  test.runIf(isThere)('closing waits for the job in hand', async () => {
    const queue = await queueOf();
    let finish: (() => void) | undefined;
    let done = false;
    const stop = await queue.work('look', { concurrency: 1 }, async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      done = true;
    });
    await queue.put('look', [job('slow', 1)]);
    expect(await until(() => finish !== undefined, 120_000)).toBe(true);
    const stopping = stop();
    expect(done).toBe(false);
    finish?.();
    await stopping;
    expect(done).toBe(true);
    await queue.close();
  });

  test.runIf(isThere)('a ring is heard by all who listen to its kind, and by nobody else', async () => {
    const bell = await bellOf();
    const other = way === 'memory' ? bell : await bellOf();
    const heard: string[] = [];
    const off = other.on('look-saved', (event) => heard.push(event.cameraId));
    other.on('changed', (event) => heard.push(String(event.feed)));
    await bell.ring({ kind: 'look-saved', cameraId: 'a' });
    await bell.ring({ kind: 'clip-planned', clipId: 'c' });
    await bell.ring({ kind: 'changed', feed: 7 });
    expect(await until(() => heard.length === 2, 120_000)).toBe(true);
    off();
    await bell.ring({ kind: 'look-saved', cameraId: 'b' });
    await bell.ring({ kind: 'changed', feed: 8 });
    expect(await until(() => heard.length === 3, 120_000)).toBe(true);
    expect(heard).toEqual(['a', '7', '8']);
    await Promise.all([bell.close(), other.close()]);
  });

  test.runIf(isThere && way !== 'memory')('a transaction rings when it commits, and not when it fails', async () => {
    const bell = await bellOf();
    const heard: string[] = [];
    bell.on('camera-changed', (event) => heard.push(event.cameraId));
    await fresh.database
      .transaction(async (tx) => {
        await tx.notify({ kind: 'camera-changed', cameraId: 'never' });
        throw new Error('no');
      })
      .catch(() => undefined);
    await fresh.database.transaction((tx) => tx.notify({ kind: 'camera-changed', cameraId: 'kept' }));
    expect(await until(() => heard.length > 0, 120_000)).toBe(true);
    expect(heard).toEqual(['kept']);
    await bell.close();
  });
});

test('a bell that lost its connection comes back and says so', async () => {
  const fresh = await freshDatabase();
  const bell = await openBell({ databaseUrl: fresh.url, log: silentLog });
  let isBack = false;
  const heard: number[] = [];
  bell.on('reconnected', () => (isBack = true));
  bell.on('changed', (event) => heard.push(event.feed));
  const owner = await openDatabase(fresh.ownerUrl, { log: silentLog, name: 'test', max: 1 });
  await owner.run(
    sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'ahual-bell%' and datname = current_database()`,
  );
  expect(await until(() => isBack, 120_000)).toBe(true);
  await fresh.database.transaction((tx) => tx.notify({ kind: 'changed', feed: 3 }));
  expect(await until(() => heard.length === 1, 120_000)).toBe(true);
  await bell.close();
  await owner.close();
});

test('one leads, the next one follows when it ends or loses its connection', async () => {
  const fresh = await freshDatabase();
  const others = await openDatabase(fresh.url, { log: silentLog, name: 'second', max: 3 });
  const ending = new AbortController();
  const first = await leader(fresh.database, 'judge', ending.signal);
  let follows = false;
  const second = leader(others, 'judge', ending.signal).then((lease) => {
    follows = true;
    return lease;
  });
  await using elsewhere = await leader(others, 'scheduler', ending.signal);
  expect(elsewhere.lost.aborted).toBe(false);
  expect(follows).toBe(false);
  await first.release();
  expect(first.lost.aborted).toBe(true);
  const lease = await second;

  const owner = await openDatabase(fresh.ownerUrl, { log: silentLog, name: 'test', max: 1 });
  await owner.run(
    sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'second' and datname = current_database()`,
  );
  expect(await until(() => lease.lost.aborted, 120_000)).toBe(true);
  await using third = await leader(fresh.database, 'judge', ending.signal);
  expect(third.lost.aborted).toBe(false);
  await marks.set(fresh.database, 'led', true);
  await owner.close();
  await others.close();
});

test('who stops waiting for the lead gets the reason', async () => {
  const database = await testDatabase();
  const ending = new AbortController();
  await using lease = await leader(database, 'judge', ending.signal);
  const waiting = new AbortController();
  const refused = leader(database, 'judge', waiting.signal);
  waiting.abort(new Error('enough'));
  await expect(refused).rejects.toThrow();
  expect(lease.lost.aborted).toBe(false);
});
