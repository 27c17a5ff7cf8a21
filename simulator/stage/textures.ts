// Owns the two painted textures of the stage: tiling noise (fbm, grain, cracks, second fbm) and cards of leaves and twigs.
import * as THREE from 'three';
import { makeRng } from './rng.ts';

const SIZE = 512;

/** Tiling value noise at a number of cells. */
function layer(cells: number, seed: number): (x: number, y: number) => number {
  const rng = makeRng(seed);
  const grid = Float32Array.from({ length: cells * cells }, () => rng.next());
  const g = (x: number, y: number): number =>
    grid[(((y % cells) + cells) % cells) * cells + (((x % cells) + cells) % cells)] ?? 0;
  return (x, y) => {
    const fx = x * cells;
    const fy = y * cells;
    const ix = Math.floor(fx);
    const iy = Math.floor(fy);
    const tx = fx - ix;
    const ty = fy - iy;
    const sx = tx * tx * (3 - 2 * tx);
    const sy = ty * ty * (3 - 2 * ty);
    return (
      (g(ix, iy) * (1 - sx) + g(ix + 1, iy) * sx) * (1 - sy) + (g(ix, iy + 1) * (1 - sx) + g(ix + 1, iy + 1) * sx) * sy
    );
  };
}

function fbm(seed: number, from: number): (x: number, y: number) => number {
  const layers = [0, 1, 2, 3, 4].map((i) => layer(from * 2 ** i, seed + i));
  return (x, y) => {
    let sum = 0;
    let amp = 0.5;
    for (const l of layers) {
      sum += l(x, y) * amp;
      amp *= 0.52;
    }
    return sum;
  };
}

/** R fbm, G fine grain, B distance to the nearest crack, A another fbm. Tiles in both directions. */
export function noiseTexture(): THREE.DataTexture {
  const a = fbm(11, 4);
  const b = fbm(47, 5);
  const warpX = fbm(83, 6);
  const warpY = fbm(97, 6);
  const rng = makeRng(5);
  const cells = 9;
  const sites = Array.from({ length: cells * cells }, () => [rng.next(), rng.next()] as const);
  const data = new Uint8Array(SIZE * SIZE * 4);
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      const u = x / SIZE;
      const v = y / SIZE;
      const cx = (u + (warpX(u, v) - 0.5) * 0.16) * cells;
      const cy = (v + (warpY(u, v) - 0.5) * 0.16) * cells;
      const ix = Math.floor(cx);
      const iy = Math.floor(cy);
      let d1 = 9;
      let d2 = 9;
      for (let j = -1; j <= 1; j += 1) {
        for (let i = -1; i <= 1; i += 1) {
          const k = ((((iy + j) % cells) + cells) % cells) * cells + ((((ix + i) % cells) + cells) % cells);
          const s = sites[k] ?? [0, 0];
          const d = Math.hypot(ix + i + s[0] - cx, iy + j + s[1] - cy);
          if (d < d1) {
            d2 = d1;
            d1 = d;
          } else if (d < d2) d2 = d;
        }
      }
      const o = (y * SIZE + x) * 4;
      data[o] = Math.min(255, Math.max(0, 255 * (a(u, v) * 1.35 - 0.15)));
      data[o + 1] = 255 * (rng.next() * 0.7 + rng.next() * 0.3);
      data[o + 2] = Math.min(255, 255 * (d2 - d1));
      data[o + 3] = Math.min(255, Math.max(0, 255 * (b(u, v) * 1.35 - 0.15)));
    }
  }
  const t = new THREE.DataTexture(data, SIZE, SIZE, THREE.RGBAFormat);
  t.wrapS = THREE.RepeatWrapping;
  t.wrapT = THREE.RepeatWrapping;
  t.magFilter = THREE.LinearFilter;
  t.minFilter = THREE.LinearMipmapNearestFilter;
  t.generateMipmaps = true;
  t.needsUpdate = true;
  return t;
}

/** Left half: a spray of leaves; right half: a bare crown. White tones, tinted by vertex colour. */
export function cardTexture(): THREE.CanvasTexture {
  const canvas = document.createElement('canvas');
  canvas.width = 512;
  canvas.height = 256;
  const g = canvas.getContext('2d');
  if (!g) throw new Error('The page has no 2D canvas, so the cards of leaves cannot be painted.');
  const rng = makeRng(77);
  for (let i = 0; i < 520; i += 1) {
    const a = rng.range(0, Math.PI * 2);
    const r = Math.sqrt(rng.next()) * 112;
    const shade = Math.round(rng.range(90, 215));
    g.fillStyle = `rgb(${shade},${shade},${Math.round(shade * 0.9)})`;
    g.save();
    g.translate(128 + Math.cos(a) * r, 128 + Math.sin(a) * r);
    g.rotate(rng.range(0, 6.3));
    g.beginPath();
    g.ellipse(0, 0, rng.range(4, 10), rng.range(2.5, 5.5), 0, 0, 7);
    g.fill();
    g.restore();
  }
  g.lineCap = 'round';
  const branch = (x: number, y: number, a: number, len: number, w: number, depth: number): void => {
    const x1 = x + Math.cos(a) * len;
    const y1 = y + Math.sin(a) * len;
    const s = Math.round(rng.range(120, 170));
    g.strokeStyle = `rgb(${s},${Math.round(s * 0.95)},${Math.round(s * 0.9)})`;
    g.lineWidth = w;
    g.beginPath();
    g.moveTo(x, y);
    g.quadraticCurveTo((x + x1) / 2 + rng.range(-4, 4), (y + y1) / 2 + rng.range(-4, 4), x1, y1);
    g.stroke();
    if (depth === 0) return;
    const n = 3;
    for (let i = 0; i < n; i += 1)
      branch(
        x + (x1 - x) * rng.range(0.45, 1),
        y + (y1 - y) * rng.range(0.45, 1),
        a + rng.range(-0.75, 0.75),
        len * rng.range(0.52, 0.8),
        Math.max(0.9, w * 0.6),
        depth - 1,
      );
  };
  for (let i = 0; i < 2; i += 1) branch(384 + i - 1, 254, -Math.PI / 2 + rng.range(-0.2, 0.2), 78, 6, 5);
  const t = new THREE.CanvasTexture(canvas);
  t.minFilter = THREE.LinearMipmapNearestFilter;
  t.generateMipmaps = true;
  return t;
}
