// Is a live stream read as fast as it comes? A reader that falls behind must skip, or it judges what is long over.

export interface Pace {
  /**
   * Takes the stream's own time of a packet and when it was read; says whether pictures must be skipped until the reader has
   * caught up. Times of the stream in milliseconds from any beginning.
   */
  isBehind(streamMs: number, readMs: number): boolean;
}

/** Behind from here on, and caught up again below. */
const behindMs = 2000;
const caughtUpMs = 700;
/** Clocks of cameras drift, some jump: the best of so long is what "in time" means. */
const baseMs = 60_000;

/**
 * Watches how far reading lags behind the stream: the delay of a packet is its time of reading less its own time, and the
 * least delay of the last one to two minutes stands for none. The stream's clock may begin anywhere, drift, or begin anew.
 */
export function followPace(): Pace {
  let window: { sinceMs: number; least: number } | undefined;
  let before = Infinity;
  let isBehind = false;
  return {
    isBehind(streamMs, readMs) {
      const delay = readMs - streamMs;
      if (!window) window = { sinceMs: readMs, least: delay };
      else if (readMs - window.sinceMs > baseMs) {
        before = window.least;
        window = { sinceMs: readMs, least: delay };
      } else window.least = Math.min(window.least, delay);
      const lag = delay - Math.min(window.least, before);
      // A stream that began anew has another clock: what was in time before tells nothing.
      if (lag > 10 * baseMs) {
        window = { sinceMs: readMs, least: delay };
        before = Infinity;
        isBehind = false;
      } else isBehind = lag > (isBehind ? caughtUpMs : behindMs);
      return isBehind;
    },
  };
}
