// What a camera's picture shows of the ground: which row lies how far away, how large a thing is there, and up to where
// something can be judged. A pinhole without roll over flat ground; formulas in docs/range.md.
import type { Camera, Rung } from './camera.ts';
import { offset, type Ring } from './geo.ts';
import type { Point } from './place.ts';

/** How a picture stands over the ground. */
export interface View {
  /** Metres from the ground to the lens. */
  readonly heightM: number;
  /** Degrees below the horizon of the picture's middle. */
  readonly tiltDeg: number;
  /** Focal length in widths of the picture: 1 / (2 tan(fov / 2)). */
  readonly focalX: number;
  /** Focal length in heights of the picture: `focalX` times its aspect, pixels being square. */
  readonly focalY: number;
}

/** Where a view comes from; `none` says why there is none. `misfitRatio` is the relative error, root mean square, of a ladder's marks. */
export type Calibration =
  | { readonly kind: 'tilt'; readonly view: View }
  | { readonly kind: 'ladder'; readonly view: View; readonly misfitRatio: number }
  | { readonly kind: 'none'; readonly why: 'not-given' }
  | { readonly kind: 'none'; readonly why: 'marks-contradict'; readonly misfitRatio: number };

type Mounted = Pick<Camera, 'heightM' | 'fovDeg'> & {
  readonly tiltDeg?: number | undefined;
  readonly aspect?: number | undefined;
  readonly ladder?: readonly Rung[] | undefined;
};

const rad = (degrees: number): number => (degrees * Math.PI) / 180;
const deg = (radians: number): number => (radians * 180) / Math.PI;

const usualAspect = 16 / 9;
/** Ground further away is not spoken of: a row of the picture there covers tens of metres. */
export const farthestM = 200;
/** A ladder whose marks miss the best plane by more than this contradicts itself. */
const mostMisfit = 0.15;

/** The view that height, tilt, angle of view and aspect make. */
export function viewFrom({ heightM, fovDeg, aspect }: Mounted, tiltDeg: number): View {
  const focalX = 0.5 / Math.tan(rad(Math.min(fovDeg, 170)) / 2);
  return { heightM, tiltDeg, focalX, focalY: focalX * (aspect ?? usualAspect) };
}

/** How the picture of a camera stands over the ground: by its ladder, else by its tilt, else unknown. */
export function calibrationOf(camera: Mounted): Calibration {
  if (camera.ladder) {
    const { view, misfitRatio } = fitLadder(camera, camera.ladder);
    return misfitRatio <= mostMisfit
      ? { kind: 'ladder', view, misfitRatio }
      : { kind: 'none', why: 'marks-contradict', misfitRatio };
  }
  if (camera.tiltDeg === undefined) return { kind: 'none', why: 'not-given' };
  return { kind: 'tilt', view: viewFrom(camera, camera.tiltDeg) };
}

/** The view of a camera, undefined where it is not calibrated. */
export function viewOf(camera: Mounted): View | undefined {
  const calibration = calibrationOf(camera);
  return calibration.kind === 'none' ? undefined : calibration.view;
}

// ---- rows and metres

/** The ray through a row: its parts ahead and down for one part along the axis of the lens. */
function rayAt({ tiltDeg, focalY }: View, y: number): { ahead: number; down: number } {
  const v = (y - 0.5) / focalY;
  const [sin, cos] = [Math.sin(rad(tiltDeg)), Math.cos(rad(tiltDeg))];
  return { ahead: cos - v * sin, down: sin + v * cos };
}

/** Metres along the lens's axis to the ground on a row (y in fractions, down); Infinity on and above the horizon. */
export function depthAt(view: View, y: number): number {
  const { down } = rayAt(view, y);
  return down > 1e-9 ? view.heightM / down : Number.POSITIVE_INFINITY;
}

/**
 * Metres ahead of the pole's foot, along the ground and the camera's direction, at which a row meets the ground:
 * h (cos t - v sin t) / (sin t + v cos t) with v = (y - 1/2) / f. Negative behind the foot; Infinity on and above the horizon.
 */
export function distanceAt(view: View, y: number): number {
  const { ahead, down } = rayAt(view, y);
  return down > 1e-9 ? (view.heightM * ahead) / down : Number.POSITIVE_INFINITY;
}

/** Metres along the lens's axis to the ground `aheadM` ahead of the foot: d cos t + h sin t. Not positive behind the lens. */
export const depthOf = ({ heightM, tiltDeg }: View, aheadM: number): number =>
  aheadM * Math.cos(rad(tiltDeg)) + heightM * Math.sin(rad(tiltDeg));

/** The row (fraction of the picture, maybe outside 0..1) of the ground `aheadM` ahead; the inverse of `distanceAt`. */
export function rowAt(view: View, aheadM: number): number {
  if (aheadM === Number.POSITIVE_INFINITY) return horizonRow(view);
  const below = view.heightM * Math.cos(rad(view.tiltDeg)) - aheadM * Math.sin(rad(view.tiltDeg));
  const depth = depthOf(view, aheadM);
  return depth > 1e-9 ? 0.5 + (view.focalY * below) / depth : Number.POSITIVE_INFINITY;
}

/** The row of the horizon, in fractions of the picture; above the picture where it is negative. */
export const horizonRow = (view: View): number => 0.5 - view.focalY * Math.tan(rad(Math.min(view.tiltDeg, 89.999)));

/** The ground at a point of the picture: metres ahead and to the right of the foot; undefined where there is no ground. */
export function groundAt(view: View, x: number, y: number): { aheadM: number; asideM: number } | undefined {
  const depth = depthAt(view, y);
  if (!Number.isFinite(depth)) return undefined;
  return { aheadM: distanceAt(view, y), asideM: (depth * (x - 0.5)) / view.focalX };
}

/** Where in the picture (fractions, maybe outside it) a point of the ground stands; undefined behind the lens. */
export function pictureAt(view: View, aheadM: number, asideM: number): [number, number] | undefined {
  const depth = depthOf(view, aheadM);
  if (depth <= 1e-9) return undefined;
  return [0.5 + (view.focalX * asideM) / depth, rowAt(view, aheadM)];
}

// ---- pixels

/** Pixels across a thing of `sizeM` standing or lying `aheadM` ahead, in a picture `widthPx` wide: W f s / depth. */
export const acrossPx = (view: View, widthPx: number, aheadM: number, sizeM: number): number =>
  (widthPx * view.focalX * sizeM) / Math.max(1e-9, depthOf(view, aheadM));

/**
 * Pixels along (from near to far) of ground `sizeM` long that lies `aheadM` ahead, in a picture `heightPx` high. It is what
 * foreshortening leaves: H f h s / depth², the derivative of `rowAt`.
 */
export const alongPx = (view: View, heightPx: number, aheadM: number, sizeM: number): number =>
  (heightPx * view.focalY * view.heightM * sizeM) / Math.max(1e-9, depthOf(view, aheadM)) ** 2;

/** How far ahead a depth of the lens reaches on the ground; 0 when not even the foot is so near. */
function aheadOfDepth({ heightM, tiltDeg }: View, depthM: number): number {
  const cos = Math.cos(rad(tiltDeg));
  const room = depthM - heightM * Math.sin(rad(tiltDeg));
  if (cos < 1e-6) return room >= 0 ? Number.POSITIVE_INFINITY : 0;
  return Math.max(0, room / cos);
}

/** Up to how many metres ahead a thing of `sizeM` is at least `leastPx` across; 0 when nowhere. */
export const reachAcross = (view: View, widthPx: number, sizeM: number, leastPx: number): number =>
  aheadOfDepth(view, (widthPx * view.focalX * sizeM) / leastPx);

/** Up to how many metres ahead `sizeM` of ground along the view is at least `leastPx` high; 0 when nowhere. */
export const reachAlong = (view: View, heightPx: number, sizeM: number, leastPx: number): number =>
  aheadOfDepth(view, Math.sqrt((heightPx * view.focalY * view.heightM * sizeM) / leastPx));

// ---- zones

/** A zone's ground, row by row from the top: how far away it lies, how much of it there is. */
export interface GroundRows {
  readonly rows: readonly { readonly aheadM: number; readonly weight: number }[];
  /** Metres ahead of its nearest and furthest ground, at most `farthestM`; both 0 where the polygon shows no ground. */
  readonly nearM: number;
  readonly farM: number;
}

const rowsOfZone = 96;

/**
 * Cuts a polygon (fractions of the picture) into rows. The weight of a row is its ground in square metres:
 * a part dx dy of the picture is depth³ / (fx fy h) dx dy of ground. Sky weighs nothing, ground beyond `farthestM` as much as there.
 */
export function groundRows(view: View, polygon: Ring): GroundRows {
  const ys = polygon.map((p) => p[1]);
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const step = (bottom - top) / rowsOfZone;
  const most = depthOf(view, farthestM);
  const rows: { aheadM: number; weight: number }[] = [];
  for (let i = 0; i < rowsOfZone; i++) {
    const y = top + (i + 0.5) * step;
    const depth = depthAt(view, y);
    if (!Number.isFinite(depth)) continue;
    const area = Math.min(depth, most) ** 3 / (view.focalX * view.focalY * view.heightM);
    const weight = widthAt(polygon, y) * step * area;
    if (weight > 0) rows.push({ aheadM: Math.min(distanceAt(view, y), farthestM), weight });
  }
  return { rows, nearM: rows.at(-1)?.aheadM ?? 0, farM: rows[0]?.aheadM ?? 0 };
}

/** Share of a zone's ground, 0..1, that lies at most `limitM` ahead; 0 where there is no ground. */
export function shareWithin({ rows }: GroundRows, limitM: number): number {
  const all = rows.reduce((sum, row) => sum + row.weight, 0);
  const near = rows.reduce((sum, row) => sum + (row.aheadM <= limitM ? row.weight : 0), 0);
  return all > 0 ? near / all : 0;
}

/** How much of a horizontal line lies in a polygon (even-odd rule), in its own unit. */
function widthAt(polygon: Ring, y: number): number {
  const xs: number[] = [];
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i] ?? [0, 0];
    const [xj, yj] = polygon[j] ?? [0, 0];
    if (yi > y !== yj > y) xs.push(((xj - xi) * (y - yi)) / (yj - yi) + xi);
  }
  xs.sort((a, b) => a - b);
  let width = 0;
  for (let i = 0; i + 1 < xs.length; i += 2) width += (xs[i + 1] ?? 0) - (xs[i] ?? 0);
  return width;
}

// ---- the map

/** The point of the map under a point of the picture; undefined where there is no ground or it is further than `farthestM`. */
export function placeAt(
  camera: Pick<Camera, 'point' | 'bearingDeg'>,
  view: View,
  x: number,
  y: number,
): Point | undefined {
  const ground = groundAt(view, x, y);
  if (!ground || Math.hypot(ground.aheadM, ground.asideM) > farthestM) return undefined;
  return pointOf(camera, ground.aheadM, ground.asideM);
}

const pointOf = ({ point, bearingDeg }: Pick<Camera, 'point' | 'bearingDeg'>, aheadM: number, asideM: number): Point =>
  offset(point, bearingDeg + deg(Math.atan2(asideM, aheadM)), Math.hypot(aheadM, asideM));

/**
 * The ground on the map that the whole picture shows up to `limitM` ahead: four corners, near left first, clockwise seen from
 * above. Rows of the picture are straight lines on flat ground, so four are exact. Undefined where the picture shows no ground so near.
 */
export function footprint(
  camera: Pick<Camera, 'point' | 'bearingDeg'>,
  view: View,
  limitM: number,
): [Point, Point, Point, Point] | undefined {
  const far = Math.min(limitM, farthestM);
  const topRow = Math.max(0, rowAt(view, far));
  const [near, top] = [depthAt(view, 1), depthAt(view, topRow)];
  if (topRow >= 1 || !Number.isFinite(near) || !Number.isFinite(top)) return undefined;
  const corner = (row: number, depth: number, side: -1 | 1): Point =>
    pointOf(camera, distanceAt(view, row), (side * depth * 0.5) / view.focalX);
  return [corner(1, near, -1), corner(topRow, top, -1), corner(topRow, top, 1), corner(1, near, 1)];
}

// ---- ladders

/** What is believed before a ladder is seen: each mark is right to this share, the written height to that. */
const markSigma = 0.05;
const heightSigma = 0.15;

/**
 * The tilt and height under which the pinhole explains a ladder best. Least squares of the logarithms of distances (5 % a mark)
 * with the written height as one more observation (15 %), so that two close marks cannot make a mast of 30 m. For a given tilt
 * the best height is a mean; the tilt is found by a search. A street that rises or falls evenly is a plane too: what is found then is
 * the tilt against the street.
 */
export function fitLadder(camera: Mounted, ladder: readonly Rung[]): { view: View; misfitRatio: number } {
  const at = (tiltDeg: number): { cost: number; view: View; misfitRatio: number } | undefined => {
    const unit = viewFrom({ ...camera, heightM: 1 }, tiltDeg);
    const logs = ladder.map(({ y, distanceM }) => {
      const distance = distanceAt(unit, y);
      return distance > 0 && Number.isFinite(distance) ? Math.log(distanceM / distance) : Number.NaN;
    });
    if (logs.some(Number.isNaN)) return undefined;
    const [mark, prior] = [1 / markSigma ** 2, 1 / heightSigma ** 2];
    const sum = logs.reduce((a, b) => a + b, 0);
    const logHeight = (sum * mark + Math.log(camera.heightM) * prior) / (logs.length * mark + prior);
    const square = logs.reduce((a, b) => a + (b - logHeight) ** 2, 0);
    return {
      cost: square * mark + (logHeight - Math.log(camera.heightM)) ** 2 * prior,
      view: { ...unit, heightM: Math.exp(logHeight) },
      misfitRatio: Math.sqrt(square / logs.length),
    };
  };
  const costAt = (tiltDeg: number): number => at(tiltDeg)?.cost ?? Number.POSITIVE_INFINITY;
  let best = -10;
  for (let tilt = -10; tilt <= 89; tilt += 0.5) if (costAt(tilt) < costAt(best)) best = tilt;
  let [low, high] = [best - 0.5, best + 0.5];
  for (let i = 0; i < 40; i++) {
    const [a, b] = [low + (high - low) * 0.382, low + (high - low) * 0.618];
    if (costAt(a) < costAt(b)) high = b;
    else low = a;
  }
  const found = at((low + high) / 2) ?? at(best);
  // No tilt lets all marks lie on the ground: they contradict the angle of view.
  return found ?? { view: viewFrom(camera, 0), misfitRatio: Number.POSITIVE_INFINITY };
}
