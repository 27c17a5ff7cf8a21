// A written-out history of looks and what must come of it: how rules are tested, and how a rule can be tried on the past.
import type { Camera, Zone } from '#core/camera';
import { Camera as CameraSchema } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import { Observation, type Word } from '#core/observation';
import type { Policy } from '#core/policy';
import type { Weather } from '#core/weather';
import type { Circumstances, Facts, Finding, Hazard } from './hazard.ts';
import { noBelief, type Belief } from './persistence.ts';
import { defaultHazardSettings } from './settings.ts';

export interface HistoryLook {
  /** Minutes since the beginning of the history. */
  readonly atMin: number;
  readonly word: Word;
  readonly sub?: string;
  readonly level?: number;
  readonly facts?: Facts;
  readonly still?: string;
}

export interface History {
  readonly name: string;
  readonly zone?: Partial<Zone>;
  readonly camera?: Partial<Camera>;
  readonly weather?: Partial<Weather>;
  /** Minutes without rain or thaw at the last look; absent = nobody knows. */
  readonly dryForMin?: number;
  /** Minutes since the beginning; `ended: null` = still on; absent = nothing known. */
  readonly snowfall?: { readonly ended: number | null };
  readonly policies?: readonly Policy[];
  readonly pace?: number;
  readonly looks: readonly HistoryLook[];
  /** What the newest look must lead to: kind, and reason or subtype and severity. */
  readonly expect: {
    readonly kind: Finding['kind'];
    readonly reason?: string;
    readonly sub?: string;
    readonly severity?: string;
  };
}

/** The beginning of every history: 22 November 2026, 09:00 in Astana. */
export const historyStartMs = Date.parse('2026-11-22T04:00:00Z');

/** The camera of a history: one zone `z1` of the given kind over the lower half of the picture. */
export function historyCamera(hazard: HazardName, zone: Partial<Zone> = {}, camera: Partial<Camera> = {}): Camera {
  const made = CameraSchema.parse({
    id: 'h-1',
    name: { kk: 'Тарих', ru: 'История', en: 'History' },
    point: { lon: 71.43, lat: 51.13 },
    district: 'esil',
    zones: [
      {
        id: 'z1',
        kind: 'carriageway',
        polygon: [
          [0, 0.5],
          [1, 0.5],
          [1, 1],
          [0, 1],
        ],
        hazards: [hazard],
        ...zone,
      },
    ],
  });
  return { ...made, ...camera };
}

/** Everything around the history's last look. */
export function historyCircumstances(
  hazard: HazardName,
  history: Omit<History, 'looks' | 'expect'>,
  atMin: number,
): Circumstances {
  const camera = historyCamera(hazard, history.zone, history.camera);
  const [zone] = camera.zones;
  if (!zone) throw new RangeError('a history needs a zone');
  const nowMs = historyStartMs + atMin * 60_000;
  const district = camera.district;
  return {
    nowMs,
    camera,
    zone,
    city: { zone: 'Asia/Almaty', pace: history.pace ?? 1, holidays: [] },
    policies: history.policies ?? [],
    weather: {
      district,
      atMs: nowMs,
      temperatureC: -5,
      rainMmH: 0,
      snowfallCmH: 0,
      snowDepthM: 0.1,
      windMS: 3,
      isDay: true,
      source: 'history',
      ...history.weather,
    },
    lastWetMs: history.dryForMin === undefined ? undefined : nowMs - history.dryForMin * 60_000,
    snowfall: history.snowfall
      ? {
          district,
          startedAtMs: historyStartMs - 86_400_000,
          endedAtMs: history.snowfall.ended === null ? null : historyStartMs + history.snowfall.ended * 60_000,
          source: 'history',
        }
      : undefined,
    settings: defaultHazardSettings,
  };
}

/** Observations of a history, in its order; the nth look has the id `look-n`. */
export const historyObservations = (hazard: HazardName, looks: readonly HistoryLook[]): Observation[] =>
  looks.map((look, n) =>
    Observation.parse({
      lookId: `look-${n}`,
      cameraId: 'h-1',
      zoneId: 'z1',
      hazard,
      sub: look.sub ?? '',
      word: look.word,
      level: look.level ?? (look.word === 'hazard' ? 0.8 : 0),
      seenAtMs: historyStartMs + look.atMin * 60_000,
      support: { facts: look.facts ?? {} },
      stillSha256: look.still ?? null,
    }),
  );

/** Plays a history through a hazard's step; returns every finding in order and the belief at the end. */
export function play(hazard: Hazard, history: History): { findings: Finding[]; belief: Belief } {
  let belief: Belief = noBelief;
  const findings: Finding[] = [];
  historyObservations(hazard.name, history.looks).forEach((observation, n) => {
    const atMin = history.looks[n]?.atMin ?? 0;
    const after = hazard.step(belief, observation, historyCircumstances(hazard.name, history, atMin));
    belief = after.belief;
    findings.push(after.finding);
  });
  return { findings, belief };
}
