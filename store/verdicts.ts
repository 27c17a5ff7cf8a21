// What people decided, how it can be taken back, and for how long a rejected hazard is quiet.
import { z } from 'zod';
import { Incident } from '#core/incident';
import { PersonId } from '#core/ids';
import { Verdict } from '#core/verdict';
import { at, json, type Db, type Tx } from './db.ts';
import { inserting, raw, sql } from './sql.ts';

const Row = z.object({
  verdict: Verdict,
  personId: PersonId,
  atMs: z.number(),
  incidentBefore: Incident,
  taskIds: z.array(z.string()),
  undoneAtMs: z.number().nullable(),
});
export type VerdictRow = z.infer<typeof Row>;

const columns = raw('verdict, person_id, at, incident_before, task_ids, undone_at');

/** A verdict by the id that the browser gave it. */
export async function byId(db: Db, verdictId: string): Promise<VerdictRow | undefined> {
  const [row] = await db.rows(Row, sql`select ${columns} from verdict where id = ${verdictId}`);
  return row;
}

/** Writes a verdict down, with the incident as it was before and the tasks it made. */
export async function record(
  tx: Tx,
  given: { verdict: Verdict; personId: string; atMs: number; before: Incident; taskIds: readonly string[] },
): Promise<void> {
  const row = {
    id: given.verdict.id,
    incident_id: given.verdict.incidentId,
    person_id: given.personId,
    at: at(given.atMs),
    verdict: json(given.verdict),
    incident_before: json(given.before),
    task_ids: given.taskIds,
  };
  await tx.run(sql`insert into verdict ${inserting(row)}`);
}

/** A person's last verdict since a moment that was not taken back. */
export async function lastOf(db: Db, personId: string, sinceMs: number): Promise<VerdictRow | undefined> {
  const [row] = await db.rows(
    Row,
    sql`select ${columns} from verdict
        where person_id = ${personId} and at >= ${at(sinceMs)}::timestamptz and undone_at is null
        order by at desc, id desc limit 1`,
  );
  return row;
}

/** Marks a verdict as taken back; false when it was already, or never was. */
export async function undo(tx: Tx, verdictId: string, atMs: number): Promise<boolean> {
  return (
    (await tx.run(
      sql`update verdict set undone_at = ${at(atMs)}::timestamptz where id = ${verdictId} and undone_at is null`,
    )) > 0
  );
}

/** Verdicts since a moment, oldest first. */
export const since = (db: Db, sinceMs: number, limit: number): Promise<VerdictRow[]> =>
  db.rows(
    Row,
    sql`select ${columns} from verdict where at >= ${at(sinceMs)}::timestamptz order by at limit ${limit}::bigint`,
  );

/** In what light a silence holds. */
export type QuietLight = 'day' | 'night' | 'any';

/** The last rejection in a zone and the silence after it. */
const Quiet = z.object({ sinceMs: z.number(), untilMs: z.number(), reason: z.string() });
export type Quiet = z.infer<typeof Quiet>;

/** The silence of a hazard of a zone in this light; undefined where nothing was rejected. Unknown light keeps every silence. */
export async function quietOf(
  tx: Db,
  zone: { cameraId: string; zoneId: string; hazard: string },
  light: QuietLight,
  /** A rejection later than this holds in any light: at dusk the light changes within minutes. */
  anyLightSinceMs: number,
): Promise<Quiet | undefined> {
  const [row] = await tx.rows(
    Quiet,
    sql`select since_at as since, until_at as until, reason from quiet
        where camera_id = ${zone.cameraId} and zone_id = ${zone.zoneId} and hazard = ${zone.hazard}
          and (${light}::text = 'any' or light in ('any', ${light}::text) or since_at >= ${at(anyLightSinceMs)}::timestamptz)
        order by until_at desc limit 1`,
  );
  return row;
}

/** Ends every silence of a hazard of a zone: the rejection was taken back. */
export async function endQuiet(tx: Tx, zone: { cameraId: string; zoneId: string; hazard: string }): Promise<void> {
  await tx.run(
    sql`delete from quiet where camera_id = ${zone.cameraId} and zone_id = ${zone.zoneId} and hazard = ${zone.hazard}`,
  );
}

/** Keeps a hazard of a zone quiet in this light until a moment. */
export async function setQuiet(
  tx: Tx,
  given: {
    cameraId: string;
    zoneId: string;
    hazard: string;
    light: QuietLight;
    sinceMs: number;
    untilMs: number;
    reason: string;
  },
): Promise<void> {
  const row = {
    camera_id: given.cameraId,
    zone_id: given.zoneId,
    hazard: given.hazard,
    light: given.light,
    since_at: at(given.sinceMs),
    until_at: at(given.untilMs),
    reason: given.reason,
  };
  await tx.run(sql`
    insert into quiet ${inserting(row)}
    on conflict (camera_id, zone_id, hazard, light) do update set since_at = excluded.since_at, until_at = excluded.until_at, reason = excluded.reason`);
}
