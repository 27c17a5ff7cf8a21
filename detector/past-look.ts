// One look as a camera's past keeps it: outlines, light, what is hidden, features and ground, each in a few bytes a cell.
import type { Box, Detection, Surface, ZoneSight } from '#core/detection';
import type { Ground, Light } from '#core/past';
import type { Frame, Grey } from './pixels.ts';
import { outlineOf, type Outline } from './reference.ts';

/** Cells of the network's features and levels, 16 pixels of its input each. */
export const pastGrid = { across: 40, down: 24 } as const;
export const pastCells = pastGrid.across * pastGrid.down;
/** Pixels of the small grey picture. */
export const pastLuma = { widthPx: 160, heightPx: 96 } as const;
/** Planes of the road network's features. */
export const featurePlanes = 32;
/** A feature is kept in eighths: its deviation over all pictures is about 1. */
export const featureSteps = 8;
/** A level's logit is kept in quarters. */
export const levelSteps = 4;

/** What is kept of one look; a reference look is the same, made of several. */
export interface PastLook {
  readonly light: Light;
  readonly ground: Ground;
  /** When its frame came; whoever keeps it says so (0 as it comes from `see`). */
  readonly seenAtMs: number;
  /** Name and version of the network: features of another mean something else. */
  readonly network: string;
  readonly outline: Outline;
  readonly luma: Grey;
  /** 1 where no vehicle or person stood before the ground, cell by cell. */
  readonly open: Uint8Array;
  /** Feature by feature of each cell in eighths: `features[cell * 32 + plane]`. */
  readonly features: Int8Array;
  /** Logits of flooding and snow in quarters, plane by plane. */
  readonly levels: Int8Array;
  /** Shares of water, snow and wet ground in 255ths, plane by plane. */
  readonly ground255: Uint8Array;
}

const hides: ReadonlySet<string> = new Set(['person', 'bicycle', 'car', 'motorcycle', 'bus', 'lorry', 'tipper_raised']);
const byte = (value: number): number => Math.max(-127, Math.min(127, Math.round(value)));

/** Every fourth part of the networks' frame as luma: the mean of the pixels in its even rows and columns. */
export function smallLuma(grey: Grey): Grey {
  const { widthPx, heightPx } = pastLuma;
  const [kx, ky] = [grey.widthPx / widthPx, grey.heightPx / heightPx];
  const luma = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    const rows = [Math.floor(y * ky), Math.floor((y + 1) * ky)] as const;
    smallRow(grey, rows, kx, luma.subarray(y * widthPx, (y + 1) * widthPx));
  }
  return { luma, widthPx, heightPx };
}

/** In a function of its own, which is called often enough to be compiled well. */
function smallRow(grey: Grey, [from, to]: readonly [number, number], kx: number, into: Uint8Array): void {
  for (let x = 0; x < into.length; x++) {
    const [left, right] = [Math.floor(x * kx), Math.floor((x + 1) * kx)];
    let sum = 0;
    for (let y = from; y < to; y++)
      for (let at = y * grey.widthPx + left; at < y * grey.widthPx + right; at++) sum += grey.luma[at] ?? 0;
    into[x] = Math.round(sum / Math.max(1, (to - from) * (right - left)));
  }
}

/** Mean difference of the strongest and the weakest colour under which a picture has none: an infra-red camera's. */
const colourless = 2.5;

/** What light a picture was taken in, by the picture itself. `frame` is sampled, not read whole. */
export function lightOf(luma: Grey, frame: Frame): Light {
  let colour = 0;
  let n = 0;
  for (let at = 0; at + 2 < frame.rgb.length; at += 3 * 199) {
    const [r, g, b] = [frame.rgb[at] ?? 0, frame.rgb[at + 1] ?? 0, frame.rgb[at + 2] ?? 0];
    colour += Math.max(r, g, b) - Math.min(r, g, b);
    n++;
  }
  if (colour / Math.max(1, n) < colourless) return 'infra-red';
  const values = countsOf(luma.luma);
  const mean = values.reduce((sum, n, value) => sum + n * value, 0) / luma.luma.length;
  const darkShare = shareWithin(values, 0, 50);
  if (mean < 55 || darkShare > 0.35 || isLamplit(values, countsOf(topOf(luma)))) return 'night';
  // Chosen on rendered streets whose hour is known: nine of ten nights and days fall where they belong, dusk lies between.
  return mean < 78 ? 'dusk' : 'day';
}

/**
 * A street under lamps fills a camera's range as a day does: dark ground, a dark sky and points of light tell it. Chosen on
 * fixed cameras of the training side: 29 of 37 nights and none of 24 days, where the mean tells no night at all.
 */
const isLamplit = (all: Uint32Array, top: Uint32Array): boolean =>
  shareWithin(all, 226, 256) > 0.003 && quarterOf(all) < 74 && quarterOf(top) < 64;

/** The upper fifth of a picture. */
const topOf = ({ luma, widthPx, heightPx }: Grey): Uint8Array => luma.subarray(0, Math.floor(heightPx / 5) * widthPx);

/** How many pixels have each of the 256 values. */
function countsOf(luma: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  for (const value of luma) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

const total = (counts: Uint32Array): number => counts.reduce((sum, n) => sum + n, 0);
const shareWithin = (counts: Uint32Array, from: number, before: number): number =>
  total(counts.subarray(from, before)) / Math.max(1, total(counts));

/** The value under which a quarter of the pixels lie. */
function quarterOf(counts: Uint32Array): number {
  const quarter = Math.floor(total(counts) / 4);
  let below = 0;
  return counts.findIndex((n) => (below += n) > quarter);
}

export interface LookParts {
  readonly frame: Frame;
  readonly luma: Grey;
  readonly detections: readonly Detection[];
  /** The network's own maps: [32, 24, 40] and [planes, 24, 40]. */
  readonly features: Float32Array;
  readonly levels: Float32Array;
  /** Shares [48, 80] of water, snow and wet ground. */
  readonly ground: readonly Float32Array[];
  readonly network: string;
}

/** Packs what a look found. */
export function pastLookOf(parts: LookParts): PastLook {
  const features = new Int8Array(pastCells * featurePlanes);
  for (let plane = 0; plane < featurePlanes; plane++) keepPlane(parts.features, plane, features);
  const levels = Int8Array.from(parts.levels.subarray(0, 2 * pastCells), (value) => byte(value * levelSteps));
  const ground255 = new Uint8Array(3 * pastCells);
  for (const [plane, map] of parts.ground.entries())
    coarsen(map, ground255.subarray(plane * pastCells, (plane + 1) * pastCells));
  return {
    light: lightOf(parts.luma, parts.frame),
    ground: 'bare',
    seenAtMs: 0,
    network: parts.network,
    outline: outlineOf(parts.luma),
    luma: parts.luma,
    open: openCells(parts.detections),
    features,
    levels,
    ground255,
  };
}

type SurfaceClass = 'other' | 'dry' | 'wet' | 'water' | 'snow' | 'lawn_snow' | 'soil';
const planesOf: readonly (readonly SurfaceClass[])[] = [['water'], ['snow', 'lawn_snow'], ['wet']];

/** Shares of water, snow and wet ground out of a surface map of these classes, with `cells` cells a plane. */
export function pastPlanes(map: Float32Array, classes: readonly SurfaceClass[], cells: number): Float32Array[] {
  return planesOf.map((names) => {
    const planes = classes.flatMap((name, plane) => (names.includes(name) ? [plane] : []));
    const sum = new Float32Array(cells);
    for (const plane of planes)
      for (let cell = 0; cell < cells; cell++) sum[cell] = (sum[cell] ?? 0) + (map[plane * cells + cell] ?? 0);
    return sum;
  });
}

/** What most of the judged ground is, by the zones as they were seen. */
export function groundOf(zones: readonly Pick<ZoneSight, 'surface'>[]): Ground {
  const mean = (pick: (surface: Surface) => number): number =>
    zones.reduce((sum, { surface }) => sum + pick(surface), 0) / Math.max(1, zones.length);
  if (mean((surface) => surface.snow) > 0.3) return 'snow';
  return mean((surface) => surface.wet + surface.water) > mean((surface) => surface.dry) ? 'wet' : 'bare';
}

/** Means of 2 x 2 cells, in 255ths. */
function coarsen(fine: Float32Array, into: Uint8Array): void {
  const { across, down } = pastGrid;
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const at = 2 * y * 2 * across + 2 * x;
      const sum =
        (fine[at] ?? 0) + (fine[at + 1] ?? 0) + (fine[at + 2 * across] ?? 0) + (fine[at + 2 * across + 1] ?? 0);
      into[y * across + x] = Math.round((255 * sum) / 4);
    }
  }
}

/** In a function of its own, which is called often enough to be compiled well. */
function keepPlane(features: Float32Array, plane: number, into: Int8Array): void {
  const from = plane * pastCells;
  for (let cell = 0; cell < pastCells; cell++) {
    const steps = (features[from + cell] ?? 0) * featureSteps;
    into[cell * featurePlanes + plane] = steps > 127 ? 127 : steps < -127 ? -127 : Math.round(steps);
  }
}

/** 1 for each cell whose middle lies under no box of a vehicle or person. */
export function openCells(detections: readonly Detection[]): Uint8Array {
  const { across, down } = pastGrid;
  const open = new Uint8Array(pastCells).fill(1);
  for (const { class: name, box } of detections) if (hides.has(name)) close(open, box, across, down);
  return open;
}

function close(open: Uint8Array, box: Box, across: number, down: number): void {
  const x1 = Math.max(0, Math.ceil(box.x * across - 0.5));
  const x2 = Math.min(across - 1, Math.floor((box.x + box.w) * across - 0.5));
  const y1 = Math.max(0, Math.ceil(box.y * down - 0.5));
  const y2 = Math.min(down - 1, Math.floor((box.y + box.h) * down - 0.5));
  for (let y = y1; y <= y2; y++) for (let x = x1; x <= x2; x++) open[y * across + x] = 0;
}
