// Owns the geometry pen: prisms, boxes, cylinders, domes and cards gathered into one vertex buffer with colour and material.
import * as THREE from 'three';

/** Surface kinds the object shader knows; the number travels with each vertex. */
export const MATTER = {
  matte: 0,
  paint: 1,
  glass: 2,
  headlamp: 3,
  tail: 4,
  lamp: 5,
  facade: 6,
  leaf: 7,
  twig: 8,
  soil: 10,
  snow: 11,
  beacon: 12,
  concrete: 13,
  iron: 14,
  shaft: 15,
  signal: 16,
} as const;

export type Matter = (typeof MATTER)[keyof typeof MATTER];
export type Vec3 = readonly [number, number, number];
export type Rgb = readonly [number, number, number];

/** How a face is made: linear colour, surface kind and two free numbers (metres of a facade, uv of a card). */
export interface Look {
  readonly color: Rgb;
  readonly matter?: Matter;
  readonly v?: number;
}

export interface PrismOptions {
  /** Size of the top relative to the bottom along x and z. */
  readonly topX?: number;
  readonly topZ?: number;
  /** Shift of the top in metres. */
  readonly shiftX?: number;
  readonly radius?: number;
  readonly cap?: boolean;
  readonly capLook?: Look;
  /** Chooses the look of each wall by the place of its middle. */
  readonly wall?: (x: number, z: number, corner: boolean) => Look | null;
  readonly bevel?: number;
}

/** Footprint of a rounded rectangle, counter-clockwise, with a flag on corner points. */
function roundedRect(hx: number, hz: number, r: number, splits: number): { x: number; z: number; corner: boolean }[] {
  const out: { x: number; z: number; corner: boolean }[] = [];
  const corners: readonly (readonly [number, number, number])[] = [
    [1, 1, 0],
    [-1, 1, 1],
    [-1, -1, 2],
    [1, -1, 3],
  ];
  const steps = 3;
  for (const [sx, sz, q] of corners) {
    for (let i = 0; i <= steps; i += 1) {
      const a = ((q + i / steps) * Math.PI) / 2;
      out.push({ x: sx * (hx - r) + r * Math.cos(a), z: sz * (hz - r) + r * Math.sin(a), corner: i < steps });
    }
    if (q === 0 || q === 2) {
      const from = sx * (hx - r);
      for (let i = 1; i < splits; i += 1) {
        out.push({ x: from * (1 - (2 * i) / splits), z: sz * hz, corner: false });
      }
    }
  }
  return out;
}

/** Gathers triangles; `geometry()` hands them to three.js. Lengths in metres, y up. */
export class Shape {
  private readonly pos: number[] = [];
  private readonly nor: number[] = [];
  private readonly col: number[] = [];
  private readonly mat: number[] = [];
  private readonly stack: THREE.Matrix4[] = [new THREE.Matrix4()];
  private readonly tmp = new THREE.Vector3();
  private readonly cards: number[] = [];

  /** Draws everything inside `body` moved by the matrix. */
  within(m: THREE.Matrix4, body: () => void): void {
    const top = this.stack.at(-1) ?? new THREE.Matrix4();
    this.stack.push(top.clone().multiply(m));
    body();
    this.stack.pop();
  }

  at(x: number, y: number, z: number, yaw: number, body: () => void): void {
    this.within(new THREE.Matrix4().makeTranslation(x, y, z).multiply(new THREE.Matrix4().makeRotationY(yaw)), body);
  }

  vertex(p: Vec3, n: Vec3, look: Look, u = 0, v = 0): void {
    const m = this.stack.at(-1) ?? new THREE.Matrix4();
    this.tmp.set(p[0], p[1], p[2]).applyMatrix4(m);
    this.pos.push(this.tmp.x, this.tmp.y, this.tmp.z);
    this.tmp.set(n[0], n[1], n[2]).transformDirection(m);
    this.nor.push(this.tmp.x, this.tmp.y, this.tmp.z);
    this.col.push(look.color[0], look.color[1], look.color[2]);
    const matter = look.matter ?? 0;
    if (matter === MATTER.leaf || matter === MATTER.twig) this.cards.push(this.mat.length / 4);
    this.mat.push(matter, u, v, look.v ?? 0);
  }

  /** Four corners in order around; flat. `uv` is given to the corners as (0,0) (u,0) (u,v) (0,v). */
  quad(a: Vec3, b: Vec3, c: Vec3, d: Vec3, look: Look, u = 1, v = 1, normal?: Vec3): void {
    const ux = b[0] - a[0];
    const uy = b[1] - a[1];
    const uz = b[2] - a[2];
    const vx = d[0] - a[0];
    const vy = d[1] - a[1];
    const vz = d[2] - a[2];
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    const l = Math.hypot(nx, ny, nz) || 1;
    const n: Vec3 = normal ?? [nx / l, ny / l, nz / l];
    this.vertex(a, n, look, 0, 0);
    this.vertex(b, n, look, u, 0);
    this.vertex(c, n, look, u, v);
    this.vertex(a, n, look, 0, 0);
    this.vertex(c, n, look, u, v);
    this.vertex(d, n, look, 0, v);
  }

  /** Rounded block from y0 to y1 centred at (cx, cz), sizes in metres; tapered, shifted, walls chosen one by one. */
  prism(
    cx: number,
    cz: number,
    sx: number,
    sz: number,
    y0: number,
    y1: number,
    look: Look,
    o: PrismOptions = {},
  ): void {
    const hx = sx / 2;
    const hz = sz / 2;
    const r = Math.min(o.radius ?? 0.03, hx * 0.98, hz * 0.98);
    const ring = roundedRect(hx, hz, r, o.wall ? 6 : 1);
    const tx = o.topX ?? 1;
    const tz = o.topZ ?? 1;
    const shift = o.shiftX ?? 0;
    const bevel = o.bevel ?? 0;
    const up = (p: { x: number; z: number }): Vec3 => [cx + p.x * tx + shift, y1 - bevel, cz + p.z * tz];
    const n = ring.length;
    for (let i = 0; i < n; i += 1) {
      const a = ring[i];
      const b = ring[(i + 1) % n];
      if (!a || !b) continue;
      const mx = (a.x + b.x) / 2;
      const mz = (a.z + b.z) / 2;
      const wall = o.wall ? o.wall(mx, mz, a.corner) : look;
      if (!wall) continue;
      const h = y1 - y0 || 1e-3;
      const na = this.wallNormal(a, ring[(i + n - 1) % n], b, (hx * (1 - tx)) / h, (hz * (1 - tz)) / h);
      const nb = this.wallNormal(b, a, ring[(i + 2) % n], (hx * (1 - tx)) / h, (hz * (1 - tz)) / h);
      const a0: Vec3 = [cx + a.x, y0, cz + a.z];
      const b0: Vec3 = [cx + b.x, y0, cz + b.z];
      const a1 = up(a);
      const b1 = up(b);
      const len = Math.hypot(b.x - a.x, b.z - a.z);
      this.vertex(a0, na, wall, 0, 0);
      this.vertex(a1, na, wall, 0, h);
      this.vertex(b1, nb, wall, len, h);
      this.vertex(a0, na, wall, 0, 0);
      this.vertex(b1, nb, wall, len, h);
      this.vertex(b0, nb, wall, len, 0);
      if (o.cap !== false) {
        const capLook = o.capLook ?? look;
        const inX = bevel > 0 ? Math.max(0.5, 1 - (bevel * 1.6) / hx) : 1;
        const inZ = bevel > 0 ? Math.max(0.5, 1 - (bevel * 1.6) / hz) : 1;
        const a2: Vec3 = [cx + a.x * tx * inX + shift, y1, cz + a.z * tz * inZ];
        const b2: Vec3 = [cx + b.x * tx * inX + shift, y1, cz + b.z * tz * inZ];
        if (bevel > 0) {
          const ba: Vec3 = [na[0] * 0.6, 0.8, na[2] * 0.6];
          const bb: Vec3 = [nb[0] * 0.6, 0.8, nb[2] * 0.6];
          this.vertex(a1, na, capLook);
          this.vertex(a2, ba, capLook);
          this.vertex(b2, bb, capLook);
          this.vertex(a1, na, capLook);
          this.vertex(b2, bb, capLook);
          this.vertex(b1, nb, capLook);
        }
        this.vertex([cx + shift, y1, cz], [0, 1, 0], capLook);
        this.vertex(a2, [0, 1, 0], capLook);
        this.vertex(b2, [0, 1, 0], capLook);
      }
    }
  }

  private wallNormal(
    p: { x: number; z: number },
    prev: { x: number; z: number } | undefined,
    next: { x: number; z: number } | undefined,
    leanX: number,
    leanZ: number,
  ): Vec3 {
    const a = prev ?? p;
    const b = next ?? p;
    const dx = b.x - a.x;
    const dz = b.z - a.z;
    const l = Math.hypot(dx, dz) || 1;
    const nx = dz / l;
    const nz = -dx / l;
    const ny = Math.abs(nx) * leanX + Math.abs(nz) * leanZ;
    const m = Math.hypot(nx, ny, nz) || 1;
    return [nx / m, ny / m, nz / m];
  }

  box(cx: number, cy: number, cz: number, sx: number, sy: number, sz: number, look: Look): void {
    const x0 = cx - sx / 2;
    const x1 = cx + sx / 2;
    const y0 = cy - sy / 2;
    const y1 = cy + sy / 2;
    const z0 = cz - sz / 2;
    const z1 = cz + sz / 2;
    this.quad([x0, y0, z1], [x1, y0, z1], [x1, y1, z1], [x0, y1, z1], look, sx, sy, [0, 0, 1]);
    this.quad([x1, y0, z0], [x0, y0, z0], [x0, y1, z0], [x1, y1, z0], look, sx, sy, [0, 0, -1]);
    this.quad([x1, y0, z1], [x1, y0, z0], [x1, y1, z0], [x1, y1, z1], look, sz, sy, [1, 0, 0]);
    this.quad([x0, y0, z0], [x0, y0, z1], [x0, y1, z1], [x0, y1, z0], look, sz, sy, [-1, 0, 0]);
    this.quad([x0, y1, z1], [x1, y1, z1], [x1, y1, z0], [x0, y1, z0], look, sx, sz, [0, 1, 0]);
    this.quad([x0, y0, z0], [x1, y0, z0], [x1, y0, z1], [x0, y0, z1], look, sx, sz, [0, -1, 0]);
  }

  /** Cylinder or cone between two points with radii r0 and r1. */
  tube(a: Vec3, b: Vec3, r0: number, r1: number, look: Look, sides = 8, caps = true, capLook?: Look): void {
    const dir = new THREE.Vector3(b[0] - a[0], b[1] - a[1], b[2] - a[2]).normalize();
    const side = new THREE.Vector3(Math.abs(dir.y) > 0.9 ? 1 : 0, Math.abs(dir.y) > 0.9 ? 0 : 1, 0)
      .cross(dir)
      .normalize();
    const up = dir.clone().cross(side);
    const dirV: Vec3 = [dir.x, dir.y, dir.z];
    const back: Vec3 = [-dir.x, -dir.y, -dir.z];
    for (let i = 0; i < sides; i += 1) {
      const spin = (k: number): Vec3 => {
        const t = (k / sides) * Math.PI * 2;
        const c = Math.cos(t);
        const s = Math.sin(t);
        return [side.x * c + up.x * s, side.y * c + up.y * s, side.z * c + up.z * s];
      };
      const n0 = spin(i);
      const n1 = spin(i + 1);
      const p = (q: Vec3, n: Vec3, r: number): Vec3 => [q[0] + n[0] * r, q[1] + n[1] * r, q[2] + n[2] * r];
      const [a0, a1, b0, b1] = [p(a, n0, r0), p(a, n1, r0), p(b, n0, r1), p(b, n1, r1)];
      this.vertex(a0, n0, look, i / sides, 0);
      this.vertex(a1, n1, look, (i + 1) / sides, 0);
      this.vertex(b1, n1, look, (i + 1) / sides, 1);
      this.vertex(a0, n0, look, i / sides, 0);
      this.vertex(b1, n1, look, (i + 1) / sides, 1);
      this.vertex(b0, n0, look, i / sides, 1);
      if (caps) {
        const cl = capLook ?? look;
        this.vertex(b, dirV, cl);
        this.vertex(b0, dirV, cl);
        this.vertex(b1, dirV, cl);
        this.vertex(a, back, cl);
        this.vertex(a1, back, cl);
        this.vertex(a0, back, cl);
      }
    }
  }

  /** A lumpy ball: radius per direction from `bump`; used for heads, sacks, heaps and snow. `half` keeps the part above y. */
  blob(
    c: Vec3,
    r: Vec3,
    look: Look,
    rings = 6,
    sides = 9,
    bump: (lat: number, lon: number) => number = () => 1,
    half = false,
  ): void {
    const pt = (i: number, j: number): Vec3 => {
      const lat = half ? (i / rings) * (Math.PI / 2) : (i / rings) * Math.PI - Math.PI / 2;
      const lon = ((j % sides) / sides) * Math.PI * 2;
      const k = bump(lat, lon);
      return [
        c[0] + r[0] * k * Math.cos(lat) * Math.cos(lon),
        c[1] + r[1] * k * Math.sin(lat),
        c[2] + r[2] * k * Math.cos(lat) * Math.sin(lon),
      ];
    };
    const nor = (p: Vec3): Vec3 => {
      const n = new THREE.Vector3(
        (p[0] - c[0]) / r[0] ** 2,
        (p[1] - c[1] + 0.05) / r[1] ** 2,
        (p[2] - c[2]) / r[2] ** 2,
      );
      n.normalize();
      return [n.x, n.y, n.z];
    };
    for (let i = 0; i < rings; i += 1) {
      for (let j = 0; j < sides; j += 1) {
        const [a, b, d, e] = [pt(i, j), pt(i, j + 1), pt(i + 1, j + 1), pt(i + 1, j)];
        this.vertex(a, nor(a), look);
        this.vertex(b, nor(b), look);
        this.vertex(d, nor(d), look);
        this.vertex(a, nor(a), look);
        this.vertex(d, nor(d), look);
        this.vertex(e, nor(e), look);
      }
    }
  }

  get empty(): boolean {
    return this.pos.length === 0;
  }

  private part(keep: (i: number) => boolean): THREE.BufferGeometry {
    const count = this.mat.length / 4;
    const at: number[] = [];
    for (let i = 0; i < count; i += 1) if (keep(i)) at.push(i);
    const take = (from: number[], size: number): THREE.Float32BufferAttribute => {
      const out = new Float32Array(at.length * size);
      at.forEach((i, k) => {
        for (let j = 0; j < size; j += 1) out[k * size + j] = from[i * size + j] ?? 0;
      });
      return new THREE.Float32BufferAttribute(out, size);
    };
    const g = new THREE.BufferGeometry();
    g.setAttribute('position', take(this.pos, 3));
    g.setAttribute('normal', take(this.nor, 3));
    g.setAttribute('aColor', take(this.col, 3));
    g.setAttribute('aMat', take(this.mat, 4));
    return g;
  }

  /** All solid faces. */
  geometry(): THREE.BufferGeometry {
    const cards = new Set(this.cards);
    return this.part((i) => !cards.has(i));
  }

  /** Leaves and twigs, drawn by their own shader; null when there are none. */
  cardGeometry(): THREE.BufferGeometry | null {
    if (this.cards.length === 0) return null;
    const cards = new Set(this.cards);
    return this.part((i) => cards.has(i));
  }
}
