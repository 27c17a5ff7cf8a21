// The table of moves over the whole product of states and actors: what domain 3.2 names is lawful, nothing else is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Incident, incidentStates, openIncidentStates, type IncidentState } from '#core/incident';
import { Person, roles, type Role } from '#core/person';
import { fieldChange, lawful, moves, takenBack, type Actor } from './lifecycle.ts';

const nowMs = Date.parse('2026-11-22T06:00:00Z');

const incident = (part: Partial<Incident> = {}): Incident =>
  Incident.parse({
    id: 'i1',
    number: 8812,
    hazard: 'flooding',
    sub: 'carriageway',
    state: 'pending_review',
    severity: 'S2',
    version: 3,
    cameraId: 'c1',
    zoneId: 'z1',
    point: { lon: 71.43, lat: 51.13 },
    district: 'esil',
    origin: 'camera',
    openedAtMs: nowMs - 600_000,
    raisedAtMs: nowMs - 600_000,
    decidedAtMs: null,
    closedAtMs: nowMs - 60_000,
    lastSeenAtMs: nowMs - 60_000,
    untilMs: null,
    level: 0.5,
    why: {
      looks: 3,
      hazardLooks: 3,
      overS: 400,
      level: 0.5,
      rule: 'flooding.persistence',
      models: [],
      weather: '',
      facts: {},
    },
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

const person = (...held: Role[]): Actor => ({
  kind: 'person',
  person: Person.parse({
    id: 'p1',
    login: 'aliya',
    name: 'Aliya',
    roles: held,
    agencyId: null,
    language: 'kk',
    active: true,
  }),
});
const judge: Actor = { kind: 'system', name: 'judge' };
const actors: readonly (readonly ['system' | Role, Actor])[] = [
  ['system', judge],
  ...roles.map((role) => [role, person(role)] as const),
];

/** Everything that any row may ask for. */
const patch = {
  rejectReason: 'shadow' as const,
  mergedInto: incident({ id: incident().id }).id,
  untilMs: nowMs + 60_000,
};
const full = { ...patch, mergedInto: Incident.shape.id.parse('other') };

/** The 24 rows of domain 3.2, written out by hand: from, to, who. Row 0 (taking back) and 24 (same state) apart. */
const domain: readonly (readonly [IncidentState, IncidentState, readonly ('system' | Role)[]])[] = [
  ['candidate', 'pending_review', ['system']],
  ['candidate', 'merged', ['system']],
  ['candidate', 'self_cleared', ['system']],
  ['candidate', 'expired', ['system']],
  ['pending_review', 'confirmed', ['operator', 'shift_lead']],
  ['pending_review', 'rejected', ['operator', 'shift_lead']],
  ['pending_review', 'shelved', ['operator', 'shift_lead']],
  ['shelved', 'pending_review', ['system', 'shift_lead']],
  ['pending_review', 'escalated', ['system', 'operator', 'shift_lead']],
  ['escalated', 'confirmed', ['shift_lead']],
  ['escalated', 'rejected', ['shift_lead']],
  ['escalated', 'shelved', ['shift_lead']],
  ['pending_review', 'self_cleared', ['system']],
  ['pending_review', 'merged', ['operator', 'shift_lead']],
  ['escalated', 'merged', ['operator', 'shift_lead']],
  ['confirmed', 'merged', ['operator', 'shift_lead']],
  ['confirmed', 'in_work', ['system']],
  ['confirmed', 'closed', ['shift_lead']],
  ['confirmed', 'self_cleared', ['controller', 'shift_lead']],
  ['in_work', 'self_cleared', ['controller', 'shift_lead']],
  ['in_work', 'verifying', ['system']],
  ['verifying', 'closed', ['system', 'controller', 'shift_lead']],
  ['verifying', 'in_work', ['system', 'controller', 'shift_lead']],
  ['closed', 'reopened', ['system', 'controller', 'shift_lead']],
  ['reopened', 'in_work', ['system']],
  ['rejected', 'pending_review', ['shift_lead']],
  ['expired', 'pending_review', ['shift_lead']],
  ['self_cleared', 'pending_review', ['shift_lead']],
];

describe('over all states and actors', () => {
  test.each(incidentStates.map((from) => [from] as const))('from %s only what the domain names is lawful', (from) => {
    for (const to of incidentStates) {
      for (const [who, actor] of actors) {
        if (from === to) continue;
        const wanted = domain.some(([f, t, by]) => f === from && t === to && by.includes(who));
        const facts = { to, nowMs, pace: 1, patch: full, reason: 'words' };
        const law = lawful(incident({ state: from }), from, to, actor, facts);
        expect(`${from} → ${to} by ${who}: ${law.kind}`).toBe(
          `${from} → ${to} by ${who}: ${wanted ? 'lawful' : 'refused'}`,
        );
      }
    }
  });

  test('a field changes without a move only while the incident is open, and only by those who work on it', () => {
    for (const state of incidentStates) {
      for (const [who, actor] of actors) {
        const law = lawful(incident({ state }), state, state, actor, {
          to: state,
          nowMs,
          pace: 1,
          patch: {},
          reason: '',
        });
        const wanted = openIncidentStates.some((open) => open === state) && fieldChange.who.includes(who);
        expect(law.kind).toBe(wanted ? 'lawful' : 'refused');
      }
    }
  });

  test('incidents begin as candidates of the machine or confirmed by a person', () => {
    for (const to of incidentStates) {
      for (const [who, actor] of actors) {
        for (const origin of ['camera', 'manual'] as const) {
          const law = lawful(incident({ state: to, origin }), null, to, actor, {
            to,
            nowMs,
            pace: 1,
            patch: {},
            reason: '',
          });
          const byMachine = to === 'candidate' && who === 'system';
          const byHand =
            to === 'confirmed' && origin === 'manual' && ['operator', 'shift_lead', 'controller'].includes(who);
          expect(law.kind).toBe(byMachine || byHand ? 'lawful' : 'refused');
        }
      }
    }
  });

  test('every row of the domain is in the table once', () => {
    const rows = [...new Set(moves.map((m) => m.row))].sort((a, b) => a - b);
    expect(rows).toEqual(Array.from({ length: 24 }, (_, n) => n));
  });
});

const law = (
  from: IncidentState,
  to: IncidentState,
  actor: Actor,
  part: Partial<Incident>,
  given: Partial<Incident>,
  reason = 'words',
) => lawful(incident({ state: from, ...part }), from, to, actor, { to, nowMs, pace: 1, patch: given, reason }).kind;

test.each([
  ['S3 never expires', law('candidate', 'expired', judge, { severity: 'S3' }, {}), 'refused'],
  ['S2 expires', law('candidate', 'expired', judge, {}, {}), 'lawful'],
  ['a rejection needs a reason', law('pending_review', 'rejected', person('operator'), {}, {}), 'refused'],
  [
    '"other" needs words',
    law('pending_review', 'rejected', person('operator'), {}, { rejectReason: 'other' }),
    'refused',
  ],
  [
    '"other" with words',
    law('pending_review', 'rejected', person('operator'), {}, { rejectReason: 'other', note: 'steam' }),
    'lawful',
  ],
  [
    'S4 cannot be shelved',
    law('pending_review', 'shelved', person('operator'), { severity: 'S4' }, { untilMs: nowMs + 1 }),
    'refused',
  ],
  [
    'nor by the shift lead',
    law('escalated', 'shelved', person('shift_lead'), { severity: 'S4' }, { untilMs: nowMs + 1 }),
    'refused',
  ],
  ['shelving needs an end', law('pending_review', 'shelved', person('operator'), {}, {}), 'refused'],
  [
    'shelving needs a reason',
    law('pending_review', 'shelved', person('operator'), {}, { untilMs: nowMs + 1 }, ' '),
    'refused',
  ],
  ['closing without a task needs words', law('confirmed', 'closed', person('shift_lead'), {}, {}, ''), 'refused'],
  [
    'an open manhole never clears itself in work',
    law('in_work', 'self_cleared', person('controller'), { hazard: 'open-manhole' }, {}),
    'refused',
  ],
  [
    'merging into itself',
    law('pending_review', 'merged', person('operator'), {}, { mergedInto: incident().id }),
    'refused',
  ],
  [
    'a manhole reopens after six days',
    law('closed', 'reopened', judge, { hazard: 'open-manhole', closedAtMs: nowMs - 6 * 86_400_000 }, {}),
    'lawful',
  ],
  [
    'flooding does not after two',
    law('closed', 'reopened', judge, { closedAtMs: nowMs - 2 * 86_400_000 }, {}),
    'refused',
  ],
  [
    'a correction comes within a day',
    law('rejected', 'pending_review', person('shift_lead'), { closedAtMs: nowMs - 25 * 3_600_000 }, {}),
    'refused',
  ],
  [
    'taking back is for the one who decided',
    law('rejected', 'pending_review', person('operator'), {}, {}, takenBack),
    'lawful',
  ],
  ['and under no other name', law('rejected', 'pending_review', person('operator'), {}, {}, 'mistake'), 'refused'],
] as const)('%s', (_name, found, wanted) => {
  expect(found).toBe(wanted);
});

test('an act stays an act however clean the place is', () => {
  const { why } = incident();
  const act = { hazard: 'dumping' as const, why: { ...why, rule: 'dumping.act' } };
  expect(law('candidate', 'self_cleared', judge, act, {})).toBe('refused');
  expect(law('pending_review', 'self_cleared', judge, act, {})).toBe('refused');
  expect(law('confirmed', 'self_cleared', person('controller'), act, {})).toBe('refused');
});

test('at a faster pace the windows are shorter', () => {
  const closed = incident({ state: 'closed', closedAtMs: nowMs - 3_600_000 });
  const at = (pace: number) =>
    lawful(closed, 'closed', 'reopened', judge, { to: 'reopened', nowMs, pace, patch: {}, reason: '' }).kind;
  expect([at(1), at(120)]).toEqual(['lawful', 'refused']);
});

test('no walk through the table leaves a final state but by reopening, correction or taking back', () => {
  const state = fc.constantFrom(...incidentStates);
  fc.assert(
    fc.property(fc.array(fc.tuple(state, fc.nat(actors.length - 1)), { maxLength: 40 }), (walk) => {
      let at: IncidentState = 'candidate';
      for (const [to, n] of walk) {
        const actor = actors[n]?.[1] ?? judge;
        const facts = { to, nowMs, pace: 1, patch: full, reason: 'words' };
        if (lawful(incident({ state: at }), at, to, actor, facts).kind !== 'lawful') continue;
        const wasFinal = !openIncidentStates.some((open) => open === at);
        if (wasFinal) expect(['reopened', 'pending_review']).toContain(to);
        at = to;
      }
    }),
    { numRuns: 300 },
  );
});
