// Small whole things for the tests of the store.
import { Agency } from '#core/agency';
import { Camera } from '#core/camera';
import { Incident } from '#core/incident';
import { Look } from '#core/look';
import { lookIdOf } from '#core/ids';
import { Person } from '#core/person';
import { Task } from '#core/task';

export const noonMs = Date.UTC(2026, 10, 22, 12);

export const aCamera = (id: string, more: Partial<Camera> = {}): Camera => ({
  ...Camera.parse({
    id,
    name: { kk: `Камера ${id}`, ru: `Камера ${id}`, en: `Camera ${id}` },
    point: { lon: 71.43, lat: 51.128 },
    district: 'esil',
    restricted: false,
    zones: [
      {
        id: 'road',
        kind: 'carriageway',
        polygon: [
          [0, 0.5],
          [1, 0.5],
          [1, 1],
          [0, 1],
        ],
        hazards: ['snow', 'flooding'],
      },
    ],
  }),
  ...more,
});

export const anAgency = (id: string, more: Partial<Agency> = {}): Agency => ({
  ...Agency.parse({ id, kind: 'utility', name: { kk: id, ru: id, en: id }, duty: '+7 7172 000 000' }),
  ...more,
});

export const aPerson = (login: string, more: Partial<Person> = {}): Person => ({
  ...Person.parse({
    id: `person-${login}`,
    login,
    name: login,
    roles: ['operator'],
    agencyId: null,
    language: 'ru',
    active: true,
  }),
  ...more,
});

export interface Said {
  readonly zoneId?: string;
  readonly hazard: 'snow' | 'flooding' | 'open-manhole' | 'dumping';
  readonly word: 'hazard' | 'clear' | 'cannot-see';
  readonly level?: number;
  readonly sub?: string;
}

export function aLook(cameraId: string, dueAtMs: number, said: readonly Said[], more: Partial<Look> = {}): Look {
  const id = lookIdOf(cameraId, dueAtMs);
  const seenAtMs = dueAtMs + 1500;
  return {
    ...Look.parse({
      id,
      cameraId,
      dueAtMs,
      seenAtMs,
      way: 'rtsp',
      outcome: { kind: 'seen' },
      tookMs: 1600,
      widthPx: 1920,
      heightPx: 1080,
      detections: [],
      observations: said.map((one) => ({
        lookId: id,
        cameraId,
        zoneId: one.zoneId ?? 'road',
        hazard: one.hazard,
        sub: one.sub ?? '',
        word: one.word,
        level: one.level ?? 0,
        seenAtMs,
        support: { boxes: [], facts: { share: 0.5 } },
        stillSha256: null,
      })),
      stillSha256: null,
      parts: null,
    }),
    ...more,
  };
}

export function anIncident(id: string, more: Partial<Incident> = {}): Omit<Incident, 'number' | 'version'> {
  return {
    ...Incident.omit({ number: true, version: true }).parse({
      id,
      hazard: 'snow',
      sub: '',
      state: 'pending_review',
      severity: 'S2',
      cameraId: '101',
      zoneId: 'road',
      point: { lon: 71.43, lat: 51.128 },
      district: 'esil',
      origin: 'camera',
      openedAtMs: noonMs,
      raisedAtMs: noonMs,
      decidedAtMs: null,
      closedAtMs: null,
      lastSeenAtMs: noonMs,
      untilMs: null,
      level: 0.6,
      why: {
        looks: 4,
        hazardLooks: 3,
        overS: 1800,
        level: 0.6,
        rule: 'snow',
        models: ['ground 1'],
        weather: '',
        facts: { share: 0.6 },
      },
      mark: {
        kind: 'box',
        points: [
          [0.1, 0.2],
          [0.3, 0.4],
        ],
      },
      stillSha256: null,
      beforeSha256: null,
      beforeAtMs: null,
      rejectReason: null,
      mergedInto: null,
      decidedBy: null,
      note: '',
      reopens: 0,
      massId: null,
    }),
    ...more,
  };
}

export function aTask(id: string, incident: Incident, more: Partial<Task> = {}): Omit<Task, 'number' | 'version'> {
  return {
    ...Task.omit({ number: true, version: true }).parse({
      id,
      incidentId: incident.id,
      incidentNumber: incident.number,
      agencyId: 'akimat-esil',
      role: 'primary',
      state: 'created',
      hazard: incident.hazard,
      sub: '',
      severity: incident.severity,
      point: incident.point,
      district: incident.district,
      placeName: { kk: 'а', ru: 'б', en: 'c' },
      routedBy: 'r1',
      policyId: 'p1',
      createdAtMs: noonMs,
      notBeforeMs: noonMs + 10_000,
      sentAtMs: null,
      acceptByMs: noonMs + 3_600_000,
      makeSafeByMs: null,
      fixByMs: noonMs + 8 * 3_600_000,
      acceptedAtMs: null,
      claimedAtMs: null,
      verifiedAtMs: null,
      verifiedBy: null,
      madeSafeAtMs: null,
      declineReason: null,
      note: '',
      photoSha256: null,
      returns: 0,
    }),
    ...more,
  };
}
