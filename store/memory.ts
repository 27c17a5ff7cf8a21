// Twins of queue and bell that live in this process: for tests, and for a whole product in one process.
import type { BellEvent } from '#core/events';
import type { JobName, JobPayload } from '#core/jobs';
import { Ears, type Bell } from './bell.ts';
import type { Queue, Work } from './queue.ts';

/** A bell that is heard in this process only. */
export function memoryBell(): Bell & { /** Pretends that the connection was away. */ loseConnection(): void } {
  const ears = new Ears();
  return {
    on: (kind, heard) => ears.on(kind, heard),
    ring: (event: BellEvent) => {
      // Heard after the ringer has gone on, as with a real bell.
      queueMicrotask(() => ears.hear(event));
      return Promise.resolve();
    },
    loseConnection: () => ears.reconnected(),
    close: () => Promise.resolve(),
  };
}

class Line<N extends JobName> {
  readonly #waiting = new Map<string, JobPayload<N>>();
  readonly #active = new Map<string, Promise<void>>();
  #work: Work<N> | undefined;
  #concurrency = 0;
  readonly #never = new AbortController();

  put(jobs: readonly { key: string; payload: JobPayload<N> }[]): void {
    for (const { key, payload } of jobs) {
      if (!this.#waiting.has(key) && !this.#active.has(key)) this.#waiting.set(key, payload);
    }
    this.#next();
  }

  take(concurrency: number, work: Work<N>): () => Promise<void> {
    this.#work = work;
    this.#concurrency = concurrency;
    this.#next();
    return async () => {
      this.#work = undefined;
      await Promise.all(this.#active.values());
    };
  }

  get length(): { waiting: number; active: number } {
    return { waiting: this.#waiting.size, active: this.#active.size };
  }

  has(key: string): boolean {
    return this.#waiting.has(key) || this.#active.has(key);
  }

  #next(): void {
    for (const [key, payload] of this.#waiting) {
      if (!this.#work || this.#active.size >= this.#concurrency) return;
      this.#waiting.delete(key);
      const done = this.#work(payload, this.#never.signal)
        // A failed job leaves, as in the real queue.
        .catch(() => undefined)
        .then(() => {
          this.#active.delete(key);
          this.#next();
        });
      this.#active.set(key, done);
    }
  }
}

/** A queue within this process. */
export function memoryQueue(): Queue {
  const lines: { [N in JobName]: Line<N> } = { look: new Line(), cut: new Line(), plate: new Line() };
  const stops: (() => Promise<void>)[] = [];
  const lineOf = <N extends JobName>(name: N): Line<N> => lines[name];
  return {
    put: (name, payloads) => {
      lineOf(name).put(payloads);
      return Promise.resolve();
    },
    missing: (name, keys) => Promise.resolve(new Set(keys.filter((key) => !lineOf(name).has(key)))),
    work: (name, { concurrency }, work) => {
      const stop = lineOf(name).take(concurrency, work);
      stops.push(stop);
      return Promise.resolve(stop);
    },
    length: (name) => Promise.resolve(lineOf(name).length),
    close: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}
