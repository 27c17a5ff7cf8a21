// The only place that reads the time. Everything that waits or dates takes a Clock.
import { setTimeout as wait } from 'node:timers/promises';
import { epochMs, type EpochMs } from './units.ts';

export interface Clock {
  /** The present moment. */
  nowMs(): EpochMs;
  /** Monotonic milliseconds, for elapsed time only. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => epochMs(Date.now()),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await wait(Math.max(0, ms), undefined, signal ? { signal } : {});
  },
};

/** A clock for tests and replays: time passes only when `advance` or `set` is called. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  #sleepers: { atMs: number; wake: () => void }[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
  }

  nowMs(): EpochMs {
    return epochMs(this.#nowMs);
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(new Error('aborted', { cause: signal.reason }));
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#sleepers = this.#sleepers.filter((s) => s !== sleeper);
        reject(new Error('aborted', { cause: signal?.reason }));
      };
      const sleeper = {
        atMs: this.#nowMs + ms,
        wake: () => {
          signal?.removeEventListener('abort', end);
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', end, { once: true });
    });
  }

  /** Moves time forward and wakes, in order of their moments, all who slept until then. */
  advance(ms: number): void {
    this.set(this.#nowMs + ms);
  }

  /** Sets the moment, also backwards (a clock that jumps). */
  set(atMs: number): void {
    this.#nowMs = atMs;
    const due = this.#sleepers.filter((s) => s.atMs <= atMs).sort((a, b) => a.atMs - b.atMs);
    this.#sleepers = this.#sleepers.filter((s) => s.atMs > atMs);
    for (const sleeper of due) sleeper.wake();
  }
}
