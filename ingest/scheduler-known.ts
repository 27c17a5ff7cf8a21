// What the leader knows of all cameras while it plans: read again every few seconds, and at once when the list has changed.
import type { Camera, CameraHealth } from '#core/camera';
import { nodesOf, silentStates } from '#core/outage';
import { cameras, incidents, weather as weatherRows, type Database } from '#store';
import type { PlanFact } from './plan.ts';
import type { SchedulerSettings } from './settings.ts';

/** States in which the camera's next looks decide something. */
const followedStates = ['candidate', 'verifying', 'reopened'] as const;

export interface Known {
  readonly factOf: (cameraId: string) => PlanFact;
  /** Hazards that a camera watches for. */
  readonly hazardsOf: (cameraId: string) => ReadonlySet<string>;
  readonly cameras: readonly Camera[];
  readonly health: readonly CameraHealth[];
  readonly needPerMinute: number;
}

/**
 * Reads the lists. `sameFateSinceMs`: cameras that fell silent after it did so together; null while nothing of that kind goes on.
 * `expected`: cameras beside one that answers again. `cameraList`: the list where it has not changed; it is the costly part.
 */
export async function learn(
  { database, settings }: { readonly database: Database; readonly settings: SchedulerSettings },
  sameFateSinceMs: number | null,
  expected: ReadonlySet<string>,
  cameraList?: readonly Camera[],
): Promise<Known> {
  const [list, health, weather, open] = await Promise.all([
    cameraList ?? cameras.all(database),
    cameras.health(database),
    weatherRows.latest(database),
    incidents.open(database, { states: followedStates }),
  ]);
  const weatherBy = new Map(weather.map((one) => [one.district, one]));
  const followed = new Set<string>(
    open
      // A candidate that waits within a mass incident waits for people, not for a further look.
      .filter((incident) => incident.state !== 'candidate' || incident.massId === null)
      .map((incident) => incident.cameraId)
      .filter((id) => id !== null),
  );
  const healthById = new Map<string, CameraHealth>(health.map((one) => [one.cameraId, one]));
  const facts = new Map<string, PlanFact>();
  for (const camera of list) {
    const known = healthById.get(camera.id);
    facts.set(camera.id, {
      hazards: new Set(camera.zones.flatMap((zone) => zone.hazards)),
      hasCover: camera.zones.some((zone) => zone.kind === 'manhole'),
      isSensitive: camera.nearSensitive,
      health: known,
      isFollowedUp: followed.has(camera.id),
      weather: weatherBy.get(camera.district),
      ...(camera.lookEveryS === undefined ? {} : { lookEveryS: camera.lookEveryS }),
      nodes: nodesOf(camera),
      isExpected: expected.has(camera.id),
      isPartOfSite:
        sameFateSinceMs !== null &&
        known !== undefined &&
        silentStates.has(known.state) &&
        known.sinceMs >= sameFateSinceMs,
    });
  }
  const glances = list.filter((camera) => !camera.watch);
  const empty: PlanFact = {
    hazards: new Set(),
    hasCover: false,
    isSensitive: false,
    health: undefined,
    isFollowedUp: false,
    weather: undefined,
  };
  return {
    cameras: list,
    health,
    needPerMinute: glances.reduce((sum, camera) => sum + 60 / (camera.lookEveryS ?? settings.lookEveryS), 0),
    factOf: (cameraId) => facts.get(cameraId) ?? { ...empty, health: healthById.get(cameraId) },
    hazardsOf: (cameraId) => facts.get(cameraId)?.hazards ?? empty.hazards,
  };
}
