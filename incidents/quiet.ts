// After a rejection: for how long the same hazard in the same zone is not raised again.
import type { RejectReason } from '#core/incident';

/** Reasons that describe the place and not the moment: they will be as true tomorrow. */
const lasting: readonly RejectReason[] = ['permitted_place', 'not_in_zone'];
const lastingTimes = 6;

/** Will the reason be as true tomorrow and in any light? */
export const isLasting = (reason: RejectReason): boolean => lasting.includes(reason);

/** A person closed it by what they saw on the ground while the camera still said hazard: the camera errs there. */
export const closedAgainstCamera = 'closed against the camera';

/** Reasons that say: what the camera takes for the hazard is something else. It stays so until the place has looked clear. */
const mistaken: readonly string[] = [
  'shadow',
  'reflection',
  'wet_asphalt',
  'lens',
  'bad_image',
  'permitted_place',
  'not_in_zone',
  closedAgainstCamera,
] satisfies (RejectReason | typeof closedAgainstCamera)[];

/** Was what was seen no hazard at all, as against one that is dealt with or not yet due? */
export const isMistaken = (reason: string): boolean => mistaken.includes(reason);

/**
 * Milliseconds of silence after a rejection. A duplicate is not silenced: its twin carries on. `quietMin` is the city's
 * setting in minutes of life; the pace divides it.
 */
export function quietMs(reason: RejectReason, quietMin: number, pace: number): number {
  if (reason === 'duplicate') return 0;
  return (quietMin * 60_000 * (isLasting(reason) ? lastingTimes : 1)) / pace;
}
