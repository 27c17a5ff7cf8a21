// From a few quiet looks to one reference: what stood there in one of them only is left out.
import type { Ground } from '#core/past';
import { featurePlanes, pastCells, pastLuma, type PastLook } from './past-look.ts';

/**
 * Learns a reference from looks at one camera in one light when nothing was wrong (one is enough; three or more lose parked
 * cars and shadows). Cell by cell the look is taken that is most like the others; luma is the median; outline, light and
 * moment are those of the newest. `looks` come from `see` with `learn: true`; give the result back as `options.past`.
 */
export function learnReference(looks: readonly PastLook[]): PastLook {
  const sorted = looks.toSorted((a, b) => a.seenAtMs - b.seenAtMs);
  const newest = sorted.at(-1);
  if (!newest) throw new RangeError('a reference is learned from one look at least');
  if (sorted.length === 1) return newest;
  const features = new Int8Array(newest.features.length);
  const levels = new Int8Array(newest.levels.length);
  const ground255 = new Uint8Array(newest.ground255.length);
  const open = new Uint8Array(pastCells);
  for (let cell = 0; cell < pastCells; cell++) {
    const clear = sorted.filter((look) => look.open[cell] === 1);
    if (clear.length > 0) open[cell] = 1;
    const best = mostAlike(clear.length > 0 ? clear : sorted, cell);
    const from = cell * featurePlanes;
    features.set(best.features.subarray(from, from + featurePlanes), from);
    for (let at = cell; at < levels.length; at += pastCells) levels[at] = best.levels[at] ?? 0;
    for (let at = cell; at < ground255.length; at += pastCells) ground255[at] = best.ground255[at] ?? 0;
  }
  const luma = medianOf(sorted.map((look) => look.luma.luma));
  return { ...newest, ground: commonest(sorted), luma: { luma, ...pastLuma }, open, features, levels, ground255 };
}

/** The look whose features in this cell are nearest to those of all the others; the newest of equals. */
function mostAlike(looks: readonly PastLook[], cell: number): PastLook {
  let best = looks.at(-1);
  let least = Number.POSITIVE_INFINITY;
  if (looks.length > 2) {
    for (const look of looks) {
      let sum = 0;
      for (const other of looks) if (other !== look) sum += apart(look.features, other.features, cell);
      if (sum <= least) {
        least = sum;
        best = look;
      }
    }
  }
  if (!best) throw new RangeError('there is no look to choose from');
  return best;
}

function apart(a: Int8Array, b: Int8Array, cell: number): number {
  let sum = 0;
  for (let at = cell * featurePlanes; at < (cell + 1) * featurePlanes; at++) {
    const step = (a[at] ?? 0) - (b[at] ?? 0);
    sum += step * step;
  }
  return Math.sqrt(sum);
}

function medianOf(pictures: readonly Uint8Array[]): Uint8Array {
  const values: number[] = [];
  return Uint8Array.from({ length: pictures[0]?.length ?? 0 }, (_, at) => {
    values.length = 0;
    for (const picture of pictures) values.push(picture[at] ?? 0);
    values.sort((a, b) => a - b);
    return values[values.length >> 1] ?? 0;
  });
}

function commonest(looks: readonly PastLook[]): Ground {
  const counts = new Map<Ground, number>();
  for (const { ground } of looks) counts.set(ground, (counts.get(ground) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'bare';
}
