// The number plate in a violation: what the networks read is advice, what an officer sees stands beside it. Neither moves anything.
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import type { Person, Role } from '#core/person';
import type { Plate, PlateCorrection } from '#core/plate';
import { formOf, plainPlate } from '#core/plate-grammar';
import type { Violation } from '#core/violation';
import { clips, plates, type Db, type Tx } from '#store';

/** Plates are shown in dumping and to these roles alone (domain 7). */
const readers: readonly Role[] = ['police_reviewer', 'second_reviewer'];

/** States in which a violation is somebody's work: outside of one nobody looks up a plate. */
const closed: ReadonlySet<Violation['state']> = new Set(['not_a_violation', 'merged']);

const shortest = 4;
const longest = 12;

export interface ViolationPlate {
  readonly violation: Violation;
  /** Undefined while nobody has looked for it. */
  readonly read: Plate | undefined;
  readonly said: readonly PlateCorrection[];
}

/** What is known of the plate of a violation. Throws NOT_FOUND for a violation that is not there or was put away. */
export async function plateOf(db: Db, violationId: string): Promise<ViolationPlate> {
  const violation = await clips.violationById(db, violationId);
  // Plates are looked up in dumping alone, never for what an officer marked beside it.
  if (!violation || closed.has(violation.state) || violation.mark !== null) {
    throw new AhualError('NOT_FOUND', 'There is no such violation under review.', 'Go back to the list.', {});
  }
  const [read, said] = await Promise.all([
    plates.byIncident(db, violation.incidentId),
    plates.corrections(db, violation.incidentId),
  ]);
  return { violation, read, said };
}

/**
 * Writes down what a person sees on the plate, beside the reading. A plate of an unknown series is kept too: its form is then null.
 * Throws REQUEST_INVALID for what no plate can be, AUTH_DENIED for a role that sees no plates.
 */
export async function sayPlate(
  tx: Tx,
  given: { readonly violationId: string; readonly text: string; readonly person: Person; readonly clock: Clock },
): Promise<void> {
  const { person, clock } = given;
  if (!person.roles.some((role) => readers.includes(role))) {
    throw new AhualError('AUTH_DENIED', 'Plates are not for this role.', `It needs: ${readers.join(' or ')}.`, {});
  }
  const { violation } = await plateOf(tx, given.violationId);
  const text = plainPlate(given.text);
  if (text.length < shortest || text.length > longest || !/[0-9]/.test(text)) {
    throw new AhualError(
      'REQUEST_INVALID',
      'This is no number plate.',
      `Type its letters and digits, ${shortest} to ${longest} of them.`,
      {},
    );
  }
  await plates.correct(
    tx,
    {
      incidentId: violation.incidentId,
      text,
      kind: formOf(text)?.kind ?? null,
      who: person.id,
      atMs: clock.nowMs(),
    },
    violation.clipId,
  );
}
