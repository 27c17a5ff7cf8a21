// The result's shape: the keys that scripts rely on, and beside them, under keys of their own, what else is known.
import type { HazardName } from '#core/hazard-name';
import { defaultHazardSettings } from '#hazards';
import { manholeBoxesOf } from './boxes.ts';
import type { ClipFigures, ClipsMeasured } from './clips.ts';
import {
  calmOf,
  cannotSeeOf,
  figuresOf,
  ordinaryOf,
  weakestSource,
  type Calm,
  type CannotSee,
  type Figures,
  type Ordinary,
  type Weakest,
} from './figures.ts';
import type { Thresholds } from './names.ts';
import type { ListName } from './lists.ts';
import type { Eyes, Judged } from './look.ts';
import { waterMasksOf, type MaskFigures } from './masks.ts';
import type { DegradedFigures, DegradedMeasured } from './degraded.ts';
import type { Resampling } from './ranking.ts';
import type { PastMeasured } from './references.ts';
import type { Subject, Subjects } from './rows.ts';
import type { StillFigures } from './stills.ts';

export interface Ap50 {
  /** Pictures with boxes. */
  readonly n: number;
  readonly open: number | null;
  readonly closed: number | null;
  /** Of `open`. */
  readonly ci95: readonly [number, number] | null;
}

export interface Result {
  readonly flooding?: Figures & MaskFigures;
  readonly snow?: Figures;
  readonly 'open-manhole'?: Figures & {
    readonly ap50: Ap50;
    readonly boxes: { readonly open: number; readonly closed: number };
    /** Each marked manhole for itself. */
    readonly byManhole: Figures;
    /** Pictures by the surest open manhole that the road pass found in them. */
    readonly byBoxes: Figures;
  };
  readonly dumping?: Partial<Figures> & { readonly truck?: Figures; readonly clips?: ClipFigures };
  readonly cannotSee?: CannotSee;
  readonly ordinary?: Partial<Ordinary>;
  readonly calm?: Calm;
  readonly weakest: Weakest;
  readonly rendered?: StillFigures;
  readonly degraded?: DegradedFigures;
  /** Each fixed camera's pictures beside its own clear ones. */
  readonly past?: PastMeasured['figures'];
}

/** What is measured beside the labelled pictures; null where it was not asked for. */
export interface Parts {
  readonly rendered: StillFigures | null;
  readonly replayed: ClipsMeasured | null;
  readonly degraded: DegradedMeasured | null;
  readonly past: PastMeasured | null;
}

export interface ResultOptions {
  readonly hazards: readonly HazardName[];
  readonly read: readonly ListName[];
  readonly threshold: Thresholds;
  readonly resampling: Resampling;
}

/** All figures of judged pictures. What has no list has no key. */
export async function resultOf(
  pictures: readonly Judged[],
  subjects: Subjects,
  eyes: Eyes,
  { rendered, replayed, degraded, past }: Parts,
  { hazards, read, threshold, resampling }: ResultOptions,
): Promise<Result> {
  const settings = defaultHazardSettings;
  const has = (hazard: HazardName, list: ListName): boolean => hazards.includes(hazard) && read.includes(list);
  const figures = (name: Subject, deployed: number | null): Figures =>
    figuresOf(name, subjects[name], deployed, resampling, threshold);
  const flooding = has('flooding', 'flooding')
    ? { ...figures('flooding', settings.flooding.floodLevel), ...(await waterMasksOf(pictures, resampling)) }
    : undefined;
  const snow = has('snow', 'snow') ? figures('snow', settings.snow.coveredShare) : undefined;
  const manhole = has('open-manhole', 'manhole') ? manholeOf(pictures, figures, eyes, resampling) : undefined;
  const waste = has('dumping', 'waste') ? figures('dumping', settings.dumping.heapScore) : undefined;
  const truck = has('dumping', 'truck') ? figures('truck', eyes.road.scores.objects.lorry ?? null) : undefined;
  const clips = hazards.includes('dumping') ? replayed?.figures : undefined;
  const isSeen = read.includes('flooding') || read.includes('snow');
  const isRoad = read.includes('road_cctv');
  const ranked: [string, Figures | undefined][] = [
    ['flooding', flooding],
    ['snow', snow],
    ['open-manhole', manhole],
    ['dumping', waste],
    ['dumping.truck', truck],
  ];
  return {
    ...(flooding ? { flooding } : {}),
    ...(snow ? { snow } : {}),
    ...(manhole ? { 'open-manhole': manhole } : {}),
    ...((waste ?? truck ?? clips)
      ? { dumping: { ...waste, ...(truck ? { truck } : {}), ...(clips ? { clips } : {}) } }
      : {}),
    ...(isSeen ? { cannotSee: cannotSeeOf(pictures) } : {}),
    ...(isRoad ? { ordinary: ordinaryOf(pictures, hazards), calm: calmOf(pictures) } : {}),
    weakest: weakestSource(ranked.flatMap(([name, one]) => (one ? [[name, one] as const] : []))),
    ...(rendered ? { rendered } : {}),
    ...(degraded ? { degraded: degraded.figures } : {}),
    ...(past ? { past: past.figures } : {}),
  };
}

function manholeOf(
  pictures: readonly Judged[],
  figures: (name: Subject, deployed: number | null) => Figures,
  eyes: Eyes,
  resampling: Resampling,
): NonNullable<Result['open-manhole']> {
  const limits = defaultHazardSettings['open-manhole'];
  const { widthPx, heightPx } = eyes.road.input;
  const boxes = (name: 'manhole_open' | 'manhole_closed', label: string) =>
    manholeBoxesOf(pictures, name, label, widthPx * heightPx, resampling);
  const open = boxes('manhole_open', 'Manhole-Open');
  const closed = boxes('manhole_closed', 'Manhole-Closed');
  return {
    ...figures('open-manhole', limits.spotOpen),
    ap50: { n: open.pictures, open: open.ap50, closed: closed.ap50, ci95: open.ci95 },
    boxes: { open: open.boxes, closed: closed.boxes },
    byManhole: figures('manholes', limits.spotOpen),
    byBoxes: figures('manholeBoxes', limits.boxScore),
  };
}
