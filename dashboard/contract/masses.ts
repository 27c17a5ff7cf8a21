// Shapes of mass incidents.
import { z } from 'zod';
import { HazardName, Severity } from '#core/hazard-name';
import { RejectReason } from '#core/incident';
import { MassCause } from '#core/mass';
import { DistrictId, StreetClass } from '#core/place';
import { IncidentCard } from './incidents.ts';
import { id, moment } from './wire.ts';

/** Many incidents of one hazard in one district from one cause, decided as one (screens 4.1). */
export const MassCard = z.object({
  id,
  number: z.number().int(),
  version: z.number().int(),
  hazard: HazardName,
  district: DistrictId,
  cause: MassCause,
  /** When the cause began. */
  sinceMs: moment,
  /** When the snowfall ended; null while it lasts and for every other cause. */
  causeEndedAtMs: moment.nullable(),
  /** What its members ordinarily are; worse ones stand in the queue for themselves. */
  severity: Severity,
  members: z.number().int(),
  /** Members on which nobody decided yet. */
  undecided: z.number().int(),
  cameras: z.number().int(),
  openedAtMs: moment,
  waitingSinceMs: moment,
  /** Within how long a decision is wanted. */
  limitMs: z.number(),
  /** Does it want a decision now? */
  asks: z.boolean(),
  decision: z
    .object({
      kind: z.enum(['confirmed', 'rejected']),
      reason: RejectReason.nullable(),
      who: z.string(),
      /** Decided by the person who asks. */
      mine: z.boolean(),
      atMs: moment,
      /** Until then whoever decided may take it back; no member was touched yet. */
      undoUntilMs: moment,
    })
    .nullable(),
  /** The six worst of those that wait, while a decision is wanted. */
  worst: z.array(IncidentCard),
});
export type MassCard = z.infer<typeof MassCard>;

export const MassView = z.object({
  nowMs: moment,
  card: MassCard,
  /** Worst first, those on which nobody decided yet before the others. */
  members: z.array(IncidentCard),
  /** Members by class of their street, most first. */
  byStreetClass: z.array(z.object({ streetClass: StreetClass, n: z.number().int() })),
});
export type MassView = z.infer<typeof MassView>;

export const MassVerdict = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('confirm'),
    /** The version that was on screen. */
    version: z.number().int(),
    /** From the pictures painted to the key. */
    decisionMs: z.number().min(0).optional(),
  }),
  z.object({
    kind: z.literal('reject'),
    version: z.number().int(),
    reason: RejectReason,
    decisionMs: z.number().min(0).optional(),
  }),
]);
export type MassVerdict = z.infer<typeof MassVerdict>;
