// Rows made into what screens show: small cards, the same everywhere a thing is listed.
import type { Camera, CameraHealth } from '#core/camera';
import type { Clip } from '#core/clip';
import type { Texts } from '#core/hazard-name';
import { saidOf, type Incident } from '#core/incident';
import type { Task } from '#core/task';
import type { CameraMark, ClipFacts, IncidentCard, TaskCard } from '../contract.ts';
import { verdictWithinMs } from '#incidents';
import { agencyName, type Register } from './register.ts';

/** What a card needs besides its row. */
export interface Lens {
  readonly register: Register;
  readonly nowMs: number;
  readonly pace: number;
}

/** The camera's own name; coordinates to the metre where nothing hangs there. */
export function placeOf(incident: Pick<Incident, 'cameraId' | 'point'>, register: Register): Texts {
  const camera = register.camera(incident.cameraId);
  if (camera) return camera.name;
  const text = `${incident.point.lat.toFixed(5)}, ${incident.point.lon.toFixed(5)}`;
  return { kk: text, ru: text, en: text };
}

/** The words of the city's tree, where a person opened it with them. */
const saidIn = (incident: Incident): { said?: Texts } => {
  const said = saidOf(incident);
  return said === undefined ? {} : { said };
};

/** The card of an incident. */
export function incidentCard(incident: Incident, { register, nowMs }: Lens): IncidentCard {
  const waitingSinceMs = incident.raisedAtMs ?? incident.openedAtMs;
  const limitMs = verdictWithinMs(incident);
  return {
    id: incident.id,
    number: incident.number,
    version: incident.version,
    hazard: incident.hazard,
    sub: incident.sub,
    state: incident.state,
    severity: incident.severity,
    origin: incident.origin,
    place: placeOf(incident, register),
    point: incident.point,
    district: incident.district,
    cameraId: incident.cameraId,
    level: incident.level,
    openedAtMs: incident.openedAtMs,
    waitingSinceMs,
    lastSeenAtMs: incident.lastSeenAtMs,
    decidedAtMs: incident.decidedAtMs,
    untilMs: incident.untilMs,
    limitMs,
    limitShare: Math.max(0, ((incident.decidedAtMs ?? nowMs) - waitingSinceMs) / limitMs),
    stillSha256: incident.stillSha256,
    mark: incident.mark,
    rejectReason: incident.rejectReason,
    massId: incident.massId,
    ...saidIn(incident),
  };
}

/** Worst first, then the most of its limit used, then by district (screens 4.1). */
export const queueOrder = (a: IncidentCard, b: IncidentCard): number =>
  b.severity.localeCompare(a.severity) ||
  b.limitShare - a.limitShare ||
  a.district.localeCompare(b.district) ||
  a.number - b.number;

/** The mark of a camera; a camera that was never looked at is `unknown`, never `ok`. */
export const cameraMark = (camera: Camera, health: CameraHealth | undefined): CameraMark => ({
  id: camera.id,
  name: camera.name,
  point: camera.point,
  bearingDeg: camera.bearingDeg,
  fovDeg: camera.fovDeg,
  district: camera.district,
  state: health?.state ?? 'unknown',
  sinceMs: health?.sinceMs ?? null,
  lastLookAtMs: health?.lastLookAtMs ?? null,
  watch: camera.watch,
  restricted: camera.restricted,
  hazards: [...new Set(camera.zones.flatMap((zone) => zone.hazards))],
});

/** States in which a task's clock no longer runs. */
const still = new Set<Task['state']>(['verified', 'declined', 'rerouted', 'cancelled']);

/** Has a task missed the moment that binds it now: taking it first, then fixing it? */
export function isLate(task: Task, nowMs: number): boolean {
  if (still.has(task.state)) return (task.verifiedAtMs ?? 0) > task.fixByMs;
  if (task.acceptedAtMs === null && nowMs > task.acceptByMs) return true;
  return nowMs > task.fixByMs;
}

/** The card of a task. Pictures of a restricted site are left out where `pictures` is false. */
export const taskCard = (task: Task, incident: Incident, lens: Lens, pictures: boolean): TaskCard => ({
  ...task,
  agency: agencyName(lens.register, task.agencyId),
  late: isLate(task, lens.nowMs),
  madeSafe: task.madeSafeAtMs !== null,
  incidentState: incident.state,
  incidentVersion: incident.version,
  stillSha256: pictures ? incident.stillSha256 : null,
  beforeSha256: pictures ? incident.beforeSha256 : null,
  ...saidIn(incident),
});

export const clipFacts = (clip: Clip): ClipFacts => ({ ...clip });
