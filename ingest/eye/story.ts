// What vehicles do in a watched zone, told as stories: came, stopped, raised its body, left, and what lies there afterwards.
import type { Zone } from '#core/camera';
import type { Box, Detection } from '#core/detection';
import { inRing, type Ring } from '#core/geo';
import type { Story } from '#core/story';
import { difference, type Grey, type MotionStep, type Track } from '#detector';
import type { Frame } from '../sources/source.ts';

/** A frame that the networks have seen, at most one a second. */
export interface Sighting {
  readonly atMs: number;
  readonly detections: readonly Detection[];
  readonly frame: Frame;
  readonly grey: Grey;
}

/** A story whose stills are still frames. `isOver`: the vehicle has left and the place was compared. */
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
  step(motion: MotionStep, grey: Grey, atMs: number): void;
  /** How often the networks should look now: once a second where somebody stands, less where somebody only moves, null: not at all. */
  sightEveryMs(): number | null;
  /** What the networks saw. */
  sight(sighting: Sighting): Told[];
}

const vehicles: ReadonlySet<string> = new Set(['car', 'bus', 'lorry', 'tipper_raised', 'motorcycle']);
const leastVehicle = 0.35;
/** Grey pictures of the last seconds, one a second: the newest from before a track began is its "before". */
const rememberS = 12;
const settleMs = 1500;
const longestSettleMs = 15_000;
/** What stands so long and was never taken for a vehicle is a thing: a heap, a ghost of the background. */
const thingMs = 45_000;

interface Open {
  readonly zone: Zone;
  trackId: number;
  box: Box;
  /** The largest region the vehicle was seen in: where to look for it, its people and its load. */
  region: Box;
  readonly cameAtMs: number;
  lastAtMs: number;
  stoppedS: number;
  raisedScore: number;
  raisedAtMs: number | null;
  vehicle: Story['vehicle'];
  peopleBeside: boolean;
  readonly before: Grey | null;
  readonly heapBefore: number;
  frames: Record<keyof Story['stills'], Frame | null>;
  actingScore: number;
  sightsWithout: number;
  leftAtMs: number | null;
  isToldEarly: boolean;
}

/** Follows the zones of one camera that forbid dumping. Times are our clock's. */
export function tellStories(zones: readonly Zone[], options: TellerOptions): Teller {
  const open: Open[] = [];
  const recent: { grey: Grey; atMs: number }[] = [];
  /** Tracks whose story is over although the region stays (a heap left behind). */
  const told = new Set<string>();
  let lastSight: Sighting | undefined;
  let tracks: readonly Track[] = [];

  const keyOf = (zone: Zone, trackId: number): string => `${zone.id}/${trackId}`;

  function begin(zone: Zone, track: Track): void {
    const before = recent.findLast((one) => one.atMs <= track.firstAtMs - 1000) ?? recent[0];
    const seen = lastSight && lastSight.atMs <= track.firstAtMs ? lastSight : undefined;
    open.push({
      zone,
      trackId: track.id,
      box: track.box,
      region: track.box,
      cameAtMs: track.firstAtMs,
      lastAtMs: track.lastAtMs,
      stoppedS: 0,
      raisedScore: 0,
      raisedAtMs: null,
      vehicle: null,
      peopleBeside: false,
      before: before?.grey ?? null,
      heapBefore: seen ? heapScore(seen.detections, zone) : 0,
      frames: { before: seen?.frame ?? null, came: null, acting: null, after: null },
      actingScore: 0,
      sightsWithout: 0,
      leftAtMs: null,
      isToldEarly: false,
    });
  }

  /** A track that begins where another one has just been lost goes on with its story. */
  function heir(zone: Zone, track: Track): Open | undefined {
    return open.find(
      (one) =>
        one.zone.id === zone.id &&
        one.leftAtMs === null &&
        !tracks.some((t) => t.id === one.trackId && t.lastAtMs === track.lastAtMs) &&
        touches(one.box, track.box),
    );
  }

  function follow(one: Open, track: Track, atMs: number): void {
    one.trackId = track.id;
    one.box = track.box;
    one.region = track.stoppedSinceMs === null ? track.box : around(one.region, track.box);
    one.lastAtMs = track.lastAtMs;
    // A region that stays where a vehicle was seen to have left is what it left behind, not the vehicle.
    if (track.stoppedSinceMs !== null && (one.vehicle === null || one.sightsWithout === 0)) {
      one.stoppedS = Math.max(one.stoppedS, (atMs - Math.max(track.stoppedSinceMs, one.cameAtMs)) / 1000);
    }
  }

  /** Who went through without stopping and changed nothing is forgotten without asking the networks. */
  function dropPassersBy(grey: Grey, atMs: number): void {
    for (const one of [...open]) {
      if (one.leftAtMs === null || atMs - one.leftAtMs < settleMs || one.stoppedS >= 2 || one.raisedScore >= 0.3)
        continue;
      if (one.before && difference(one.before, grey, one.zone.polygon).share >= 0.02) continue;
      open.splice(open.indexOf(one), 1);
    }
  }

  /** Ends what has left and has settled; compares the place with what it was before. */
  function finish(grey: Grey, atMs: number, frame: Frame | null, detections: readonly Detection[] | null): Told[] {
    const over: Told[] = [];
    for (const one of [...open]) {
      if (one.leftAtMs === null || atMs - one.leftAtMs < settleMs || !frame || !detections) continue;
      const isStirring = tracks.some(
        (track) =>
          track.lastAtMs >= atMs - 400 && track.stoppedSinceMs === null && isInZone(track.box, one.zone.polygon),
      );
      if (isStirring && atMs - one.leftAtMs < longestSettleMs) continue;
      open.splice(open.indexOf(one), 1);
      told.add(keyOf(one.zone, one.trackId));
      one.frames.after = frame;
      const change = one.before ? difference(one.before, grey, one.zone.polygon) : { share: 0 };
      const result = tellingOf(one, change, heapScore(detections, one.zone), true);
      if (isWorthTelling(result.story)) over.push(result);
    }
    return over;
  }

  return {
    sightEveryMs() {
      if (open.length === 0) return null;
      return open.some((one) => one.stoppedS > 0 || one.raisedScore > 0 || one.leftAtMs !== null) ? 1000 : 3000;
    },
    step(motion, grey, atMs) {
      ({ tracks } = motion);
      for (const track of tracks) {
        for (const zone of zones) {
          if (told.has(keyOf(zone, track.id))) continue;
          const own = open.find((one) => one.zone.id === zone.id && one.trackId === track.id);
          if (!isInZone(track.box, zone.polygon)) {
            if (own && track.lastAtMs === atMs) own.leftAtMs ??= atMs;
            continue;
          }
          // Back before it was told: it had only touched the edge.
          if (own && track.lastAtMs === atMs && own.sightsWithout < 2) own.leftAtMs = null;
          const story = own ?? heir(zone, track);
          if (story) follow(story, track, atMs);
          else if (track.lastAtMs === atMs) begin(zone, track);
        }
      }
      for (const one of open) {
        const isAlive = tracks.some((track) => track.id === one.trackId);
        if (one.leftAtMs === null && !isAlive) one.leftAtMs = one.lastAtMs;
        if (one.leftAtMs === null && one.vehicle === null && one.stoppedS * 1000 > thingMs) one.leftAtMs = atMs;
      }
      dropPassersBy(grey, atMs);
      if (motion.reset) {
        // The whole picture changed: nothing from before can be compared with what comes.
        open.length = 0;
        recent.length = 0;
      }
      const last = recent.at(-1);
      if (!last || atMs - last.atMs >= 1000) recent.push({ grey, atMs });
      while (recent.length > rememberS) recent.shift();
      if (told.size > 500) told.clear();
    },
    sight(sighting) {
      lastSight = sighting;
      const early: Told[] = [];
      for (const one of open) {
        if (one.leftAtMs !== null) continue;
        learn(one, sighting);
        if (one.vehicle !== null && one.sightsWithout >= 2) one.leftAtMs = sighting.atMs;
        if (!one.isToldEarly && one.raisedScore >= options.raisedScore && one.stoppedS >= options.stoppedS) {
          one.isToldEarly = true;
          early.push(tellingOf(one, { share: 0 }, one.heapBefore, false));
        }
      }
      return [...early, ...finish(sighting.grey, sighting.atMs, sighting.frame, sighting.detections)];
    },
  };
}

/** Takes from a sighting what concerns the vehicle of one story. */
function learn(one: Open, { atMs, detections, frame }: Sighting): void {
  const near = detections.filter((d) => touches(d.box, grown(one.region, 0.15)));
  const here = near.filter((d) => vehicles.has(d.class) && shareOf(d.box, grown(one.region, 0.1)) > 0.4);
  const best = here.toSorted((a, b) => b.score - a.score)[0];
  one.sightsWithout = best && best.score >= leastVehicle * 0.7 ? 0 : one.sightsWithout + 1;
  if (best && best.score >= leastVehicle && best.score > (one.vehicle?.score ?? 0)) {
    one.vehicle = { class: best.class, score: best.score, box: best.box };
  }
  const raised = Math.max(0, ...here.filter((d) => d.class === 'tipper_raised').map((d) => d.score));
  if (raised > one.raisedScore) {
    one.raisedScore = raised;
    one.raisedAtMs = atMs;
  }
  if (one.stoppedS > 0 && near.some((d) => d.class === 'person' && d.score >= 0.4)) one.peopleBeside = true;
  one.frames.came ??= frame;
  const acting = raised + 0.5 * (one.stoppedS > 0 ? (best?.score ?? 0) : 0);
  if (acting > one.actingScore) {
    one.actingScore = acting;
    one.frames.acting = frame;
  }
}

function tellingOf(one: Open, change: { share: number; box?: Box }, heapAfter: number, isOver: boolean): Told {
  return {
    story: {
      zoneId: one.zone.id,
      cameAtMs: one.cameAtMs,
      leftAtMs: isOver ? one.leftAtMs : null,
      stoppedS: Math.max(0, one.stoppedS),
      raisedScore: one.raisedScore,
      raisedAtMs: one.raisedAtMs,
      vehicle: one.vehicle,
      peopleBeside: one.peopleBeside,
      newShare: Math.min(1, change.share),
      newBox: change.box ?? null,
      heapBefore: one.heapBefore,
      heapAfter,
    },
    frames: { ...one.frames },
    isOver,
  };
}

/** Somebody who only drove or walked through is not told: a street would tell thousands of stories a day. */
const isWorthTelling = (story: Omit<Story, 'stills'>): boolean =>
  story.stoppedS >= 2 || story.raisedScore >= 0.3 || story.newShare >= 0.02;

/** Best score of heap or sacks whose middle lies in the zone. */
export function heapScore(detections: readonly Detection[], zone: Zone): number {
  return Math.max(0, ...heapsIn(detections, zone).map((d) => d.score));
}

/** Heaps and sacks whose middle lies in the zone, surest first. */
export function heapsIn(detections: readonly Detection[], zone: Zone): Detection[] {
  return detections
    .filter(
      (d) =>
        (d.class === 'heap' || d.class === 'sacks') &&
        inRing(d.box.x + d.box.w / 2, d.box.y + d.box.h / 2, zone.polygon),
    )
    .toSorted((a, b) => b.score - a.score);
}

/** A box is in a zone when it stands on it, or a quarter of it lies in it. */
export function isInZone(box: Box, polygon: Ring): boolean {
  if (inRing(box.x + box.w / 2, Math.min(1, box.y + box.h), polygon)) return true;
  let inside = 0;
  for (let i = 0; i < 25; i++) {
    const x = box.x + (box.w * ((i % 5) + 0.5)) / 5;
    const y = box.y + (box.h * (Math.floor(i / 5) + 0.5)) / 5;
    if (inRing(x, y, polygon)) inside++;
  }
  return inside >= 6;
}

const touches = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Share of `a` that lies in `b`. */
function shareOf(a: Box, b: Box): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w > 0 && h > 0 ? (w * h) / Math.max(1e-9, a.w * a.h) : 0;
}

function around(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

const grown = (box: Box, share: number): Box => ({
  x: box.x - box.w * share,
  y: box.y - box.h * share,
  w: box.w * (1 + 2 * share),
  h: box.h * (1 + 2 * share),
});
