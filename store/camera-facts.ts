// What a camera's page and its zone editor ask of the looks and incidents of one camera.
import { z } from 'zod';
import { Box } from '#core/detection';
import { HazardName, Severity, IssueName } from '#core/hazard-name';
import { IncidentState } from '#core/incident';
import { Word } from '#core/observation';
import { at, type Db } from './db.ts';
import { sql } from './sql.ts';

const Said = z.object({
  seenAtMs: z.number(),
  zoneId: z.string(),
  hazard: HazardName,
  word: Word,
  level: z.number(),
  boxes: z.array(Box).catch([]),
  facts: z.record(z.string(), z.unknown()).catch({}),
});
/** What a look said of a hazard in a zone, kept only where it was news: it holds until the next one. */
export type Said = z.infer<typeof Said>;

/** All that was said of a camera since a moment, oldest first, the newest `limit` of it. */
export async function saidSince(db: Db, cameraId: string, sinceMs: number, limit: number): Promise<Said[]> {
  const rows = await db.rows(
    Said,
    sql`select seen_at, zone_id, hazard, word, level, coalesce(support -> 'boxes', '[]') as boxes,
          coalesce(support -> 'facts', '{}') as facts
        from observation where camera_id = ${cameraId} and seen_at >= ${at(sinceMs)}::timestamptz
        order by seen_at desc, zone_id, hazard limit ${limit}::bigint`,
  );
  return rows.reverse();
}

const PlanRow = z.object({ dueAtMs: z.number(), reason: z.string() });

/** When a camera is to be looked at next, and why sooner than usual; undefined before its first round and where it is watched. */
export async function planOf(db: Db, cameraId: string): Promise<z.infer<typeof PlanRow> | undefined> {
  const [row] = await db.rows(PlanRow, sql`select due_at, reason from camera_plan where camera_id = ${cameraId}`);
  return row;
}

const Past = z.object({
  id: z.string(),
  number: z.number(),
  hazard: IssueName,
  severity: Severity,
  state: IncidentState,
  zoneId: z.string().nullable(),
  openedAtMs: z.number(),
  decidedAtMs: z.number().nullable(),
  untilMs: z.number().nullable(),
});
export type PastIncident = z.infer<typeof Past>;

/** Incidents of a camera since a moment, newest first, and all that are shelved. */
export const incidentsOf = (db: Db, cameraId: string, sinceMs: number, limit: number): Promise<PastIncident[]> =>
  db.rows(
    Past,
    sql`select id, number, hazard, severity, state, zone_id, opened_at, decided_at, until_at as until
        from incident
        where camera_id = ${cameraId} and (opened_at >= ${at(sinceMs)}::timestamptz or state = 'shelved')
        order by opened_at desc, number desc limit ${limit}::bigint`,
  );

/** Segments of streets that zones of a district name, in their order. */
export async function segmentsOf(db: Db, district: string): Promise<string[]> {
  const rows = await db.rows(
    z.object({ segment: z.string() }),
    sql`select distinct segment from zone join camera on camera.id = zone.camera_id
        where segment is not null and camera.district = ${district} order by segment limit 500`,
  );
  return rows.map((row) => row.segment);
}

/** Does the list of cameras of the settings name this camera? */
export async function isListed(db: Db, cameraId: string): Promise<boolean> {
  const [row] = await db.rows(
    z.object({ listed: z.boolean() }),
    sql`select row is not null as listed from camera_listed where camera_id = ${cameraId}`,
  );
  return row?.listed ?? false;
}

const Named = z.object({ agencyId: z.string(), tasks: z.number(), rules: z.number(), owns: z.number() });

/** How often each agency is named: by open tasks, by routing rows, as owner of zones and registered things. */
export const agencyUse = (db: Db): Promise<z.infer<typeof Named>[]> =>
  db.rows(
    Named,
    sql`select agency.id as agency_id,
          (select count(*) from task where agency_id = agency.id
             and state not in ('verified', 'cancelled', 'rerouted')) as tasks,
          (select count(*) from routing_rule where main_agency = agency.id or agency.id = any (copy_agencies)
             or second_choice = agency.id) as rules,
          (select count(*) from zone where owner = agency.id) + (select count(*) from asset where owner = agency.id)
            + (select count(*) from person where agency_id = agency.id and active) as owns
        from agency order by agency.id`,
  );
