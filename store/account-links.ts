// One-time links with which a person sets a password, and sign-ins that are away at the OpenID provider.
import { z } from 'zod';
import { PersonId } from '#core/ids';
import { at, type Db, type Tx } from './db.ts';
import { inserting, sql } from './sql.ts';

/** Keeps a link of a person; an older one of the same person ends with it. */
export async function invite(
  tx: Tx,
  link: { tokenHash: string; personId: string; madeBy: string; atMs: number; expiresAtMs: number },
): Promise<void> {
  await tx.run(sql`delete from invitation where person_id = ${link.personId}`);
  const row = {
    token_hash: link.tokenHash,
    person_id: link.personId,
    made_by: link.madeBy,
    made_at: at(link.atMs),
    expires_at: at(link.expiresAtMs),
  };
  await tx.run(sql`insert into invitation ${inserting(row)}`);
}

const Owner = z.object({ personId: PersonId });

/** Whose link this is, while it holds. */
export async function ownerOf(db: Db, tokenHash: string, nowMs: number): Promise<string | undefined> {
  const [row] = await db.rows(
    Owner,
    sql`select person_id from invitation where token_hash = ${tokenHash} and expires_at > ${at(nowMs)}::timestamptz`,
  );
  return row?.personId;
}

/** Uses a link up; gives whose it was. Of two that come at the same moment one gets it. */
export async function use(tx: Tx, tokenHash: string, nowMs: number): Promise<string | undefined> {
  const [row] = await tx.rows(
    Owner,
    sql`delete from invitation where token_hash = ${tokenHash} and expires_at > ${at(nowMs)}::timestamptz
        returning person_id`,
  );
  return row?.personId;
}

/** Ends the link of a person. */
export async function withdraw(tx: Tx, personId: string): Promise<boolean> {
  return (await tx.run(sql`delete from invitation where person_id = ${personId}`)) > 0;
}

const Attempt = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });
export type Attempt = z.infer<typeof Attempt>;

/** Keeps what has to come back from the provider. */
export async function keepAttempt(tx: Tx, tokenHash: string, attempt: Attempt, expiresAtMs: number): Promise<void> {
  await tx.run(
    sql`insert into provider_attempt ${inserting({ token_hash: tokenHash, ...attempt, expires_at: at(expiresAtMs) })}`,
  );
}

/** Takes an attempt out; it cannot come back twice. */
export async function takeAttempt(tx: Tx, tokenHash: string, nowMs: number): Promise<Attempt | undefined> {
  const [row] = await tx.rows(
    Attempt,
    sql`delete from provider_attempt where token_hash = ${tokenHash} and expires_at > ${at(nowMs)}::timestamptz
        returning state, nonce, verifier`,
  );
  return row;
}
