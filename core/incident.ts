// An incident: one hazard held to be present at one place over a stretch of time (domain 3.2).
import { z } from 'zod';
import { IssueName, Severity, Texts } from './hazard-name.ts';
import { AgencyId, CameraId, IncidentId, PersonId } from './ids.ts';
import { DistrictId, Point } from './place.ts';

export const incidentStates = [
  'candidate',
  'pending_review',
  'escalated',
  'shelved',
  'confirmed',
  'in_work',
  'verifying',
  'closed',
  'reopened',
  'rejected',
  'self_cleared',
  'merged',
  'expired',
] as const;
export const IncidentState = z.enum(incidentStates);
export type IncidentState = z.infer<typeof IncidentState>;

/** States in which somebody still has something to do. */
export const openIncidentStates = [
  'candidate',
  'pending_review',
  'escalated',
  'shelved',
  'confirmed',
  'in_work',
  'verifying',
  'reopened',
] as const satisfies readonly IncidentState[];

/** States that wait for an operator's or shift lead's verdict. */
export const undecidedIncidentStates = ['pending_review', 'escalated'] as const satisfies readonly IncidentState[];

export const rejectReasons = [
  'shadow',
  'reflection',
  'wet_asphalt',
  'works',
  'lens',
  'weather',
  'within_deadline',
  'permitted_place',
  'not_in_zone',
  'duplicate',
  'bad_image',
  'other',
] as const;
export const RejectReason = z.enum(rejectReasons);
export type RejectReason = z.infer<typeof RejectReason>;

/** Why it was raised, in facts that a person can read and a later rule can be compared with. */
export const Why = z.object({
  looks: z.number().int(),
  hazardLooks: z.number().int(),
  overS: z.number(),
  level: z.number(),
  rule: z.string(),
  models: z.array(z.string()),
  weather: z.string(),
  facts: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
});
export type Why = z.infer<typeof Why>;

/** One box to draw on the picture, in fractions, or the zone's polygon where no box is known. */
export const Mark = z.object({ kind: z.enum(['box', 'zone']), points: z.array(z.tuple([z.number(), z.number()])) });
export type Mark = z.infer<typeof Mark>;

export const Incident = z.object({
  id: IncidentId,
  /** The short number that people say over the radio. */
  number: z.number().int(),
  hazard: IssueName,
  sub: z.string(),
  state: IncidentState,
  severity: Severity,
  /** Grows with every change; an act on an older version is refused. */
  version: z.number().int(),
  cameraId: CameraId.nullable(),
  zoneId: z.string().nullable(),
  point: Point,
  district: DistrictId,
  origin: z.enum(['camera', 'manual', 'appeal']),
  openedAtMs: z.number(),
  raisedAtMs: z.number().nullable(),
  decidedAtMs: z.number().nullable(),
  closedAtMs: z.number().nullable(),
  lastSeenAtMs: z.number(),
  /** When the state will change by itself: shelved until, or expiry. */
  untilMs: z.number().nullable(),
  level: z.number(),
  why: Why,
  mark: Mark.nullable(),
  stillSha256: z.string().nullable(),
  beforeSha256: z.string().nullable(),
  beforeAtMs: z.number().nullable(),
  rejectReason: RejectReason.nullable(),
  mergedInto: IncidentId.nullable(),
  decidedBy: PersonId.nullable(),
  note: z.string(),
  reopens: z.number().int(),
  /** The mass incident that it belongs to, where many have one cause. */
  massId: z.string().nullable(),
});
export type Incident = z.infer<typeof Incident>;

/** What exactly a person said that it is: the words of the city's tree as they stood when it was opened. Undefined for what cameras raised. */
export function saidOf({ why: { facts } }: Pick<Incident, 'why'>): Texts | undefined {
  const said = Texts.safeParse({ kk: facts['saidKk'], ru: facts['saidRu'], en: facts['saidEn'] });
  return said.success ? said.data : undefined;
}

/** One line of an incident's append-only history. */
export const IncidentChange = z.object({
  atMs: z.number(),
  from: IncidentState.nullable(),
  to: IncidentState,
  version: z.number().int(),
  actor: z.string(),
  reason: z.string(),
});
export type IncidentChange = z.infer<typeof IncidentChange>;

/** Where a task of this incident would go now, shown to the operator before confirming. */
export const Addressee = z.object({ agencyId: AgencyId, why: z.string() });
export type Addressee = z.infer<typeof Addressee>;
