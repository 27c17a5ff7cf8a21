// Persons, their sessions and their failed sign-ins.
import { z } from 'zod';
import { Person } from '#core/person';
import { PersonId } from '#core/ids';
import * as audit from './audit.ts';
import { at, json, type Db, type Tx } from './db.ts';
import { inserting, raw, setting, sql } from './sql.ts';

const WithHash = Person.extend({ passwordHash: z.string() });
export type PersonWithHash = z.infer<typeof WithHash>;

const personRow = raw('id, login, name, roles, agency_id, language, active, bounds');

/** Who has this login, with the hash of the password. */
export async function byLogin(db: Db, login: string): Promise<PersonWithHash | undefined> {
  const [row] = await db.rows(WithHash, sql`select ${personRow}, password_hash from person where login = ${login}`);
  return row;
}

/** One person. */
export async function byId(db: Db, id: string): Promise<Person | undefined> {
  const [row] = await db.rows(Person, sql`select ${personRow} from person where id = ${id}`);
  return row;
}

/** Everybody, by login. */
export const all = (db: Db): Promise<Person[]> => db.rows(Person, sql`select ${personRow} from person order by login`);

/** How many persons there are. */
export async function count(db: Db): Promise<number> {
  const [row] = await db.rows(z.object({ n: z.number() }), sql`select count(*) as n from person`);
  return row?.n ?? 0;
}

const columnsOf = (person: Person): Record<string, unknown> => ({
  id: person.id,
  login: person.login,
  name: person.name,
  roles: person.roles,
  agency_id: person.agencyId,
  language: person.language,
  active: person.active,
  bounds: person.bounds == null ? null : json(person.bounds),
});

/** A new person. */
export async function insert(tx: Tx, person: Person, passwordHash: string): Promise<void> {
  await tx.run(sql`insert into person ${inserting({ ...columnsOf(person), password_hash: passwordHash })}`);
}

/** Changes a person, and the password where a new hash is given. Who is no longer active is signed out at once. */
export async function update(tx: Tx, person: Person, passwordHash?: string): Promise<boolean> {
  const columns =
    passwordHash === undefined ? columnsOf(person) : { ...columnsOf(person), password_hash: passwordHash };
  const touched = await tx.run(sql`update person set ${setting(columns)} where id = ${person.id}`);
  if (!person.active || passwordHash !== undefined)
    await tx.run(sql`delete from session where person_id = ${person.id}`);
  return touched > 0;
}

/** Gives a person another password, signs out all of the old one's sessions and forgets failed tries. */
export async function setPassword(tx: Tx, personId: string, passwordHash: string, atMs: number): Promise<boolean> {
  const touched = await tx.run(sql`update person set password_hash = ${passwordHash} where id = ${personId}`);
  await tx.run(sql`delete from session where person_id = ${personId}`);
  await tx.run(sql`delete from sign_in_failure where login = (select login from person where id = ${personId})`);
  await audit.write(tx, {
    atMs,
    actor: personId,
    act: 'password set',
    objectKind: 'person',
    objectId: personId,
    facts: {},
  });
  return touched > 0;
}

/** Keeps a password in another form, unless it was changed meanwhile. The password itself stays, so nobody is signed out. */
export async function storeHash(tx: Tx, personId: string, before: string, after: string): Promise<void> {
  await tx.run(sql`update person set password_hash = ${after} where id = ${personId} and password_hash = ${before}`);
}

/** Another password of a person who stays signed in where they are. */
export async function storeNewHash(tx: Tx, personId: string, passwordHash: string): Promise<void> {
  await tx.run(sql`update person set password_hash = ${passwordHash} where id = ${personId}`);
}

/** How somebody came in. */
export type SessionWay = 'password' | 'link' | 'provider';

/** Keeps a session; the token itself is never stored. */
export async function createSession(
  tx: Tx,
  given: {
    tokenHash: string;
    personId: string;
    csrf: string;
    expiresAtMs: number;
    userAgent: string;
    atMs?: number;
    address?: string;
    way?: SessionWay;
  },
): Promise<void> {
  const row = {
    token_hash: given.tokenHash,
    person_id: given.personId,
    csrf: given.csrf,
    expires_at: at(given.expiresAtMs),
    user_agent: given.userAgent,
    address: given.address ?? '',
    way: given.way ?? 'password',
    ...(given.atMs === undefined ? {} : { made_at: at(given.atMs), seen_at: at(given.atMs) }),
  };
  await tx.run(sql`insert into session ${inserting(row)}`);
}

const SessionRow = z.object({
  tokenHash: z.string(),
  personId: PersonId,
  csrf: z.string(),
  expiresAtMs: z.number(),
  seenAtMs: z.number(),
  person: Person,
});
export type Session = z.infer<typeof SessionRow>;

/** A session that has not expired, of a person who is active. */
export async function sessionByHash(db: Db, tokenHash: string, nowMs: number): Promise<Session | undefined> {
  const [row] = await db.rows(
    SessionRow,
    sql`select token_hash, person_id, csrf, expires_at, seen_at,
          jsonb_build_object('id', person.id, 'login', login, 'name', name, 'roles', roles, 'agencyId', agency_id,
            'language', language, 'active', active, 'bounds', bounds) as person
        from session join person on person.id = person_id
        where token_hash = ${tokenHash} and expires_at > ${at(nowMs)}::timestamptz and active`,
  );
  return row;
}

/** Ends a session. */
export async function endSession(tx: Tx, tokenHash: string): Promise<void> {
  await tx.run(sql`delete from session where token_hash = ${tokenHash}`);
}

/** Notes a wrong password, with the known seat it came from where it did. */
export async function recordFailure(
  tx: Tx,
  login: string,
  atMs: number,
  address = '',
  deviceHash: string | null = null,
): Promise<void> {
  await tx.run(
    sql`insert into sign_in_failure ${inserting({ login, at: at(atMs), address, device_hash: deviceHash })}`,
  );
}

/** How many wrong passwords there were for a login since a moment. */
export async function failures(db: Db, login: string, sinceMs: number): Promise<number> {
  const [row] = await db.rows(
    z.object({ n: z.number() }),
    sql`select count(*) as n from sign_in_failure where login = ${login} and at >= ${at(sinceMs)}::timestamptz`,
  );
  return row?.n ?? 0;
}

/** Forgets wrong passwords of a login, after the right one. */
export async function forgetFailures(tx: Tx, login: string): Promise<void> {
  await tx.run(sql`delete from sign_in_failure where login = ${login}`);
}
