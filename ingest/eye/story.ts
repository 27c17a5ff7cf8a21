// What happens in a watched zone, told as stories: somebody came, stood, raised a body, left, and what lies there afterwards.
import type { Zone } from '#core/camera';
import type { Box, Detection } from '#core/detection';
import type { Story } from '#core/story';
import { difference, unlikeness, type Grey, type MotionStep } from '#detector';
import type { Frame } from '../sources/source.ts';
import { grown, heapScore, heapsIn, isInZone, isSamePlace, standsIn, touches } from './places.ts';

/** A frame that the networks have seen, at most one a second. */
export interface Sighting {
  readonly atMs: number;
  readonly detections: readonly Detection[];
  readonly frame: Frame;
  readonly grey: Grey;
}

/** A story whose stills are still frames. `isOver`: nobody is there any more and the place was compared. */
export interface Told {
  readonly story: Omit<Story, 'stills'>;
  readonly frames: Readonly<Record<keyof Story['stills'], Frame | null>>;
  readonly isOver: boolean;
}

export interface TellerOptions {
  /** From here on a stop counts, and a raised body is told while the vehicle still stands there. */
  readonly stoppedS: number;
  readonly raisedScore: number;
}

export interface Teller {
  /** One step of the motion tracker. */
  step(motion: MotionStep, atMs: number): void;
  /**
   * How often the networks should look now, null: not at all. Once a second where somebody is and moves, less where a vehicle
   * stands still or something only stirs.
   */
  sightEveryMs(atMs: number): number | null;
  /** When something was last in one of the zones, or the whole picture changed; standing counts. Never is -Infinity. */
  lastStirMs(): number;
  /** What the networks saw; also those sightings count that were made for other reasons. */
  sight(sighting: Sighting): Told[];
}

const vehicles: ReadonlySet<string> = new Set(['car', 'bus', 'lorry', 'tipper_raised', 'motorcycle']);
const leastVehicle = 0.35;
const leastPerson = 0.4;
/** A vehicle that the networks lose for a moment still stands there. */
const lostMs = 4500;
/** So many sightings without anybody end an episode; the best look at the ground among them counts. */
const emptySightings = 3;
/** Pauses between the networks' looks: while somebody moves, while who is there stands still, and while something only stirs. */
const sightMs = { moves: 1000, stands: 2000, stirs: 3000, told: 4000 } as const;
/** Whatever moved in this time is still moving: a body that is being raised does it slowly. */
const movedMs = 1200;
/** What stirs so long without anybody being seen is a tree, a flag or a flickering lamp. */
const stirringMs = 45_000;
const comingMs = 10_000;
/** Motion is waited for no longer once nobody is seen any more. */
const longestSettleMs = 15_000;
/** Who stands so long is parked: the place is then judged around it. */
const parkedMs = 600_000;

/** A vehicle that stands, as far as the boxes of several sightings tell. */
interface Stander {
  box: Box;
  readonly sinceMs: number;
  lastAtMs: number;
}

/** From the first stir in an empty zone until it is empty again. */
interface Episode {
  readonly begunAtMs: number;
  /** The last sighting of the empty zone. */
  readonly before: Sighting | null;
  firstSeenMs: number | null;
  lastSeenMs: number | null;
  standers: Stander[];
  stoppedS: number;
  raisedScore: number;
  raisedAtMs: number | null;
  vehicle: Story['vehicle'];
  peopleBeside: boolean;
  frames: Record<keyof Story['stills'], Frame | null>;
  actingScore: number;
  /** Sightings in a row in which nobody was there, the best heap among them, and since when. */
  empties: number;
  emptySinceMs: number | null;
  heap: { score: number; box: Box } | null;
  isToldEarly: boolean;
}

interface Place {
  readonly zone: Zone;
  episode: Episode | undefined;
  empty: Sighting | undefined;
  parked: Box[];
  stirsAtMs: number;
  stirsSinceMs: number | null;
  /** When something in it differed from the picture just before. */
  movesAtMs: number;
}

/**
 * Follows the zones of one camera that forbid dumping. Motion only says when to look; who is there, whether it stands and
 * what it does is taken from the sightings, which do not lose a lorry when its headlights, its shadow or the heap behind it
 * melt into one moving region. Times are our clock's.
 */
export function tellStories(zones: readonly Zone[], options: TellerOptions): Teller {
  const newPlace = (zone: Zone): Place => ({
    zone,
    episode: undefined,
    empty: undefined,
    parked: [],
    stirsAtMs: -Infinity,
    stirsSinceMs: null,
    movesAtMs: -Infinity,
  });
  let places = zones.map(newPlace);
  let lastSightMs = -Infinity;
  let lastStirMs = -Infinity;

  return {
    sightEveryMs(atMs) {
      const pauses = places.flatMap(({ episode, movesAtMs }) => (episode ? pauseOf(episode, atMs - movesAtMs) : []));
      return pauses.length === 0 ? null : Math.min(...pauses);
    },
    lastStirMs: () => lastStirMs,

    step(motion, atMs) {
      if (motion.reset) {
        lastStirMs = atMs;
        // The whole picture changed: nothing from before can be compared with what comes.
        places = zones.map(newPlace);
        return;
      }
      for (const place of places) {
        const { zone } = place;
        const isStirring = motion.tracks.some((t) => t.lastAtMs === atMs && isInZone(t.box, zone.polygon));
        if (!isStirring) {
          place.stirsSinceMs = null;
          continue;
        }
        lastStirMs = atMs;
        place.stirsSinceMs ??= atMs;
        if (place.episode && motion.moving().some((box) => isInZone(box, zone.polygon))) place.movesAtMs = atMs;
        if (motion.tracks.some((t) => t.stoppedSinceMs === null && isInZone(t.box, zone.polygon))) {
          place.stirsAtMs = atMs;
        }
        if (atMs - place.stirsSinceMs <= stirringMs) place.episode ??= begin(place.empty ?? null, atMs);
      }
    },

    sight(sighting) {
      const told: Told[] = [];
      const gapMs = Math.max(lostMs, 2.5 * (sighting.atMs - lastSightMs));
      lastSightMs = sighting.atMs;
      for (const place of places) {
        const here = vehiclesOn(place, sighting.detections);
        if (here.length > 0) place.episode ??= begin(place.empty ?? null, sighting.atMs);
        const { episode } = place;
        if (!episode) {
          place.empty = sighting;
          continue;
        }
        learn(episode, place.zone, here, sighting, Number.isFinite(gapMs) ? gapMs : lostMs);
        const early = tellEarly(episode, place.zone, options);
        if (early) told.push(early);
        const over = end(place, episode, sighting);
        if (over) told.push(over);
      }
      return told;
    },
  };
}

/** Once an early story is told, only the leaving is waited for: that moves. */
function pauseOf(one: Episode, stillMs: number): number {
  if (one.firstSeenMs === null) return sightMs.stirs;
  if (stillMs <= movedMs || one.empties > 0) return sightMs.moves;
  return one.isToldEarly ? sightMs.told : sightMs.stands;
}

function begin(before: Sighting | null, atMs: number): Episode {
  return {
    begunAtMs: atMs,
    before,
    firstSeenMs: null,
    lastSeenMs: null,
    standers: [],
    stoppedS: 0,
    raisedScore: 0,
    raisedAtMs: null,
    vehicle: null,
    peopleBeside: false,
    frames: { before: before?.frame ?? null, came: null, acting: null, after: null },
    actingScore: 0,
    empties: 0,
    emptySinceMs: null,
    heap: null,
    isToldEarly: false,
  };
}

/** Vehicles on the zone, without those that have been parked there since before. */
function vehiclesOn(place: Place, detections: readonly Detection[]): Detection[] {
  const all = detections.filter(
    (d) => vehicles.has(d.class) && d.score >= leastVehicle && standsIn(d.box, place.zone.polygon),
  );
  place.parked = place.parked.filter((box) => all.some((d) => isSamePlace(d.box, box)));
  return all.filter((d) => !place.parked.some((box) => isSamePlace(d.box, box)));
}

/** Takes from a sighting what concerns one zone. */
function learn(
  one: Episode,
  zone: Zone,
  here: readonly Detection[],
  { atMs, detections, frame }: Sighting,
  gapMs: number,
): void {
  const people = detections.filter(
    (d) => d.class === 'person' && d.score >= leastPerson && isInZone(d.box, zone.polygon),
  );
  if (here.length === 0 && people.length === 0) {
    one.empties++;
    one.emptySinceMs ??= atMs;
    const heap = heapsIn(detections, zone)[0];
    if (heap && heap.score > (one.heap?.score ?? 0)) one.heap = heap;
    return;
  }
  one.empties = 0;
  one.emptySinceMs = null;
  one.heap = null;
  one.firstSeenMs ??= atMs;
  one.lastSeenMs = atMs;
  one.frames.came ??= frame;
  stand(one, here, atMs, gapMs);
  for (const d of here) {
    if (d.score > (one.vehicle?.score ?? 0)) one.vehicle = { class: d.class, score: d.score, box: d.box };
    if (d.class !== 'tipper_raised' || d.score <= one.raisedScore) continue;
    one.raisedScore = d.score;
    one.raisedAtMs = atMs;
  }
  const standers = one.standers.filter((s) => s.lastAtMs === atMs);
  if (people.some((d) => standers.some((s) => touches(d.box, grown(s.box, 0.25))))) one.peopleBeside = true;
  const surest = Math.max(0, ...here.map((d) => d.score));
  const raised = Math.max(0, ...here.filter((d) => d.class === 'tipper_raised').map((d) => d.score));
  const acting = raised + 0.5 * (standers.length > 0 ? surest : 0) + (people.length > 0 ? 0.2 : 0);
  if (acting <= one.actingScore) return;
  one.actingScore = acting;
  one.frames.acting = frame;
}

/** Who is where it was at the last sighting goes on standing; its place may creep, as a lorry does that tips. */
function stand(one: Episode, here: readonly Detection[], atMs: number, gapMs: number): void {
  one.standers = one.standers.filter((s) => atMs - s.lastAtMs <= gapMs);
  for (const d of here) {
    const known = one.standers.find((s) => isSamePlace(s.box, d.box));
    if (!known) {
      one.standers.push({ box: d.box, sinceMs: atMs, lastAtMs: atMs });
      continue;
    }
    known.box = middling(known.box, d.box, 0.3);
    known.lastAtMs = atMs;
    one.stoppedS = Math.max(one.stoppedS, (atMs - known.sinceMs) / 1000);
  }
}

function tellEarly(one: Episode, zone: Zone, options: TellerOptions): Told | undefined {
  if (one.isToldEarly || one.raisedScore < options.raisedScore || one.stoppedS < options.stoppedS) return undefined;
  one.isToldEarly = true;
  return tellingOf(one, zone, { share: 0 }, null);
}

/** Ends an episode whose zone is empty again, and compares the ground with what it was before. */
function end(place: Place, one: Episode, sighting: Sighting): Told | undefined {
  const { zone } = place;
  const parked = one.standers.filter((s) => s.lastAtMs - s.sinceMs >= parkedMs);
  if (parked.length > 0) {
    place.parked.push(...parked.map((s) => s.box));
    place.episode = undefined;
    place.empty = sighting;
    return undefined;
  }
  if (one.emptySinceMs === null) return undefined;
  const emptyMs = sighting.atMs - one.emptySinceMs;
  const isStirring = sighting.atMs - place.stirsAtMs < 400;
  if ((one.empties < emptySightings || isStirring) && emptyMs < longestSettleMs) return undefined;
  place.episode = undefined;
  place.empty = sighting;
  one.frames.after = sighting.frame;
  const change = one.before ? difference(one.before.grey, sighting.grey, zone.polygon) : { share: 0 };
  const result = tellingOf(one, zone, change, sighting);
  return isWorthTelling(result.story) ? result : undefined;
}

/** `after`: the last sighting of the empty zone; null while the vehicle is still there. */
function tellingOf(one: Episode, zone: Zone, change: { share: number; box?: Box }, after: Sighting | null): Told {
  const { before, heap } = one;
  const heapBefore = before ? heapScore(before.detections, zone) : 0;
  const seenMs = one.firstSeenMs ?? one.begunAtMs;
  const goneMs = one.lastSeenMs ?? one.begunAtMs;
  return {
    story: {
      zoneId: zone.id,
      // The first stir was its coming, if it was seen soon after.
      cameAtMs: seenMs - one.begunAtMs <= comingMs ? one.begunAtMs : seenMs,
      leftAtMs: after ? (goneMs + (one.emptySinceMs ?? goneMs)) / 2 : null,
      stoppedS: one.stoppedS,
      raisedScore: one.raisedScore,
      raisedAtMs: one.raisedAtMs,
      vehicle: one.vehicle,
      peopleBeside: one.peopleBeside,
      newShare: Math.min(1, change.share),
      newBox: change.box ?? heap?.box ?? null,
      heapBefore,
      heapAfter: after ? (heap?.score ?? 0) : heapBefore,
      heapChange: before && after && heap ? unlikeness(before.grey, after.grey, heap.box) : 0,
    },
    frames: { ...one.frames },
    isOver: after !== null,
  };
}

/** Who only drove or walked through is not told: a street would tell thousands of stories a day. Nor is what only stirred. */
const isWorthTelling = (story: Omit<Story, 'stills'>): boolean =>
  (story.vehicle !== null || story.peopleBeside) &&
  (story.stoppedS >= 2 || story.raisedScore >= 0.3 || story.newShare >= 0.02);

const middling = (a: Box, b: Box, share: number): Box => ({
  x: a.x + (b.x - a.x) * share,
  y: a.y + (b.y - a.y) * share,
  w: a.w + (b.w - a.w) * share,
  h: a.h + (b.h - a.h) * share,
});
