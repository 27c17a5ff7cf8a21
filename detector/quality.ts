// Is this frame worth judging? Dark, over-exposed, blocked, blurred or frozen pictures mean "could not see", never "clear".
import { createHash } from 'node:crypto';
import type { Quality } from '#core/detection';
import type { Grey } from './pixels.ts';

/** What the judgement rests on; all from one small grey picture. */
export interface Exposure {
  /** Mean luma, 0..255. */
  readonly mean: number;
  /** Luma under which 99 of 100 pixels lie. */
  readonly bright: number;
  /** Share of pixels at 250 and over. */
  readonly burntShare: number;
  /** Share of tiles (24 x 12 over the picture) in which nothing stands out from noise. */
  readonly flatShare: number;
  /** Fine detail against coarse, median of the tiles that have any contrast; falls with blur, not with contrast. */
  readonly sharpness: number;
  /** Standard deviation of sensor and coding noise in grey levels (Immerkaer 1996, median of flat tiles). */
  readonly noise: number;
  /** 64 bits of a hash over the bytes: two frames of a living camera never share it. */
  readonly digest: string;
}

export const qualityLimits = {
  darkMean: 14,
  darkBright: 60,
  burntShare: 0.55,
  flatShare: 0.8,
  flatDeviation: 3.2,
  sharpness: 0.06,
  frozenNoise: 0.35,
} as const;

/** Measures a grey picture; 320 x 192 is enough. */
export function measureExposure(grey: Grey): Exposure {
  const { luma, widthPx, heightPx } = grey;
  const histogram = new Uint32Array(256);
  for (let y = 0; y < heightPx; y++) countRow(histogram, luma, y * widthPx, widthPx);
  const sum = histogram.reduce((all, count, value) => all + count * value, 0);
  let bright = 255;
  for (let left = luma.length * 0.01; bright > 0; bright--) {
    left -= histogram[bright] ?? 0;
    if (left <= 0) break;
  }
  let burnt = 0;
  for (let value = 250; value < 256; value++) burnt += histogram[value] ?? 0;

  const across = 24;
  const down = 12;
  const deviations: number[] = [];
  const sharp: number[] = [];
  const noises: number[] = [];
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      const tile = measureTile(
        grey,
        Math.floor((column * widthPx) / across),
        Math.floor((row * heightPx) / down),
        Math.floor(((column + 1) * widthPx) / across),
        Math.floor(((row + 1) * heightPx) / down),
      );
      deviations.push(tile.deviation);
      if (tile.deviation > 8) sharp.push(tile.fine / tile.coarse);
      if (tile.deviation < 12) noises.push(tile.noise);
    }
  }
  return {
    mean: sum / luma.length,
    bright,
    burntShare: burnt / luma.length,
    flatShare: deviations.filter((d) => d < qualityLimits.flatDeviation).length / deviations.length,
    sharpness: sharp.length < 6 ? Number.NaN : middle(sharp),
    noise: noises.length === 0 ? 0 : middle(noises),
    digest: createHash('sha256').update(luma).digest('hex').slice(0, 16),
  };
}

/**
 * The word on a frame. `before` is the digest of this camera's last frame, given only when an equal one cannot be honest
 * (not for a still address that the camera refreshes slowly, nor for a recording that repeats).
 */
export function judgeQuality(exposure: Exposure, before?: string): Quality {
  const limits = qualityLimits;
  const one = (value: number): string => value.toFixed(1);
  const percent = (value: number): string => `${Math.round(value * 100)} %`;
  if (exposure.mean < limits.darkMean && exposure.bright < limits.darkBright) {
    return { kind: 'dark', why: `mean light ${one(exposure.mean)} of 255, brightest hundredth at ${exposure.bright}` };
  }
  if (exposure.burntShare > limits.burntShare) {
    return { kind: 'overexposed', why: `${percent(exposure.burntShare)} of the picture is burnt out` };
  }
  if (exposure.flatShare > limits.flatShare) {
    return { kind: 'blocked', why: `${percent(exposure.flatShare)} of the picture shows nothing at all` };
  }
  if (exposure.sharpness < limits.sharpness) {
    return {
      kind: 'blurred',
      why: `sharpness ${exposure.sharpness.toFixed(3)}, at least ${limits.sharpness} is needed`,
    };
  }
  if (before === exposure.digest && exposure.noise > limits.frozenNoise) {
    return {
      kind: 'frozen',
      why: `every byte equals the last frame although the picture has noise (${one(exposure.noise)})`,
    };
  }
  return { kind: 'good', why: '' };
}

/** Soft steps: 0.5 at the limit, 0.88 one `width` beyond it. */
const beyond = (value: number, limit: number, width: number): number =>
  1 / (1 + Math.exp((-2 * (value - limit)) / width));

/** How near a picture is to one of the refusals above for its light and its detail, 0..1; 0.5 where they begin. */
export function doubtOf(exposure: Exposure): number {
  const limits = qualityLimits;
  const { sharpness } = exposure;
  return Math.max(
    Math.min(beyond(limits.darkMean, exposure.mean, 8), beyond(limits.darkBright, exposure.bright, 30)),
    beyond(exposure.burntShare, limits.burntShare, 0.15),
    beyond(exposure.flatShare, limits.flatShare, 0.15),
    Number.isNaN(sharpness) ? 0 : beyond(Math.log(limits.sharpness), Math.log(sharpness), 0.5),
  );
}

/** In a function of its own, which is called often enough to be compiled well: the whole loop runs once a look. */
function countRow(histogram: Uint32Array, luma: Uint8Array, from: number, length: number): void {
  for (let i = from; i < from + length; i++) {
    const value = luma[i] ?? 0;
    histogram[value] = (histogram[value] ?? 0) + 1;
  }
}

interface Tile {
  readonly deviation: number;
  readonly fine: number;
  readonly coarse: number;
  readonly noise: number;
}

function measureTile(grey: Grey, x1: number, y1: number, x2: number, y2: number): Tile {
  const { luma, widthPx } = grey;
  const at = (i: number): number => luma[i] ?? 0;
  const down = widthPx;
  let n = 0;
  let sum = 0;
  let squares = 0;
  let fine = 0;
  let coarse = 0;
  let noise = 0;
  // Two pixels of margin inside the tile, so that the coarse difference stays in it.
  for (let y = y1 + 2; y < y2 - 2; y++) {
    for (let x = x1 + 2; x < x2 - 2; x++) {
      const i = y * down + x;
      const value = at(i);
      const beside = at(i - 1) + at(i + 1);
      const above = at(i - down) + at(i + down);
      n++;
      sum += value;
      squares += value * value;
      const across1 = 2 * value - beside;
      const down1 = 2 * value - above;
      const across2 = at(i + 2) - at(i - 2);
      const down2 = at(i + 2 * down) - at(i - 2 * down);
      fine += across1 * across1 + down1 * down1;
      coarse += across2 * across2 + down2 * down2;
      noise += Math.abs(
        at(i - down - 1) + at(i - down + 1) + at(i + down - 1) + at(i + down + 1) + 4 * value - 2 * (above + beside),
      );
    }
  }
  const mean = sum / Math.max(1, n);
  return {
    deviation: Math.sqrt(Math.max(0, squares / Math.max(1, n) - mean * mean)),
    fine: fine + 1e-6,
    coarse: coarse + 1e-3,
    noise: (Math.sqrt(Math.PI / 2) * noise) / (6 * Math.max(1, n)),
  };
}

function middle(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
