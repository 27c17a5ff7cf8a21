// Turns: of many looks that wait for cameras few hold a picture at a time, so that memory is that of few, however many wait.

/** FFmpeg's reader holds a thread while it waits: so many streams are read by it at a time, and the pool has threads beside them. */
export const mostReaders = 24;

/** Gives out so many turns at a time; whoever comes later waits in line. */
export class Turns {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(most: number) {
    this.#free = most;
  }

  /** Waits for a turn. Dispose it; a second time does nothing. */
  async take(): Promise<Disposable> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#line.push(resolve));
    let isBack = false;
    return {
      [Symbol.dispose]: () => {
        if (isBack) return;
        isBack = true;
        const next = this.#line.shift();
        if (next) next();
        else this.#free++;
      },
    };
  }
}
