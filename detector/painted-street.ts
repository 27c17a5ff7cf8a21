// Pictures for this room's tests: a street painted from numbers, the same on every machine.
import type { Frame, Grey } from './pixels.ts';

export interface Patch {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly luma: number;
}

export interface Painting {
  readonly widthPx?: number;
  readonly heightPx?: number;
  /** Multiplies and lifts all light. */
  readonly gain?: number;
  readonly lift?: number;
  /** Half width of the noise in grey levels, and which noise. */
  readonly noise?: number;
  readonly seed?: number;
  /** Shifts the whole view by so many pixels. */
  readonly shiftX?: number;
  readonly patches?: readonly Patch[];
}

/** A grey street: sky, house fronts with windows, kerb, asphalt with lane marks; patches are rectangles in fractions. */
export function paintedStreet(painting: Painting = {}): Grey {
  const { widthPx = 320, heightPx = 192, gain = 1, lift = 0, noise = 3, seed = 1, shiftX = 0, patches = [] } = painting;
  const luma = new Uint8Array(widthPx * heightPx);
  const random = randomOf(seed);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const fx = (x + shiftX) / widthPx;
      const fy = y / heightPx;
      let value = groundAt(fx, fy);
      for (const p of patches) if (fx >= p.x && fx < p.x + p.w && fy >= p.y && fy < p.y + p.h) value = p.luma;
      value = value * gain + lift + (random() * 2 - 1) * noise;
      luma[y * widthPx + x] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
  return { luma, widthPx, heightPx };
}

/** The same picture as a frame with equal red, green and blue. */
export function colouredOf(grey: Grey): Frame {
  const rgb = new Uint8Array(grey.luma.length * 3);
  grey.luma.forEach((value, i) => rgb.fill(value, i * 3, i * 3 + 3));
  return { rgb, widthPx: grey.widthPx, heightPx: grey.heightPx };
}

/** The mean over squares of `2 * radius + 1` pixels, twice: close to a Gaussian blur. */
export function blurred(grey: Grey, radius: number): Grey {
  const { widthPx, heightPx } = grey;
  let luma = grey.luma;
  for (let pass = 0; pass < 2; pass++) {
    const next = new Uint8Array(luma.length);
    for (let y = 0; y < heightPx; y++) {
      for (let x = 0; x < widthPx; x++) {
        let sum = 0;
        let n = 0;
        for (let dy = -radius; dy <= radius; dy++) {
          for (let dx = -radius; dx <= radius; dx++) {
            const [nx, ny] = [x + dx, y + dy];
            if (nx < 0 || ny < 0 || nx >= widthPx || ny >= heightPx) continue;
            sum += luma[ny * widthPx + nx] ?? 0;
            n++;
          }
        }
        next[y * widthPx + x] = Math.round(sum / n);
      }
    }
    luma = next;
  }
  return { luma, widthPx, heightPx };
}

function groundAt(fx: number, fy: number): number {
  if (fy < 0.2) return 190 - fy * 100;
  if (fy < 0.42) {
    const window = (fx * 23) % 1 < 0.45 && (fy * 31) % 1 < 0.5;
    const house = Math.floor(fx * 5) % 2 === 0 ? 140 : 105;
    return window ? 55 : house;
  }
  if (fy < 0.45) return 165;
  const lane = Math.abs(fx - 0.5 - (fy - 0.45) * 0.3) < 0.012 && (fy * 14) % 1 < 0.6;
  // Coarse asphalt: a fixed grain, not noise.
  const grain = ((Math.floor(fx * 160) * 73 + Math.floor(fy * 96) * 151) % 17) - 8;
  return lane ? 205 : 92 + grain;
}

/** Numbers in 0..1 from a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
