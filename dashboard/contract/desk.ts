// What the desk asks besides its queue: seats and their pause, handing a shift over, guided patrol, incidents found by a person.
import { z } from 'zod';
import { HealthState } from '#core/camera';
import { HazardName, Severity, Texts, IssueName } from '#core/hazard-name';
import { DistrictId, Point } from '#core/place';
import { TaskState } from '#core/task';
import { IncidentCard, ManualIncident } from './incidents.ts';

const id = z.string().min(1).max(80);
const moment = z.number();
const share = z.number().min(0).max(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hexadecimal');
/** Made in the browser: the same sending twice counts once. */
const key = z.string().min(8).max(64);

/** Somebody at a desk. */
export const SeatCard = z.object({
  personId: id,
  name: z.string(),
  mine: z.boolean(),
  takenAtMs: moment,
  pausedAtMs: moment.nullable(),
  /** The incident on its screen: others leave it alone. */
  itemId: z.string().nullable(),
});
export type SeatCard = z.infer<typeof SeatCard>;

export const Seats = z.object({
  nowMs: moment,
  seats: z.array(SeatCard),
  /** Since when this person has given verdicts with no rest of ten minutes between them; null after one. */
  spellSinceMs: moment.nullable(),
});
export type Seats = z.infer<typeof Seats>;

const bySeverity = z.object({ S1: z.number(), S2: z.number(), S3: z.number(), S4: z.number() });

/** What the product itself writes of a shift: what is open, put off, overdue and out of order. */
export const ShiftNote = z.object({
  atMs: moment,
  open: bySeverity,
  waiting: z.object({ n: z.number(), oldestSinceMs: moment.nullable() }),
  flood: z.boolean(),
  shelved: z.array(
    z.object({
      incidentId: id,
      number: z.number().int(),
      hazard: IssueName,
      severity: Severity,
      place: Texts,
      untilMs: moment.nullable(),
      reason: z.string(),
      who: z.string(),
    }),
  ),
  /** Hazards of cameras that a person put off, one row for what was put off together. Notes of before it was kept have none. */
  putOff: z
    .array(
      z.object({
        hazards: z.array(HazardName),
        /** The first ones; `all` counts them. */
        cameras: z.array(z.object({ cameraId: id, name: Texts })),
        all: z.number().int(),
        untilMs: moment,
        reason: z.string(),
        who: z.string(),
      }),
    )
    .default([]),
  /** Acts of putting off that still hold, and the cameras that they concern. */
  putOffAll: z.object({ acts: z.number().int(), cameras: z.number().int() }).default({ acts: 0, cameras: 0 }),
  overdue: z.array(
    z.object({
      taskId: id,
      number: z.number().int(),
      incidentNumber: z.number().int(),
      hazard: IssueName,
      agency: Texts,
      state: TaskState,
      dueMs: moment,
    }),
  ),
  overdueAll: z.number().int(),
  camerasDown: z.array(z.object({ cameraId: id, name: Texts, state: HealthState, sinceMs: moment.nullable() })),
  camerasDownAll: z.number().int(),
  camerasAll: z.number().int(),
  masses: z.array(
    z.object({ number: z.number().int(), hazard: HazardName, district: DistrictId, places: z.number().int() }),
  ),
  /** Verdicts of the last twelve hours by person: who carried how much, never how fast. */
  loads: z.array(z.object({ name: z.string(), decided: z.number().int() })),
  patrol: z.object({ clean: z.number().int(), found: z.number().int(), cameras: z.number().int() }),
});
export type ShiftNote = z.infer<typeof ShiftNote>;

export const Handover = z.object({
  id,
  writtenAtMs: moment,
  givenBy: z.string(),
  /** Written by the person who asks: somebody else has to take it. */
  mine: z.boolean(),
  line: z.string(),
  note: ShiftNote,
  takenBy: z.string().nullable(),
  takenAtMs: moment.nullable(),
  withdrawn: z.boolean(),
});
export type Handover = z.infer<typeof Handover>;

export const Shift = z.object({
  nowMs: moment,
  note: ShiftNote,
  seats: z.array(SeatCard),
  /** Written and not taken yet. */
  waiting: Handover.nullable(),
  /** The last ones that were taken, newest first. */
  before: z.array(Handover),
});
export type Shift = z.infer<typeof Shift>;

/** A place that people have not seen for long, with its newest picture. */
export const PatrolPlace = z.object({
  cameraId: id,
  name: Texts,
  district: DistrictId,
  point: Point,
  hazards: z.array(HazardName),
  stillSha256: sha256,
  seenAtMs: moment,
  /** When a person last looked there on patrol; null: never. */
  patrolledAtMs: moment.nullable(),
});
export type PatrolPlace = z.infer<typeof PatrolPlace>;

export const Patrol = z.object({
  nowMs: moment,
  place: PatrolPlace.nullable(),
  today: z.object({ clean: z.number().int(), found: z.number().int() }),
});
export type Patrol = z.infer<typeof Patrol>;

/** One issue of the city's tree; a leaf names the hazard that it is handled as. */
export const Category = z.object({
  id: z.string(),
  parent: z.string().nullable(),
  name: Texts,
  hazard: IssueName.nullable(),
  sub: z.string(),
  severity: Severity.nullable(),
});
export type Category = z.infer<typeof Category>;

/** What a person saw by themselves, with what they said of it. */
export const HandIncident = ManualIncident.extend({
  /** A leaf of the city's tree. */
  category: z.string().max(40).default(''),
  /** Drawn by hand: left, top, right, bottom in fractions of the picture. */
  box: z.tuple([share, share, share, share]).nullable().default(null),
  /** Found on patrol: the place counts as seen. */
  patrol: z.boolean().default(false),
  /** When the picture was held: where the camera keeps its last minutes, half a minute before it is kept as a clip. */
  heldAtMs: moment.nullable().default(null),
});
export type HandIncident = z.infer<typeof HandIncident>;

/** An open incident near a place, lately seen: perhaps the same. */
export const Near = z.object({
  id,
  number: z.number().int(),
  hazard: IssueName,
  severity: Severity,
  place: Texts,
  distanceM: z.number(),
  lastSeenAtMs: moment,
  stillSha256: sha256.nullable(),
});
export type Near = z.infer<typeof Near>;

export const deskRoutes = {
  /** A desk says that it is there, and what is on its screen. */
  beatSeat: {
    method: 'POST',
    path: '/api/seat',
    body: z.object({ itemId: id.nullable() }),
    answer: Seats,
    may: 'decide',
  },
  /** The last seat that works may not pause. */
  pauseSeat: {
    method: 'POST',
    path: '/api/seat/pause',
    body: z.object({ paused: z.boolean() }),
    answer: Seats,
    may: 'decide',
  },
  shift: { method: 'GET', path: '/api/shift', answer: Shift, may: 'see-queue' },
  /** The note as it stands now and a line of one's own, for somebody else to take. */
  giveShift: {
    method: 'POST',
    path: '/api/shift/handovers',
    body: z.object({ key, line: z.string().trim().max(1000) }),
    answer: Shift,
    may: 'hand-over',
  },
  takeShift: {
    method: 'POST',
    path: '/api/shift/handovers/:id/take',
    params: z.object({ id }),
    answer: Shift,
    may: 'hand-over',
  },
  patrol: { method: 'GET', path: '/api/patrol', answer: Patrol, may: 'decide' },
  /** A person looked at this picture of this place and there is nothing. */
  patrolClean: {
    method: 'POST',
    path: '/api/patrol',
    body: z.object({ key, cameraId: id, stillSha256: sha256, seenAtMs: moment }),
    answer: Patrol,
    may: 'decide',
  },
  /** Within ten seconds, by the person who raised it: its tasks never leave, and it teaches nothing. */
  withdraw: {
    method: 'POST',
    path: '/api/incidents/:id/withdrawal',
    params: z.object({ id }),
    answer: z.object({ incident: IncidentCard }),
    may: 'decide',
  },
  categories: { method: 'GET', path: '/api/categories', answer: z.array(Category), may: 'raise' },
  /** Open incidents within 150 m that were seen within 24 h, nearest first. */
  near: {
    method: 'GET',
    path: '/api/near',
    query: z.object({ lat: z.coerce.number().min(-90).max(90), lon: z.coerce.number().min(-180).max(180) }),
    answer: z.array(Near),
    may: 'raise',
  },
} as const;
