// Number plates: due by the rows, read once, shown to reviewers alone, corrected beside and never over.
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { ClipId, newId } from '#core/ids';
import { silentLog } from '#core/log';
import type { Plate } from '#core/plate';
import { inRoot } from '#core/root';
import { pathOf } from '#dashboard/contract';
import { sealClip } from '#evidence';
import { defaultHazardSettings } from '#hazards';
import { audit, clips, keeping, memoryQueue, plates } from '#store';
import { readAndSave, runPlates, secondsOf } from '../../ingest/plates.ts';
import { openCamera, openStand, type Stand } from './dashboard-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());

const never = new AbortController().signal;

/** A confirmed act with the sealed clip of a rendered tipper, which has no number plate. */
async function act(): Promise<{ incidentId: string; clipId: string; violationId: string }> {
  const nowMs = systemClock.nowMs();
  const facts = { source: 'story', cameAtMs: nowMs - 100_000, leftAtMs: nowMs - 70_000 };
  const incident = await stand.raise({
    hazard: 'dumping',
    zoneId: 'yard',
    state: 'confirmed',
    openedAtMs: nowMs - 100_000,
    why: { looks: 1, hazardLooks: 1, overS: 60, level: 1, rule: 'dumping.act', models: [], weather: '', facts },
  });
  const film = join(tmpdir(), `ahual-plate-${newId(systemClock)}.mp4`);
  await copyFile(inRoot('simulator', 'clips', 'dumping-wasteland-day.mp4'), film);
  const sha256 = await stand.files.adopt(film, 'clip', 'mp4');
  const clipId = ClipId.parse(newId(systemClock));
  await stand.database.transaction(async (tx) => {
    await clips.plan(tx, {
      id: clipId,
      incidentId: incident.id,
      cameraId: openCamera.id,
      state: 'planned',
      fromMs: nowMs - 115_000,
      toMs: nowMs - 55_000,
      startsAtMs: null,
      durationMs: null,
      sha256: null,
      bytes: null,
      cutBy: null,
      sealedAtMs: null,
      previousSeal: null,
      seal: null,
      detail: '',
    });
    const cut = { sha256, bytes: 2_813_811, startsAtMs: nowMs - 115_000, durationMs: 60_000, cutBy: 'test 1' };
    await sealClip(tx, { id: clipId }, cut, { clock: systemClock, settings: stand.settings.evidence });
  });
  const [violation] = await clips.violationsOf(stand.database, clipId);
  return { incidentId: incident.id, clipId, violationId: violation?.id ?? '' };
}

const crop = (): Promise<Buffer> =>
  sharp({ create: { width: 120, height: 40, channels: 3, background: '#ddd' } })
    .jpeg()
    .toBuffer();

async function reading(incidentId: string, clipId: string, more: Partial<Plate> = {}): Promise<Plate> {
  return {
    incidentId,
    clipId,
    state: 'read',
    text: '123ABC02',
    kind: 'kz',
    confidence: [0.99, 0.98, 0.97, 0.9, 0.6, 0.95, 0.99, 0.99],
    agreeing: 3,
    why: '',
    frames: [{ atMs: 1, source: 'film', text: '123ABC02', kind: 'kz', confidence: [0.9], heightPx: 21 }],
    cropSha256: await stand.files.put(await crop(), 'still', 'jpg'),
    models: ['plate-text@1'],
    readAtMs: systemClock.nowMs(),
    ...more,
  };
}

const save = (plate: Plate): Promise<'saved' | 'known'> => stand.database.transaction((tx) => plates.save(tx, plate));

describe('the plate job', () => {
  const needs = () => ({
    database: stand.database,
    queue: memoryQueue(),
    files: stand.files,
    clock: systemClock,
    log: silentLog,
    book: { byId: () => Promise.resolve(openCamera) },
    settings: { ffmpeg: 'ffmpeg', hazards: defaultHazardSettings },
    dropFolder: join(stand.files.folder, 'drop'),
  });

  it('is due once its clip is cut, is read by an eye of its own, and done twice is done once', async () => {
    const { incidentId } = await act();
    const due = (): Promise<{ incidentId: string }[]> => plates.due(stand.database, systemClock.nowMs(), 100);
    expect(await due()).toContainEqual({ incidentId });
    await readAndSave(needs(), incidentId, never);
    const first = await plates.byIncident(stand.database, incidentId);
    expect(first).toMatchObject({ incidentId, agreeing: 0 });
    expect(['none', 'unclear']).toContain(first?.state);
    expect(first?.models.some((one) => one.startsWith('plate-text@'))).toBe(true);
    expect(await due()).not.toContainEqual({ incidentId });
    await readAndSave(needs(), incidentId, never);
    expect(await plates.byIncident(stand.database, incidentId)).toEqual(first);
    const acts = await audit.of(stand.database, 'incident', incidentId);
    expect(acts.filter(({ act }) => act.startsWith('plate'))).toHaveLength(1);
  });

  it('is planned again from the rows when the queue was lost', async () => {
    const { incidentId } = await act();
    const stop = new AbortController();
    const given = needs();
    const running = runPlates(given, stop.signal);
    await expect.poll(() => plates.byIncident(stand.database, incidentId), { timeout: 300_000 }).toBeDefined();
    stop.abort();
    await running;
    expect(await given.queue.length('plate')).toEqual({ waiting: 0, active: 0 });
  });

  it('answers where clip and stills are gone, and does not crash', async () => {
    const { incidentId } = await act();
    await readAndSave({ ...needs(), files: { ...stand.files, path: () => '/nowhere/at/all' } }, incidentId, never);
    expect(await plates.byIncident(stand.database, incidentId)).toMatchObject({ state: 'none', why: 'no-vehicle' });
  });

  it('does not read what was rejected meanwhile', async () => {
    const incident = await stand.raise({ hazard: 'dumping', state: 'rejected' });
    await readAndSave(needs(), incident.id, never);
    expect(await plates.byIncident(stand.database, incident.id)).toBeUndefined();
  });
});

describe('the seconds of a clip', () => {
  const clip = { startsAtMs: 1_000_000, durationMs: 60_000 };
  it('lie around coming and leaving, rise, and are never nearer than two looks are', () => {
    const seconds = secondsOf({ cameAtMs: 1_015_000, raisedAtMs: 1_030_000, leftAtMs: 1_045_000 }, clip);
    expect(seconds.length).toBeGreaterThan(15);
    expect(seconds[0]).toBe(15);
    expect(seconds.every((one, i) => i === 0 || one - (seconds[i - 1] ?? 0) >= 0.39)).toBe(true);
    expect(seconds.every((one) => one >= 0 && one < 60)).toBe(true);
  });
  it('are spread evenly where the moments are not known, and none where the clip is lost', () => {
    expect(secondsOf({}, clip)).toHaveLength(16);
    expect(secondsOf({}, { startsAtMs: null, durationMs: null })).toEqual([]);
    expect(secondsOf({ cameAtMs: 5 }, clip)).toHaveLength(16);
  });
});

describe('a plate on screen', () => {
  it('waits, then shows text, confidence and picture to both reviewers, and to nobody else', async () => {
    const { incidentId, clipId, violationId } = await act();
    const officer = await stand.seat('police-reviewer');
    const params = { id: violationId };
    expect(await officer.ask('plate', { params })).toMatchObject({ state: 'waiting', text: '', said: [] });
    expect((await officer.send('GET', pathOf('platePicture', params))).status).toBe(404);
    expect(await save(await reading(incidentId, clipId))).toBe('saved');
    for (const login of ['police-reviewer', 'second-reviewer']) {
      const seat = await stand.seat(login);
      const view = await seat.ask('plate', { params });
      expect(view).toMatchObject({ state: 'read', text: '123 ABC 02', kind: 'kz', agreeing: 3, hasCrop: true });
      expect(view.confidence).toHaveLength(8);
      const picture = await seat.send('GET', pathOf('platePicture', params));
      expect(picture.headers.get('content-type')).toBe('image/jpeg');
      expect(picture.headers.get('cache-control')).toContain('no-store');
    }
    for (const login of ['operator', 'shift-lead', 'controller', 'auditor', 'wall', 'agency-user', 'system-admin']) {
      const seat = await stand.seat(login);
      expect((await seat.send('GET', pathOf('plate', params))).status).toBe(403);
      expect((await seat.send('GET', pathOf('platePicture', params))).status).toBe(403);
      expect((await seat.send('POST', pathOf('sayPlate', params), { text: '123ABC02' })).status).toBe(403);
    }
  });

  it('hides the best guess of an unclear one', async () => {
    const { incidentId, clipId, violationId } = await act();
    await save(await reading(incidentId, clipId, { state: 'unclear', why: 'one-reading', agreeing: 1 }));
    const officer = await stand.seat('police-reviewer');
    const answer = await officer.send('GET', pathOf('plate', { id: violationId }));
    const text = await answer.text();
    expect(text).toContain('one-reading');
    expect(text.replaceAll(' ', '')).not.toContain('123ABC02');
  });

  it('keeps what an officer says beside what was read, and the audit without the text', async () => {
    const { incidentId, clipId, violationId } = await act();
    await save(await reading(incidentId, clipId));
    const officer = await stand.seat('police-reviewer');
    const params = { id: violationId };
    await officer.ask('sayPlate', { params, body: { text: '128 авс 02' } });
    const view = await officer.ask('sayPlate', { params, body: { text: 'trailer 12 x' } });
    expect(view.text).toBe('123 ABC 02');
    expect(view.said).toMatchObject([
      { text: '128 ABC 02', kind: 'kz', name: 'Name of police-reviewer' },
      { text: 'TRAILER12X', kind: null },
    ]);
    expect((await officer.send('POST', pathOf('sayPlate', params), { text: '????' })).status).toBe(400);
    expect(await plates.byIncident(stand.database, incidentId)).toMatchObject({ text: '123ABC02' });
    const acts = (await audit.of(stand.database, 'incident', incidentId)).filter(({ act }) => act.startsWith('plate'));
    expect(acts.map(({ act, actor }) => [act, actor])).toEqual([
      ['plate read', 'ingest'],
      ['plate said', 'p-police-reviewer'],
      ['plate said', 'p-police-reviewer'],
    ]);
    expect(JSON.stringify(acts)).not.toMatch(/12[38] ?ABC ?02/);
  });

  it('is written once: a second reading changes nothing', async () => {
    const { incidentId, clipId } = await act();
    await save(await reading(incidentId, clipId));
    expect(await save(await reading(incidentId, clipId, { text: '999XYZ17' }))).toBe('known');
    expect(await plates.byIncident(stand.database, incidentId)).toMatchObject({ text: '123ABC02' });
  });

  it('goes with the pictures where no violation came of it', async () => {
    const nowMs = systemClock.nowMs();
    const incident = await stand.raise({
      hazard: 'dumping',
      state: 'rejected',
      decidedAtMs: nowMs - 40 * 86_400_000,
      lastSeenAtMs: nowMs - 40 * 86_400_000,
      stillSha256: null,
    });
    const plate = await reading(incident.id, 'none');
    const own = await stand.files.put(
      await sharp({ create: { width: 99, height: 33, channels: 3, background: '#123' } })
        .jpeg()
        .toBuffer(),
      'still',
      'jpg',
    );
    await save({ ...plate, clipId: null, cropSha256: own });
    await keeping.sweep(stand.database, stand.files, nowMs, {
      framesH: 48,
      rejectedFramesD: 7,
      confirmedFramesD: 30,
      clipsWithoutViolationD: 30,
      hourlySumsD: 365,
      recordsD: 1095,
    });
    expect(await plates.byIncident(stand.database, incident.id)).toBeUndefined();
    expect(await stand.files.has(own)).toBe(false);
  });
});
