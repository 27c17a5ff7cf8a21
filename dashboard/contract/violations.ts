// Shapes of violations: clips, articles, plates.
import { z } from 'zod';
import { Texts, IssueName } from '#core/hazard-name';
import { Incident } from '#core/incident';
import { DistrictId } from '#core/place';
import { PlateReading, plateStates } from '#core/plate';
import { plateKinds } from '#core/plate-grammar';
import { CustodyRow, Violation } from '#core/violation';
import { CameraMark } from './cameras.ts';
import { id, moment, sha256 } from './wire.ts';

export const ClipFacts = z.object({
  id,
  incidentId: id,
  cameraId: id,
  state: z.enum(['planned', 'sealed', 'lost']),
  fromMs: moment,
  toMs: moment,
  startsAtMs: moment.nullable(),
  durationMs: z.number().nullable(),
  sha256: z.string().nullable(),
  bytes: z.number().nullable(),
  sealedAtMs: moment.nullable(),
  seal: z.string().nullable(),
  previousSeal: z.string().nullable(),
  cutBy: z.string().nullable(),
  detail: z.string(),
});
export type ClipFacts = z.infer<typeof ClipFacts>;

export const ViolationCard = z.object({
  violation: Violation,
  hazard: IssueName,
  incidentNumber: z.number().int(),
  place: Texts,
  district: DistrictId,
  seenAtMs: moment,
  clip: ClipFacts,
  stillSha256: z.string().nullable(),
});
export type ViolationCard = z.infer<typeof ViolationCard>;

/** A candidate with its test; none is chosen beforehand (domain 3.8). */
export const CandidateArticle = z.object({
  id,
  title: Texts,
  test: Texts,
  fine: Texts,
  whoDrawsUp: Texts,
  source: z.string(),
  certainty: z.string(),
});

/** What was read of a number plate, and what people say it is. Advisory: no text unless frames agree (domain 7). */
export const PlateView = z.object({
  state: z.enum(['waiting', ...plateStates]),
  /** In groups, as it stands on the plate; empty unless it was read. */
  text: z.string(),
  kind: z.enum(plateKinds).nullable(),
  /** Chance of each character of `text`, spaces left out. */
  confidence: z.array(z.number()),
  /** How many readings say this, and how many there are. */
  agreeing: z.number().int(),
  readings: z.number().int(),
  why: PlateReading.shape.why,
  hasCrop: z.boolean(),
  readAtMs: moment.nullable(),
  models: z.array(z.string()),
  /** Oldest first; the last one holds. */
  said: z.array(z.object({ text: z.string(), kind: z.enum(plateKinds).nullable(), name: z.string(), atMs: moment })),
});
export type PlateView = z.infer<typeof PlateView>;

export const ViolationView = z.object({
  card: ViolationCard,
  incident: Incident,
  camera: CameraMark.nullable(),
  /** Pictures of the act in order of time; `what` is before, came, acting, after or now. */
  stills: z.array(z.object({ what: z.enum(['before', 'came', 'acting', 'after', 'now']), sha256 })),
  articles: z.array(CandidateArticle),
  /** All of the day, for a mark by hand; empty for who may not make one. */
  allArticles: z.array(CandidateArticle),
  /** Name of who chose the article, once it is chosen; hidden, as the article is, from the second reviewer until they chose. */
  chosenBy: z.string().nullable(),
  /** Name of the officer who marked it on the clip by hand; null where it came of an incident. */
  markedBy: z.string().nullable(),
  /** As they are chained: `who` is a person's id or a part of the system; `name` is for reading. */
  custody: z.array(CustodyRow.extend({ name: z.string() })),
  /** Is each line of this clip's custody log chained to the one before? */
  custodyWhole: z.boolean(),
  history: z.array(z.object({ atMs: moment, who: z.string(), act: z.string(), reason: z.string() })),
});
export type ViolationView = z.infer<typeof ViolationView>;
