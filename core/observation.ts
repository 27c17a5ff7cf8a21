// What one look says about one hazard in one zone.
import { z } from 'zod';
import { Box } from './detection.ts';
import { HazardName } from './hazard-name.ts';
import { CameraId, LookId } from './ids.ts';

export const words = ['hazard', 'clear', 'cannot-see'] as const;
export const Word = z.enum(words);
export type Word = z.infer<typeof Word>;

export const Observation = z.object({
  lookId: LookId,
  cameraId: CameraId,
  zoneId: z.string(),
  hazard: HazardName,
  /** Subtype after the dot (`windrow`, `shifted`), empty when none is known. */
  sub: z.string(),
  word: Word,
  /** How much: covered share, probability, 0..1 as the hazard defines it. */
  level: z.number().min(0).max(1),
  /** When the frame came, by our clock; a camera's own clock is never believed. */
  seenAtMs: z.number(),
  /** Why, in the terms of the hazard: numbers and boxes that the card shows. */
  support: z.object({
    boxes: z.array(Box).default([]),
    facts: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).default({}),
  }),
  stillSha256: z.string().nullable(),
});
export type Observation = z.infer<typeof Observation>;
