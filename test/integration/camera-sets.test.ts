// Many cameras changed at once and references picked by hand, over a real database: two steps, words for what stays, audit by camera, and the way back.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#core/clock';
import { CameraId, lookIdOf } from '#core/ids';
import { inRoot } from '#core/root';
import {
  audit,
  cameraHealth,
  cameraQuiet,
  cameras,
  feed,
  keeping,
  looks,
  past,
  picks,
  placeVersions,
  sql,
} from '#store';
import { camera, openStand, Seat, type Stand } from './dashboard-stand.ts';

const many = Array.from({ length: 40 }, (_, n) =>
  camera(`set-${String(n).padStart(2, '0')}`, {
    rtsp: `rtsp://10.0.0.${n < 25 ? 7 : 8}/${n}`,
    watch: n === 3,
    ...(n === 4 ? { zones: [] } : {}),
  }),
);
const ids = many.map(({ id }) => String(id));
const id = CameraId.parse('set-00');

let stand: Stand;
let admin: Seat;
let operator: Seat;
let lead: Seat;
let still = '';
beforeAll(async () => {
  stand = await openStand({ cameras: many });
  [admin, operator, lead] = await Promise.all([
    stand.seat('camera-admin'),
    stand.seat('operator'),
    stand.seat('shift-lead'),
  ]);
  const close = inRoot('detector', 'close-frames');
  const name = readdirSync(close).find((one) => one.endsWith('.jpg')) ?? '';
  still = await stand.files.put(readFileSync(join(close, name)), 'still', 'jpg');
});
afterAll(() => stand.close());

const incidentOf = (incidentId: string) => sql`select state from incident where id = ${incidentId}`;
const noPictures = sql`update incident set still_sha256 = null, before_sha256 = null`;

const Problem = z.object({ reason: z.string().optional(), message: z.string() });
async function refusal(
  seat: Seat,
  path: string,
  body: unknown,
): Promise<{ status: number; reason: string | undefined }> {
  const answer = await seat.send('POST', path, body);
  return { status: answer.status, reason: Problem.parse(await answer.json()).reason };
}

async function aLook(
  atMs: number,
  word: 'clear' | 'hazard' | null,
  stillSha256: string | null = still,
): Promise<string> {
  const lookId = lookIdOf(id, atMs);
  await looks.save(
    stand.database,
    {
      id: lookId,
      cameraId: id,
      dueAtMs: atMs,
      seenAtMs: atMs,
      way: 'rtsp',
      outcome: word === null ? { kind: 'unseen', state: 'dark', detail: 'dark' } : { kind: 'seen' },
      tookMs: 800,
      widthPx: 1280,
      heightPx: 720,
      detections: [],
      observations:
        word === null
          ? []
          : [
              {
                lookId,
                cameraId: id,
                seenAtMs: atMs,
                stillSha256,
                zoneId: 'road',
                hazard: 'snow',
                sub: '',
                word,
                level: word === 'hazard' ? 0.9 : 0.02,
                support: { boxes: [], facts: {} },
              },
            ],
      stillSha256,
      parts: null,
    },
    { judgeAll: false },
  );
  return lookId;
}

test('a rhythm is shown first, then set on exactly these cameras, each with its version, audit and news', async () => {
  const before = await feed.last(stand.database);
  const wish = { cameras: ids, everyS: 120 };
  const trial = await admin.ask('tryCameraPlan', { body: wish });
  expect(trial.changes).toBe(39);
  expect(trial.lines.find(({ cameraId }) => cameraId === 'set-03')?.stays).toBe('watched');
  expect(trial.perMinute?.after).toBeGreaterThan(trial.perMinute?.before ?? Infinity);
  expect((await cameras.byId(stand.database, id))?.lookEveryS).toBeUndefined();

  const zones = (await cameras.byId(stand.database, id))?.zones;
  const done = await admin.ask('setCameraPlan', { body: { ...wish, tried: trial.tried, why: 'before the rain' } });
  expect(done.changed).toBe(39);
  expect(await cameras.byId(stand.database, id)).toMatchObject({ lookEveryS: 120, zones });
  expect((await cameras.byId(stand.database, 'set-03'))?.lookEveryS).toBeUndefined();
  expect(await audit.of(stand.database, 'camera', id)).toMatchObject([
    { act: 'camera changed', actor: 'p-camera-admin', facts: { why: 'before the rain' } },
    { act: 'camera plan set', facts: { everyS: 120, before: 'city' } },
  ]);
  expect((await placeVersions.of(stand.database, 'camera', id, 5))[0]).toMatchObject({ act: 'changed' });
  expect((await feed.since(stand.database, before, 100)).filter(({ topic }) => topic === 'camera')).toHaveLength(39);
  expect((await admin.ask('cameraDay', { params: { id } })).plan).toMatchObject({ everyS: 120, isOwn: true });

  // What was tried is over: shown anew, or refused in words.
  expect(await refusal(admin, '/api/camera-sets/plan', { ...wish, tried: trial.tried })).toEqual({
    status: 409,
    reason: 'set-changed',
  });
  const again = await admin.ask('tryCameraPlan', { body: wish });
  expect(again.changes).toBe(0);
  expect(await refusal(admin, '/api/camera-sets/plan', { ...wish, tried: again.tried })).toEqual({
    status: 400,
    reason: 'set-same',
  });
  // Back to the city's rhythm by the history of the camera, as every edit.
  const sheet = await admin.ask('placeCamera', { params: { id } });
  const found = sheet.versions.find(({ act }) => act === 'found');
  await admin.ask('restoreCamera', { params: { id }, body: { version: found?.version ?? 0, seen: sheet.seen } });
  expect((await cameras.byId(stand.database, id))?.lookEveryS).toBeUndefined();
});

test('a slow camera is told as not looked at after four of its own intervals, any other after the city’s', async () => {
  const nowMs = systemClock.nowMs();
  const wish = { cameras: ['set-05'], everyS: 1200 };
  const { tried } = await admin.ask('tryCameraPlan', { body: wish });
  await admin.ask('setCameraPlan', { body: { ...wish, tried } });
  await stand.database.transaction(async (tx) => {
    for (const cameraId of ['set-05', 'set-06'])
      await cameras.lookSooner(tx, cameraId, nowMs - 40 * 60_000, 'long ago');
  });
  const told = (atMs: number) =>
    stand.database.transaction((tx) =>
      cameraHealth.announce(tx, { nowMs: atMs, afterMs: 60_000, unlookedMs: 15 * 60_000 }),
    );
  const first = (await told(nowMs)).map(({ cameraId }) => cameraId);
  expect(first).toContain('set-06');
  expect(first).not.toContain('set-05');
  expect((await told(nowMs + 41 * 60_000)).map(({ cameraId }) => cameraId)).toContain('set-05');
});

test('hazards are put off at many cameras within the limits of the role, written down, and ended again', async () => {
  const wish = { cameras: ids, hazards: ['flooding'], minutes: 60 };
  const waiting = await stand.raise({ cameraId: id, hazard: 'flooding' });
  const trial = await operator.ask('tryCameraQuiet', { body: wish });
  expect(trial).toMatchObject({ changes: 39, waiting: 1 });
  expect(trial.lines.find(({ cameraId }) => cameraId === 'set-04')?.stays).toBe('hazard-not-here');
  await operator.ask('setCameraQuiet', { body: { ...wish, tried: trial.tried, reason: 'a planned wash' } });
  const nowMs = systemClock.nowMs();
  expect(await cameraQuiet.isPutOff(stand.database, id, 'flooding', nowMs)).toBe(true);
  expect(await cameraQuiet.isPutOff(stand.database, id, 'snow', nowMs)).toBe(false);
  expect(await cameraQuiet.isPutOff(stand.database, id, 'flooding', nowMs + 61 * 60_000)).toBe(false);
  expect((await audit.of(stand.database, 'camera', id)).at(-1)).toMatchObject({
    act: 'camera put off',
    actor: 'p-operator',
    facts: { hazards: 'flooding', reason: 'a planned wash' },
  });
  expect((await operator.ask('cameraDay', { params: { id } })).quiet).toMatchObject([
    { hazard: 'flooding', who: 'Name of operator', reason: 'a planned wash' },
  ]);
  const sets = await admin.ask('cameraSets');
  expect(sets.quiet).toHaveLength(39);
  expect(sets.nodes?.map(({ node, cameras: own }) => [node, own.length])).toEqual([
    ['10.0.0.7', 25],
    ['10.0.0.8', 15],
  ]);
  expect((await operator.ask('cameraSets')).nodes).toBeNull();

  const long = { ...wish, minutes: 1440 };
  expect(await refusal(operator, '/api/camera-sets/quiet/try', long)).toEqual({ status: 403, reason: 'shelve-long' });
  expect((await lead.ask('tryCameraQuiet', { body: long })).changes).toBe(39);
  expect(await refusal(lead, '/api/camera-sets/quiet/try', { ...wish, minutes: 4320 })).toEqual({
    status: 403,
    reason: 'put-off-long',
  });
  expect((await admin.send('POST', '/api/camera-sets/quiet/try', wish)).status).toBe(403);
  expect((await operator.send('POST', '/api/camera-sets/plan/try', { cameras: ids, everyS: 60 })).status).toBe(403);

  const end = { cameras: [...ids, 'cam-open'], hazards: ['flooding'], minutes: null };
  const ending = await operator.ask('tryCameraQuiet', { body: end });
  expect(ending.lines.find(({ cameraId }) => cameraId === 'cam-open')?.stays).toBe('same');
  await operator.ask('setCameraQuiet', { body: { ...end, tried: ending.tried, reason: 'the wash is over' } });
  expect(await cameraQuiet.now(stand.database, nowMs)).toEqual([]);
  expect((await stand.database.rows(z.object({ state: z.string() }), incidentOf(waiting.id)))[0]?.state).toBe(
    'pending_review',
  );
});

test('references are picked, refused in words, stand on the desk, outlive the ring, and are taken back', async () => {
  const nowMs = systemClock.nowMs();
  const clear = await aLook(nowMs - 4 * 3_600_000, 'clear');
  const snowy = await aLook(nowMs - 3 * 3_600_000, 'hazard');
  const dark = await aLook(nowMs - 2 * 3_600_000, null);
  const pick = (lookId: string, more: object = {}) => ({ lookId, kind: 'winter', ...more });
  const path = `/api/cameras/${id}/references`;
  expect((await admin.ask('cameraReferences', { params: { id } })).looks.map(({ lookId }) => lookId)).toEqual([
    snowy,
    clear,
  ]);
  expect(await refusal(admin, path, pick(dark))).toEqual({ status: 400, reason: 'pick-unseen' });
  expect(await refusal(admin, path, pick(snowy))).toEqual({ status: 400, reason: 'pick-hazard' });
  expect(await refusal(admin, path, pick('none'))).toEqual({ status: 404, reason: 'pick-no-still' });
  expect((await operator.send('POST', path, pick(clear))).status).toBe(403);
  await admin.ask('pickReference', { params: { id }, body: pick(snowy, { despite: true }) });
  const { id: day } = await admin.ask('pickReference', { params: { id }, body: { lookId: clear, kind: 'day' } });
  const view = await operator.ask('cameraReferences', { params: { id } });
  expect(view.picks).toMatchObject([
    { kind: 'day', state: 'waiting', who: 'Name of camera-admin', stillSha256: still },
    { kind: 'winter', state: 'waiting' },
  ]);
  expect(view.looks).toEqual([]);

  // While something was wrong there the place was not clean.
  await stand.raise({ cameraId: id, openedAtMs: nowMs - 90 * 60_000, hazard: 'snow', zoneId: 'yard' });
  const troubled = await aLook(nowMs - 60 * 60_000, 'clear');
  expect(await refusal(admin, path, pick(troubled))).toEqual({ status: 400, reason: 'pick-troubled' });

  // The incident has no picture of its own from before: the desk shows the picked one and says so.
  const incident = await stand.raise({ cameraId: id, stillSha256: still, openedAtMs: nowMs - 60_000 });
  const shown = await operator.ask('incident', { params: { id: incident.id } });
  expect(shown.before).toMatchObject({ sha256: still });
  expect(['day', 'winter']).toContain(shown.before?.picked);
  const own = await stand.raise({ cameraId: id, hazard: 'dumping', beforeSha256: still, beforeAtMs: nowMs - 120_000 });
  expect((await operator.ask('incident', { params: { id: own.id } })).before).toEqual({
    sha256: still,
    seenAtMs: nowMs - 120_000,
  });

  // Its still stays when the frames of the ring go, and its reference when learned ones push each other out.
  const reference = (refId: string, origin: 'picked' | 'quiet', atMs: number): past.Reference => ({
    id: refId,
    cameraId: id,
    light: 'day',
    ground: 'bare',
    preset: 'main',
    state: 'active',
    origin,
    incidentId: null,
    zones: 'z1',
    network: 'road@1',
    seenAtMs: atMs,
    learnedAtMs: atMs,
  });
  await stand.database.transaction(async (tx) => {
    await past.keep(tx, reference(day, 'picked', nowMs - 1e9), new Uint8Array([1]), { actor: 'p-camera-admin' });
    for (let n = 0; n < 9; n++) await past.keep(tx, reference(`q-${n}`, 'quiet', nowMs + n), new Uint8Array([1]));
  });
  const kept = await past.of(stand.database, id);
  expect(kept.filter(({ origin }) => origin === 'quiet')).toHaveLength(past.most.light);
  expect(kept.map((one) => one.id)).toContain(day);
  const days = { rejectedFramesD: 1, confirmedFramesD: 1, clipsWithoutViolationD: 1, hourlySumsD: 30, recordsD: 400 };
  const terms = { framesH: 1, ...days };
  await stand.database.run(noPictures);
  await keeping.sweep(stand.database, stand.files, nowMs + 72 * 3_600_000, terms);
  expect(await stand.files.has(still)).toBe(true);

  // Other zones: the learned ones go, the picked one is to be learned anew.
  const about = { atMs: nowMs, actor: 'ingest', why: 'its zones were drawn anew' };
  await stand.database.transaction((tx) => picks.settle(tx, { id: day, state: 'learned', why: '', atMs: nowMs }));
  await stand.database.transaction((tx) =>
    past.forget(tx, { kind: 'stale', cameraId: id, preset: 'main', zones: 'z2' }, about),
  );
  expect(await past.of(stand.database, id)).toEqual([]);
  expect((await picks.byId(stand.database, day))?.state).toBe('waiting');
  const taken = await stand.database.transaction((tx) => picks.take(tx, nowMs, 5));
  expect(taken.map((one) => one.id)).toContain(day);
  expect(await stand.database.transaction((tx) => picks.take(tx, nowMs, 5))).toEqual([]);
  expect(await stand.database.transaction((tx) => picks.take(tx, nowMs + 6 * 60_000, 5))).toHaveLength(2);

  // The sweep of a later day ended the sessions.
  const later = new Seat(stand.dashboard.url);
  await later.signIn('camera-admin');
  for (const { id: one } of view.picks) await later.ask('takeBackReference', { params: { id, pick: one } });
  expect(await refusal(later, `${path}/${day}/take-back`, {})).toEqual({ status: 404, reason: 'pick-gone' });
  expect((await later.ask('cameraReferences', { params: { id } })).picks).toEqual([]);
  const acts = (await audit.of(stand.database, 'camera', id)).map(({ act }) => act);
  expect(acts.filter((act) => act === 'reference picked')).toHaveLength(2);
  expect(acts.filter((act) => act === 'reference taken back')).toHaveLength(2);
  await keeping.sweep(stand.database, stand.files, nowMs + 73 * 3_600_000, terms);
  expect(await stand.files.has(still)).toBe(false);
});
