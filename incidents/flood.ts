// Do alarms come thicker than people can answer them? More than ten in ten minutes begin a flood, fewer than five end it (EEMUA 191).
const floodFrom = 10;
const floodUntil = 5;

/** Remembers when alarms were put before people within one window. */
export class Flood {
  readonly #windowMs: number;
  #atMs: number[] = [];
  #isOn = false;

  /** `windowMs`: ten minutes at the city's pace. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** One more alarm, or one more mass incident, was put before people. */
  raised(atMs: number): void {
    this.#atMs.push(atMs);
    this.isOn(atMs);
  }

  /** Alarms within the window that ends now. */
  lately(nowMs: number): number {
    this.#atMs = this.#atMs.filter((at) => at > nowMs - this.#windowMs && at <= nowMs);
    return this.#atMs.length;
  }

  /** Is it a flood now? It begins above ten and lasts until there are fewer than five. */
  isOn(nowMs: number): boolean {
    const n = this.lately(nowMs);
    this.#isOn = this.#isOn ? n >= floodUntil : n > floodFrom;
    return this.#isOn;
  }
}

/** The same from a list of moments, for whoever was not there. */
export function floodAt(raisedAtMs: readonly number[], windowMs: number, nowMs: number): boolean {
  const flood = new Flood(windowMs);
  for (const at of [...raisedAtMs].filter((one) => one <= nowMs).sort((a, b) => a - b)) flood.raised(at);
  return flood.isOn(nowMs);
}
