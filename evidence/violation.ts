// The states of a violation (domain 3.8) as one table; first and second reviewer are never one person.
import { DateTime } from 'luxon';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { ViolationId, newId } from '#core/ids';
import type { Incident, IncidentState } from '#core/incident';
import type { Person, Role } from '#core/person';
import type { Violation, ViolationState } from '#core/violation';
import { issues } from '#hazards';
import { clips, type Tx } from '#store';
import type { EvidenceSettings } from './settings.ts';
import { offeredFor } from './violation-mark.ts';

export interface ViolationMove {
  readonly from: readonly ViolationState[];
  readonly to: ViolationState;
  readonly who: readonly Role[];
}

export const violationMoves: readonly ViolationMove[] = [
  { from: ['draft', 'returned'], to: 'first_review', who: ['police_reviewer'] },
  { from: ['first_review'], to: 'second_review', who: ['police_reviewer'] },
  { from: ['second_review'], to: 'handed_over', who: ['second_reviewer'] },
  { from: ['second_review'], to: 'returned', who: ['second_reviewer'] },
  { from: ['handed_over'], to: 'protocol_no', who: ['police_reviewer', 'second_reviewer'] },
  { from: ['handed_over'], to: 'declined_by_police', who: ['police_reviewer', 'second_reviewer'] },
  { from: ['draft', 'first_review', 'returned'], to: 'not_a_violation', who: ['police_reviewer'] },
  { from: ['draft', 'first_review', 'returned'], to: 'merged', who: ['police_reviewer'] },
];

/** States of an incident that a person has confirmed: nothing reaches the police before that. */
const confirmed: readonly IncidentState[] = ['confirmed', 'in_work', 'verifying', 'closed', 'reopened'];

/** May the materials of this incident become a violation now? */
export const mayBecomeViolation = (incident: Pick<Incident, 'hazard' | 'state' | 'why'>): boolean =>
  issues[incident.hazard].violation && incident.why.facts['source'] === 'story' && confirmed.includes(incident.state);

/**
 * Opens the draft of a violation when an act is confirmed and its clip is sealed, in the caller's transaction, once; it may
 * be called after every change of either. Undefined while one of them is missing.
 */
export async function openDraft(
  tx: Tx,
  incident: Incident,
  { clock, settings }: { readonly clock: Clock; readonly settings: Pick<EvidenceSettings, 'zone'> },
): Promise<Violation | undefined> {
  if (!mayBecomeViolation(incident)) return undefined;
  const sealed = (await clips.byIncident(tx, incident.id)).find((clip) => clip.state === 'sealed');
  if (!sealed) return undefined;
  const known = (await clips.violationsOf(tx, sealed.id)).find((one) => one.mark === null);
  if (known) return known;
  const atMs = clock.nowMs();
  const { year } = DateTime.fromMillis(atMs, { zone: settings.zone });
  return clips.insertViolation(
    tx,
    {
      id: ViolationId.parse(newId(clock)),
      number: await clips.nextViolationNumber(tx, year),
      incidentId: incident.id,
      clipId: sealed.id,
      state: 'draft',
      track: 'officer',
      articleId: null,
      chosenBy: null,
      createdAtMs: atMs,
      note: '',
      mark: null,
    },
    { atMs, actor: 'evidence', reason: `incident #${incident.number} confirmed, clip sealed` },
  );
}

interface Step {
  readonly violationId: string;
  /** The version on screen. */
  readonly version: number;
  readonly person: Person;
  readonly clock: Clock;
}

async function read(tx: Tx, { violationId, version }: Step): Promise<Violation> {
  const violation = await clips.violationById(tx, violationId);
  if (!violation)
    throw new AhualError('NOT_FOUND', `there is no violation ${violationId}.`, 'Look for it in the list.', {});
  if (violation.version !== version) {
    throw new AhualError(
      'INCIDENT_CHANGED',
      `violation ${violation.number} was changed meanwhile.`,
      'Look at it again.',
      {
        violationId,
        version,
        versionNow: violation.version,
      },
    );
  }
  return violation;
}

/** Moves a violation: the one function for its states. Throws MOVE_UNLAWFUL, AUTH_DENIED, INCIDENT_CHANGED. */
async function move(
  tx: Tx,
  violation: Violation,
  to: ViolationState,
  patch: Partial<Violation>,
  { person, clock }: Pick<Step, 'person' | 'clock'>,
  reason: string,
): Promise<Violation> {
  const found = violationMoves.find((m) => m.to === to && m.from.includes(violation.state));
  const facts = { violationId: violation.id, from: violation.state, to };
  const step = `violation ${violation.number} cannot go from ${violation.state} to ${to}`;
  if (!found) throw new AhualError('MOVE_UNLAWFUL', `${step}.`, 'Look at it again.', facts);
  if (!person.roles.some((role) => found.who.includes(role))) {
    throw new AhualError('AUTH_DENIED', `${step} by this role.`, `It needs: ${found.who.join(' or ')}.`, facts);
  }
  return clips.updateViolation(
    tx,
    violation,
    { ...patch, state: to },
    { atMs: clock.nowMs(), actor: person.id, reason },
  );
}

/**
 * The first reviewer chooses an article among the candidates of the day of the act and passes the materials to the second.
 * Throws REQUEST_INVALID for an article that is no candidate.
 */
export async function chooseArticle(
  tx: Tx,
  given: Step & { readonly articleId: string; readonly settings: Pick<EvidenceSettings, 'zone'> },
): Promise<Violation> {
  const violation = await read(tx, given);
  const { articles: offered, day } = await offeredFor(tx, violation, given.settings.zone);
  if (!offered.some((a) => a.id === given.articleId)) {
    throw new AhualError(
      'REQUEST_INVALID',
      `article ${given.articleId} is no candidate for violation ${violation.number} on ${day}.`,
      `Choose one of: ${offered.map((a) => a.id).join(', ') || 'none'}.`,
      { violationId: violation.id, articleId: given.articleId },
    );
  }
  const first =
    violation.state === 'first_review'
      ? violation
      : await move(tx, violation, 'first_review', {}, given, 'under review');
  const chosen = { articleId: given.articleId, chosenBy: given.person.id };
  return move(tx, first, 'second_review', chosen, given, `article ${given.articleId} chosen`);
}

/** The first reviewer holds that there is no violation; the reason stays. */
export async function dismissViolation(tx: Tx, given: Step & { readonly note: string }): Promise<Violation> {
  const violation = await read(tx, given);
  return move(tx, violation, 'not_a_violation', { note: given.note }, given, given.note);
}

/** The second reviewer, another person, agrees (the materials are handed over) or returns them with a reason. */
export async function reviewSecond(
  tx: Tx,
  given: Step & { readonly agrees: boolean; readonly note: string },
): Promise<Violation> {
  const violation = await read(tx, given);
  if (violation.chosenBy === given.person.id) {
    throw new AhualError(
      'AUTH_DENIED',
      `violation ${violation.number} was reviewed first by the same person.`,
      'Another officer must review it.',
      { violationId: violation.id },
    );
  }
  const patch = given.note ? { note: given.note } : {};
  return given.agrees
    ? move(tx, violation, 'handed_over', patch, given, given.note || 'agreed')
    : move(tx, violation, 'returned', patch, given, given.note);
}

/** What came back from the police's own system: the protocol's number, or that they declined and why. */
export async function recordOutcome(
  tx: Tx,
  given: Step & { readonly outcome: 'protocol_no' | 'declined_by_police'; readonly note: string },
): Promise<Violation> {
  const violation = await read(tx, given);
  return move(tx, violation, given.outcome, { note: given.note }, given, given.note);
}
