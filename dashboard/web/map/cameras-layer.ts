// All cameras in one canvas: moved as one picture while a hand moves the map, painted anew at rest. Twelve thousand dots, one layer.
import { Image as ImageLayer } from 'ol/layer.js';
import { ImageCanvas } from 'ol/source.js';
import type { CameraMark } from '../../contract.ts';
import { xy } from './base.ts';
import type { Colours } from './symbols.ts';

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly kind: DotKind;
  readonly mark: CameraMark;
}

type DotKind = 'ok' | 'silent' | 'odd' | 'unknown';

const silentStates: readonly string[] = [
  'unreachable',
  'refused',
  'needs-sign-in',
  'not-found',
  'busy',
  'silent',
  'no-key-frame',
  'garbage',
  'crashed',
];

/** How a camera is drawn: a dot, a dashed ring when it is silent, a hatched square when it sees badly, a faint ring before its first look. */
export const dotKind = (mark: Pick<CameraMark, 'state'>): DotKind =>
  mark.state === 'ok'
    ? 'ok'
    : mark.state === 'unknown'
      ? 'unknown'
      : silentStates.includes(mark.state)
        ? 'silent'
        : 'odd';

/** One dot of a kind on a small canvas: the sheet from which all are copied. */
function dotSprite(kind: DotKind, radius: number, colours: Colours): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const side = Math.ceil(Math.max(10, radius * 4));
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  context.translate(side / 2, side / 2);
  context.lineWidth = Math.max(1, radius / 3);
  // A camera that is well is quieter than one that is not.
  context.strokeStyle = colours.neutral;
  context.fillStyle = colours.mute;
  context.beginPath();
  if (kind === 'ok') {
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.fill();
  } else if (kind === 'odd') {
    const r = Math.max(3, radius * 1.4);
    context.rect(-r, -r, 2 * r, 2 * r);
    for (const at of [-r, 0, r]) {
      context.moveTo(Math.max(-r, at - r), Math.min(r, at + r));
      context.lineTo(Math.min(r, at + r), Math.max(-r, at - r));
    }
    context.stroke();
  } else {
    context.setLineDash([Math.max(2, radius * 0.9), Math.max(1.5, radius * 0.7)]);
    context.globalAlpha = kind === 'unknown' ? 0.6 : 1;
    context.arc(0, 0, Math.max(3, radius * 1.3), 0, 2 * Math.PI);
    context.stroke();
  }
  return canvas;
}

export class CamerasLayer {
  readonly layer: ImageLayer<ImageCanvas>;
  readonly #source: ImageCanvas;
  readonly #colours: Colours;
  #dots: readonly Dot[] = [];
  #sheets = new Map<string, HTMLCanvasElement>();

  constructor(colours: Colours) {
    this.#colours = colours;
    this.#source = new ImageCanvas({
      ratio: 1.4,
      canvasFunction: (extent, resolution, pixelRatio, size) => {
        const canvas = document.createElement('canvas');
        canvas.width = size[0] ?? 1;
        canvas.height = size[1] ?? 1;
        const context = canvas.getContext('2d');
        if (context) this.#paint(context, [extent[0] ?? 0, extent[3] ?? 0], resolution / pixelRatio, pixelRatio);
        return canvas;
      },
    });
    this.layer = new ImageLayer({ source: this.#source });
  }

  #sheet(kind: DotKind, radius: number): HTMLCanvasElement {
    const key = `${kind} ${radius}`;
    const known = this.#sheets.get(key);
    if (known) return known;
    const made = dotSprite(kind, radius, this.#colours);
    this.#sheets.set(key, made);
    return made;
  }

  #paint(
    context: CanvasRenderingContext2D,
    [left, top]: readonly [number, number],
    metresPerPixel: number,
    pixelRatio: number,
  ): void {
    const { width, height } = context.canvas;
    const metres = metresPerPixel * pixelRatio;
    const radius = (metres < 6 ? 4 : metres < 20 ? 2.5 : 1.5) * pixelRatio;
    for (const { x, y, kind } of this.#dots) {
      const px = (x - left) / metresPerPixel;
      const py = (top - y) / metresPerPixel;
      if (px < -20 || py < -20 || px > width + 20 || py > height + 20) continue;
      const sheet = this.#sheet(kind, radius);
      context.drawImage(sheet, Math.round(px - sheet.width / 2), Math.round(py - sheet.height / 2));
    }
  }

  set(cameras: Iterable<CameraMark>): void {
    this.#dots = [...cameras].map((mark) => {
      const [x, y] = xy(mark.point);
      return { x, y, kind: dotKind(mark), mark };
    });
    this.#source.changed();
  }

  /** The camera nearest to a place of the map, not farther than `withinM` map metres. */
  nearest([x, y]: readonly [number, number], withinM: number): CameraMark | undefined {
    let best: Dot | undefined;
    let bestM = withinM;
    for (const dot of this.#dots) {
      const m = Math.hypot(dot.x - x, dot.y - y);
      if (m <= bestM) {
        best = dot;
        bestM = m;
      }
    }
    return best?.mark;
  }
}
