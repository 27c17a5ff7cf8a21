// Cameras with their zones, what is known of their health, and when each is to be looked at next.
import { z } from 'zod';
import { Camera, CameraHealth } from '#core/camera';
import { AhualError } from '#core/errors';
import { CameraId } from '#core/ids';
import { at, json, withoutNulls, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import { canonical, note, refuseUnseen, type Edit } from './place-versions.ts';
import { inserting, raw, setting, sql } from './sql.ts';

const zones = sql`
  (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'id', zone.id, 'kind', kind, 'polygon', polygon, 'hazards', hazards, 'streetClass', street_class,
      'district', zone.district, 'segment', segment, 'owner', owner, 'areaM2', area_m2)) order by place), '[]')
   from zone where camera_id = camera.id) as zones`;

const cameraRow = sql`
  camera.id, name, jsonb_build_object('lon', lon, 'lat', lat) as point, bearing_deg, fov_deg, height_m, tilt_deg, aspect,
  ladder, camera.district,
  rtsp, sub_rtsp, snapshot, credential, watch, restricted, indoor, near_sensitive, ${zones}`;

const CameraRow = withoutNulls(Camera);

/** Every camera, by id. */
export const all = (db: Db): Promise<Camera[]> =>
  db.rows(CameraRow, sql`select ${cameraRow} from camera order by camera.id`);

/** One camera. */
export async function byId(db: Db, id: string): Promise<Camera | undefined> {
  const [camera] = await db.rows(CameraRow, sql`select ${cameraRow} from camera where camera.id = ${id}`);
  return camera;
}

const columnsOf = (camera: Camera): Record<string, unknown> => ({
  id: camera.id,
  name: json(camera.name),
  lon: camera.point.lon,
  lat: camera.point.lat,
  bearing_deg: camera.bearingDeg,
  fov_deg: camera.fovDeg,
  height_m: camera.heightM,
  tilt_deg: camera.tiltDeg ?? null,
  aspect: camera.aspect ?? null,
  ladder: camera.ladder ? json(camera.ladder) : null,
  district: camera.district,
  rtsp: camera.rtsp ?? null,
  sub_rtsp: camera.subRtsp ?? null,
  snapshot: camera.snapshot ?? null,
  credential: camera.credential ?? null,
  watch: camera.watch,
  restricted: camera.restricted,
  indoor: camera.indoor,
  near_sensitive: camera.nearSensitive,
});

async function write(tx: Tx, camera: Camera): Promise<void> {
  const columns = columnsOf(camera);
  await tx.run(sql`insert into camera ${inserting(columns)} on conflict (id) do update set ${setting(columns)}`);
  await tx.run(sql`delete from zone where camera_id = ${camera.id}`);
  if (camera.zones.length > 0) {
    const rows = camera.zones.map((zone, place) => ({ ...zone, place }));
    await tx.run(sql`
      insert into zone (camera_id, id, place, kind, polygon, hazards, street_class, district, segment, owner, area_m2)
      select ${camera.id}, z.id, z.place, z.kind, z.polygon, array(select jsonb_array_elements_text(z.hazards)),
        z."streetClass", z.district, z.segment, z.owner, z."areaM2"
      from jsonb_to_recordset(${json(rows)}) as z (id text, place integer, kind text, polygon jsonb, hazards jsonb,
        "streetClass" text, district text, segment text, owner text, "areaM2" double precision)`);
  }
}

/** Adds a camera or makes it what is given; rings `camera-changed`. */
export async function upsert(tx: Tx, camera: Camera): Promise<void> {
  await write(tx, camera);
  await tx.notify({ kind: 'camera-changed', cameraId: camera.id });
}

/** Takes a camera off the list, with its health and plan; what it saw stays. */
export async function remove(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from last_word where camera_id = ${id}`);
  await tx.run(sql`delete from camera where id = ${id}`);
  await tx.notify({ kind: 'camera-changed', cameraId: id });
}

/** Locks a camera for an edit; undefined where there is none. */
async function locked(tx: Tx, id: string): Promise<Camera | undefined> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtext('camera-edit'), hashtext(${id}))`);
  const [camera] = await tx.rows(
    CameraRow,
    sql`select ${cameraRow} from camera where camera.id = ${id} for update of camera`,
  );
  return camera;
}

const markEdited = (tx: Tx, id: string): Promise<number> =>
  tx.run(sql`
    insert into camera_listed (camera_id, row, edited) values (${id}, null, true)
    on conflict (camera_id) do update set edited = true`);

/**
 * The one way in which a person changes a camera, its place, address or zones: bound to what they saw, kept as a version, written
 * to the audit, told to the browsers and to the workers, which read the camera anew. Gives the number of the version.
 * Throws INCIDENT_CHANGED where somebody was first, NOT_FOUND where it is gone, REQUEST_INVALID where the id is taken.
 */
export async function edit(tx: Tx, camera: Camera, by: Edit): Promise<number> {
  const before = await locked(tx, camera.id);
  refuseUnseen('camera', camera.id, before, by.seen);
  await upsert(tx, camera);
  return afterEdit(tx, camera.id, by, before, await byId(tx, camera.id));
}

/** A person takes a camera off the list; what it saw stays, and its last version can be restored. As `edit`. */
export async function editAway(tx: Tx, id: string, by: Edit): Promise<number> {
  const before = await locked(tx, id);
  refuseUnseen('camera', id, before, by.seen);
  await remove(tx, id);
  return afterEdit(tx, id, by, before, null);
}

async function afterEdit(tx: Tx, id: string, by: Edit, before: unknown, after: unknown): Promise<number> {
  await markEdited(tx, id);
  append(tx, 'camera', id, by.atMs);
  return note(tx, { ...by, kind: 'camera', id, before, after });
}

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const Listed = z.object({
  cameraId: z.string(),
  row: z.record(z.string(), z.unknown()).nullable(),
  edited: z.boolean(),
});
type Listed = z.infer<typeof Listed>;

/**
 * What a camera is after the list was read again: as the list says, but where a person changed it since only those of its fields
 * that the list itself changed. Undefined where a person removed it and the list says nothing new of it.
 */
function merged(given: Camera, listed: Listed | undefined, now: Camera | undefined): Camera | undefined {
  if (listed?.edited !== true || listed.row === null) return given;
  const said = listed.row;
  if (same(said, given)) return now;
  if (!now) return given;
  const news = Object.entries(given).filter(([key, value]) => !same(said[key], value));
  const dropped = Object.keys(said).filter((key) => !(key in given));
  const kept = Object.entries(now).filter(([key]) => !dropped.includes(key));
  return Camera.parse({ ...Object.fromEntries(kept), ...Object.fromEntries(news) });
}

/**
 * Makes the list of cameras the given one, and says what was different. What a person changed in the browser stays, until the list
 * itself says something new of it; so do cameras that a person added. One ring for the whole list.
 */
export async function replace(
  tx: Tx,
  cameras: readonly Camera[],
): Promise<{ added: string[]; changed: string[]; removed: string[] }> {
  const old = new Map((await all(tx)).map((camera) => [String(camera.id), camera]));
  const listed = new Map(
    (await tx.rows(Listed, sql`select camera_id, row, edited from camera_listed`)).map((one) => [one.cameraId, one]),
  );
  const wished = cameras.flatMap((camera) => merged(camera, listed.get(camera.id), old.get(camera.id)) ?? []);
  const added = wished.filter((camera) => !old.has(camera.id));
  const changed = wished.filter((camera) => {
    const before = old.get(camera.id);
    return before !== undefined && !same(before, camera);
  });
  const wanted = new Set<string>(cameras.map((camera) => camera.id));
  const isOwn = (id: string): boolean => listed.get(id)?.edited === true && listed.get(id)?.row === null;
  const removed = [...old.keys()].filter((id) => !wanted.has(id) && !isOwn(id));
  const news = cameras.filter((camera) => !same(listed.get(camera.id)?.row ?? null, camera));
  if (news.length > 0) {
    await tx.run(sql`
      insert into camera_listed (camera_id, row, edited)
      select given.id, given.row, false
      from jsonb_to_recordset(${json(news.map((camera) => ({ id: camera.id, row: camera })))}) as given (id text, row jsonb)
      on conflict (camera_id) do update set row = excluded.row`);
  }
  await tx.run(sql`delete from camera_listed where row is not null and camera_id <> all (${[...wanted]}::text[])`);
  for (const camera of [...added, ...changed]) await write(tx, camera);
  if (removed.length > 0) {
    await tx.run(sql`delete from last_word where camera_id = any (${removed}::text[])`);
    await tx.run(sql`delete from camera where id = any (${removed}::text[])`);
  }
  if (added.length + changed.length + removed.length > 0) await tx.notify({ kind: 'camera-changed', cameraId: '*' });
  return { added: added.map((c) => c.id), changed: changed.map((c) => c.id), removed };
}

const healthRow = raw(
  `camera_id, state, since_at as since, last_look_at, last_good_at, detail, width_px, height_px, fails`,
);

/** Health of every camera that was looked at at least once. */
export const health = (db: Db): Promise<CameraHealth[]> =>
  db.rows(CameraHealth, sql`select ${healthRow} from camera_health order by camera_id`);

/** Health of one camera; none before its first look. */
export async function healthOf(db: Db, id: string): Promise<CameraHealth | undefined> {
  const [row] = await db.rows(CameraHealth, sql`select ${healthRow} from camera_health where camera_id = ${id}`);
  return row;
}

export interface Due {
  readonly cameraId: CameraId;
  readonly dueAtMs: number;
  readonly watch: boolean;
}

const DueRow = z.object({ cameraId: CameraId, dueAtMs: z.number(), watch: z.boolean() });

/**
 * Cameras that are to be looked at by now, the longest waiting first. A camera that has never been planned is due now; watched
 * cameras are never due, for somebody looks at them without pause.
 */
export const due = (db: Db, nowMs: number, limit: number): Promise<Due[]> =>
  db.rows(
    DueRow,
    sql`select camera.id as camera_id, coalesce(due_at, ${at(nowMs)}::timestamptz) as due_at, watch
        from camera left join camera_plan on camera_id = camera.id
        where not watch and (due_at is null or due_at <= ${at(nowMs)}::timestamptz)
        order by camera_plan.due_at nulls first, camera.id
        limit ${limit}::bigint`,
  );

/** The scheduler has put these looks; the next moment of each is set, unless somebody set another one meanwhile. */
export async function planned(
  tx: Tx,
  rows: readonly { cameraId: string; dueAtMs: number; nextDueAtMs: number }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.run(sql`
    insert into camera_plan (camera_id, due_at)
    select given.camera_id, given.next_at
    from unnest(
      ${rows.map((r) => r.cameraId)}::text[],
      ${rows.map((r) => at(r.nextDueAtMs))}::timestamptz[]
    ) as given (camera_id, next_at)
    join camera on camera.id = given.camera_id
    order by given.camera_id
    on conflict (camera_id) do update set due_at = excluded.due_at, reason = ''`);
}

/** Looks at a camera at `atMs` unless it is due sooner anyway. Throws CAMERA_UNKNOWN. */
export async function lookSooner(tx: Tx, cameraId: string, atMs: number, reason: string): Promise<void> {
  const touched = await tx.run(sql`
    insert into camera_plan (camera_id, due_at, reason)
    select id, ${at(atMs)}::timestamptz, ${reason} from camera where id = ${cameraId}
    on conflict (camera_id) do update set
      due_at = least(camera_plan.due_at, excluded.due_at),
      reason = case when excluded.due_at < camera_plan.due_at then excluded.reason else camera_plan.reason end`);
  if (touched === 0) throw unknownCamera(cameraId);
}

const unknownCamera = (id: string): AhualError =>
  new AhualError('CAMERA_UNKNOWN', `there is no camera ${id}.`, 'Look for it in the list of cameras.', {
    cameraId: id,
  });

/** How many cameras there are. */
export async function count(db: Db): Promise<number> {
  const [row] = await db.rows(z.object({ n: z.number() }), sql`select count(*) as n from camera`);
  return row?.n ?? 0;
}
