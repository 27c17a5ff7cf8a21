// Cameras drawn in ways that are known to be wrong, so that `ahual bench map` can be shown to notice (measure 9). Only a build of the
// bench knows this file: it takes the place of cameras-layer.ts there, and the address says which way is taken.
import Feature from 'ol/Feature.js';
import { Point as PointGeometry } from 'ol/geom.js';
import LayerGroup from 'ol/layer/Group.js';
import { Vector as VectorLayer } from 'ol/layer.js';
import { Vector as VectorSource } from 'ol/source.js';
import { Circle, Fill, Icon, Style } from 'ol/style.js';
import { xy } from '../base.ts';
import { CamerasLayer as Right } from '../cameras-layer.ts';
import type { Dot } from '../dots.ts';
import type { Colours } from '../symbols.ts';

const asked = (): string => new URLSearchParams(location.search).get('sabotage') ?? '';

const featureOf = (mark: Dot): Feature<PointGeometry> => new Feature({ geometry: new PointGeometry(xy(mark.point)) });

/** A detailed drawing for each camera, drawn at each frame. */
function svgIcon(colours: Colours): Style {
  const lines = Array.from(
    { length: 12 },
    (_, i) => `<circle cx="12" cy="12" r="${i + 0.5}" opacity="${(i + 1) / 14}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" fill="none" stroke="${colours.neutral}">${lines.join('')}</svg>`;
  return new Style({ image: new Icon({ src: `data:image/svg+xml,${encodeURIComponent(svg)}` }) });
}

export class CamerasLayer {
  readonly way = 'canvas';
  readonly layer: Right['layer'] | VectorLayer<VectorSource> | LayerGroup;
  readonly #set: (cameras: readonly Dot[]) => void;

  constructor(colours: Colours) {
    const moving = { updateWhileAnimating: true, updateWhileInteracting: true };
    switch (asked()) {
      case 'layer-per-district': {
        const group = new LayerGroup();
        const style = new Style({ image: new Circle({ radius: 3, fill: new Fill({ color: colours.mute }) }) });
        this.layer = group;
        this.#set = (cameras) => {
          // A dot does not say its district; six parts of the list make as many layers.
          const each = Math.max(1, Math.ceil(cameras.length / 6));
          const layers = Array.from({ length: 6 }, (_, i) => {
            const source = new VectorSource({ features: cameras.slice(i * each, (i + 1) * each).map(featureOf) });
            return new VectorLayer({ source, style, className: `district-${i}`, ...moving });
          });
          group.getLayers().clear();
          group.getLayers().extend(layers);
        };
        return;
      }
      case 'svg-icons': {
        const source = new VectorSource();
        this.layer = new VectorLayer({ source, style: svgIcon(colours), ...moving });
        this.#set = (cameras) => {
          source.clear(true);
          source.addFeatures(cameras.map(featureOf));
        };
        return;
      }
      case 'half-undrawn': {
        const right = new Right(colours);
        this.layer = right.layer;
        this.#set = (cameras) => right.set(cameras.filter((_, i) => i % 2 === 0));
        return;
      }
      default: {
        const right = new Right(colours);
        this.layer = right.layer;
        this.#set = (cameras) => right.set(cameras);
      }
    }
  }

  set(cameras: Iterable<Dot>): void {
    this.#set([...cameras]);
  }
}
