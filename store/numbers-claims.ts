// What the numbers page counts: claims and what people decided of them, times between steps, alarms, and what was missed.
// Every count and the list that it opens are made from the same piece of SQL.
import { z } from 'zod';
import { HazardName, Severity } from '#core/hazard-name';
import { at, type Db } from './db.ts';
import { raw, sql, type Sql } from './sql.ts';

/** A stretch of time: from its first millisecond to before its last. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Is this moment within the stretch? */
export const within = (column: Sql, { fromMs, toMs }: Stretch): Sql =>
  sql`(${column} >= ${at(fromMs)}::timestamptz and ${column} < ${at(toMs)}::timestamptz)`;

/**
 * Claims on which people decided within the stretch. A claim is an incident that a camera raised, or a mass incident as a whole: its
 * members that were decided with it were not looked at one by one. A claim was right unless it was rejected or confirmed as another
 * hazard; it counts for the hazard that was claimed. `claim` is the name to select from.
 */
export const claimsOf = (stretch: Stretch): Sql => sql`(
  select 'incident' as kind, incident.id, incident.number, named.hazard, incident.severity, incident.state, incident.camera_id,
    incident.lon, incident.lat, incident.raised_at, incident.decided_at,
    incident.opened_at - make_interval(secs => (incident.why ->> 'overS')::double precision) as first_at, incident.reopens,
    coalesce(incident.reject_reason, '') as reason,
    incident.state <> 'rejected' and named.hazard = incident.hazard as is_right
  from incident
    left join verdict on verdict.incident_id = incident.id and verdict.at = incident.decided_at and verdict.undone_at is null
      and ${within(raw('verdict.at'), stretch)}
    cross join lateral (
      select case when verdict.verdict ? 'hazard' then verdict.incident_before ->> 'hazard' else incident.hazard end as hazard
    ) as named
  where incident.origin = 'camera' and ${within(raw('incident.decided_at'), stretch)}
    and (incident.mass_id is null or verdict.id is null or not starts_with(verdict.id, incident.mass_id || '-'))
  union all
  select 'mass', id, number, hazard, severity, state, null, null, null, opened_at, decided_at, opened_at, 0,
    coalesce(reject_reason, ''), decision = 'confirmed'
  from mass_incident where decision is not null and ${within(raw('decided_at'), stretch)}
) as claim`;

const Right = z.object({ hazard: HazardName, n: z.number(), right: z.number() });

/** How many claims of each hazard were decided, and how many of them were right. */
export const rightByHazard = (db: Db, stretch: Stretch): Promise<z.infer<typeof Right>[]> =>
  db.rows(
    Right,
    sql`select hazard, count(*) as n, count(*) filter (where is_right) as "right" from ${claimsOf(stretch)}
        group by hazard order by hazard`,
  );

const CameraRight = z.object({
  cameraId: z.string(),
  n: z.number(),
  right: z.number(),
  hazards: z.array(HazardName),
});
export type CameraRight = z.infer<typeof CameraRight>;

/** The same by camera, those with the most wrong claims first. A mass incident belongs to no camera. */
export const rightByCamera = (db: Db, stretch: Stretch): Promise<CameraRight[]> =>
  db.rows(
    CameraRight,
    sql`select camera_id, count(*) as n, count(*) filter (where is_right) as "right",
          array_agg(distinct hazard order by hazard) as hazards
        from ${claimsOf(stretch)} where camera_id is not null
        group by camera_id order by count(*) filter (where not is_right) desc, count(*) desc, camera_id`,
  );

const ReasonRow = z.object({ reason: z.string(), n: z.number() });

/** Why claims were rejected, the commonest reason first; confirmed as another hazard is the empty reason. */
export const wrongByReason = (db: Db, stretch: Stretch): Promise<z.infer<typeof ReasonRow>[]> =>
  db.rows(
    ReasonRow,
    sql`select reason, count(*) as n from ${claimsOf(stretch)} where not is_right group by reason order by n desc, reason`,
  );

/** How fine a curve is drawn. */
export type Grain = 'hour' | 'day' | 'week';

const TrendRow = z.object({ bucketAtMs: z.number(), right: z.number(), wrong: z.number() });

/** Right and wrong claims by hour, day or week of the city's zone; stretches without any are left out. */
export const rightOverTime = (
  db: Db,
  stretch: Stretch,
  grain: Grain,
  zone: string,
): Promise<z.infer<typeof TrendRow>[]> =>
  db.rows(
    TrendRow,
    sql`select date_trunc(${grain}::text, decided_at, ${zone}::text) as bucket_at,
          count(*) filter (where is_right) as "right", count(*) filter (where not is_right) as wrong
        from ${claimsOf(stretch)} group by 1 order by 1`,
  );

/**
 * Incidents that people found and a camera had in view: opened by hand or from an appeal, at a camera with a zone for this hazard which
 * could judge it in that hour or the two before, or near cameras that were asked for an appeal and could; and the machine had raised
 * nothing of the kind there within a day before. `missed` is the name to select from.
 */
export const missedOf = (stretch: Stretch): Sql => sql`(
  select incident.* from incident
  where origin in ('manual', 'appeal') and state not in ('rejected', 'merged') and ${within(raw('opened_at'), stretch)}
    and (
      exists (
        select from zone where zone.camera_id = incident.camera_id and incident.hazard = any (zone.hazards)
          and (incident.zone_id is null or zone.id = incident.zone_id)
      ) and ${judgedAt(raw('incident.camera_id'))}
      or exists (
        select from appeal_link join appeal on appeal.id = appeal_id cross join lateral unnest(asked_cameras) as asked (camera_id)
        where appeal_link.incident_id = incident.id and undone_at is null and ${judgedAt(raw('asked.camera_id'))}
      )
    )
    and not exists (
      select from incident as known
      where known.camera_id = incident.camera_id and known.hazard = incident.hazard and known.origin = 'camera'
        and known.raised_at <= incident.opened_at and known.raised_at > incident.opened_at - interval '1 day'
    )
) as missed`;

const judgedAt = (cameraId: Sql): Sql => sql`exists (
  select from look_sum
  where look_sum.camera_id = ${cameraId} and look_sum.hazard = incident.hazard
    and hour_at > incident.opened_at - interval '3 hours' and hour_at <= incident.opened_at and hazard_looks + clear_looks > 0)`;

const HazardCount = z.object({ hazard: HazardName, n: z.number() });

/** How many were missed, by hazard. */
export const missedByHazard = (db: Db, stretch: Stretch): Promise<z.infer<typeof HazardCount>[]> =>
  db.rows(HazardCount, sql`select hazard, count(*) as n from ${missedOf(stretch)} group by hazard order by hazard`);

/** Issues of the city's upkeep that people opened within the stretch: counted apart, since no eye looks for them. `upkeep` is the name to select from. */
export const upkeepOf = (stretch: Stretch): Sql => sql`(
  select * from incident where hazard = 'upkeep' and state not in ('rejected', 'merged') and ${within(raw('opened_at'), stretch)}
) as upkeep`;

/** How many were opened. */
export async function upkeepOpened(db: Db, stretch: Stretch): Promise<number> {
  const [row] = await db.rows(z.object({ n: z.number() }), sql`select count(*) as n from ${upkeepOf(stretch)}`);
  return row?.n ?? 0;
}

/**
 * Second looks that were answered with a plain yes or no within the stretch. `second` is the name to select from; who answered stays out
 * of it.
 */
export const secondOf = (stretch: Stretch): Sql => sql`(
  select incident.id, incident.number, second_looks.hazard, incident.severity, incident.state, incident.camera_id, incident.lon,
    incident.lat, second_at, agreed
  from second_looks join incident on incident.id = second_looks.incident_id
  where ${within(raw('second_at'), stretch)} and void_at is null and agreed is not null
) as second`;

const Agreement = z.object({ n: z.number(), agreed: z.number() });

/** How many second looks were answered, and how many said the same as the first. */
export async function secondLooks(db: Db, stretch: Stretch): Promise<z.infer<typeof Agreement>> {
  const [row] = await db.rows(
    Agreement,
    sql`select count(*) as n, count(*) filter (where agreed) as agreed from ${secondOf(stretch)}`,
  );
  return row ?? { n: 0, agreed: 0 };
}

/** Steps whose time is measured; each is counted where it ended within the stretch. */
export const steps = ['seen-raised', 'raised-verdict', 'verdict-taken', 'taken-fixed'] as const;
export type Step = (typeof steps)[number];

const ms = (later: string, earlier: string): Sql =>
  raw(`extract(epoch from ${later} - ${earlier})::double precision * 1000`);

/** One row a step that ended within the stretch, with `took_ms`. `took` is the name to select from. No person is in it. */
export function tookOf(step: Step, stretch: Stretch): Sql {
  switch (step) {
    case 'seen-raised':
      return sql`(
        select 'incident' as kind, id, number, hazard, severity, state, camera_id, lon, lat, raised_at as at,
          greatest(0, ${ms('raised_at', `(opened_at - make_interval(secs => (why ->> 'overS')::double precision))`)}) as took_ms
        from incident
        where ${isAlarm} and reopens = 0 and ${within(raw('raised_at'), stretch)}
      ) as took`;
    case 'raised-verdict':
      return sql`(
        select kind, id, number, hazard, severity, state, camera_id, lon, lat, decided_at as at,
          ${ms('decided_at', 'raised_at')} as took_ms
        from ${claimsOf(stretch)} where raised_at <= decided_at
      ) as took`;
    case 'verdict-taken':
      return sql`(${taskTook('created_at', 'accepted_at', stretch)}) as took`;
    case 'taken-fixed':
      return sql`(${taskTook('accepted_at', 'verified_at', stretch)}) as took`;
  }
}

const taskTook = (from: string, to: string, stretch: Stretch): Sql => sql`
  select 'task' as kind, task.id, task.number, task.hazard, task.severity, task.state, incident.camera_id, task.lon, task.lat,
    task.${raw(to)} as at, ${ms(`task.${to}`, `task.${from}`)} as took_ms
  from task join incident on incident.id = task.incident_id
  where task.role = 'primary' and task.hazard <> 'upkeep' and ${within(raw(`task.${to}`), stretch)} and task.${raw(from)} <= task.${raw(to)}`;

const Took = z.object({
  severity: Severity.nullable(),
  n: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
});

/** Median and 95th percentile of a step, for all severities together (null) and for each. */
export const tookBySeverity = (db: Db, step: Step, stretch: Stretch): Promise<z.infer<typeof Took>[]> =>
  db.rows(
    Took,
    sql`select severity, count(*) as n,
          percentile_cont(0.5) within group (order by took_ms) as p50_ms,
          percentile_cont(0.95) within group (order by took_ms) as p95_ms
        from ${tookOf(step, stretch)} group by grouping sets ((), (severity)) order by severity desc nulls first`,
  );

/** Time from the picture to the key is shown for this many people together at least: with fewer it would be somebody's own. */
const peopleMin = 3;

/** Verdicts of which it is known how long the picture was looked at. Who gave them stays within the store. `keyed` is the name to select from. */
export const keyedOf = (stretch: Stretch): Sql => sql`(
  select incident.id, incident.number, incident.hazard, incident.severity, incident.state, incident.camera_id, incident.lon,
    incident.lat, verdict.at, verdict.person_id, (verdict.verdict ->> 'decisionMs')::double precision as took_ms
  from verdict join incident on incident.id = verdict.incident_id
  where ${within(raw('verdict.at'), stretch)} and verdict.undone_at is null and verdict.verdict ? 'decisionMs'
    and verdict.verdict ->> 'kind' in ('confirm', 'reject')
) as keyed`;

/** Median and 95th percentile of the time from the picture to the key; null where too few people are in it. */
export async function tookToKey(db: Db, stretch: Stretch): Promise<Omit<z.infer<typeof Took>, 'severity'>> {
  const [row] = await db.rows(
    Took,
    sql`select null as severity, count(*) as n,
          case when count(distinct person_id) >= ${peopleMin}::bigint then percentile_cont(0.5) within group (order by took_ms) end as p50_ms,
          case when count(distinct person_id) >= ${peopleMin}::bigint then percentile_cont(0.95) within group (order by took_ms) end as p95_ms
        from ${keyedOf(stretch)}`,
  );
  return row ?? { n: 0, p50Ms: null, p95Ms: null };
}

// A member of a mass incident that was carried along by the decision on the whole never rang.
const isAlarm = raw(`origin = 'camera' and not exists (
  select from mass_incident as mass where mass.id = incident.mass_id and mass.decided_at <= incident.raised_at)`);

/** What was put before people within the stretch: incidents that cameras raised, and mass incidents. `alarm` is the name to select from. */
export const alarmsOf = (stretch: Stretch): Sql => sql`(
  select 'incident' as kind, id, number, hazard, severity, state, camera_id, lon, lat, raised_at as at
  from incident where ${isAlarm} and ${within(raw('raised_at'), stretch)}
  union all
  select 'mass', id, number, hazard, severity, state, null, null, null, opened_at
  from mass_incident where ${within(raw('opened_at'), stretch)}
) as alarm`;

const Alarms = z.object({ moments: z.array(z.number()), severities: z.array(Severity) });

export interface Alarm {
  readonly atMs: number;
  readonly severity: Severity;
}

/** When something was put before people, oldest first. */
export async function alarms(db: Db, stretch: Stretch): Promise<Alarm[]> {
  // Two columns instead of a row each: a season has a hundred thousand.
  const [row] = await db.rows(
    Alarms,
    sql`select coalesce(array_agg(extract(epoch from at)::double precision * 1000 order by at, id), '{}') as moments,
          coalesce(array_agg(severity order by at, id), '{}') as severities
        from ${alarmsOf(stretch)}`,
  );
  return (row?.moments ?? []).flatMap((atMs, i) => {
    const severity = row?.severities[i];
    return severity === undefined ? [] : [{ atMs, severity }];
  });
}

const Sitting = z.object({ seat: z.number(), firstAtMs: z.number(), lastAtMs: z.number() });
export type Sitting = z.infer<typeof Sitting>;

/**
 * When people gave verdicts, one row for a stretch in which a person's verdicts are at most `gapMs` apart. `seat` is a number made for this
 * answer alone: it joins the rows of one person and names nobody.
 */
export const sittings = (db: Db, stretch: Stretch, gapMs: number): Promise<Sitting[]> =>
  db.rows(
    Sitting,
    sql`with given as (
          select person_id, at,
            case when at - lag(at) over (partition by person_id order by at) <= make_interval(secs => ${gapMs / 1000}::double precision)
              then 0 else 1 end as begins
          from verdict where ${within(raw('at'), stretch)}
        ),
        sat as (select person_id, at, sum(begins) over (partition by person_id order by at) as part from given)
        select dense_rank() over (order by person_id) as seat, min(at) as first_at, max(at) as last_at
        from sat group by person_id, part order by 1, 2`,
  );
