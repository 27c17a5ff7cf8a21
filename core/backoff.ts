// When to try again: one formula for every retry in the house.
import type { EpochMs } from './units.ts';
import { addMs } from './units.ts';

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * The next attempt after `attempt` failures (1 = the first): exponential with full jitter between half and the whole step,
 * so that a thousand cameras that failed together do not come back together. `random` is in 0..1.
 */
export function nextAttempt(now: EpochMs, attempt: number, { firstMs, maxMs }: Backoff, random: number): EpochMs {
  const step = Math.min(maxMs, firstMs * 2 ** Math.max(0, Math.min(30, attempt - 1)));
  return addMs(now, step * (0.5 + random / 2));
}
