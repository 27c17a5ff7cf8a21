// An incident that a person saw, by eye or by a call: it takes the same road as the machine's (screens 4.9).
import { z } from 'zod';
import type { Camera, Zone } from '#core/camera';
import { AhualError } from '#core/errors';
import { distanceM, inRing } from '#core/geo';
import { isSeen, issueNames, type IssueName, type Texts } from '#core/hazard-name';
import { plannedClip } from '#core/clip';
import { ClipId, newId } from '#core/ids';
import type { Incident, Mark } from '#core/incident';
import type { Person } from '#core/person';
import { isTurning } from '#core/preset';
import { issues } from '#hazards';
import { loseClip } from '#evidence';
import { moveIncident, openManual, takenBack } from '#incidents';
import { clips, handLabels, incidents, marks, patrol, tasks, type Tx } from '#store';
import { cancelTask, openTasks } from '#tasks';
import type { Category, HandIncident, Near } from '../contract.ts';
import { placeOf as placeName } from './cards.ts';
import type { Glass } from './glass.ts';
import { picturesOf } from './scope.ts';
import { serve } from './serve.ts';
import { sightOf } from './sight.ts';

/** A square of this share of the picture around the pressed place. */
const halfMark = 0.04;

const markAt = ([x, y]: [number, number]): Mark => {
  const [left, right] = [Math.max(0, x - halfMark), Math.min(1, x + halfMark)];
  const [top, bottom] = [Math.max(0, y - halfMark), Math.min(1, y + halfMark)];
  return {
    kind: 'box',
    points: [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ],
  };
};

const boxMark = ([left, top, right, bottom]: [number, number, number, number]): Mark => ({
  kind: 'box',
  points: [
    [Math.min(left, right), Math.min(top, bottom)],
    [Math.max(left, right), Math.min(top, bottom)],
    [Math.max(left, right), Math.max(top, bottom)],
    [Math.min(left, right), Math.max(top, bottom)],
  ],
});

const markOfSaid = ({ box, at }: HandIncident): Mark | null =>
  box !== null ? boxMark(box) : at === null ? null : markAt(at);

/** The zone whose ground the mark stands on: one that names the hazard before others. */
function zoneUnder(camera: Camera, hazard: IssueName, mark: Mark | null): Zone | undefined {
  if (mark === null) return undefined;
  const xs = mark.points.map(([x]) => x);
  const foot = { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: Math.max(...mark.points.map(([, y]) => y)) };
  const under = camera.zones.filter((zone) => inRing(foot.x, foot.y, zone.polygon));
  return under.find((zone) => isSeen(hazard) && zone.hazards.includes(hazard)) ?? under[0];
}

function placeOf({ register, city }: Glass, person: Person, said: HandIncident, mark: Mark | null) {
  const sight = sightOf(register, person);
  const camera = said.cameraId !== null && sight.camera(said.cameraId) ? register.camera(said.cameraId) : undefined;
  if (said.cameraId !== null && !camera) {
    throw new AhualError(
      'CAMERA_UNKNOWN',
      `There is no camera ${said.cameraId}.`,
      'Look for it in the list of cameras.',
    );
  }
  const named = camera?.zones.find((one) => one.id === said.zoneId);
  // Which view of a camera that turns a person marked is not known here: no zone is guessed.
  const zone = named ?? (camera && !isTurning(camera) ? zoneUnder(camera, said.hazard, mark) : undefined);
  if (said.zoneId !== null && !named) {
    throw new AhualError('REQUEST_INVALID', `This camera has no zone ${said.zoneId}.`, 'Reload the page.');
  }
  const district = zone?.district ?? camera?.district ?? city.districtAt(said.point);
  if (district === undefined) {
    throw new AhualError(
      'REQUEST_INVALID',
      'This place lies in no district of the city.',
      'Choose a place on the map.',
    );
  }
  if (!sight.place({ cameraId: camera?.id ?? null, district })) {
    throw new AhualError(
      'AUTH_DENIED',
      'This place is not of your cameras.',
      'Choose one of your cameras, or tell the shift lead.',
    );
  }
  return { cameraId: camera?.id ?? null, zoneId: zone?.id ?? null, district };
}

export interface Raised {
  readonly incident: Incident;
  readonly taskIds: string[];
}

const markOf = (key: string): string => `incident by hand ${key}`;

/** So much before the held picture and after it is kept. */
const [beforeMs, afterMs] = [30_000, 60_000];

/** Where the camera keeps its last minutes, the seconds around the held picture become a clip; elsewhere there is nothing to cut. */
async function keepSeconds(
  tx: Tx,
  { clock, register }: Glass,
  incident: Incident,
  heldAtMs: number | null,
): Promise<void> {
  const { cameraId, openedAtMs, id: incidentId } = incident;
  if (heldAtMs === null || cameraId === null || register.camera(cameraId)?.watch !== true) return;
  // A browser whose clock is off asks for no seconds that are not there.
  const atMs = Math.min(openedAtMs, Math.max(openedAtMs - thinkingMs, heldAtMs));
  const window = { fromMs: atMs - beforeMs, toMs: atMs + afterMs };
  await clips.plan(tx, plannedClip({ id: ClipId.parse(newId(clock)), incidentId, cameraId, ...window }));
}
/** A form may stand open for so long before its press. */
const thinkingMs = 180_000;

/**
 * The words of the leaf that was chosen. What no eye looks for is nothing without one: its kind finds the addressee and the term. Throws REQUEST_INVALID for
 * a leaf that is not of this kind.
 */
function wordsOf(categories: readonly Category[], { category, hazard, sub }: HandIncident): Texts | undefined {
  const leaf = categories.find((one) => one.id === category);
  const fits = leaf?.hazard === hazard && (isSeen(hazard) || leaf.sub === sub);
  if (isSeen(hazard) ? leaf !== undefined && !fits : !fits) {
    throw new AhualError(
      'REQUEST_INVALID',
      `The city's tree has no such issue "${category}".`,
      'Reload the page and choose it in the list.',
    );
  }
  return leaf?.name;
}

async function raiseOnce(
  glass: Glass,
  categories: readonly Category[],
  said: HandIncident,
  person: Person,
): Promise<Raised> {
  const { database, clock, settings } = glass;
  return database.transaction(async (tx) => {
    const known = z.string().safeParse(await marks.get(tx, markOf(said.key))).data;
    const before = known === undefined ? undefined : await incidents.byId(tx, known);
    if (before) return { incident: before, taskIds: (await tasks.byIncident(tx, before.id)).map((task) => task.id) };
    const { hazard, sub, severity, point, note, stillSha256 } = said;
    if (sub !== '' && !issues[hazard].subs.includes(sub)) {
      throw new AhualError('REQUEST_INVALID', `There is no kind "${sub}" of ${hazard}.`, 'Reload the page.');
    }
    const words = wordsOf(categories, said);
    const mark = markOfSaid(said);
    const place = placeOf(glass, person, said, mark);
    // A box on a calibrated picture lies where the ground under it lies; openManual knows where that is.
    const where = said.box !== null && place.cameraId !== null ? {} : { point };
    const kept = words === undefined ? {} : { said: words };
    const manual = { hazard, sub, severity, note, stillSha256, mark, ...where, ...place, ...kept };
    const made = await openManual(tx, {
      manual,
      person,
      clock,
      settings: settings.incidents,
      openTasks: (within, incident, wish) => openTasks(within, incident, { clock, settings: settings.tasks, ...wish }),
    });
    await marks.set(tx, markOf(said.key), made.incident.id);
    const { cameraId, zoneId, id: incidentId, openedAtMs: atMs } = made.incident;
    const label = { incidentId, category: said.category, personId: person.id, atMs, cameraId, zoneId, hazard };
    await handLabels.keep(tx, { ...label, stillSha256, mark });
    await keepSeconds(tx, glass, made.incident, said.heldAtMs);
    if (said.patrol && cameraId !== null) {
      const found = { id: said.key, cameraId, personId: person.id, atMs, stillSha256, seenAtMs: null, incidentId };
      await patrol.record(tx, { ...found, answer: 'found' });
    }
    return made;
  });
}

/** Opens a confirmed incident and its tasks in one transaction. The same key sent again gives the same incident. */
export function handRaiser(
  glass: Glass,
  categories: readonly Category[],
): (said: HandIncident, person: Person) => Promise<Raised> {
  const running = new Map<string, Promise<Raised>>();
  return async (said, person) => {
    if (said.stillSha256 !== null && !(await glass.files.has(said.stillSha256))) {
      throw new AhualError('FILE_MISSING', 'The held picture is no longer kept.', 'Raise it without the picture.');
    }
    // Two sendings of one key at the same moment: the second waits for the first and gets what it made.
    const raised = running.get(said.key) ?? raiseOnce(glass, categories, said, person);
    running.set(said.key, raised);
    try {
      return await raised;
    } finally {
      running.delete(said.key);
    }
  };
}

const tooLate = (incident: Incident): AhualError => {
  const cure = 'Ask the shift lead to close it, or the controller to cancel its task.';
  const message = `Incident #${incident.number} can no longer be taken back.`;
  return new AhualError('MOVE_UNLAWFUL', message, cure, { incidentId: incident.id });
};

/**
 * Takes an incident by hand back within the seconds of grace: it ends as rejected, its tasks are cancelled unsent, label and patrol are forgotten, in one
 * transaction. Twice changes nothing more. Throws INCIDENT_UNKNOWN, MOVE_UNLAWFUL.
 */
export async function withdrawByHand(glass: Glass, person: Person, id: string): Promise<Incident> {
  const { database, clock, settings } = glass;
  return database.transaction(async (tx) => {
    const incident = await incidents.lock(tx, id);
    if (incident.origin !== 'manual' || incident.decidedBy !== person.id) {
      throw new AhualError('INCIDENT_UNKNOWN', 'You raised no such incident by hand.', 'Go back to the list.');
    }
    if (incident.state === 'rejected') return incident;
    const atMs = clock.nowMs();
    const opened = await tasks.byIncident(tx, id);
    const isLate = atMs > incident.openedAtMs + settings.incidents.undoS * 1000;
    if (isLate || incident.state !== 'confirmed' || opened.some((task) => task.sentAtMs !== null))
      throw tooLate(incident);
    for (const task of opened) {
      await cancelTask(tx, { taskId: task.id, actor: { kind: 'system', name: 'desk' }, reason: takenBack, clock });
    }
    const options = {
      atMs,
      actor: { kind: 'person', person } as const,
      reason: takenBack,
      pace: settings.incidents.pace,
    };
    const waiting = await moveIncident(tx, incident, 'pending_review', { decidedAtMs: null, decidedBy: null }, options);
    const end = {
      rejectReason: 'other' as const,
      note: incident.note || takenBack,
      decidedAtMs: atMs,
      decidedBy: person.id,
    };
    const after = await moveIncident(tx, waiting, 'rejected', end, options);
    await handLabels.forget(tx, id);
    await patrol.forgetFound(tx, id);
    for (const clip of await clips.byIncident(tx, id)) {
      if (clip.state === 'planned') await loseClip(tx, clip, takenBack, { clock });
    }
    return after;
  });
}

const nearM = 150;
const nearMs = 24 * 3_600_000;
const nearMax = 10;

/** Routes that help to open an incident by hand: the city's tree, and what is perhaps the same. */
export function openByHand(glass: Glass, categories: readonly Category[]): void {
  const { app, door, database, clock, register } = glass;

  serve(app, door, 'categories', () => Promise.resolve([...categories]));

  serve(app, door, 'near', async ({ query, session: { person } }) => {
    const sinceMs = clock.nowMs() - nearMs;
    const sight = sightOf(register, person);
    const found = await Promise.all(issueNames.map((hazard) => incidents.openNear(database, hazard, query, nearM)));
    return found
      .flat()
      .filter(
        (incident) => incident.lastSeenAtMs >= sinceMs && incident.state !== 'candidate' && sight.incident(incident),
      )
      .map((incident): Near => {
        const { id, number, hazard, severity, lastSeenAtMs, stillSha256, point } = incident;
        return {
          id,
          number,
          hazard,
          severity,
          lastSeenAtMs,
          place: placeName(incident, register),
          distanceM: Math.round(distanceM(query, point)),
          stillSha256: picturesOf(person, register, incident) ? stillSha256 : null,
        };
      })
      .sort((a, b) => a.distanceM - b.distanceM)
      .slice(0, nearMax);
  });
}
