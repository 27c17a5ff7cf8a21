// Where an incident lies, and whether two cameras speak of one: five views of one flood are one incident, two open covers are two.
import type { Camera, Zone } from '#core/camera';
import { distanceM, inRing, outlinesApartM, ringMiddle } from '#core/geo';
import type { IssueName } from '#core/hazard-name';
import type { Incident, Mark } from '#core/incident';
import type { DistrictId, Point } from '#core/place';
import { presetOf } from '#core/preset';
import { placeAt, rowAt, viewOf } from '#core/range';

/** A camera on a border avenue sees two districts: the district belongs to the zone (domain 3.4). */
export const districtOf = (camera: Camera, zone: Zone | undefined): DistrictId => zone?.district ?? camera.district;

/**
 * Where on the map a mark lies: the ground under the middle of a box's lower edge, or under the middle of a zone. The camera's own place
 * where it is not calibrated, nothing is marked, or no ground is there.
 */
export const pointOf = (camera: Camera, mark: Mark | null): Point => placedAt(camera, mark) ?? camera.point;

function placedAt(camera: Camera, mark: Mark | null): Point | undefined {
  const view = mark === null ? undefined : viewOf(camera);
  if (!view || mark === null) return undefined;
  const [x, y] = mark.kind === 'box' ? lowerMiddle(mark.points) : ringMiddle(mark.points);
  return placeAt(camera, view, x, y);
}

function lowerMiddle(points: Mark['points']): [number, number] {
  const xs = points.map((p) => p[0]);
  return [(Math.min(...xs) + Math.max(...xs)) / 2, Math.max(...points.map((p) => p[1]))];
}

/** A sighting as far as its place is known. */
export interface Sighting {
  readonly hazard: IssueName;
  readonly cameraId: string | null;
  /** The view of the camera in which it is seen; absent where no zone is known. */
  readonly preset?: string;
  readonly point: Point;
  readonly mark: Mark | null;
  /** How far the point may be off, metres; null where only the camera's own place is known. */
  readonly errorM: number | null;
  /** Ground of the zone, an outline on the map; null where the camera is not calibrated. */
  readonly ground: readonly Point[] | null;
  readonly segment: string | null;
}

/** A calibrated camera places a mark to so much of its distance, and never better than that (docs/range.md). */
const errorShare = 0.1;
const leastErrorM = 1.5;
/** Ground further away than this is left out of a zone's outline: a few rows of the picture are a hundred metres there. */
const outlineM = 60;

/** What is known of the place of a mark seen by a camera in a zone; the camera as the view of that zone has it. */
export function sightingOf(
  hazard: IssueName,
  camera: Camera | undefined,
  zone: Zone | undefined,
  mark: Mark | null,
  otherwise: Point,
): Sighting {
  const placed = camera && placedAt(camera, mark);
  const errorM = placed && Math.max(leastErrorM, errorShare * distanceM(camera.point, placed));
  return {
    hazard,
    cameraId: camera?.id ?? null,
    ...(zone ? { preset: presetOf(zone) } : {}),
    point: placed ?? camera?.point ?? otherwise,
    mark,
    errorM: errorM ?? null,
    ground: (camera && zone && outlineOf(camera, zone)) ?? null,
    segment: zone?.segment ?? null,
  };
}

function outlineOf(camera: Camera, zone: Zone): readonly Point[] | undefined {
  const view = viewOf(camera);
  if (!view) return undefined;
  const top = rowAt(view, outlineM);
  const points = zone.polygon.flatMap(([x, y]) => placeAt(camera, view, x, Math.max(y, top)) ?? []);
  return points.length >= 3 ? points : undefined;
}

/** A hole is where it is; water, snow and heaps stretch over ground. */
const isPoint = (hazard: IssueName): boolean => hazard === 'open-manhole';
/** Two sightings of one hole differ by no more than this, metres, however unsure their places are. */
const holesApartM = 12;
/** Outlines of ground this near to each other belong to one stretch of it. */
const groundsApartM = 5;

/**
 * Do two sightings of the same hazard speak of one thing? Ground of one view of a camera is one; of two cameras where their zones share a segment
 * of street or their grounds touch, or their points lie within `radiusM`. A hole is the same only where both places are known to metres,
 * or both marks lie upon each other in one picture: rather two cards of one hole than one card for two.
 */
export function isSamePlace(a: Sighting, b: Sighting, radiusM: number): boolean {
  if (a.hazard !== b.hazard) return false;
  const isOne = a.cameraId !== null && a.cameraId === b.cameraId;
  const isOneCamera = isOne && (a.preset ?? b.preset) === (b.preset ?? a.preset);
  if (isPoint(a.hazard)) {
    if (isOneCamera) return overlap(a.mark, b.mark);
    if (a.errorM === null || b.errorM === null) return false;
    return distanceM(a.point, b.point) <= Math.min(holesApartM, a.errorM + b.errorM);
  }
  if (isOneCamera) return true;
  if (a.segment !== null && a.segment === b.segment) return true;
  // Two views of one camera hang at one pole and show different ground: where it lies must be known of both.
  if (isOne && (a.errorM === null || b.errorM === null)) return false;
  if (a.ground && b.ground && outlinesApartM(a.ground, b.ground) <= groundsApartM) return true;
  return distanceM(a.point, b.point) <= radiusM;
}

function overlap(a: Mark | null, b: Mark | null): boolean {
  if (!a || !b) return false;
  const [ax, ay] = ringMiddle(a.points);
  const [bx, by] = ringMiddle(b.points);
  return inRing(ax, ay, b.points) || inRing(bx, by, a.points);
}

/** The open incident to which a sighting belongs, the nearest one and of equally near ones the oldest. */
export function samePlace(
  open: readonly { readonly incident: Incident; readonly sighting: Sighting }[],
  here: Sighting,
  radiusM: number,
): Incident | undefined {
  return open
    .filter(({ sighting }) => isSamePlace(here, sighting, radiusM))
    .sort(
      (a, b) =>
        distanceM(a.sighting.point, here.point) - distanceM(b.sighting.point, here.point) ||
        a.incident.openedAtMs - b.incident.openedAtMs,
    )[0]?.incident;
}
