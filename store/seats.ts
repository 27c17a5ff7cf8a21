// Who sits at a desk, who has paused, and shifts handed over.
import { z } from 'zod';
import * as audit from './audit.ts';
import { at, json, type Db, type Tx } from './db.ts';
import { inserting, raw, sql } from './sql.ts';

const Seat = z.object({
  personId: z.string(),
  name: z.string(),
  takenAtMs: z.number(),
  beatAtMs: z.number(),
  pausedAtMs: z.number().nullable(),
  itemId: z.string().nullable(),
});
export type Seat = z.infer<typeof Seat>;

/** Seats that were heard of since a moment, by the time they were taken. */
export const since = (db: Db, sinceMs: number): Promise<Seat[]> =>
  db.rows(
    Seat,
    sql`select person_id, name, taken_at, beat_at, paused_at, item_id
        from seat join person on person.id = person_id
        where beat_at >= ${at(sinceMs)}::timestamptz order by taken_at, person_id`,
  );

/** A seat says that it is there and what is on its screen; after a silence since before `silentSinceMs` it is taken anew, unpaused. */
export async function beat(
  db: Db,
  given: { personId: string; atMs: number; silentSinceMs: number; itemId: string | null },
): Promise<void> {
  const now = sql`${at(given.atMs)}::timestamptz`;
  const isNew = sql`seat.beat_at < ${at(given.silentSinceMs)}::timestamptz`;
  await db.run(sql`
    insert into seat (person_id, taken_at, beat_at, paused_at, item_id)
    values (${given.personId}, ${now}, ${now}, null, ${given.itemId})
    on conflict (person_id) do update set
      taken_at = case when ${isNew} then excluded.taken_at else seat.taken_at end,
      paused_at = case when ${isNew} then null else seat.paused_at end,
      beat_at = excluded.beat_at,
      item_id = excluded.item_id`);
}

/** One change of any seat at a time, until the transaction ends: the last two must not pause at once. */
export async function lockAll(tx: Tx): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtext('ahual seats'))`);
}

/** Pauses a seat or takes it up again, and writes it down; false when it was so already. Call `lockAll` first. */
export async function setPaused(tx: Tx, personId: string, paused: boolean, atMs: number): Promise<boolean> {
  const touched = paused
    ? await tx.run(
        sql`update seat set paused_at = ${at(atMs)}::timestamptz, item_id = null where person_id = ${personId} and paused_at is null`,
      )
    : await tx.run(sql`update seat set paused_at = null where person_id = ${personId} and paused_at is not null`);
  if (touched === 0) return false;
  await audit.write(tx, {
    atMs,
    actor: personId,
    act: paused ? 'seat paused' : 'seat taken up again',
    objectKind: 'seat',
    objectId: personId,
    facts: {},
  });
  return true;
}

const restMs = 10 * 60_000;
const spellReadMs = 12 * 3_600_000;

/**
 * Since when a person has given verdicts with no rest of ten minutes between two of them; null where the last is longer ago, or where a pause came
 * since. For the offer of a pause to that person alone.
 */
export async function spellSince(db: Db, personId: string, nowMs: number): Promise<number | null> {
  const rest = sql`make_interval(secs => ${restMs / 1000}::double precision)`;
  const [row] = await db.rows(
    z.object({ sinceMs: z.number().nullable(), lastMs: z.number().nullable() }),
    sql`with own as (
          select at, lag(at) over (order by at) as before from verdict
          where person_id = ${personId} and at >= ${at(nowMs - spellReadMs)}::timestamptz
        )
        select max(at) filter (where before is null or at - before > ${rest}) as since, max(at) as last from own`,
  );
  if (row?.sinceMs == null || row.lastMs === null || nowMs - row.lastMs > restMs) return null;
  const [paused] = await db.rows(
    z.object({ n: z.number() }),
    sql`select count(*) as n from audit
        where object_kind = 'seat' and object_id = ${personId} and act = 'seat paused' and at > ${at(row.sinceMs)}::timestamptz`,
  );
  return paused?.n === 0 ? row.sinceMs : null;
}

const Handover = z.object({
  id: z.string(),
  writtenAtMs: z.number(),
  givenBy: z.string(),
  givenByName: z.string(),
  line: z.string(),
  note: z.unknown(),
  takenBy: z.string().nullable(),
  takenByName: z.string().nullable(),
  takenAtMs: z.number().nullable(),
  withdrawnAtMs: z.number().nullable(),
});
export type Handover = z.infer<typeof Handover>;
const handoverRows = raw(`
  select handover.id, written_at, given_by, coalesce(giver.name, given_by) as given_by_name, line, note, taken_by,
    coalesce(taker.name, taken_by) as taken_by_name, taken_at, withdrawn_at
  from handover left join person as giver on giver.id = given_by left join person as taker on taker.id = taken_by`);

/** The last handovers, newest first. */
export const handovers = (db: Db, limit: number): Promise<Handover[]> =>
  db.rows(Handover, sql`${handoverRows} order by written_at desc, handover.id desc limit ${limit}::bigint`);

/** One handover. */
export async function handover(db: Db, id: string): Promise<Handover | undefined> {
  const [row] = await db.rows(Handover, sql`${handoverRows} where handover.id = ${id}`);
  return row;
}

/** Writes a handover that waits to be taken; one that waited before is withdrawn. The same id sent again changes nothing. */
export async function giveHandover(
  tx: Tx,
  given: { id: string; atMs: number; givenBy: string; line: string; note: unknown },
): Promise<void> {
  await lockAll(tx);
  if (await handover(tx, given.id)) return;
  const now = at(given.atMs);
  await tx.run(
    sql`update handover set withdrawn_at = ${now}::timestamptz where taken_at is null and withdrawn_at is null`,
  );
  const row = {
    id: given.id,
    written_at: now,
    given_by: given.givenBy,
    line: given.line,
    note: json(given.note),
  };
  await tx.run(sql`insert into handover ${inserting(row)}`);
  await writeShift(tx, given.atMs, given.givenBy, 'shift given', given.id);
}

/** Takes a handover that waits; false when somebody took it or it was withdrawn. */
export async function takeHandover(tx: Tx, id: string, takenBy: string, atMs: number): Promise<boolean> {
  await lockAll(tx);
  const touched = await tx.run(
    sql`update handover set taken_by = ${takenBy}, taken_at = ${at(atMs)}::timestamptz
        where id = ${id} and taken_at is null and withdrawn_at is null and given_by <> ${takenBy}`,
  );
  if (touched === 0) return false;
  await writeShift(tx, atMs, takenBy, 'shift taken', id);
  return true;
}

const writeShift = (tx: Tx, atMs: number, actor: string, act: string, id: string): Promise<void> =>
  audit.write(tx, { atMs, actor, act, objectKind: 'handover', objectId: id, facts: {} });

const Load = z.object({ personId: z.string(), name: z.string(), decided: z.number() });
export type Load = z.infer<typeof Load>;

/** How many verdicts each person gave since a moment: the load of the seats, never their speed. */
export const loads = (db: Db, sinceMs: number): Promise<Load[]> =>
  db.rows(
    Load,
    sql`select person_id, name, count(*) as decided from verdict join person on person.id = person_id
        where at >= ${at(sinceMs)}::timestamptz and undone_at is null
        group by person_id, name order by name, person_id`,
  );
