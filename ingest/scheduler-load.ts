// How much the workers can do, as the queue shows it, and what was left out: added up, written down, told.
import type { Clock } from '#core/clock';
import type { Log } from '#core/log';
import { cover, marks, type Database } from '#store';
import type { Plan, PlannedLook } from './plan.ts';

/** So many looks may wait on the queue at most; more would be stale before a worker comes to them. */
const mostWaiting = 4000;
/** However slow the workers are, so many may wait: less would leave them idle between two rounds. */
const leastWaiting = 32;
const rateOverMs = 60_000;
const tellEveryMs = 5000;

/** Name of the mark that says how loaded the looking is; the health page shows it. */
export const loadMark = 'ingest.load';

/** What is on the queue: waiting, and in the hands of workers. */
export interface Backlog {
  readonly waiting: number;
  readonly active: number;
}

export interface Round {
  readonly put: number;
  readonly shed: number;
  readonly missed: number;
  readonly backlog: Backlog;
  readonly needPerMinute: number;
  readonly lateS: number;
}

/**
 * How many looks may be put now, from what the workers did while the queue was never empty: what is put waits half its life at
 * most, so that what cannot be done is chosen here and left out in the open, and never grows stale in a queue.
 */
export class Capacity {
  readonly #staleS: number;
  readonly #clock: Clock;
  #last: { atMs: number; inQueue: number; wasBusy: boolean } | undefined;
  #busy: { ms: number; done: number; atMs: number }[] = [];

  constructor(clock: Clock, staleS: number) {
    this.#clock = clock;
    this.#staleS = staleS;
  }

  /** Looks done each second while there was always one more to do; null while the workers always kept up. */
  get perS(): number | null {
    const ms = this.#busy.reduce((sum, one) => sum + one.ms, 0);
    const done = this.#busy.reduce((sum, one) => sum + one.done, 0);
    return ms < 5000 ? null : (done * 1000) / ms;
  }

  /** Takes note of the queue before a round, and says how many looks may be put. */
  room({ waiting, active }: Backlog): number {
    const atMs = this.#clock.monotonicMs();
    const last = this.#last;
    const isBusy = waiting > 0;
    if (last?.wasBusy === true && isBusy) {
      const done = Math.max(0, last.inQueue - waiting - active);
      this.#busy.push({ ms: atMs - last.atMs, done, atMs });
    }
    this.#busy = this.#busy.filter((one) => atMs - one.atMs < rateOverMs);
    this.#last = { atMs, inQueue: waiting + active, wasBusy: isBusy };
    const { perS } = this;
    const most = perS === null ? mostWaiting : Math.round((perS * this.#staleS) / 2);
    return Math.max(0, Math.min(mostWaiting, Math.max(leastWaiting, most)) - waiting);
  }

  /** So many were put after the last `room`. */
  note(put: number): void {
    if (!this.#last) return;
    this.#last = { ...this.#last, inQueue: this.#last.inQueue + put, wasBusy: this.#last.wasBusy || put > 0 };
  }
}

/** The rows of the ledger that a round of planning makes: all looks, and those for each hazard of their cameras. */
export function coverOf(
  { put, later, shed }: Plan,
  hazardsOf: (cameraId: string) => ReadonlySet<string>,
  countsMissed: boolean,
): cover.Planned[] {
  const sums = new Map<string, { hourMs: number; hazard: string; put: number; shed: number; missed: number }>();
  const add = (look: PlannedLook, what: 'put' | 'shed' | 'later'): void => {
    const missed = countsMissed ? look.missed : 0;
    if (what === 'later' && missed === 0) return;
    const hourMs = cover.hourOf(look.dueAtMs);
    for (const hazard of [cover.allLooks, ...hazardsOf(look.cameraId)]) {
      const key = `${hourMs} ${hazard}`;
      const sum = sums.get(key) ?? { hourMs, hazard, put: 0, shed: 0, missed: 0 };
      sums.set(key, sum);
      if (what !== 'later') sum[what] += 1;
      sum.missed += missed;
    }
  };
  for (const look of put) add(look, 'put');
  for (const look of shed) add(look, 'shed');
  for (const look of later) add(look, 'later');
  return [...sums.values()];
}

interface LoadNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell?: (facts: Readonly<Record<string, string | number | boolean | null>>) => void;
}

/** Adds up a minute of rounds and writes them where the health page reads them: what is left out is never silent. */
export function openLoad({ database, clock, log, tell }: LoadNeeds): { add(round: Round): Promise<void> } {
  const rounds: (Round & { atMs: number })[] = [];
  let writtenMs = Number.NEGATIVE_INFINITY;
  let wasShedding = false;
  return {
    async add(round) {
      const nowMs = clock.monotonicMs();
      rounds.push({ ...round, atMs: nowMs });
      while ((rounds[0]?.atMs ?? nowMs) < nowMs - 60_000) rounds.shift();
      if (nowMs - writtenMs < tellEveryMs) return;
      writtenMs = nowMs;
      const sum = (pick: (one: Round) => number): number => rounds.reduce((total, one) => total + pick(one), 0);
      const facts = {
        putPerMinute: sum((one) => one.put),
        shedPerMinute: sum((one) => one.shed),
        missedPerMinute: sum((one) => one.missed),
        needPerMinute: Math.round(round.needPerMinute),
        waiting: round.backlog.waiting,
        active: round.backlog.active,
        lateS: Math.round(round.lateS),
      };
      await database.transaction((tx) => marks.set(tx, loadMark, { atMs: clock.nowMs(), ...facts }));
      tell?.(facts);
      const isShedding = facts.shedPerMinute > 0;
      if (isShedding !== wasShedding) {
        if (isShedding) log.warn(facts, 'more looks are due than can be done; the least pressing are left out');
        else log.info(facts, 'all due looks are done again');
      }
      wasShedding = isShedding;
    },
  };
}
