// Times of packets on their way into a film: what a camera says where it makes sense, else when they came; always growing.

export interface Times {
  readonly pts: bigint;
  readonly dts: bigint;
}

/** A step longer than this, ticks, is a clock that was set, not a picture that was long. */
const longestStep = 5n * 90_000n;
/** A picture may be sent so much later than one that is shown after it, ticks; farther back is a clock that was set. */
const farthestBack = 90_000n;
/** Pictures that a stream may hold back for order (H.264 and H.265 allow 16; cameras that reorder at all use one or two). */
const mostHeldBack = 4;

/**
 * Gives each packet the moment it is shown (pts) and its turn (dts), 90,000 ticks a second from 0. Cameras restart their clocks,
 * send two pictures with one time, and leave out the first. Where pictures are sent before others that are shown earlier, the
 * turn is what a sorted run of moments gives; how long that run is, the first such picture tells.
 */
export class Stamper {
  #anchor: { readonly source: bigint; readonly ticks: bigint } | undefined;
  #lastSource: bigint | undefined;
  #lastAtMs = 0;
  #top = 0n;
  #lastTurn = -1n;
  /** Moments that have not been a turn yet, rising. */
  #held: bigint[] = [];
  #holds = 0;
  #shift = 0n;

  /** `source`: the camera's own time; undefined where it gave none. `atMs`: when the packet came, by our clock. */
  next(source: bigint | undefined, atMs: number, isKey: boolean): Times {
    const moment = this.#momentOf(source, atMs, isKey);
    this.#lastSource = source;
    this.#lastAtMs = atMs;
    if (this.#held.length > this.#holds) this.#held.shift();
    this.#held = sorted([...this.#held, moment]);
    if (moment + this.#shift <= this.#lastTurn && moment < this.#top && this.#holds < mostHeldBack) {
      this.#holds++;
      this.#held = sorted([...this.#held.filter((one) => one !== this.#top), this.#top]);
      // So far on that this turn is as long after the last one as a picture lasts: players take a shorter one for a gap.
      this.#shift = this.#lastTurn + this.#top - moment - (this.#held[0] ?? moment);
    }
    if (moment > this.#top) this.#top = moment;
    const wished = (this.#held[0] ?? moment) + this.#shift;
    const dts = wished > this.#lastTurn ? wished : this.#lastTurn + 1n;
    this.#lastTurn = dts;
    const pts = moment + this.#shift;
    return { pts: pts > dts ? pts : dts, dts };
  }

  #momentOf(source: bigint | undefined, atMs: number, isKey: boolean): bigint {
    if (this.#anchor && source !== undefined && this.#lastSource !== undefined) {
      const step = source - this.#lastSource;
      const isForward = step > 0n && step < longestStep;
      const isBack = !isKey && step < 0n && step > -farthestBack;
      if (isForward || isBack) return this.#anchor.ticks + source - this.#anchor.source;
    }
    const since = BigInt(Math.max(1, Math.round((atMs - this.#lastAtMs) * 90)));
    const ticks = this.#anchor ? this.#top + since : 0n;
    this.#anchor = { source: source ?? 0n, ticks };
    return ticks;
  }
}

const sorted = (moments: readonly bigint[]): bigint[] => [...moments].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
