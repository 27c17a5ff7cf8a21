// An agency's own score for its head. Whose it is says the scope of the person (scope.ts) and nothing that is asked.
import { DateTime } from 'luxon';
import { AhualError } from '#core/errors';
import { numbers } from '#store';
import type { OwnFigures, OwnScore, OwnTask } from '../contract.ts';
import { placeOf } from './cards.ts';
import type { Glass } from './glass.ts';
import { countScores, scoredWanted } from './numbers-scores.ts';
import { reachOf } from './scope.ts';
import { serve } from './serve.ts';

const tasksMost = 300;
/** Months beside the asked one: what a head compares with. */
const monthsShown = 6;

const noAgency = (): AhualError =>
  new AhualError('AUTH_DENIED', 'Your roles do not allow this.', 'Ask your system administrator for the role.');

/** The route of an agency's own score. */
export function openOwnScore(glass: Glass): void {
  const { app, door, database, clock, city, register } = glass;

  /** The middle of a month, so that no zone moves it into another one. */
  const middleOf = (month: DateTime): number => month.startOf('month').plus({ days: 14 }).toMillis();

  async function figuresOf(agencyId: string, atMs: number, nowMs: number) {
    const told = await countScores(glass, atMs, nowMs);
    const own = told.groups.flatMap(({ agencies }) => agencies).find((one) => one.agencyId === agencyId);
    const { month, fromMs, freezesAtMs, frozenAtMs } = told;
    const score: OwnFigures | null = own ?? null;
    return { month, fromMs, freezesAtMs, frozenAtMs, score };
  }

  async function tasksOf(
    agencyId: string,
    list: 'scored' | 'scored-not' | 'scored-corrected',
    atMs: number,
    nowMs: number,
  ) {
    const wanted = await scoredWanted(glass, list, atMs);
    const stretch = { fromMs: wanted.of.fromMs, toMs: wanted.of.toMs };
    // Nothing is corrected of what is not frozen.
    if (list === 'scored-corrected' && !wanted.isFrozen) return { tasks: [], total: 0 };
    const found = await numbers.rows(database, wanted, { agencyId }, { stretch, nowMs, limit: tasksMost });
    const tasks = found.rows.flatMap((row): OwnTask[] => {
      const { id, number, hazard, severity, cameraId, lon, lat, atMs: dueMs, tookMs, state, isRight } = row;
      if (number === null || hazard === null || severity === null || dueMs === null) return [];
      const at = { cameraId: null, point: { lon: lon ?? 0, lat: lat ?? 0 } };
      const place = register.camera(cameraId)?.name ?? placeOf(at, register);
      return [{ id, number, hazard, severity, place, dueMs, lateMs: tookMs, outcome: state, isGood: isRight }];
    });
    return { tasks, total: found.total };
  }

  serve(app, door, 'ownScore', async ({ query, session: { person } }): Promise<OwnScore> => {
    const { agencyId } = reachOf(person);
    const agency = agencyId === null ? undefined : register.agency(agencyId);
    if (agencyId === null || !agency) throw noAgency();
    const nowMs = clock.nowMs();
    const now = DateTime.fromMillis(nowMs, { zone: city.zone });
    const asked = query.month === undefined ? now : DateTime.fromISO(`${query.month}-01`, { zone: city.zone });
    const atMs = middleOf(asked);
    const others = Array.from({ length: monthsShown }, (_, n) => middleOf(now.minus({ months: n })));
    const [own, counted, uncounted, corrected, ...months] = await Promise.all([
      figuresOf(agencyId, atMs, nowMs),
      tasksOf(agencyId, 'scored', atMs, nowMs),
      tasksOf(agencyId, 'scored-not', atMs, nowMs),
      tasksOf(agencyId, 'scored-corrected', atMs, nowMs),
      ...others.map((middleMs) => figuresOf(agencyId, middleMs, nowMs)),
    ]);
    const worstFirst = (a: OwnTask, b: OwnTask): number => Number(a.isGood) - Number(b.isGood) || b.dueMs - a.dueMs;
    return {
      ...own,
      nowMs,
      agency: agency.name,
      month: own.month.slice(0, 7),
      tasks: [...counted.tasks.sort(worstFirst), ...uncounted.tasks],
      more: counted.total > counted.tasks.length || uncounted.total > uncounted.tasks.length,
      corrected: corrected.tasks,
      months: months.map(({ month, fromMs, score }) => ({
        month: month.slice(0, 7),
        fromMs,
        index: score?.index ?? null,
        now: score?.now ?? null,
      })),
    };
  });
}
