// Owns movement in clips: streams of cars and walkers that repeat after a period, paths of a single lorry.
import type { Place } from './places.ts';
import { roadDistance } from './places.ts';
import type { Person, Point, Scene, Vehicle } from './scene-types.ts';
import type { VehicleKind } from './vehicles.ts';

export interface Stream {
  readonly lane: number;
  readonly kind: VehicleKind;
  readonly paint: number;
  /** 0..1: where in its period the stream begins. */
  readonly offset: number;
  readonly speedMps?: number;
  readonly wake?: number;
}

const FROM = -52;
const TO = 88;

/** Cars of one paint, speed × period apart: at the end of a period each stands where the next stood, so the loop has no seam. */
export function carsAt(scene: Scene, place: Place, streams: readonly Stream[], tS: number, periodS: number): Vehicle[] {
  const out: Vehicle[] = [];
  const lit =
    scene.light === 'night' || scene.light === 'dusk' || scene.weather === 'rain' || scene.weather === 'snowfall';
  streams.forEach((s, n) => {
    const lane = place.lanes[s.lane % Math.max(1, place.lanes.length)];
    if (!lane) return;
    const step = (s.speedMps ?? 11) * periodS;
    const lead = ((s.offset + tS / periodS) % 1) * step;
    for (let k = 0, d = lead; d < TO - FROM; k += 1, d += step) {
      const forward = Math.cos(lane.yaw) - Math.sin(lane.yaw) > 0;
      const along = forward ? FROM + d : TO - d;
      const x = lane.axis === 'x' ? along : lane.at;
      const z = lane.axis === 'x' ? lane.at : along;
      if (Math.hypot(x - scene.camera.x, z - scene.camera.z) < 3.5) continue;
      const wet = s.wake !== undefined && roadDistance(scene.layout, x, z) < 0;
      out.push({
        id: `s${n}-${k}`,
        kind: s.kind,
        x,
        z,
        yaw: lane.yaw,
        paint: s.paint,
        lights: lit,
        load: 0.5,
        stuff: s.paint % 3,
        ...(wet ? { wake: s.wake ?? 0 } : {}),
      });
    }
  });
  return out;
}

export interface Walk {
  readonly walk: number;
  readonly clothes: number;
  readonly offset: number;
  readonly back?: boolean;
  readonly aside?: number;
}

/** Walkers at 1.3 m/s along the place's pavements, spaced so that the loop has no seam; two steps a second. */
export function walkersAt(scene: Scene, place: Place, walks: readonly Walk[], tS: number, periodS: number): Person[] {
  const out: Person[] = [];
  walks.forEach((w, n) => {
    const line = place.walks[w.walk % Math.max(1, place.walks.length)];
    if (!line) return;
    const step = 1.3 * periodS;
    const lead = ((w.offset + tS / periodS) % 1) * step;
    const k = Math.floor(w.offset * 7) % 3;
    const d = -8 + k * step + lead;
    const along = w.back ? 22 - d : d;
    const at = line.at + (w.aside ?? 0);
    const x = line.axis === 'x' ? along : at;
    const z = line.axis === 'x' ? at : along;
    if (Math.hypot(x - scene.camera.x, z - scene.camera.z) < 4) return;
    const yaw = line.axis === 'x' ? (w.back ? Math.PI : 0) : w.back ? Math.PI / 2 : -Math.PI / 2;
    for (const j of [0, 1, 2]) {
      const shift = (w.back ? -1 : 1) * step * j;
      out.push({
        id: `w${n}-${j}`,
        x: line.axis === 'x' ? x + shift : x,
        z: line.axis === 'x' ? z : z + shift,
        yaw,
        clothes: w.clothes,
        step: (tS * 2) % 1,
      });
    }
  });
  return out;
}

export const clamp01 = (v: number): number => Math.min(1, Math.max(0, v));

/** Smooth 0..1 while t runs from a to b. */
export function ease(t: number, a: number, b: number): number {
  const u = clamp01((t - a) / (b - a));
  return u * u * (3 - 2 * u);
}

/** Start, two handles, end. */
export type Curve = readonly [Point, Point, Point, Point];

/** Place and heading on a cubic curve through ground points, u in 0..1. */
export function onCurve(p: Curve, u: number): { x: number; z: number; yaw: number } {
  const [a, b, c, d] = p;
  const at = (v: number): readonly [number, number] => {
    const w = 1 - v;
    const f = (i: 0 | 1): number => w * w * w * a[i] + 3 * w * w * v * b[i] + 3 * w * v * v * c[i] + v * v * v * d[i];
    return [f(0), f(1)];
  };
  const [x, z] = at(u);
  const [x0, z0] = at(Math.max(0, u - 0.01));
  const [x1, z1] = at(Math.min(1, u + 0.01));
  return { x, z, yaw: Math.atan2(-(z1 - z0), x1 - x0) };
}
