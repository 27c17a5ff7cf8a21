// Cameras with their zones, what is known of their health, and when each is to be looked at next.
import { z } from 'zod';
import { Camera, CameraHealth } from '#core/camera';
import { AhualError } from '#core/errors';
import { CameraId } from '#core/ids';
import { at, codeOf, json, withoutNulls, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import * as picks from './picks.ts';
import { canonical, note, noteMany, refuseUnseen, type Edit } from './place-versions.ts';
import { raw, sql } from './sql.ts';

const zones = sql`
  (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'id', zone.id, 'kind', kind, 'polygon', polygon, 'hazards', hazards, 'streetClass', street_class,
      'district', zone.district, 'segment', segment, 'owner', owner, 'areaM2', area_m2, 'preset', nullif(preset, 'main')))
      order by place), '[]')
   from zone where camera_id = camera.id) as zones`;

const cameraRow = sql`
  camera.id, name, jsonb_build_object('lon', lon, 'lat', lat) as point, bearing_deg, fov_deg, height_m, tilt_deg, aspect,
  ladder, camera.district,
  rtsp, sub_rtsp, snapshot, credential, watch, look_every_s, restricted, indoor, near_sensitive, presets, ${zones}`;

const CameraRow = withoutNulls(Camera);

/** Every camera, by id. */
export const all = (db: Db): Promise<Camera[]> =>
  db.rows(CameraRow, sql`select ${cameraRow} from camera order by camera.id`);

/** One camera. */
export async function byId(db: Db, id: string): Promise<Camera | undefined> {
  const [camera] = await db.rows(CameraRow, sql`select ${cameraRow} from camera where camera.id = ${id}`);
  return camera;
}

/** Columns of the table with their types, and what a camera has there. */
const columns = {
  id: ['text', (camera: Camera) => camera.id],
  name: ['jsonb', (camera: Camera) => camera.name],
  lon: ['double precision', (camera: Camera) => camera.point.lon],
  lat: ['double precision', (camera: Camera) => camera.point.lat],
  bearing_deg: ['double precision', (camera: Camera) => camera.bearingDeg],
  fov_deg: ['double precision', (camera: Camera) => camera.fovDeg],
  height_m: ['double precision', (camera: Camera) => camera.heightM],
  tilt_deg: ['double precision', (camera: Camera) => camera.tiltDeg],
  aspect: ['double precision', (camera: Camera) => camera.aspect],
  ladder: ['jsonb', (camera: Camera) => camera.ladder],
  district: ['text', (camera: Camera) => camera.district],
  rtsp: ['text', (camera: Camera) => camera.rtsp],
  sub_rtsp: ['text', (camera: Camera) => camera.subRtsp],
  snapshot: ['text', (camera: Camera) => camera.snapshot],
  credential: ['text', (camera: Camera) => camera.credential],
  watch: ['boolean', (camera: Camera) => camera.watch],
  look_every_s: ['integer', (camera: Camera) => camera.lookEveryS],
  restricted: ['boolean', (camera: Camera) => camera.restricted],
  indoor: ['boolean', (camera: Camera) => camera.indoor],
  near_sensitive: ['boolean', (camera: Camera) => camera.nearSensitive],
  presets: ['jsonb', (camera: Camera) => camera.presets],
} as const satisfies Record<string, readonly [string, (camera: Camera) => unknown]>;

const columnNames = Object.keys(columns);
const columnTypes = raw(
  Object.entries(columns)
    .map(([name, [type]]) => `${name} ${type}`)
    .join(', '),
);
const columnList = raw(columnNames.join(', '));
const columnNews = raw(columnNames.map((name) => `${name} = excluded.${name}`).join(', '));

/** Writes cameras with their zones, however many, in a handful of statements. `fresh`: they must not be there yet. */
async function write(tx: Tx, cameras: readonly Camera[], how: 'any' | 'fresh' = 'any'): Promise<void> {
  if (cameras.length === 0) return;
  const rows = cameras.map((camera) =>
    Object.fromEntries(Object.entries(columns).map(([name, [, of]]) => [name, of(camera)])),
  );
  const known = how === 'any' ? sql`on conflict (id) do update set ${columnNews}` : raw('');
  await tx.run(sql`
    insert into camera (${columnList})
    select ${columnList} from jsonb_to_recordset(${json(rows)}) as given (${columnTypes}) order by id ${known}`);
  await tx.run(sql`delete from zone where camera_id = any (${cameras.map(({ id }) => id)}::text[])`);
  if (how === 'any') await picks.forgetViews(tx, cameras);
  const zoneRows = cameras.flatMap(({ id, zones: own }) =>
    own.map((zone, place) => ({ ...zone, cameraId: id, place })),
  );
  if (zoneRows.length === 0) return;
  await tx.run(sql`
    insert into zone (camera_id, id, place, kind, polygon, hazards, street_class, district, segment, owner, area_m2, preset)
    select z."cameraId", z.id, z.place, z.kind, z.polygon, array(select jsonb_array_elements_text(z.hazards)),
      z."streetClass", z.district, z.segment, z.owner, z."areaM2", coalesce(z.preset, 'main')
    from jsonb_to_recordset(${json(zoneRows)}) as z ("cameraId" text, id text, place integer, kind text, polygon jsonb,
      hazards jsonb, "streetClass" text, district text, segment text, owner text, "areaM2" double precision, preset text)`);
}

async function takeOff(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.run(sql`delete from last_word where camera_id = any (${ids}::text[])`);
  await tx.run(sql`delete from camera where id = any (${ids}::text[])`);
}

/** Adds a camera or makes it what is given; rings `camera-changed`. */
export async function upsert(tx: Tx, camera: Camera): Promise<void> {
  await write(tx, [camera]);
  await tx.notify({ kind: 'camera-changed', cameraId: camera.id });
}

/** Takes a camera off the list, with its health and plan; what it saw stays. */
export async function remove(tx: Tx, id: string): Promise<void> {
  await takeOff(tx, [id]);
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

const markEdited = (tx: Tx, ids: readonly string[]): Promise<number> =>
  tx.run(sql`
    insert into camera_listed (camera_id, row, edited) select id, null, true from unnest(${ids}::text[]) as given (id)
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
  await markEdited(tx, [id]);
  append(tx, 'camera', id, by.atMs);
  return note(tx, { ...by, kind: 'camera', id, before, after });
}

/** What a person wants of many cameras at once: these as they are given, and those ids off the list. */
export interface ManyWish {
  readonly put: readonly Camera[];
  readonly gone: readonly string[];
}

/** What a wish for many cameras changed; ids in the wish's order. */
export interface ManyDone {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

const inSets = 2000;

/**
 * `edit` and `editAway` for many cameras in one transaction: the same versions, audit rows and news, in a handful of statements. The
 * wish is made of the cameras as they are now; only those that it changes are locked, so that looks and edits of all others go on.
 * Throws INCIDENT_CHANGED where somebody changed one of them in the same moment: nothing is written then.
 */
export async function editMany(
  tx: Tx,
  wishOf: (now: ReadonlyMap<string, Camera>) => ManyWish,
  by: Pick<Edit, 'actor' | 'atMs' | 'why'>,
): Promise<ManyDone> {
  const now = new Map((await all(tx)).map((camera) => [String(camera.id), camera]));
  const { put, gone } = wishOf(now);
  const added = put.filter(({ id }) => !now.has(id));
  const changed = put.filter((camera) => now.has(camera.id) && !same(now.get(camera.id), camera));
  const removed = gone.filter((id) => now.has(id));
  const touched = [...changed.map(({ id }) => String(id)), ...removed].sort();
  if (added.length + touched.length === 0) return { added: [], changed: [], removed: [] };
  await refuseMoved(tx, touched, now);
  try {
    await write(tx, added, 'fresh');
  } catch (thrown) {
    if (codeOf(thrown) === '23505') throw meanwhile(added[0]?.id ?? '', thrown);
    throw thrown;
  }
  await write(tx, changed);
  await takeOff(tx, removed);
  await markEdited(tx, [...added.map(({ id }) => id), ...touched]);
  const noteAll = async (
    act: Edit['act'],
    ids: readonly string[],
    after: ReadonlyMap<string, unknown>,
  ): Promise<void> => {
    const items = ids.map((id) => ({ id, before: now.get(id), after: after.get(id) ?? null }));
    for (let i = 0; i < items.length; i += inSets)
      await noteMany(tx, { ...by, act, kind: 'camera', items: items.slice(i, i + inSets) });
  };
  const wanted = new Map(put.map((camera) => [String(camera.id), camera]));
  const done = { added: added.map(({ id }) => id), changed: changed.map(({ id }) => id), removed };
  await noteAll('added', done.added, wanted);
  await noteAll('changed', done.changed, wanted);
  await noteAll('removed', done.removed, new Map());
  for (const id of [...done.added, ...touched]) append(tx, 'camera', id, by.atMs);
  await tx.notify({ kind: 'camera-changed', cameraId: '*' });
  return done;
}

const meanwhile = (id: string, cause?: unknown): AhualError =>
  new AhualError(
    'INCIDENT_CHANGED',
    `Somebody changed the camera ${id} meanwhile.`,
    'Nothing was written; look at the difference again, then repeat.',
    { id },
    cause,
  );

/** Locks cameras and throws when one of them is no longer what was read. A look of them may still be saved meanwhile. */
async function refuseMoved(tx: Tx, ids: readonly string[], read: ReadonlyMap<string, Camera>): Promise<void> {
  await tx.run(sql`select from camera where id = any (${ids}::text[]) order by id for no key update`);
  const rows = await tx.rows(CameraRow, sql`select ${cameraRow} from camera where camera.id = any (${ids}::text[])`);
  const locked = new Map(rows.map((camera) => [String(camera.id), camera]));
  const moved = ids.find((id) => !same(locked.get(id), read.get(id)));
  if (moved !== undefined) throw meanwhile(moved);
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
  await write(tx, [...added, ...changed]);
  await takeOff(tx, removed);
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

/**
 * The scheduler has planned these looks: the next moment of each is set, and of those that are in `handed` that they were put on the
 * queue; moments before `keptFromMs` are forgotten.
 */
export async function planned(
  tx: Tx,
  rows: readonly { cameraId: string; dueAtMs: number; nextDueAtMs: number }[],
  handed: ReadonlySet<unknown> = new Set(),
  keptFromMs = 0,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.run(sql`
    insert into camera_plan (camera_id, due_at, handed)
    select given.camera_id, given.next_at, array_remove(array[given.handed_at], null)
    from unnest(
      ${rows.map((r) => r.cameraId)}::text[],
      ${rows.map((r) => at(r.nextDueAtMs))}::timestamptz[],
      ${rows.map((r) => (handed.has(r) ? at(r.dueAtMs) : null))}::timestamptz[]
    ) as given (camera_id, next_at, handed_at)
    join camera on camera.id = given.camera_id
    order by given.camera_id
    on conflict (camera_id) do update set due_at = excluded.due_at, reason = '',
      handed = array(select moment from unnest(camera_plan.handed || excluded.handed) as moment
        where moment > ${at(keptFromMs)}::timestamptz)`);
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

/** Looks at these cameras by `atMs` at the latest: a quicker rhythm does not wait for the end of the slower one. */
export async function dueWithin(tx: Tx, ids: readonly string[], atMs: number): Promise<void> {
  await tx.run(sql`
    update camera_plan set due_at = ${at(atMs)}::timestamptz
    where camera_id = any (${[...ids]}::text[]) and due_at > ${at(atMs)}::timestamptz`);
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
