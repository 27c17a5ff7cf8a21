// The police reviewer's road: the clip's own bytes, its custody, articles with none chosen, a second person who judges blind.
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, chmod } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { CameraId, LookId, newId } from '#core/ids';
import type { Clip } from '#core/clip';
import { pathOf, Problem } from '#dashboard/contract';
import { audit, clips, looks, sql } from '#store';
import { openStand, type Seat, type Stand } from './dashboard-stand.ts';
import { sealedClipIn } from './sealed-clip.ts';

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

const sealedClip = (file: Buffer = bytes): Promise<Clip> => sealedClipIn(stand, file);

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

describe('a mark by another article', () => {
  const marked = (more: object = {}) => ({
    key: newId(systemClock),
    articleId: '440',
    atClipMs: 12_400,
    box: [0.1, 0.2, 0.3, 0.6],
    note: 'оң жақтағы орындық',
    ...more,
  });
  const drafted = async (): Promise<{ clip: Clip; id: string }> => {
    const clip = await sealedClip();
    const [draft] = await clips.violationsOf(stand.database, clip.id);
    return { clip, id: draft?.id ?? '' };
  };

  it('is a violation of its own on the same clip, once, and goes to the second reviewer blind', async () => {
    const { clip, id } = await drafted();
    const path = pathOf('markViolation', { id });
    expect((await officer.send('POST', path, marked())).status).toBe(400);
    await bodyOf(await officer.send('GET', video(clip)));
    const view = await officer.ask('violation', { params: { id } });
    expect(view.articles.some((one) => one.id === '440')).toBe(false);
    expect(view.allArticles.some((one) => one.id === '440')).toBe(true);
    const body = marked();
    const { violation } = await officer.ask('markViolation', { params: { id }, body });
    expect(violation).toMatchObject({
      state: 'second_review',
      clipId: clip.id,
      articleId: '440',
      chosenBy: 'p-police-reviewer',
      mark: { by: 'p-police-reviewer', atClipMs: 12_400, box: [0.1, 0.2, 0.3, 0.6] },
    });
    expect((await officer.ask('markViolation', { params: { id }, body })).violation.id).toBe(violation.id);
    expect(await clips.violationsOf(stand.database, clip.id)).toHaveLength(2);
    expect((await officer.ask('violations')).violations.map((card) => card.violation.id)).toContain(violation.id);
    expect((await audit.of(stand.database, 'violation', violation.id)).map((row) => row.act)).toEqual([
      'violation draft',
      'violation first_review',
      'violation second_review',
    ]);

    const params = { id: violation.id };
    const blind = await second.ask('violation', { params });
    expect(blind.card.violation).toMatchObject({ articleId: null, chosenBy: null, note: '' });
    expect(blind.card.violation.mark).toEqual({ by: null, atClipMs: 12_400, box: [0.1, 0.2, 0.3, 0.6] });
    expect([blind.markedBy, blind.chosenBy, blind.allArticles]).toEqual([null, null, []]);
    expect(blind.articles.some((one) => one.id === '440')).toBe(true);
    // What the clip was cut for is untouched, and no plate is looked up for the mark.
    expect((await officer.ask('violation', { params: { id } })).card.violation.state).toBe('draft');
    expect((await officer.send('GET', pathOf('plate', params))).status).toBe(404);
    const agreed = { version: violation.version, articleId: '440', note: '' };
    expect((await second.ask('reviewSecond', { params, body: agreed })).violation.state).toBe('handed_over');
  });

  it('is refused twice by one article, for an article out of the table, before the clip was played, and to other roles', async () => {
    const { clip, id } = await drafted();
    const path = pathOf('markViolation', { id });
    const why = async (body: object): Promise<string> => {
      const answer = await officer.send('POST', path, body);
      expect(answer.status).toBe(400);
      return Problem.parse(await answer.json()).message;
    };
    expect(await why(marked())).toContain('not played');
    await bodyOf(await officer.send('GET', video(clip)));
    expect(await why(marked({ articleId: '9999' }))).toContain('not in the table');
    const { violation } = await officer.ask('markViolation', {
      params: { id },
      body: marked({ box: null, atClipMs: null }),
    });
    expect(await why(marked())).toContain('under review');
    for (const login of ['second-reviewer', 'operator', 'shift-lead', 'agency-user']) {
      expect((await (await stand.seat(login)).send('POST', path, marked({ articleId: '615' }))).status).toBe(403);
    }
    await stand.database.run(sql`
      insert into custody (clip_id, at, who, role, act, purpose, object_sha256, previous, hash)
      values (${clip.id}, now(), 'nobody', 'auditor', 'viewed', 'audit', ${clip.sha256}, 'not the one before', 'not its own')`);
    expect(await why(marked({ articleId: '615' }))).toContain('custody log');
    // Returned, the officer may choose any article of the day again.
    const params = { id: violation.id };
    const no = { version: violation.version, articleId: null, note: 'not this one' };
    const returned = (await second.ask('reviewSecond', { params, body: no })).violation;
    const again = { version: returned.version, articleId: '204' };
    expect((await officer.ask('chooseArticle', { params, body: again })).violation.articleId).toBe('204');
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
