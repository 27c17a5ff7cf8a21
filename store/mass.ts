// Mass incidents. Every change writes its audit row and tells the feed in the same transaction.
import { z } from 'zod';
import { AhualError } from '#core/errors';
import { MassIncident } from '#core/mass';
import { undecidedIncidentStates } from '#core/incident';
import type { HazardName } from '#core/hazard-name';
import * as audit from './audit.ts';
import { at, atOrNull, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import type { Change } from './incidents.ts';
import { inserting, raw, setting, sql } from './sql.ts';

const massRow =
  raw(`id, number, hazard, district, cause, since_at as since, state, severity, version, opened_at, last_joined_at, ended_at,
  decision, decided_at, decided_by, reject_reason, rejections, quiet_until_at as quiet_until`);

const columnsOf = (m: Omit<MassIncident, 'number'>): Record<string, unknown> => ({
  id: m.id,
  hazard: m.hazard,
  district: m.district,
  cause: m.cause,
  since_at: at(m.sinceMs),
  state: m.state,
  severity: m.severity,
  version: m.version,
  opened_at: at(m.openedAtMs),
  last_joined_at: at(m.lastJoinedAtMs),
  ended_at: atOrNull(m.endedAtMs),
  decision: m.decision,
  decided_at: atOrNull(m.decidedAtMs),
  decided_by: m.decidedBy,
  reject_reason: m.rejectReason,
  rejections: m.rejections,
  quiet_until_at: atOrNull(m.quietUntilMs),
});

async function tell(tx: Tx, mass: MassIncident, change: Change): Promise<void> {
  await audit.write(tx, {
    atMs: change.atMs,
    actor: change.actor,
    act: 'mass incident changed',
    objectKind: 'mass_incident',
    objectId: mass.id,
    facts: { reason: change.reason, version: mass.version, state: mass.state, decision: mass.decision },
  });
  append(tx, 'incident', mass.id, change.atMs);
}

/** Opens a mass incident; the database gives its number, its version is 1. */
export async function insert(
  tx: Tx,
  mass: Omit<MassIncident, 'number' | 'version'>,
  change: Change,
): Promise<MassIncident> {
  const columns = columnsOf({ ...mass, version: 1 });
  const [row] = await tx.rows(MassIncident, sql`insert into mass_incident ${inserting(columns)} returning ${massRow}`);
  if (!row) throw unknownMass(mass.id);
  await tell(tx, row, change);
  return row;
}

/** Changes a mass incident that is still as in `before`. Throws INCIDENT_CHANGED when somebody was first. */
export async function update(
  tx: Tx,
  before: MassIncident,
  patch: Partial<MassIncident>,
  change: Change,
): Promise<MassIncident> {
  const wanted = { ...before, ...patch, id: before.id, version: before.version + 1 };
  const [row] = await tx.rows(
    MassIncident,
    sql`update mass_incident set ${setting(columnsOf(wanted))} where id = ${before.id} and version = ${before.version} returning ${massRow}`,
  );
  if (!row) {
    throw new AhualError(
      'INCIDENT_CHANGED',
      `mass incident M${before.number} was changed meanwhile.`,
      'Look at it again; nothing of this was saved.',
      { massId: before.id, version: before.version },
    );
  }
  await tell(tx, row, change);
  return row;
}

/** A member joined: no decision and no version of anybody's screen is touched by it. */
export async function joined(tx: Tx, mass: MassIncident, atMs: number): Promise<void> {
  await tx.run(
    sql`update mass_incident set last_joined_at = greatest(last_joined_at, ${at(atMs)}::timestamptz) where id = ${mass.id}`,
  );
  append(tx, 'incident', mass.id, atMs);
}

const unknownMass = (id: string): AhualError =>
  new AhualError('INCIDENT_UNKNOWN', `there is no mass incident ${id}.`, 'Look for it in the queue.', { massId: id });

/** How often in a row the last one of this hazard, district and cause was rejected, if it was open since a moment; 0 when there is none. */
export async function rejectionsLately(
  db: Db,
  given: { hazard: HazardName; district: string; cause: MassIncident['cause']; sinceMs: number },
): Promise<number> {
  const [row] = await db.rows(
    z.object({ rejections: z.number().int() }),
    sql`select rejections from mass_incident
        where hazard = ${given.hazard} and district = ${given.district} and cause = ${given.cause}
          and coalesce(ended_at, last_joined_at) >= ${at(given.sinceMs)}::timestamptz
        order by opened_at desc limit 1`,
  );
  return row?.rejections ?? 0;
}

/** One mass incident, locked until the transaction ends. Throws INCIDENT_UNKNOWN. */
export async function lock(tx: Tx, id: string): Promise<MassIncident> {
  const [row] = await tx.rows(MassIncident, sql`select ${massRow} from mass_incident where id = ${id} for update`);
  if (!row) throw unknownMass(id);
  return row;
}

/** One mass incident. */
export async function byId(db: Db, id: string): Promise<MassIncident | undefined> {
  const [row] = await db.rows(MassIncident, sql`select ${massRow} from mass_incident where id = ${id}`);
  return row;
}

/** The open ones of a hazard in a district, the newest first. */
export const openOf = (db: Db, hazard: HazardName, district: string): Promise<MassIncident[]> =>
  db.rows(
    MassIncident,
    sql`select ${massRow} from mass_incident
        where state = 'open' and hazard = ${hazard} and district = ${district} order by opened_at desc, id`,
  );

/** All that are open, oldest first. */
export const open = (db: Db): Promise<MassIncident[]> =>
  db.rows(MassIncident, sql`select ${massRow} from mass_incident where state = 'open' order by opened_at, id`);

const undecided = raw(
  `incident.state in ('candidate', ${undecidedIncidentStates.map((state) => `'${state}'`).join(', ')})`,
);

/**
 * Incidents that would belong together with a new one: of a hazard, opened since a moment, not critical, not merged. In one district,
 * or in the whole city where `district` is null.
 */
export async function crowd(
  db: Db,
  filter: { hazard: HazardName; district: string | null; sinceMs: number },
): Promise<{ readonly opened: number; readonly undecided: readonly string[] }> {
  const rows = await db.rows(
    z.object({ id: z.string(), waits: z.boolean() }),
    sql`select id, (${undecided} and mass_id is null) as waits from incident
        where hazard = ${filter.hazard} and opened_at >= ${at(filter.sinceMs)}::timestamptz and state <> 'merged' and severity <> 'S4'
          ${filter.district === null ? raw('') : sql`and district = ${filter.district}`}
        order by opened_at, number limit 5000`,
  );
  return { opened: rows.length, undecided: rows.filter((row) => row.waits).map((row) => row.id) };
}

const Member = z.object({ id: z.string(), openedAtMs: z.number() });

/**
 * Members that the decision on the whole reaches, oldest first: not yet decided, not with the shift lead, not before people singly, and
 * there when it was decided.
 */
export const reachedMembers = (
  db: Db,
  one: Pick<MassIncident, 'id' | 'severity'>,
  openedByMs: number,
  limit: number,
): Promise<z.infer<typeof Member>[]> =>
  db.rows(
    Member,
    sql`select id, opened_at from incident
        where mass_id = ${one.id} and (state = 'candidate' or (state = 'pending_review' and severity <= ${one.severity}))
          and opened_at <= ${at(openedByMs)}::timestamptz
        order by opened_at, number limit ${limit}::bigint`,
  );

/** How many members were put before people singly since it was opened, because they are worse than the others. */
export async function singles(db: Db, one: Pick<MassIncident, 'id' | 'severity' | 'openedAtMs'>): Promise<number> {
  const [row] = await db.rows(
    z.object({ n: z.number() }),
    sql`select count(*) as n from incident
        where mass_id = ${one.id} and severity > ${one.severity} and raised_at >= ${at(one.openedAtMs)}::timestamptz`,
  );
  return row?.n ?? 0;
}

/** Members of a mass incident, the worst first: graver, then greater level. */
export const worstMembers = (db: Db, massId: string, limit: number): Promise<string[]> =>
  db
    .rows(
      z.object({ id: z.string() }),
      sql`select id from incident where mass_id = ${massId} and ${undecided} order by severity desc, level desc, number limit ${limit}::bigint`,
    )
    .then((rows) => rows.map((row) => row.id));

const MassCount = z.object({
  massId: z.string(),
  members: z.number(),
  undecided: z.number(),
  openNow: z.number(),
  cameras: z.number(),
  oldestMs: z.number().nullable(),
  newestMs: z.number().nullable(),
});
export type MassCount = z.infer<typeof MassCount>;

/** How many members open mass incidents have: in all, undecided, with anything still to do, put before people singly. */
export const counts = (db: Db): Promise<MassCount[]> =>
  db.rows(
    MassCount,
    sql`select mass_id, count(*) as members, count(*) filter (where ${undecided} and (incident.state = 'candidate' or incident.severity <= mass_incident.severity)) as undecided,
          count(*) filter (where incident.state not in ('closed', 'rejected', 'self_cleared', 'merged', 'expired')) as "openNow",
          count(distinct camera_id) as cameras,
          min(incident.opened_at) filter (where ${undecided}) as oldest,
          max(incident.opened_at) as newest
        from incident join mass_incident on mass_incident.id = mass_id
        where mass_incident.state = 'open' group by mass_id`,
  );

/** Members of a mass incident in any state: those on which nobody decided yet first, each part the worst first. */
export const memberIds = (db: Db, massId: string, limit: number): Promise<string[]> =>
  db
    .rows(
      z.object({ id: z.string() }),
      sql`select id from incident where mass_id = ${massId} and state <> 'merged'
          order by ${undecided} desc, severity desc, level desc, number limit ${limit}::bigint`,
    )
    .then((rows) => rows.map((row) => row.id));

/** When something was put before people since a moment: single incidents and new mass incidents. */
export const raisedSince = (db: Db, sinceMs: number): Promise<number[]> =>
  db
    .rows(
      z.object({ raisedAtMs: z.number() }),
      sql`select raised_at from incident where raised_at >= ${at(sinceMs)}::timestamptz
          union all
          select opened_at from mass_incident where opened_at >= ${at(sinceMs)}::timestamptz`,
    )
    .then((rows) => rows.map((row) => row.raisedAtMs));

/** How many other cameras gave their view to an incident. */
export async function otherViews(db: Db, incidentId: string): Promise<number> {
  const [row] = await db.rows(
    z.object({ n: z.number() }),
    sql`select count(distinct other.camera_id) as n from incident as other join incident as one on one.id = other.merged_into
        where other.merged_into = ${incidentId} and other.camera_id is distinct from one.camera_id`,
  );
  return row?.n ?? 0;
}
