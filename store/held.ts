// What was seen and kept from the operators: one row an episode, counted, so that it can be listed.
import { z } from 'zod';
import { Held } from '#core/held';
import { HazardName } from '#core/hazard-name';
import { at, json, type Db, type Tx } from './db.ts';
import { raw, sql } from './sql.ts';

/** One look that was held, as the judge tells it. */
export interface HeldLook {
  readonly cameraId: string;
  readonly zoneId: string;
  readonly hazard: string;
  readonly rule: string;
  readonly atMs: number;
  readonly level: number;
  readonly stillSha256: string | null;
  readonly incidentId: string | null;
}

const keyOf = (look: HeldLook): string => `${look.cameraId}/${look.zoneId}/${look.hazard}/${look.rule}`;

/**
 * Counts held looks. A look within `gapS` seconds of an episode of the same zone, hazard and rule belongs to it; else an episode
 * begins. Called in the transaction that judged them.
 */
export async function count(tx: Tx, looks: readonly HeldLook[], gapS: number): Promise<void> {
  const sums = new Map<string, HeldLook & { first: number; looks: number }>();
  for (const look of looks) {
    const sum = sums.get(keyOf(look));
    sums.set(keyOf(look), {
      ...look,
      first: Math.min(look.atMs, sum?.first ?? look.atMs),
      atMs: Math.max(look.atMs, sum?.atMs ?? look.atMs),
      level: Math.max(look.level, sum?.level ?? 0),
      stillSha256: look.stillSha256 ?? sum?.stillSha256 ?? null,
      incidentId: look.incidentId ?? sum?.incidentId ?? null,
      looks: (sum?.looks ?? 0) + 1,
    });
  }
  if (sums.size === 0) return;
  const given = [...sums.values()].map((one) => ({
    c: one.cameraId,
    z: one.zoneId,
    h: one.hazard,
    r: one.rule,
    f: at(one.first),
    l: at(one.atMs),
    n: one.looks,
    v: one.level,
    s: one.stillSha256,
    i: one.incidentId,
  }));
  await tx.run(sql`
    with given as (
      select * from jsonb_to_recordset(${json(given)})
        as given (c text, z text, h text, r text, f timestamptz, l timestamptz, n integer, v real, s text, i text)
    ),
    grown as (
      update held set
        first_at = least(first_at, f), last_at = greatest(last_at, l), looks = looks + n, level = greatest(level, v),
        still_sha256 = coalesce(s, still_sha256), incident_id = coalesce(i, incident_id)
      from given
      where (camera_id, zone_id, hazard, rule) = (c, z, h, r)
        and first_at = (
          select max(first_at) from held as last
          where (last.camera_id, last.zone_id, last.hazard, last.rule) = (c, z, h, r)
            and last.last_at >= f - make_interval(secs => ${gapS}::double precision)
            and last.first_at <= l + make_interval(secs => ${gapS}::double precision))
      returning c, z, h, r
    )
    insert into held (camera_id, zone_id, hazard, rule, first_at, last_at, looks, level, still_sha256, incident_id)
    select c, z, h, r, f, l, n, v, s, i from given
    where not exists (select from grown where (grown.c, grown.z, grown.h, grown.r) = (given.c, given.z, given.h, given.r))
    order by c, z, h, r
    on conflict (camera_id, zone_id, hazard, rule, first_at) do update set
      last_at = greatest(held.last_at, excluded.last_at), looks = held.looks + excluded.looks, level = greatest(held.level, excluded.level)`);
}

export interface HeldFilter {
  readonly sinceMs: number;
  readonly hazard?: string | undefined;
  readonly rule?: string | undefined;
  readonly cameraId?: string | undefined;
  readonly limit: number;
}

/** Episodes that lasted beyond a moment, the newest first. */
export const list = (db: Db, filter: HeldFilter): Promise<Held[]> =>
  db.rows(
    Held,
    sql`select camera_id, zone_id, hazard, rule, first_at, last_at, looks, level, still_sha256, incident_id
        from held
        where last_at >= ${at(filter.sinceMs)}::timestamptz
          ${filter.hazard === undefined ? raw('') : sql`and hazard = ${filter.hazard}`}
          ${filter.rule === undefined ? raw('') : sql`and rule = ${filter.rule}`}
          ${filter.cameraId === undefined ? raw('') : sql`and camera_id = ${filter.cameraId}`}
        order by last_at desc, camera_id, zone_id, hazard, rule limit ${filter.limit}::bigint`,
  );

const HeldSum = z.object({
  hazard: HazardName,
  rule: z.string(),
  episodes: z.number(),
  looks: z.number(),
  cameras: z.number(),
});
export type HeldSum = z.infer<typeof HeldSum>;

/** How much was held since a moment, by hazard and rule. */
export const sums = (db: Db, sinceMs: number): Promise<HeldSum[]> =>
  db.rows(
    HeldSum,
    sql`select hazard, rule, count(*) as episodes, sum(looks) as looks, count(distinct camera_id) as cameras
        from held where last_at >= ${at(sinceMs)}::timestamptz
        group by hazard, rule order by hazard, rule`,
  );

/** The numbers that people say of these incidents. */
export async function numbersOf(db: Db, incidentIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (incidentIds.length === 0) return new Map();
  const rows = await db.rows(
    z.object({ id: z.string(), number: z.number() }),
    sql`select id, number from incident where id = any (${incidentIds}::text[])`,
  );
  return new Map(rows.map((row) => [row.id, row.number]));
}
