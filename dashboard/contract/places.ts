// The city edited in the browser: zones of a camera with their test, the list of cameras, agencies, and dated rows by two people.
import { z } from 'zod';
import { Agency } from '#core/agency';
import { Camera, HealthState, Ladder, Zone, mainPreset } from '#core/camera';
import { HazardName, Severity, Texts, ZoneKind, IssueName } from '#core/hazard-name';
import { IncidentState } from '#core/incident';
import { Word } from '#core/observation';
import { DistrictId } from '#core/place';
import { Policy, RoutingRule } from '#core/policy';
import { HazardSettings } from '#hazards';
import { id, moment, sha256 } from './wire.ts';
import { PutOff } from './camera-set.ts';
import { mostPoints, mostZones } from './zone-faults.ts';

export * from './reach.ts';
export * from './zone-faults.ts';

const withId = z.object({ id });
const nothing = z.object({});
/** Digest of what the person saw when they began. */
const seen = z.string().min(8).max(64);
const why = z.string().trim().max(300).default('');

// ---- zones

/** How the picture stands over the ground; null where it is not known. */
export const Mount = z.object({
  heightM: z.number().positive().max(300),
  fovDeg: z.number().min(5).max(180),
  tiltDeg: z.number().min(-10).max(90).nullable(),
  aspect: z.number().min(0.5).max(4).nullable(),
  ladder: Ladder.nullable(),
});
export type Mount = z.infer<typeof Mount>;

/** A zone as it comes from a hand: its outline is judged by `zoneFaults`, which speaks to people, and not by the schema. */
export const ZoneDraft = Zone.extend({
  kind: ZoneKind,
  hazards: z.array(HazardName).max(8),
  polygon: z.array(z.tuple([z.number(), z.number()])).max(mostPoints * 2),
});
export type ZoneDraft = z.infer<typeof ZoneDraft>;

export const PlaceVersion = z.object({
  version: z.number().int(),
  atMs: moment,
  who: z.string(),
  act: z.enum(['found', 'added', 'changed', 'zones', 'views', 'restored', 'removed']),
  why: z.string(),
});
export type PlaceVersion = z.infer<typeof PlaceVersion>;

/** Everything that the zone editor starts from. */
export const ZoneSheet = z.object({
  id,
  name: Texts,
  seen,
  version: z.number().int(),
  district: DistrictId,
  restricted: z.boolean(),
  /** The camera says that it was moved: its zones may lie wrong. */
  state: HealthState,
  /** Which of the camera's views is drawn on: zones, mounting and pictures are those of that view. */
  preset: z.string(),
  presets: z.array(z.object({ id: z.string(), name: z.string() })),
  /** Names of zones that other views have. */
  taken: z.array(z.string()),
  zones: z.array(Zone),
  mount: Mount,
  size: z.object({ widthPx: z.number(), heightPx: z.number() }),
  /** Kept pictures, newest first; none of a restricted camera without a reason. */
  stills: z.array(z.object({ sha256, seenAtMs: moment })),
  settings: HazardSettings,
  agencies: z.array(z.object({ id, name: Texts })),
  /** Segments of streets that zones of this district name. */
  segments: z.array(z.string()),
  districts: z.array(z.string()),
  incidents: z.array(
    z.object({ id, number: z.number().int(), hazard: IssueName, zoneId: z.string(), state: IncidentState }),
  ),
  versions: z.array(PlaceVersion.extend({ zones: z.array(Zone).nullable(), mount: Mount.nullable() })),
});
export type ZoneSheet = z.infer<typeof ZoneSheet>;

/** From what a word of the test is known. `none`: only the next look will tell. */
export const testGrounds = ['look', 'fault', 'reach', 'box', 'bounds', 'none'] as const;

export const ZoneWord = z.object({
  zoneId: z.string(),
  hazard: HazardName,
  /** What the look said of this zone then; null where it had no such zone. */
  was: Word.nullable(),
  now: z.union([Word, z.literal('unknown')]),
  by: z.enum(testGrounds),
});
export type ZoneWord = z.infer<typeof ZoneWord>;

export const ZoneTest = z.object({
  /** Belongs to these zones and this version; the saving asks for it. */
  tested: z.string(),
  looks: z.array(
    z.object({
      lookId: id,
      seenAtMs: moment,
      outcome: z.union([z.literal('seen'), HealthState]),
      stillSha256: z.string().nullable(),
      words: z.array(ZoneWord),
    }),
  ),
  /** Open incidents whose zone is redrawn or goes. */
  touched: z.array(
    z.object({ id, number: z.number().int(), hazard: IssueName, zoneId: z.string(), gone: z.boolean() }),
  ),
});
export type ZoneTest = z.infer<typeof ZoneTest>;

const zonesAsked = z.object({
  seen,
  /** The view that was drawn on; the zones of the others stay as they are. */
  preset: z.string().default(mainPreset),
  zones: z.array(ZoneDraft).max(mostZones),
  mount: Mount,
  /** Why a restricted camera is looked at; goes to the audit. */
  reason: z.string().trim().min(5).max(300).optional(),
});

// ---- facts of a camera's page

export const CameraDay = z.object({
  nowMs: moment,
  /** Looks of the last 24 hours by hazard: counts of words. */
  day: z.array(
    z.object({
      hazard: HazardName,
      looks: z.number(),
      hazardLooks: z.number(),
      clearLooks: z.number(),
      cannotSee: z.number(),
    }),
  ),
  /** 24 sums by the hour, oldest first. */
  hours: z.array(z.object({ hourMs: moment, looks: z.number(), cannotSee: z.number() })),
  /** Null: this person sees no incidents. */
  incidents: z
    .object({
      raised: z.number().int(),
      confirmed: z.number().int(),
      rejected: z.number().int(),
      /** Of the last 24 hours alone. */
      today: z.object({ raised: z.number().int(), confirmed: z.number().int() }),
      /** By day, oldest first, 14 of them: started and, of these, confirmed and rejected. */
      days: z.array(z.object({ dayMs: moment, n: z.number(), confirmed: z.number(), rejected: z.number() })),
      latest: z.array(
        z.object({
          id,
          number: z.number().int(),
          hazard: IssueName,
          severity: Severity,
          state: IncidentState,
          openedAtMs: moment,
        }),
      ),
      shelved: z.array(z.object({ id, number: z.number().int(), hazard: IssueName, untilMs: moment.nullable() })),
    })
    .nullable(),
  plan: z.object({
    dueAtMs: moment.nullable(),
    reason: z.string(),
    /** Looked at every so many seconds; null where the page does not know the city's rhythm. */
    everyS: z.number().nullable(),
    /** The camera's own rhythm, not the city's. */
    isOwn: z.boolean(),
  }),
  /** What a person put off at this camera. */
  quiet: z.array(PutOff),
});
export type CameraDay = z.infer<typeof CameraDay>;

// ---- cameras

/** An address as it is shown: what may carry a secret is left out. */
export const AddressShown = z.object({ shown: z.string(), hidden: z.boolean() });

export const PlaceCamera = z.object({
  id,
  name: Texts,
  district: DistrictId,
  lon: z.number(),
  lat: z.number(),
  state: HealthState,
  zones: z.number().int(),
  host: z.string().nullable(),
  restricted: z.boolean(),
  watch: z.boolean(),
});
export type PlaceCamera = z.infer<typeof PlaceCamera>;

const placed = Camera.pick({
  id: true,
  name: true,
  point: true,
  bearingDeg: true,
  district: true,
  watch: true,
  restricted: true,
  indoor: true,
  nearSensitive: true,
});

export const PlaceCameraSheet = z.object({
  ...placed.shape,
  seen,
  addresses: z.object({
    rtsp: AddressShown.nullable(),
    subRtsp: AddressShown.nullable(),
    snapshot: AddressShown.nullable(),
  }),
  /** Name of the secret; the secret itself is never here. */
  credential: z.string().nullable(),
  listed: z.boolean(),
  zones: z.number().int(),
  open: z.number().int(),
  versions: z.array(PlaceVersion),
});
export type PlaceCameraSheet = z.infer<typeof PlaceCameraSheet>;

const address = z.string().trim().max(500).nullable().optional();

export const CameraForm = z.object({
  id: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dots and dashes, 64 at most'),
  name: z.object({
    kk: z.string().trim().min(1).max(300),
    ru: z.string().trim().min(1).max(300),
    en: z.string().trim().min(1).max(300),
  }),
  point: z.object({ lon: z.number().min(-180).max(180), lat: z.number().min(-90).max(90) }),
  bearingDeg: z.number().min(0).max(360),
  district: DistrictId,
  watch: z.boolean(),
  restricted: z.boolean(),
  indoor: z.boolean(),
  nearSensitive: z.boolean(),
  /** Absent: stays as it is; null: taken away. */
  rtsp: address,
  subRtsp: address,
  snapshot: address,
  credential: z.string().trim().max(80).nullable().optional(),
});
export type CameraForm = z.infer<typeof CameraForm>;

// ---- dated rows

export const RuleRows = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('routing'), rows: z.array(RoutingRule).max(500) }),
  z.object({ kind: z.literal('policy'), rows: z.array(Policy).max(500) }),
]);
export type RuleRows = z.infer<typeof RuleRows>;

const fault = z.object({ weight: z.enum(['error', 'warning']), row: z.string(), what: z.string(), cure: z.string() });

export const RuleDraft = z.object({
  id,
  state: z.enum(['proposed', 'published', 'withdrawn']),
  set: RuleRows,
  note: z.string(),
  proposedBy: z.string(),
  proposedAtMs: moment,
  decidedBy: z.string().nullable(),
  decidedAtMs: moment.nullable(),
  /** The rows that hold are not those that it was made from. */
  stale: z.boolean(),
  mine: z.boolean(),
});
export type RuleDraft = z.infer<typeof RuleDraft>;

export const RuleBook = z.object({
  routing: z.array(RoutingRule),
  policy: z.array(Policy),
  bases: z.object({ routing: z.string(), policy: z.string() }),
  agencies: z.array(z.object({ id, name: Texts })),
  districts: z.array(z.string()),
  drafts: z.array(RuleDraft),
  versions: z.array(
    z.object({
      number: z.number().int(),
      atMs: moment,
      who: z.string(),
      set: RuleRows.nullable(),
      rows: z.number().int(),
    }),
  ),
});
export type RuleBook = z.infer<typeof RuleBook>;

/** What the last 30 days would have been with other rows. */
export const RuleTrial = z.object({
  faults: z.array(fault),
  /** Incidents that were confirmed in these days. */
  tried: z.number().int(),
  changes: z.array(
    z.object({
      incidentId: id,
      number: z.number().int(),
      hazard: IssueName,
      district: DistrictId,
      place: Texts,
      decidedAtMs: moment,
      what: z.enum(['primary', 'copies', 'second', 'term', 'nobody']),
      before: z.string(),
      after: z.string(),
    }),
  ),
  more: z.number().int(),
});
export type RuleTrial = z.infer<typeof RuleTrial>;

export const AgencyRow = z.object({
  agency: Agency,
  seen,
  /** Open tasks, routing rows, zones and registered things that name it. */
  tasks: z.number().int(),
  rules: z.number().int(),
  owns: z.number().int(),
});
export type AgencyRow = z.infer<typeof AgencyRow>;

const done = z.object({ version: z.number().int() });
const restored = z.object({ version: z.number().int(), seen: seen.nullable() });

/** Routes of this part; contract.ts puts them among the others. */
export const placesRoutes = {
  cameraDay: { method: 'GET', path: '/api/cameras/:id/day', params: withId, answer: CameraDay, may: 'see-cameras' },
  zoneSheet: {
    method: 'GET',
    path: '/api/cameras/:id/zones',
    params: withId,
    query: z.object({ reason: z.string().trim().min(5).max(300).optional(), preset: z.string().optional() }),
    answer: ZoneSheet,
    may: 'edit-cameras',
  },
  /** What the kept looks would have said with these zones; changes nothing. */
  testZones: {
    method: 'POST',
    path: '/api/cameras/:id/zones/test',
    params: withId,
    body: zonesAsked,
    answer: ZoneTest,
    may: 'edit-cameras',
  },
  /** Keeps zones that were tested; bound to the version that the person saw. */
  saveZones: {
    method: 'POST',
    path: '/api/cameras/:id/zones',
    params: withId,
    body: zonesAsked.extend({ tested: z.string(), why }),
    answer: done,
    may: 'edit-cameras',
  },
  placeCameras: {
    method: 'GET',
    path: '/api/places/cameras',
    answer: z.object({
      cameras: z.array(PlaceCamera),
      districts: z.array(z.string()),
      removed: z.array(PlaceVersion.extend({ id })),
    }),
    may: 'edit-cameras',
  },
  placeCamera: {
    method: 'GET',
    path: '/api/places/cameras/:id',
    params: withId,
    answer: PlaceCameraSheet,
    may: 'edit-cameras',
  },
  saveCamera: {
    method: 'POST',
    path: '/api/places/cameras',
    body: z.object({ seen: seen.nullable(), camera: CameraForm, why }),
    answer: done,
    may: 'edit-cameras',
  },
  removeCamera: {
    method: 'POST',
    path: '/api/places/cameras/:id/remove',
    params: withId,
    body: z.object({ seen, why: z.string().trim().min(3).max(300) }),
    answer: done,
    may: 'edit-cameras',
  },
  restoreCamera: {
    method: 'POST',
    path: '/api/places/cameras/:id/restore',
    params: withId,
    body: restored,
    answer: done,
    may: 'edit-cameras',
  },
  placeAgencies: {
    method: 'GET',
    path: '/api/places/agencies',
    answer: z.object({
      agencies: z.array(AgencyRow),
      removed: z.array(PlaceVersion.extend({ id })),
    }),
    may: 'edit-agencies',
  },
  agencyVersions: {
    method: 'GET',
    path: '/api/places/agencies/:id/versions',
    params: withId,
    answer: z.array(PlaceVersion),
    may: 'edit-agencies',
  },
  saveAgency: {
    method: 'POST',
    path: '/api/places/agencies',
    body: z.object({ seen: seen.nullable(), agency: Agency, why }),
    answer: done,
    may: 'edit-agencies',
  },
  removeAgency: {
    method: 'POST',
    path: '/api/places/agencies/:id/remove',
    params: withId,
    body: z.object({ seen, why: z.string().trim().min(3).max(300) }),
    answer: done,
    may: 'edit-agencies',
  },
  restoreAgency: {
    method: 'POST',
    path: '/api/places/agencies/:id/restore',
    params: withId,
    body: restored,
    answer: done,
    may: 'edit-agencies',
  },
  placeRules: { method: 'GET', path: '/api/places/rules', answer: RuleBook, may: 'edit-routing' },
  /** Changes nothing: faults of the rows, and which incidents of the last 30 days would have gone elsewhere. */
  tryRules: { method: 'POST', path: '/api/places/rules/try', body: RuleRows, answer: RuleTrial, may: 'edit-routing' },
  proposeRules: {
    method: 'POST',
    path: '/api/places/rules',
    body: z.object({ set: RuleRows, base: z.string(), note: z.string().trim().min(3).max(500) }),
    answer: withId,
    may: 'edit-routing',
  },
  publishRules: {
    method: 'POST',
    path: '/api/places/rules/:id/publish',
    params: withId,
    answer: nothing,
    may: 'edit-routing',
  },
  withdrawRules: {
    method: 'POST',
    path: '/api/places/rules/:id/withdraw',
    params: withId,
    answer: nothing,
    may: 'edit-routing',
  },
} as const;
