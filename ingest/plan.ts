// Pure: which of the cameras that are due are looked at now, when each is due next, and what is left out under load.
import type { CameraHealth, HealthState } from '#core/camera';
import { fnv1a } from '#core/fnv';
import type { HazardName } from '#core/hazard-name';
import type { Weather } from '#core/weather';

export interface PlanSettings {
  readonly lookEveryS: number;
  /** Where a registered cover is watched: an open one must be known within minutes. */
  readonly coverEveryS: number;
  readonly followUpEveryS: number;
  /** Looks planned longer ago than this are not done any more. */
  readonly lookStaleS: number;
  /** The city's pace; follow-ups come so many times sooner. */
  readonly pace: number;
}

/** What is known of a camera that is due. */
export interface PlanFact {
  readonly hazards: ReadonlySet<HazardName>;
  /** A registered cover lies in one of its zones. */
  readonly hasCover: boolean;
  readonly isSensitive: boolean;
  readonly health: Pick<CameraHealth, 'state' | 'fails' | 'lastLookAtMs'> | undefined;
  /** A hazard is suspected there or a repair is being checked. */
  readonly isFollowedUp: boolean;
  readonly weather: Weather | undefined;
}

export interface DueCamera<Id extends string = string> {
  readonly cameraId: Id;
  readonly dueAtMs: number;
}

export interface PlannedLook<Id extends string = string> extends DueCamera<Id> {
  readonly nextDueAtMs: number;
}

export interface Plan<Id extends string = string> {
  /** To be put on the queue now, the most pressing first. */
  readonly put: readonly PlannedLook<Id>[];
  /** Not looked at this time: first looks that are spread, and what the load does not allow. Their next moment is set too. */
  readonly later: readonly PlannedLook<Id>[];
  /** How many of `later` were left out because of load. */
  readonly shed: number;
}

/** A camera that did not answer is asked more seldom, up to so many times its interval and never more seldom than that. */
const slowestFactor = 8;
const slowestS = 1800;
/** So many first looks begin at once; more of them are spread over the interval. */
const firstAtOnce = 32;

/** States in which a camera sends nothing. A dark or blurred picture is a picture: it is asked as often as any. */
const dumbStates: ReadonlySet<HealthState> = new Set<HealthState>([
  'unreachable',
  'refused',
  'needs-sign-in',
  'not-found',
  'busy',
  'silent',
  'no-key-frame',
  'garbage',
  'crashed',
]);

/** Seconds until a camera is due again after a look. */
export function intervalS(fact: PlanFact, settings: PlanSettings): number {
  const { lookEveryS, coverEveryS, followUpEveryS, pace } = settings;
  if (fact.health && dumbStates.has(fact.health.state) && fact.health.fails > 1) {
    const factor = Math.min(slowestFactor, 2 ** (fact.health.fails - 1));
    return Math.max(lookEveryS, Math.min(slowestS, lookEveryS * factor));
  }
  const calmS = fact.hasCover ? Math.min(lookEveryS, coverEveryS) : lookEveryS;
  if (fact.isFollowedUp) return Math.min(calmS, followUpEveryS / pace);
  return Math.min(calmS, lookEveryS * weatherFactor(fact));
}

/** Under half the interval while the weather makes what this camera watches for; all else is asked as usual. */
function weatherFactor({ hazards, weather }: PlanFact): number {
  if (!weather) return 1;
  const makesWater = weather.rainMmH >= 0.5 || (weather.snowDepthM > 0.02 && weather.temperatureC > 1);
  if (hazards.has('flooding') && makesWater) return 0.5;
  if (hazards.has('snow') && weather.snowfallCmH >= 0.1) return 0.5;
  return 1;
}

/** The higher, the sooner: checks and suspicions first, then schools and clinics, then whoever has waited longest for its share. */
function pressing(look: DueCamera, fact: PlanFact, nowMs: number, settings: PlanSettings): number {
  const lateness = (nowMs - look.dueAtMs) / 1000 / intervalS(fact, settings);
  return (fact.isFollowedUp ? 100 : 0) + (fact.isSensitive ? 1 : 0) + Math.min(10, lateness);
}

/** A fixed place in 0..1 for a camera, so that cameras of one list are not all due in one second. */
export const placeOfCamera = (cameraId: string): number => fnv1a(cameraId) / 2 ** 32;

/**
 * Plans the cameras that are due. `room` is how many looks may be put now. A missed moment is not made up for: the next one is
 * the first of the camera's own rhythm that lies ahead.
 */
export function plan<Id extends string>(
  due: readonly DueCamera<Id>[],
  factOf: (cameraId: string) => PlanFact,
  settings: PlanSettings,
  nowMs: number,
  room: number,
): Plan<Id> {
  const looks = due
    .map((look) => ({ look, fact: factOf(look.cameraId) }))
    .sort((a, b) => pressing(b.look, b.fact, nowMs, settings) - pressing(a.look, a.fact, nowMs, settings));
  const put: PlannedLook<Id>[] = [];
  const later: PlannedLook<Id>[] = [];
  let firsts = 0;
  let shed = 0;
  for (const { look, fact } of looks) {
    const everyMs = intervalS(fact, settings) * 1000;
    const isFirst = !fact.health;
    const nextDueAtMs = isFirst
      ? nowMs + everyMs * (0.5 + placeOfCamera(look.cameraId))
      : nextOf(look.dueAtMs, everyMs, nowMs);
    if (isFirst && firsts >= firstAtOnce) {
      later.push({ ...look, nextDueAtMs: nowMs + everyMs * placeOfCamera(look.cameraId) });
      continue;
    }
    if (put.length >= room) {
      shed++;
      later.push({ ...look, nextDueAtMs });
      continue;
    }
    if (isFirst) firsts++;
    put.push({ ...look, nextDueAtMs });
  }
  return { put, later, shed };
}

/** The first moment of the rhythm `dueAtMs + k * everyMs` after now. */
function nextOf(dueAtMs: number, everyMs: number, nowMs: number): number {
  const steps = Math.max(1, Math.ceil((nowMs - dueAtMs + 1) / everyMs));
  return Math.round(dueAtMs + steps * everyMs);
}
