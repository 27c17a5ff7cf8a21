// A city camera: its place, addresses, presets and zones, and what is known of its health.
import { z } from 'zod';
import { HazardName, ZoneKind } from './hazard-name.ts';
import { AgencyId, CameraId } from './ids.ts';
import { ringArea } from './geo.ts';
import { DistrictId, Point, StreetClass } from './place.ts';

/** Polygon in fractions of the picture, x to the right, y down; at least three points that span an area. */
export const Polygon = z
  .array(z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]))
  .min(3, 'a polygon needs at least three points')
  .max(64)
  .refine((ring) => ringArea(ring) > 1e-6, 'the polygon encloses no area');
export type Polygon = z.infer<typeof Polygon>;

/** The view that every camera has. */
export const mainPreset = 'main';
const PresetId = z.string().regex(/^[a-z0-9-]{1,24}$/);

export const Zone = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{1,24}$/),
  kind: ZoneKind,
  polygon: Polygon,
  /** Hazards that may be raised in this zone. */
  hazards: z.array(HazardName).min(1),
  streetClass: StreetClass.default('none'),
  /** Where the zone lies when it is not where the camera hangs (a camera on a border avenue sees two districts). */
  district: DistrictId.optional(),
  /** Segment of the street in the city's GIS: the same hazard along one segment is one incident, whatever camera sees it. */
  segment: z.string().min(1).max(64).optional(),
  /** Owner of the registered cover, grate or parcel in this zone. */
  owner: AgencyId.optional(),
  /** What the rest of the zone's scale rests on: square metres of ground under the polygon, when measured. */
  areaM2: z.number().positive().optional(),
  /** Which of the camera's views it is drawn on; the main one when not said. */
  preset: PresetId.optional(),
});
export type Zone = z.infer<typeof Zone>;

/** One mark of a ladder of metres: on this row of the picture (fraction, down) the ground lies so far ahead of the pole's foot. */
export const Rung = z.strictObject({ y: z.number().min(0).max(1), distanceM: z.number().positive().max(1000) });
export type Rung = z.infer<typeof Rung>;

/** Marks from near to far: each further one stands higher in the picture. */
export const Ladder = z
  .array(Rung)
  .min(2, 'a ladder needs at least two marks')
  .max(24)
  .refine(
    (rungs) => rungs.every((rung, i) => i === 0 || isFurther(rungs[i - 1], rung)),
    'marks go from near to far: each has more metres than the one before and stands higher in the picture (a smaller y)',
  );
export type Ladder = z.infer<typeof Ladder>;

const isFurther = (before: Rung | undefined, rung: Rung): boolean =>
  before !== undefined && rung.distanceM > before.distanceM && rung.y < before.y;

/** At most so many views of one camera. */
export const mostPresets = 8;

/** One fixed view of a camera that turns (ракурс). Zones and references belong to a view, not to the camera. */
export const Preset = z.strictObject({
  id: PresetId,
  /** What people call it; empty where nobody gave it a name. */
  name: z.string().max(60).default(''),
  /** What the camera itself calls it (ONVIF), when known. A name for the engineer: nothing here turns a camera. */
  token: z.string().min(1).max(64).optional(),
  /** Direction, angle and scale of this view where they differ from the camera's; of the main view the camera itself says them. */
  bearingDeg: z.number().min(0).max(360).optional(),
  fovDeg: z.number().min(5).max(180).optional(),
  tiltDeg: z.number().min(-10).max(90).optional(),
  ladder: Ladder.optional(),
});
export type Preset = z.infer<typeof Preset>;

/** Bounds of a camera's own rhythm, seconds: oftener costs as much as watching, more seldom outlives what is suspected. */
export const leastLookEveryS = 30;
export const mostLookEveryS = 1200;

export const cameraSights = ['glance', 'watch'] as const;

export const Camera = z.strictObject({
  id: CameraId,
  name: z.object({ kk: z.string().min(1), ru: z.string().min(1), en: z.string().min(1) }),
  point: Point,
  /** Compass direction of the picture's middle, degrees from north. */
  bearingDeg: z.number().min(0).max(360).default(0),
  fovDeg: z.number().min(5).max(180).default(60),
  heightM: z.number().positive().max(300).default(8),
  /** How far below the horizon the picture's middle looks. Without it and without a ladder nobody knows how far it judges. */
  tiltDeg: z.number().min(-10).max(90).optional(),
  /** Width of the picture over its height as it is meant to be seen; 16:9 when not said. */
  aspect: z.number().min(0.5).max(4).optional(),
  /** Metres of ground marked on the picture; overrules `tiltDeg`. */
  ladder: Ladder.optional(),
  district: DistrictId,
  /** Address without user name and password; those come from `credential`. */
  rtsp: z.url({ protocol: /^rtsps?$/ }).optional(),
  subRtsp: z.url({ protocol: /^rtsps?$/ }).optional(),
  snapshot: z.url({ protocol: /^https?$/ }).optional(),
  /** Name of a secret that holds `user:password`. */
  credential: z.string().optional(),
  /** Watched without pause (dumping); other cameras are looked at from time to time. */
  watch: z.boolean().default(false),
  /** Looked at every so many seconds; as often as the city's settings say where it is absent. */
  lookEveryS: z.number().int().min(leastLookEveryS).max(mostLookEveryS).optional(),
  /** A camera is restricted until someone has classified it (domain 7). */
  restricted: z.boolean().default(true),
  indoor: z.boolean().default(false),
  /** Schools, clinics and stops within 50 m raise severity (domain 3.1). */
  nearSensitive: z.boolean().default(false),
  zones: z.array(Zone).default([]),
  /** Its views, in their order, the main one among them; absent where it has that one only (`core/preset.ts`). */
  presets: z.array(Preset).min(1).max(mostPresets).optional(),
});
export type Camera = z.infer<typeof Camera>;

export const healthStates = [
  'unknown',
  'ok',
  'unreachable',
  'refused',
  'needs-sign-in',
  'not-found',
  'busy',
  'silent',
  'no-key-frame',
  'garbage',
  'dark',
  'blurred',
  'blocked',
  'frozen',
  'overexposed',
  'obscured',
  'moved',
  'crashed',
] as const;
/** What the last look says of a camera: `ok`, or the reason why nothing could be judged. */
export const HealthState = z.enum(healthStates);
export type HealthState = z.infer<typeof HealthState>;

export const CameraHealth = z.object({
  cameraId: CameraId,
  state: HealthState,
  sinceMs: z.number(),
  lastLookAtMs: z.number().nullable(),
  lastGoodAtMs: z.number().nullable(),
  detail: z.string(),
  widthPx: z.number().nullable(),
  heightPx: z.number().nullable(),
  fails: z.number(),
});
export type CameraHealth = z.infer<typeof CameraHealth>;
