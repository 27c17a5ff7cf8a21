// Health as facts beside the state of the newest look, and the notices of cameras by which nothing can be judged.
import { z } from 'zod';
import { HealthState } from '#core/camera';
import { HealthFactName, HealthFacts, measuredFacts, stepFacts, type LookSigns } from '#core/health-facts';
import { HazardName } from '#core/hazard-name';
import type { Look } from '#core/look';
import { at, json, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import { sql } from './sql.ts';

/** Lets a look that was just saved say its facts; writes only what is news. In the look's own transaction. */
export async function learn(tx: Tx, look: Look, before: HealthFacts, signs: LookSigns): Promise<void> {
  const state = look.outcome.kind === 'seen' ? 'ok' : look.outcome.state;
  const { facts } = stepFacts(before, { state, atMs: look.seenAtMs, signs });
  if (facts === before) return;
  await tx.run(sql`update camera_health set facts = ${json(facts)} where camera_id = ${look.cameraId}`);
}

/** Lets a stream that is read for long say what it told besides its pictures; of a camera that was looked at before. */
export async function learnSigns(tx: Tx, cameraId: string, atMs: number, signs: LookSigns): Promise<void> {
  const [row] = await tx.rows(
    z.object({ facts: HealthFacts }),
    sql`select facts from camera_health where camera_id = ${cameraId} for update`,
  );
  if (!row) return;
  // `unknown` says nothing of the connection or the picture, so only what was measured is said.
  const { facts } = stepFacts(row.facts, { state: 'unknown', atMs, signs });
  if (facts !== row.facts)
    await tx.run(sql`update camera_health set facts = ${json(facts)} where camera_id = ${cameraId}`);
}

const FactsRow = z.object({
  facts: HealthFacts,
  good: z.partialRecord(HazardName, z.number()),
  blindAtMs: z.number().nullable(),
});
export type FactsOfCamera = z.infer<typeof FactsRow>;

/** Facts of a camera, when it was last judged for each hazard, and since when it cannot be; undefined before its first look. */
export async function factsOf(db: Db, cameraId: string): Promise<FactsOfCamera | undefined> {
  const [row] = await db.rows(
    FactsRow,
    sql`select facts, good, blind_at from camera_health where camera_id = ${cameraId}`,
  );
  return row;
}

const GoodRow = z.object({ cameraId: z.string(), atMs: z.number() });

/** When each camera was last judged for a hazard, epoch milliseconds; those that never were are not in it. */
export async function lastGood(db: Db, hazard: HazardName): Promise<ReadonlyMap<string, number>> {
  const rows = await db.rows(
    GoodRow,
    // A health of before this was kept by hazard knows only of the last good look at all.
    sql`select camera_id,
          case when good = '{}' then round(extract(epoch from last_good_at)::double precision * 1000)
            else (good ->> ${hazard})::double precision end as "atMs"
        from camera_health where good ? ${hazard} or (good = '{}' and last_good_at is not null)`,
  );
  return new Map(rows.map((row) => [row.cameraId, row.atMs]));
}

const NoticeRow = z.object({
  cameraId: z.string(),
  sinceMs: z.number(),
  toldAtMs: z.number(),
  untilMs: z.number().nullable(),
  state: HealthState,
  detail: z.string(),
  siteIncident: z.number().nullable(),
});
export type CameraNotice = z.infer<typeof NoticeRow>;

const noticeRow = sql`camera_id, since_at as since, told_at, until_at as until, state, detail, site_incident`;

/**
 * Tells of every camera by which nothing could be judged for `afterMs`, and of every one that nobody looked at for `unlookedMs` (four of its own intervals
 * where it has a slow rhythm of its own).
 * Those that fell silent within an open incident of the whole site are told as its part.
 */
export async function announce(
  tx: Tx,
  given: { readonly nowMs: number; readonly afterMs: number; readonly unlookedMs: number },
): Promise<CameraNotice[]> {
  const now = sql`${at(given.nowMs)}::timestamptz`;
  const told = await tx.rows(
    NoticeRow,
    sql`with
        blind as (
          select camera_id, blind_at as since_at, camera_health.state, detail from camera_health
          where blind_at <= ${at(given.nowMs - given.afterMs)}::timestamptz
          union all
          select camera.id, coalesce(last_look_at, due_at), 'unknown', ''
          from camera left join camera_health on camera_id = camera.id
            left join camera_plan on camera_plan.camera_id = camera.id
          where blind_at is null and coalesce(last_look_at, due_at) <= ${at(given.nowMs - given.unlookedMs)}::timestamptz
            - interval '1 second' * greatest(0, 4 * coalesce(look_every_s, 0) - ${Math.round(given.unlookedMs / 1000)}::bigint)
        ),
        site as (
          select id, since_at from site_incident where kind = 'cameras' and until_at is null
        )
        insert into camera_notice (camera_id, since_at, told_at, state, detail, site_incident)
        select blind.camera_id, blind.since_at, ${now}, state, detail,
          (select id from site where blind.since_at >= site.since_at - interval '1 minute')
        from blind
        where not exists (
          select from camera_notice where camera_notice.camera_id = blind.camera_id and until_at is null)
        on conflict do nothing
        returning ${noticeRow}`,
  );
  for (const { cameraId } of told) append(tx, 'camera', cameraId, given.nowMs);
  return told;
}

/** Ends the notices of cameras that can be judged again and have been for a while, and of those that are gone. */
export async function callOff(tx: Tx, given: { readonly nowMs: number; readonly afterMs: number }): Promise<string[]> {
  const ended = await tx.rows(
    z.object({ cameraId: z.string() }),
    sql`update camera_notice set until_at = coalesce(again.good_at, ${at(given.nowMs)}::timestamptz)
        from (
          select open.camera_id as id, case when health.state = 'ok' then health.since_at end as good_at
          from camera_notice as open
            left join camera on camera.id = open.camera_id
            left join camera_health as health on health.camera_id = open.camera_id
          where open.until_at is null and (camera.id is null
            or health.blind_at is null and health.last_good_at > open.since_at
              and (open.state = 'unknown' or health.since_at <= ${at(given.nowMs - given.afterMs)}::timestamptz))
        ) as again
        where camera_notice.camera_id = again.id and until_at is null
        returning camera_notice.camera_id`,
  );
  for (const { cameraId } of ended) append(tx, 'camera', cameraId, given.nowMs);
  return ended.map((row) => row.cameraId);
}

/** Keeps the reason of open notices at that of the newest look. */
export const follow = (tx: Tx): Promise<number> =>
  tx.run(
    sql`update camera_notice set state = health.state, detail = health.detail
        from camera_health as health
        where health.camera_id = camera_notice.camera_id and until_at is null and health.blind_at is not null
          and camera_notice.state <> health.state`,
  );

/** Open notices, the newest first. */
export const openNotices = (db: Db, limit: number): Promise<CameraNotice[]> =>
  db.rows(
    NoticeRow,
    sql`select ${noticeRow} from camera_notice where until_at is null order by since_at desc, camera_id limit ${limit}::bigint`,
  );

/** How many notices are open, by state, and how many of them are part of an incident of the whole site. */
export const noticeCounts = (db: Db): Promise<{ state: HealthState; n: number; inSite: number }[]> =>
  db.rows(
    z.object({ state: HealthState, n: z.number(), inSite: z.number() }),
    sql`select state, count(*) as n, count(site_incident) as in_site from camera_notice where until_at is null
        group by state order by n desc, state`,
  );

const BadRow = z.object({
  cameraId: z.string(),
  fact: HealthFactName,
  sinceMs: z.number(),
  value: z.number().nullable(),
});
export type BadMeasure = z.infer<typeof BadRow>;

/** What is measured bad of which camera, the newest first. */
export const badMeasures = (db: Db, limit: number): Promise<BadMeasure[]> =>
  db.rows(
    BadRow,
    sql`select camera_id, fact.key as fact, (fact.value ->> 'sinceMs')::double precision as "sinceMs",
          (fact.value ->> 'value')::double precision as value
        from camera_health, jsonb_each(facts) as fact
        where fact.key = any (${[...measuredFacts]}::text[]) and fact.value ->> 'word' = 'bad'
        order by 3 desc, 1, 2 limit ${limit}::bigint`,
  );

/** Notices of a camera since a moment, the newest first. */
export const noticesOf = (db: Db, cameraId: string, fromMs: number): Promise<CameraNotice[]> =>
  db.rows(
    NoticeRow,
    sql`select ${noticeRow} from camera_notice
        where camera_id = ${cameraId} and (until_at is null or until_at >= ${at(fromMs)}::timestamptz)
        order by since_at desc limit 50`,
  );
