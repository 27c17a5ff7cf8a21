// A zone's polygon over a network's grid: which cells, how much of each, and what the maps say on average there.
import type { Box, Surface } from '#core/detection';
import { ringCentre, type Ring } from '#core/geo';
import { ratio } from '#core/units';
import type { Witness } from '#models';

/** Share of each cell (0..1) that lies in the polygon, row by row. */
export interface Cells {
  readonly weights: Float32Array;
  readonly across: number;
  readonly down: number;
  readonly total: number;
}

const probes = 4;

/** Lays a polygon (fractions of the picture) over a grid; each cell is probed at 4 x 4 points (even-odd rule). */
export function cellsOf(polygon: Ring, across: number, down: number): Cells {
  const weights = new Float32Array(across * down);
  const lines = down * probes;
  const columns = across * probes;
  let total = 0;
  for (let line = 0; line < lines; line++) {
    const row = Math.floor(line / probes) * across;
    const crossings = crossingsAt(polygon, (line + 0.5) / lines);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      // Probes sit in the middle of their column: the first and last one between two crossings.
      const from = Math.max(0, Math.ceil((crossings[i] ?? 0) * columns - 0.5));
      const to = Math.min(columns - 1, Math.ceil((crossings[i + 1] ?? 0) * columns - 0.5) - 1);
      for (let cell = Math.floor(from / probes); cell * probes <= to; cell++) {
        const inside = Math.min(to, cell * probes + probes - 1) - Math.max(from, cell * probes) + 1;
        weights[row + cell] = (weights[row + cell] ?? 0) + inside / (probes * probes);
      }
      total += Math.max(0, to - from + 1) / (probes * probes);
    }
  }
  if (total === 0) {
    // Thinner than a probe's distance: the cell under its middle stands for it.
    const [cx, cy] = ringCentre(polygon);
    const cell = (value: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor(value * count)));
    weights[cell(cy, down) * across + cell(cx, across)] = 1;
    total = 1;
  }
  return { weights, across, down, total };
}

/** Where the polygon's edges cross a horizontal line, from left to right. */
function crossingsAt(polygon: Ring, y: number): number[] {
  const found: number[] = [];
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i] ?? [0, 0];
    const [xj, yj] = polygon[j] ?? [0, 0];
    if (yi > y !== yj > y) found.push(((xj - xi) * (y - yi)) / (yj - yi) + xi);
  }
  return found.sort((a, b) => a - b);
}

/** The cells without those whose middle lies under one of the boxes, and the share that was lost, 0..1. */
export function withoutBoxes(cells: Cells, boxes: readonly Box[]): { cells: Cells; hiddenShare: number } {
  const weights = new Float32Array(cells.weights);
  for (const box of boxes) {
    const x1 = Math.max(0, Math.ceil(box.x * cells.across - 0.5));
    const x2 = Math.min(cells.across - 1, Math.floor((box.x + box.w) * cells.across - 0.5));
    const y1 = Math.max(0, Math.ceil(box.y * cells.down - 0.5));
    const y2 = Math.min(cells.down - 1, Math.floor((box.y + box.h) * cells.down - 0.5));
    for (let y = y1; y <= y2; y++) for (let x = x1; x <= x2; x++) weights[y * cells.across + x] = 0;
  }
  const total = weights.reduce((a, b) => a + b, 0);
  return { cells: { ...cells, weights, total }, hiddenShare: ratio(1 - total / cells.total) };
}

/** Weighted mean of one plane of a map over the cells. */
export function meanOver(map: Float32Array, plane: number, cells: Cells): number {
  const at = plane * cells.across * cells.down;
  let sum = 0;
  for (let i = 0; i < cells.weights.length; i++) {
    const weight = cells.weights[i] ?? 0;
    if (weight > 0) sum += weight * (map[at + i] ?? 0);
  }
  return cells.total > 0 ? sum / cells.total : 0;
}

type SurfaceClass = 'other' | 'dry' | 'wet' | 'water' | 'snow' | 'lawn_snow' | 'soil';

/** Shares of a zone's ground from the class probabilities of its cells. */
export function surfaceOf(map: Float32Array, classes: readonly SurfaceClass[], cells: Cells): Surface {
  const surface: Surface = { dry: 0, wet: 0, water: 0, snow: 0, other: 0 };
  classes.forEach((name, plane) => {
    const share = ratio(meanOver(map, plane, cells));
    switch (name) {
      case 'dry':
      case 'wet':
      case 'water':
      case 'snow':
        surface[name] += share;
        break;
      // Snow is snow: whether the ground under it is paved is known from the zone, not from the picture.
      case 'lawn_snow':
        surface.snow += share;
        break;
      case 'other':
      case 'soil':
        surface.other += share;
        break;
    }
  });
  return surface;
}

/** What the ground is said to be where the level does not bear out water or snow. */
const instead = { water: 'wet', snow: 'dry' } as const;

/** Counts a share of water or snow only as far as the zone's level bears it out; the rest becomes ordinary ground. */
export function withWitness(surface: Surface, what: 'water' | 'snow', level: number, witness: Witness): Surface {
  const trusted = ratio((level - witness.from) / (witness.full - witness.from));
  const share = surface[what] * trusted;
  return { ...surface, [what]: share, [instead[what]]: surface[instead[what]] + (surface[what] - share) };
}
