// Proof of life: an empty queue because nothing happens and one because nobody looks must never look alike (screens 1.7).
import { cameraHealth, cameras, cover, looks, marks, siteIncidents, type db, type stats } from '#store';
import type { z } from 'zod';
import type { ProofOfLife } from '../contract.ts';
import { dayStartMs } from './day-start.ts';
import type { Glass } from './glass.ts';
import type { Sight } from './sight.ts';
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

const silentAfterMs = 30 * 60_000;
const minuteMs = 60_000;

/** The same of the cameras that somebody sees whose roles are limited: nothing of the others is counted. */
export async function proofOfPart(
  { database, register }: Pick<Glass, 'database' | 'register'>,
  sight: Sight,
  nowMs: number,
): Promise<z.infer<typeof ProofOfLife>> {
  const own = register.cameras().filter(({ id }) => sight.camera(id));
  const health = (await cameras.health(database)).filter(({ cameraId }) => sight.camera(cameraId));
  const looked = health.flatMap(({ lastLookAtMs }) => lastLookAtMs ?? []);
  const good = health.filter(({ lastGoodAtMs }) => (lastGoodAtMs ?? 0) >= nowMs - silentAfterMs).length;
  return {
    looksLastMinute: looked.filter((atMs) => atMs > nowMs - minuteMs).length,
    lastLookAtMs: looked.length === 0 ? null : looked.reduce((a, b) => Math.max(a, b)),
    cameras: { all: own.length, ok: health.filter(({ state }) => state === 'ok').length, silent: own.length - good },
    coverage: null,
    blind: health.filter(({ state }) => state !== 'ok').length,
    site: [],
  };
}
