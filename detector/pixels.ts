// Pictures as plain bytes: opening, stretching, cutting out, grey.
import sharp from 'sharp';
import { AhualError, messageOf } from '#core/errors';
import { headOf, mostPixels } from './encoded.ts';

// One look runs on one core; parallel looks are parallel processes.
sharp.concurrency(1);
sharp.cache(false);

/** Red, green, blue bytes, rows from the top. */
export interface Frame {
  readonly rgb: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** One byte of luma a pixel, rows from the top. */
export interface Grey {
  readonly luma: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Refuses a frame whose byte count does not fit its size. */
export function checkFrame(frame: Frame): void {
  const { rgb, widthPx, heightPx } = frame;
  if (widthPx >= 32 && heightPx >= 32 && rgb.length === widthPx * heightPx * 3) return;
  throw new AhualError(
    'PICTURE_REFUSED',
    `A frame said to be ${widthPx} x ${heightPx} px has ${rgb.length} bytes.`,
    'A frame is at least 32 px on each side and has three bytes a pixel.',
  );
}

/**
 * Opens an encoded picture (JPEG, PNG, WebP) as a frame, upright, at most `longestPx` on its longer side; of an animated
 * one the first picture. Throws PICTURE_REFUSED, with the reason, for everything else, for what is cut short or damaged, and
 * for sizes that no street camera sends (see `headOf`).
 */
export async function frameFromJpeg(bytes: Uint8Array, longestPx = 1280): Promise<Frame> {
  await headOf(bytes);
  try {
    const { data, info } = await sharp(bytes, { failOn: 'warning', limitInputPixels: mostPixels, pages: 1 })
      .autoOrient()
      .resize({ width: longestPx, height: longestPx, fit: 'inside', withoutEnlargement: true })
      .flatten()
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const frame = { rgb: info.channels === 1 ? threeTimes(data) : data, widthPx: info.width, heightPx: info.height };
    checkFrame(frame);
    return frame;
  } catch (thrown) {
    if (thrown instanceof AhualError) throw thrown;
    throw new AhualError(
      'PICTURE_REFUSED',
      `A picture of ${bytes.length} bytes could not be read: ${messageOf(thrown)}.`,
      'It is cut short or no picture.',
      {},
      thrown,
    );
  }
}

/** Stretches a frame to exactly this size (both sides at will); the frame itself when it already has it. */
export async function stretch(frame: Frame, widthPx: number, heightPx: number): Promise<Frame> {
  if (frame.widthPx === widthPx && frame.heightPx === heightPx) return frame;
  const rgb = await sharp(frame.rgb, { raw: { width: frame.widthPx, height: frame.heightPx, channels: 3 } })
    .resize(widthPx, heightPx, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
    .raw()
    .toBuffer();
  return { rgb, widthPx, heightPx };
}

/** Every `step`-th pixel of a frame as luma (BT.601 weights in 8-bit integers). */
export function greyOf(frame: Frame, step = 1): Grey {
  const widthPx = Math.floor(frame.widthPx / step);
  const heightPx = Math.floor(frame.heightPx / step);
  const luma = new Uint8Array(widthPx * heightPx);
  const { rgb } = frame;
  let to = 0;
  for (let y = 0; y < heightPx; y++) {
    let from = y * step * frame.widthPx * 3;
    for (let x = 0; x < widthPx; x++) {
      luma[to++] = (77 * (rgb[from] ?? 0) + 150 * (rgb[from + 1] ?? 0) + 29 * (rgb[from + 2] ?? 0)) >> 8;
      from += step * 3;
    }
  }
  return { luma, widthPx, heightPx };
}

/** A rectangle in pixels; may have fractions and may reach over the edge (edge pixels are then repeated). */
export interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/**
 * Cuts a rectangle out of a frame and resamples it with the triangle filter, widened when it shrinks.
 * The same filter as Pillow's BILINEAR, so that crops look as they did in training.
 */
export function cut(frame: Frame, box: PixelBox, widthPx: number, heightPx: number): Frame {
  const across = taps(box.x, box.w, widthPx, frame.widthPx);
  const down = taps(box.y, box.h, heightPx, frame.heightPx);
  const firstRow = Math.min(...down.from);
  const rows = Math.max(...down.from) + down.length - firstRow;
  const middle = new Float32Array(rows * widthPx * 3);
  for (let row = 0; row < rows; row++) {
    const y = clamp(firstRow + row, frame.heightPx);
    const line = frame.rgb.subarray(y * frame.widthPx * 3, (y + 1) * frame.widthPx * 3);
    cutRow(line, across, middle.subarray(row * widthPx * 3, (row + 1) * widthPx * 3));
  }
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  const sums = new Float32Array(widthPx * 3);
  for (let y = 0; y < heightPx; y++) {
    sums.fill(0);
    for (let k = 0; k < down.length; k++) {
      const row = (down.from[y] ?? 0) - firstRow + k;
      addRow(sums, middle.subarray(row * widthPx * 3, (row + 1) * widthPx * 3), down.weights[y * down.length + k] ?? 0);
    }
    roundRow(sums, rgb, y * widthPx * 3);
  }
  return { rgb, widthPx, heightPx };
}

// Rows have functions of their own, which are called often enough to be compiled well.

function cutRow(line: Uint8Array, across: Taps, to: Float32Array): void {
  const last = line.length / 3 - 1;
  for (let x = 0; x < across.from.length; x++) {
    const from = across.from[x] ?? 0;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = 0; i < across.length; i++) {
      const weight = across.weights[x * across.length + i] ?? 0;
      const at = 3 * Math.min(last, Math.max(0, from + i));
      red += (line[at] ?? 0) * weight;
      green += (line[at + 1] ?? 0) * weight;
      blue += (line[at + 2] ?? 0) * weight;
    }
    to[x * 3] = red;
    to[x * 3 + 1] = green;
    to[x * 3 + 2] = blue;
  }
}

function addRow(sums: Float32Array, row: Float32Array, weight: number): void {
  if (weight === 0) return;
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (row[i] ?? 0) * weight;
}

function roundRow(sums: Float32Array, rgb: Uint8Array, at: number): void {
  for (let i = 0; i < sums.length; i++) rgb[at + i] = Math.min(255, Math.max(0, Math.round(sums[i] ?? 0)));
}

/** A picture at its own size of which single areas can be had, by whole pixels; each area lies in the picture. */
export interface Pixels {
  readonly widthPx: number;
  readonly heightPx: number;
  region(area: PixelBox): Promise<Frame>;
}

/** A frame as a picture of which areas can be had. */
export const pixelsOf = (frame: Frame): Pixels => ({
  widthPx: frame.widthPx,
  heightPx: frame.heightPx,
  region({ x, y, w, h }) {
    const rgb = new Uint8Array(w * h * 3);
    for (let row = 0; row < h; row++) {
      const at = ((y + row) * frame.widthPx + x) * 3;
      rgb.set(frame.rgb.subarray(at, at + w * 3), row * w * 3);
    }
    return Promise.resolve({ rgb, widthPx: w, heightPx: h });
  },
});

/** The area whose pixels `cut` reads for a box and a size, as far as it lies in the picture. */
export function reachOf(
  box: PixelBox,
  widthPx: number,
  heightPx: number,
  picture: Pick<Pixels, 'widthPx' | 'heightPx'>,
): PixelBox {
  const along = (start: number, length: number, count: number, most: number): [number, number] => {
    const support = Math.max(1, length / count);
    const from = Math.min(most - 1, Math.max(0, Math.floor(start - support)));
    return [from, Math.max(1, Math.min(most, Math.ceil(start + length + support)) - from)];
  };
  const [x, w] = along(box.x, box.w, widthPx, picture.widthPx);
  const [y, h] = along(box.y, box.h, heightPx, picture.heightPx);
  return { x, y, w, h };
}

/** For each of `count` pixels the first source pixel that it reads, and `length` weights. */
interface Taps {
  readonly from: Int32Array;
  readonly weights: Float64Array;
  readonly length: number;
}

function taps(start: number, length: number, count: number, sourceLength: number): Taps {
  const scale = length / count;
  const support = Math.max(1, scale);
  const most = Math.ceil(2 * support) + 1;
  const from = new Int32Array(count);
  const weights = new Float64Array(count * most);
  for (let i = 0; i < count; i++) {
    const centre = start + (i + 0.5) * scale;
    const first = Math.floor(centre - support);
    const end = Math.ceil(centre + support);
    const isAllOutside = end <= 0 || first >= sourceLength;
    let sum = 0;
    for (let j = first; j < end; j++) {
      // Beyond the edge the last pixel would be counted again and again: leave it out while others are there.
      const isOutside = j < 0 || j >= sourceLength;
      const weight = isOutside && !isAllOutside ? 0 : Math.max(0, 1 - Math.abs((j + 0.5 - centre) / support));
      weights[i * most + j - first] = weight;
      sum += weight;
    }
    from[i] = first;
    for (let k = i * most; k < (i + 1) * most; k++) weights[k] = (weights[k] ?? 0) / (sum || 1);
  }
  return { from, weights, length: most };
}

const clamp = (i: number, length: number): number => (i < 0 ? 0 : i >= length ? length - 1 : i);

function threeTimes(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i] ?? 0, i * 3, i * 3 + 3);
  return rgb;
}
