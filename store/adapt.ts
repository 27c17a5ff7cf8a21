// Learning from verdicts: samples of looks, verdicts and marks on them, and what ran beside. Corrections: adapt-models.ts.
import { z } from 'zod';
import type { Lesson } from '#core/adaptation';
import { HazardName } from '#core/hazard-name';
import { Word } from '#core/observation';
import { at, json, type Db, type Tx } from './db.ts';
import { inserting, sql } from './sql.ts';

export * from './adapt-models.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A year and a month: what called a hazard is wanted until the same season comes again. Calm looks are plentiful. */
const keepDays = { called: 400, calm: 60 } as const;

/** A lesson that is kept: what of a look is worth learning from. */
export interface Sampled extends Lesson {
  readonly cameraId: string;
  readonly seenAtMs: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly stillSha256: string | null;
}

/** One look at which a correction ran beside. */
export interface ShadowLook {
  readonly modelId: string;
  readonly cameraId: string;
  readonly seenAtMs: number;
  readonly said: Word;
  readonly shadow: Word;
}

/** Keeps samples and counts what ran beside. A sample that is known stays as it is. */
export async function keep(tx: Tx, samples: readonly Sampled[], shadows: readonly ShadowLook[]): Promise<void> {
  if (samples.length > 0) {
    const rows = samples.map((s) => ({
      camera_id: s.cameraId,
      zone_id: s.zoneId,
      hazard: s.hazard,
      seen_at: at(s.seenAtMs),
      word: s.word,
      said: s.said,
      level: s.level,
      margin: s.margin,
      network: s.network,
      features: s.features,
      facts: s.facts,
      still_sha256: s.stillSha256,
      shadow_id: s.shadow?.id ?? null,
      shadow_word: s.shadow?.word ?? null,
      shadow_level: s.shadow?.level ?? null,
    }));
    await tx.run(sql`
      insert into adapt_sample (camera_id, zone_id, hazard, seen_at, word, said, level, margin, network, features, facts,
        still_sha256, shadow_id, shadow_word, shadow_level)
      select * from jsonb_to_recordset(${json(rows)}) as s (camera_id text, zone_id text, hazard text, seen_at timestamptz,
        word text, said text, level real, margin real, network text, features real[], facts jsonb, still_sha256 text,
        shadow_id text, shadow_word text, shadow_level real)
      on conflict do nothing`);
  }
  for (const s of shadows) {
    const said = s.said === 'hazard';
    const shadow = s.shadow === 'hazard';
    await tx.run(sql`
      insert into adapt_shadow (model_id, camera_id, hour_at, looks, both_hazard, only_said, only_shadow)
      select id, ${s.cameraId}, ${at(Math.floor(s.seenAtMs / hourMs) * hourMs)}::timestamptz, 1,
        ${said && shadow ? 1 : 0}::integer, ${said && !shadow ? 1 : 0}::integer, ${shadow && !said ? 1 : 0}::integer
      from adapt_model where id = ${s.modelId}
      on conflict (model_id, camera_id, hour_at) do update set
        looks = adapt_shadow.looks + 1,
        both_hazard = adapt_shadow.both_hazard + excluded.both_hazard,
        only_said = adapt_shadow.only_said + excluded.only_said,
        only_shadow = adapt_shadow.only_shadow + excluded.only_shadow`);
  }
}

const SampleRow = z.object({
  cameraId: z.string(),
  zoneId: z.string(),
  hazard: HazardName,
  seenAtMs: z.number(),
  word: Word,
  said: Word,
  level: z.number(),
  margin: z.number(),
  network: z.string(),
  features: z.array(z.number()).nullable(),
  stillSha256: z.string().nullable(),
  shadowId: z.string().nullable(),
  shadowWord: Word.nullable(),
});
export type SampleRow = z.infer<typeof SampleRow>;

/** Samples of a hazard at some cameras since a moment, oldest first; the newest `limit` of them. */
export async function samples(
  db: Db,
  hazard: HazardName,
  cameraIds: readonly string[],
  fromMs: number,
  limit: number,
): Promise<SampleRow[]> {
  const rows = await db.rows(
    SampleRow,
    sql`select camera_id, zone_id, hazard, seen_at, word, said, level, margin, network, features, still_sha256, shadow_id, shadow_word
        from adapt_sample
        where hazard = ${hazard} and camera_id = any (${cameraIds}::text[]) and seen_at >= ${at(fromMs)}::timestamptz
        order by seen_at desc, camera_id, zone_id limit ${limit}::bigint`,
  );
  return rows.reverse();
}

/** One sample by its moment, to within half a second; none where none was kept. */
export async function sampleAt(
  db: Db,
  given: { cameraId: string; zoneId: string; hazard: HazardName; seenAtMs: number },
): Promise<SampleRow | undefined> {
  const [row] = await db.rows(
    SampleRow,
    sql`select camera_id, zone_id, hazard, seen_at, word, said, level, margin, network, features, still_sha256, shadow_id, shadow_word
        from adapt_sample
        where camera_id = ${given.cameraId} and zone_id = ${given.zoneId} and hazard = ${given.hazard}
          and seen_at between ${at(given.seenAtMs - 500)}::timestamptz and ${at(given.seenAtMs + 500)}::timestamptz
        order by seen_at limit 1`,
  );
  return row;
}

/**
 * Other cameras to compare with, always the same ones while the city's cameras are: those that people judged first, then by
 * a fixed shuffle.
 */
export async function panel(db: Db, hazard: HazardName, exceptId: string, limit: number): Promise<string[]> {
  const rows = await db.rows(
    z.object({ cameraId: z.string() }),
    sql`select camera_id from (select distinct camera_id from adapt_sample where hazard = ${hazard}) as seen
        where camera_id <> ${exceptId}
        order by not exists (
          select from incident join verdict on incident_id = incident.id
          where incident.camera_id = seen.camera_id and incident_before ->> 'hazard' = ${hazard} and undone_at is null),
          md5(camera_id), camera_id
        limit ${limit}::bigint`,
  );
  return rows.map((row) => row.cameraId);
}

const JudgedRow = z.object({
  verdictId: z.string(),
  incidentId: z.string(),
  cameraId: z.string(),
  zoneId: z.string(),
  hazard: HazardName,
  kind: z.enum(['confirm', 'reject']),
  reason: z.string().nullable(),
  otherHazard: HazardName.nullable(),
  personId: z.string(),
  atMs: z.number(),
  openedMs: z.number(),
  lastSeenMs: z.number(),
  overS: z.number(),
  borneOut: z.boolean(),
  overturned: z.boolean(),
});
/** A confirmation or rejection that was not taken back, and what became of it. */
export type JudgedRow = z.infer<typeof JudgedRow>;

/**
 * Confirmations and rejections of a hazard at some cameras, oldest first. `borneOut`: an agency reported work done on it;
 * `overturned`: its incident was moved against the verdict later.
 */
export const judged = (
  db: Db,
  hazard: HazardName,
  cameraIds: readonly string[],
  fromMs: number,
): Promise<JudgedRow[]> =>
  db.rows(
    JudgedRow,
    sql`select verdict.id as verdict_id, incident.id as incident_id, incident.camera_id, incident.zone_id,
          incident_before ->> 'hazard' as hazard, verdict ->> 'kind' as kind, verdict ->> 'reason' as reason,
          verdict ->> 'hazard' as other_hazard, person_id, verdict.at,
          (incident_before ->> 'openedAtMs')::double precision as opened_ms,
          (incident_before ->> 'lastSeenAtMs')::double precision as last_seen_ms,
          (incident_before -> 'why' ->> 'overS')::double precision as over_s,
          exists (select from task where task.incident_id = incident.id and (claimed_at is not null or verified_at is not null))
            as borne_out,
          exists (select from incident_change as later
            where later.incident_id = incident.id and later.at > verdict.at
              and case when verdict ->> 'kind' = 'confirm' then to_state = 'rejected'
                else from_state = 'rejected' and to_state <> 'rejected' end) as overturned
        from incident join verdict on verdict.incident_id = incident.id
        where incident.camera_id = any (${cameraIds}::text[]) and incident.zone_id is not null
          and incident_before ->> 'hazard' = ${hazard} and verdict ->> 'kind' in ('confirm', 'reject')
          and undone_at is null and verdict.at >= ${at(fromMs)}::timestamptz
        order by verdict.at, verdict.id`,
  );

const MarkRow = z.object({
  cameraId: z.string(),
  zoneId: z.string(),
  seenAtMs: z.number(),
  personId: z.string(),
  isHazard: z.boolean(),
});
export type MarkRow = z.infer<typeof MarkRow>;

/** What people said of samples of a hazard at some cameras, oldest first. */
export const marks = (db: Db, hazard: HazardName, cameraIds: readonly string[], fromMs: number): Promise<MarkRow[]> =>
  db.rows(
    MarkRow,
    sql`select camera_id, zone_id, seen_at, person_id, is_hazard from adapt_mark
        where hazard = ${hazard} and camera_id = any (${cameraIds}::text[]) and seen_at >= ${at(fromMs)}::timestamptz
        order by seen_at, zone_id, person_id`,
  );

/** A person says of one sample whether the hazard is there; the last word counts. */
export async function mark(
  tx: Tx,
  given: {
    cameraId: string;
    zoneId: string;
    hazard: HazardName;
    seenAtMs: number;
    personId: string;
    isHazard: boolean;
    atMs: number;
  },
): Promise<void> {
  const row = {
    camera_id: given.cameraId,
    zone_id: given.zoneId,
    hazard: given.hazard,
    seen_at: at(given.seenAtMs),
    person_id: given.personId,
    is_hazard: given.isHazard,
    at: at(given.atMs),
  };
  await tx.run(sql`
    insert into adapt_mark ${inserting(row)}
    on conflict (camera_id, zone_id, hazard, seen_at, person_id) do update set
      is_hazard = excluded.is_hazard, at = excluded.at`);
}

/** Deletes samples past their term, with the marks on them. Gives the number of rows. */
export async function sweep(db: Db, nowMs: number): Promise<number> {
  const before = (days: number) => sql`${at(nowMs - days * dayMs)}::timestamptz`;
  const gone = await db.run(sql`
    delete from adapt_sample where seen_at < ${before(keepDays.called)}
      or (seen_at < ${before(keepDays.calm)} and word <> 'hazard' and said <> 'hazard'
        and not exists (select from adapt_mark
          where (adapt_mark.camera_id, adapt_mark.zone_id, adapt_mark.hazard, adapt_mark.seen_at)
            = (adapt_sample.camera_id, adapt_sample.zone_id, adapt_sample.hazard, adapt_sample.seen_at)))`);
  const marksGone = await db.run(sql`delete from adapt_mark where seen_at < ${before(keepDays.called)}`);
  const hoursGone = await db.run(sql`delete from adapt_shadow where hour_at < ${before(keepDays.called)}`);
  return gone + marksGone + hoursGone;
}
