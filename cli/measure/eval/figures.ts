// From rows to the figures of one hazard, in the shape that scripts rely on; what more is known stands under keys of its own.
import type { Thresholds } from './names.ts';
import type { DetectionClass } from '#core/detection';
import { hazardNames, type HazardName } from '#core/hazard-name';
import { rounded } from '../statistics.ts';
import { nameOf } from './leak.ts';
import { raisedIn, type Judged } from './look.ts';
import {
  aucOf,
  leastOfEach,
  rankingOf,
  reliabilityOf,
  sourcesOf,
  withinOf,
  type Ranking,
  type Reliability,
  type Resampling,
} from './ranking.ts';
import { best, type Row, type Subject } from './rows.ts';

export interface Rankings {
  readonly all: Ranking;
  /** Fixed cameras alone. */
  readonly fixed: Ranking;
  /** Pairs of one source. */
  readonly within: ReturnType<typeof withinOf>;
  readonly bySource: Readonly<Record<string, Ranking>>;
}

/** What is called a hazard, at one threshold. */
export interface At {
  readonly threshold: number | null;
  readonly recall: number | null;
  readonly falseRate: number | null;
  readonly f1: number | null;
}

export interface Said {
  readonly n: number;
  readonly said: number;
  readonly cannotSee: number;
  readonly saidWhateverTheQuality: number;
}

export interface Figures extends Rankings {
  /** What one look says at the deployed numbers, or at the threshold with the best F1 of a sweep. */
  readonly at: At;
  /** How many looks say it of what is there, and of what is not. */
  readonly said: { readonly there: Said; readonly notThere: Said; readonly fixedThere: Said; readonly fixedNot: Said };
  /** Is a score of 0.8 right eight times in ten? */
  readonly reliability: Reliability;
  /** Pictures that have something in common besides their label. */
  readonly slices: Readonly<Record<string, Ranking & { readonly there: Said; readonly notThere: Said }>>;
  /** Each threshold of a sweep; only where one was asked for. */
  readonly sweep?: readonly At[];
}

function saidOf(rows: readonly Row[], positive: boolean): Said {
  const kind = rows.filter((row) => row.positive === positive);
  return {
    n: kind.length,
    said: kind.filter((row) => row.word === 'hazard').length,
    cannotSee: kind.filter((row) => row.word === 'cannot-see').length,
    saidWhateverTheQuality: kind.filter((row) => row.anyQuality === 'hazard').length,
  };
}

/** Recall, share of false calls and F1 of what is called. */
function atOf(rows: readonly Row[], threshold: number | null, isCalled: (row: Row) => boolean): At {
  const called = rows.filter(isCalled);
  const hits = called.filter((row) => row.positive).length;
  const positives = rows.filter((row) => row.positive).length;
  const negatives = rows.length - positives;
  return {
    threshold,
    recall: positives === 0 ? null : rounded(hits / positives, 3),
    falseRate: negatives === 0 ? null : rounded((called.length - hits) / negatives, 3),
    f1: called.length + positives === 0 ? null : rounded((2 * hits) / (called.length + positives), 3),
  };
}

const steps = Array.from({ length: 19 }, (_, i) => Number(((i + 1) * 0.05).toFixed(2)));

const slices: Readonly<Record<string, (judged: Judged) => boolean>> = {
  nightNoted: ({ item }) => /\bnight\b/i.test(item.note),
  rainNoted: ({ item }) => /\brain(y|ing)?\b/i.test(item.note),
  wetLabelled: ({ item }) => ['wet', 'ponding', 'flooded'].includes(item.label),
  byDay: ({ light }) => light === 'day',
  atDusk: ({ light }) => light === 'dusk',
  atNight: ({ light }) => light === 'night' || light === 'infra-red',
  smallPicture: ({ heightPx }) => heightPx < 300,
};

function rankingsOf(name: string, rows: readonly Row[], resampling: Resampling): Rankings {
  const ranking = (part: string, some: readonly Row[]): Ranking => rankingOf(some, resampling, `${name}.${part}`);
  return {
    all: ranking('all', rows),
    fixed: ranking(
      'fixed',
      rows.filter((row) => row.judged.item.isFixed),
    ),
    within: withinOf(rows, resampling, `${name}.within`),
    bySource: Object.fromEntries(sourcesOf(rows).map(([source, some]) => [source, ranking(source, some)])),
  };
}

/** All figures of one subject. */
export function figuresOf(
  name: Subject,
  rows: readonly Row[],
  threshold: number | null,
  resampling: Resampling,
  way: Thresholds,
): Figures {
  const sweep = way === 'deployed' ? [] : steps.map((step) => atOf(rows, step, ({ score }) => score >= step));
  const bestOfSweep = sweep.toSorted((a, b) => (b.f1 ?? 0) - (a.f1 ?? 0))[0];
  const fixed = rows.filter((row) => row.judged.item.isFixed);
  return {
    ...rankingsOf(name, rows, resampling),
    at: bestOfSweep ?? atOf(rows, threshold, ({ word }) => word === 'hazard'),
    said: {
      there: saidOf(rows, true),
      notThere: saidOf(rows, false),
      fixedThere: saidOf(fixed, true),
      fixedNot: saidOf(fixed, false),
    },
    reliability: reliabilityOf(rows),
    slices: Object.fromEntries(
      Object.entries(slices).map(([slice, isIn]) => {
        const some = rows.filter((row) => isIn(row.judged));
        const ranking = rankingOf(some, resampling, `${name}.${slice}`);
        return [slice, { ...ranking, there: saidOf(some, true), notThere: saidOf(some, false) }];
      }),
    ),
    ...(way === 'sweep' ? { sweep } : {}),
  };
}

export interface Weakest {
  readonly auc: number | null;
  readonly name: string | null;
  /** Sources that have a figure. */
  readonly counted: number;
}

/** The source with the lowest AUC of all that have ten of each kind. */
export function weakestSource(figures: readonly (readonly [string, Pick<Rankings, 'bySource'>])[]): Weakest {
  const sources = figures.flatMap(([name, { bySource }]) =>
    Object.entries(bySource).flatMap(([source, { auc }]) =>
      auc === null ? [] : [{ name: `${name}: ${source}`, auc }],
    ),
  );
  const weakest = sources.toSorted((a, b) => a.auc - b.auc)[0];
  return { auc: weakest?.auc ?? null, name: weakest?.name ?? null, counted: sources.length };
}

export interface CannotSee {
  readonly n: number;
  readonly recall: number | null;
  readonly wrongRefused: number | null;
  /** By how sure the detector is that the ground cannot be judged. */
  readonly auc: number | null;
}

/** How well pictures that nobody could judge are told from all others. */
export function cannotSeeOf(pictures: readonly Judged[]): CannotSee {
  const rows = pictures
    .filter(({ item }) => item.list === 'flooding' || item.list === 'snow')
    .map(({ item, quality, ground, blindness }) => ({
      positive: item.truth === 'cannot-see',
      isRefused: quality !== 'good' || ground.unseen !== undefined,
      score: blindness,
    }));
  const hopeless = rows.filter((row) => row.positive);
  const fair = rows.filter((row) => !row.positive);
  const refused = (some: readonly { readonly isRefused: boolean }[]): number | null =>
    some.length === 0 ? null : rounded(some.filter((row) => row.isRefused).length / some.length, 3);
  const isEnough = hopeless.length >= leastOfEach && fair.length >= leastOfEach;
  return {
    n: hopeless.length,
    recall: refused(hopeless),
    wrongRefused: refused(fair),
    auc: isEnough ? rounded(aucOf(rows), 3) : null,
  };
}

export type Ordinary = Readonly<Record<HazardName, { readonly n: number; readonly raised: number }>>;

/** How often one look says a hazard of an ordinary road. */
export function ordinaryOf(pictures: readonly Judged[], hazards: readonly HazardName[]): Partial<Ordinary> {
  const roads = pictures.filter(({ item }) => item.list === 'road_cctv');
  const raised = (hazard: HazardName): number => roads.filter((road) => raisedIn(road).includes(hazard)).length;
  return Object.fromEntries(hazards.map((hazard) => [hazard, { n: roads.length, raised: raised(hazard) }]));
}

export interface Calm {
  readonly n: number;
  /** Roads of which one look says anything at all. */
  readonly raised: number;
  readonly calmShare: number | null;
  /** Boxes by class: roads with one that is reported, and the highest score of any. */
  readonly boxes: Readonly<Record<string, { readonly reported: number; readonly highest: number | null }>>;
  readonly named: readonly string[];
}

const odd: readonly DetectionClass[] = ['manhole_open', 'heap', 'sacks', 'tipper_raised'];

/** Ordinary roads over all hazards. */
export function calmOf(pictures: readonly Judged[]): Calm {
  const roads = pictures.filter(({ item }) => item.list === 'road_cctv');
  const loud = roads.filter((road) => raisedIn(road).length > 0);
  return {
    n: roads.length,
    raised: loud.length,
    calmShare: roads.length === 0 ? null : rounded(1 - loud.length / roads.length, 4),
    boxes: Object.fromEntries(
      odd.map((name) => [
        name,
        {
          reported: roads.filter((road) => best(road.detections, [name]) > 0).length,
          highest: rounded(Math.max(0, ...roads.map((road) => best(road.faint, [name]))), 3),
        },
      ]),
    ),
    named: loud.map((road) => `${nameOf(road.item)}: ${raisedIn(road).join(', ')}`),
  };
}

/** Hazards of a list of names, in the product's order. */
export const hazardsOf = (names: ReadonlySet<string>): HazardName[] => hazardNames.filter((name) => names.has(name));
