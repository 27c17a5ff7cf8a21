// A task for one agency because of one incident, and its deliveries (domain 3.3).
import { z } from 'zod';
import { DeliveryWayName } from './agency.ts';
import { IssueName, Severity } from './hazard-name.ts';
import { AgencyId, IncidentId, TaskId } from './ids.ts';
import { DistrictId, Point } from './place.ts';

export const taskStates = [
  'created',
  'sent',
  'accepted',
  'in_progress',
  'done_claimed',
  'verifying',
  'verified',
  'declined',
  'rerouted',
  'returned',
  'cancelled',
] as const;
export const TaskState = z.enum(taskStates);
export type TaskState = z.infer<typeof TaskState>;

/** States in which the agency or a controller still has something to do. */
export const openTaskStates = [
  'created',
  'sent',
  'accepted',
  'in_progress',
  'done_claimed',
  'verifying',
  'declined',
  'returned',
] as const satisfies readonly TaskState[];

export const declineReasons = ['wrong_owner', 'wrong_district', 'duplicate', 'already_done', 'no_access'] as const;
export const DeclineReason = z.enum(declineReasons);
export type DeclineReason = z.infer<typeof DeclineReason>;

export const Task = z.object({
  id: TaskId,
  number: z.number().int(),
  incidentId: IncidentId,
  incidentNumber: z.number().int(),
  agencyId: AgencyId,
  role: z.enum(['primary', 'copy']),
  state: TaskState,
  version: z.number().int(),
  hazard: IssueName,
  sub: z.string(),
  severity: Severity,
  point: Point,
  district: DistrictId,
  placeName: z.object({ kk: z.string(), ru: z.string(), en: z.string() }),
  routedBy: z.string(),
  policyId: z.string(),
  createdAtMs: z.number(),
  notBeforeMs: z.number(),
  sentAtMs: z.number().nullable(),
  acceptByMs: z.number(),
  makeSafeByMs: z.number().nullable(),
  fixByMs: z.number(),
  acceptedAtMs: z.number().nullable(),
  claimedAtMs: z.number().nullable(),
  verifiedAtMs: z.number().nullable(),
  verifiedBy: z.enum(['camera', 'photo', 'call', 'person']).nullable(),
  madeSafeAtMs: z.number().nullable(),
  declineReason: DeclineReason.nullable(),
  note: z.string(),
  photoSha256: z.string().nullable(),
  returns: z.number().int(),
});
export type Task = z.infer<typeof Task>;

/** What an agency may answer from its page. The key makes a repeated sending harmless. */
export const Answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accept'), key: z.string().min(8).max(64) }),
  z.object({
    kind: z.literal('decline'),
    key: z.string().min(8).max(64),
    reason: DeclineReason,
    note: z.string().max(500).default(''),
  }),
  z.object({ kind: z.literal('start'), key: z.string().min(8).max(64) }),
  z.object({ kind: z.literal('made_safe'), key: z.string().min(8).max(64), note: z.string().max(500).default('') }),
  z.object({
    kind: z.literal('done'),
    key: z.string().min(8).max(64),
    photoSha256: z.string().nullable(),
    note: z.string().max(500).default(''),
  }),
]);
export type Answer = z.infer<typeof Answer>;

export const Delivery = z.object({
  id: z.string(),
  taskId: TaskId,
  way: DeliveryWayName,
  address: z.string(),
  state: z.enum(['waiting', 'delivered', 'refused', 'given-up', 'cancelled']),
  notBeforeMs: z.number(),
  attempts: z.number().int(),
  lastError: z.string(),
  deliveredAtMs: z.number().nullable(),
  receipt: z.string(),
});
export type Delivery = z.infer<typeof Delivery>;
