// Health: every state that blinds is told within a minute and called off after, many at once are one incident, our own stalls spoil nothing.
import { beforeEach, describe, expect, test } from 'vitest';
import { Settings } from '#config';
import { healthStates, type HealthState } from '#core/camera';
import { ManualClock, type Clock } from '#core/clock';
import { isOnline } from '#core/health-facts';
import { silentLog } from '#core/log';
import { epochMs } from '#core/units';
import { cameraHealth, cameras, cover, feed, handing, looks, memoryQueue, siteIncidents, type Database } from '#store';
import { tellBlind } from '../../ingest/health-notices.ts';
import { openGuard } from '../../ingest/scheduler-guard.ts';
import { learn } from '../../ingest/scheduler-known.ts';
import { tellSlow } from '../../ingest/queue-waits.ts';
import { testDatabase } from '../support/database.ts';
import { until } from './dashboard-stand.ts';
import { aCamera, aLook, noonMs } from './store-builders.ts';

const { ingest, keeping } = Settings.parse({});
const settings = { ...ingest, pace: 1, keeping };
const blinding = healthStates.filter((state) => state !== 'ok' && state !== 'unknown');

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const add = (ids: readonly string[]): Promise<unknown> =>
  database.transaction((tx) =>
    cameras.replace(
      tx,
      ids.map((id) => aCamera(id)),
    ),
  );

async function look(id: string, atMs: number, state: HealthState, blameless = false): Promise<void> {
  const word = state === 'ok' ? 'clear' : 'cannot-see';
  // The builder's frames come a second and a half after their moment.
  const given = aLook(id, atMs - 1500, [{ hazard: 'snow', word }]);
  const outcome = state === 'ok' ? given.outcome : ({ kind: 'unseen', state, detail: 'as the test wants it' } as const);
  await looks.save(database, { ...given, outcome }, { judgeAll: true, blameless, confirmAfterMs: 20_000 });
}

const stateOf = async (id: string): Promise<HealthState | undefined> => (await cameras.healthOf(database, id))?.state;

describe('a camera by which nothing can be judged', () => {
  test('every state that blinds is told once, after a minute, with its reason, and called off when it is over', async () => {
    const ids = blinding.map((state) => `cam-${state}`);
    await add(ids);
    const clock = new ManualClock(noonMs);
    const tell = (): Promise<void> => tellBlind({ database, clock, log: silentLog, settings });
    for (const id of ids) await look(id, noonMs, 'ok');
    for (const [i, state] of blinding.entries()) await look(ids[i] ?? '', noonMs + 10_000, state);
    clock.set(noonMs + 10_000 + 59_000);
    await tell();
    expect(await cameraHealth.openNotices(database, 100)).toEqual([]);

    const before = await feed.last(database);
    clock.set(noonMs + 10_000 + 61_000);
    await tell();
    await tell();
    const told = await cameraHealth.openNotices(database, 100);
    expect(Object.fromEntries(told.map((one) => [one.cameraId, one.state]))).toEqual(
      Object.fromEntries(blinding.map((state) => [`cam-${state}`, state])),
    );
    expect(told.every((one) => one.sinceMs === noonMs + 10_000 && one.siteIncident === null)).toBe(true);
    const news = await feed.since(database, before, 1000);
    expect(
      news
        .filter((one) => one.topic === 'camera')
        .map((one) => one.id)
        .sort(),
    ).toEqual([...ids].sort());

    for (const id of ids) await look(id, noonMs + 120_000, 'ok');
    clock.set(noonMs + 121_000);
    await tell();
    expect(await cameraHealth.openNotices(database, 100)).toHaveLength(blinding.length);
    clock.set(noonMs + 120_000 + settings.confirmS * 1000 + 1);
    await tell();
    expect(await cameraHealth.openNotices(database, 100)).toEqual([]);
    const [last] = await cameraHealth.noticesOf(database, 'cam-frozen', 0);
    expect(last?.untilMs).toBe(noonMs + 120_000);
  });

  test('one at which nobody looks any more is told too, whoever is to blame', async () => {
    await add(['left', 'seen']);
    const clock = new ManualClock(noonMs);
    await look('left', noonMs, 'ok');
    const laterMs = noonMs + (3 * settings.lookEveryS + settings.lookTimeoutS + settings.blindAfterS + 1) * 1000;
    await look('seen', laterMs - 1000, 'ok');
    clock.set(laterMs);
    await tellBlind({ database, clock, log: silentLog, settings });
    expect(await cameraHealth.openNotices(database, 10)).toMatchObject([
      { cameraId: 'left', state: 'unknown', sinceMs: noonMs },
    ]);
    await look('left', laterMs + 1000, 'ok');
    clock.set(laterMs + 2000);
    await tellBlind({ database, clock, log: silentLog, settings });
    expect(await cameraHealth.openNotices(database, 10)).toEqual([]);
  });

  test('its facts hold off, a frozen picture is not online, and a hazard keeps the moment it was last judged', async () => {
    await add(['cam']);
    for (let n = 0; n < 3; n++) await look('cam', noonMs + n * 1000, 'ok');
    await look('cam', noonMs + 3000, 'frozen');
    const doubtful = await cameraHealth.factsOf(database, 'cam');
    expect(doubtful?.facts.frozen).toMatchObject({ word: 'good', doubt: { looks: 1 } });
    expect(isOnline(doubtful?.facts ?? {})).toBe(true);
    await look('cam', noonMs + 4000, 'frozen');
    const known = await cameraHealth.factsOf(database, 'cam');
    expect(known?.facts.frozen).toMatchObject({ word: 'bad', sinceMs: noonMs + 3000 });
    expect(isOnline(known?.facts ?? {})).toBe(false);
    expect(known?.blindAtMs).toBe(noonMs + 3000);
    expect(known?.good).toEqual({ snow: noonMs + 2000 });
    expect(await cameraHealth.lastGood(database, 'snow')).toEqual(new Map([['cam', noonMs + 2000]]));
    expect(await cameraHealth.lastGood(database, 'flooding')).toEqual(new Map());
  });

  test('is looked at again soon after its state changed', async () => {
    await add(['cam']);
    await look('cam', noonMs, 'ok');
    await database.transaction((tx) =>
      cameras.planned(tx, [{ cameraId: 'cam', dueAtMs: noonMs, nextDueAtMs: noonMs + 300_000 }]),
    );
    await look('cam', noonMs + 5000, 'silent');
    expect((await handing.moments(database))[0]?.dueAtMs).toBe(noonMs + 25_000);
  });
});

describe('many cameras at once', () => {
  const ids = Array.from({ length: 40 }, (_, i) => `cam-${String(i).padStart(2, '0')}`);
  const gone = ids.slice(0, 15);

  test('are one incident of the site: told once, nobody asked more seldom, and over when they are back', async () => {
    await add(ids);
    const clock = new ManualClock(noonMs);
    using guard = openGuard({ database, clock, log: silentLog, settings });
    const see = async (): Promise<Awaited<ReturnType<typeof learn>>> => {
      const known = await learn({ database, settings }, guard.sameFateSinceMs(), guard.expected());
      await guard.see(known);
      return known;
    };
    for (const id of ids) await look(id, noonMs - 100_000, 'ok');
    clock.set(noonMs);
    await see();
    expect(await siteIncidents.since(database, 0)).toEqual([]);

    for (const [i, id] of ids.entries())
      await look(id, noonMs + 1000 + i * 100, gone.includes(id) ? 'unreachable' : 'ok');
    clock.set(noonMs + 10_000);
    await see();
    const [incident, ...others] = await siteIncidents.since(database, 0);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ kind: 'cameras', cameras: 15, untilMs: null, sinceMs: noonMs + 1000 });

    // Told as its parts, and the second failure makes nobody wait longer.
    clock.set(noonMs + 70_000);
    for (const id of gone) await look(id, noonMs + 65_000, 'unreachable');
    await tellBlind({ database, clock, log: silentLog, settings });
    const told = await cameraHealth.openNotices(database, 100);
    expect(told).toHaveLength(15);
    expect(told.every((one) => one.siteIncident === incident?.id)).toBe(true);
    const known = await see();
    expect(gone.every((id) => known.factOf(id).isPartOfSite)).toBe(true);

    // One of them answers: the others are asked at once.
    await look(gone[0] ?? '', noonMs + 100_000, 'ok');
    clock.set(noonMs + 101_000);
    await see();
    expect(guard.expected().size).toBe(14);
    const moments = new Map((await handing.moments(database)).map((one) => [one.cameraId, one.dueAtMs]));
    expect(gone.slice(1).every((id) => (moments.get(id) ?? Infinity) <= noonMs + 103_000)).toBe(true);
    for (const id of gone) await look(id, noonMs + 104_000, 'ok');
    clock.set(noonMs + 130_000);
    await see();
    expect(await siteIncidents.since(database, 0)).toMatchObject([{ kind: 'cameras', untilMs: noonMs + 130_000 }]);
  });

  test('a few are none', async () => {
    await add(ids);
    const clock = new ManualClock(noonMs);
    using guard = openGuard({ database, clock, log: silentLog, settings });
    for (const id of ids) await look(id, noonMs - 100_000, 'ok');
    for (const [i, id] of ids.entries()) await look(id, noonMs + i, i < 7 ? 'unreachable' : 'ok');
    clock.set(noonMs + 5000);
    await guard.see(await learn({ database, settings }, null, new Set()));
    expect(await siteIncidents.since(database, 0)).toEqual([]);
  });
});

describe('we ourselves', () => {
  /** A clock whose wall can be set apart from the time that passes. */
  const apart = (): Clock & { passes(ms: number): void; isSet(ms: number): void } => {
    let [wallMs, monotonicMs] = [noonMs, 0];
    return {
      nowMs: () => epochMs(wallMs),
      monotonicMs: () => monotonicMs,
      sleep: () => Promise.resolve(),
      passes: (ms) => {
        wallMs += ms;
        monotonicMs += ms;
      },
      isSet: (ms) => {
        wallMs += ms;
      },
    };
  };
  const kinds = async (): Promise<string[]> => (await siteIncidents.since(database, 0)).map((one) => one.kind);

  test('a clock that was set is an incident, no moment counts as missed, and moments beyond it are brought back', async () => {
    await add(['cam']);
    const clock = apart();
    using guard = openGuard({ database, clock, log: silentLog, settings });
    expect(await guard.round(clock.nowMs())).toBe(true);
    await database.transaction((tx) =>
      cameras.planned(tx, [{ cameraId: 'cam', dueAtMs: noonMs, nextDueAtMs: noonMs + 60_000 }]),
    );
    clock.passes(300);
    clock.isSet(-7_200_000);
    expect(await guard.round(clock.nowMs())).toBe(false);
    expect(await kinds()).toEqual(['clock']);
    const [plan] = await handing.moments(database);
    expect(plan?.dueAtMs).toBeLessThan(clock.nowMs() + settings.lookEveryS * 1000);
    clock.passes(300);
    expect(await guard.round(clock.nowMs())).toBe(true);
    for (let s = 0; s < 40; s++) {
      clock.passes(1000);
      await guard.round(clock.nowMs());
    }
    expect((await siteIncidents.since(database, 0))[0]?.untilMs).not.toBeNull();
  });

  test('a machine that stood still is an incident, and so is a database that was away', async () => {
    const clock = apart();
    using guard = openGuard({ database, clock, log: silentLog, settings });
    await guard.round(clock.nowMs());
    clock.passes(25_000);
    expect(await guard.round(clock.nowMs())).toBe(true);
    expect(await siteIncidents.since(database, 0)).toMatchObject([{ kind: 'host', detail: '25' }]);
    guard.lost();
    for (let s = 0; s < 6; s++) clock.passes(500);
    await guard.round(clock.nowMs());
    expect((await kinds()).sort()).toEqual(['database', 'host']);
  });

  test('a queue that does not answer is one incident, told while it does not', async () => {
    const clock = new ManualClock(noonMs);
    using guard = openGuard({ database, clock, log: silentLog, settings });
    let answer: (length: { waiting: number; active: number }) => void = () => undefined;
    const held = new Promise<{ waiting: number; active: number }>((resolve) => (answer = resolve));
    const told: number[] = [];
    const queue = tellSlow({ ...memoryQueue(), length: () => held }, clock, async (forMs) => {
      await guard.queueAway(forMs);
      told.push(forMs);
    });
    const asked = queue.length('look');
    for (const n of [1, 2]) {
      clock.advance(10_000);
      await until(() => (told.length === n ? true : undefined));
    }
    const incidents = async () => (await siteIncidents.since(database, 0)).filter((one) => one.kind === 'queue');
    expect(await incidents()).toMatchObject([{ detail: '20', untilMs: null }]);
    answer({ waiting: 0, active: 0 });
    expect(await asked).toEqual({ waiting: 0, active: 0 });
    for (let s = 0; s < 8; s++) {
      clock.advance(4000);
      await guard.round(clock.nowMs());
    }
    const [over, ...more] = await incidents();
    expect([over?.untilMs === null, more.length]).toEqual([false, 0]);
    expect(await kinds()).not.toContain('database');
  });

  test('looks that nobody takes are an incident', async () => {
    const clock = apart();
    using guard = openGuard({ database, clock, log: silentLog, settings });
    for (let s = 0; s < 50; s++) {
      await guard.queue({ waiting: 20 + s, active: 0 });
      clock.passes(1000);
    }
    expect(await kinds()).toEqual(['workers']);
    await guard.queue({ waiting: 5, active: 3 });
    expect((await siteIncidents.since(database, 0))[0]?.untilMs).not.toBeNull();
  });

  test('what failed while we stood still is held against no camera', async () => {
    await add(['cam']);
    await look('cam', noonMs, 'ok');
    await look('cam', noonMs + 1000, 'silent', true);
    expect(await stateOf('cam')).toBe('ok');
    expect((await looks.recent(database, 'cam', 1))[0]?.outcome).toBe('silent');
    await look('cam', noonMs + 2000, 'silent');
    expect(await stateOf('cam')).toBe('silent');
  });
});

test('coverage is counted from the looks themselves, by hour of their moment, for all and by hazard', async () => {
  await add(['a', 'b']);
  const hourMs = cover.hourOf(noonMs);
  const row = (hazard: string) => ({ hourMs, hazard, put: 3, shed: 1, missed: 1 });
  await database.transaction((tx) => cover.add(tx, [row(cover.allLooks), row('snow'), row('flooding')]));
  await look('a', noonMs + 2000, 'ok');
  await look('a', noonMs + 3000, 'ok');
  await look('b', noonMs + 2000, 'silent');
  await cover.count(database, noonMs);
  await cover.count(database, noonMs);
  const sums = await cover.sums(database, noonMs, noonMs + 1);
  expect(sums).toEqual(
    ['', 'flooding', 'snow'].map((hazard) => ({ hazard, due: 5, put: 3, shed: 1, missed: 1, done: 3, seen: 2 })),
  );
  expect(cover.coverage(sums[0] ?? { due: 0, done: 0 })).toBeCloseTo(0.6);
  expect(cover.coverage({ due: 0, done: 0 })).toBeNull();
});
