// Ground as areas: what cameras can judge, what was not seen for too long, where snow lies. Overlaps are painted once, so that two
// cameras over one crossing do not look better than one.
import type { Point } from '#core/place';
import { xy } from './base.ts';
import { PictureLayer, type Sheet } from './picture-layer.ts';

export interface Area {
  readonly at: Point;
  /** East and north of `at` in decimetres: x1, y1, x2, y2, … Empty: a spot. */
  readonly corners: readonly number[];
}

/** How the areas of one kind look: a fill of this strength and, so that colour is never alone, lines of a pattern. */
export interface AreaLook {
  readonly colour: string;
  readonly alpha: number;
  /** Lines from the lower left to the upper right (`rising`), both ways (`crossed`) or none. */
  readonly hatch: 'none' | 'rising' | 'crossed';
  /** Drawn at least so many pixels of the page across: what asks for attention must not vanish under a dot when the city is far away. */
  readonly leastPx: number;
}

interface Flat {
  readonly x: number;
  readonly y: number;
  /** Map metres from x, y. */
  readonly ring: Float64Array;
  readonly reach: number;
}

/** The corners counter-clockwise: areas that turn against each other would cut holes where they overlap. */
function oneWay(corners: readonly number[]): readonly number[] {
  const n = corners.length / 2;
  let twice = 0;
  for (let i = 0; i < n; i++) {
    const j = (i + 1) % n;
    twice += (corners[2 * i] ?? 0) * (corners[2 * j + 1] ?? 0) - (corners[2 * j] ?? 0) * (corners[2 * i + 1] ?? 0);
  }
  if (twice >= 0) return corners;
  return Array.from({ length: n }, (_, i) => [corners[2 * (n - 1 - i)] ?? 0, corners[2 * (n - 1 - i) + 1] ?? 0]).flat();
}

function flatOf({ at, corners }: Area): Flat {
  const [x, y] = xy(at);
  // Mercator draws a metre longer the further from the equator.
  const stretch = 0.1 / Math.cos((at.lat * Math.PI) / 180);
  const ring = Float64Array.from(oneWay(corners), (dm) => dm * stretch);
  return { x, y, ring, reach: ring.reduce((most, one) => Math.max(most, Math.abs(one)), 0) };
}

function hatched(look: AreaLook): CanvasPattern | string {
  if (look.hatch === 'none') return look.colour;
  const side = 8;
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return look.colour;
  context.fillStyle = `${look.colour}50`;
  context.fillRect(0, 0, side, side);
  context.strokeStyle = look.colour;
  context.lineWidth = 1.6;
  for (const shift of [-side, 0, side]) {
    context.moveTo(shift, side);
    context.lineTo(shift + side, 0);
    if (look.hatch === 'crossed') {
      context.moveTo(shift, 0);
      context.lineTo(shift + side, side);
    }
  }
  context.stroke();
  return context.createPattern(canvas, 'repeat') ?? look.colour;
}

/** A spot without corners is this many device pixels wide at least. */
const spotPx = 8;
/** So many areas go into one path: one path of thousands is slow to fill. */
const pathOf = 150;

export class AreasLayer extends PictureLayer {
  readonly #scratch = document.createElement('canvas');
  #groups: readonly { readonly look: AreaLook; readonly flats: readonly Flat[] }[] = [];

  /** Shows groups of areas, the later over the earlier. */
  show(groups: readonly { readonly look: AreaLook; readonly areas: readonly Area[] }[]): void {
    if (groups.length === 0 && this.#groups.length === 0) return;
    this.#groups = groups.map(({ look, areas }) => ({ look, flats: areas.map(flatOf) }));
    this.renew();
  }

  protected override paint(sheet: Sheet): void {
    const { width, height } = sheet.context.canvas;
    this.#scratch.width = width;
    this.#scratch.height = height;
    const context = this.#scratch.getContext('2d');
    if (!context) return;
    for (const { look, flats } of this.#groups) {
      context.globalCompositeOperation = 'source-over';
      context.clearRect(0, 0, width, height);
      context.fillStyle = look.colour;
      this.#fill(context, flats, sheet, look.leastPx * sheet.ratio);
      if (look.hatch !== 'none') {
        context.globalCompositeOperation = 'source-in';
        context.fillStyle = hatched(look);
        context.fillRect(0, 0, width, height);
      }
      sheet.context.globalAlpha = look.alpha;
      sheet.context.drawImage(this.#scratch, 0, 0);
      sheet.context.globalAlpha = 1;
    }
    // A canvas of the screen's size is not kept for nothing.
    this.#scratch.width = 0;
  }

  #fill(
    context: CanvasRenderingContext2D,
    flats: readonly Flat[],
    { left, top, metres }: Sheet,
    leastPx: number,
  ): void {
    const { width, height } = context.canvas;
    let inPath = 0;
    context.beginPath();
    for (const { x, y, ring, reach } of flats) {
      const [px, py, far] = [(x - left) / metres, (top - y) / metres, reach / metres];
      if (px + far < -leastPx || py + far < -leastPx || px - far > width || py - far > height) continue;
      if (2 * far < leastPx || ring.length < 6) {
        const side = Math.max(leastPx, ring.length < 6 ? spotPx : 0);
        context.rect(px - side / 2, py - side / 2, side, side);
      } else {
        for (let i = 0; i < ring.length; i += 2) {
          const [cx, cy] = [px + (ring[i] ?? 0) / metres, py - (ring[i + 1] ?? 0) / metres];
          if (i === 0) context.moveTo(cx, cy);
          else context.lineTo(cx, cy);
        }
        context.closePath();
      }
      inPath += 1;
      if (inPath < pathOf) continue;
      context.fill();
      context.beginPath();
      inPath = 0;
    }
    context.fill();
  }
}
