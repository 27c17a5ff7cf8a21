// `ahual models adapt` at work: reads the material, fits the smallest thing that helps, measures it on days it never saw, and
// follows it through its shadow.
import { adaptationKinds, type Adaptation, type AdaptationKind, type AdaptationParameters } from '#core/adaptation';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import type { HazardName } from '#core/hazard-name';
import { newId } from '#core/ids';
import { epochMs, isoOf } from '#core/units';
import { correctionOf } from '#hazards';
import { adapt, cameras, type Database } from '#store';
import { bar, type Measurement } from '../frame.ts';
import { randomOf } from '../eval/ranking.ts';
import { rounded } from '../statistics.ts';
import { cityPrior, fit, type FitInput } from './fit.ts';
import { materialOf, splitByDays, type Example, type Material, type Split } from './material.ts';
import { compare, objection, type Comparison, type Correct } from './score.ts';

const dayMs = 86_400_000;
/** A year and a month: the same season is in it. */
const lookBackMs = 396 * dayMs;
const mostOwn = 20_000;
const mostOthers = 60_000;
const panelCameras = 40;
/** With fewer judged looks a camera is not fitted. */
export const leastFrames = 8;

/** The measuring itself is wrong: exit code 4. */
export class MeasureWrong extends AhualError {}

export interface AdaptOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Time zone of the city: days are its days. */
  readonly zone: string;
  /** Null: the whole city, for cameras that have none of their own. */
  readonly cameraId: string | null;
  readonly hazard: HazardName;
  readonly from: 'verdicts' | 'marks';
  /** Absent: the smallest first, until one helps. */
  readonly method: AdaptationKind | undefined;
  /** Judged looks to fit on, at most. */
  readonly frames: number;
  readonly shadowH: number;
  /** Fit anew although one runs beside already. */
  readonly again: boolean;
  /** Only measure; nothing is kept. */
  readonly dry: boolean;
  readonly seed: number;
  readonly sabotage: 'none' | 'train-on-holdout';
  readonly by: string;
}

interface Read {
  readonly own: Material;
  readonly others: readonly Example[];
  readonly network: string;
  readonly models: readonly adapt.Model[];
}

/** Names the local day of a moment. */
export function dayNames(zone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  return (atMs) => format.format(atMs);
}

async function read(options: AdaptOptions): Promise<Read> {
  const { database, clock, hazard, cameraId, from } = options;
  const fromMs = clock.nowMs() - lookBackMs;
  const dayOf = dayNames(options.zone);
  const panel = await adapt.panel(database, hazard, cameraId ?? '', panelCameras);
  const ownIds = cameraId === null ? panel : [cameraId];
  const ownSamples = await adapt.samples(database, hazard, ownIds, fromMs, cameraId === null ? mostOthers : mostOwn);
  const network = ownSamples.at(-1)?.network ?? '';
  const materialFor = async (ids: readonly string[], samples: readonly adapt.SampleRow[], which: typeof from) =>
    materialOf({
      samples,
      judged: await adapt.judged(database, hazard, ids, fromMs),
      marks: await adapt.marks(database, hazard, ids, fromMs),
      from: which,
      network,
      dayOf,
    });
  const own = await materialFor(ownIds, ownSamples, from);
  const others =
    cameraId === null
      ? []
      : (await materialFor(panel, await adapt.samples(database, hazard, panel, fromMs, mostOthers), 'verdicts'))
          .examples;
  return { own, others, network, models: await adapt.inUse(database) };
}

/** Half of the other cameras help to fit, the other half only to judge; a camera is always on the same side. */
const isJudge = (cameraId: string): boolean => randomOf(`panel ${cameraId}`)() < 0.5;

const byParameters =
  (parameters: AdaptationParameters | undefined): Correct =>
  (one) =>
    parameters === undefined ? 0 : (correctionOf(parameters, one.margin, one.features) ?? 0);

/** What speaks now at each camera; corrections of other networks are silent. */
const speaking =
  (models: readonly adapt.Model[], network: string): Correct =>
  (one) => {
    const speaks = (each: Adaptation): boolean => each.speaks && each.network === network;
    return byParameters(adapt.adaptationsOf(models, one.cameraId).find(speaks)?.parameters)(one);
  };

/**
 * No look, incident or day that is kept out may be in the fit: else the figures praise memory. `own` is of the camera that is
 * judged, `helpers` of others.
 */
export function refuseLeak(
  own: readonly Example[],
  helpers: readonly Example[],
  keptOut: readonly Example[],
  holdoutFromMs: number,
): void {
  const groups = new Set(keptOut.map((one) => one.group));
  const leaked = [...own, ...helpers].filter((one) => groups.has(one.group)).length;
  const late = own.filter((one) => one.atMs >= holdoutFromMs).length;
  if (leaked === 0 && late === 0) return;
  throw new MeasureWrong(
    'REQUEST_INVALID',
    `${Math.max(leaked, late)} looks of the days that are kept out are in the fit.`,
    'Figures of such a fit say nothing; nothing was kept.',
    { leaked, late },
  );
}

/** The newest judged looks up to `frames`, in whole groups, and all calm ones. */
function newest(examples: readonly Example[], frames: number): Example[] {
  const judged = examples.filter((one) => one.origin !== 'calm').toReversed();
  const chosen = new Set<string>();
  let n = 0;
  for (const one of judged) {
    if (n >= frames && !chosen.has(one.group)) break;
    chosen.add(one.group);
    n++;
  }
  return examples.filter((one) => one.origin === 'calm' || chosen.has(one.group));
}

export interface Tried {
  readonly parameters: AdaptationParameters;
  readonly comparison: Comparison;
  readonly objection: string | null;
  readonly frames: number;
  readonly fittedFromMs: number;
  readonly fittedToMs: number;
}

/**
 * Fits and measures, the smallest method first, and gives the first that may be offered, else the last that was tried. Pure:
 * the same material gives the same answer. Throws `MeasureWrong` when the hold-out is in the fit.
 */
export function fitAndMeasure(given: {
  readonly split: Split;
  readonly others: readonly Example[];
  readonly methods: readonly AdaptationKind[];
  readonly before: Correct;
  readonly frames: number;
  readonly seed: number;
  readonly sabotage?: AdaptOptions['sabotage'];
}): Tried | null {
  const { split, others } = given;
  const helpers = others.filter((one) => !isJudge(one.cameraId));
  const judges = others.filter((one) => isJudge(one.cameraId) && one.positive);
  const own = newest(
    given.sabotage === 'train-on-holdout' ? [...split.fit, ...split.holdout] : split.fit,
    given.frames,
  );
  const borrowed = helpers.filter((one) => one.positive);
  refuseLeak(own, borrowed, [...split.holdout, ...judges], split.holdoutFromMs);
  const input: FitInput = { own, borrowed, prior: cityPrior(helpers, own) };
  let last: Tried | null = null;
  for (const method of given.methods) {
    const parameters = fit(method, input);
    if (parameters === null) continue;
    const comparison = compare({
      holdout: split.holdout,
      borrowed: judges,
      days: split.holdoutDays,
      before: given.before,
      after: byParameters(parameters),
      gainIn: method === 'head' ? 'auc' : 'calls',
      seed: given.seed,
    });
    last = {
      parameters,
      comparison,
      objection: objection(comparison),
      frames: own.filter((one) => one.origin !== 'calm').length,
      fittedFromMs: Math.min(...own.map((one) => one.atMs)),
      fittedToMs: Math.max(...own.map((one) => one.atMs)),
    };
    if (last.objection === null) return last;
  }
  return last;
}

const three = (value: number | null): number | null => rounded(value, 3);
const figuresOf = ({ before, after }: Comparison) => ({
  before: { auc: three(before.auc), faPerDay: three(before.faPerDay), recall: three(before.recall) },
  after: { auc: three(after.auc), faPerDay: three(after.faPerDay), recall: three(after.recall) },
});

/** What the new correction would change at other cameras: nothing, when it is one camera's own. */
function panelOf(read: Read, cameraId: string | null, hazard: HazardName, parameters: AdaptationParameters) {
  const fresh: adapt.Model = {
    id: 'fresh',
    number: 0,
    cameraId,
    hazard,
    parameters,
    network: read.network,
    state: 'active',
    fittedFromMs: 0,
    fittedToMs: 0,
    figures: {},
    madeAtMs: 0,
    shadowUntilMs: 0,
    proposedBy: null,
    proposedAtMs: null,
    promotedBy: null,
    promotedAtMs: null,
    endedBy: null,
    endedAtMs: null,
    replaces: null,
  };
  const isReplaced = (one: adapt.Model): boolean =>
    one.cameraId === cameraId && one.hazard === hazard && one.state === 'active';
  const now = speaking(read.models, read.network);
  const then = speaking([...read.models.filter((one) => !isReplaced(one)), fresh], read.network);
  const examples = cameraId === null ? read.own.examples : read.others;
  const ids = [...new Set(examples.map((one) => one.cameraId))];
  let worst = 0;
  let changed = 0;
  for (const id of ids) {
    const mine = examples.filter((one) => one.cameraId === id);
    if (mine.some((one) => now(one) !== then(one))) changed++;
    const given = { holdout: mine, borrowed: [], days: 1, before: now, after: then, gainIn: 'auc', seed: 1 } as const;
    const { before, after } = compare(given);
    if (before.auc !== null && after.auc !== null) worst = Math.min(worst, after.auc - before.auc);
  }
  return { cameras: ids.length, changed, worstChangeAuc: three(worst) };
}

interface Followed {
  readonly figures: { hours: number; wantedHours: number; looks: number; newFalse: number; newMissed: number };
  readonly isOver: boolean;
  readonly why: string | null;
}

/** How a correction did beside what spoke: what it alone called, and which confirmed hazards it would have missed. */
async function follow(options: AdaptOptions, model: adapt.Model): Promise<Followed> {
  const { database, clock, hazard } = options;
  const sum = await adapt.shadowSum(database, model.id);
  const ids = model.cameraId === null ? await adapt.panel(database, hazard, '', panelCameras) : [model.cameraId];
  const verdicts = await adapt.judged(database, hazard, ids, model.madeAtMs);
  const samples = (await adapt.samples(database, hazard, ids, model.madeAtMs, mostOwn)).filter(
    (one) => one.shadowId === model.id,
  );
  const newMissed = verdicts.filter((row) => {
    if (row.kind !== 'confirm' || row.overturned || (row.otherHazard ?? hazard) !== hazard) return false;
    const mine = samples.filter(
      (one) =>
        one.cameraId === row.cameraId &&
        one.zoneId === row.zoneId &&
        one.word === 'hazard' &&
        one.seenAtMs >= row.openedMs - row.overS * 1000 - 1000 &&
        one.seenAtMs <= row.lastSeenMs + 1000,
    );
    return mine.length > 0 && mine.filter((one) => one.shadowWord === 'hazard').length * 2 < mine.length;
  }).length;
  const wantedHours = Math.round((model.shadowUntilMs - model.madeAtMs) / 3_600_000);
  const figures = {
    hours: sum.hours,
    wantedHours,
    looks: sum.looks,
    newFalse: sum.hoursOnlyShadow,
    newMissed,
  };
  const isOver = clock.nowMs() >= model.shadowUntilMs;
  const why =
    newMissed > 0
      ? `in its shadow it would have missed ${newMissed} confirmed`
      : sum.hoursOnlyShadow > 0
        ? `in its shadow it alone would have called in ${sum.hoursOnlyShadow} hours`
        : isOver && sum.hours * 2 < wantedHours
          ? `the camera was looked at in ${sum.hours} of ${wantedHours} hours of its shadow`
          : null;
  return { figures, isOver, why };
}

/** One person's view of one correction: what `models list` shows and what `adapt` says of one that is under way. */
export const factsOf = (model: adapt.Model) => ({
  number: model.number,
  camera: model.cameraId ?? 'city',
  hazard: model.hazard,
  method: model.parameters.kind,
  state: model.state,
  network: model.network,
  made: isoOf(epochMs(model.madeAtMs)),
  shadowUntil: isoOf(epochMs(model.shadowUntilMs)),
  proposedBy: model.proposedBy,
  promotedBy: model.promotedBy,
  endedBy: model.endedBy,
});

/**
 * Fits and measures, or reports on the one that is under way. What may help is kept and runs in shadow. Throws
 * CAMERA_UNKNOWN, REQUEST_INVALID with the cure when the material does not allow a fit, `MeasureWrong` for a leak.
 */
export async function measureAdapt(options: AdaptOptions): Promise<Measurement> {
  const { database, clock, cameraId, hazard } = options;
  const head = { camera: cameraId ?? 'city', hazard };
  const args = { from: options.from, method: options.method ?? 'smallest', frames: options.frames, seed: options.seed };
  if (cameraId !== null && !(await cameras.byId(database, cameraId))) {
    throw new AhualError('CAMERA_UNKNOWN', `there is no camera ${cameraId}.`, 'See the list of cameras.', { cameraId });
  }
  const isUnderWay = (one: adapt.Model): boolean => one.state === 'shadow' || one.state === 'offered';
  const underWay = (await adapt.modelsOf(database, cameraId, hazard)).find(isUnderWay);
  if (underWay && !options.again && !options.dry && options.sabotage === 'none') {
    const followed = await follow(options, underWay);
    const model =
      followed.isOver && followed.why === null
        ? await database.transaction((tx) => adapt.offer(tx, underWay.id, clock.nowMs(), options.by))
        : underWay;
    const decision = model.state === 'offered' ? 'promote-offered' : followed.why !== null ? 'kept-as-is' : 'in-shadow';
    return {
      command: 'models adapt',
      args,
      result: { ...head, ...model.figures, model: factsOf(model), shadow: followed.figures, decision },
      bars: [bar('adapt.shadow.newMissed', '==', 0, followed.figures.newMissed)],
      notes: followed.why === null ? [] : [`${followed.why}; fit anew with --again`],
    };
  }
  const material = await read(options);
  const cpuBefore = process.cpuUsage();
  const tried = measured(options, material);
  const used = process.cpuUsage(cpuBefore);
  const fitCpuS = (used.user + used.system) / 1e6;
  const { parameters, comparison } = tried;
  const panel = panelOf(material, cameraId, hazard, parameters);
  const figures = {
    method: parameters.kind,
    frames: tried.frames,
    ...figuresOf(comparison),
    gainIn: comparison.gainIn,
    gain: three(comparison.gain),
    gainCi95: comparison.gainCi95?.map(three) ?? null,
    recallOn: comparison.recallOn,
    holdout: comparison.groups,
    panel,
  };
  const why =
    tried.objection ??
    ((panel.worstChangeAuc ?? 0) < -0.005 ? 'it would make the judgement of another camera worse' : null);
  const model =
    why !== null || options.dry
      ? null
      : await database.transaction((tx) =>
          adapt.insertModel(tx, {
            id: newId(clock),
            cameraId,
            hazard,
            parameters,
            network: material.network,
            figures,
            fittedFromMs: tried.fittedFromMs,
            fittedToMs: tried.fittedToMs,
            madeAtMs: clock.nowMs(),
            shadowUntilMs: clock.nowMs() + options.shadowH * 3_600_000,
            by: options.by,
          }),
        );
  return {
    command: 'models adapt',
    args,
    result: {
      ...head,
      ...figures,
      unused: material.own.unused,
      ...(model === null ? {} : { model: factsOf(model) }),
      shadow: { hours: 0, wantedHours: options.shadowH, looks: 0, newFalse: 0, newMissed: 0 },
      decision: why !== null ? 'kept-as-is' : model === null ? 'would-be-offered' : 'in-shadow',
    },
    bars: [
      bar('adapt.fitCpuS', '<=', 60, Math.round(fitCpuS * 100) / 100),
      ...(cameraId === null ? [] : [bar('adapt.otherCamerasChanged', '==', 0, panel.changed)]),
    ],
    notes: why === null ? [] : [`nothing is changed: ${why}`],
  };
}

/** The material of a camera cut and fitted, or why that cannot be. */
function measured(options: AdaptOptions, { own, others, network, models }: Read): Tried {
  const where = options.cameraId === null ? 'the city' : `camera ${options.cameraId}`;
  const { once, contradicted, saysNothing, withoutSample } = own.unused;
  const tooLittle = (what: string): AhualError =>
    new AhualError(
      'REQUEST_INVALID',
      `${where} has too little for ${options.hazard}: ${what} (not used: ${once} verdicts of one person alone, ` +
        `${contradicted} contradicted, ${saysNothing} with a reason that says nothing of the picture, ${withoutSample} without a kept look).`,
      'Let a second person mark looks of it (`ahual models mark`), or wait for more verdicts.',
      { once, contradicted, saysNothing, withoutSample },
    );
  const split = splitByDays(own.examples);
  if (split === null) throw tooLittle('looks of fewer than four days');
  const frames = split.fit.filter((one) => one.origin !== 'calm').length;
  if (frames < leastFrames)
    throw tooLittle(`${frames} judged looks before the days that are kept out, ${leastFrames} needed`);
  const tried = fitAndMeasure({
    split,
    others,
    methods: options.method === undefined ? adaptationKinds : [options.method],
    before: speaking(models, network),
    frames: options.frames,
    seed: options.seed,
    sabotage: options.sabotage,
  });
  if (tried === null) {
    throw tooLittle(
      options.method === 'head'
        ? 'its looks have no features of the network'
        : 'fewer than twenty calm looks here or in the city',
    );
  }
  return tried;
}
