// Acts that take two people, people as the list of accounts shows them, and each person's own choices.
import { z } from 'zod';
import { Person } from '#core/person';
import { at, json, type Db, type Tx } from './db.ts';
import { inserting, sql } from './sql.ts';

const Row = z.object({
  id: z.string(),
  act: z.unknown(),
  reason: z.string(),
  madeBy: z.string(),
  madeAtMs: z.number(),
  expiresAtMs: z.number(),
});
export type Proposal = z.infer<typeof Row>;

/** Keeps an act that waits for another person. */
export async function propose(tx: Tx, proposal: Proposal): Promise<void> {
  const row = {
    id: proposal.id,
    act: json(proposal.act),
    reason: proposal.reason,
    made_by: proposal.madeBy,
    made_at: at(proposal.madeAtMs),
    expires_at: at(proposal.expiresAtMs),
  };
  await tx.run(sql`insert into proposal ${inserting(row)}`);
}

/** The acts that wait, the oldest first. */
export const waiting = (db: Db, nowMs: number): Promise<Proposal[]> =>
  db.rows(
    Row,
    sql`select id, act, reason, made_by, made_at, expires_at from proposal
        where decision is null and expires_at > ${at(nowMs)}::timestamptz order by made_at, id`,
  );

/** One act that waits, locked until the end of the transaction. */
export async function lock(tx: Tx, id: string, nowMs: number): Promise<Proposal | undefined> {
  const [row] = await tx.rows(
    Row,
    sql`select id, act, reason, made_by, made_at, expires_at from proposal
        where id = ${id} and decision is null and expires_at > ${at(nowMs)}::timestamptz for update`,
  );
  return row;
}

/** An act was published, refused, or withdrawn by its author. */
export async function decide(
  tx: Tx,
  id: string,
  given: { by: string; atMs: number; decision: 'published' | 'refused' | 'withdrawn' },
): Promise<void> {
  await tx.run(
    sql`update proposal set decision = ${given.decision}, decided_by = ${given.by}, decided_at = ${at(given.atMs)}
        where id = ${id}`,
  );
}

const Account = Person.extend({
  joined: z.boolean(),
  factor: z.boolean(),
  sessions: z.number(),
  seenAtMs: z.number().nullable(),
  invitedUntilMs: z.number().nullable(),
});
export type Account = z.infer<typeof Account>;

/** Everybody with what their account is like, by name. */
export const accounts = (db: Db, nowMs: number): Promise<Account[]> =>
  db.rows(
    Account,
    sql`select person.id, login, name, roles, agency_id, language, active, bounds,
          password_hash <> '' or exists (select from known_device where person_id = person.id) as joined,
          second_factor.confirmed_at is not null as factor, coalesce(open.n, 0) as sessions, open.seen_at as seen_at,
          invitation.expires_at as invited_until
        from person
          left join second_factor on second_factor.person_id = person.id
          left join invitation on invitation.person_id = person.id and invitation.expires_at > ${at(nowMs)}::timestamptz
          left join (
            select person_id, count(*) as n, max(seen_at) as seen_at from session
            where expires_at > ${at(nowMs)}::timestamptz group by person_id
          ) as open on open.person_id = person.id
        order by name, login`,
  );

/** Locks the people table against two changes of accounts at once, so that the last administrator cannot be lost between them. */
export async function lockPeople(tx: Tx): Promise<void> {
  await tx.run(sql`lock table person in share row exclusive mode`);
}

/** A person's own choices as they were kept, or undefined. */
export async function choicesOf(db: Db, personId: string): Promise<unknown> {
  const [row] = await db.rows(
    z.object({ choices: z.unknown() }),
    sql`select choices from person_choice where person_id = ${personId}`,
  );
  return row?.choices;
}

/** Keeps a person's own choices. */
export async function keepChoices(tx: Tx, personId: string, choices: unknown, atMs: number): Promise<void> {
  const row = { person_id: personId, choices: json(choices), at: at(atMs) };
  await tx.run(
    sql`insert into person_choice ${inserting(row)} on conflict (person_id) do update set
          choices = excluded.choices, at = excluded.at`,
  );
}
