// Quality of the released networks on labelled pictures that they never learned from (measure 5).
import { createHash } from 'node:crypto';
import { inRoot } from '#core/root';
import { defaultHazardSettings } from '#hazards';
import { modelNames } from '#models';
import { bar, type Bar, type Measurement } from '../frame.ts';
import { rounded } from '../statistics.ts';
import {
  boxesOf,
  cannotSeeOf,
  figuresOf,
  ordinaryOf,
  subjectsOf,
  weakestSource,
  type Figures,
  type Subjects,
} from './figures.ts';
import { leakOf, nameOf, nearBits, readTrainList, type Leak } from './leak.ts';
import { readLists, type Part } from './lists.ts';
import { faintScore, openEyes, type Eyes, type Judged, type Refused } from './look.ts';
import type { Resampling } from './ranking.ts';

export interface EvalOptions {
  /** Folder of the labelled pictures and their lists. */
  readonly data: string;
  readonly part: Part;
  /** So many pictures of each list; a smaller run decides no bar. */
  readonly limit: number | undefined;
  readonly draws: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

export interface Evaluation {
  readonly measurement: Measurement;
  readonly leak: Leak;
  readonly subjects: Subjects;
  readonly pictures: readonly Judged[];
}

/** Judges every picture of the part and gives all figures. Throws CONFIG_MISSING or CONFIG_INVALID for the lists. */
export async function measureEval(options: EvalOptions): Promise<Evaluation> {
  const { items, read, missing } = readLists(options.data, options.part, options.limit);
  const learned = modelNames.flatMap((name) => readTrainList(inRoot('models', name, 'train-list.csv'), name));
  await using eyes = await openEyes();
  const pictures: Judged[] = [];
  const refused: Refused[] = [];
  for (const [index, item] of items.entries()) {
    const answer = await eyes.judge(item);
    if ('why' in answer) {
      refused.push(answer);
      options.say(`${nameOf(item)} cannot be judged: ${answer.why}`);
    } else pictures.push(answer);
    if ((index + 1) % 50 === 0) options.say(`${index + 1} of ${items.length} pictures`);
  }
  const leak = leakOf(pictures.map(printOf), learned);
  const subjects = subjectsOf(pictures, leak.learned);
  const result = resultOf(pictures, subjects, eyes, leak, options);
  const isWhole = options.limit === undefined;
  const bars = [...barsOf(result, leak), ...cardBars(eyes, result)];
  return {
    measurement: {
      command: 'eval',
      args: {
        part: options.part,
        limit: options.limit ?? null,
        draws: options.draws,
        seed: options.seed,
      },
      ways: { look: 'file' },
      result: {
        pictures: {
          judged: pictures.length,
          refused: refused.map(({ item, why }) => `${nameOf(item)}: ${why}`),
          lists: read,
          scoresHash: hashOf(pictures),
        },
        ...result,
        leak: {
          files: leak.files,
          nearDuplicates: leak.nearDuplicates,
          groups: leak.groups,
          nearBits,
          named: leak.named,
          unknown: [...eyes.road.bases, ...eyes.spot.bases].map((base) => base.name),
          lists: modelNames.map((name) => `${name}/train-list.csv`),
        },
        models: Object.fromEntries(
          [eyes.road, eyes.spot].map(({ name, version, sha256, thresholds }) => [
            name,
            { version, sha256, thresholds },
          ]),
        ),
      },
      bars: isWhole ? bars : bars.map((one) => ({ ...one, pass: null })),
      notes: [
        ...missing.map((name) => `there is no list ${name}.csv: its figures are empty`),
        ...(isWhole ? [] : ['a smaller run: no bar is decided']),
        ...(options.part === 'all' ? ['the whole lists hold pictures that were learned from: see leak'] : []),
        ...(leak.named.length === 0
          ? []
          : [`${leak.named.length} pictures leak: bars named eval.* go by the figures without them (unlearned)`]),
        'the pictures are of groups that were not learned from, not of sources that were not: expect less of a new city',
        'a score is what the network says of the lowest 60 % of the picture as one zone, or the score of its surest box; no persistence, no reference pictures',
        `boxes are ranked down to a score of ${faintScore}; ordinary roads and what one look says use the deployed numbers`,
        'not measured here: water masks, share of snow on rendered scenes, references, distance, clips',
      ],
    },
    leak,
    subjects,
    pictures,
  };
}

const printOf = ({ item, sha256, perceptualHash }: Judged): Pick<Judged, 'item' | 'sha256' | 'perceptualHash'> => ({
  item,
  sha256,
  perceptualHash,
});

/** Equal pictures and equal answers give an equal hash. */
function hashOf(pictures: readonly Judged[]): string {
  const hash = createHash('sha256');
  for (const { sha256, ground, detections, spots } of pictures) {
    hash.update(JSON.stringify([sha256, ground.floodLevel, ground.snowLevel, detections, spots]));
  }
  return `sha256:${hash.digest('hex')}`;
}

type Result = ReturnType<typeof resultOf>;

function resultOf(
  pictures: readonly Judged[],
  subjects: Subjects,
  eyes: Eyes,
  leak: Leak,
  { draws, seed }: EvalOptions,
) {
  const resampling: Resampling = { draws, seed };
  const settings = defaultHazardSettings;
  const figures = (name: keyof Subjects, threshold: number | null): Figures =>
    figuresOf(name, subjects[name], threshold, resampling);
  const open = boxesOf(pictures, 'manhole_open', (label) => label === 'Manhole-Open', resampling);
  const closed = boxesOf(pictures, 'manhole_closed', (label) => label === 'Manhole-Closed', resampling);
  const flooding = figures('flooding', settings.flooding.floodLevel);
  const snow = figures('snow', settings.snow.coveredShare);
  const manhole = figures('open-manhole', settings['open-manhole'].spotOpen);
  const dumping = figures('dumping', settings.dumping.heapScore);
  const truck = figures('truck', eyes.road.scores.objects.lorry ?? null);
  return {
    flooding,
    snow,
    'open-manhole': {
      ...manhole,
      ap50: { n: open.boxes, open: open.ap50, ci95: open.ci95, closedN: closed.boxes, closed: closed.ap50 },
      byBoxes: figures('manholeBoxes', settings['open-manhole'].boxScore),
    },
    dumping: {
      ...dumping,
      ap50: { sacks: boxesOf(pictures, 'sacks', (label) => /bag|sack/.test(label), resampling) },
      truck: { ...truck, reported: figures('truckReported', null).all },
    },
    cannotSee: cannotSeeOf(pictures),
    ordinary: ordinaryOf(pictures, leak.learned),
    weakestSource: weakestSource([
      ['flooding', flooding],
      ['snow', snow],
      ['open-manhole', manhole],
      ['dumping', dumping],
      ['truck', truck],
    ]),
  };
}

function barsOf(result: Result, leak: Leak): Bar[] {
  const { flooding, snow, dumping, cannotSee, ordinary, weakestSource: weakest } = result;
  const manhole = result['open-manhole'];
  const eces = [flooding, snow, manhole].map(({ reliability }) => reliability);
  const worstEce = eces.some(({ ece }) => ece === null) ? null : Math.max(...eces.map(({ ece }) => ece ?? 1));
  const auc = (id: string, limit: number, { auc: value, n }: { auc: number | null; n: number }): Bar =>
    bar(id, '>=', limit, value, n);
  return [
    bar('eval.leak', '==', 0, leak.files + leak.nearDuplicates + leak.groups),
    auc('eval.flooding.all.auc', 0.94, flooding.unlearned.all),
    auc('eval.flooding.fixed.auc', 0.94, flooding.unlearned.fixed),
    bar('eval.flooding.maskIou', '>=', 0.6, null),
    auc('eval.snow.all.auc', 0.96, snow.unlearned.all),
    auc('eval.snow.fixed.auc', 0.96, snow.unlearned.fixed),
    bar('eval.snow.shareError', '<=', 0.15, null),
    auc('eval.open-manhole.all.auc', 0.97, manhole.unlearned.all),
    bar('eval.open-manhole.ap50', '>=', 0.6, manhole.ap50.open, manhole.ap50.n),
    auc('eval.dumping.all.auc', 0.98, dumping.unlearned.all),
    auc('eval.dumping.truck.all.auc', 0.9, dumping.truck.unlearned.all),
    bar('eval.cannotSee.auc', '>=', 0.95, cannotSee.auc),
    bar(
      'eval.ece',
      '<=',
      0.05,
      worstEce,
      eces.reduce((sum, { n }) => sum + n, 0),
    ),
    bar('eval.ordinary.calmShare', '>=', 0.99, ordinary.unlearned.calmShare, ordinary.unlearned.n),
    bar('eval.weakestSource.auc', '>=', 0.75, weakest.auc, weakest.counted),
  ];
}

const operators = ['<=', '>=', '=='] as const;

/** The bars that a network's card promises, for example `flooding.fixed.auc >= 0.80`: a path into the result. */
export function promiseOf(model: string, text: string, result: unknown): Bar | null {
  const [path, sign, limit] = text.split(' ');
  const op = operators.find((one) => one === sign);
  if (path === undefined || op === undefined || limit === undefined || !Number.isFinite(Number(limit))) return null;
  let value = result;
  for (const key of path.split('.')) {
    value = typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
  }
  return bar(`${model}: ${path}`, op, Number(limit), typeof value === 'number' ? rounded(value, 4) : null);
}

const cardBars = (eyes: Eyes, result: Result): Bar[] =>
  [eyes.road, eyes.spot].flatMap(({ name, bars }) =>
    bars.flatMap((text) => {
      const one = promiseOf(name, text, result);
      return one === null ? [] : [one];
    }),
  );
