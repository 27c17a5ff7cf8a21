// What a picture of the map must show, checked by its pixels: every camera and every incident in view, compared with a picture without them.
import sharp from 'sharp';
import type { Point } from '#core/place';

/** A picture as bytes, three a pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** The middle of the view and its zoom level, as the map says it. */
export interface View {
  readonly lon: number;
  readonly lat: number;
  readonly zoom: number;
}

export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Reads a PNG. */
export async function pixelsOf(png: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

/** Web Mercator in pixels of the page at a zoom level (EPSG:3857, 256 pixels of the whole world at level 0). */
function mercator({ lon, lat }: Point, zoom: number): [number, number] {
  const side = 256 * 2 ** zoom;
  const sin = Math.sin((lat * Math.PI) / 180);
  return [((lon + 180) / 360) * side, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * side];
}

/** Where a place stands in a picture of this size. */
export function pixelAt(
  point: Point,
  view: View,
  { width, height }: Pick<Pixels, 'width' | 'height'>,
): [number, number] {
  const [x, y] = mercator(point, view.zoom);
  const [cx, cy] = mercator(view, view.zoom);
  return [width / 2 + x - cx, height / 2 + y - cy];
}

/** A difference of one channel that no smoothing makes. */
const leastDifference = 24;

/** Do two pictures differ anywhere within `radius` pixels of a place? */
export function differsNear(a: Pixels, b: Pixels, x: number, y: number, radius: number): boolean {
  const [x0, x1] = [Math.max(0, Math.floor(x - radius)), Math.min(a.width - 1, Math.ceil(x + radius))];
  const [y0, y1] = [Math.max(0, Math.floor(y - radius)), Math.min(a.height - 1, Math.ceil(y + radius))];
  for (let py = y0; py <= y1; py++) {
    for (let px = x0; px <= x1; px++) {
      const at = 3 * (py * a.width + px);
      for (let channel = 0; channel < 3; channel++) {
        if (Math.abs((a.rgb[at + channel] ?? 0) - (b.rgb[at + channel] ?? 0)) >= leastDifference) return true;
      }
    }
  }
  return false;
}

const isIn = ([left, top, right, bottom]: Box, x: number, y: number, margin: number): boolean =>
  x > left - margin && x < right + margin && y > top - margin && y < bottom + margin;

export interface Drawn {
  /** So many should be seen: in view and under nothing. */
  readonly expected: number;
  readonly drawn: number;
}

/**
 * How many of some places are drawn: the picture with them differs from the one without them within `radius` pixels. Places outside the
 * picture or under what covers the map (`covered`) are not expected.
 */
export function drawnOf(
  places: readonly Point[],
  view: View,
  shots: { readonly shown: Pixels; readonly bare: Pixels },
  covered: readonly Box[],
  radius: number,
): Drawn {
  let [expected, drawn] = [0, 0];
  for (const place of places) {
    const [x, y] = pixelAt(place, view, shots.shown);
    if (x < 1 || y < 1 || x > shots.shown.width - 2 || y > shots.shown.height - 2) continue;
    if (covered.some((box) => isIn(box, x, y, radius))) continue;
    expected += 1;
    if (differsNear(shots.shown, shots.bare, x, y, radius)) drawn += 1;
  }
  return { expected, drawn };
}
