// Numbers that are told once the next picture stands. A page in the background draws nothing for hours and hears news all the while:
// what waits for its next picture is one listener, not one for each answer. Pure.

export class NextPicture<Name extends string> {
  readonly #once: (told: () => void) => void;
  readonly #tell: (name: Name, n: number) => void;
  readonly #waiting = new Map<Name, number>();

  /** `once` calls back with the next picture; `tell` takes the last number noted of each name until then. */
  constructor(once: (told: () => void) => void, tell: (name: Name, n: number) => void) {
    this.#once = once;
    this.#tell = tell;
  }

  note(name: Name, n: number): void {
    const isFirst = this.#waiting.size === 0;
    this.#waiting.set(name, n);
    if (!isFirst) return;
    this.#once(() => {
      const all = [...this.#waiting];
      this.#waiting.clear();
      for (const [one, count] of all) this.#tell(one, count);
    });
  }
}
