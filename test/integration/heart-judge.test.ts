// From observations to incidents on a real database: raising, merging, silence, clocks, crashes.
import { expect, test } from 'vitest';
import { beliefs, cameraQuiet, cameras, feed, held, incidents, looks, sql } from '#store';
import { giveVerdict } from '#incidents';
import { aCity, aliya, judgeSettings, lead, startMs } from './heart-city.ts';

const noTasks = () => Promise.resolve([]);

test('three looks raise one incident, in the same step before people', async () => {
  const city = await aCity();
  const judge = await city.judge();
  await city.looks(judge, 1, 120, 'c1', 'road', 'flooding', 'clear');
  await city.looks(judge, 2, 200, 'c1', 'road', 'flooding', 'hazard');
  expect(await incidents.list(city.database, { limit: 10 })).toEqual([]);
  await city.looks(judge, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  const incident = await city.only();
  expect(incident).toMatchObject({
    state: 'pending_review',
    hazard: 'flooding',
    severity: 'S3',
    district: 'esil',
    cameraId: 'c1',
  });
  expect(incident.why).toMatchObject({ looks: 3, hazardLooks: 3, rule: 'flooding.persistence' });
  expect(incident.beforeSha256).toBe('still-1');
  expect(incident.raisedAtMs).toBe(incident.openedAtMs);
  expect((await incidents.history(city.database, incident.id)).map((c) => c.to)).toEqual([
    'candidate',
    'pending_review',
  ]);
  expect(await looks.inboxLength(city.database)).toBe(0);
  expect(await feed.last(city.database)).toBeGreaterThan(0);
});

test('a suspicion asks the camera to look sooner', async () => {
  const city = await aCity();
  const judge = await city.judge();
  await city.looks(judge, 1, 0, 'c1', 'road', 'flooding', 'hazard');
  const due = await cameras.due(city.database, startMs + 86_400_000, 10);
  expect(due.find((row) => row.cameraId === 'c1')).toMatchObject({ dueAtMs: startMs + 45_000 });
});

test('a camera that sees the same place gives its view once', async () => {
  const city = await aCity();
  const judge = await city.judge();
  await city.looks(judge, 4, 200, 'c1', 'road', 'flooding', 'hazard');
  await city.looks(judge, 6, 200, 'c2', 'road', 'flooding', 'hazard');
  const target = await city.only();
  const merged = await incidents.list(city.database, { states: ['merged'], limit: 10 });
  expect(merged).toEqual([expect.objectContaining({ cameraId: 'c2', mergedInto: target.id })]);
  // A judge that starts anew remembers the view from the rows.
  const second = await city.judge();
  await city.looks(second, 3, 200, 'c2', 'road', 'flooding', 'hazard');
  expect(await incidents.list(city.database, { states: ['merged'], limit: 10 })).toHaveLength(1);
});

test('a judge whose database connection dies in the middle of a batch leaves nothing half done', async () => {
  const city = await aCity();
  const judge = await city.judge();
  await city.looks(judge, 2, 200, 'c1', 'road', 'flooding', 'hazard');
  const dying = await city.judge({
    afterChange: async (tx) => {
      await tx.run(sql`select pg_terminate_backend(pg_backend_pid())`);
    },
  });
  await city.see('c1', 'road', 'flooding', 'hazard');
  await expect(dying.judgeInbox()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  expect(await incidents.list(city.database, { limit: 10 })).toEqual([]);
  expect(await looks.inboxLength(city.database)).toBe(1);
  const next = await city.judge();
  expect(await next.judgeInbox()).toBe(1);
  expect((await city.only()).state).toBe('pending_review');
});

test('what cannot be judged is put aside and the rest is judged', async () => {
  const city = await aCity();
  let seen = 0;
  const judge = await city.judge({
    afterChange: (_, incident) => {
      seen += 1;
      return incident.hazard === 'open-manhole' ? Promise.reject(new Error('poison')) : Promise.resolve();
    },
  });
  for (let n = 0; n < 3; n++) {
    await city.see('c1', 'lid', 'open-manhole', 'hazard', { sub: 'missing' });
    await city.see('c1', 'road', 'flooding', 'hazard');
    city.clock.advance(200_000);
  }
  await judge.judgeInbox();
  expect((await city.only()).hazard).toBe('flooding');
  expect(seen).toBeGreaterThan(0);
  expect(await looks.inboxLength(city.database)).toBe(0);
});

test('a belief is written with the incident', async () => {
  const city = await aCity();
  const judge = await city.judge();
  await city.looks(judge, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  const key = { cameraId: 'c1', zoneId: 'road', hazard: 'flooding' };
  const held = (await beliefs.load(city.database, [key])).get(beliefs.keyOf(key));
  expect(held).toMatchObject({ entries: [{ word: 'hazard' }, { word: 'hazard' }, { word: 'hazard' }] });
});

test('water that went before anybody looked leaves the queue with a trace', async () => {
  const city = await aCity();
  const judge = await city.judge();
  await city.looks(judge, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  await city.looks(judge, 4, 301, 'c1', 'road', 'flooding', 'clear');
  const incident = await city.only();
  expect(incident).toMatchObject({ state: 'self_cleared' });
  expect((await incidents.history(city.database, incident.id)).at(-1)).toMatchObject({
    reason: 'clear looks',
    actor: 'judge',
  });
});

test('S3 waits ten minutes for a verdict, then the shift lead has it', async () => {
  const city = await aCity();
  const judge = await city.judge();
  await city.looks(judge, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  await judge.tick();
  expect((await city.only()).state).toBe('pending_review');
  city.clock.advance(600_000);
  await judge.tick();
  expect((await city.only()).state).toBe('escalated');
});

test('after a rejection the place is silent until it was seen clear, then speaks again', async () => {
  const city = await aCity();
  const judge = await city.judge();
  await city.looks(judge, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  const first = await city.only();
  const verdict = {
    id: 'reject-01',
    kind: 'reject' as const,
    incidentId: first.id,
    version: first.version,
    reason: 'reflection' as const,
  };
  await city.database.transaction((tx) =>
    giveVerdict(tx, { verdict, person: aliya, clock: city.clock, settings: judgeSettings, openTasks: noTasks }),
  );
  await city.looks(judge, 10, 200, 'c1', 'road', 'flooding', 'hazard');
  expect((await city.only()).state).toBe('rejected');
  city.clock.advance(240 * 60_000);
  await city.looks(judge, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  expect((await city.only()).state).toBe('rejected');
  await city.looks(judge, 1, 200, 'c1', 'road', 'flooding', 'clear');
  await city.looks(judge, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  expect((await incidents.list(city.database, { limit: 10 })).map((i) => i.state).sort()).toEqual([
    'pending_review',
    'rejected',
  ]);
});

test('a hazard that is put off at a camera is held and listed, and is raised when the time is over', async () => {
  const city = await aCity();
  const judge = await city.judge();
  const by = { actor: 'aliya', atMs: startMs, reason: 'a planned wash', untilMs: startMs + 1500 * 1000 };
  await city.database.transaction((tx) => cameraQuiet.putOff(tx, [{ cameraId: 'c1', hazard: 'flooding' }], by));
  await city.looks(judge, 5, 200, 'c1', 'road', 'flooding', 'hazard');
  expect(await incidents.list(city.database, { limit: 10 })).toEqual([]);
  const rules = (await held.list(city.database, { sinceMs: 0, limit: 10 })).map(({ rule }) => rule);
  expect(rules).toContain('put-off');
  await city.looks(judge, 4, 200, 'c1', 'road', 'flooding', 'hazard');
  expect(await city.only()).toMatchObject({ cameraId: 'c1', hazard: 'flooding', state: 'pending_review' });
});

test('a shelved incident comes back when its time is over', async () => {
  const city = await aCity();
  const judge = await city.judge();
  await city.looks(judge, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  const first = await city.only();
  const shelve = {
    id: 'shelve-01',
    kind: 'shelve' as const,
    incidentId: first.id,
    version: first.version,
    minutes: 60,
    reason: 'pumps on the way',
  };
  await city.database.transaction((tx) =>
    giveVerdict(tx, { verdict: shelve, person: aliya, clock: city.clock, settings: judgeSettings, openTasks: noTasks }),
  );
  await judge.tick();
  expect((await city.only()).state).toBe('shelved');
  city.clock.advance(3_600_000);
  await judge.tick();
  expect((await city.only()).state).toBe('pending_review');
});

test('an operator shelves for four hours at most, the shift lead for a day', async () => {
  const city = await aCity();
  const judge = await city.judge();
  await city.looks(judge, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  const first = await city.only();
  const give = (person: typeof aliya, minutes: number) =>
    city.database.transaction((tx) =>
      giveVerdict(tx, {
        verdict: {
          id: `shelve-${minutes}-${person.id}`,
          kind: 'shelve',
          incidentId: first.id,
          version: first.version,
          minutes,
          reason: 'works',
        },
        person,
        clock: city.clock,
        settings: judgeSettings,
        openTasks: noTasks,
      }),
    );
  await expect(give(aliya, 241)).rejects.toMatchObject({ code: 'AUTH_DENIED' });
  await expect(give(lead, 1441)).rejects.toMatchObject({ code: 'AUTH_DENIED' });
  expect((await give(lead, 1440)).incident.state).toBe('shelved');
});

test('alarms beyond the budget wait as candidates and come when it is free; S4 never waits', async () => {
  const city = await aCity();
  const judge = await city.judge({ settings: { ...judgeSettings, alarmsPer10Min: 1 } });
  for (let n = 0; n < 3; n++) {
    await city.see('c1', 'road', 'flooding', 'hazard');
    city.clock.advance(1);
    await city.see('c3', 'ravine', 'dumping', 'hazard', { sub: 'heap_only' });
    await city.see('c1', 'lid', 'open-manhole', 'hazard', { sub: 'missing' });
    await judge.judgeInbox();
    city.clock.advance(900_000);
  }
  city.clock.advance(-900_000);
  const states = async () =>
    Object.fromEntries((await incidents.list(city.database, { limit: 10 })).map((i) => [i.hazard, i.state]));
  expect(await states()).toEqual({ flooding: 'pending_review', 'open-manhole': 'candidate', dumping: 'candidate' });
  city.clock.advance(599_000);
  await judge.tick();
  expect(await states()).toMatchObject({ 'open-manhole': 'candidate' });
  city.clock.advance(2_000);
  await judge.tick();
  // The graver one first; the heap has to wait for the next free place.
  expect(await states()).toMatchObject({ 'open-manhole': 'pending_review', dumping: 'candidate' });
});

test('two judges at once judge each observation once', async () => {
  const city = await aCity();
  const [one, two] = [await city.judge(), await city.judge()];
  for (let n = 0; n < 6; n++) {
    await city.see('c1', 'road', 'flooding', 'hazard');
    await Promise.all([one.judgeInbox(), two.judgeInbox()]);
    city.clock.advance(200_000);
  }
  while ((await one.judgeInbox()) + (await two.judgeInbox()) > 0);
  expect((await city.only()).state).toBe('pending_review');
});

test('observations of a camera that is gone are let go', async () => {
  const city = await aCity();
  const judge = await city.judge();
  await city.see('c1', 'no-such-zone', 'flooding', 'hazard');
  expect(await judge.judgeInbox()).toBe(1);
  expect(await looks.inboxLength(city.database)).toBe(0);
});

test('of several zones of one camera the plainest stands for the incident', async () => {
  const city = await aCity();
  const camera = await cameras.byId(city.database, 'c1');
  const [road, ...rest] = camera?.zones ?? [];
  if (!camera || !road) throw new Error('no camera');
  await city.database.transaction((tx) =>
    cameras.upsert(tx, { ...camera, zones: [road, { ...road, id: 'crossing', kind: 'crossing' }, ...rest] }),
  );
  const judge = await city.judge();
  for (let n = 0; n < 3; n++) {
    await city.see('c1', 'crossing', 'flooding', 'hazard', { level: 0.82 });
    await city.see('c1', 'road', 'flooding', 'hazard', { level: 0.97 });
    await judge.judgeInbox();
    city.clock.advance(100_000);
  }
  expect(await city.only()).toMatchObject({ zoneId: 'road', level: 0.97, state: 'pending_review' });
});
