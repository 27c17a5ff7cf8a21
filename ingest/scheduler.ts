// The loop around plan.ts: one leader in the house hands out looks, reads the weather and keeps the rows clean.
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import { lookIdOf } from '#core/ids';
import { withoutSecrets, type Log } from '#core/log';
import {
  cameras,
  incidents,
  keeping,
  leader,
  marks,
  weather as weatherRows,
  type Bell,
  type Database,
  type Files,
  type Queue,
} from '#store';
import { hasEnded } from './ended.ts';
import { plan, type PlanFact } from './plan.ts';
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
const sweepEveryMs = 3_600_000;
const mostAtOnce = 4000;
/** So many looks may wait on the queue; more would be stale before a worker comes to them. */
const mostWaiting = 4000;

/** Name of the mark that says how loaded the looking is; the health page shows it. */
export const loadMark = 'ingest.load';

/** Leads when nobody else does, until the signal ends it. Losing the lease ends the leading at once, and it waits again. */
export async function runScheduler(needs: SchedulerNeeds, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      needs.tell?.({ leads: false });
      await using lease = await leader(needs.database, 'scheduler', signal);
      needs.tell?.({ leads: true });
      needs.log.info('leads the looking');
      const leading = AbortSignal.any([signal, lease.lost]);
      await Promise.all([handOut(needs, leading), runWeather(needs, leading), sweepNowAndThen(needs, leading)]);
    } catch (thrown) {
      if (hasEnded(signal)) return;
      // The database may be restarting. Whatever was planned is in rows; nothing is lost by waiting.
      needs.log.warn({ error: withoutSecrets(messageOf(thrown)) }, 'scheduler lost its hold and begins again');
      await needs.clock.sleep(2000, signal).catch(() => undefined);
    }
  }
}

interface Known {
  readonly factOf: (cameraId: string) => PlanFact;
  readonly needPerMinute: number;
}

async function handOut(needs: SchedulerNeeds, signal: AbortSignal): Promise<void> {
  const { database, queue, clock, settings } = needs;
  let known: Known | undefined;
  let knownAtMs = Number.NEGATIVE_INFINITY;
  let isStale = true;
  const offs = [
    needs.bell.on('camera-changed', () => (isStale = true)),
    needs.bell.on('reconnected', () => (isStale = true)),
  ];
  const load = openLoad(needs);
  try {
    while (!signal.aborted) {
      const startedMs = clock.monotonicMs();
      if (!known || startedMs - knownAtMs > (isStale ? tickMs : knowEveryMs)) {
        isStale = false;
        known = await learn(needs);
        knownAtMs = startedMs;
      }
      const nowMs = clock.nowMs();
      const { waiting } = await queue.length('look');
      const due = await cameras.due(database, nowMs, mostAtOnce);
      const { put, later, shed } = plan(due, known.factOf, settings, nowMs, Math.max(0, mostWaiting - waiting));
      // Put first: a death in between plans the same looks again, and the same look put or saved twice counts once.
      await queue.put(
        'look',
        put.map(({ cameraId, dueAtMs }) => ({ key: lookIdOf(cameraId, dueAtMs), payload: { cameraId, dueAtMs } })),
      );
      if (put.length + later.length > 0) await database.transaction((tx) => cameras.planned(tx, [...put, ...later]));
      await load.add({
        put: put.length,
        shed,
        waiting,
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

/** States in which the camera's next looks decide something. */
const followedStates = ['candidate', 'verifying', 'reopened'] as const;

async function learn({ database, settings }: SchedulerNeeds): Promise<Known> {
  const [list, health, weather, open] = await Promise.all([
    cameras.all(database),
    cameras.health(database),
    weatherRows.latest(database),
    incidents.open(database, { states: followedStates }),
  ]);
  const byId = new Map<string, Camera>(list.map((camera) => [camera.id, camera]));
  const healthById = new Map<string, (typeof health)[number]>(health.map((one) => [one.cameraId, one]));
  const weatherBy = new Map(weather.map((one) => [one.district, one]));
  const followed = new Set<string>(
    open
      // A candidate that waits within a mass incident waits for people, not for a further look.
      .filter((incident) => incident.state !== 'candidate' || incident.massId === null)
      .map((incident) => incident.cameraId)
      .filter((id) => id !== null),
  );
  const glances = list.filter((camera) => !camera.watch);
  return {
    needPerMinute: (glances.length * 60) / settings.lookEveryS,
    factOf: (cameraId) => {
      const camera = byId.get(cameraId);
      return {
        hazards: new Set(camera?.zones.flatMap((zone) => zone.hazards) ?? []),
        hasCover: camera?.zones.some((zone) => zone.kind === 'manhole') ?? false,
        isSensitive: camera?.nearSensitive ?? false,
        health: healthById.get(cameraId),
        isFollowedUp: followed.has(cameraId),
        weather: camera ? weatherBy.get(camera.district) : undefined,
      };
    },
  };
}

interface Tick {
  readonly put: number;
  readonly shed: number;
  readonly waiting: number;
  readonly needPerMinute: number;
  readonly lateS: number;
}

/** Adds up a minute of ticks and writes them where the health page reads them: what is left out is never silent. */
function openLoad({ database, clock, log, tell }: SchedulerNeeds): { add(tick: Tick): Promise<void> } {
  const ticks: (Tick & { atMs: number })[] = [];
  let writtenMs = Number.NEGATIVE_INFINITY;
  let wasShedding = false;
  return {
    async add(tick) {
      const nowMs = clock.monotonicMs();
      ticks.push({ ...tick, atMs: nowMs });
      while ((ticks[0]?.atMs ?? nowMs) < nowMs - 60_000) ticks.shift();
      if (nowMs - writtenMs < 5000) return;
      writtenMs = nowMs;
      const sum = (pick: (one: Tick) => number): number => ticks.reduce((total, one) => total + pick(one), 0);
      const facts = {
        putPerMinute: sum((one) => one.put),
        shedPerMinute: sum((one) => one.shed),
        needPerMinute: Math.round(tick.needPerMinute),
        waiting: tick.waiting,
        lateS: Math.round(tick.lateS),
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

async function sweepNowAndThen(
  { database, files, clock, log, settings }: SchedulerNeeds,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const swept = await keeping.sweep(database, files, clock.nowMs(), settings.keeping);
      log.info({ ...swept }, 'swept what is past its term');
    } catch (thrown) {
      log.warn({ error: withoutSecrets(messageOf(thrown)) }, 'sweeping failed; it is tried again in an hour');
    }
    await clock.sleep(sweepEveryMs, signal).catch(() => undefined);
  }
}
