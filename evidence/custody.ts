// Who opened what and why: every opening is a row, append-only, chained by hash.
import type { Clip } from '#core/clip';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import type { Person, Role } from '#core/person';
import type { CustodyRow } from '#core/violation';
import { clips, type Tx } from '#store';

const openers: readonly Role[] = ['police_reviewer', 'second_reviewer', 'auditor', 'shift_lead'];

/** Writes down that a person opened the original of a sealed clip, and for what purpose. Throws EVIDENCE_BROKEN while unsealed. */
export async function recordView(
  tx: Tx,
  given: {
    readonly clip: Pick<Clip, 'id' | 'sha256'>;
    readonly person: Person;
    readonly purpose: string;
    readonly clock: Clock;
  },
): Promise<CustodyRow> {
  const { clip, person, purpose, clock } = given;
  if (clip.sha256 === null) {
    throw new AhualError('EVIDENCE_BROKEN', `clip ${clip.id} is not sealed yet.`, 'Wait until it is cut.', {
      clipId: clip.id,
    });
  }
  const role = openers.find((r) => person.roles.includes(r)) ?? person.roles[0] ?? 'auditor';
  return clips.appendCustody(tx, {
    atMs: clock.nowMs(),
    who: person.id,
    role,
    act: 'viewed',
    purpose,
    clipId: clip.id,
    objectSha256: clip.sha256,
  });
}

export type CustodyCheck =
  | { readonly kind: 'whole'; readonly links: number }
  | { readonly kind: 'broken'; readonly line: number; readonly why: 'hash' | 'link' };

/** Checks a clip's custody log, oldest row first: each hash is that of its row, each row names the one before it. */
export function checkCustody(rows: readonly CustodyRow[]): CustodyCheck {
  let previous = '';
  for (const [n, row] of rows.entries()) {
    const { hash, ...line } = row;
    if (row.previous !== previous) return { kind: 'broken', line: n + 1, why: 'link' };
    if (clips.custodyHash(line) !== hash) return { kind: 'broken', line: n + 1, why: 'hash' };
    previous = hash;
  }
  return { kind: 'whole', links: rows.length };
}
