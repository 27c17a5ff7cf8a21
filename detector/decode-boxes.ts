// Network output → boxes: the base's distance bins, our own centre maps, and the removal of double boxes.
import type { Box, Detection, DetectionClass } from '#core/detection';
import { ratio } from '#core/units';

const bins = 8;

export interface Picture {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Scores per class under which nothing is reported; a class that is not named needs 0.5. */
export type LeastScores = Readonly<Partial<Record<DetectionClass, number>>>;

/**
 * Boxes of a NanoDet-Plus head: for each point the class scores, then four sides (left, top, right, bottom) as `bins`
 * logits; side = stride * sum(k * softmax(k)). Points go row by row for strides 8, 16, 32, 64 and sit on the cell's corner
 * (generalized focal loss, Li et al. 2020; NanoDet, RangiLyu 2020-2021).
 */
export function decodeDistances(
  values: Float32Array,
  classes: readonly DetectionClass[],
  picture: Picture,
  least: LeastScores,
): Detection[] {
  const row = classes.length + 4 * bins;
  const thresholds = Float64Array.from(classes, (name) => least[name] ?? 0.5);
  const found: Detection[] = [];
  let point = 0;
  for (const stride of [8, 16, 32, 64]) {
    const across = Math.ceil(picture.widthPx / stride);
    const down = Math.ceil(picture.heightPx / stride);
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++, point++) {
        const at = point * row;
        for (let c = 0; c < thresholds.length; c++) {
          const score = values[at + c] ?? 0;
          if (score < (thresholds[c] ?? 0.5)) continue;
          const name = classes[c];
          if (name === undefined) continue;
          const side = (n: number): number => stride * expectation(values, at + classes.length + n * bins);
          const box = boxOf(
            x * stride - side(0),
            y * stride - side(1),
            x * stride + side(2),
            y * stride + side(3),
            picture,
          );
          if (box) found.push({ class: name, score: ratio(score), box });
        }
      }
    }
  }
  return found;
}

export interface CentreMaps {
  /** Probability of a centre, classes x down x across. */
  readonly heat: Float32Array;
  /** Natural logarithm of width and height in cells, 2 x down x across. */
  readonly size: Float32Array;
  /** Where in its cell the centre lies, x and y in 0..1, 2 x down x across. */
  readonly offset: Float32Array;
  readonly across: number;
  readonly down: number;
}

/** Boxes of centre maps: a cell counts when it is the highest of its 3x3 neighbours (objects as points, Zhou et al. 2019). */
export function decodeCentres(maps: CentreMaps, classes: readonly DetectionClass[], least: LeastScores): Detection[] {
  const { heat, size, offset, across, down } = maps;
  const plane = across * down;
  const found: Detection[] = [];
  classes.forEach((name, c) => {
    const threshold = least[name] ?? 0.5;
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) {
        const cell = y * across + x;
        const score = heat[c * plane + cell] ?? 0;
        if (score < threshold || !isPeak(heat, c * plane, x, y, across, down, score)) continue;
        const centreX = (x + (offset[cell] ?? 0.5)) / across;
        const centreY = (y + (offset[plane + cell] ?? 0.5)) / down;
        const w = Math.exp(Math.min(6, size[cell] ?? 0)) / across;
        const h = Math.exp(Math.min(6, size[plane + cell] ?? 0)) / down;
        const unit = { widthPx: 1, heightPx: 1 };
        const box = boxOf(centreX - w / 2, centreY - h / 2, centreX + w / 2, centreY + h / 2, unit);
        if (box) found.push({ class: name, score: ratio(score), box });
      }
    }
  });
  return found;
}

function isPeak(
  heat: Float32Array,
  plane: number,
  x: number,
  y: number,
  across: number,
  down: number,
  score: number,
): boolean {
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const nx = x + dx;
      const ny = y + dy;
      if ((dx === 0 && dy === 0) || nx < 0 || ny < 0 || nx >= across || ny >= down) continue;
      const other = heat[plane + ny * across + nx] ?? 0;
      // Of two equal neighbours the first one wins, so that a flat top gives one box.
      if (other > score || (other === score && (dy < 0 || (dy === 0 && dx < 0)))) return false;
    }
  }
  return true;
}

/** Drops every box that overlaps a stronger one of its class by more than `overlap` (greedy non-maximum suppression). */
export function withoutDoubles(found: readonly Detection[], overlap: number): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of found.toSorted((a, b) => b.score - a.score)) {
    if (kept.every((k) => k.class !== candidate.class || overlapOf(k.box, candidate.box) <= overlap))
      kept.push(candidate);
  }
  return kept;
}

/** Intersection over union of two boxes, 0..1. */
export function overlapOf(a: Box, b: Box): number {
  const shared = sharedArea(a, b);
  const all = a.w * a.h + b.w * b.h - shared;
  return all > 0 ? shared / all : 0;
}

/** Area that two boxes share, in square fractions of the picture. */
export function sharedArea(a: Box, b: Box): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w > 0 && h > 0 ? w * h : 0;
}

function expectation(values: Float32Array, at: number): number {
  let highest = -Infinity;
  for (let k = 0; k < bins; k++) highest = Math.max(highest, values[at + k] ?? 0);
  let sum = 0;
  let weighted = 0;
  for (let k = 0; k < bins; k++) {
    const e = Math.exp((values[at + k] ?? 0) - highest);
    sum += e;
    weighted += k * e;
  }
  return weighted / sum;
}

function boxOf(x1: number, y1: number, x2: number, y2: number, picture: Picture): Box | null {
  const left = ratio(x1 / picture.widthPx);
  const top = ratio(y1 / picture.heightPx);
  const w = ratio(x2 / picture.widthPx) - left;
  const h = ratio(y2 / picture.heightPx) - top;
  return w > 0 && h > 0 ? { x: left, y: top, w, h } : null;
}
