// Something that was seen and not put before people: where, by which rule, how often. One row an episode; the list of what was almost raised.
import { z } from 'zod';
import { HazardName } from './hazard-name.ts';

export const Held = z.object({
  cameraId: z.string(),
  zoneId: z.string(),
  hazard: HazardName,
  /** By which rule; the names and their words belong to the hazards. */
  rule: z.string(),
  firstAtMs: z.number(),
  lastAtMs: z.number(),
  /** How many looks it was held at. */
  looks: z.number().int(),
  /** The greatest level of them, 0..1. */
  level: z.number(),
  stillSha256: z.string().nullable(),
  /** The candidate that waits, where there is one. */
  incidentId: z.string().nullable(),
});
export type Held = z.infer<typeof Held>;
