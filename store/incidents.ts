// Incidents: every change is row, history, audit, feed and bell in one transaction.
import { z } from 'zod';
import { AhualError } from '#core/errors';
import { distanceM } from '#core/geo';
import { Incident, IncidentChange, openIncidentStates, type IncidentState } from '#core/incident';
import type { IssueName } from '#core/hazard-name';
import type { Point } from '#core/place';
import * as audit from './audit.ts';
import { at, atOrNull, json, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import { inserting, prepared, raw, setting, sql, type Sql } from './sql.ts';

/** When, by whom and why something changes. */
export interface Change {
  readonly atMs: number;
  readonly actor: string;
  readonly reason: string;
}

const incidentRow = raw(`
  id, number, hazard, sub, state, severity, version, camera_id, zone_id, jsonb_build_object('lon', lon, 'lat', lat) as point,
  district, origin, opened_at, raised_at, decided_at, closed_at, last_seen_at, until_at as until, level, why, mark, still_sha256,
  before_sha256, before_at, reject_reason, merged_into, decided_by, note, reopens, mass_id`);

const columnsOf = (i: Omit<Incident, 'number'>): Record<string, unknown> => ({
  id: i.id,
  hazard: i.hazard,
  sub: i.sub,
  state: i.state,
  severity: i.severity,
  version: i.version,
  camera_id: i.cameraId,
  zone_id: i.zoneId,
  lon: i.point.lon,
  lat: i.point.lat,
  district: i.district,
  origin: i.origin,
  opened_at: at(i.openedAtMs),
  raised_at: atOrNull(i.raisedAtMs),
  decided_at: atOrNull(i.decidedAtMs),
  closed_at: atOrNull(i.closedAtMs),
  last_seen_at: at(i.lastSeenAtMs),
  until_at: atOrNull(i.untilMs),
  level: i.level,
  why: json(i.why),
  mark: i.mark === null ? null : json(i.mark),
  still_sha256: i.stillSha256,
  before_sha256: i.beforeSha256,
  before_at: atOrNull(i.beforeAtMs),
  reject_reason: i.rejectReason,
  merged_into: i.mergedInto,
  decided_by: i.decidedBy,
  note: i.note,
  reopens: i.reopens,
  mass_id: i.massId,
});

async function tell(tx: Tx, from: IncidentState | null, after: Incident, change: Change): Promise<void> {
  const columns = {
    incident_id: after.id,
    version: after.version,
    at: at(change.atMs),
    from_state: from,
    to_state: after.state,
    actor: change.actor,
    reason: change.reason,
    severity: after.severity,
  };
  await tx.run(sql`insert into incident_change ${inserting(columns)}`);
  await audit.write(tx, {
    atMs: change.atMs,
    actor: change.actor,
    act: from === after.state ? 'incident changed' : `incident ${after.state}`,
    objectKind: 'incident',
    objectId: after.id,
    facts: { reason: change.reason, version: after.version, from },
  });
  append(tx, 'incident', after.id, change.atMs);
}

/** Opens an incident; the database gives its number, its version is 1. */
export async function insert(
  tx: Tx,
  incident: Omit<Incident, 'number' | 'version'>,
  change: Change,
): Promise<Incident> {
  const columns = columnsOf({ ...incident, version: 1 });
  const [row] = await tx.rows(Incident, sql`insert into incident ${inserting(columns)} returning ${incidentRow}`);
  const saved = must(row, incident.id);
  await tell(tx, null, saved, change);
  return saved;
}

/**
 * Changes an incident that is still as it was in `before`, and gives what it is now. Throws INCIDENT_CHANGED when somebody was
 * first. Id and number never change; the version grows by one.
 */
export async function update(tx: Tx, before: Incident, patch: Partial<Incident>, change: Change): Promise<Incident> {
  const wanted = { ...before, ...patch, id: before.id, number: before.number, version: before.version + 1 };
  const [row] = await tx.rows(
    Incident,
    sql`update incident set ${setting(columnsOf(wanted))} where id = ${before.id} and version = ${before.version}
        returning ${incidentRow}`,
  );
  if (!row) throw await whyNot(tx, before);
  await tell(tx, before.state, row, change);
  return row;
}

async function whyNot(tx: Tx, before: Incident): Promise<AhualError> {
  const now = await byId(tx, before.id);
  if (!now) return unknownIncident(before.id);
  return new AhualError(
    'INCIDENT_CHANGED',
    `incident #${before.number} was changed meanwhile (${before.state} then, ${now.state} now).`,
    'Look at it again; nothing of this was saved.',
    { incidentId: before.id, version: before.version, versionNow: now.version },
  );
}

const unknownIncident = (id: string): AhualError =>
  new AhualError('INCIDENT_UNKNOWN', `there is no incident ${id}.`, 'Look for it in the list of incidents.', {
    incidentId: id,
  });

function must(row: Incident | undefined, id: string): Incident {
  if (!row) throw unknownIncident(id);
  return row;
}

/** One incident. */
export async function byId(db: Db, id: string): Promise<Incident | undefined> {
  const [row] = await db.rows(
    Incident,
    prepared('incident-by-id', sql`select ${incidentRow} from incident where id = ${id}`),
  );
  return row;
}

/** One incident by the number that people say. */
export async function byNumber(db: Db, number: number): Promise<Incident | undefined> {
  const [row] = await db.rows(Incident, sql`select ${incidentRow} from incident where number = ${number}::bigint`);
  return row;
}

/** One incident, locked until the transaction ends. Throws INCIDENT_UNKNOWN. */
export async function lock(tx: Tx, id: string): Promise<Incident> {
  const [row] = await tx.rows(Incident, sql`select ${incidentRow} from incident where id = ${id} for update`);
  return must(row, id);
}

// Written out, so that the partial indexes are used.
const isOpen: Sql = raw(`state in (${openIncidentStates.map((state) => `'${state}'`).join(', ')})`);

export interface OpenFilter {
  readonly states?: readonly IncidentState[] | undefined;
  readonly district?: string | undefined;
  readonly cameraId?: string | undefined;
  readonly hazard?: IssueName | undefined;
}

/** Incidents with which somebody still has something to do, oldest first. */
export const open = (db: Db, filter: OpenFilter = {}): Promise<Incident[]> =>
  db.rows(
    Incident,
    sql`select ${incidentRow} from incident
        where ${isOpen}
          ${filter.states ? sql`and state = any (${filter.states}::text[])` : raw('')}
          ${filter.district === undefined ? raw('') : sql`and district = ${filter.district}`}
          ${filter.cameraId === undefined ? raw('') : sql`and camera_id = ${filter.cameraId}`}
          ${filter.hazard === undefined ? raw('') : sql`and hazard = ${filter.hazard}`}
        order by opened_at, number`,
  );

/** Incidents of any state, newest first. */
export const list = (
  db: Db,
  filter: { sinceMs?: number | undefined; states?: readonly IncidentState[] | undefined; limit: number },
): Promise<Incident[]> =>
  db.rows(
    Incident,
    sql`select ${incidentRow} from incident
        where true
          ${filter.sinceMs === undefined ? raw('') : sql`and opened_at >= ${at(filter.sinceMs)}::timestamptz`}
          ${filter.states ? sql`and state = any (${filter.states}::text[])` : raw('')}
        order by opened_at desc, number desc limit ${filter.limit}::bigint`,
  );

/** The open incident of a hazard in a zone of a camera, the newest if there are several. */
export async function openAt(
  tx: Db,
  hazard: IssueName,
  cameraId: string,
  zoneId: string,
): Promise<Incident | undefined> {
  const [row] = await tx.rows(
    Incident,
    sql`select ${incidentRow} from incident
        where camera_id = ${cameraId} and zone_id = ${zoneId} and hazard = ${hazard} and ${isOpen}
        order by opened_at desc limit 1`,
  );
  return row;
}

const metresOfDegree = 111_195;

/** Open incidents of a hazard within `radiusM` metres of a point, nearest first. */
export async function openNear(tx: Db, hazard: IssueName, point: Point, radiusM: number): Promise<Incident[]> {
  const dLat = radiusM / metresOfDegree;
  const dLon = dLat / Math.max(0.01, Math.cos((point.lat * Math.PI) / 180));
  const rows = await tx.rows(
    Incident,
    sql`select ${incidentRow} from incident
        where hazard = ${hazard} and ${isOpen}
          and lat between ${point.lat - dLat}::double precision and ${point.lat + dLat}::double precision
          and lon between ${point.lon - dLon}::double precision and ${point.lon + dLon}::double precision`,
  );
  return rows
    .map((incident) => ({ incident, away: distanceM(point, incident.point) }))
    .filter(({ away }) => away <= radiusM)
    .sort((a, b) => a.away - b.away)
    .map(({ incident }) => incident);
}

/** Incidents whose state changes by itself by now. */
export const due = (tx: Db, nowMs: number): Promise<Incident[]> =>
  tx.rows(
    Incident,
    sql`select ${incidentRow} from incident where until_at <= ${at(nowMs)}::timestamptz and ${isOpen} order by until_at, number`,
  );

/** An incident's history, oldest first. */
export const history = (db: Db, id: string): Promise<IncidentChange[]> =>
  db.rows(
    IncidentChange,
    sql`select at, from_state as "from", to_state as "to", version, actor, reason
        from incident_change where incident_id = ${id} order by version`,
  );

/** How many incidents there are. */
export async function count(db: Db): Promise<number> {
  const [row] = await db.rows(z.object({ n: z.number() }), sql`select count(*) as n from incident`);
  return row?.n ?? 0;
}
