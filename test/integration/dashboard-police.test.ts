// The police reviewer's road: the clip's own bytes, its custody, articles with none chosen, a second person who judges blind.
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, chmod } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { CameraId, ClipId, LookId, newId } from '#core/ids';
import type { Clip } from '#core/clip';
import { pathOf, Problem } from '#dashboard/contract';
import { sealClip } from '#evidence';
import { audit, clips, looks } from '#store';
import { openCamera, openStand, type Seat, type Stand } from './dashboard-stand.ts';

let stand: Stand;
let officer: Seat;
let second: Seat;
beforeAll(async () => {
  stand = await openStand();
  officer = await stand.seat('police-reviewer');
  second = await stand.seat('second-reviewer');
});
afterAll(() => stand.close());

const bytes = Buffer.concat([Buffer.from('\0\0\0\x18ftypisom'), randomBytes(300_000)]);

/** A confirmed act whose clip is sealed; its violation is drafted by the sealing. */
async function sealedClip(file: Buffer = bytes): Promise<Clip> {
  const story = { source: 'story', stillBefore: 'b'.repeat(64), stillCame: 'c'.repeat(64), stillAfter: 'a'.repeat(64) };
  const incident = await stand.raise({
    hazard: 'dumping',
    zoneId: 'yard',
    state: 'confirmed',
    stillSha256: 'a'.repeat(64),
    why: { looks: 1, hazardLooks: 1, overS: 60, level: 1, rule: 'dumping.act', models: [], weather: '', facts: story },
  });
  const sha256 = await stand.files.put(file, 'clip', 'mp4');
  const nowMs = systemClock.nowMs();
  const id = ClipId.parse(newId(systemClock));
  return stand.database.transaction(async (tx) => {
    await clips.plan(tx, {
      id,
      incidentId: incident.id,
      cameraId: openCamera.id,
      state: 'planned',
      fromMs: nowMs - 60_000,
      toMs: nowMs - 30_000,
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
    const cut = { sha256, bytes: file.length, startsAtMs: nowMs - 61_000, durationMs: 31_000, cutBy: 'test 1' };
    return sealClip(tx, { id }, cut, { clock: systemClock, settings: stand.settings.evidence });
  });
}

const video = (clip: Clip): string => pathOf('clipVideo', { id: clip.id }, { purpose: 'waste_violation' });
const bodyOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());
const viewed = async (clip: Clip) =>
  (await clips.custodyOf(stand.database, clip.id)).filter((row) => row.act === 'viewed');

describe('a sealed clip', () => {
  it('leaves as the bytes that were sealed, whole and by ranges', async () => {
    const clip = await sealedClip();
    const whole = await officer.send('GET', video(clip));
    expect(whole.status).toBe(200);
    expect(whole.headers.get('etag')).toBe(JSON.stringify(clip.sha256));
    expect(whole.headers.get('content-type')).toBe('video/mp4');
    expect(whole.headers.get('cache-control')).toContain('no-store');
    const got = await bodyOf(whole);
    expect(got.equals(bytes)).toBe(true);
    expect(whole.headers.get('digest')).toBe(`sha-256=${createHash('sha256').update(got).digest('base64')}`);
    for (const [range, from, to] of [
      ['bytes=0-99', 0, 100],
      ['bytes=1000-', 1000, bytes.length],
      ['bytes=-500', bytes.length - 500, bytes.length],
    ] as const) {
      const part = await officer.send('GET', video(clip), undefined, { range });
      expect(part.status).toBe(206);
      expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${bytes.length}`);
      expect((await bodyOf(part)).equals(bytes.subarray(from, to))).toBe(true);
    }
    const none = await officer.send('GET', video(clip), undefined, { range: `bytes=${bytes.length}-` });
    expect(none.status).toBe(416);
    expect(none.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
  });

  it('writes a line of custody for each opening, with role and purpose, and stays one chain', async () => {
    const clip = await sealedClip();
    await bodyOf(await officer.send('GET', video(clip), undefined, { range: 'bytes=5000-' }));
    await bodyOf(await officer.send('GET', video(clip), undefined, { range: 'bytes=9000-' }));
    expect(await viewed(clip)).toHaveLength(1);
    await bodyOf(await officer.send('GET', video(clip)));
    await bodyOf(await second.send('GET', video(clip)));
    expect((await viewed(clip)).map(({ who, role, purpose }) => [who, role, purpose])).toEqual([
      ['p-police-reviewer', 'police_reviewer', 'waste_violation'],
      ['p-police-reviewer', 'police_reviewer', 'waste_violation'],
      ['p-second-reviewer', 'second_reviewer', 'waste_violation'],
    ]);
    const [violation] = await clips.violationsOf(stand.database, clip.id);
    const view = await officer.ask('violation', { params: { id: violation?.id ?? '' } });
    expect(view.custodyWhole).toBe(true);
    expect(view.custody.at(-1)).toMatchObject({ act: 'viewed', name: 'Name of second-reviewer' });
  });

  it('is not opened without a purpose, nor by an operator, and nothing is written then', async () => {
    const clip = await sealedClip();
    expect((await officer.send('GET', pathOf('clipVideo', { id: clip.id }))).status).toBe(400);
    expect((await officer.send('GET', pathOf('clipVideo', { id: clip.id }, { purpose: 'curiosity' }))).status).toBe(
      400,
    );
    expect((await (await stand.seat('operator')).send('GET', video(clip))).status).toBe(403);
    expect(await viewed(clip)).toEqual([]);
  });

  it('is refused when its file is no longer what was sealed, also after it was whole once', async () => {
    const clip = await sealedClip(Buffer.concat([bytes, randomBytes(8)]));
    expect((await officer.send('GET', video(clip))).status).toBe(200);
    const path = stand.files.path(clip.sha256 ?? '');
    await chmod(path, 0o600);
    await appendFile(path, 'x');
    const answer = await officer.send('GET', video(clip));
    expect(answer.status).toBe(500);
    expect(Problem.parse(await answer.json()).code).toBe('EVIDENCE_BROKEN');
  });
});

describe('a violation', () => {
  it('shows the story, and candidate articles in three languages with none chosen', async () => {
    const clip = await sealedClip();
    const { violations } = await officer.ask('violations');
    const card = violations.find((one) => one.clip.id === clip.id);
    expect(card).toMatchObject({ hazard: 'dumping', violation: { state: 'draft', articleId: null } });
    const view = await officer.ask('violation', { params: { id: card?.violation.id ?? '' } });
    expect(view.stills.map((still) => still.what)).toEqual(['before', 'came', 'after']);
    expect(view.articles.length).toBeGreaterThan(1);
    for (const { test, title } of view.articles) {
      for (const text of [test.kk, test.ru, test.en, title.kk, title.ru, title.en]) expect(text).not.toBe('');
    }
    expect(view.chosenBy).toBeNull();
  });

  it('needs six eyes: the second reviewer judges without knowing the first choice', async () => {
    const clip = await sealedClip();
    const [draft] = await clips.violationsOf(stand.database, clip.id);
    const params = { id: draft?.id ?? '' };
    const { articles, card } = await officer.ask('violation', { params });
    const [one, other] = articles;
    const choose = (version: number) => officer.ask('chooseArticle', { params, body: { version, articleId: one?.id } });
    const first = (await choose(card.violation.version)).violation;
    expect(first).toMatchObject({ state: 'second_review', articleId: one?.id, chosenBy: 'p-police-reviewer' });
    const blind = await second.ask('violation', { params });
    expect(blind.card.violation).toMatchObject({ articleId: null, chosenBy: null });
    expect(blind.chosenBy).toBeNull();
    expect(JSON.stringify([blind.history, (await second.ask('violations')).violations])).not.toContain(
      `article ${one?.id ?? ''}`,
    );
    const back = { version: first.version, articleId: other?.id ?? null, note: 'household waste' };
    expect((await second.send('POST', pathOf('reviewSecond', params), { ...back, note: '' })).status).toBe(400);
    const returned = (await second.ask('reviewSecond', { params, body: back })).violation;
    expect(returned.state).toBe('returned');
    const again = (await choose(returned.version)).violation;
    const handed = await second.ask('reviewSecond', {
      params,
      body: { version: again.version, articleId: one?.id, note: '' },
    });
    expect(handed.violation.state).toBe('handed_over');
    const outcome = { version: handed.violation.version, outcome: 'protocol_no', note: '26-0042' };
    expect((await officer.ask('recordOutcome', { params, body: outcome })).violation).toMatchObject({
      state: 'protocol_no',
      note: '26-0042',
    });
  });

  it('takes no article that was no candidate on the day, and no act on an old version', async () => {
    const clip = await sealedClip();
    const [draft] = await clips.violationsOf(stand.database, clip.id);
    const path = pathOf('chooseArticle', { id: draft?.id ?? '' });
    expect((await officer.send('POST', path, { version: 1, articleId: 'made-up' })).status).toBe(400);
    expect((await officer.send('POST', path, { version: 7, articleId: 'made-up' })).status).toBe(409);
    const dismissed = { version: 1, note: 'the site is permitted' };
    const after = await officer.ask('dismissViolation', { params: { id: draft?.id ?? '' }, body: dismissed });
    expect(after.violation).toMatchObject({ state: 'not_a_violation', note: 'the site is permitted' });
  });
});

describe('a restricted camera', () => {
  it('is looked at for a typed reason only, which the auditor can read', async () => {
    const jpeg = Buffer.concat([Buffer.from('ffd8ff', 'hex'), randomBytes(2000)]);
    const sha256 = await stand.files.put(jpeg, 'still', 'jpg');
    const nowMs = systemClock.nowMs();
    for (const cameraId of ['cam-closed', 'cam-open']) {
      await looks.save(
        stand.database,
        {
          id: LookId.parse(`${cameraId}@${nowMs}`),
          cameraId: CameraId.parse(cameraId),
          dueAtMs: nowMs,
          seenAtMs: nowMs,
          way: 'rtsp',
          outcome: { kind: 'seen' },
          tookMs: 500,
          widthPx: 1920,
          heightPx: 1080,
          detections: [],
          observations: [],
          stillSha256: sha256,
          parts: null,
        },
        { judgeAll: false },
      );
    }
    const still = (id: string, query = {}) => pathOf('cameraStill', { id }, query);
    const open = await officer.send('GET', still('cam-open'));
    expect((await bodyOf(open)).equals(jpeg)).toBe(true);
    expect(Number(open.headers.get('x-ahual-seen-at-ms'))).toBe(nowMs);
    expect((await officer.send('GET', still('cam-closed'))).status).toBe(400);
    const reason = 'a child is missing, call 102';
    expect((await officer.send('GET', still('cam-closed', { reason }))).status).toBe(200);
    expect((await (await stand.seat('controller')).send('GET', still('cam-closed', { reason }))).status).toBe(403);
    expect(await audit.of(stand.database, 'camera', 'cam-closed')).toMatchObject([
      { actor: 'p-police-reviewer', facts: { reason } },
    ]);
    const operator = await stand.seat('operator');
    expect((await operator.ask('camera', { params: { id: 'cam-closed' } })).strip).toMatchObject([
      { outcome: 'seen', stillSha256: null },
    ]);
    expect((await operator.ask('camera', { params: { id: 'cam-open' } })).strip).toMatchObject([
      { stillSha256: sha256 },
    ]);
    const { cameras } = await operator.ask('cameras');
    expect(cameras.map((one) => [one.id, one.state])).toEqual([
      ['cam-closed', 'ok'],
      ['cam-open', 'ok'],
    ]);
    expect(JSON.stringify(cameras)).not.toContain('rtsp');
  });
});
