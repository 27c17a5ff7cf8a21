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
 * Places with a picture that is still kept and not older than `freshSinceMs`, the one that people have not seen for longest
 * first; of those never seen, the one whose look is oldest. Restricted sites are left out.
 */
export const places = (db: Db, freshSinceMs: number, limit: number): Promise<PatrolPlace[]> =>
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
        where not camera.restricted
        order by last.at nulls first, newest.seen_at, camera.id
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

const Sums = z.object({ clean: z.number(), found: z.number(), cameras: z.number() });

/** How much was patrolled since a moment. */
export async function sums(db: Db, sinceMs: number): Promise<z.infer<typeof Sums>> {
  const [row] = await db.rows(
    Sums,
    sql`select count(*) filter (where answer = 'clean') as clean, count(*) filter (where answer = 'found') as found,
          count(distinct camera_id) as cameras
        from patrol where at >= ${at(sinceMs)}::timestamptz`,
  );
  return row ?? { clean: 0, found: 0, cameras: 0 };
}
