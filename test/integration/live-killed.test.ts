// A dashboard is killed (SIGKILL) while somebody looks live: the next one writes the end into the audit, with the last beat, once.
import { fork, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { entryOf } from '#core/entry';
import { marks, sql } from '#store';
import { cardCity } from '../../simulator/testing/card-city.ts';
import { openStand, Seat, type Stand } from './dashboard-stand.ts';
import { waitFor } from './ingest-stand.ts';
import { liveCameras, openPage, viewsOf, type SimulatedCity } from './live-stand.ts';

let city: SimulatedCity;
let stand: Stand;
const started: ChildProcess[] = [];

beforeAll(async () => {
  city = await cardCity([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  stand = await openStand({ cameras: liveCameras(city) });
  // Only the processes of this test look after the database's live views.
  await stand.dashboard.close();
}, 300_000);
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await stand.close();
  await city[Symbol.asyncDispose]();
});

/** Starts a dashboard as `ahual up` does; gives it with its address. */
async function startOne(): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(entryOf('main'), ['dashboard'], {
    env: {
      ...process.env,
      DATABASE_URL: stand.url,
      REDIS_URL: undefined,
      AHUAL_CONFIG: 'config/ahual.yml',
      AHUAL_SET_DASHBOARD__PORT: '0',
      AHUAL_SET_DASHBOARD__SECURECOOKIES: 'false',
    },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  started.push(child);
  const url = await waitFor(
    'the dashboard',
    async () => {
      const beats = await marks.beats(stand.database);
      const told = beats.find((beat) => beat.process === `dashboard:${child.pid ?? 0}`)?.facts['url'];
      return typeof told === 'string' ? told : undefined;
    },
    300_000,
  );
  return { child, url };
}

it('has an end in the audit for every view of a dashboard that was killed', { timeout: 300_000 }, async () => {
  const { child, url } = await startOne();
  const seat = new Seat(url);
  expect((await seat.signIn('operator')).status).toBe(200);
  const page = openPage(url, seat);
  await waitFor('the line', () => page.words.find(({ kind }) => kind === 'ready'));
  const reason = 'Хабарлама 8812 тексерілуде';
  page.ask({ kind: 'open', tile: 1, cameraId: 'live-a', ways: ['fmp4'] });
  page.ask({ kind: 'open', tile: 2, cameraId: 'live-closed', ways: ['fmp4'], reason });
  await waitFor(
    'both play',
    () => page.words.filter(({ kind }) => kind === 'playing').length === 2 || undefined,
    300_000,
  );
  await waitFor('a beat of both', async () => {
    const rows = await stand.database.run(sql`update live_view set id = id where last_at > since_at`);
    return rows === 2 || undefined;
  });
  const killedMs = systemClock.nowMs();
  child.kill('SIGKILL');
  expect((await viewsOf(stand.database, 'live-a')).map(({ act }) => act)).toEqual(['live view began']);

  await startOne();
  const ended = await waitFor('the ends', async () => {
    const both = await Promise.all(['live-a', 'live-closed'].map((id) => viewsOf(stand.database, id)));
    return both.every((rows) => rows.length > 1) ? both : undefined;
  });
  for (const rows of ended) {
    expect(rows.map(({ act }) => act)).toEqual(['live view began', 'live view ended']);
    const [began, end] = rows;
    expect(end).toMatchObject({ actor: 'p-operator', facts: { ended: 'restart', viewId: began?.facts['viewId'] } });
    expect(end?.facts['seconds']).toBeGreaterThan(0);
    expect(end?.facts['lastBeatMs']).toBeGreaterThanOrEqual(began?.atMs ?? 0);
    expect(end?.facts['lastBeatMs']).toBeLessThanOrEqual(killedMs);
  }
  expect(ended[1]?.[1]?.facts).toMatchObject({ restricted: true, reason });
});
