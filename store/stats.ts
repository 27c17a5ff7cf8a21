// The dashboard's counts.
import { z } from 'zod';
import { IssueName, Severity } from '#core/hazard-name';
import { IncidentState, openIncidentStates, undecidedIncidentStates } from '#core/incident';
import { openTaskStates } from '#core/task';
import { at, type Db } from './db.ts';
import { raw, sql } from './sql.ts';

const listOf = (states: readonly string[]) => raw(states.map((state) => `'${state}'`).join(', '));
const isOpen = sql`state in (${listOf(openIncidentStates)})`;
const isUndecided = sql`state in (${listOf(undecidedIncidentStates)})`;

const City = z.object({
  raisedToday: z.number(),
  decidedToday: z.number(),
  closedToday: z.number(),
  waiting: z.number(),
  oldestWaitingAtMs: z.number().nullable(),
  tasksOpen: z.number(),
  tasksLate: z.number(),
  all: z.number(),
  ok: z.number(),
  silent: z.number(),
});

export interface Counts {
  readonly byState: readonly { state: IncidentState; n: number }[];
  readonly bySeverity: readonly { severity: Severity; n: number }[];
  /** Open incidents by district and hazard; `late` have a task past its deadline. */
  readonly byDistrict: readonly { district: string; hazard: IssueName; n: number; late: number }[];
  /** `silent`: no look in the last half hour that could be judged. */
  readonly cameras: { readonly all: number; readonly ok: number; readonly silent: number };
  readonly raisedToday: number;
  readonly decidedToday: number;
  readonly closedToday: number;
  /** Incidents that wait for a verdict, and since when the oldest waits. */
  readonly waiting: number;
  readonly oldestWaitingAtMs: number | null;
  readonly tasksOpen: number;
  readonly tasksLate: number;
}

const silentAfterMs = 30 * 60_000;

/** Counts of the present moment. "Today" begins at `dayStartMs` (the city's midnight), 24 h ago when it is not given. */
export async function counts(db: Db, nowMs: number, dayStartMs: number = nowMs - 86_400_000): Promise<Counts> {
  const now = sql`${at(nowMs)}::timestamptz`;
  const today = sql`${at(dayStartMs)}::timestamptz`;
  const lateTask = sql`task.state in (${listOf(openTaskStates)}) and fix_by_at < ${now}`;
  const byState = await db.rows(
    z.object({ state: IncidentState, n: z.number() }),
    sql`select state, count(*) as n from incident where ${isOpen} group by state order by state`,
  );
  const bySeverity = await db.rows(
    z.object({ severity: Severity, n: z.number() }),
    sql`select severity, count(*) as n from incident where ${isOpen} group by severity order by severity desc`,
  );
  const byDistrict = await db.rows(
    z.object({ district: z.string(), hazard: IssueName, n: z.number(), late: z.number() }),
    sql`select district, hazard, count(*) as n,
          count(*) filter (where exists (select from task where incident_id = incident.id and ${lateTask})) as late
        from incident where ${isOpen} group by district, hazard order by district, hazard`,
  );
  const [city] = await db.rows(
    City,
    sql`select
          (select count(*) from incident where raised_at >= ${today}) as raised_today,
          (select count(*) from incident where decided_at >= ${today}) as decided_today,
          (select count(*) from incident where closed_at >= ${today}) as closed_today,
          (select count(*) from incident where ${isUndecided}) as waiting,
          (select min(coalesce(raised_at, opened_at)) from incident where ${isUndecided}) as oldest_waiting_at,
          (select count(*) from task where state in (${listOf(openTaskStates)})) as tasks_open,
          (select count(*) from task where ${lateTask}) as tasks_late,
          (select count(*) from camera) as "all",
          (select count(*) from camera_health where state = 'ok') as ok,
          (select count(*) from camera left join camera_health on camera_id = id
            where last_good_at is null or last_good_at < ${at(nowMs - silentAfterMs)}::timestamptz) as silent`,
  );
  const { all, ok, silent, ...rest } = city ?? emptyCity;
  return { byState, bySeverity, byDistrict, cameras: { all, ok, silent }, ...rest };
}

const emptyCity: z.infer<typeof City> = {
  raisedToday: 0,
  decidedToday: 0,
  closedToday: 0,
  waiting: 0,
  oldestWaitingAtMs: null,
  tasksOpen: 0,
  tasksLate: 0,
  all: 0,
  ok: 0,
  silent: 0,
};

const DaySum = z.object({
  day: z.string(),
  hazard: IssueName,
  raised: z.number(),
  confirmed: z.number(),
  rejected: z.number(),
});
export type IncidentDay = z.infer<typeof DaySum>;

/** Incidents by local day of the zone, and how those were decided that cameras raised: what people found needs no verdict. */
export const incidentDays = (db: Db, fromMs: number, toMs: number, zone: string): Promise<IncidentDay[]> =>
  db.rows(
    DaySum,
    sql`select to_char(raised_at at time zone ${zone}, 'YYYY-MM-DD') as day, hazard, count(*) as raised,
          count(*) filter (where origin = 'camera' and decided_at is not null and state <> 'rejected') as confirmed,
          count(*) filter (where origin = 'camera' and state = 'rejected') as rejected
        from incident
        where raised_at >= ${at(fromMs)}::timestamptz and raised_at < ${at(toMs)}::timestamptz
        group by 1, 2 order by 1, 2`,
  );

const Server = z.object({
  version: z.string(),
  nowMs: z.number(),
  bytes: z.number(),
  isDurable: z.boolean(),
});
export type Server = z.infer<typeof Server>;

/** What the server says of itself: version, its own clock, the size of this database in bytes, and whether commits wait for the disk. */
export async function server(db: Db): Promise<Server> {
  const [row] = await db.rows(
    Server,
    sql`select current_setting('server_version') as version, clock_timestamp() as now,
          pg_database_size(current_database()) as bytes,
          current_setting('synchronous_commit') <> 'off' and current_setting('fsync') = 'on' as is_durable`,
  );
  if (!row) throw new TypeError('a select without a table gives one row');
  return row;
}
