// A layer that is one picture: moved with the hand, painted anew at rest or where it no longer covers the view, mended in part.
import type { FrameState } from 'ol/Map.js';
import ViewHint from 'ol/ViewHint.js';
import Layer from 'ol/layer/Layer.js';

/** A picture to be painted: its place on the map and its grain. `left` and `top` are map metres, `metres` those of one device pixel. */
export interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly metres: number;
  /** Device pixels of one pixel of the page. */
  readonly ratio: number;
  /** Map metres of one pixel of the page. */
  readonly resolution: number;
}

/** A part of a picture in its own pixels: left, top, right, bottom. */
export type Part = readonly [number, number, number, number];

/** The picture is so much wider and higher than the view, so that a hand does not reach its rim at once. */
const spare = 1.4;
/** While the hand zooms out beyond the picture it is painted anew at most this often. */
const repaintMs = 120;

export const isMoving = ({ viewHints }: FrameState): boolean =>
  (viewHints[ViewHint.ANIMATING] ?? 0) > 0 || (viewHints[ViewHint.INTERACTING] ?? 0) > 0;

/**
 * The canvas of the layers below, when this layer may draw on it; else one of its own. One canvas for all layers: each further one of the
 * size of the screen costs a software renderer several milliseconds a frame.
 */
export class Ground {
  readonly #own: HTMLDivElement;
  readonly #canvas: HTMLCanvasElement;

  constructor() {
    this.#own = document.createElement('div');
    this.#own.className = 'ol-layer';
    this.#own.style.cssText = 'position:absolute;width:100%;height:100%';
    this.#canvas = document.createElement('canvas');
    this.#canvas.style.cssText = 'position:absolute;left:0;top:0;width:100%;height:100%';
    this.#own.append(this.#canvas);
  }

  /** What to draw on, and the element to hand back to the map. */
  of(
    { size, pixelRatio }: FrameState,
    below: HTMLElement | null,
  ): { context: CanvasRenderingContext2D | null; element: HTMLElement } {
    const width = Math.round((size[0] ?? 0) * pixelRatio);
    const height = Math.round((size[1] ?? 0) * pixelRatio);
    const shared = below?.className === 'ol-layer' ? below.firstElementChild : null;
    if (below && shared instanceof HTMLCanvasElement && shared.width === width && shared.height === height) {
      return { context: shared.getContext('2d'), element: below };
    }
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    const context = this.#canvas.getContext('2d');
    context?.clearRect(0, 0, width, height);
    return { context, element: this.#own };
  }
}

/** The view's upper left corner in map metres. */
export function cornerOf({ size, viewState: { center, resolution } }: FrameState): [number, number] {
  return [(center[0] ?? 0) - ((size[0] ?? 0) / 2) * resolution, (center[1] ?? 0) + ((size[1] ?? 0) / 2) * resolution];
}

export abstract class PictureLayer extends Layer {
  readonly #ground = new Ground();
  readonly #picture = document.createElement('canvas');
  #sheet: Sheet | undefined;
  #isStale = true;
  #paintedMs = 0;
  /** How often it was painted whole; tests look at it. */
  paints = 0;

  constructor() {
    super({});
  }

  /** Paints what lies on a sheet, or only what touches a part of it. */
  protected abstract paint(sheet: Sheet, part?: Part): void;

  /** Everything is other than it was painted. */
  protected renew(): void {
    this.#isStale = true;
    this.changed();
  }

  /** Paints a few places anew: map metres, and how many pixels of the page around them. */
  protected mend(places: readonly (readonly [number, number])[], radius: number): void {
    const sheet = this.#sheet;
    if (!sheet || this.#isStale) {
      this.renew();
      return;
    }
    const { context, left, top, metres, ratio } = sheet;
    const r = Math.ceil(radius * ratio) + 1;
    for (const [x, y] of places) {
      const [px, py] = [Math.round((x - left) / metres), Math.round((top - y) / metres)];
      if (px < -r || py < -r || px > this.#picture.width + r || py > this.#picture.height + r) continue;
      const part: Part = [px - r, py - r, px + r, py + r];
      context.save();
      context.beginPath();
      context.rect(part[0], part[1], 2 * r, 2 * r);
      context.clip();
      context.clearRect(part[0], part[1], 2 * r, 2 * r);
      this.paint(sheet, part);
      context.restore();
    }
    this.changed();
  }

  #isGood(frame: FrameState): boolean {
    const sheet = this.#sheet;
    if (!sheet || sheet.ratio !== frame.pixelRatio) return false;
    const moving = isMoving(frame);
    if (!moving && (this.#isStale || sheet.resolution !== frame.viewState.resolution)) return false;
    const [left, top] = cornerOf(frame);
    const { resolution } = frame.viewState;
    const right = left + (frame.size[0] ?? 0) * resolution;
    const bottom = top - (frame.size[1] ?? 0) * resolution;
    const covers =
      sheet.left <= left &&
      sheet.top >= top &&
      sheet.left + this.#picture.width * sheet.metres >= right &&
      sheet.top - this.#picture.height * sheet.metres <= bottom;
    return covers || (moving && resolution !== sheet.resolution && frame.time - this.#paintedMs < repaintMs);
  }

  #repaint(frame: FrameState): void {
    const { size, pixelRatio: ratio, time } = frame;
    const { resolution } = frame.viewState;
    const width = Math.round((size[0] ?? 0) * spare * ratio);
    const height = Math.round((size[1] ?? 0) * spare * ratio);
    if (this.#picture.width !== width || this.#picture.height !== height) {
      this.#picture.width = width;
      this.#picture.height = height;
    }
    const context = this.#picture.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, width, height);
    const metres = resolution / ratio;
    // On whole pixels of the view, so that the picture is copied at rest and not stretched.
    const [viewLeft, viewTop] = cornerOf(frame);
    const sideX = Math.round((width - (size[0] ?? 0) * ratio) / 2) * metres;
    const sideY = Math.round((height - (size[1] ?? 0) * ratio) / 2) * metres;
    this.#sheet = { context, left: viewLeft - sideX, top: viewTop + sideY, metres, ratio, resolution };
    this.#isStale = false;
    this.#paintedMs = time;
    this.paints += 1;
    this.paint(this.#sheet);
  }

  override render(frame: FrameState | null, below: HTMLElement | null): HTMLElement | null {
    if (!frame) return null;
    if (!this.#isGood(frame)) this.#repaint(frame);
    const { context, element } = this.#ground.of(frame, below);
    const sheet = this.#sheet;
    if (!context || !sheet) return element;
    const [left, top] = cornerOf(frame);
    const metres = frame.viewState.resolution / frame.pixelRatio;
    const scale = sheet.metres / metres;
    const [x, y] = [(sheet.left - left) / metres, (top - sheet.top) / metres];
    if (scale === 1) context.drawImage(this.#picture, Math.round(x), Math.round(y));
    else context.drawImage(this.#picture, x, y, this.#picture.width * scale, this.#picture.height * scale);
    return element;
  }
}
