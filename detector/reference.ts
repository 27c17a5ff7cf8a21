// Is this still the view that the zones were drawn for? Compares outlines with the preset's reference picture.
import type { Quality } from '#core/detection';
import type { Grey } from './pixels.ts';

/** Outlines of a picture on a small grid: strength of edges, light taken out. Kept per preset instead of the picture. */
export interface Outline {
  readonly edges: Float32Array;
  readonly across: number;
  readonly down: number;
}

/** Two pixels of a picture of 160 x 96 to a cell. */
const across = 80;
const down = 48;
export const outlineGrid = { across, down } as const;
const reach = 10;
/** A mast sways and a mount settles: so many cells (1.25 % of the width each) are the same view. */
const shake = 3;

/** Correlation from which two outlines are one view. Of 400 pairs of different cameras none reached it (.26 at most). */
export const sameView = 0.28;
/** And from which a view that lies elsewhere is surely the one that was turned. */
const surelySame = 0.4;

/** Reduces a grey picture to its outlines; what weather and light change most (flat ground) carries no weight. */
export function outlineOf(grey: Grey): Outline {
  const sums = new Float32Array(across * down);
  const counts = new Float32Array(across * down);
  const columns = Uint8Array.from({ length: grey.widthPx }, (_, x) => Math.floor((x * across) / grey.widthPx));
  for (let y = 1; y < grey.heightPx - 1; y++) addRow(grey, y, columns, sums, counts);
  const edges = sums.map((sum, i) => sum / Math.max(1, counts[i] ?? 1));
  return { edges: withoutBands(edges), across, down };
}

/**
 * What an edge of this squared strength weighs: the logarithm keeps one bright lamp from outweighing a whole facade. As a
 * table, since every pixel of every look asks.
 */
const weightOf = Float32Array.from({ length: 2 * 255 ** 2 + 1 }, (_, squared) => Math.log1p(Math.sqrt(squared) / 8));

function addRow(grey: Grey, y: number, columns: Uint8Array, sums: Float32Array, counts: Float32Array): void {
  const { luma, widthPx, heightPx } = grey;
  const row = Math.floor((y * down) / heightPx) * across;
  for (let at = y * widthPx + 1, x = 1; x < widthPx - 1; x++, at++) {
    const dx = (luma[at + 1] ?? 0) - (luma[at - 1] ?? 0);
    const dy = (luma[at + widthPx] ?? 0) - (luma[at - widthPx] ?? 0);
    const cell = row + (columns[x] ?? 0);
    sums[cell] = (sums[cell] ?? 0) + (weightOf[dx * dx + dy * dy] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
}

/** Takes out what a whole row or column has in common: a horizon fits everywhere along itself and proves nothing. */
function withoutBands(edges: Float32Array): Float32Array {
  const rows = new Float32Array(down);
  const columns = new Float32Array(across);
  let all = 0;
  edges.forEach((value, i) => {
    const y = Math.floor(i / across);
    rows[y] = (rows[y] ?? 0) + value / across;
    columns[i % across] = (columns[i % across] ?? 0) + value / down;
    all += value / edges.length;
  });
  return edges.map((value, i) => value - (rows[Math.floor(i / across)] ?? 0) - (columns[i % across] ?? 0) + all);
}

export interface ViewMatch {
  /** Correlation of the outlines as they lie, -1..1. */
  readonly here: number;
  /** The best correlation over small shifts, and that shift in fractions of the picture. */
  readonly best: number;
  readonly shift: { readonly x: number; readonly y: number };
}

/** Where outlines lie, in cells of the outline: what was at x in the reference is at x + dx now. */
export interface Lie {
  readonly match: number;
  readonly dx: number;
  readonly dy: number;
}

/** Lays an outline over the present one: from where it lay, step by step to the better neighbour, at most three cells. */
export function register(reference: Outline, now: Outline): Lie {
  let best: Lie = { match: correlation(reference, now, 0, 0, 2), dx: 0, dy: 0 };
  for (let step = 0; step < shake; step++) {
    const from = best;
    for (const [ux, uy] of beside) {
      const match = correlation(reference, now, from.dx + ux, from.dy + uy, 2);
      if (match > best.match) best = { match, dx: from.dx + ux, dy: from.dy + uy };
    }
    if (best === from) break;
  }
  // Every second row finds the place; all of them say how well it fits.
  return { ...best, match: correlation(reference, now, best.dx, best.dy) };
}
const beside = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/** Compares two outlines in place and shifted by up to an eighth of the width and a fifth of the height. */
export function matchView(reference: Outline, now: Outline): ViewMatch {
  // First every shift on every third row, then the shifts around the best one on all cells.
  let rough: Lie = { match: -1, dx: 0, dy: 0 };
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const match = correlation(reference, now, dx, dy, 3);
      if (match > rough.match) rough = { match, dx, dy };
    }
  }
  const here = correlation(reference, now, 0, 0);
  let best: Lie = { match: here, dx: 0, dy: 0 };
  for (let dy = rough.dy - 1; dy <= rough.dy + 1; dy++) {
    for (let dx = rough.dx - 1; dx <= rough.dx + 1; dx++) {
      const match = correlation(reference, now, dx, dy);
      if (match > best.match) best = { match, dx, dy };
    }
  }
  return { here, best: best.match, shift: { x: best.dx / across, y: best.dy / down } };
}

/**
 * `moved` only on evidence: the outlines fit clearly better somewhere else than where they were. A picture that fits
 * nowhere (fog, snowfall, night) is not called moved.
 */
export function judgeView(match: ViewMatch): Quality {
  const far = Math.abs(match.shift.x) * across >= 2 || Math.abs(match.shift.y) * down >= 2;
  if (far && match.best > surelySame && match.best > match.here + 0.2) {
    const percent = (value: number): string => `${Math.round(value * 100)} %`;
    return {
      kind: 'moved',
      why: `the view is shifted by ${percent(match.shift.x)} across and ${percent(match.shift.y)} down`,
    };
  }
  return { kind: 'good', why: '' };
}

function correlation(a: Outline, b: Outline, dx: number, dy: number, rows = 1): number {
  let n = 0;
  let sumA = 0;
  let sumB = 0;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let y = Math.max(0, -dy); y < Math.min(down, down - dy); y += rows) {
    for (let x = Math.max(0, -dx); x < Math.min(across, across - dx); x++) {
      const va = a.edges[y * across + x] ?? 0;
      const vb = b.edges[(y + dy) * across + x + dx] ?? 0;
      n++;
      sumA += va;
      sumB += vb;
      aa += va * va;
      bb += vb * vb;
      ab += va * vb;
    }
  }
  const spread = Math.sqrt(Math.max(0, aa - (sumA * sumA) / n) * Math.max(0, bb - (sumB * sumB) / n));
  return spread > 1e-6 ? (ab - (sumA * sumB) / n) / spread : 0;
}
