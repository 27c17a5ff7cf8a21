// How far a permission reaches: the whole city, matters of the police, or one's own agency; and whose pictures stay closed.
import type { Camera } from '#core/camera';
import { AhualError } from '#core/errors';
import type { AgencyId } from '#core/ids';
import type { Incident } from '#core/incident';
import type { Person, Role } from '#core/person';
import type { Task } from '#core/task';
import { issues } from '#hazards';
import { incidents, tasks, type db } from '#store';
import type { Register } from './register.ts';

export interface Reach {
  /** Everything in the city. */
  readonly city: boolean;
  /** Incidents of hazards that may become a violation (domain 3.6, note 1). */
  readonly police: boolean;
  /** What was given to this agency. */
  readonly agencyId: AgencyId | null;
}

const has = (person: Pick<Person, 'roles'>, ...wanted: readonly Role[]): boolean =>
  person.roles.some((role) => wanted.includes(role));

/** What a person sees of incidents and tasks by their roles. */
export const reachOf = (person: Pick<Person, 'roles' | 'agencyId'>): Reach => ({
  city: has(person, 'operator', 'shift_lead', 'controller', 'auditor'),
  police: has(person, 'police_reviewer', 'second_reviewer'),
  agencyId: has(person, 'agency_user', 'agency_head') ? person.agencyId : null,
});

/** May this reach see an incident, given the agencies that have a task of it? */
export const reachesIncident = (
  reach: Reach,
  incident: Pick<Incident, 'hazard'>,
  agencyIds: readonly string[],
): boolean =>
  reach.city ||
  (reach.police && issues[incident.hazard].violation) ||
  (reach.agencyId !== null && agencyIds.includes(reach.agencyId));

/** May this reach see a task? Police do not: a task is the utilities' matter. */
export const reachesTask = (reach: Reach, task: Pick<Task, 'agencyId'>): boolean =>
  reach.city || reach.agencyId === task.agencyId;

/**
 * May a person see the pictures of an incident at this camera? Pictures of a restricted site are for those who judge, check or
 * review; agencies and the auditor get words (domain 7). An incident without a camera has only pictures that people sent.
 */
export const mayPictures = (person: Pick<Person, 'roles'>, camera: Pick<Camera, 'restricted'> | undefined): boolean =>
  !camera?.restricted || has(person, 'operator', 'shift_lead', 'controller', 'police_reviewer', 'second_reviewer');

/** May a person watch a restricted camera after typing a reason? (domain 3.6; a controller may not) */
export const mayRestricted = (person: Pick<Person, 'roles'>): boolean =>
  has(person, 'operator', 'shift_lead', 'police_reviewer', 'second_reviewer', 'camera_admin');

const unknownIncident = (): AhualError =>
  new AhualError('INCIDENT_UNKNOWN', 'There is no such incident for you.', 'Go back to the list.');

/** The incident, if this person may see it; what lies outside their reach looks like what does not exist. */
export async function incidentFor(asked: db.Db, person: Person, id: string): Promise<Incident> {
  const incident = await incidents.byId(asked, id);
  if (!incident) throw unknownIncident();
  const reach = reachOf(person);
  const given = reach.city ? [] : await tasks.byIncident(asked, id);
  const agencyIds = given.map((task) => task.agencyId);
  if (!reachesIncident(reach, incident, agencyIds)) throw unknownIncident();
  return incident;
}

/** The task and its incident, if this person may see them. */
export async function taskFor(asked: db.Db, person: Person, id: string): Promise<{ task: Task; incident: Incident }> {
  const task = await tasks.byId(asked, id);
  const incident =
    task && reachesTask(reachOf(person), task) ? await incidents.byId(asked, task.incidentId) : undefined;
  if (!task || !incident)
    throw new AhualError('TASK_UNKNOWN', 'There is no such task for you.', 'Go back to the list.');
  return { task, incident };
}

/** Pictures of this incident for this person: may they be named in an answer at all? */
export const picturesOf = (person: Pick<Person, 'roles'>, register: Register, incident: Pick<Incident, 'cameraId'>) =>
  mayPictures(person, register.camera(incident.cameraId));
