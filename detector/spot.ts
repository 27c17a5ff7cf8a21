// One registered manhole: cut it out of the picture's own pixels and ask whether it is open.
import type { ZoneSight } from '#core/detection';
import type { Ring } from '#core/geo';
import type { SpotCard } from '#models';
import { cut, reachOf, type PixelBox, type Pixels } from './pixels.ts';
import type { Network } from './session.ts';

type Spot = NonNullable<ZoneSight['spot']>;

const unsure: Spot = { open: 0, closed: 0, covered: 0, unsure: 1 };

/** Pixels of a larger picture are counted as if it were so wide: its lens seldom shows more in them. */
const mostWidthPx = 1280;

/** The square around a zone that the network is shown: `margin` times its longer side, in pixels of the picture. */
export function spotBox(
  picture: Pick<Pixels, 'widthPx' | 'heightPx'>,
  polygon: Ring,
  margin: number,
): PixelBox & { readonly longestPx: number } {
  const xs = polygon.map((p) => p[0] * picture.widthPx);
  const ys = polygon.map((p) => p[1] * picture.heightPx);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const longestPx = Math.max(right - left, bottom - top);
  const side = longestPx * margin;
  return { x: (left + right) / 2 - side / 2, y: (top + bottom) / 2 - side / 2, w: side, h: side, longestPx };
}

/**
 * Probabilities for a registered manhole, summing to 1. A zone of too few pixels is answered `unsure` without asking; a
 * zone that vehicles or persons hide is at least as `covered` as it is hidden.
 */
export async function judgeSpot(
  spot: Network<SpotCard>,
  pixels: Pixels,
  polygon: Ring,
  hiddenShare: number,
): Promise<Spot> {
  const { card } = spot;
  const box = spotBox(pixels, polygon, card.margin);
  if (box.longestPx * Math.min(1, mostWidthPx / pixels.widthPx) < card.leastPx) return unsure;
  const { widthPx, heightPx } = card.input;
  const area = reachOf(box, widthPx, heightPx, pixels);
  const piece = await pixels.region(area);
  const outputs = await spot.run(cut(piece, { ...box, x: box.x - area.x, y: box.y - area.y }, widthPx, heightPx));
  const p = outputs.get('spot') ?? new Float32Array();
  const free = Math.min(1 - (p[2] ?? 0), 1 - hiddenShare);
  const rest = 1 - (p[2] ?? 0);
  const share = rest > 1e-6 ? free / rest : 0;
  return { open: (p[0] ?? 0) * share, closed: (p[1] ?? 0) * share, covered: 1 - free, unsure: (p[3] ?? 0) * share };
}
