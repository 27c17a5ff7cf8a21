// Moments of many cameras at once: asked sooner, and brought back when our clock was set back.
import { z } from 'zod';
import { CameraId } from '#core/ids';
import { at, type Db, type Tx } from './db.ts';
import { sql } from './sql.ts';

/** Looks at these cameras at these moments unless they are due sooner anyway; one statement for all. Unknown ones are left out. */
export async function askSoon(
  tx: Tx,
  rows: readonly { cameraId: string; atMs: number }[],
  reason: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.run(sql`
    insert into camera_plan (camera_id, due_at, reason)
    select given.camera_id, given.due_at, ${reason}
    from unnest(
      ${rows.map((row) => row.cameraId)}::text[],
      ${rows.map((row) => at(row.atMs))}::timestamptz[]
    ) as given (camera_id, due_at)
    join camera on camera.id = given.camera_id
    order by given.camera_id
    on conflict (camera_id) do update set
      due_at = least(camera_plan.due_at, excluded.due_at),
      reason = case when excluded.due_at < camera_plan.due_at then excluded.reason else camera_plan.reason end`);
}

/** Spreads over one interval from now whatever is planned beyond `farthestMs`; gives how many cameras that were. */
export const pullBack = (tx: Tx, nowMs: number, farthestMs: number, everyS: number): Promise<number> =>
  tx.run(sql`
    update camera_plan set due_at = ${at(nowMs)}::timestamptz + random() * ${everyS}::double precision * interval '1 second',
      reason = ''
    where due_at > ${at(farthestMs)}::timestamptz`);

const PlanRow = z.object({ cameraId: z.string(), dueAtMs: z.number() });

/** The next moments of all cameras. */
export const moments = (db: Db): Promise<z.infer<typeof PlanRow>[]> =>
  db.rows(PlanRow, sql`select camera_id, due_at from camera_plan order by camera_id`);

const OpenRow = z.object({ cameraId: CameraId, dueAtMs: z.number() });

/** Looks of moments after `fromMs` that were handed out and are not saved: they wait, are being done, or the queue lost them. */
export const unfinished = (db: Db, fromMs: number): Promise<z.infer<typeof OpenRow>[]> =>
  db.rows(
    OpenRow,
    sql`select camera_id, moment as due_at from camera_plan, unnest(handed) as moment
        where moment > ${at(fromMs)}::timestamptz and not exists (
          select from look where look.camera_id = camera_plan.camera_id and look.due_at = moment)
        order by moment, camera_id limit 4000`,
  );
