// How an earlier picture of a camera lies in the present one: small shift, turn and zoom, with how sure that is. Patches of both are laid
// over one another by the direction of their edges, which light and weather change least (orientation correlation, Fitch et al. 2002,
// with doubled angles so that a wall darker than its sky and one brighter are the same); the lie is the one that most patches agree on.
import { transform, wavesOf, type Waves } from './fourier.ts';

/** A grey picture, row by row. */
export interface GreyPicture {
  readonly luma: Uint8Array | Uint8ClampedArray;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Width to which both pictures are brought before. */
export const workWidthPx = 512;

/** Shift of the middle in fractions of the picture, turn in degrees clockwise on the screen, zoom: from the earlier to the present picture. */
export interface Lie {
  readonly shiftX: number;
  readonly shiftY: number;
  readonly turnDeg: number;
  readonly zoom: number;
}

export type Registration =
  | { readonly kind: 'aligned'; readonly lie: Lie; readonly agree: number; readonly patches: number }
  /** `few-marks`: too little to hold on to (fog, night, snowfall). `disagree`: its parts lie differently, or it is another view. */
  | { readonly kind: 'not-aligned'; readonly why: 'size' | 'few-marks' | 'disagree' };

const patchPx = 64;
/** Peak of a patch from which it speaks, and what the next best may have of it. */
const leastPeak = 0.12;
const mostRival = 0.8;
const leastPatches = 6;
const leastAgreeing = 0.5;
/** Pixels of the working picture that an agreeing patch may lie off. */
const tolerancePx = 1.25;
const most = { turnDeg: 4, zoom: 0.06 } as const;

/** Is this more than a mast's sway? Then the camera has moved (screens 4.1, 4.4: 2 % of the frame, 1 degree). */
export const isMoved = ({ shiftX, shiftY, turnDeg }: Lie): boolean =>
  Math.abs(shiftX) > 0.02 || Math.abs(shiftY) > 0.02 || Math.abs(turnDeg) > 1;

interface Edges {
  /** Doubled direction of each pixel's edge, weighed by its strength. */
  readonly re: Float32Array;
  readonly im: Float32Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** An edge of this strength counts half. */
const halfStrength = 12;

function edgesOf({ luma, widthPx, heightPx }: GreyPicture): Edges {
  const re = new Float32Array(widthPx * heightPx);
  const im = new Float32Array(widthPx * heightPx);
  const at = (x: number, y: number): number => luma[y * widthPx + x] ?? 0;
  for (let y = 1; y < heightPx - 1; y++) {
    for (let x = 1; x < widthPx - 1; x++) {
      const [nw, n, ne] = [at(x - 1, y - 1), at(x, y - 1), at(x + 1, y - 1)];
      const [w, e] = [at(x - 1, y), at(x + 1, y)];
      const [sw, s, se] = [at(x - 1, y + 1), at(x, y + 1), at(x + 1, y + 1)];
      const gx = (ne + 2 * e + se - nw - 2 * w - sw) / 4;
      const gy = (sw + 2 * s + se - nw - 2 * n - ne) / 4;
      const squared = gx * gx + gy * gy;
      if (squared < 16) continue;
      const strength = Math.sqrt(squared);
      const weight = strength / (strength + halfStrength) / squared;
      re[y * widthPx + x] = (gx * gx - gy * gy) * weight;
      im[y * widthPx + x] = 2 * gx * gy * weight;
    }
  }
  return { re, im, widthPx, heightPx };
}

/** The mean of each square of two by two pixels. */
function halved({ luma, widthPx, heightPx }: GreyPicture): GreyPicture {
  const [w, h] = [widthPx >> 1, heightPx >> 1];
  const out = new Uint8Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const from = 2 * y * widthPx + 2 * x;
      const sum = (luma[from] ?? 0) + (luma[from + 1] ?? 0);
      out[y * w + x] = (sum + (luma[from + widthPx] ?? 0) + (luma[from + widthPx + 1] ?? 0) + 2) >> 2;
    }
  }
  return { luma: out, widthPx: w, heightPx: h };
}

const slopes = new Map<number, Float64Array>();
/** Hann window: a patch fades at its rim, so that its ends need not fit one another. */
function slopeOf(n: number): Float64Array {
  const known =
    slopes.get(n) ?? Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / n));
  slopes.set(n, known);
  return known;
}

/** A patch as waves and the strength of what is in it. */
function patchOf(
  edges: Edges,
  left: number,
  top: number,
  width: number,
  height: number,
): { waves: Waves; energy: number } {
  const waves = wavesOf(width, height);
  const [across, down] = [slopeOf(width), slopeOf(height)];
  let energy = 0;
  for (let y = 0; y < height; y++) {
    const row = top + y;
    if (row < 0 || row >= edges.heightPx) continue;
    for (let x = 0; x < width; x++) {
      const column = left + x;
      if (column < 0 || column >= edges.widthPx) continue;
      const weight = (across[x] ?? 0) * (down[y] ?? 0);
      const re = (edges.re[row * edges.widthPx + column] ?? 0) * weight;
      const im = (edges.im[row * edges.widthPx + column] ?? 0) * weight;
      waves.re[y * width + x] = re;
      waves.im[y * width + x] = im;
      energy += re * re + im * im;
    }
  }
  return { waves, energy };
}

interface Peak {
  readonly dx: number;
  readonly dy: number;
  /** Correlation there, 0..1, and the best one elsewhere as a share of it. */
  readonly height: number;
  readonly rival: number;
}

/** Where what is in `a` is found in `b`. */
function peakOf(a: { waves: Waves; energy: number }, b: { waves: Waves; energy: number }): Peak | undefined {
  const { width, height } = a.waves;
  const scale = Math.sqrt(a.energy * b.energy);
  if (scale < 1e-6) return undefined;
  transform(a.waves, -1);
  transform(b.waves, -1);
  const product = wavesOf(width, height);
  for (let i = 0; i < width * height; i++) {
    const [ar, ai] = [a.waves.re[i] ?? 0, a.waves.im[i] ?? 0];
    const [br, bi] = [b.waves.re[i] ?? 0, b.waves.im[i] ?? 0];
    product.re[i] = ar * br + ai * bi;
    product.im[i] = ar * bi - ai * br;
  }
  transform(product, 1);
  const value = (x: number, y: number): number =>
    product.re[((y + height) % height) * width + ((x + width) % width)] ?? 0;
  let best = 0;
  for (let i = 1; i < product.re.length; i++) if ((product.re[i] ?? 0) > (product.re[best] ?? 0)) best = i;
  const [px, py] = [best % width, Math.floor(best / width)];
  const top = value(px, py);
  let rival = 0;
  for (let i = 0; i < product.re.length; i++) {
    const awayX = Math.abs((((i % width) - px + width + width / 2) % width) - width / 2);
    const awayY = Math.abs(((Math.floor(i / width) - py + height + height / 2) % height) - height / 2);
    if ((awayX > 4 || awayY > 4) && (product.re[i] ?? 0) > rival) rival = product.re[i] ?? 0;
  }
  const [dx, dy] = [
    px + vertexOf(value(px - 1, py), top, value(px + 1, py)),
    py + vertexOf(value(px, py - 1), top, value(px, py + 1)),
  ];
  return {
    dx: dx > width / 2 ? dx - width : dx,
    dy: dy > height / 2 ? dy - height : dy,
    height: top / (width * height) / scale,
    rival: top > 0 ? rival / top : 1,
  };
}

/** Where between its neighbours a parabola through three values is highest, -0.5..0.5. */
function vertexOf(before: number, here: number, after: number): number {
  const bend = before - 2 * here + after;
  return bend >= 0 ? 0 : Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)));
}

/** One patch: its middle in the earlier picture and in the present one, from the middle of the picture, in working pixels. */
interface Pair {
  readonly x: number;
  readonly y: number;
  readonly toX: number;
  readonly toY: number;
}

/** `to = (a, -b; b, a) from + (tx, ty)`. */
interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/** Least squares over all pairs (Umeyama 1991 without reflection). */
function fitted(pairs: readonly Pair[]): Similarity {
  const n = pairs.length;
  const mean = (of: (pair: Pair) => number): number => pairs.reduce((sum, pair) => sum + of(pair), 0) / n;
  const [mx, my, nx, ny] = [mean((p) => p.x), mean((p) => p.y), mean((p) => p.toX), mean((p) => p.toY)];
  let [along, across, spread] = [0, 0, 0];
  for (const { x, y, toX, toY } of pairs) {
    const [ux, uy, vx, vy] = [x - mx, y - my, toX - nx, toY - ny];
    along += ux * vx + uy * vy;
    across += ux * vy - uy * vx;
    spread += ux * ux + uy * uy;
  }
  const [a, b] = spread > 0 ? [along / spread, across / spread] : [1, 0];
  return { a, b, tx: nx - (a * mx - b * my), ty: ny - (b * mx + a * my) };
}

const offBy = ({ a, b, tx, ty }: Similarity, { x, y, toX, toY }: Pair): number =>
  Math.hypot(a * x - b * y + tx - toX, b * x + a * y + ty - toY);

const isSmall = ({ a, b }: Similarity): boolean =>
  Math.abs(Math.hypot(a, b) - 1) <= most.zoom && Math.abs(Math.atan2(b, a)) <= (most.turnDeg * Math.PI) / 180;

/** The pairs that agree on one lie: tried from every two, so that what moved or came new has no say. */
function agreeing(pairs: readonly Pair[]): readonly Pair[] {
  let best: readonly Pair[] = [];
  pairs.forEach((one, i) => {
    for (const other of pairs.slice(i + 1)) {
      if (Math.hypot(one.x - other.x, one.y - other.y) < patchPx) continue;
      const lie = fitted([one, other]);
      if (!isSmall(lie)) continue;
      const like = pairs.filter((pair) => offBy(lie, pair) <= tolerancePx);
      if (like.length > best.length) best = like;
    }
  });
  return best;
}

const powerUnder = (n: number): number => 2 ** Math.floor(Math.log2(n));

/** The shift of the whole view in working pixels, to within a few: patches are then searched beside it. */
function wholeShift(before: GreyPicture, now: GreyPicture): { dx: number; dy: number } {
  const [a, b] = [edgesOf(halved(before)), edgesOf(halved(now))];
  const [width, height] = [powerUnder(a.widthPx), powerUnder(a.heightPx)];
  const [left, top] = [(a.widthPx - width) >> 1, (a.heightPx - height) >> 1];
  const peak = peakOf(patchOf(a, left, top, width, height), patchOf(b, left, top, width, height));
  return peak ? { dx: Math.round(2 * peak.dx), dy: Math.round(2 * peak.dy) } : { dx: 0, dy: 0 };
}

/** Tops of so many patches that cover `sizePx` evenly, half over one another. */
const startsOf = (sizePx: number): number[] => {
  const n = Math.max(1, Math.ceil((sizePx - patchPx) / (patchPx / 1.5)) + 1);
  return Array.from({ length: n }, (_, i) => Math.round((i * (sizePx - patchPx)) / Math.max(1, n - 1)));
};

/**
 * Lays `before` over `now`, both of the same size and `workWidthPx` wide. Shifts up to an eighth of the picture, turns up to 4 degrees and zooms up to
 * 6 % are found; anything that too few patches agree on is said to be not aligned.
 */
export function registered(before: GreyPicture, now: GreyPicture): Registration {
  const { widthPx, heightPx } = now;
  if (before.widthPx !== widthPx || before.heightPx !== heightPx) return { kind: 'not-aligned', why: 'size' };
  const whole = wholeShift(before, now);
  // A whole shift beyond what is searched is chance: the patches then speak for themselves.
  const isFar = Math.abs(whole.dx) > widthPx / 8 || Math.abs(whole.dy) > heightPx / 8;
  const by = isFar ? { dx: 0, dy: 0 } : whole;
  const [a, b] = [edgesOf(before), edgesOf(now)];
  const pairs: Pair[] = [];
  for (const top of startsOf(heightPx)) {
    for (const left of startsOf(widthPx)) {
      const from = patchOf(a, left, top, patchPx, patchPx);
      const peak = peakOf(from, patchOf(b, left + by.dx, top + by.dy, patchPx, patchPx));
      if (!peak || peak.height < leastPeak || peak.rival > mostRival) continue;
      const [x, y] = [left + patchPx / 2 - widthPx / 2, top + patchPx / 2 - heightPx / 2];
      pairs.push({ x, y, toX: x + by.dx + peak.dx, toY: y + by.dy + peak.dy });
    }
  }
  if (pairs.length < leastPatches) return { kind: 'not-aligned', why: 'few-marks' };
  const like = agreeing(pairs);
  const lie = like.length === 0 ? undefined : fitted(like);
  const spreadPx = like.length === 0 ? 0 : Math.max(...like.map(({ x }) => x)) - Math.min(...like.map(({ x }) => x));
  const isOne = like.length >= leastPatches && like.length >= leastAgreeing * pairs.length && spreadPx >= widthPx / 4;
  if (!lie || !isOne || !isSmall(lie)) return { kind: 'not-aligned', why: 'disagree' };
  return {
    kind: 'aligned',
    lie: {
      shiftX: lie.tx / widthPx,
      shiftY: lie.ty / heightPx,
      turnDeg: (Math.atan2(lie.b, lie.a) * 180) / Math.PI,
      zoom: Math.hypot(lie.a, lie.b),
    },
    agree: like.length,
    patches: pairs.length,
  };
}
