// The akim's weekly page: what the four hazards did in a week, what was done and how fast, what nobody could see, the scores.
import { hazardNames, type HazardName, type IssueName } from '#core/hazard-name';
import { numbers } from '#store';
import type { NumbersPeriod, NumbersWeek, Times } from '../contract.ts';
import type { Glass } from './glass.ts';
import { countEyes } from './numbers-count.ts';
import { countScores } from './numbers-scores.ts';
import { agencyName } from './register.ts';

/** As many works as the page has room for. */
const longestMax = 5;

/** The weekly page of a period; no person and no restricted place stands in it. */
export async function countWeek(
  glass: Glass,
  period: NumbersPeriod,
  nowMs: number,
): Promise<Omit<NumbersWeek, 'nowMs' | 'period'>> {
  const { database, register } = glass;
  const now = { fromMs: period.fromMs, toMs: period.untilMs };
  const before = { fromMs: period.before.fromMs, toMs: period.before.untilMs };
  const [raised, done, doneBefore, work, longest, eyes, scores] = await Promise.all([
    numbers.raisedByHazard(database, now),
    numbers.doneByHazard(database, now),
    numbers.doneByHazard(database, before),
    numbers.openWork(database, nowMs),
    numbers.longestOverdue(database, nowMs, longestMax),
    countEyes(glass, period, nowMs),
    newestScores(glass, period.untilMs, nowMs),
  ]);
  return {
    hazards: hazardNames.map((hazard) => {
      const [was, is, undone] = [of(doneBefore, hazard), of(done, hazard), of(work, hazard)];
      const seen = of(eyes.hazards, hazard);
      return {
        hazard,
        raised: of(raised, hazard)?.n ?? 0,
        confirmed: is?.confirmed ?? 0,
        confirmedBefore: was?.confirmed ?? 0,
        fixed: timesOf(is),
        fixedBefore: timesOf(was),
        reopened: is?.reopened ?? 0,
        open: undone?.open ?? 0,
        overdue: undone?.overdue ?? 0,
        looks: { n: seen?.looks.n ?? 0, unjudged: (seen?.looks.n ?? 0) - (seen?.looks.judged ?? 0) },
        zones: { n: seen?.zones ?? 0, unjudged: (seen?.zones ?? 0) - (seen?.judged ?? 0) },
      };
    }),
    cameras: { all: eyes.cameras.all, silent: eyes.cameras.silent },
    longest: longest.map(({ number, hazard, agencyId, place, fixByAtMs }) => ({
      number,
      hazard,
      place,
      agency: agencyName(register, agencyId),
      overdueMs: nowMs - fixByAtMs,
    })),
    scores,
  };
}

const of = <T extends { readonly hazard: IssueName }>(rows: readonly T[], hazard: HazardName): T | undefined =>
  rows.find((one) => one.hazard === hazard);

const timesOf = (
  row: { readonly fixed: number; readonly p50Ms: number | null; readonly p95Ms: number | null } | undefined,
): Times => ({ n: row?.fixed ?? 0, p50Ms: row?.p50Ms ?? null, p95Ms: row?.p95Ms ?? null });

/** The month of scores before the one that the week ends in where that is frozen, else the one before it; the running one without any. */
async function newestScores(glass: Glass, untilMs: number, nowMs: number): Promise<NumbersWeek['scores']> {
  const running = await countScores(glass, untilMs - 1, nowMs);
  if (running.frozenAtMs !== null) return running;
  const last = await countScores(glass, running.fromMs - 1, nowMs);
  if (last.frozenAtMs !== null) return last;
  const older = await countScores(glass, last.fromMs - 1, nowMs);
  return older.frozenAtMs !== null ? older : running;
}
