// Marks that would cover each other become one ring: it stands where the worst of them is and counts them all. Pure.
import { severities, type Severity } from '#core/hazard-name';

export interface Placeable {
  readonly id: string;
  readonly severity: Severity;
}

/** One ring or one mark: the place of its worst, in map metres, and all that it stands for, worst first. */
export interface Cluster<T extends Placeable> {
  readonly x: number;
  readonly y: number;
  readonly marks: readonly T[];
}

/** A mark at its place of the map. */
export interface Placed<T extends Placeable> {
  readonly x: number;
  readonly y: number;
  readonly mark: T;
}

/**
 * Gathers marks that lie nearer to each other than `apart` map metres. The worst takes its place first, of equals the one with the
 * smaller id; every other joins the nearest place within reach or opens one. So the places stand at least `apart` from each other, and the
 * same marks always give the same rings.
 */
export function gather<T extends Placeable>(placed: readonly Placed<T>[], apart: number): Cluster<T>[] {
  const order = [...placed].sort(
    (a, b) =>
      severities.indexOf(b.mark.severity) - severities.indexOf(a.mark.severity) || (a.mark.id < b.mark.id ? -1 : 1),
  );
  const cells = new Map<string, { x: number; y: number; marks: T[] }[]>();
  const found: { x: number; y: number; marks: T[] }[] = [];
  for (const { x, y, mark } of order) {
    const [cx, cy] = [Math.floor(x / apart), Math.floor(y / apart)];
    let nearest: { x: number; y: number; marks: T[] } | undefined;
    let least = apart;
    for (let i = cx - 1; i <= cx + 1; i++) {
      for (let j = cy - 1; j <= cy + 1; j++) {
        for (const one of cells.get(`${i} ${j}`) ?? []) {
          const away = Math.hypot(one.x - x, one.y - y);
          if (away < least) [nearest, least] = [one, away];
        }
      }
    }
    if (nearest) {
      nearest.marks.push(mark);
      continue;
    }
    const made = { x, y, marks: [mark] };
    found.push(made);
    const key = `${cx} ${cy}`;
    const cell = cells.get(key);
    if (cell) cell.push(made);
    else cells.set(key, [made]);
  }
  return found;
}
