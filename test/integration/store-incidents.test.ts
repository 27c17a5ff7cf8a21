// Incidents, verdicts, tasks, clips and violations: versions, histories, numbers, and the order of the change feed.
import { expect, test } from 'vitest';
import { ClipId, ViolationId } from '#core/ids';
import { Clip } from '#core/clip';
import type { Incident } from '#core/incident';
import { Verdict } from '#core/verdict';
import { Violation } from '#core/violation';
import { audit, clips, feed, incidents, stats, tasks, verdicts, type Database } from '#store';
import { testDatabase } from '../support/database.ts';
import { aTask, anIncident, noonMs } from './store-builders.ts';

const change = { atMs: noonMs, actor: 'person-anna', reason: 'test' };

const opened = (database: Database, id: string, more: Partial<Incident> = {}): Promise<Incident> =>
  database.transaction((tx) =>
    incidents.insert(tx, anIncident(id, more), { atMs: noonMs, actor: 'judge', reason: 'four looks agree' }),
  );

test('an incident comes back as it was given, with a number and version 1', async () => {
  const database = await testDatabase();
  const given = anIncident('i1', { untilMs: noonMs + 5, beforeAtMs: noonMs - 5, note: 'примечание' });
  const saved = await database.transaction((tx) => incidents.insert(tx, given, change));
  expect(saved).toEqual({ ...given, number: 1, version: 1 });
  expect(await incidents.byId(database, 'i1')).toEqual(saved);
  expect(await incidents.byNumber(database, 1)).toEqual(saved);
  expect(await incidents.byId(database, 'other')).toBeUndefined();
});

test('a change grows the version and leaves history, audit and a feed number', async () => {
  const database = await testDatabase();
  const before = await opened(database, 'i1');
  const after = await database.transaction((tx) =>
    incidents.update(
      tx,
      before,
      { state: 'confirmed', decidedAtMs: noonMs + 1 },
      { atMs: noonMs + 1, actor: 'person-anna', reason: 'confirmed' },
    ),
  );
  expect(after).toEqual({ ...before, state: 'confirmed', decidedAtMs: noonMs + 1, version: 2 });
  expect(await incidents.history(database, 'i1')).toEqual([
    { atMs: noonMs, from: null, to: 'pending_review', version: 1, actor: 'judge', reason: 'four looks agree' },
    {
      atMs: noonMs + 1,
      from: 'pending_review',
      to: 'confirmed',
      version: 2,
      actor: 'person-anna',
      reason: 'confirmed',
    },
  ]);
  expect((await audit.of(database, 'incident', 'i1')).map((row) => row.act)).toEqual([
    'incident pending_review',
    'incident confirmed',
  ]);
  expect(await feed.since(database, 0, 10)).toEqual([
    { number: 1, topic: 'incident', id: 'i1', atMs: noonMs },
    { number: 2, topic: 'incident', id: 'i1', atMs: noonMs + 1 },
  ]);
});

test('of two who change the same version one is refused, and nothing of the refused one stays', async () => {
  const database = await testDatabase();
  const before = await opened(database, 'i1');
  const both = await Promise.allSettled(
    ['confirmed', 'rejected'].map((state) =>
      database.transaction((tx) =>
        incidents.update(tx, before, { state: state === 'confirmed' ? 'confirmed' : 'rejected' }, change),
      ),
    ),
  );
  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'INCIDENT_CHANGED' });
  expect((await incidents.byId(database, 'i1'))?.version).toBe(2);
  expect(await incidents.history(database, 'i1')).toHaveLength(2);
  expect(await feed.last(database)).toBe(2);
  await expect(database.transaction((tx) => incidents.lock(tx, 'none'))).rejects.toMatchObject({
    code: 'INCIDENT_UNKNOWN',
  });
});

test('open incidents are found by state, district, camera, zone and nearness', async () => {
  const database = await testDatabase();
  await opened(database, 'a');
  await opened(database, 'b', { district: 'nura', hazard: 'flooding', point: { lon: 71.4303, lat: 51.128 } });
  await opened(database, 'c', { state: 'closed' });
  await opened(database, 'd', {
    state: 'shelved',
    untilMs: noonMs + 1000,
    cameraId: null,
    zoneId: null,
    point: { lon: 71.431, lat: 51.128 },
  });
  const ids = (rows: readonly Incident[]): string[] => rows.map((row) => row.id);
  expect(ids(await incidents.open(database))).toEqual(['a', 'b', 'd']);
  expect(ids(await incidents.open(database, { district: 'nura' }))).toEqual(['b']);
  expect(ids(await incidents.open(database, { states: ['shelved'] }))).toEqual(['d']);
  expect(ids(await incidents.open(database, { cameraId: '101', hazard: 'snow' }))).toEqual(['a']);
  expect(ids(await incidents.list(database, { states: ['closed'], limit: 5 }))).toEqual(['c']);
  expect(ids(await incidents.list(database, { limit: 2 }))).toEqual(['d', 'c']);
  const here = { lon: 71.43, lat: 51.128 };
  await database.transaction(async (tx) => {
    expect((await incidents.openAt(tx, 'snow', '101', 'road'))?.id).toBe('a');
    expect(await incidents.openAt(tx, 'dumping', '101', 'road')).toBeUndefined();
    expect(ids(await incidents.openNear(tx, 'snow', here, 50))).toEqual(['a']);
    expect(ids(await incidents.openNear(tx, 'snow', here, 100))).toEqual(['a', 'd']);
    expect(ids(await incidents.due(tx, noonMs + 999))).toEqual([]);
    expect(ids(await incidents.due(tx, noonMs + 1000))).toEqual(['d']);
  });
});

test('feed numbers appear in their order: whoever reads up to a number has missed none before it', async () => {
  const database = await testDatabase();
  const made = await Promise.all(Array.from({ length: 6 }, (_, i) => opened(database, `i${i}`)));
  const from = await feed.last(database);
  const writers = { areDone: false };
  const seen: number[] = [];
  const reader = (async () => {
    for (let last = from; ;) {
      const { areDone } = writers;
      const rows = await feed.since(database, last, 1000);
      seen.push(...rows.map((row) => row.number));
      last = rows.at(-1)?.number ?? last;
      if (areDone) return;
    }
  })();
  await Promise.all(
    made.map(async (incident) => {
      let now = incident;
      for (let i = 0; i < 12; i++) {
        now = await database.transaction(async (tx) => {
          const after = await incidents.update(tx, now, { level: i / 12 }, change);
          // Some transactions tell of two things and some take longer than others after they told.
          if (i % 3 === 0) feed.append(tx, 'camera', '101', noonMs);
          if (i % 2 === 0) await incidents.byNumber(tx, 1);
          return after;
        });
      }
    }),
  );
  writers.areDone = true;
  await reader;
  const total = await feed.last(database);
  expect(total).toBe(6 + 6 * 12 + 6 * 4);
  expect(seen).toEqual(Array.from({ length: total - from }, (_, i) => from + i + 1));
});

test('a transaction that fails leaves no feed number behind', async () => {
  const database = await testDatabase();
  await opened(database, 'i1');
  await expect(
    database.transaction(async (tx) => {
      await incidents.insert(tx, anIncident('i2'), change);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await opened(database, 'i3');
  expect((await feed.since(database, 0, 10)).map((row) => [row.number, row.id])).toEqual([
    [1, 'i1'],
    [2, 'i3'],
  ]);
});

test('a verdict is kept with the incident as it was, and taken back once', async () => {
  const database = await testDatabase();
  const before = await opened(database, 'i1');
  const verdict = Verdict.parse({ id: 'verdict-1', incidentId: 'i1', version: 1, kind: 'reject', reason: 'shadow' });
  await database.transaction((tx) =>
    verdicts.record(tx, { verdict, personId: 'person-anna', atMs: noonMs, before, taskIds: ['t1'] }),
  );
  expect(await verdicts.byId(database, 'verdict-1')).toEqual({
    verdict,
    personId: 'person-anna',
    atMs: noonMs,
    incidentBefore: before,
    taskIds: ['t1'],
    undoneAtMs: null,
  });
  expect((await verdicts.lastOf(database, 'person-anna', noonMs - 10))?.verdict.id).toBe('verdict-1');
  expect(await database.transaction((tx) => verdicts.undo(tx, 'verdict-1', noonMs + 5))).toBe(true);
  expect(await database.transaction((tx) => verdicts.undo(tx, 'verdict-1', noonMs + 6))).toBe(false);
  expect(await verdicts.lastOf(database, 'person-anna', noonMs - 10)).toBeUndefined();
  const zone = { cameraId: '1', zoneId: 'z', hazard: 'snow' };
  await database.transaction((tx) =>
    verdicts.setQuiet(tx, { ...zone, light: 'day', sinceMs: noonMs, untilMs: noonMs + 9, reason: 'shadow' }),
  );
  await database.transaction(async (tx) => {
    const quiet = { sinceMs: noonMs, untilMs: noonMs + 9, reason: 'shadow' };
    expect(await verdicts.quietOf(tx, zone, 'day', noonMs + 1)).toEqual(quiet);
    expect(await verdicts.quietOf(tx, zone, 'any', noonMs + 1)).toEqual(quiet);
    expect(await verdicts.quietOf(tx, zone, 'night', noonMs + 1)).toBeUndefined();
    expect(await verdicts.quietOf(tx, zone, 'night', noonMs)).toEqual(quiet);
    expect(await verdicts.quietOf(tx, { ...zone, hazard: 'flooding' }, 'day', noonMs + 1)).toBeUndefined();
    await verdicts.endQuiet(tx, zone);
    expect(await verdicts.quietOf(tx, zone, 'day', noonMs + 1)).toBeUndefined();
  });
});

test('tasks follow the rules of incidents, and know their incident and agency', async () => {
  const database = await testDatabase();
  const incident = await opened(database, 'i1');
  const given = aTask('t1', incident);
  const task = await database.transaction((tx) => tasks.insert(tx, given, change));
  expect(task).toEqual({ ...given, number: 1, version: 1 });
  const sent = await database.transaction((tx) =>
    tasks.update(tx, task, { state: 'sent', sentAtMs: noonMs + 10_000 }, change),
  );
  expect(sent).toMatchObject({ state: 'sent', version: 2, sentAtMs: noonMs + 10_000 });
  await expect(
    database.transaction((tx) => tasks.update(tx, task, { state: 'cancelled' }, change)),
  ).rejects.toMatchObject({ code: 'INCIDENT_CHANGED' });
  await expect(database.transaction((tx) => tasks.lock(tx, 't9'))).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
  expect(await tasks.byIncident(database, 'i1')).toEqual([sent]);
  expect(await tasks.byAgency(database, 'akimat-esil', { open: true })).toEqual([sent]);
  expect(await tasks.byAgency(database, 'akimat-esil', { open: false })).toEqual([]);
  expect(await tasks.list(database, { states: ['sent'], limit: 3 })).toEqual([sent]);
  expect((await tasks.history(database, 't1')).map((row) => row.to)).toEqual(['created', 'sent']);
  expect((await feed.since(database, 1, 10)).map((row) => row.topic)).toEqual(['task', 'task']);
});

test('a due delivery goes to one courier, and to another when that one is not heard of', async () => {
  const database = await testDatabase();
  const incident = await opened(database, 'i1');
  const task = await database.transaction((tx) => tasks.insert(tx, aTask('t1', incident), change));
  const delivery = {
    id: 'd1',
    taskId: task.id,
    way: 'email' as const,
    address: 'duty@example.kz',
    notBeforeMs: noonMs + 10,
  };
  await database.transaction((tx) => tasks.insertDelivery(tx, delivery));
  const take = (nowMs: number) => database.transaction((tx) => tasks.takeDueDeliveries(tx, nowMs, 10));
  expect(await take(noonMs + 9)).toEqual([]);
  const [first, second] = await Promise.all([take(noonMs + 10), take(noonMs + 10)]);
  expect([...first, ...second]).toHaveLength(1);
  expect(await take(noonMs + 11)).toEqual([]);
  const [again] = await take(noonMs + 10 + tasks.deliveryLeaseS * 1000);
  expect(again).toMatchObject({ id: 'd1', state: 'waiting', attempts: 0 });
  if (!again) return;
  await database.transaction((tx) =>
    tasks.saveDelivery(tx, { ...again, state: 'delivered', attempts: 1, deliveredAtMs: noonMs + 50, receipt: 'ok' }),
  );
  expect(await tasks.deliveriesOf(database, 't1')).toMatchObject([
    { state: 'delivered', receipt: 'ok', deliveredAtMs: noonMs + 50 },
  ]);
});

test('an answer with the same key counts once', async () => {
  const database = await testDatabase();
  const incident = await opened(database, 'i1');
  await database.transaction((tx) => tasks.insert(tx, aTask('t1', incident), change));
  const record = () => database.transaction((tx) => tasks.recordAnswer(tx, 'key-12345', 't1', noonMs));
  expect(await tasks.answered(database, 'key-12345')).toBe(false);
  expect((await Promise.all([record(), record()])).sort()).toEqual([false, true]);
  expect(await tasks.answered(database, 'key-12345')).toBe(true);
});

const aClip = (id: string): Clip =>
  Clip.parse({
    id,
    incidentId: 'i1',
    cameraId: '101',
    state: 'planned',
    fromMs: noonMs - 15_000,
    toMs: noonMs + 15_000,
    startsAtMs: null,
    durationMs: null,
    sha256: null,
    bytes: null,
    cutBy: null,
    sealedAtMs: null,
    previousSeal: null,
    seal: null,
    detail: '',
  });

test('seals are one chain however many seal at once', async () => {
  const database = await testDatabase();
  await opened(database, 'i1');
  const ids = ['c1', 'c2', 'c3', 'c4'];
  for (const id of ids) await database.transaction((tx) => clips.plan(tx, aClip(id)));
  expect((await clips.pending(database)).map((clip) => clip.id)).toEqual(ids);
  await Promise.all(
    ids.map((id) =>
      database.transaction(async (tx) => {
        const previousSeal = await clips.lastSeal(tx);
        await clips.update(
          tx,
          aClip(id),
          {
            state: 'sealed',
            sha256: id.repeat(32),
            bytes: 3_000_000_000,
            previousSeal,
            seal: `seal-${id}`,
            sealedAtMs: noonMs,
          },
          change,
        );
      }),
    ),
  );
  const chain = await clips.seals(database);
  expect(chain).toHaveLength(4);
  expect(chain.map((clip) => clip.previousSeal)).toEqual([null, ...chain.slice(0, -1).map((clip) => clip.seal)]);
  expect(chain[0]?.bytes).toBe(3_000_000_000);
  await expect(
    database.transaction((tx) => clips.update(tx, aClip('c1'), { detail: 'late' }, change)),
  ).rejects.toMatchObject({ code: 'INCIDENT_CHANGED' });
});

test('custody is a chain of hashes for each clip', async () => {
  const database = await testDatabase();
  await opened(database, 'i1');
  await database.transaction((tx) => clips.plan(tx, aClip('c1')));
  const row = {
    atMs: noonMs,
    who: 'person-anna',
    role: 'police_reviewer',
    act: 'viewed',
    purpose: 'waste_violation',
    clipId: ClipId.parse('c1'),
    objectSha256: 'a'.repeat(64),
  } as const;
  await Promise.all(
    [1, 2, 3, 4, 5].map((i) => database.transaction((tx) => clips.appendCustody(tx, { ...row, atMs: noonMs + i }))),
  );
  const rows = await clips.custodyOf(database, 'c1');
  expect(rows.map((one) => one.previous)).toEqual(['', ...rows.slice(0, -1).map((one) => one.hash)]);
  for (const { hash, ...rest } of rows) expect(clips.custodyHash(rest)).toBe(hash);
  await expect(
    database.transaction((tx) => clips.appendCustody(tx, { ...row, clipId: ClipId.parse('c9') })),
  ).rejects.toMatchObject({ code: 'CLIP_UNKNOWN' });
  const { sql } = await import('#store');
  await expect(database.run(sql`update custody set who = 'nobody'`)).rejects.toThrow(/permission denied/);
});

test('violations are numbered by year without gaps', async () => {
  const database = await testDatabase();
  await opened(database, 'i1');
  await database.transaction((tx) => clips.plan(tx, aClip('c1')));
  await expect(
    database.transaction(async (tx) => {
      await clips.nextViolationNumber(tx, 2026);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  const made = await database.transaction(async (tx) => {
    const violation = Violation.omit({ version: true }).parse({
      id: ViolationId.parse('v1'),
      number: await clips.nextViolationNumber(tx, 2026),
      incidentId: 'i1',
      clipId: 'c1',
      state: 'draft',
      version: 1,
      track: 'officer',
      articleId: null,
      chosenBy: null,
      createdAtMs: noonMs,
      mark: null,
      note: '',
    });
    return clips.insertViolation(tx, violation, change);
  });
  expect(made.number).toBe('A-2026-000001');
  const reviewed = await database.transaction((tx) =>
    clips.updateViolation(tx, made, { state: 'first_review' }, change),
  );
  expect(await clips.violations(database)).toEqual([reviewed]);
  expect(await database.transaction((tx) => clips.nextViolationNumber(tx, 2026))).toBe('A-2026-000002');
  expect(await database.transaction((tx) => clips.nextViolationNumber(tx, 2027))).toBe('A-2027-000001');
});

test('the counts are those of the rows', async () => {
  const database = await testDatabase();
  const late = await opened(database, 'a');
  await opened(database, 'b', { severity: 'S4', state: 'confirmed', decidedAtMs: noonMs });
  await opened(database, 'c', { state: 'closed', closedAtMs: noonMs });
  await database.transaction((tx) => tasks.insert(tx, aTask('t1', late, { fixByMs: noonMs - 1 }), change));
  expect(await stats.counts(database, noonMs)).toEqual({
    byState: [
      { state: 'confirmed', n: 1 },
      { state: 'pending_review', n: 1 },
    ],
    bySeverity: [
      { severity: 'S4', n: 1 },
      { severity: 'S2', n: 1 },
    ],
    byDistrict: [{ district: 'esil', hazard: 'snow', n: 2, late: 1 }],
    cameras: { all: 0, ok: 0, silent: 0 },
    raisedToday: 3,
    decidedToday: 1,
    closedToday: 1,
    waiting: 1,
    oldestWaitingAtMs: noonMs,
    tasksOpen: 1,
    tasksLate: 1,
  });
  expect(await stats.incidentDays(database, noonMs - 1, noonMs + 1, 'Asia/Almaty')).toEqual([
    { day: '2026-11-22', hazard: 'snow', raised: 3, confirmed: 1, rejected: 0 },
  ]);
});

test('the server says what it is', async () => {
  const facts = await stats.server(await testDatabase());
  expect(facts.version).toMatch(/^\d+[.]/);
  expect(facts.bytes).toBeGreaterThan(1_000_000);
  // The server of the tests does not wait for the disk.
  expect(facts.isDurable).toBe(false);
});
