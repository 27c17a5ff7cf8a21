// Second looks: one in twenty verdicts, put blind before another seat; agreement is counted, the incident is left alone.
import { z } from 'zod';
import { HazardName } from '#core/hazard-name';
import { Incident } from '#core/incident';
import * as audit from './audit.ts';
import { at, json, type Db, type Tx } from './db.ts';
import { inserting, raw, sql } from './sql.ts';

const Row = z.object({
  id: z.string(),
  /** Grows with every answer and every taking back. */
  version: z.number(),
  /** Shown with it: never the incident's own. */
  number: z.number(),
  incidentId: z.string(),
  firstVerdictId: z.string(),
  incidentBefore: Incident,
  firstPersonId: z.string(),
  firstAtMs: z.number(),
  firstKind: z.enum(['confirm', 'reject']),
  firstHazard: HazardName,
  askedFromMs: z.number(),
  askedUntilMs: z.number(),
  voidAtMs: z.number().nullable(),
  secondVerdictId: z.string().nullable(),
  secondPersonId: z.string().nullable(),
  secondAtMs: z.number().nullable(),
  secondKind: z.enum(['confirm', 'reject', 'unsure']).nullable(),
  agreed: z.boolean().nullable(),
});
export type SecondLook = z.infer<typeof Row>;

const columns =
  raw(`id, version, number, incident_id, first_verdict_id, incident_before, first_person_id, first_at, first_kind, first_hazard,
  asked_from, asked_until, void_at, second_verdict_id, second_person_id, second_at, second_kind, agreed`);

/** Puts a verdict down for a second look. */
export async function ask(
  tx: Tx,
  given: {
    id: string;
    number: number;
    firstVerdictId: string;
    before: Incident;
    firstPersonId: string;
    firstAtMs: number;
    firstKind: 'confirm' | 'reject';
    firstHazard: string;
    askedFromMs: number;
    askedUntilMs: number;
  },
): Promise<void> {
  const row = {
    id: given.id,
    number: given.number,
    incident_id: given.before.id,
    first_verdict_id: given.firstVerdictId,
    hazard: given.before.hazard,
    incident_before: json(given.before),
    first_person_id: given.firstPersonId,
    first_at: at(given.firstAtMs),
    first_kind: given.firstKind,
    first_hazard: given.firstHazard,
    asked_from: at(given.askedFromMs),
    asked_until: at(given.askedUntilMs),
  };
  await tx.run(sql`insert into second_looks ${inserting(row)} on conflict (first_verdict_id) do nothing`);
}

/** The first verdict was taken back: nothing is asked any more. */
export async function voided(tx: Tx, firstVerdictId: string, atMs: number): Promise<void> {
  await tx.run(
    sql`update second_looks set void_at = ${at(atMs)}::timestamptz where first_verdict_id = ${firstVerdictId} and void_at is null`,
  );
}

/** One second look. */
export async function byId(db: Db, id: string): Promise<SecondLook | undefined> {
  const [row] = await db.rows(Row, sql`select ${columns} from second_looks where id = ${id}`);
  return row;
}

/** The second look that was answered by this verdict. */
export async function bySecond(db: Db, verdictId: string): Promise<SecondLook | undefined> {
  const [row] = await db.rows(Row, sql`select ${columns} from second_looks where second_verdict_id = ${verdictId}`);
  return row;
}

/** The oldest one that is open for this person: somebody else decided first, and nobody has answered. */
export async function openFor(db: Db, personId: string, nowMs: number): Promise<SecondLook | undefined> {
  const now = sql`${at(nowMs)}::timestamptz`;
  const [row] = await db.rows(
    Row,
    sql`select ${columns} from second_looks
        where second_at is null and void_at is null and told_at is not null and asked_from <= ${now} and asked_until > ${now}
          and first_person_id <> ${personId}
        order by asked_from, id limit 1`,
  );
  return row;
}

/** Writes the second answer down; false when it was answered, voided, or is this person's own. */
export async function answer(
  tx: Tx,
  given: {
    id: string;
    verdictId: string;
    personId: string;
    atMs: number;
    kind: 'confirm' | 'reject' | 'unsure';
    hazard: string;
    reason: string | null;
  },
): Promise<boolean> {
  const touched = await tx.run(sql`
    update second_looks set version = version + 1,
      second_verdict_id = ${given.verdictId}, second_person_id = ${given.personId}, second_at = ${at(given.atMs)}::timestamptz,
      second_kind = ${given.kind}, second_hazard = ${given.hazard}, second_reason = ${given.reason},
      agreed = case when ${given.kind}::text = 'unsure' then null
                    else first_kind = ${given.kind}::text and (first_kind = 'reject' or first_hazard = ${given.hazard}::text) end
    where id = ${given.id} and second_at is null and void_at is null and first_person_id <> ${given.personId}`);
  if (touched === 0) return false;
  await write(tx, given.id, given.personId, given.atMs, 'second look', { kind: given.kind });
  return true;
}

/** Takes a second answer back; it is asked again. */
export async function takeBack(tx: Tx, id: string, personId: string, atMs: number): Promise<void> {
  const touched = await tx.run(sql`
    update second_looks set version = version + 1, second_verdict_id = null, second_person_id = null, second_at = null, second_kind = null,
      second_hazard = null, second_reason = null, agreed = null
    where id = ${id} and second_person_id = ${personId}`);
  if (touched > 0) await write(tx, id, personId, atMs, 'second look taken back', {});
}

const write = (tx: Tx, id: string, actor: string, atMs: number, act: string, facts: Record<string, string>) =>
  audit.write(tx, { atMs, actor, act, objectKind: 'second look', objectId: id, facts });

const Agreement = z.object({ hazard: HazardName, answered: z.number(), agreed: z.number(), unsure: z.number() });
export type Agreement = z.infer<typeof Agreement>;

/** How often two people said the same of the same picture, by hazard, for answers since a moment. */
export const agreement = (db: Db, sinceMs: number): Promise<Agreement[]> =>
  db.rows(
    Agreement,
    sql`select hazard, count(*) filter (where agreed is not null) as answered, count(*) filter (where agreed) as agreed,
          count(*) filter (where second_kind = 'unsure') as unsure
        from second_looks where second_at >= ${at(sinceMs)}::timestamptz and void_at is null
        group by hazard order by hazard`,
  );
