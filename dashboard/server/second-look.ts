// The second look: one in twenty verdicts is put blind before another seat. It looks like any item of the queue, its answer changes
// nothing of the incident and sends nothing to anybody; only the agreement of the two is kept (screens 4.1).
import { createHash } from 'node:crypto';
import { AhualError } from '#core/errors';
import { isSeen } from '#core/hazard-name';
import { IncidentId } from '#core/ids';
import type { Incident } from '#core/incident';
import type { Person } from '#core/person';
import type { Verdict } from '#core/verdict';
import { planted, secondLooks, verdicts, type Tx } from '#store';
import type { Decision, IncidentCard } from '../contract.ts';
import type { Glass } from './glass.ts';
import { cardFor } from './incidents.ts';
import { idAt } from './planted.ts';
import { sightOf } from './sight.ts';

/** One verdict of so many. */
export const secondLookOneIn = 20;
const askedForMs = 60 * 60_000;

/** Which verdicts get a second look: told by the incident, so that nobody can choose, and the same on every process. */
export const isDrawn = (incidentId: string): boolean =>
  createHash('sha256').update(incidentId).digest().readUInt32BE(0) % secondLookOneIn === 0;

/** Puts a fresh verdict down for a second look when it is drawn. In the transaction of the verdict. */
export async function drawSecondLook(tx: Tx, { clock, settings }: Glass, given: Verdict): Promise<void> {
  if (!isDrawn(given.incidentId)) return;
  const row = await verdicts.byId(tx, given.id);
  if (!row) return;
  const { verdict, incidentBefore: before, personId, atMs } = row;
  if ((verdict.kind !== 'confirm' && verdict.kind !== 'reject') || before.stillSha256 === null) return;
  // Agreement is a number of the eyes.
  if (!isSeen(before.hazard)) return;
  // Only when it can no longer be taken back.
  const askedFromMs = atMs + settings.incidents.undoS * 1000;
  await secondLooks.ask(tx, {
    // The moment in an id is that of the opening, as with any incident.
    id: idAt(clock, before.openedAtMs),
    number: await planted.nextNumber(tx),
    firstVerdictId: verdict.id,
    before,
    firstPersonId: personId,
    firstAtMs: atMs,
    firstKind: verdict.kind,
    firstHazard: verdict.kind === 'confirm' ? (verdict.hazard ?? before.hazard) : before.hazard,
    askedFromMs,
    askedUntilMs: askedFromMs + askedForMs,
  });
}

/** The incident as it stood before the first verdict, under the name and the number of its second look. */
export const asItWas = (row: secondLooks.SecondLook): Incident => ({
  ...row.incidentBefore,
  id: IncidentId.parse(row.id),
  number: row.number,
  state: 'pending_review',
  version: row.incidentBefore.version + row.version - 1,
  raisedAtMs: row.askedFromMs,
  massId: null,
});

/** The second look that this person is asked for now. It never stands before anything that is urgent. */
export async function secondLookFor(
  glass: Glass,
  person: Person,
  queue: readonly IncidentCard[],
  flood: boolean,
): Promise<IncidentCard[]> {
  const isUrgent = flood || queue.some(({ severity }) => severity === 'S4' || severity === 'S3');
  if (isUrgent) return [];
  const row = await secondLooks.openFor(glass.database, person.id, glass.clock.nowMs());
  const isTheirs = row !== undefined && sightOf(glass.register, person).place(row.incidentBefore);
  return isTheirs ? [cardFor(glass, person, asItWas(row))] : [];
}

/** The second answer. What is neither yes nor no counts as unsure. */
export async function answerSecondLook(
  glass: Glass,
  person: Person,
  row: secondLooks.SecondLook,
  verdict: Verdict,
): Promise<Decision> {
  const { database, clock, settings } = glass;
  const atMs = clock.nowMs();
  const taken = await database.transaction(async (tx) => {
    if (row.secondVerdictId === verdict.id) return true;
    return secondLooks.answer(tx, {
      id: row.id,
      verdictId: verdict.id,
      personId: person.id,
      atMs,
      kind: verdict.kind === 'confirm' || verdict.kind === 'reject' ? verdict.kind : 'unsure',
      hazard: verdict.kind === 'confirm' ? (verdict.hazard ?? row.incidentBefore.hazard) : row.incidentBefore.hazard,
      reason: verdict.kind === 'reject' ? verdict.reason : null,
    });
  });
  if (!taken) {
    throw new AhualError('INCIDENT_CHANGED', 'Somebody else was first with this item.', 'Nothing of this was saved.');
  }
  const after = (await secondLooks.byId(database, row.id)) ?? row;
  // No open state: it is on no list and no map any more.
  const card = cardFor(glass, person, { ...asItWas(after), state: 'merged' });
  return { incident: card, taskIds: [], undoUntilMs: atMs + settings.incidents.undoS * 1000 };
}

/** Takes a second answer back; undefined when this verdict is none. */
export async function takeSecondBack(
  glass: Glass,
  person: Person,
  verdictId: string,
): Promise<IncidentCard | undefined> {
  const { database, clock, settings } = glass;
  const row = await secondLooks.bySecond(database, verdictId);
  if (!row || row.secondPersonId !== person.id) return undefined;
  const nowMs = clock.nowMs();
  if (nowMs > (row.secondAtMs ?? 0) + settings.incidents.undoS * 1000) {
    throw new AhualError('MOVE_UNLAWFUL', 'The time to take it back is over.', 'Go on with the next item.');
  }
  await database.transaction((tx) => secondLooks.takeBack(tx, row.id, person.id, nowMs));
  const after = (await secondLooks.byId(database, row.id)) ?? row;
  return cardFor(glass, person, asItWas(after));
}
