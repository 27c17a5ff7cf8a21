// One labelled picture through the released detector and the hazards' own readings.
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Zone } from '#core/camera';
import type { Detection, Quality, Sight, ZoneSight } from '#core/detection';
import { AhualError, messageOf } from '#core/errors';
import { hazardNames, type HazardName } from '#core/hazard-name';
import type { Word } from '#core/observation';
import { inRoot } from '#core/root';
import {
  frameFromJpeg,
  openDetector,
  type Detector,
  type DetectorOptions,
  type Frame,
  type PastLook,
  type SeeOptions,
  type SurfaceMap,
} from '#detector';
import { defaultHazardSettings, hazards } from '#hazards';
import { modelNames, perceptualHash, readModelCard, type ModelCard, type RoadCard, type SpotCard } from '#models';
import type { Item, ListName } from './lists.ts';
import { groundZone, spotZones, watchedZone, wholeZone, zoneOf } from './zones.ts';

/** A registered manhole that a picture is known to show, and what was said of it. */
export interface SpotAnswer {
  readonly positive: boolean;
  /** Probability that it is open. */
  readonly open: number;
  readonly word: Word;
}

export interface Judged {
  readonly item: Item;
  readonly sha256: string;
  readonly perceptualHash: string;
  /** The fingerprint of its mirror image. */
  readonly mirroredHash: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly quality: Quality['kind'];
  /** 0..1: how sure it is that nobody could judge this ground; 1 where the whole picture is refused. */
  readonly blindness: number;
  /** The lowest 60 % of the picture as one zone. */
  readonly ground: ZoneSight;
  /** What one look says of the ground by the hazards' default numbers, whatever the quality of the picture. */
  readonly words: Readonly<Record<HazardName, Word>>;
  /** The same of heaps and sacks anywhere in the picture. */
  readonly anywhere: Word;
  /** Boxes at the scores from which they are reported. */
  readonly detections: readonly Detection[];
  /** Boxes down to a score of `faintScore`, for the lists that are about boxes. */
  readonly faint: readonly Detection[] | null;
  readonly spots: readonly SpotAnswer[];
  /** The ground as the network drew it, where somebody drew the water. */
  readonly surfaceMap: SurfaceMap | null;
  /** By the picture itself; null where the detector does not say. */
  readonly light: PastLook['light'] | null;
  /** What a reference is learned from: of clear pictures of fixed cameras. */
  readonly look: PastLook | null;
}

/** A picture that could not be judged at all. */
export interface Refused {
  readonly item: Item;
  readonly why: string;
}

export const faintScore = 0.05;
const boxLists: ReadonlySet<ListName> = new Set(['manhole', 'waste', 'truck', 'road_cctv']);

/** A picture's bytes in place of those on disk, and what the detector is told beside it. */
export interface Given {
  readonly bytes?: Uint8Array;
  readonly options?: SeeOptions;
  /** Leave out the second pass for faint boxes. */
  readonly isBrief?: boolean;
}

export interface Eyes extends AsyncDisposable {
  /** Every network in use. */
  readonly cards: readonly ModelCard[];
  readonly road: RoadCard;
  /** The detector as a city runs it. */
  readonly released: Detector;
  /** Judges a picture, or says why it cannot be judged; never throws for a bad picture. */
  judge(item: Item, given?: Given): Promise<Judged | Refused>;
  /** Boxes of a frame down to `faintScore`. */
  faintBoxes(frame: Frame, isPhoto: boolean): Promise<readonly Detection[]>;
}

/**
 * Opens the detector, and a second one with the same weights that reports faint boxes too. `candidate` is a folder under
 * `models/` that takes the place of the released network of its kind. Throws MODEL_CHANGED or MODEL_REFUSED.
 */
export async function openEyes(candidate?: string): Promise<Eyes> {
  const names = await namesWith(candidate);
  const cards = await Promise.all(names.map((name) => readModelCard(inRoot(), name)));
  const road = cards.find((card) => card.decoder === 'road');
  const spot = cards.find((card) => card.decoder === 'spot');
  if (road === undefined || spot === undefined) throw new TypeError('the catalogue has no road or no spot network');
  const close = cards.find((card) => card.decoder === 'close');
  const models = { road: road.name, spot: spot.name, ...(close ? { close: close.name } : {}) };
  const released = await openDetector({ root: inRoot(), models });
  const folder = mkdtempSync(join(tmpdir(), 'ahual-eval-'));
  let faint: Detector;
  try {
    faint = await openFaint(folder, road, models);
  } finally {
    // The networks are in memory once they are open.
    rmSync(folder, { recursive: true, force: true });
  }
  const faintBoxes = async (frame: Frame, isPhoto: boolean): Promise<readonly Detection[]> =>
    (await faint.see(frame, [], { hazards: [], isPhoto })).detections;
  return {
    cards,
    road,
    released,
    judge: (item, given = {}) => judge({ released, faintBoxes, spot }, item, given),
    faintBoxes,
    async [Symbol.asyncDispose]() {
      await released[Symbol.asyncDispose]();
      await faint[Symbol.asyncDispose]();
    },
  };
}

async function namesWith(candidate: string | undefined): Promise<string[]> {
  const released: string[] = [...modelNames];
  if (candidate === undefined || released.includes(candidate)) return released;
  const card = await readModelCard(inRoot(), candidate);
  const kinds = await Promise.all(released.map(async (name) => [name, await readModelCard(inRoot(), name)] as const));
  const replaced = kinds.find(([, one]) => one.decoder === card.decoder);
  if (replaced) return released.map((name) => (name === replaced[0] ? candidate : name));
  throw new AhualError(
    'REQUEST_INVALID',
    `The network "${candidate}" cannot take a released one's place.`,
    'Take one of a kind that the detector opens.',
  );
}

function openFaint(root: string, road: RoadCard, models: NonNullable<DetectorOptions['models']>): Promise<Detector> {
  // Whatever else the detector reads beside the networks comes along; how they were made does not.
  const isTraining = (path: string): boolean => path === inRoot('models', 'training');
  cpSync(inRoot('models'), join(root, 'models'), { recursive: true, filter: (path) => !isTraining(path) });
  const lowered = (scores: RoadCard['scores']['boxes']): RoadCard['scores']['boxes'] =>
    Object.fromEntries(Object.keys(scores).map((name) => [name, faintScore]));
  const scores = { boxes: lowered(road.scores.boxes), objects: lowered(road.scores.objects) };
  writeFileSync(join(root, 'models', road.name, 'model.json'), JSON.stringify({ ...road, scores }));
  return openDetector({ root, models });
}

interface Open {
  readonly released: Detector;
  readonly faintBoxes: (frame: Frame, isPhoto: boolean) => Promise<readonly Detection[]>;
  readonly spot: SpotCard;
}

async function judge({ released, faintBoxes, spot }: Open, item: Item, given: Given): Promise<Judged | Refused> {
  let bytes: Uint8Array;
  let frame: Frame;
  try {
    bytes = given.bytes ?? (await readFile(item.path));
    frame = await frameFromJpeg(bytes);
  } catch (thrown) {
    return { item, why: messageOf(thrown) };
  }
  const spots = spotZones(item, frame, spot.margin);
  const zones = [groundZone, watchedZone, wholeZone, ...spots.map(({ zone }) => zone)];
  const learn = given.isBrief !== true;
  const isReference = item.isFixed && item.truth === 'negative';
  const sight = await released.see(frame, zones, {
    ...given.options,
    learn,
    isMapped: item.maskPath !== null,
    isPhoto: !item.isFixed,
  });
  const ground = sight.zones[0];
  if (ground === undefined) return { item, why: 'the detector said nothing of the zone' };
  const { luma, mirrored } = lumaOf(frame);
  const read = (hazard: HazardName, zone: Zone): Word => wordOf(sight, hazard, zone);
  const hasFaint = boxLists.has(item.list) && given.isBrief !== true;
  return {
    item,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    perceptualHash: perceptualHash(luma, frame.widthPx, frame.heightPx),
    mirroredHash: perceptualHash(mirrored, frame.widthPx, frame.heightPx),
    widthPx: frame.widthPx,
    heightPx: frame.heightPx,
    quality: sight.quality.kind,
    blindness: sight.blindness,
    ground,
    words: {
      snow: read('snow', zoneOf.snow),
      flooding: read('flooding', zoneOf.flooding),
      'open-manhole': read('open-manhole', zoneOf['open-manhole']),
      dumping: read('dumping', zoneOf.dumping),
    },
    anywhere: read('dumping', wholeZone),
    detections: sight.detections,
    faint: hasFaint ? await faintBoxes(frame, !item.isFixed) : null,
    spots: spots.map(({ zone, positive }) => ({
      positive,
      open: sight.zones.find((one) => one.zoneId === zone.id)?.spot?.open ?? 0,
      word: read('open-manhole', zone),
    })),
    surfaceMap: sight.surfaceMap ?? null,
    light: sight.look?.light ?? null,
    look: isReference ? (sight.look ?? null) : null,
  };
}

const wordOf = (sight: Sight, hazard: HazardName, zone: Zone): Word =>
  hazards[hazard].read(sight, zone, defaultHazardSettings).word;

/** Luma with the weights of ITU-R 601 in 16 bits, as the train lists were made; also mirrored. */
export function lumaOf({ rgb, widthPx, heightPx }: Pick<Frame, 'rgb' | 'widthPx' | 'heightPx'>): {
  readonly luma: Uint8Array;
  readonly mirrored: Uint8Array;
} {
  const luma = new Uint8Array(widthPx * heightPx);
  const mirrored = new Uint8Array(luma.length);
  for (let y = 0; y < heightPx; y++) {
    const row = y * widthPx;
    for (let x = 0; x < widthPx; x++) {
      const at = (row + x) * 3;
      const value = ((rgb[at] ?? 0) * 19_595 + (rgb[at + 1] ?? 0) * 38_470 + (rgb[at + 2] ?? 0) * 7_471 + 0x8000) >> 16;
      luma[row + x] = value;
      mirrored[row + widthPx - 1 - x] = value;
    }
  }
  return { luma, mirrored };
}

/** Which hazards one look says of an ordinary picture; a picture of no use says none. */
export const raisedIn = (judged: Pick<Judged, 'quality' | 'words'>): HazardName[] =>
  judged.quality === 'good' ? hazardNames.filter((hazard) => judged.words[hazard] === 'hazard') : [];
