// Before against after on days that the fit never saw: ranking, calls, false alarms, and whether the gain is more than luck. Pure.
import { randomOf } from '../eval/ranking.ts';
import { quantile } from '../statistics.ts';
import type { Example } from './material.ts';

/** By how much a correction moves an example's margin, log-odds. */
export type Correct = (one: Example) => number;

export interface Figures {
  /** Probability that a look at the hazard ranks above one without; null without three groups of each. */
  readonly auc: number | null;
  /** Called incidents and calm days without the hazard, per day of the hold-out. */
  readonly faPerDay: number;
  /** Share of hazards that are called; null without any. */
  readonly recall: number | null;
}

export interface Comparison {
  readonly before: Figures;
  readonly after: Figures;
  /** What the gain is a gain in: ranking, or right calls of what was judged (mean of both kinds). */
  readonly gainIn: 'auc' | 'calls';
  readonly gain: number | null;
  readonly gainCi95: readonly [number, number] | null;
  /** Whether recall was measured on this camera's own hazards or on those of other cameras. */
  readonly recallOn: 'own' | 'borrowed' | 'none';
  readonly groups: { readonly judgedNegative: number; readonly calm: number; readonly positive: number };
}

const leastGroups = 3;
const draws = 1000;

type Group = readonly Example[];

function groupsOf(examples: readonly Example[]): Group[] {
  const found = new Map<string, Example[]>();
  for (const one of examples) {
    const key = `${one.group} ${String(one.positive)}`;
    const known = found.get(key);
    if (known) known.push(one);
    else found.set(key, [one]);
  }
  return [...found.values()];
}

/** A group is called when at least half of its looks are: persistence asks three of four, of looks that are at hand. */
const isCalled = (group: Group, correct: Correct): boolean =>
  group.filter((one) => one.margin + correct(one) >= 0).length * 2 >= group.length;

const share = (groups: readonly Group[], correct: Correct): number | null =>
  groups.length === 0 ? null : groups.filter((group) => isCalled(group, correct)).length / groups.length;

/** Probability that a positive ranks above a negative, each group weighing the same; a tie counts half. */
export function aucOfGroups(groups: readonly Group[], correct: Correct): number | null {
  const rows = groups
    .flatMap((group) =>
      group.map((one) => ({ score: one.margin + correct(one), positive: one.positive, weight: 1 / group.length })),
    )
    .sort((a, b) => a.score - b.score);
  let below = 0;
  let wins = 0;
  let positives = 0;
  for (let i = 0; i < rows.length;) {
    let tied = 0;
    let tiedNegative = 0;
    for (const score = rows[i]?.score; i < rows.length && rows[i]?.score === score; i++) {
      if (rows[i]?.positive === true) tied += rows[i]?.weight ?? 0;
      else tiedNegative += rows[i]?.weight ?? 0;
    }
    wins += tied * (below + tiedNegative / 2);
    below += tiedNegative;
    positives += tied;
  }
  return positives * below === 0 ? null : wins / (positives * below);
}

/**
 * Compares two corrections on the hold-out. Hazards of other cameras stand in where the camera has had fewer than three of
 * its own. The gain's interval comes from draws of whole groups, positives and negatives apart, so that none runs out.
 */
export function compare(given: {
  readonly holdout: readonly Example[];
  readonly borrowed: readonly Example[];
  readonly days: number;
  readonly before: Correct;
  readonly after: Correct;
  readonly gainIn: 'auc' | 'calls';
  readonly seed: number;
}): Comparison {
  const { holdout, before, after, gainIn } = given;
  const own = groupsOf(holdout.filter((one) => one.positive));
  const positive = own.length >= leastGroups ? own : [...own, ...groupsOf(given.borrowed)];
  const negative = groupsOf(holdout.filter((one) => !one.positive));
  const judgedNegative = negative.filter(([one]) => one?.origin !== 'calm');
  const recallOn = own.length >= leastGroups ? 'own' : positive.length > 0 ? 'borrowed' : 'none';
  const isRanked = positive.length >= leastGroups && negative.length >= leastGroups;
  const figures = (correct: Correct): Figures => ({
    auc: isRanked ? aucOfGroups([...positive, ...negative], correct) : null,
    faPerDay: negative.filter((group) => isCalled(group, correct)).length / given.days,
    recall: share(positive, correct),
  });
  const calls = (positives: readonly Group[], negatives: readonly Group[], correct: Correct): number | null => {
    const [recall, wrong] = [share(positives, correct), share(negatives, correct)];
    return recall === null || wrong === null ? null : (recall + 1 - wrong) / 2;
  };
  const gainOf = (positives: readonly Group[], negatives: readonly Group[]): number | null => {
    const figure = (correct: Correct): number | null =>
      gainIn === 'auc' ? aucOfGroups([...positives, ...negatives], correct) : calls(positives, negatives, correct);
    const [old, fresh] = [figure(before), figure(after)];
    return old === null || fresh === null ? null : fresh - old;
  };
  const against = gainIn === 'auc' ? negative : judgedNegative;
  const isEnough = positive.length >= leastGroups && against.length >= leastGroups;
  const random = randomOf(`${given.seed}|adapt`);
  const drawn = (groups: readonly Group[]): Group[] =>
    groups.map(() => groups[Math.floor(random() * groups.length)]).filter((group) => group !== undefined);
  const gains = isEnough
    ? Array.from({ length: draws }, () => gainOf(drawn(positive), drawn(against))).filter((gain) => gain !== null)
    : [];
  const [low, high] = [quantile(gains, 0.025), quantile(gains, 0.975)];
  return {
    before: figures(before),
    after: figures(after),
    gainIn,
    gain: isEnough ? gainOf(positive, against) : null,
    gainCi95: low === null || high === null ? null : [low, high],
    recallOn,
    groups: {
      judgedNegative: judgedNegative.length,
      calm: negative.length - judgedNegative.length,
      positive: positive.length,
    },
  };
}

/** Why a correction is not offered; null when it may be. */
export function objection({ before, after, gainCi95 }: Comparison): string | null {
  if (gainCi95 === null) return 'the days that were kept out hold too few judged incidents to tell';
  if (gainCi95[0] <= 0) return `its gain may be luck: the interval begins at ${gainCi95[0].toFixed(3)}`;
  if (after.faPerDay > before.faPerDay) return 'false alarms would grow';
  if (after.recall === null || before.recall === null) return 'nothing says that a real hazard would still be called';
  if (after.recall < before.recall) return 'a hazard that is called now would be missed';
  return null;
}
