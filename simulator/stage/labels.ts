// Owns reading the label pass: boxes with visible fractions, the surface mask at quarter resolution, zone polygons and their shares.
import { CLASSES } from './classes.ts';
import type { ClassName } from './classes.ts';
import { sagHeight } from './places.ts';
import type { GroundZone, Point } from './scene-types.ts';
import type { Stage } from './stage.ts';

export interface LabelBox {
  readonly class: ClassName;
  /** x, y, width, height in fractions of the picture. */
  readonly box: readonly [number, number, number, number];
  /** Share of the thing that is in view and not covered. */
  readonly visible: number;
  readonly track: string;
}

export interface ZoneShares {
  readonly dry: number;
  readonly wet: number;
  readonly water: number;
  readonly snow: number;
}

export interface FrameLabels {
  readonly boxes: LabelBox[];
  readonly mask: Uint8Array;
  readonly maskWidth: number;
  readonly maskHeight: number;
  readonly zones: { id: string; kind: GroundZone['kind']; polygon: Point[] }[];
  readonly shares: Record<string, ZoneShares>;
}

const round = (v: number, k = 1e4): number => Math.round(v * k) / k;

function inside(poly: readonly Point[], x: number, y: number): boolean {
  let hit = false;
  for (let i = 0; i < poly.length; i += 1) {
    const a = poly[i];
    const b = poly[(i + 1) % poly.length];
    if (!a || !b) continue;
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) hit = !hit;
  }
  return hit;
}

function clip(poly: readonly Point[], keep: (p: Point) => number): Point[] {
  const out: Point[] = [];
  for (let i = 0; i < poly.length; i += 1) {
    const a = poly[i];
    const b = poly[(i + 1) % poly.length];
    if (!a || !b) continue;
    const [ka, kb] = [keep(a), keep(b)];
    if (ka >= 0) out.push(a);
    if (ka >= 0 !== kb >= 0) {
      const t = ka / (ka - kb);
      out.push([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]);
    }
  }
  return out;
}

function area(poly: readonly Point[]): number {
  let s = 0;
  for (let i = 0; i < poly.length; i += 1) {
    const a = poly[i];
    const b = poly[(i + 1) % poly.length];
    if (a && b) s += a[0] * b[1] - b[0] * a[1];
  }
  return Math.abs(s) / 2;
}

/** Zone polygons of the loaded scene in picture fractions, cut to what the camera can judge (at most 55 m away) and to the frame. */
export function projectZones(stage: Stage): { id: string; kind: GroundZone['kind']; polygon: Point[] }[] {
  const scene = stage.place;
  if (!scene) return [];
  const out: { id: string; kind: GroundZone['kind']; polygon: Point[] }[] = [];
  const yaw = (scene.camera.yawDeg * Math.PI) / 180;
  const depth = (p: Point): number => (p[0] - scene.camera.x) * Math.cos(yaw) - (p[1] - scene.camera.z) * Math.sin(yaw);
  for (const zone of scene.zones) {
    const dense: Point[] = [];
    for (let i = 0; i < zone.points.length; i += 1) {
      const a = zone.points[i];
      const b = zone.points[(i + 1) % zone.points.length];
      if (!a || !b) continue;
      const n = Math.max(1, Math.ceil(Math.hypot(b[0] - a[0], b[1] - a[1]) / 3));
      for (let k = 0; k < n; k += 1) dense.push([a[0] + ((b[0] - a[0]) * k) / n, a[1] + ((b[1] - a[1]) * k) / n]);
    }
    let world = clip(dense, (p) => depth(p) - 1.5);
    world = clip(world, (p) => 55 - depth(p));
    let poly: Point[] = world.flatMap((p) => {
      const q = stage.project(p[0], sagHeight(scene.layout, p[0]), p[1]);
      return q ? [q] : [];
    });
    poly = clip(poly, (p) => p[0]);
    poly = clip(poly, (p) => 1 - p[0]);
    poly = clip(poly, (p) => p[1]);
    poly = clip(poly, (p) => 1 - p[1]);
    const kept: Point[] = [];
    for (const p of poly) {
      const last = kept.at(-1);
      if (!last || Math.hypot(last[0] - p[0], last[1] - p[1]) > (zone.kind === 'manhole' ? 0.002 : 0.008))
        kept.push([round(p[0]), round(p[1])]);
    }
    if (kept.length >= 3 && area(kept) > (zone.kind === 'manhole' ? 0.0001 : 0.003))
      out.push({ id: zone.id, kind: zone.kind, polygon: kept });
  }
  return out;
}

/** Reads the label target of the last render. */
export function readLabels(stage: Stage): FrameLabels {
  const { width, height } = stage;
  const data = new Uint8Array(width * height * 4);
  stage.renderer.readRenderTargetPixels(stage.labelTarget, 0, 0, width, height, data);
  const n = stage.tracked.length + 1;
  const minX = new Int32Array(n).fill(1e6);
  const minY = new Int32Array(n).fill(1e6);
  const maxX = new Int32Array(n).fill(-1);
  const maxY = new Int32Array(n).fill(-1);
  const count = new Int32Array(n);
  for (let y = 0; y < height; y += 1) {
    const row = height - 1 - y;
    for (let x = 0; x < width; x += 1) {
      const id = data[(row * width + x) * 4] ?? 0;
      if (id === 0 || id >= n) continue;
      count[id] = (count[id] ?? 0) + 1;
      if (x < (minX[id] ?? 0)) minX[id] = x;
      if (x > (maxX[id] ?? 0)) maxX[id] = x;
      if (y < (minY[id] ?? 0)) minY[id] = y;
      if (y > (maxY[id] ?? 0)) maxY[id] = y;
    }
  }
  const boxes: LabelBox[] = [];
  for (const t of stage.tracked) {
    const seen = count[t.id] ?? 0;
    if (seen < 6) continue;
    const alone = stage.alonePixels(t);
    const visible = alone.inside > 0 ? Math.min(1, (seen / alone.inside) * alone.boxShare) : 0;
    const [x0, y0] = [minX[t.id] ?? 0, minY[t.id] ?? 0];
    const w = (maxX[t.id] ?? 0) - x0 + 1;
    const h = (maxY[t.id] ?? 0) - y0 + 1;
    if (w < 3 || h < 3) continue;
    boxes.push({
      class: CLASSES.includes(t.label) ? t.label : 'none',
      box: [round(x0 / width), round(y0 / height), round(w / width), round(h / height)],
      visible: round(visible, 100),
      track: t.name,
    });
  }
  const maskWidth = width / 4;
  const maskHeight = height / 4;
  const surface = new Uint8Array(maskWidth * maskHeight * 4);
  stage.renderer.readRenderTargetPixels(stage.maskTarget, 0, 0, maskWidth, maskHeight, surface);
  const mask = new Uint8Array(maskWidth * maskHeight);
  for (let y = 0; y < maskHeight; y += 1) {
    for (let x = 0; x < maskWidth; x += 1)
      mask[y * maskWidth + x] = surface[((maskHeight - 1 - y) * maskWidth + x) * 4 + 2] ?? 0;
  }
  const zones = projectZones(stage);
  const shares: Record<string, ZoneShares> = {};
  for (const z of zones) {
    let [dry, wet, water, snow] = [0, 0, 0, 0];
    const xs = z.polygon.map((p) => p[0]);
    const ys = z.polygon.map((p) => p[1]);
    for (let y = Math.floor(Math.min(...ys) * maskHeight); y < Math.max(...ys) * maskHeight; y += 1) {
      for (let x = Math.floor(Math.min(...xs) * maskWidth); x < Math.max(...xs) * maskWidth; x += 1) {
        if (!inside(z.polygon, (x + 0.5) / maskWidth, (y + 0.5) / maskHeight)) continue;
        const s = mask[y * maskWidth + x] ?? 0;
        if (s === 1 || s === 6) dry += 1;
        else if (s === 2) wet += 1;
        else if (s === 3) water += 1;
        else if (s === 4 || s === 5) snow += 1;
      }
    }
    const all = Math.max(1, dry + wet + water + snow);
    shares[z.id] = {
      dry: round(dry / all, 1000),
      wet: round(wet / all, 1000),
      water: round(water / all, 1000),
      snow: round(snow / all, 1000),
    };
  }
  return { boxes, mask, maskWidth, maskHeight, zones, shares };
}
