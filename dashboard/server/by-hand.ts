// An incident that a person saw, by eye or by a call: it takes the same road as the machine's (screens 4.9).
import { z } from 'zod';
import { AhualError } from '#core/errors';
import type { Incident, Mark } from '#core/incident';
import type { Person } from '#core/person';
import { hazards } from '#hazards';
import { openManual } from '#incidents';
import { incidents, marks, tasks } from '#store';
import { openTasks } from '#tasks';
import type { ManualIncident } from '../contract.ts';
import type { Glass } from './glass.ts';

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

function placeOf({ register, city }: Glass, said: ManualIncident) {
  const camera = register.camera(said.cameraId);
  if (said.cameraId !== null && !camera) {
    throw new AhualError(
      'CAMERA_UNKNOWN',
      `There is no camera ${said.cameraId}.`,
      'Look for it in the list of cameras.',
    );
  }
  const zone = camera?.zones.find((one) => one.id === said.zoneId);
  if (said.zoneId !== null && !zone) {
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
  return { cameraId: camera?.id ?? null, zoneId: zone?.id ?? null, district };
}

export interface Raised {
  readonly incident: Incident;
  readonly taskIds: string[];
}

const markOf = (key: string): string => `incident by hand ${key}`;

async function raiseOnce(glass: Glass, said: ManualIncident, person: Person): Promise<Raised> {
  const { database, clock, settings } = glass;
  return database.transaction(async (tx) => {
    const known = z.string().safeParse(await marks.get(tx, markOf(said.key))).data;
    const before = known === undefined ? undefined : await incidents.byId(tx, known);
    if (before) return { incident: before, taskIds: (await tasks.byIncident(tx, before.id)).map((task) => task.id) };
    const { hazard, sub, severity, point, note, stillSha256, at } = said;
    if (sub !== '' && !hazards[hazard].subs.includes(sub)) {
      throw new AhualError('REQUEST_INVALID', `There is no kind "${sub}" of ${hazard}.`, 'Reload the page.');
    }
    const mark = at === null ? null : markAt(at);
    const manual = { hazard, sub, severity, point, note, stillSha256, mark, ...placeOf(glass, said) };
    const made = await openManual(tx, {
      manual,
      person,
      clock,
      settings: settings.incidents,
      openTasks: (within, incident, wish) => openTasks(within, incident, { clock, settings: settings.tasks, ...wish }),
    });
    await marks.set(tx, markOf(said.key), made.incident.id);
    return made;
  });
}

/** Opens a confirmed incident and its tasks in one transaction. The same key sent again gives the same incident. */
export function handRaiser(glass: Glass): (said: ManualIncident, person: Person) => Promise<Raised> {
  const running = new Map<string, Promise<Raised>>();
  return async (said, person) => {
    if (said.stillSha256 !== null && !(await glass.files.has(said.stillSha256))) {
      throw new AhualError('FILE_MISSING', 'The held picture is no longer kept.', 'Raise it without the picture.');
    }
    // Two sendings of one key at the same moment: the second waits for the first and gets what it made.
    const raised = running.get(said.key) ?? raiseOnce(glass, said, person);
    running.set(said.key, raised);
    try {
      return await raised;
    } finally {
      running.delete(said.key);
    }
  };
}
