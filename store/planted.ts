// Planted items: known pictures among the real ones. A person's answer is compared with what two people had said, and nothing else
// comes of it: they are kept apart from incidents, so that no list or count has to remember to leave them out.
import { z } from 'zod';
import { HazardName } from '#core/hazard-name';
import { Incident } from '#core/incident';
import * as audit from './audit.ts';
import { at, json, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import type { Files } from './files.ts';
import { inserting, raw, sql } from './sql.ts';

const Kind = z.enum(['confirm', 'reject']);

const Row = z.object({
  id: z.string(),
  version: z.number(),
  sourceId: z.string(),
  personId: z.string(),
  item: Incident,
  strip: z.array(z.unknown()),
  history: z.array(z.unknown()),
  knownKind: Kind,
  knownHazard: HazardName,
  askedFromMs: z.number(),
  askedUntilMs: z.number(),
  toldAtMs: z.number().nullable(),
  verdictId: z.string().nullable(),
  answerKind: z.enum(['confirm', 'reject', 'unsure']).nullable(),
  agreed: z.boolean().nullable(),
});
export type Planted = z.infer<typeof Row>;

const columns =
  raw(`id, version, source_id, person_id, item, strip, history, known_kind, known_hazard, asked_from, asked_until, told_at,
  verdict_id, answer_kind, agreed`);

const Source = z.object({ before: Incident, knownKind: Kind, knownHazard: HazardName });
export type Source = z.infer<typeof Source>;

/**
 * A settled incident to take a known picture from: two people said the same of it, its end bears them out, this person was neither, it is of no restricted
 * camera, of no high or critical severity, and nothing of its kind is open there now. Any one of them.
 */
export async function source(db: Db, personId: string, sinceMs: number): Promise<Source | undefined> {
  const [row] = await db.rows(
    Source,
    sql`select second.incident_before as before, second.first_kind as known_kind, second.first_hazard as known_hazard
        from second_looks as second
        join incident on incident.id = second.incident_id
        join camera on camera.id = incident.camera_id
        where second.agreed and second.void_at is null and second.second_at >= ${at(sinceMs)}::timestamptz
          and second.first_person_id <> ${personId} and second.second_person_id <> ${personId}
          and ((incident.state = 'closed' and second.first_kind = 'confirm') or (incident.state = 'rejected' and second.first_kind = 'reject'))
          and incident.still_sha256 is not null and second.incident_before ->> 'severity' in ('S1', 'S2')
          and not camera.restricted
          and not exists (select from clip where clip.incident_id = incident.id)
          and not exists (select from planted where planted.source_id = incident.id and planted.person_id = ${personId})
          and not exists (
            select from incident as other
            where other.camera_id = incident.camera_id and other.hazard = incident.hazard and other.closed_at is null
              and other.state not in ('rejected', 'self_cleared', 'merged', 'expired', 'closed'))
        order by random() limit 1`,
  );
  return row;
}

/** The next number of an incident: an item that is none must look like any other, and numbers may have gaps. */
export async function nextNumber(tx: Tx): Promise<number> {
  const [row] = await tx.rows(
    z.object({ number: z.number() }),
    sql`select nextval(pg_get_serial_sequence('incident', 'number')) as number`,
  );
  if (!row) throw new TypeError('a sequence gives a number');
  return row.number;
}

/** Is there one for this person that waits or will be asked? */
export async function isWaiting(db: Db, personId: string, nowMs: number): Promise<boolean> {
  const [row] = await db.rows(
    z.object({ waits: z.boolean() }),
    sql`select exists (
          select from planted
          where person_id = ${personId} and answered_at is null and asked_until > ${at(nowMs)}::timestamptz) as waits`,
  );
  return row?.waits ?? false;
}

/** Puts a known item down for a person; false when the source was given to them before. */
export async function plant(
  tx: Tx,
  given: Pick<Planted, 'sourceId' | 'personId' | 'item' | 'strip' | 'history' | 'knownKind' | 'knownHazard'> & {
    readonly askedFromMs: number;
    readonly askedUntilMs: number;
    readonly atMs: number;
  },
): Promise<boolean> {
  const row = {
    id: given.item.id,
    number: given.item.number,
    source_id: given.sourceId,
    person_id: given.personId,
    item: json(given.item),
    strip: json(given.strip),
    history: json(given.history),
    known_kind: given.knownKind,
    known_hazard: given.knownHazard,
    asked_from: at(given.askedFromMs),
    asked_until: at(given.askedUntilMs),
  };
  const touched = await tx.run(
    sql`insert into planted ${inserting(row)} on conflict (source_id, person_id) do nothing`,
  );
  if (touched === 0) return false;
  await audit.write(tx, {
    atMs: given.atMs,
    actor: 'desk',
    act: 'item planted',
    objectKind: 'planted item',
    objectId: given.item.id,
    facts: { number: given.item.number, sourceId: given.sourceId },
  });
  return true;
}

/** One planted item. */
export async function byId(db: Db, id: string): Promise<Planted | undefined> {
  const [row] = await db.rows(Row, sql`select ${columns} from planted where id = ${id}`);
  return row;
}

const Due = z.object({ id: z.string() });

/** Those whose moment has come and that were not told yet, of planted items and second looks. */
export const due = (db: Db, nowMs: number): Promise<z.infer<typeof Due>[]> => {
  const now = sql`${at(nowMs)}::timestamptz`;
  return db.rows(
    Due,
    sql`select id from planted where told_at is null and answered_at is null and asked_from <= ${now} and asked_until > ${now}
        union all
        select id from second_looks
        where told_at is null and second_at is null and void_at is null and asked_from <= ${now} and asked_until > ${now}`,
  );
};

/** Tells of one over the feed, as of any new item; of two processes one does. */
export async function tell(tx: Tx, id: string, nowMs: number): Promise<void> {
  const now = sql`${at(nowMs)}::timestamptz`;
  const touched =
    (await tx.run(sql`update planted set told_at = ${now} where id = ${id} and told_at is null`)) +
    (await tx.run(sql`update second_looks set told_at = ${now} where id = ${id} and told_at is null`));
  if (touched > 0) append(tx, 'incident', id, nowMs);
}

/** What waits on this person's desk now. */
export const openFor = (db: Db, personId: string, nowMs: number): Promise<Planted[]> =>
  db.rows(
    Row,
    sql`select ${columns} from planted
        where person_id = ${personId} and told_at is not null and answered_at is null
          and asked_until > ${at(nowMs)}::timestamptz
        order by asked_from`,
  );

/** Writes the answer down, once. False when it was answered before. */
export async function answer(
  tx: Tx,
  given: {
    readonly id: string;
    readonly verdictId: string;
    readonly personId: string;
    readonly atMs: number;
    readonly kind: 'confirm' | 'reject' | 'unsure';
    readonly hazard: string;
  },
): Promise<boolean> {
  const touched = await tx.run(sql`
    update planted set version = version + 1, verdict_id = ${given.verdictId}, answered_at = ${at(given.atMs)}::timestamptz,
      answer_kind = ${given.kind}, answer_hazard = ${given.hazard},
      agreed = case when ${given.kind}::text = 'unsure' then null
                    else known_kind = ${given.kind}::text and (known_kind = 'reject' or known_hazard = ${given.hazard}::text) end
    where id = ${given.id} and person_id = ${given.personId} and answered_at is null`);
  if (touched === 0) return false;
  await audit.write(tx, {
    atMs: given.atMs,
    actor: given.personId,
    act: 'planted item answered',
    objectKind: 'planted item',
    objectId: given.id,
    facts: { kind: given.kind },
  });
  return true;
}

const Answered = z.object({ atMs: z.number(), seat: z.number(), agreed: z.boolean() });
export type PlantedAnswer = z.infer<typeof Answered>;

/** Plain answers of a stretch, oldest first. `seat` tells how many people there were and names nobody. */
export const answers = (db: Db, stretch: { fromMs: number; toMs: number }): Promise<PlantedAnswer[]> =>
  db.rows(
    Answered,
    sql`select answered_at as at, dense_rank() over (order by person_id) as seat, agreed from planted
        where answered_at >= ${at(stretch.fromMs)}::timestamptz and answered_at < ${at(stretch.toMs)}::timestamptz and agreed is not null
        order by answered_at, id`,
  );

/** A picture may still be on a screen for so long after the item's end. */
const picturesLastMs = 86_400_000;

/** Removes the pictures that were made for items whose end is a day old. Gives how many went. */
export async function sweep(db: Db, files: Files, nowMs: number): Promise<number> {
  const rows = await db.rows(
    z.object({ id: z.string(), item: Incident }),
    sql`select id, item from planted
        where not pictures_gone and coalesce(answered_at, asked_until) < ${at(nowMs - picturesLastMs)}::timestamptz
        order by id limit 200`,
  );
  let gone = 0;
  for (const { id, item } of rows) {
    for (const sha256 of [item.stillSha256, item.beforeSha256])
      if (sha256 !== null && (await files.remove(sha256))) gone += 1;
    await db.run(sql`update planted set pictures_gone = true where id = ${id}`);
  }
  return gone;
}
