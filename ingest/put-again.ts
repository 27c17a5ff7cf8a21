// Looks that were handed out and that the queue lost are put again from the rows: a queue that comes back empty costs no look.
import type { Clock } from '#core/clock';
import { lookIdOf } from '#core/ids';
import type { Log } from '#core/log';
import { handing, type Database, type Queue } from '#store';

/** So often what was handed out is compared with what is saved. */
const everyMs = 10_000;
/** A look is put before its row says so; and one that failed once is not put without end. */
const timesMost = 2;

interface AgainNeeds {
  readonly database: Database;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: { readonly lookStaleS: number };
}

/** Looks now and then for what was handed out, is not saved, and is not on the queue; `round` gives how many were put again. */
export function openAgain({ database, queue, clock, log, settings }: AgainNeeds): { round(): Promise<number> } {
  let askedMs = Number.NEGATIVE_INFINITY;
  /** Looks that were put again, how often, and when their moment is stale. */
  const known = new Map<string, { times: number; staleAtMs: number }>();
  return {
    async round() {
      const atMs = clock.monotonicMs();
      if (atMs - askedMs < everyMs) return 0;
      askedMs = atMs;
      const fromMs = clock.nowMs() - settings.lookStaleS * 1000;
      for (const [key, { staleAtMs }] of known) if (staleAtMs < clock.nowMs()) known.delete(key);
      // Asked before the rows: what ends in between is missing in neither.
      const { waiting, active } = await queue.length('look');
      const open = await handing.unfinished(database, fromMs);
      if (open.length <= waiting + active) return 0;
      const lost = await queue.missing(
        'look',
        open.map((one) => lookIdOf(one.cameraId, one.dueAtMs)),
      );
      if (lost.size === 0) return 0;
      // A look is saved before its job leaves: what ended while the queue was asked is saved by now.
      const still = await handing.unfinished(database, fromMs);
      const put = still
        .map((payload) => ({ key: lookIdOf(payload.cameraId, payload.dueAtMs), payload }))
        .filter(({ key }) => lost.has(key) && (known.get(key)?.times ?? 0) < timesMost);
      if (put.length === 0) return 0;
      await queue.put('look', put);
      for (const { key, payload } of put)
        known.set(key, {
          times: (known.get(key)?.times ?? 0) + 1,
          staleAtMs: payload.dueAtMs + settings.lookStaleS * 1000,
        });
      log.warn({ looks: put.length }, 'the queue lost looks that were handed out; they are put again');
      return put.length;
    },
  };
}
