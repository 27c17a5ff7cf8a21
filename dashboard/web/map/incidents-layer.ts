// Incidents as marks on a layer of their own, on top; those that would cover each other become one ring with the worst outline and a count.
import type { FrameState } from 'ol/Map.js';
import Layer from 'ol/layer/Layer.js';
import type { IssueName, Severity } from '#core/hazard-name';
import type { Point } from '#core/place';
import { xy } from './base.ts';
import { gather, type Cluster, type Placed } from './clusters.ts';
import { cornerOf, Ground, isMoving } from './picture-layer.ts';
import { clusterSprite, markSprite, rank, type Colours } from './symbols.ts';

export interface PlacedMark {
  readonly id: string;
  readonly hazard: IssueName;
  readonly severity: Severity;
  readonly point: Point;
  /** The mass incident that it belongs to. */
  readonly massId?: string | null;
}

/** The worst of some marks; of equals the first. */
export const worstOf = <T extends { readonly severity: Severity }>(marks: readonly T[]): T | undefined =>
  marks.reduce<T | undefined>(
    (worst, mark) => (!worst || rank(mark.severity) > rank(worst.severity) ? mark : worst),
    undefined,
  );

const isSameMark = (a: PlacedMark, b: PlacedMark): boolean =>
  a === b ||
  (a.severity === b.severity && a.hazard === b.hazard && a.point.lon === b.point.lon && a.point.lat === b.point.lat);

class Marks extends Layer {
  readonly #ground = new Ground();
  readonly #colours: Colours;
  readonly #sizePx: number;
  #placed: readonly Placed<PlacedMark>[] = [];
  #clusters: readonly Cluster<PlacedMark>[] = [];
  #gatheredAt = 0;
  chosen: string | undefined;

  constructor(colours: Colours, sizePx: number) {
    super({});
    this.#colours = colours;
    this.#sizePx = sizePx;
  }

  take(marks: readonly PlacedMark[]): void {
    const known = new Map(this.#placed.map((one) => [one.mark.id, one]));
    const isSame =
      marks.length === this.#placed.length &&
      marks.every((mark) => {
        const old = known.get(mark.id);
        return old !== undefined && isSameMark(old.mark, mark);
      });
    this.#placed = marks.map((mark) => {
      const old = known.get(mark.id);
      if (old && isSameMark(old.mark, mark)) return { x: old.x, y: old.y, mark };
      const [x, y] = xy(mark.point);
      return { x, y, mark };
    });
    // Most news of an incident changes nothing of its mark.
    if (isSame) return;
    this.#gatheredAt = 0;
    this.changed();
  }

  /** Drawn marks whose middle is at most `within` map metres from a place, nearest first. */
  near([x, y]: readonly [number, number], within: number): readonly PlacedMark[] {
    let best: Cluster<PlacedMark> | undefined;
    let least = within;
    for (const one of this.#clusters) {
      const away = Math.hypot(one.x - x, one.y - y);
      if (away <= least) [best, least] = [one, away];
    }
    return best?.marks ?? [];
  }

  #sprite({ marks }: Cluster<PlacedMark>, ratio: number): HTMLCanvasElement | undefined {
    const worst = marks[0];
    if (!worst) return undefined;
    const isChosen = this.chosen !== undefined && marks.some((mark) => mark.id === this.chosen);
    const side = Math.round(this.#sizePx * ratio * (isChosen ? 1.35 : 1));
    return marks.length === 1
      ? markSprite(worst.severity, worst.hazard, side, this.#colours)
      : clusterSprite(worst.severity, marks.length, side, this.#colours);
  }

  override render(frame: FrameState | null, below: HTMLElement | null): HTMLElement | null {
    if (!frame) return null;
    const { resolution } = frame.viewState;
    if (this.#gatheredAt === 0 || (this.#gatheredAt !== resolution && !isMoving(frame))) {
      this.#clusters = gather(this.#placed, this.#sizePx * 1.1 * resolution);
      this.#gatheredAt = resolution;
    }
    const { context, element } = this.#ground.of(frame, below);
    if (!context) return element;
    const [left, top] = cornerOf(frame);
    const metres = resolution / frame.pixelRatio;
    const { width, height } = context.canvas;
    // The worst were gathered first; drawn last they lie on top.
    for (const one of this.#clusters.toReversed()) {
      const [px, py] = [(one.x - left) / metres, (top - one.y) / metres];
      if (px < -60 || py < -60 || px > width + 60 || py > height + 60) continue;
      const image = this.#sprite(one, frame.pixelRatio);
      if (image) context.drawImage(image, Math.round(px - image.width / 2), Math.round(py - image.height / 2));
    }
    return element;
  }
}

export class IncidentsLayer {
  readonly layer: Layer;
  readonly #marks: Marks;

  constructor(colours: Colours, sizePx: number) {
    this.#marks = new Marks(colours, sizePx);
    this.layer = this.#marks;
  }

  set(marks: Iterable<PlacedMark>): void {
    this.#marks.take([...marks]);
  }

  /** The marks under a place of the map, `within` map metres around it. */
  near(at: readonly [number, number], within: number): readonly PlacedMark[] {
    return this.#marks.near(at, within);
  }

  choose(id: string | undefined): void {
    if (this.#marks.chosen === id) return;
    this.#marks.chosen = id;
    this.#marks.changed();
  }
}
