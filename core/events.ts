// Every bell event: one discriminated union. An event carries an id and a number, never the only copy of anything.
import { z } from 'zod';

export const BellEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('look-saved'), cameraId: z.string() }),
  /** `feed` is the number in the change feed up to which there is news. */
  z.object({ kind: z.literal('changed'), feed: z.number() }),
  z.object({ kind: z.literal('camera-changed'), cameraId: z.string() }),
  z.object({ kind: z.literal('clip-planned'), clipId: z.string() }),
]);
export type BellEvent = z.infer<typeof BellEvent>;
export type BellKind = BellEvent['kind'];

/** What the numbered change feed may speak of. */
export const feedTopics = ['incident', 'task', 'clip', 'violation', 'camera', 'weather', 'appeal'] as const;
export const FeedTopic = z.enum(feedTopics);
export type FeedTopic = z.infer<typeof FeedTopic>;
