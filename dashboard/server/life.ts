// Proof of life: an empty queue because nothing happens and one because nobody looks must never look alike (screens 1.7).
import { looks, type db, type stats } from '#store';
import type { z } from 'zod';
import type { ProofOfLife } from '../contract.ts';

/** What the eyes did in the last minute. */
export async function proofOfLife(
  database: db.Database,
  nowMs: number,
  counts: Pick<stats.Counts, 'cameras'>,
): Promise<z.infer<typeof ProofOfLife>> {
  const { looks: looksLastMinute, lastAtMs } = await looks.perMinute(database, nowMs);
  return { looksLastMinute, lastLookAtMs: lastAtMs, cameras: { ...counts.cameras } };
}
