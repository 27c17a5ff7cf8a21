// Sessions as a list that people read and end, and the seats in which a person is known.
import { z } from 'zod';
import { PersonId } from '#core/ids';
import { at, type Db, type Tx } from './db.ts';
import { inserting, sql } from './sql.ts';

const Row = z.object({
  id: z.string(),
  tokenHash: z.string(),
  personId: PersonId,
  madeAtMs: z.number(),
  seenAtMs: z.number(),
  expiresAtMs: z.number(),
  address: z.string(),
  userAgent: z.string(),
  way: z.string(),
});
export type SessionRow = z.infer<typeof Row>;

/** The open sessions of a person, the one seen last first. */
export const of = (db: Db, personId: string, nowMs: number): Promise<SessionRow[]> =>
  db.rows(
    Row,
    sql`select id, token_hash, person_id, made_at, seen_at, expires_at, address, user_agent, way from session
        where person_id = ${personId} and expires_at > ${at(nowMs)}::timestamptz order by seen_at desc, id`,
  );

/** Notes that a session was used. */
export async function seen(db: Db, tokenHash: string, nowMs: number): Promise<void> {
  await db.run(sql`update session set seen_at = ${at(nowMs)} where token_hash = ${tokenHash}`);
}

const Hash = z.object({ tokenHash: z.string() });

/** Ends one session of a person by its id; gives its token's hash, or undefined where there is none. */
export async function endOne(tx: Tx, personId: string, id: string): Promise<string | undefined> {
  const [row] = await tx.rows(
    Hash,
    sql`delete from session where person_id = ${personId} and id = ${id} returning token_hash`,
  );
  return row?.tokenHash;
}

/** Ends all sessions of a person but one; gives the hashes of those that ended. */
export async function endAll(tx: Tx, personId: string, but = ''): Promise<string[]> {
  const rows = await tx.rows(
    Hash,
    sql`delete from session where person_id = ${personId} and token_hash <> ${but} returning token_hash`,
  );
  return rows.map((row) => row.tokenHash);
}

/** Deletes what has ended by itself: sessions, links, attempts at the provider, and failures older than `failuresBeforeMs`. */
export async function sweep(tx: Tx, nowMs: number, failuresBeforeMs: number): Promise<void> {
  await tx.run(sql`delete from session where expires_at <= ${at(nowMs)}::timestamptz`);
  await tx.run(sql`delete from invitation where expires_at <= ${at(nowMs)}::timestamptz`);
  await tx.run(sql`delete from provider_attempt where expires_at <= ${at(nowMs)}::timestamptz`);
  await tx.run(sql`delete from sign_in_failure where at < ${at(failuresBeforeMs)}::timestamptz`);
}

/** The person is known in this browser from now on. */
export async function know(tx: Tx, tokenHash: string, personId: string, nowMs: number): Promise<void> {
  const row = { token_hash: tokenHash, person_id: personId, seen_at: at(nowMs) };
  await tx.run(
    sql`insert into known_device ${inserting(row)} on conflict (token_hash, person_id) do update set
          seen_at = excluded.seen_at`,
  );
}

/** Is the person with this login known in this browser, since a moment? */
export async function isKnown(db: Db, tokenHash: string, login: string, sinceMs: number): Promise<boolean> {
  const rows = await db.rows(
    z.object({ n: z.number() }),
    sql`select 1 as n from known_device join person on person.id = person_id
        where token_hash = ${tokenHash} and login = ${login} and seen_at >= ${at(sinceMs)}::timestamptz`,
  );
  return rows.length > 0;
}

/** The person is known nowhere any more. */
export async function forgetDevices(tx: Tx, personId: string): Promise<void> {
  await tx.run(sql`delete from known_device where person_id = ${personId}`);
}

/** From where wrong passwords are counted. */
export type Counted =
  | { readonly by: 'device'; readonly deviceHash: string; readonly login: string }
  | { readonly by: 'login'; readonly login: string }
  | { readonly by: 'address'; readonly address: string };

/** The moments of wrong passwords since `sinceMs`, the newest first, `limit` at most. Those of known seats count for the seat alone. */
export async function failuresOf(db: Db, counted: Counted, sinceMs: number, limit: number): Promise<number[]> {
  const which =
    counted.by === 'device'
      ? sql`device_hash = ${counted.deviceHash} and login = ${counted.login}`
      : counted.by === 'login'
        ? sql`device_hash is null and login = ${counted.login}`
        : sql`device_hash is null and address = ${counted.address}`;
  const rows = await db.rows(
    z.object({ atMs: z.number() }),
    sql`select at from sign_in_failure where ${which} and at >= ${at(sinceMs)}::timestamptz
        order by at desc limit ${limit}::bigint`,
  );
  return rows.map((row) => row.atMs);
}
