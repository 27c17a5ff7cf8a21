// Agencies' scores of a month (domain 3.7): figures of the store → shares with their bounds, index, groups that can be compared, places.
import { rules, scores } from '#store';
import { scoreMonthOf, scoresFreezeAtMs } from '#tasks';
import {
  scoreLeast,
  scoreLists,
  type AgencyScore,
  type NumberList,
  type NumbersScores,
  type ScoreGroup,
} from '../contract.ts';
import type { Glass } from './glass.ts';
import { shareOf } from './numbers-share.ts';

type ScoreList = (typeof scoreLists)[number];
export const isScoreList = (list: NumberList): list is ScoreList => scoreLists.some((one) => one === list);

const which = {
  scored: 'counted',
  'scored-good': 'good',
  'scored-bad': 'bad',
  'scored-not': 'not',
  'scored-corrected': 'corrected',
} as const;

/** What the store is asked for a list of scores: of the month that the moment lies in. */
export async function scoredWanted(
  { database, city }: Pick<Glass, 'database' | 'city'>,
  list: ScoreList,
  atMs: number,
) {
  const of = scoreMonthOf(atMs, city.zone);
  const frozen = await scores.frozen(database, of.month);
  return { kind: 'scored' as const, which: which[list], of, isFrozen: frozen !== undefined };
}

/** Index of an agency's month, 0..100 (domain 3.7). */
export const indexOf = ({ first, n, kept, verified, accepted }: Parts): number =>
  100 * (0.6 * shareOf(first, n).low + 0.25 * shareOf(kept, verified).low + 0.15 * shareOf(accepted, n).low);

type Parts = Pick<scores.ScoreFigures, 'first' | 'n' | 'kept' | 'verified' | 'accepted'>;

/** The scores of the month that a moment lies in; of a frozen month what was frozen, with what would be otherwise today. */
export async function countScores(
  { database, city, register }: Pick<Glass, 'database' | 'city' | 'register'>,
  atMs: number,
  nowMs: number,
): Promise<Omit<NumbersScores, 'nowMs' | 'period'>> {
  const of = scoreMonthOf(atMs, city.zone);
  const frozen = await scores.frozen(database, of.month);
  const [figures, corrections, holidays] = await Promise.all([
    scores.figures(database, frozen ? scores.frozenOf(of.month) : scores.scoredOf(of, nowMs)),
    frozen ? scores.corrections(database, of, nowMs) : [],
    rules.holidays(database),
  ]);
  const agencies: readonly scores.ScoredAgency[] = frozen?.agencies ?? register.agencies();
  const correctionOf = new Map(corrections.map((one) => [one.agencyId, one]));
  const figuresOf = new Map(figures.map((one) => [one.agencyId, one]));
  // An agency may have nothing but late corrections in a month.
  const ids = new Set([...figuresOf.keys(), ...correctionOf.keys()]);
  const groups = new Map<string, ScoreGroup & { readonly agencies: AgencyScore[] }>();
  for (const id of ids) {
    const agency = agencies.find((one) => one.id === id) ?? register.agency(id);
    // What the centre gave to itself is no agency's work.
    if (!agency || agency.kind === 'control') continue;
    const told = figuresOf.get(id) ?? { ...nothing, agencyId: id };
    const hazard = agency.kind === 'akimat' ? null : told.hazard;
    const key = `${agency.kind} ${hazard ?? ''}`;
    const group = groups.get(key) ?? { kind: agency.kind, hazard, agencies: [] };
    group.agencies.push(scoreOf(told, agency, correctionOf.get(id)));
    groups.set(key, group);
  }
  return {
    month: of.month,
    fromMs: of.fromMs,
    freezesAtMs: scoresFreezeAtMs(of, city.zone, holidays),
    frozenAtMs: frozen?.frozenAtMs ?? null,
    groups: [...groups.values()]
      .map((group) => ({ ...group, agencies: ranked(group.agencies) }))
      .sort((a, b) => workOf(b) - workOf(a) || (a.kind < b.kind ? -1 : 1)),
  };
}

const nothing: Omit<scores.ScoreFigures, 'agencyId'> = {
  n: 0,
  good: 0,
  first: 0,
  accepted: 0,
  verified: 0,
  kept: 0,
  byCamera: 0,
  byPhoto: 0,
  byWord: 0,
  checking: 0,
  disputed: 0,
  handedOn: 0,
  cancelled: 0,
  hazard: null,
};

const workOf = ({ agencies }: ScoreGroup): number => agencies.reduce((sum, { now }) => sum + now.n, 0);

function scoreOf(
  told: scores.ScoreFigures,
  { name }: Pick<scores.ScoredAgency, 'name'>,
  late: scores.ScoreCorrection | undefined,
): AgencyScore {
  return {
    agencyId: told.agencyId,
    name,
    now: shareOf(told.good, told.n),
    index: told.n < scoreLeast ? null : indexOf(told),
    rank: null,
    kept: shareOf(told.kept, told.verified),
    accepted: shareOf(told.accepted, told.n),
    by: { camera: told.byCamera, photo: told.byPhoto, word: told.byWord },
    not: {
      checking: told.checking,
      disputed: told.disputed,
      handedOn: told.handedOn,
      cancelled: told.cancelled,
    },
    corrected: late ? { tasks: late.tasks, k: told.good + late.good, n: told.n + late.n } : null,
  };
}

/** The best index first and those with too few tasks last; the same index has the same place. Who stands alone has none. */
function ranked(agencies: readonly AgencyScore[]): AgencyScore[] {
  const sorted = agencies.toSorted(
    (a, b) => (b.index ?? -1) - (a.index ?? -1) || b.now.n - a.now.n || (a.agencyId < b.agencyId ? -1 : 1),
  );
  const isAlone = sorted.filter((one) => one.index !== null).length < 2;
  return sorted.map((one) => ({
    ...one,
    rank: one.index === null || isAlone ? null : sorted.findIndex((other) => other.index === one.index) + 1,
  }));
}
