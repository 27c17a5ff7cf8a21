// Drawn water and snow against what the network draws: intersection over union.
import sharp from 'sharp';
import type { SurfaceMap } from '#detector';
import { rounded } from '../statistics.ts';
import type { Judged } from './look.ts';
import { intervalByGroup, type Resampling } from './ranking.ts';

/** Numbers of pixels: in both, and in either. */
export interface Overlap {
  readonly both: number;
  readonly either: number;
}

/** Share from which a pixel counts as drawn by the network. */
const drawnShare = 0.5;

/**
 * Reads the classes' summed share at any place of the picture, 0..1 from its left and top edge: the cells' middles joined
 * by straight lines, as a picture that is made larger.
 */
function sampler(map: SurfaceMap, names: readonly string[]): (x: number, y: number) => number {
  const { across, down, shares } = map;
  const cells = new Float32Array(across * down);
  map.classes.forEach((name, plane) => {
    if (!names.includes(name)) return;
    for (let i = 0; i < cells.length; i++) cells[i] = (cells[i] ?? 0) + (shares[plane * cells.length + i] ?? 0);
  });
  const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  return (x, y) => {
    const column = clamp(x * across - 0.5, across - 1);
    const row = clamp(y * down - 0.5, down - 1);
    const [left, top] = [Math.floor(column), Math.floor(row)];
    const [right, bottom] = [Math.min(across - 1, left + 1), Math.min(down - 1, top + 1)];
    const [fx, fy] = [column - left, row - top];
    const at = (cx: number, cy: number): number => cells[cy * across + cx] ?? 0;
    const above = at(left, top) * (1 - fx) + at(right, top) * fx;
    const below = at(left, bottom) * (1 - fx) + at(right, bottom) * fx;
    return above * (1 - fy) + below * fy;
  };
}

export interface Mask {
  readonly luma: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Reads a mask as grey values. Throws what the decoder throws. */
export async function readMask(path: string): Promise<Mask> {
  const { data, info } = await sharp(path).greyscale().extractChannel(0).raw().toBuffer({ resolveWithObject: true });
  return { luma: data, widthPx: info.width, heightPx: info.height };
}

/** Counts what the network draws as one of the classes against the mask's pixels. */
export function overlapOfMask(
  map: SurfaceMap,
  names: readonly string[],
  mask: Mask,
  isThere: (value: number) => boolean,
): Overlap {
  const share = sampler(map, names);
  let both = 0;
  let either = 0;
  for (let y = 0; y < mask.heightPx; y++) {
    for (let x = 0; x < mask.widthPx; x++) {
      const real = isThere(mask.luma[y * mask.widthPx + x] ?? 0);
      const drawn = share((x + 0.5) / mask.widthPx, (y + 0.5) / mask.heightPx) >= drawnShare;
      if (real && drawn) both++;
      if (real || drawn) either++;
    }
  }
  return { both, either };
}

const tints = { found: [70, 200, 120], missed: [235, 175, 60], wrong: [240, 90, 80] } as const;

/** The picture with the water that was found (green), missed (amber) and drawn where none is (red), as a small JPEG. */
export async function tintedWater(picture: string, map: SurfaceMap, mask: Mask, widthPx: number): Promise<Buffer> {
  const { data, info } = await sharp(picture)
    .resize({ width: widthPx })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const share = sampler(map, ['water']);
  for (let y = 0; y < info.height; y++) {
    for (let x = 0; x < info.width; x++) {
      const [fx, fy] = [(x + 0.5) / info.width, (y + 0.5) / info.height];
      const at = Math.floor(fy * mask.heightPx) * mask.widthPx + Math.floor(fx * mask.widthPx);
      const real = (mask.luma[at] ?? 0) >= 128;
      const drawn = share(fx, fy) >= drawnShare;
      if (!real && !drawn) continue;
      const tint = real && drawn ? tints.found : real ? tints.missed : tints.wrong;
      for (const [i, value] of tint.entries()) {
        const to = (y * info.width + x) * info.channels + i;
        data[to] = ((data[to] ?? 0) + value) / 2;
      }
    }
  }
  const { width, height, channels } = info;
  return sharp(data, { raw: { width, height, channels } }).jpeg({ quality: 75 }).toBuffer();
}

/** Over all pictures together; null where neither holds anything. */
export function pooledIou(overlaps: readonly Overlap[]): number | null {
  const either = overlaps.reduce((sum, one) => sum + one.either, 0);
  const both = overlaps.reduce((sum, one) => sum + one.both, 0);
  return either === 0 ? null : both / either;
}

export interface MaskFigures {
  readonly maskIou: { readonly n: number; readonly value: number | null };
  /** The same with every pixel counting once, and the interval of the mean by group. */
  readonly maskDetail: { readonly pooled: number | null; readonly ci95: readonly [number, number] | null };
}

/** Intersection over union of one picture; 1 where there is nothing to draw and nothing is drawn. */
export const iouOf = ({ both, either }: Overlap): number => (either === 0 ? 1 : both / either);

/** Water: the mean over the pictures of intersection over union. Masks are white (255) where water is. */
export async function waterMasksOf(pictures: readonly Judged[], resampling: Resampling): Promise<MaskFigures> {
  const rows: (Overlap & { readonly group: string })[] = [];
  for (const { item, surfaceMap } of pictures) {
    if (item.list !== 'flooding' || item.maskPath === null || surfaceMap === null) continue;
    const overlap = overlapOfMask(surfaceMap, ['water'], await readMask(item.maskPath), (value) => value >= 128);
    rows.push({ ...overlap, group: item.group });
  }
  const mean = (some: readonly Overlap[]): number | null =>
    some.length === 0 ? null : some.reduce((sum, one) => sum + iouOf(one), 0) / some.length;
  return {
    maskIou: { n: rows.length, value: rounded(mean(rows), 3) },
    maskDetail: { pooled: rounded(pooledIou(rows), 3), ci95: intervalByGroup(rows, mean, resampling, 'maskIou') },
  };
}
