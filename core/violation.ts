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

const share = z.number().min(0).max(1);

/** What an officer saw on a clip beside what it was cut for. */
export const ViolationMark = z.object({
  /** Null where the reader must not know yet. */
  by: PersonId.nullable(),
  /** At which millisecond of the clip's file; null where no picture of it was on the screen. */
  atClipMs: z.number().min(0).nullable(),
  /** Left, top, right, bottom in fractions of the picture. */
  box: z.tuple([share, share, share, share]).nullable(),
});
export type ViolationMark = z.infer<typeof ViolationMark>;

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
  /** Null where it came of an incident. */
  mark: ViolationMark.nullable(),
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
