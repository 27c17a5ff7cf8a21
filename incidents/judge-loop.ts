// Takes the judge's inbox, folds beliefs, moves incidents, follows tasks and clocks. One at a time; every batch is one transaction.
import type { Clock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { severities } from '#core/hazard-name';
import type { Incident } from '#core/incident';
import type { Log } from '#core/log';
import type { Observation } from '#core/observation';
import { hazards, judgedSince, likeBefore, logOdds, type Belief, type Circumstances, type HeldRule } from '#hazards';
import {
  beliefs,
  cameraQuiet,
  cameras,
  feed,
  held as heldRows,
  incidents,
  isGone,
  leader,
  looks,
  marks,
  mass,
  tasks,
  verdicts,
} from '#store';
import type { Bell, Database, Tx } from '#store';
import { followTasks } from './follow.ts';
import { judge, undecided, type Judgement, type Raise } from './judge.ts';
import { moveIncident } from './lifecycle.ts';
import { followMass, isRejectedNow, isSingle, massFor, maySingle } from './mass.ts';
import { samePlace, sightingOf } from './place.ts';
import { keyOf, remember } from './memory.ts';
import { byPriority } from './priority.ts';
import { byJudge, escalatesAt, expire, fieldsOf, openCandidate, promote } from './raised.ts';
import { paced, type IncidentSettings } from './settings.ts';
import { openSurroundings } from './surroundings.ts';
import type { OpenTasks } from './verdict.ts';

export interface JudgeOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: IncidentSettings;
  /** What else must be written with a change of an incident, in its transaction (a clip to plan, tasks of a reopening). */
  readonly afterChange?: (tx: Tx, incident: Incident) => Promise<void>;
  /** Opens the tasks of an incident that a decision on its mass incident confirms; of the tasks room, joined by the caller. */
  readonly openTasks: OpenTasks;
}

export interface Judge {
  /** Judges up to `limit` waiting observations in one transaction; returns how many. */
  judgeInbox(limit?: number): Promise<number>;
  /** What time and tasks do: expiry, escalation, ends of shelving, waiting candidates, incidents after their tasks. */
  tick(): Promise<void>;
}

const batch = 200;
/** What was held within this time of each other is one episode on the list of what was almost raised, seconds. */
const episodeS = 3600;
/** By so much a level must be higher for another zone to stand for the incident, in log-odds: .90 and .93 are that far apart. */
const plainer = 0.4;
/** For so long a rejection is silent in any light, seconds. */
const duskS = 5400;
/** An incident on one segment of street may lie so far from the next camera that sees it, metres. */
const segmentM = 400;
/** Grounds of two zones may touch although their middles are so far apart, metres. */
const groundM = 130;
const openStates = ['confirmed', 'in_work', 'verifying', 'reopened'] as const;

/** Writes down that a look is kept from people, by which rule, and the candidate that waits if there is one. */
type Hold = (rule: HeldRule, incidentId: string | null) => void;

const whatOf = (o: Observation) => ({
  cameraId: o.cameraId,
  zoneId: o.zoneId,
  hazard: o.hazard,
  atMs: o.seenAtMs,
  level: o.level,
  stillSha256: o.stillSha256,
});

/** Opens a judge over a database. It remembers nothing that it could not read again after a crash. */
export async function openJudge(options: JudgeOptions): Promise<Judge> {
  const { database, clock, log, settings } = options;
  const { pace } = settings;
  const surroundings = openSurroundings(clock, settings);
  const memory = await remember(database, clock.nowMs(), pace);
  let followedAll = false;

  const noticed = (incident: Incident): void => {
    memory.open.add(keyOf(incident));
    if (incident.state === 'closed') memory.closed.set(keyOf(incident), incident.id);
    if (incident.state === 'self_cleared') memory.cleared.set(keyOf(incident), incident.closedAtMs ?? clock.nowMs());
  };

  const changed = async (tx: Tx, incident: Incident): Promise<Incident> => {
    noticed(incident);
    await options.afterChange?.(tx, incident);
    return incident;
  };

  /** The critical always; in a flood of alarms the grave ones; else whatever the desks can bear. */
  function hasBudget({ severity }: Pick<Incident, 'severity'>, nowMs: number): boolean {
    if (severity === 'S4') return true;
    if (memory.flood.isOn(nowMs) && severity !== 'S3') return false;
    return memory.flood.lately(nowMs) < settings.alarmsPer10Min;
  }

  async function raiseIfBudget(tx: Tx, candidate: Incident, nowMs: number): Promise<boolean> {
    if (!hasBudget(candidate, nowMs)) return false;
    memory.flood.raised(nowMs);
    await changed(tx, await promote(tx, candidate, nowMs, pace));
    return true;
  }

  async function sceneOf(
    tx: Tx,
    o: Observation,
    around: Circumstances,
    step: ReturnType<(typeof hazards)['snow']['step']>,
  ) {
    const { finding } = step;
    const asks = finding.kind === 'raise' || (finding.kind === 'gone' && memory.open.has(keyOf(o)));
    const found = asks ? await incidents.openAt(tx, o.hazard, o.cameraId, o.zoneId) : undefined;
    const here = found ? await incidents.lock(tx, found.id) : undefined;
    if (asks && !found) memory.open.delete(keyOf(o));
    const raises = finding.kind === 'raise' && !here;
    const isDay = around.weather?.isDay;
    const light = isDay === undefined ? 'any' : isDay ? 'day' : 'night';
    const closed = raises ? await lastClosed(tx, o) : undefined;
    return {
      finding,
      nowMs: around.nowMs,
      pace,
      here,
      near: raises ? await besides(tx, o, around, finding) : undefined,
      closed,
      isAsBefore: closed !== undefined && isAsBefore(step.belief, closed),
      quiet:
        finding.kind === 'raise' ? await verdicts.quietOf(tx, o, light, around.nowMs - paced(duskS, pace)) : undefined,
      isPutOff: finding.kind === 'raise' && (await cameraQuiet.isPutOff(tx, o.cameraId, o.hazard, around.nowMs)),
      lastClearMs: step.belief.lastClearMs,
      clearedAtMs: memory.cleared.get(keyOf(o)) ?? null,
      coolDownMs: paced(settings.coolDownMin * 60, pace),
      viewGivenTo: memory.views.get(keyOf(o)) ?? null,
    };
  }

  /** The open incident of another zone or camera that speaks of the same thing. */
  async function besides(
    tx: Tx,
    o: Observation,
    { camera, zone, nowMs }: Circumstances,
    raise: Raise,
  ): Promise<Incident | undefined> {
    const here = sightingOf(o.hazard, camera, zone, raise.mark, camera.point);
    const withinM = Math.max(settings.mergeRadiusM, here.segment !== null ? segmentM : here.ground ? groundM : 0);
    const near = await incidents.openNear(tx, o.hazard, here.point, withinM);
    const seen = [];
    for (const incident of near) {
      const from =
        incident.cameraId === null
          ? undefined
          : await surroundings.of(tx, incident.cameraId, incident.zoneId ?? '', nowMs);
      seen.push({ incident, sighting: sightingOf(o.hazard, from?.camera, from?.zone, incident.mark, incident.point) });
    }
    return samePlace(seen, here, settings.mergeRadiusM);
  }

  async function lastClosed(tx: Tx, o: Observation): Promise<Incident | undefined> {
    const id = memory.closed.get(keyOf(o));
    const incident = id === undefined ? undefined : await incidents.byId(tx, id);
    return incident?.state === 'closed' ? incident : undefined;
  }

  /** The next look at a suspicion: often enough for the hazard's own rule, and no oftener. */
  function followUpMs(hazard: Observation['hazard']): number {
    const { open } = hazards[hazard].persistenceOf(settings.hazards);
    const stepS = open.overS / pace / (2 * Math.max(1, open.looks - 1));
    return Math.max(settings.followUpEveryS, stepS) * 1000;
  }

  async function lookSooner(tx: Tx, o: Observation, nowMs: number): Promise<void> {
    if (o.word !== 'hazard') return;
    await cameras.lookSooner(tx, o.cameraId, nowMs + followUpMs(o.hazard), `suspected ${o.hazard}`);
  }

  async function open(tx: Tx, raise: Raise, o: Observation, around: Circumstances, hold: Hold): Promise<void> {
    const { nowMs } = around;
    const crowd = await massFor(tx, o.hazard, raise, around, { clock, settings, isFlood: memory.flood.isOn(nowMs) });
    for (const joined of crowd?.joined ?? []) await changed(tx, joined);
    if (crowd?.isNew) memory.flood.raised(nowMs);
    // What is worse than what was rejected is something else.
    if (crowd && isRejectedNow(crowd.mass, nowMs) && !isSingle(raise, crowd.mass)) {
      hold('quiet', null);
      return;
    }
    const candidate = await openCandidate(tx, raise, o.hazard, around, clock, settings, crowd?.mass.id ?? null);
    await changed(tx, candidate);
    if (crowd) await mass.joined(tx, crowd.mass, nowMs);
    if (crowd && !(await maySingle(tx, crowd.mass, candidate))) {
      hold('group', candidate.id);
      return;
    }
    if (!(await raiseIfBudget(tx, candidate, nowMs))) hold('budget', candidate.id);
  }

  /** One more camera sees it: its view is kept with the incident, which may be graver for it and is shelved no longer. */
  async function merge(tx: Tx, raise: Raise, into: Incident, o: Observation, around: Circumstances): Promise<void> {
    const { nowMs } = around;
    const candidate = await openCandidate(tx, raise, o.hazard, around, clock, settings);
    const reason = `the same place as #${into.number}`;
    await moveIncident(tx, candidate, 'merged', { mergedInto: into.id }, byJudge(nowMs, pace, reason));
    memory.views.set(keyOf(o), into.id);
    const target = await incidents.lock(tx, into.id);
    const isWorse = severities.indexOf(raise.severity) > severities.indexOf(target.severity);
    const severity = isWorse ? { severity: raise.severity } : {};
    // The zone that shows it most plainly stands for it: there the repair will be checked.
    const isPlainer = target.cameraId === o.cameraId && logOdds(raise.level) >= logOdds(target.level) + plainer;
    if (isPlainer && undecided.includes(target.state) && target.state !== 'shelved') {
      const patch = { ...fieldsOf(raise), severity: isWorse ? raise.severity : target.severity, zoneId: o.zoneId };
      const by = byJudge(nowMs, pace, `seen more plainly in zone ${o.zoneId}`);
      await changed(tx, await moveIncident(tx, target, target.state, patch, by));
      return;
    }
    if (target.state === 'shelved') {
      const untilMs = escalatesAt({ severity: isWorse ? raise.severity : target.severity }, nowMs);
      const by = byJudge(nowMs, pace, `camera ${o.cameraId} sees it too`);
      await changed(tx, await moveIncident(tx, target, 'pending_review', { ...severity, untilMs }, by));
    } else if (isWorse && undecided.includes(target.state)) {
      const by = byJudge(nowMs, pace, `graver where camera ${o.cameraId} sees it`);
      const waits = target.state === 'pending_review' ? { untilMs: escalatesAt(raise, nowMs) } : {};
      await changed(tx, await moveIncident(tx, target, target.state, { ...severity, ...waits }, by));
    }
  }

  async function apply(tx: Tx, judgement: Judgement, o: Observation, around: Circumstances, hold: Hold): Promise<void> {
    const { nowMs } = around;
    switch (judgement.kind) {
      case 'nothing':
        return;
      case 'held':
        hold(judgement.rule, null);
        if (judgement.lookSooner) await lookSooner(tx, o, nowMs);
        return;
      case 'look-sooner':
        await lookSooner(tx, o, nowMs);
        return;
      case 'open':
        await open(tx, judgement.raise, o, around, hold);
        return;
      case 'merge':
        await merge(tx, judgement.raise, judgement.into, o, around);
        return;
      case 'reopen': {
        const { incident, raise } = judgement;
        const locked = await incidents.lock(tx, incident.id);
        const patch = { ...fieldsOf(raise), raisedAtMs: nowMs, reopens: locked.reopens + 1 };
        await changed(tx, await moveIncident(tx, locked, 'reopened', patch, byJudge(nowMs, pace, 'seen again')));
        return;
      }
      case 'change': {
        const { incident, raise, unshelve } = judgement;
        const to = unshelve ? 'pending_review' : incident.state;
        const waits = to === 'pending_review' ? { untilMs: escalatesAt(raise, nowMs) } : {};
        await changed(
          tx,
          await moveIncident(tx, incident, to, { ...fieldsOf(raise), ...waits }, byJudge(nowMs, pace, 'it got worse')),
        );
        return;
      }
      case 'clear':
        await changed(
          tx,
          await moveIncident(tx, judgement.incident, 'self_cleared', {}, byJudge(nowMs, pace, 'clear looks')),
        );
        return;
    }
  }

  async function judgeBatch(tx: Tx, limit: number): Promise<number> {
    const inbox = await looks.takeInbox(tx, limit);
    if (inbox.length === 0) return 0;
    const nowMs = clock.nowMs();
    const held = new Map(await beliefs.load(tx, distinct(inbox.map(({ observation: o }) => o))));
    const touched = new Map<string, Observation>();
    const kept: heldRows.HeldLook[] = [];
    for (const { observation: o } of inbox) {
      const hold: Hold = (rule, incidentId) => void kept.push({ ...whatOf(o), rule, incidentId });
      const around = await surroundings.of(tx, o.cameraId, o.zoneId, nowMs);
      if (!around) {
        hold('no-such-zone', null);
        continue;
      }
      const step = hazards[o.hazard].step(held.get(keyOf(o)), o, around);
      held.set(keyOf(o), step.belief);
      touched.set(keyOf(o), o);
      await apply(tx, judge(await sceneOf(tx, o, around, step)), o, around, hold);
    }
    await heldRows.count(tx, kept, Math.max(60, episodeS / pace));
    await beliefs.save(
      tx,
      [...touched].map(([key, o]) => ({
        cameraId: o.cameraId,
        zoneId: o.zoneId,
        hazard: o.hazard,
        belief: held.get(key),
        atMs: nowMs,
      })),
    );
    await looks.removeInbox(
      tx,
      inbox.map((row) => row.inboxId),
    );
    return inbox.length;
  }

  /** Observations one by one after a batch failed: what cannot be judged at all is put aside, or nothing would be judged again. */
  async function judgeOneByOne(limit: number): Promise<number> {
    let done = 0;
    for (; done < limit; done++) {
      try {
        if ((await database.transaction((tx) => judgeBatch(tx, 1))) === 0) return done;
      } catch (thrown) {
        if (isPassing(thrown)) throw thrown;
        log.error({ error: messageOf(thrown) }, 'an observation could not be judged and was put aside');
        await database.transaction(async (tx) => {
          const rows = await looks.takeInbox(tx, 1);
          const aside = rows.map(({ observation: o }) => ({
            ...whatOf(o),
            rule: 'not-judged' satisfies HeldRule,
            incidentId: null,
          }));
          await heldRows.count(tx, aside, Math.max(60, episodeS / pace));
          await looks.removeInbox(
            tx,
            rows.map((row) => row.inboxId),
          );
        });
      }
    }
    return done;
  }

  async function tickTime(nowMs: number): Promise<void> {
    await database.transaction(async (tx) => {
      for (const { id } of await incidents.due(tx, nowMs)) {
        const incident = await incidents.lock(tx, id);
        if (incident.untilMs === null || incident.untilMs > nowMs) continue;
        const after = await expire(tx, incident, nowMs, pace);
        if (after) await changed(tx, after);
      }
      const waiting = (await incidents.open(tx, { states: ['candidate'] })).sort(byPriority);
      for (const { id } of waiting) {
        const candidate = await incidents.lock(tx, id);
        // Members of a mass incident wait for the decision on the whole.
        if (candidate.state !== 'candidate' || candidate.massId !== null) continue;
        if (!(await raiseIfBudget(tx, candidate, nowMs))) break;
      }
    });
  }

  async function follow(incidentId: string, nowMs: number): Promise<void> {
    await database.transaction(async (tx) => {
      for (const step of await followTasks(tx, incidentId, { atMs: nowMs, pace })) await changed(tx, step);
    });
  }

  async function tickTasks(nowMs: number): Promise<void> {
    if (!followedAll) {
      for (const { id } of await incidents.open(database, { states: openStates })) await follow(id, nowMs);
      followedAll = true;
    }
    for (;;) {
      const news = await feed.since(database, memory.feed, 500);
      const newest = news.at(-1);
      if (!newest) return;
      for (const id of new Set(news.filter((row) => row.topic === 'incident').map((row) => row.id))) {
        const incident = await incidents.byId(database, id);
        if (incident) noticed(incident);
      }
      for (const id of new Set(news.filter((row) => row.topic === 'task').map((row) => row.id))) {
        const task = await tasks.byId(database, id);
        if (task) await follow(task.incidentId, nowMs);
      }
      memory.feed = newest.number;
    }
  }

  return {
    judgeInbox: async (limit = batch) => {
      try {
        return await database.transaction((tx) => judgeBatch(tx, limit));
      } catch (thrown) {
        // Somebody changed an incident in the same moment, or the batch holds something that cannot be judged.
        if (isGone(thrown)) throw thrown;
        return judgeOneByOne(limit);
      }
    },
    tick: async () => {
      const nowMs = clock.nowMs();
      await tickTime(nowMs);
      await followMass(database, { clock, settings, openTasks: options.openTasks, changed });
      await tickTasks(nowMs);
    },
  };
}

const isPassing = (thrown: unknown): boolean =>
  isGone(thrown) || (thrown instanceof AhualError && thrown.code === 'INCIDENT_CHANGED');

const distinct = (observations: readonly Observation[]): Observation[] => [
  ...new Map(observations.map((o) => [keyOf(o), o])).values(),
];

/**
 * Runs the judge until the signal aborts. One judge works at a time by an advisory lease; another one waits for it. A lost
 * database ends nothing: the judge waits, takes the lease anew and reads again what it needs.
 */
export async function runJudge(options: JudgeOptions & { readonly bell: Bell }, signal: AbortSignal): Promise<void> {
  const { database, clock, log, settings } = options;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      await using lease = await leader(database, 'judge', signal);
      log.info('the judge leads');
      await lead(options, AbortSignal.any([signal, lease.lost]));
    } catch (thrown) {
      if (isOver()) return;
      log.warn({ error: messageOf(thrown) }, 'the judge stopped and starts again');
      await clock.sleep(settings.judgeEveryS * 1000, signal).catch(() => undefined);
    }
  }
}

async function lead(options: JudgeOptions & { readonly bell: Bell }, signal: AbortSignal): Promise<void> {
  const { database, bell, clock, settings } = options;
  const isOver = (): boolean => signal.aborted;
  const leading = await openJudge(options);
  const nudge = nudges(bell);
  try {
    while (!isOver()) {
      while (!isOver() && (await leading.judgeInbox()) > 0);
      await leading.tick();
      await marks.beat(database, 'judge', clock.nowMs(), {});
      await nudge.orAfter(clock, settings.judgeEveryS * 1000, signal);
    }
  } finally {
    nudge.off();
  }
}

/** Waits for a ring or a time, whichever is first. A ring between two waits is not lost. */
function nudges(bell: Bell) {
  let rung = false;
  let wake: (() => void) | undefined;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  const offs = [bell.on('look-saved', ring), bell.on('changed', ring), bell.on('reconnected', ring)];
  return {
    orAfter: async (clock: Clock, ms: number, signal: AbortSignal): Promise<void> => {
      if (!rung) {
        const timer = new AbortController();
        await Promise.race([
          new Promise<void>((resolve) => {
            wake = resolve;
          }),
          clock.sleep(ms, AbortSignal.any([signal, timer.signal])).catch(() => undefined),
        ]);
        timer.abort();
      }
      rung = false;
      wake = undefined;
    },
    off: (): void => {
      for (const off of offs) off();
    },
  };
}

/** Is all that was seen at the place since the closing no more than it showed before the incident? */
function isAsBefore(belief: Belief, closed: Incident): boolean {
  const isLike = likeBefore(belief, closed);
  if (!isLike || closed.closedAtMs === null) return false;
  return judgedSince(belief, closed.closedAtMs, closed.mark).every(
    ({ word, level }) => word === 'clear' || isLike(level),
  );
}
