// Many workers on one queue: one is killed and one frozen in mid-look. Their looks are done by another within a minute, none twice, none
// lost. The same over Redis, with two workers: one is killed in mid-look, then Redis itself is killed and comes back empty. Both at the
// same time, for what they do is wait until somebody is missed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { marks, sql } from '#store';
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { openHandOut, type HandOutStand } from './hand-out-stand.ts';
import { testFolder, waitFor } from './ingest-stand.ts';

describe('three workers on the database', { concurrent: true }, () => {
  const folder = testFolder();
  let stand: HandOutStand;

  beforeAll(async () => {
    stand = await openHandOut({ folder, workers: 3 });
  }, 240_000);
  afterAll(() => stand[Symbol.asyncDispose]());

  test(
    'a worker that dies and one that freezes in mid-look cost no look and double none',
    { timeout: 600_000 },
    async () => {
      const { workers, queue, factOf, put, rows, dropped, holdPlans, miscounted } = stand;
      const [frozen, killed, living] = workers;
      await waitFor(
        'all three look',
        async () => {
          const saved = await Promise.all(workers.map((one) => factOf(one, 'savedLooks')));
          return saved.every((n) => n >= 1) || undefined;
        },
        240_000,
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
        240_000,
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
        240_000,
      );
      expect(await rows()).toBe(before);
      expect(await miscounted()).toBe(0);
      expect(living?.exitCode).toBeNull();
    },
  );
});

if (!hasRedis) console.info('handing out is not tested on Redis: there is no redis-server on PATH');

describe.runIf(hasRedis)('two workers on Redis', { concurrent: true }, () => {
  const folder = testFolder();
  let redis: TestRedis;
  let stand: HandOutStand;

  beforeAll(async () => {
    redis = await startRedis();
    stand = await openHandOut({ folder, workers: 2, redisUrl: redis.url });
  }, 240_000);
  afterAll(async () => {
    await stand[Symbol.asyncDispose]();
    await redis.stop();
  });

  /** Nothing new is put from here on; every look that was put is saved or was dropped in the open. */
  async function settled(what: string): Promise<void> {
    const { queue, put, rows, dropped, holdPlans } = stand;
    let calm = 0;
    let said = '';
    await waitFor(
      what,
      async () => {
        const moved = await holdPlans();
        const { waiting, active } = await queue.length('look');
        const isSaved = (await put()) === (await rows()) + (await dropped());
        if (!isSaved)
          said = `${await put()} put, ${await rows()} saved, ${await dropped()} dropped, ${waiting + active} queued`;
        calm = moved === 0 && waiting + active === 0 && isSaved ? calm + 1 : 0;
        return calm >= 10 || undefined;
      },
      240_000,
    ).catch((thrown: unknown) => {
      throw new Error(said, { cause: thrown });
    });
  }

  test(
    'Redis is killed with looks waiting and in hand, and comes back empty',
    { timeout: 600_000, concurrent: false },
    async () => {
      const { workers, queue, factOf, rows, miscounted } = stand;
      await waitFor(
        'both look',
        async () =>
          (await Promise.all(workers.map((one) => factOf(one, 'savedLooks')))).every((n) => n >= 1) || undefined,
        240_000,
      );
      await waitFor('looks are in hand', async () => (await queue.length('look')).active > 0 || undefined);
      await redis.kill();
      await redis.startAgain();
      await settled('every look that Redis held is put again and saved');
      expect(await rows()).toBeGreaterThan(0);
      expect(await miscounted()).toBe(0);
      for (const worker of workers) expect(worker.exitCode).toBeNull();
    },
  );

  test(
    'a worker that is killed in mid-look is replaced within a minute',
    { timeout: 600_000, concurrent: false },
    async () => {
      const { workers, fresh, miscounted } = stand;
      const [killed, living] = workers;
      await fresh.database.run(sql`update camera_plan set due_at = now()`);
      const fromMs = systemClock.nowMs();
      await waitFor('it has looks in hand, as it says now', async () => {
        const beats = await marks.beats(fresh.database);
        const now = beats.find((beat) => beat.process === `worker:${killed?.pid ?? 0}` && beat.atMs > fromMs);
        return Number(now?.facts['inFlight']) > 0 || undefined;
      });
      killed?.kill('SIGKILL');
      await settled('every look that was in its hands is saved by the other');
      expect(await miscounted()).toBe(0);
      expect(living?.exitCode).toBeNull();
    },
  );
});
