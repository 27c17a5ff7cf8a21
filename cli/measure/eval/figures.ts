// From judged pictures to the figures of the evaluation.
import type { Detection, DetectionClass } from '#core/detection';
import { hazardNames, type HazardName } from '#core/hazard-name';
import type { Word } from '#core/observation';
import { overlapOf } from '#detector';
import { rounded } from '../statistics.ts';
import { nameOf } from './leak.ts';
import type { ListName } from './lists.ts';
import { raisedIn, type Judged } from './look.ts';
import {
  aucOf,
  averagePrecision,
  leastOfEach,
  rankingOf,
  reliabilityOf,
  sourcesOf,
  withinOf,
  type BoxAnswers,
  type Ranking,
  type Reliability,
  type Resampling,
  type Scored,
} from './ranking.ts';

/** One judged thing with all that figures and the report page need. */
export interface Row extends Scored {
  readonly judged: Judged;
  /** What one look says; `cannot-see` where the picture's quality is refused. */
  readonly word: Word;
  /** The same, had nobody asked for the quality. */
  readonly anyQuality: Word;
  /** A network has learned from this picture, or from its twin. */
  readonly isLearned: boolean;
}

/** The rows of each subject that is ranked. */
export interface Subjects {
  readonly flooding: readonly Row[];
  readonly snow: readonly Row[];
  /** Registered manholes, each for itself. */
  readonly 'open-manhole': readonly Row[];
  /** Open manholes found by the road pass, by picture. */
  readonly manholeBoxes: readonly Row[];
  readonly dumping: readonly Row[];
  readonly truck: readonly Row[];
  /** Lorries at the scores from which they are reported. */
  readonly truckReported: readonly Row[];
}

const best = (detections: readonly Detection[] | null, classes: readonly DetectionClass[]): number =>
  Math.max(0, ...(detections ?? []).filter((d) => classes.includes(d.class)).map((d) => d.score));

/** Makes rows of pictures; those that show nothing to judge are left out. `learned` are the names of what leaks. */
export function subjectsOf(pictures: readonly Judged[], learned: ReadonlySet<string>): Subjects {
  const rowOf = (judged: Judged, positive: boolean, score: number, word: Word): Row => ({
    judged,
    positive,
    score,
    group: judged.item.group,
    source: judged.item.sourceRepo,
    word: judged.quality === 'good' ? word : 'cannot-see',
    anyQuality: word,
    isLearned: learned.has(nameOf(judged.item)),
  });
  const rowsOf = (list: ListName, score: (judged: Judged) => number, word: (judged: Judged) => Word): Row[] =>
    pictures.flatMap((judged) => {
      const { item } = judged;
      if (item.list !== list || item.truth === 'cannot-see') return [];
      return [rowOf(judged, item.truth === 'positive', score(judged), word(judged))];
    });
  const lorries: readonly DetectionClass[] = ['lorry', 'tipper_raised'];
  const isReported = (judged: Judged): Word => (best(judged.detections, lorries) > 0 ? 'hazard' : 'clear');
  return {
    flooding: rowsOf(
      'flooding',
      ({ ground }) => ground.floodLevel,
      ({ words }) => words.flooding,
    ),
    snow: rowsOf(
      'snow',
      ({ ground }) => ground.snowLevel,
      ({ words }) => words.snow,
    ),
    'open-manhole': pictures.flatMap((judged) =>
      judged.spots.map((spot) => rowOf(judged, spot.positive, spot.open, spot.word)),
    ),
    manholeBoxes: rowsOf(
      'manhole',
      ({ faint }) => best(faint, ['manhole_open']),
      ({ words }) => words['open-manhole'],
    ),
    dumping: rowsOf(
      'waste',
      ({ faint }) => best(faint, ['heap', 'sacks']),
      ({ anywhere }) => anywhere,
    ),
    truck: rowsOf('truck', ({ faint }) => best(faint, lorries), isReported),
    truckReported: rowsOf('truck', ({ detections }) => best(detections, ['lorry']), isReported),
  };
}

/** What one look says of what is there and of what is not. */
function saidOf(rows: readonly Row[]): Record<string, unknown> {
  const of = (positive: boolean): Record<string, number> => {
    const kind = rows.filter((row) => row.positive === positive);
    return {
      n: kind.length,
      said: kind.filter((row) => row.word === 'hazard').length,
      cannotSee: kind.filter((row) => row.word === 'cannot-see').length,
      saidWhateverTheQuality: kind.filter((row) => row.anyQuality === 'hazard').length,
    };
  };
  return { there: of(true), notThere: of(false) };
}

function atOf(rows: readonly Row[], threshold: number | null): Record<string, unknown> {
  const called = rows.filter((row) => row.word === 'hazard');
  const hits = called.filter((row) => row.positive).length;
  const positives = rows.filter((row) => row.positive).length;
  const negatives = rows.length - positives;
  return {
    threshold,
    recall: positives === 0 ? null : rounded(hits / positives, 3),
    falseRate: negatives === 0 ? null : rounded((called.length - hits) / negatives, 3),
    f1: called.length + positives === 0 ? null : rounded((2 * hits) / (called.length + positives), 3),
    ...saidOf(rows),
    fixed: saidOf(rows.filter((row) => row.judged.item.isFixed)),
  };
}

/** Pictures that have something in common besides their label: by what the list notes of them, or by what they measure. */
const slices: Readonly<Record<string, (judged: Judged) => boolean>> = {
  nightNoted: ({ item }) => /\bnight\b/i.test(item.note),
  rainNoted: ({ item }) => /\brain(y|ing)?\b/i.test(item.note),
  darkPicture: ({ meanLight }) => meanLight < 100,
  smallPicture: ({ heightPx }) => heightPx < 300,
};

export interface Rankings {
  readonly all: Ranking;
  /** Fixed cameras alone. */
  readonly fixed: Ranking;
  /** Pairs of one source. */
  readonly within: ReturnType<typeof withinOf>;
  readonly bySource: Readonly<Record<string, Ranking>>;
}

export interface Figures extends Rankings {
  /** The same without the pictures that leak: what the bars ask for. */
  readonly unlearned: Rankings;
  /** What one look says at the deployed numbers. */
  readonly at: Readonly<Record<string, unknown>>;
  /** Of the pictures that do not leak. */
  readonly reliability: Reliability;
  readonly slices: Readonly<Record<string, unknown>>;
}

function rankingsOf(name: string, rows: readonly Row[], resampling: Resampling): Rankings {
  const ranking = (part: string, some: readonly Row[]): Ranking => rankingOf(some, resampling, `${name}.${part}`);
  const fixed = rows.filter((row) => row.judged.item.isFixed);
  return {
    all: ranking('all', rows),
    fixed: ranking('fixed', fixed),
    within: withinOf(rows, resampling, `${name}.within`),
    bySource: Object.fromEntries(sourcesOf(rows).map(([source, some]) => [source, ranking(source, some)])),
  };
}

/** All figures of one subject. */
export function figuresOf(
  name: string,
  rows: readonly Row[],
  threshold: number | null,
  resampling: Resampling,
): Figures {
  const unlearned = rows.filter((row) => !row.isLearned);
  return {
    ...rankingsOf(name, rows, resampling),
    unlearned: rankingsOf(name, unlearned, resampling),
    at: atOf(rows, threshold),
    reliability: reliabilityOf(unlearned),
    slices: Object.fromEntries(
      Object.entries(slices).map(([slice, isIn]) => {
        const some = rows.filter((row) => isIn(row.judged));
        return [slice, { ...rankingOf(some, resampling, `${name}.${slice}`), ...saidOf(some) }];
      }),
    ),
  };
}

/** The source with the lowest AUC of all that have ten of each kind, leaks left out. */
export function weakestSource(figures: readonly (readonly [string, Pick<Figures, 'unlearned'>])[]): {
  readonly auc: number | null;
  readonly name: string | null;
  readonly counted: number;
} {
  const sources = figures.flatMap(([name, { unlearned }]) =>
    Object.entries(unlearned.bySource).flatMap(([source, { auc }]) =>
      auc === null ? [] : [{ name: `${name}: ${source}`, auc }],
    ),
  );
  const weakest = sources.toSorted((a, b) => a.auc - b.auc)[0];
  return { auc: weakest?.auc ?? null, name: weakest?.name ?? null, counted: sources.length };
}

/** How well the quality check refuses pictures that nobody could judge. */
export function cannotSeeOf(pictures: readonly Judged[]): Record<string, unknown> & { readonly auc: number | null } {
  const rows = pictures
    .filter(({ item }) => item.list === 'flooding' || item.list === 'snow')
    .map(({ item, quality }) => ({ positive: item.truth === 'cannot-see', score: quality === 'good' ? 0 : 1 }));
  const hopeless = rows.filter((row) => row.positive);
  const fair = rows.filter((row) => !row.positive);
  const share = (some: readonly { readonly score: number }[]): number | null =>
    some.length === 0 ? null : rounded(some.filter((row) => row.score === 1).length / some.length, 3);
  const isEnough = hopeless.length >= leastOfEach && fair.length >= leastOfEach;
  return {
    n: hopeless.length,
    recall: share(hopeless),
    others: fair.length,
    wrongRefused: share(fair),
    auc: isEnough ? rounded(aucOf(rows), 3) : null,
  };
}

interface Calm {
  readonly n: number;
  readonly raised: number;
  readonly calmShare: number | null;
}

function calmOf(roads: readonly Judged[]): Calm {
  const n = roads.length;
  const raised = roads.filter((road) => raisedIn(road).length > 0).length;
  return { n, raised, calmShare: n === 0 ? null : rounded(1 - raised / n, 4) };
}

/** Ordinary roads: what one look says of them, and which boxes are reported, by class. */
export function ordinaryOf(
  pictures: readonly Judged[],
  learned: ReadonlySet<string>,
): Record<string, unknown> & { readonly any: Calm; readonly unlearned: Calm } {
  const roads = pictures.filter(({ item }) => item.list === 'road_cctv');
  const classes: readonly DetectionClass[] = ['manhole_open', 'heap', 'sacks', 'tipper_raised'];
  const raised = (hazard: HazardName): number => roads.filter((road) => raisedIn(road).includes(hazard)).length;
  return {
    ...Object.fromEntries(hazardNames.map((hazard) => [hazard, { n: roads.length, raised: raised(hazard) }])),
    any: calmOf(roads),
    unlearned: calmOf(roads.filter(({ item }) => !learned.has(nameOf(item)))),
    boxes: Object.fromEntries(
      classes.map((name) => [
        name,
        {
          reported: roads.filter((road) => best(road.detections, [name]) > 0).length,
          highest: rounded(Math.max(0, ...roads.map((road) => best(road.faint, [name]))), 3),
        },
      ]),
    ),
    named: roads.flatMap((road) => {
      const said = raisedIn(road);
      return said.length === 0 ? [] : [`${nameOf(road.item)}: ${said.join(', ')}`];
    }),
  };
}

/** Pixels of the network's picture (640 x 384) that a box must fill to be asked for. */
const leastBoxPx = 48;
const networkPx = 640 * 384;

/** Boxes of one class at half overlap over all pictures of two lists that have boxes. */
export function boxesOf(
  pictures: readonly Judged[],
  name: DetectionClass,
  isLabel: (label: string) => boolean,
  resampling: Resampling,
): ReturnType<typeof averagePrecision> {
  const answers = pictures
    .filter(({ item }) => (item.list === 'manhole' || item.list === 'waste') && item.boxes.length > 0)
    .map((judged): BoxAnswers => answersOf(judged, name, isLabel));
  return averagePrecision(answers, resampling, `boxes.${name}`);
}

function answersOf(judged: Judged, name: DetectionClass, isLabel: (label: string) => boolean): BoxAnswers {
  const real = judged.item.boxes.filter((box) => isLabel(box.label));
  const must = real.map((box) => box.w * box.h * networkPx >= leastBoxPx);
  const taken = new Set<number>();
  const found: { score: number; hit: boolean }[] = [];
  const own = (judged.faint ?? []).filter((d) => d.class === name).toSorted((a, b) => b.score - a.score);
  for (const { box, score } of own) {
    const overlaps = real.map((one) => overlapOf(one, box));
    const most = Math.max(0, ...overlaps);
    const index = overlaps.indexOf(most);
    if (most < 0.5) found.push({ score, hit: false });
    else if (taken.has(index)) found.push({ score, hit: false });
    // A box too small to be asked for is neither right nor wrong.
    else if (must[index] === true) found.push({ score, hit: true });
    if (most >= 0.5) taken.add(index);
  }
  return { group: judged.item.group, must: must.filter(Boolean).length, found };
}
