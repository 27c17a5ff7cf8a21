// The loops as they run: bell, lease, take-over, courier. Real time; every wait is for a fact.
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '#core/clock';
import { silentLog } from '#core/log';
import { giveVerdict, runJudge } from '#incidents';
import { incidents, looks, memoryBell, openBell, tasks, type Bell } from '#store';
import { openTasks, runCourier } from '#tasks';
import { aCity, aliya, judgeSettings, taskSettings, type City } from './heart-city.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Runs something until `stop`; the end of the test stops what still runs. */
function running(work: (signal: AbortSignal) => Promise<void>): () => Promise<void> {
  const end = new AbortController();
  const done = work(end.signal);
  const stop = async (): Promise<void> => {
    end.abort();
    await done;
  };
  stops.push(stop);
  return stop;
}

const judging = (city: City, bell: Bell, judgeEveryS: number) =>
  running((signal) =>
    runJudge(
      {
        database: city.database,
        bell,
        clock: systemClock,
        log: silentLog,
        settings: { ...judgeSettings, judgeEveryS },
        openTasks: () => Promise.resolve([]),
      },
      signal,
    ),
  );

/** Three looks of the last ten minutes. */
async function water(city: City): Promise<void> {
  const nowMs = systemClock.nowMs();
  for (const agoS of [420, 200, 0])
    await city.see('c1', 'road', 'flooding', 'hazard', { seenAtMs: nowMs - agoS * 1000 });
}

const until = <T>(fact: () => Promise<T>) => vi.waitFor(fact, { timeout: 120_000, interval: 50 });
const isIn = (city: City, state: string) => until(async () => expect((await city.only()).state).toBe(state));

test('a saved look rings the judge, long before it would look by itself', async () => {
  const city = await aCity();
  const bell = await openBell({ database: city.database, log: silentLog });
  stops.push(() => bell.close());
  judging(city, bell, 3600);
  // The first round runs at once; only the bell can wake it after that.
  await city.see('c1', 'road', 'flooding', 'clear', { seenAtMs: systemClock.nowMs() - 800_000 });
  await until(async () => expect(await looks.inboxLength(city.database)).toBe(0));
  await water(city);
  await isIn(city, 'pending_review');
});

test('without any bell the judge finds its work by itself', async () => {
  const city = await aCity();
  judging(city, memoryBell(), 0.2);
  await water(city);
  await isIn(city, 'pending_review');
});

test('a second judge waits and takes over when the first one ends', async () => {
  const city = await aCity();
  const stopFirst = judging(city, memoryBell(), 0.2);
  await water(city);
  await isIn(city, 'pending_review');
  judging(city, memoryBell(), 0.2);
  await stopFirst();
  const first = await city.only();
  await city.database.transaction((tx) =>
    giveVerdict(tx, {
      verdict: { id: 'over-to-you', kind: 'confirm', incidentId: first.id, version: first.version },
      person: aliya,
      clock: systemClock,
      settings: judgeSettings,
      openTasks: (inside, incident) =>
        openTasks(inside, incident, { clock: systemClock, settings: taskSettings, sendNow: true }),
    }),
  );
  running((signal) =>
    runCourier(
      {
        database: city.database,
        clock: systemClock,
        log: silentLog,
        settings: { ...taskSettings, courierEveryS: 0.2 },
      },
      signal,
    ),
  );
  await until(async () => {
    const [primary] = await tasks.byIncident(city.database, first.id);
    expect(primary?.state).toBe('sent');
  });
  await isIn(city, 'in_work');
  expect((await incidents.history(city.database, first.id)).map((c) => c.to)).toEqual([
    'candidate',
    'pending_review',
    'confirmed',
    'in_work',
  ]);
});
