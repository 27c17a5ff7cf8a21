// Terms of tasks, the camera's word after a claim, retries, and the letter.
import { expect, test } from 'vitest';
import { Agency } from '#core/agency';
import { Policy } from '#core/policy';
import { Delivery, Task } from '#core/task';
import { epochMs } from '#core/units';
import type { Entry } from '#hazards';
import { afterTry } from './courier.ts';
import { termsOf } from './deadline.ts';
import { letterOf } from './letter.ts';
import { cameraWord } from './verify.ts';

const nowMs = epochMs(Date.parse('2026-11-22T06:00:00Z'));
const hourMs = 3_600_000;
const city = { zone: 'Asia/Almaty', pace: 1, holidays: [] };
const policy = (id: string, more: object) =>
  Policy.parse({
    id,
    hazard: 'snow',
    event: 'end_of_snowfall',
    clock: '24x7',
    acceptH: 0.5,
    fixH: 5,
    validFrom: '2024-01-01',
    source: 't',
    certainty: 'low',
    ...more,
  });
const snow = { hazard: 'snow', sub: 'carriageway', severity: 'S2' } as const;
const events = (snowfallEndedAgoH: number | null) => ({
  confirmedAtMs: nowMs,
  detectedAtMs: nowMs,
  snowfallEndedAtMs: snowfallEndedAgoH === null ? null : epochMs(nowMs - snowfallEndedAgoH * hourMs),
});

test.each([
  ['late snow gets its term anew from the confirmation', 9, 5],
  ['a windrow during the legal term keeps the legal moment', 1, 4],
  ['without a known end of snowfall from the confirmation', null, 5],
  ['a term that ends before it could be accepted is no term', 4.8, 5],
] as const)('%s', (_name, endedAgoH, fixInH) => {
  const terms = termsOf([policy('S', {})], snow, 'V', events(endedAgoH), city);
  expect(terms).toMatchObject({ policyId: 'S', acceptByMs: nowMs + 0.5 * hourMs, fixByMs: nowMs + fixInH * hourMs });
});

test('a severity without a row of its own takes the next graver one', () => {
  const rows = [
    policy('M3', { hazard: 'open-manhole', event: 'confirmed', severity: 'S3', fixH: 24, makeSafeH: 2 }),
    policy('M4', { hazard: 'open-manhole', event: 'confirmed', severity: 'S4', fixH: 3 }),
  ];
  const terms = (severity: 'S2' | 'S3' | 'S4') =>
    termsOf(rows, { hazard: 'open-manhole', sub: 'works', severity }, 'none', events(null), city);
  expect([terms('S2').policyId, terms('S3').policyId, terms('S4').policyId]).toEqual(['M3', 'M3', 'M4']);
  expect(terms('S2').makeSafeByMs).toBe(nowMs + 2 * hourMs);
  expect(terms('S4').makeSafeByMs).toBeNull();
});

test('no row at all is an error with a cure', () => {
  expect(() => termsOf([], snow, 'V', events(1), city)).toThrow(expect.objectContaining({ code: 'ROUTE_MISSING' }));
});

const entries = (...seen: readonly (readonly [number, 'hazard' | 'clear'])[]): Entry[] =>
  seen.map(([atS, word]) => ({
    lookId: `l${atS}`,
    atMs: nowMs + atS * 1000,
    word,
    sub: '',
    level: 0,
    still: `s${atS}`,
    boxes: [],
    facts: {},
  }));

test.each([
  [
    'three clear looks over ten minutes',
    entries([60, 'clear'], [300, 'clear'], [660, 'clear']),
    700,
    1,
    { kind: 'clear', looks: 3, overS: 600, still: 's660' },
  ],
  [
    'three clear looks in two minutes',
    entries([60, 'clear'], [120, 'clear'], [180, 'clear']),
    200,
    1,
    { kind: 'waiting', clear: 3 },
  ],
  ['two clear looks far apart', entries([60, 'clear'], [800, 'clear']), 900, 1, { kind: 'waiting', clear: 2 }],
  [
    'at 120 times the pace five seconds are enough',
    entries([1, 'clear'], [3, 'clear'], [6, 'clear']),
    7,
    120,
    { kind: 'clear', looks: 3 },
  ],
  ['even then two looks are not', entries([1, 'clear'], [60, 'clear']), 61, 120, { kind: 'waiting' }],
  [
    'hazard in two of three',
    entries([60, 'hazard'], [120, 'clear'], [180, 'hazard']),
    200,
    1,
    { kind: 'hazard', looks: 2, still: 's180' },
  ],
  [
    'hazard once, then clear',
    entries([60, 'hazard'], [120, 'clear'], [400, 'clear'], [730, 'clear']),
    740,
    1,
    { kind: 'clear', looks: 3 },
  ],
  [
    'clear before, hazard last',
    entries([60, 'clear'], [400, 'clear'], [700, 'hazard']),
    710,
    1,
    { kind: 'waiting', clear: 0, hazard: 1 },
  ],
  ['nothing seen for ten minutes', entries(), 600, 1, { kind: 'waiting' }],
  ['nothing seen for a quarter of an hour', entries(), 901, 1, { kind: 'unverifiable' }],
  ['at 120 times the pace a camera still has its five looks', entries(), 15, 120, { kind: 'waiting' }],
  ['and no more than those', entries(), 16, 120, { kind: 'unverifiable' }],
  ['the view went away after one look', entries([60, 'clear']), 961, 1, { kind: 'unverifiable' }],
] as const)('after a claim: %s', (_name, seen, atS, pace, wanted) => {
  expect(cameraWord(seen, nowMs, nowMs + atS * 1000, pace)).toMatchObject(wanted);
});

const waiting = Delivery.parse({
  id: 'd',
  taskId: 't',
  way: 'email',
  address: 'a@b.kz',
  state: 'waiting',
  notBeforeMs: 0,
  attempts: 1,
  lastError: '',
  deliveredAtMs: null,
  receipt: '',
});
const retry = { firstMs: 1000, maxMs: 3000, maxAttempts: 3 };

test.each([
  [
    'delivered',
    { kind: 'delivered', receipt: '250 ok' },
    { state: 'delivered', deliveredAtMs: nowMs, receipt: '250 ok', attempts: 2 },
  ],
  ['refused', { kind: 'refused', why: 'no such user' }, { state: 'refused', lastError: 'no such user' }],
  ['held', { kind: 'held', why: 'training' }, { state: 'cancelled', receipt: 'training' }],
  [
    'later',
    { kind: 'later', why: 'busy' },
    { state: 'waiting', notBeforeMs: nowMs + 1500, lastError: 'busy', attempts: 2 },
  ],
] as const)('a try that ends with "%s"', (_name, outcome, wanted) => {
  expect(afterTry(waiting, outcome, nowMs, retry, 0.5)).toMatchObject(wanted);
});

test('the last try is the last', () => {
  expect(afterTry({ ...waiting, attempts: 2 }, { kind: 'later', why: 'busy' }, nowMs, retry, 0.5).state).toBe(
    'given-up',
  );
});

const task = Task.parse({
  id: 't1',
  number: 8830,
  incidentId: 'i1',
  incidentNumber: 8812,
  agencyId: 'drains',
  role: 'primary',
  state: 'created',
  version: 1,
  hazard: 'open-manhole',
  sub: 'missing',
  severity: 'S4',
  point: { lon: 71.4294, lat: 51.1036 },
  district: 'esil',
  placeName: { kk: 'Мәңгілік Ел × Ұлы Дала', ru: 'Мангилик Ел × Улы Дала', en: 'Mangilik El × Uly Dala' },
  routedBy: 'rule M',
  policyId: 'M-1',
  createdAtMs: nowMs,
  notBeforeMs: nowMs,
  sentAtMs: null,
  acceptByMs: nowMs + 600_000,
  makeSafeByMs: nowMs + hourMs,
  fixByMs: nowMs + 3 * hourMs,
  acceptedAtMs: null,
  claimedAtMs: null,
  verifiedAtMs: null,
  verifiedBy: null,
  madeSafeAtMs: null,
  declineReason: null,
  note: '',
  photoSha256: null,
  returns: 0,
});
const drains = Agency.parse({ id: 'drains', kind: 'utility', name: { kk: 'Су', ru: 'Вода', en: 'Water' }, duty: 'd' });

test('a letter says what, where, by when in local time and where to answer, in Kazakh and Russian', () => {
  const letter = letterOf(task, drains, 'f00', { zone: 'Asia/Almaty', publicUrl: 'https://ahual.example.kz/' });
  expect(letter.subject).toBe(
    '[S4] № 8830 Ашық құдық (қақпағы жоқ) / Открытый колодец (люк) (крышки нет): Мәңгілік Ел × Ұлы Дала',
  );
  for (const part of [
    'Қауіпсіз ету мерзімі: 22.11.2026 12:00',
    'Устранить до: 22.11.2026 14:00 (M-1)',
    'Мангилик Ел × Улы Дала',
    'решение принял человек',
    'Крышка на месте',
  ]) {
    expect(letter.text).toContain(part);
  }
  expect(letter.pageUrl).toBe('https://ahual.example.kz/#/agency/t1');
  expect(letter.stillUrl).toBe('https://ahual.example.kz/api/stills/f00');
  expect(letter.mapUrl).toContain('mlat=51.103600&mlon=71.429400');
});

test('a copy asks for nothing, and without a public address there are no links to the house', () => {
  const letter = letterOf({ ...task, role: 'copy' }, drains, 'f00', { zone: 'Asia/Almaty', publicUrl: null });
  expect(letter.text).toContain('Көшірмесі мәлімет үшін жіберілді.');
  expect(letter.text).not.toContain('оградить');
  expect([letter.pageUrl, letter.stillUrl]).toEqual([null, null]);
});
