// One sight of one zone → is a cover missing? Registered spots are judged by themselves, paved zones by boxes.
import type { Zone } from '#core/camera';
import type { Box, Sight } from '#core/detection';
import { ratio } from '#core/units';
import { around, coveredBy, inZone, rounded, unseen, vehicleClasses, widthsApart } from '../ground.ts';
import type { Reading } from '../hazard.ts';
import type { HazardSettings } from '../settings.ts';

/** Share of the opening under a vehicle's box from which the vehicle stands over it. */
const overShare = 0.3;
/** Cones that make a fence. */
const fenceCones = 2;
/** Score from which a box is a person of the crew. */
const personScore = 0.35;

/** Level = probability that the spot is open, or the score of the box. */
export function readOpenManhole(sight: Sight, zone: Zone, settings: HazardSettings): Reading {
  const seen = sight.zones.find((z) => z.zoneId === zone.id);
  if (!seen) return unseen('not-judged');
  const limits = settings['open-manhole'];
  const hidden = rounded(seen.hiddenShare);
  if (zone.kind === 'manhole' && seen.spot) return readSpot(sight, zone, seen.spot, hidden, limits);

  const found = inZone(sight, zone, ['manhole_open'], limits.boxScore);
  const best = found[0];
  if (best) {
    const over = vehicleOver(sight, best.box);
    const facts = {
      hidden,
      score: rounded(best.score),
      vehicleOver: over,
      fenced: isFenced(sight, best.box, limits),
      manned: isManned(sight, best.box, limits),
    };
    const sub = facts.fenced ? 'works' : 'missing';
    return { word: 'hazard', sub, level: best.score, boxes: found.map((d) => d.box), facts };
  }
  if (seen.hiddenShare >= limits.hiddenShare) return unseen('hidden', { hidden });
  return { word: 'clear', sub: '', level: 0, boxes: [], facts: { hidden } };
}

function readSpot(
  sight: Sight,
  zone: Zone,
  spot: { open: number; closed: number; covered: number; unsure: number },
  hidden: number,
  limits: HazardSettings['open-manhole'],
): Reading {
  const box = around(zone);
  const past = sight.zones.find((z) => z.zoneId === zone.id)?.past;
  const over = vehicleOver(sight, box);
  const fenced = isFenced(sight, box, limits);
  const facts = {
    hidden,
    open: rounded(spot.open),
    closed: rounded(spot.closed),
    covered: rounded(spot.covered),
    unsure: rounded(spot.unsure),
    vehicleOver: over,
    fenced,
    manned: isManned(sight, box, limits),
    ...(past?.darker === undefined ? {} : { past: past.references, darker: rounded(past.darker) }),
  };
  if (hidden >= limits.hiddenShare) return unseen('hidden', facts);
  if (spot.open >= limits.spotOpen) {
    return { word: 'hazard', sub: fenced ? 'works' : 'missing', level: spot.open, boxes: [box], facts };
  }
  if (spot.open < limits.spotClear && spot.closed >= 0.5) {
    return { word: 'clear', sub: '', level: spot.open, boxes: [], facts };
  }
  return unseen(
    spot.covered >= spot.unsure && spot.covered > spot.open ? 'covered' : 'unsure',
    facts,
    ratio(spot.open),
  );
}

const vehicleOver = (sight: Sight, box: Box): boolean =>
  sight.detections.some((d) => vehicleClasses.includes(d.class) && coveredBy(box, d.box) >= overShare);

/** A fence, and somebody beside the opening: works, not a trap. */
const isManned = (sight: Sight, box: Box, limits: HazardSettings['open-manhole']): boolean =>
  isFenced(sight, box, limits) &&
  sight.detections.some(
    (d) => d.class === 'person' && d.score >= personScore && widthsApart(box, d.box) <= limits.fenceWidths,
  );

const isFenced = (sight: Sight, box: Box, limits: HazardSettings['open-manhole']): boolean =>
  sight.detections.filter(
    (d) => d.class === 'cone' && d.score >= limits.coneScore && widthsApart(box, d.box) <= limits.fenceWidths,
  ).length >= fenceCones;
