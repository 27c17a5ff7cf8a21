// Can the ground be judged at all? What the network says of lens, air and light, and from where on it is believed.
import type { Quality, ZoneSight } from '#core/detection';
import { ratio } from '#core/units';
import { doubtOf, type Exposure } from './quality.ts';

/**
 * From this level on a zone says `cannot-see`. High on purpose: a zone that is held blind hides a hazard that is plainly
 * there, one that is not is still judged with every other caution.
 */
export const blindLimit = 0.8;

/** How much it counts where the network sees no ground at all in a zone that somebody drew on a road. */
const groundlessWeight = 0.7;

/**
 * How likely it is that nobody could judge a zone's ground, from what the network says of lens, air and light (0..1) and
 * from the share of the zone that it takes for ground of any kind, which is small too where water or glare hide it.
 */
export const blindLevelOf = (level: number, groundShare: number): number =>
  ratio(1 - (1 - level) * (1 - groundlessWeight * (1 - groundShare)));

type BlindSight = Pick<ZoneSight, 'zoneId' | 'blindLevel'>;

const isBlind = ({ blindLevel }: BlindSight): boolean => blindLevel !== undefined && blindLevel >= blindLimit;

/** A good picture in which no zone can be judged is `obscured`; `whole` speaks for a camera without zones. */
export function obscuredBy(quality: Quality, zones: readonly BlindSight[], whole: number): Quality {
  if (quality.kind !== 'good') return quality;
  const isAll = zones.length > 0 ? zones.every(isBlind) : whole >= blindLimit;
  if (!isAll) return quality;
  const level = zones.length > 0 ? Math.min(...zones.map((zone) => zone.blindLevel ?? 0)) : whole;
  const where = zones.length > 1 ? `none of its ${zones.length} zones` : 'the ground';
  return {
    kind: 'obscured',
    why: `rain, snow, ice or dirt on the lens, fog or glare: ${where} can be judged (${level.toFixed(2)}, limit ${blindLimit})`,
  };
}

/** A zone with the word that nobody can judge it, where that is so. */
export const withSight = (zone: ZoneSight): ZoneSight => (isBlind(zone) ? { ...zone, unseen: 'obscured' } : zone);

/**
 * How likely it is that nobody could judge the ground of this picture, 0..1: 1 for a picture that is refused
 * before any network is asked, else the greater of what its light says and what the network says of the ground.
 */
export const blindnessOf = (quality: Quality, exposure: Exposure, whole: number): number =>
  quality.kind === 'good' || quality.kind === 'obscured' ? Math.max(doubtOf(exposure), whole) : 1;
