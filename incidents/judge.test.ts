// What follows from findings: one table.
import { expect, test } from 'vitest';
import type { Incident } from '#core/incident';
import { IncidentId } from '#core/ids';
import type { Finding } from '#hazards';
import { judge, type Raise, type Scene } from './judge.ts';
import { byPriority } from './priority.ts';
import { quietMs } from './quiet.ts';

const nowMs = 1_800_000_000_000;
const why = {
  looks: 3,
  hazardLooks: 3,
  overS: 400,
  level: 0.5,
  rule: 'flooding.persistence',
  models: [],
  weather: '',
  facts: {},
};
const raise: Raise = {
  kind: 'raise',
  sub: 'carriageway',
  severity: 'S3',
  level: 0.5,
  why,
  mark: { kind: 'zone', points: [] },
  stillSha256: null,
  beforeSha256: null,
  beforeAtMs: null,
  firstSeenAtMs: nowMs - 400_000,
  lastSeenAtMs: nowMs,
  act: false,
};
const act: Raise = { ...raise, act: true, why: { ...why, rule: 'dumping.act' } };
const gone: Finding = {
  kind: 'gone',
  clears: [{ lookId: 'l', atMs: nowMs, word: 'clear', sub: '', level: 0, still: null, boxes: [], facts: {} }],
};
const known = (part: Partial<Incident> = {}): Incident => ({
  id: IncidentId.parse('i1'),
  number: 1,
  hazard: 'flooding',
  sub: '',
  state: 'pending_review',
  severity: 'S3',
  version: 1,
  cameraId: null,
  zoneId: null,
  point: { lon: 71.43, lat: 51.13 },
  district: 'esil',
  origin: 'camera',
  openedAtMs: nowMs - 1_000_000,
  raisedAtMs: null,
  decidedAtMs: null,
  closedAtMs: null,
  lastSeenAtMs: nowMs - 1_000_000,
  untilMs: null,
  level: 0.5,
  why,
  mark: null,
  stillSha256: null,
  beforeSha256: null,
  beforeAtMs: null,
  rejectReason: null,
  mergedInto: null,
  decidedBy: null,
  note: '',
  reopens: 0,
  massId: null,
  ...part,
});
const scene = (part: Partial<Scene>): Scene => ({
  finding: raise,
  nowMs,
  pace: 1,
  here: undefined,
  near: undefined,
  closed: undefined,
  isAsBefore: false,
  isPutOff: false,
  quiet: undefined,
  lastClearMs: null,
  clearedAtMs: null,
  coolDownMs: 1_200_000,
  viewGivenTo: null,
  ...part,
});

test.each([
  ['a new hazard opens', {}, { kind: 'open' }],
  ['one that is known changes nothing', { here: known() }, { kind: 'nothing', why: 'known' }],
  ['one that got worse changes', { here: known({ severity: 'S2' }) }, { kind: 'change', unshelve: false }],
  [
    'a shelved one that got worse comes back',
    { here: known({ state: 'shelved', severity: 'S2' }) },
    { kind: 'change', unshelve: true },
  ],
  [
    'one in work is the tasks’ matter',
    { here: known({ state: 'in_work', severity: 'S1' }) },
    { kind: 'nothing', why: 'decided' },
  ],
  ['a second camera gives its view', { near: known() }, { kind: 'merge' }],
  ['and gives it once', { near: known(), viewGivenTo: 'i1' }, { kind: 'nothing' }],
  [
    'after a rejection there is silence',
    { quiet: { sinceMs: nowMs - 9, untilMs: nowMs + 1, reason: 'shadow' }, lastClearMs: nowMs - 5 },
    { kind: 'held', rule: 'quiet' },
  ],
  ['what a person put off at this camera is held', { isPutOff: true }, { kind: 'held', rule: 'put-off' }],
  ['but not what threatens life', { isPutOff: true, finding: { ...raise, severity: 'S4' } }, { kind: 'open' }],
  [
    'until it is over',
    { quiet: { sinceMs: nowMs - 9, untilMs: nowMs, reason: 'shadow' }, lastClearMs: nowMs - 5 },
    { kind: 'open' },
  ],
  [
    'what was rejected and never seen clear since is not told twice',
    { quiet: { sinceMs: nowMs - 90_000_000, untilMs: nowMs - 9, reason: 'shadow' }, lastClearMs: nowMs - 90_000_001 },
    { kind: 'held', rule: 'quiet' },
  ],
  [
    'what is not yet due is told again after its silence',
    { quiet: { sinceMs: nowMs - 90_000_000, untilMs: nowMs - 9, reason: 'within_deadline' } },
    { kind: 'open' },
  ],
  [
    'but asked again after a fortnight',
    { quiet: { sinceMs: nowMs - 14 * 86_400_000, untilMs: nowMs - 9, reason: 'shadow' } },
    { kind: 'open' },
  ],
  [
    'the same hazard after closing reopens',
    { closed: known({ state: 'closed', closedAtMs: nowMs - 3_600_000 }) },
    { kind: 'reopen' },
  ],
  [
    'long after closing it is a new one',
    { closed: known({ state: 'closed', closedAtMs: nowMs - 2 * 86_400_000 }) },
    { kind: 'open' },
  ],
  [
    'looks from before the closing are the old hazard',
    { closed: known({ state: 'closed', closedAtMs: nowMs + 1 }) },
    { kind: 'held', rule: 'before-closing' },
  ],
  ['an unreviewed one that is gone clears', { finding: gone, here: known() }, { kind: 'clear' }],
  [
    'a confirmed one does not clear by itself',
    { finding: gone, here: known({ state: 'confirmed' }) },
    { kind: 'nothing' },
  ],
  ['an act does not clear', { finding: gone, here: known({ why: act.why }) }, { kind: 'nothing' }],
  [
    'clear looks older than the last sight say nothing',
    { finding: gone, here: known({ lastSeenAtMs: nowMs + 1 }) },
    { kind: 'nothing' },
  ],
  ['nothing to clear', { finding: gone }, { kind: 'nothing' }],
  ['a suspicion is looked at again', { finding: { kind: 'wait', reason: 'few-looks' } }, { kind: 'look-sooner' }],
  [
    'snow inside its deadline is not, and is listed',
    { finding: { kind: 'wait', reason: 'within-deadline' } },
    { kind: 'held', rule: 'within-deadline', lookSooner: false },
  ],
  [
    'what stays below the level of raising is listed and looked at again',
    { finding: { kind: 'wait', reason: 'below-raise' } },
    { kind: 'held', rule: 'below-raise', lookSooner: true },
  ],
  ['a look that is known already is nothing', { finding: { kind: 'wait', reason: 'known' } }, { kind: 'nothing' }],
  ['what has just cleared itself cools down', { clearedAtMs: nowMs - 60_000 }, { kind: 'held', rule: 'cool-down' }],
  ['and may be raised afterwards', { clearedAtMs: nowMs - 1_200_000 }, { kind: 'open' }],
  [
    'the critical does not cool down',
    { clearedAtMs: nowMs - 60_000, finding: { ...raise, severity: 'S4' } },
    { kind: 'open' },
  ],
  ['an act opens', { finding: act }, { kind: 'open' }],
  ['a heap that turns out to be an act changes', { finding: act, here: known() }, { kind: 'change' }],
  [
    'the second story of one vehicle is the same act',
    { finding: act, here: known({ why: act.why, lastSeenAtMs: nowMs - 60_000 }) },
    { kind: 'held', rule: 'same-act' },
  ],
  ['a later act at the same place is another', { finding: act, here: known({ why: act.why }) }, { kind: 'open' }],
  [
    'an act while the old heap is in work is another',
    { finding: act, here: known({ state: 'in_work' }) },
    { kind: 'open' },
  ],
] as const)('%s', (_name, part, wanted) => {
  expect(judge(scene(part))).toMatchObject(wanted);
});

test('the desk is ordered by severity, then waiting, then level', () => {
  const rows = [
    known({ number: 1, severity: 'S2', raisedAtMs: 10 }),
    known({ number: 2, severity: 'S4', raisedAtMs: 90 }),
    known({ number: 3, severity: 'S2', raisedAtMs: 5 }),
    known({ number: 4, severity: 'S2', raisedAtMs: 5, level: 0.9 }),
  ];
  expect([...rows].sort(byPriority).map((i) => i.number)).toEqual([2, 4, 3, 1]);
});

test('silence after a rejection follows its reason and the pace', () => {
  expect(quietMs('shadow', 240, 1)).toBe(240 * 60_000);
  expect(quietMs('shadow', 240, 120)).toBe(120_000);
  expect(quietMs('permitted_place', 240, 1)).toBe(24 * 3_600_000);
  expect(quietMs('duplicate', 240, 1)).toBe(0);
});
