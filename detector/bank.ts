// The largest bank of snow in a zone: cells that are surely snow and lie together.
import type { Bank } from '#core/detection';
import { ratio } from '#core/units';
import type { Cells } from './zones.ts';

/** A cell belongs to a bank from this probability of snow on. */
const sure = 0.5;
const beside: readonly (readonly [number, number])[] = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
];

/**
 * The largest patch of neighbouring cells of a zone in which the planes of `map` named by `planes` (probabilities of snow)
 * sum to one half or more: its share of the zone's cells, and the box around it in fractions of the picture. null where
 * there is none. Patches count where shares are not believed: verges leak a little snow into many cells, a bank fills few.
 */
export function bankIn(map: Float32Array, planes: readonly number[], cells: Cells): Bank | null {
  const { across, down, weights, total } = cells;
  const size = across * down;
  const isSnow = (at: number): boolean =>
    (weights[at] ?? 0) > 0 && planes.reduce((sum, plane) => sum + (map[plane * size + at] ?? 0), 0) >= sure;
  const met = new Uint8Array(size);
  let best: Bank | null = null;
  for (let start = 0; start < size; start++) {
    if (met[start] || !isSnow(start)) continue;
    met[start] = 1;
    const waiting = [start];
    let weight = 0;
    let [left, top, right, bottom] = [across, down, 0, 0];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      weight += weights[at] ?? 0;
      const [x, y] = [at % across, Math.floor(at / across)];
      [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
      for (const [dx, dy] of beside) {
        if (x + dx < 0 || x + dx >= across || y + dy < 0 || y + dy >= down) continue;
        const next = at + dx + dy * across;
        if (met[next] || !isSnow(next)) continue;
        met[next] = 1;
        waiting.push(next);
      }
    }
    const share = ratio(weight / Math.max(total, 1e-9));
    if (best !== null && share <= best.share) continue;
    const box = { x: left / across, y: top / down, w: (right - left + 1) / across, h: (bottom - top + 1) / down };
    best = { share, box };
  }
  return best;
}
