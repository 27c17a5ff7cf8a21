// What the map asks besides cameras and incidents: where tiles come from, the ground that cameras can judge, snow, and a day gone by.
import { z } from 'zod';
import { HealthState } from '#core/camera';
import { HazardName, Severity, Texts, IssueName } from '#core/hazard-name';
import { IncidentState } from '#core/incident';
import { DistrictId, Point } from '#core/place';

const id = z.string().min(1).max(80);
const moment = z.number();

/** Where the picture under the map comes from; without it the city's own lines are all there is. */
export const MapTiles = z.object({
  kind: z.enum(['xyz', 'pmtiles']),
  /** An address with {z}, {x} and {y}, or that of one PMTiles file. */
  url: z.string(),
  attribution: z.string(),
  maxZoom: z.number(),
});
export type MapTiles = z.infer<typeof MapTiles>;

export const MapSetup = z.object({
  tiles: MapTiles.nullable(),
  /** Ground that nobody looked at for longer than this counts as unseen; milliseconds by hazard, the city's pace taken in. */
  unseenAfterMs: z.record(HazardName, z.number()),
});
export type MapSetup = z.infer<typeof MapSetup>;

/**
 * All cameras as far as a first picture needs them, by columns: twelve thousand are read in a few milliseconds, where as many objects
 * take a fifth of a second. The same place in each column is the same camera.
 */
export const MapDots = z
  .object({
    ids: z.array(id),
    lons: z.array(z.number()),
    lats: z.array(z.number()),
    /** Places in `stateNames`. */
    states: z.array(z.number().int().min(0)),
    stateNames: z.array(HealthState),
  })
  .refine(
    ({ ids, lons, lats, states, stateNames }) =>
      [lons, lats, states].every((column) => column.length === ids.length) &&
      states.every((state) => state < stateNames.length),
    'columns of one length, states that are named',
  );
export type MapDots = z.infer<typeof MapDots>;

/** Corners of a piece of ground, east and north of its camera in decimetres: x1, y1, x2, y2, … */
const Corners = z.array(z.number().int()).min(6);

/** A piece of ground that one zone of one camera can judge for the hazard. */
export const GroundArea = z.object({
  cameraId: id,
  zoneId: z.string(),
  at: Point,
  corners: Corners,
  areaM2: z.number(),
  /** Metres ahead of the camera up to which it reaches. */
  limitM: z.number(),
  /** The last look that could be judged for this hazard; null where there was none. */
  lastGoodAtMs: moment.nullable(),
});
export type GroundArea = z.infer<typeof GroundArea>;

export const MapGround = z.object({
  nowMs: moment,
  hazard: HazardName,
  areas: z.array(GroundArea),
  /** Zones that name the hazard and yet have no ground here, by reason. */
  without: z.object({ uncalibrated: z.number().int(), tooFar: z.number().int() }),
});
export type MapGround = z.infer<typeof MapGround>;

/** A stretch of ground on which the last judged look saw snow. */
export const SnowArea = z.object({
  cameraId: id,
  zoneId: z.string(),
  /** Segment of the street; null where the zone names none. */
  segment: z.string().nullable(),
  district: DistrictId,
  place: Texts,
  at: Point,
  /** Empty where the camera is not calibrated: then the place of the camera stands for the ground. */
  corners: z.array(z.number().int()),
  /** Share of the zone under snow, 0..1. */
  level: z.number(),
  seenAtMs: moment,
  /** When the snowfall ended; null while it snows and where its end is not known. */
  fallEndedAtMs: moment.nullable(),
  /** The open incident of this zone, if any: its deadline has passed. */
  incidentId: id.nullable(),
});
export type SnowArea = z.infer<typeof SnowArea>;

export const MapSnow = z.object({ nowMs: moment, areas: z.array(SnowArea) });
export type MapSnow = z.infer<typeof MapSnow>;

/** An incident as it went through the day. */
export const DayIncident = z.object({
  id,
  number: z.number().int(),
  hazard: IssueName,
  /** What it is today. */
  severity: Severity,
  point: Point,
  district: DistrictId,
  place: Texts,
  /** Moment, state and severity from then on, oldest first; the first may lie before the day. */
  states: z.array(z.tuple([moment, IncidentState, Severity])),
});
export type DayIncident = z.infer<typeof DayIncident>;

export const MapDay = z.object({
  fromMs: moment,
  toMs: moment,
  incidents: z.array(DayIncident),
  /** There were more; the oldest of them are left out. */
  cut: z.boolean(),
});
export type MapDay = z.infer<typeof MapDay>;

const byHazard = z.object({ hazard: HazardName });

export const mapRoutes = {
  mapSetup: { method: 'GET', path: '/api/map/setup', answer: MapSetup, may: 'see-cameras' },
  mapDots: { method: 'GET', path: '/api/map/dots', answer: MapDots, may: 'see-cameras' },
  mapGround: { method: 'GET', path: '/api/map/ground', query: byHazard, answer: MapGround, may: 'see-cameras' },
  mapSnow: { method: 'GET', path: '/api/map/snow', answer: MapSnow, may: 'see-cameras' },
  /** The 24 hours before `toMs`; without it, before now. */
  mapDay: {
    method: 'GET',
    path: '/api/map/day',
    query: z.object({ toMs: z.coerce.number().optional() }),
    answer: MapDay,
    may: 'see-incidents',
  },
  /** The PMTiles file of the settings, whole or by Range. */
  mapTiles: { method: 'GET', path: '/api/map/tiles', answer: 'pmtiles', may: 'see-cameras' },
} as const;
