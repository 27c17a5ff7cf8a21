// Where an incident lies: cameras that see one place make one incident, not five.
import type { Camera, Zone } from '#core/camera';
import { distanceM } from '#core/geo';
import type { Incident } from '#core/incident';
import type { DistrictId, Point } from '#core/place';

/** A camera on a border avenue sees two districts: the district belongs to the zone (domain 3.4). */
export const districtOf = (camera: Camera, zone: Zone | undefined): DistrictId => zone?.district ?? camera.district;

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
