// The face: opens the networks once and says what one frame shows in each zone. What it means is decided elsewhere.
import type { Polygon, Zone } from '#core/camera';
import type { Detection, Sight, Surface, ZoneSight } from '#core/detection';
import type { HazardName, ZoneKind } from '#core/hazard-name';
import type { Log } from '#core/log';
import type { Ground, Light } from '#core/past';
import { presetOf } from '#core/preset';
import { ratio } from '#core/units';
import {
  readPast,
  type Calibration,
  type CloseCard,
  type ModelCard,
  type PastCard,
  type RoadCard,
  type SpotCard,
} from '#models';
import { bankIn } from './bank.ts';
import { scoresToAsk, secondBoxes, secondSpot, stepBack, type Boxes } from './close.ts';
import { blindLevelOf, blindnessOf, obscuredBy, withSight } from './blind.ts';
import { decodeCentres, decodeDistances, withoutDoubles } from './decode-boxes.ts';
import {
  judgeZone,
  layBeside,
  noView,
  registrar,
  viewAmong,
  viewBeside,
  type Beside,
  type PastView,
} from './past-compare.ts';
import { groundOf, pastLookOf, pastPlanes, smallLuma, type PastLook } from './past-look.ts';
import { checkFrame, greyOf, pixelsOf, stretch, type Frame, type Grey, type Pixels } from './pixels.ts';
import { judgeQuality, measureExposure } from './quality.ts';
import { openNetwork, type Network, type Outputs } from './session.ts';
import { judgeSpot, spotBox } from './spot.ts';
import { cellsOf, meanOver, surfaceOf, withWitness, withoutBoxes, type Cells } from './zones.ts';

export interface SeeOptions {
  /** Hazards that this camera is asked about; spots are judged for `open-manhole` only. All four when absent. */
  readonly hazards?: readonly HazardName[];
  /**
   * The camera's references (`learnReference`): levels are then those with the past, and a moved camera is noticed. Those of
   * another light, view or network are left out by themselves.
   */
  readonly past?: readonly PastLook[];
  /**
   * In place of `past` for a camera with several views: each with its references, the likeliest first. Only the zones of the view
   * that the frame shows are judged; one that shows none of them is `moved`.
   */
  readonly views?: readonly PastView[];
  /** Also gives `look`, what a reference is learned from. */
  readonly learn?: boolean;
  /** The picture at its own size: single spots are cut from it, where the frame is a reduced one. */
  readonly pixels?: Pixels;
  /** Digest of this camera's last frame, where an equal one cannot be honest: see `judgeQuality`. */
  readonly lastDigest?: string;
  /**
   * A photograph taken by hand from close by, where covers and litter are larger than a city camera ever sees them: costs up
   * to three times as much. A camera's own picture is none.
   */
  readonly isPhoto?: boolean;
  /** Also gives the map of the ground as the network drew it: for measuring. */
  readonly isMapped?: boolean;
}

/** Shares of each class in each cell of the picture, plane by plane, row by row from the top. */
export interface SurfaceMap {
  readonly classes: RoadCard['classes']['surface'];
  readonly shares: Float32Array;
  readonly across: number;
  readonly down: number;
}

/** A sight and what it cost: CPU milliseconds of this process by part. */
export interface Seen extends Sight {
  readonly digest: string;
  /** How likely it is that nobody could judge this picture's ground, 0..1; 1 where the picture alone refuses it. */
  readonly blindness: number;
  /** Light and ground; only when there were references or `learn` asked for it. */
  readonly scene?: { readonly light: Light; readonly ground: Ground };
  /** Only when `learn` asked for it. */
  readonly look?: PastLook;
  /** Only when `isMapped` asked for it. */
  readonly surfaceMap?: SurfaceMap;
  readonly cpuMs: { readonly scale: number; readonly quality: number; readonly infer: number; readonly decode: number };
}

export interface Detector extends AsyncDisposable {
  /** Names and versions of the models that speak. */
  readonly models: readonly string[];
  /**
   * Looks at one frame. A frame that cannot be judged is still shown to the networks; its `quality` says why nobody
   * should believe them. Throws PICTURE_REFUSED (frame's bytes do not fit its size) or MODEL_REFUSED.
   */
  see(frame: Frame, zones: readonly Zone[], options?: SeeOptions): Promise<Seen>;
}

export interface DetectorOptions {
  /** The checkout that holds `models/`. */
  readonly root: string;
  readonly log?: Log;
  /** Folders under `models/`, when others than the released ones are to be tried. */
  readonly models?: { readonly road?: string; readonly spot?: string; readonly close?: string; readonly past?: string };
}

const isRoad = (card: ModelCard): card is RoadCard => card.decoder === 'road';
const isSpot = (card: ModelCard): card is SpotCard => card.decoder === 'spot';
const isClose = (card: ModelCard): card is CloseCard => card.decoder === 'close';

/** Loads the networks: about 0.3 s and 60 MB. Throws MODEL_CHANGED or MODEL_REFUSED. */
export async function openDetector({ root, log, models = {} }: DetectorOptions): Promise<Detector> {
  const road = await openNetwork(root, models.road ?? 'road-v0', isRoad);
  const spot = await openNetwork(root, models.spot ?? 'spot-v0', isSpot);
  const close = await openNetwork(root, models.close ?? 'close-v0', isClose);
  const past = await readPast(root, models.past);
  const names = [road, spot, close].map(({ card }) => `${card.name}@${card.version}`);
  log?.debug({ models: names }, 'detector is open');
  return {
    models: names,
    see: (frame, zones, options = {}) => see({ road, spot, close, past, names }, frame, zones, options),
    async [Symbol.asyncDispose]() {
      await road[Symbol.asyncDispose]();
      await spot[Symbol.asyncDispose]();
      await close[Symbol.asyncDispose]();
    },
  };
}

interface Networks {
  readonly road: Network<RoadCard>;
  readonly spot: Network<SpotCard>;
  readonly close: Network<CloseCard>;
  readonly past: PastCard;
  readonly names: string[];
}

async function see(
  { road, spot, close, past, names }: Networks,
  frame: Frame,
  zones: readonly Zone[],
  options: SeeOptions,
): Promise<Seen> {
  checkFrame(frame);
  const lap = laps();
  const { widthPx, heightPx } = road.card.input;
  const input = await stretch(frame, widthPx, heightPx);
  const scale = lap();
  const grey = greyOf(input, 2);
  const exposure = measureExposure(grey);
  const judged = judgeQuality(exposure, options.lastDigest);
  const qualityMs = lap();
  const outputs = await road.run(input);
  let infer = lap();
  const pixels = options.pixels ?? pixelsOf(frame);
  const reported = road.card.scores.objects;
  const nearly = detectionsOf(road.card, outputs, scoresToAsk(reported, close.card, options.isPhoto));
  const second = await secondBoxes(close, pixels, nearly, reported);
  const boxesOf: Boxes = async (again, least) => detectionsOf(road.card, await road.run(again), least);
  const near = options.isPhoto === true ? await stepBack(close, pixels, input, nearly, second, boxesOf) : [];
  const large = near.filter((d) => d.score >= (reported[d.class] ?? 0.5));
  const detections = withoutDoubles([...second, ...large], road.card.nms);
  const { views } = options;
  const look =
    options.learn === true || options.past?.length || views
      ? lookOf(road.card, outputs, input, grey, detections)
      : null;
  const lieOf = look ? registrar(look) : undefined;
  const shown = views && look && judged.kind === 'good' ? viewAmong(look, views, lieOf) : undefined;
  const references = (views ? shown?.view?.past : options.past) ?? [];
  const viewed =
    shown?.quality ?? (look && !views && judged.kind === 'good' ? viewBeside(look, references, lieOf) : judged);
  const beside = look && viewed.kind !== 'moved' ? layBeside(look, references, lieOf) : null;
  const memory = look && beside ? { card: past, look, beside } : null;
  const mine = views ? zones.filter((zone) => presetOf(zone) === shown?.view?.preset) : zones;
  const sights: ZoneSight[] = mine.map((zone) => zoneSight(road.card, outputs, zone, detections, memory));
  const whole = wholeBlind(road.card, outputs, detections);
  const obscured = obscuredBy(viewed, sights, whole);
  const quality = views && !shown?.view ? noView(obscured, views.length) : obscured;
  let decode = lap();
  if (options.hazards?.includes('open-manhole') ?? true) {
    for (const [i, zone] of mine.entries()) {
      const sight = sights[i];
      if (zone.kind !== 'manhole' || sight === undefined) continue;
      const first = await judgeSpot(spot, pixels, zone.polygon, sight.hiddenShare);
      sight.spot = await secondSpot(close, pixels, spotBox(pixels, zone.polygon, spot.card.margin), first);
      infer += lap();
    }
  }
  decode += lap();
  return {
    quality,
    ...(views ? { preset: shown?.view?.preset ?? null } : {}),
    detections,
    zones: sights.map(withSight),
    models: names,
    digest: exposure.digest,
    blindness: blindnessOf(quality, exposure, whole),
    ...(look ? { scene: { light: look.light, ground: groundOf(sights) } } : {}),
    ...(look && options.learn === true ? { look: { ...look, ground: groundOf(sights) } } : {}),
    ...(options.isMapped === true ? { surfaceMap: surfaceMapOf(road.card, outputs) } : {}),
    cpuMs: { scale, quality: qualityMs, infer, decode },
  };
}

/** What the camera's past needs of a run; null where the network gives no features. */
function lookOf(
  card: RoadCard,
  outputs: Outputs,
  input: Frame,
  grey: Grey,
  detections: readonly Detection[],
): PastLook | null {
  if (!outputs.has('features')) return null;
  const { across, down } = gridOf(card, 'surface');
  const surface = output(outputs, 'surface');
  return pastLookOf({
    frame: input,
    luma: smallLuma(grey),
    detections,
    features: output(outputs, 'features'),
    levels: output(outputs, 'levels'),
    ground: pastPlanes(surface, card.classes.surface, across * down),
    network: `${card.name}@${card.version}`,
  });
}

function output(outputs: Outputs, name: string): Float32Array {
  return outputs.get(name) ?? new Float32Array();
}

/** Cells across and down of an output with the shape [1, channels, down, across]. */
function gridOf(card: RoadCard, name: string): { across: number; down: number } {
  const shape = card.outputs.find((o) => o.name === name)?.shape ?? [];
  return { across: shape[3] ?? 1, down: shape[2] ?? 1 };
}

const surfaceMapOf = (card: RoadCard, outputs: Outputs): SurfaceMap => ({
  classes: card.classes.surface,
  shares: output(outputs, 'surface'),
  ...gridOf(card, 'surface'),
});

function detectionsOf(card: RoadCard, outputs: Outputs, objectScores: RoadCard['scores']['objects']): Detection[] {
  const base = decodeDistances(output(outputs, 'boxes'), card.classes.boxes, card.input, card.scores.boxes);
  const own = decodeCentres(
    {
      heat: output(outputs, 'heat'),
      size: output(outputs, 'size'),
      offset: output(outputs, 'offset'),
      ...gridOf(card, 'heat'),
    },
    card.classes.objects,
    objectScores,
  );
  return withoutDoubles([...base, ...own], card.nms);
}

const hiding: ReadonlySet<string> = new Set([
  'person',
  'bicycle',
  'car',
  'motorcycle',
  'bus',
  'lorry',
  'tipper_raised',
]);

interface Memory {
  readonly card: PastCard;
  readonly look: PastLook;
  readonly beside: Beside;
}

function zoneSight(
  card: RoadCard,
  outputs: Outputs,
  zone: Zone,
  detections: readonly Detection[],
  memory: Memory | null,
): ZoneSight {
  const boxes = detections.filter((d) => hiding.has(d.class)).map((d) => d.box);
  const ground = gridOf(card, 'surface');
  const all = cellsOf(zone.polygon, ground.across, ground.down);
  const open = withoutBoxes(all, boxes);
  // With next to nothing left to see, the whole zone is read; `hiddenShare` tells how little that is worth.
  const hopeless = open.cells.total < 0.05 * all.total;
  const surface = surfaceOf(output(outputs, 'surface'), card.classes.surface, hopeless ? all : open.cells);

  const picture = gridOf(card, 'levels');
  const wide = cellsOf(zone.polygon, picture.across, picture.down);
  const seen = withoutBoxes(wide, boxes);
  const cells = seen.cells.total < 0.05 * wide.total ? wide : seen.cells;
  const levels = output(outputs, 'levels');
  const alone = {
    floodLevel: levelOf(card.calibration.flooding, meanOver(levels, 0, cells), surface.water),
    snowLevel: levelOf(card.calibration.snow, meanOver(levels, 1, cells), surface.snow),
  };
  const withPast =
    memory &&
    judgeZone(
      memory.card,
      memory.look,
      memory.beside,
      zone.polygon,
      boxes,
      { ...alone, surface },
      {
        heaps: zone.hazards.includes('dumping'),
        hole: zone.kind === 'manhole',
      },
    );
  const { floodLevel, snowLevel } = withPast ?? alone;
  const { flooding, snow } = card.witness;
  return {
    zoneId: zone.id,
    surface: withWitness(withWitness(surface, 'water', floodLevel, flooding), 'snow', snowLevel, snow),
    floodLevel,
    snowLevel,
    bank: bankIn(output(outputs, 'surface'), snowPlanes(card), hopeless ? all : open.cells),
    hiddenShare: open.hiddenShare,
    blindLevel: blindIn(card, outputs, zone.polygon, surface, zone.kind),
    ...(withPast ? { past: withPast.past } : {}),
    ...featuresOf(card, outputs, cells),
  };
}

/** Frozen features averaged over a zone's cells, to four places; nothing where the network has none. */
function featuresOf(card: RoadCard, outputs: Outputs, cells: Cells): { features?: number[] } {
  const planes = card.outputs.find((o) => o.name === 'features')?.shape[1];
  if (planes === undefined) return {};
  const map = output(outputs, 'features');
  return {
    features: Array.from({ length: planes }, (_, plane) => Math.round(meanOver(map, plane, cells) * 1e4) / 1e4),
  };
}

/** Whether the ground under it is paved is known from the zone: both kinds of snow make a bank. */
const snowPlanes = (card: RoadCard): number[] =>
  card.classes.surface.flatMap((name, plane) => (name === 'snow' || name === 'lawn_snow' ? [plane] : []));

/** Where nobody has drawn zones: the part of a picture that is mostly ground. */
const groundPolygon: Polygon = [
  [0, 0.4],
  [1, 0.4],
  [1, 1],
  [0, 1],
];

function wholeBlind(card: RoadCard, outputs: Outputs, detections: readonly Detection[]): number {
  const { across, down } = gridOf(card, 'surface');
  const cells = cellsOf(groundPolygon, across, down);
  const open = withoutBoxes(
    cells,
    detections.filter((d) => hiding.has(d.class)).map((d) => d.box),
  ).cells;
  const surface = surfaceOf(
    output(outputs, 'surface'),
    card.classes.surface,
    open.total < 0.05 * cells.total ? cells : open,
  );
  return blindIn(card, outputs, groundPolygon, surface, 'carriageway');
}

/** What the network says of lens, air and light over a polygon, and of its ground; vehicles are no hindrance of this kind. */
function blindIn(card: RoadCard, outputs: Outputs, polygon: Polygon, surface: Surface, kind: ZoneKind): number {
  const { across, down } = gridOf(card, 'levels');
  const plane = card.classes.levels.indexOf('blind');
  const logit = meanOver(output(outputs, 'levels'), plane, cellsOf(polygon, across, down));
  const { dry, wet, water, snow } = surface;
  return blindLevelOf(levelOf(card.calibration.blind, logit, 0), paved.has(kind) ? dry + wet + water + snow : 1);
}

/** Kinds of zones in which there is nothing but ground that the network was taught; elsewhere grass and walls are no news. */
const paved: ReadonlySet<ZoneKind> = new Set([
  'carriageway',
  'crossing',
  'pavement',
  'stop',
  'yard-entry',
  'underpass',
]);

function levelOf(weights: Calibration, logit: number, share: number): number {
  return ratio(1 / (1 + Math.exp(-(weights.bias + weights.logit * logit + weights.share * share))));
}

/** Each call gives the CPU milliseconds of this process since the one before. */
function laps(): () => number {
  let last = process.cpuUsage();
  return () => {
    const now = process.cpuUsage();
    const ms = (now.user - last.user + now.system - last.system) / 1000;
    last = now;
    return ms;
  };
}
