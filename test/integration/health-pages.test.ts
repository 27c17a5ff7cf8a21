// What the health page, the wall and a camera's page are told: coverage, the whole site, blind cameras, facts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { silentLog } from '#core/log';
import { Settings } from '#config';
import { cameraHealth, cameras, cover, looks, marks, siteIncidents, sql } from '#store';
import { tellBlind } from '../../ingest/health-notices.ts';
import { openStand, Seat, type Stand } from './dashboard-stand.ts';
import { aLook } from './store-builders.ts';

let stand: Stand;
let id = '';
const nowMs = systemClock.nowMs();

beforeAll(async () => {
  stand = await openStand();
  const { database } = stand;
  const [camera] = await cameras.all(database);
  id = camera?.id ?? '';
  for (let n = 0; n < 5; n++) {
    const given = aLook(id, nowMs - 180_000 + n * 10_000, [{ hazard: 'snow', word: n < 2 ? 'clear' : 'cannot-see' }]);
    const outcome = n < 2 ? given.outcome : ({ kind: 'unseen', state: 'frozen', detail: 'the same picture' } as const);
    await looks.save(database, { ...given, outcome }, { judgeAll: false, signs: { keyWaitMs: 2000 } });
  }
  const hourMs = cover.hourOf(nowMs);
  await database.transaction(async (tx) => {
    for (const hazard of [cover.allLooks, 'snow'])
      await cover.add(tx, [{ hourMs, hazard, put: 90, shed: 8, missed: 2 }]);
    await tx.run(sql`update look_cover set done = 90, seen = 80`);
    await siteIncidents.note(tx, { kind: 'database', sinceMs: nowMs - 60_000, atMs: nowMs, cameras: 0, detail: '12' });
    await marks.set(tx, 'ingest.load', {
      atMs: nowMs,
      putPerMinute: 0,
      shedPerMinute: 8,
      missedPerMinute: 0,
      needPerMinute: 100,
      waiting: 0,
      active: 0,
      lateS: 0,
    });
  });
  const { ingest } = Settings.parse({});
  await tellBlind({ database, clock: systemClock, log: silentLog, settings: ingest });
}, 300_000);

afterAll(() => stand.close());

test('the health page is told what was due and done, what was left out, and what holds the site up', async () => {
  const seat = await stand.seat('shift-lead');
  const health = await seat.ask('health', {});
  expect(health.today.map(({ hazard, due, done, share }) => ({ hazard, due, done, share }))).toEqual([
    { hazard: null, due: 100, done: 90, share: 0.9 },
    { hazard: 'snow', due: 100, done: 90, share: 0.9 },
  ]);
  expect(health.hours).toMatchObject([{ due: 100, shed: 8, missed: 2, seen: 80 }]);
  expect(health.load?.shedPerMinute).toBe(8);
  expect(health.site).toMatchObject([{ kind: 'database', detail: '12', untilMs: null }]);
  expect(health.blind).toEqual([{ state: 'frozen', n: 1, inSite: 0 }]);
  expect(health.notices).toMatchObject([{ cameraId: id, state: 'frozen', untilMs: null, isPartOfSite: false }]);
});

test('the wall and the desk say the coverage, the blind cameras and the trouble of the site', async () => {
  for (const [login, route] of [
    ['operator', 'desk'],
    ['wall', 'wall'],
  ] as const) {
    const seat = await stand.seat(login);
    const { life } = await seat.ask(route, {});
    expect(life).toMatchObject({ coverage: 0.9, blind: 1, site: [{ kind: 'database' }] });
  }
});

test('a camera tells its facts: a frozen picture is not online, and each hazard has its last good look', async () => {
  const seat = await stand.seat('operator');
  const view = await seat.ask('cameraHealth', { params: { id } });
  expect(view.online).toBe(false);
  expect(view.blindSinceMs).not.toBeNull();
  const fact = (name: string) => view.facts.find((one) => one.name === name);
  expect(fact('frozen')).toMatchObject({ word: 'bad', isDoubted: false });
  expect(fact('reachable')).toMatchObject({ word: 'good' });
  expect(fact('key-interval')).toMatchObject({ word: 'good', value: 2 });
  const good = new Map(view.good.map((one) => [one.hazard, one.atMs]));
  expect(good.get('snow')).not.toBeNull();
  expect(good.get('flooding')).toBeNull();
  expect(view.notices).toHaveLength(1);
  expect((await seat.send('GET', '/api/cameras/nobody/health')).status).toBe(404);

  // Looks take one picture each and know no rate; a stream that is read for long tells it beside what the camera had.
  expect(fact('bit-rate')).toBeUndefined();
  for (const [n, bitsPerS] of [2e6, 2e6, 3e5, 3e5, 3e5].entries())
    await stand.database.transaction((tx) =>
      cameraHealth.learnSigns(tx, id, nowMs + n * 30_000, { bitsPerS, missingPct: n < 2 ? 0 : 40 }),
    );
  const { facts } = await seat.ask('cameraHealth', { params: { id } });
  const measured = new Map(facts.map((one) => [one.name, one]));
  const sinceMs = nowMs + 60_000;
  expect(measured.get('bit-rate')).toMatchObject({ word: 'bad', sinceMs, value: 3e5, usual: 2e6 });
  expect(measured.get('pictures')).toMatchObject({ word: 'bad', sinceMs, value: 40 });
  expect(measured.get('frozen')).toMatchObject({ word: 'bad' });
  const lead = await stand.seat('shift-lead');
  const bad = { cameraId: id, sinceMs };
  expect((await lead.ask('health', {})).measured).toMatchObject([
    { ...bad, fact: 'bit-rate', value: 3e5 },
    { ...bad, fact: 'pictures', value: 40 },
  ]);
});

test('who may not see the system is not told of it', async () => {
  const seat = await stand.seat('operator');
  expect((await seat.send('GET', '/api/health')).status).toBe(403);
  expect((await new Seat(stand.dashboard.url).send('GET', '/api/health')).status).toBe(401);
});
