// What a measurement of the running product asks of its rows, and how it breaks them on purpose. No process of the product uses it.
import { z } from 'zod';
import { at, type Db } from './db.ts';
import { sql, type Sql } from './sql.ts';

const Count = z.object({ n: z.number() });
async function count(db: Db, statement: Sql): Promise<number> {
  const [row] = await db.rows(Count, statement);
  return row?.n ?? 0;
}

const Written = z.object({ rows: z.number(), commits: z.number(), walBytes: z.number(), bytes: z.number() });
export type Written = z.infer<typeof Written>;

/** What the database wrote since it was made: rows, commits, log of changes; and its size. */
export async function written(db: Db): Promise<Written> {
  const [row] = await db.rows(
    Written,
    sql`select (tup_inserted + tup_updated + tup_deleted)::bigint as rows, xact_commit::bigint as commits,
          pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint as wal_bytes,
          pg_database_size(current_database())::bigint as bytes
        from pg_stat_database where datname = current_database()`,
  );
  return row ?? { rows: 0, commits: 0, walBytes: 0, bytes: 0 };
}

/** Cameras that were looked at at least once. */
export const lookedAt = (db: Db): Promise<number> => count(db, sql`select count(*) as n from camera_health`);

/** Of these cameras, those whose newest look could be judged. */
export const wellOf = (db: Db, ids: readonly string[]): Promise<number> =>
  count(db, sql`select count(*) as n from camera_health where state = 'ok' and camera_id = any (${ids}::text[])`);

/** All looks that are saved. */
export const looksInAll = (db: Db): Promise<number> => count(db, sql`select count(*) as n from look`);

/** Looks that ended in a stretch of time. */
export const looksBetween = (db: Db, fromMs: number, toMs: number): Promise<number> =>
  count(
    db,
    sql`select count(*) as n from look
        where seen_at >= ${at(fromMs)}::timestamptz and seen_at < ${at(toMs)}::timestamptz`,
  );

/** Of these cameras, those that were looked at for a moment in a stretch of time. */
export const lookedAtOf = (db: Db, ids: readonly string[], fromMs: number, toMs: number): Promise<number> =>
  count(
    db,
    sql`select count(distinct camera_id) as n from look where camera_id = any (${ids}::text[])
          and due_at >= ${at(fromMs)}::timestamptz and due_at < ${at(toMs)}::timestamptz`,
  );

const Late = z.object({ p50: z.number().nullable(), p95: z.number().nullable(), most: z.number().nullable() });
export type Late = z.infer<typeof Late>;

/** Seconds from the planned moment of looks to their picture. */
export async function lateness(db: Db, fromMs: number, toMs: number): Promise<Late> {
  const [row] = await db.rows(
    Late,
    sql`select percentile_cont(0.5) within group (order by s) as p50,
          percentile_cont(0.95) within group (order by s) as p95, max(s) as most
        from (select extract(epoch from seen_at - due_at)::double precision as s from look
          where due_at >= ${at(fromMs)}::timestamptz and due_at < ${at(toMs)}::timestamptz) as late`,
  );
  return row ?? { p50: null, p95: null, most: null };
}

/**
 * Looks that are there more often than they were counted: a look says one word for each hazard of its camera, so the sums of a
 * hazard are the looks, none twice and none left out.
 */
export const doubled = (db: Db): Promise<number> =>
  count(
    db,
    sql`select coalesce(sum(greatest(0, looked - summed)), 0) as n
        from (select camera_id, max(looks) as summed from (
          select camera_id, hazard, sum(looks) as looks from look_sum group by camera_id, hazard) as s group by camera_id) as s
        join (select camera_id, count(*) as looked from look group by camera_id) as l using (camera_id)`,
  );

/** Sets every camera's next moment a day ahead; gives how many were nearer. */
export const holdAll = (db: Db): Promise<number> =>
  db.run(
    sql`insert into camera_plan (camera_id, due_at, reason)
        select id, now() + interval '1 day', 'the measurement is over' from camera
        on conflict (camera_id) do update set due_at = excluded.due_at
        where camera_plan.due_at < now() + interval '12 hours'`,
  );

const half = (which: 0 | 1): Sql => sql`abs(hashtext(camera_id)) % 2 = ${which}::integer`;

/** Breaks the rows: the newest look of half of the cameras vanishes, and that it was handed out with it. */
export const loseOne = (db: Db): Promise<number> =>
  db.run(
    sql`with gone as (
          delete from look where (camera_id, due_at) in (
            select camera_id, due_at from look where ${half(0)} order by due_at desc limit 1)
          returning camera_id)
        update camera_plan set handed = '{}' where camera_id in (select camera_id from gone)`,
  );

/** Breaks the rows: the newest look of the other half is there twice. */
export const doubleOne = (db: Db): Promise<number> =>
  db.run(
    sql`insert into look (camera_id, due_at, seen_at, state, detail, took_ms)
        select camera_id, due_at + interval '1 millisecond', seen_at, state, detail, took_ms from look
        where ${half(1)} order by due_at desc limit 1 on conflict do nothing`,
  );

/** Breaks the rows: nobody was told of any blind camera. */
export const hush = (db: Db): Promise<number> => db.run(sql`delete from camera_notice`);

/** Gives every camera a health as after good looks, a next moment within `everyS`, and its looks of the last hour at that pace. */
export async function fillCity(db: Db, nowMs: number, everyS: number): Promise<void> {
  const now = sql`${at(nowMs)}::timestamptz`;
  const place = sql`(abs(hashtext(id)) % 1000) / 1000.0 * ${everyS}::double precision * interval '1 second'`;
  await db.run(
    sql`insert into camera_health (camera_id, state, since_at, last_look_at, last_good_at, detail, width_px, height_px, fails,
            good, facts)
          select id, 'ok', ${now} - interval '1 day', ${now} - ${place}, ${now} - ${place}, '', 1920, 1080, 0,
            jsonb_build_object('snow', 1, 'flooding', 1),
            (select jsonb_object_agg(name, jsonb_build_object('word', 'good', 'sinceMs', 1)) from unnest(
              array['reachable', 'signed-in', 'stream', 'frames', 'dark', 'blurred', 'blocked', 'frozen', 'moved', 'overexposed',
                'obscured']) as name)
          from camera on conflict do nothing`,
  );
  await db.run(
    sql`insert into camera_plan (camera_id, due_at, reason) select id, ${now} + ${place}, '' from camera
        on conflict (camera_id) do update set due_at = excluded.due_at`,
  );
  await db.run(
    sql`insert into look (camera_id, due_at, seen_at, state, detail, took_ms)
        select id, moment, moment, 'ok', '', 1200
        from camera, generate_series(date_trunc('hour', ${now}), date_trunc('hour', ${now}) + interval '59 minutes 59 seconds',
          ${everyS}::double precision * interval '1 second') as moment
        on conflict do nothing`,
  );
}
