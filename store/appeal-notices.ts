// The outbox of the appeal services: notices written with the change itself, leased by one sender at a time, told in their order.
import { z } from 'zod';
import { AppealNews } from '#core/appeal';
import { Language, IssueName } from '#core/hazard-name';
import { IncidentState } from '#core/incident';
import { at, type Db, type Tx } from './db.ts';
import { raw, sql } from './sql.ts';

/** Writes one notice for each of these appeals; it may leave from `dueAtMs` on, at once without it. */
export async function notice(
  tx: Tx,
  given: {
    readonly appealIds: readonly string[];
    readonly incidentId: string;
    readonly news: AppealNews;
    readonly atMs: number;
    readonly dueAtMs?: number;
  },
): Promise<void> {
  const { appealIds, incidentId, news, atMs, dueAtMs = atMs } = given;
  if (appealIds.length === 0) return;
  await tx.run(sql`
    insert into appeal_notice (appeal_id, incident_id, news, made_at, state, due_at, attempts, receipt, last_error)
    select appeal_id, ${incidentId}, ${news}, ${at(atMs)}::timestamptz, 'waiting', ${at(dueAtMs)}::timestamptz, 0, '', ''
    from unnest(${appealIds}::text[]) as given (appeal_id) order by appeal_id`);
}

const Withdrawn = z.object({ appealId: z.string(), news: AppealNews });

/** Takes back notices of an incident that nobody has tried to send yet, and gives what they were. */
export const withdraw = (
  tx: Tx,
  which: { readonly incidentId: string; readonly appealId?: string; readonly news: readonly AppealNews[] },
): Promise<z.infer<typeof Withdrawn>[]> =>
  tx.rows(
    Withdrawn,
    sql`update appeal_notice set state = 'withdrawn'
        where incident_id = ${which.incidentId} and state = 'waiting' and attempts = 0 and leased_until_at is null
          and news = any (${which.news}::text[])
          ${which.appealId === undefined ? raw('') : sql`and appeal_id = ${which.appealId}`}
        returning appeal_id, news`,
  );

/** A notice with what its letter says; the incident is the one that it was merged into, where it was. */
export const Notice = z.object({
  id: z.string(),
  number: z.number(),
  news: AppealNews,
  madeAtMs: z.number(),
  attempts: z.number(),
  source: z.string(),
  externalId: z.string(),
  language: Language,
  incidentNumber: z.number().nullable(),
  incidentState: IncidentState.nullable(),
  hazard: IssueName.nullable(),
  openedAtMs: z.number().nullable(),
  /** By when the work is to be done, where a task is under way. */
  fixByMs: z.number().nullable(),
});
export type Notice = z.infer<typeof Notice>;

/** For so long a taken notice belongs to its sender; a sender that died loses it then. */
export const noticeLeaseS = 120;

/**
 * Takes notices that are due, each by one sender only, of an appeal only its oldest: what happened first is told first. Notices of
 * services that are not named stay and wait.
 */
export const takeDueNotices = (
  tx: Tx,
  given: { readonly nowMs: number; readonly sources: readonly string[]; readonly limit: number },
): Promise<Notice[]> =>
  tx.rows(
    Notice,
    sql`with taken as (
          select notice.id from appeal_notice notice join appeal on appeal.id = notice.appeal_id
          where notice.state = 'waiting' and notice.due_at <= ${at(given.nowMs)}::timestamptz
            and (notice.leased_until_at is null or notice.leased_until_at <= ${at(given.nowMs)}::timestamptz)
            and appeal.source = any (${given.sources}::text[])
            and not exists (
              select from appeal_notice earlier
              where earlier.appeal_id = notice.appeal_id and earlier.state = 'waiting' and earlier.number < notice.number)
          order by notice.due_at, notice.number
          limit ${given.limit}::bigint
          for update of notice skip locked
        ),
        leased as (
          update appeal_notice set leased_until_at = ${at(given.nowMs + noticeLeaseS * 1000)}::timestamptz
          where id in (select id from taken) returning *
        )
        select leased.id, leased.number, leased.news, leased.made_at, leased.attempts, appeal.source, appeal.external_id,
          appeal.language, head.number as incident_number, head.state as incident_state, head.hazard, head.opened_at,
          (select min(fix_by_at) from task where task.incident_id = head.id and role = 'primary'
            and task.state not in ('declined', 'rerouted', 'cancelled', 'verified')) as fix_by
        from leased join appeal on appeal.id = leased.appeal_id
        left join lateral (
          with recursive up as (
            select incident.*, 0 as step from incident where incident.id = leased.incident_id
            union all
            select incident.*, up.step + 1 from incident join up on incident.id = up.merged_into
            where up.state = 'merged' and up.step < 20
          ) select * from up order by step desc limit 1
        ) head on true
        order by leased.number`,
  );

/** Writes what came of a try, and gives the notice back. */
export async function saveNotice(
  tx: Tx,
  tried: {
    readonly id: string;
    readonly state: 'waiting' | 'sent' | 'refused';
    readonly attempts: number;
    readonly dueAtMs: number;
    readonly receipt: string;
    readonly lastError: string;
  },
): Promise<void> {
  await tx.run(sql`
    update appeal_notice set state = ${tried.state}, attempts = ${tried.attempts}::int, due_at = ${at(tried.dueAtMs)}::timestamptz,
      receipt = ${tried.receipt}, last_error = ${tried.lastError}, leased_until_at = null
    where id = ${tried.id}::uuid and state = 'waiting'`);
}

const NoticeRow = z.object({
  id: z.string(),
  number: z.number(),
  incidentId: z.string(),
  news: AppealNews,
  madeAtMs: z.number(),
  state: z.enum(['waiting', 'sent', 'refused', 'withdrawn']),
  attempts: z.number(),
  receipt: z.string(),
  lastError: z.string(),
});
export type NoticeRow = z.infer<typeof NoticeRow>;

/** All notices of an appeal in their order. */
export const noticesOf = (db: Db, appealId: string): Promise<NoticeRow[]> =>
  db.rows(
    NoticeRow,
    sql`select id, number, incident_id, news, made_at, state, attempts, receipt, last_error
        from appeal_notice where appeal_id = ${appealId} order by number`,
  );
