// The view cone of a camera and the place of a claim.
import Feature from 'ol/Feature.js';
import { Circle, Polygon } from 'ol/geom.js';
import { Vector as VectorLayer } from 'ol/layer.js';
import { Vector as VectorSource } from 'ol/source.js';
import { Fill, Stroke, Style } from 'ol/style.js';
import { offset } from '#core/geo';
import type { CameraMark } from '../../contract.ts';
import { xy } from './base.ts';
import type { Dot } from './dots.ts';
import type { Colours } from './symbols.ts';

/** How far a cone is drawn; a city camera sees people about so far. */
const reachM = 80;

/** What a cone is drawn from. */
export type Coned = Pick<CameraMark, 'point' | 'bearingDeg' | 'fovDeg'>;

/** Is known where it looks? */
export const hasCone = (dot: Dot): dot is Dot & Coned => dot.bearingDeg !== undefined && dot.fovDeg !== undefined;

/** The ground ring of a camera's view: its place and an arc `reachM` away over its angle of view. */
export function coneRing(camera: Coned, metres = reachM): [number, number][] {
  const steps = 12;
  const arc = Array.from({ length: steps + 1 }, (_, i) =>
    xy(offset(camera.point, camera.bearingDeg + camera.fovDeg * (i / steps - 0.5), metres)),
  );
  return [xy(camera.point), ...arc, xy(camera.point)];
}

export class ConeLayer {
  readonly layer: VectorLayer<VectorSource>;
  readonly #source = new VectorSource();

  constructor(colours: Colours) {
    const cone = new Style({
      fill: new Fill({ color: `${colours.watch}30` }),
      stroke: new Stroke({ color: colours.watch, width: 1.5 }),
    });
    const faint = new Style({
      fill: new Fill({ color: `${colours.neutral}14` }),
      stroke: new Stroke({ color: colours.edge, width: 1 }),
    });
    const dot = new Style({
      fill: new Fill({ color: colours.watch }),
      stroke: new Stroke({ color: colours.bg0, width: 2 }),
    });
    this.layer = new VectorLayer({
      source: this.#source,
      style: (feature) => (feature.get('part') === 'dot' ? dot : feature.get('part') === 'faint' ? faint : cone),
    });
  }

  /** Shows the cone of one camera and, fainter, those of others. */
  set(camera: Coned | null | undefined, others: readonly Coned[] = [], dotM = 5): void {
    this.#source.clear(true);
    for (const other of others)
      this.#source.addFeature(new Feature({ geometry: new Polygon([coneRing(other)]), part: 'faint' }));
    if (!camera) return;
    this.#source.addFeature(new Feature({ geometry: new Polygon([coneRing(camera)]), part: 'cone' }));
    this.#source.addFeature(new Feature({ geometry: new Circle(xy(camera.point), dotM), part: 'dot' }));
  }
}
