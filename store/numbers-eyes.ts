// What the numbers page counts of the eyes: cameras that answer, ground that can be judged now, looks that could be judged, what was
// held back, and what is silenced now.
import { z } from 'zod';
import { HazardName } from '#core/hazard-name';
import { at, type Db } from './db.ts';
import { raw, sql, type Sql } from './sql.ts';
import type { Stretch } from './numbers-claims.ts';

/** A camera without a good look for so long is silent. */
const silentFor = raw(`interval '1 hour'`);

/** Cameras without a good look for an hour. `silent` is the name to select from. */
export const silentOf = (nowMs: number): Sql => sql`(
  select camera.id as camera_id, camera.lon, camera.lat, coalesce(health.state, 'unknown') as state,
    coalesce(health.last_good_at, health.since_at) as at
  from camera left join camera_health as health on health.camera_id = camera.id
  where health.last_good_at is null or health.last_good_at < ${at(nowMs)}::timestamptz - ${silentFor}
) as silent`;

const Eyes = z.object({
  all: z.number(),
  ok: z.number(),
  silent: z.number(),
  ageP50Ms: z.number().nullable(),
  ageP95Ms: z.number().nullable(),
});
export type Eyes = z.infer<typeof Eyes>;

/** Cameras now: how many there are, answer well, are silent for an hour; and how old their last look is. */
export async function eyes(db: Db, nowMs: number): Promise<Eyes> {
  const now = sql`${at(nowMs)}::timestamptz`;
  const [row] = await db.rows(
    Eyes,
    sql`select count(*) as "all", count(*) filter (where health.state = 'ok') as ok,
          (select count(*) from ${silentOf(nowMs)}) as silent,
          percentile_cont(0.5) within group (order by extract(epoch from ${now} - last_look_at)::double precision * 1000) as age_p50_ms,
          percentile_cont(0.95) within group (order by extract(epoch from ${now} - last_look_at)::double precision * 1000) as age_p95_ms
        from camera left join camera_health as health on health.camera_id = camera.id`,
  );
  return row ?? { all: 0, ok: 0, silent: 0, ageP50Ms: null, ageP95Ms: null };
}

const Silent = z.object({ cameraId: z.string() });

/** Cameras that are silent for an hour, by id. */
export const silentIds = async (db: Db, nowMs: number): Promise<string[]> =>
  (await db.rows(Silent, sql`select camera_id from ${silentOf(nowMs)} order by camera_id`)).map((row) => row.cameraId);

const Round = z.object({ p95Ms: z.number().nullable() });
const hourMs = 3_600_000;

/**
 * The round time of 95 % of the cameras, milliseconds: an hour by the number of looks that a camera had in the last one; one that had none
 * counts as an hour. Null without cameras.
 */
export async function roundTime(db: Db, nowMs: number): Promise<number | null> {
  const [row] = await db.rows(
    Round,
    sql`select percentile_cont(0.95) within group (order by ${hourMs}::double precision / greatest(1, coalesce(looks, 0))) as p95_ms
        from camera left join (
          select camera_id, count(*) as looks from look
          where due_at > ${at(nowMs - hourMs)}::timestamptz and due_at <= ${at(nowMs)}::timestamptz group by camera_id
        ) as told on told.camera_id = camera.id`,
  );
  return row?.p95Ms ?? null;
}

const Cpu = z.object({ p50Ms: z.number().nullable(), n: z.number() });
const tenMinutesMs = 600_000;

/** CPU of the looks of the last ten minutes that were alone in their process: half of them took at most so much. */
export async function lookCpu(db: Db, nowMs: number): Promise<z.infer<typeof Cpu>> {
  const [row] = await db.rows(
    Cpu,
    sql`select percentile_cont(0.5) within group (order by cpu_ms) as p50_ms, count(*) as n from look
        where cpu_ms is not null and due_at > ${at(nowMs - tenMinutesMs)}::timestamptz and due_at <= ${at(nowMs)}::timestamptz`,
  );
  return row ?? { p50Ms: null, n: 0 };
}

/**
 * Every zone and hazard for which it is watched, and whether the camera can judge it now: its last word was hazard or clear, and it had a
 * good look within the hour. `ground` is the name to select from.
 */
export const groundOf = (nowMs: number): Sql => sql`(
  select zone.camera_id, zone.id as zone_id, watched.hazard, camera.lon, camera.lat, coalesce(last_word.word, 'never') as state,
    last_word.seen_at as at,
    coalesce(word in ('hazard', 'clear') and health.last_good_at >= ${at(nowMs)}::timestamptz - ${silentFor}, false) as is_judged
  from zone
    join camera on camera.id = zone.camera_id
    cross join lateral unnest(zone.hazards) as watched (hazard)
    left join last_word on last_word.camera_id = zone.camera_id and last_word.zone_id = zone.id and last_word.hazard = watched.hazard
    left join camera_health as health on health.camera_id = zone.camera_id
) as ground`;

const Ground = z.object({ hazard: HazardName, zones: z.number(), judged: z.number() });

/** Zones watched for each hazard, and how many of them can be judged now. */
export const ground = (db: Db, nowMs: number): Promise<z.infer<typeof Ground>[]> =>
  db.rows(
    Ground,
    sql`select hazard, count(*) as zones, count(*) filter (where is_judged) as judged from ${groundOf(nowMs)}
        group by hazard order by hazard`,
  );

/** Episodes that were seen and held back within the stretch. `held` is the name to select from. */
export const heldOf = ({ fromMs, toMs }: Stretch): Sql => sql`(
  select * from held where last_at >= ${at(fromMs)}::timestamptz and first_at < ${at(toMs)}::timestamptz
) as held`;

const HeldRule = z.object({ hazard: HazardName, rule: z.string(), n: z.number(), cameras: z.number() });

/** How much was almost raised, by hazard and the rule that held it, the most first. */
export const heldByRule = (db: Db, stretch: Stretch): Promise<z.infer<typeof HeldRule>[]> =>
  db.rows(
    HeldRule,
    sql`select hazard, rule, count(*) as n, count(distinct camera_id) as cameras from ${heldOf(stretch)}
        group by hazard, rule order by n desc, hazard, rule`,
  );

/** Places where a rejection keeps a hazard quiet now, and incidents that are shelved. `silenced` is the name to select from. */
export const silencedOf = (nowMs: number): Sql => sql`(
  select 'quiet' as kind, quiet.camera_id || '/' || zone_id || '/' || hazard || '/' || light as id, null::bigint as number, hazard,
    null as severity, reason as state, quiet.camera_id, camera.lon, camera.lat, since_at as at, until_at
  from quiet left join camera on camera.id = quiet.camera_id where until_at > ${at(nowMs)}::timestamptz
  union all
  select 'quiet', camera_id || '/' || hazard, null, hazard, null, 'put-off', camera_id, lon, lat, since_at, until_at
  from camera_quiet join camera on camera.id = camera_id where until_at > ${at(nowMs)}::timestamptz
  union all
  select 'incident', id, number, hazard, severity, state, camera_id, lon, lat, opened_at, until_at from incident where state = 'shelved'
) as silenced`;

const Silenced = z.object({ quiet: z.number(), shelved: z.number() });

/** How many places are quiet and how many incidents are shelved now. */
export async function silenced(db: Db, nowMs: number): Promise<z.infer<typeof Silenced>> {
  const [row] = await db.rows(
    Silenced,
    sql`select count(*) filter (where kind = 'quiet') as quiet, count(*) filter (where kind = 'incident') as shelved
        from ${silencedOf(nowMs)}`,
  );
  return row ?? { quiet: 0, shelved: 0 };
}
