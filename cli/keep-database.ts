// Sees that the embedded database comes back also where its own start gave up, or where it was taken over and is nobody's child.
import { nextAttempt } from '#core/backoff';
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import type { Log } from '#core/log';
import { epochMs } from '#core/units';
import type { Embedded } from '#store';
import { isRunning, runOf } from './runs.ts';

export interface KeptDatabase {
  /** Process id of the postmaster now. */
  readonly pid: number;
  /** Ends the keeping, then the database. */
  stop(): Promise<void>;
}

const lookEveryMs = 500;
/** A database that is its starter's child is back within seconds; only after that it is started from here. */
const patienceMs = 4_000;
const retry = { firstMs: 1_000, maxMs: 30_000 };

/**
 * Keeps the database that `first` started or took over: when its postmaster is gone and does not come back by itself, `start` is
 * called until it succeeds, with growing pauses. Every process of the product waits for it and connects again.
 */
export function keepDatabase(
  first: Embedded,
  start: () => Promise<Embedded>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): KeptDatabase {
  const ending = new AbortController();
  const { signal } = ending;
  let now = first;

  async function keep(): Promise<void> {
    let run = runOf('postgres', now.pid);
    let awaySinceMs: number | undefined;
    let failures = 0;
    while (!signal.aborted) {
      await clock.sleep(lookEveryMs, signal).catch(() => undefined);
      if (run.pid !== now.pid) run = runOf('postgres', now.pid);
      if (isRunning(run)) {
        awaySinceMs = undefined;
        failures = 0;
        continue;
      }
      awaySinceMs ??= clock.monotonicMs();
      if (hasEnded(signal) || clock.monotonicMs() - awaySinceMs < patienceMs) continue;
      try {
        now = await start();
        log.info({ pid: now.pid }, 'the embedded database is started again');
      } catch (thrown) {
        failures++;
        log.error({ error: messageOf(thrown) }, 'the embedded database does not start; it is tried again');
        const pauseMs = nextAttempt(epochMs(0), failures, retry, Math.random());
        await clock.sleep(pauseMs, signal).catch(() => undefined);
      }
    }
  }

  const keeping = keep();
  return {
    get pid() {
      return now.pid;
    },
    async stop() {
      ending.abort();
      await keeping;
      await now.stop();
    },
  };
}

/** Asked again after a wait: the compiler takes what it read before for the truth. */
const hasEnded = (signal: AbortSignal): boolean => signal.aborted;
