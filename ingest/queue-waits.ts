// A queue that does not answer is told while it does not answer: whoever waits for it could not tell it himself.
import type { Clock } from '#core/clock';
import type { Queue } from '#store';

/** The first word of it comes after so long, and each further one after as long again. */
export const slowQueueMs = 10_000;

/**
 * The queue as the leader uses it. `onSlow` is called with how long a call has been waiting, in milliseconds, again and again until
 * it is answered; what it throws is dropped.
 */
export function tellSlow(queue: Queue, clock: Clock, onSlow: (forMs: number) => Promise<void>): Queue {
  async function timed<T>(asked: Promise<T>): Promise<T> {
    const fromMs = clock.monotonicMs();
    const answered = new AbortController();
    void (async () => {
      while (!answered.signal.aborted) {
        await clock.sleep(slowQueueMs, answered.signal);
        await onSlow(clock.monotonicMs() - fromMs).catch(() => undefined);
      }
    })().catch(() => undefined);
    try {
      return await asked;
    } finally {
      answered.abort();
    }
  }
  return {
    ...queue,
    put: (name, payloads) => timed(queue.put(name, payloads)),
    missing: (name, keys) => timed(queue.missing(name, keys)),
    length: (name) => timed(queue.length(name)),
  };
}
