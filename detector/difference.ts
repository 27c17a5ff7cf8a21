// Something lies there now that did not: two grey pictures of one view, compared inside a polygon, light taken out.
import type { Box } from '#core/detection';
import { inRing, type Ring } from '#core/geo';
import type { Grey } from './pixels.ts';

export interface Difference {
  /** Share of the polygon that changed in a connected piece worth the name, 0..1. */
  readonly share: number;
  /** The largest changed piece, in fractions of the picture; absent when nothing changed. */
  readonly box?: Box;
  /** Share of the polygon that this piece covers. */
  readonly largest: number;
}

/** Grey levels that a pixel must differ by, after light is matched, to count as changed. */
const leastLevels = 22;
/** A changed pixel counts when most of its neighbours changed too: noise and thin edges of a swaying mast do not. */
const leastNeighbours = 6;

/**
 * Compares `before` and `after` (same size) inside the polygon. Brightness and contrast of `after` are first matched to
 * `before` by the medians and quartiles of the polygon, so that a cloud or a lamp changes nothing.
 */
export function difference(before: Grey, after: Grey, polygon: Ring): Difference {
  const { widthPx, heightPx } = before;
  if (after.widthPx !== widthPx || after.heightPx !== heightPx) {
    throw new RangeError(`pictures of different size: ${widthPx}x${heightPx} and ${after.widthPx}x${after.heightPx}`);
  }
  const { inside, count } = maskOf(polygon, widthPx, heightPx);
  if (count === 0) return { share: 0, largest: 0 };
  const from = spreadOf(after.luma, inside, count);
  const to = spreadOf(before.luma, inside, count);
  const gain = Math.min(2, Math.max(0.5, to.spread / from.spread));
  // What a level of `after` is in the light of `before`: 256 answers, once for all pixels.
  const matched = Float64Array.from({ length: 256 }, (_, level) => (level - from.middle) * gain + to.middle);
  const changed = new Uint8Array(widthPx * heightPx);
  for (let at = 0; at < changed.length; at += widthPx)
    changedRow(changed, before.luma, after.luma, { inside, matched }, at, at + widthPx);
  const solid = new Uint8Array(widthPx * heightPx);
  for (let y = 1; y < heightPx - 1; y++) solidRow(solid, changed, y * widthPx, widthPx);
  let all = 0;
  let largest: { count: number; box: Box } | undefined;
  for (const piece of piecesOf(solid, widthPx, heightPx)) {
    all += piece.count;
    if (largest === undefined || piece.count > largest.count) {
      const box = { x: piece.x1 / widthPx, y: piece.y1 / heightPx, w: 0, h: 0 };
      box.w = (piece.x2 + 1) / widthPx - box.x;
      box.h = (piece.y2 + 1) / heightPx - box.y;
      largest = { count: piece.count, box };
    }
  }
  if (largest === undefined) return { share: 0, largest: 0 };
  return { share: all / count, largest: largest.count / count, box: largest.box };
}

interface Mask {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly inside: Uint8Array;
  /** Pixels inside. */
  readonly count: number;
}

/** A zone is compared again and again: which pixels lie in it is asked once, and forgotten with the zone. */
const masks = new WeakMap<Ring, Mask>();

function maskOf(polygon: Ring, widthPx: number, heightPx: number): Mask {
  const known = masks.get(polygon);
  if (known && known.widthPx === widthPx && known.heightPx === heightPx) return known;
  const inside = new Uint8Array(widthPx * heightPx);
  let count = 0;
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      if (!inRing((x + 0.5) / widthPx, (y + 0.5) / heightPx, polygon)) continue;
      inside[y * widthPx + x] = 1;
      count++;
    }
  }
  const mask = { widthPx, heightPx, inside, count };
  masks.set(polygon, mask);
  return mask;
}

/** Row by row, so that the loops are compiled soon: a comparison is made a few times a minute. */
function changedRow(
  changed: Uint8Array,
  before: Uint8Array,
  after: Uint8Array,
  { inside, matched }: { inside: Uint8Array; matched: Float64Array },
  from: number,
  to: number,
): void {
  for (let at = from; at < to; at++) {
    if (inside[at] === 0) continue;
    if (Math.abs((matched[after[at] ?? 0] ?? 0) - (before[at] ?? 0)) >= leastLevels) changed[at] = 1;
  }
}

function solidRow(solid: Uint8Array, changed: Uint8Array, row: number, widthPx: number): void {
  for (let at = row + 1; at < row + widthPx - 1; at++) {
    if (changed[at] === 0) continue;
    const above = at - widthPx;
    const below = at + widthPx;
    const neighbours =
      (changed[above - 1] ?? 0) +
      (changed[above] ?? 0) +
      (changed[above + 1] ?? 0) +
      (changed[at - 1] ?? 0) +
      (changed[at + 1] ?? 0) +
      (changed[below - 1] ?? 0) +
      (changed[below] ?? 0) +
      (changed[below + 1] ?? 0);
    if (neighbours >= leastNeighbours) solid[at] = 1;
  }
}

export interface Piece {
  readonly count: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** Connected pieces (eight neighbours) of the cells that are not 0, in order of their first cell. */
export function piecesOf(cells: Uint8Array, across: number, down: number): Piece[] {
  const seen = new Uint8Array(cells.length);
  const pieces: Piece[] = [];
  const stack: number[] = [];
  for (let start = 0; start < cells.length; start++) {
    if (cells[start] === 0 || seen[start] === 1) continue;
    let count = 0;
    let [x1, y1, x2, y2] = [across, down, -1, -1];
    seen[start] = 1;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const x = at % across;
      const y = (at - x) / across;
      count++;
      [x1, y1, x2, y2] = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x), Math.max(y2, y)];
      for (let ny = Math.max(0, y - 1); ny <= Math.min(down - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(across - 1, x + 1); nx++) {
          const next = ny * across + nx;
          if (cells[next] === 0 || seen[next] === 1) continue;
          seen[next] = 1;
          stack.push(next);
        }
      }
    }
    pieces.push({ count, x1, y1, x2, y2 });
  }
  return pieces;
}

function spreadOf(luma: Uint8Array, inside: Uint8Array, count: number): { middle: number; spread: number } {
  const histogram = new Uint32Array(256);
  for (let at = 0; at < luma.length; at += 1024)
    countInside(histogram, luma, inside, at, Math.min(luma.length, at + 1024));
  const levelAt = (share: number): number => {
    let left = Math.min(count - 1, Math.floor(share * count));
    for (let level = 0; level < 256; level++) {
      left -= histogram[level] ?? 0;
      if (left < 0) return level;
    }
    return 255;
  };
  return { middle: levelAt(0.5), spread: Math.max(2, levelAt(0.75) - levelAt(0.25)) };
}

function countInside(histogram: Uint32Array, luma: Uint8Array, inside: Uint8Array, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    if (inside[at] === 0) continue;
    const level = luma[at] ?? 0;
    histogram[level] = (histogram[level] ?? 0) + 1;
  }
}

/** Variance of noise that is left after blocks of 2 x 2 pixels were averaged, grey levels squared. */
const noiseVariance = 9;

/**
 * How unlike a box (fractions of the picture) is in two pictures of one size, 0 alike to 1: the variance of their difference
 * over the sum of their variances, as in the structure term of SSIM (Wang et al. 2004), so brightness is out of it and a
 * flat patch is not unlike another one. A box of less than 8 x 8 pixels is widened to that.
 */
export function unlikeness(before: Grey, after: Grey, box: Box): number {
  const { widthPx, heightPx } = before;
  if (after.widthPx !== widthPx || after.heightPx !== heightPx) {
    throw new RangeError(`pictures of different size: ${widthPx}x${heightPx} and ${after.widthPx}x${after.heightPx}`);
  }
  const [left, right] = spanOf(box.x, box.w, widthPx);
  const [top, bottom] = spanOf(box.y, box.h, heightPx);
  const meanAt = ({ luma }: Grey, x: number, y: number): number => {
    const at = y * widthPx + x;
    return ((luma[at] ?? 0) + (luma[at + 1] ?? 0) + (luma[at + widthPx] ?? 0) + (luma[at + widthPx + 1] ?? 0)) / 4;
  };
  let [n, a, b, aa, bb, dd] = [0, 0, 0, 0, 0, 0];
  for (let y = top; y + 1 < bottom; y += 2) {
    for (let x = left; x + 1 < right; x += 2) {
      const [one, two] = [meanAt(before, x, y), meanAt(after, x, y)];
      n++;
      a += one;
      b += two;
      aa += one * one;
      bb += two * two;
      dd += (one - two) ** 2;
    }
  }
  if (n === 0) return 0;
  const variance = (sum: number, squares: number): number => Math.max(0, squares / n - (sum / n) ** 2);
  return Math.min(1, variance(a - b, dd) / (variance(a, aa) + variance(b, bb) + noiseVariance));
}

/** First and last pixel of a side, at least eight of them, inside the picture. */
function spanOf(start: number, length: number, countPx: number): [number, number] {
  const least = Math.max(8, length * countPx);
  const from = Math.round(start * countPx + (length * countPx - least) / 2);
  const first = Math.max(0, Math.min(countPx - 8, from));
  return [first, Math.min(countPx, first + Math.round(least))];
}
