// Owns the vehicles: each kind drawn from rounded, tapered blocks with glass, lamps and wheels. Nose towards +x, ground at y = 0.
import * as THREE from 'three';
import { MATTER, type Shape } from './shape.ts';
import type { Look, Rgb } from './shape.ts';
import type { Rng } from './rng.ts';

export type VehicleKind =
  'sedan' | 'hatch' | 'suv' | 'van' | 'bus' | 'lorry' | 'tipper' | 'bin-lorry' | 'plough' | 'loader';

/** Length and width in metres, the class written into labels, half-distance between head lamps. */
export const VEHICLES: Record<
  VehicleKind,
  { lengthM: number; widthM: number; label: 'car' | 'bus' | 'lorry' | 'tipper' }
> = {
  sedan: { lengthM: 4.5, widthM: 1.78, label: 'car' },
  hatch: { lengthM: 4.0, widthM: 1.74, label: 'car' },
  suv: { lengthM: 4.7, widthM: 1.9, label: 'car' },
  van: { lengthM: 5.6, widthM: 2.0, label: 'car' },
  bus: { lengthM: 11.8, widthM: 2.5, label: 'bus' },
  lorry: { lengthM: 8.4, widthM: 2.45, label: 'lorry' },
  tipper: { lengthM: 7.6, widthM: 2.5, label: 'tipper' },
  'bin-lorry': { lengthM: 8.2, widthM: 2.45, label: 'lorry' },
  plough: { lengthM: 8.6, widthM: 2.5, label: 'lorry' },
  loader: { lengthM: 7.0, widthM: 2.4, label: 'lorry' },
};

const DARK: Look = { color: [0.012, 0.012, 0.014], matter: MATTER.matte };
const GLASS: Look = { color: [0.02, 0.026, 0.03], matter: MATTER.glass };
const STEEL: Look = { color: [0.2, 0.2, 0.21], matter: MATTER.iron };
const HEAD: Look = { color: [1, 0.96, 0.86], matter: MATTER.headlamp };
const TAIL: Look = { color: [0.55, 0.01, 0.01], matter: MATTER.tail };
const PLATE: Look = { color: [0.75, 0.75, 0.72], matter: MATTER.matte };
const BEACON: Look = { color: [1, 0.42, 0.02], matter: MATTER.beacon };

const PAINTS: readonly [Rgb, ...Rgb[]] = [
  [0.62, 0.63, 0.63],
  [0.62, 0.62, 0.6],
  [0.35, 0.36, 0.37],
  [0.16, 0.165, 0.17],
  [0.02, 0.02, 0.023],
  [0.03, 0.032, 0.035],
  [0.3, 0.02, 0.02],
  [0.03, 0.07, 0.2],
  [0.06, 0.16, 0.3],
  [0.27, 0.22, 0.15],
  [0.05, 0.12, 0.07],
  [0.55, 0.5, 0.38],
];

function wheel(s: Shape, x: number, z: number, r: number, w: number): void {
  const out = Math.sign(z);
  s.tube([x, r, z - (out * w) / 2], [x, r, z + (out * w) / 2], r, r, DARK, 12, true, DARK);
  s.tube(
    [x, r, z],
    [x, r, z + out * (w / 2 + 0.012)],
    r * 0.62,
    r * 0.56,
    { color: [0.22, 0.22, 0.23], matter: MATTER.iron },
    10,
  );
  s.tube([x, r * 1.04, z - out * 0.16], [x, r * 1.04, z + out * (w / 2 - 0.03)], r * 1.22, r * 1.22, DARK, 10, true);
}

function axle(s: Shape, x: number, halfW: number, r: number, w: number): void {
  wheel(s, x, halfW, r, w);
  wheel(s, x, -halfW, r, w);
}

function ends(s: Shape, front: number, back: number, w: number, yHead: number, yTail: number, size: number): void {
  for (const side of [1, -1]) {
    s.box(front - 0.05, yHead, side * (w / 2 - 0.24), 0.14, size, 0.36, HEAD);
    s.box(back + 0.04, yTail, side * (w / 2 - 0.18), 0.12, size * 1.1, 0.26, TAIL);
  }
  s.box(front + 0.005, yHead - 0.26, 0, 0.03, 0.11, 0.5, PLATE);
  s.box(back - 0.005, yTail - 0.24, 0, 0.03, 0.11, 0.5, PLATE);
}

interface CarForm {
  readonly l: number;
  readonly w: number;
  readonly belt: number;
  readonly roof: number;
  readonly cabFrom: number;
  readonly cabTo: number;
  readonly lean: number;
  readonly bonnet: number;
  readonly wheelR: number;
}

function car(s: Shape, f: CarForm, paint: Look): void {
  const sill = 0.24;
  s.prism(0, 0, f.l * 0.985, f.w * 0.97, sill - 0.06, sill + 0.12, DARK, { radius: 0.3 });
  s.prism(0, 0, f.l, f.w, sill + 0.02, f.bonnet - 0.1, paint, { radius: 0.42, topX: 0.99, topZ: 0.985, cap: false });
  s.prism(0, 0, f.l * 0.99, f.w * 0.985, f.bonnet - 0.1, f.bonnet + 0.02, paint, {
    radius: 0.42,
    topX: 0.955,
    topZ: 0.93,
    bevel: 0.07,
  });
  const cabL = f.cabTo - f.cabFrom;
  const cx = (f.cabFrom + f.cabTo) / 2;
  s.prism(cx, 0, cabL + 0.12, f.w * 0.95, f.bonnet - 0.05, f.belt, paint, { radius: 0.25, topX: 0.97, topZ: 0.97 });
  const wall = (x: number, z: number, corner: boolean): Look => {
    if (corner) return paint;
    const sideways = Math.abs(z) > f.w * 0.3;
    if (sideways && Math.abs(x + 0.1) < cabL * 0.09) return paint;
    return GLASS;
  };
  const top = 1 - f.lean / cabL;
  s.prism(cx, 0, cabL, f.w * 0.92, f.belt, f.roof, paint, {
    radius: 0.14,
    topX: top,
    topZ: 0.82,
    shiftX: -0.06,
    wall,
    cap: false,
  });
  s.prism(cx - 0.06, 0, cabL * top + 0.06, f.w * 0.92 * 0.82 + 0.05, f.roof - 0.05, f.roof + 0.035, paint, {
    radius: 0.2,
    topX: 0.95,
    topZ: 0.94,
    bevel: 0.035,
  });
  ends(s, f.l / 2, -f.l / 2, f.w, f.bonnet - 0.2, f.bonnet - 0.14, 0.17);
  s.box(f.l / 2 - 0.02, sill + 0.24, 0, 0.06, 0.16, f.w * 0.5, DARK);
  for (const side of [1, -1]) s.box(f.cabTo - 0.45, f.belt + 0.02, side * (f.w / 2 + 0.05), 0.14, 0.12, 0.2, paint);
  axle(s, f.l * 0.31, f.w / 2 - 0.12, f.wheelR, 0.22);
  axle(s, -f.l * 0.31, f.w / 2 - 0.12, f.wheelR, 0.22);
}

function van(s: Shape, paint: Look): void {
  const wall = (x: number, z: number, corner: boolean): Look =>
    corner || Math.abs(z) > 0.5 ? (x > 1.2 && !corner ? GLASS : paint) : x > 0 ? GLASS : paint;
  s.prism(0, 0, 5.5, 1.94, 0.22, 0.42, DARK, { radius: 0.2 });
  s.prism(0, 0, 5.6, 2.0, 0.36, 1.15, paint, { radius: 0.3, topX: 0.97, topZ: 0.99 });
  s.prism(-0.35, 0, 4.7, 1.96, 1.15, 1.85, paint, {
    radius: 0.16,
    topX: 0.9,
    topZ: 0.95,
    shiftX: -0.2,
    wall,
    cap: false,
  });
  s.prism(-0.55, 0, 4.25, 1.86, 1.85, 2.32, paint, { radius: 0.3, topX: 0.93, topZ: 0.9, bevel: 0.1, shiftX: -0.1 });
  ends(s, 2.8, -2.8, 2, 0.82, 0.95, 0.24);
  axle(s, 1.75, 0.9, 0.34, 0.24);
  axle(s, -1.65, 0.9, 0.34, 0.24);
}

function bus(s: Shape, paint: Look): void {
  const white: Look = { color: [0.62, 0.64, 0.64], matter: MATTER.paint };
  s.prism(0, 0, 11.7, 2.46, 0.28, 0.5, DARK, { radius: 0.2 });
  s.prism(0, 0, 11.8, 2.5, 0.42, 1.2, paint, { radius: 0.25 });
  const wall = (x: number, z: number, corner: boolean): Look => {
    if (corner) return x > 0 ? GLASS : paint;
    return Math.abs(z) > 1 && Math.abs(((x + 20) % 1.9) - 0.95) > 0.86 ? paint : GLASS;
  };
  s.prism(0, 0, 11.8, 2.5, 1.2, 2.45, paint, { radius: 0.25, topX: 0.995, topZ: 0.985, wall, cap: false });
  s.prism(0, 0, 11.72, 2.46, 2.45, 3.02, white, { radius: 0.3, topX: 0.985, topZ: 0.93, bevel: 0.1 });
  s.prism(-1.5, 0, 3.2, 1.5, 3.0, 3.24, white, { radius: 0.2, topX: 0.95, topZ: 0.9 });
  s.prism(3.4, 0, 1.4, 1.3, 3.0, 3.18, { color: [0.3, 0.3, 0.3] }, { radius: 0.2 });
  s.box(5.9, 2.68, 0, 0.05, 0.28, 1.5, { color: [0.9, 0.5, 0.05], matter: MATTER.signal });
  for (const x of [-2.9, 0.3, 3.9]) s.box(x, 1.45, 1.262, 1.15, 1.95, 0.01, GLASS);
  ends(s, 5.92, -5.92, 2.5, 0.8, 0.95, 0.26);
  axle(s, 3.1, 1.12, 0.48, 0.28);
  axle(s, -3.0, 1.12, 0.48, 0.3);
}

/** Cab of a lorry with its nose at `front`; flat-nosed, with windscreen, side windows and a bumper. */
function cab(s: Shape, front: number, paint: Look, h = 2.75): void {
  const l = 2.05;
  const cx = front - l / 2;
  s.prism(cx, 0, l, 2.4, 0.5, 0.95, { color: [0.05, 0.05, 0.055] }, { radius: 0.2 });
  s.prism(cx, 0, l, 2.42, 0.85, 1.65, paint, { radius: 0.22, topX: 0.985, topZ: 0.99 });
  const wall = (x: number, z: number, corner: boolean): Look => {
    if (corner) return paint;
    if (Math.abs(z) > 0.9) return x > -0.55 && x < 0.75 ? GLASS : paint;
    return x > 0 ? GLASS : paint;
  };
  s.prism(cx, 0, l * 0.985, 2.4, 1.65, 2.4, paint, {
    radius: 0.2,
    topX: 0.93,
    topZ: 0.94,
    shiftX: -0.05,
    wall,
    cap: false,
  });
  s.prism(cx - 0.05, 0, l * 0.93, 2.28, 2.4, h, paint, {
    radius: 0.28,
    topX: 0.86,
    topZ: 0.9,
    shiftX: -0.06,
    bevel: 0.1,
  });
  s.box(front + 0.02, 1.2, 0, 0.06, 0.35, 1.5, DARK);
  for (const side of [1, -1]) {
    s.box(front - 0.15, 1.95, side * 1.36, 0.1, 0.5, 0.2, DARK);
    s.box(front + 0.0, 0.78, side * 0.92, 0.12, 0.22, 0.4, HEAD);
  }
  s.box(front + 0.05, 0.62, 0, 0.03, 0.12, 0.5, PLATE);
}

function chassis(s: Shape, from: number, to: number): void {
  s.box((from + to) / 2, 0.88, 0, to - from, 0.22, 0.9, { color: [0.03, 0.03, 0.032] });
  s.box((from + to) / 2 + 0.4, 0.72, 0.95, 1.1, 0.5, 0.4, { color: [0.1, 0.1, 0.11], matter: MATTER.iron });
  s.box((from + to) / 2 + 0.4, 0.72, -0.95, 1.1, 0.5, 0.4, { color: [0.05, 0.05, 0.05] });
  for (const side of [1, -1]) s.box(from + 0.05, 0.86, side * 0.95, 0.1, 0.2, 0.36, TAIL);
  s.box(from, 0.6, 0, 0.06, 0.12, 2.2, DARK);
}

function lorryBox(s: Shape, paint: Look, boxLook: Look): void {
  cab(s, 4.2, paint);
  chassis(s, -4.1, 2.2);
  s.prism(-1.05, 0, 6.2, 2.45, 1.05, 3.45, boxLook, { radius: 0.05 });
  s.box(-1.05, 1.02, 0, 6.22, 0.1, 2.47, STEEL);
  s.box(-1.05, 3.42, 0, 6.24, 0.08, 2.48, STEEL);
  axle(s, 3.1, 1.05, 0.5, 0.3);
  axle(s, -2.3, 1.05, 0.5, 0.42);
}

/** Tipping body with its hinge at the tail; `raise` 0..1 lifts the nose, `load` 0..1 is what is still in it. */
function tipper(s: Shape, paint: Look, body: Look, raise: number, load: number, soil: Rgb): void {
  cab(s, 3.8, paint, 2.8);
  chassis(s, -3.7, 1.8);
  const hinge = -3.5;
  const angle = raise * 0.86;
  const m = new THREE.Matrix4().makeTranslation(hinge, 1.12, 0).multiply(new THREE.Matrix4().makeRotationZ(angle));
  s.within(m, () => {
    const len = 5.1;
    const inner: Look = {
      color: [body.color[0] * 0.45, body.color[1] * 0.4, body.color[2] * 0.36],
      matter: MATTER.matte,
    };
    s.box(len / 2, 0.05, 0, len, 0.1, 2.35, body);
    for (const side of [1, -1]) {
      s.quad([0, 0, side * 1.16], [len, 0, side * 1.16], [len, 1.45, side * 1.25], [0, 1.3, side * 1.25], body);
      s.quad(
        [0.03, 0.1, side * 1.1],
        [len, 0.1, side * 1.1],
        [len, 1.45, side * 1.19],
        [0.03, 1.3, side * 1.19],
        inner,
      );
      s.box(len / 2, 1.38, side * 1.23, len, 0.12, 0.12, body);
      for (let i = 0; i < 6; i += 1) s.box(0.2 + i * 0.92, 0.72, side * 1.24, 0.12, 1.35, 0.1, body);
    }
    s.quad([len, 0, -1.16], [len, 0, 1.16], [len, 1.55, 1.25], [len, 1.55, -1.25], body);
    s.box(len - 0.06, 0.8, 0, 0.06, 1.4, 2.3, inner);
    s.quad([len, 1.55, -1.25], [len, 1.55, 1.25], [len + 0.75, 1.75, 1.1], [len + 0.75, 1.75, -1.1], body);
    const swing = raise > 0.12 ? Math.min(0.9, raise * 1.3) : 0;
    s.within(new THREE.Matrix4().makeTranslation(0, 1.3, 0).multiply(new THREE.Matrix4().makeRotationZ(-swing)), () => {
      s.box(-0.03, -0.65, 0, 0.08, 1.3, 2.4, body);
    });
    if (load > 0.05) {
      const run = 0.35 + 0.65 * load;
      s.blob(
        [len * (raise > 0.1 ? 0.38 : 0.5), 0.12, 0],
        [len * 0.49 * run, 1.55 * Math.sqrt(load), 1.12],
        { color: soil, matter: MATTER.soil },
        6,
        16,
        (a, b) => 1 + 0.05 * Math.sin(b * 5 + a * 7),
        true,
      );
    }
  });
  if (raise > 0.04) {
    const lift = new THREE.Vector3(4.3, 0, 0).applyAxisAngle(new THREE.Vector3(0, 0, 1), angle);
    s.tube([1.2, 0.95, 0], [hinge + lift.x, 1.12 + lift.y, 0], 0.1, 0.075, STEEL, 8);
    s.tube(
      [1.2, 0.95, 0],
      [(1.2 + hinge + lift.x) / 2, (0.95 + 1.12 + lift.y) / 2, 0],
      0.15,
      0.15,
      { color: [0.4, 0.3, 0.02] },
      8,
    );
  }
  axle(s, 2.7, 1.06, 0.52, 0.32);
  axle(s, -1.5, 1.02, 0.52, 0.5);
  axle(s, -2.8, 1.02, 0.52, 0.5);
}

function binLorry(s: Shape, paint: Look, body: Look): void {
  cab(s, 4.1, paint);
  chassis(s, -3.6, 2.0);
  s.prism(-0.4, 0, 4.4, 2.45, 1.1, 3.15, body, { radius: 0.18, topZ: 0.94, bevel: 0.12 });
  for (let i = 0; i < 4; i += 1) s.box(-2.1 + i * 1.15, 2.05, 0, 0.12, 1.9, 2.5, body);
  const grey: Look = { color: [0.16, 0.17, 0.17], matter: MATTER.paint };
  for (const side of [1, -1]) {
    s.quad([-2.6, 1.0, side * 1.2], [-4.1, 1.0, side * 1.2], [-4.0, 1.7, side * 1.2], [-2.6, 3.1, side * 1.2], grey);
  }
  s.quad([-2.6, 3.1, -1.2], [-2.6, 3.1, 1.2], [-4.0, 1.75, 1.2], [-4.0, 1.75, -1.2], grey);
  s.box(-4.05, 1.2, 0, 0.1, 0.7, 2.2, DARK);
  s.box(-3.8, 0.95, 0, 0.8, 0.14, 2.4, { color: [0.5, 0.35, 0.02] });
  s.tube([2.6, 2.8, 0.6], [2.6, 3.0, 0.6], 0.1, 0.1, BEACON, 8);
  axle(s, 3.0, 1.05, 0.5, 0.3);
  axle(s, -1.3, 1.03, 0.5, 0.46);
  axle(s, -2.5, 1.03, 0.5, 0.46);
}

function plough(s: Shape): void {
  const orange: Look = { color: [0.62, 0.19, 0.02], matter: MATTER.paint };
  cab(s, 3.4, orange);
  chassis(s, -4.0, 1.4);
  s.prism(-1.4, 0, 4.6, 2.2, 1.15, 2.5, orange, { radius: 0.08, topZ: 1.1, topX: 1.02 });
  s.box(-1.4, 2.5, 0, 4.4, 0.05, 2.1, { color: [0.2, 0.15, 0.1], matter: MATTER.soil });
  s.tube([-4.2, 0.6, 0], [-4.2, 0.7, 0], 0.5, 0.5, DARK, 12);
  s.within(new THREE.Matrix4().makeTranslation(4.3, 0, 0).multiply(new THREE.Matrix4().makeRotationY(0.42)), () => {
    const yellow: Look = { color: [0.66, 0.4, 0.02], matter: MATTER.paint };
    const arc: readonly (readonly [number, number])[] = [
      [0.12, 0.04],
      [-0.04, 0.3],
      [-0.05, 0.62],
      [0.08, 0.95],
      [0.28, 1.12],
    ];
    for (let i = 0; i + 1 < arc.length; i += 1) {
      const a = arc[i] ?? [0, 0];
      const b = arc[i + 1] ?? [0, 0];
      s.quad([a[0], a[1], -1.65], [a[0], a[1], 1.65], [b[0], b[1], 1.65], [b[0], b[1], -1.65], yellow);
    }
    s.box(0.14, 0.06, 0, 0.1, 0.1, 3.3, DARK);
  });
  s.box(3.7, 0.6, 0, 0.9, 0.2, 0.9, DARK);
  for (const side of [1, -1]) s.box(3.45, 1.75, side * 0.8, 0.1, 0.22, 0.3, HEAD);
  s.tube([2.2, 2.8, 0], [2.2, 3.05, 0], 0.13, 0.13, BEACON, 8);
  axle(s, 2.3, 1.06, 0.52, 0.32);
  axle(s, -1.7, 1.02, 0.52, 0.5);
  axle(s, -2.9, 1.02, 0.52, 0.5);
}

/** Wheeled front loader; `raise` 0..1 lifts the bucket, `load` 0..1 fills it. */
function loader(s: Shape, raise: number, load: number, stuff: Rgb): void {
  const yellow: Look = { color: [0.64, 0.38, 0.02], matter: MATTER.paint };
  s.prism(-1.9, 0, 2.3, 2.1, 0.75, 1.95, yellow, { radius: 0.2, topX: 0.95, topZ: 0.92, bevel: 0.1 });
  s.prism(0.6, 0, 2.2, 1.5, 0.7, 1.2, yellow, { radius: 0.1 });
  const wall = (_x: number, _z: number, corner: boolean): Look => (corner ? { color: [0.03, 0.03, 0.03] } : GLASS);
  s.prism(-0.3, 0, 1.55, 1.6, 1.2, 2.0, yellow, { radius: 0.08 });
  s.prism(-0.3, 0, 1.5, 1.55, 2.0, 3.0, yellow, { radius: 0.08, topX: 0.92, topZ: 0.92, wall, cap: false });
  s.prism(-0.3, 0, 1.7, 1.7, 3.0, 3.16, yellow, { radius: 0.15, bevel: 0.05 });
  s.tube([-0.7, 3.15, 0.4], [-0.7, 3.38, 0.4], 0.1, 0.1, BEACON, 8);
  for (const side of [1, -1]) s.box(1.0, 2.0, side * 0.7, 0.12, 0.2, 0.24, HEAD);
  const lift = raise * 1.9;
  for (const side of [1, -1]) s.tube([0.2, 1.5, side * 0.55], [2.6, 0.55 + lift, side * 0.55], 0.14, 0.12, yellow, 6);
  s.within(
    new THREE.Matrix4().makeTranslation(2.6, 0.5 + lift, 0).multiply(new THREE.Matrix4().makeRotationZ(raise * 0.5)),
    () => {
      const grey: Look = { color: [0.12, 0.115, 0.1], matter: MATTER.iron };
      s.quad([0, -0.4, -1.25], [0, -0.4, 1.25], [1.1, -0.42, 1.25], [1.1, -0.42, -1.25], grey);
      s.quad([0, -0.4, -1.25], [0, -0.4, 1.25], [0, 0.7, 1.25], [0, 0.7, -1.25], grey);
      s.quad([0, 0.7, -1.25], [0, 0.7, 1.25], [0.35, 0.8, 1.25], [0.35, 0.8, -1.25], grey);
      for (const side of [1, -1])
        s.quad(
          [0, -0.4, side * 1.25],
          [1.1, -0.42, side * 1.25],
          [0.35, 0.8, side * 1.25],
          [0, 0.7, side * 1.25],
          grey,
        );
      if (load > 0.05)
        s.blob(
          [0.5, -0.35, 0],
          [0.55, 0.9 * load, 1.15],
          { color: stuff, matter: MATTER.soil },
          4,
          12,
          (a, b) => 1 + 0.07 * Math.sin(b * 7 + a * 3),
          true,
        );
    },
  );
  axle(s, 1.15, 0.95, 0.72, 0.5);
  axle(s, -1.85, 0.95, 0.72, 0.5);
}

export interface VehicleForm {
  readonly kind: VehicleKind;
  readonly raise: number;
  readonly load: number;
  /** Colour of what it carries. */
  readonly stuff: Rgb;
}

/** Draws one vehicle; the random source chooses the paint. */
export function drawVehicle(s: Shape, form: VehicleForm, rng: Rng): void {
  const paint: Look = { color: rng.pick(PAINTS), matter: MATTER.paint };
  switch (form.kind) {
    case 'sedan':
      car(
        s,
        { l: 4.5, w: 1.78, belt: 0.92, roof: 1.4, cabFrom: -1.75, cabTo: 1.0, lean: 1.25, bonnet: 0.82, wheelR: 0.32 },
        paint,
      );
      return;
    case 'hatch':
      car(
        s,
        { l: 4.0, w: 1.74, belt: 0.95, roof: 1.46, cabFrom: -1.9, cabTo: 0.95, lean: 0.95, bonnet: 0.86, wheelR: 0.31 },
        paint,
      );
      return;
    case 'suv':
      car(
        s,
        { l: 4.7, w: 1.9, belt: 1.15, roof: 1.7, cabFrom: -2.2, cabTo: 1.05, lean: 0.9, bonnet: 1.05, wheelR: 0.37 },
        paint,
      );
      return;
    case 'van':
      van(s, rng.chance(0.6) ? { color: [0.6, 0.6, 0.58], matter: MATTER.paint } : paint);
      return;
    case 'bus':
      bus(s, {
        color: rng.pick([
          [0.05, 0.3, 0.12],
          [0.04, 0.22, 0.4],
          [0.5, 0.52, 0.5],
          [0.2, 0.4, 0.05],
        ]),
        matter: MATTER.paint,
      });
      return;
    case 'lorry':
      lorryBox(s, paint, {
        color: rng.pick([
          [0.55, 0.55, 0.53],
          [0.1, 0.2, 0.4],
          [0.4, 0.06, 0.04],
          [0.5, 0.4, 0.15],
        ]),
        matter: MATTER.matte,
      });
      return;
    case 'tipper': {
      const cabPaint: Rgb = rng.pick([
        [0.5, 0.13, 0.02],
        [0.5, 0.5, 0.48],
        [0.03, 0.1, 0.28],
        [0.35, 0.03, 0.02],
        [0.55, 0.33, 0.03],
      ]);
      const bodyPaint: Rgb = rng.chance(0.5)
        ? cabPaint
        : rng.pick([
            [0.2, 0.2, 0.2],
            [0.42, 0.11, 0.02],
            [0.08, 0.13, 0.2],
            [0.1, 0.16, 0.08],
          ]);
      tipper(
        s,
        { color: cabPaint, matter: MATTER.paint },
        { color: bodyPaint, matter: MATTER.paint },
        form.raise,
        form.load,
        form.stuff,
      );
      return;
    }
    case 'bin-lorry':
      binLorry(
        s,
        {
          color: rng.pick([
            [0.55, 0.55, 0.53],
            [0.5, 0.2, 0.02],
          ]),
          matter: MATTER.paint,
        },
        {
          color: rng.pick([
            [0.06, 0.26, 0.08],
            [0.55, 0.25, 0.03],
            [0.5, 0.5, 0.5],
          ]),
          matter: MATTER.paint,
        },
      );
      return;
    case 'plough':
      plough(s);
      return;
    case 'loader':
      loader(s, form.raise, form.load, form.stuff);
      return;
  }
}
