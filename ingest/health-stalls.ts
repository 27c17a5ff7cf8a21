// Whether we ourselves stood still or our clock was set: what failed meanwhile is held against no camera.
import type { Clock } from '#core/clock';

export interface Stall {
  readonly kind: 'host' | 'clock';
  /** By the monotonic clock. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How long we stood still, or by how much the clock was set (backwards: below zero), milliseconds. */
  readonly byMs: number;
}

const everyMs = 500;
/** Shorter than this is a busy machine. */
const leastMs = 4000;
/** Looks that were under way are under its spell for so long. */
const spellMs = 15_000;
const keepMs = 300_000;

/** Watches this process's own time; a beat that comes seconds late means that nothing of us ran. */
export interface StallWatch extends Disposable {
  /** Did anything of ours stand still between these moments (monotonic) or just before? */
  touched(fromMs: number, toMs: number): boolean;
  /** Stalls that ended after a moment (monotonic). */
  after(fromMs: number): readonly Stall[];
}

/** Starts to watch. `every`: calls back again and again, by a timer of its own in tests. */
export function watchStalls(
  clock: Clock,
  every: (beat: () => void, ms: number) => () => void = byTimer,
): StallWatch & { beat(): void } {
  let stalls: Stall[] = [];
  let lastMs = clock.monotonicMs();
  let lastWallMs: number = clock.nowMs();
  const beat = (): void => {
    const nowMs = clock.monotonicMs();
    const wallMs = clock.nowMs();
    const passedMs = nowMs - lastMs;
    const setMs = wallMs - lastWallMs - passedMs;
    if (passedMs - everyMs > leastMs)
      stalls.push({ kind: 'host', fromMs: lastMs, toMs: nowMs, byMs: Math.round(passedMs) });
    if (Math.abs(setMs) > leastMs) stalls.push({ kind: 'clock', fromMs: lastMs, toMs: nowMs, byMs: Math.round(setMs) });
    lastMs = nowMs;
    lastWallMs = wallMs;
    stalls = stalls.filter((stall) => nowMs - stall.toMs < keepMs);
  };
  const stop = every(beat, everyMs);
  return {
    beat,
    touched: (fromMs, toMs) => stalls.some((stall) => stall.fromMs <= toMs && stall.toMs + spellMs >= fromMs),
    after: (fromMs) => stalls.filter((stall) => stall.toMs > fromMs),
    [Symbol.dispose]: stop,
  };
}

function byTimer(beat: () => void, ms: number): () => void {
  const timer = setInterval(beat, ms);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
