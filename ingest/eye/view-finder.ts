// Inside the eye: which of its views a watched camera shows, picture by picture, before anything in them is followed.
import { outlineOf, smallLuma, viewAmong, type Grey, type PastView } from '#detector';

/** So often a picture is asked. */
const everyMs = 400;
/** So long nothing may fit until the view counts as left: a lorry close to the camera, a gust of snow. */
const leftAfterMs = 1500;

/** Follows which view a camera shows; null while it shows none of them. */
export class ViewFinder {
  #views: readonly PastView[];
  #shown: string | null = null;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #fitAtMs = Number.NEGATIVE_INFINITY;

  constructor(views: readonly PastView[]) {
    this.#views = views;
  }

  /** The view after one more picture. Another view counts at once, none of them only when it lasts. */
  step(grey: Grey, atMs: number): string | null {
    if (atMs - this.#askedAtMs < everyMs) return this.#shown;
    this.#askedAtMs = atMs;
    const { view } = viewAmong({ outline: outlineOf(smallLuma(grey)), light: 'day' }, this.#views);
    if (view) {
      this.#fitAtMs = atMs;
      this.#shown = view.preset;
      // What it shows now it will probably show next.
      if (this.#views[0] !== view) this.#views = [view, ...this.#views.filter((one) => one !== view)];
    } else if (atMs - this.#fitAtMs > leftAfterMs) this.#shown = null;
    return this.#shown;
  }
}
