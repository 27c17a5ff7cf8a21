// What the feed sends when something changed.
import { z } from 'zod';
import { FeedTopic } from '#core/events';
import { CameraMark } from './cameras.ts';
import { IncidentCard } from './incidents.ts';
import { TaskCard } from './tasks.ts';
import { id, moment } from './wire.ts';

/** One line of the numbered change feed; the card comes along where it is small and this person may see it. */
export const Change = z.object({
  number: z.number(),
  topic: FeedTopic,
  id: z.string(),
  atMs: moment,
  incident: IncidentCard.optional(),
  /** A mass incident that changed: its card comes with the desk. */
  mass: z.object({ id, version: z.number().int() }).optional(),
  task: TaskCard.optional(),
  camera: CameraMark.optional(),
});
export type Change = z.infer<typeof Change>;
