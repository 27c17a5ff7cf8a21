// Quality of the released networks on labelled pictures that they never learned from (measure 5): runs the parts, gives one object.
//
// `ahual eval --data DIR` judges every picture of DIR and ends with 4 when a network has learned from one of them; the lists that
// training reads, too, are asked with `--part held-out`. Parts: labelled pictures (figures.ts, boxes.ts, masks.ts), the camera's own
// past (references.ts), spoilt copies (degraded.ts), clips (clips.ts), rendered stills where `--stills` names some (stills.ts).
// Intervals resample whole groups, never pictures. About two minutes of one core for 360 pictures and 190 stills.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { inRoot } from '#core/root';
import type { HazardName } from '#core/hazard-name';
import { plateModelName, type ModelCard } from '#models';
import type { Measurement } from '../frame.ts';
import { againstBaseline, baselineBars, readBaseline, samplesOf } from './baseline.ts';
import { barsOf, cardBars } from './bars.ts';
import { measureClips, readClips } from './clips.ts';
import { measureDegraded, spoiltCount, type DegradedMeasured, type SpoiltExample } from './degraded.ts';
import { hazardsOf } from './figures.ts';
import { leakOf, nameOf, readTrainList, type Leak, type TrainPicture } from './leak.ts';
import { readLists, type Part } from './lists.ts';
import { faintScore, openEyes, type Eyes, type Judged, type Refused } from './look.ts';
import type { Progress } from './progress.ts';
import type { Gain, Resampling } from './ranking.ts';
import { besideCount, measurePast, type Beside, type PastMeasured } from './references.ts';
import { resultOf, type Parts, type Result } from './result.ts';
import { subjectsOf, withShuffledLabels, type Subjects } from './rows.ts';
import type { Sabotage, Thresholds } from './names.ts';
import { plantedPictures, withoutQuality } from './sabotage.ts';
import { heldStillsOf, measureStills, type StillFigures } from './stills.ts';

export interface EvalOptions {
  /** Folder of the labelled pictures and their lists. */
  readonly data: string;
  readonly part: Part;
  /** One network's hazards alone, or `all`; a folder under `models/` that is not released takes a released one's place. */
  readonly model: string;
  /** Lists of learned pictures; those of the networks in use when empty. */
  readonly trainLists: readonly string[];
  /** So many pictures of each list; a smaller run decides no bar. */
  readonly limit: number | undefined;
  readonly draws: number;
  readonly seed: number;
  readonly threshold: Thresholds;
  /** An object that an earlier run printed. */
  readonly baseline: string | undefined;
  readonly sabotage: Sabotage | null;
  /** Folder of rendered stills. */
  readonly stills: string | undefined;
  readonly mostStills: number;
  readonly isWithClips: boolean;
  readonly isWithDegraded: boolean;
  /** Judge fixed cameras' pictures beside that camera's clear ones, too. */
  readonly isWithPast: boolean;
  readonly say: (text: string) => void;
  readonly progress: (what: string, total: number) => Progress;
}

export interface Evaluation {
  readonly measurement: Measurement;
  readonly leak: Leak;
  readonly result: Result;
  readonly subjects: Subjects;
  readonly pictures: readonly Judged[];
  readonly against: Readonly<Record<string, Gain>> | null;
  readonly examples: readonly SpoiltExample[];
  readonly beside: readonly Beside[];
}

/** Judges every picture of the part and gives all figures. Throws CONFIG_MISSING or REQUEST_INVALID for lists and flags. */
export async function measureEval(options: EvalOptions): Promise<Evaluation> {
  const { items, read, missing } = readLists(options.data, options.part, options.limit);
  const clips = options.isWithClips ? readClips(options.data) : undefined;
  const earlier = options.baseline === undefined ? null : readBaseline(options.baseline);
  const stills = options.stills === undefined ? null : heldStillsOf(options.stills, options.mostStills);
  await using eyes = await openEyes(options.model === 'all' ? undefined : options.model);
  const asked = options.model === 'all' ? eyes.cards : eyes.cards.filter(({ name }) => name === options.model);
  const hazards = hazardsOf(new Set(asked.flatMap(({ thresholds }) => Object.keys(thresholds))));
  const { lists, learned } = learnedBy(asked, options.trainLists, options.model === 'all');
  const resampling: Resampling = { draws: options.draws, seed: options.seed };

  const isFiltered = options.part === 'unlearned';
  const groups = new Set(isFiltered ? learned.map(({ group }) => group) : []);
  const strange = items.filter(({ group }) => !groups.has(group));
  const { judged, refused } = await judgeAll(strange, eyes, options);
  const planted = await plantedPictures(options.sabotage, judged);
  const whole = leakOf(judged, [...learned, ...planted]);
  const kept = isFiltered ? judged.filter(({ item }) => !whole.learned.has(nameOf(item))) : judged;
  const leak = isFiltered ? leakOf(kept, [...learned, ...planted]) : whole;
  const pictures = options.sabotage === 'quality-off' ? withoutQuality(kept) : kept;
  const honest = subjectsOf(pictures);
  const subjects = options.sabotage === 'labels-shuffled' ? withShuffledLabels(honest, options.seed) : honest;

  const rendered = stills === null ? null : await stillsOf(stills, eyes, resampling, options);
  const replayed = clips === undefined ? null : await measureClips(clips, options.say);
  const degraded = options.isWithDegraded ? await degradedOf(pictures, eyes, resampling, options) : null;
  const isPast = isSeen(read) && options.isWithPast;
  const past = isPast ? await pastOf(pictures, eyes, resampling, options) : null;
  const parts = { rendered, replayed, degraded, past };
  const result = await resultOf(pictures, subjects, eyes, parts, { ...options, hazards, read, resampling });
  const against = earlier === null ? null : againstBaseline(earlier, subjects, resampling);
  const bars = [
    ...barsOf(result, leak),
    ...(earlier === null ? [] : baselineBars(earlier, result)),
    ...cardBars(asked, result),
  ];
  const isWhole = options.limit === undefined;
  return {
    measurement: {
      command: 'eval',
      args: argsOf(options),
      ways: { look: 'file' },
      result: {
        ...result,
        leak: {
          files: leak.files,
          nearDuplicates: leak.nearDuplicates,
          groups: leak.groups,
          unknown: [...eyes.cards.flatMap(({ bases }) => bases.map(({ name }) => name)), plateModelName],
          lists,
        },
        models: Object.fromEntries(asked.map((card) => [card.name, ofCard(card)])),
        pictures: {
          judged: pictures.length,
          undecodable: refused.map(({ item, why }) => `${nameOf(item)}: ${why}`),
          lists: read,
          scoresHash: hashOf(pictures),
        },
        ...(against === null ? {} : { baseline: against }),
        samples: samplesOf(subjects),
      },
      bars: isWhole ? bars : bars.map((one) => ({ ...one, pass: null })),
      notes: [
        ...missing.map((name) => `there is no list ${name}.csv: it has no figures`),
        ...notesOf(options, hazards, parts),
        ...(isFiltered
          ? [`left out, for a network has learned from them: ${items.length - refused.length - kept.length} pictures`]
          : []),
      ],
    },
    leak,
    result,
    subjects,
    pictures,
    against,
    examples: degraded?.examples ?? [],
    beside: past?.beside ?? [],
  };
}

const ofCard = ({ version, sha256, thresholds }: ModelCard) => ({
  version,
  sha256,
  threshold: Object.fromEntries(Object.entries(thresholds).map(([hazard, { raise }]) => [hazard, raise])),
});

/** What is learned besides the networks, where it was learned from pictures: the weights of the camera's own past. */
const besides = ['past-v0'] as const;
const trainListOf = (name: string): string => inRoot('models', name, 'train-list.csv');

function learnedBy(
  asked: readonly ModelCard[],
  given: readonly string[],
  isAll: boolean,
): { readonly lists: string[]; readonly learned: TrainPicture[] } {
  if (given.length > 0) return { lists: [...given], learned: given.flatMap((path) => readTrainList(path, path)) };
  const names = [
    ...asked.map(({ name }) => name),
    ...(isAll ? besides.filter((name) => existsSync(trainListOf(name))) : []),
  ];
  return {
    lists: names.map((name) => `${name}/train-list.csv`),
    learned: names.flatMap((name) => readTrainList(trainListOf(name), name)),
  };
}

async function judgeAll(
  items: ReturnType<typeof readLists>['items'],
  eyes: Eyes,
  { progress, say }: EvalOptions,
): Promise<{ readonly judged: Judged[]; readonly refused: Refused[] }> {
  const judged: Judged[] = [];
  const refused: Refused[] = [];
  const bar = progress('pictures', items.length);
  for (const item of items) {
    const answer = await eyes.judge(item);
    if ('why' in answer) refused.push(answer);
    else judged.push(answer);
    bar.tick();
  }
  bar.end();
  for (const { item, why } of refused) say(`${nameOf(item)} cannot be judged: ${why}`);
  return { judged, refused };
}

async function stillsOf(
  stills: ReturnType<typeof heldStillsOf>,
  eyes: Eyes,
  resampling: Resampling,
  { progress }: EvalOptions,
): Promise<StillFigures> {
  const bar = progress('rendered stills', stills.length);
  // Hundreds of average precisions, each with its interval: fewer draws than for the few figures that decide.
  const few = { ...resampling, draws: Math.min(resampling.draws, 200) };
  const figures = await measureStills(stills, eyes, few, () => bar.tick());
  bar.end();
  return figures;
}

async function degradedOf(
  pictures: readonly Judged[],
  eyes: Eyes,
  resampling: Resampling,
  { progress }: EvalOptions,
): Promise<DegradedMeasured> {
  const bar = progress('spoilt copies', spoiltCount(pictures));
  const few = { ...resampling, draws: Math.min(resampling.draws, 500) };
  const done = await measureDegraded(pictures, eyes, few, () => bar.tick());
  bar.end();
  return done;
}

const isSeen = (read: readonly string[]): boolean => read.includes('flooding') || read.includes('snow');

async function pastOf(
  pictures: readonly Judged[],
  eyes: Eyes,
  resampling: Resampling,
  { progress }: EvalOptions,
): Promise<PastMeasured> {
  const bar = progress('beside their past', besideCount(pictures));
  const done = await measurePast(pictures, eyes, resampling, () => bar.tick());
  bar.end();
  return done;
}

const argsOf = (options: EvalOptions): Readonly<Record<string, unknown>> => ({
  part: options.part,
  model: options.model,
  threshold: options.threshold,
  limit: options.limit ?? null,
  draws: options.draws,
  seed: options.seed,
  sabotage: options.sabotage,
  ci: 'bootstrap-group',
});

/** Equal pictures and equal answers give an equal hash. */
function hashOf(pictures: readonly Judged[]): string {
  const hash = createHash('sha256');
  for (const { sha256, ground, detections, spots } of pictures) {
    hash.update(JSON.stringify([sha256, ground.floodLevel, ground.snowLevel, detections, spots]));
  }
  return `sha256:${hash.digest('hex')}`;
}

function notesOf(options: EvalOptions, hazards: readonly HazardName[], { rendered, replayed, past }: Parts): string[] {
  return [
    ...(options.limit === undefined ? [] : ['a smaller run: no bar is decided']),
    ...(options.sabotage === null ? [] : [`sabotaged on purpose: ${options.sabotage}`]),
    ...(options.threshold === 'sweep' ? ['at: the threshold with the best F1 on these very pictures, too kind'] : []),
    `hazards asked: ${hazards.join(', ')}`,
    'a level is what the network says of the lowest 60 % of the picture as one zone, or the score of its surest box',
    `boxes are ranked down to a score of ${faintScore}; ordinary roads and what one look says use the deployed numbers`,
    ...(rendered === null ? ['no --stills: nothing by distance, no shares of snow and water'] : []),
    ...(past === null
      ? []
      : ['past: references are clear pictures of the same camera that do not look like the picture']),
    ...(replayed === null ? [] : replayed.named.map((name) => `clip ${name}`)),
    ...(replayed === null ? [] : ['clips: one look a second, windows of the rules divided by 60; no watched stream']),
  ];
}
