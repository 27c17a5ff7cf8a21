// Guided patrol: the place that people have not seen for longest comes first, and what they say is kept once.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { newId } from '#core/ids';
import { audit, patrol, sql } from '#store';
import { camera, openStand, type Seat, type Stand } from './dashboard-stand.ts';

let stand: Stand;
let seat: Seat;
const still = (n: number): string => `${n}`.repeat(64);
beforeAll(async () => {
  stand = await openStand({ cameras: [camera('cam-a', {}), camera('cam-b', {})] });
  seat = await stand.seat('operator');
});
afterAll(() => stand.close());

/** A look with a kept picture, so many minutes ago. */
async function look(cameraId: string, minutesAgo: number, sha256: string): Promise<void> {
  const at = new Date(systemClock.nowMs() - minutesAgo * 60_000).toISOString();
  await stand.database.run(sql`
    insert into look (camera_id, due_at, seen_at, state, detail, took_ms, still_sha256)
    values (${cameraId}, ${at}::timestamptz, ${at}::timestamptz, 'ok', '', 40, ${sha256})`);
}
const clean = (cameraId: string, sha256: string, key = newId(systemClock)) =>
  seat.ask('patrolClean', { body: { key, cameraId, stillSha256: sha256, seenAtMs: systemClock.nowMs() } });

it('offers nothing where no picture is fresh', async () => {
  await look('cam-a', 90, still(1));
  expect((await seat.ask('patrol')).place).toBeNull();
});

it('offers the longest unseen, never a restricted site, and not again what was just seen', async () => {
  await look('cam-a', 3, still(2));
  await look('cam-b', 9, still(3));
  await look('cam-closed', 20, still(4));
  expect((await seat.ask('patrol')).place).toMatchObject({ cameraId: 'cam-b', patrolledAtMs: null });
  const key = newId(systemClock);
  const after = await clean('cam-b', still(3), key);
  expect(after.place).toMatchObject({ cameraId: 'cam-a', stillSha256: still(2) });
  expect((await clean('cam-b', still(3), key)).today).toMatchObject({ clean: 1 });
  expect((await clean('cam-a', still(2))).place).toBeNull();
  expect(await patrol.sums(stand.database, 0)).toMatchObject({ clean: 2, found: 0, cameras: 2 });
  expect((await audit.of(stand.database, 'camera', 'cam-b')).map((row) => row.act)).toEqual(['patrol: clean']);
});

it('is refused for a restricted site and for those who do not decide', async () => {
  const body = { key: newId(systemClock), cameraId: 'cam-closed', stillSha256: still(4), seenAtMs: 1 };
  expect((await seat.send('POST', '/api/patrol', body)).status).toBe(404);
  expect((await (await stand.seat('controller')).send('GET', '/api/patrol')).status).toBe(403);
});
