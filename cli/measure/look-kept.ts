// `bench look --connect kept`: what a look costs in a session that stays open, and what the open session costs between looks, in
// turn with looks that connect anew. The product connects anew; this is the figure by which that is so (measure 6).
import { join } from 'node:path';
import { systemClock } from '#core/clock';
import { buildEye } from './built-eye.ts';
import { rounded } from './statistics.ts';
import { medianWithInterval } from './watch/paired.ts';

/** A round of looks: CPU milliseconds of one, and how long it waited for its key picture. */
export interface KeptRound {
  readonly lookMs: number;
  readonly waitMs: number;
  readonly seen: number;
}

export interface KeptNeeds {
  /** One round of looks by the product's own eye, which connects anew. */
  readonly cold: () => Promise<KeptRound>;
  /** The same by the eye that keeps its sessions. */
  readonly kept: () => Promise<KeptRound>;
  /** CPU milliseconds of the keeping eye so far. */
  readonly keptCpuMs: () => number;
  /** Sessions that it holds after a round. */
  readonly sessions: number;
  readonly pairs: number;
  /** So long it only holds them, milliseconds. */
  readonly idleMs: number;
  /** How often a camera is looked at, seconds. */
  readonly lookEveryS: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

/** Builds the eye that keeps its sessions. Dispose it. */
export const keepingEye = (): ReturnType<typeof buildEye> =>
  buildEye(join('ingest', 'eye', 'trial', 'kept-session.ts'));

/** Both in turn, A B B A, then the keeping eye without looks. All in CPU milliseconds. */
export async function compareKept(needs: KeptNeeds): Promise<Record<string, unknown>> {
  const rounds = { cold: new Array<KeptRound>(), kept: new Array<KeptRound>() };
  needs.say('kept sessions: warm-up');
  await needs.kept();
  for (let pair = 0; pair < needs.pairs; pair++) {
    needs.say(`kept sessions: pair ${pair + 1} of ${needs.pairs}`);
    const order = pair % 2 === 0 ? (['cold', 'kept'] as const) : (['kept', 'cold'] as const);
    for (const who of order) rounds[who].push(await needs[who]());
  }
  needs.say(`kept sessions: ${needs.idleMs / 1000} s without a look`);
  const [beforeMs, fromMs] = [needs.keptCpuMs(), systemClock.monotonicMs()];
  await systemClock.sleep(needs.idleMs);
  const passedS = (systemClock.monotonicMs() - fromMs) / 1000;
  const holdMsPerS = (needs.keptCpuMs() - beforeMs) / passedS / Math.max(1, needs.sessions);
  const tell = (of: readonly KeptRound[]) => {
    const { median, ci95 } = medianWithInterval(
      of.map((round) => round.lookMs),
      needs.seed,
    );
    return {
      cpuMs: rounded(median),
      ci95: ci95?.map((ms) => rounded(ms)) ?? null,
      waitKeyMs: rounded(of.reduce((sum, round) => sum + round.waitMs, 0) / Math.max(1, of.length), 0),
      seen: of.reduce((sum, round) => sum + round.seen, 0),
    };
  };
  const [cold, kept] = [tell(rounds.cold), tell(rounds.kept)];
  // What it held meanwhile belongs to the looks of a round only as long as the round was; between two looks it goes on.
  return {
    cold,
    kept,
    sessions: needs.sessions,
    holdMsPerCameraS: rounded(holdMsPerS, 3),
    lookEveryS: needs.lookEveryS,
    keptWithHoldingMs: kept.cpuMs === null ? null : rounded(kept.cpuMs + holdMsPerS * needs.lookEveryS),
  };
}
