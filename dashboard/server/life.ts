// Proof of life: an empty queue because nothing happens and one because nobody looks must never look alike (screens 1.7).
import { cameraHealth, cover, looks, marks, siteIncidents, type db, type stats } from '#store';
import type { z } from 'zod';
import type { ProofOfLife } from '../contract.ts';
import { dayStartMs } from './day-start.ts';
import { loadMark, openOf, UnderWay } from './under-way.ts';

/** What the eyes did in the last minute, and how many of the day's due looks are done. */
export async function proofOfLife(
  database: db.Database,
  nowMs: number,
  counts: Pick<stats.Counts, 'cameras'>,
  zone: string,
): Promise<z.infer<typeof ProofOfLife>> {
  const [{ looks: looksLastMinute, lastAtMs }, sums, load, blind, site] = await Promise.all([
    looks.perMinute(database, nowMs),
    cover.sums(database, dayStartMs(nowMs, zone), nowMs + 1),
    marks.get(database, loadMark),
    cameraHealth.noticeCounts(database),
    siteIncidents.since(database, nowMs),
  ]);
  const all = sums.find((sum) => sum.hazard === cover.allLooks);
  return {
    looksLastMinute,
    lastLookAtMs: lastAtMs,
    cameras: { ...counts.cameras },
    coverage: all ? cover.coverage(all, openOf(all, UnderWay.parse(load ?? {}))) : null,
    blind: blind.reduce((sum, { n }) => sum + n, 0),
    site: site.filter((one) => one.untilMs === null).map(({ kind, sinceMs }) => ({ kind, sinceMs })),
  };
}
