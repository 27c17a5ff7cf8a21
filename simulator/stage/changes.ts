// Owns which part of the picture a moving thing can change: its body, shadow, mirror image, light and wake.
import * as THREE from 'three';

/** Part of the picture before the lens, in fractions, origin at the top left. */
export interface Window {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface Reach {
  readonly sun: THREE.Vector3 | null;
  /** Height of the mirroring surface, or null when nothing mirrors. */
  readonly mirrorY: number | null;
  /** How far ahead its lamps light the ground. */
  readonly reachM: number;
  /** How far behind it the water moves. */
  readonly wakeM: number;
}

/** The window around everything a mesh changes. */
export function windowOf(camera: THREE.PerspectiveCamera, mesh: THREE.Mesh, reach: Reach): Window {
  const g = mesh.geometry;
  if (!g.boundingBox) g.computeBoundingBox();
  const box = g.boundingBox ?? new THREE.Box3();
  const points: THREE.Vector3[] = [];
  const ahead = reach.reachM;
  const behind = reach.wakeM;
  const wide = ahead > 0 ? 3.5 : behind > 0 ? 5 : 0;
  for (const x of [box.min.x - behind, box.max.x + ahead]) {
    for (const y of [Math.max(box.min.y, -0.5), box.max.y]) {
      for (const z of [box.min.z - wide, box.max.z + wide]) {
        const p = new THREE.Vector3(x, y, z).applyMatrix4(mesh.matrixWorld);
        points.push(p);
        if (reach.sun && reach.sun.y > 0.05)
          points.push(p.clone().addScaledVector(reach.sun, -Math.max(0, p.y) / reach.sun.y));
        if (reach.mirrorY !== null) points.push(new THREE.Vector3(p.x, 2 * reach.mirrorY - p.y, p.z));
      }
    }
  }
  let [x0, y0, x1, y1] = [1, 1, 0, 0];
  const v = new THREE.Vector3();
  for (const p of points) {
    v.copy(p).applyMatrix4(camera.matrixWorldInverse);
    if (v.z > -1.2) v.z = -1.2;
    v.applyMatrix4(camera.projectionMatrix);
    x0 = Math.min(x0, v.x * 0.5 + 0.5);
    x1 = Math.max(x1, v.x * 0.5 + 0.5);
    y0 = Math.min(y0, 0.5 - v.y * 0.5);
    y1 = Math.max(y1, 0.5 - v.y * 0.5);
  }
  if (reach.mirrorY !== null) {
    y0 -= 0.08;
    y1 += 0.08;
  }
  return { x0: Math.max(0, x0), y0: Math.max(0, y0), x1: Math.min(1, x1), y1: Math.min(1, y1) };
}

const area = (w: Window): number => Math.max(0, w.x1 - w.x0) * Math.max(0, w.y1 - w.y0);
const join = (a: Window, b: Window): Window => ({
  x0: Math.min(a.x0, b.x0),
  y0: Math.min(a.y0, b.y0),
  x1: Math.max(a.x1, b.x1),
  y1: Math.max(a.y1, b.y1),
});

/** Windows with a margin, empty ones dropped, close ones joined: at most four remain. */
export function mergeWindows(windows: readonly Window[], margin: number): Window[] {
  let out = windows
    .map((w) => ({
      x0: Math.max(0, w.x0 - margin),
      y0: Math.max(0, w.y0 - margin),
      x1: Math.min(1, w.x1 + margin),
      y1: Math.min(1, w.y1 + margin),
    }))
    .filter((w) => w.x1 - w.x0 > 0.002 && w.y1 - w.y0 > 0.002);
  for (;;) {
    let best: { i: number; j: number; cost: number } | null = null;
    for (let i = 0; i < out.length; i += 1) {
      for (let j = i + 1; j < out.length; j += 1) {
        const a = out[i];
        const b = out[j];
        if (!a || !b) continue;
        const cost = area(join(a, b)) - area(a) - area(b);
        if (!best || cost < best.cost) best = { i, j, cost };
      }
    }
    if (!best || (best.cost > 0.015 && out.length <= 4)) return out;
    const { i, j } = best;
    const a = out[i];
    const b = out[j];
    if (!a || !b) return out;
    out = [...out.filter((_, k) => k !== i && k !== j), join(a, b)];
  }
}
