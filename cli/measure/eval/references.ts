// With the camera's own past: each picture of a fixed camera judged beside that camera's other, clear pictures.
import type { PastLook } from '#detector';
import { hashDistance } from '#models';
import { nearBits } from './leak.ts';
import type { Eyes, Judged } from './look.ts';
import { gainOf, type Gain, type Resampling, type TwiceScored } from './ranking.ts';

/** What a camera's other pictures added to one picture. */
export interface Beside {
  readonly judged: Judged;
  /** The same picture, judged with the references. */
  readonly again: Judged;
  /** The pictures that were given as references. */
  readonly references: readonly Judged[];
}

export interface PastFigures {
  /** Pictures of fixed cameras that a reference spoke about: AUC without and with. */
  readonly withReferences: Gain;
  /** All pictures of fixed cameras; those without a reference keep their level. */
  readonly fixed: Gain;
}

export interface PastMeasured {
  readonly figures: { readonly flooding: PastFigures; readonly snow: PastFigures };
  readonly beside: readonly Beside[];
}

const isFixedGround = ({ item }: Judged): boolean =>
  item.isFixed && (item.list === 'flooding' || item.list === 'snow') && item.truth !== 'cannot-see';

/**
 * The references of each fixed-camera picture: clear pictures of its camera, of any list, without the picture itself and
 * without those that look like it: a frame of the same minute is no past. Pictures without any are left out.
 */
export function referencesOf<Picture extends Pick<Judged, 'item' | 'perceptualHash' | 'quality'>>(
  pictures: readonly Picture[],
  isAsked: (picture: Picture) => boolean,
): Map<Picture, Picture[]> {
  const clear = pictures.filter(({ item, quality }) => item.isFixed && item.truth === 'negative' && quality === 'good');
  const found = new Map<Picture, Picture[]>();
  for (const picture of pictures.filter((one) => isAsked(one))) {
    const own = clear.filter(
      (one) =>
        one.item.group === picture.item.group && hashDistance(one.perceptualHash, picture.perceptualHash) > nearBits,
    );
    if (own.length > 0) found.set(picture, own);
  }
  return found;
}

/** How many pictures are judged again: for the progress. */
export const besideCount = (pictures: readonly Judged[]): number => referencesOf(pictures, isFixedGround).size;

/** Judges the pictures again beside their references. `tick` is called after each. */
export async function measurePast(
  pictures: readonly Judged[],
  eyes: Eyes,
  resampling: Resampling,
  tick: () => void,
): Promise<PastMeasured> {
  const beside: Beside[] = [];
  for (const [judged, references] of referencesOf(pictures, isFixedGround)) {
    const past = references.flatMap(({ look }): PastLook[] => (look ? [look] : []));
    const again = await eyes.judge(judged.item, { options: { past }, isBrief: true });
    tick();
    if (!('why' in again) && again.ground.past !== undefined) beside.push({ judged, again, references });
  }
  const figures = (hazard: 'flooding' | 'snow'): PastFigures => figuresOf(hazard, pictures, beside, resampling);
  return { figures: { flooding: figures('flooding'), snow: figures('snow') }, beside };
}

function figuresOf(
  hazard: 'flooding' | 'snow',
  pictures: readonly Judged[],
  beside: readonly Beside[],
  resampling: Resampling,
): PastFigures {
  const level = ({ ground }: Judged): number => (hazard === 'flooding' ? ground.floodLevel : ground.snowLevel);
  const own = pictures.filter((one) => isFixedGround(one) && one.item.list === hazard);
  const answers = new Map(beside.map((one) => [one.judged, one.again]));
  const rowOf = (judged: Judged): TwiceScored => ({
    positive: judged.item.truth === 'positive',
    group: judged.item.group,
    before: level(judged),
    after: level(answers.get(judged) ?? judged),
  });
  const spoken = own.filter((judged) => answers.has(judged));
  return {
    withReferences: gainOf(spoken.map(rowOf), resampling, `past.${hazard}.withReferences`),
    fixed: gainOf(own.map(rowOf), resampling, `past.${hazard}.fixed`),
  };
}
