// Rendered stills, where the truth is known to the pixel: ground, shares of zones, boxes by light, size and distance.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Zone } from '#core/camera';
import type { Box, Detection, DetectionClass } from '#core/detection';
import { AhualError, messageOf } from '#core/errors';
import { zoneKinds } from '#core/hazard-name';
import { frameFromJpeg } from '#detector';
import { rounded } from '../statistics.ts';
import { leastBoxPx, matched, type DrawnBox, type Precision } from './boxes.ts';
import { shareOf } from './lists.ts';
import type { Eyes } from './look.ts';
import { overlapOfMask, pooledIou, readMask, type Overlap } from './masks.ts';
import { averagePrecision, rankingOf, type BoxAnswers, type Ranking, type Resampling, type Scored } from './ranking.ts';

/** Share of the seeds that no network learns from; the same number as in models/training/lists.py. */
const heldStills = 0.1;

const Shares = z.object({ dry: z.number(), wet: z.number(), water: z.number(), snow: z.number() });
const Truth = z.object({
  seed: z.number(),
  light: z.string(),
  camera: z.object({ heightM: z.number(), tiltDeg: z.number(), fovDeg: z.number() }).optional(),
  boxes: z.array(
    z.object({
      class: z.string(),
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      visible: z.number(),
    }),
  ),
  zones: z.array(
    z.object({ id: z.string(), kind: z.string(), polygon: z.array(z.tuple([z.number(), z.number()])).min(3) }),
  ),
  shares: z.record(z.string(), Shares),
});
type Truth = z.infer<typeof Truth>;

/** Classes that a still may show under each name of the product; a tipper is a lorry, its body up or down. */
const namesOf: Partial<Record<DetectionClass, readonly string[]>> = {
  person: ['person'],
  car: ['car'],
  bus: ['bus'],
  lorry: ['lorry', 'tipper', 'tipper_raised'],
  tipper_raised: ['tipper_raised'],
  manhole_open: ['manhole_open'],
  manhole_closed: ['manhole_closed'],
  heap: ['heap'],
  sacks: ['sacks'],
  cone: ['cone'],
};
const shownClasses: readonly DetectionClass[] = [
  'person',
  'car',
  'bus',
  'lorry',
  'tipper_raised',
  'manhole_open',
  'manhole_closed',
  'heap',
  'sacks',
  'cone',
];

const groundKinds: readonly string[] = ['carriageway', 'crossing', 'pavement', 'stop', 'yard-entry', 'underpass'];
/** A share that nobody would argue about: under the first it is not there, from the second it is. */
const argued = { flooding: { no: 0.03, yes: 0.2 }, snow: { no: 0.06, yes: 0.3 } } as const;
/** Less visible ground than this share of the zone means nothing (as the reading of snow has it). */
const leastGround = 0.2;

const lights: Readonly<Record<string, string>> = {
  day: 'day',
  overcast: 'day',
  'low-sun': 'day',
  dusk: 'dusk',
  night: 'night',
};

/** Longer side of a box in pixels of the network's picture. */
const sizes = [
  { name: 'under12px', most: 12 },
  { name: '12to24px', most: 24 },
  { name: '24to48px', most: 48 },
  { name: 'over48px', most: Number.POSITIVE_INFINITY },
] as const;
/** Distance on the ground from under the camera, metres. */
const distances = [
  { name: 'under15m', most: 15 },
  { name: '15to25m', most: 25 },
  { name: '25to40m', most: 40 },
  { name: 'over40m', most: Number.POSITIVE_INFINITY },
] as const;

/**
 * Metres along the ground from under the camera to the foot of a box: the angle under the horizon of the row where the
 * box stands, by tilt and field of view (`fovDeg` across the picture, pinhole). Infinite at the horizon and above it.
 */
export function metresTo(
  camera: { readonly heightM: number; readonly tiltDeg: number; readonly fovDeg: number },
  footY: number,
  aspect: number,
): number {
  const halfAcross = Math.tan((camera.fovDeg * Math.PI) / 360);
  const downRad = (camera.tiltDeg * Math.PI) / 180 + Math.atan((2 * footY - 1) * (halfAcross / aspect));
  return downRad <= 0.001 ? Number.POSITIVE_INFINITY : camera.heightM / Math.tan(downRad);
}

interface Still {
  readonly seed: string;
  readonly jpeg: string;
  readonly mask: string;
  readonly truth: string;
}

/** Stills of seeds that no network learns from, at most `limit`, the same ones each time. Throws CONFIG_MISSING without any. */
export function heldStillsOf(folder: string, limit: number): Still[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  } catch (thrown) {
    throw new AhualError(
      'CONFIG_MISSING',
      `${folder} cannot be read: ${messageOf(thrown)}.`,
      'Name a folder of rendered stills.',
    );
  }
  const found = names
    .map((name) => name.slice(0, -'.jpg'.length))
    .filter((seed) => shareOf(`rendered|${seed}`) < heldStills)
    .sort()
    .map((seed) => ({
      seed,
      jpeg: join(folder, `${seed}.jpg`),
      mask: join(folder, `${seed}.png`),
      truth: join(folder, `${seed}.json`),
    }))
    .filter(({ mask, truth }) => existsSync(mask) && existsSync(truth));
  if (found.length > 0) {
    return found.toSorted((a, b) => shareOf(a.seed) - shareOf(b.seed)).slice(0, limit);
  }
  throw new AhualError(
    'CONFIG_MISSING',
    `${folder} holds no rendered still whose seed stayed out of training.`,
    'Make some: node simulator/stage/render.mjs stills --count 100 --seed 100000 --out FOLDER.',
  );
}

interface ZoneRow extends Scored {
  /** Share that is there, share that was read, 0..1 of the visible ground. */
  readonly real: number;
  readonly said: number;
}

interface Seen {
  readonly truth: Truth;
  readonly group: string;
  readonly faint: readonly Detection[];
  readonly aspect: number;
}

export interface ShareError {
  /** Zones that were judged, and zones with too little ground in view. */
  readonly n: number;
  readonly unjudged: number;
  /** Mean of |read - real| over all zones. */
  readonly mean: number | null;
  /** The same over zones with some of it (more than 3 %), where the error matters. */
  readonly whereThere: { readonly n: number; readonly mean: number | null };
}

export type PrecisionBy = Readonly<Record<string, Precision>>;
export interface ClassFigures {
  readonly all: Precision;
  readonly byLight: PrecisionBy;
  readonly bySize: PrecisionBy;
  readonly byDistance: PrecisionBy;
}

export interface StillFigures {
  readonly stills: number;
  readonly iou: { readonly water: number | null; readonly snow: number | null };
  readonly shareError: { readonly flooding: ShareError; readonly snow: ShareError };
  readonly zones: { readonly flooding: Ranking; readonly snow: Ranking };
  readonly ap50: Readonly<Record<string, ClassFigures>>;
}

/** Judges the held-out stills of a folder. `tick` is called after each. Throws CONFIG_MISSING or CONFIG_INVALID. */
export async function measureStills(
  stills: readonly Still[],
  eyes: Eyes,
  resampling: Resampling,
  tick: () => void,
): Promise<StillFigures> {
  const overlaps: { water: Overlap[]; snow: Overlap[] } = { water: [], snow: [] };
  const rows: { flooding: ZoneRow[]; snow: ZoneRow[] } = { flooding: [], snow: [] };
  let unjudged = 0;
  const seen: Seen[] = [];
  for (const still of stills) {
    const truth = readTruth(still.truth);
    const frame = await frameFromJpeg(await readFile(still.jpeg));
    const zones = truth.zones.flatMap((zone) => zoneFrom(zone));
    const sight = await eyes.released.see(frame, zones, { hazards: ['snow', 'flooding'], isMapped: true });
    const group = `rendered|${still.seed}`;
    seen.push({ truth, group, faint: await eyes.faintBoxes(frame, false), aspect: frame.widthPx / frame.heightPx });
    if (sight.surfaceMap) {
      const mask = await readMask(still.mask);
      overlaps.water.push(overlapOfMask(sight.surfaceMap, ['water'], mask, (value) => value === 3));
      overlaps.snow.push(
        overlapOfMask(sight.surfaceMap, ['snow', 'lawn_snow'], mask, (value) => value === 4 || value === 5),
      );
    }
    for (const zone of zones) {
      const ground = sight.zones.find((one) => one.zoneId === zone.id);
      const real = truth.shares[zone.id];
      if (!ground || !real) continue;
      const { dry, wet, water, snow } = ground.surface;
      const visible = dry + wet + water + snow;
      if (visible < leastGround) {
        unjudged++;
        continue;
      }
      const level = (hazard: 'flooding' | 'snow'): number =>
        hazard === 'flooding' ? ground.floodLevel : ground.snowLevel;
      const row = (hazard: 'flooding' | 'snow', share: number, said: number): ZoneRow => ({
        positive: share >= argued[hazard].yes,
        score: level(hazard),
        group,
        source: 'rendered',
        real: share,
        said,
      });
      rows.flooding.push(row('flooding', real.water, water / visible));
      rows.snow.push(row('snow', real.snow, snow / visible));
    }
    tick();
  }
  const zoneRanking = (hazard: 'flooding' | 'snow'): Ranking => {
    const clear = rows[hazard].filter(({ real }) => real <= argued[hazard].no || real >= argued[hazard].yes);
    return rankingOf(clear, resampling, `stills.${hazard}`);
  };
  return {
    stills: seen.length,
    iou: { water: rounded(pooledIou(overlaps.water), 3), snow: rounded(pooledIou(overlaps.snow), 3) },
    shareError: { flooding: errorOf(rows.flooding, unjudged), snow: errorOf(rows.snow, unjudged) },
    zones: { flooding: zoneRanking('flooding'), snow: zoneRanking('snow') },
    ap50: Object.fromEntries(shownClasses.map((name) => [name, classFigures(name, seen, eyes, resampling)])),
  };
}

function readTruth(path: string): Truth {
  const parsed = Truth.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new AhualError(
    'CONFIG_INVALID',
    `${path} is not the truth of a rendered still: ${z.prettifyError(parsed.error)}`,
    'Render the stills with this version of simulator/stage.',
  );
}

function zoneFrom({ id, kind, polygon }: Truth['zones'][number]): Zone[] {
  const known = zoneKinds.find((one) => one === kind);
  const closed = polygon.map(([x, y]): [number, number] => [x, y]);
  return known === undefined || !groundKinds.includes(kind)
    ? []
    : [{ id, kind: known, hazards: ['snow', 'flooding'], streetClass: 'none', polygon: closed }];
}

function errorOf(rows: readonly ZoneRow[], unjudged: number): ShareError {
  const mean = (some: readonly ZoneRow[]): number | null =>
    some.length === 0
      ? null
      : rounded(some.reduce((sum, { real, said }) => sum + Math.abs(said - real), 0) / some.length, 3);
  const there = rows.filter(({ real }) => real > 0.03);
  return { n: rows.length, unjudged, mean: mean(rows), whereThere: { n: there.length, mean: mean(there) } };
}

interface Place {
  readonly sizePx: number;
  readonly metres: number;
}

function classFigures(name: DetectionClass, seen: readonly Seen[], eyes: Eyes, resampling: Resampling): ClassFigures {
  const { widthPx, heightPx } = eyes.road.input;
  const figure = (part: string, isIn: (place: Place) => boolean, lightName?: string): Precision => {
    const answers = seen
      .filter(({ truth }) => lightName === undefined || lights[truth.light] === lightName)
      .map(({ truth, group, faint, aspect }): BoxAnswers => {
        const isAsked = ({ y, w, h }: Box): boolean =>
          isIn({
            sizePx: Math.max(w * widthPx, h * heightPx),
            metres: truth.camera ? metresTo(truth.camera, y + h, aspect) : Number.NaN,
          });
        const drawn = truth.boxes
          .filter((one) => namesOf[name]?.includes(one.class) === true)
          .map(({ box: [x, y, w, h], visible }): DrawnBox => {
            const isBig = w * widthPx * h * heightPx >= leastBoxPx;
            return { x, y, w, h, must: visible >= 0.5 && isBig && isAsked({ x, y, w, h }) };
          });
        const found = faint.filter((d) => d.class === name);
        return matched(drawn, found, group, isAsked);
      });
    return averagePrecision(answers, resampling, `stills.${name}.${part}`);
  };
  const among = (
    bins: readonly { readonly name: string; readonly most: number }[],
    value: (place: Place) => number,
  ): PrecisionBy =>
    Object.fromEntries(
      bins.map((bin, i) => {
        const least = bins[i - 1]?.most ?? 0;
        return [bin.name, figure(bin.name, (place) => value(place) >= least && value(place) < bin.most)];
      }),
    );
  return {
    all: figure('all', () => true),
    byLight: Object.fromEntries(['day', 'dusk', 'night'].map((one) => [one, figure(one, () => true, one)])),
    bySize: among(sizes, ({ sizePx }) => sizePx),
    byDistance: among(distances, ({ metres }) => metres),
  };
}
