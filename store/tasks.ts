// Tasks and their deliveries: every change of a task is row, history, audit, feed and bell in one transaction.
import { z } from 'zod';
import { AhualError } from '#core/errors';
import { Delivery, Task, TaskState, openTaskStates } from '#core/task';
import * as audit from './audit.ts';
import { at, atOrNull, json, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import type { Change } from './incidents.ts';
import { inserting, raw, setting, sql } from './sql.ts';

const taskRow = raw(`
  id, number, incident_id, incident_number, agency_id, role, state, version, hazard, sub, severity,
  jsonb_build_object('lon', lon, 'lat', lat) as point, district, place_name, routed_by, policy_id, created_at,
  not_before_at as not_before, sent_at, accept_by_at as accept_by, make_safe_by_at as make_safe_by, fix_by_at as fix_by,
  accepted_at, claimed_at, verified_at, verified_by, made_safe_at, decline_reason, note, photo_sha256, returns`);

const columnsOf = (t: Omit<Task, 'number'>): Record<string, unknown> => ({
  id: t.id,
  incident_id: t.incidentId,
  incident_number: t.incidentNumber,
  agency_id: t.agencyId,
  role: t.role,
  state: t.state,
  version: t.version,
  hazard: t.hazard,
  sub: t.sub,
  severity: t.severity,
  lon: t.point.lon,
  lat: t.point.lat,
  district: t.district,
  place_name: json(t.placeName),
  routed_by: t.routedBy,
  policy_id: t.policyId,
  created_at: at(t.createdAtMs),
  not_before_at: at(t.notBeforeMs),
  sent_at: atOrNull(t.sentAtMs),
  accept_by_at: at(t.acceptByMs),
  make_safe_by_at: atOrNull(t.makeSafeByMs),
  fix_by_at: at(t.fixByMs),
  accepted_at: atOrNull(t.acceptedAtMs),
  claimed_at: atOrNull(t.claimedAtMs),
  verified_at: atOrNull(t.verifiedAtMs),
  verified_by: t.verifiedBy,
  made_safe_at: atOrNull(t.madeSafeAtMs),
  decline_reason: t.declineReason,
  note: t.note,
  photo_sha256: t.photoSha256,
  returns: t.returns,
});

async function tell(tx: Tx, from: TaskState | null, after: Task, change: Change): Promise<void> {
  const columns = {
    task_id: after.id,
    version: after.version,
    at: at(change.atMs),
    from_state: from,
    to_state: after.state,
    actor: change.actor,
    reason: change.reason,
  };
  await tx.run(sql`insert into task_change ${inserting(columns)}`);
  await audit.write(tx, {
    atMs: change.atMs,
    actor: change.actor,
    act: from === after.state ? 'task changed' : `task ${after.state}`,
    objectKind: 'task',
    objectId: after.id,
    facts: { reason: change.reason, version: after.version, from, incidentId: after.incidentId },
  });
  append(tx, 'task', after.id, change.atMs);
}

/** Makes a task; the database gives its number, its version is 1. */
export async function insert(tx: Tx, task: Omit<Task, 'number' | 'version'>, change: Change): Promise<Task> {
  const columns = columnsOf({ ...task, version: 1 });
  const [row] = await tx.rows(Task, sql`insert into task ${inserting(columns)} returning ${taskRow}`);
  if (!row) throw unknownTask(task.id);
  await tell(tx, null, row, change);
  return row;
}

/**
 * Changes a task that is still as it was in `before`, and gives what it is now. Throws INCIDENT_CHANGED when somebody was
 * first. Id and number never change; the version grows by one.
 */
export async function update(tx: Tx, before: Task, patch: Partial<Task>, change: Change): Promise<Task> {
  const wanted = { ...before, ...patch, id: before.id, number: before.number, version: before.version + 1 };
  const [row] = await tx.rows(
    Task,
    sql`update task set ${setting(columnsOf(wanted))} where id = ${before.id} and version = ${before.version} returning ${taskRow}`,
  );
  if (!row) throw await whyNot(tx, before);
  await tell(tx, before.state, row, change);
  return row;
}

async function whyNot(tx: Tx, before: Task): Promise<AhualError> {
  const now = await byId(tx, before.id);
  if (!now) return unknownTask(before.id);
  return new AhualError(
    'INCIDENT_CHANGED',
    `task ${before.number} was changed meanwhile (${before.state} then, ${now.state} now).`,
    'Look at it again; nothing of this was saved.',
    { taskId: before.id, version: before.version, versionNow: now.version },
  );
}

const unknownTask = (id: string): AhualError =>
  new AhualError('TASK_UNKNOWN', `there is no task ${id}.`, 'Look for it in the list of tasks.', { taskId: id });

/** One task. */
export async function byId(db: Db, id: string): Promise<Task | undefined> {
  const [row] = await db.rows(Task, sql`select ${taskRow} from task where id = ${id}`);
  return row;
}

/** One task, locked until the transaction ends. Throws TASK_UNKNOWN. */
export async function lock(tx: Tx, id: string): Promise<Task> {
  const [row] = await tx.rows(Task, sql`select ${taskRow} from task where id = ${id} for update`);
  if (!row) throw unknownTask(id);
  return row;
}

/** Tasks of an incident, oldest first. */
export const byIncident = (db: Db, incidentId: string): Promise<Task[]> =>
  db.rows(Task, sql`select ${taskRow} from task where incident_id = ${incidentId} order by number`);

const isOpen = raw(`state in (${openTaskStates.map((state) => `'${state}'`).join(', ')})`);

/** Tasks of an agency, newest first; with `open` those with which it still has something to do, or those with which it has not. */
export const byAgency = (db: Db, agencyId: string, filter: { open?: boolean | undefined } = {}): Promise<Task[]> =>
  db.rows(
    Task,
    sql`select ${taskRow} from task
        where agency_id = ${agencyId} ${filter.open === undefined ? raw('') : filter.open ? sql`and ${isOpen}` : sql`and not ${isOpen}`}
        order by created_at desc, number desc`,
  );

/** Tasks, newest first. */
export const list = (
  db: Db,
  filter: { states?: readonly TaskState[] | undefined; sinceMs?: number | undefined; limit: number },
): Promise<Task[]> =>
  db.rows(
    Task,
    sql`select ${taskRow} from task
        where true ${filter.states ? sql`and state = any (${filter.states}::text[])` : raw('')}
          ${filter.sinceMs === undefined ? raw('') : sql`and created_at >= ${at(filter.sinceMs)}::timestamptz`}
        order by created_at desc, number desc limit ${filter.limit}::bigint`,
  );

const TaskChange = z.object({
  atMs: z.number(),
  from: TaskState.nullable(),
  to: TaskState,
  version: z.number(),
  actor: z.string(),
  reason: z.string(),
});
export type TaskChange = z.infer<typeof TaskChange>;

/** A task's history, oldest first. */
export const history = (db: Db, id: string): Promise<TaskChange[]> =>
  db.rows(
    TaskChange,
    sql`select at, from_state as "from", to_state as "to", version, actor, reason from task_change where task_id = ${id} order by version`,
  );

const deliveryRow = raw(
  'id, task_id, way, address, state, not_before_at as not_before, attempts, last_error, delivered_at, receipt',
);

/** A new delivery: waiting, untried. */
export async function insertDelivery(
  tx: Tx,
  delivery: Pick<Delivery, 'id' | 'taskId' | 'way' | 'address' | 'notBeforeMs'> & Partial<Delivery>,
): Promise<void> {
  await tx.run(sql`insert into delivery ${inserting(deliveryColumns({ ...untried, ...delivery }))}`);
}

const untried = { state: 'waiting', attempts: 0, lastError: '', deliveredAtMs: null, receipt: '' } as const;

const deliveryColumns = (d: Delivery): Record<string, unknown> => ({
  id: d.id,
  task_id: d.taskId,
  way: d.way,
  address: d.address,
  state: d.state,
  not_before_at: at(d.notBeforeMs),
  attempts: d.attempts,
  last_error: d.lastError,
  delivered_at: atOrNull(d.deliveredAtMs),
  receipt: d.receipt,
});

/** For so long a taken delivery belongs to its courier; a courier that died loses it then. */
export const deliveryLeaseS = 120;

/** Takes waiting deliveries whose moment has come, each by one courier only, the longest waiting first. */
export const takeDueDeliveries = (tx: Tx, nowMs: number, limit: number): Promise<Delivery[]> =>
  tx.rows(
    Delivery,
    sql`with taken as (
          select id from delivery
          where state = 'waiting' and not_before_at <= ${at(nowMs)}::timestamptz
            and (leased_until_at is null or leased_until_at <= ${at(nowMs)}::timestamptz)
          order by not_before_at, id
          limit ${limit}::bigint
          for update skip locked
        ),
        leased as (
          update delivery set leased_until_at = ${at(nowMs + deliveryLeaseS * 1000)}::timestamptz
          where id in (select id from taken) returning *
        )
        select ${deliveryRow} from leased order by not_before, id`,
  );

/** Writes what came of a try, and gives the delivery back. */
export async function saveDelivery(tx: Tx, delivery: Delivery): Promise<void> {
  const columns = { ...deliveryColumns(delivery), leased_until_at: null };
  await tx.run(sql`update delivery set ${setting(columns)} where id = ${delivery.id}`);
}

/** Deliveries of a task. */
export const deliveriesOf = (db: Db, taskId: string): Promise<Delivery[]> =>
  db.rows(Delivery, sql`select ${deliveryRow} from delivery where task_id = ${taskId} order by id`);

const MassShare = z.object({ number: z.number(), places: z.number(), hasLetter: z.boolean() });

/**
 * How much of a mass incident is an agency's work: its number, how many places the agency has of it, and whether a letter about one of
 * them was written already. Undefined when there is no such mass incident.
 */
export async function massShare(
  db: Db,
  agencyId: string,
  massId: string,
): Promise<z.infer<typeof MassShare> | undefined> {
  const [row] = await db.rows(
    MassShare,
    sql`select mass_incident.number, count(distinct incident.id) as places,
          coalesce(bool_or(exists (
            select from delivery where delivery.task_id = task.id and way = 'email' and delivery.state <> 'cancelled')), false) as "hasLetter"
        from mass_incident
        left join incident on incident.mass_id = mass_incident.id
        left join task on task.incident_id = incident.id and task.agency_id = ${agencyId} and task.state not in ('cancelled', 'rerouted')
        where mass_incident.id = ${massId} and (task.id is not null or incident.id is null)
        group by mass_incident.number`,
  );
  return row;
}

/** Was an answer with this key taken already? */
export async function answered(tx: Db, key: string): Promise<boolean> {
  const rows = await tx.rows(z.object({ key: z.string() }), sql`select key from task_answer where key = ${key}`);
  return rows.length > 0;
}

/** Notes an answer's key; false when another transaction was first with it. */
export async function recordAnswer(tx: Tx, key: string, taskId: string, atMs: number): Promise<boolean> {
  const row = { key, task_id: taskId, at: at(atMs) };
  return (await tx.run(sql`insert into task_answer ${inserting(row)} on conflict do nothing`)) > 0;
}
