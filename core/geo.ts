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
