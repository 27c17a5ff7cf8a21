// A look beside the camera's own references: is it the same view, how far is the ground from what it ever was, what is new on it.
import type { Box, Quality, Surface } from '#core/detection';
import type { Light, ZonePast } from '#core/past';
import type { Ring } from '#core/geo';
import { ratio } from '#core/units';
import type { PastCard, PastInput, PastWeights } from '#models';
import { difference } from './difference.ts';
import { featurePlanes, featureSteps, levelSteps, pastCells, pastGrid, type PastLook } from './past-look.ts';
import type { Grey } from './pixels.ts';
import { judgeView, matchView, register, sameView, type Lie } from './reference.ts';
import { cellsOf, withoutBoxes, type Cells } from './zones.ts';

/** Planes of the kept levels and shares of ground. */
const [floodPlane, snowPlane, wetPlane] = [0, 1, 2] as const;
/** At most so many references speak at one look. */
const mostAtOnce = 3;

interface Laid {
  readonly look: PastLook;
  readonly lie: Lie;
}

/** What a look was laid beside: the references of its light that show the same view. */
export interface Beside {
  readonly light: Light;
  readonly laid: readonly Laid[];
  /** Distance of each cell to the nearest reference, in deviations of a feature; NaN where none shows it. */
  readonly far: Float32Array;
  /** The same of the references among themselves, averaged; NaN where there is one only. */
  readonly spread: Float32Array;
}

const twilight: Readonly<Record<Light, readonly Light[]>> = {
  day: ['dusk'],
  dusk: ['day', 'night'],
  night: ['dusk'],
  'infra-red': [],
};

/** Where a reference lies in the present look; each is registered once. */
export type LieOf = (reference: PastLook) => Lie;

/** Registers references with a look when they are asked for. */
export function registrar(now: Pick<PastLook, 'outline'>): LieOf {
  const known = new Map<PastLook, Lie>();
  return (look) => {
    const lie = known.get(look) ?? register(look.outline, now.outline);
    known.set(look, lie);
    return lie;
  };
}

/** A registration from here on needs no search: nothing elsewhere can fit clearly better. */
const surely = 0.5;

/**
 * Is this still the view that the references show? `moved` when the reference that fits best where it lay or a small shake
 * beside it fits clearly better elsewhere. One that fits nowhere (fog, snowfall) is not called moved.
 */
export function viewBeside(now: PastLook, references: readonly PastLook[], lieOf: LieOf = registrar(now)): Quality {
  const good: Quality = { kind: 'good', why: '' };
  let best: Laid | undefined;
  // Those of its own light fit best: with them the search is over soonest.
  const sorted = references.toSorted((a, b) => Number(b.light === now.light) - Number(a.light === now.light));
  for (const look of sorted) {
    const lie = lieOf(look);
    if (!best || lie.match > best.lie.match) best = { look, lie };
    if (lie.match >= surely) return good;
  }
  if (!best) return good;
  const match = matchView(best.look.outline, now.outline);
  return judgeView({ ...match, here: Math.max(match.here, best.lie.match) });
}

/** One of a camera's fixed views, with the references that show it. */
export interface PastView {
  readonly preset: string;
  readonly past: readonly PastLook[];
}

/** Which view a look shows: `preset` null and `view` undefined where it shows none of them. */
export interface Shown {
  readonly view: PastView | undefined;
  readonly quality: Quality;
}

/**
 * Which of a camera's views a look shows. They are tried in the order given, so that whoever puts the last known one first has no
 * more to do than with one view. Unlike a camera with one view, one that turns may show anything: what fits none of its references is
 * no view of it. Of views that fit, the best one that fits nowhere else clearly better.
 */
export function viewAmong(
  now: Pick<PastLook, 'outline' | 'light'>,
  views: readonly PastView[],
  lieOf: LieOf = registrar(now),
): Shown {
  let best: (Laid & { readonly view: PastView }) | undefined;
  for (const view of views) {
    const sorted = view.past.toSorted((a, b) => Number(b.light === now.light) - Number(a.light === now.light));
    for (const look of sorted) {
      const lie = lieOf(look);
      if (lie.match >= surely) return { view, quality: { kind: 'good', why: '' } };
      if (!best || lie.match > best.lie.match) best = { look, lie, view };
    }
  }
  if (!best || best.lie.match < sameView) return { view: undefined, quality: { kind: 'good', why: '' } };
  const match = matchView(best.look.outline, now.outline);
  const quality = judgeView({ ...match, here: Math.max(match.here, best.lie.match) });
  return { view: quality.kind === 'good' ? best.view : undefined, quality };
}

/** A picture that can be judged and shows none of a camera's views. */
export const noView = (quality: Quality, views: number): Quality =>
  quality.kind === 'good' ? { kind: 'moved', why: `the picture is none of the camera's ${views} views` } : quality;

/**
 * Lays a look beside the references that may speak: same network, same light (a neighbouring light where there is none), same
 * view by its outlines, nearest first. undefined where none may.
 */
export function layBeside(
  now: PastLook,
  references: readonly PastLook[],
  lieOf: LieOf = registrar(now),
): Beside | undefined {
  const mine = references.filter((look) => look.network === now.network);
  const like = laidOf(
    lieOf,
    mine.filter((look) => look.light === now.light),
  );
  const laid =
    like.length > 0
      ? like
      : laidOf(
          lieOf,
          mine.filter((look) => twilight[now.light].includes(look.light)),
        );
  if (laid.length === 0) return undefined;
  return { light: now.light, laid, far: farOf(now, laid), spread: spreadOf(laid) };
}

function laidOf(lieOf: LieOf, looks: readonly PastLook[]): Laid[] {
  return looks
    .map((look) => ({ look, lie: lieOf(look) }))
    .filter(({ lie }) => lie.match >= sameView)
    .sort((a, b) => b.lie.match - a.lie.match)
    .slice(0, mostAtOnce);
}

/** Whole cells of the network's grid: two cells of the outline are one of it. */
const gridSteps = (lie: Pick<Lie, 'dx' | 'dy'>): [number, number] => [Math.round(lie.dx / 2), Math.round(lie.dy / 2)];

/** Cell of the reference that lies under a present cell; -1 outside, or where a vehicle stood in the reference. */
function under(cell: number, look: PastLook, [sx, sy]: readonly [number, number]): number {
  const { across, down } = pastGrid;
  const x = (cell % across) - sx;
  const y = Math.floor(cell / across) - sy;
  if (x < 0 || y < 0 || x >= across || y >= down) return -1;
  const at = y * across + x;
  return look.open[at] === 1 ? at : -1;
}

function apart(a: Int8Array, cellA: number, b: Int8Array, cellB: number): number {
  let sum = 0;
  const fromA = cellA * featurePlanes;
  const fromB = cellB * featurePlanes;
  for (let plane = 0; plane < featurePlanes; plane++) {
    const step = (a[fromA + plane] ?? 0) - (b[fromB + plane] ?? 0);
    sum += step * step;
  }
  return Math.sqrt(sum / featurePlanes) / featureSteps;
}

function farOf(now: PastLook, laid: readonly Laid[]): Float32Array {
  const far = new Float32Array(pastCells).fill(Number.NaN);
  for (const { look, lie } of laid) {
    const by = gridSteps(lie);
    for (let cell = 0; cell < pastCells; cell++) {
      const at = under(cell, look, by);
      if (at < 0) continue;
      const distance = apart(now.features, cell, look.features, at);
      if (!(distance >= (far[cell] ?? Number.NaN))) far[cell] = distance;
    }
  }
  return far;
}

/** The same sets of references come again with every look of a camera. */
const spreads = new WeakMap<PastLook, Map<string, Float32Array>>();

function spreadOf(laid: readonly Laid[]): Float32Array {
  const key = laid.map(({ look, lie }) => `${look.seenAtMs},${lie.dx},${lie.dy}`).join(' ');
  const first = laid[0]?.look;
  const known = first && spreads.get(first);
  const kept = known?.get(key);
  if (kept) return kept;
  const sum = new Float32Array(pastCells);
  const count = new Float32Array(pastCells);
  for (const one of laid) {
    const others = laid
      .filter((other) => other !== one)
      .map(({ look, lie }) => ({ look, lie: { match: 1, dx: lie.dx - one.lie.dx, dy: lie.dy - one.lie.dy } }));
    farOf(one.look, others).forEach((value, cell) => {
      if (Number.isNaN(value) || one.look.open[cell] !== 1) return;
      sum[cell] = (sum[cell] ?? 0) + value;
      count[cell] = (count[cell] ?? 0) + 1;
    });
  }
  const spread = sum.map((value, cell) => value / (count[cell] ?? 0));
  if (first) {
    const all = [...(known ?? new Map<string, Float32Array>()), [key, spread] as const];
    spreads.set(first, new Map(all.slice(-16)));
  }
  return spread;
}

/** Mean over the cells of a polygon of what is a number there; NaN where nothing is. */
function meanOf(values: ArrayLike<number>, weights: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  for (let cell = 0; cell < pastCells; cell++) {
    const weight = weights[cell] ?? 0;
    const value = values[cell] ?? Number.NaN;
    if (weight <= 0 || Number.isNaN(value)) continue;
    sum += weight * value;
    total += weight;
  }
  return total > 0 ? sum / total : Number.NaN;
}

/** No look is nearer to a reference than this; the reference's own picture would be without end like itself. */
const nearest = 1e-3;

/** Levels of a zone and how sure they are. */
export interface ZoneLevels {
  readonly floodLevel: number;
  readonly snowLevel: number;
}

export interface ZoneJudgement extends ZoneLevels {
  readonly past: ZonePast;
}

/**
 * Judges a zone with the past: the network's levels moved by what the references tell, at most by the card's `most`. undefined
 * where the references show too little of the zone. `hiding` are the boxes of what stands before the ground now.
 */
export function judgeZone(
  card: PastCard,
  now: PastLook,
  beside: Beside,
  polygon: Ring,
  hiding: readonly Box[],
  alone: ZoneLevels & { readonly surface: Surface },
  wants: { readonly heaps: boolean; readonly hole: boolean },
): ZoneJudgement | undefined {
  const all = cellsOf(polygon, pastGrid.across, pastGrid.down);
  const open = withoutBoxes(all, hiding).cells;
  const zone = open.total < 0.05 * all.total ? all : open;
  const within = meanOf(beside.far, zone.weights);
  if (Number.isNaN(within)) return undefined;
  const around = all.weights.map((weight, cell) => (weight > 0 ? 0 : (now.open[cell] ?? 0)));
  const pairs = beside.laid.length - 1;
  const far = Math.log(
    Math.max(nearest, within) /
      shrunk(meanOf(beside.spread, all.weights), pairs, card.spread.within, card.spread.prior),
  );
  // Snow makes the ground unlike every bare one, and so does water: what the other hazard explains speaks for it alone.
  const inputsOf = (level: number, mine: number, plane: number, share: number): Record<PastInput, number> => ({
    alone: logOdds(level),
    far: far > 0 ? far * mine : far,
    farOutside: farOutside(beside, around, pairs, card),
    levelStep: levelStep(now, beside, zone, plane),
    shareStep: share - mostShare(beside, all, plane),
    wetStep: alone.surface.wet - mostShare(beside, all, wetPlane),
    count: Math.log(beside.laid.length),
  });
  const { floodLevel, snowLevel, surface } = alone;
  const flood = inputsOf(floodLevel, (1 - snowLevel) * waterOfWet(surface), floodPlane, surface.water);
  const snow = inputsOf(snowLevel, 1 - floodLevel, snowPlane, surface.snow);
  return {
    floodLevel: levelWith(card.flooding, flood),
    snowLevel: levelWith(card.snow, snow),
    past: {
      references: beside.laid.length,
      light: beside.light,
      floodAlone: alone.floodLevel,
      snowAlone: alone.snowLevel,
      unlike: Math.exp(far),
      ...newShareOf(now, beside, polygon, hiding, wants.heaps),
      ...darkerOf(now, beside, polygon, wants.hole),
    },
  };
}

/** A merely wet street is unlike a dry one too: it speaks for water as far as water and not wet ground is seen on it. */
const waterOfWet = ({ water, wet }: Surface): number => water / (water + wet + 0.05);

/** A mean of few pairs drawn to what is usual. */
const shrunk = (mean: number, pairs: number, usual: number, prior: number): number =>
  Number.isNaN(mean) || pairs === 0 ? usual : (mean * pairs + usual * prior) / (pairs + prior);

function farOutside(beside: Beside, around: Float32Array, pairs: number, { spread }: PastCard): number {
  const far = meanOf(beside.far, around);
  if (Number.isNaN(far)) return 0;
  return Math.log(Math.max(nearest, far) / shrunk(meanOf(beside.spread, around), pairs, spread.outside, spread.prior));
}

function levelStep(now: PastLook, beside: Beside, zone: Cells, plane: number): number {
  const mine = meanOf(now.levels.subarray(plane * pastCells, (plane + 1) * pastCells), zone.weights);
  const theirs = beside.laid.map(({ look }) =>
    meanOf(look.levels.subarray(plane * pastCells, (plane + 1) * pastCells), zone.weights),
  );
  return (mine - theirs.reduce((sum, value) => sum + value, 0) / theirs.length) / levelSteps;
}

function mostShare(beside: Beside, zone: Cells, plane: number): number {
  const shares = beside.laid.map(({ look }) =>
    meanOf(look.ground255.subarray(plane * pastCells, (plane + 1) * pastCells), zone.weights),
  );
  return Math.max(...shares) / 255;
}

const logOdds = (level: number): number => {
  const p = Math.min(1 - 1e-4, Math.max(1e-4, level));
  return Math.log(p / (1 - p));
};

/** The level with the past: what the weights say, as a step from the network's own level that has its bounds. */
export function levelWith({ bias, weights, most }: PastWeights, inputs: Readonly<Record<PastInput, number>>): number {
  let sum = bias;
  for (const [name, value] of Object.entries(inputs)) {
    const weight = Object.entries(weights).find(([of]) => of === name)?.[1] ?? 0;
    sum += weight * value;
  }
  const step = Math.max(-most, Math.min(most, sum - inputs.alone));
  return ratio(1 / (1 + Math.exp(-(inputs.alone + step))));
}

/** Least share of the zone that something new covers in every reference's eyes; what vehicles and people hide is not new. */
function newShareOf(
  now: PastLook,
  beside: Beside,
  polygon: Ring,
  hiding: readonly Box[],
  isWanted: boolean,
): { newShare?: number } {
  const inPlace = beside.laid.filter(({ lie }) => lie.dx === 0 && lie.dy === 0);
  if (!isWanted || inPlace.length === 0) return {};
  let newShare = 1;
  for (const { look } of inPlace) {
    const { share, box } = difference(look.luma, now.luma, polygon);
    const isHidden = box !== undefined && hiding.some((one) => shared(one, box) > 0.4 * box.w * box.h);
    newShare = Math.min(newShare, isHidden ? 0 : share);
    // One that knows the place as it is now is enough.
    if (newShare === 0) break;
  }
  return { newShare };
}

/** Fewer pixels of the small picture across a zone, and its middle cannot be told from its rim. */
const leastHolePx = 6;

/** A dark hole where a cover was: the middle of the zone against its rim, now and in the reference where it is darkest. */
function darkerOf(now: PastLook, beside: Beside, polygon: Ring, isWanted: boolean): { darker?: number } {
  const inPlace = beside.laid.filter(({ lie }) => lie.dx === 0 && lie.dy === 0);
  const mine = isWanted ? hollow(now.luma, polygon) : undefined;
  const theirs = inPlace.flatMap(({ look }) => hollow(look.luma, polygon) ?? []);
  if (mine === undefined || theirs.length === 0) return {};
  return { darker: mine - Math.max(...theirs) };
}

/** How much darker the middle third of a polygon's box is than its rim, as a share of the rim's light; undefined when small. */
function hollow({ luma, widthPx, heightPx }: Grey, polygon: Ring): number | undefined {
  const xs = polygon.map(([x]) => x * widthPx);
  const ys = polygon.map(([, y]) => y * heightPx);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  if (right - left < leastHolePx || bottom - top < leastHolePx / 2) return undefined;
  const sums = { middle: 0, rim: 0, middleN: 0, rimN: 0 };
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(heightPx, bottom); y++) {
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(widthPx, right); x++) {
      const away = Math.hypot((x + 0.5 - left) / (right - left) - 0.5, (y + 0.5 - top) / (bottom - top) - 0.5);
      const value = luma[y * widthPx + x] ?? 0;
      if (away < 0.2) {
        sums.middle += value;
        sums.middleN++;
      } else if (away > 0.35 && away < 0.5) {
        sums.rim += value;
        sums.rimN++;
      }
    }
  }
  if (sums.middleN === 0 || sums.rimN === 0) return undefined;
  const rim = sums.rim / sums.rimN;
  return (rim - sums.middle / sums.middleN) / Math.max(20, rim);
}

function shared(a: Box, b: Box): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return Math.max(0, w) * Math.max(0, h);
}
