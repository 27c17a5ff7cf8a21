// The states and lawful moves of an incident: the 24 rows of domain 3.2 as one table, and the one function that moves.
import { AhualError } from '#core/errors';
import type { Severity } from '#core/hazard-name';
import { openIncidentStates, undecidedIncidentStates, type Incident, type IncidentState } from '#core/incident';
import type { Person, Role } from '#core/person';
import { issues } from '#hazards';
import { incidents, type Tx } from '#store';
import { tellAppeals } from './appeals.ts';
import { teach } from './teach.ts';
import { correctWithinH, paced } from './settings.ts';

/** Who moves an incident: a part of the house by itself, or a person with roles. */
export type Actor =
  { readonly kind: 'system'; readonly name: string } | { readonly kind: 'person'; readonly person: Person };

/** What a move's condition may lean on besides the incident itself. */
export interface MoveFacts {
  readonly to: IncidentState;
  readonly nowMs: number;
  readonly pace: number;
  readonly patch: Partial<Incident>;
  readonly reason: string;
}

export interface Move {
  /** Row of domain 3.2; 0 is the taking back of a verdict within its seconds of grace (screens 2, G3). */
  readonly row: number;
  readonly from: readonly (IncidentState | null)[];
  readonly to: readonly IncidentState[];
  readonly who: readonly ('system' | Role)[];
  /** In words, for the refusal. */
  readonly needs: string;
  readonly holds?: (incident: Incident, facts: MoveFacts) => boolean;
}

const grave: readonly Severity[] = ['S3', 'S4'];
const isGrave = (incident: Incident): boolean => grave.includes(incident.severity);

/** May the camera alone close it? S1 and S2, and never an open manhole (screens 4.6). */
export const closesByCamera = (incident: Pick<Incident, 'severity' | 'hazard'>): boolean =>
  !grave.includes(incident.severity) && issues[incident.hazard].selfClears;

/** An act that happened is not undone by a clean place. */
export const isAct = (incident: Pick<Incident, 'why'>): boolean => incident.why.rule === 'dumping.act';

const reopenMs = (incident: Incident, pace: number): number => paced(issues[incident.hazard].reopenWithinS, pace);

export const moves: readonly Move[] = [
  {
    row: 0,
    from: ['confirmed', 'rejected', 'shelved', 'escalated', 'merged'],
    to: [...undecidedIncidentStates],
    who: ['operator', 'shift_lead'],
    needs: 'a verdict of the same person within the seconds of grace',
    holds: (_, { reason }) => reason === takenBack,
  },
  { row: 1, from: [null], to: ['candidate'], who: ['system'], needs: 'the persistence rule is met' },
  {
    row: 2,
    from: [null],
    to: ['confirmed'],
    who: ['operator', 'shift_lead', 'controller'],
    needs: 'origin manual or appeal',
    holds: (incident) => incident.origin !== 'camera',
  },
  { row: 3, from: ['candidate'], to: ['pending_review'], who: ['system'], needs: 'the alarm budget is free' },
  {
    row: 4,
    from: ['candidate'],
    to: ['merged'],
    who: ['system'],
    needs: 'an open incident of the same hazard at the same place',
    holds: (incident, { patch }) => isOther(incident, patch),
  },
  {
    row: 5,
    from: ['candidate'],
    to: ['self_cleared'],
    who: ['system'],
    needs: 'clear looks before anybody reviewed it; an act stays',
    holds: (incident) => !isAct(incident),
  },
  {
    row: 6,
    from: ['candidate'],
    to: ['expired'],
    who: ['system'],
    needs: 'S1 or S2, not reviewed in time; S3 and S4 never expire',
    holds: (incident) => !isGrave(incident),
  },
  { row: 7, from: ['pending_review'], to: ['confirmed'], who: ['operator', 'shift_lead'], needs: 'an operator' },
  {
    row: 8,
    from: ['pending_review'],
    to: ['rejected'],
    who: ['operator', 'shift_lead'],
    needs: 'a reason from the list; "other" needs words',
    holds: (_, { patch }) => hasReason(patch),
  },
  {
    row: 9,
    from: ['pending_review'],
    to: ['shelved'],
    who: ['operator', 'shift_lead'],
    needs: 'S1 to S3, a reason and an end',
    holds: (incident, { patch, nowMs, reason }) => mayShelve(incident, patch, nowMs, reason),
  },
  {
    row: 10,
    from: ['shelved'],
    to: ['pending_review'],
    who: ['system', 'shift_lead'],
    needs: 'its time is over or it got worse',
  },
  {
    row: 11,
    from: ['pending_review'],
    to: ['escalated'],
    who: ['system', 'operator', 'shift_lead'],
    needs: 'nobody decided',
  },
  {
    row: 12,
    from: ['escalated'],
    to: ['confirmed', 'rejected', 'shelved'],
    who: ['shift_lead'],
    needs: 'the shift lead, with what the same decision needs elsewhere',
    holds: (incident, { to, patch, nowMs, reason }) => {
      if (to === 'rejected') return hasReason(patch);
      return to === 'shelved' ? mayShelve(incident, patch, nowMs, reason) : true;
    },
  },
  {
    row: 13,
    from: ['pending_review'],
    to: ['self_cleared'],
    who: ['system'],
    needs: 'clear looks; an act stays',
    holds: (incident) => !isAct(incident),
  },
  {
    row: 14,
    from: ['pending_review', 'escalated', 'confirmed'],
    to: ['merged'],
    who: ['operator', 'shift_lead'],
    needs: 'another incident to merge into',
    holds: (incident, { patch }) => isOther(incident, patch),
  },
  { row: 15, from: ['confirmed'], to: ['in_work'], who: ['system'], needs: 'at least one task is sent' },
  {
    row: 16,
    from: ['confirmed'],
    to: ['closed'],
    who: ['shift_lead'],
    needs: 'the shift lead says in words why no task is needed',
    holds: (_, { reason }) => reason.trim().length > 0,
  },
  {
    row: 17,
    from: ['confirmed', 'in_work'],
    to: ['self_cleared'],
    who: ['controller', 'shift_lead'],
    needs: 'a controller; never an open manhole and never an act',
    holds: (incident) => issues[incident.hazard].selfClears && !isAct(incident),
  },
  { row: 18, from: ['in_work'], to: ['verifying'], who: ['system'], needs: 'all tasks are claimed done' },
  {
    row: 19,
    from: ['verifying'],
    to: ['closed'],
    who: ['system', 'controller', 'shift_lead'],
    needs: 'the work is verified: by the camera for S1 and S2, else by a person',
  },
  {
    row: 20,
    from: ['verifying'],
    to: ['in_work'],
    who: ['system', 'controller', 'shift_lead'],
    needs: 'the hazard is still seen',
  },
  {
    row: 21,
    from: ['closed'],
    to: ['reopened'],
    who: ['system', 'controller', 'shift_lead'],
    needs: 'the same hazard and place within the reopen window',
    holds: (incident, { nowMs, pace }) =>
      incident.closedAtMs !== null && nowMs - incident.closedAtMs <= reopenMs(incident, pace),
  },
  { row: 22, from: ['reopened'], to: ['in_work'], who: ['system'], needs: 'a new task is sent' },
  {
    row: 23,
    from: ['rejected', 'expired', 'self_cleared'],
    to: ['pending_review'],
    who: ['shift_lead'],
    needs: 'the shift lead within 24 h',
    holds: (incident, { nowMs, pace }) =>
      incident.closedAtMs !== null && nowMs - incident.closedAtMs <= paced(correctWithinH * 3600, pace),
  },
];

/** Row 24: who may change fields without changing the state, while the incident is open. */
export const fieldChange: Move = {
  row: 24,
  from: [...openIncidentStates],
  to: [...openIncidentStates],
  who: ['system', 'operator', 'shift_lead', 'controller'],
  needs: 'an open incident',
};

/** The reason under which a verdict is taken back. */
export const takenBack = 'taken back';

const isOther = (incident: Incident, patch: Partial<Incident>): boolean =>
  patch.mergedInto !== undefined && patch.mergedInto !== null && patch.mergedInto !== incident.id;

const hasReason = ({ rejectReason, note }: Partial<Incident>): boolean =>
  rejectReason !== undefined && rejectReason !== null && (rejectReason !== 'other' || (note ?? '').trim().length > 0);

const mayShelve = (incident: Incident, patch: Partial<Incident>, nowMs: number, reason: string): boolean =>
  incident.severity !== 'S4' && (patch.untilMs ?? 0) > nowMs && reason.trim().length > 0;

/** The row that lets this actor move an incident so, or why none does: no such step, not this role, or a condition. */
export function lawful(
  incident: Incident,
  from: IncidentState | null,
  to: IncidentState,
  actor: Actor,
  facts: MoveFacts,
): { kind: 'lawful'; row: number } | { kind: 'refused'; why: 'step' | 'role' | 'condition'; needs: string } {
  const table = from === to ? [fieldChange] : moves;
  const steps = table.filter((m) => m.from.includes(from) && m.to.includes(to));
  if (steps.length === 0) return { kind: 'refused', why: 'step', needs: '' };
  const mine = steps.filter((m) =>
    actor.kind === 'system' ? m.who.includes('system') : actor.person.roles.some((role) => m.who.includes(role)),
  );
  const first = steps[0];
  if (mine.length === 0) return { kind: 'refused', why: 'role', needs: first?.needs ?? '' };
  const met = mine.find((m) => m.holds?.(incident, facts) ?? true);
  return met ? { kind: 'lawful', row: met.row } : { kind: 'refused', why: 'condition', needs: mine[0]?.needs ?? '' };
}

/** How an actor is written down: a person's id, or the name of the part. */
export const actorName = (actor: Actor): string => (actor.kind === 'system' ? actor.name : actor.person.id);

export interface MoveOptions {
  readonly atMs: number;
  readonly actor: Actor;
  readonly reason: string;
  readonly pace: number;
}

function refuse(
  incident: Incident,
  from: IncidentState | null,
  to: IncidentState,
  refused: { why: 'step' | 'role' | 'condition'; needs: string },
): AhualError {
  const name = incident.number > 0 ? `incident #${incident.number}` : 'the incident';
  const step = `${from ?? 'nothing'} to ${to}`;
  const facts = { incidentId: incident.id, from, to };
  if (refused.why === 'role') {
    return new AhualError('AUTH_DENIED', `${name} cannot go from ${step} by this role.`, 'Ask the shift lead.', facts);
  }
  if (refused.why === 'condition') {
    return new AhualError('MOVE_UNLAWFUL', `${name} cannot go from ${step} now.`, `It needs: ${refused.needs}.`, facts);
  }
  return new AhualError(
    'MOVE_UNLAWFUL',
    `${name} cannot go from ${step}: there is no such step.`,
    'Look at it again.',
    facts,
  );
}

const ended = (state: IncidentState): boolean => !openIncidentStates.some((open) => open === state);

/**
 * Moves an incident: the one function through which every state and field changes. Row, history, audit and feed are written
 * in the caller's transaction. Throws MOVE_UNLAWFUL, AUTH_DENIED, or INCIDENT_CHANGED when `incident` is no longer the
 * newest version.
 */
export async function moveIncident(
  tx: Tx,
  incident: Incident,
  to: IncidentState,
  patch: Partial<Incident>,
  options: MoveOptions,
): Promise<Incident> {
  const facts = { to, nowMs: options.atMs, pace: options.pace, patch, reason: options.reason };
  const verdict = lawful(incident, incident.state, to, options.actor, facts);
  if (verdict.kind === 'refused') throw refuse(incident, incident.state, to, verdict);
  const changesState = to !== incident.state;
  const whole: Partial<Incident> = {
    ...(changesState ? { untilMs: null, closedAtMs: ended(to) ? options.atMs : null } : {}),
    ...patch,
    state: to,
  };
  const after = await incidents.update(tx, incident, whole, {
    atMs: options.atMs,
    actor: actorName(options.actor),
    reason: options.reason,
  });
  await teach(tx, incident.state, after, { atMs: options.atMs, actor: actorName(options.actor) });
  await tellAppeals(tx, incident.state, after, options.atMs);
  return after;
}

/** Opens an incident as a candidate (the judge) or confirmed (a person). The same law and the same record as a move. */
export async function openIncident(
  tx: Tx,
  incident: Omit<Incident, 'number' | 'version'>,
  options: MoveOptions,
): Promise<Incident> {
  const whole: Incident = { ...incident, number: 0, version: 0 };
  const { state: to } = incident;
  const facts = { to, nowMs: options.atMs, pace: options.pace, patch: {}, reason: options.reason };
  const verdict = lawful(whole, null, to, options.actor, facts);
  if (verdict.kind === 'refused') throw refuse(whole, null, to, verdict);
  return incidents.insert(tx, incident, {
    atMs: options.atMs,
    actor: actorName(options.actor),
    reason: options.reason,
  });
}
