// Pictures as plain bytes: opening, stretching, cutting out, grey.
import sharp from 'sharp';
import { AhualError, messageOf } from '#core/errors';

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
 * Opens an encoded picture (JPEG, PNG, WebP) as a frame, at most `longestPx` on its longer side.
 * Throws PICTURE_REFUSED when it is broken or holds more than 40 million pixels.
 */
export async function frameFromJpeg(bytes: Uint8Array, longestPx = 1280): Promise<Frame> {
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: 40_000_000 })
      .rotate()
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
  const firstRow = Math.min(...down.map((t) => t.from));
  const lastRow = Math.max(...down.map((t) => t.from + t.weights.length));
  const rows = lastRow - firstRow;
  const middle = new Float32Array(rows * widthPx * 3);
  for (let row = 0; row < rows; row++) {
    const y = clamp(firstRow + row, frame.heightPx);
    for (let x = 0; x < widthPx; x++) {
      const tap = across[x];
      if (tap === undefined) continue;
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let i = 0; i < tap.weights.length; i++) {
          const at = (y * frame.widthPx + clamp(tap.from + i, frame.widthPx)) * 3 + channel;
          sum += (frame.rgb[at] ?? 0) * (tap.weights[i] ?? 0);
        }
        middle[(row * widthPx + x) * 3 + channel] = sum;
      }
    }
  }
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++) {
    const tap = down[y];
    if (tap === undefined) continue;
    for (let i = 0; i < widthPx * 3; i++) {
      let sum = 0;
      for (let k = 0; k < tap.weights.length; k++) {
        sum += (middle[(tap.from - firstRow + k) * widthPx * 3 + i] ?? 0) * (tap.weights[k] ?? 0);
      }
      rgb[y * widthPx * 3 + i] = Math.min(255, Math.max(0, Math.round(sum)));
    }
  }
  return { rgb, widthPx, heightPx };
}

interface Tap {
  readonly from: number;
  readonly weights: readonly number[];
}

function taps(start: number, length: number, count: number, sourceLength: number): Tap[] {
  const scale = length / count;
  const support = Math.max(1, scale);
  return Array.from({ length: count }, (_, i) => {
    const centre = start + (i + 0.5) * scale;
    const from = Math.floor(centre - support);
    const to = Math.ceil(centre + support);
    const weights: number[] = [];
    for (let j = from; j < to; j++) {
      // Beyond the edge the last pixel would be counted again and again: leave it out while others are there.
      const outside = j < 0 || j >= sourceLength;
      const all = to <= 0 || from >= sourceLength;
      weights.push(outside && !all ? 0 : Math.max(0, 1 - Math.abs((j + 0.5 - centre) / support)));
    }
    const sum = weights.reduce((a, b) => a + b, 0) || 1;
    return { from, weights: weights.map((w) => w / sum) };
  });
}

const clamp = (i: number, length: number): number => (i < 0 ? 0 : i >= length ? length - 1 : i);

function threeTimes(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i] ?? 0, i * 3, i * 3 + 3);
  return rgb;
}
