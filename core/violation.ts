// What a police reviewer makes of a clip (domain 3.8). Ahual prepares materials; it never fines.
import { z } from 'zod';
import { ClipId, IncidentId, PersonId, ViolationId } from './ids.ts';

export const violationStates = [
  'draft',
  'first_review',
  'second_review',
  'handed_over',
  'protocol_no',
  'declined_by_police',
  'returned',
  'not_a_violation',
  'merged',
] as const;
export const ViolationState = z.enum(violationStates);
export type ViolationState = z.infer<typeof ViolationState>;

export const Violation = z.object({
  id: ViolationId,
  /** `A-2026-000123`; restarts each 1 January local time. */
  number: z.string(),
  incidentId: IncidentId,
  clipId: ClipId,
  state: ViolationState,
  version: z.number().int(),
  track: z.literal('officer'),
  articleId: z.string().nullable(),
  chosenBy: PersonId.nullable(),
  createdAtMs: z.number(),
  note: z.string(),
});
export type Violation = z.infer<typeof Violation>;

/** One line of the custody log: append-only, chained by hash. */
export const CustodyRow = z.object({
  atMs: z.number(),
  who: z.string(),
  role: z.string(),
  act: z.enum(['created', 'sealed', 'viewed', 'copied', 'exported', 'received', 'returned', 'destroyed']),
  purpose: z.string(),
  clipId: ClipId,
  objectSha256: z.string(),
  previous: z.string(),
  hash: z.string(),
});
export type CustodyRow = z.infer<typeof CustodyRow>;
