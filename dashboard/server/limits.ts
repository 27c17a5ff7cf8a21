// What a person whose roles are limited may ask at all. A route that is not in this table concerns the whole city and is closed to
// them, so that a new route is closed until somebody has thought about it; those that name a thing are asked for that thing here.
import { AhualError } from '#core/errors';
import { isLimited } from '#core/bounds';
import type { Person } from '#core/person';
import { clips, incidents, pictureOf, planted, secondLooks, tasks, verdicts, type db } from '#store';
import type { Permission, RouteName } from '../contract.ts';
import type { Register } from './register.ts';
import { sightOf, type Sight } from './sight.ts';

/** What a parameter of a route names. */
type Thing = 'camera' | 'incident' | 'task' | 'violation' | 'clip' | 'picture' | 'verdict';

/**
 * `own`: nothing of any camera is in it. `narrowed`: the route's own function leaves out what lies outside. `of`: it is about the
 * thing that `id` or `sha256` names, and so far as it shows more, its function leaves that out.
 */
export type Limit = 'own' | 'narrowed' | { readonly of: Thing };

export const limits: Readonly<Partial<Record<RouteName, Limit>>> = {
  signOut: 'own',
  me: 'own',
  city: 'own',
  account: 'own',
  choices: 'own',
  keepChoices: 'own',
  changePassword: 'own',
  offerFactor: 'own',
  confirmFactor: 'own',
  newCodes: 'own',
  dropFactor: 'own',
  endOtherSessions: 'own',
  endMySession: 'own',
  log: 'own',
  categories: 'own',
  agencies: 'own',
  mapSetup: 'own',
  mapTiles: 'own',

  desk: 'narrowed',
  verdict: 'narrowed',
  undoVerdict: { of: 'verdict' },
  raise: 'narrowed',
  withdraw: { of: 'incident' },
  near: 'narrowed',
  patrol: 'narrowed',
  patrolClean: 'narrowed',
  beatSeat: 'narrowed',
  pauseSeat: 'narrowed',
  incidents: 'narrowed',
  incident: { of: 'incident' },
  verify: { of: 'incident' },
  cameras: 'narrowed',
  camera: { of: 'camera' },
  cameraDay: { of: 'camera' },
  cameraHealth: { of: 'camera' },
  cameraStill: { of: 'camera' },
  holdPicture: { of: 'camera' },
  still: { of: 'picture' },
  tasks: 'narrowed',
  task: { of: 'task' },
  rerouteTask: { of: 'task' },
  cancelTask: { of: 'task' },
  mapDots: 'narrowed',
  mapGround: 'narrowed',
  mapSnow: 'narrowed',
  mapDay: 'narrowed',
  violations: 'narrowed',
  violation: { of: 'violation' },
  plate: { of: 'violation' },
  platePicture: { of: 'violation' },
  sayPlate: { of: 'violation' },
  chooseArticle: { of: 'violation' },
  dismissViolation: { of: 'violation' },
  reviewSecond: { of: 'violation' },
  recordOutcome: { of: 'violation' },
  markViolation: { of: 'violation' },
  clipVideo: { of: 'clip' },
};

/** Permissions of which nothing is left to a person who sees a part only: the city as a whole, and what hangs at no camera. */
const wholeCity: ReadonlySet<Permission> = new Set<Permission>([
  'see-appeals',
  'link-appeals',
  'see-wall',
  'see-system',
  'see-held',
  'hand-over',
  'see-numbers',
  'edit-cameras',
]);

/** Is this permission one that limited roles keep? */
export const keeps = (person: Pick<Person, 'bounds'>, permission: Permission): boolean =>
  !isLimited(person) || !wholeCity.has(permission);

const unknownThing: Readonly<Record<Thing, (id: string) => AhualError>> = {
  camera: (id) => new AhualError('CAMERA_UNKNOWN', `There is no camera ${id}.`, 'Look for it in the list of cameras.'),
  incident: () => new AhualError('INCIDENT_UNKNOWN', 'There is no such incident for you.', 'Go back to the list.'),
  task: () => new AhualError('TASK_UNKNOWN', 'There is no such task for you.', 'Go back to the list.'),
  violation: () => new AhualError('NOT_FOUND', 'There is no such violation.', 'Go back to the list.'),
  clip: () =>
    new AhualError('CLIP_UNKNOWN', 'There is no such clip, or it is not sealed yet.', 'Go back to the violation.'),
  picture: () =>
    new AhualError(
      'FILE_MISSING',
      'This picture is not kept, or not for you.',
      'Its term may be over; frames are kept for 48 h.',
    ),
  verdict: () => new AhualError('NOT_FOUND', 'You gave no such verdict.', 'Look at the last ones.'),
};

export interface Guard {
  /** Is this route open to the person at all? */
  opens(person: Person, route: RouteName): boolean;
  /** Throws what an unknown thing throws, unless the person may see the thing that the parameters of this route name. */
  check(person: Person, route: RouteName, params: unknown): Promise<void>;
}

/** May this sight see the incident of this name? Items that look like one are judged by what they were made of. */
export async function seesIncident(
  asked: db.Db,
  sight: Sight,
  person: Pick<Person, 'id'>,
  id: string,
): Promise<boolean> {
  if (!sight.limited) return true;
  const incident = await incidents.byId(asked, id);
  if (incident) return sight.incident(incident);
  const second = await secondLooks.byId(asked, id);
  if (second) return sight.place(second.incidentBefore) && sight.moment(second.incidentBefore.lastSeenAtMs);
  const known = await planted.byId(asked, id);
  return known?.personId === person.id && sight.place(known.item);
}

async function seesPicture(asked: db.Db, sight: Sight, person: Person, sha256: string): Promise<boolean> {
  for (const one of await pictureOf(asked, sha256)) {
    if (one.kind === 'camera' && sight.camera(one.id) && sight.moment(one.seenAtMs ?? 0)) return true;
    if (one.kind !== 'camera' && (await seesIncident(asked, sight, person, one.id))) return true;
  }
  return false;
}

/** The guard of the routes, over the rows and the register. */
export function openGuard(database: db.Database, register: Pick<Register, 'group'>): Guard {
  async function sees(person: Person, thing: Thing, id: string): Promise<boolean> {
    const sight = sightOf(register, person);
    const ofIncident = (incidentId: string | undefined): Promise<boolean> | false =>
      incidentId !== undefined && seesIncident(database, sight, person, incidentId);
    switch (thing) {
      case 'camera':
        return sight.camera(id);
      case 'incident':
        return ofIncident(id);
      case 'task':
        return ofIncident((await tasks.byId(database, id))?.incidentId);
      case 'violation':
        return ofIncident((await clips.violationById(database, id))?.incidentId);
      case 'clip':
        return ofIncident((await clips.byId(database, id))?.incidentId);
      case 'picture':
        return seesPicture(database, sight, person, id);
      case 'verdict': {
        const second = await secondLooks.bySecond(database, id);
        return ofIncident(second?.id ?? (await verdicts.byId(database, id))?.verdict.incidentId);
      }
    }
  }

  return {
    opens: (person, route) => !isLimited(person) || limits[route] !== undefined,
    check: async (person, route, params) => {
      const limit = limits[route];
      if (!isLimited(person) || limit === undefined || typeof limit === 'string') return;
      const named = new Map(typeof params === 'object' && params !== null ? Object.entries(params) : []);
      const id: unknown = named.get('sha256') ?? named.get('id');
      if (typeof id !== 'string' || !(await sees(person, limit.of, id))) {
        throw unknownThing[limit.of](typeof id === 'string' ? id.slice(0, 80) : '');
      }
    },
  };
}
