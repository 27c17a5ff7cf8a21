// Plain measures of boxes against zones, shared by the readings.
import type { Box, Detection, DetectionClass, Sight, ZoneSight } from '#core/detection';
import type { Zone } from '#core/camera';
import { fnv1a } from '#core/fnv';
import { inRing } from '#core/geo';
import type { Reading } from './hazard.ts';

export const vehicleClasses: readonly DetectionClass[] = ['car', 'bus', 'lorry', 'motorcycle', 'tipper_raised'];

const centre = ({ x, y, w, h }: Box): [number, number] => [x + w / 2, y + h / 2];

/** Detections of some classes, at least this sure, whose middle lies in the zone; the surest first. */
export const inZone = (sight: Sight, zone: Zone, classes: readonly DetectionClass[], score: number): Detection[] =>
  sight.detections
    .filter((d) => classes.includes(d.class) && d.score >= score && inRing(...centre(d.box), zone.polygon))
    .sort((a, b) => b.score - a.score);

/** Share of box `a` that lies under box `b`, 0..1. */
export function coveredBy(a: Box, b: Box): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  const area = a.w * a.h;
  return w > 0 && h > 0 && area > 0 ? (w * h) / area : 0;
}

/** Distance between the middles of two boxes in widths of the first. */
export function widthsApart(a: Box, b: Box): number {
  const [ax, ay] = centre(a);
  const [bx, by] = centre(b);
  return a.w > 0 ? Math.hypot(ax - bx, ay - by) / a.w : Number.POSITIVE_INFINITY;
}

/** The smallest box around a zone. */
export function around(zone: Zone): Box {
  const xs = zone.polygon.map((p) => p[0]);
  const ys = zone.polygon.map((p) => p[1]);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}

/** A short mark of a zone's drawing: a redrawn zone has another, and what was judged on the old one says nothing of it. */
export const groundMark = (zone: Pick<Zone, 'kind' | 'polygon'> & { readonly preset?: string | undefined }): string =>
  fnv1a(
    `${zone.preset === undefined ? '' : `${zone.preset} `}${zone.kind} ${zone.polygon.map(([x, y]) => `${x.toFixed(4)},${y.toFixed(4)}`).join(' ')}`,
  ).toString(36);

/** A reading that says nothing, and why. `level` where a look was in doubt between clear and hazard. */
export const unseen = (why: string, facts: Reading['facts'] = {}, level: Reading['level'] = 0): Reading => ({
  word: 'cannot-see',
  sub: '',
  level,
  boxes: [],
  facts: { ...facts, why },
});

/** Rounds a share for a card: three places are more than a camera knows. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** What the camera's own past added to a level, for the card: number of references, the level without and with them. */
export const pastFacts = (
  { past }: Pick<ZoneSight, 'past'>,
  alone: number | undefined,
  withPast: number,
): Reading['facts'] =>
  past === undefined || alone === undefined
    ? {}
    : {
        past: past.references,
        pastLight: past.light,
        levelAlone: rounded(alone),
        levelWithPast: rounded(withPast),
        unlike: rounded(past.unlike),
      };
