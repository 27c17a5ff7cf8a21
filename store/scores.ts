// Scores of agencies by month (domain 3.7): each task with what became of it, as the history knew it at a moment; months that are frozen.
import { z } from 'zod';
import { agencyKinds } from '#core/agency';
import { IssueName, Texts } from '#core/hazard-name';
import * as audit from './audit.ts';
import { at, type Database, type Db, type Tx } from './db.ts';
import type { Stretch } from './numbers-claims.ts';
import { raw, sql, type Sql } from './sql.ts';

/** What became of a task; the first six are counted, the others are nobody's merit or fault. */
export const scoreOutcomes = [
  'good',
  'reopened',
  'given-back',
  'late',
  'refused-late',
  'open',
  'checking',
  'disputed',
  'handed-on',
  'cancelled',
] as const;
export const ScoreOutcome = z.enum(scoreOutcomes);
export type ScoreOutcome = z.infer<typeof ScoreOutcome>;

/** Who gives work back when the camera still sees the hazard (tasks/verify.ts). */
export const cameraActor = 'verification';

/** A month of scores: its first day and its ends in the city's zone. */
export interface ScoreMonth extends Stretch {
  /** YYYY-MM-01. */
  readonly month: string;
}

const columns =
  raw(`id, number, agency_id, hazard, severity, camera_id, lon, lat, fix_by_at, claimed_at, outcome, is_counted,
  is_good, is_first, is_accepted, is_verified, is_reopened, verified_by`);

/**
 * Tasks of main executors whose deadline fell into the stretch and had passed, with what became of each as the history knew it at
 * `asOfMs`, so that counting a month late gives what counting it in time would have given. `scored` is the name to select from.
 *
 * A claim is judged by when the agency made it: how long the centre takes to look is not the agency's time. What the camera gave back
 * does not stand where a person then held the work done against the camera's word, nor while people have not decided. A refusal within
 * the time to accept costs nothing; a later one counts. (`offset 0`: each of these is worked out once a task, and not in every column that names it.)
 */
export const scoredOf = ({ fromMs, toMs }: Stretch, asOfMs: number): Sql => {
  const asOf = sql`${at(asOfMs)}::timestamptz`;
  const isNew = raw('from_state is distinct from to_state');
  return sql`(
  select task.id, task.number, task.agency_id, task.hazard, task.severity, incident.camera_id, task.lon, task.lat, task.fix_by_at,
    claim.claimed_at, judged.outcome, judged.outcome not in ('checking', 'disputed', 'handed-on', 'cancelled') as is_counted,
    judged.outcome = 'good' as is_good, judged.outcome in ('good', 'reopened') as is_first,
    coalesce(told.accepted_at <= task.accept_by_at, false) as is_accepted,
    judged.outcome in ('good', 'reopened', 'given-back', 'late') as is_verified,
    told.verified_at is not null and again.is_reopened as is_reopened,
    case when told.verified_at is not null then task.verified_by end as verified_by
  from task
    join incident on incident.id = task.incident_id
    cross join lateral (
      select (array_agg(to_state order by version desc))[1] as state,
        max(at) filter (where to_state = 'declined' and ${isNew}) as declined_at,
        min(at) filter (where to_state in ('accepted', 'in_progress', 'done_claimed')) as accepted_at,
        max(at) filter (where to_state = 'verified') as verified_at,
        max(at) filter (where to_state = 'returned' and ${isNew} and actor <> ${cameraActor}) as returned_at,
        max(at) filter (where to_state = 'returned' and ${isNew} and actor = ${cameraActor}) as camera_returned_at
      from task_change where task_id = task.id and at <= ${asOf}
    ) as told
    cross join lateral (
      select told.state in ('done_claimed', 'verifying')
        or exists (select from task_camera_wrong as wrong where wrong.task_id = task.id and wrong.at <= ${asOf}) as is_camera_out
      offset 0
    ) as camera
    cross join lateral (
      select case when is_camera_out then told.returned_at else greatest(told.returned_at, told.camera_returned_at) end as back_at
    ) as given
    cross join lateral (
      select min(at) as claimed_at from task_change
      where task_id = task.id and to_state = 'done_claimed' and ${isNew} and at <= ${asOf} and at > coalesce(given.back_at, '-infinity')
    ) as claim
    cross join lateral (
      select told.verified_at is not null and exists (
        select from incident_change as back
        where back.incident_id = task.incident_id and back.to_state = 'reopened' and back.at > told.verified_at and back.at <= ${asOf}
      ) and exists (
        -- Work followed, and it was not called off, nor was it the camera that was wrong.
        select from task as later
        where later.incident_id = task.incident_id and later.role = 'primary' and later.created_at > told.verified_at
          and later.created_at <= ${asOf}
          and not exists (
            select from task_change where task_id = later.id and to_state = 'cancelled' and at <= ${asOf})
          and not exists (select from task_camera_wrong as wrong where wrong.task_id = later.id and wrong.at <= ${asOf})
      ) as is_reopened
      offset 0
    ) as again
    cross join lateral (
      select case
        when told.state = 'cancelled' then 'cancelled'
        when told.state = 'rerouted' and told.declined_at <= task.accept_by_at then 'handed-on'
        when told.state = 'declined' and told.declined_at <= task.accept_by_at then 'disputed'
        when told.state in ('rerouted', 'declined') then 'refused-late'
        when told.state in ('done_claimed', 'verifying') and claim.claimed_at <= task.fix_by_at then 'checking'
        when told.state <> 'verified' then 'open'
        when given.back_at is not null then 'given-back'
        when claim.claimed_at > task.fix_by_at then 'late'
        when again.is_reopened then 'reopened'
        else 'good' end as outcome
      offset 0
    ) as judged
  where task.role = 'primary' and task.fix_by_at >= ${at(fromMs)}::timestamptz and task.fix_by_at < ${at(toMs)}::timestamptz
    and task.fix_by_at < ${asOf} and told.state is not null
) as scored`;
};

/** The tasks of a frozen month, as they were counted. `scored` is the name to select from. */
export const frozenOf = (month: string): Sql =>
  sql`(select ${columns} from score_task where month = ${month}::date) as scored`;

/** Tasks of a frozen month of which the history says something else by now. `scored` is the name to select from. */
export const correctedOf = (of: ScoreMonth, nowMs: number): Sql => sql`(
  select scored.*, was.outcome as was_outcome, coalesce(was.is_counted, false) as was_counted, coalesce(was.is_good, false) as was_good
  from ${scoredOf(of, nowMs)}
    left join score_task as was on was.month = ${of.month}::date and was.id = scored.id
  where was.outcome is distinct from scored.outcome
) as scored`;

const Figures = z.object({
  agencyId: z.string(),
  n: z.number(),
  good: z.number(),
  first: z.number(),
  accepted: z.number(),
  verified: z.number(),
  kept: z.number(),
  byCamera: z.number(),
  byPhoto: z.number(),
  byWord: z.number(),
  /** Not counted, by why: checked by us, disputed, handed on in time, called off. */
  checking: z.number(),
  disputed: z.number(),
  handedOn: z.number(),
  cancelled: z.number(),
  /** The hazard of most of the counted tasks. */
  hazard: IssueName.nullable(),
});
export type ScoreFigures = z.infer<typeof Figures>;

/** Sums by agency of a piece made by `scoredOf` or `frozenOf`. */
export const figures = (db: Db, scored: Sql): Promise<ScoreFigures[]> =>
  db.rows(
    Figures,
    sql`select agency_id, count(*) filter (where is_counted) as n, count(*) filter (where is_good) as good,
          count(*) filter (where is_first) as "first", count(*) filter (where is_counted and is_accepted) as accepted,
          count(*) filter (where is_verified) as verified, count(*) filter (where is_verified and not is_reopened) as kept,
          count(*) filter (where is_verified and verified_by = 'camera') as by_camera,
          count(*) filter (where is_verified and verified_by = 'photo') as by_photo,
          count(*) filter (where is_verified and verified_by in ('call', 'person')) as by_word,
          count(*) filter (where outcome = 'checking') as checking, count(*) filter (where outcome = 'disputed') as disputed,
          count(*) filter (where outcome = 'handed-on') as handed_on, count(*) filter (where outcome = 'cancelled') as cancelled,
          mode() within group (order by hazard) filter (where is_counted) as hazard
        from ${scored} group by agency_id order by agency_id`,
  );

const Correction = z.object({ agencyId: z.string(), tasks: z.number(), n: z.number(), good: z.number() });
export type ScoreCorrection = z.infer<typeof Correction>;

/** By agency: tasks of a frozen month that came out otherwise, and by how much n and the good ones would differ. */
export const corrections = (db: Db, of: ScoreMonth, nowMs: number): Promise<ScoreCorrection[]> =>
  db.rows(
    Correction,
    sql`select agency_id, count(*) as tasks, sum(is_counted::integer - was_counted::integer)::integer as n,
          sum(is_good::integer - was_good::integer)::integer as good
        from ${correctedOf(of, nowMs)} group by agency_id order by agency_id`,
  );

const ScoredAgency = z.object({ id: z.string(), kind: z.enum(agencyKinds), name: Texts });
export type ScoredAgency = z.infer<typeof ScoredAgency>;
const Frozen = z.object({ asOfMs: z.number(), frozenAtMs: z.number(), agencies: z.array(ScoredAgency) });

/** When a month was frozen and with which agencies; undefined while it is not. */
export async function frozen(db: Db, month: string): Promise<z.infer<typeof Frozen> | undefined> {
  const [row] = await db.rows(
    Frozen,
    sql`select as_of, frozen_at, agencies from score_month where month = ${month}::date`,
  );
  return row;
}

const Span = z.object({ firstAtMs: z.number().nullable(), months: z.array(z.string()) });

/** The earliest deadline there is, and the months that are frozen already. */
export async function known(db: Db): Promise<z.infer<typeof Span>> {
  const [row] = await db.rows(
    Span,
    sql`select (select min(fix_by_at) from task) as first_at,
          coalesce((select array_agg(month::text) from score_month), '{}') as months`,
  );
  return row ?? { firstAtMs: null, months: [] };
}

/** Freezes a month as the history knew it at `asOfMs`; false where it is frozen already. Its rows are never changed again. */
export const freeze = (database: Database, of: ScoreMonth, asOfMs: number, nowMs: number): Promise<boolean> =>
  database.transaction(async (tx: Tx) => {
    const made = await tx.run(
      sql`insert into score_month (month, as_of, frozen_at, agencies)
          select ${of.month}::date, ${at(asOfMs)}::timestamptz, ${at(nowMs)}::timestamptz,
            coalesce(jsonb_agg(jsonb_build_object('id', id, 'kind', kind, 'name', name) order by id), '[]')
          from agency
          on conflict (month) do nothing`,
    );
    if (made === 0) return false;
    const tasks = await tx.run(
      sql`insert into score_task (month, ${columns}) select ${of.month}::date, ${columns} from ${scoredOf(of, asOfMs)}`,
    );
    await audit.write(tx, {
      atMs: nowMs,
      actor: 'scores',
      act: 'scores frozen',
      objectKind: 'numbers',
      objectId: of.month,
      facts: { asOfMs, tasks },
    });
    return true;
  });

/** Notes that the camera was wrong about work which a person holds done; in the transaction that says so. */
export async function cameraWasWrong(tx: Tx, taskIds: readonly string[], atMs: number, actor: string): Promise<void> {
  for (const id of taskIds) {
    const made = await tx.run(
      sql`insert into task_camera_wrong (task_id, at) values (${id}, ${at(atMs)}::timestamptz) on conflict do nothing`,
    );
    if (made === 0) continue;
    await audit.write(tx, {
      atMs,
      actor,
      act: 'camera was wrong',
      objectKind: 'task',
      objectId: id,
      facts: { reason: 'held done against the camera' },
    });
  }
}
