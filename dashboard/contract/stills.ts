// Shapes of kept pictures: one of them, and a strip of looks.
import { z } from 'zod';
import { HealthState } from '#core/camera';
import { HazardName } from '#core/hazard-name';
import { Word } from '#core/observation';
import { PickKind } from '#core/past';
import { id, moment, sha256 } from './wire.ts';

/** One look on the strip. `outcome` is `seen` or the camera's state; `word` speaks of the hazard asked for, else of the worst. */
export const StripLook = z.object({
  lookId: id,
  seenAtMs: moment,
  outcome: z.union([z.literal('seen'), HealthState]),
  /** Which view of a camera with several it showed. */
  preset: z.string().optional(),
  detail: z.string(),
  stillSha256: z.string().nullable(),
  word: Word.nullable(),
  hazard: HazardName.nullable(),
  zoneId: z.string().nullable(),
  level: z.number(),
});
export type StripLook = z.infer<typeof StripLook>;

export const StillView = z.object({
  sha256,
  seenAtMs: moment.nullable(),
  /** A reference that a person picked stands in for a picture of the incident's own. */
  picked: PickKind.optional(),
});
