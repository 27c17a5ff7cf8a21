// Shapes of incidents: card, history, opening by hand, closing.
import { z } from 'zod';
import { Severity, Texts, IssueName } from '#core/hazard-name';
import { IncidentState, Mark, RejectReason } from '#core/incident';
import { DistrictId, Point } from '#core/place';
import { id, moment, sha256 } from './wire.ts';

/** One row of a list, one mark on the map. */
export const IncidentCard = z.object({
  id,
  number: z.number().int(),
  version: z.number().int(),
  hazard: IssueName,
  sub: z.string(),
  state: IncidentState,
  severity: Severity,
  origin: z.enum(['camera', 'manual', 'appeal']),
  /** Name of the camera's place; the coordinates where there is no camera. */
  place: Texts,
  point: Point,
  district: DistrictId,
  cameraId: z.string().nullable(),
  level: z.number(),
  openedAtMs: moment,
  /** Since when it waits for a verdict; of a decided one, since when it was raised. */
  waitingSinceMs: moment,
  lastSeenAtMs: moment,
  decidedAtMs: moment.nullable(),
  untilMs: moment.nullable(),
  /** Within how long a verdict is wanted, after the city's pace. */
  limitMs: z.number(),
  /** Share of that limit which had passed when the card was made; above 1 it is late. */
  limitShare: z.number(),
  stillSha256: z.string().nullable(),
  mark: Mark.nullable(),
  rejectReason: RejectReason.nullable(),
  /** The mass incident that it belongs to. */
  massId: z.string().nullable(),
  /** What exactly it is, in the words of the city's tree, where a person opened it so. */
  said: Texts.optional(),
});
export type IncidentCard = z.infer<typeof IncidentCard>;

export const HistoryLine = z.object({
  atMs: moment,
  from: IncidentState.nullable(),
  to: IncidentState,
  version: z.number().int(),
  /** A name, or what in the system did it. */
  who: z.string(),
  reason: z.string(),
});

export const ManualIncident = z.object({
  /** Made in the browser: the same sending twice is one incident. */
  key: z.string().min(8).max(64),
  hazard: IssueName,
  sub: z.string().max(40).default(''),
  severity: Severity,
  cameraId: id.nullable(),
  zoneId: z.string().max(24).nullable(),
  /** Of the claim; the camera's own point where nothing better is known. */
  point: Point,
  /** The held picture; it must be one that this person may see. */
  stillSha256: sha256.nullable(),
  /** Where on the picture, in fractions. */
  at: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]).nullable(),
  note: z.string().max(500),
});
export type ManualIncident = z.infer<typeof ManualIncident>;

export const Verification = z.object({
  /** The incident's version on screen. */
  version: z.number().int(),
  outcome: z.enum(['fixed', 'not_fixed']),
  method: z.enum(['camera', 'photo', 'call', 'person']),
  note: z.string().max(500),
});
export type Verification = z.infer<typeof Verification>;
