// What cameras said when they were asked for themselves: the last answer of each, and whose still picture is not of now.
import { z } from 'zod';
import { at, json, type Db, type Tx } from './db.ts';
import { raw, sql } from './sql.ts';

const Row = z.object({
  cameraId: z.string(),
  atMs: z.number(),
  snapshot: z.string().nullable(),
  still: z.enum(['none', 'fresh', 'stale', 'unsure']),
  facts: z.record(z.string(), z.unknown()),
});
export type CameraProbe = z.infer<typeof Row>;

const columns = raw('camera_id, at, snapshot, still, facts');

/** Keeps what a camera said; the answer before it is forgotten. Workers read the camera anew. Nothing for a camera that is gone. */
export async function keep(tx: Tx, probe: CameraProbe): Promise<void> {
  const kept = await tx.run(sql`
    insert into camera_probe (camera_id, at, snapshot, still, facts)
    select id, ${at(probe.atMs)}::timestamptz, ${probe.snapshot}::text, ${probe.still}::text, ${json(probe.facts)}
    from camera where id = ${probe.cameraId}
    on conflict (camera_id) do update set
      at = excluded.at, snapshot = excluded.snapshot, still = excluded.still, facts = excluded.facts`);
  if (kept > 0) await tx.notify({ kind: 'camera-changed', cameraId: probe.cameraId });
}

/** What a camera said last; undefined where it was never asked. */
export async function of(db: Db, cameraId: string): Promise<CameraProbe | undefined> {
  const [row] = await db.rows(Row, sql`select ${columns} from camera_probe where camera_id = ${cameraId}`);
  return row;
}

/** Cameras whose still picture, at the address that they have now, was found to be old. */
export async function staleStills(db: Db): Promise<Set<string>> {
  const rows = await db.rows(
    z.object({ cameraId: z.string() }),
    sql`select camera_id from camera_probe join camera on camera.id = camera_id
        where still = 'stale' and camera.snapshot = camera_probe.snapshot`,
  );
  return new Set(rows.map(({ cameraId }) => cameraId));
}
