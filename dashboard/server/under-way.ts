// Looks that are handed out and not saved yet: due, but not late.
import { z } from 'zod';
import type { cover } from '#store';

/** Name of the mark in which the leader says how loaded the looking is. */
export const loadMark = 'ingest.load';

/** What the mark says of the queue. */
export const UnderWay = z.object({
  waiting: z.number().default(0),
  active: z.number().default(0),
  putPerMinute: z.number().default(0),
});

/** Done looks are counted every twenty seconds: what was put since the last count may be done and is not counted yet. */
const countedEveryMin = 0.5;

/** How many looks of a sum wait on the queue, are under way, or were put since they were last counted. */
export const openOf = (
  { put, done }: Pick<cover.Cover, 'put' | 'done'>,
  { waiting, active, putPerMinute }: z.infer<typeof UnderWay>,
): number => Math.max(0, Math.min(put - done, waiting + active + Math.ceil(putPerMinute * countedEveryMin)));
