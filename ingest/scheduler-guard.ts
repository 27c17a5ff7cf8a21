// The leader's guard: many cameras that fail at once, a clock that was set, a host or a database that stood still, workers that are
// gone are one incident of the site. Nothing is started again for it, and no camera is asked more seldom because of it.
import { mostLookEveryS } from '#core/camera';
import type { Clock } from '#core/clock';
import type { Log } from '#core/log';
import { silentStates } from '#core/outage';
import { areMany, manyAtOnce, ringFaults, type SiteIncidentKind } from '#core/site-incident';
import { handing, marks, siteIncidents, type Database } from '#store';
import { watchStalls } from './health-stalls.ts';
import type { Known } from './scheduler-known.ts';
import type { Backlog } from './scheduler-load.ts';
import type { SchedulerSettings } from './settings.ts';

/** A round that takes longer waits for the database. */
const slowRoundMs = 10_000;
/** Nobody takes what waits for so long: no worker is there. */
const idleMs = 45_000;
/** After so long without a further sign an incident of our own is over. */
const overAfterMs = 30_000;
/** Of the cameras that fell silent together so many still are: the incident goes on. */
const goesOnShare = 0.2;
/** Cameras of one host that fell silent within so long of each other share a cause. */
const togetherMs = 600_000;
/** So long a camera beside one that answers again is asked like any other. */
const expectedForMs = 120_000;
/** Looks at cameras that do not answer hold their place until their time-out: they may take this share of all places. */
const deafShare = 0.5;
const leastDeafPerRound = 0.25;
const slotsUntilToldOf = 16;
const beatIsFreshMs = 15_000;
/** What of a ring's faults is the disk's; a quota that is set too small is for whoever set it. */
const diskFaults: ReadonlySet<string> = new Set(ringFaults);

export interface Guard extends Disposable {
  /** Before a round; false when the clock was set since the last one: moments that "went by" did not. */
  round(nowMs: number): Promise<boolean>;
  /** After the lists were read. */
  see(known: Known): Promise<void>;
  /** After the length of the queue was asked. */
  queue(backlog: Backlog): Promise<void>;
  /** The queue has not answered for so long. */
  queueAway(forMs: number): Promise<void>;
  /** Looks at silent cameras that may be put in this round. */
  deafRoom(backlog: Backlog): number;
  /** Since when cameras fell silent together; null while nothing of that kind goes on. */
  sameFateSinceMs(): number | null;
  /** Cameras that are likely to answer again, for one beside them does. */
  expected(): ReadonlySet<string>;
  /** The database was lost; it is told when it is back. */
  lost(): void;
}

interface GuardNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: SchedulerSettings;
}

/** Opens the guard of a leader. */
export function openGuard({ database, clock, log, settings }: GuardNeeds): Guard {
  const stalls = watchStalls(clock);
  const open = new Map<SiteIncidentKind, number>();
  let stallsSeenMs = clock.monotonicMs();
  let roundAtMs: number | undefined;
  let lostAtMs: number | undefined;
  let sinceMs: number | null = null;
  /** Cameras that were silent at the last reading, and since when. */
  let fallen = new Map<string, number>();
  let back = new Map<string, number>();
  let slots = slotsUntilToldOf;
  let isAdopted = false;
  let deafCarry = 0;
  let idleSinceMs: number | undefined;
  let wasQueueAway = false;
  let lastBacklog: Backlog = { waiting: 0, active: 0 };

  async function note(
    kind: SiteIncidentKind,
    given: { sinceMs: number; cameras?: number; detail: string },
  ): Promise<void> {
    const atMs = clock.nowMs();
    const began = await database.transaction((tx) => siteIncidents.note(tx, { kind, cameras: 0, ...given, atMs }));
    open.set(kind, clock.monotonicMs());
    if (began) log.warn({ kind, ...given }, 'an incident of the whole site');
  }

  async function end(kind: SiteIncidentKind): Promise<void> {
    open.delete(kind);
    if (await database.transaction((tx) => siteIncidents.end(tx, kind, clock.nowMs())))
      log.info({ kind }, 'the incident of the whole site is over');
  }

  /** Many cameras: begins, goes on or ends. */
  async function seeMany(known: Known, nowMs: number): Promise<void> {
    const lately = known.health.filter((one) => (one.lastLookAtMs ?? 0) > nowMs - manyAtOnce.withinMs);
    const fell = lately.filter(
      (one) => silentStates.has(one.state) && one.sinceMs > nowMs - manyAtOnce.withinMs && one.lastGoodAtMs !== null,
    );
    if (sinceMs === null && areMany({ looked: lately.length, fellSilent: fell.length }))
      sinceMs = Math.min(...fell.map((one) => one.sinceMs));
    if (sinceMs === null) {
      if (open.has('cameras')) await end('cameras');
      return;
    }
    const from = sinceMs;
    const members = known.health.filter((one) => silentStates.has(one.state) && one.sinceMs >= from);
    const most = await siteIncidents.mostOf(database, 'cameras');
    if (members.length < Math.max(1, goesOnShare * Math.max(most, manyAtOnce.least))) {
      sinceMs = null;
      await end('cameras');
      return;
    }
    const byState = [...new Set(members.map((one) => one.state))].sort();
    await note('cameras', { sinceMs: from, cameras: members.length, detail: byState.join(', ') });
  }

  /** The disk under the films of watched cameras, as the workers tell it: one incident however many of them write to it. */
  async function seeRings(workers: readonly marks.Beat[], nowMs: number): Promise<void> {
    const kindsOf = ({ facts }: marks.Beat): string[] => {
      const kinds = facts['ringFaultKinds'];
      return typeof kinds === 'string' ? kinds.split(' ').filter((kind) => diskFaults.has(kind)) : [];
    };
    const hit = workers.filter((beat) => kindsOf(beat).length > 0);
    if (hit.length === 0) return;
    const cameras = hit.reduce((sum, { facts }) => sum + (Number(facts['watched']) || 0), 0);
    await note('ring', { sinceMs: nowMs, cameras, detail: [...new Set(hit.flatMap(kindsOf))].sort().join(' ') });
  }

  /** Where one of a host's cameras answers again, those that fell silent with it are asked at once, a few each second. */
  async function askTheOthers(known: Known, nowMs: number): Promise<void> {
    const before = fallen;
    fallen = new Map(
      known.health.flatMap((one) => (silentStates.has(one.state) ? [[String(one.cameraId), one.sinceMs]] : [])),
    );
    // What they have in common: the whole site's incident, or the host.
    const groupOf = (cameraId: string, fellMs: number): string =>
      sinceMs !== null && fellMs >= sinceMs ? 'site' : (known.factOf(cameraId).nodes?.[0] ?? cameraId);
    back = new Map([...back].filter(([id, untilMs]) => untilMs > nowMs && fallen.has(id)));
    const answering = new Map<string, number[]>();
    for (const { cameraId, state } of known.health) {
      const fellMs = state === 'ok' ? before.get(cameraId) : undefined;
      if (fellMs === undefined) continue;
      const group = groupOf(cameraId, fellMs);
      answering.set(group, [...(answering.get(group) ?? []), fellMs]);
    }
    if (answering.size === 0) return;
    const silent = known.health.filter(
      (one) =>
        silentStates.has(one.state) &&
        (one.lastLookAtMs ?? 0) < nowMs - settings.confirmS * 1000 &&
        answering
          .get(groupOf(one.cameraId, one.sinceMs))
          ?.some((fellMs) => Math.abs(fellMs - one.sinceMs) < togetherMs) === true,
    );
    if (silent.length === 0) return;
    for (const one of silent) back.set(one.cameraId, nowMs + expectedForMs);
    const perS = Math.max(1, settings.connectsPerS.host / 2);
    await database.transaction((tx) =>
      handing.askSoon(
        tx,
        silent.map((one, i) => ({ cameraId: one.cameraId, atMs: nowMs + (i * 1000) / perS })),
        'a camera beside it answers again',
      ),
    );
  }

  return {
    async round(nowMs) {
      const startedMs = clock.monotonicMs();
      stalls.beat();
      const news = stalls.after(stallsSeenMs);
      stallsSeenMs = startedMs;
      for (const stall of news) {
        const s = Math.round(stall.byMs / 1000);
        await note(stall.kind, { sinceMs: nowMs - Math.max(0, stall.toMs - stall.fromMs), detail: String(s) });
      }
      const wasSet = news.some((stall) => stall.kind === 'clock');
      // A clock that was set back leaves moments behind that nobody would live to see.
      if (wasSet) {
        const farthestS = Math.max(1800, 1.6 * settings.lookEveryS, 1.6 * mostLookEveryS);
        const n = await database.transaction((tx) =>
          handing.pullBack(tx, nowMs, nowMs + farthestS * 1000, settings.lookEveryS),
        );
        if (n > 0) log.warn({ cameras: n }, 'the clock was set back; planned moments follow it');
      }
      if (lostAtMs !== undefined) {
        const awayMs = startedMs - lostAtMs;
        lostAtMs = undefined;
        await note('database', { sinceMs: nowMs - awayMs, detail: String(Math.round(awayMs / 1000)) });
      } else if (roundAtMs !== undefined && startedMs - roundAtMs > slowRoundMs && news.length === 0 && !wasQueueAway) {
        const tookS = Math.round((startedMs - roundAtMs) / 1000);
        await note('database', { sinceMs: nowMs - tookS * 1000, detail: String(tookS) });
      }
      roundAtMs = startedMs;
      wasQueueAway = false;
      for (const [kind, atMs] of open)
        if (kind !== 'cameras' && kind !== 'workers' && startedMs - atMs > overAfterMs) await end(kind);
      return !wasSet;
    },
    async see(known) {
      const nowMs = clock.nowMs();
      if (!isAdopted) {
        // Those that another leader opened are carried on, or ended, by this one.
        for (const one of await siteIncidents.since(database, nowMs)) {
          if (one.untilMs !== null) continue;
          open.set(one.kind, clock.monotonicMs());
          if (one.kind === 'cameras') sinceMs ??= one.sinceMs;
        }
        isAdopted = true;
      }
      const beats = await marks.beats(database);
      const workers = beats.filter((beat) => beat.process.startsWith('worker:') && nowMs - beat.atMs < beatIsFreshMs);
      await seeRings(workers, nowMs);
      const told = workers.map((beat) => beat.facts['slots']).filter((value) => typeof value === 'number');
      slots = told.length === 0 ? slotsUntilToldOf : told.reduce((sum, value) => sum + value, 0);
      await askTheOthers(known, nowMs);
      await seeMany(known, nowMs);
    },
    async queue(backlog) {
      const atMs = clock.monotonicMs();
      const isIdle = backlog.waiting > 0 && backlog.active === 0 && lastBacklog.waiting <= backlog.waiting;
      lastBacklog = backlog;
      idleSinceMs = isIdle ? (idleSinceMs ?? atMs) : undefined;
      if (idleSinceMs !== undefined && atMs - idleSinceMs > idleMs)
        await note('workers', { sinceMs: clock.nowMs() - (atMs - idleSinceMs), detail: String(backlog.waiting) });
      else if (idleSinceMs === undefined && open.has('workers')) await end('workers');
    },
    async queueAway(forMs) {
      wasQueueAway = true;
      await note('queue', { sinceMs: clock.nowMs() - forMs, detail: String(Math.round(forMs / 1000)) });
    },
    deafRoom({ waiting, active }) {
      const free = Math.floor(deafShare * slots - waiting - active);
      deafCarry = free >= 1 ? 0 : Math.min(1, deafCarry + leastDeafPerRound);
      const room = free >= 1 ? free : Math.floor(deafCarry);
      if (deafCarry >= 1) deafCarry = 0;
      return room;
    },
    sameFateSinceMs: () => sinceMs,
    expected: () => new Set(back.keys()),
    lost() {
      lostAtMs ??= clock.monotonicMs();
    },
    [Symbol.dispose]: () => {
      stalls[Symbol.dispose]();
    },
  };
}
