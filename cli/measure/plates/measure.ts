// How small a number plate can be and still be read: drawn plates on rendered lorries, as a street camera would see them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { z } from 'zod';
import { Camera } from '#core/camera';
import { AhualError } from '#core/errors';
import { lookIdOf } from '#core/ids';
import { silentLog } from '#core/log';
import { inRoot } from '#core/root';
import { combine, frameFromJpeg, openPlateReader, pixelsOf, type PlateFind, type PlateReader } from '#detector';
import { startEye } from '#ingest';
import { bar, type Bar, type Measurement } from '../frame.ts';
import { drawScene, plateSvg, randoms, type Hanging, type Seeing } from './draw.ts';

export interface PlatesOptions {
  readonly heightsPx: readonly number[];
  /** Plates of each height and each way of seeing. */
  readonly plates: number;
  /** Frames of each plate. */
  readonly frames: number;
  readonly seed: number;
  /** Only these ways of seeing; all when absent. */
  readonly seeings?: readonly SeeingName[];
  /** Built file of the eye, when another than the product's own. */
  readonly entry?: string;
  readonly say: (text: string) => void;
}

/** Ways of seeing, from a good camera by day to a cheap one at night. */
export const seeings = {
  good: { blurPx: 0.5, trailPx: 0.5, noise: 2, quality: 85, light: 0.9, plateLight: 0.95 },
  usual: { blurPx: 0.8, trailPx: 1, noise: 4, quality: 60, light: 0.8, plateLight: 0.85 },
  poor: { blurPx: 1.3, trailPx: 2.5, noise: 7, quality: 40, light: 0.6, plateLight: 0.6 },
  night: { blurPx: 1, trailPx: 2, noise: 9, quality: 50, light: 0.15, plateLight: 0.7 },
} as const satisfies Record<string, Seeing>;
export type SeeingName = keyof typeof seeings;
const seeingNames = ['good', 'usual', 'poor', 'night'] as const satisfies readonly SeeingName[];

/** Rendered lorries: clip, second, and what of its labelled box is cut out besides, as a share of it. */
const lorries = [
  { clip: 'dumping-wasteland-day', atS: 21 },
  { clip: 'dumping-sacks-dusk', atS: 33.5 },
  { clip: 'calm-snow-storage', atS: 2 },
  { clip: 'dumping-verge-night', atS: 17.5 },
] as const;
const around = 0.06;

/** Where on the crops a plate may hang: low, and not over the edge. */
const hangs = { x: [0.35, 0.65], y: [0.7, 0.86] } as const;

export interface Drawn {
  readonly text: string;
  readonly groups: readonly string[];
  readonly hasRegion: boolean;
}

/** A plate by chance: eight of ten of a person, the others of a firm, of the old form, or Russian. */
export function plateByChance(random: () => number): Drawn {
  const pick = (from: string): string => from[Math.floor(random() * from.length)] ?? '';
  const many = (from: string, n: number): string => Array.from({ length: n }, () => pick(from)).join('');
  const latin = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const number = (): string => String(1 + Math.floor(random() * 999)).padStart(3, '0');
  const region = String(1 + Math.floor(random() * 20)).padStart(2, '0');
  const kind = random();
  const groups =
    kind < 0.8
      ? [number(), many(latin, 3), region]
      : kind < 0.9
        ? [number(), many(latin, 2), region]
        : kind < 0.95
          ? [pick('ABCDEHKLMNPRSTXZ'), number(), many(latin, 3)]
          : [pick('ABEKMHOPCTYX'), number(), many('ABEKMHOPCTYX', 2), pick('123456789') + pick('123456789')];
  return { text: groups.join(''), groups, hasRegion: kind < 0.9 || kind >= 0.95 };
}

interface Tally {
  plates: number;
  found: number;
  frames: number;
  /** Single frames whose best guess is right, and wrong though a plate could say so. */
  frameRight: number;
  frameWrong: number;
  /** Single frames as they would be shown by the same limits on confidence alone. */
  oneShownRight: number;
  oneShownWrong: number;
  /** Plates by all their frames. */
  guessRight: number;
  readRight: number;
  readWrong: number;
}

const nothing = (): Tally => ({
  plates: 0,
  found: 0,
  frames: 0,
  frameRight: 0,
  frameWrong: 0,
  oneShownRight: 0,
  oneShownWrong: 0,
  guessRight: 0,
  readRight: 0,
  readWrong: 0,
});

/** Draws, reads and counts. */
export async function measurePlates(options: PlatesOptions): Promise<Measurement> {
  const { heightsPx, plates, frames, seed, say } = options;
  say('cutting lorries out of the simulator’s clips …');
  const vehicles = await cutLorries(options.entry);
  await using reader = await openPlateReader({ root: inRoot() });
  const rows: Record<string, Record<string, Tally>> = {};
  const misread: string[] = [];
  for (const heightPx of heightsPx) {
    for (const name of options.seeings ?? seeingNames) {
      const random = randoms(seed * 7919 + heightPx * 31 + seeingNames.indexOf(name));
      const tally = nothing();
      for (let n = 0; n < plates; n++) {
        const drawn = plateByChance(random);
        await onePlate(reader, vehicles, drawn, heightPx, seeings[name], frames, random, tally, misread);
      }
      (rows[`${heightPx}`] ??= {})[name] = tally;
      say(
        `${heightPx} px, ${name}: one frame right ${tally.frameRight} of ${tally.frames}; read ${tally.readRight} of ${tally.plates}, wrongly ${tally.readWrong}`,
      );
    }
  }
  return {
    command: 'bench plates',
    args: { heightsPx, plates, frames, seed },
    result: { byHeight: table(rows), all: shares(sum(Object.values(rows).flatMap((row) => Object.values(row)))) },
    bars: barsOf(rows, frames),
    notes: [
      'Drawn plates on rendered lorries, not photographs: real plates are dirty, bent and lit by lamps, so these are upper bounds.',
      'oneFrame: best guess of a single frame. read: shown to the officer as text, two frames agreeing. wrong: shown and not what was drawn.',
      ...(misread.length > 0 ? [`shown wrongly: ${misread.slice(0, 12).join(', ')}`] : []),
    ],
  };
}

async function onePlate(
  reader: PlateReader,
  vehicles: readonly Buffer[],
  drawn: Drawn,
  heightPx: number,
  seeing: Seeing,
  frames: number,
  random: () => number,
  tally: Tally,
  misread: string[],
): Promise<void> {
  const between = (from: number, to: number): number => from + random() * (to - from);
  const vehicle = vehicles[Math.floor(random() * vehicles.length)] ?? Buffer.alloc(0);
  const svg = plateSvg(
    drawn.groups,
    { weight: between(12, 15), ink: '#1c1c1c', ground: random() < 0.8 ? '#e8e8e4' : '#c9c7bd' },
    drawn.hasRegion,
  );
  const squeeze = between(0.7, 1);
  const slope = between(-0.08, 0.08);
  const lean = between(-0.06, 0.06);
  const at = { x: between(...hangs.x), y: between(...hangs.y) };
  const finds: PlateFind[] = [];
  for (let n = 0; n < frames; n++) {
    const hanging: Hanging = {
      heightPx: heightPx * between(0.95, 1.05),
      squeeze: squeeze * between(0.97, 1.03),
      slope: slope + between(-0.02, 0.02),
      nearer: between(-0.06, 0.06),
      lean,
      x: at.x + between(-0.01, 0.01),
      y: at.y + between(-0.01, 0.01),
    };
    const scene = await drawScene(vehicle, svg, hanging, seeing, random);
    const frame = await frameFromJpeg(scene.jpeg, 4000);
    const found = await reader.look(pixelsOf(frame), { x: 0, y: 0, w: 1, h: 1 }, { atMs: n * 1000, source: 'film' });
    finds.push(...found);
    const guess = found[0]?.parses[0]?.text;
    tally.frames++;
    if (guess === drawn.text) tally.frameRight++;
    else if (guess !== undefined) tally.frameWrong++;
    const twice = combine([...found, ...found.map((one) => ({ ...one, atMs: one.atMs + 1 }))]).reading;
    if (twice.state === 'read') {
      if (twice.text === drawn.text) tally.oneShownRight++;
      else tally.oneShownWrong++;
    }
  }
  tally.plates++;
  if (finds.length > 0) tally.found++;
  const { reading } = combine(finds);
  if (reading.text === drawn.text) tally.guessRight++;
  if (reading.state !== 'read') return;
  if (reading.text === drawn.text) tally.readRight++;
  else {
    tally.readWrong++;
    misread.push(
      `${drawn.text} as ${reading.text} at ${heightPx} px (${reading.agreeing} frames, least ${Math.min(...reading.confidence).toFixed(2)})`,
    );
  }
}

const sum = (all: readonly Tally[]): Tally => {
  const total = nothing();
  for (const one of all) for (const key of keysOf(total)) total[key] += one[key];
  return total;
};
const tallyKeys = Object.keys(nothing());
const keysOf = (tally: Tally): (keyof Tally)[] => tallyKeys.filter((key): key is keyof Tally => key in tally);

interface Interval {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** A share with its 95 % interval (Wilson 1927). */
export function wilson(hits: number, n: number): Interval {
  if (n === 0) return { share: 0, low: 0, high: 1 };
  const z2 = 1.96 ** 2;
  const share = hits / n;
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const reach = (1.96 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return { share, low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

const percent = ({ share, low, high }: Interval): string => `${pc(share)} (${pc(low)}-${pc(high)})`;
const pc = (share: number): string => `${Math.round(share * 100)} %`;

function shares(tally: Tally): Record<string, string | number> {
  return {
    plates: tally.plates,
    oneFrame: percent(wilson(tally.frameRight, tally.frames)),
    oneFrameWrong: percent(wilson(tally.frameWrong, tally.frames)),
    oneFrameShown: percent(wilson(tally.oneShownRight, tally.frames)),
    oneFrameShownWrong: percent(wilson(tally.oneShownWrong, tally.frames)),
    bestGuess: percent(wilson(tally.guessRight, tally.plates)),
    read: percent(wilson(tally.readRight, tally.plates)),
    wrong: percent(wilson(tally.readWrong, tally.plates)),
  };
}

function table(rows: Readonly<Record<string, Readonly<Record<string, Tally>>>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(rows).map(([heightPx, row]) => [
      `${heightPx} px`,
      {
        ...shares(sum(Object.values(row))),
        bySeeing: Object.fromEntries(
          Object.entries(row).map(([name, tally]) => [
            name,
            `one frame ${tally.frameRight}/${tally.frames}, read ${tally.readRight}/${tally.plates}, wrong ${tally.readWrong}`,
          ]),
        ),
      },
    ]),
  );
}

/** What is promised of drawn plates: large ones by a usual camera are read, and what is shown is right. */
function barsOf(rows: Readonly<Record<string, Readonly<Record<string, Tally>>>>, frames: number): Bar[] {
  const large = sum(
    Object.entries(rows)
      .filter(([heightPx]) => Number(heightPx) >= 20)
      .flatMap(([, row]) => [row['good'], row['usual']].filter((one) => one !== undefined)),
  );
  const all = sum(Object.values(rows).flatMap((row) => Object.values(row)));
  const shown = all.readRight + all.readWrong;
  return [
    bar(
      'plates.read from 20 px, good and usual seeing',
      '>=',
      0.8,
      large.plates > 0 && frames >= 2 ? large.readRight / large.plates : null,
      large.plates,
    ),
    bar('plates.wrong of those shown', '<=', 0.02, shown > 0 ? all.readWrong / shown : null, shown),
  ];
}

const Clip = z.object({
  frameLabels: z.array(
    z.object({
      t: z.number(),
      objects: z.array(z.object({ class: z.string(), box: z.tuple([z.number(), z.number(), z.number(), z.number()]) })),
    }),
  ),
});

/** The rendered lorries as PNG, each cut out of its clip by its label. */
async function cutLorries(entry: string | undefined): Promise<Buffer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-plates-'));
  await using eye = startEye({
    inFlight: 1,
    ways: ['node-av'],
    dropFolder: folder,
    files: true,
    log: silentLog,
    ...(entry === undefined ? {} : { entry }),
  });
  try {
    const crops: Buffer[] = [];
    for (const { clip, atS } of lorries) {
      const path = inRoot('simulator', 'clips', clip);
      const camera = Camera.parse({
        id: clip,
        name: { kk: clip, ru: clip, en: clip },
        point: { lon: 71.44, lat: 51.14 },
        district: 'esil',
        zones: [],
      });
      const answer = await eye.look({
        lookId: lookIdOf(clip, atS),
        camera,
        signIn: null,
        timeoutMs: 120_000,
        still: 'always',
        lastDigest: null,
        file: { address: pathToFileURL(`${path}.mp4`).href, atS },
      });
      if (!answer.still || answer.widthPx === null || answer.heightPx === null) {
        const why = answer.outcome.kind === 'unseen' ? answer.outcome.detail : 'no still came of it';
        throw new AhualError(
          'PART_MISSING',
          `The clip ${clip} gave no picture: ${why}.`,
          'This bench needs node-av; run npm install.',
        );
      }
      const labels = Clip.parse(JSON.parse(readFileSync(`${path}.json`, 'utf8'))).frameLabels;
      const label = labels.find((one) => Math.abs(one.t - atS) < 0.01);
      const lorry = label?.objects
        .filter((one) => one.class === 'lorry' || one.class === 'tipper_raised')
        .sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3])[0];
      if (!lorry) throw new AhualError('INTERNAL', `The label of ${clip} at ${atS} s shows no lorry.`, 'Report this.');
      const [x, y, w, h] = lorry.box;
      const left = Math.max(0, Math.round((x - around * w) * answer.widthPx));
      const top = Math.max(0, Math.round((y - around * h) * answer.heightPx));
      const right = Math.min(answer.widthPx, Math.round((x + (1 + around) * w) * answer.widthPx));
      const bottom = Math.min(answer.heightPx, Math.round((y + (1 + around) * h) * answer.heightPx));
      crops.push(
        await sharp(answer.still.path)
          .extract({ left, top, width: right - left, height: bottom - top })
          .png()
          .toBuffer(),
      );
    }
    return crops;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
