// Where lines of text stand on a vehicle, and those that can be a number plate. Pure.
import type { Frame } from './pixels.ts';
import type { TextMap } from './plate-network.ts';

/** A line of text: upper and lower edge as straight lines over x, in pixels of the map. */
export interface Line {
  readonly left: number;
  readonly right: number;
  /** Upper and lower edge at `left` and at `right`. */
  readonly top: readonly [number, number];
  readonly bottom: readonly [number, number];
  /** Mean chance over its pixels. */
  readonly score: number;
}

export const heightOf = ({ top, bottom }: Line): number => (bottom[0] - top[0] + bottom[1] - top[1]) / 2;
export const widthOf = ({ left, right, top }: Line): number => Math.hypot(right - left, top[1] - top[0]);

const pixelChance = 0.3;
const lineChance = 0.5;
const leastHeightPx = 4;
/** The network marks the heart of a text; the text itself reaches beyond it by so much of the heart's height on each side. */
const growAcross = 0.45;
const growDown = 0.42;

/** All lines of text, the largest first: regions of the map that hang together, with straight edges laid along them. */
export function linesOf({ chance, widthPx, heightPx }: TextMap): Line[] {
  const seen = new Uint8Array(widthPx * heightPx);
  const lines: Line[] = [];
  for (let start = 0; start < chance.length; start++) {
    if (seen[start] || (chance[start] ?? 0) < pixelChance) continue;
    const region = flood(chance, seen, start, widthPx, heightPx);
    if (region.count < 30 || region.sum / region.count < lineChance) continue;
    const line = lineAlong(region);
    if (line) lines.push(line);
  }
  return lines.sort((a, b) => heightOf(b) * widthOf(b) - heightOf(a) * widthOf(a));
}

interface Region {
  /** First and last marked row of each column. */
  readonly columns: Map<number, [number, number]>;
  readonly count: number;
  readonly sum: number;
}

function flood(chance: Float32Array, seen: Uint8Array, start: number, widthPx: number, heightPx: number): Region {
  const columns = new Map<number, [number, number]>();
  const stack = [start];
  seen[start] = 1;
  let count = 0;
  let sum = 0;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % widthPx;
    const y = (at - x) / widthPx;
    count++;
    sum += chance[at] ?? 0;
    const column = columns.get(x);
    if (column) {
      column[0] = Math.min(column[0], y);
      column[1] = Math.max(column[1], y);
    } else columns.set(x, [y, y]);
    const next = [
      x > 0 ? at - 1 : -1,
      x < widthPx - 1 ? at + 1 : -1,
      y > 0 ? at - widthPx : -1,
      y < heightPx - 1 ? at + widthPx : -1,
    ];
    for (const one of next) {
      if (one < 0 || seen[one] || (chance[one] ?? 0) < pixelChance) continue;
      seen[one] = 1;
      stack.push(one);
    }
  }
  return { columns, count, sum };
}

/** Straight edges through the middle columns of a region: its rounded ends would bend them. */
function lineAlong({ columns, count, sum }: Region): Line | undefined {
  const xs = [...columns.keys()].sort((a, b) => a - b);
  const [first, last] = [xs[0] ?? 0, (xs.at(-1) ?? 0) + 1];
  const length = last - first;
  const inner = xs.filter((x) => x >= first + 0.12 * length && x <= last - 0.12 * length);
  if (inner.length < 4) return undefined;
  const top = straight(inner.map((x) => [x + 0.5, columns.get(x)?.[0] ?? 0]));
  const bottom = straight(inner.map((x) => [x + 0.5, (columns.get(x)?.[1] ?? 0) + 1]));
  const heart = bottom(first + length / 2) - top(first + length / 2);
  if (heart < 2) return undefined;
  const left = first - growAcross * heart;
  const right = last + growAcross * heart;
  const grow = growDown * heart;
  const line: Line = {
    left,
    right,
    top: [top(left) - grow, top(right) - grow],
    bottom: [bottom(left) + grow, bottom(right) + grow],
    score: sum / count,
  };
  return heightOf(line) >= leastHeightPx ? line : undefined;
}

/** Least squares, once more without what lies far off: a bolt or a shadow that hangs on. */
function straight(points: readonly (readonly [number, number])[]): (x: number) => number {
  const fit = (some: readonly (readonly [number, number])[]): ((x: number) => number) => {
    const n = some.length;
    const meanX = some.reduce((total, [x]) => total + x, 0) / n;
    const meanY = some.reduce((total, [, y]) => total + y, 0) / n;
    let over = 0;
    let under = 0;
    for (const [x, y] of some) {
      over += (x - meanX) * (y - meanY);
      under += (x - meanX) ** 2;
    }
    const slope = under > 0 ? over / under : 0;
    return (x) => meanY + slope * (x - meanX);
  };
  const rough = fit(points);
  const off = points.map(([x, y]) => Math.abs(y - rough(x))).sort((a, b) => a - b);
  const limit = Math.max(1, 2 * (off[Math.floor(off.length / 2)] ?? 0));
  const close = points.filter(([x, y]) => Math.abs(y - rough(x)) <= limit);
  return close.length >= 4 ? fit(close) : rough;
}

/** A plate is 4.6 times as wide as high, seen from the side down to half of that; one row of a two-row plate about twice. */
const aspects = { least: 1.5, most: 9 } as const;
const steepest = 0.5;

/** Lines that have a plate's shape. */
export const plateLike = (lines: readonly Line[]): Line[] =>
  lines.filter((line) => {
    const aspect = widthOf(line) / heightOf(line);
    const slope = Math.abs((line.top[1] - line.top[0]) / (line.right - line.left));
    return aspect >= aspects.least && aspect <= aspects.most && slope <= steepest;
  });

/** Pairs of lines above each other that can be the two rows of one plate, upper row first. */
export function rowPairs(lines: readonly Line[]): [Line, Line][] {
  const pairs: [Line, Line][] = [];
  for (const upper of lines) {
    for (const lower of lines) {
      if (upper === lower) continue;
      const [a, b] = [heightOf(upper), heightOf(lower)];
      const middle = (line: Line): number => (line.left + line.right) / 2;
      const gap = (lower.top[0] + lower.top[1] - upper.bottom[0] - upper.bottom[1]) / 2;
      const alike = a / b > 0.6 && a / b < 1.6;
      const aligned = Math.abs(middle(upper) - middle(lower)) < 0.3 * Math.max(widthOf(upper), widthOf(lower));
      const narrow = widthOf(upper) / a < 4.2 && widthOf(lower) / b < 4.2;
      if (alike && aligned && narrow && gap > -0.8 * a && gap < 0.6 * a) pairs.push([upper, lower]);
    }
  }
  return pairs;
}

/**
 * Straightens a line out of a frame: `heightPx` high, its aspect kept (at most `mostWidthPx`). `scale` is pixels of the frame for
 * one of the map, `margin` how much more than the line is taken on each side, in heights. Cubic (Catmull-Rom) interpolation.
 */
export function straighten(
  frame: Frame,
  line: Line,
  scale: number,
  heightPx: number,
  options: { readonly margin?: number; readonly stretch?: number; readonly mostWidthPx?: number } = {},
): Frame {
  const { margin = 0, stretch = 1, mostWidthPx = 480 } = options;
  const high = heightOf(line);
  const pad = margin * high;
  const long = widthOf(line) + 2 * pad;
  const widthPx = Math.max(48, Math.min(mostWidthPx, Math.round((stretch * heightPx * long) / (high + pad) / 8) * 8));
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  const across = line.right - line.left;
  for (let u = 0; u < widthPx; u++) {
    const share = ((u + 0.5) / widthPx) * (1 + (2 * pad) / across) - pad / across;
    const x = (line.left + share * across) * scale - 0.5;
    const top = (line.top[0] + share * (line.top[1] - line.top[0]) - pad / 2) * scale;
    const bottom = (line.bottom[0] + share * (line.bottom[1] - line.bottom[0]) + pad / 2) * scale;
    for (let v = 0; v < heightPx; v++) {
      const y = top + ((v + 0.5) / heightPx) * (bottom - top) - 0.5;
      sample(frame, x, y, rgb, 3 * (v * widthPx + u));
    }
  }
  return { rgb, widthPx, heightPx };
}

const cubic = (t: number): [number, number, number, number] => [
  -0.5 * t ** 3 + t ** 2 - 0.5 * t,
  1.5 * t ** 3 - 2.5 * t ** 2 + 1,
  -1.5 * t ** 3 + 2 * t ** 2 + 0.5 * t,
  0.5 * t ** 3 - 0.5 * t ** 2,
];

function sample({ rgb, widthPx, heightPx }: Frame, x: number, y: number, to: Uint8Array, at: number): void {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const across = cubic(x - x0);
  const down = cubic(y - y0);
  let [red, green, blue] = [0, 0, 0];
  for (let j = 0; j < 4; j++) {
    const row = Math.min(heightPx - 1, Math.max(0, y0 - 1 + j)) * widthPx;
    for (let i = 0; i < 4; i++) {
      const weight = (across[i] ?? 0) * (down[j] ?? 0);
      const from = 3 * (row + Math.min(widthPx - 1, Math.max(0, x0 - 1 + i)));
      red += weight * (rgb[from] ?? 0);
      green += weight * (rgb[from + 1] ?? 0);
      blue += weight * (rgb[from + 2] ?? 0);
    }
  }
  to[at] = Math.min(255, Math.max(0, Math.round(red)));
  to[at + 1] = Math.min(255, Math.max(0, Math.round(green)));
  to[at + 2] = Math.min(255, Math.max(0, Math.round(blue)));
}
