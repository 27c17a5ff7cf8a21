// Live pictures over the line of a page: who is let in, one stream a camera, the audit trail, and that everything ends.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles, type Role } from '#core/person';
import { cameras } from '#store';
import { routes } from '#dashboard/contract';
import { admission } from '../../dashboard/server/live-view-may.ts';
import { lineCodes } from '../../dashboard/server/live-view-line.ts';
import { cardCity } from '../../simulator/testing/card-city.ts';
import { Seat } from './dashboard-stand.ts';
import {
  liveCameras,
  openLiveStand,
  openPage,
  until,
  viewsOf,
  type LiveStand,
  type SimulatedCity,
} from './live-stand.ts';

const hasFfmpeg = ((): boolean => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let city: SimulatedCity;
let live: LiveStand;
let url: string;
beforeAll(async () => {
  city = await cardCity([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  live = await openLiveStand(city);
  ({ url } = live.dashboard);
}, 300_000);
afterAll(async () => {
  await live[Symbol.asyncDispose]();
  await city[Symbol.asyncDispose]();
});

const signedIn = async (login: string): Promise<Seat> => {
  const seat = new Seat(url);
  expect((await seat.signIn(login)).status).toBe(200);
  return seat;
};
const idle = (): Promise<true> => until(() => (live.dashboard.live().streams === 0 ? true : undefined));
const isJpeg = (name: string): boolean => name.endsWith('.jpg');
const film = ['fmp4'] as const;
const reason = 'Хабарлама 8812 тексерілуде';

describe('who is let in', () => {
  const publicCamera = { restricted: false };
  const closedCamera = { restricted: true };
  const may = (role: Role, camera: { restricted: boolean }, why?: string): string => {
    const verdict = admission({ roles: [role] }, camera, why);
    return verdict.kind === 'refused' ? verdict.why : verdict.grantMs === null ? 'yes' : `${verdict.grantMs / 60_000}`;
  };

  it('is the table of domain 3.6', () => {
    const seen = Object.fromEntries(
      roles.map((role) => [role, [may(role, publicCamera), may(role, closedCamera), may(role, closedCamera, reason)]]),
    );
    const never = ['not-allowed', 'not-allowed', 'not-allowed'];
    expect(seen).toEqual({
      operator: ['yes', 'reason', '120'],
      shift_lead: ['yes', 'reason', '120'],
      controller: ['yes', 'restricted', 'restricted'],
      police_reviewer: ['yes', 'reason', '120'],
      second_reviewer: ['yes', 'reason', '120'],
      agency_user: never,
      agency_head: never,
      camera_admin: ['yes', 'reason', '10'],
      system_admin: never,
      auditor: never,
      wall: never,
    });
  });

  it('only a signed-in page of our own', async () => {
    const operator = await signedIn('operator');
    const status = async (page: ReturnType<typeof openPage>): Promise<number | undefined> =>
      until(() => page.ended.status);
    expect(await status(openPage(url, { cookie: '', csrf: 'x'.repeat(32) }))).toBe(401);
    expect(await status(openPage(url, operator, { origin: 'https://elsewhere.example' }))).toBe(403);
    expect(await status(openPage(url, operator, { origin: 'null' }))).toBe(403);
    for (const login of ['wall', 'system-admin', 'auditor', 'agency-user'])
      expect(await status(openPage(url, await signedIn(login))), login).toBe(403);
    const page = openPage(url, operator, { csrf: 'x'.repeat(32) });
    expect(await until(() => page.ended.code)).toBe(lineCodes.signedOut);
    expect(page.words).toEqual([]);
  });

  it('nobody who asks before saying hello, sends too much, too fast or what is not agreed', async () => {
    const seat = await signedIn('operator');
    const closed = async (say: (page: ReturnType<typeof openPage>) => void): Promise<number> => {
      const page = openPage(url, seat);
      await until(() => page.words.find(({ kind }) => kind === 'ready'));
      say(page);
      return until(() => page.ended.code);
    };
    expect(await closed(({ socket }) => socket.send('{"kind":"open"}'))).toBe(lineCodes.malformed);
    expect(await closed(({ socket }) => socket.send(Buffer.alloc(20)))).toBe(lineCodes.malformed);
    expect(await closed(({ socket }) => socket.send('x'.repeat(5000)))).toBe(1009);
    expect(
      await closed((page) => {
        for (let n = 0; n < 100; n++) page.ask({ kind: 'here' });
      }),
    ).toBe(lineCodes.tooFast);
    const early = openPage(url, seat, { csrf: seat.csrf });
    early.socket.once('open', () => early.ask({ kind: 'open', tile: 1, cameraId: 'live-a', ways: [...film] }));
    await until(() => early.words.find(({ kind }) => kind === 'playing'));
    early.close();
    await idle();
  });
});

describe('a live picture', () => {
  it('is one stream however many look, begins with a key frame, is written down, and ends after the last', async () => {
    const seat = await signedIn('operator');
    const before = (await viewsOf(live.database, 'live-a')).length;
    const [one, two] = [openPage(url, seat), openPage(url, seat)];
    for (const page of [one, two]) {
      await until(() => page.words.find(({ kind }) => kind === 'ready'));
      page.ask({ kind: 'open', tile: 3, cameraId: 'live-a', ways: [...film] });
      await until(() => (page.frames.length >= 6 ? true : undefined));
    }
    expect(live.dashboard.live()).toMatchObject({ streams: 1, viewers: 2 });
    const playing = one.of(3).find((word) => word.kind === 'playing');
    expect(playing?.way).toBe('fmp4');
    expect(playing?.codec).toMatch(/^avc1\./);
    for (const { frames } of [one, two]) {
      expect(frames.slice(0, 2).map(({ kind }) => kind)).toEqual(['head', 'key']);
      expect(frames.every(({ tile }) => tile === 3)).toBe(true);
    }
    one.ask({ kind: 'close', tile: 3 });
    two.close();
    await idle();
    const rows = await until(async () => {
      const all = (await viewsOf(live.database, 'live-a')).slice(before);
      return all.length === 4 ? all : undefined;
    });
    expect(rows.map(({ act }) => act).sort()).toEqual([
      ...['live view began', 'live view began'],
      ...['live view ended', 'live view ended'],
    ]);
    for (const { actor, facts, act } of rows) {
      expect(actor).toBe('p-operator');
      if (act === 'live view ended') expect(facts['seconds']).toBeGreaterThanOrEqual(0);
    }
    expect(rows.some(({ facts }) => Number(facts['seconds']) > 0)).toBe(true);
  });

  it('of a restricted camera asks for a reason, which stands in the trail, and some never see it', async () => {
    const seat = await signedIn('shift-lead');
    const page = openPage(url, seat);
    await until(() => page.words.find(({ kind }) => kind === 'ready'));
    page.ask({ kind: 'open', tile: 1, cameraId: 'live-closed', ways: [...film] });
    expect(await until(() => page.of(1)[0])).toEqual({ kind: 'refused', tile: 1, why: 'reason' });
    expect(await viewsOf(live.database, 'live-closed')).toEqual([]);
    expect(live.dashboard.live().streams).toBe(0);
    page.ask({ kind: 'open', tile: 2, cameraId: 'live-closed', ways: [...film], reason });
    const playing = await until(() => page.of(2)[0]);
    expect(playing.kind === 'playing' && typeof playing.untilMs === 'number').toBe(true);
    expect((await viewsOf(live.database, 'live-closed'))[0]).toMatchObject({
      ...{ actor: 'p-shift-lead', act: 'live view began' },
      facts: { reason, restricted: true },
    });
    const controller = openPage(url, await signedIn('controller'));
    await until(() => controller.words.find(({ kind }) => kind === 'ready'));
    controller.ask({ kind: 'open', tile: 1, cameraId: 'live-closed', ways: [...film], reason });
    expect(await until(() => controller.of(1)[0])).toMatchObject({ kind: 'refused', why: 'restricted' });
    controller.close();
    page.close();
    await idle();
    const ended = await until(async () =>
      (await viewsOf(live.database, 'live-closed')).find(({ act }) => act === 'live view ended'),
    );
    expect(ended.facts).toMatchObject({ reason, restricted: true, ended: 'the page went away' });
  });

  it('ends at once with the session, and within seconds with the right to it', async () => {
    const seat = await signedIn('operator2');
    const page = openPage(url, seat);
    await until(() => page.words.find(({ kind }) => kind === 'ready'));
    page.ask({ kind: 'open', tile: 1, cameraId: 'live-b', ways: [...film] });
    await until(() => (page.frames.length > 2 ? true : undefined));
    const known = liveCameras(city).find(({ id }) => id === 'live-b');
    if (!known) throw new Error('no such camera');
    // The flag is set while somebody looks: the picture ends without being asked for anew.
    await live.database.transaction((tx) => cameras.upsert(tx, { ...known, restricted: true }));
    expect(await until(() => page.of(1).find(({ kind }) => kind === 'ended'))).toMatchObject({ why: 'not-allowed' });
    page.ask({ kind: 'open', tile: 2, cameraId: 'live-a', ways: [...film] });
    await until(() => page.of(2)[0]);
    expect((await seat.send('DELETE', routes.signOut.path)).status).toBe(200);
    expect(await until(() => page.ended.code)).toBe(lineCodes.signedOut);
    await idle();
  });

  it('ends when the page falls silent without closing anything', async () => {
    const page = openPage(url, await signedIn('operator'), { silent: true });
    await until(() => page.words.find(({ kind }) => kind === 'ready'));
    page.ask({ kind: 'open', tile: 1, cameraId: 'live-a', ways: [...film] });
    await until(() => (page.frames.length > 2 ? true : undefined));
    expect(await until(() => page.ended.code)).toBe(lineCodes.silent);
    await idle();
  });

  it('plays in so many tiles and no more, and says why there is none', async () => {
    const page = openPage(url, await signedIn('operator'));
    await until(() => page.words.find(({ kind }) => kind === 'ready'));
    page.ask({ kind: 'open', tile: 9, cameraId: 'live-still', ways: [...film] });
    page.ask({ kind: 'open', tile: 10, cameraId: 'nowhere', ways: [...film] });
    expect(await until(() => page.of(9)[0])).toMatchObject({ why: 'no-stream' });
    expect(await until(() => page.of(10)[0])).toMatchObject({ why: 'unknown-camera' });
    for (let tile = 0; tile < 5; tile++) page.ask({ kind: 'open', tile, cameraId: 'live-a', ways: [...film] });
    expect(await until(() => page.words.find((word) => word.kind === 'refused' && word.tile < 5))).toMatchObject({
      why: 'too-many-tiles',
    });
    page.close();
    await idle();
  });
});

describe('other ways', () => {
  it.runIf(hasFfmpeg)('MPEG-1 by one encoder a camera, and key frames where there are as many as may be', async () => {
    const page = openPage(url, await signedIn('operator'));
    await until(() => page.words.find(({ kind }) => kind === 'ready'));
    page.ask({ kind: 'open', tile: 1, cameraId: 'live-a', ways: ['mpeg1', 'jpeg'] });
    expect(await until(() => page.of(1)[0])).toMatchObject({ kind: 'playing', way: 'mpeg1', instead: null });
    page.ask({ kind: 'open', tile: 2, cameraId: 'live-b', ways: ['mpeg1', 'jpeg'] });
    // It was made restricted above: a reason, else nothing.
    expect(await until(() => page.of(2)[0])).toMatchObject({ kind: 'refused', why: 'reason' });
    page.ask({ kind: 'open', tile: 3, cameraId: 'live-b', ways: ['mpeg1', 'jpeg'], reason });
    expect(await until(() => page.of(3)[0])).toMatchObject({ way: 'jpeg', instead: 'too-many-encoders' });
    const frame = await until(() => page.frames.find(({ kind }) => kind === 'jpeg'));
    expect([...frame.bytes.subarray(0, 2)]).toEqual([0xff, 0xd8]);
    expect(live.dashboard.live()).toMatchObject({ streams: 2 });
    page.close();
    await idle();
  });

  it('key frames as JPEG beside the film, from the same stream, and where there is no program', async () => {
    await using bare = await openLiveStand(city, { ffmpeg: '/nowhere/ffmpeg' });
    const seat = new Seat(bare.dashboard.url);
    await seat.signIn('operator');
    const page = openPage(bare.dashboard.url, seat);
    await until(() => page.words.find(({ kind }) => kind === 'ready'));
    page.ask({ kind: 'open', tile: 1, cameraId: 'live-a', ways: [...film] });
    await until(() => (page.frames.length > 2 ? true : undefined));
    page.ask({ kind: 'open', tile: 2, cameraId: 'live-a', ways: ['mpeg1', 'jpeg'] });
    expect(await until(() => page.of(2)[0])).toMatchObject({ way: 'jpeg', instead: 'no-program' });
    await until(() => page.frames.find(({ kind, tile }) => kind === 'jpeg' && tile === 2));
    expect(bare.dashboard.live()).toMatchObject({ streams: 1, viewers: 2 });
    // The server is told to stop while somebody looks: the trail has its end all the same.
    await bare.dashboard.close();
    expect(await until(() => page.ended.code)).toBe(lineCodes.stops);
    const acts = (await viewsOf(bare.database, 'live-a')).map(
      ({ act, facts }) => `${act} ${typeof facts['ended'] === 'string' ? facts['ended'] : ''}`,
    );
    expect(acts.filter((act) => act === 'live view ended server-stops')).toHaveLength(2);
  });
});

describe('a held picture', () => {
  const jpeg = readFileSync(
    join('detector', 'close-frames', readdirSync('detector/close-frames').filter(isJpeg)[0] ?? ''),
  );
  const form = (): FormData => {
    const made = new FormData();
    made.set('picture', new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' }), 'held.jpg');
    return made;
  };

  it('is kept only from a session that looks at this camera', async () => {
    const seat = await signedIn('operator');
    const path = '/api/cameras/live-a/held-picture';
    expect((await seat.send('POST', path, form())).status).toBe(403);
    const page = openPage(url, seat);
    await until(() => page.words.find(({ kind }) => kind === 'ready'));
    page.ask({ kind: 'open', tile: 1, cameraId: 'live-a', ways: [...film] });
    await until(() => page.of(1)[0]);
    expect((await seat.send('POST', '/api/cameras/live-closed/held-picture', form())).status).toBe(403);
    const answer = await seat.send('POST', path, form());
    expect(answer.status, await answer.clone().text()).toBe(200);
    expect(routes.holdPicture.answer.parse(await answer.json()).sha256).toMatch(/^[0-9a-f]{64}$/);
    expect((await seat.send('POST', path, { picture: 'x' })).status).toBe(400);
    page.close();
    await idle();
  });
});
