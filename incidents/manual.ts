// An incident that a person opens from any live picture or from a call: confirmed at once, with its tasks.
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import type { Severity, IssueName, Texts } from '#core/hazard-name';
import { IncidentId, newId } from '#core/ids';
import type { Incident, Mark } from '#core/incident';
import type { Person } from '#core/person';
import type { Point } from '#core/place';
import { presetOf, seenFrom } from '#core/preset';
import { cameras, type Tx } from '#store';
import { openIncident } from './lifecycle.ts';
import { districtOf, pointOf } from './place.ts';
import type { IncidentSettings } from './settings.ts';
import type { OpenTasks, TaskWish } from './verdict.ts';

export interface ManualIncident {
  readonly hazard: IssueName;
  readonly sub: string;
  readonly severity: Severity;
  readonly cameraId: Incident['cameraId'];
  readonly zoneId: string | null;
  /** Where it is; the camera's place when absent. */
  readonly point?: Point;
  /** Needed where there is no camera. */
  readonly district?: string;
  readonly note: string;
  /** What exactly it is, in the words of the city's tree: kept as they are now, whatever the tree becomes. */
  readonly said?: Texts;
  readonly mark: Mark | null;
  readonly stillSha256: string | null;
}

/** Opens an incident seen by eye (row 2) and its tasks in the caller's transaction. Throws CAMERA_UNKNOWN or REQUEST_INVALID. */
export async function openManual(
  tx: Tx,
  given: {
    readonly manual: ManualIncident;
    readonly person: Person;
    readonly clock: Clock;
    readonly settings: Pick<IncidentSettings, 'pace'>;
    readonly openTasks: OpenTasks;
    readonly wish?: TaskWish;
  },
): Promise<{ incident: Incident; taskIds: string[] }> {
  const { manual, person, clock } = given;
  const camera = manual.cameraId ? await cameras.byId(tx, manual.cameraId) : undefined;
  if (manual.cameraId && !camera) {
    throw new AhualError('CAMERA_UNKNOWN', `there is no camera ${manual.cameraId}.`, 'Choose one from the list.', {});
  }
  const zone = camera?.zones.find((z) => z.id === manual.zoneId);
  const point = manual.point ?? (camera && pointOf(zone ? seenFrom(camera, presetOf(zone)) : camera, manual.mark));
  const district = manual.district ?? (camera ? districtOf(camera, zone) : undefined);
  if (!point || !district) {
    throw new AhualError(
      'REQUEST_INVALID',
      'the place of the incident is not said.',
      'Name a camera, or a point and a district.',
      {},
    );
  }
  const atMs = clock.nowMs();
  const incident = await openIncident(
    tx,
    {
      id: IncidentId.parse(newId(clock)),
      hazard: manual.hazard,
      sub: manual.sub,
      state: 'confirmed',
      severity: manual.severity,
      cameraId: camera?.id ?? null,
      zoneId: zone?.id ?? null,
      point,
      district,
      origin: 'manual',
      openedAtMs: atMs,
      raisedAtMs: atMs,
      decidedAtMs: atMs,
      closedAtMs: null,
      lastSeenAtMs: atMs,
      untilMs: null,
      level: 1,
      why: {
        looks: 0,
        hazardLooks: 0,
        overS: 0,
        level: 1,
        rule: 'manual',
        models: [],
        weather: '',
        facts: manual.said ? { saidKk: manual.said.kk, saidRu: manual.said.ru, saidEn: manual.said.en } : {},
      },
      mark: manual.mark,
      stillSha256: manual.stillSha256,
      beforeSha256: null,
      beforeAtMs: null,
      rejectReason: null,
      mergedInto: null,
      decidedBy: person.id,
      note: manual.note,
      reopens: 0,
      massId: null,
    },
    { atMs, actor: { kind: 'person', person }, reason: 'seen by eye', pace: given.settings.pace },
  );
  const opened = await given.openTasks(tx, incident, given.wish ?? {});
  return { incident, taskIds: opened.map((task) => task.id) };
}
