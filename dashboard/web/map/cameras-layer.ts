// All cameras in one picture of copied sprites. Twelve thousand dots, one layer; a camera that changes is painted alone.
import { xy } from './base.ts';
import { dotKind, dotKinds, dotRadius, dotSheet, dotSide, isMoved, type Dot } from './dots.ts';
import { PictureLayer, type Part, type Sheet } from './picture-layer.ts';
import type { Colours } from './symbols.ts';

/** What the map asks of a layer of cameras, whatever draws it. */
export interface CamerasDrawn {
  readonly way: 'canvas' | 'webgl';
  set(cameras: Iterable<Dot>): void;
}

/** More changes than this at once and the whole picture is painted: each mended place walks over all cameras. */
const mendMost = 60;

class Picture extends PictureLayer {
  readonly #colours: Colours;
  readonly #sheets = new Map<number, HTMLCanvasElement>();
  #marks: readonly Dot[] = [];
  #at = new Float64Array(0);
  #kinds = new Uint8Array(0);

  constructor(colours: Colours) {
    super();
    this.#colours = colours;
  }

  #sheetOf(radius: number): HTMLCanvasElement {
    const known = this.#sheets.get(radius) ?? dotSheet(radius, this.#colours);
    this.#sheets.set(radius, known);
    return known;
  }

  protected override paint({ context, left, top, metres, ratio, resolution }: Sheet, part?: Part): void {
    const radius = dotRadius(resolution) * ratio;
    const sprites = this.#sheetOf(radius);
    const side = dotSide(radius);
    const half = side / 2;
    const { width, height } = context.canvas;
    const [x0, y0, x1, y1] = part ?? [0, 0, width, height];
    for (let i = 0; i < this.#kinds.length; i++) {
      const px = Math.round(((this.#at[2 * i] ?? 0) - left) / metres - half);
      const py = Math.round((top - (this.#at[2 * i + 1] ?? 0)) / metres - half);
      if (px + side < x0 || py + side < y0 || px > x1 || py > y1) continue;
      context.drawImage(sprites, (this.#kinds[i] ?? 0) * side, 0, side, side, px, py, side, side);
    }
  }

  take(marks: readonly Dot[]): void {
    const old = this.#marks;
    const changed: number[] = [];
    const isSame =
      old.length === marks.length &&
      marks.every((mark, i) => {
        const before = old[i];
        if (before === mark) return true;
        if (before?.id !== mark.id || isMoved(before, mark)) return false;
        if (before.state !== mark.state) changed.push(i);
        return true;
      });
    this.#marks = marks;
    if (isSame) {
      const places = changed.flatMap((i): [number, number][] => {
        const kind = dotKinds.indexOf(dotKind(marks[i] ?? { state: 'unknown' }));
        if (this.#kinds[i] === kind) return [];
        this.#kinds[i] = kind;
        return [[this.#at[2 * i] ?? 0, this.#at[2 * i + 1] ?? 0]];
      });
      if (places.length > mendMost) this.renew();
      else if (places.length > 0) this.mend(places, 10);
      return;
    }
    this.#at = new Float64Array(2 * marks.length);
    this.#kinds = new Uint8Array(marks.length);
    marks.forEach((mark, i) => {
      this.#at.set(xy(mark.point), 2 * i);
      this.#kinds[i] = dotKinds.indexOf(dotKind(mark));
    });
    this.renew();
  }
}

export class CamerasLayer implements CamerasDrawn {
  readonly way = 'canvas';
  readonly layer: PictureLayer;
  readonly #picture: Picture;

  constructor(colours: Colours) {
    this.#picture = new Picture(colours);
    this.layer = this.#picture;
  }

  set(cameras: Iterable<Dot>): void {
    this.#picture.take([...cameras]);
  }
}
