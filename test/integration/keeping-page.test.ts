// What the tab of retention is told: every kept file under the one thing that it shows, terms as they are set, holds, the last sweep.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import type { KeepingPage, KeptThing } from '#dashboard/contract';
import { clips, keeping, kept, looks, type Files } from '#store';
import { openCamera, openStand, type Stand } from './dashboard-stand.ts';
import { sealedClipIn } from './sealed-clip.ts';
import { aLook } from './store-builders.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());

const bytes = (n: number, text: string): Buffer => Buffer.concat([Buffer.from(text), Buffer.alloc(n - text.length)]);
const rowOf = (page: KeepingPage, thing: KeptThing) => page.rows.find((row) => row.thing === thing);

test('before the first sweep it says the terms and that nothing is measured', async () => {
  const page = await (await stand.seat('auditor')).ask('keeping');
  expect(page).toMatchObject({ measuredAtMs: null, sweep: null, failed: null, forecast: { kind: 'young' } });
  expect(page.holds).toEqual({ clips: 0, bytes: 0, incidents: 0 });
  expect(rowOf(page, 'frame')).toMatchObject({
    term: { kind: 'setting', setting: 'keeping.framesH', value: 48, unit: 'h' },
    bytes: null,
  });
  expect(rowOf(page, 'audit')?.term).toMatchObject({ setting: 'keeping.recordsD', value: 1827, leastD: 366 });
  expect(rowOf(page, 'film')?.term).toMatchObject({ setting: 'ingest.ringS', unit: 's' });
});

test('after a sweep every file stands under the one thing that it shows, and the holds are counted', async () => {
  const { database, files } = stand;
  const put = (n: number, text: string): Promise<string> => files.put(bytes(n, text), 'still', 'jpg');
  const frame = await put(1000, 'frame');
  await looks.save(
    database,
    { ...aLook(openCamera.id, systemClock.nowMs() - 60_000, []), stillSha256: frame },
    { judgeAll: false },
  );
  // A look and an incident show the same picture: it is kept as the incident's.
  const open = await put(2000, 'open');
  await stand.raise({ stillSha256: open });
  await stand.raise({ state: 'rejected', stillSha256: await put(3000, 'rejected') });
  await sealedClipIn(stand, bytes(40_000, 'with a violation'), { stillSha256: null });
  const held = await sealedClipIn(stand, bytes(50_000, 'on hold'), { stillSha256: null });
  await database.transaction((tx) => clips.hold(tx, held.id, true));

  const nowMs = systemClock.nowMs();
  const rules = {
    framesH: 48,
    rejectedFramesD: 30,
    confirmedFramesD: 366,
    clipsWithoutViolationD: 30,
    hourlySumsD: 396,
  };
  const swept = await keeping.sweep(database, files, nowMs, { ...rules, recordsD: 1827 });
  await kept.note(database, files, { atMs: nowMs, tookMs: 1200, swept });

  const page = await (await stand.seat('system-admin')).ask('keeping');
  const sized = (thing: KeptThing) => [rowOf(page, thing)?.files, rowOf(page, thing)?.bytes];
  expect(page.whole).toBe(true);
  expect(sized('frame')).toEqual([1, 1000]);
  expect(sized('confirmed')).toEqual([1, 2000]);
  expect(sized('rejected')).toEqual([1, 3000]);
  expect(sized('violation')).toEqual([1, 40_000]);
  expect(sized('held')).toEqual([1, 50_000]);
  expect(sized('clip')).toEqual([0, 0]);
  expect(page.holds).toEqual({ clips: 1, bytes: 50_000, incidents: 1 });
  expect(page.sweep).toMatchObject({ atMs: nowMs, tookMs: 1200, swept: { frames: 0, clips: 0 } });
  expect(page.history).toHaveLength(1);
  for (const thing of ['look', 'sum', 'record', 'audit', 'other'] as const)
    expect(rowOf(page, thing)?.bytes, thing).toBeGreaterThan(0);
  expect(page.freeBytes).toBeGreaterThan(0);
});

test('a sweep that fails is told, and what was known before it stays', async () => {
  const atMs = systemClock.nowMs() + 1;
  await kept.noteFailed(stand.database, atMs, 'the disk said no');
  const page = await (await stand.seat('auditor')).ask('keeping');
  expect(page.failed).toEqual({ atMs, why: 'the disk said no' });
  expect(page.sweep?.tookMs).toBe(1200);
  expect(page.history).toHaveLength(1);
});

test('it is not for those who do not run the system', async () => {
  for (const login of ['operator', 'agency-head', 'police-reviewer'])
    expect((await (await stand.seat(login)).send('GET', '/api/keeping')).status, login).toBe(403);
});

test('of very many files a part of the folders is counted, and the whole reckoned from it', async () => {
  const folder: Files['folder'] = stand.files.folder;
  for (let i = 0; i < 600; i++) await stand.files.put(bytes(100, `file ${i}`), 'still', 'jpg');
  const measured = await kept.measure(stand.database, { folder }, 150);
  const frames = measured.files.find(({ sort }) => sort === 'frame');
  expect(measured.folders).toBeLessThan(128);
  expect(Math.abs((frames?.files ?? 0) - 601)).toBeLessThan(120);
});
