// What may be deleted now. The terms are an argument: they are settings, and the city fixes them in its rules.
import { z } from 'zod';
import * as adapt from './adapt.ts';
import { at, type Database, type Db } from './db.ts';
import type { Files } from './files.ts';
import { rollHours } from './look-hours.ts';
import * as planted from './planted.ts';
import { settledSeries } from './series/series.ts';
import { raw, sql, type Sql } from './sql.ts';

/** How long things are kept: hours (H) and days (D). The same shape as the section `keeping` of the settings. */
export interface KeepingRules {
  /** Frames of the ring. */
  readonly framesH: number;
  /** Pictures of incidents that were rejected, cleared themselves or came to nothing. */
  readonly rejectedFramesD: number;
  /** Pictures of incidents that were confirmed. */
  readonly confirmedFramesD: number;
  readonly clipsWithoutViolationD: number;
  /** Hourly sums, observations and weather. */
  readonly hourlySumsD: number;
  /** Records of incidents, tasks, violations and their clips, custody and audit. */
  readonly recordsD: number;
}

/** What a sweep took away. */
export interface Swept {
  /** Frames of the ring, as files. */
  readonly frames: number;
  /** Pictures of incidents and tasks, and what records at the end of their term named, as files. */
  readonly pictures: number;
  readonly clips: number;
  readonly rows: number;
  /** Whole days or months of a time series. */
  readonly pieces: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Files that go in one step, so that a sweep never holds a lock for long. */
const step = 500;
/** A browser that was away for longer loads everything anew. */
const feedD = 7;

const cameToNothing = raw(`('rejected', 'self_cleared', 'merged', 'expired')`);

/** Somebody still wants this picture: an incident, a task or a newer look shows it. */
const wanted = (hash: Sql): Sql => sql`(
  exists (select from incident where still_sha256 = ${hash} or before_sha256 = ${hash})
  or exists (select from task where photo_sha256 = ${hash})
  or exists (select from hand_label where still_sha256 = ${hash})
  or exists (select from past_pick where still_sha256 = ${hash} and state <> 'retired')
  or exists (select from clip where sha256 = ${hash})
  or exists (select from plate where crop_sha256 = ${hash}))`;

/**
 * Deletes what is past its term: files first, then the rows that name them, so that an interrupted sweep leaves a row without
 * its file and never a file that nobody knows. What is under legal hold stays, with all it refers to. Rolls up and prepares the
 * time series on the way, so it is to be asked at least once a day.
 */
export async function sweep(database: Database, files: Files, nowMs: number, rules: KeepingRules): Promise<Swept> {
  const before = (days: number): number => nowMs - days * dayMs;
  const series = await settledSeries(database);
  await series.prepare(database, nowMs);
  await series.rollUp(database, before(2), nowMs);
  await rollHours(database, nowMs);

  const frames = await sweepFrames(database, files, nowMs - rules.framesH * hourMs);
  const pictures =
    (await sweepPictures(database, files, nowMs, before(rules.rejectedFramesD), sql`state in ${cameToNothing}`)) +
    (await sweepPictures(database, files, nowMs, before(rules.confirmedFramesD), sql`state = 'closed'`)) +
    (await planted.sweep(database, files, nowMs)) +
    (await sweepPicks(database, files, nowMs));
  const clips = await sweepClips(database, files, nowMs, before(rules.clipsWithoutViolationD));
  const rows = await sweepRows(database, nowMs, rules);
  const left = await sweepLeft(database, files, nowMs);

  const pieces =
    (await series.drop(database, 'look', nowMs - rules.framesH * hourMs - dayMs)) +
    (await series.drop(database, 'observation', before(rules.hourlySumsD))) +
    (await series.drop(database, 'look_sum', before(rules.hourlySumsD)));
  await series.pack(database, nowMs);
  return { frames, pictures: pictures + left, clips, rows, pieces };
}

const Hash = z.object({ sha256: z.string() });

/** Frames of the ring that are too old, unless something else shows the same picture. The look row keeps the hash. */
async function sweepFrames(database: Database, files: Files, beforeMs: number): Promise<number> {
  const doneKey = 'frames swept until';
  const [mark] = await database.rows(
    z.object({ value: z.number() }),
    sql`select value from mark where name = ${doneKey}`,
  );
  let gone = 0;
  // Look rows live a day longer than their frames: those in between were swept by the last run.
  for (let fromMs = mark?.value ?? 0; ;) {
    const rows = await database.rows(
      Hash.extend({ seenAtMs: z.number(), isWanted: z.boolean() }),
      sql`select still_sha256 as sha256, seen_at,
            ${wanted(sql`look.still_sha256`)}
              or exists (select from look as later where later.still_sha256 = look.still_sha256 and later.seen_at >= ${at(beforeMs)}::timestamptz)
              as is_wanted
          from look
          where still_sha256 is not null and seen_at >= ${at(fromMs)}::timestamptz and seen_at < ${at(beforeMs)}::timestamptz
          order by seen_at limit ${step}::bigint`,
    );
    for (const row of rows) if (!row.isWanted && (await files.remove(row.sha256))) gone += 1;
    const lastMs = rows.at(-1)?.seenAtMs;
    // A full step of one and the same moment would otherwise be read for ever.
    fromMs = rows.length < step || lastMs === undefined ? beforeMs : lastMs > fromMs ? lastMs : fromMs + 1;
    await database.run(sql`
      insert into mark (name, value) values (${doneKey}, to_jsonb(${fromMs}::bigint))
      on conflict (name) do update set value = excluded.value, at = now()`);
    if (fromMs >= beforeMs) return gone;
  }
}

/** A plate is kept as long as the violation that it belongs to, and no longer than the pictures where there is none. */
const hasFreePlate = raw(`(exists (select from plate where plate.incident_id = incident.id)
  and not exists (select from violation where violation.incident_id = incident.id and state not in ('not_a_violation', 'merged')))`);

/** Incidents of a clip under hold keep everything. */
const heldIncident = raw('exists (select from clip where incident_id = incident.id and on_hold)');

/** Pictures of incidents that ended before a moment, and the photos of their tasks. */
async function sweepPictures(
  database: Database,
  files: Files,
  nowMs: number,
  beforeMs: number,
  which: Sql,
): Promise<number> {
  let gone = 0;
  for (;;) {
    const ids = await database.rows(
      z.object({ id: z.string() }),
      sql`select id from incident
          where ${which} and coalesce(closed_at, decided_at, last_seen_at) < ${at(beforeMs)}::timestamptz and not ${heldIncident}
            and (still_sha256 is not null or before_sha256 is not null or ${hasFreePlate}
              or exists (select from task where incident_id = incident.id and photo_sha256 is not null))
          order by id limit ${step}::bigint`,
    );
    if (ids.length === 0) return gone;
    gone += await forgetPictures(
      database,
      files,
      nowMs,
      ids.map((row) => row.id),
    );
  }
}

async function forgetPictures(
  database: Database,
  files: Files,
  nowMs: number,
  ids: readonly string[],
): Promise<number> {
  const hashes = await database.transaction(async (tx) => {
    const found = await tx.rows(
      Hash,
      sql`select distinct sha256 from (
            select still_sha256 as sha256 from incident where id = any (${ids}::text[])
            union all select before_sha256 from incident where id = any (${ids}::text[])
            union all select photo_sha256 from task where incident_id = any (${ids}::text[])
            union all select crop_sha256 from plate join incident on incident.id = incident_id
              where incident_id = any (${ids}::text[]) and ${hasFreePlate}
          ) as named where sha256 is not null`,
    );
    await tx.run(sql`update incident set still_sha256 = null, before_sha256 = null where id = any (${ids}::text[])`);
    await tx.run(sql`update task set photo_sha256 = null where incident_id = any (${ids}::text[])`);
    await tx.run(sql`
      delete from plate using incident
      where incident.id = plate.incident_id and incident.id = any (${ids}::text[]) and ${hasFreePlate}`);
    return found.map((row) => row.sha256);
  });
  return removeUnwanted(database, files, nowMs, hashes, 'term of pictures');
}

/** Pictures that were picked as references and taken back, and those of cameras that are gone. */
async function sweepPicks(database: Database, files: Files, nowMs: number): Promise<number> {
  const rows = await database.rows(
    Hash,
    sql`delete from past_pick where state = 'retired' or not exists (select from camera where camera.id = camera_id)
        returning still_sha256 as sha256`,
  );
  const hashes = rows.map(({ sha256 }) => sha256);
  return hashes.length === 0 ? 0 : removeUnwanted(database, files, nowMs, hashes, 'no reference any more');
}

/** Removes files that no row shows any more, and writes down that they are gone. */
async function removeUnwanted(
  database: Database,
  files: Files,
  nowMs: number,
  hashes: readonly string[],
  reason: string,
): Promise<number> {
  const free = await database.rows(
    Hash,
    sql`select sha256 from unnest(${hashes}::text[]) as given (sha256)
        where not ${wanted(sql`given.sha256`)}
          and not exists (select from look where still_sha256 = given.sha256 and seen_at >= ${at(nowMs - 2 * dayMs)}::timestamptz)`,
  );
  let gone = 0;
  for (const { sha256 } of free) {
    if (!(await files.remove(sha256))) continue;
    gone += 1;
    await database.run(sql`
      insert into deleted_file (sha256, kind, at, reason) values (${sha256}, 'file', ${at(nowMs)}::timestamptz, ${reason})`);
  }
  return gone;
}

/** Files of clips of which no violation was made, and none under hold. Row and seal stay, so that the chain stays whole. */
async function sweepClips(database: Database, files: Files, nowMs: number, beforeMs: number): Promise<number> {
  for (let gone = 0; ;) {
    const old = await database.rows(
      z.object({ id: z.string(), sha256: z.string() }),
      sql`select id, sha256 from clip
          where sha256 is not null and sealed_at < ${at(beforeMs)}::timestamptz and not on_hold
            and not exists (select from violation where clip_id = clip.id and state not in ('not_a_violation', 'merged'))
            and not exists (select from deleted_file where deleted_file.sha256 = clip.sha256)
          order by sealed_at limit ${step}::bigint`,
    );
    for (const clip of old) {
      if (await files.remove(clip.sha256)) gone += 1;
      await database.run(sql`
        insert into deleted_file (sha256, kind, at, reason)
        values (${clip.sha256}, 'clip', ${at(nowMs)}::timestamptz, ${`clip ${clip.id}: term of clips without a violation`})`);
    }
    if (old.length < step) return gone;
  }
}

async function sweepRows(database: Database, nowMs: number, rules: KeepingRules): Promise<number> {
  const before = (days: number): Sql => sql`${at(nowMs - days * dayMs)}::timestamptz`;
  let rows = 0;
  const take = async (db: Db, statement: Sql): Promise<void> => {
    rows += await db.run(statement);
  };
  await take(database, sql`delete from weather where at < ${before(rules.hourlySumsD)}`);
  await take(database, sql`delete from session where expires_at < ${before(0)}`);
  await take(database, sql`delete from sign_in_failure where at < ${before(1)}`);
  await take(database, sql`delete from process_beat where at < ${before(1)}`);
  await take(database, sql`delete from look_hour where hour_at < ${before(rules.hourlySumsD)}`);
  await take(database, sql`delete from held where last_at < ${before(rules.hourlySumsD)}`);
  await take(database, sql`delete from camera_quiet where until_at < ${before(1)}`);
  await take(database, sql`delete from quiet where until_at < ${before(1)} and since_at < ${before(15)}`);
  // A citizen's own words go with the pictures; place, time and topic stay as long as the records.
  await take(
    database,
    sql`update appeal set text = '', address = '' where received_at < ${before(rules.confirmedFramesD)} and (text, address) <> ('', '')`,
  );
  await take(database, sql`delete from task_answer where at < ${before(rules.confirmedFramesD)}`);
  rows += await adapt.sweep(database, nowMs);
  return rows + (await forgetRecords(database, before(feedD), before(rules.recordsD)));
}

const leftKey = 'files of forgotten records';

/** Records go with the list of their files left behind, so that a sweep that is interrupted here still finds them. */
const forgetRecords = (database: Database, feedBefore: Sql, recordsBefore: Sql): Promise<number> =>
  database.transaction(async (tx) => {
    const [forgotten] = await tx.rows(
      z.object({ gone: z.number(), files: z.array(z.string()).nullable() }),
      sql`select gone, files from forget(${feedBefore}, ${recordsBefore})`,
    );
    if (forgotten?.files)
      await tx.run(sql`
        insert into mark (name, value) values (${leftKey}, to_jsonb(${forgotten.files}::text[]))
        on conflict (name) do update set value = mark.value || excluded.value, at = now()`);
    return forgotten?.gone ?? 0;
  });

/** The files of records that are gone. */
async function sweepLeft(database: Database, files: Files, nowMs: number): Promise<number> {
  const left = await database.rows(
    Hash,
    sql`select distinct jsonb_array_elements_text(value) as sha256 from mark where name = ${leftKey}`,
  );
  const hashes = left.map(({ sha256 }) => sha256);
  const gone = await removeUnwanted(database, files, nowMs, hashes, 'term of records');
  await database.run(sql`delete from mark where name = ${leftKey}`);
  return gone;
}
