// An operator's decision on an incident.
import { z } from 'zod';
import { HazardName, Severity } from './hazard-name.ts';
import { RejectReason } from './incident.ts';
import { AgencyId, IncidentId } from './ids.ts';

const common = {
  /** Made in the browser: the same verdict sent twice is one verdict. */
  id: z.string().min(8).max(64),
  incidentId: IncidentId,
  /** The version that was on screen (guard G2). */
  version: z.number().int(),
  /** From the picture painted to the key, for the numbers page; never shown per person. */
  decisionMs: z.number().min(0).optional(),
};

export const Verdict = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('confirm'),
    severity: Severity.optional(),
    hazard: HazardName.optional(),
    agencyId: AgencyId.optional(),
    /** Send without the ten seconds of grace; S4 only. */
    now: z.boolean().optional(),
  }),
  z.object({ ...common, kind: z.literal('reject'), reason: RejectReason, note: z.string().max(500).optional() }),
  z.object({ ...common, kind: z.literal('unsure') }),
  z.object({
    ...common,
    kind: z.literal('shelve'),
    minutes: z.number().int().min(1).max(4320),
    reason: z.string().min(1).max(500),
  }),
  z.object({ ...common, kind: z.literal('merge'), into: IncidentId }),
]);
export type Verdict = z.infer<typeof Verdict>;
export type VerdictKind = Verdict['kind'];

/** For this long a verdict can be taken back and its task is not sent (guard G3). */
export const undoS = 10;
