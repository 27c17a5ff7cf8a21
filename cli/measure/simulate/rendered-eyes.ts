// Eyes that look at rendered pictures: each moment of a camera's life is the nearest picture, never twice the same, through the real detector.
import { createHash } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import type { Camera } from '#core/camera';
import { Sight } from '#core/detection';
import { AhualError } from '#core/errors';
import { inRoot } from '#core/root';
import { frameFromJpeg, openDetector, type Detector } from '#detector';
import { hashDistance, perceptualHash } from '#models';
import { life } from '#simulator';
import { degradePicture, type DegradeKind } from '../eval/degrade.ts';
import { readTrainList } from '../eval/leak.ts';
import { shareOf } from '../eval/lists.ts';
import { lumaOf } from '../eval/look.ts';
import { learnedSeeds } from '../eval/learned.ts';
import type { Eyes } from './eyes.ts';
import { momentOf, nearest, type Picture, type RenderedScene } from './rendered.ts';

/** So many variations of each picture are shown to the networks: light, grain, coding and a small shift of the frame. */
const variations = 4;
/** A picture stays for so long before the next one that is as near takes its turn: traffic moves on. */
const sceneMs = 600_000;
/** A camera that has shown one and the same picture for so long is frozen: the worker then tells the eye the digest. */
const frozenAfterMs = 20 * 60_000;
/** Beyond this the nearest picture shows something else than the moment. */
const unlike = 5;

export interface RenderedWork {
  readonly scenes: number;
  readonly looks: number;
  readonly nightShare: number;
  /** Pictures that were looked at, and runs of the networks: each variation of a picture runs once. */
  readonly pictures: number;
  readonly runs: number;
  /** Looks whose nearest picture was not like the moment. */
  readonly unlike: number;
  /** Largest share of the looks that one scene gave. */
  readonly mostOfOneScene: number;
}

/** What a look showed, for the report. */
export interface Shown {
  readonly picture: string;
  readonly state: string;
  readonly farness: number;
  jpeg(): Promise<Buffer>;
}

export interface RenderedEyes extends Eyes, AsyncDisposable {
  readonly work: () => RenderedWork;
  readonly shownAt: (camera: Camera, atMs: number) => Shown | undefined;
}

export interface RenderedSeeing {
  readonly seed: number;
  readonly sky: life.SkyOf;
  readonly life: life.Life;
  readonly errors: life.ErrorModel;
}

/** How a look differs from the picture that it shows. */
interface Variation {
  readonly index: number;
  readonly spoil: { readonly kind: DegradeKind | 'black' | 'moved'; readonly strength: number } | null;
}

const spoilOf: Partial<Record<life.Trouble['kind'], DegradeKind | 'black' | 'moved'>> = {
  'lens-drops': 'drops',
  'lens-snow': 'snow',
  'lens-ice': 'frost',
  black: 'black',
  moved: 'moved',
};

/**
 * Opens the detector as a city runs it, without references of a camera's past. Watched places have no pictures: what they say comes
 * from the error model. Throws CONFIG_INVALID where a network has learned from one of the scenes.
 */
export async function openRenderedEyes(
  scenes: readonly RenderedScene[],
  seeing: RenderedSeeing,
): Promise<RenderedEyes> {
  const detector = await openDetector({ root: inRoot() });
  const byId = new Map(scenes.map((scene) => [String(scene.camera.id), scene]));
  const answers = await openAnswers(dirname(scenes[0]?.pictures[0]?.path ?? '.'), detector.models);
  const asked = new Map<string, Promise<Sight>>();
  const answerOf = async (key: string, camera: Camera, picture: Picture, variation: Variation): Promise<Sight> => {
    const known = answers.get(key);
    if (known) return known;
    const sight = await lookAt(detector, camera, picture, variation);
    await answers.keep(key, sight);
    return sight;
  };
  const seenPictures = new Set<string>();
  const perScene = new Map<number, number>();
  const counts = { looks: 0, night: 0, unlike: 0 };

  const shownAt = (camera: Camera, atMs: number) => {
    const scene = byId.get(camera.id);
    if (!scene) return undefined;
    const shownMs = seeing.life.shownAt(camera.id, atMs);
    const near = nearest(scene, momentOf(scene, seeing, shownMs));
    const turn = shareOf(`turn ${seeing.seed} ${camera.id} ${Math.floor(shownMs / sceneMs)}`);
    const picture = near.pictures[Math.floor(turn * near.pictures.length)];
    if (!picture) return undefined;
    const trouble = seeing.life.troublesAt(camera.id, shownMs).find(({ kind }) => spoilOf[kind] !== undefined);
    const kind = trouble && spoilOf[trouble.kind];
    const variation: Variation = {
      index: Math.floor(shareOf(`look ${seeing.seed} ${camera.id} ${Math.round(shownMs / 1000)}`) * variations),
      spoil: trouble && kind ? { kind, strength: strengthOf(trouble.size) } : null,
    };
    const frozen = seeing.life.troublesAt(camera.id, atMs).find((one) => one.kind === 'frozen');
    return {
      scene,
      picture,
      far: near.far,
      variation,
      isFrozen: frozen !== undefined && atMs - frozen.fromMs > frozenAfterMs,
    };
  };

  return {
    source: `rendered pictures of ${scenes.length} scenes through the deployed networks`,
    async sightAt(camera, atMs) {
      const shown = shownAt(camera, atMs);
      if (!shown) return life.sightAt(seeing, camera, atMs);
      const { scene, picture, variation, far, isFrozen } = shown;
      counts.looks += 1;
      if (!seeing.sky.at(atMs).isDay) counts.night += 1;
      if (far > unlike) counts.unlike += 1;
      perScene.set(scene.seed, (perScene.get(scene.seed) ?? 0) + 1);
      seenPictures.add(picture.path);
      const key = await answers.keyOf(camera, picture, variation);
      const known = asked.get(key) ?? answerOf(key, camera, picture, variation);
      asked.set(key, known);
      const sight = await known;
      return isFrozen ? { ...sight, quality: { kind: 'frozen', why: 'the same picture for a long time' } } : sight;
    },
    storyOf: (visit) => life.storyOf(seeing, visit),
    beatOf: (camera, zone, atMs) => life.beatOf(seeing, camera, zone, atMs),
    shownAt(camera, atMs) {
      const shown = shownAt(camera, atMs);
      if (!shown) return undefined;
      const { picture, variation, far } = shown;
      return {
        picture: basename(picture.path),
        state: picture.state.name,
        farness: far,
        jpeg: () => varied(picture, variation),
      };
    },
    work: () => ({
      scenes: perScene.size,
      looks: counts.looks,
      nightShare: counts.night / Math.max(1, counts.looks),
      pictures: seenPictures.size,
      runs: asked.size,
      unlike: counts.unlike,
      mostOfOneScene: Math.max(0, ...perScene.values()) / Math.max(1, counts.looks),
    }),
    [Symbol.asyncDispose]: () => detector[Symbol.asyncDispose](),
  };
}

const Answer = z.object({ key: z.string(), sight: Sight });

/**
 * What the networks said of each variation, kept beside the pictures: the same look costs once, also in the next run with other rules.
 * Other networks, zones, pictures or variations have other keys.
 */
async function openAnswers(folder: string, models: readonly string[]) {
  const path = join(folder, 'answers.ndjson');
  const known = new Map<string, Sight>();
  const text = await readFile(path, 'utf8').catch(() => '');
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const answer = answerIn(line);
    if (answer) known.set(answer.key, answer.sight);
  }
  const contents = new Map<string, Promise<string>>();
  const contentOf = (picture: string): Promise<string> => {
    const content = contents.get(picture) ?? readFile(picture).then((bytes) => digestOf(bytes));
    contents.set(picture, content);
    return content;
  };
  return {
    get: (key: string): Sight | undefined => known.get(key),
    async keyOf(camera: Camera, { path: picture }: Picture, variation: Variation): Promise<string> {
      return digestOf(JSON.stringify([models, camera.zones, await contentOf(picture), basename(picture), variation]));
    },
    keep: (key: string, sight: Sight): Promise<void> => appendFile(path, `${JSON.stringify({ key, sight })}\n`),
  };
}

/** A line of the file; undefined for half a line, which a run that was broken off may have left. */
function answerIn(line: string): z.infer<typeof Answer> | undefined {
  try {
    return Answer.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

const digestOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 24);

/** From a lens through which one still sees to one through which one does not. */
const strengthOf = (size: number): number => Math.round((0.2 + 0.7 * Math.max(0, (size - 0.5) / 0.5)) * 4) / 4;

async function lookAt(detector: Detector, camera: Camera, picture: Picture, variation: Variation): Promise<Sight> {
  const frame = await frameFromJpeg(await varied(picture, variation));
  const { quality, detections, zones, models } = await detector.see(frame, camera.zones, {
    hazards: [...new Set(camera.zones.flatMap((zone) => zone.hazards))],
  });
  return { quality, detections, zones, models: [...models] };
}

/** The picture as this look has it: other light, grain and coding, and the frame a pixel or two beside. */
async function varied({ path }: Picture, { index, spoil }: Variation): Promise<Buffer> {
  const at = (what: string): number => shareOf(`${basename(path)} ${index} ${what}`);
  const original = await readFile(path);
  const { width, height } = await sharp(original).metadata();
  const by = spoil?.kind === 'moved' ? Math.round(width * (0.06 + 0.1 * at('moved'))) : 0;
  const [dx, dy] = [by + Math.floor(3 * at('dx')), Math.floor(3 * at('dy'))];
  const moved = await sharp(original)
    .extract({ left: dx, top: dy, width: width - dx, height: height - dy })
    .extend({ right: dx, bottom: dy, extendWith: 'mirror' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer();
  const gain = 0.93 + 0.14 * at('gain');
  const grain = 1 + 4 * at('grain');
  let state = Math.floor(at('seed') * 2 ** 31) | 1;
  for (let i = 0; i < moved.length; i++) {
    // A sum of two even numbers is grain enough, and costs one draw (xorshift, 32 bits).
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const bell = ((state & 0xffff) + ((state >>> 16) & 0xffff)) / 65_536 - 1;
    moved[i] = Math.max(0, Math.min(255, Math.round((moved[i] ?? 0) * gain + grain * bell)));
  }
  const black = spoil?.kind === 'black';
  if (black) for (let i = 0; i < moved.length; i++) moved[i] = (moved[i] ?? 0) >> 6;
  const jpeg = await sharp(moved, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: Math.round(62 + 28 * at('quality')) })
    .toBuffer();
  if (!spoil || spoil.kind === 'black' || spoil.kind === 'moved') return jpeg;
  return degradePicture(jpeg, spoil.kind, spoil.strength, Math.floor(at('spoil') * 2 ** 31));
}

export interface RenderedLeak {
  /** Scenes whose seed a network learned from, and pictures that are a learned one or look like it. */
  readonly seeds: readonly number[];
  readonly pictures: readonly string[];
}

const networks = ['road-v0', 'spot-v0', 'close-v0', 'past-v0'] as const;
/**
 * Fingerprints that differ in so many bits are taken for one picture. The train lists name photographs; among nearly nine hundred
 * rendered streets one dark one came within six bits of a photograph by chance, none nearer.
 */
const nearBits = 4;

/** Has a network learned from one of these pictures? By seed, by file and by fingerprint, mirror images too. */
export async function leakOfScenes(scenes: readonly RenderedScene[]): Promise<RenderedLeak> {
  const learned = await learnedSeeds();
  const lists = networks.flatMap((name) => readTrainList(inRoot('models', name, 'train-list.csv'), name));
  const files = new Set(lists.map(({ sha256 }) => sha256).filter((one) => one !== ''));
  const prints = [...new Set(lists.map(({ perceptualHash }) => perceptualHash))].filter(
    (one) => one !== '' && !/^0+$/.test(one),
  );
  const named: string[] = [];
  for (const { path } of scenes.flatMap(({ pictures }) => pictures)) {
    const bytes = await readFile(path);
    const frame = await frameFromJpeg(bytes);
    const { luma, mirrored } = lumaOf(frame);
    const hashes = [luma, mirrored].map((one) => perceptualHash(one, frame.widthPx, frame.heightPx));
    const isSame = files.has(createHash('sha256').update(bytes).digest('hex'));
    const isAlike = hashes.some((hash) => prints.some((print) => hashDistance(hash, print) <= nearBits));
    if (isSame || isAlike) named.push(basename(path));
  }
  return { seeds: scenes.map(({ seed }) => seed).filter((seed) => learned.has(seed)), pictures: named };
}

/** Measures that rest on learned pictures end with this (measure 4). */
const leakyExit = 4;

/** Throws REQUEST_INVALID where a network has learned from one of the pictures; the process then ends with 4. */
export function refuseLeak({ seeds, pictures }: RenderedLeak): void {
  if (seeds.length === 0 && pictures.length === 0) return;
  // Whoever catches the error sets the code of an ordinary one; the measuring itself is wrong here, and that is said last.
  process.once('exit', () => (process.exitCode = leakyExit));
  throw new AhualError(
    'REQUEST_INVALID',
    `A network has learned from these pictures: ${[...seeds.map((seed) => `seed ${seed}`), ...pictures].slice(0, 5).join('; ')}.`,
    'Render other scenes with --seed.',
  );
}
