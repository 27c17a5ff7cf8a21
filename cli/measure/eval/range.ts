// `ahual bench range`: how small a thing, and how foreshortened a road, the released networks still judge. Rendered stills whose
// truth is known to the pixel and that the networks never learned from; the limits of `hazards/*/settings.ts` are read off here.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import type { Zone } from '#core/camera';
import { AhualError } from '#core/errors';
import { inRing, type Ring } from '#core/geo';
import { acrossPx, alongPx, depthAt, distanceAt, groundAt, viewFrom, type View } from '#core/range';
import { inRoot } from '#core/root';
import type { Box, Detection, DetectionClass, Sight } from '#core/detection';
import { frameFromJpeg, openDetector, sharedArea, type Frame } from '#detector';
import { defaultHazardSettings } from '#hazards';
import { bar, type Measurement } from '../frame.ts';
import { quantile, rounded } from '../statistics.ts';

const Still = z.looseObject({
  seed: z.number(),
  scene: z.string(),
  light: z.string(),
  camera: z.object({ heightM: z.number(), tiltDeg: z.number(), fovDeg: z.number() }),
  boxes: z.array(
    z.object({
      class: z.string(),
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      visible: z.number(),
      track: z.string(),
    }),
  ),
  zones: z.array(
    z.object({ id: z.string(), kind: z.string(), polygon: z.array(z.tuple([z.number(), z.number()])).min(3) }),
  ),
});
type Still = z.infer<typeof Still>;

/** The picture that the street network sees, and the side of a cell of its surface map, pixels of it. */
const network = { widthPx: 640, heightPx: 384, cellPx: 8 };
/** A wider frame is counted as if it were so wide, as the judge of single manholes does. */
const spotWidthPx = 1280;

/** A thing in a still, its pixels in the network's picture, and whether it was found. */
interface Thing {
  readonly class: 'manhole_open' | 'heap' | 'sacks';
  /** Of a heap its own; of an open manhole those of an opening of `openingM` at its place, whatever lies around it. */
  readonly acrossPx: number;
  readonly alongPx: number;
  readonly found: boolean;
}

/** A stretch of a road zone in which a cell of the map covers about the same length of road. */
interface Strip {
  readonly cellM: number;
  readonly cells: number;
  readonly truth: { readonly water: number; readonly snow: number };
  readonly said: { readonly water: number; readonly snow: number };
}

interface Spot {
  readonly longPx: number;
  readonly shortPx: number;
  readonly isOpen: boolean;
  readonly open: number;
  readonly closed: number;
}

/** Stills are shown smaller too, for the simulator puts its things near: the rest of the frame is their own mirror image. */
const streetScales = [0.7, 0.5, 0.35];
/** Covers are cut from frames of fewer pixels. */
const spotScales = [0.45, 0.3, 0.2];

const things: readonly Thing['class'][] = ['manhole_open', 'heap', 'sacks'];
const cellEdges = [0.4, 0.7, 1, 1.4, 2, 3, 4.5, 7];
const boxEdges = [0, 20, 34, 48, 60, 70, 85, 100, 130, 1000];
const holeEdges = [0, 6, 8, 10, 12, 14, 17, 20, 25, 1000];
const holeAlongEdges = [0, 3, 4, 5, 6, 7, 9, 12, 16, 1000];
const spotEdges = [0, 6, 9, 12, 16, 22, 30, 45, 2000];

/** Seeds that a network's own list of pictures says it learned from. */
function learnedSeeds(): Set<number> {
  const seeds = new Set<number>();
  for (const model of ['road-v0', 'spot-v0']) {
    const text = readFileSync(inRoot('models', model, 'train-list.csv'), 'utf8');
    for (const [, from, to] of text.matchAll(/seed (\d+)(?:-(\d+))?/g)) {
      for (let seed = Number(from); seed <= Number(to ?? from); seed++) seeds.add(seed);
    }
  }
  return seeds;
}

/** The part of a ring between two rows, y down (Sutherland and Hodgman). */
export function between(ring: Ring, top: number, bottom: number): [number, number][] {
  const cut = (points: Ring, keep: (y: number) => number): [number, number][] =>
    points.flatMap((b, i): [number, number][] => {
      const a = points.at(i - 1) ?? b;
      const [ka, kb] = [keep(a[1]), keep(b[1])];
      const t = ka / (ka - kb);
      const met: [number, number][] = ka >= 0 !== kb >= 0 ? [[a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]] : [];
      return kb >= 0 ? [...met, [b[0], b[1]]] : met;
    });
  return cut(
    cut(ring, (y) => y - top),
    (y) => bottom - y,
  );
}

/** The row at which a cell of the surface map covers `cellM` metres along the road: depth² = H f h m / cell. */
function rowOfCell(view: View, cellM: number): number {
  const depth = Math.sqrt((network.heightPx * view.focalY * view.heightM * cellM) / network.cellPx);
  const sin = Math.sin((view.tiltDeg * Math.PI) / 180);
  const cos = Math.cos((view.tiltDeg * Math.PI) / 180);
  return 0.5 + (view.focalY * (view.heightM / depth - sin)) / cos;
}

function stripsOf(still: Still, view: View): { readonly zone: Zone; readonly cellM: number }[] {
  const roads = still.zones.filter((zone) => zone.kind === 'carriageway');
  return roads.flatMap((road, r) =>
    cellEdges.slice(1).flatMap((to, i) => {
      const from = cellEdges[i] ?? 0;
      const [top, bottom] = [Math.max(0, rowOfCell(view, to)), Math.min(1, rowOfCell(view, from))];
      const polygon = bottom > top ? between(road.polygon, top, bottom) : [];
      if (polygon.length < 3) return [];
      const id = `strip-${r}-${i}`;
      return [
        { cellM: (from + to) / 2, zone: { id, kind: 'carriageway', polygon, hazards: ['snow'], streetClass: 'none' } },
      ];
    }),
  );
}

interface Mask {
  readonly pixels: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Shares of ground by the mask: 1 dry, 2 wet, 3 water, 4 and 5 snow, 6 soil; things standing on it are left out. */
function truthOf(mask: Mask, ring: Ring): { water: number; snow: number; cells: number } {
  const ys = ring.map((p) => p[1]);
  let [water, snow, all] = [0, 0, 0];
  for (let y = Math.floor(Math.min(...ys) * mask.heightPx); y < Math.max(...ys) * mask.heightPx; y++) {
    for (let x = 0; x < mask.widthPx; x++) {
      if (!inRing((x + 0.5) / mask.widthPx, (y + 0.5) / mask.heightPx, ring)) continue;
      const s = mask.pixels[y * mask.widthPx + x] ?? 0;
      if (s === 0 || s > 6) continue;
      all++;
      if (s === 3) water++;
      if (s === 4 || s === 5) snow++;
    }
  }
  const perCell = (mask.widthPx * mask.heightPx * network.cellPx ** 2) / (network.widthPx * network.heightPx);
  return { water: water / Math.max(1, all), snow: snow / Math.max(1, all), cells: all / perCell };
}

const overlap = (a: Box, b: Box): number => {
  const shared = sharedArea(a, b);
  return shared / Math.max(1e-9, a.w * a.h + b.w * b.h - shared);
};

function isFound(box: Box, classes: readonly DetectionClass[], score: number, seen: readonly Detection[]): boolean {
  return seen.some((d) => classes.includes(d.class) && d.score >= score && overlap(d.box, box) >= 0.3);
}

/** `scale` says how much smaller the still stands in the middle of its frame. */
function thingsOf(still: Still, view: View, sight: Sight, scale = 1): Thing[] {
  const from = (1 - scale) / 2;
  const { 'open-manhole': manhole, dumping } = defaultHazardSettings;
  return still.boxes.flatMap(({ class: name, box: [x, y, w, h], visible }): Thing[] => {
    const known = things.find((one) => one === name);
    if (!known || visible < 0.6) return [];
    const box = { x: from + x * scale, y: from + y * scale, w: w * scale, h: h * scale };
    if (known !== 'manhole_open') {
      const found = isFound(box, ['heap', 'sacks'], dumping.heapScore, sight.detections);
      return [{ class: known, acrossPx: box.w * network.widthPx, alongPx: box.h * network.heightPx, found }];
    }
    const aheadM = distanceAt(view, y + h / 2);
    if (!Number.isFinite(aheadM)) return [];
    const { openingM } = manhole.reach;
    return [
      {
        class: known,
        acrossPx: acrossPx(view, network.widthPx, aheadM, openingM) * scale,
        alongPx: alongPx(view, network.heightPx, aheadM, openingM) * scale,
        found: isFound(box, ['manhole_open'], manhole.boxScore, sight.detections),
      },
    ];
  });
}

/** `scale` says how much smaller than `spotWidthPx` the frame is in which the spots were judged. */
function spotsOf(still: Still, sight: Sight, scale: number): Spot[] {
  return still.zones.flatMap(({ id, kind, polygon }) => {
    const box = still.boxes.find((one) => one.track === id && one.visible >= 0.6);
    const spot = sight.zones.find((one) => one.zoneId === id)?.spot;
    if (kind !== 'manhole' || !box || !spot) return [];
    if (box.class !== 'manhole_open' && box.class !== 'manhole_closed') return [];
    const size = (k: 0 | 1): number => Math.max(...polygon.map((p) => p[k])) - Math.min(...polygon.map((p) => p[k]));
    const [w, h] = [size(0) * spotWidthPx * scale, size(1) * spotWidthPx * scale * (9 / 16)];
    const isOpen = box.class === 'manhole_open';
    return [{ longPx: Math.max(w, h), shortPx: Math.min(w, h), isOpen, open: spot.open, closed: spot.closed }];
  });
}

/** The still in the middle of a frame of its own size, so much smaller, with its mirror image around it. */
async function shrunk(frame: Frame, scale: number): Promise<Frame> {
  const { widthPx, heightPx } = frame;
  const [w, h] = [Math.round(widthPx * scale), Math.round(heightPx * scale)];
  const [left, top] = [Math.round((widthPx - w) / 2), Math.round((heightPx - h) / 2)];
  const raw = { width: widthPx, height: heightPx, channels: 3 as const };
  const small = await sharp(frame.rgb, { raw }).resize(w, h, { fit: 'fill' }).raw().toBuffer();
  const rgb = await sharp(small, { raw: { width: w, height: h, channels: 3 } })
    .extend({ left, top, right: widthPx - w - left, bottom: heightPx - h - top, extendWith: 'mirror' })
    .raw()
    .toBuffer();
  return { rgb, widthPx, heightPx };
}

async function resized(frame: Frame, scale: number): Promise<Frame> {
  const [width, height] = [Math.round(frame.widthPx * scale), Math.round(frame.heightPx * scale)];
  const raw = { width: frame.widthPx, height: frame.heightPx, channels: 3 as const };
  const rgb = await sharp(frame.rgb, { raw }).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { rgb, widthPx: width, heightPx: height };
}

/** Size on the ground, against the truth, of the circle around a registered cover. */
interface Circle {
  readonly across: number;
  readonly along: number;
}

/** Width of the circle that the simulator draws around a cover, metres. */
const circleM = 1.7;

function circlesOf(still: Still, view: View): Circle[] {
  return still.zones.flatMap(({ kind, polygon }) => {
    const points = polygon.flatMap(([x, y]) => groundAt(view, x, y) ?? []);
    const isWhole = polygon.every((point) => point.every((v) => v > 0 && v < 1));
    if (kind !== 'manhole' || !isWhole || points.length < polygon.length) return [];
    const span = (values: readonly number[]): number => (Math.max(...values) - Math.min(...values)) / circleM;
    return [{ across: span(points.map((p) => p.asideM)), along: span(points.map((p) => p.aheadM)) }];
  });
}

const geometryOf = (circles: readonly Circle[]): Row => {
  const at = (of: keyof Circle, q: number): number | null =>
    rounded(
      quantile(
        circles.map((one) => one[of]),
        q,
      ),
      3,
    );
  return {
    n: circles.length,
    'across.p05': at('across', 0.05),
    'across.p50': at('across', 0.5),
    'across.p95': at('across', 0.95),
    'along.p05': at('along', 0.05),
    'along.p50': at('along', 0.5),
    'along.p95': at('along', 0.95),
  };
};

type Row = Readonly<Record<string, number | null>>;

const share = (all: readonly boolean[]): number | null =>
  all.length === 0 ? null : rounded(all.filter(Boolean).length / all.length, 2);
const mean = (all: readonly number[]): number | null =>
  all.length === 0 ? null : rounded(all.reduce((a, b) => a + b, 0) / all.length, 3);

/** One line a band: `<from>-<to>` and what holds there. */
function byBand<T>(items: readonly T[], edges: readonly number[], size: (item: T) => number, row: (of: T[]) => Row) {
  return Object.fromEntries(
    edges.slice(1).map((to, i) => {
      const from = edges[i] ?? 0;
      return [`${from}-${to}`, row(items.filter((item) => size(item) >= from && size(item) < to))] as const;
    }),
  );
}

const stripRow = (strips: readonly Strip[]): Row => {
  const of = (what: 'water' | 'snow'): Row => {
    const full = strips.filter((one) => one.truth[what] >= 0.5);
    const bare = strips.filter((one) => one.truth[what] < 0.05);
    return {
      [`${what}.there`]: full.length,
      [`${what}.saidOfTrue`]: mean(full.map((one) => one.said[what] / one.truth[what])),
      [`${what}.seen`]: share(full.map((one) => one.said[what] >= 0.2)),
      [`${what}.bare`]: bare.length,
      [`${what}.saidWhereNone`]: mean(bare.map((one) => one.said[what])),
      [`${what}.error`]: mean(strips.map((one) => Math.abs(one.said[what] - one.truth[what]))),
    };
  };
  return { n: strips.length, ...of('water'), ...of('snow') };
};

/** Recall of things from a limit to a third above it, over the recall of those at least half as large again. */
function kept<T>(items: readonly T[], size: (item: T) => number, limit: number, isRight: (item: T) => boolean) {
  const right = (of: readonly T[]): number | null => (of.length < 12 ? null : of.filter(isRight).length / of.length);
  const near = right(items.filter((item) => size(item) >= 1.5 * limit));
  const edge = right(items.filter((item) => size(item) >= limit && size(item) < limit * (4 / 3)));
  return near === null || edge === null || near === 0 ? null : rounded(edge / near, 2);
}

/** What the settings' limits promise: at the limit half of the boxes that are found of large things, four fifths of the rest. */
function limitBars(found: readonly Thing[], spots: readonly Spot[], strips: readonly Strip[]): Measurement['bars'] {
  const { 'open-manhole': manhole, dumping, snow } = defaultHazardSettings;
  const of = (name: Thing['class']): Thing[] => found.filter((one) => one.class === name);
  const isFoundThing = (one: Thing): boolean => one.found;
  const snowy = strips.filter((one) => one.truth.snow >= 0.5);
  return [
    bar(
      'range.opening.keptAtLimit',
      '>=',
      0.5,
      kept(of('manhole_open'), (one) => one.acrossPx, manhole.reach.acrossPx, isFoundThing),
    ),
    bar(
      'range.opening.keptAtFlattest',
      '>=',
      0.5,
      kept(of('manhole_open'), (one) => one.alongPx, manhole.reach.alongPx, isFoundThing),
    ),
    bar(
      'range.heap.keptAtLimit',
      '>=',
      0.5,
      kept(of('heap'), (one) => one.acrossPx, dumping.reach.acrossPx, isFoundThing),
    ),
    bar(
      'range.spot.keptAtLimit',
      '>=',
      0.8,
      kept(
        spots,
        (one) => one.shortPx,
        manhole.reach.spotPx,
        (one) => (one.isOpen ? one.open >= manhole.spotOpen : one.open < manhole.spotClear && one.closed >= 0.5),
      ),
    ),
    bar(
      'range.snow.keptAtLimit',
      '>=',
      0.8,
      kept(
        snowy,
        (one) => 1 / one.cellM,
        1 / snow.reach.cellM,
        (one) => one.said.snow >= snow.coveredShare,
      ),
    ),
  ];
}

/** Shows every still of the folder that was not learned from to the released networks. Throws FILE_MISSING when there is none. */
export async function measureRange(options: {
  readonly stills: string;
  readonly limit: number | undefined;
  readonly say: (text: string) => void;
}): Promise<Measurement> {
  const { stills: folder, say } = options;
  const learned = learnedSeeds();
  const names = readdirSync(folder)
    .filter((name) => /^\d+\.json$/.test(name) && !learned.has(Number(name.slice(0, -5))))
    .sort()
    .slice(0, options.limit);
  if (names.length === 0) {
    const cure = 'Render some with seeds that are not in models/road-v0/train-list.csv.';
    throw new AhualError('FILE_MISSING', `${folder} holds no still that the networks have not learned from.`, cure);
  }
  await using detector = await openDetector({ root: inRoot() });
  const found: Thing[] = [];
  const strips: Strip[] = [];
  const spots: Spot[] = [];
  const circles: Circle[] = [];
  for (const [index, name] of names.entries()) {
    const still = Still.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    const stem = join(folder, name.slice(0, -5));
    const frame = await frameFromJpeg(readFileSync(`${stem}.jpg`));
    const { data, info } = await sharp(`${stem}.png`).greyscale().raw().toBuffer({ resolveWithObject: true });
    const mask = { pixels: data, widthPx: info.width, heightPx: info.height };
    const view = viewFrom(still.camera, still.camera.tiltDeg);
    // In a dip of the road nothing lies where flat ground would.
    const isFlat = still.scene !== 'underpass';
    const bands = isFlat ? stripsOf(still, view) : [];
    if (isFlat) circles.push(...circlesOf(still, view));
    const covers: Zone[] = still.zones
      .filter((zone) => zone.kind === 'manhole')
      .map(({ id, polygon }) => ({ id, kind: 'manhole', polygon, hazards: ['open-manhole'], streetClass: 'none' }));
    const sight = await detector.see(frame, [...bands.map(({ zone }) => zone), ...covers], {
      hazards: ['open-manhole'],
    });
    found.push(...thingsOf(still, view, sight));
    spots.push(...spotsOf(still, sight, frame.widthPx / spotWidthPx));
    const hasThings = still.boxes.some((one) => things.some((name) => name === one.class));
    for (const scale of hasThings ? streetScales : []) {
      const small = await detector.see(await shrunk(frame, scale), [], { hazards: [] });
      found.push(...thingsOf(still, view, small, scale));
    }
    for (const scale of covers.length > 0 ? spotScales : []) {
      const few = await resized(frame, scale);
      const small = await detector.see(few, covers, { hazards: ['open-manhole'] });
      spots.push(...spotsOf(still, small, few.widthPx / spotWidthPx));
    }
    for (const { zone, cellM } of bands) {
      const { cells, ...truth } = truthOf(mask, zone.polygon);
      const seen = sight.zones.find((one) => one.zoneId === zone.id);
      // A strip of less than twelve cells says nothing of its band.
      if (!seen || cells < 12 || seen.hiddenShare > 0.5 || !Number.isFinite(depthAt(view, zone.polygon[0]?.[1] ?? 0)))
        continue;
      strips.push({ cellM, cells, truth, said: { water: seen.surface.water, snow: seen.surface.snow } });
    }
    if (index % 100 === 99) say(`${index + 1} of ${names.length} stills`);
  }
  const across = (one: Thing): number => one.acrossPx;
  const along = (one: Thing): number => one.alongPx;
  const ofThing = (name: Thing['class'], edges: readonly number[], size: (one: Thing) => number) =>
    byBand(
      found.filter((one) => one.class === name),
      edges,
      size,
      (of) => ({ n: of.length, recall: share(of.map((one) => one.found)) }),
    );
  const { spotOpen, spotClear } = defaultHazardSettings['open-manhole'];
  return {
    command: 'bench range',
    args: { stills: folder, limit: options.limit ?? null },
    result: {
      stills: names.length,
      models: detector.models.join(', '),
      circles: geometryOf(circles),
      openingAcrossPx: ofThing('manhole_open', holeEdges, across),
      openingAlongPx: ofThing('manhole_open', holeAlongEdges, along),
      heapAcrossPx: ofThing('heap', boxEdges, across),
      sacksAcrossPx: ofThing('sacks', boxEdges, across),
      spotShortPx: byBand(
        spots,
        spotEdges,
        (one) => one.shortPx,
        (of) => {
          const [open, closed] = [of.filter((one) => one.isOpen), of.filter((one) => !one.isOpen)];
          return {
            open: open.length,
            openSaid: share(open.map((one) => one.open >= spotOpen)),
            closed: closed.length,
            closedSaid: share(closed.map((one) => one.open < spotClear && one.closed >= 0.5)),
            closedCalledOpen: share(closed.map((one) => one.open >= spotOpen)),
          };
        },
      ),
      surfaceCellM: byBand(strips, cellEdges, (one) => one.cellM, stripRow),
    },
    bars: limitBars(found, spots, strips),
    notes: [
      'recall at the scores from which a hazard is said; a thing counts from 60 % in view, a strip from twelve cells',
    ],
  };
}
