// The face: opens the networks once and says what one frame shows in each zone. What it means is decided elsewhere.
import type { Zone } from '#core/camera';
import type { Detection, Quality, Sight, ZoneSight } from '#core/detection';
import type { HazardName } from '#core/hazard-name';
import type { Log } from '#core/log';
import { ratio } from '#core/units';
import type { Calibration, ModelCard, RoadCard, SpotCard } from '#models';
import { bankIn } from './bank.ts';
import { decodeCentres, decodeDistances, withoutDoubles } from './decode-boxes.ts';
import { checkFrame, greyOf, pixelsOf, stretch, type Frame, type Pixels } from './pixels.ts';
import { judgeQuality, measureExposure } from './quality.ts';
import { judgeView, matchView, outlineOf, type Outline } from './reference.ts';
import { openNetwork, type Network, type Outputs } from './session.ts';
import { judgeSpot } from './spot.ts';
import { cellsOf, meanOver, surfaceOf, withWitness, withoutBoxes } from './zones.ts';

export interface SeeOptions {
  /** Hazards that this camera is asked about; spots are judged for `open-manhole` only. All four when absent. */
  readonly hazards?: readonly HazardName[];
  /** Outline of the preset's reference picture: without it a moved camera is not noticed. */
  readonly reference?: Outline;
  /** The picture at its own size: single spots are cut from it, where the frame is a reduced one. */
  readonly pixels?: Pixels;
  /** Digest of this camera's last frame, where an equal one cannot be honest: see `judgeQuality`. */
  readonly lastDigest?: string;
}

/** A sight and what it cost: CPU milliseconds of this process by part. */
export interface Seen extends Sight {
  readonly digest: string;
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
  readonly models?: { readonly road?: string; readonly spot?: string };
}

const isRoad = (card: ModelCard): card is RoadCard => card.decoder === 'road';
const isSpot = (card: ModelCard): card is SpotCard => card.decoder === 'spot';

/** Loads the networks: about 0.3 s and 60 MB. Throws MODEL_CHANGED or MODEL_REFUSED. */
export async function openDetector({ root, log, models = {} }: DetectorOptions): Promise<Detector> {
  const road = await openNetwork(root, models.road ?? 'road-v0', isRoad);
  const spot = await openNetwork(root, models.spot ?? 'spot-v0', isSpot);
  const names = [road, spot].map(({ card }) => `${card.name}@${card.version}`);
  log?.debug({ models: names }, 'detector is open');
  return {
    models: names,
    see: (frame, zones, options = {}) => see(road, spot, names, frame, zones, options),
    async [Symbol.asyncDispose]() {
      await road[Symbol.asyncDispose]();
      await spot[Symbol.asyncDispose]();
    },
  };
}

async function see(
  road: Network<RoadCard>,
  spot: Network<SpotCard>,
  models: string[],
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
  const quality = viewOf(judgeQuality(exposure, options.lastDigest), options.reference, () => outlineOf(grey));
  const qualityMs = lap();
  const outputs = await road.run(input);
  let infer = lap();
  const detections = detectionsOf(road.card, outputs);
  const sights: ZoneSight[] = zones.map((zone) => zoneSight(road.card, outputs, zone, detections));
  let decode = lap();
  if (options.hazards?.includes('open-manhole') ?? true) {
    for (const [i, zone] of zones.entries()) {
      const sight = sights[i];
      if (zone.kind !== 'manhole' || sight === undefined) continue;
      sight.spot = await judgeSpot(spot, options.pixels ?? pixelsOf(frame), zone.polygon, sight.hiddenShare);
      infer += lap();
    }
  }
  decode += lap();
  return {
    quality,
    detections,
    zones: sights,
    models,
    digest: exposure.digest,
    cpuMs: { scale, quality: qualityMs, infer, decode },
  };
}

function viewOf(quality: Quality, reference: Outline | undefined, now: () => Outline): Quality {
  if (quality.kind !== 'good' || reference === undefined) return quality;
  return judgeView(matchView(reference, now()));
}

function output(outputs: Outputs, name: string): Float32Array {
  return outputs.get(name) ?? new Float32Array();
}

/** Cells across and down of an output with the shape [1, channels, down, across]. */
function gridOf(card: RoadCard, name: string): { across: number; down: number } {
  const shape = card.outputs.find((o) => o.name === name)?.shape ?? [];
  return { across: shape[3] ?? 1, down: shape[2] ?? 1 };
}

function detectionsOf(card: RoadCard, outputs: Outputs): Detection[] {
  const base = decodeDistances(output(outputs, 'boxes'), card.classes.boxes, card.input, card.scores.boxes);
  const own = decodeCentres(
    {
      heat: output(outputs, 'heat'),
      size: output(outputs, 'size'),
      offset: output(outputs, 'offset'),
      ...gridOf(card, 'heat'),
    },
    card.classes.objects,
    card.scores.objects,
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

function zoneSight(card: RoadCard, outputs: Outputs, zone: Zone, detections: readonly Detection[]): ZoneSight {
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
  const floodLevel = levelOf(card.calibration.flooding, meanOver(levels, 0, cells), surface.water);
  const snowLevel = levelOf(card.calibration.snow, meanOver(levels, 1, cells), surface.snow);
  const { flooding, snow } = card.witness;
  return {
    zoneId: zone.id,
    surface: withWitness(withWitness(surface, 'water', floodLevel, flooding), 'snow', snowLevel, snow),
    floodLevel,
    snowLevel,
    bank: bankIn(output(outputs, 'surface'), snowPlanes(card), hopeless ? all : open.cells),
    hiddenShare: open.hiddenShare,
  };
}

/** Whether the ground under it is paved is known from the zone: both kinds of snow make a bank. */
const snowPlanes = (card: RoadCard): number[] =>
  card.classes.surface.flatMap((name, plane) => (name === 'snow' || name === 'lawn_snow' ? [plane] : []));

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
