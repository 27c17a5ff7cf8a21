// The loop of tasks: due deliveries → way → receipt or next attempt; claims are checked; tasks of ended incidents are called off.
import { nextAttempt } from '#core/backoff';
import type { Clock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { isSeen } from '#core/hazard-name';
import { openIncidentStates, saidOf, type Incident } from '#core/incident';
import type { Log } from '#core/log';
import { openTaskStates, type Delivery, type Task } from '#core/task';
import { agencies, incidents, isGone, leader, marks, tasks, type Database } from '#store';
import { waysOf, type Ways } from './delivery/list.ts';
import type { SendOutcome } from './delivery/way.ts';
import { letterOf, type Said } from './letter.ts';
import { moveTask, type TaskActor } from './lifecycle.ts';
import type { CourierSettings } from './settings.ts';
import { cancelTask, checkClaim } from './verify.ts';

/** What a person said who opened it by hand where no eye looks; notes of verdicts stay in the house. */
const saidBy = (incident: Incident | undefined): Said | undefined =>
  incident && !isSeen(incident.hazard) ? { words: saidOf(incident), note: incident.note } : undefined;

export interface CourierOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: CourierSettings;
  /** In place of the installation's ways. */
  readonly ways?: Ways;
  /** 0..1, for the spread of retries. */
  readonly random?: () => number;
}

export interface Courier {
  /** Sends what is due; returns how many parcels were tried. */
  deliver(signal: AbortSignal): Promise<number>;
  /** Checks claimed tasks by what the cameras saw since, and calls off tasks whose incident has ended. */
  check(): Promise<void>;
}

const courierActor: TaskActor = { kind: 'system', name: 'courier' };
const batch = 20;

/** What a try makes of a delivery. */
export function afterTry(
  delivery: Delivery,
  outcome: SendOutcome,
  nowMs: ReturnType<Clock['nowMs']>,
  retry: CourierSettings['retry'],
  random: number,
): Delivery {
  const tried = { ...delivery, attempts: delivery.attempts + 1 };
  switch (outcome.kind) {
    case 'delivered':
      return { ...tried, state: 'delivered', deliveredAtMs: nowMs, receipt: outcome.receipt, lastError: '' };
    case 'refused':
      return { ...tried, state: 'refused', lastError: outcome.why };
    case 'held':
      return { ...tried, state: 'cancelled', receipt: outcome.why };
    case 'later': {
      const isOver = tried.attempts >= retry.maxAttempts;
      const notBeforeMs = nextAttempt(nowMs, tried.attempts, retry, random);
      return isOver
        ? { ...tried, state: 'given-up', lastError: outcome.why }
        : { ...tried, state: 'waiting', notBeforeMs, lastError: outcome.why };
    }
  }
}

/** Opens a courier. It keeps nothing in memory that a second one would need. */
export function openCourier(options: CourierOptions): Courier {
  const { database, clock, log, settings } = options;
  const ways = options.ways ?? waysOf(settings);
  const random = options.random ?? Math.random;

  async function tryOne(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const task = await tasks.byId(database, delivery.taskId);
    const agency = task && (await agencies.byId(database, task.agencyId));
    const incident = task && (await incidents.byId(database, task.incidentId));
    const massId = incident?.massId ?? null;
    const share = agency && massId !== null ? await tasks.massShare(database, agency.id, massId) : undefined;
    const outcome: SendOutcome =
      task && agency
        ? await ways[delivery.way].send(
            {
              key: delivery.id,
              address: delivery.address,
              letter: letterOf(task, agency, incident?.stillSha256 ?? null, settings, share, saidBy(incident)),
              task,
              nowMs: clock.nowMs(),
            },
            signal,
          )
        : { kind: 'refused', why: 'the task or its agency is no longer in the database' };
    // Going away in mid-send is no answer: the delivery's lease runs out and another try is made.
    if (signal.aborted && outcome.kind === 'later') return;
    await database.transaction((tx) => keep(tx, delivery, outcome));
  }

  async function keep(tx: Parameters<typeof moveTask>[0], delivery: Delivery, outcome: SendOutcome): Promise<void> {
    const atMs = clock.nowMs();
    const task = await tasks.lock(tx, delivery.taskId);
    const after = afterTry(delivery, outcome, atMs, settings.retry, random());
    await tasks.saveDelivery(
      tx,
      task.state === 'cancelled' && after.state === 'waiting' ? { ...after, state: 'cancelled' } : after,
    );
    if (outcome.kind === 'delivered' && task.state === 'created') {
      await moveTask(tx, task, 'sent', { sentAtMs: atMs }, { atMs, actor: courierActor, reason: outcome.receipt });
    }
    if (after.state === 'refused' || after.state === 'given-up') {
      log.warn({ deliveryId: delivery.id, way: delivery.way, why: after.lastError }, 'a task could not be delivered');
    }
  }

  async function checkOne(task: Task): Promise<void> {
    await database.transaction(async (tx) => {
      await checkClaim(tx, task.id, { clock, pace: settings.pace, followUpEveryS: settings.followUpEveryS });
    });
  }

  /** An incident that has ended leaves no work behind: what is still open is called off, with the reason. */
  async function callOff(): Promise<void> {
    const open = await tasks.list(database, { states: openTaskStates, limit: 5000 });
    const ids = [...new Set(open.map((t) => t.incidentId))];
    for (const id of ids) {
      const incident = await incidents.byId(database, id);
      if (!incident || openIncidentStates.some((state) => state === incident.state)) continue;
      for (const task of open.filter((t) => t.incidentId === id)) {
        await database.transaction((tx) =>
          cancelTask(tx, { taskId: task.id, actor: courierActor, reason: `the incident is ${incident.state}`, clock }),
        );
      }
    }
  }

  return {
    deliver: async (signal) => {
      const due = await database.transaction((tx) => tasks.takeDueDeliveries(tx, clock.nowMs(), batch));
      await Promise.all(due.map((delivery) => tryOne(delivery, signal)));
      return due.length;
    },
    check: async () => {
      for (const task of await tasks.list(database, { states: ['done_claimed', 'verifying'], limit: 1000 })) {
        try {
          await checkOne(task);
        } catch (thrown) {
          // Somebody moved it in the same moment; the next round sees what is so then.
          if (!(thrown instanceof AhualError) || isGone(thrown)) throw thrown;
          log.info({ taskId: task.id, error: thrown.message }, 'a claim is checked again later');
        }
      }
      await callOff();
    },
  };
}

/**
 * Runs the courier until the signal aborts. One courier works at a time by an advisory lease; a delivery that a dead one had
 * taken comes back when its own lease is over. A lost database is waited for.
 */
export async function runCourier(options: CourierOptions, signal: AbortSignal): Promise<void> {
  const { database, clock, log, settings } = options;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      await using lease = await leader(database, 'courier', signal);
      log.info('the courier leads');
      await lead(options, AbortSignal.any([signal, lease.lost]));
    } catch (thrown) {
      if (isOver()) return;
      log.warn({ error: messageOf(thrown) }, 'the courier stopped and starts again');
      await clock.sleep(settings.courierEveryS * 1000, signal).catch(() => undefined);
    }
  }
}

async function lead(options: CourierOptions, signal: AbortSignal): Promise<void> {
  const { database, clock, settings } = options;
  const isOver = (): boolean => signal.aborted;
  const courier = openCourier(options);
  while (!isOver()) {
    while (!isOver() && (await courier.deliver(signal)) === batch);
    await courier.check();
    await marks.beat(database, 'courier', clock.nowMs(), {});
    await clock.sleep(settings.courierEveryS * 1000, signal).catch(() => undefined);
  }
}
