// Of what a kept picture is: the cameras whose looks it came from, and the incidents and tasks that hold it.
import { z } from 'zod';
import type { Db } from './db.ts';
import { sql } from './sql.ts';

const Of = z.object({
  kind: z.enum(['camera', 'incident', 'planted']),
  id: z.string(),
  /** When a camera saw it; null for what holds it otherwise. */
  seenAtMs: z.number().nullable(),
});
export type PictureOf = z.infer<typeof Of>;

/** Everything that this picture belongs to; nothing where it is of nothing that is known. */
export const pictureOf = (db: Db, sha256: string): Promise<PictureOf[]> =>
  db.rows(
    Of,
    sql`select 'camera' as kind, camera_id as id, max(seen_at) as seen_at from look
          where still_sha256 = ${sha256} group by camera_id
        union all select 'camera', camera_id, seen_at from past_pick
          where still_sha256 = ${sha256} and state <> 'retired'
        union all select 'incident', id, null from incident where still_sha256 = ${sha256} or before_sha256 = ${sha256}
        union all select 'incident', incident_id, null from task where photo_sha256 = ${sha256}
        union all select 'incident', id, null from incident
          where id in (select incident_id from violation)
            and exists (select from jsonb_each_text(why -> 'facts') as fact where fact.value = ${sha256})
        union all select 'planted', id, null from planted
          where item ->> 'stillSha256' = ${sha256} or item ->> 'beforeSha256' = ${sha256}
            or jsonb_path_exists(strip, '$[*].stillSha256 ? (@ == $sha)', jsonb_build_object('sha', ${sha256}::text))`,
  );
