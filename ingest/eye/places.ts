// Boxes against a zone: what stands on it, what lies on it, what stayed where it was.
import type { Box, Detection } from '#core/detection';
import type { Zone } from '#core/camera';
import { inRing, type Ring } from '#core/geo';

/** Best score of heap or sacks in the zone. */
export const heapScore = (detections: readonly Detection[], zone: Zone): number =>
  heapsIn(detections, zone)[0]?.score ?? 0;

/** Heaps and sacks whose middle lies in the zone, surest first. */
export function heapsIn(detections: readonly Detection[], zone: Zone): Detection[] {
  return detections
    .filter(
      (d) =>
        (d.class === 'heap' || d.class === 'sacks') &&
        inRing(d.box.x + d.box.w / 2, d.box.y + d.box.h / 2, zone.polygon),
    )
    .toSorted((a, b) => b.score - a.score);
}

/** A moving region touches a zone when it stands on it, or a quarter of it lies in it. */
export function isInZone(box: Box, polygon: Ring): boolean {
  if (inRing(box.x + box.w / 2, Math.min(1, box.y + box.h), polygon)) return true;
  return shareInside({ x: box.x, y: box.y, w: box.w, h: box.h }, 5, 5, polygon) >= 0.24;
}

/**
 * A vehicle stands on a zone when a third of the ground under it does: the lowest fifth of its box. Who drives past on the road in
 * front of the zone covers it in the picture, but its wheels are elsewhere.
 */
export function standsIn({ x, y, w, h }: Box, polygon: Ring): boolean {
  return shareInside({ x: x + w * 0.1, y: y + h * 0.8, w: w * 0.8, h: h * 0.2 }, 8, 3, polygon) >= 1 / 3;
}

/** Share of a grid of points over the box that lies in the polygon. */
function shareInside(box: Box, across: number, down: number, polygon: Ring): number {
  let inside = 0;
  for (let i = 0; i < across; i++) {
    for (let k = 0; k < down; k++) {
      const x = box.x + (box.w * (i + 0.5)) / across;
      const y = Math.min(1, box.y + (box.h * (k + 0.5)) / down);
      if (inRing(x, y, polygon)) inside++;
    }
  }
  return inside / (across * down);
}

export const touches = (a: Box, b: Box): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Have two boxes their middles within a third of the larger one's side? Boxes of one standing lorry differ by less. */
export function isSamePlace(a: Box, b: Box): boolean {
  const away = Math.hypot(a.x + a.w / 2 - b.x - b.w / 2, a.y + a.h / 2 - b.y - b.h / 2);
  return away <= Math.max(a.w, a.h, b.w, b.h) / 3;
}

export const grown = (box: Box, share: number): Box => ({
  x: box.x - box.w * share,
  y: box.y - box.h * share,
  w: box.w * (1 + 2 * share),
  h: box.h * (1 + 2 * share),
});
