// Coverage: how many looks were due in each hour and how many of them were done, for all cameras and by hazard.
import { z } from 'zod';
import { at, json, type Db } from './db.ts';
import { prepared, sql } from './sql.ts';

const hourMs = 3_600_000;

/** Hazard of the row that counts each look once, whatever its camera watches for. */
export const allLooks = '';

export interface Planned {
  readonly hourMs: number;
  readonly hazard: string;
  readonly put: number;
  readonly shed: number;
  readonly missed: number;
}

/** Beginning of the hour of a moment. */
export const hourOf = (atMs: number): number => Math.floor(atMs / hourMs) * hourMs;

/** Adds what a round of planning handed out, left out and came too late for; in the transaction that sets the next moments. */
export async function add(tx: Db, rows: readonly Planned[]): Promise<void> {
  if (rows.length === 0) return;
  const given = rows.map((row) => ({ ...row, hour: row.hourMs / 1000 }));
  await tx.run(
    prepared(
      'cover-add',
      sql`insert into look_cover (hour_at, hazard, due, put, shed, missed)
          select to_timestamp(hour), hazard, put + shed + missed, put, shed, missed
          from jsonb_to_recordset(${json(given)}) as given (hour double precision, hazard text, put integer, shed integer,
            missed integer)
          order by 1, 2
          on conflict (hour_at, hazard) do update set due = look_cover.due + excluded.due, put = look_cover.put + excluded.put,
            shed = look_cover.shed + excluded.shed, missed = look_cover.missed + excluded.missed`,
    ),
  );
}

/**
 * Counts what was done in the hours from `fromMs` on from the looks themselves, which are saved once each whoever did them. A
 * watched camera is not handed out, so it counts neither as due nor as done.
 */
export async function count(db: Db, fromMs: number): Promise<void> {
  const from = sql`${at(hourOf(fromMs))}::timestamptz`;
  await db.run(
    sql`with
        told as (
          select date_trunc('hour', due_at) as hour_at, look.camera_id, count(*) as done,
            count(*) filter (where look.state = 'ok') as seen
          from look left join camera on camera.id = look.camera_id
          where due_at >= ${from} and camera.watch is not true
          group by 1, 2
        ),
        hazards as (
          select distinct camera_id, hazard from zone, unnest(hazards) as hazard
          union all
          select distinct camera_id, ${allLooks}::text from told
        ),
        sums as (
          select hour_at, hazard, sum(done)::integer as done, sum(seen)::integer as seen
          from told join hazards using (camera_id) group by 1, 2
        )
        update look_cover set done = sums.done, seen = sums.seen
        from sums where sums.hour_at = look_cover.hour_at and sums.hazard = look_cover.hazard
          and (look_cover.done, look_cover.seen) is distinct from (sums.done, sums.seen)`,
  );
}

const HourRow = z.object({
  hourMs: z.number(),
  hazard: z.string(),
  due: z.number(),
  put: z.number(),
  shed: z.number(),
  missed: z.number(),
  done: z.number(),
  seen: z.number(),
});
export type CoverHour = z.infer<typeof HourRow>;

/** The hours that began in a stretch of time, with the row of all looks and those of the hazards. */
export const hours = (db: Db, fromMs: number, toMs: number): Promise<CoverHour[]> =>
  db.rows(
    HourRow,
    sql`select hour_at as hour, hazard, due, put, shed, missed, done, seen from look_cover
        where hour_at >= ${at(hourOf(fromMs))}::timestamptz and hour_at < ${at(toMs)}::timestamptz
        order by hour_at, hazard`,
  );

const SumRow = HourRow.omit({ hourMs: true });
export type Cover = z.infer<typeof SumRow>;

/** Sums of the hours from the one of `fromMs` to before `toMs`, by hazard and for all looks. */
export const sums = (db: Db, fromMs: number, toMs: number): Promise<Cover[]> =>
  db.rows(
    SumRow,
    sql`select hazard, sum(due) as due, sum(put) as put, sum(shed) as shed, sum(missed) as missed, sum(done) as done,
          sum(seen) as seen
        from look_cover
        where hour_at >= ${at(hourOf(fromMs))}::timestamptz and hour_at < ${at(toMs)}::timestamptz
        group by hazard order by hazard`,
  );

/** Share of the due looks that were done, 0..1; looks that are on their way (`open`) are not yet due. Null where none was due. */
export function coverage({ due, done }: Pick<Cover, 'due' | 'done'>, open = 0): number | null {
  const settled = due - open;
  if (due <= 0) return null;
  return settled <= 0 ? 1 : Math.min(1, done / settled);
}
