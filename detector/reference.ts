// Is this still the view that the zones were drawn for? Compares outlines with the preset's reference picture.
import type { Quality } from '#core/detection';
import type { Grey } from './pixels.ts';

/** Outlines of a picture on a small grid: strength of edges, light taken out. Kept per preset instead of the picture. */
export interface Outline {
  readonly edges: Float32Array;
  readonly across: number;
  readonly down: number;
}

const across = 96;
const down = 54;
const reach = 12;

/** Reduces a grey picture to its outlines; what weather and light change most (flat ground) carries no weight. */
export function outlineOf(grey: Grey): Outline {
  const { luma, widthPx, heightPx } = grey;
  const at = (x: number, y: number): number => luma[y * widthPx + x] ?? 0;
  const sums = new Float32Array(across * down);
  const counts = new Float32Array(across * down);
  for (let y = 1; y < heightPx - 1; y++) {
    const row = Math.floor((y * down) / heightPx) * across;
    for (let x = 1; x < widthPx - 1; x++) {
      const dx = at(x + 1, y) - at(x - 1, y);
      const dy = at(x, y + 1) - at(x, y - 1);
      const cell = row + Math.floor((x * across) / widthPx);
      // The logarithm keeps one bright lamp from outweighing a whole facade.
      sums[cell] = (sums[cell] ?? 0) + Math.log1p(Math.sqrt(dx * dx + dy * dy) / 8);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  }
  const edges = sums.map((sum, i) => sum / Math.max(1, counts[i] ?? 1));
  return { edges: withoutBands(edges), across, down };
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

/** Compares two outlines in place and shifted by up to an eighth of the width and a fifth of the height. */
export function matchView(reference: Outline, now: Outline): ViewMatch {
  let here = 0;
  let best = -1;
  let shift = { x: 0, y: 0 };
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const value = correlation(reference, now, dx, dy);
      if (dx === 0 && dy === 0) here = value;
      if (value > best) {
        best = value;
        shift = { x: dx / across, y: dy / down };
      }
    }
  }
  return { here, best, shift };
}

/**
 * `moved` only on evidence: the outlines fit clearly better somewhere else than where they were. A picture that fits
 * nowhere (fog, snowfall, night) is not called moved.
 */
export function judgeView(match: ViewMatch): Quality {
  const far = Math.abs(match.shift.x) * across >= 2 || Math.abs(match.shift.y) * down >= 2;
  if (far && match.best > 0.55 && match.best > match.here + 0.2) {
    const percent = (value: number): string => `${Math.round(value * 100)} %`;
    return {
      kind: 'moved',
      why: `the view is shifted by ${percent(match.shift.x)} across and ${percent(match.shift.y)} down`,
    };
  }
  return { kind: 'good', why: '' };
}

function correlation(a: Outline, b: Outline, dx: number, dy: number): number {
  let n = 0;
  let sumA = 0;
  let sumB = 0;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let y = Math.max(0, -dy); y < Math.min(down, down - dy); y++) {
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
