// Looks: saved once each, with only what is new, and the sums that stay.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { beliefs, cameras, db, feed, looks, type Database } from '#store';
import { testDatabase } from '../support/database.ts';
import { aCamera, aLook, noonMs } from './store-builders.ts';

const minute = 60_000;

async function cityOf(...ids: string[]): Promise<Database> {
  const database = await testDatabase();
  await database.transaction((tx) =>
    cameras.replace(
      tx,
      ids.map((id) => aCamera(id)),
    ),
  );
  return database;
}

async function countOf(database: Database, table: string): Promise<number> {
  const { sql } = await import('#store');
  const { raw } = await import('../../store/sql.ts');
  const [row] = await database.rows(z.object({ n: z.number() }), sql`select count(*) as n from ${raw(table)}`);
  return row?.n ?? -1;
}

const inboxOf = (database: Database): Promise<{ inboxId: number; observation: { word: string; hazard: string } }[]> =>
  database.transaction((tx) => looks.takeInbox(tx, 1000));

test('a look that is saved again changes nothing', async () => {
  const database = await cityOf('1');
  const look = aLook('1', noonMs, [{ hazard: 'snow', word: 'hazard', level: 0.6 }]);
  expect(await looks.save(database, look, { judgeAll: true })).toBe('saved');
  const again = { ...look, seenAtMs: look.seenAtMs + 9000 };
  expect(await looks.save(database, again, { judgeAll: true })).toBe('known');
  expect(await inboxOf(database)).toHaveLength(1);
  expect(await looks.hourly(database, '1', noonMs, noonMs + 60 * minute)).toEqual([
    { hourMs: noonMs, cameraId: '1', hazard: 'snow', looks: 1, hazardLooks: 1, clearLooks: 0, cannotSee: 0 },
  ]);
  expect(await cameras.healthOf(database, '1')).toMatchObject({ state: 'ok', lastLookAtMs: look.seenAtMs });
});

test('a look that says nothing new leaves its sum but no observation', async () => {
  const database = await cityOf('1');
  const levels = [0.5, 0.55, 0.45, 0.61, 0.52];
  for (const [i, level] of levels.entries()) {
    await looks.save(database, aLook('1', noonMs + i * minute, [{ hazard: 'snow', word: 'clear', level }]), {
      judgeAll: false,
    });
  }
  // 0.5 is the first; 0.55 and 0.45 are within 0.1 of it; 0.61 is not; 0.52 is within 0.1 of 0.61.
  expect(await countOf(database, 'observation')).toBe(2);
  expect(await looks.hourly(database, null, noonMs, noonMs + 60 * minute)).toMatchObject([{ looks: 5, clearLooks: 5 }]);
  const kept = (await looks.recent(database, '1', 10)).filter((look) => look.observations.length > 0);
  expect(kept.map((look) => look.observations[0]?.level)).toEqual([expect.closeTo(0.61), expect.closeTo(0.5)]);
});

test('a word that changes is always told, and a level that moved by exactly a tenth too', async () => {
  const database = await cityOf('1');
  const said = [
    { word: 'clear', level: 0.2 },
    { word: 'cannot-see', level: 0.2 },
    { word: 'clear', level: 0.2 },
    { word: 'clear', level: 0.3 },
  ] as const;
  for (const [i, one] of said.entries()) {
    await looks.save(database, aLook('1', noonMs + i * minute, [{ hazard: 'snow', ...one }]), { judgeAll: false });
  }
  expect(await countOf(database, 'observation')).toBe(4);
});

test('the judge gets everything when asked to, else what is new and every hazard', async () => {
  const database = await cityOf('1');
  const said = [
    { hazard: 'snow', word: 'hazard', level: 0.6 },
    { hazard: 'flooding', word: 'clear' },
  ] as const;
  await looks.save(database, aLook('1', noonMs, said), { judgeAll: false });
  expect((await inboxOf(database)).map((row) => row.observation.hazard)).toEqual(['flooding', 'snow']);
  await looks.save(database, aLook('1', noonMs + minute, said), { judgeAll: false });
  expect((await inboxOf(database)).map((row) => row.observation.hazard)).toEqual(['flooding', 'snow', 'snow']);
  await looks.save(database, aLook('1', noonMs + 2 * minute, said), { judgeAll: true });
  expect(await inboxOf(database)).toHaveLength(5);
});

test('an observation comes to the judge exactly as it was made, and in the order it was seen', async () => {
  const database = await cityOf('1', '2');
  const made = [
    aLook('1', noonMs, [{ hazard: 'snow', word: 'hazard', level: 0.7, sub: 'windrow' }]),
    aLook('2', noonMs - minute, [{ hazard: 'snow', word: 'clear' }]),
  ];
  for (const look of made) await looks.save(database, look, { judgeAll: true });
  const rows = await database.transaction(async (tx) => {
    const taken = await looks.takeInbox(tx, 10);
    await looks.removeInbox(
      tx,
      taken.map((row) => row.inboxId),
    );
    return taken;
  });
  expect(rows.map((row) => row.observation)).toEqual(made.toReversed().flatMap((look) => look.observations));
  expect(await looks.inboxLength(database)).toBe(0);
});

test('of two judges one waits empty-handed, and what a failed one took is there again', async () => {
  const database = await cityOf('1');
  await looks.save(database, aLook('1', noonMs, [{ hazard: 'snow', word: 'hazard', level: 0.7 }]), { judgeAll: true });
  const failing = database.transaction(async (tx) => {
    expect(await looks.takeInbox(tx, 10)).toHaveLength(1);
    expect(await inboxOf(database)).toEqual([]);
    throw new Error('the judge died');
  });
  await expect(failing).rejects.toThrow('the judge died');
  expect(await inboxOf(database)).toHaveLength(1);
});

test('a look without a picture says "cannot see" for each hazard of the camera', async () => {
  const database = await cityOf('1');
  const blind = aLook('1', noonMs, [], {
    outcome: { kind: 'unseen', state: 'unreachable', detail: 'connection refused' },
    widthPx: null,
    heightPx: null,
  });
  await looks.save(database, blind, { judgeAll: true });
  expect(await looks.hourly(database, '1', noonMs, noonMs + 1)).toEqual([
    { hourMs: noonMs, cameraId: '1', hazard: 'flooding', looks: 1, hazardLooks: 0, clearLooks: 0, cannotSee: 1 },
    { hourMs: noonMs, cameraId: '1', hazard: 'snow', looks: 1, hazardLooks: 0, clearLooks: 0, cannotSee: 1 },
  ]);
  expect(await looks.recent(database, '1', 1)).toMatchObject([
    { lookId: blind.id, outcome: 'unreachable', detail: 'connection refused', observations: [] },
  ]);
});

test('health remembers since when, counts failures in a row, and tells the feed only when the state changes', async () => {
  const database = await cityOf('1');
  const bad = { outcome: { kind: 'unseen', state: 'silent', detail: 'no frame in 8 s' } } as const;
  await looks.save(database, aLook('1', noonMs, []), { judgeAll: true });
  await looks.save(database, aLook('1', noonMs + minute, [], bad), { judgeAll: true });
  await looks.save(database, aLook('1', noonMs + 2 * minute, [], bad), { judgeAll: true });
  expect(await cameras.healthOf(database, '1')).toEqual({
    cameraId: '1',
    state: 'silent',
    sinceMs: noonMs + minute + 1500,
    lastLookAtMs: noonMs + 2 * minute + 1500,
    lastGoodAtMs: noonMs + 1500,
    detail: 'no frame in 8 s',
    widthPx: 1920,
    heightPx: 1080,
    fails: 2,
  });
  expect((await feed.since(database, 0, 10)).map((row) => [row.number, row.topic, row.id])).toEqual([
    [1, 'camera', '1'],
    [2, 'camera', '1'],
  ]);
  // An old look that comes late counts in its sums, and says nothing of the present.
  await looks.save(database, aLook('1', noonMs - minute, []), { judgeAll: true });
  expect((await cameras.healthOf(database, '1'))?.state).toBe('silent');
  expect(await cameras.health(database)).toHaveLength(1);
});

test('a look of a camera that was taken off the list is kept without harm', async () => {
  const database = await cityOf('1');
  await database.transaction((tx) => cameras.remove(tx, '1'));
  expect(await looks.save(database, aLook('1', noonMs, [{ hazard: 'snow', word: 'clear' }]), { judgeAll: true })).toBe(
    'saved',
  );
  expect(await cameras.health(database)).toEqual([]);
});

test('kept frames are found by camera and time', async () => {
  const database = await cityOf('1');
  for (let i = 0; i < 4; i++) {
    const still = i === 2 ? null : String(i).repeat(64);
    await looks.save(database, aLook('1', noonMs + i * minute, [], { stillSha256: still }), { judgeAll: true });
  }
  expect(await looks.frames(database, '1', noonMs + minute, 10)).toEqual([
    { seenAtMs: noonMs + minute + 1500, stillSha256: '1'.repeat(64) },
    { seenAtMs: noonMs + 3 * minute + 1500, stillSha256: '3'.repeat(64) },
  ]);
  expect((await looks.frameNear(database, '1', noonMs + 2 * minute))?.stillSha256).toBe('1'.repeat(64));
  expect(await looks.perMinute(database, noonMs + 3 * minute + 1500)).toEqual({
    looks: 1,
    lastAtMs: noonMs + 3 * minute + 1500,
  });
});

test('many looks saved at once are all counted', async () => {
  const ids = Array.from({ length: 20 }, (_, i) => `c${i}`);
  const database = await cityOf(...ids);
  const all = ids.flatMap((id) =>
    [0, 1, 2].map((i) =>
      aLook(
        id,
        noonMs + i * minute,
        [{ hazard: 'snow', word: 'clear', level: i / 2 }],
        i === 1 ? { outcome: { kind: 'unseen', state: 'dark', detail: '' } } : {},
      ),
    ),
  );
  await Promise.all(all.map((look) => looks.save(database, look, { judgeAll: false })));
  const sums = await looks.hourly(database, null, noonMs, noonMs + minute);
  expect(sums.reduce((n, row) => n + row.looks, 0)).toBe(60);
  expect((await cameras.health(database)).every((row) => row.lastLookAtMs === noonMs + 2 * minute + 1500)).toBe(true);
});

test('beliefs come back whole, by their key', async () => {
  const database = await testDatabase();
  const key = { cameraId: '1', zoneId: 'road', hazard: 'snow' };
  await database.transaction((tx) =>
    beliefs.save(tx, [
      { ...key, belief: { looks: [1, 2] }, atMs: noonMs },
      { ...key, hazard: 'dumping', belief: [], atMs: noonMs },
    ]),
  );
  await database.transaction((tx) => beliefs.save(tx, [{ ...key, belief: { looks: [1, 2, 3] }, atMs: noonMs + 1 }]));
  const loaded = await database.transaction((tx) =>
    beliefs.load(tx, [key, { ...key, zoneId: 'none' }, { ...key, hazard: 'dumping' }]),
  );
  expect(loaded).toEqual(
    new Map<string, unknown>([
      ['1/road/snow', { looks: [1, 2, 3] }],
      ['1/road/dumping', []],
    ]),
  );
});

test('a row that is not what it should be is refused with its place', async () => {
  const database = await testDatabase();
  const { sql } = await import('#store');
  const refusal = await database
    .rows(z.object({ n: z.string() }), sql`select 1 as n`)
    .catch((thrown: unknown) => thrown);
  expect(String(refusal)).toMatch(/^STORE_CHANGED .*n:/);
  expect(db.at(noonMs)).toBe('2026-11-22T12:00:00.000Z');
  const [row] = await database.rows(
    z.object({ seenAtMs: z.number() }),
    sql`select ${db.at(noonMs + 7)}::timestamptz as seen_at`,
  );
  expect(row?.seenAtMs).toBe(noonMs + 7);
});
