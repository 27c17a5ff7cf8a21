// The table of task moves over all states and actors: what domain 3.3 names is lawful, nothing else is.
import { describe, expect, test } from 'vitest';
import { Person, roles, type Role } from '#core/person';
import { Task, openTaskStates, taskStates, type TaskState } from '#core/task';
import { lawfulTask, type TaskActor } from './lifecycle.ts';

const task = (part: Partial<Task> = {}): Task =>
  Task.parse({
    id: 't1',
    number: 8830,
    incidentId: 'i1',
    incidentNumber: 8812,
    agencyId: 'drains',
    role: 'primary',
    state: 'sent',
    version: 2,
    hazard: 'flooding',
    sub: '',
    severity: 'S2',
    point: { lon: 71.43, lat: 51.13 },
    district: 'esil',
    placeName: { kk: '', ru: '', en: '' },
    routedBy: 'rule R-F',
    policyId: 'F',
    createdAtMs: 0,
    notBeforeMs: 0,
    sentAtMs: 0,
    acceptByMs: 1,
    makeSafeByMs: null,
    fixByMs: 2,
    acceptedAtMs: null,
    claimedAtMs: null,
    verifiedAtMs: null,
    verifiedBy: null,
    madeSafeAtMs: null,
    declineReason: null,
    note: '',
    photoSha256: null,
    returns: 0,
    ...part,
  });

const person = (role: Role): TaskActor => ({
  kind: 'person',
  person: Person.parse({
    id: 'p1',
    login: 'aliya',
    name: 'Aliya',
    roles: [role],
    agencyId: null,
    language: 'kk',
    active: true,
  }),
});
const own: TaskActor = { kind: 'agency', agencyId: task().agencyId };
const other: TaskActor = { kind: 'agency', agencyId: Task.shape.agencyId.parse('covers') };
const system: TaskActor = { kind: 'system', name: 'courier' };
const actors: readonly (readonly ['system' | 'agency' | 'other agency' | Role, TaskActor])[] = [
  ['system', system],
  ['agency', own],
  ['other agency', other],
  ...roles.map((role) => [role, person(role)] as const),
];
const whole = { sentAtMs: 1, declineReason: 'wrong_owner', verifiedBy: 'camera' } as const;

const control = ['controller', 'shift_lead'] as const;
const domain: readonly (readonly [TaskState, TaskState, readonly string[]])[] = [
  ['created', 'sent', ['system']],
  ['sent', 'accepted', ['agency']],
  ['returned', 'accepted', ['agency']],
  ['sent', 'declined', ['agency']],
  ['accepted', 'declined', ['agency']],
  ['declined', 'rerouted', ['operator', ...control]],
  ['accepted', 'in_progress', ['agency']],
  ['returned', 'in_progress', ['agency']],
  ...(['sent', 'accepted', 'in_progress', 'returned'] as const).map(
    (from) => [from, 'done_claimed', ['agency']] as const,
  ),
  ['done_claimed', 'verifying', ['system']],
  ...(['done_claimed', 'verifying'] as const).flatMap((from) => [
    [from, 'verified', ['system', ...control]] as const,
    [from, 'returned', ['system', ...control]] as const,
  ]),
  ...openTaskStates.map((from) => [from, 'cancelled', ['system', ...control]] as const),
];

describe('over all states and actors', () => {
  test.each(taskStates.map((from) => [from] as const))('from %s only what the domain names is lawful', (from) => {
    for (const to of taskStates) {
      if (from === to) continue;
      for (const [who, actor] of actors) {
        const law = lawfulTask(task({ state: from }), from, to, actor, whole, 'words');
        const wanted = domain.some(([f, t, by]) => f === from && t === to && by.includes(who));
        expect(`${from} → ${to} by ${who}: ${law.kind}`).toBe(
          `${from} → ${to} by ${who}: ${wanted ? 'lawful' : 'refused'}`,
        );
      }
    }
  });
});

test.each([
  ['"sent" is said only with a receipt', lawfulTask(task(), 'created', 'sent', system, {}, 'x')],
  ['declining needs a reason', lawfulTask(task(), 'sent', 'declined', own, {}, 'x')],
  ['"verified" says by what', lawfulTask(task(), 'verifying', 'verified', system, {}, 'x')],
  ['returning needs words', lawfulTask(task(), 'verifying', 'returned', person('controller'), {}, ' ')],
  ['cancelling needs words', lawfulTask(task(), 'sent', 'cancelled', person('controller'), {}, '')],
] as const)('%s', (_name, law) => {
  expect(law).toMatchObject({ kind: 'refused', why: 'condition' });
});

test('fields change while a task is open, by its own agency', () => {
  const kinds = (actor: TaskActor) =>
    taskStates.map((s) => lawfulTask(task({ state: s }), s, s, actor, {}, '').kind === 'lawful');
  const open = taskStates.map((s) => openTaskStates.some((o) => o === s));
  expect(kinds(own)).toEqual(open);
  expect(kinds(other)).toEqual(open.map(() => false));
  expect(kinds(person('auditor'))).toEqual(open.map(() => false));
});
