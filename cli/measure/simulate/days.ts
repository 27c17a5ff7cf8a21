// Lives days of a simulated town through the product's own plan, store and judge, under a clock that is moved by hand.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { City } from '#config';
import type { Camera } from '#core/camera';
import { ManualClock } from '#core/clock';
import { PersonId, lookIdOf, newId } from '#core/ids';
import type { Incident } from '#core/incident';
import { silentLog } from '#core/log';
import type { Look } from '#core/look';
import type { Observation } from '#core/observation';
import type { Person } from '#core/person';
import { observe, observeBeat, observeStory } from '#hazards';
import { giveVerdict, moveByPerson, openJudge, type IncidentSettings } from '#incidents';
import { plan, readWeather, type PlanFact, type PlanSettings, type WeatherSource } from '#ingest';
import { life } from '#simulator';
import { cameras as cameraRows, db, embedded, incidents, looks, migrate, people, rules, type Database } from '#store';

export const sabotages = ['none', 'no-persistence', 'no-weather', 'no-quiet', 'night-off'] as const;
export type Sabotage = (typeof sabotages)[number];

export interface DaysOptions {
  readonly seed: number;
  readonly cameras: readonly Camera[];
  readonly seeing: life.Seeing;
  readonly fromMs: number;
  readonly days: number;
  readonly city: City;
  readonly incidents: IncidentSettings;
  readonly plan: PlanSettings;
  readonly sabotage: Sabotage;
  readonly say: (text: string) => void;
}

/** Something that was put before people: raised for the first time, or opened again. */
export interface Raised {
  readonly incident: Incident;
  readonly atMs: number;
  /** The hazard that is really there; null for a false alarm. */
  readonly planted: life.Planted | null;
  readonly troubles: readonly string[];
}

export interface Lived {
  readonly raised: readonly Raised[];
  /** Candidates that the judge put to an incident of the same place: their hazard was told by that one. */
  readonly merged: readonly Raised[];
  readonly looks: number;
  readonly observations: number;
  readonly judgeCpuS: number;
}

const tickMs = 10_000;
const weatherEveryMs = 900_000;
const beatEveryMs = 300_000;
const slowTickMs = 30_000;
/** An operator needs so long from the alarm to the key, milliseconds. */
const verdictAfterMs = 90_000;
/** What was flooded is still wet, what was open is being closed: a raise so long after the end is not false. */
const graceMs = 20 * 60_000;
/** Water is rising before the hazard counts. */
const risingMs = 15 * 60_000;

const operator: Person = {
  id: PersonId.parse('simulated-operator'),
  login: 'simulated',
  name: 'Simulated operator',
  roles: ['operator', 'shift_lead', 'controller'],
  agencyId: null,
  language: 'en',
  active: true,
};

/** Lives the days and gives everything that was raised. Starts a database of its own and ends it. */
export async function liveDays(options: DaysOptions): Promise<Lived> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-simulate-'));
  const server = await embedded.startEmbedded({ folder, log: silentLog, settings: { synchronous_commit: 'off' } });
  let database: Database | undefined;
  try {
    const owner = await db.openDatabase(server.ownerUrl, { log: silentLog, name: 'ahual-simulate', max: 2 });
    await migrate.migrate(owner);
    await owner.close();
    database = await db.openDatabase(server.url, { log: silentLog, name: 'ahual-simulate', max: 8 });
    await database.transaction(async (tx) => {
      await rules.replacePolicies(tx, [...options.city.policies], 'simulate');
      await rules.replaceHolidays(tx, [...options.city.holidays], 'simulate');
      await cameraRows.replace(tx, options.cameras);
      await people.insert(tx, operator, 'nobody signs in');
    });
    return await live(database, options);
  } finally {
    await database?.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function live(database: Database, options: DaysOptions): Promise<Lived> {
  const { cameras, seeing, fromMs, days, sabotage } = options;
  const clock = new ManualClock(fromMs);
  const settings = sabotaged(options.incidents, sabotage);
  const byId = new Map<string, Camera>(cameras.map((camera) => [camera.id, camera]));
  const scoring = scoringOf(options);
  const judge = await openJudge({
    database,
    clock,
    log: silentLog,
    settings,
    afterChange: (_, incident) => {
      scoring.changed(incident, clock.nowMs());
      return Promise.resolve();
    },
  });
  const weather: WeatherSource = {
    name: 'simulated',
    read: (places) =>
      Promise.resolve(
        places.map(({ district }) => ({ ...seeing.sky.at(clock.nowMs()), district, source: 'simulated' })),
      ),
  };
  const weatherNeeds = {
    database,
    clock,
    log: silentLog,
    settings: { weather: { url: null, everyS: weatherEveryMs / 1000 }, pace: 1 },
  };
  const visits = seeing.life.visits.filter((visit) => visit.leftAtMs >= fromMs);
  const watched = cameras.filter((camera) => camera.watch);
  let nextVisit = 0;
  let looked = 0;
  let observed = 0;
  let judgeCpuMs = 0;
  let judgedUpTo = 0;
  let hasJudged = true;
  const nextLookMs = new Map<string, number>(cameras.filter((camera) => !camera.watch).map(({ id }) => [id, fromMs]));
  let followed: ReadonlySet<string> = new Set();
  const seenBefore = new Set<string>();

  const save = async (camera: Camera, dueAtMs: number, observations: Observation[], isGood: boolean): Promise<void> => {
    looked += 1;
    observed += observations.length;
    const atMs = clock.nowMs();
    const look: Look = {
      id: lookIdOf(camera.id, dueAtMs),
      cameraId: camera.id,
      dueAtMs,
      seenAtMs: atMs,
      way: 'file',
      outcome: isGood ? { kind: 'seen' } : { kind: 'unseen', state: 'blocked', detail: 'simulated' },
      tookMs: 100,
      widthPx: 1920,
      heightPx: 1080,
      detections: [],
      observations,
      stillSha256: null,
      parts: null,
    };
    await looks.save(database, look, { judgeAll: true });
  };
  const lookAt = async ({ cameraId, dueAtMs }: { cameraId: string; dueAtMs: number }): Promise<void> => {
    const camera = byId.get(cameraId);
    if (!camera) return;
    seenBefore.add(cameraId);
    const atMs = clock.nowMs();
    const sight = life.sightAt(seeing, camera, atMs);
    const isBlind = sabotage === 'night-off' && !seeing.sky.at(atMs).isDay;
    const shown = isBlind ? { ...sight, quality: { kind: 'dark' as const, why: 'sabotage' } } : sight;
    const mark = { id: lookIdOf(camera.id, dueAtMs), seenAtMs: atMs, stillSha256: null };
    await save(camera, dueAtMs, observe(shown, camera, mark, settings.hazards), shown.quality.kind === 'good');
  };
  const factOf = (cameraId: string): PlanFact => {
    const camera = byId.get(cameraId);
    return {
      hazards: new Set(camera?.zones.flatMap((zone) => zone.hazards) ?? []),
      isSensitive: camera?.nearSensitive ?? false,
      health: seenBefore.has(cameraId) ? { state: 'ok', fails: 0, lastLookAtMs: clock.nowMs() } : undefined,
      isFollowedUp: followed.has(cameraId),
      weather: camera ? { ...seeing.sky.at(clock.nowMs()), district: camera.district, source: 'simulated' } : undefined,
    };
  };

  const endMs = fromMs + days * 86_400_000;
  for (let atMs = fromMs; atMs < endMs; atMs += tickMs) {
    clock.set(atMs);
    const step = atMs - fromMs;
    if (step % weatherEveryMs === 0 && sabotage !== 'no-weather') {
      await readWeather(weatherNeeds, weather, new AbortController().signal);
    }
    // The judge may have asked for a look sooner than planned; else nobody is due before the plan says so.
    if (hasJudged || atMs >= Math.min(...nextLookMs.values())) {
      const due = await cameraRows.due(database, atMs, 20_000);
      const { put, later } = plan(due, factOf, options.plan, atMs, 20_000);
      await inParallel(put, 6, lookAt);
      await database.transaction((tx) => cameraRows.planned(tx, [...put, ...later]));
      for (const { cameraId, nextDueAtMs } of [...put, ...later]) nextLookMs.set(cameraId, nextDueAtMs);
    }
    if (step % beatEveryMs === 0) {
      await inParallel(watched, 6, async (camera) => {
        const mark = { id: lookIdOf(camera.id, atMs), seenAtMs: atMs, stillSha256: null };
        const beats = camera.zones.map((zone) => life.beatOf(seeing, camera, zone, atMs));
        await save(
          camera,
          atMs,
          beats.map((beat) => observeBeat(beat, camera, mark, settings.hazards)),
          true,
        );
      });
    }
    for (let visit = visits[nextVisit]; visit && visit.leftAtMs <= atMs; visit = visits[++nextVisit]) {
      const camera = byId.get(visit.cameraId);
      if (!camera) continue;
      // A story is a look of its own: its moment must be no other look's.
      const dueAtMs = Math.round(visit.leftAtMs) + 1;
      const mark = { id: lookIdOf(camera.id, dueAtMs), seenAtMs: atMs, stillSha256: null };
      await save(camera, dueAtMs, [observeStory(life.storyOf(seeing, visit), camera, mark, settings.hazards)], true);
    }
    const before = process.cpuUsage();
    hasJudged = observed > judgedUpTo;
    if (hasJudged) while ((await judge.judgeInbox(500)) > 0);
    judgedUpTo = observed;
    if (step % slowTickMs === 0) {
      await judge.tick();
      const open = await incidents.open(database, { states: ['candidate', 'verifying', 'reopened'] });
      followed = new Set(open.map((incident) => String(incident.cameraId)));
    }
    const used = process.cpuUsage(before);
    judgeCpuMs += (used.user + used.system) / 1000;
    await decide(database, clock, scoring, settings);
    if (step % 21_600_000 === 0) {
      options.say(`hour ${step / 3_600_000} of ${days * 24}: ${looked} looks, ${scoring.raised.length} raised`);
    }
  }
  return {
    raised: scoring.raised,
    merged: scoring.merged,
    looks: looked,
    observations: observed,
    judgeCpuS: judgeCpuMs / 1000,
  };
}

async function inParallel<T>(list: readonly T[], width: number, work: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let one = list[next++]; one !== undefined; one = list[next++]) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(width, list.length) }, lane));
}

function sabotaged(settings: IncidentSettings, sabotage: Sabotage): IncidentSettings {
  if (sabotage === 'no-quiet') return { ...settings, quietAfterRejectMin: 0 };
  if (sabotage !== 'no-persistence') return settings;
  const open = { looks: 1, of: 1, overS: 0 };
  const at = <T extends { persistence: { open: unknown } }>(one: T) => ({
    ...one,
    persistence: { ...one.persistence, open },
  });
  const { snow, flooding, dumping } = settings.hazards;
  return {
    ...settings,
    hazards: {
      ...settings.hazards,
      snow: at(snow),
      flooding: at(flooding),
      'open-manhole': at(settings.hazards['open-manhole']),
      dumping: at(dumping),
    },
  };
}

interface Scoring {
  readonly raised: Raised[];
  readonly merged: Raised[];
  /** Incidents that wait for the operator or for their end, with the moment. */
  readonly waiting: Map<string, { atMs: number; planted: life.Planted | null }>;
  changed(incident: Incident, atMs: number): void;
}

/** Writes down what was raised and what of it is true. */
function scoringOf({ seeing }: DaysOptions): Scoring {
  const raised: Raised[] = [];
  const merged: Raised[] = [];
  const waiting: Scoring['waiting'] = new Map();
  const known = new Map<string, string>();
  const truthOf = (incident: Incident, atMs: number): life.Planted | null =>
    seeing.life.planted.find(
      (one) =>
        one.hazard === incident.hazard &&
        one.cameraId === incident.cameraId &&
        one.zoneId === incident.zoneId &&
        atMs >= one.fromMs - (one.hazard === 'flooding' ? risingMs : 0) &&
        atMs <= one.toMs + graceMs,
    ) ?? null;
  return {
    raised,
    merged,
    waiting,
    changed(incident, atMs) {
      const before = known.get(incident.id);
      known.set(incident.id, incident.state);
      if (before === incident.state) return;
      const isRaise = incident.state === 'reopened' || (incident.state === 'pending_review' && before !== 'escalated');
      if (!isRaise) return;
      const planted = truthOf(incident, atMs);
      const troubles =
        incident.cameraId === null ? [] : seeing.life.troublesAt(incident.cameraId, atMs).map((t) => t.kind);
      raised.push({ incident, atMs, planted, troubles });
      waiting.set(incident.id, { atMs: atMs + verdictAfterMs, planted });
    },
  };
}

/** The operator knows the truth: confirms what is there, rejects what is not, and closes when it is gone. */
async function decide(
  database: Database,
  clock: ManualClock,
  { waiting }: Scoring,
  settings: IncidentSettings,
): Promise<void> {
  const nowMs = clock.nowMs();
  for (const [id, { atMs, planted }] of waiting) {
    if (atMs > nowMs) continue;
    waiting.delete(id);
    const incident = await incidents.byId(database, id);
    if (!incident) continue;
    if (incident.state === 'pending_review' || incident.state === 'escalated') {
      const common = { id: newId(clock), incidentId: incident.id, version: incident.version };
      const verdict = planted
        ? { ...common, kind: 'confirm' as const }
        : { ...common, kind: 'reject' as const, reason: 'reflection' as const };
      await database.transaction((tx) =>
        giveVerdict(tx, { verdict, person: operator, clock, settings, openTasks: () => Promise.resolve([]) }),
      );
      if (planted) waiting.set(id, { atMs: planted.toMs + graceMs, planted });
    } else if (incident.state === 'confirmed') {
      await database.transaction((tx) =>
        moveByPerson(tx, {
          incidentId: id,
          version: incident.version,
          to: 'closed',
          person: operator,
          reason: 'it is gone',
          clock,
          settings,
        }),
      );
    }
  }
}
