// Windows of clips, the chain of seals, custody, and candidate articles: pure parts.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Clip } from '#core/clip';
import type { Incident } from '#core/incident';
import { Article } from '#core/policy';
import { type CustodyRow, violationStates } from '#core/violation';
import { clips } from '#store';
import { candidates } from './articles.ts';
import { clipWindow } from './clip-plan.ts';
import { checkCustody } from './custody.ts';
import { checkBytes, checkSeals, sealOf, type Sealed } from './seal.ts';
import { mayBecomeViolation, violationMoves } from './violation.ts';

const nowMs = 1_800_000_000_000;
const settings = { beforeS: 15, afterS: 15, maxClipS: 240 };
const why = (facts: Incident['why']['facts']): Incident['why'] => ({
  looks: 1,
  hazardLooks: 1,
  overS: 40,
  level: 0.9,
  rule: 'dumping.act',
  models: [],
  weather: '',
  facts: { source: 'story', ...facts },
});
const act = (facts: Incident['why']['facts']) => ({ hazard: 'dumping' as const, why: why(facts), lastSeenAtMs: nowMs });

test.each([
  ['from 15 s before it came to 15 s after it left', { cameAtMs: nowMs, leftAtMs: nowMs + 60_000 }, [-15, 75]],
  [
    'a long stay is cut around the raised body',
    { cameAtMs: nowMs, leftAtMs: nowMs + 3_600_000, raisedAtMs: nowMs + 1_800_000 },
    [1680, 1920],
  ],
  ['without one around the leaving', { cameAtMs: nowMs, leftAtMs: nowMs + 3_600_000 }, [3375, 3615]],
  [
    'a body raised at once still has its beginning',
    { cameAtMs: nowMs, leftAtMs: nowMs + 3_600_000, raisedAtMs: nowMs + 5_000 },
    [-15, 225],
  ],
  ['one that has not left', { cameAtMs: nowMs - 50_000 }, [-65, 15]],
] as const)('clip: %s', (_name, facts, [fromS, toS]) => {
  expect(clipWindow(act(facts), settings)).toEqual({ fromMs: nowMs + fromS * 1000, toMs: nowMs + toS * 1000 });
});

test('a heap that nobody was seen making and other hazards have no clip', () => {
  expect(
    clipWindow({ hazard: 'dumping', why: why({ source: 'beat' }), lastSeenAtMs: nowMs }, settings),
  ).toBeUndefined();
  expect(clipWindow({ ...act({ cameAtMs: nowMs }), hazard: 'flooding' }, settings)).toBeUndefined();
});

test('a clip is never longer than its limit and holds the act', () => {
  const s = fc.integer({ min: 0, max: 7200 });
  fc.assert(
    fc.property(s, s, (stayS, raisedS) => {
      const facts = {
        cameAtMs: nowMs,
        leftAtMs: nowMs + stayS * 1000,
        raisedAtMs: nowMs + Math.min(raisedS, stayS) * 1000,
      };
      const window = clipWindow(act(facts), settings);
      expect(window && window.toMs - window.fromMs).toBeLessThanOrEqual(settings.maxClipS * 1000);
      expect(window && window.fromMs <= facts.raisedAtMs && facts.raisedAtMs <= window.toMs).toBe(true);
    }),
  );
});

const bytesOf = (n: number): Buffer => Buffer.from(`the original stream of clip ${n}`);
const shaOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function chain(length: number): Clip[] {
  const made: Clip[] = [];
  for (let n = 0; n < length; n++) {
    const bytes = bytesOf(n);
    const id = Clip.shape.id.parse(`clip-${n}`);
    const incidentId = Clip.shape.incidentId.parse(`i-${n}`);
    const cameraId = Clip.shape.cameraId.parse('c3');
    const parts: Sealed = {
      id,
      incidentId,
      cameraId,
      sha256: shaOf(bytes),
      bytes: bytes.byteLength,
      startsAtMs: nowMs + n,
      durationMs: 60_000,
      cutBy: 'node-av 6; ahual 0.1.0',
      sealedAtMs: nowMs + 70_000 + n,
      previousSeal: made.at(-1)?.seal ?? null,
    };
    made.push({ ...parts, state: 'sealed', fromMs: nowMs, toMs: nowMs + 60_000, seal: sealOf(parts), detail: '' });
  }
  return made;
}

test('a whole chain is whole', () => {
  expect(checkSeals(chain(4))).toEqual({ kind: 'whole', links: 4 });
  expect(checkSeals([])).toEqual({ kind: 'whole', links: 0 });
});

const second = (change: Partial<Clip>): Clip[] => chain(3).map((clip, n) => (n === 1 ? { ...clip, ...change } : clip));

test.each([
  ['other bytes', { sha256: shaOf(bytesOf(9)) }, 'facts'],
  ['another length', { bytes: 1 }, 'facts'],
  ['moved in time by one millisecond', { startsAtMs: nowMs + 2 }, 'facts'],
  ['another duration', { durationMs: 59_999 }, 'facts'],
  ['another camera', { cameraId: Clip.shape.cameraId.parse('c4') }, 'facts'],
  ['another program', { cutBy: 'ffmpeg' }, 'facts'],
  ['another moment of sealing', { sealedAtMs: nowMs }, 'facts'],
  ['another predecessor', { previousSeal: 'f00' }, 'link'],
  ['no seal', { seal: null }, 'not-sealed'],
] as const)('a changed link breaks the chain: %s', (_name, change, broken) => {
  expect(checkSeals(second(change))).toEqual({ kind: 'broken', clipId: 'clip-1', why: broken });
});

test('a link taken out, doubled or swapped breaks the chain', () => {
  const [a, b, c] = chain(3);
  if (!a || !b || !c) throw new Error('no chain');
  expect(checkSeals([a, c]).kind).toBe('broken');
  expect(checkSeals([a, a, b, c]).kind).toBe('broken');
  expect(checkSeals([b, a, c]).kind).toBe('broken');
  expect(checkSeals([b, c], a.seal).kind).toBe('whole');
});

test('one changed byte of a file fails, whichever it is', () => {
  const [clip] = chain(1);
  if (!clip) throw new Error('no clip');
  const bytes = bytesOf(0);
  expect(checkBytes(clip, bytes).kind).toBe('whole');
  for (let n = 0; n < bytes.length; n++) {
    const changed = Buffer.from(bytes);
    changed[n] = (changed[n] ?? 0) ^ 1;
    expect(checkBytes(clip, changed)).toEqual({ kind: 'broken', clipId: 'clip-0', why: 'bytes' });
  }
  expect(checkBytes(clip, bytes.subarray(1)).kind).toBe('broken');
});

function log(length: number): CustodyRow[] {
  const rows: CustodyRow[] = [];
  for (let n = 0; n < length; n++) {
    const line = {
      atMs: nowMs + n,
      who: 'nurlan',
      role: 'police_reviewer',
      act: 'viewed' as const,
      purpose: 'waste_violation',
      clipId: Clip.shape.id.parse('clip-0'),
      objectSha256: 'f00',
      previous: rows.at(-1)?.hash ?? '',
    };
    rows.push({ ...line, hash: clips.custodyHash(line) });
  }
  return rows;
}

test('custody: a changed, missing or swapped line is found', () => {
  const rows = log(4);
  expect(checkCustody(rows)).toEqual({ kind: 'whole', links: 4 });
  expect(checkCustody(rows.map((r, n) => (n === 2 ? { ...r, purpose: 'curiosity' } : r)))).toEqual({
    kind: 'broken',
    line: 3,
    why: 'hash',
  });
  expect(checkCustody(rows.filter((_, n) => n !== 1))).toEqual({ kind: 'broken', line: 2, why: 'link' });
  expect(checkCustody([...rows].reverse()).kind).toBe('broken');
});

const texts = { kk: '-', ru: '-', en: '-' };
const article = (id: string, more: object = {}): Article =>
  Article.parse({
    id,
    title: texts,
    test: texts,
    hazards: ['dumping'],
    fine: texts,
    whoDrawsUp: texts,
    validFrom: '2014-07-05',
    source: 't',
    certainty: 'low',
    ...more,
  });
const table = [
  article('344', { validFrom: '2025-03-13' }),
  article('630', { subs: ['tipper', 'mixer'] }),
  article('old', { validTo: '2025-01-01' }),
  article('snow', { hazards: ['snow'] }),
];

test.each([
  ['a tipper today', 'tipper', '2026-11-22', ['344', '630']],
  ['a van today', 'van', '2026-11-22', ['344']],
  ['before the law of March 2025', 'tipper', '2025-03-12', ['630']],
  ['in the old days', 'van', '2024-12-31', ['old']],
] as const)('candidate articles: %s', (_name, sub, day, wanted) => {
  expect(candidates(table, { hazard: 'dumping', sub }, day).map((a) => a.id)).toEqual(wanted);
});

test('only a confirmed act of a vehicle becomes a violation', () => {
  const of = (state: Incident['state'], source = 'story') =>
    mayBecomeViolation({ hazard: 'dumping', state, why: why({ source }) });
  expect([of('confirmed'), of('in_work'), of('closed')]).toEqual([true, true, true]);
  expect([of('candidate'), of('pending_review'), of('rejected'), of('self_cleared'), of('confirmed', 'beat')]).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(mayBecomeViolation({ hazard: 'flooding', state: 'confirmed', why: why({}) })).toBe(false);
});

test('every state of a violation can be reached, and none is reached by the machine', () => {
  const reached = new Set(['draft', ...violationMoves.map((m) => m.to)]);
  expect([...violationStates].every((s) => reached.has(s))).toBe(true);
  expect(violationMoves.every((m) => m.who.length > 0)).toBe(true);
});
