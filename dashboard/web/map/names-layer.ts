// A few names on the map, each left out where it would cover another. OpenLayers' own decluttering would do it too, but while any layer
// asks for it all its layers are painted after those that paint themselves.
import type { FrameState } from 'ol/Map.js';
import Layer from 'ol/layer/Layer.js';
import { cornerOf, Ground } from './picture-layer.ts';
import type { Colours } from './symbols.ts';

export interface NamedPlace {
  readonly at: readonly [number, number];
  readonly text: string;
}

const fontPx = 16;
const rimPx = 5;

export class NamesLayer extends Layer {
  readonly #ground = new Ground();
  readonly #names: readonly NamedPlace[];
  readonly #colours: Colours;

  constructor(names: readonly NamedPlace[], colours: Colours) {
    super({});
    this.#names = names;
    this.#colours = colours;
  }

  override render(frame: FrameState | null, below: HTMLElement | null): HTMLElement | null {
    if (!frame) return null;
    const { context, element } = this.#ground.of(frame, below);
    if (!context) return element;
    const [left, top] = cornerOf(frame);
    const { resolution } = frame.viewState;
    const taken: { x: number; y: number; half: number }[] = [];
    context.save();
    context.scale(frame.pixelRatio, frame.pixelRatio);
    context.font = `${fontPx}px 'Noto Sans', sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = rimPx;
    context.strokeStyle = this.#colours.bg0;
    context.fillStyle = this.#colours.text;
    for (const { at, text } of this.#names) {
      const [x, y] = [(at[0] - left) / resolution, (top - at[1]) / resolution];
      const half = context.measureText(text).width / 2;
      if (taken.some((one) => Math.abs(one.x - x) < one.half + half && Math.abs(one.y - y) < fontPx * 1.3)) continue;
      taken.push({ x, y, half });
      context.strokeText(text, x, y);
      context.fillText(text, x, y);
    }
    context.restore();
    return element;
  }
}
