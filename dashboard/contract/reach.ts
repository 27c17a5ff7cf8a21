// What a camera can judge: a ladder of metres, and zone by zone how far each hazard is judged. The server says it of the camera as it is,
// the zone editor of the camera as it is being drawn.
import type { Camera } from '#core/camera';
import { calibrationOf, rowAt } from '#core/range';
import { leastShare, reachIn, type HazardSettings } from '#hazards';
import type { CameraReach } from './cameras.ts';

const ladderM = [5, 10, 20, 40, 80] as const;

const rounded = (value: number, places: number): number => Number(value.toFixed(places));

type Standing = Pick<Camera, 'heightM' | 'fovDeg' | 'tiltDeg' | 'aspect' | 'ladder' | 'zones'>;

/** The ladder and the reaches of a camera; `none` where it is not calibrated. */
export function cameraReach(camera: Standing, settings: HazardSettings): CameraReach {
  const calibration = calibrationOf(camera);
  if (calibration.kind === 'none') {
    return {
      kind: 'none',
      why: calibration.why,
      misfitRatio: 'misfitRatio' in calibration ? calibration.misfitRatio : null,
    };
  }
  const { view } = calibration;
  return {
    kind: 'calibrated',
    by: calibration.kind,
    misfitRatio: calibration.kind === 'ladder' ? calibration.misfitRatio : null,
    heightM: rounded(view.heightM, 1),
    tiltDeg: rounded(view.tiltDeg, 1),
    rungs: ladderM
      .map((distanceM) => ({ distanceM, y: rounded(rowAt(view, distanceM), 4) }))
      .filter(({ y }) => y > 0.02 && y < 0.995),
    zones: camera.zones.flatMap((zone) =>
      zone.hazards.map((hazard) => {
        const { limitM, nearM, farM, share, row, measure } = reachIn(view, zone, hazard, settings);
        return {
          zoneId: zone.id,
          hazard,
          measure,
          limitM: rounded(Math.min(limitM, 1000), 1),
          nearM: rounded(nearM, 1),
          farM: rounded(farM, 1),
          share: rounded(share, 3),
          row: rounded(Math.min(1, Math.max(0, row)), 4),
        };
      }),
    ),
  };
}

/** Zone and hazard of which a camera never says `clear`, since most of the ground is too far away: `<zone> <hazard>`. */
export function outOfReach(reach: CameraReach): ReadonlySet<string> {
  if (reach.kind === 'none') return new Set();
  return new Set(reach.zones.filter((one) => one.share < leastShare).map((one) => `${one.zoneId} ${one.hazard}`));
}
