// Owns the standing things: houses, trees, lamps, bins, playground, bridge. Drawn once per scene into one geometry.
import { makeRng } from './rng.ts';
import type { Prop, Scene } from './scene-types.ts';
import { MATTER, Shape } from './shape.ts';
import type { Look, Rgb } from './shape.ts';

const IRON: Look = { color: [0.1, 0.105, 0.11], matter: MATTER.iron };
const HOUSE_COLORS: readonly [Rgb, ...Rgb[]] = [
  [0.5, 0.47, 0.4],
  [0.55, 0.53, 0.5],
  [0.42, 0.33, 0.25],
  [0.34, 0.17, 0.12],
  [0.48, 0.4, 0.26],
  [0.36, 0.4, 0.42],
  [0.58, 0.56, 0.5],
  [0.4, 0.25, 0.17],
];

function house(s: Shape, p: Extract<Prop, { kind: 'house' }>): void {
  const h = p.floors * 2.9 + 0.9;
  const base = HOUSE_COLORS[Math.floor(p.hue * HOUSE_COLORS.length)] ?? [0.5, 0.5, 0.5];
  const wall: Look = { color: base, matter: MATTER.facade, v: p.style };
  const x = p.lengthM / 2;
  const z = p.depthM / 2;
  s.at(p.x, 0, p.z, p.yaw, () => {
    s.quad([-x, 0, z], [x, 0, z], [x, h, z], [-x, h, z], wall, p.lengthM, h, [0, 0, 1]);
    s.quad([x, 0, -z], [-x, 0, -z], [-x, h, -z], [x, h, -z], wall, p.lengthM, h, [0, 0, -1]);
    s.quad([x, 0, z], [x, 0, -z], [x, h, -z], [x, h, z], wall, p.depthM, h, [1, 0, 0]);
    s.quad([-x, 0, -z], [-x, 0, z], [-x, h, z], [-x, h, -z], wall, p.depthM, h, [-1, 0, 0]);
    const roof: Look = { color: [0.16, 0.155, 0.15] };
    s.box(0, h + 0.25, 0, p.lengthM + 0.4, 0.5, p.depthM + 0.4, roof);
    for (let i = -x + 6; i < x; i += 14) {
      s.box(i, 2.55, z + 0.8, 2.6, 0.16, 1.7, { color: [0.3, 0.3, 0.29] });
      s.box(i, 1.1, z + 0.03, 1.3, 2.2, 0.1, { color: [0.1, 0.07, 0.05] });
      s.box(i, h + 1.2, 0, 2.6, 1.9, 3, { color: [0.28, 0.27, 0.26] });
    }
  });
}

function tree(s: Shape, p: Extract<Prop, { kind: 'tree' }>, autumn: boolean): void {
  const rng = makeRng(p.seed);
  const h = p.heightM;
  const bark: Look = { color: rng.chance(0.25) ? [0.42, 0.41, 0.38] : [0.085, 0.065, 0.05], v: -1 };
  s.tube(
    [p.x, 0, p.z],
    [p.x + rng.range(-0.2, 0.2), h * 0.45, p.z],
    0.07 + h * 0.013,
    0.05 + h * 0.007,
    bark,
    7,
    false,
  );
  if (p.bare) {
    const twig: Look = { color: [0.085, 0.07, 0.058], matter: MATTER.twig, v: -1 };
    for (let i = 0; i < 4; i += 1) {
      const a = (i * Math.PI) / 4 + rng.range(0, 0.5);
      const w = h * rng.range(0.36, 0.46);
      const c = Math.cos(a) * w;
      const d = Math.sin(a) * w;
      s.quad(
        [p.x - c, h * 0.16, p.z - d],
        [p.x + c, h * 0.16, p.z + d],
        [p.x + c, h, p.z + d],
        [p.x - c, h, p.z - d],
        twig,
        1,
        1,
        [0, 1, 0],
      );
    }
    return;
  }
  const green: Rgb = autumn
    ? rng.pick([
        [0.24, 0.16, 0.03],
        [0.2, 0.12, 0.02],
        [0.12, 0.12, 0.03],
      ])
    : rng.pick([
        [0.045, 0.085, 0.02],
        [0.06, 0.1, 0.025],
        [0.035, 0.07, 0.025],
        [0.08, 0.11, 0.03],
      ]);
  const rx = h * rng.range(0.26, 0.36);
  const ry = h * 0.36;
  const n = 42;
  for (let i = 0; i < n; i += 1) {
    const a = rng.range(0, Math.PI * 2);
    const e = Math.asin(rng.range(-0.85, 1));
    const k = rng.range(0.45, 1);
    const nx = Math.cos(e) * Math.cos(a);
    const ny = Math.sin(e);
    const nz = Math.cos(e) * Math.sin(a);
    const [cx, cy, cz] = [p.x + nx * rx * k, h * 0.62 + ny * ry * k, p.z + nz * rx * k];
    const size = h * rng.range(0.12, 0.2);
    const yaw = rng.range(0, 6.3);
    const [ux, uz] = [Math.cos(yaw) * size, Math.sin(yaw) * size];
    const tilt = rng.range(-0.7, 0.7);
    const [vx, vy, vz] = [
      -Math.sin(yaw) * Math.sin(tilt) * size,
      Math.cos(tilt) * size,
      Math.cos(yaw) * Math.sin(tilt) * size,
    ];
    const dark = 0.65 + 0.5 * k * (0.6 + 0.4 * ny);
    const leaf: Look = { color: [green[0] * dark, green[1] * dark, green[2] * dark], matter: MATTER.leaf };
    s.quad(
      [cx - ux - vx, cy - vy, cz - uz - vz],
      [cx + ux - vx, cy - vy, cz + uz - vz],
      [cx + ux + vx, cy + vy, cz + uz + vz],
      [cx - ux + vx, cy + vy, cz - uz + vz],
      leaf,
      1,
      1,
      [nx, ny * 0.7 + 0.35, nz],
    );
  }
}

function bush(s: Shape, p: Extract<Prop, { kind: 'bush' }>, autumn: boolean): void {
  const rng = makeRng(p.seed);
  const green: Rgb = autumn ? [0.13, 0.1, 0.03] : [0.05, 0.085, 0.025];
  for (let i = 0; i < (p.bare ? 7 : 14); i += 1) {
    const a = rng.range(0, 6.3);
    const r = rng.range(0, 0.7) * p.heightM;
    const w = p.heightM * rng.range(0.35, 0.6);
    const h = p.heightM * rng.range(0.6, 1.05);
    const x = p.x + Math.cos(a) * r;
    const z = p.z + Math.sin(a) * r;
    const yaw = rng.range(0, 6.3);
    const [c, d] = [Math.cos(yaw) * w, Math.sin(yaw) * w];
    const look: Look = p.bare
      ? { color: [0.13, 0.11, 0.075], matter: MATTER.twig, v: -1 }
      : { color: [green[0] * rng.range(0.7, 1.3), green[1] * rng.range(0.7, 1.3), green[2]], matter: MATTER.leaf };
    s.quad([x - c, 0, z - d], [x + c, 0, z + d], [x + c, h, z + d], [x - c, h, z - d], look, 1, 1, [
      Math.cos(a) * 0.4,
      0.9,
      Math.sin(a) * 0.4,
    ]);
  }
}

/** Head of a street lamp: where its light is. */
export function lampHead(p: Extract<Prop, { kind: 'lamp' }>): readonly [number, number, number] {
  return [p.x + Math.cos(p.yaw) * 1.9, p.heightM, p.z - Math.sin(p.yaw) * 1.9];
}

function lamp(s: Shape, p: Extract<Prop, { kind: 'lamp' }>): void {
  s.tube(
    [p.x, 0, p.z],
    [p.x, p.heightM - 0.3, p.z],
    0.11,
    0.06,
    { color: [0.22, 0.22, 0.22], matter: MATTER.iron },
    8,
    false,
  );
  s.tube([p.x, 0, p.z], [p.x, 1.1, p.z], 0.15, 0.14, { color: [0.2, 0.2, 0.2], matter: MATTER.iron }, 8);
  const [hx, hy, hz] = lampHead(p);
  s.tube([p.x, p.heightM - 0.35, p.z], [hx, hy + 0.05, hz], 0.05, 0.04, IRON, 6, false);
  s.at(hx, hy, hz, p.yaw, () => {
    s.box(0, 0.06, 0, 0.75, 0.1, 0.3, IRON);
    s.box(0, -0.01, 0, 0.55, 0.05, 0.22, { color: [1, 0.83, 0.55], matter: MATTER.lamp });
  });
}

function small(s: Shape, p: Prop): void {
  switch (p.kind) {
    case 'shelter':
      s.at(p.x, 0, p.z, p.yaw, () => {
        s.box(0, 2.45, 0, 5.2, 0.12, 1.8, { color: [0.12, 0.2, 0.24], matter: MATTER.paint });
        for (const x of [-2.5, -0.8, 0.8, 2.5]) s.box(x, 1.2, -0.75, 0.08, 2.4, 0.08, IRON);
        s.box(0, 1.35, -0.78, 5, 1.7, 0.03, { color: [0.1, 0.13, 0.14], matter: MATTER.glass });
        s.box(2.5, 1.3, -0.1, 0.05, 1.9, 1.2, { color: [0.5, 0.35, 0.1], matter: MATTER.signal });
        s.box(-0.4, 0.48, -0.45, 3, 0.07, 0.4, { color: [0.25, 0.16, 0.08] });
      });
      return;
    case 'bins': {
      const rng = makeRng(p.seed);
      const body: Rgb = rng.pick([
        [0.03, 0.16, 0.06],
        [0.16, 0.17, 0.18],
        [0.05, 0.11, 0.26],
      ]);
      s.at(p.x, 0, p.z, p.yaw, () => {
        for (let i = 0; i < p.count; i += 1) {
          const x = (i - (p.count - 1) / 2) * 1.5;
          const c: Rgb = rng.chance(0.25) ? [0.5, 0.36, 0.03] : body;
          s.prism(
            x,
            rng.range(-0.08, 0.08),
            1.28,
            0.95,
            0.16,
            1.15,
            { color: c, matter: MATTER.paint },
            { topX: 1.06, topZ: 1.08, radius: 0.08 },
          );
          s.prism(
            x,
            0,
            1.38,
            1.05,
            1.15,
            1.34,
            { color: [c[0] * 0.7, c[1] * 0.7, c[2] * 0.7], matter: MATTER.paint },
            { topZ: 0.6, radius: 0.1 },
          );
          for (const dx of [-0.5, 0.5])
            for (const dz of [-0.35, 0.35])
              s.tube(
                [x + dx, 0.09, dz - 0.03],
                [x + dx, 0.09, dz + 0.03],
                0.09,
                0.09,
                { color: [0.02, 0.02, 0.02] },
                8,
              );
        }
        const w = p.count * 0.75 + 0.6;
        const panel: Look = { color: [0.24, 0.25, 0.2], matter: MATTER.concrete };
        s.box(0, 0.75, -1.0, w * 2, 1.5, 0.08, panel);
        s.box(-w, 0.75, -0.2, 0.08, 1.5, 1.6, panel);
        s.box(w, 0.75, -0.2, 0.08, 1.5, 1.6, panel);
      });
      return;
    }
    case 'playground':
      s.at(p.x, 0, p.z, p.yaw, () => {
        const red: Look = { color: [0.5, 0.05, 0.03], matter: MATTER.paint };
        const blue: Look = { color: [0.04, 0.16, 0.45], matter: MATTER.paint };
        const yellow: Look = { color: [0.6, 0.42, 0.03], matter: MATTER.paint };
        for (const x of [-0.7, 0.7]) for (const z of [-0.7, 0.7]) s.box(x - 2, 1.2, z, 0.1, 2.4, 0.1, blue);
        s.box(-2, 1.3, 0, 1.5, 0.1, 1.5, yellow);
        s.prism(-2, 0, 1.9, 1.9, 2.4, 3.3, red, { topX: 0.05, topZ: 0.05 });
        s.quad([-1.2, 1.3, -0.35], [-1.2, 1.3, 0.35], [1.1, 0.2, 0.35], [1.1, 0.2, -0.35], yellow);
        for (const z of [-0.36, 0.36]) s.quad([-1.2, 1.3, z], [1.1, 0.2, z], [1.1, 0.45, z], [-1.2, 1.6, z], red);
        for (const x of [2.6, 5.0]) {
          s.tube([x, 0, -1.8], [x, 2.1, -1.2], 0.05, 0.05, blue, 6);
          s.tube([x, 0, -0.6], [x, 2.1, -1.2], 0.05, 0.05, blue, 6);
        }
        s.tube([2.6, 2.1, -1.2], [5.0, 2.1, -1.2], 0.05, 0.05, blue, 6);
        for (const x of [3.3, 4.3]) {
          s.box(x, 0.55, -1.2, 0.5, 0.05, 0.25, red);
          for (const d of [-0.2, 0.2]) s.tube([x + d, 0.55, -1.2], [x + d, 2.1, -1.2], 0.012, 0.012, IRON, 4, false);
        }
        s.tube([3.6, 0.1, 2.2], [3.6, 0.3, 2.2], 1.1, 1.1, yellow, 16);
      });
      return;
    case 'bench':
      s.at(p.x, 0, p.z, p.yaw, () => {
        s.box(0, 0.45, 0, 1.7, 0.06, 0.4, { color: [0.22, 0.12, 0.05] });
        s.box(0, 0.78, -0.22, 1.7, 0.35, 0.05, { color: [0.22, 0.12, 0.05] });
        for (const x of [-0.7, 0.7]) s.box(x, 0.22, 0, 0.08, 0.44, 0.4, IRON);
        s.prism(
          1.4,
          0,
          0.35,
          0.35,
          0,
          0.7,
          { color: [0.14, 0.14, 0.14], matter: MATTER.iron },
          { radius: 0.1, topX: 1.15, topZ: 1.15 },
        );
      });
      return;
    case 'fence':
      s.at(p.x, 0, p.z, p.yaw, () => {
        const n = Math.round(p.lengthM / 2.5);
        for (let i = 0; i < n; i += 1) {
          const x = (i - n / 2) * 2.5;
          if (p.style === 'panel')
            s.box(x, 1.1, 0, 2.42, 2.2, 0.12, { color: [0.36, 0.355, 0.34], matter: MATTER.concrete });
          else {
            for (const y of [0.4, 0.75, 1.1])
              s.box(x, y, 0, 2.5, 0.05, 0.05, { color: [0.35, 0.36, 0.36], matter: MATTER.iron });
            s.box(x, 0.6, 0, 0.07, 1.2, 0.07, IRON);
          }
        }
      });
      return;
    case 'signal':
      s.at(p.x, 0, p.z, p.yaw, () => {
        s.tube([0, 0, 0], [0, 3.4, 0], 0.07, 0.06, IRON, 8, false);
        s.box(0.0, 3.3, 0, 0.28, 0.95, 0.3, { color: [0.015, 0.015, 0.015] });
        s.tube([-0.16, 3.62, 0], [-0.13, 3.62, 0], 0.1, 0.1, { color: [0.9, 0.05, 0.03], matter: MATTER.signal }, 10);
        s.tube([-0.16, 3.0, 0], [-0.13, 3.0, 0], 0.1, 0.1, { color: [0.02, 0.06, 0.03] }, 10);
        s.tube([0.16, 3.0, 0], [0.13, 3.0, 0], 0.1, 0.1, { color: [0.04, 0.7, 0.35], matter: MATTER.signal }, 10);
      });
      return;
    case 'sign':
      s.at(p.x, 0, p.z, p.yaw, () => {
        s.tube([0, 0, 0], [0, 2.7, 0], 0.035, 0.035, IRON, 6, false);
        const c: Rgb = p.style === 0 ? [0.03, 0.12, 0.5] : p.style === 1 ? [0.55, 0.04, 0.03] : [0.7, 0.7, 0.68];
        s.box(-0.05, 2.5, 0, 0.03, 0.65, 0.65, { color: c });
        s.box(-0.07, 2.5, 0, 0.02, 0.4, 0.36, { color: [0.75, 0.75, 0.73] });
      });
      return;
    case 'garage': {
      const rng = makeRng(p.seed);
      s.at(p.x, 0, p.z, p.yaw, () => {
        for (let i = 0; i < p.count; i += 1) {
          const x = (i - p.count / 2) * 3.5;
          const c: Rgb = rng.pick([
            [0.16, 0.2, 0.2],
            [0.25, 0.12, 0.06],
            [0.1, 0.16, 0.12],
            [0.3, 0.29, 0.26],
            [0.3, 0.1, 0.05],
          ]);
          s.box(x, 1.2, 0, 3.42, 2.4, 6, { color: [0.27, 0.25, 0.22], matter: MATTER.concrete });
          s.box(x, 1.05, 3.03, 2.7, 2.0, 0.06, { color: c, matter: MATTER.paint });
          s.box(x, 2.45, 0, 3.5, 0.12, 6.2, { color: [0.1, 0.1, 0.1] });
        }
      });
      return;
    }
    case 'pole':
      s.tube([p.x, 0, p.z], [p.x, p.heightM, p.z], 0.14, 0.1, { color: [0.3, 0.29, 0.27], matter: MATTER.concrete }, 8);
      s.box(p.x, p.heightM - 0.6, p.z, 0.1, 0.1, 1.6, IRON);
      return;
    case 'bridge':
      bridge(s, p);
      return;
    case 'house':
    case 'tree':
    case 'bush':
    case 'lamp':
      return;
  }
}

function bridge(s: Shape, p: Extract<Prop, { kind: 'bridge' }>): void {
  const con: Look = { color: [0.33, 0.325, 0.31], matter: MATTER.concrete };
  const z = p.spanM;
  s.box(p.x, p.clearM + 0.55, 0, p.widthM, 1.1, z * 2 + 60, con);
  for (const side of [1, -1]) {
    s.box(p.x + (side * p.widthM) / 2, p.clearM + 1.35, 0, 0.25, 0.55, z * 2 + 60, con);
    for (let i = -12; i <= 12; i += 1)
      s.box(p.x + (side * p.widthM) / 2, p.clearM + 1.95, i * 2, 0.06, 0.75, 0.06, IRON);
    s.box(p.x + (side * p.widthM) / 2, p.clearM + 2.3, 0, 0.07, 0.07, 60, IRON);
    s.box(p.x - p.widthM / 2 - 0.02, p.clearM + 0.55, side * 1.6, 0.04, 0.6, 1.4, { color: [0.03, 0.12, 0.42] });
    // retaining walls with the ground behind them
    s.box(p.x - 4, (p.wallM + 0.9) / 2, side * (z + 0.2), 84, p.wallM + 0.9, 0.4, con);
    s.box(p.x - 4, p.wallM + 1.25, side * (z + 0.2), 84, 0.06, 0.06, IRON);
    s.box(0, p.wallM / 2 - 0.02, side * (z + 40.4), 170, p.wallM, 80, {
      color: [0.1, 0.105, 0.05],
      matter: MATTER.soil,
      v: -1,
    });
    s.box(p.x, p.clearM / 2, side * (z - 0.1), p.widthM, p.clearM, 0.5, con);
  }
  s.box(p.x - p.widthM / 2 - 0.06, p.clearM + 0.25, 0, 0.05, 0.34, 1.9, { color: [0.75, 0.7, 0.1] });
}

/** Draws all standing things of a scene. */
export function drawWorld(scene: Scene): Shape {
  const s = new Shape();
  const autumn = scene.season === 'autumn';
  for (const p of scene.props) {
    const near = Math.hypot(p.x - scene.camera.x, p.z - scene.camera.z);
    const bearing = (Math.atan2(-(p.z - scene.camera.z), p.x - scene.camera.x) * 180) / Math.PI;
    const off = Math.abs(((bearing - scene.camera.yawDeg + 540) % 360) - 180);
    const outOfSight = (off > scene.camera.fovDeg * 0.5 + 22 && near > 14) || off > 110;
    if (outOfSight && p.kind !== 'house' && p.kind !== 'bridge') continue;
    if ((p.kind === 'tree' || p.kind === 'bush') && near > 95) continue;
    const blocks = (near < 12 && off < scene.camera.fovDeg * 0.5) || near < 5;
    if (p.kind === 'house') {
      if (near > 16) house(s, p);
    } else if (p.kind === 'tree') {
      if (!(near < 17 && off < scene.camera.fovDeg * 0.5) && near > 6) tree(s, p, autumn);
    } else if (p.kind === 'bush') {
      if (!blocks) bush(s, p, autumn);
    } else if (p.kind === 'lamp') {
      if (!(near < 6)) lamp(s, p);
    } else if (near > 4) small(s, p);
  }
  return s;
}
