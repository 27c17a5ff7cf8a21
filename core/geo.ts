// Plane and sphere geometry of points and polygons.
import type { Point } from './place.ts';

const earthRadiusM = 6_371_008.8;
const rad = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in metres (haversine on the mean earth radius of IUGG). */
export function distanceM(a: Point, b: Point): number {
  const dLat = rad(b.lat - a.lat);
  const dLon = rad(b.lon - a.lon);
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The point `metres` away from `from` in the compass direction `bearingDeg` (0 north, 90 east); small distances. */
export function offset(from: Point, bearingDeg: number, metres: number): Point {
  const dLat = (metres * Math.cos(rad(bearingDeg))) / earthRadiusM;
  const dLon = (metres * Math.sin(rad(bearingDeg))) / (earthRadiusM * Math.cos(rad(from.lat)));
  return { lat: from.lat + (dLat * 180) / Math.PI, lon: from.lon + (dLon * 180) / Math.PI };
}

export type Ring = readonly (readonly [number, number])[];

/** Is the point x, y inside the ring (even-odd rule)? Ring and point share any plane unit; the ring need not be closed. */
export function inRing(x: number, y: number, ring: Ring): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] ?? [0, 0];
    const [xj, yj] = ring[j] ?? [0, 0];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Area of a ring in its own square unit (shoelace formula), never negative. */
export function ringArea(ring: Ring): number {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] ?? [0, 0];
    const [xj, yj] = ring[j] ?? [0, 0];
    twice += xj * yi - xi * yj;
  }
  return Math.abs(twice) / 2;
}

/** Middle of a ring's area; the mean of its points where it encloses none. */
export function ringMiddle(ring: Ring): [number, number] {
  let [twice, x, y] = [0, 0, 0];
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] ?? [0, 0];
    const [xj, yj] = ring[j] ?? [0, 0];
    const cross = xj * yi - xi * yj;
    twice += cross;
    x += (xi + xj) * cross;
    y += (yi + yj) * cross;
  }
  return Math.abs(twice) < 1e-12 ? ringCentre(ring) : [x / (3 * twice), y / (3 * twice)];
}

/** Mean of a ring's points: good enough to put a mark on a small polygon. */
export function ringCentre(ring: Ring): [number, number] {
  const n = Math.max(1, ring.length);
  return [ring.reduce((sum, p) => sum + p[0], 0) / n, ring.reduce((sum, p) => sum + p[1], 0) / n];
}

/** Distance in metres between two closed outlines on the ground, 0 where they touch or lie in one another; for outlines of some hundred metres. */
export function outlinesApartM(a: readonly Point[], b: readonly Point[]): number {
  const [origin] = a;
  if (!origin || b.length === 0) return Number.POSITIVE_INFINITY;
  const perLat = rad(1) * earthRadiusM;
  const perLon = perLat * Math.cos(rad(origin.lat));
  const flat = (points: readonly Point[]): [number, number][] =>
    points.map(({ lon, lat }) => [(lon - origin.lon) * perLon, (lat - origin.lat) * perLat]);
  const [one, other] = [flat(a), flat(b)];
  const has = (ring: Ring, point: readonly [number, number] | undefined): boolean =>
    point !== undefined && ring.length > 2 && inRing(point[0], point[1], ring);
  if (has(one, other[0]) || has(other, one[0])) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (const s of sidesOf(one)) {
    for (const t of sidesOf(other)) {
      if (sidesCross(s, t)) return 0;
      least = Math.min(least, ...s.map((p) => toSide(p, t)), ...t.map((p) => toSide(p, s)));
    }
  }
  return least;
}

type Flat = readonly [number, number];
type Side = readonly [Flat, Flat];

const sidesOf = (ring: readonly Flat[]): Side[] => ring.map((p, i) => [p, ring[(i + 1) % ring.length] ?? p]);

const turn = (a: Flat, b: Flat, c: Flat): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

const sidesCross = ([a, b]: Side, [c, d]: Side): boolean =>
  turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;

/** Distance from a point to a side. */
function toSide([x, y]: Flat, [[ax, ay], [bx, by]]: Side): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const part = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - part * dx, y - ay - part * dy);
}
