// Found boxes against drawn ones: average precision at half overlap.
import type { Box, Detection, DetectionClass } from '#core/detection';
import { overlapOf } from '#detector';
import type { Judged } from './look.ts';
import { averagePrecision, type BoxAnswers, type Resampling } from './ranking.ts';

/** A drawn box. One that need not be found is neither right nor wrong when it is. */
export interface DrawnBox extends Box {
  readonly must: boolean;
}

/**
 * Matches found boxes of one class, surest first, with drawn ones; each drawn box counts once. A found box that fits none
 * is wrong, unless `isAsked` says that boxes like it are not asked about.
 */
export function matched(
  drawn: readonly DrawnBox[],
  found: readonly Pick<Detection, 'box' | 'score'>[],
  group: string,
  isAsked: (box: Box) => boolean = () => true,
): BoxAnswers {
  const taken = new Set<number>();
  const answers: { score: number; hit: boolean }[] = [];
  for (const { box, score } of found.toSorted((a, b) => b.score - a.score)) {
    const overlaps = drawn.map((one) => overlapOf(one, box));
    const most = Math.max(0, ...overlaps);
    const index = overlaps.indexOf(most);
    if (most < 0.5 || taken.has(index)) {
      if (isAsked(box)) answers.push({ score, hit: false });
    } else {
      taken.add(index);
      if (drawn[index]?.must === true) answers.push({ score, hit: true });
    }
  }
  return { group, must: drawn.filter(({ must }) => must).length, found: answers };
}

/** Pixels of the network's picture that a box must fill to be asked for. */
export const leastBoxPx = 48;

export type Precision = ReturnType<typeof averagePrecision>;

/** Boxes of one class over all pictures of manholes that have boxes. `networkPx`: area of the network's picture. */
export function manholeBoxesOf(
  pictures: readonly Judged[],
  name: DetectionClass,
  label: string,
  networkPx: number,
  resampling: Resampling,
): Precision & { readonly pictures: number } {
  const marked = pictures.filter(({ item }) => item.list === 'manhole' && item.boxes.length > 0);
  const answers = marked.map(({ item, faint }) =>
    matched(
      item.boxes
        .filter((box) => box.label === label)
        .map((box) => ({ ...box, must: box.w * box.h * networkPx >= leastBoxPx })),
      (faint ?? []).filter((d) => d.class === name),
      item.group,
    ),
  );
  return { pictures: marked.length, ...averagePrecision(answers, resampling, `boxes.${name}`) };
}
