// A mass incident: many incidents of one hazard in one district from one cause, shown as one line (domain 5).
import { z } from 'zod';
import { HazardName, Severity } from './hazard-name.ts';
import { PersonId } from './ids.ts';
import { RejectReason } from './incident.ts';
import { DistrictId } from './place.ts';

/** What made them many: a snowfall, rain, thaw, or nothing but their number. */
export const massCauses = ['snowfall', 'rain', 'thaw', 'many'] as const;
export const MassCause = z.enum(massCauses);
export type MassCause = z.infer<typeof MassCause>;

export const MassIncident = z.object({
  id: z.string(),
  /** The short number that people say over the radio. */
  number: z.number().int(),
  hazard: HazardName,
  district: DistrictId,
  cause: MassCause,
  /** When the cause began: the same snowfall is the same mass incident. */
  sinceMs: z.number(),
  state: z.enum(['open', 'ended']),
  /** What its members ordinarily are; a worse one is raised singly. */
  severity: Severity,
  version: z.number().int(),
  openedAtMs: z.number(),
  lastJoinedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  decision: z.enum(['confirmed', 'rejected']).nullable(),
  decidedAtMs: z.number().nullable(),
  decidedBy: PersonId.nullable(),
  rejectReason: RejectReason.nullable(),
  /** How often in a row people said that it is none; with each time its newcomers wait longer. */
  rejections: z.number().int().min(0),
  /** After a decision people are not asked again before this moment. */
  quietUntilMs: z.number().nullable(),
});
export type MassIncident = z.infer<typeof MassIncident>;
