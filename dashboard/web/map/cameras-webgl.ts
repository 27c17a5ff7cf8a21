// The same cameras in one WebGL layer of points, for machines with a graphics processor; without one it is fifty times slower.
import Feature from 'ol/Feature.js';
import { Point as PointGeometry } from 'ol/geom.js';
import WebGLVectorLayer from 'ol/layer/WebGLVector.js';
import { Vector as VectorSource } from 'ol/source.js';
import { xy } from './base.ts';
import type { CamerasDrawn } from './cameras-layer.ts';
import { dotKind, dotKinds, dotSheet, dotSide, isMoved, type Dot } from './dots.ts';
import type { Colours } from './symbols.ts';

const radius = 8;

export class CamerasWebgl implements CamerasDrawn {
  readonly way = 'webgl';
  readonly layer: WebGLVectorLayer<VectorSource<Feature<PointGeometry>>>;
  readonly #source = new VectorSource<Feature<PointGeometry>>({ useSpatialIndex: false });
  readonly #known = new Map<string, { mark: Dot; feature: Feature<PointGeometry> }>();

  constructor(colours: Colours) {
    const side = dotSide(radius);
    this.layer = new WebGLVectorLayer({
      source: this.#source,
      style: {
        'icon-src': dotSheet(radius, colours).toDataURL(),
        'icon-size': [side, side],
        'icon-offset': ['match', ['get', 'kind'], ...dotKinds.flatMap((_, i) => [i, [side * i, 0]]), [0, 0]],
        // The radii of the canvas: 4, 2.5 and 1.5 pixels of the page.
        'icon-scale': [
          'case',
          ['<', ['resolution'], 6],
          4 / radius,
          ['<', ['resolution'], 20],
          2.5 / radius,
          1.5 / radius,
        ],
      },
    });
  }

  set(cameras: Iterable<Dot>): void {
    const fresh: Feature<PointGeometry>[] = [];
    const left = new Set(this.#known.keys());
    for (const mark of cameras) {
      left.delete(mark.id);
      const known = this.#known.get(mark.id);
      const kind = dotKinds.indexOf(dotKind(mark));
      if (!known) {
        const feature = new Feature<PointGeometry>({ geometry: new PointGeometry(xy(mark.point)), kind });
        this.#known.set(mark.id, { mark, feature });
        fresh.push(feature);
        continue;
      }
      if (known.mark === mark) continue;
      if (isMoved(known.mark, mark)) known.feature.setGeometry(new PointGeometry(xy(mark.point)));
      if (known.feature.get('kind') !== kind) known.feature.set('kind', kind);
      this.#known.set(mark.id, { mark, feature: known.feature });
    }
    for (const id of left) {
      const gone = this.#known.get(id);
      if (gone) this.#source.removeFeature(gone.feature);
      this.#known.delete(id);
    }
    this.#source.addFeatures(fresh);
  }
}
