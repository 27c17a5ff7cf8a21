// The one place that decides of what a person may see anything at all: by the groups of cameras that their roles are limited to, and
// by the moment from which on things of before are theirs. Routes, rooms of the socket, pictures, clips and live streams ask here.
import { isLimited } from '#core/bounds';
import { openIncidentStates, type Incident } from '#core/incident';
import type { Person } from '#core/person';
import type { Register } from './register.ts';

export type Seen = Pick<
  Incident,
  'cameraId' | 'district' | 'state' | 'openedAtMs' | 'lastSeenAtMs' | 'decidedAtMs' | 'closedAtMs'
>;

export interface Sight {
  /** False: the whole city, as the roles say. */
  readonly limited: boolean;
  /** May anything of this camera be shown? */
  camera(id: string): boolean;
  /** May anything that lies at this camera, or without one in this district, be shown? */
  place(at: { readonly cameraId: string | null; readonly district: string | undefined }): boolean;
  /** May anything of this incident be shown? One that had ended before the grant may not. */
  incident(incident: Seen): boolean;
  /** May something of this moment be shown, where it belongs to no incident? */
  moment(atMs: number): boolean;
}

const whole: Sight = {
  limited: false,
  camera: () => true,
  place: () => true,
  incident: () => true,
  moment: () => true,
};

const openStates: ReadonlySet<string> = new Set(openIncidentStates);

/** When an incident ended; null while somebody has something to do. */
const endedAtMs = ({ state, openedAtMs, lastSeenAtMs, decidedAtMs, closedAtMs }: Seen): number | null =>
  openStates.has(state) ? null : Math.max(openedAtMs, lastSeenAtMs, decidedAtMs ?? 0, closedAtMs ?? 0);

/** What this person may see anything of, as cameras and groups are now. A group that is gone shows nothing. */
export function sightOf(register: Pick<Register, 'group'>, person: Pick<Person, 'bounds'>): Sight {
  const { bounds } = person;
  if (bounds == null || !isLimited(person)) return whole;
  const { groups, historyFromMs } = bounds;
  const own = groups?.flatMap((id) => register.group(id) ?? []);
  const camera = (id: string): boolean => own?.some(({ cameras }) => cameras.has(id)) ?? true;
  const place: Sight['place'] = ({ cameraId, district }) =>
    own === undefined ||
    (cameraId === null
      ? own.some(({ districts }) => district !== undefined && districts.has(district))
      : camera(cameraId));
  const moment = (atMs: number): boolean => historyFromMs === null || atMs >= historyFromMs;
  return {
    limited: true,
    camera,
    place,
    moment,
    incident: (incident) => {
      const ended = endedAtMs(incident);
      return place(incident) && (ended === null || moment(ended));
    },
  };
}
