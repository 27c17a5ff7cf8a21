// Owns what comes and goes: people, covers and holes, heaps, sacks, cones, windrows, pouring material.
import { makeRng } from './rng.ts';
import type { Heap, Manhole, Person, Windrow, CoverState } from './scene-types.ts';
import { MATTER, type Shape } from './shape.ts';
import type { Look, Rgb } from './shape.ts';

/** Colours of dumped material: earth, rubble, mixed refuse, sand, dirty snow. */
export const STUFF: readonly [Rgb, ...Rgb[]] = [
  [0.15, 0.11, 0.075],
  [0.34, 0.32, 0.29],
  [0.22, 0.2, 0.17],
  [0.4, 0.31, 0.19],
  [0.6, 0.6, 0.6],
];

export function stuffColor(i: number | undefined): Rgb {
  return STUFF[i ?? 0] ?? STUFF[0];
}

export function drawPerson(s: Shape, p: Person): void {
  const rng = makeRng(p.clothes);
  const top: Rgb = p.worker
    ? [0.7, 0.26, 0.02]
    : rng.pick([
        [0.03, 0.03, 0.035],
        [0.12, 0.13, 0.15],
        [0.3, 0.05, 0.04],
        [0.05, 0.09, 0.22],
        [0.4, 0.36, 0.3],
        [0.08, 0.12, 0.07],
        [0.5, 0.5, 0.5],
      ]);
  const legs: Rgb = rng.pick([
    [0.03, 0.035, 0.05],
    [0.05, 0.06, 0.1],
    [0.1, 0.09, 0.08],
  ]);
  const k = rng.range(0.93, 1.06);
  s.at(p.x, 0, p.z, p.yaw, () => {
    const swing = Math.sin(p.step * Math.PI * 2) * 0.32;
    for (const side of [1, -1]) {
      const a = swing * side;
      s.tube([a * 0.75, 0.05, side * 0.1], [0, 0.86 * k, side * 0.09], 0.075, 0.1, { color: legs }, 7);
      s.tube(
        [a * 0.75 + 0.05, 0.04, side * 0.1],
        [a * 0.75 + 0.14, 0.05, side * 0.1],
        0.06,
        0.05,
        { color: [0.02, 0.02, 0.02] },
        6,
      );
      s.tube([-a * 0.55, 0.82 * k, side * 0.25], [0, 1.38 * k, side * 0.2], 0.05, 0.065, { color: top }, 6);
    }
    s.prism(0, 0, 0.26, 0.4, 0.78 * k, 1.44 * k, { color: top }, { radius: 0.12, topZ: 1.05, bevel: 0.06 });
    if (p.worker) s.prism(0, 0, 0.28, 0.42, 1.0 * k, 1.06 * k, { color: [0.7, 0.7, 0.6] }, { radius: 0.12 });
    s.blob(
      [0.01, 1.6 * k, 0],
      [0.105, 0.13, 0.1],
      { color: rng.chance(0.5) ? [0.05, 0.035, 0.025] : [0.35, 0.22, 0.16] },
      6,
      8,
    );
    s.blob([0.04, 1.57 * k, 0], [0.085, 0.1, 0.085], { color: [0.4, 0.26, 0.19] }, 5, 7);
    if (p.carries) s.blob([0.34, 0.95, 0], [0.26, 0.36, 0.3], { color: [0.6, 0.58, 0.52] }, 6, 8);
  });
}

/** Cast cover with a bright rim and a raised pattern, lying at height y. */
function disc(s: Shape, x: number, y: number, z: number, r: number, yaw: number, tilt: number): void {
  s.at(x, y, z, yaw, () => {
    const cast: Look = { color: [0.055, 0.052, 0.05], matter: MATTER.iron, v: -1 };
    const worn: Look = { color: [0.15, 0.143, 0.135], matter: MATTER.iron, v: -1 };
    s.tube([0, 0, 0], [tilt * 0.1, 0.045, 0], r, r, cast, 28);
    const up = 0.047;
    for (let i = 0; i < 6; i += 1) {
      const a = (i * Math.PI) / 6;
      const c = Math.cos(a);
      const d = Math.sin(a);
      const [lx, lz] = [c * r * 0.86, d * r * 0.86];
      const [wx, wz] = [-d * r * 0.05, c * r * 0.05];
      s.quad(
        [-lx - wx, up, -lz - wz],
        [lx - wx, up, lz - wz],
        [lx + wx, up, lz + wz],
        [-lx + wx, up, -lz + wz],
        worn,
        1,
        1,
        [0, 1, 0],
      );
    }
    for (const k of [0.94, 0.52]) {
      for (let i = 0; i < 28; i += 1) {
        const [a, b] = [(i / 28) * Math.PI * 2, ((i + 1) / 28) * Math.PI * 2];
        const q = k - 0.075;
        s.quad(
          [Math.cos(a) * r * k, up, Math.sin(a) * r * k],
          [Math.cos(b) * r * k, up, Math.sin(b) * r * k],
          [Math.cos(b) * r * q, up, Math.sin(b) * r * q],
          [Math.cos(a) * r * q, up, Math.sin(a) * r * q],
          worn,
          1,
          1,
          [0, 1, 0],
        );
      }
    }
  });
}

function rim(s: Shape, m: Manhole, y: number, inner: number, outer: number, look: Look): void {
  for (let i = 0; i < 32; i += 1) {
    const [a, b] = [(i / 32) * Math.PI * 2, ((i + 1) / 32) * Math.PI * 2];
    s.quad(
      [m.x + Math.cos(a) * outer, y, m.z + Math.sin(a) * outer],
      [m.x + Math.cos(b) * outer, y, m.z + Math.sin(b) * outer],
      [m.x + Math.cos(b) * inner, y, m.z + Math.sin(b) * inner],
      [m.x + Math.cos(a) * inner, y, m.z + Math.sin(a) * inner],
      look,
      1,
      1,
      [0, 1, 0],
    );
  }
}

/** The frame in the ground, and the cover when it is in. `ground` is the height of the paving there. */
export function drawManhole(s: Shape, m: Manhole, state: CoverState, ground: number): void {
  s.at(0, ground, 0, 0, () => {
    rim(s, m, 0.012, m.r * 1.12, m.r * 1.55, { color: [0.15, 0.147, 0.14], matter: MATTER.concrete, v: -1 });
    rim(s, m, 0.016, m.r * 0.99, m.r * 1.17, { color: [0.22, 0.212, 0.2], matter: MATTER.iron, v: -1 });
    if (state === 'closed') disc(s, m.x, -0.03, m.z, m.r * 0.985, m.yaw, 0);
  });
}

/** The shaft under an open frame. Apart from the frame, so that what the ground hides does not count as covered. */
export function drawShaft(s: Shape, m: Manhole, ground: number): void {
  s.at(0, ground, 0, 0, () => {
    const wall: Look = { color: [0.3, 0.28, 0.25], matter: MATTER.shaft };
    for (let i = 0; i < 28; i += 1) {
      const [a, b] = [(i / 28) * Math.PI * 2, ((i + 1) / 28) * Math.PI * 2];
      const [ca, sa, cb, sb] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)];
      let top = 0.012;
      for (const depth of [0.1, 0.5, 1.1, 2.2]) {
        const look: Look = depth === 0.1 ? { color: [0.16, 0.15, 0.14], matter: MATTER.iron } : wall;
        const r = depth === 0.1 ? m.r : m.r * 1.06;
        s.quad(
          [m.x + ca * r, top, m.z + sa * r],
          [m.x + cb * r, top, m.z + sb * r],
          [m.x + cb * r, -depth, m.z + sb * r],
          [m.x + ca * r, -depth, m.z + sa * r],
          look,
          1,
          1,
          [-ca, 0, -sa],
        );
        top = -depth;
      }
      s.vertex([m.x, -2.2, m.z], [0, 1, 0], wall);
      s.vertex([m.x + ca * m.r * 1.06, -2.2, m.z + sa * m.r * 1.06], [0, 1, 0], wall);
      s.vertex([m.x + cb * m.r * 1.06, -2.2, m.z + sb * m.r * 1.06], [0, 1, 0], wall);
    }
  });
}

/** The cover lying beside its frame: apart when missing-but-near, overlapping when shifted. */
export function drawLooseCover(s: Shape, m: Manhole, state: CoverState, ground: number): void {
  if (state === 'closed') return;
  const away = state === 'shifted' ? m.r * 1.05 : m.r * 3.1;
  disc(
    s,
    m.x + Math.cos(m.yaw) * away,
    ground + 0.02,
    m.z + Math.sin(m.yaw) * away,
    m.r * 0.985,
    m.yaw + 1,
    state === 'shifted' ? 0.4 : 0,
  );
}

export function drawHeap(s: Shape, h: Heap): void {
  const rng = makeRng(h.seed);
  const c = stuffColor(h.stuff);
  const k = Math.cbrt(Math.max(0.02, h.grown));
  const [p1, p2, p3, p4] = [rng.range(0, 6), rng.range(0, 6), rng.range(0, 6), rng.range(0, 6)];
  const lump = (lat: number, lon: number): number =>
    1 +
    0.13 * Math.sin(lon * 3 + p1 + lat * 2) +
    0.07 * Math.sin(lon * 7 + p2 + lat * 5) +
    0.05 * Math.sin(lat * 13 + p3 + lon * 2) +
    0.03 * Math.sin(lon * 17 + lat * 9 + p4);
  const r = h.radiusM * k;
  const y = h.heightM * k;
  s.at(h.x, 0, h.z, rng.range(0, 6), () => {
    s.blob(
      [0, -0.05, 0],
      [r, y, r * rng.range(0.75, 1)],
      { color: c, matter: h.stuff === 4 ? MATTER.snow : MATTER.soil, v: -1 },
      9,
      26,
      lump,
      true,
    );
    s.blob(
      [r * 0.45, -0.05, r * 0.2],
      [r * 0.65, y * 0.62, r * 0.6],
      { color: [c[0] * 0.9, c[1] * 0.88, c[2] * 0.85], matter: h.stuff === 4 ? MATTER.snow : MATTER.soil, v: -1 },
      7,
      20,
      lump,
      true,
    );
    const bits = h.stuff === 1 ? 46 : h.stuff === 2 ? 60 : 24;
    for (let i = 0; i < bits; i += 1) {
      const a = rng.range(0, 6.3);
      const q = Math.sqrt(rng.next()) * 1.25;
      const top = Math.max(0, Math.sqrt(Math.max(0, 1 - q * q)) * y * 0.93);
      const size = rng.range(0.06, h.stuff === 0 ? 0.16 : 0.32) * (q > 1 ? 0.7 : 1);
      const tint: Rgb =
        h.stuff === 2
          ? rng.pick([
              [0.6, 0.6, 0.58],
              [0.05, 0.15, 0.4],
              [0.5, 0.06, 0.05],
              [0.03, 0.03, 0.03],
              [0.5, 0.42, 0.1],
              [0.3, 0.18, 0.08],
              [0.1, 0.3, 0.12],
            ])
          : h.stuff === 1
            ? rng.pick([
                [0.42, 0.4, 0.37],
                [0.3, 0.12, 0.07],
                [0.5, 0.49, 0.46],
                [0.22, 0.2, 0.18],
              ])
            : [c[0] * rng.range(0.6, 1.3), c[1] * rng.range(0.6, 1.3), c[2] * rng.range(0.6, 1.3)];
      s.at(Math.cos(a) * q * r, top, Math.sin(a) * q * r * 0.85, rng.range(0, 6), () => {
        if (h.stuff === 2 && i % 4 === 0)
          s.blob(
            [0, 0.1, 0],
            [0.3, 0.24, 0.26],
            { color: rng.chance(0.5) ? [0.02, 0.02, 0.022] : [0.55, 0.55, 0.53] },
            5,
            8,
            (la, lo) => 1 + 0.12 * Math.sin(lo * 4 + la * 3),
          );
        else
          s.prism(
            0,
            0,
            size * rng.range(0.6, 1.9),
            size * rng.range(0.6, 1.4),
            -0.06,
            size * rng.range(0.4, 1),
            { color: tint },
            { topX: rng.range(0.4, 1), topZ: rng.range(0.4, 1), shiftX: rng.range(-0.05, 0.05) },
          );
      });
    }
    if (h.stuff === 2 && h.grown > 0.6) {
      s.at(r * 0.9, 0, 0.3, 0.6, () => s.box(0, 0.35, 0, 1.5, 0.7, 0.7, { color: [0.22, 0.1, 0.06] }));
      s.at(-r * 0.8, 0, r * 0.5, 1.6, () => s.box(0, 0.5, 0, 0.12, 1, 1.7, { color: [0.5, 0.48, 0.42] }));
    }
  });
}

export function drawSacks(s: Shape, x: number, z: number, count: number, seed: number, black: boolean): void {
  const rng = makeRng(seed);
  for (let i = 0; i < count; i += 1) {
    const layer = i > count * 0.65 ? 1 : 0;
    const a = rng.range(0, 6.3);
    const r = layer ? rng.range(0, 0.4) : rng.range(0.1, 0.35 + count * 0.08);
    const color: Rgb = rng.chance(0.15) ? [0.05, 0.14, 0.4] : black ? [0.018, 0.018, 0.02] : [0.55, 0.54, 0.5];
    const ph = rng.range(0, 6);
    s.at(x + Math.cos(a) * r, layer * 0.38, z + Math.sin(a) * r, rng.range(0, 6), () => {
      s.blob(
        [0, 0.24, 0],
        [rng.range(0.3, 0.46), rng.range(0.23, 0.3), rng.range(0.26, 0.36)],
        { color, matter: black ? MATTER.paint : MATTER.matte },
        7,
        10,
        (la, lo) => 1 + 0.1 * Math.sin(lo * 3 + ph) + 0.08 * Math.sin(la * 6 + lo * 5),
      );
      s.tube([0.0, 0.42, 0], [0.06, 0.6, 0.02], 0.07, 0.03, { color }, 6);
    });
  }
}

export function drawCone(s: Shape, x: number, z: number): void {
  s.at(x, 0, z, 0.4, () => {
    s.box(0, 0.025, 0, 0.42, 0.05, 0.42, { color: [0.05, 0.05, 0.05], v: -1 });
    const red: Look = { color: [0.68, 0.11, 0.01], v: -1 };
    const white: Look = { color: [0.72, 0.72, 0.7], v: -1 };
    s.tube([0, 0.05, 0], [0, 0.28, 0], 0.16, 0.12, red, 12);
    s.tube([0, 0.28, 0], [0, 0.44, 0], 0.12, 0.085, white, 12);
    s.tube([0, 0.44, 0], [0, 0.72, 0], 0.085, 0.035, red, 12);
  });
}

/** Red-and-white barriers around a working place. */
export function drawWorks(s: Shape, x: number, z: number, yaw: number): void {
  s.at(x, 0, z, yaw, () => {
    for (let q = 0; q < 4; q += 1) {
      s.at(0, 0, 0, (q * Math.PI) / 2, () => {
        for (let i = 0; i < 6; i += 1)
          s.box(-1.1 + i * 0.44, 0.85, 1.35, 0.44, 0.24, 0.05, {
            color: i % 2 ? [0.72, 0.72, 0.7] : [0.6, 0.04, 0.03],
          });
        for (const dx of [-1.2, 1.2]) {
          s.box(dx, 0.5, 1.35, 0.06, 1, 0.06, { color: [0.5, 0.5, 0.5] });
          s.box(dx, 0.04, 1.35, 0.08, 0.08, 0.6, { color: [0.3, 0.3, 0.3] });
        }
      });
    }
  });
}

/** A bank of ploughed snow along a line. */
export function drawWindrow(s: Shape, w: Windrow): void {
  const rng = makeRng(w.seed);
  const len = Math.hypot(w.x1 - w.x0, w.z1 - w.z0);
  const n = Math.max(3, Math.round(len / 0.55));
  const dx = (w.x1 - w.x0) / n;
  const dz = (w.z1 - w.z0) / n;
  const l = Math.hypot(dx, dz) || 1;
  const [px, pz] = [-dz / l, dx / l];
  const m = 7;
  const hs = Array.from(
    { length: n + 1 },
    (_, i) =>
      Math.min(1, i / 2, (n - i) / 2) *
      (0.65 + 0.35 * Math.sin(i * 0.9 + w.seed) * Math.sin(i * 0.37 + 1) + rng.range(-0.16, 0.16)),
  );
  const at = (i: number, j: number): readonly [number, number, number] => {
    const t = (j / m) * 2 - 1;
    const h = (hs[i] ?? 0) * w.heightM;
    const wob = Math.sin(i * 1.7 + j * 2.3 + w.seed) * 0.1;
    const half = (w.widthM / 2) * (0.75 + 0.35 * (hs[i] ?? 0));
    return [
      w.x0 + dx * i + px * (t * half + wob),
      h * Math.pow(Math.cos((t * Math.PI) / 2), 0.8) * (1 + wob) - 0.01,
      w.z0 + dz * i + pz * (t * half + wob),
    ];
  };
  const look: Look = { color: [0.78, 0.79, 0.81], matter: MATTER.snow, v: -1 };
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < m; j += 1) s.quad(at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j), look);
  }
}

/** Lumps between a tilted body and the heap. */
export function drawPour(
  s: Shape,
  p: { x: number; z: number; y: number; amount: number; yaw: number },
  color: Rgb,
  seed: number,
): void {
  const rng = makeRng(seed);
  s.at(p.x, 0, p.z, p.yaw, () => {
    for (let i = 0; i < 90 * p.amount; i += 1) {
      const t = rng.next();
      const size = rng.range(0.06, 0.24);
      const k = rng.range(0.75, 1.25);
      s.blob(
        [-t * 1.1 + rng.range(-0.15, 0.15), p.y * (1 - t * t) + 0.1, rng.range(-1, 1)],
        [size, size * 0.8, size],
        { color: [color[0] * k, color[1] * k, color[2] * k], matter: MATTER.soil, v: -1 },
        3,
        5,
      );
    }
  });
}
