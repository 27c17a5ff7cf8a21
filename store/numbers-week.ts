// What the akim's weekly page counts besides the numbers page: what was confirmed, done and reopened of each hazard, what is overdue now.
import { z } from 'zod';
import { HazardName, IssueName, Texts } from '#core/hazard-name';
import { openTaskStates } from '#core/task';
import { at, type Db } from './db.ts';
import { alarmsOf, within, type Stretch } from './numbers-claims.ts';
import { raw, sql } from './sql.ts';

const Raised = z.object({ hazard: HazardName, n: z.number() });

/** What was put before operators within the stretch, by hazard. */
export const raisedByHazard = (db: Db, stretch: Stretch): Promise<z.infer<typeof Raised>[]> =>
  db.rows(Raised, sql`select hazard, count(*) as n from ${alarmsOf(stretch)} group by hazard order by hazard`);

const Week = z.object({
  hazard: IssueName,
  confirmed: z.number(),
  reopened: z.number(),
  fixed: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
});

/**
 * By hazard: places that people confirmed within the stretch, found by whomever; incidents that came back; works of main executors that
 * were held done, and the time from the verdict to that.
 */
export const doneByHazard = (db: Db, stretch: Stretch): Promise<z.infer<typeof Week>[]> =>
  db.rows(
    Week,
    sql`select hazard, sum(confirmed)::integer as confirmed, sum(reopened)::integer as reopened,
          count(took_ms) as fixed, percentile_cont(0.5) within group (order by took_ms) as p50_ms,
          percentile_cont(0.95) within group (order by took_ms) as p95_ms
        from (
          select hazard, 1 as confirmed, 0 as reopened, null::double precision as took_ms from incident
          where ${within(raw('decided_at'), stretch)} and state not in ('rejected', 'merged', 'expired')
          union all
          select incident.hazard, 0, 1, null from incident_change join incident on incident.id = incident_id
          where ${within(raw('at'), stretch)} and to_state = 'reopened' and from_state is distinct from to_state
          union all
          select hazard, 0, 0, extract(epoch from verified_at - created_at)::double precision * 1000 from task
          where role = 'primary' and state = 'verified' and ${within(raw('verified_at'), stretch)}
        ) as counted group by hazard order by hazard`,
  );

const isOpen = raw(`role = 'primary' and task.state in (${openTaskStates.map((state) => `'${state}'`).join(', ')})`);

const Open = z.object({ hazard: IssueName, open: z.number(), overdue: z.number() });

/** Works that are open now and how many of them are overdue, by hazard. */
export const openWork = (db: Db, nowMs: number): Promise<z.infer<typeof Open>[]> =>
  db.rows(
    Open,
    sql`select hazard, count(*) as open, count(*) filter (where fix_by_at < ${at(nowMs)}::timestamptz) as overdue
        from task where ${isOpen} group by hazard order by hazard`,
  );

const Overdue = z.object({
  number: z.number(),
  hazard: IssueName,
  agencyId: z.string(),
  place: Texts,
  fixByAtMs: z.number(),
});

/** Open works that are overdue for longest, at cameras that are open to all; of other places nothing is told. */
export const longestOverdue = (db: Db, nowMs: number, limit: number): Promise<z.infer<typeof Overdue>[]> =>
  db.rows(
    Overdue,
    sql`select task.number, task.hazard, task.agency_id, camera.name as place, task.fix_by_at
        from task join incident on incident.id = task.incident_id join camera on camera.id = incident.camera_id
        where ${isOpen} and not camera.restricted and task.fix_by_at < ${at(nowMs)}::timestamptz
        order by task.fix_by_at, task.number limit ${limit}::bigint`,
  );
