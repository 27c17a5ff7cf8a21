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
  /** The camera's own rhythm, in place of the city's. */
  readonly lookEveryS?: number;
  /** What its connection goes through, the nearest first: its host, its network (`core/outage.ts`). */
  readonly nodes?: readonly string[];
  /** It fell silent together with many others: that is no fault of its own, and it is asked as often as ever. */
  readonly isPartOfSite?: boolean;
  /** A camera beside it answers again: it is asked like one that answers. */
  readonly isExpected?: boolean;
}

/** What may begin in one round besides what the workers have room for. */
export interface Gates {
  /** Connections that may be opened to one host and to one network of 256 addresses. */
  readonly connectsPerNode: readonly number[];
  /** Looks at cameras that did not answer last time: each may hold its place until its time-out. */
  readonly deaf: number;
  /** So long until the next round, milliseconds. */
  readonly everyMs: number;
}

export interface DueCamera<Id extends string = string> {
  readonly cameraId: Id;
  readonly dueAtMs: number;
}

export interface PlannedLook<Id extends string = string> extends DueCamera<Id> {
  readonly nextDueAtMs: number;
  /** Moments of the camera's rhythm that went by before anybody planned them. */
  readonly missed: number;
}

export interface Plan<Id extends string = string> {
  /** To be put on the queue now, the most pressing first. */
  readonly put: readonly PlannedLook<Id>[];
  /** Not now but soon: first looks that are spread, and what a gate holds back. Nothing is left out by that. */
  readonly later: readonly PlannedLook<Id>[];
  /** Left out because of load; each has its next moment. */
  readonly shed: readonly PlannedLook<Id>[];
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
  const { coverEveryS, followUpEveryS, pace } = settings;
  const lookEveryS = fact.lookEveryS ?? settings.lookEveryS;
  if (fact.health && isDeaf(fact) && fact.health.fails > 1 && fact.isPartOfSite !== true) {
    const factor = Math.min(slowestFactor, 2 ** (fact.health.fails - 1));
    return Math.max(lookEveryS, Math.min(slowestS, lookEveryS * factor));
  }
  const calmS = fact.hasCover ? Math.min(lookEveryS, coverEveryS) : lookEveryS;
  if (fact.isFollowedUp) return Math.min(calmS, followUpEveryS / pace);
  return Math.min(calmS, lookEveryS * weatherFactor(fact));
}

const isDeaf = ({ health }: PlanFact): boolean => health !== undefined && dumbStates.has(health.state);

/** Under half the interval while the weather makes what this camera watches for; all else is asked as usual. */
function weatherFactor({ hazards, weather }: PlanFact): number {
  if (!weather) return 1;
  const makesWater = weather.rainMmH >= 0.5 || (weather.snowDepthM > 0.02 && weather.temperatureC > 1);
  if (hazards.has('flooding') && makesWater) return 0.5;
  if (hazards.has('snow') && weather.snowfallCmH >= 0.1) return 0.5;
  return 1;
}

/**
 * The higher, the sooner: checks and suspicions first, then schools and clinics, then whoever has waited longest for its share. A
 * camera that was left out has a new moment by now, so its last look tells how long it waits.
 */
function pressing(look: DueCamera, fact: PlanFact, nowMs: number, settings: PlanSettings): number {
  const everyMs = intervalS(fact, settings) * 1000;
  // One that was never looked at comes before the second look at any other.
  const unseenMs = fact.health ? nowMs - (fact.health.lastLookAtMs ?? nowMs) - everyMs : everyMs;
  const lateness = Math.max(nowMs - look.dueAtMs, unseenMs) / everyMs;
  return (fact.isFollowedUp ? 100 : 0) + (fact.isSensitive ? 1 : 0) + Math.min(10, lateness);
}

/** A fixed place in 0..1 for a camera, so that cameras of one list are not all due in one second. */
export const placeOfCamera = (cameraId: string): number => fnv1a(cameraId) / 2 ** 32;

/** Counts what goes through each node in this round, and says in which round after it a camera that must wait comes. */
class Gate {
  readonly #gates: Gates;
  readonly #put = new Map<string, number>();
  readonly #held = new Map<string, number>();
  #deaf = 0;

  constructor(gates: Gates) {
    this.#gates = gates;
  }

  /** Lets a look through: null; or says how many milliseconds it waits. */
  waitMs(cameraId: string, fact: PlanFact): number | null {
    const nodes = fact.nodes ?? [];
    const limits = this.#gates.connectsPerNode;
    const full = nodes.findIndex((node, level) => (this.#put.get(node) ?? 0) >= (limits[level] ?? Infinity));
    const deaf = isDeaf(fact) && fact.isExpected !== true;
    if (full < 0 && !(deaf && this.#deaf >= this.#gates.deaf)) {
      for (const node of nodes) this.#put.set(node, (this.#put.get(node) ?? 0) + 1);
      if (deaf) this.#deaf += 1;
      return null;
    }
    const [name, limit] = full >= 0 ? [nodes[full] ?? '', limits[full] ?? 1] : (['deaf', this.#gates.deaf] as const);
    const held = this.#held.get(name) ?? 0;
    this.#held.set(name, held + 1);
    const rounds = 1 + Math.floor(held / Math.max(limit, 0.1));
    return (rounds + 0.9 * placeOfCamera(`${cameraId} jitter`)) * this.#gates.everyMs;
  }
}

const noGates: Gates = { connectsPerNode: [], deaf: Infinity, everyMs: 1000 };

/**
 * Plans the cameras that are due. `room` is how many looks may be put now. A missed moment is not made up for: the next one is
 * the first of the camera's own rhythm that lies ahead. Whom a gate holds back comes rounds later, in an order of its own: that
 * moment is its new rhythm, which spreads a list that began all at once.
 */
export function plan<Id extends string>(
  due: readonly DueCamera<Id>[],
  factOf: (cameraId: string) => PlanFact,
  settings: PlanSettings,
  nowMs: number,
  room: number,
  gates: Gates = noGates,
): Plan<Id> {
  const looks = due
    .map((look) => ({ look, fact: factOf(look.cameraId) }))
    .sort((a, b) => pressing(b.look, b.fact, nowMs, settings) - pressing(a.look, a.fact, nowMs, settings));
  const put: PlannedLook<Id>[] = [];
  const later: PlannedLook<Id>[] = [];
  const shed: PlannedLook<Id>[] = [];
  const gate = new Gate(gates);
  let firsts = 0;
  for (const { look, fact } of looks) {
    const everyMs = intervalS(fact, settings) * 1000;
    const isFirst = !fact.health;
    if (isFirst && firsts >= firstAtOnce) {
      later.push({ ...look, nextDueAtMs: nowMs + everyMs * placeOfCamera(look.cameraId), missed: 0 });
      continue;
    }
    const next = nextOf(look.dueAtMs, everyMs, nowMs);
    const waitMs = put.length >= room ? null : gate.waitMs(look.cameraId, fact);
    if (waitMs !== null) {
      later.push({ ...look, nextDueAtMs: Math.round(nowMs + waitMs), missed: isFirst ? 0 : next.missed });
      continue;
    }
    if (isFirst) firsts++;
    const planned = isFirst
      ? { ...look, nextDueAtMs: nowMs + everyMs * (0.5 + placeOfCamera(look.cameraId)), missed: 0 }
      : { ...look, nextDueAtMs: next.atMs, missed: next.missed };
    if (put.length >= room) shed.push(planned);
    else put.push(planned);
  }
  return { put, later, shed };
}

/** The first moment of the rhythm `dueAtMs + k * everyMs` after now, and how many of them went by besides `dueAtMs` itself. */
function nextOf(dueAtMs: number, everyMs: number, nowMs: number): { atMs: number; missed: number } {
  const steps = Math.max(1, Math.ceil((nowMs - dueAtMs + 1) / everyMs));
  return { atMs: Math.round(dueAtMs + steps * everyMs), missed: steps - 1 };
}
