// The camera's own past: reference looks by camera and light, and the stills that are still to be learned from.
import { z } from 'zod';
import { hazardNames } from '#core/hazard-name';
import { CameraId, IncidentId } from '#core/ids';
import { Ground, Light } from '#core/past';
import * as audit from './audit.ts';
import { at, type Db, type Tx } from './db.ts';
import { learnAgain } from './picks.ts';
import { inserting, raw, sql } from './sql.ts';

export const origins = ['quiet', 'rejected', 'verified', 'picked'] as const;
export type Origin = (typeof origins)[number];

/** At most so many active references a view of a camera has in one light, and in all. */
export const most = { light: 3, camera: 8 } as const;

/** Drafts that found no company for so long are of another week's street. */
const draftsLastMs = 3 * 86_400_000;

const Row = z.object({
  id: z.string(),
  cameraId: CameraId,
  light: Light,
  ground: Ground,
  /** The view of the camera that it shows. */
  preset: z.string(),
  state: z.enum(['draft', 'active']),
  origin: z.enum(origins),
  incidentId: IncidentId.nullable(),
  /** Digest of the view's zones when it was learned. */
  zones: z.string(),
  network: z.string(),
  /** When its newest frame came. */
  seenAtMs: z.number(),
  learnedAtMs: z.number(),
});
export type Reference = z.infer<typeof Row>;

const columns = raw(
  'id, camera_id, light, ground, preset, state, origin, incident_id, zones, network, seen_at, learned_at',
);
const Bytes = z.object({ id: z.string(), bytes: z.instanceof(Uint8Array) });

/** References and drafts of a camera without their bytes, oldest first. */
export const of = (db: Db, cameraId: string): Promise<Reference[]> =>
  db.rows(Row, sql`select ${columns} from past_reference where camera_id = ${cameraId} order by seen_at, id`);

/** The packed looks of these references; what is gone is absent. */
export async function bytesOf(db: Db, ids: readonly string[]): Promise<Map<string, Uint8Array>> {
  if (ids.length === 0) return new Map();
  const rows = await db.rows(Bytes, sql`select id, bytes from past_reference where id = any(${[...ids]}::text[])`);
  return new Map(rows.map((row) => [row.id, row.bytes]));
}

/**
 * Keeps a reference or a draft. An active one takes the place of the drafts that it was made of, and of the oldest where the
 * view has more than `most` of its light or in all: of each ground one stays before any has a second, and what a person's
 * word taught before what quiet hours did. One that a person picked is not counted and never goes by this. Where a person caused it
 * (`actor`), it is written down.
 */
export async function keep(
  tx: Tx,
  reference: Reference,
  bytes: Uint8Array,
  { replaces = [], actor }: { replaces?: readonly string[]; actor?: string } = {},
): Promise<void> {
  await tx.run(sql`
    delete from past_reference
    where id = any(${[...replaces]}::text[])
      or (camera_id = ${reference.cameraId} and state = 'draft'
        and seen_at < ${at(reference.seenAtMs - draftsLastMs)}::timestamptz)`);
  const { learnedAtMs, seenAtMs, cameraId, incidentId, ...rest } = reference;
  const row = {
    ...rest,
    camera_id: cameraId,
    incident_id: incidentId,
    seen_at: at(seenAtMs),
    bytes: Buffer.from(bytes),
  };
  await tx.run(
    sql`insert into past_reference ${inserting({ ...row, learned_at: at(learnedAtMs) })} on conflict do nothing`,
  );
  if (reference.state === 'active') {
    await tx.run(sql`
      delete from past_reference where id in (
        select id from (
          select id, row_number() over (partition by light order by in_ground, seen_at desc) as in_light,
            row_number() over (order by in_ground, seen_at desc) as in_all
          from (
            select id, light, seen_at,
              row_number() over (partition by light, ground order by origin = 'quiet', seen_at desc) as in_ground
            from past_reference
            where camera_id = ${cameraId} and preset = ${reference.preset} and state = 'active' and origin <> 'picked') as own) as ranked
        where in_light > ${most.light}::bigint or in_all > ${most.camera}::bigint)`);
  }
  if (actor === undefined) return;
  const facts = { light: reference.light, origin: reference.origin, incidentId: incidentId ?? '' };
  const act = { actor, act: 'reference learned', objectKind: 'camera', objectId: cameraId, facts };
  await audit.write(tx, { ...act, atMs: learnedAtMs });
}

/**
 * Forgets references of a camera: all, those of a view learned with other zones than `zones` or another network than `network`, all
 * that nobody picked, or those of one incident. Gives how many went; written down when any did.
 */
export async function forget(
  tx: Tx,
  what:
    | { readonly kind: 'camera'; readonly cameraId: string }
    | {
        readonly kind: 'stale';
        readonly cameraId: string;
        readonly preset: string;
        readonly zones: string;
        readonly network?: string;
      }
    | { readonly kind: 'unpicked'; readonly cameraId: string }
    | { readonly kind: 'drafts'; readonly cameraId: string; readonly light: Light }
    | { readonly kind: 'incident'; readonly incidentId: string },
  { atMs, actor, why }: { readonly atMs: number; readonly actor: string; readonly why: string },
): Promise<number> {
  const where =
    what.kind === 'camera'
      ? sql`camera_id = ${what.cameraId}`
      : what.kind === 'incident'
        ? sql`incident_id = ${what.incidentId}`
        : what.kind === 'drafts'
          ? sql`camera_id = ${what.cameraId} and state = 'draft' and light = ${what.light}`
          : what.kind === 'unpicked'
            ? sql`camera_id = ${what.cameraId} and origin <> 'picked'`
            : sql`camera_id = ${what.cameraId} and preset = ${what.preset} and (zones <> ${what.zones}
              or network <> coalesce(${what.network ?? null}::text, network))`;
  const gone = await tx.rows(
    z.object({ cameraId: CameraId, id: z.string(), origin: z.enum(origins) }),
    sql`delete from past_reference where ${where} returning camera_id, id, origin`,
  );
  if (what.kind === 'incident') await tx.run(sql`delete from past_study where incident_id = ${what.incidentId}`);
  // What a person picked is learned anew from its still, with the zones and the network of now.
  const picked = gone.filter(({ origin }) => origin === 'picked').map(({ id }) => id);
  if (picked.length > 0) await learnAgain(tx, picked, atMs);
  const cameraId = gone[0]?.cameraId;
  if (cameraId === undefined) return 0;
  const facts = { references: gone.length, why };
  await audit.write(tx, { atMs, actor, act: 'references forgotten', objectKind: 'camera', objectId: cameraId, facts });
  return gone.length;
}

const StudyRow = z.object({
  id: z.number(),
  cameraId: CameraId,
  incidentId: IncidentId,
  origin: z.enum(['rejected', 'verified']),
  stillSha256: z.string(),
  seenAtMs: z.number(),
  actor: z.string(),
});
/** A still that a person's word made worth learning from. */
export type Study = z.infer<typeof StudyRow>;

/** Puts a still on the list of those to learn from; the same incident and origin once. Not before `dueAtMs`. */
export async function wish(tx: Tx, study: Omit<Study, 'id'> & { readonly dueAtMs: number }): Promise<void> {
  const { cameraId, incidentId, origin, stillSha256, seenAtMs, dueAtMs, actor } = study;
  const row = { camera_id: cameraId, incident_id: incidentId, origin, still_sha256: stillSha256, actor };
  await tx.run(
    sql`insert into past_study ${inserting({ ...row, seen_at: at(seenAtMs), due_at: at(dueAtMs) })}
        on conflict (incident_id, origin) do nothing`,
  );
}

/** Takes the next stills to learn from off the list, oldest first; what is taken and then lost costs a reference, no more. */
export const takeStudies = (tx: Tx, nowMs: number, limit: number): Promise<Study[]> =>
  tx.rows(
    StudyRow,
    sql`delete from past_study where id in (
          select id from past_study where due_at <= ${at(nowMs)}::timestamptz
          order by id limit ${limit}::bigint for update skip locked)
        returning id, camera_id, incident_id, origin, still_sha256, seen_at, actor`,
  );

/**
 * Has this camera an incident of what eyes look for that is open, or that was opened since a moment and not rejected? Then nothing is quiet. A lamp that is
 * out hides nothing of the street.
 */
export async function isTroubled(db: Db, cameraId: string, sinceMs: number): Promise<boolean> {
  const [row] = await db.rows(
    z.object({ troubled: z.boolean() }),
    sql`select exists (
          select from incident where camera_id = ${cameraId} and hazard = any (${[...hazardNames]}::text[])
            and (closed_at is null or (closed_at >= ${at(sinceMs)}::timestamptz and state <> 'rejected'))
            and state not in ('merged', 'expired')) as troubled`,
  );
  return row?.troubled ?? false;
}
