// Shapes of cameras: their marks on the map, their view, what they reach.
import { z } from 'zod';
import { HealthState, Polygon } from '#core/camera';
import { HazardName, Texts, ZoneKind } from '#core/hazard-name';
import { LookSource } from '#core/look';
import { DistrictId, Point, StreetClass } from '#core/place';
import { IncidentCard } from './incidents.ts';
import { StripLook } from './stills.ts';
import { id, moment } from './wire.ts';

export const CameraMark = z.object({
  id,
  name: Texts,
  point: Point,
  bearingDeg: z.number(),
  fovDeg: z.number(),
  district: DistrictId,
  state: HealthState,
  /** Since when it is in that state; null before the first look. */
  sinceMs: moment.nullable(),
  lastLookAtMs: moment.nullable(),
  watch: z.boolean(),
  restricted: z.boolean(),
  /** Hazards that some zone of it names. */
  hazards: z.array(HazardName),
});
export type CameraMark = z.infer<typeof CameraMark>;

export const ZoneView = z.object({
  id: z.string(),
  kind: ZoneKind,
  polygon: Polygon,
  hazards: z.array(HazardName),
  streetClass: StreetClass,
  /** The view that it is drawn on; absent of the main one. */
  preset: z.string().optional(),
});

/**
 * What a camera can judge of the ground. Metres are ahead of the pole's foot, rows are fractions of the picture from the top;
 * `share` is the part of a zone's ground in which the hazard is judged, `row` the row at the limit.
 */
export const CameraReach = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('none'),
    why: z.enum(['not-given', 'marks-contradict']),
    misfitRatio: z.number().nullable(),
  }),
  z.object({
    kind: z.literal('calibrated'),
    by: z.enum(['tilt', 'ladder']),
    /** How far the marks of a ladder lie off the plane that explains them best. */
    misfitRatio: z.number().nullable(),
    heightM: z.number(),
    tiltDeg: z.number(),
    rungs: z.array(z.object({ distanceM: z.number(), y: z.number() })),
    zones: z.array(
      z.object({
        zoneId: z.string(),
        hazard: HazardName,
        measure: z.enum(['opening', 'spot', 'ground', 'heap']),
        limitM: z.number(),
        nearM: z.number(),
        farM: z.number(),
        share: z.number(),
        row: z.number(),
      }),
    ),
  }),
]);
export type CameraReach = z.infer<typeof CameraReach>;

export const CameraView = z.object({
  mark: CameraMark,
  heightM: z.number(),
  reach: CameraReach,
  zones: z.array(ZoneView),
  /** Its views, where it has several; `reach` is that of the one that the last look showed, else of the main one. */
  presets: z.array(z.object({ id: z.string(), name: z.string() })),
  shown: z.string().nullable(),
  health: z
    .object({
      detail: z.string(),
      lastGoodAtMs: moment.nullable(),
      widthPx: z.number().nullable(),
      heightPx: z.number().nullable(),
      fails: z.number(),
      /** The address that gave the newest look's picture; null of watched cameras. */
      source: LookSource.nullable(),
    })
    .nullable(),
  strip: z.array(StripLook),
  incidents: z.array(IncidentCard),
});
export type CameraView = z.infer<typeof CameraView>;
