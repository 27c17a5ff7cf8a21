// How far each hazard can be judged in a calibrated picture, and what a look may say of ground beyond that: never `clear`.
import type { Camera, Zone } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import { calibrationOf, groundRows, reachAcross, reachAlong, rowAt, shareWithin, type View } from '#core/range';
import { rounded, unseen } from './ground.ts';
import type { Reading } from './hazard.ts';
import type { HazardSettings } from './settings.ts';

/** The picture as the street network sees it, and the side of a cell of its surface map, in pixels of it. */
export const streetPicture = { widthPx: 640, heightPx: 384, cellPx: 8 } as const;
/** A registered manhole is cut from the frame itself, of which so many pixels across are counted at most. */
const spotWidthPx = 1280;
/** Width of the circle that is drawn around a registered cover, metres. */
const spotZoneM = 1.7;

/** What a hazard is judged by: the smallest thing, or the ground itself. */
export type Measure = 'opening' | 'spot' | 'ground' | 'heap';

export interface ZoneReach {
  /** Metres ahead up to which the hazard is judged in a zone of this kind. */
  readonly limitM: number;
  /** The nearest and furthest ground of the zone, metres ahead; both 0 where it shows none. */
  readonly nearM: number;
  readonly farM: number;
  /** Share of the zone's ground within the limit, 0..1. */
  readonly share: number;
  /** The row of the picture (fraction, down) at the limit; what lies above it is not judged. */
  readonly row: number;
  readonly measure: Measure;
}

/** By what a hazard is judged in a zone of this kind. */
export function measureOf(hazard: HazardName, kind: Zone['kind']): Measure {
  if (hazard === 'open-manhole') return kind === 'manhole' ? 'spot' : 'opening';
  return hazard === 'dumping' ? 'heap' : 'ground';
}

/** Up to how many metres ahead a hazard can be judged in zones of a kind; 0 when nowhere. Formulas: docs/range.md. */
export function limitOf(view: View, hazard: HazardName, kind: Zone['kind'], settings: HazardSettings): number {
  const { widthPx, heightPx, cellPx } = streetPicture;
  switch (hazard) {
    case 'open-manhole': {
      const { reach } = settings['open-manhole'];
      if (kind !== 'manhole') {
        const across = reachAcross(view, widthPx, reach.openingM, reach.acrossPx);
        return Math.min(across, reachAlong(view, heightPx, reach.openingM, reach.alongPx));
      }
      const spotHeightPx = (spotWidthPx * view.focalX) / view.focalY;
      return reachAlong(view, spotHeightPx, spotZoneM, reach.spotPx);
    }
    case 'dumping':
      return reachAcross(view, widthPx, settings.dumping.reach.heapM, settings.dumping.reach.acrossPx);
    case 'snow':
    case 'flooding':
      return reachAlong(view, heightPx, settings[hazard].reach.cellM, cellPx);
  }
}

/** How much of a zone can be judged for a hazard; undefined where the camera is not calibrated. */
export function reachOf(
  camera: Camera,
  zone: Zone,
  hazard: HazardName,
  settings: HazardSettings,
): ZoneReach | undefined {
  const calibration = calibrationOf(camera);
  return calibration.kind === 'none' ? undefined : reachIn(calibration.view, zone, hazard, settings);
}

/** The same, where the view is known. */
export function reachIn(view: View, zone: Zone, hazard: HazardName, settings: HazardSettings): ZoneReach {
  const limitM = limitOf(view, hazard, zone.kind, settings);
  const ground = groundRows(view, zone.polygon);
  return {
    limitM,
    nearM: ground.nearM,
    farM: ground.farM,
    share: shareWithin(ground, limitM),
    row: rowAt(view, limitM),
    measure: measureOf(hazard, zone.kind),
  };
}

/** With less of its ground in reach a zone in which nothing was seen has not been judged. */
export const leastShare = 0.5;
/** A zone that is in reach but for so little is in reach. */
const nearlyAll = 0.98;

/**
 * What a reading may say where only part of the zone can be judged. A hazard that was seen stays one. Where nothing was seen,
 * `clear` holds only down from the row of the limit, which is written beside it; with less than half of the ground in reach the
 * word is `cannot-see`, why `too-far`.
 */
export function withinReach(reading: Reading, reach: ZoneReach | undefined): Reading {
  if (!reach || reading.word !== 'clear' || reach.share >= nearlyAll) return reading;
  const facts = {
    ...reading.facts,
    reachM: Math.round(reach.limitM * 10) / 10,
    inReach: rounded(reach.share),
    judgedY: rounded(Math.min(1, Math.max(0, reach.row))),
  };
  return reach.share < leastShare ? unseen('too-far', facts) : { ...reading, facts };
}
