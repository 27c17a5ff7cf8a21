// What a stream that is read for long tells of its camera besides its pictures: how much of it comes, and how much of it is judged.
import type { LookSigns } from '#core/health-facts';
import type { PictureCount } from './eye/watch-count.ts';

/** Shorter than this a group of pictures more or less would be seen in the rate. */
export const stretchMs = 30_000;

type Stretch = PictureCount & { readonly atMs: number };

/** Measures watched cameras in stretches of half a minute without a break. */
export class Stretches {
  readonly #began = new Map<string, Stretch>();

  /** Takes the count of a calm word; gives what the stretch told when it is over, nothing while it lasts. */
  take(cameraId: string, atMs: number, now: PictureCount): LookSigns {
    const began = this.#began.get(cameraId);
    // A fresh eye counts from nothing.
    if (!began || now.came < began.came) {
      this.#began.set(cameraId, { ...now, atMs });
      return {};
    }
    const passedMs = atMs - began.atMs;
    if (passedMs < stretchMs) return {};
    this.#began.set(cameraId, { ...now, atMs });
    const [came, bytes] = [now.came - began.came, now.bytes - began.bytes];
    const missing = now.leftOut - began.leftOut + now.lost - began.lost;
    const due = came + now.lost - began.lost;
    return {
      // A way that does not see the packets counts no bytes.
      ...(bytes > 0 ? { bitsPerS: Math.round((bytes * 8000) / passedMs) } : {}),
      ...(due > 0 ? { missingPct: (100 * missing) / due } : {}),
    };
  }

  /** Its stream broke off: what follows is another stretch. */
  forget(cameraId: string): void {
    this.#began.delete(cameraId);
  }
}
