// The map's own questions over a real database and a real port: ground, snow, a day gone by, tiles.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { CameraId, IncidentId, newId } from '#core/ids';
import type { Incident, IncidentState } from '#core/incident';
import { startDashboard } from '#dashboard';
import { routes } from '#dashboard/contract';
import { beliefs, incidents, sql, weather } from '#store';
import { camera, openStand, Seat, type Stand } from './dashboard-stand.ts';

const hourMs = 3_600_000;
const seeing = camera('cam-seeing', { tiltDeg: 28, bearingDeg: 90, point: { lon: 71.44, lat: 51.12 } });
const blind = camera('cam-blind', { tiltDeg: 28, point: { lon: 71.45, lat: 51.12 } });

let stand: Stand;
let nowMs: number;
beforeAll(async () => {
  stand = await openStand({ cameras: [seeing, blind] });
  nowMs = systemClock.nowMs();
});
afterAll(() => stand.close());

describe('dots', () => {
  it('are all cameras in their places by columns; one that was never looked at is unknown', async () => {
    const seat = await stand.seat('operator');
    const { ids, lons, lats, states, stateNames } = await seat.ask('mapDots', {});
    const { cameras } = await seat.ask('cameras', {});
    expect(ids.map((id, i) => [id, lons[i], lats[i], stateNames[states[i] ?? -1]])).toEqual(
      cameras.map(({ id, point, state }) => [id, point.lon, point.lat, state]),
    );
    expect(states.map((state) => stateNames[state])).toContain('unknown');
    await stand.database.run(sql`
      insert into camera_health (camera_id, state, since_at, last_look_at, last_good_at, detail, fails)
      values ('cam-blind', 'silent', now(), now(), now(), '', 0)`);
    const after = await seat.ask('mapDots', {});
    expect(after.stateNames[after.states[after.ids.indexOf('cam-blind')] ?? -1]).toBe('silent');
    await stand.database.run(sql`delete from camera_health where camera_id = 'cam-blind'`);
  });

  it('tells nothing to who may not see cameras', async () => {
    const seat = await stand.seat('agency-user');
    expect((await seat.send('GET', '/api/map/dots')).status).toBe(403);
  });
});

describe('ground', () => {
  it('is what calibrated cameras can judge, with the last look that was good for the hazard', async () => {
    await stand.database.run(sql`
      insert into camera_health (camera_id, state, since_at, last_look_at, last_good_at, detail, fails)
      values ('cam-seeing', 'ok', now(), now(), to_timestamp(${(nowMs - hourMs) / 1000}::double precision), '', 0)
      on conflict (camera_id) do update set last_good_at = excluded.last_good_at`);
    const seat = await stand.seat('operator');
    const ground = await seat.ask('mapGround', { query: { hazard: 'snow' } });
    expect(ground.areas.map(({ cameraId, zoneId }) => `${cameraId} ${zoneId}`).sort()).toEqual([
      'cam-blind road',
      'cam-seeing road',
    ]);
    // The two cameras of the stand have no scale.
    expect(ground.without).toEqual({ uncalibrated: 2, tooFar: 0 });
    const area = ground.areas.find((one) => one.cameraId === 'cam-seeing');
    expect(Math.abs((area?.lastGoodAtMs ?? 0) - (nowMs - hourMs))).toBeLessThan(1000);
    expect(ground.areas.find((one) => one.cameraId === 'cam-blind')?.lastGoodAtMs).toBeNull();
    // Water was judged a minute ago, which says nothing of snow.
    await stand.database.run(sql`
      update camera_health set good = ${JSON.stringify({ flooding: nowMs - 60_000 })}::jsonb where camera_id = 'cam-seeing'`);
    const after = await seat.ask('mapGround', { query: { hazard: 'snow' } });
    expect(after.areas.find((one) => one.cameraId === 'cam-seeing')?.lastGoodAtMs).toBeNull();
    expect(area?.areaM2).toBeGreaterThan(20);
    // It looks east, so all of its ground lies there.
    expect(area?.corners.filter((_, i) => i % 2 === 0).every((east) => east > 0)).toBe(true);
  });

  it('differs by hazard: nothing where no zone names it with reach', async () => {
    const seat = await stand.seat('auditor');
    const dumping = await seat.ask('mapGround', { query: { hazard: 'dumping' } });
    expect(dumping.areas).toEqual([]);
    expect((await seat.send('GET', '/api/map/ground?hazard=weather')).status).toBe(400);
  });
});

describe('snow', () => {
  it('lies where the last judged look saw it, as old as the end of its snowfall', async () => {
    const entry = (word: 'hazard' | 'clear', atMs: number) => ({
      lookId: `l-${atMs}`,
      atMs,
      word,
      sub: 'carriageway',
      level: word === 'hazard' ? 0.7 : 0,
      still: null,
      boxes: [],
      facts: {},
    });
    const belief = (...entries: ReturnType<typeof entry>[]) => ({ entries, acts: [], doubts: [], blind: null });
    const at = (cameraId: string, zoneId: string, one: unknown) => ({
      cameraId,
      zoneId,
      hazard: 'snow',
      belief: one,
      atMs: nowMs,
    });
    await stand.database.transaction(async (tx) => {
      await beliefs.save(tx, [
        at('cam-seeing', 'road', belief(entry('clear', nowMs - 2 * hourMs), entry('hazard', nowMs - hourMs))),
        at('cam-blind', 'road', belief(entry('hazard', nowMs - 2 * hourMs), entry('clear', nowMs - hourMs))),
        at('cam-open', 'road', belief(entry('hazard', nowMs - hourMs))),
        at('cam-gone', 'road', belief(entry('hazard', nowMs - hourMs))),
      ]);
      await weather.saveSnowfall(tx, {
        district: 'esil',
        startedAtMs: nowMs - 20 * hourMs,
        endedAtMs: nowMs - 9 * hourMs,
        source: 'test',
      });
    });
    const open = await stand.raise({ hazard: 'snow', cameraId: CameraId.parse('cam-open'), zoneId: 'road' });
    const seat = await stand.seat('operator');
    const { areas } = await seat.ask('mapSnow');
    expect(areas.map(({ cameraId, incidentId }) => [cameraId, incidentId])).toEqual([
      ['cam-open', open.id],
      ['cam-seeing', null],
    ]);
    for (const area of areas) {
      expect(Math.abs((area.fallEndedAtMs ?? 0) - (nowMs - 9 * hourMs))).toBeLessThan(1000);
      expect(area.level).toBeCloseTo(0.7);
      expect(Math.abs(area.seenAtMs - (nowMs - hourMs))).toBeLessThan(1000);
    }
    // Without a scale nobody knows where its ground lies; the camera's place stands for it.
    expect(areas[0]?.corners).toEqual([]);
    expect(areas[1]?.corners.length).toBeGreaterThanOrEqual(6);
    const { areas: forPolice } = await (await stand.seat('police-reviewer')).ask('mapSnow');
    expect(forPolice.map((area) => area.incidentId)).toEqual([null, null]);
  });
});

/** Moves an incident through states at stated moments. */
async function walk(
  incident: Incident,
  ...steps: readonly (readonly [IncidentState, number, Incident['severity']?])[]
): Promise<void> {
  let now = incident;
  for (const [state, atMs, severity = now.severity] of steps) {
    const before = now;
    now = await stand.database.transaction((tx) =>
      incidents.update(tx, before, { state, severity }, { atMs, actor: 'test', reason: 'test' }),
    );
  }
}

describe('a day', () => {
  it('holds every state of every incident that was open in it, with the one in which it began', async () => {
    const dayEndMs = nowMs;
    const opened = async (openedAtMs: number) => {
      const { number, version, ...row } = await stand.raise({ hazard: 'open-manhole', openedAtMs });
      expect(number + version).toBeGreaterThan(1);
      const change = { atMs: openedAtMs, actor: 'test', reason: 'test' };
      return stand.database.transaction((tx) =>
        incidents.insert(tx, { ...row, id: IncidentId.parse(newId(systemClock)) }, change),
      );
    };
    const raised = await opened(nowMs - 40 * hourMs);
    await walk(
      raised,
      ['confirmed', nowMs - 30 * hourMs],
      ['in_work', nowMs - 20 * hourMs],
      ['in_work', nowMs - 19 * hourMs],
      ['in_work', nowMs - 12 * hourMs, 'S4'],
      ['closed', nowMs - 3 * hourMs],
    );
    const old = await opened(nowMs - 90 * hourMs);
    await walk(old, ['closed', nowMs - 50 * hourMs]);
    const seat = await stand.seat('operator');
    const day = await seat.ask('mapDay', { query: { toMs: dayEndMs + 1000 } });
    const found = day.incidents.find((one) => one.id === raised.id);
    const before = raised.severity;
    expect(found?.states.map(([atMs, ...then]) => [Math.round((nowMs - atMs) / hourMs), ...then])).toEqual([
      [30, 'confirmed', before],
      [20, 'in_work', before],
      [12, 'in_work', 'S4'],
      [3, 'closed', 'S4'],
    ]);
    expect(day.incidents.some((one) => one.id === old.id)).toBe(false);
    expect(day.cut).toBe(false);
    expect(day.toMs - day.fromMs).toBe(24 * hourMs);
  });

  it('of the police holds only what may become a violation', async () => {
    await stand.raise({ hazard: 'dumping', zoneId: 'yard' });
    const toMs = systemClock.nowMs() + 1000;
    const police = await (await stand.seat('police-reviewer')).send('GET', `/api/map/day?toMs=${toMs}`);
    // Whoever may not see incidents is refused; whoever may, sees only theirs.
    if (police.status === 200) {
      const { incidents: theirs } = routes.mapDay.answer.parse(await police.json());
      expect(new Set(theirs.map((one) => one.hazard))).toEqual(new Set(['dumping']));
    } else expect(police.status).toBe(403);
    expect((await (await stand.seat('wall')).send('GET', '/api/map/day')).status).toBe(403);
    expect((await new Seat(stand.dashboard.url).send('GET', '/api/map/day')).status).toBe(401);
  });
});

describe('tiles', () => {
  it('are none without a setting, and their file is not there to be asked for', async () => {
    const seat = await stand.seat('operator');
    const setup = await seat.ask('mapSetup');
    expect(setup.tiles).toBeNull();
    expect(setup.unseenAfterMs).toEqual({
      snow: 24 * hourMs,
      flooding: hourMs,
      'open-manhole': hourMs,
      dumping: hourMs,
    });
    expect((await seat.send('GET', '/api/map/tiles')).status).toBe(404);
  });

  it('of a file are served by parts to who is signed in; another host only by name in the policy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ahual-tiles-'));
    const file = join(folder, 'city.pmtiles');
    await writeFile(file, Buffer.from('0123456789'));
    const withTiles = (tiles: Stand['settings']['map']['tiles']) =>
      startDashboard({ ...stand.options, settings: { ...stand.settings, map: { ...stand.settings.map, tiles } } });
    const common = { attribution: '© test', maxZoom: 15 };
    const own = await withTiles({ kind: 'pmtiles', file, url: null, ...common });
    try {
      const seat = new Seat(own.url);
      expect((await seat.send('GET', '/api/map/tiles')).status).toBe(401);
      await seat.signIn('operator');
      expect((await seat.ask('mapSetup')).tiles).toEqual({ kind: 'pmtiles', url: '/api/map/tiles', ...common });
      const part = await seat.send('GET', '/api/map/tiles', undefined, { range: 'bytes=2-5' });
      expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([
        206,
        '2345',
        'bytes 2-5/10',
      ]);
      expect(await (await seat.send('GET', '/api/map/tiles')).text()).toBe('0123456789');
      expect((await seat.send('GET', '/api/map/tiles', undefined, { range: 'bytes=99-' })).status).toBe(416);
      expect(part.headers.get('content-security-policy')).toContain("img-src 'self' blob: data:;");
    } finally {
      await own.close();
      await rm(folder, { recursive: true });
    }
    const far = await withTiles({
      kind: 'xyz',
      file: null,
      url: 'https://tiles.example.kz/{z}/{x}/{y}.png',
      ...common,
    });
    try {
      const policy = (await fetch(`${far.url}/healthz`)).headers.get('content-security-policy') ?? '';
      expect(policy).toContain("img-src 'self' blob: data: https://tiles.example.kz;");
      expect(policy).toContain("connect-src 'self' https://tiles.example.kz;");
      expect(policy).toContain("script-src 'self';");
    } finally {
      await far.close();
    }
  });
});
