// After a rejection: for how long the same hazard in the same zone is not raised again.
import type { RejectReason } from '#core/incident';

/** Reasons that describe the place and not the moment: they will be as true tomorrow. */
const lasting: readonly RejectReason[] = ['permitted_place', 'not_in_zone'];
const lastingTimes = 6;

/**
 * Milliseconds of silence after a rejection. A duplicate is not silenced: its twin carries on. `quietMin` is the city's
 * setting in minutes of life; the pace divides it.
 */
export function quietMs(reason: RejectReason, quietMin: number, pace: number): number {
  if (reason === 'duplicate') return 0;
  return (quietMin * 60_000 * (lasting.includes(reason) ? lastingTimes : 1)) / pace;
}
