// Lives days of a simulated town through the product's own plan, store, judge and verdicts, under a clock that is moved by hand.
import type { City } from '#config';
import type { Camera } from '#core/camera';
import { ManualClock, systemClock, type Clock } from '#core/clock';
import { lookIdOf } from '#core/ids';
import { silentLog } from '#core/log';
import type { Look } from '#core/look';
import type { Observation } from '#core/observation';
import { observe, observeBeat, observeStory, type LookMark } from '#hazards';
import { openJudge, type IncidentSettings } from '#incidents';
import { plan, readWeather, type PlanFact, type PlanSettings, type WeatherSource } from '#ingest';
import { life } from '#simulator';
import { cameras as cameraRows, incidents, looks, type Database } from '#store';
import type { CourierSettings } from '#tasks';
import { withOwnDatabase } from '../own-database.ts';
import type { Eyes } from './eyes.ts';
import { joined } from './joined.ts';
import { openCrowd, settlePeople, type Claims } from './people.ts';
import { sabotaged, sabotagedCameras, type Sabotage } from './sabotage.ts';
import { openSaid, type Said } from './said.ts';
import { openTelling, type MassCard, type Told } from './telling.ts';

export interface DaysOptions {
  readonly seed: number;
  readonly cameras: readonly Camera[];
  /** What really happens. */
  readonly life: life.Life;
  readonly sky: life.SkyOf;
  readonly eyes: Eyes;
  readonly fromMs: number;
  readonly toMs: number;
  readonly city: City;
  readonly incidents: IncidentSettings;
  readonly tasks: CourierSettings;
  readonly plan: PlanSettings;
  readonly weatherEveryS: number;
  /** Length of a step, seconds, a divisor of five minutes; `usualTickS` when absent. */
  readonly tickS?: number;
  /** A watched place says how it is this often, seconds; 300 when absent. */
  readonly beatEveryS?: number;
  readonly sabotage: Sabotage;
  /** Keep what looks said, for drawings. */
  readonly keepSaid: boolean;
  readonly say: (text: string) => void;
}

export interface Lived {
  /** Everything that people were told of an incident, in order. */
  readonly told: readonly Told[];
  readonly massCards: readonly MassCard[];
  /** Incidents that were put to another one of the same place, with the moment: their hazard was told by that one. */
  readonly merged: readonly { readonly from: Told['incident']; readonly into: string; readonly atMs: number }[];
  readonly claims: Claims;
  readonly said: Said;
  readonly looks: number;
  readonly nightLooks: number;
  readonly observations: number;
  /** CPU seconds of this process in which observations were judged; what time alone does is not in it. */
  readonly judgeCpuS: number;
  readonly cpuS: number;
}

/** Everything happens on these steps, seconds: coarse enough that the looks of one step share the cost of a round trip. */
export const usualTickS = 15;
const slowTickS = 30;
const judgedAtOnce = 500;
/** Weather and rows around a look are read again by the judge so many times more seldom than by its own clock: looks of a town are few. */
const slower = 12;

/** The judge's clock: the same moments, and elapsed time that runs slower. */
const unhurried = (clock: Clock): Clock => ({
  nowMs: () => clock.nowMs(),
  monotonicMs: () => clock.monotonicMs() / slower,
  sleep: (ms, signal) => clock.sleep(ms, signal),
});

/** Lives the days and gives what people were told. Starts a database of its own and ends it. */
export const liveDays = (options: DaysOptions): Promise<Lived> =>
  withOwnDatabase(
    'ahual-simulate',
    async (database) => {
      await database.transaction((tx) => cameraRows.replace(tx, sabotagedCameras(options.cameras, options.sabotage)));
      await settlePeople(database, options.city);
      return live(database, options);
    },
    { shared_buffers: '256MB' },
  );

/** A look that is on its way to the store. */
interface Saving {
  readonly look: Look;
  readonly arrivesMs: number;
}

const goodOutcome: Look['outcome'] = { kind: 'seen' };
const lookOf = (camera: Camera, dueAtMs: number, seenAtMs: number, said: Observation[], isGood: boolean): Look => ({
  id: lookIdOf(camera.id, dueAtMs),
  cameraId: camera.id,
  dueAtMs,
  seenAtMs,
  way: 'file',
  outcome: isGood ? goodOutcome : { kind: 'unseen', state: 'blocked', detail: 'simulated' },
  tookMs: 100,
  widthPx: 1920,
  heightPx: 1080,
  detections: [],
  observations: said,
  stillSha256: null,
  parts: null,
});

async function live(database: Database, options: DaysOptions): Promise<Lived> {
  const { cameras, eyes, sky, fromMs, toMs, sabotage } = options;
  const tickMs = (options.tickS ?? usualTickS) * 1000;
  const slowTickMs = Math.max(slowTickS * 1000, tickMs);
  const clock = new ManualClock(fromMs);
  const settings = sabotaged(options.incidents, sabotage);
  const byId = new Map<string, Camera>(cameras.map((camera) => [camera.id, camera]));
  const telling = openTelling(options.life);
  const said = openSaid();
  const crowd = openCrowd({
    database,
    clock,
    settings,
    tasks: options.tasks,
    telling,
    chance: (text) => life.uniform(`${options.seed} ${text}`),
  });
  const judge = await openJudge({
    database,
    clock: unhurried(clock),
    log: silentLog,
    settings,
    openTasks: crowd.openTasks,
    afterChange: (tx, incident) => crowd.changed(tx, incident),
  });
  const weatherAt = (atMs: number, district: string) => ({ ...sky.at(atMs), district, source: 'simulated' });
  const weather: WeatherSource = {
    name: 'simulated',
    read: (places) => Promise.resolve(places.map(({ district }) => weatherAt(clock.nowMs(), district))),
  };
  const weatherNeeds = {
    database,
    clock,
    log: silentLog,
    settings: { weather: { url: null, everyS: options.weatherEveryS }, pace: 1 },
  };
  const visits = options.life.visits.filter((visit) => visit.leftAtMs >= fromMs);
  const watched = cameras.filter((camera) => camera.watch);
  const work = { looks: 0, nightLooks: 0, observations: 0, judgeCpuMs: 0 };
  let nextVisit = 0;
  let waiting: Saving[] = [];
  let hasNews = true;
  let followed: ReadonlySet<string> = new Set();
  const nextLookMs = new Map<string, number>(cameras.filter((camera) => !camera.watch).map(({ id }) => [id, fromMs]));
  const seenBefore = new Set<string>();

  const facts = new Map(
    cameras.map((camera) => [
      String(camera.id),
      {
        hazards: new Set(camera.zones.flatMap((zone) => zone.hazards)),
        hasCover: camera.zones.some((zone) => zone.kind === 'manhole'),
        isSensitive: camera.nearSensitive,
      },
    ]),
  );
  const factOf = (cameraId: string): PlanFact => ({
    ...(facts.get(cameraId) ?? { hazards: new Set(), hasCover: false, isSensitive: false }),
    health: seenBefore.has(cameraId) ? { state: 'ok', fails: 0, lastLookAtMs: clock.nowMs() } : undefined,
    isFollowedUp: followed.has(cameraId),
    weather: weatherAt(clock.nowMs(), byId.get(cameraId)?.district ?? ''),
  });
  /** Its moment is ours, whatever the camera's own clock says; it may still be long on its way. */
  const send = (camera: Camera, dueAtMs: number, observations: Observation[], isGood: boolean): void => {
    const atMs = clock.nowMs();
    const late = options.life.troublesAt(camera.id, atMs).find(({ kind }) => kind === 'late-delivery');
    waiting.push({
      look: lookOf(camera, dueAtMs, atMs, observations, isGood),
      arrivesMs: late ? atMs + late.size * 60_000 : atMs,
    });
    work.looks += 1;
    if (!sky.at(atMs).isDay) work.nightLooks += 1;
    work.observations += observations.length;
    if (options.keepSaid) for (const one of observations) said.add(one);
  };
  const markOf = (camera: Camera, dueAtMs: number): LookMark => ({
    id: lookIdOf(camera.id, dueAtMs),
    seenAtMs: clock.nowMs(),
    stillSha256: null,
  });
  const lookAt = async (cameraId: string, dueAtMs: number): Promise<void> => {
    const camera = byId.get(cameraId);
    if (!camera) return;
    seenBefore.add(cameraId);
    const atMs = clock.nowMs();
    const isBlind = sabotage === 'night-off' && !sky.at(atMs).isDay;
    const sight = await eyes.sightAt(camera, atMs);
    const shown = isBlind ? { ...sight, quality: { kind: 'dark' as const, why: 'sabotage' } } : sight;
    const observations = observe(shown, camera, markOf(camera, dueAtMs), settings.hazards);
    send(camera, dueAtMs, observations, shown.quality.kind === 'good');
  };
  const watch = (atMs: number): void => {
    for (const camera of watched) {
      const mark = markOf(camera, atMs);
      const beats = camera.zones.map((zone) =>
        observeBeat(eyes.beatOf(camera, zone, atMs), camera, mark, settings.hazards),
      );
      send(camera, atMs, beats, true);
    }
  };
  const tellStories = (atMs: number): void => {
    for (let visit = visits[nextVisit]; visit && visit.leftAtMs <= atMs; visit = visits[++nextVisit]) {
      const camera = byId.get(visit.cameraId);
      if (!camera) continue;
      // A story is a look of its own: its moment must be no other look's.
      const dueAtMs = Math.round(visit.leftAtMs) + 1;
      const story = observeStory(eyes.storyOf(visit), camera, markOf(camera, dueAtMs), settings.hazards);
      send(camera, dueAtMs, [story], true);
    }
  };

  const started = process.cpuUsage();
  const realFromMs = systemClock.monotonicMs();
  for (let atMs = fromMs; atMs < toMs; atMs += tickMs) {
    clock.set(atMs);
    const step = atMs - fromMs;
    if (step % (options.weatherEveryS * 1000) === 0 && sabotage !== 'no-weather') {
      await readWeather(weatherNeeds, weather, new AbortController().signal);
    }
    // The judge may have asked for a look sooner than planned; else nobody is due before the plan says so.
    const due = hasNews || atMs >= earliest(nextLookMs) ? await cameraRows.due(database, atMs, 20_000) : [];
    const planned = plan(due, factOf, options.plan, atMs, 20_000);
    for (const { cameraId, dueAtMs } of planned.put) await lookAt(cameraId, dueAtMs);
    if (step % ((options.beatEveryS ?? 300) * 1000) === 0) watch(atMs);
    tellStories(atMs);
    const arriving = waiting.filter(({ arrivesMs }) => arrivesMs <= atMs);
    waiting = waiting.filter(({ arrivesMs }) => arrivesMs > atMs);
    const next = [...planned.put, ...planned.later];
    if (arriving.length > 0 || next.length > 0) {
      await database.transaction(async (tx) => {
        for (const { look } of arriving) await looks.save(joined(database, tx), look, { judgeAll: true });
        await cameraRows.planned(tx, next);
      });
      for (const { cameraId, nextDueAtMs } of next) nextLookMs.set(cameraId, nextDueAtMs);
    }
    const before = process.cpuUsage();
    hasNews = arriving.length > 0;
    if (hasNews) while ((await judge.judgeInbox(judgedAtOnce)) === judgedAtOnce);
    const used = process.cpuUsage(before);
    work.judgeCpuMs += (used.user + used.system) / 1000;
    if (step % slowTickMs === 0) {
      await judge.tick();
      const open = await incidents.open(database, { states: ['candidate', 'verifying', 'reopened'] });
      followed = new Set(
        open
          .filter((incident) => incident.state !== 'candidate' || incident.massId === null)
          .map((incident) => String(incident.cameraId)),
      );
    }
    if (step % slowTickMs === 0) await crowd.look();
    await crowd.act();
    if (step > 0 && step % 10_800_000 === 0) {
      const part = step / (toMs - fromMs);
      const leftS = ((systemClock.monotonicMs() - realFromMs) / 1000) * (1 / part - 1);
      const cards = telling.told.filter(({ way }) => way !== 'member').length;
      options.say(
        `hour ${step / 3_600_000} of ${(toMs - fromMs) / 3_600_000}: ${work.looks} looks, ${cards} cards; about ${Math.ceil(leftS / 60)} min left`,
      );
    }
  }
  const used = process.cpuUsage(started);
  const merged = await incidents.list(database, { sinceMs: fromMs - 1, states: ['merged'], limit: 100_000 });
  return {
    told: telling.told,
    massCards: telling.massCards,
    merged: merged.flatMap((from) => (from.mergedInto ? [{ from, into: from.mergedInto, atMs: from.openedAtMs }] : [])),
    claims: crowd.claims,
    said,
    looks: work.looks,
    nightLooks: work.nightLooks,
    observations: work.observations,
    judgeCpuS: work.judgeCpuMs / 1000,
    cpuS: (used.user + used.system) / 1e6,
  };
}

function earliest(moments: ReadonlyMap<string, number>): number {
  let least = Infinity;
  for (const atMs of moments.values()) if (atMs < least) least = atMs;
  return least;
}
