// One timer for all streams: tasks sit in slots of a turning wheel, so a thousand cameras cost one wake-up, not a thousand.
import type { Clock } from '#core/clock';

interface Task {
  readonly turn: number;
  readonly run: () => void;
}

export interface WheelOptions {
  readonly clock: Clock;
  /** Width of a slot; a task runs at most this much late. */
  readonly slotMs?: number;
  /** Told of a task that threw; the others still run. */
  readonly onError?: (thrown: unknown) => void;
}

/** A hashed timing wheel on a clock's monotonic axis. It sleeps for good while nothing is due. */
export class Wheel implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #slotMs: number;
  readonly #onError: (thrown: unknown) => void;
  readonly #slots: Task[][] = Array.from({ length: 512 }, () => []);
  readonly #stop = new AbortController();
  #waiting = 0;
  #turned: number;
  #turning: Promise<void> | undefined;

  constructor(options: WheelOptions) {
    this.#clock = options.clock;
    this.#slotMs = options.slotMs ?? 20;
    this.#onError = options.onError ?? (() => undefined);
    this.#turned = this.#turnOf(this.#clock.monotonicMs());
  }

  /** Runs `run` once the monotonic clock has reached `atMs` (at once, in the next turn, when it already has). */
  at(atMs: number, run: () => void): void {
    if (this.#stop.signal.aborted) return;
    if (this.#waiting === 0) this.#turned = this.#turnOf(this.#clock.monotonicMs());
    const turn = Math.max(this.#turned + 1, Math.ceil(atMs / this.#slotMs));
    this.#slots[turn % this.#slots.length]?.push({ turn, run });
    this.#waiting++;
    this.#turning ??= this.#turn().finally(() => {
      this.#turning = undefined;
    });
  }

  /** Runs `run` after `ms`. */
  after(ms: number, run: () => void): void {
    this.at(this.#clock.monotonicMs() + ms, run);
  }

  async #turn(): Promise<void> {
    while (this.#waiting > 0 && !this.#stop.signal.aborted) {
      const sinceSlotMs = this.#clock.monotonicMs() % this.#slotMs;
      try {
        await this.#clock.sleep(this.#slotMs - sinceSlotMs, this.#stop.signal);
      } catch {
        return;
      }
      this.#runDue(this.#turnOf(this.#clock.monotonicMs()));
    }
  }

  #runDue(now: number): void {
    // After a long stop of the process one round over all slots finds everything that is due.
    const first = Math.max(this.#turned + 1, now - this.#slots.length + 1);
    const due: Task[] = [];
    for (let turn = first; turn <= now; turn++) {
      const index = turn % this.#slots.length;
      const slot = this.#slots[index];
      if (!slot || slot.length === 0) continue;
      this.#slots[index] = slot.filter((task) => task.turn > now);
      due.push(...slot.filter((task) => task.turn <= now));
    }
    this.#turned = Math.max(this.#turned, now);
    this.#waiting -= due.length;
    due.sort((a, b) => a.turn - b.turn);
    for (const task of due) {
      try {
        task.run();
      } catch (thrown) {
        this.#onError(thrown);
      }
    }
  }

  #turnOf(ms: number): number {
    return Math.floor(ms / this.#slotMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#turning;
  }
}
