// Shapes of what was seen and held back.
import { z } from 'zod';
import { HazardName, Texts, ZoneKind } from '#core/hazard-name';
import { id, moment } from './wire.ts';

/** Something that was seen and not put before people, one row an episode. */
export const HeldRow = z.object({
  cameraId: id,
  /** The camera's name; its id where there is none any more. */
  place: Texts,
  zoneId: z.string(),
  zoneKind: ZoneKind.nullable(),
  hazard: HazardName,
  rule: z.string(),
  firstAtMs: moment,
  lastAtMs: moment,
  looks: z.number().int(),
  level: z.number(),
  /** The level from which a look says hazard. */
  raiseAt: z.number(),
  /** Null where none was kept or this person may not see it. */
  stillSha256: z.string().nullable(),
  incident: z.object({ id, number: z.number().int() }).nullable(),
});
export type HeldRow = z.infer<typeof HeldRow>;

export const HeldList = z.object({
  nowMs: moment,
  /** Newest first. */
  rows: z.array(HeldRow),
  /** Episodes of the last 1, 12 and 24 hours by hazard and rule. */
  sums: z.array(
    z.object({
      hazard: HazardName,
      rule: z.string(),
      lastHour: z.number().int(),
      last12h: z.number().int(),
      last24h: z.number().int(),
      cameras: z.number().int(),
    }),
  ),
});
export type HeldList = z.infer<typeof HeldList>;
