// Groups of cameras by which access is bounded.
import { CameraGroup } from '#core/camera-group';
import { json, type Db, type Tx } from './db.ts';
import { inserting, sql } from './sql.ts';

/** All groups, by id. */
export const all = (db: Db): Promise<CameraGroup[]> =>
  db.rows(CameraGroup, sql`select id, name, rule from camera_group order by id`);

/** One group. */
export async function byId(db: Db, id: string): Promise<CameraGroup | undefined> {
  const [group] = await db.rows(CameraGroup, sql`select id, name, rule from camera_group where id = ${id}`);
  return group;
}

/** Adds a group or makes it what is given; the dashboards read the list anew. */
export async function put(tx: Tx, { id, name, rule }: CameraGroup): Promise<void> {
  await tx.run(
    sql`insert into camera_group ${inserting({ id, name: json(name), rule: json(rule) })}
        on conflict (id) do update set name = excluded.name, rule = excluded.rule`,
  );
  await tx.notify({ kind: 'camera-changed', cameraId: '*' });
}

/** Takes a group off. */
export async function remove(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from camera_group where id = ${id}`);
  await tx.notify({ kind: 'camera-changed', cameraId: '*' });
}
