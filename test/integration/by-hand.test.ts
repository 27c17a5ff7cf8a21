// Incidents that people open by hand: the city's tree, the box and its ground, what the machine had said, and the kept picture.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { newId } from '#core/ids';
import { audit, clips, handLabels, incidents, keeping, patrol, sql, tasks } from '#store';
import { camera, openCamera, openStand, type Seat, type Stand } from './dashboard-stand.ts';

let stand: Stand;
let seat: Seat;
let still: string;
beforeAll(async () => {
  stand = await openStand();
  still = await stand.files.put(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xd9]), 'still', 'jpg');
  seat = await stand.seat('operator');
});
afterAll(() => stand.close());

const said = (more: object = {}) => ({
  key: newId(systemClock),
  hazard: 'flooding',
  sub: 'pipe_burst',
  category: 'water-pipe',
  severity: 'S3',
  cameraId: openCamera.id,
  zoneId: null,
  point: openCamera.point,
  stillSha256: still,
  at: null,
  box: [0.7, 0.8, 0.9, 0.9],
  note: 'Мәңгілік Ел, <b>су</b>',
  ...more,
});
const labelOf = async (incidentId: string) =>
  (await handLabels.since(stand.database, 0, 100)).find((row) => row.incidentId === incidentId);

describe('an incident by hand', () => {
  it('has a category of the city’s tree, in three languages', async () => {
    const tree = await seat.ask('categories');
    expect(tree.find((row) => row.id === 'water-pipe')).toMatchObject({
      parent: 'water',
      hazard: 'flooding',
      severity: 'S3',
    });
    expect((await (await stand.seat('police-reviewer')).send('GET', '/api/categories')).status).toBe(403);
  });

  it('lives like a raised one, once, on the ground of its box', async () => {
    const body = said();
    const { incident, taskIds } = await seat.ask('raise', { body });
    expect((await seat.ask('raise', { body })).incident.id).toBe(incident.id);
    const row = await incidents.byId(stand.database, incident.id);
    expect(row).toMatchObject({
      origin: 'manual',
      state: 'confirmed',
      zoneId: 'road',
      sub: 'pipe_burst',
      stillSha256: still,
    });
    expect(row?.mark?.points).toEqual([
      [0.7, 0.8],
      [0.9, 0.8],
      [0.9, 0.9],
      [0.7, 0.9],
    ]);
    expect(taskIds.length).toBeGreaterThan(0);
    expect((await tasks.byIncident(stand.database, incident.id)).length).toBe(taskIds.length);
    expect(await labelOf(incident.id)).toMatchObject({ category: 'water-pipe', judged: false, word: null });
  });

  it('says whether the machine had judged that ground, and what it had said', async () => {
    const at = new Date(systemClock.nowMs() - 60_000).toISOString();
    await stand.database.run(sql`
      insert into last_word (camera_id, zone_id, hazard, sub, word, level, seen_at)
      values (${openCamera.id}, 'road', 'flooding', '', 'clear', 0.12, ${at}::timestamptz)`);
    const { incident } = await seat.ask('raise', { body: said() });
    expect(await labelOf(incident.id)).toMatchObject({ judged: true, word: 'clear' });
    await stand.database.run(sql`update last_word set seen_at = seen_at - interval '2 hours'`);
    const later = await seat.ask('raise', { body: said() });
    expect(await labelOf(later.incident.id)).toMatchObject({ judged: false });
  });

  it('found on patrol makes the place seen', async () => {
    const { incident } = await seat.ask('raise', { body: said({ patrol: true }) });
    expect(await patrol.sums(stand.database, 0)).toMatchObject({ found: 1, cameras: 1 });
    expect(incident.origin).toBe('manual');
  });

  it('is offered what is perhaps the same: within 150 m, seen within a day', async () => {
    const near = await stand.raise({ severity: 'S4' });
    const far = await stand.raise({ point: { lon: openCamera.point.lon + 0.01, lat: openCamera.point.lat } });
    const old = await stand.raise({ lastSeenAtMs: systemClock.nowMs() - 25 * 3_600_000 });
    const rows = (await seat.ask('near', { query: { ...openCamera.point } })).map((row) => row.id);
    expect(rows).toContain(near.id);
    expect(rows).not.toContain(far.id);
    expect(rows).not.toContain(old.id);
  });

  it('keeps its picture as a label when the incident’s own term is over', async () => {
    const own = await stand.files.put(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 1, 0xff, 0xd9]), 'still', 'jpg');
    const { incident } = await seat.ask('raise', { body: said({ stillSha256: own }) });
    await stand.database.run(sql`
      update incident set state = 'closed', closed_at = now() - interval '400 days', last_seen_at = now() - interval '400 days'
      where id = ${incident.id}`);
    const rules = {
      framesH: 48,
      rejectedFramesD: 7,
      confirmedFramesD: 90,
      clipsWithoutViolationD: 30,
      hourlySumsD: 400,
      recordsD: 1100,
    };
    await keeping.sweep(stand.database, stand.files, systemClock.nowMs(), rules);
    expect((await incidents.byId(stand.database, incident.id))?.stillSha256).toBeNull();
    expect(await stand.files.has(own)).toBe(true);
    expect(await labelOf(incident.id)).toMatchObject({ stillSha256: own });
  });

  it('is taken back within ten seconds by who raised it: nothing is sent, nothing is learned, and twice is once', async () => {
    const { incident, taskIds, undoUntilMs } = await seat.ask('raise', { body: said({ patrol: true }) });
    expect(undoUntilMs).toBe(incident.openedAtMs + 10_000);
    const other = await stand.seat('operator2');
    expect((await other.send('POST', `/api/incidents/${incident.id}/withdrawal`)).status).toBe(404);
    const before = await patrol.sums(stand.database, 0);
    const back = await seat.ask('withdraw', { params: { id: incident.id } });
    expect(back.incident).toMatchObject({ state: 'rejected', rejectReason: 'other' });
    expect((await seat.ask('withdraw', { params: { id: incident.id } })).incident.version).toBe(back.incident.version);
    const given = await tasks.byIncident(stand.database, incident.id);
    expect(given.map((task) => [task.state, task.sentAtMs])).toEqual(taskIds.map(() => ['cancelled', null]));
    expect(await labelOf(incident.id)).toBeUndefined();
    expect((await patrol.sums(stand.database, 0)).found).toBe(before.found - 1);
    const acts = await audit.of(stand.database, 'incident', incident.id);
    expect(acts.at(-1)).toMatchObject({
      actor: 'p-operator',
      act: 'incident rejected',
      facts: { reason: 'taken back' },
    });

    const late = await seat.ask('raise', { body: said() });
    await stand.database.run(
      sql`update incident set opened_at = opened_at - interval '11 seconds' where id = ${late.incident.id}`,
    );
    const refused = await seat.send('POST', `/api/incidents/${late.incident.id}/withdrawal`);
    expect(refused.status).toBe(409);
    expect((await incidents.byId(stand.database, late.incident.id))?.state).toBe('confirmed');
    // A controller may raise but not decide: no grace is promised.
    const mine = await (await stand.seat('controller')).ask('raise', { body: said() });
    expect(mine.undoUntilMs).toBe(mine.incident.openedAtMs);
  });

  it('keeps half a minute before the held picture where the camera keeps its last minutes', async () => {
    const ringed = await openStand({ cameras: [camera('cam-ring', { watch: true })] });
    try {
      const own = await ringed.seat('operator');
      const heldAtMs = systemClock.nowMs() - 20_000;
      const picture = await ringed.files.put(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 2, 2, 0xff, 0xd9]), 'still', 'jpg');
      const raised = await own.ask('raise', { body: said({ cameraId: 'cam-ring', stillSha256: picture, heldAtMs }) });
      expect(await clips.byIncident(ringed.database, raised.incident.id)).toMatchObject([
        { cameraId: 'cam-ring', state: 'planned', fromMs: heldAtMs - 30_000, toMs: heldAtMs + 60_000 },
      ]);
      // A browser an hour off asks for no seconds that are not there.
      const odd = await own.ask('raise', {
        body: said({ cameraId: 'cam-ring', stillSha256: picture, heldAtMs: heldAtMs - 3_600_000 }),
      });
      const [clip] = await clips.byIncident(ringed.database, odd.incident.id);
      expect(clip?.fromMs).toBe(odd.incident.openedAtMs - 180_000 - 30_000);
      await own.ask('withdraw', { params: { id: odd.incident.id } });
      expect(await clips.byIncident(ringed.database, odd.incident.id)).toMatchObject([{ state: 'lost' }]);
      const none = await own.ask('raise', { body: said({ stillSha256: picture, heldAtMs }) });
      expect(await clips.byIncident(ringed.database, none.incident.id)).toEqual([]);
    } finally {
      await ringed.close();
    }
  });

  it('can be raised on a bare point of the map, and not outside the city', async () => {
    const bare = { cameraId: null, stillSha256: null, box: null };
    const { incident } = await seat.ask('raise', { body: said(bare) });
    expect(incident).toMatchObject({ cameraId: null, district: 'esil', point: openCamera.point });
    const outside = await seat.send('POST', '/api/incidents', said({ ...bare, point: { lon: 10, lat: 10 } }));
    expect(outside.status).toBe(400);
  });

  it('is refused in words for a kind that the hazard has not, and for a picture that is gone', async () => {
    const wrong = await seat.send('POST', '/api/incidents', said({ sub: 'cellar' }));
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('cellar');
    const gone = await seat.send('POST', '/api/incidents', said({ stillSha256: 'f'.repeat(64) }));
    expect(gone.status).toBe(404);
  });
});
