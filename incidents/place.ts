// Where an incident lies: cameras that see one place make one incident, not five.
import type { Camera, Zone } from '#core/camera';
import { distanceM, ringMiddle } from '#core/geo';
import type { Incident, Mark } from '#core/incident';
import type { DistrictId, Point } from '#core/place';
import { placeAt, viewOf } from '#core/range';

/** A camera on a border avenue sees two districts: the district belongs to the zone (domain 3.4). */
export const districtOf = (camera: Camera, zone: Zone | undefined): DistrictId => zone?.district ?? camera.district;

/**
 * Where on the map a mark lies: the ground under the middle of a box's lower edge, or under the middle of a zone. The camera's own place
 * where it is not calibrated, nothing is marked, or no ground is there.
 */
export function pointOf(camera: Camera, mark: Mark | null): Point {
  const view = mark === null ? undefined : viewOf(camera);
  if (!view || mark === null) return camera.point;
  const [x, y] = mark.kind === 'box' ? lowerMiddle(mark.points) : ringMiddle(mark.points);
  return placeAt(camera, view, x, y) ?? camera.point;
}

function lowerMiddle(points: Mark['points']): [number, number] {
  const xs = points.map((p) => p[0]);
  return [(Math.min(...xs) + Math.max(...xs)) / 2, Math.max(...points.map((p) => p[1]))];
}

/** The incident to which a hazard seen at `point` belongs: the nearest open one of the same hazard within `radiusM` metres. */
export function samePlace(
  open: readonly Incident[],
  hazard: Incident['hazard'],
  point: Point,
  radiusM: number,
): Incident | undefined {
  return open
    .filter((i) => i.hazard === hazard && distanceM(i.point, point) <= radiusM)
    .sort((a, b) => distanceM(a.point, point) - distanceM(b.point, point) || a.openedAtMs - b.openedAtMs)[0];
}
