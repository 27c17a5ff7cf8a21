// The zones that a labelled picture is asked about: nobody drew any, so its lower part, its whole and each marked manhole stand for them.
import type { Zone } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import type { Frame } from '#detector';
import type { Item } from './lists.ts';

const below = (top: number): Zone['polygon'] => [
  [0, top],
  [1, top],
  [1, 1],
  [0, 1],
];

/** The part of a picture that is mostly ground: the same zone as the networks were measured on when they were made. */
export const groundZone: Zone = {
  id: 'ground',
  kind: 'carriageway',
  hazards: ['snow', 'flooding', 'open-manhole'],
  streetClass: 'none',
  polygon: below(0.4),
};
export const watchedZone: Zone = { ...groundZone, id: 'watched', kind: 'no-dumping', hazards: ['dumping'] };
/** Heaps and sacks lie anywhere in a hand-held picture. */
export const wholeZone: Zone = { ...watchedZone, id: 'whole', polygon: below(0) };

export const zoneOf: Readonly<Record<HazardName, Zone>> = {
  snow: groundZone,
  flooding: groundZone,
  'open-manhole': groundZone,
  dumping: watchedZone,
};

/** A box in a hand-held picture fits its cover; a zone that somebody draws for a camera is so much wider. */
const zonePerBox = 2.5;

/** A square zone by its middle and side in pixels; it may reach over the picture's edge. */
function squareZone(id: string, frame: Frame, middleX: number, middleY: number, sidePx: number): Zone {
  const left = (middleX - sidePx / 2) / frame.widthPx;
  const right = (middleX + sidePx / 2) / frame.widthPx;
  const top = (middleY - sidePx / 2) / frame.heightPx;
  const bottom = (middleY + sidePx / 2) / frame.heightPx;
  return {
    id,
    kind: 'manhole',
    hazards: ['open-manhole'],
    streetClass: 'none',
    polygon: [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ],
  };
}

export interface SpotZone {
  readonly zone: Zone;
  readonly positive: boolean;
}

/** Every manhole with a box; a close-up without boxes is one as a whole. `margin` is that of the spot network's card. */
export function spotZones(item: Item, frame: Frame, margin: number): SpotZone[] {
  if (item.list !== 'manhole') return [];
  const { widthPx, heightPx } = frame;
  const marked = item.boxes.flatMap((box, index) => {
    if (box.label !== 'Manhole-Open' && box.label !== 'Manhole-Closed') return [];
    const sidePx = Math.max(box.w * widthPx, box.h * heightPx) * zonePerBox;
    const [x, y] = [(box.x + box.w / 2) * widthPx, (box.y + box.h / 2) * heightPx];
    return [{ zone: squareZone(`spot-${index}`, frame, x, y, sidePx), positive: box.label === 'Manhole-Open' }];
  });
  if (marked.length > 0) return marked;
  const sidePx = Math.max(widthPx, heightPx) / margin;
  return [
    { zone: squareZone('spot-0', frame, widthPx / 2, heightPx / 2, sidePx), positive: item.truth === 'positive' },
  ];
}
