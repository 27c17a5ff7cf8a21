// Does a place look as it did before an incident? For ground that is never plainly clear, however well it was put in order.
import type { Incident } from '#core/incident';
import { logOdds } from './adapted.ts';
import { highestBefore } from './persistence.ts';

/** So much less in log-odds is far less (.98 and .87). */
export const farLess = 2;

/**
 * Tells whether a level is as the place had it before the water came, and far less than when the incident was raised. Wet ground that
 * mirrors the sky never becomes plainly clear at some cameras: there the water is gone when the place looks as it did before (domain 3.3:
 * against the incident's own before-picture). Undefined for other hazards, and where too few looks from before are remembered.
 */
export function likeBefore(
  belief: unknown,
  { hazard, beforeAtMs, level: raised }: Pick<Incident, 'hazard' | 'beforeAtMs' | 'level'>,
): ((level: number) => boolean) | undefined {
  if (hazard !== 'flooding' || beforeAtMs === null) return undefined;
  const highest = highestBefore(belief, beforeAtMs);
  if (highest === undefined) return undefined;
  const most = Math.min(logOdds(highest), logOdds(raised) - farLess);
  return (level) => logOdds(level) <= most;
}
