// Hazards of a whole camera that a person put off until a moment: nothing is raised from them, and it always ends by itself.
import { z } from 'zod';
import { HazardName } from '#core/hazard-name';
import * as audit from './audit.ts';
import { at, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import { raw, sql } from './sql.ts';

const Row = z.object({
  cameraId: z.string(),
  hazard: HazardName,
  sinceMs: z.number(),
  untilMs: z.number(),
  reason: z.string(),
  actor: z.string(),
});
export type CameraQuiet = z.infer<typeof Row>;

const columns = raw('camera_id, hazard, since_at as since, until_at as until, reason, actor');

/** Everything that is put off now, of one camera or of all, by camera and hazard. */
export const now = (db: Db, nowMs: number, cameraId?: string): Promise<CameraQuiet[]> =>
  db.rows(
    Row,
    sql`select ${columns} from camera_quiet
        where until_at > ${at(nowMs)}::timestamptz and camera_id = coalesce(${cameraId ?? null}::text, camera_id)
        order by camera_id, hazard`,
  );

/** Is this hazard of this camera put off at this moment? */
export async function isPutOff(db: Db, cameraId: string, hazard: string, nowMs: number): Promise<boolean> {
  const rows = await db.rows(
    z.object({ hazard: z.string() }),
    sql`select hazard from camera_quiet
        where camera_id = ${cameraId} and hazard = ${hazard} and until_at > ${at(nowMs)}::timestamptz`,
  );
  return rows.length > 0;
}

export interface QuietWish {
  readonly cameraId: string;
  readonly hazard: HazardName;
}

/** By whom, when and why. */
interface By {
  readonly actor: string;
  readonly atMs: number;
  readonly reason: string;
}

const pairs = (wishes: readonly QuietWish[]) =>
  sql`unnest(${wishes.map(({ cameraId }) => cameraId)}::text[], ${wishes.map(({ hazard }) => hazard)}::text[]) as given (camera_id, hazard)`;

/** One audit row and one news for each camera, whatever many hazards of it. */
async function told(tx: Tx, act: string, wishes: readonly QuietWish[], by: By, untilMs: number | null): Promise<void> {
  const byCamera = new Map<string, string[]>();
  for (const { cameraId, hazard } of wishes) byCamera.set(cameraId, [...(byCamera.get(cameraId) ?? []), hazard]);
  const { actor, atMs, reason } = by;
  const until = untilMs === null ? {} : { until: at(untilMs) };
  await audit.writeMany(
    tx,
    [...byCamera].map(([objectId, hazards]) => ({
      atMs,
      actor,
      act,
      objectKind: 'camera',
      objectId,
      facts: { hazards: hazards.join(', '), reason, ...until },
    })),
  );
  for (const cameraId of byCamera.keys()) append(tx, 'camera', cameraId, atMs);
}

/** Puts hazards of cameras off until a moment, whatever stood there before; written down camera by camera and told to the browsers. */
export async function putOff(
  tx: Tx,
  wishes: readonly QuietWish[],
  by: By & { readonly untilMs: number },
): Promise<void> {
  if (wishes.length === 0) return;
  await tx.run(sql`
    insert into camera_quiet (camera_id, hazard, since_at, until_at, reason, actor)
    select camera_id, hazard, ${at(by.atMs)}::timestamptz, ${at(by.untilMs)}::timestamptz, ${by.reason}, ${by.actor}
    from ${pairs(wishes)} order by camera_id, hazard
    on conflict (camera_id, hazard) do update set since_at = excluded.since_at, until_at = excluded.until_at,
      reason = excluded.reason, actor = excluded.actor`);
  await told(tx, 'camera put off', wishes, by, by.untilMs);
}

/** Ends what was put off; what is not put off is left as it is. Written down and told as `putOff`. Gives what ended. */
export async function end(tx: Tx, wishes: readonly QuietWish[], by: By): Promise<QuietWish[]> {
  if (wishes.length === 0) return [];
  const gone = await tx.rows(
    Row.pick({ cameraId: true, hazard: true }),
    sql`delete from camera_quiet using ${pairs(wishes)}
        where camera_quiet.camera_id = given.camera_id and camera_quiet.hazard = given.hazard
          and until_at > ${at(by.atMs)}::timestamptz
        returning camera_quiet.camera_id, camera_quiet.hazard`,
  );
  await told(tx, 'camera no longer put off', gone, by, null);
  return gone;
}
