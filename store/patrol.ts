// Guided patrol: which place people have not looked at for longest, and what they said of it.
import { z } from 'zod';
import * as audit from './audit.ts';
import { at, atOrNull, type Db, type Tx } from './db.ts';
import { inserting, sql } from './sql.ts';

const Place = z.object({
  cameraId: z.string(),
  /** When a person last looked there on patrol. */
  patrolledAtMs: z.number().nullable(),
  stillSha256: z.string(),
  seenAtMs: z.number(),
});
export type PatrolPlace = z.infer<typeof Place>;

/**
 * Places with a picture that is still kept and not older than `freshSinceMs`. First what the machine cannot judge there: the more of a camera's hazards it
 * could not see at its last word, the sooner people look; then where most was found in the last weeks; then the place that people have not seen for
 * longest. Each of the three is a rank from 0 to 1, so that none hides the others; those never seen count as longest. Restricted sites are left out, and
 * places that were patrolled after `restedSinceMs` come last.
 */
export const places = (
  db: Db,
  {
    freshSinceMs,
    restedSinceMs,
    riskSinceMs,
  }: { readonly freshSinceMs: number; readonly restedSinceMs: number; readonly riskSinceMs: number },
  limit: number,
): Promise<PatrolPlace[]> =>
  db.rows(
    Place,
    sql`select camera.id as camera_id, last.at as patrolled_at, newest.still_sha256, newest.seen_at
        from camera
        join lateral (
          select still_sha256, seen_at from look
          where camera_id = camera.id and still_sha256 is not null and seen_at >= ${at(freshSinceMs)}::timestamptz
          order by due_at desc limit 1) as newest on true
        left join lateral (
          select at from patrol where camera_id = camera.id order by at desc limit 1) as last on true
        left join (
          select camera_id, avg((word = 'cannot-see')::int) as blind from last_word group by camera_id) as word on word.camera_id = camera.id
        left join (
          select camera_id, count(*) as n from incident
          where opened_at >= ${at(riskSinceMs)}::timestamptz and state not in ('rejected', 'merged', 'expired')
          group by camera_id) as risk on risk.camera_id = camera.id
        where not camera.restricted
        order by coalesce(last.at > ${at(restedSinceMs)}::timestamptz, false),
          coalesce(word.blind, 0) + coalesce(risk.n, 0) / (coalesce(risk.n, 0) + 2.0)
            + case when last.at is null then 1 else extract(epoch from now() - last.at) / (extract(epoch from now() - last.at) + 86400.0) end desc,
          last.at nulls first, newest.seen_at, camera.id
        limit ${limit}::bigint`,
  );

/** Writes down what a person said of a place; false when this very answer was written before. */
export async function record(
  tx: Tx,
  given: {
    id: string;
    cameraId: string;
    personId: string;
    atMs: number;
    stillSha256: string | null;
    seenAtMs: number | null;
    answer: 'clean' | 'found';
    incidentId: string | null;
  },
): Promise<boolean> {
  const row = {
    id: given.id,
    camera_id: given.cameraId,
    person_id: given.personId,
    at: at(given.atMs),
    still_sha256: given.stillSha256,
    seen_at: atOrNull(given.seenAtMs),
    answer: given.answer,
    incident_id: given.incidentId,
  };
  const touched = await tx.run(sql`insert into patrol ${inserting(row)} on conflict (id) do nothing`);
  if (touched === 0) return false;
  await audit.write(tx, {
    atMs: given.atMs,
    actor: given.personId,
    act: `patrol: ${given.answer}`,
    objectKind: 'camera',
    objectId: given.cameraId,
    facts: { patrolId: given.id },
  });
  return true;
}

/** What was found there was taken back: the place was not patrolled either. */
export async function forgetFound(tx: Tx, incidentId: string): Promise<void> {
  await tx.run(sql`delete from patrol where incident_id = ${incidentId} and answer = 'found'`);
}

const Sums = z.object({ clean: z.number(), found: z.number(), cameras: z.number() });

/** How much was patrolled since a moment, by everybody or by one person. */
export async function sums(db: Db, sinceMs: number, personId?: string): Promise<z.infer<typeof Sums>> {
  const [row] = await db.rows(
    Sums,
    sql`select count(*) filter (where answer = 'clean') as clean, count(*) filter (where answer = 'found') as found,
          count(distinct camera_id) as cameras
        from patrol where at >= ${at(sinceMs)}::timestamptz
          and (${personId ?? null}::text is null or person_id = ${personId ?? null})`,
  );
  return row ?? { clean: 0, found: 0, cameras: 0 };
}
