// The loop around plan.ts: one leader in the house hands out looks, reads the weather and keeps the rows clean.
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import { lookIdOf } from '#core/ids';
import { withoutSecrets, type Log } from '#core/log';
import { cameras, cover, db, keeping, kept, leader, type Bell, type Database, type Files, type Queue } from '#store';
import { hasEnded } from './ended.ts';
import { tellBlindNowAndThen } from './health-notices.ts';
import { plan } from './plan.ts';
import { openAgain } from './put-again.ts';
import { tellSlow } from './queue-waits.ts';
import { openGuard, type Guard } from './scheduler-guard.ts';
import { learn, type Known } from './scheduler-known.ts';
import { Capacity, coverOf, openLoad } from './scheduler-load.ts';
import type { SchedulerSettings } from './settings.ts';
import { runWeather } from './weather/run.ts';

export interface SchedulerNeeds {
  readonly database: Database;
  readonly queue: Queue;
  readonly bell: Bell;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: SchedulerSettings;
  /** Facts for the health page. */
  readonly tell?: (facts: Readonly<Record<string, string | number | boolean | null>>) => void;
}

const tickMs = 1000;
const knowEveryMs = 5000;
const listEveryMs = 60_000;
const sweepEveryMs = 3_600_000;
const countEveryMs = 20_000;
const mostAtOnce = 4000;

/** Leads when nobody else does, until the signal ends it. Losing the lease ends the leading at once, and it waits again. */
export async function runScheduler(needs: SchedulerNeeds, signal: AbortSignal): Promise<void> {
  using guard = openGuard(needs);
  while (!signal.aborted) {
    try {
      needs.tell?.({ leads: false });
      await using lease = await leader(needs.database, 'scheduler', signal);
      needs.tell?.({ leads: true });
      needs.log.info('leads the looking');
      const leading = AbortSignal.any([signal, lease.lost]);
      await Promise.all([
        handOut(needs, guard, leading),
        countNowAndThen(needs, leading),
        tellBlindNowAndThen(needs, leading),
        runWeather(needs, leading),
        sweepNowAndThen(needs, leading),
      ]);
    } catch (thrown) {
      if (hasEnded(signal)) return;
      if (db.isGone(thrown)) guard.lost();
      // The database may be restarting. Whatever was planned is in rows; nothing is lost by waiting.
      needs.log.warn({ error: withoutSecrets(messageOf(thrown)) }, 'scheduler lost its hold and begins again');
      await needs.clock.sleep(2000, signal).catch(() => undefined);
    }
  }
}

async function handOut(needs: SchedulerNeeds, guard: Guard, signal: AbortSignal): Promise<void> {
  const { database, clock, settings } = needs;
  const queue = tellSlow(needs.queue, clock, (forMs) => guard.queueAway(forMs));
  let known: Known | undefined;
  let knownAtMs = Number.NEGATIVE_INFINITY;
  let listedAtMs = Number.NEGATIVE_INFINITY;
  let isStale = true;
  const offs = [
    needs.bell.on('camera-changed', () => (isStale = true)),
    needs.bell.on('reconnected', () => (isStale = true)),
  ];
  const load = openLoad(needs);
  const capacity = new Capacity(clock, settings.lookStaleS);
  const again = openAgain({ ...needs, queue });
  try {
    while (!signal.aborted) {
      const startedMs = clock.monotonicMs();
      if (!known || startedMs - knownAtMs > (isStale ? tickMs : knowEveryMs)) {
        // A ring may be lost: the list is read again now and then without one.
        const isListed = !isStale && startedMs - listedAtMs < listEveryMs;
        isStale = false;
        if (!isListed) listedAtMs = startedMs;
        known = await learn(needs, guard.sameFateSinceMs(), guard.expected(), isListed ? known?.cameras : undefined);
        knownAtMs = startedMs;
        await guard.see(known);
      }
      const nowMs = clock.nowMs();
      const isWhole = await guard.round(nowMs);
      capacity.note(await again.round());
      const backlog = await queue.length('look');
      await guard.queue(backlog);
      const due = await cameras.due(database, nowMs, mostAtOnce);
      const planned = plan(due, known.factOf, settings, nowMs, capacity.room(backlog), {
        connectsPerNode: [settings.connectsPerS.host, settings.connectsPerS.network],
        deaf: guard.deafRoom(backlog),
        everyMs: tickMs,
      });
      const { put, later, shed } = planned;
      // Put first: a death in between plans the same looks again, and the same look put or saved twice counts once.
      await queue.put(
        'look',
        put.map(({ cameraId, dueAtMs }) => ({ key: lookIdOf(cameraId, dueAtMs), payload: { cameraId, dueAtMs } })),
      );
      capacity.note(put.length);
      const next = [...put, ...later, ...shed];
      const rows = coverOf(planned, known.hazardsOf, isWhole);
      if (next.length > 0) {
        await database.transaction(async (tx) => {
          await cameras.planned(tx, next, new Set(put), nowMs - settings.lookStaleS * 1000);
          await cover.add(tx, rows);
        });
      }
      await load.add({
        put: put.length,
        shed: shed.length,
        missed: rows.reduce((sum, row) => sum + (row.hazard === cover.allLooks ? row.missed : 0), 0),
        backlog,
        needPerMinute: known.needPerMinute,
        lateS: latenessS(due, nowMs),
      });
      await clock.sleep(Math.max(50, tickMs - (clock.monotonicMs() - startedMs)), signal).catch(() => undefined);
    }
  } finally {
    for (const off of offs) off();
  }
}

const latenessS = (due: readonly cameras.Due[], nowMs: number): number =>
  due.reduce((worst, one) => Math.max(worst, (nowMs - one.dueAtMs) / 1000), 0);

/** Counts what was done of what was due; of the hour before too, whose last looks end in this one. */
async function countNowAndThen({ database, clock, log }: SchedulerNeeds, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await cover.count(database, clock.nowMs() - 15 * 60_000);
    } catch (thrown) {
      log.warn({ error: withoutSecrets(messageOf(thrown)) }, 'coverage could not be counted now');
    }
    await clock.sleep(countEveryMs, signal).catch(() => undefined);
  }
}

async function sweepNowAndThen(
  { database, files, clock, log, settings }: SchedulerNeeds,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const [atMs, startedMs] = [clock.nowMs(), clock.monotonicMs()];
    try {
      const swept = await keeping.sweep(database, files, atMs, settings.keeping);
      log.info({ ...swept }, 'swept what is past its term');
      const tookMs = clock.monotonicMs() - startedMs;
      // What cannot be measured is not swept any worse.
      await kept.note(database, files, { atMs, tookMs, swept }).catch((thrown: unknown) => {
        log.warn({ error: withoutSecrets(messageOf(thrown)) }, 'what is kept could not be measured');
      });
    } catch (thrown) {
      const error = withoutSecrets(messageOf(thrown));
      log.warn({ error }, 'sweeping failed; it is tried again in an hour');
      await kept.noteFailed(database, atMs, error).catch(() => undefined);
    }
    await clock.sleep(sweepEveryMs, signal).catch(() => undefined);
  }
}
