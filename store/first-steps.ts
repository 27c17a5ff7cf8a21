// What a new installation has already: read from the rows themselves, so that nothing has to remember how far somebody came.
import { z } from 'zod';
import type { Db } from './db.ts';
import { sql } from './sql.ts';

const Counts = z.object({
  cameras: z.number(),
  /** Cameras of which a picture could be judged once. */
  pictured: z.number(),
  /** Cameras with a zone. */
  zoned: z.number(),
  /** Agencies that tasks can go to; the centre itself is none. */
  agencies: z.number(),
  /** People who can answer a task of their agency. */
  crews: z.number(),
  /** People who can decide. */
  operators: z.number(),
  /** People who sat at a desk at least once. */
  seats: z.number(),
  /** The first camera without a picture, and the first one without a zone. */
  unpicturedId: z.string().nullable(),
  unzonedId: z.string().nullable(),
});
export type FirstCounts = z.infer<typeof Counts>;

const nothing: FirstCounts = {
  ...{ cameras: 0, pictured: 0, zoned: 0, agencies: 0, crews: 0, operators: 0, seats: 0 },
  ...{ unpicturedId: null, unzonedId: null },
};

/** How far the installation is. */
export async function firstCounts(db: Db): Promise<FirstCounts> {
  const pictured = sql`exists (select from camera_health where camera_id = camera.id and last_good_at is not null)`;
  const zoned = sql`exists (select from zone where camera_id = camera.id)`;
  const [row] = await db.rows(
    Counts,
    sql`
      select cameras, pictured, zoned, unpictured_id, unzoned_id,
        (select count(*) from agency where kind <> 'control') as agencies,
        (select count(*) from person where active and agency_id is not null and roles && array['agency_user', 'agency_head']) as crews,
        (select count(*) from person where active and roles && array['operator', 'shift_lead']) as operators,
        (select count(*) from seat) as seats
      from (
        select count(*) as cameras, count(*) filter (where ${pictured}) as pictured, count(*) filter (where ${zoned}) as zoned,
          min(id) filter (where not ${pictured}) as unpictured_id, min(id) filter (where not ${zoned}) as unzoned_id
        from camera
      ) as eyes`,
  );
  return row ?? nothing;
}
