// Looks: saved once each, in one statement; read back for the card, the judge and the numbers.
import { z } from 'zod';
import { HazardName } from '#core/hazard-name';
import { CameraId, type LookId, lookIdOf } from '#core/ids';
import { LookSource, type Look } from '#core/look';
import { Observation, Word } from '#core/observation';
import { HealthFacts, type LookSigns } from '#core/health-facts';
import * as adapt from './adapt.ts';
import * as cameraHealth from './camera-health.ts';
import { at, codeOf, json, type Database, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import * as handing from './handing.ts';
import { prepared, sql, type Sql } from './sql.ts';

const hourMs = 3_600_000;
/** A level is told again when it has moved by this much (0..1). */
const levelStep = 0.1;
const deadlock = '40P01';

const SaveAnswer = z.object({
  saved: z.boolean(),
  changedHealth: z.boolean(),
  /** Of a look that told something of its camera's health: what was known until then. */
  facts: HealthFacts.nullable(),
});

export interface SaveOptions {
  /** Every observation goes to the judge, else only those that are new or say "hazard". */
  readonly judgeAll: boolean;
  readonly learn?: Learning | undefined;
  /** We ourselves stood still: that nothing came of the look is held against no camera. */
  readonly blameless?: boolean;
  /** What was measured on the way. */
  readonly signs?: LookSigns;
  /** Where the camera's state has changed, it is looked at again after so long: does it last? */
  readonly confirmAfterMs?: number;
}

/** What of a look is kept to learn from, in the look's own transaction. */
export interface Learning {
  readonly samples: readonly adapt.Sampled[];
  readonly shadows: readonly adapt.ShadowLook[];
}

/**
 * Saves a look in one transaction: its row, the observations that say something new, the hourly sums, the judge's inbox and
 * the camera's health; rings `look-saved`. A look that is known already (same camera and planned moment) changes nothing.
 * With `judgeAll` every observation goes to the judge, else those that are new or say "hazard".
 */
export async function save(database: Database, look: Look, options: SaveOptions): Promise<'saved' | 'known'> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction((tx) => saveOnce(tx, look, options));
    } catch (thrown) {
      // Two looks of one camera that are saved in the same moment may meet; the second one simply comes after.
      if (codeOf(thrown) !== deadlock || attempt === 3) throw thrown;
    }
  }
}

async function saveOnce(
  tx: Tx,
  look: Look,
  { judgeAll, learn, blameless = false, signs = {}, confirmAfterMs }: SaveOptions,
): Promise<'saved' | 'known'> {
  const [answer] = await tx.rows(SaveAnswer, saving(look, judgeAll, blameless));
  if (answer?.saved !== true) return 'known';
  if (answer.facts !== null) await cameraHealth.learn(tx, look, answer.facts, signs);
  if (learn) await adapt.keep(tx, learn.samples, learn.shadows);
  if (answer.changedHealth) {
    append(tx, 'camera', look.cameraId, look.seenAtMs);
    if (confirmAfterMs !== undefined) {
      const again = { cameraId: look.cameraId, atMs: look.seenAtMs + confirmAfterMs };
      await handing.askSoon(tx, [again], 'does its new state last?');
    }
  }
  await tx.notify({ kind: 'look-saved', cameraId: look.cameraId });
  return 'saved';
}

const observationsOf = (look: Look): unknown =>
  look.observations.map((o) => ({
    zone_id: o.zoneId,
    hazard: o.hazard,
    sub: o.sub,
    word: o.word,
    level: o.level,
    support: o.support,
    still: o.stillSha256,
    whole: o,
  }));

/** CPU milliseconds of a look in all; null where it was not measured. */
const cpuOf = ({ parts }: Look): number | null =>
  parts === null ? null : Object.values(parts).reduce<number>((sum, ms) => sum + (ms ?? 0), 0);

/** One statement for the whole look: one journey to the database, one plan kept on the connection. */
function saving(look: Look, judgeAll: boolean, blameless: boolean): Sql {
  const isGood = look.outcome.kind === 'seen';
  const state = look.outcome.kind === 'seen' ? 'ok' : look.outcome.state;
  const detail = look.outcome.kind === 'seen' ? '' : look.outcome.detail;
  const hourAtMs = Math.floor(look.seenAtMs / hourMs) * hourMs;
  return prepared(
    'look-save',
    sql`
    with
    given as (
      select ${look.cameraId}::text as camera_id, ${at(look.dueAtMs)}::timestamptz as due_at, ${at(look.seenAtMs)}::timestamptz as seen_at,
        ${state}::text as state, ${detail}::text as detail, ${isGood}::boolean as is_good,
        ${look.widthPx}::integer as width_px, ${look.heightPx}::integer as height_px
    ),
    fresh as (
      insert into look (camera_id, due_at, seen_at, state, detail, took_ms, still_sha256, source, cpu_ms, preset)
      select camera_id, due_at, seen_at, state, detail, ${Math.round(look.tookMs)}::integer, ${look.stillSha256}::text,
        ${look.source ?? null}::text, ${cpuOf(look)}::real, ${look.preset ?? null}::text from given
      on conflict (camera_id, due_at) do nothing
      returning camera_id
    ),
    said as (
      select given.camera_id, given.due_at, given.seen_at, o.*
      from jsonb_to_recordset(${json(observationsOf(look))}) as o (zone_id text, hazard text, sub text, word text, level real,
        support jsonb, still text, whole jsonb), given, fresh
    ),
    news as (
      select said.* from said left join last_word using (camera_id, zone_id, hazard)
      where last_word.word is null or last_word.word <> said.word or last_word.sub <> said.sub
        or abs(last_word.level - said.level) >= ${levelStep - 1e-6}::real
    ),
    written as (
      insert into observation (camera_id, zone_id, hazard, seen_at, due_at, sub, word, level, support, still_sha256)
      select camera_id, zone_id, hazard, seen_at, due_at, sub, word, level, support, still from news
      on conflict do nothing
    ),
    remembered as (
      insert into last_word (camera_id, zone_id, hazard, sub, word, level, seen_at)
      select camera_id, zone_id, hazard, sub, word, level, seen_at from news
      on conflict (camera_id, zone_id, hazard) do update set
        sub = excluded.sub, word = excluded.word, level = excluded.level, seen_at = excluded.seen_at
      where last_word.seen_at <= excluded.seen_at
    ),
    to_judge as (
      insert into judge_inbox (camera_id, observation)
      select camera_id, whole from said
      where ${judgeAll}::boolean or word = 'hazard'
        or exists (select from news where news.zone_id = said.zone_id and news.hazard = said.hazard)
    ),
    word_of_hazard as (
      select hazard, case when bool_or(word = 'hazard') then 'hazard' when bool_or(word = 'clear') then 'clear' else 'cannot-see' end as word
      from said group by hazard
      union all
      -- A look without a picture says nothing of any zone: for each hazard that could be seen there it could not be seen.
      select distinct possible.hazard, 'cannot-see'
      from fresh join given using (camera_id) join zone using (camera_id), unnest(zone.hazards) as possible (hazard)
      where not is_good and not exists (select from said)
    ),
    summed as (
      insert into look_sum (hour_at, camera_id, hazard, looks, hazard_looks, clear_looks, cannot_see)
      select ${at(hourAtMs)}::timestamptz, ${look.cameraId}::text, hazard, 1,
        (word = 'hazard')::integer, (word = 'clear')::integer, (word = 'cannot-see')::integer
      from word_of_hazard order by hazard
      on conflict (camera_id, hazard, hour_at) do update set
        looks = look_sum.looks + 1,
        hazard_looks = look_sum.hazard_looks + excluded.hazard_looks,
        clear_looks = look_sum.clear_looks + excluded.clear_looks,
        cannot_see = look_sum.cannot_see + excluded.cannot_see
    ),
    good_now as (
      select coalesce(jsonb_object_agg(hazard, ${Math.round(look.seenAtMs)}::bigint) filter (where word <> 'cannot-see'), '{}') as hazards
      from word_of_hazard
    ),
    before as (
      select state from camera_health where camera_id = ${look.cameraId}::text
    ),
    healed as (
      insert into camera_health (camera_id, state, since_at, last_look_at, last_good_at, detail, width_px, height_px, fails,
        blind_at, good)
      select given.camera_id, state, seen_at, seen_at, case when is_good then seen_at end, detail, width_px, height_px,
        case when is_good then 0 else 1 end, case when not is_good then seen_at end, good_now.hazards
      from given join fresh using (camera_id) join camera on camera.id = given.camera_id cross join good_now
      where is_good or not ${blameless}::boolean
      on conflict (camera_id) do update set
        state = excluded.state,
        since_at = case when camera_health.state = excluded.state then camera_health.since_at else excluded.since_at end,
        last_look_at = excluded.last_look_at,
        last_good_at = coalesce(excluded.last_good_at, camera_health.last_good_at),
        detail = excluded.detail,
        width_px = coalesce(excluded.width_px, camera_health.width_px),
        height_px = coalesce(excluded.height_px, camera_health.height_px),
        fails = case when excluded.fails = 0 then 0 else camera_health.fails + 1 end,
        blind_at = case when excluded.fails = 0 then null else coalesce(camera_health.blind_at, excluded.blind_at) end,
        good = camera_health.good || excluded.good
      where camera_health.last_look_at is null or camera_health.last_look_at <= excluded.last_look_at
      returning state, facts
    )
    select exists (select from fresh) as saved,
      exists (select from healed where healed.state is distinct from (select state from before)) as "changedHealth",
      (select facts from healed) as facts`,
  );
}

export interface RecentLook {
  readonly lookId: LookId;
  readonly seenAtMs: number;
  readonly outcome: string;
  readonly detail: string;
  readonly stillSha256: string | null;
  readonly source: LookSource | null;
  /** Which view of a camera with several it showed. */
  readonly preset: string | null;
  readonly observations: readonly { hazard: HazardName; zoneId: string; word: Word; level: number }[];
}

const RecentRow = z.object({
  cameraId: CameraId,
  dueAtMs: z.number(),
  seenAtMs: z.number(),
  outcome: z.string(),
  detail: z.string(),
  stillSha256: z.string().nullable(),
  source: LookSource.nullable(),
  preset: z.string().nullable(),
  observations: z.array(z.object({ hazard: HazardName, zoneId: z.string(), word: Word, level: z.number() })),
});

/** The last looks at a camera, newest first. `outcome` is `ok` or why nothing could be judged; observations only where news. */
export async function recent(db: Db, cameraId: string, limit: number): Promise<RecentLook[]> {
  const rows = await db.rows(
    RecentRow,
    sql`select look.camera_id, look.due_at, look.seen_at, state as outcome, detail, look.still_sha256, look.source, look.preset,
          coalesce(jsonb_agg(jsonb_build_object('hazard', hazard, 'zoneId', zone_id, 'word', word, 'level', level) order by hazard, zone_id)
            filter (where hazard is not null), '[]') as observations
        from (select * from look where camera_id = ${cameraId} order by due_at desc limit ${limit}::bigint) as look
        left join observation on observation.camera_id = look.camera_id and observation.due_at = look.due_at
          and observation.seen_at = look.seen_at
        group by look.camera_id, look.due_at, look.seen_at, state, detail, look.still_sha256, look.source, look.preset
        order by look.due_at desc`,
  );
  return rows.map(({ cameraId: id, dueAtMs, ...row }) => ({ lookId: lookIdOf(id, dueAtMs), ...row }));
}

const FrameRow = z.object({ seenAtMs: z.number(), stillSha256: z.string() });

/** Kept frames of a camera since a moment, oldest first. */
export const frames = (
  db: Db,
  cameraId: string,
  sinceMs: number,
  limit: number,
): Promise<{ seenAtMs: number; stillSha256: string }[]> =>
  db.rows(
    FrameRow,
    // A frame comes within minutes of its planned moment: the key by due_at finds it.
    sql`select seen_at, still_sha256 from look
        where camera_id = ${cameraId} and due_at >= ${at(sinceMs - hourMs)}::timestamptz
          and seen_at >= ${at(sinceMs)}::timestamptz and still_sha256 is not null
        order by seen_at limit ${limit}::bigint`,
  );

/** The kept frame nearest to a moment, within an hour; none where none was kept. */
export async function frameNear(
  db: Db,
  cameraId: string,
  nearMs: number,
): Promise<{ seenAtMs: number; stillSha256: string } | undefined> {
  const [row] = await db.rows(
    FrameRow,
    sql`select seen_at, still_sha256 from look
        where camera_id = ${cameraId} and still_sha256 is not null
          and due_at between ${at(nearMs - hourMs)}::timestamptz and ${at(nearMs + hourMs)}::timestamptz
        order by abs(extract(epoch from seen_at - ${at(nearMs)}::timestamptz)) limit 1`,
  );
  return row;
}

/** Looks saved in the last minute, and when the last one was. */
export async function perMinute(db: Db, nowMs: number): Promise<{ looks: number; lastAtMs: number | null }> {
  const [row] = await db.rows(
    z.object({ looks: z.number(), lastAtMs: z.number().nullable() }),
    sql`select
          (select count(*) from look where seen_at > ${at(nowMs - 60_000)}::timestamptz and seen_at <= ${at(nowMs)}::timestamptz
            and due_at > ${at(nowMs - hourMs)}::timestamptz) as looks,
          (select max(last_look_at) from camera_health) as last_at`,
  );
  return row ?? { looks: 0, lastAtMs: null };
}

/**
 * Takes the observations that have waited longest for the judge; they stay locked until the transaction ends. They are given in
 * the order of their moments: workers race, and what is judged must not hang on which of them saved first. One taker at a time:
 * a second one gets nothing, so that the observations of a camera are never judged out of order.
 */
export async function takeInbox(tx: Tx, limit: number): Promise<Waiting[]> {
  const [free] = await tx.rows(
    z.object({ mine: z.boolean() }),
    sql`select pg_try_advisory_xact_lock(hashtext('judge_inbox')) as mine`,
  );
  if (free?.mine !== true) return [];
  const rows = await tx.rows(
    Waiting,
    sql`select id as inbox_id, observation from judge_inbox order by id limit ${limit}::bigint for update`,
  );
  return rows.sort(byMoment);
}

const Waiting = z.object({ inboxId: z.number(), observation: Observation });
type Waiting = z.infer<typeof Waiting>;

const placeOf = ({ observation: o }: Waiting): string => `${o.cameraId} ${o.zoneId} ${o.hazard} ${o.lookId}`;

function byMoment(a: Waiting, b: Waiting): number {
  const apartMs = a.observation.seenAtMs - b.observation.seenAtMs;
  if (apartMs !== 0) return apartMs;
  return placeOf(a) < placeOf(b) ? -1 : 1;
}

/** Removes judged observations. */
export async function removeInbox(tx: Tx, inboxIds: readonly number[]): Promise<void> {
  await tx.run(sql`delete from judge_inbox where id = any (${inboxIds}::bigint[])`);
}

/** How many observations wait for the judge. */
export async function inboxLength(db: Db): Promise<number> {
  const [row] = await db.rows(z.object({ n: z.number() }), sql`select count(*) as n from judge_inbox`);
  return row?.n ?? 0;
}

const HourRow = z.object({
  hourMs: z.number(),
  cameraId: CameraId,
  hazard: HazardName,
  looks: z.number(),
  hazardLooks: z.number(),
  clearLooks: z.number(),
  cannotSee: z.number(),
});
export type HourSum = z.infer<typeof HourRow>;

/** Sums of looks by hour, camera and hazard, from the hour of `fromMs` to before `toMs`; of all cameras when `cameraId` is null. */
export const hourly = (db: Db, cameraId: string | null, fromMs: number, toMs: number): Promise<HourSum[]> =>
  db.rows(
    HourRow,
    sql`select hour_at as hour, camera_id, hazard, looks, hazard_looks, clear_looks, cannot_see from look_sum
        where (${cameraId}::text is null or camera_id = ${cameraId}::text)
          and hour_at >= ${at(Math.floor(fromMs / hourMs) * hourMs)}::timestamptz and hour_at < ${at(toMs)}::timestamptz
        order by hour_at, camera_id, hazard`,
  );

const DayRow = z.object({
  dayMs: z.number(),
  hazard: HazardName,
  looks: z.number(),
  hazardLooks: z.number(),
  clearLooks: z.number(),
  cannotSee: z.number(),
});
export type DaySum = z.infer<typeof DayRow>;

/** Sums of looks of the whole city by UTC day and hazard, from the roll-up (as of its last run, see keeping.ts). */
export const daily = (db: Db, fromMs: number, toMs: number): Promise<DaySum[]> =>
  db.rows(
    DayRow,
    sql`select day_at as day, hazard, looks::bigint as looks, hazard_looks::bigint as hazard_looks,
          clear_looks::bigint as clear_looks, cannot_see::bigint as cannot_see
        from look_day where day_at >= ${at(fromMs)}::timestamptz and day_at < ${at(toMs)}::timestamptz
        order by day_at, hazard`,
  );
