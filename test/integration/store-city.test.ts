// Cameras, agencies, dated rows, people and marks, as they come back from the database.
import { expect, test } from 'vitest';
import type { Agency } from '#core/agency';
import { Camera } from '#core/camera';
import { PersonId } from '#core/ids';
import { Article, Holiday, Policy, RoutingRule } from '#core/policy';
import { agencies, audit, cameras, marks, people, rules, weather, feed } from '#store';
import { testDatabase } from '../support/database.ts';
import { aCamera, anAgency, aPerson, anIncident } from './store-builders.ts';

const nowMs = Date.UTC(2026, 10, 22, 6);

test('a list of cameras comes back as it was given, and says what was different', async () => {
  const database = await testDatabase();
  const first = [aCamera('101'), aCamera('102', { watch: true }), aCamera('103', { zones: [] })];
  const told = await database.transaction((tx) => cameras.replace(tx, first));
  expect(told).toEqual({ added: ['101', '102', '103'], changed: [], removed: [] });
  expect(await cameras.all(database)).toEqual(first);

  const second = [aCamera('101'), aCamera('102', { watch: true, heightM: 12 }), aCamera('104')];
  expect(await database.transaction((tx) => cameras.replace(tx, second))).toEqual({
    added: ['104'],
    changed: ['102'],
    removed: ['103'],
  });
  expect(await cameras.byId(database, '102')).toEqual(second[1]);
  expect(await cameras.byId(database, '103')).toBeUndefined();
});

test('every optional thing of a camera survives', async () => {
  const database = await testDatabase();
  const [zone] = aCamera('1').zones;
  const whole = Camera.parse({
    ...aCamera('1'),
    rtsp: 'rtsp://10.0.0.1/main',
    subRtsp: 'rtsp://10.0.0.1/sub',
    snapshot: 'http://10.0.0.1/now.jpg',
    credential: 'north',
    nearSensitive: true,
    tiltDeg: 21.5,
    aspect: 1.5,
    ladder: [
      { y: 0.9, distanceM: 6 },
      { y: 0.4, distanceM: 25.5 },
    ],
    zones: [{ ...zone, owner: 'vodokanal', areaM2: 18.5, district: 'nura' }],
  });
  await database.transaction((tx) => cameras.upsert(tx, whole));
  expect(await cameras.byId(database, '1')).toEqual(whole);
});

test('a camera that was never planned is due at once, a watched one never', async () => {
  const database = await testDatabase();
  await database.transaction((tx) => cameras.replace(tx, [aCamera('1'), aCamera('2'), aCamera('3', { watch: true })]));
  expect((await cameras.due(database, nowMs, 10)).map((row) => row.cameraId)).toEqual(['1', '2']);

  await database.transaction((tx) =>
    cameras.planned(tx, [
      { cameraId: '1', dueAtMs: nowMs, nextDueAtMs: nowMs + 60_000 },
      { cameraId: '2', dueAtMs: nowMs, nextDueAtMs: nowMs + 90_000 },
      { cameraId: 'gone', dueAtMs: nowMs, nextDueAtMs: nowMs + 90_000 },
    ]),
  );
  expect(await cameras.due(database, nowMs + 59_999, 10)).toEqual([]);
  expect(await cameras.due(database, nowMs + 90_000, 10)).toEqual([
    { cameraId: '1', dueAtMs: nowMs + 60_000, watch: false },
    { cameraId: '2', dueAtMs: nowMs + 90_000, watch: false },
  ]);
  expect(await cameras.due(database, nowMs + 90_000, 1)).toHaveLength(1);
});

test('looking sooner never makes a look later', async () => {
  const database = await testDatabase();
  await database.transaction((tx) => cameras.replace(tx, [aCamera('1')]));
  await database.transaction((tx) =>
    cameras.planned(tx, [{ cameraId: '1', dueAtMs: nowMs, nextDueAtMs: nowMs + 60_000 }]),
  );
  await database.transaction((tx) => cameras.lookSooner(tx, '1', nowMs + 5_000, 'after a verdict'));
  await database.transaction((tx) => cameras.lookSooner(tx, '1', nowMs + 30_000, 'later'));
  expect(await cameras.due(database, nowMs + 5_000, 10)).toEqual([
    { cameraId: '1', dueAtMs: nowMs + 5_000, watch: false },
  ]);
  await expect(database.transaction((tx) => cameras.lookSooner(tx, 'x', nowMs, ''))).rejects.toMatchObject({
    code: 'CAMERA_UNKNOWN',
  });
});

test('agencies and their things come back, and what is near is found by metres', async () => {
  const database = await testDatabase();
  const list: Agency[] = [
    anAgency('akimat-esil'),
    anAgency('vodokanal', { ways: ['page', 'webhook'], webhook: 'https://example.kz/in' }),
  ];
  await database.transaction((tx) => agencies.replace(tx, list));
  expect(await agencies.all(database)).toEqual(list);
  await database.transaction((tx) => agencies.replace(tx, list.slice(1)));
  expect(await agencies.byId(database, 'akimat-esil')).toBeUndefined();

  const vodokanal = list[1]?.id ?? anAgency('vodokanal').id;
  const thing = { kind: 'cover', owner: vodokanal, validFrom: '2024-01-01' };
  await database.transaction((tx) =>
    agencies.replaceAssets(tx, [
      { ...thing, id: 'far', point: { lon: 71.43, lat: 51.1285 } },
      { ...thing, id: 'near', point: { lon: 71.4301, lat: 51.128 }, validTo: '2026-01-01' },
    ]),
  );
  const here = { lon: 71.43, lat: 51.128 };
  expect((await agencies.assetsNear(database, here, 10)).map((a) => a.id)).toEqual(['near']);
  expect((await agencies.assetsNear(database, here, 100)).map((a) => a.id)).toEqual(['near', 'far']);
  expect((await agencies.assets(database)).find((a) => a.id === 'near')?.validTo).toBe('2026-01-01');
});

test('dated rows come back as they were given, and every published set stays readable', async () => {
  const database = await testDatabase();
  const dated = { validFrom: '2025-10-15', source: 'product', certainty: 'low' } as const;
  const texts = { kk: 'а', ru: 'б', en: 'c' };
  const policy = Policy.parse({
    ...dated,
    id: 'p1',
    hazard: 'snow',
    event: 'end_of_snowfall',
    clock: '24x7',
    acceptH: 1,
    fixH: 8,
    makeSafeH: 2.5,
  });
  const rule = RoutingRule.parse({
    ...dated,
    id: 'r1',
    priority: 5,
    hazard: 'snow',
    primary: 'akimat-esil',
    copy: ['control'],
    severityMin: 'S2',
  });
  const article = Article.parse({
    ...dated,
    id: '434-2',
    title: texts,
    test: texts,
    fine: texts,
    whoDrawsUp: texts,
    hazards: ['dumping'],
    validTo: '2027-01-01',
  });
  const holiday = Holiday.parse({
    date: '2026-12-16',
    kind: 'holiday',
    nameKk: 'Тәуелсіздік күні',
    nameRu: 'День независимости',
    certainty: 'high',
  });
  await database.transaction(async (tx) => {
    await rules.replacePolicies(tx, [policy], 'anna');
    await rules.replaceRouting(tx, [rule], 'anna');
    await rules.replaceArticles(tx, [article], 'anna');
    await rules.replaceHolidays(tx, [holiday], 'anna');
  });
  expect(await rules.policies(database)).toEqual([policy]);
  expect(await rules.routing(database)).toEqual([rule]);
  expect(await rules.articles(database)).toEqual([article]);
  expect(await rules.holidays(database)).toEqual([holiday]);
  await database.transaction((tx) => rules.replacePolicies(tx, [], 'berik'));
  expect(await rules.policies(database)).toEqual([]);
  expect((await rules.versions(database, 'policy', 10)).map((v) => [v.author, v.rows.length])).toEqual([
    ['berik', 0],
    ['anna', 1],
  ]);
});

test('a session ends at its moment, with its person, and with another password', async () => {
  const database = await testDatabase();
  const person = { ...aPerson('aigerim'), bounds: null };
  await database.transaction((tx) => people.insert(tx, person, 'hash'));
  expect(await people.count(database)).toBe(1);
  expect(await people.byLogin(database, 'aigerim')).toEqual({ ...person, passwordHash: 'hash' });
  const session = { tokenHash: 't', personId: person.id, csrf: 'c', expiresAtMs: nowMs + 1000, userAgent: 'test' };
  await database.transaction((tx) => people.createSession(tx, session));
  expect((await people.sessionByHash(database, 't', nowMs))?.person).toEqual(person);
  expect(await people.sessionByHash(database, 't', nowMs + 1000)).toBeUndefined();
  await database.transaction((tx) => people.update(tx, { ...person, active: false }));
  expect(await people.sessionByHash(database, 't', nowMs)).toBeUndefined();
});

test('wrong passwords are counted by login and time, and forgotten after the right one', async () => {
  const database = await testDatabase();
  await database.transaction(async (tx) => {
    await people.recordFailure(tx, 'a', nowMs - 60_000);
    await people.recordFailure(tx, 'a', nowMs);
    await people.recordFailure(tx, 'b', nowMs);
  });
  expect(await people.failures(database, 'a', nowMs - 1000)).toBe(1);
  expect(await people.failures(database, 'a', 0)).toBe(2);
  await database.transaction((tx) => people.forgetFailures(tx, 'a'));
  expect(await people.failures(database, 'a', 0)).toBe(0);
  expect(await people.failures(database, 'b', 0)).toBe(1);
});

test('marks and beats keep their last value', async () => {
  const database = await testDatabase();
  expect(await marks.get(database, 'city')).toBeUndefined();
  await marks.set(database, 'city', { hash: 'a' });
  await marks.set(database, 'city', ['b']);
  expect(await marks.get(database, 'city')).toEqual(['b']);
  await marks.beat(database, 'judge:7', nowMs, { pid: 7 });
  await marks.beat(database, 'judge:7', nowMs + 5, { pid: 7, rssMiB: 90 });
  expect(await marks.beats(database)).toEqual([{ process: 'judge:7', atMs: nowMs + 5, facts: { pid: 7, rssMiB: 90 } }]);
});

test('the last weather of a district and the end of its snowfall are known', async () => {
  const database = await testDatabase();
  const reading = {
    district: 'esil',
    atMs: nowMs,
    temperatureC: -7.5,
    rainMmH: 0,
    snowfallCmH: 1.5,
    snowDepthM: 0.25,
    windMS: 4,
    isDay: true,
    source: 'test',
  };
  await database.transaction((tx) =>
    weather.save(tx, [reading, { ...reading, atMs: nowMs - 3_600_000, temperatureC: -9 }]),
  );
  await database.transaction((tx) => weather.save(tx, [{ ...reading, temperatureC: -8 }]));
  expect(await weather.latest(database)).toEqual([{ ...reading, temperatureC: -8 }]);
  const snowfall = { district: 'esil', startedAtMs: nowMs - 7_200_000, endedAtMs: null, source: 'test' };
  await database.transaction((tx) => weather.saveSnowfall(tx, snowfall));
  await database.transaction((tx) => weather.saveSnowfall(tx, { ...snowfall, endedAtMs: nowMs }));
  expect(await weather.snowfalls(database)).toEqual([{ ...snowfall, endedAtMs: nowMs }]);
});

test('the application may add to the audit, but not change or take away', async () => {
  const database = await testDatabase();
  await database.transaction((tx) =>
    audit.write(tx, {
      atMs: nowMs,
      actor: 'anna',
      act: 'looked',
      objectKind: 'clip',
      objectId: 'c1',
      facts: { purpose: 'audit' },
    }),
  );
  expect(await audit.of(database, 'clip', 'c1')).toEqual([
    {
      number: 1,
      atMs: nowMs,
      actor: 'anna',
      act: 'looked',
      objectKind: 'clip',
      objectId: 'c1',
      facts: { purpose: 'audit' },
    },
  ]);
  const { sql } = await import('#store');
  await expect(database.run(sql`delete from audit`)).rejects.toThrow(/permission denied/);
  await expect(database.run(sql`update audit set actor = 'nobody'`)).rejects.toThrow(/permission denied/);
  await expect(database.run(sql`create table mine (id text)`)).rejects.toThrow(/permission denied/);
  expect(await feed.last(database)).toBe(0);
});

// Kept here so that the builders stay honest: they make what core accepts.
test('the builders make what core accepts', () => {
  expect(PersonId.parse(aPerson('xenia').id)).toBe('person-xenia');
  expect(anIncident('i1').state).toBe('pending_review');
});
