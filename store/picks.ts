// Pictures of the clean place that a person picked as references: they stay until taken back, and an eye learns each of them.
import { z } from 'zod';
import { mainPreset, type Camera } from '#core/camera';
import { hazardNames } from '#core/hazard-name';
import { AhualError } from '#core/errors';
import { CameraId } from '#core/ids';
import { Ground, Light, PickKind } from '#core/past';
import { presetsOf } from '#core/preset';
import * as audit from './audit.ts';
import { at, json, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import { raw, sql } from './sql.ts';

const Row = z.object({
  id: z.string(),
  cameraId: CameraId,
  kind: PickKind,
  /** The view of the camera that it shows. */
  preset: z.string(),
  stillSha256: z.string(),
  seenAtMs: z.number(),
  pickedAtMs: z.number(),
  pickedBy: z.string(),
  state: z.enum(['waiting', 'learned', 'useless', 'retired']),
  /** What the eye said where nothing could be learned. */
  why: z.string(),
});
export type Pick = z.infer<typeof Row>;

const ShownRow = Row.extend({ light: Light.nullable(), ground: Ground.nullable() });
/** A pick with what the eye takes it for; null until it is learned. */
export type ShownPick = z.infer<typeof ShownRow>;

const columns = raw('id, camera_id, kind, preset, still_sha256, seen_at, picked_at, picked_by, state, why');

/** The picks of a camera that hold, in the order of their kinds. */
export const of = (db: Db, cameraId: string): Promise<ShownPick[]> =>
  db.rows(
    ShownRow,
    sql`select p.id, p.camera_id, p.kind, p.preset, p.still_sha256, p.seen_at, p.picked_at, p.picked_by, p.state, p.why, r.light, r.ground
        from past_pick as p left join past_reference as r on r.id = p.id
        where p.camera_id = ${cameraId} and p.state <> 'retired' order by p.kind`,
  );

/** One that holds. */
export async function byId(db: Db, id: string): Promise<Pick | undefined> {
  const [row] = await db.rows(Row, sql`select ${columns} from past_pick where id = ${id} and state <> 'retired'`);
  return row;
}

/**
 * Picks a look's still as the reference of a kind; the one that was picked for this kind before is taken back by it. Written down and
 * told to the browsers.
 */
export async function pick(
  tx: Tx,
  given: globalThis.Pick<Pick, 'id' | 'cameraId' | 'kind' | 'stillSha256' | 'seenAtMs' | 'pickedAtMs' | 'pickedBy'> &
    Partial<globalThis.Pick<Pick, 'preset'>>,
): Promise<void> {
  const { id, cameraId, kind, preset = mainPreset, stillSha256, seenAtMs, pickedAtMs, pickedBy } = given;
  await tx.run(sql`select pg_advisory_xact_lock(hashtext('past-pick'), hashtext(${cameraId}))`);
  const before = await retire(tx, sql`camera_id = ${cameraId} and kind = ${kind} and preset = ${preset}`);
  await tx.run(sql`
    insert into past_pick (id, camera_id, kind, preset, still_sha256, seen_at, picked_at, picked_by, state, due_at)
    values (${id}, ${cameraId}, ${kind}, ${preset}, ${stillSha256}, ${at(seenAtMs)}::timestamptz, ${at(pickedAtMs)}::timestamptz,
      ${pickedBy}, 'waiting', ${at(pickedAtMs)}::timestamptz)`);
  const facts = {
    kind,
    ...(preset === mainPreset ? {} : { view: preset }),
    picture: stillSha256,
    seen: at(seenAtMs),
    ...(before[0] ? { inPlaceOf: before[0].stillSha256 } : {}),
  };
  const act = { actor: pickedBy, act: 'reference picked', objectKind: 'camera', objectId: cameraId, facts };
  await audit.write(tx, { ...act, atMs: pickedAtMs });
  append(tx, 'camera', cameraId, pickedAtMs);
}

/** Takes a pick back, with what was learned from it. Throws NOT_FOUND where it was taken back already. */
export async function takeBack(
  tx: Tx,
  given: { readonly id: string; readonly cameraId: string; readonly actor: string; readonly atMs: number },
): Promise<void> {
  const { id, cameraId, actor, atMs } = given;
  const [gone] = await retire(tx, sql`id = ${id} and camera_id = ${cameraId}`);
  if (!gone) {
    throw new AhualError('NOT_FOUND', 'This reference was taken back already.', 'Load the page of the camera again.');
  }
  const facts = { kind: gone.kind, picture: gone.stillSha256 };
  await audit.write(tx, { actor, act: 'reference taken back', objectKind: 'camera', objectId: cameraId, facts, atMs });
  append(tx, 'camera', cameraId, atMs);
}

async function retire(tx: Tx, which: ReturnType<typeof sql>): Promise<Pick[]> {
  const gone = await tx.rows(
    Row,
    sql`update past_pick set state = 'retired' where ${which} and state <> 'retired' returning ${columns}`,
  );
  await tx.run(sql`delete from past_reference where id = any (${gone.map(({ id }) => id)}::text[])`);
  return gone;
}

/** What showed views that these cameras no longer have goes with them: learned references, and what people picked is taken back. */
export async function forgetViews(tx: Tx, cameras: readonly Camera[]): Promise<void> {
  const views = json(cameras.map((camera) => ({ id: camera.id, presets: presetsOf(camera).map(({ id }) => id) })));
  await tx.run(sql`
    delete from past_reference using jsonb_to_recordset(${views}) as given (id text, presets jsonb)
    where camera_id = given.id and not given.presets ? preset`);
  await tx.run(sql`
    update past_pick set state = 'retired' from jsonb_to_recordset(${views}) as given (id text, presets jsonb)
    where camera_id = given.id and not given.presets ? preset and state <> 'retired'`);
}

/** Picks whose reference was forgotten are learned anew from their stills. */
export async function learnAgain(tx: Tx, ids: readonly string[], nowMs: number): Promise<void> {
  await tx.run(sql`
    update past_pick set state = 'waiting', why = '', due_at = ${at(nowMs)}::timestamptz
    where id = any (${[...ids]}::text[]) and state <> 'retired'`);
}

/** Whoever takes a pick has so long to learn it; then it is tried again. */
const leaseMs = 5 * 60_000;

/** Takes picks that are to be learned, the longest waiting first. */
export const take = (tx: Tx, nowMs: number, limit: number): Promise<Pick[]> =>
  tx.rows(
    Row,
    sql`update past_pick set due_at = ${at(nowMs + leaseMs)}::timestamptz where id in (
          select id from past_pick where state = 'waiting' and due_at <= ${at(nowMs)}::timestamptz
          order by due_at limit ${limit}::bigint for update skip locked)
        returning ${columns}`,
  );

/** Notes what became of learning a pick; false where it was taken back meanwhile. */
export async function settle(
  tx: Tx,
  given: { readonly id: string; readonly state: 'learned' | 'useless'; readonly why: string; readonly atMs: number },
): Promise<boolean> {
  const [row] = await tx.rows(
    Row,
    sql`update past_pick set state = ${given.state}, why = ${given.why}
        where id = ${given.id} and state <> 'retired' returning ${columns}`,
  );
  if (!row) return false;
  append(tx, 'camera', row.cameraId, given.atMs);
  return true;
}

/** Was an incident of what eyes look for open at this camera at this moment, one that was not rejected? Then its place was not clean. */
export async function wasTroubled(db: Db, cameraId: string, atMs: number): Promise<boolean> {
  const [row] = await db.rows(
    z.object({ troubled: z.boolean() }),
    sql`select exists (
          select from incident where camera_id = ${cameraId} and opened_at <= ${at(atMs)}::timestamptz
            and hazard = any (${[...hazardNames]}::text[])
            and (closed_at is null or closed_at >= ${at(atMs)}::timestamptz)
            and state not in ('merged', 'expired', 'rejected', 'self_cleared')) as troubled`,
  );
  return row?.troubled ?? false;
}
