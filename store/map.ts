// What the map asks of the store: the states that incidents went through in a day, and where the last judged look saw snow.
import { z } from 'zod';
import { HealthState } from '#core/camera';
import { Severity, IssueName } from '#core/hazard-name';
import { IncidentState, openIncidentStates } from '#core/incident';
import { DistrictId, Point } from '#core/place';
import { at, type Db } from './db.ts';
import { raw, sql } from './sql.ts';

const States = z.object({ state: HealthState, ids: z.array(z.string()) });

/** The cameras of each state; those that were never looked at are in none. */
export const states = (db: Db): Promise<z.infer<typeof States>[]> =>
  db.rows(States, sql`select state, array_agg(camera_id) as ids from camera_health group by state order by state`);

const isOpen = raw(`state in (${openIncidentStates.map((state) => `'${state}'`).join(', ')})`);

const Step = z.object({
  id: z.string(),
  number: z.number(),
  hazard: IssueName,
  severity: Severity,
  point: Point,
  district: DistrictId,
  cameraId: z.string().nullable(),
  atMs: z.number(),
  state: IncidentState,
  /** Severity from this step on. */
  severityThen: Severity,
});
export type IncidentStep = z.infer<typeof Step>;

/**
 * Every state and severity that incidents took between two moments, with those in which each entered the window; by incident, oldest
 * first. A change that is older than the column of severities has today's.
 * Of more than `most` incidents the newest are given. Finds them by the open ones and by the changes of the window, so that years of
 * finished ones cost nothing.
 */
export const day = (db: Db, fromMs: number, toMs: number, most: number): Promise<IncidentStep[]> =>
  db.rows(
    Step,
    sql`with touched as (
          select id from incident where ${isOpen}
          union select incident_id from incident_change where at >= ${at(fromMs)}::timestamptz
        ),
        newest as (
          select incident.* from touched join incident using (id)
          where opened_at < ${at(toMs)}::timestamptz order by opened_at desc limit ${most}::bigint
        )
        select id, number, hazard, newest.severity, jsonb_build_object('lon', lon, 'lat', lat) as point, district, camera_id,
          step.at, step.to_state as state, coalesce(step.severity, newest.severity) as "severityThen"
        from newest join lateral (
          (select at, to_state, version, severity from incident_change
            where incident_id = newest.id and at < ${at(fromMs)}::timestamptz order by version desc limit 1)
          union all
          (select at, to_state, version, severity from (
            select *, lag(severity, 1, severity) over (order by version) as was from incident_change
            where incident_id = newest.id and at < ${at(toMs)}::timestamptz) as told
            where at >= ${at(fromMs)}::timestamptz and (from_state is distinct from to_state or severity is distinct from was))
        ) as step on true
        order by id, step.version`,
  );

const Snow = z.object({
  cameraId: z.string(),
  zoneId: z.string(),
  level: z.number(),
  seenAtMs: z.number(),
  incidentId: z.string().nullable(),
});
export type SnowZone = z.infer<typeof Snow>;

/** Zones whose last judged look saw snow, with the open incident that stands for them. */
export const snow = (db: Db): Promise<SnowZone[]> =>
  db.rows(
    Snow,
    sql`select belief.camera_id, belief.zone_id, (last ->> 'level')::double precision as level,
          to_timestamp((last ->> 'atMs')::double precision / 1000) as seen_at, incident.id as incident_id
        from belief
        cross join lateral (select belief.belief -> 'entries' -> -1 as last) as newest
        left join lateral (
          select id from incident
          where incident.camera_id = belief.camera_id and incident.zone_id = belief.zone_id and hazard = 'snow' and ${isOpen}
          order by opened_at desc limit 1
        ) as incident on true
        where belief.hazard = 'snow' and last ->> 'word' = 'hazard'
        order by belief.camera_id, belief.zone_id`,
  );
