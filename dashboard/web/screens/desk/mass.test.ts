import { expect, test } from 'vitest';
import { incidentStates } from '#core/incident';
import { severities } from '#core/hazard-name';
import { isSingle } from '#incidents';
import type { IncidentCard, MassCard } from '../../../contract.ts';
import { isByMass, standsFor } from '../../../server/mass.ts';
import { isStoodFor, massIdOf, massRow, queueRows, rowsInside, sampleOf, waits } from './mass.ts';
import { nextAfter, settled } from './queue.ts';

const card = (id: string, more: Partial<IncidentCard> = {}): IncidentCard => ({
  id,
  number: 1,
  version: 1,
  hazard: 'snow',
  sub: '',
  state: 'pending_review',
  severity: 'S2',
  origin: 'camera',
  place: { kk: '', ru: '', en: '' },
  point: { lon: 71, lat: 51 },
  district: 'esil',
  cameraId: null,
  level: 0.5,
  openedAtMs: 0,
  waitingSinceMs: 9000,
  lastSeenAtMs: 0,
  decidedAtMs: null,
  untilMs: null,
  limitMs: 1000,
  limitShare: 0,
  stillSha256: null,
  mark: null,
  rejectReason: null,
  massId: null,
  ...more,
});

const many = (id: string, more: Partial<MassCard> = {}): MassCard => ({
  id,
  number: 12,
  version: 1,
  hazard: 'snow',
  district: 'esil',
  cause: 'snowfall',
  sinceMs: 0,
  causeEndedAtMs: 0,
  severity: 'S2',
  members: 143,
  undecided: 140,
  cameras: 120,
  openedAtMs: 0,
  waitingSinceMs: 9000,
  limitMs: 1000,
  asks: true,
  decision: null,
  worst: [],
  ...more,
});

test('pages and server agree for whom a mass incident stands, in every state and severity', () => {
  for (const usual of severities) {
    const one = many('m', { severity: usual });
    for (const severity of severities) {
      for (const state of incidentStates) {
        const stood = isStoodFor({ severity, state, massId: 'm' }, new Map([['m', one]]));
        expect(stood, `${severity} ${state} in ${usual}`).toBe(standsFor(one, { severity, state }));
        if (isSingle({ severity }, one)) expect(stood, `${severity} in ${usual}`).toBe(false);
      }
    }
  }
  expect(isStoodFor(card('a', { massId: 'unknown' }), new Map())).toBe(false);
});

test('a verdict that follows from the decision on the whole is told from one that was given singly', () => {
  expect(isByMass('m1-3-incident', { massId: 'm1' })).toBe(true);
  expect(isByMass('verdict-of-a-seat', { massId: 'm1' })).toBe(false);
  expect(isByMass('m1-3-incident', { massId: null })).toBe(false);
});

test('what was never before people waits only as a member', () => {
  expect(waits({ state: 'candidate', massId: null })).toBe(false);
  expect(waits({ state: 'candidate', massId: 'm' })).toBe(true);
  expect(waits({ state: 'escalated', massId: null })).toBe(true);
  expect(waits({ state: 'confirmed', massId: 'm' })).toBe(false);
});

test('a mass incident has its place by severity, then by what it has used of its limit', () => {
  const singles = [
    card('critical', { severity: 'S4', waitingSinceMs: 9999 }),
    card('older', { waitingSinceMs: 8000 }),
    card('newer', { waitingSinceMs: 9500 }),
    card('low', { severity: 'S1', waitingSinceMs: 0 }),
  ];
  expect(queueRows(singles, [many('m')], null, 10_000)).toEqual(['critical', 'older', 'mass:m', 'newer', 'low']);
});

test('opened, its members stand below its row in their own order, and nowhere twice', () => {
  const singles = [card('x', { severity: 'S4' }), card('b', { massId: 'm' }), card('y', { severity: 'S1' })];
  const opened = { massId: 'm', members: ['a', 'b'] };
  expect(queueRows(singles, [many('m')], opened, 10_000)).toEqual(['x', 'mass:m', 'a', 'b', 'y']);
  // Decided meanwhile, it takes its members with it; a single one stays.
  expect(queueRows(singles, [], opened, 10_000)).toEqual(['x', 'b', 'y']);
});

test('nothing that waits is without a row once the mass incident is opened', () => {
  const members = [
    card('worse and shown', { massId: 'm', severity: 'S3' }),
    card('worse, never shown', { massId: 'm', severity: 'S3', state: 'candidate' }),
    card('shown', { massId: 'm' }),
    card('never shown', { massId: 'm', state: 'candidate' }),
    card('with the lead', { massId: 'm', state: 'escalated' }),
    card('done', { massId: 'm', state: 'rejected' }),
  ];
  const inside = rowsInside(members, new Map([['m', many('m')]]));
  expect(inside).toEqual(['worse, never shown', 'shown', 'never shown']);
});

test('after the decision on the whole the next row is opened', () => {
  const rows = ['x', 'mass:m', 'y'];
  const next = nextAfter({ rows, behind: [], selected: 'mass:m' }, 'mass:m', ['x', 'y']);
  expect(settled(['x', 'y'], next).selected).toBe('y');
});

test('a row says whether it is a mass incident', () => {
  expect(massIdOf(massRow('m'))).toBe('m');
  expect(massIdOf('incident')).toBeUndefined();
  expect(massIdOf(null)).toBeUndefined();
});

test('G5: three of the worst pictures have to be seen, those that there are', () => {
  const worst = ['p1', null, 'p2', 'p3', 'p4'].map((stillSha256, n) => card(String(n), { stillSha256 }));
  expect(sampleOf({ worst })).toEqual(['p1', 'p2', 'p3']);
  expect(sampleOf({ worst: [card('blind')] })).toEqual([]);
});
