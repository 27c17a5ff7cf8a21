// Second factors: sealed secrets of one-time codes, the last used half minute, and recovery codes.
import { z } from 'zod';
import { at, type Db, type Tx } from './db.ts';
import { inserting, sql } from './sql.ts';

const Row = z.object({ sealed: z.string(), madeAtMs: z.number(), confirmedAtMs: z.number().nullable() });
export type Factor = z.infer<typeof Row>;

/** The second factor of a person, also one that waits for its first code. */
export async function of(db: Db, personId: string): Promise<Factor | undefined> {
  const [row] = await db.rows(
    Row,
    sql`select sealed, made_at, confirmed_at from second_factor where person_id = ${personId}`,
  );
  return row;
}

/** Keeps a new secret in place of one that was never confirmed. False where a confirmed one stands. */
export async function begin(tx: Tx, personId: string, sealed: string, atMs: number): Promise<boolean> {
  await tx.run(sql`delete from second_factor where person_id = ${personId} and confirmed_at is null`);
  const row = { person_id: personId, sealed, made_at: at(atMs) };
  return (await tx.run(sql`insert into second_factor ${inserting(row)} on conflict do nothing`)) > 0;
}

/** The first right code was given. */
export async function confirm(tx: Tx, personId: string, atMs: number): Promise<void> {
  await tx.run(
    sql`update second_factor set confirmed_at = coalesce(confirmed_at, ${at(atMs)}::timestamptz) where person_id = ${personId}`,
  );
}

/** Uses a half minute up. False where it, or a later one, was used before. */
export async function useStep(tx: Tx, personId: string, step: number): Promise<boolean> {
  return (
    (await tx.run(
      sql`update second_factor set last_step = ${step}::bigint where person_id = ${personId} and last_step < ${step}::bigint`,
    )) > 0
  );
}

/** Takes the second factor and its recovery codes away. */
export async function drop(tx: Tx, personId: string): Promise<boolean> {
  await tx.run(sql`delete from recovery_code where person_id = ${personId}`);
  return (await tx.run(sql`delete from second_factor where person_id = ${personId}`)) > 0;
}

/** New recovery codes in place of all older ones. */
export async function putCodes(tx: Tx, personId: string, hashes: readonly string[]): Promise<void> {
  await tx.run(sql`delete from recovery_code where person_id = ${personId}`);
  for (const hash of hashes) {
    await tx.run(sql`insert into recovery_code ${inserting({ code_hash: hash, person_id: personId })}`);
  }
}

/** Uses a recovery code up. False where it is none of this person's. */
export async function useCode(tx: Tx, personId: string, hash: string): Promise<boolean> {
  return (await tx.run(sql`delete from recovery_code where person_id = ${personId} and code_hash = ${hash}`)) > 0;
}

/** How many recovery codes a person has left. */
export async function codesLeft(db: Db, personId: string): Promise<number> {
  const [row] = await db.rows(
    z.object({ n: z.number() }),
    sql`select count(*) as n from recovery_code where person_id = ${personId}`,
  );
  return row?.n ?? 0;
}
