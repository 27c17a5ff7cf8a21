// How large letters must be on a wall (screens 3.1): from the distance of the farthest reader and the width of the picture.

/** Height of capitals ÷ font size of the bundled face. */
export const capShare = 0.716;

export interface WallPlace {
  /** Width of the shown picture in millimetres and in CSS pixels. */
  readonly pictureMm: number;
  readonly picturePx: number;
  readonly distanceM: number;
}

/** Height in millimetres that a capital needs to be seen under `arcMin` minutes of arc (NUREG-0700 asks for 16). */
export const capMm = (distanceM: number, arcMin: number): number =>
  distanceM * 1000 * Math.tan(((arcMin / 60) * Math.PI) / 180);

/** Font size in CSS pixels for that height. */
export const fontPx = ({ pictureMm, picturePx, distanceM }: WallPlace, arcMin: number): number =>
  capMm(distanceM, arcMin) / (capShare * (pictureMm / picturePx));

/** How many lines of this size fit into `heightPx`; lines are dropped before letters shrink. */
export const linesThatFit = (heightPx: number, sizePx: number, lineHeight = 1.3): number =>
  Math.max(0, Math.floor(heightPx / (sizePx * lineHeight)));
