// Incidents of the whole site: at most one open of each kind, told to the browsers when it begins and when it ends.
import { z } from 'zod';
import { SiteIncident, type SiteIncidentKind } from '#core/site-incident';
import { at, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import { raw, sql } from './sql.ts';

const row = raw('id, kind, since_at as since, last_at as last, until_at as until, cameras, detail');

/** Says that it is so now: begins the incident, or carries the open one on. True where it begins. */
export async function note(
  tx: Tx,
  given: { kind: SiteIncidentKind; sinceMs: number; atMs: number; cameras: number; detail: string },
): Promise<boolean> {
  const [begun] = await tx.rows(
    SiteIncident,
    sql`insert into site_incident (kind, since_at, last_at, cameras, detail)
        values (${given.kind}, ${at(given.sinceMs)}::timestamptz, ${at(given.atMs)}::timestamptz, ${given.cameras}, ${given.detail})
        on conflict (kind) where until_at is null do nothing
        returning ${row}`,
  );
  if (begun) {
    append(tx, 'camera', `site:${given.kind}`, given.atMs);
    return true;
  }
  await tx.run(
    sql`update site_incident set last_at = greatest(last_at, ${at(given.atMs)}::timestamptz),
          cameras = greatest(cameras, ${given.cameras}::integer),
          detail = case when ${given.detail}::text = '' then detail else ${given.detail}::text end
        where kind = ${given.kind} and until_at is null`,
  );
  return false;
}

/** It is over. True where one was open. */
export async function end(tx: Tx, kind: SiteIncidentKind, atMs: number): Promise<boolean> {
  const ended = await tx.run(
    sql`update site_incident set until_at = ${at(atMs)}::timestamptz where kind = ${kind} and until_at is null`,
  );
  if (ended > 0) append(tx, 'camera', `site:${kind}`, atMs);
  return ended > 0;
}

/** Open ones, and those that ended since a moment; the newest first. */
export const since = (db: Db, fromMs: number): Promise<SiteIncident[]> =>
  db.rows(
    SiteIncident,
    sql`select ${row} from site_incident where until_at is null or until_at >= ${at(fromMs)}::timestamptz
        order by since_at desc, id desc limit 200`,
  );

/** How many cameras the open incident of a kind took at most; 0 where none is open. */
export async function mostOf(db: Db, kind: SiteIncidentKind): Promise<number> {
  const [open] = await db.rows(
    z.object({ cameras: z.number() }),
    sql`select cameras from site_incident where kind = ${kind} and until_at is null`,
  );
  return open?.cameras ?? 0;
}
