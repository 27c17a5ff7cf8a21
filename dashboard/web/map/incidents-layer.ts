// Incidents as marks on a layer of their own; those that would cover each other become one ring with the worst outline and a count.
import Feature from 'ol/Feature.js';
import { Point as PointGeometry } from 'ol/geom.js';
import { Vector as VectorLayer } from 'ol/layer.js';
import { Cluster, Vector as VectorSource } from 'ol/source.js';
import { Icon, Style } from 'ol/style.js';
import type { HazardName, Severity } from '#core/hazard-name';
import type { Point } from '#core/place';
import { xy } from './base.ts';
import { clusterSprite, markSprite, rank, type Colours } from './symbols.ts';

export interface PlacedMark {
  readonly id: string;
  readonly hazard: HazardName;
  readonly severity: Severity;
  readonly point: Point;
}

/** The worst of some marks; of equals the first. */
export const worstOf = <T extends { readonly severity: Severity }>(marks: readonly T[]): T | undefined =>
  marks.reduce<T | undefined>(
    (worst, mark) => (!worst || rank(mark.severity) > rank(worst.severity) ? mark : worst),
    undefined,
  );

export class IncidentsLayer {
  readonly layer: VectorLayer<Cluster<Feature<PointGeometry>>>;
  readonly #source = new VectorSource<Feature<PointGeometry>>();
  readonly #marks = new Map<unknown, PlacedMark>();
  #chosen: string | undefined;

  constructor(colours: Colours, sizePx: number) {
    const ratio = window.devicePixelRatio || 1;
    const styles = new Map<string, Style>();
    const styleOf = (key: string, image: () => HTMLCanvasElement, z: number): Style => {
      const known = styles.get(key);
      if (known) return known;
      const made = new Style({ image: new Icon({ img: image(), scale: 1 / ratio }), zIndex: z });
      styles.set(key, made);
      return made;
    };
    this.layer = new VectorLayer({
      source: new Cluster({ source: this.#source, distance: sizePx * 1.1, minDistance: sizePx * 0.8 }),
      updateWhileAnimating: false,
      style: (feature) => {
        const marks = this.marksOf(feature);
        const worst = worstOf(marks);
        if (!worst) return undefined;
        const side = Math.round(sizePx * ratio * (marks.some((mark) => mark.id === this.#chosen) ? 1.35 : 1));
        return marks.length === 1
          ? styleOf(
              `${worst.severity} ${worst.hazard} ${side}`,
              () => markSprite(worst.severity, worst.hazard, side, colours),
              rank(worst.severity),
            )
          : styleOf(
              `${worst.severity} ${marks.length} ${side}`,
              () => clusterSprite(worst.severity, marks.length, side, colours),
              rank(worst.severity) + 10,
            );
      },
    });
  }

  /** The marks that a drawn thing stands for. */
  marksOf(feature: { get(name: string): unknown }): PlacedMark[] {
    const inside: unknown = feature.get('features');
    if (!Array.isArray(inside)) return [];
    return inside.flatMap((one: unknown) => this.#marks.get(one) ?? []);
  }

  set(marks: Iterable<PlacedMark>): void {
    this.#marks.clear();
    const features = [...marks].map((mark) => {
      const feature = new Feature(new PointGeometry(xy(mark.point)));
      this.#marks.set(feature, mark);
      return feature;
    });
    this.#source.clear(true);
    this.#source.addFeatures(features);
  }

  choose(id: string | undefined): void {
    if (this.#chosen === id) return;
    this.#chosen = id;
    this.layer.changed();
  }
}
