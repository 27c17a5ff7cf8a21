// Many incidents of one cause become one line for people, the critical ones stay single, and all that was held can be listed.
import { expect, test } from 'vitest';
import { Camera } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import { decideMass, giveVerdict, takeBackMass, type Judge } from '#incidents';
import { cameras, held, incidents, mass, tasks, weather } from '#store';
import { waysOf } from '#tasks';
import { aCity, aliya, judgeSettings, lead, serik, startMs, type City } from './heart-city.ts';

const square: [number, number][] = [
  [0.1, 0.5],
  [0.9, 0.5],
  [0.9, 0.9],
  [0.1, 0.9],
];

/** Cameras a kilometre apart, each with a road, an underpass and a cover. */
const street = (n: number): Camera[] =>
  Array.from({ length: n }, (_, i) =>
    Camera.parse({
      id: `s${i}`,
      name: { kk: `S${i}`, ru: `S${i}`, en: `S${i}` },
      point: { lon: 71.3 + 0.015 * (i % 20), lat: 51 + 0.01 * Math.floor(i / 20) },
      district: 'esil',
      zones: [
        { id: 'road', kind: 'carriageway', polygon: square, hazards: ['flooding', 'snow'], streetClass: 'V' },
        { id: 'under', kind: 'underpass', polygon: square, hazards: ['flooding'], streetClass: 'V' },
        { id: 'lid', kind: 'manhole', polygon: square, hazards: ['open-manhole'], streetClass: 'V' },
      ],
    }),
  );

async function aStreet(n: number): Promise<{ city: City; judge: Judge }> {
  const city = await aCity();
  await city.database.transaction((tx) => cameras.replace(tx, street(n)));
  return { city, judge: await city.judge() };
}

async function rain(city: City): Promise<void> {
  await city.database.transaction((tx) =>
    weather.save(tx, [
      {
        district: 'esil',
        atMs: city.clock.nowMs(),
        temperatureC: 12,
        rainMmH: 6,
        snowfallCmH: 0,
        snowDepthM: 0,
        windMS: 3,
        isDay: true,
        source: 'test',
      },
    ]),
  );
}

/** Three looks at each camera, three minutes in all. */
async function allSee(
  city: City,
  judge: Judge,
  ids: readonly string[],
  zone: string,
  hazard: HazardName,
): Promise<void> {
  for (let n = 0; n < 3; n++) {
    for (const id of ids) await city.see(id, zone, hazard, 'hazard');
    while ((await judge.judgeInbox()) > 0);
    city.clock.advance(91_000);
  }
  city.clock.advance(-91_000);
}

const range = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `s${from + i}`);
const states = async (city: City) => {
  const all = await incidents.list(city.database, { limit: 100 });
  const count: Record<string, number> = {};
  for (const { state } of all) count[state] = (count[state] ?? 0) + 1;
  return count;
};

test('each rejection in a row doubles the pause of its newcomers, a confirmation ends the row', async () => {
  const { city, judge } = await aStreet(9);
  await rain(city);
  await allSee(city, judge, range(0, 5), 'road', 'flooding');
  const pauseMin = async (kind: 'confirm' | 'reject'): Promise<number> => {
    const [one] = await mass.open(city.database);
    if (!one) throw new Error('no mass incident');
    const decision = kind === 'confirm' ? { kind } : { kind, reason: 'wet_asphalt' as const };
    const common = { massId: one.id, version: one.version, decision, person: aliya };
    const after = await city.database.transaction((tx) =>
      decideMass(tx, { ...common, clock: city.clock, settings: judgeSettings }),
    );
    const pauseMs = (after.mass.quietUntilMs ?? 0) - city.clock.nowMs() - judgeSettings.undoS * 1000;
    return pauseMs / 60_000 / judgeSettings.massPauseMin;
  };
  const pauses: number[] = [];
  for (const kind of ['reject', 'reject', 'reject', 'confirm', 'reject'] as const) pauses.push(await pauseMin(kind));
  expect(pauses).toEqual([1, 2, 4, 1, 1]);
  const takeBack = async () => {
    const [one] = await mass.open(city.database);
    await city.database.transaction((tx) =>
      takeBackMass(tx, { massId: one?.id ?? '', person: aliya, clock: city.clock, settings: judgeSettings }),
    );
  };
  await takeBack();
  expect(await pauseMin('reject')).toBe(1);
});

test('what people rejected stays closed to its newcomers for the whole pause, and the next one of the same cause remembers it', async () => {
  const { city, judge } = await aStreet(20);
  await rain(city);
  await allSee(city, judge, range(0, 5), 'road', 'flooding');
  const reject = async (): Promise<void> => {
    const [one] = await mass.open(city.database);
    if (!one) throw new Error('no mass incident');
    const decision = { kind: 'reject', reason: 'wet_asphalt' } as const;
    await city.database.transaction((tx) =>
      decideMass(tx, {
        massId: one.id,
        version: one.version,
        decision,
        person: aliya,
        clock: city.clock,
        settings: judgeSettings,
      }),
    );
    city.clock.advance(judgeSettings.undoS * 1000 + 1);
    await judge.tick();
  };
  await reject();
  const before = await states(city);
  city.clock.advance((judgeSettings.massPauseMin - 10) * 60_000);
  await judge.tick();
  await rain(city);
  await allSee(city, judge, ['s5'], 'road', 'flooding');
  expect(await states(city)).toEqual(before);
  expect(await held.sums(city.database, startMs)).toContainEqual(expect.objectContaining({ rule: 'quiet' }));

  // Hours later it has ended; the next one of the same cause begins with what is known of it.
  city.clock.advance(3 * 3_600_000);
  await judge.tick();
  expect(await mass.open(city.database)).toEqual([]);
  await rain(city);
  await allSee(city, judge, range(6, 12), 'road', 'flooding');
  expect((await mass.open(city.database)).map(({ rejections }) => rejections)).toEqual([1]);
});

test('a cloudburst is one line: three singly, the rest as one, decided with one key and taken back with one', async () => {
  const { city, judge } = await aStreet(9);
  await rain(city);
  await allSee(city, judge, range(0, 3), 'road', 'flooding');
  expect(await mass.open(city.database)).toEqual([]);
  await allSee(city, judge, range(3, 8), 'road', 'flooding');
  const [one] = await mass.open(city.database);
  if (!one) throw new Error('no mass incident');
  expect(one).toMatchObject({ hazard: 'flooding', district: 'esil', cause: 'rain', severity: 'S3', version: 1 });
  expect(await states(city)).toEqual({ pending_review: 3, candidate: 5 });
  expect(await mass.counts(city.database)).toEqual([
    expect.objectContaining({ massId: one.id, members: 8, undecided: 8, cameras: 8 }),
  ]);
  expect(await held.sums(city.database, startMs)).toContainEqual({
    hazard: 'flooding',
    rule: 'group',
    episodes: 5,
    looks: 5,
    cameras: 5,
  });

  // An underpass is critical: never part of it, never hidden.
  await allSee(city, judge, ['s8'], 'under', 'flooding');
  const critical = (await incidents.list(city.database, { limit: 100 })).find((i) => i.cameraId === 's8');
  expect(critical).toMatchObject({ severity: 'S4', state: 'pending_review', massId: null });

  const decide = (version: number, person = aliya) =>
    city.database.transaction((tx) =>
      decideMass(tx, {
        massId: one.id,
        version,
        decision: { kind: 'confirm' },
        person,
        clock: city.clock,
        settings: judgeSettings,
      }),
    );
  const first = await decide(1);
  await expect(decide(1, serik)).rejects.toMatchObject({ code: 'INCIDENT_CHANGED' });
  await city.database.transaction((tx) =>
    takeBackMass(tx, { massId: one.id, person: aliya, clock: city.clock, settings: judgeSettings }),
  );
  await judge.tick();
  expect(await states(city)).toEqual({ pending_review: 4, candidate: 5 });

  await decide(first.mass.version + 1);
  await judge.tick();
  expect(await states(city)).toEqual({ pending_review: 4, candidate: 5 });
  city.clock.advance(10_001);
  await judge.tick();
  expect(await states(city)).toEqual({ pending_review: 1, confirmed: 8 });
  const members = (await incidents.list(city.database, { limit: 100 })).filter((i) => i.massId === one.id);
  for (const member of members) {
    expect(member.decidedBy).toBe('aliya');
    expect((await tasks.byIncident(city.database, member.id)).map((task) => task.agencyId)).toContain('drains');
  }
  const letters: string[] = [];
  const ways = waysOf({});
  const courier = city.courier({
    ...ways,
    email: {
      name: 'email',
      send: ({ letter }) => {
        letters.push(letter.text);
        return Promise.resolve({ kind: 'delivered', receipt: '250 ok' });
      },
    },
  });
  city.clock.advance(10_000);
  await courier.deliver(new AbortController().signal);
  expect(letters).toHaveLength(1);
  expect(letters[0]).toContain(`Массовый инцидент M${one.number}: вам поручено мест — 8`);
  await expect(
    city.database.transaction((tx) =>
      takeBackMass(tx, { massId: one.id, person: aliya, clock: city.clock, settings: judgeSettings }),
    ),
  ).rejects.toMatchObject({ code: 'MOVE_UNLAWFUL' });
});

test('a rejected mass incident stays silent for its pause, and what comes then asks again', async () => {
  const { city, judge } = await aStreet(8);
  await rain(city);
  await allSee(city, judge, range(0, 5), 'road', 'flooding');
  const [one] = await mass.open(city.database);
  if (!one) throw new Error('no mass incident');
  await city.database.transaction((tx) =>
    decideMass(tx, {
      massId: one.id,
      version: one.version,
      decision: { kind: 'reject', reason: 'wet_asphalt' },
      person: lead,
      clock: city.clock,
      settings: judgeSettings,
    }),
  );
  city.clock.advance(10_001);
  await judge.tick();
  expect(await states(city)).toEqual({ rejected: 5 });
  await allSee(city, judge, ['s5'], 'road', 'flooding');
  expect(await states(city)).toEqual({ rejected: 5 });
  expect(
    (await held.list(city.database, { sinceMs: startMs, cameraId: 's5', limit: 9 })).map((row) => row.rule),
  ).toEqual(['quiet']);
  city.clock.advance(31 * 60_000);
  await rain(city);
  await allSee(city, judge, ['s6'], 'road', 'flooding');
  expect(await states(city)).toEqual({ rejected: 5, candidate: 1 });
});

test('without a common cause it takes more than ten in ten minutes, and open covers are never hidden by snow', async () => {
  const { city, judge } = await aStreet(14);
  await allSee(city, judge, range(0, 10), 'road', 'flooding');
  expect(await mass.open(city.database)).toEqual([]);
  await allSee(city, judge, range(10, 13), 'road', 'flooding');
  expect(await mass.open(city.database)).toEqual([expect.objectContaining({ cause: 'many', hazard: 'flooding' })]);
  await allSee(city, judge, ['s13'], 'lid', 'open-manhole');
  const cover = (await incidents.list(city.database, { limit: 100 })).find((i) => i.hazard === 'open-manhole');
  expect(cover).toMatchObject({ massId: null, state: 'pending_review' });
});

test('snow of one snowfall is one line, and it ends when nothing of it is left', async () => {
  const { city, judge } = await aStreet(9);
  await city.database.transaction((tx) =>
    weather.saveSnowfall(tx, {
      district: 'esil',
      startedAtMs: startMs - 12 * 3_600_000,
      endedAtMs: startMs - 6 * 3_600_000,
      source: 'test',
    }),
  );
  for (let n = 0; n < 3; n++) {
    for (const id of range(0, 9)) await city.see(id, 'road', 'snow', 'hazard', { level: 0.8 });
    while ((await judge.judgeInbox()) > 0);
    city.clock.advance(15 * 60_000 + 1000);
  }
  const [one] = await mass.open(city.database);
  expect(one).toMatchObject({ hazard: 'snow', cause: 'snowfall', sinceMs: startMs - 12 * 3_600_000 });
  expect(await states(city)).toEqual({ pending_review: 3, candidate: 6 });
  for (let n = 0; n < 3; n++) {
    for (const id of range(0, 9)) await city.see(id, 'road', 'snow', 'clear');
    while ((await judge.judgeInbox()) > 0);
    city.clock.advance(15 * 60_000 + 1000);
  }
  expect(await states(city)).toEqual({ self_cleared: 9 });
  city.clock.advance(3 * 3_600_000);
  await judge.tick();
  expect(await mass.open(city.database)).toEqual([]);
});

test('looks from ahead, of a redrawn zone or of a zone that is gone are listed and judge nothing', async () => {
  const { city, judge } = await aStreet(2);
  await city.see('s0', 'road', 'flooding', 'hazard', { seenAtMs: city.clock.nowMs() + 3_600_000 });
  await city.see('s0', 'road', 'flooding', 'hazard', { support: { boxes: [], facts: { ground: 'old' } } });
  await city.see('s0', 'gone', 'flooding', 'hazard');
  await judge.judgeInbox();
  const rows = await held.list(city.database, { sinceMs: 0, limit: 10 });
  expect(rows.map((row) => row.rule).sort()).toEqual(['from-ahead', 'no-such-zone', 'redrawn']);
  expect(await incidents.list(city.database, { limit: 9 })).toEqual([]);
});

test('a rejection by day is no silence for the night', async () => {
  const { city, judge } = await aStreet(1);
  const light = (isDay: boolean) =>
    city.database.transaction((tx) =>
      weather.save(tx, [
        {
          district: 'esil',
          atMs: city.clock.nowMs(),
          temperatureC: -5,
          rainMmH: 0,
          snowfallCmH: 0,
          snowDepthM: 0,
          windMS: 3,
          isDay,
          source: 'test',
        },
      ]),
    );
  await light(true);
  await city.looks(judge, 1, 600, 's0', 'road', 'flooding', 'clear');
  await allSee(city, judge, ['s0'], 'road', 'flooding');
  const incident = await city.only();
  await city.database.transaction((tx) =>
    giveVerdict(tx, {
      verdict: {
        id: 'verdict-day',
        kind: 'reject',
        reason: 'shadow',
        incidentId: incident.id,
        version: incident.version,
      },
      person: aliya,
      clock: city.clock,
      settings: judgeSettings,
      openTasks: () => Promise.resolve([]),
    }),
  );
  city.clock.advance(1_800_000);
  await light(true);
  await allSee(city, await city.judge(), ['s0'], 'road', 'flooding');
  expect((await city.only()).state).toBe('rejected');
  city.clock.advance(5_400_000);
  await light(false);
  await allSee(city, await city.judge(), ['s0'], 'road', 'flooding');
  expect(await states(city)).toEqual({ rejected: 1, pending_review: 1 });
});
