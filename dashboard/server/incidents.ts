// Incidents: the list for map and lists, and everything about one that a decision needs, in one answer (screens 1.2).
import { mainPreset, type Camera } from '#core/camera';
import { distanceM } from '#core/geo';
import { issueNames, type IssueName } from '#core/hazard-name';
import { openIncidentStates, type Incident } from '#core/incident';
import { pickFor } from '#core/past';
import type { Person } from '#core/person';
import { isTurning, presetOf, seenFrom } from '#core/preset';
import type { Task } from '#core/task';
import { cameras, clips, feed, incidents, looks, mass, picks, stats, tasks, weather } from '#store';
import { AhualError } from '#core/errors';
import { previewRoute } from '#tasks';
import type { CameraMark, IncidentCard, IncidentView, Recipient, StripLook } from '../contract.ts';
import { cameraMark, clipFacts, incidentCard, taskCard } from './cards.ts';
import { zoneView } from './cameras.ts';
import { lensOf, type Glass } from './glass.ts';
import { may } from './may.ts';
import { agencyName } from './register.ts';
import { incidentFor, picturesOf, reachesIncident, reachOf } from './scope.ts';
import { serve } from './serve.ts';
import { sightOf, type Sight } from './sight.ts';
import { showsZone, stripOf } from './strip.ts';

const hourMs = 3_600_000;
const neighbourM = 150;
const camerasNearM = 200;
const stripMax = 9;
const stripReadMax = 200;
const stripMs = 48 * 3_600_000;
const precisionMs = 90 * 86_400_000;
const precisionMin = 30;
const precisionEveryMs = 60_000;
/** Rows read for somebody who sees a part of the city: theirs may stand behind many others. */
const partMost = 20_000;

/** The card as this person may see it: pictures of a restricted site are left out for those who must not see them. */
export function cardFor(glass: Glass, person: Person, incident: Incident): IncidentCard {
  const made = incidentCard(incident, lensOf(glass));
  // A mass incident is of the whole city: who sees a part of it has its members alone.
  const card = sightOf(glass.register, person).limited ? { ...made, massId: null } : made;
  return picturesOf(person, glass.register, incident) ? card : { ...card, stillSha256: null, mark: null };
}

type Precision = ReadonlyMap<IssueName, { right: number; n: number }>;

/** How often each hazard's claims were right, of those that people decided; counted anew each minute. */
function precisionOf({ database, clock, city }: Glass): (hazard: IssueName) => Promise<IncidentView['precision']> {
  let counted: { atMs: number; by: Promise<Precision> } | undefined;
  const count = async (nowMs: number): Promise<Precision> => {
    const by = new Map<IssueName, { right: number; n: number }>();
    for (const day of await stats.incidentDays(database, nowMs - precisionMs, nowMs + 1, city.zone)) {
      const old = by.get(day.hazard) ?? { right: 0, n: 0 };
      by.set(day.hazard, { right: old.right + day.confirmed, n: old.n + day.confirmed + day.rejected });
    }
    return by;
  };
  return async (hazard) => {
    const nowMs = clock.nowMs();
    if (!counted || nowMs - counted.atMs >= precisionEveryMs) counted = { atMs: nowMs, by: count(nowMs) };
    const found = (await counted.by).get(hazard);
    return found && found.n >= precisionMin ? found : null;
  };
}

async function neighboursOf(glass: Glass, person: Person, incident: Incident): Promise<IncidentView['neighbours']> {
  const near = await Promise.all(
    issueNames.map((hazard) => incidents.openNear(glass.database, hazard, incident.point, neighbourM)),
  );
  const reach = reachOf(person);
  const sight = sightOf(glass.register, person);
  return near
    .flat()
    .filter((other) => other.id !== incident.id && reachesIncident(reach, other, []) && sight.incident(other))
    .map((other) => ({
      card: cardFor(glass, person, other),
      distanceM: Math.round(distanceM(incident.point, other.point)),
    }))
    .sort((a, b) => a.distanceM - b.distanceM);
}

async function camerasNear(
  { database, register }: Glass,
  person: Person,
  incident: Incident,
): Promise<{ mark: CameraMark; distanceM: number }[]> {
  const sight = sightOf(register, person);
  const near = register
    .cameras()
    .filter((camera) => camera.id !== incident.cameraId && sight.camera(camera.id))
    .map((camera) => ({ camera, away: distanceM(incident.point, camera.point) }))
    .filter(({ away }) => away <= camerasNearM)
    .sort((a, b) => a.away - b.away);
  return Promise.all(
    near.map(async ({ camera, away }) => ({
      mark: cameraMark(camera, await cameras.healthOf(database, camera.id)),
      distanceM: Math.round(away),
    })),
  );
}

/** Where its task would go now. Where no rule leads anywhere the operator is told so before confirming, not after. */
async function recipientsOf(
  glass: Glass,
  incident: Incident,
): Promise<{ recipients: Recipient[]; routeProblem: string | null }> {
  try {
    const found = await previewRoute(glass.database, incident, { clock: glass.clock, settings: glass.settings.tasks });
    const recipients = found.map((one) => ({ ...one, name: agencyName(glass.register, one.agencyId) }));
    return { recipients, routeProblem: null };
  } catch (thrown) {
    if (!(thrown instanceof AhualError) || thrown.code !== 'ROUTE_MISSING') throw thrown;
    return { recipients: [], routeProblem: thrown.message };
  }
}

/** Looks that said something of this hazard in this zone and kept a picture, oldest first. */
async function stripFor(
  { database, clock }: Glass,
  camera: Camera | undefined,
  incident: Incident,
): Promise<StripLook[]> {
  if (!camera) return [];
  const from = clock.nowMs() - stripMs;
  const recent = (await looks.recent(database, camera.id, stripReadMax)).filter(
    (look) => look.preset === null || showsZone(look, camera, incident.zoneId),
  );
  return stripOf(recent, { hazard: incident.hazard, zoneId: incident.zoneId })
    .filter((look) => look.seenAtMs >= from && (look.stillSha256 !== null || look.outcome !== 'seen'))
    .slice(-stripMax);
}

/** An agency sees the place before and now, not the people of the act, and not who decided (domain 3.6). */
function forAgency(incident: Incident): Incident {
  const facts = Object.fromEntries(Object.entries(incident.why.facts).filter(([name]) => !name.startsWith('still')));
  return { ...incident, why: { ...incident.why, facts }, decidedBy: null };
}

const agencyTasks = (given: readonly Task[], agencyId: string | null): Task[] =>
  given.filter((task) => task.agencyId === agencyId);

/** The zones of the view in which an incident's zone lies: those of another view are drawn on another picture. */
function besidesOf(camera: Camera, zoneId: string | null): Camera['zones'] {
  const zone = camera.zones.find((one) => one.id === zoneId);
  return zone ? seenFrom(camera, presetOf(zone)).zones : isTurning(camera) ? [] : camera.zones;
}

/** A reference that a person picked, where the incident has no picture of its own from before: by the light and the season of now. */
async function pickedBefore(
  { database, clock }: Pick<Glass, 'database' | 'clock'>,
  camera: Camera | undefined,
  incident: Incident,
  sight: Sight,
): Promise<IncidentView['before']> {
  if (!camera) return null;
  const shown = camera.zones.find((zone) => zone.id === incident.zoneId);
  const own = (await picks.of(database, camera.id)).filter(
    ({ preset }) => preset === (shown ? presetOf(shown) : mainPreset),
  );
  const past = own.filter(
    (one) => one.state !== 'useless' && one.seenAtMs < incident.openedAtMs && sight.moment(one.seenAtMs),
  );
  if (past.length === 0) return null;
  const latest = (await weather.latest(database)).find((one) => one.district === incident.district);
  const isOld = !latest || Math.abs(clock.nowMs() - incident.lastSeenAtMs) > hourMs;
  const isWinter = latest !== undefined && (latest.snowDepthM > 0.02 || latest.temperatureC < -2);
  const best = pickFor(past, { atMs: incident.lastSeenAtMs, isDay: isOld ? null : latest.isDay, isWinter });
  return best ? { sha256: best.stillSha256, seenAtMs: best.seenAtMs, picked: best.kind } : null;
}

/** Everything about an incident for one person. */
export async function incidentView(
  glass: Glass,
  person: Person,
  incident: Incident,
  precision: (hazard: IssueName) => Promise<IncidentView['precision']>,
): Promise<IncidentView> {
  const { database, register } = glass;
  const reach = reachOf(person);
  const inside = reach.city || reach.police;
  const pictures = picturesOf(person, register, incident);
  const open = inside ? incident : forAgency(incident);
  const camera = register.camera(incident.cameraId);
  const lens = lensOf(glass);
  const sight = sightOf(register, person);
  const [health, looked, latest, history, neighbours, near, given, made, route, right, otherViews] = await Promise.all([
    camera ? cameras.healthOf(database, camera.id) : undefined,
    inside ? stripFor(glass, camera, incident) : [],
    weather.latest(database),
    incidents.history(database, incident.id),
    neighboursOf(glass, person, incident),
    may(person, 'see-cameras') ? camerasNear(glass, person, incident) : [],
    tasks.byIncident(database, incident.id),
    clips.byIncident(database, incident.id),
    may(person, 'decide') ? recipientsOf(glass, incident) : { recipients: [], routeProblem: null },
    precision(incident.hazard),
    // How many cameras saw it tells of cameras outside of theirs.
    sight.limited ? 0 : mass.otherViews(database, incident.id),
  ]);
  const strip = looked.filter((look) => sight.moment(look.seenAtMs));
  const into = incident.mergedInto === null ? undefined : await incidents.byId(database, incident.mergedInto);
  const mergedInto = into && sight.incident(into) ? incident.mergedInto : null;
  const shownTasks = reach.city ? given : agencyTasks(given, reach.agencyId);
  const seenAtMs = strip.find((look) => look.stillSha256 === incident.stillSha256)?.seenAtMs ?? incident.lastSeenAtMs;
  return {
    card: cardFor(glass, person, incident),
    incident: {
      ...open,
      ...(pictures ? {} : { stillSha256: null, beforeSha256: null, mark: null }),
      ...(sight.limited ? { massId: null, mergedInto } : {}),
    },
    camera: camera ? cameraMark(camera, health) : null,
    zones: camera ? besidesOf(camera, incident.zoneId).map(zoneView) : [],
    marks: pictures && incident.mark ? [incident.mark] : [],
    now: pictures && incident.stillSha256 !== null ? { sha256: incident.stillSha256, seenAtMs } : null,
    before:
      pictures && incident.beforeSha256 !== null
        ? { sha256: incident.beforeSha256, seenAtMs: incident.beforeAtMs }
        : pictures && inside
          ? await pickedBefore(glass, camera, incident, sight)
          : null,
    strip: pictures ? strip : strip.map((look) => ({ ...look, stillSha256: null })),
    weather: latest.find((one) => one.district === incident.district) ?? null,
    history: history.map(({ actor, ...line }) => ({ ...line, who: inside ? register.nameOf(actor) : 'iKOMEK' })),
    neighbours,
    camerasNear: near,
    ...route,
    tasks: shownTasks.map((task) => taskCard(task, incident, lens, pictures)),
    clips: inside ? made.map(clipFacts) : [],
    cameras: (incident.cameraId === null ? 0 : 1) + otherViews,
    precision: right,
  };
}

/** How often a hazard's claims were right; see `precisionOf`. */
export type PrecisionOf = (hazard: IssueName) => Promise<IncidentView['precision']>;

/**
 * Routes of incidents that only read. `otherView` answers for what stands in a queue without being an incident; undefined where the id
 * is none of those.
 */
export function openIncidents(
  glass: Glass,
  otherView: (person: Person, id: string, precision: PrecisionOf) => Promise<IncidentView | undefined>,
): void {
  const { app, door, database, clock } = glass;
  const precision = precisionOf(glass);

  serve(app, door, 'incidents', async ({ query, session }) => {
    const { person } = session;
    const reach = reachOf(person);
    const sight = sightOf(glass.register, person);
    const number = await feed.last(database);
    const nowMs = clock.nowMs();
    if (!reach.city && !reach.police) {
      const given = reach.agencyId === null ? [] : await tasks.byAgency(database, reach.agencyId);
      const ids = [...new Set(given.map((task) => task.incidentId))].slice(0, query.limit);
      const own = (await Promise.all(ids.map((id) => incidents.byId(database, id)))).filter((one) => one !== undefined);
      const states: readonly Incident['state'][] = query.states ?? openIncidentStates;
      const shown = own.filter((one) => states.includes(one.state) && one.openedAtMs >= (query.sinceMs ?? 0));
      return { nowMs, feed: number, incidents: shown.map((one) => cardFor(glass, person, one)) };
    }
    const rows =
      query.states === undefined && query.sinceMs === undefined
        ? await incidents.open(database)
        : await incidents.list(database, {
            states: query.states,
            sinceMs: query.sinceMs,
            limit: sight.limited ? partMost : query.limit,
          });
    const shown = rows
      .filter((incident) => reachesIncident(reach, incident, []) && sight.incident(incident))
      .slice(0, query.limit);
    return { nowMs, feed: number, incidents: shown.map((one) => cardFor(glass, person, one)) };
  });

  serve(app, door, 'incident', async ({ params, session: { person } }) => {
    const other = await otherView(person, params.id, precision);
    return other ?? incidentView(glass, person, await incidentFor(database, person, params.id), precision);
  });
}
