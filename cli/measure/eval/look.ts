// One labelled picture through the released detector and the hazards' own readings.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Zone } from '#core/camera';
import type { Detection, Quality, Sight, ZoneSight } from '#core/detection';
import { messageOf } from '#core/errors';
import { hazardNames, type HazardName } from '#core/hazard-name';
import type { Word } from '#core/observation';
import { inRoot } from '#core/root';
import { frameFromJpeg, openDetector, type Detector, type Frame } from '#detector';
import { defaultHazardSettings, hazards } from '#hazards';
import { ModelCard, perceptualHash, type RoadCard, type SpotCard } from '#models';
import type { Item, ListName } from './lists.ts';

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
  readonly widthPx: number;
  readonly heightPx: number;
  /** Mean luma, 0..255. */
  readonly meanLight: number;
  readonly quality: Quality['kind'];
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
}

/** A picture that could not be judged at all. */
export interface Refused {
  readonly item: Item;
  readonly why: string;
}

export const faintScore = 0.05;
const boxLists: ReadonlySet<ListName> = new Set(['manhole', 'waste', 'truck', 'road_cctv']);

/** The part of a picture that is mostly ground: the same zone as the network was measured on when it was made. */
const groundZone: Zone = {
  id: 'ground',
  kind: 'carriageway',
  hazards: ['snow', 'flooding', 'open-manhole'],
  streetClass: 'none',
  polygon: [
    [0, 0.4],
    [1, 0.4],
    [1, 1],
    [0, 1],
  ],
};
const watchedZone: Zone = { ...groundZone, id: 'watched', kind: 'no-dumping', hazards: ['dumping'] };
const wholeZone: Zone = {
  ...watchedZone,
  id: 'whole',
  polygon: [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ],
};
const zoneOf: Readonly<Record<HazardName, Zone>> = {
  snow: groundZone,
  flooding: groundZone,
  'open-manhole': groundZone,
  dumping: watchedZone,
};

/** A box in a hand-held picture fits its cover; a zone that somebody draws for a camera is so much wider. */
const zonePerBox = 2.5;

/** A square zone by its middle and side in pixels; it may reach over the picture's edge. */
function squareZone(id: string, frame: Frame, middleX: number, middleY: number, sidePx: number): Zone {
  const [x1, x2] = [middleX - sidePx / 2, middleX + sidePx / 2].map((x) => x / frame.widthPx);
  const [y1, y2] = [middleY - sidePx / 2, middleY + sidePx / 2].map((y) => y / frame.heightPx);
  const [left, right, top, bottom] = [x1 ?? 0, x2 ?? 0, y1 ?? 0, y2 ?? 0];
  return {
    id,
    kind: 'manhole',
    hazards: ['open-manhole'],
    streetClass: 'none',
    polygon: [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ],
  };
}

/** Every manhole with a box; a close-up without boxes is one as a whole. `margin` is that of the network's card. */
function spotZones(item: Item, frame: Frame, margin: number): { readonly zone: Zone; readonly positive: boolean }[] {
  if (item.list !== 'manhole') return [];
  const { widthPx, heightPx } = frame;
  if (item.boxes.length === 0) {
    const sidePx = Math.max(widthPx, heightPx) / margin;
    return [
      { zone: squareZone('spot-0', frame, widthPx / 2, heightPx / 2, sidePx), positive: item.truth === 'positive' },
    ];
  }
  return item.boxes.flatMap((box, index) => {
    if (box.label !== 'Manhole-Open' && box.label !== 'Manhole-Closed') return [];
    const sidePx = Math.max(box.w * widthPx, box.h * heightPx) * zonePerBox;
    const [x, y] = [(box.x + box.w / 2) * widthPx, (box.y + box.h / 2) * heightPx];
    return [{ zone: squareZone(`spot-${index}`, frame, x, y, sidePx), positive: box.label === 'Manhole-Open' }];
  });
}

export interface Eyes extends AsyncDisposable {
  readonly road: RoadCard;
  readonly spot: SpotCard;
  /** Judges a picture, or says why it cannot be judged; never throws for a bad picture. */
  judge(item: Item): Promise<Judged | Refused>;
}

const cardOf = (name: string): ModelCard =>
  ModelCard.parse(JSON.parse(readFileSync(inRoot('models', name, 'model.json'), 'utf8')));

/** Opens the released detector, and a second one with the same weights that reports faint boxes too. */
export async function openEyes(): Promise<Eyes> {
  const road = cardOf('road-v0');
  const spot = cardOf('spot-v0');
  if (road.decoder !== 'road' || spot.decoder !== 'spot') throw new TypeError('the cards have changed places');
  const released = await openDetector({ root: inRoot() });
  const folder = mkdtempSync(join(tmpdir(), 'ahual-eval-'));
  let faint: Detector;
  try {
    faint = await openFaint(folder, road);
  } finally {
    // The networks are in memory once they are open.
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    road,
    spot,
    judge: (item) => judge({ released, faint, margin: spot.margin }, item),
    async [Symbol.asyncDispose]() {
      await released[Symbol.asyncDispose]();
      await faint[Symbol.asyncDispose]();
    },
  };
}

function openFaint(root: string, road: RoadCard): Promise<Detector> {
  mkdirSync(join(root, 'models', 'road-v0'), { recursive: true });
  const lowered = (scores: RoadCard['scores']['boxes']): RoadCard['scores']['boxes'] =>
    Object.fromEntries(Object.keys(scores).map((name) => [name, faintScore]));
  const scores = { boxes: lowered(road.scores.boxes), objects: lowered(road.scores.objects) };
  writeFileSync(join(root, 'models', 'road-v0', 'model.json'), JSON.stringify({ ...road, scores }));
  cpSync(inRoot('models', 'road-v0', road.file), join(root, 'models', 'road-v0', road.file));
  cpSync(inRoot('models', 'spot-v0'), join(root, 'models', 'spot-v0'), { recursive: true });
  return openDetector({ root });
}

interface Open {
  readonly released: Detector;
  readonly faint: Detector;
  readonly margin: number;
}

async function judge({ released, faint, margin }: Open, item: Item): Promise<Judged | Refused> {
  let bytes: Uint8Array;
  let frame: Frame;
  try {
    bytes = await readFile(item.path);
    frame = await frameFromJpeg(bytes);
  } catch (thrown) {
    return { item, why: messageOf(thrown) };
  }
  const spots = spotZones(item, frame, margin);
  const sight = await released.see(frame, [groundZone, watchedZone, wholeZone, ...spots.map(({ zone }) => zone)]);
  const ground = sight.zones[0];
  if (ground === undefined) return { item, why: 'the detector said nothing of the zone' };
  const { luma, mean } = lumaOf(frame);
  const read = (hazard: HazardName, zone: Zone): Word => wordOf(sight, hazard, zone);
  return {
    item,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    perceptualHash: perceptualHash(luma, frame.widthPx, frame.heightPx),
    widthPx: frame.widthPx,
    heightPx: frame.heightPx,
    meanLight: mean,
    quality: sight.quality.kind,
    ground,
    words: {
      snow: read('snow', zoneOf.snow),
      flooding: read('flooding', zoneOf.flooding),
      'open-manhole': read('open-manhole', zoneOf['open-manhole']),
      dumping: read('dumping', zoneOf.dumping),
    },
    anywhere: read('dumping', wholeZone),
    detections: sight.detections,
    faint: boxLists.has(item.list) ? (await faint.see(frame, [], { hazards: [] })).detections : null,
    spots: spots.map(({ zone, positive }) => ({
      positive,
      open: sight.zones.find((one) => one.zoneId === zone.id)?.spot?.open ?? 0,
      word: read('open-manhole', zone),
    })),
  };
}

const wordOf = (sight: Sight, hazard: HazardName, zone: Zone): Word =>
  hazards[hazard].read(sight, zone, defaultHazardSettings).word;

/** Luma with the weights of ITU-R 601 in 16 bits, as the train lists were made. */
function lumaOf({ rgb, widthPx, heightPx }: Frame): { readonly luma: Uint8Array; readonly mean: number } {
  const luma = new Uint8Array(widthPx * heightPx);
  let sum = 0;
  for (let i = 0; i < luma.length; i++) {
    const [red, green, blue] = [rgb[i * 3] ?? 0, rgb[i * 3 + 1] ?? 0, rgb[i * 3 + 2] ?? 0];
    const value = (red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16;
    luma[i] = value;
    sum += value;
  }
  return { luma, mean: sum / luma.length };
}

/** Which hazards one look says of an ordinary picture; a picture of no use says none. */
export const raisedIn = (judged: Pick<Judged, 'quality' | 'words'>): HazardName[] =>
  judged.quality === 'good' ? hazardNames.filter((hazard) => judged.words[hazard] === 'hazard') : [];
