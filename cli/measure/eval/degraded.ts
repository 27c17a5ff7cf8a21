// Spoilt copies of held-out pictures: what is refused that nobody could judge, and what mild trouble costs the hazards.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { rounded } from '../statistics.ts';
import { blindStrength, degradeKinds, degradePicture, mildStrength, type DegradeKind } from './degrade.ts';
import { shareOf } from './lists.ts';
import type { Eyes, Judged } from './look.ts';
import { gainOf, randomOf, rankingOf, type Gain, type Ranking, type Resampling, type TwiceScored } from './ranking.ts';

/** Good pictures that are spoilt, and how many of them each kind gets. */
const sampleSize = 60;
const perKind = 10;
/** Of each hazard, there and not there. */
const perHazard = 20;
/** A little past the strength from which nobody judges. */
const strong = Math.min(1, blindStrength + 0.1);

export interface SpoiltExample {
  readonly kind: string;
  readonly isBlind: boolean;
  readonly jpeg: Uint8Array;
  readonly judged: Judged;
}

interface KindFigures {
  /** Spoilt beyond judging against all that can be judged. */
  readonly auc: number | null;
  readonly n: number;
  readonly refused: number;
  /** Mildly spoilt ones. */
  readonly mild: number;
  readonly mildRefused: number;
}

export interface DegradedFigures {
  /** Real pictures that nobody can judge and spoilt ones, against real ones that one can and mildly spoilt ones. */
  readonly cannotSee: Ranking & { readonly recall: number | null; readonly wrongRefused: number | null };
  readonly byKind: Readonly<Record<string, KindFigures>>;
  /** AUC of the same pictures as they are and mildly spoilt. */
  readonly flooding: Readonly<Record<string, Gain>>;
  readonly snow: Readonly<Record<string, Gain>>;
}

export interface DegradedMeasured {
  readonly figures: DegradedFigures;
  readonly examples: readonly SpoiltExample[];
}

const byHash = (pictures: readonly Judged[], salt: string): Judged[] =>
  pictures.toSorted((a, b) => shareOf(salt + a.sha256) - shareOf(salt + b.sha256));
const isRefused = ({ quality, ground }: Judged): boolean => quality !== 'good' || ground.unseen !== undefined;
const isGround = ({ item }: Judged): boolean => item.list === 'flooding' || item.list === 'snow';

interface Blind {
  readonly judged: Judged;
  readonly positive: boolean;
  readonly kind: DegradeKind | null;
}

/** Noise of a small sensor at night: each value moves by about `deviation` grey levels. */
async function withNoise(jpeg: Uint8Array, seed: string, deviation: number): Promise<Buffer> {
  const { data, info } = await sharp(jpeg)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const random = randomOf(seed);
  for (let i = 0; i < data.length; i++) {
    // The sum of three even numbers is near enough to a bell and costs no logarithm; its deviation is 1/2.
    const bell = random() + random() + random() - 1.5;
    data[i] = Math.max(0, Math.min(255, (data[i] ?? 0) + 2 * deviation * bell));
  }
  const { width, height, channels } = info;
  return sharp(data, { raw: { width, height, channels } }).jpeg({ quality: 90 }).toBuffer();
}

type Mild = (jpeg: Uint8Array, seed: string) => Promise<Uint8Array>;
const spoilt =
  (kind: DegradeKind): Mild =>
  (jpeg, seed) =>
    degradePicture(jpeg, kind, mildStrength, seedOf(seed));
const seedOf = (text: string): number => Math.floor(shareOf(text) * 2 ** 31);

/** Trouble through which a road can still be judged. */
const milds: Readonly<Record<string, Mild>> = {
  compression: (jpeg) => sharp(jpeg).jpeg({ quality: 18 }).toBuffer(),
  darkening: spoilt('dark'),
  noise: (jpeg, seed) => withNoise(jpeg, seed, 12),
  rainOnLens: spoilt('drops'),
  fog: spoilt('fog'),
  distance: (jpeg) => sharp(jpeg).resize({ width: 200, withoutEnlargement: true }).jpeg({ quality: 85 }).toBuffer(),
};

/** How many spoilt copies are judged: for the progress. */
export function spoiltCount(pictures: readonly Judged[]): number {
  const good = Math.min(sampleSize, pictures.filter((one) => isGood(one)).length);
  const tried = (['flooding', 'snow'] as const).reduce((sum, hazard) => sum + triedOf(pictures, hazard).length, 0);
  return 2 * degradeKinds.length * Math.min(perKind, good) + tried * Object.keys(milds).length;
}

const isGood = (judged: Judged): boolean =>
  (isGround(judged) || judged.item.list === 'road_cctv') &&
  judged.item.truth !== 'cannot-see' &&
  judged.heightPx >= 240;

function triedOf(pictures: readonly Judged[], hazard: 'flooding' | 'snow'): Judged[] {
  const some = (truth: string): Judged[] =>
    byHash(
      pictures.filter(({ item }) => item.list === hazard && item.truth === truth),
      'mild',
    ).slice(0, perHazard);
  return [...some('positive'), ...some('negative')];
}

/** Judges spoilt copies of a sample. `tick` is called after each. */
export async function measureDegraded(
  pictures: readonly Judged[],
  eyes: Eyes,
  resampling: Resampling,
  tick: () => void,
): Promise<DegradedMeasured> {
  const sample = byHash(
    pictures.filter((one) => isGood(one)),
    'spoilt',
  ).slice(0, sampleSize);
  const rows: Blind[] = pictures
    .filter((one) => isGround(one))
    .map((judged) => ({ judged, positive: judged.item.truth === 'cannot-see', kind: null }));
  const examples: SpoiltExample[] = [];
  for (const [index, kind] of degradeKinds.entries()) {
    for (let i = 0; i < Math.min(perKind, sample.length); i++) {
      const original = sample[(index * perKind + i) % sample.length];
      if (original === undefined) continue;
      const bytes = await readFile(original.item.path);
      for (const strength of [mildStrength, strong]) {
        const seed = seedOf(`${original.sha256}|${kind}|${strength}`);
        const jpeg = await degradePicture(bytes, kind, strength, seed);
        const judged = await eyes.judge(original.item, { bytes: jpeg, isBrief: true });
        tick();
        if ('why' in judged) continue;
        const isBlind = strength === strong;
        rows.push({ judged, positive: isBlind, kind });
        if (i === 0) examples.push({ kind, isBlind, jpeg, judged });
      }
    }
  }
  return {
    figures: {
      cannotSee: blindFigures(rows, resampling),
      byKind: Object.fromEntries(degradeKinds.map((kind) => [kind, kindFigures(rows, kind, resampling)])),
      flooding: await mildFigures(pictures, 'flooding', eyes, resampling, tick),
      snow: await mildFigures(pictures, 'snow', eyes, resampling, tick),
    },
    examples,
  };
}

const scored = (rows: readonly Blind[]) =>
  rows.map(({ judged, positive }) => ({
    positive,
    score: judged.blindness,
    group: judged.item.group,
    source: judged.item.sourceRepo,
  }));
const refusedShare = (rows: readonly Blind[]): number | null =>
  rows.length === 0 ? null : rounded(rows.filter(({ judged }) => isRefused(judged)).length / rows.length, 3);

const blindFigures = (rows: readonly Blind[], resampling: Resampling): DegradedFigures['cannotSee'] => ({
  ...rankingOf(scored(rows), resampling, 'degraded.cannotSee'),
  recall: refusedShare(rows.filter(({ positive }) => positive)),
  wrongRefused: refusedShare(rows.filter(({ positive }) => !positive)),
});

function kindFigures(rows: readonly Blind[], kind: DegradeKind, resampling: Resampling): KindFigures {
  const own = rows.filter((row) => row.kind === kind);
  const [blind, mild] = [own.filter(({ positive }) => positive), own.filter(({ positive }) => !positive)];
  const fair = rows.filter(({ positive }) => !positive);
  const { auc } = rankingOf(scored([...blind, ...fair]), { ...resampling, draws: 0 }, kind);
  const refused = (some: readonly Blind[]): number => some.filter(({ judged }) => isRefused(judged)).length;
  return { auc, n: blind.length, refused: refused(blind), mild: mild.length, mildRefused: refused(mild) };
}

async function mildFigures(
  pictures: readonly Judged[],
  hazard: 'flooding' | 'snow',
  eyes: Eyes,
  resampling: Resampling,
  tick: () => void,
): Promise<Readonly<Record<string, Gain>>> {
  const level = ({ ground }: Judged): number => (hazard === 'flooding' ? ground.floodLevel : ground.snowLevel);
  const rows = new Map<string, TwiceScored[]>();
  for (const original of triedOf(pictures, hazard)) {
    const bytes = await readFile(original.item.path);
    for (const [name, spoil] of Object.entries(milds)) {
      const judged = await eyes.judge(original.item, {
        bytes: await spoil(bytes, `${original.sha256}|${name}`),
        isBrief: true,
      });
      tick();
      if ('why' in judged) continue;
      const { item } = original;
      const row = {
        positive: item.truth === 'positive',
        group: item.group,
        before: level(original),
        after: level(judged),
      };
      rows.set(name, [...(rows.get(name) ?? []), row]);
    }
  }
  return Object.fromEntries(
    [...rows].map(([name, some]) => [name, gainOf(some, resampling, `degraded.${hazard}.${name}`)]),
  );
}
