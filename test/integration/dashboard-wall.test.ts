// The wall and the health page: what a hall with visitors may see, and what an engineer needs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#core/clock';
import { CameraId } from '#core/ids';
import { marks, sql, weather } from '#store';
import { startDashboard } from '#dashboard';
import { camera, closedCamera, openStand, Seat, type Stand } from './dashboard-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());

describe('the wall', () => {
  it("shows the three worst that a person judged, none of a restricted site, and nobody's name", async () => {
    const judged = await Promise.all(
      (['S1', 'S4', 'S2', 'S3'] as const).map((severity) => stand.raise({ severity, state: 'confirmed' })),
    );
    const unjudged = await stand.raise({ severity: 'S4' });
    const restricted = await stand.raise({
      severity: 'S4',
      state: 'confirmed',
      cameraId: CameraId.parse(closedCamera.id),
    });
    const candidate = await stand.raise({ severity: 'S4', state: 'candidate' });
    const seat = await stand.seat('wall');
    const wall = await seat.ask('wall');
    expect(wall.worst.map((one) => one.severity)).toEqual(['S4', 'S3', 'S2']);
    expect(wall.worst[0]?.id).toBe(judged[1]?.id);
    const marked = wall.marks.map((one) => one.id);
    expect(marked).toContain(unjudged.id);
    expect(marked).not.toContain(restricted.id);
    expect(marked).not.toContain(candidate.id);
    expect(wall.open.S4).toBe(4);
    expect(wall.waiting.n).toBe(1);
    expect(wall.seats).toEqual({ working: 0, paused: 0 });
    await (await stand.seat('operator')).ask('beatSeat', { body: { itemId: null } });
    expect((await seat.ask('wall')).seats).toEqual({ working: 1, paused: 0 });
    const raw = await (await seat.send('GET', '/api/wall')).text();
    expect(raw).not.toContain('Name of');
    expect(raw).not.toContain('Sha256');
  });

  it('tells the weather and since when it snows', async () => {
    const atMs = systemClock.nowMs();
    await stand.database.transaction(async (tx) => {
      await weather.save(tx, [
        {
          district: 'esil',
          atMs,
          temperatureC: -11,
          rainMmH: 0,
          snowfallCmH: 1,
          snowDepthM: 0.1,
          windMS: 9,
          isDay: true,
          source: 'test',
        },
      ]);
      await weather.saveSnowfall(tx, {
        district: 'esil',
        startedAtMs: atMs - 3_600_000,
        endedAtMs: null,
        source: 'test',
      });
    });
    const wall = await (await stand.seat('wall')).ask('wall');
    expect(wall.weather).toMatchObject({ temperatureC: -11 });
    expect(wall.snowingSinceMs).toBe(atMs - 3_600_000);
  });
});

describe('a panel of the wall that cannot be read', () => {
  it('stands as it last was and says since when; the others are true', async () => {
    const seat = await stand.seat('wall');
    const before = await seat.ask('wall');
    expect(before.stale).toEqual([]);
    // Rows that no reader takes: no temperature, no moment.
    const [kept] = await stand.database.rows(
      z.object({ n: z.number() }),
      sql`update weather set temperature_c = 'NaN' returning 1::float8 as n`,
    );
    expect(kept?.n).toBe(1);
    await stand.database.run(sql`update seat set taken_at = 'infinity'`);
    try {
      const raised = await stand.raise({ severity: 'S4', state: 'confirmed', point: { lon: 71.5, lat: 51.2 } });
      const hurt = await seat.ask('wall');
      expect(hurt.stale.map((one) => one.panel).sort()).toEqual(['desk', 'weather']);
      for (const one of hurt.stale) expect(one.asOfMs).toBe(before.nowMs);
      expect(hurt.weather).toEqual(before.weather);
      expect(hurt.seats).toEqual(before.seats);
      expect(hurt.marks.map((one) => one.id)).toContain(raised.id);
      expect(hurt.open.S4).toBe(before.open.S4 + 1);
      // A process that never read them says so, and shows nothing in their place.
      const young = await startDashboard(stand.options);
      const other = new Seat(young.url);
      await other.signIn('wall');
      expect((await other.ask('wall')).stale).toContainEqual({ panel: 'weather', asOfMs: null });
      await young.close();
    } finally {
      await stand.database.run(sql`update weather set temperature_c = -11`);
      await stand.database.run(sql`update seat set taken_at = now()`);
    }
    expect((await seat.ask('wall')).stale).toEqual([]);
  });
});

describe('the health page', () => {
  it('tells living from silent processes and which ways are on', async () => {
    const nowMs = systemClock.nowMs();
    await stand.database.transaction(async (tx) => {
      await marks.beat(tx, 'judge:1', nowMs, { pid: 1, queue: 'postgres' });
      await marks.beat(tx, 'worker:2', nowMs - 60_000, { pid: 2, reader: 'node-av' });
    });
    const system = await (await stand.seat('system-admin')).ask('system');
    expect(system.processes).toMatchObject([
      { name: 'judge:1', silent: false },
      { name: 'worker:2', silent: true },
    ]);
    expect(system.ways).toEqual({ queue: 'postgres', reader: 'node-av' });
    expect(system.queues.find((one) => one.name === 'looks')?.waiting).toBe(2);
    expect(system.life.cameras).toEqual({ all: 2, ok: 0, silent: 2 });
  });

  it('tells a recorder that went down as one thing, with its host and nothing else of its addresses', async () => {
    const behind = Array.from({ length: 5 }, (_, i) =>
      camera(`behind-${i}`, { rtsp: `rtsp://10.9.9.9:554/hidden/${i}` }),
    );
    const own = await openStand({ cameras: behind });
    try {
      const sinceMs = systemClock.nowMs() - 600_000;
      await own.database.transaction(async (tx) => {
        for (const [i, { id }] of behind.entries()) {
          await tx.run(sql`insert into camera_health (camera_id, state, since_at, detail, fails)
            values (${id}, 'unreachable', ${new Date(sinceMs + i * 1000)}::timestamptz, '', 3)`);
        }
      });
      const seat = await own.seat('system-admin');
      expect((await seat.ask('system')).outages).toEqual([
        { node: '10.9.9.9', state: 'unreachable', sinceMs, silent: 5, cameras: 5, districts: ['esil'] },
      ]);
      expect(await (await seat.send('GET', '/api/system')).text()).not.toContain('hidden');
    } finally {
      await own.close();
    }
  });
});
