// Watch only: which region of this picture is which of the one before.
import type { Box } from '#core/detection';
import { overlapOf } from './decode-boxes.ts';

export interface Track {
  readonly id: number;
  /** Where it is now, in fractions of the picture. */
  readonly box: Box;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Since when it has stood still; null while it moves. */
  readonly stoppedSinceMs: number | null;
  /** Length of the way its middle went, in picture widths. */
  readonly way: number;
}

export interface TrackOptions {
  /** A track not seen for so long has ended. */
  readonly keepMs: number;
  /** It stands when its middle stayed within `stillWay` picture widths for so long. */
  readonly stillMs: number;
  readonly stillWay: number;
}

export interface BoxTracker {
  /** The regions of the next picture. */
  step(boxes: readonly Box[], atMs: number): { readonly tracks: readonly Track[]; readonly ended: readonly Track[] };
  /** Ends all tracks and gives them. */
  end(): Track[];
}

interface Living {
  readonly id: number;
  box: Box;
  readonly firstAtMs: number;
  lastAtMs: number;
  way: number;
  anchor: { x: number; y: number; sinceMs: number };
  /** Speed of its middle, fractions of the picture a second. */
  speed: { x: number; y: number };
}

/** How much of a step's speed is believed: a region's middle jumps when a shadow joins it. */
const speedShare = 0.5;

/**
 * Follows regions from picture to picture: each track is expected where its speed takes it, and of all pairs of track and
 * region the surest is matched first. Chosen by measurement: docs/decisions/011-tracker.md.
 */
export function followBoxes(options: TrackOptions): BoxTracker {
  let living: Living[] = [];
  let nextId = 1;
  return {
    step(boxes, atMs) {
      const free = new Set(boxes);
      for (const { track, box } of matched(living, boxes, atMs)) {
        free.delete(box);
        advance(track, box, atMs, options);
      }
      for (const box of free) {
        const anchor = { ...middleOf(box), sinceMs: atMs };
        const speed = { x: 0, y: 0 };
        living.push({ id: nextId++, box, firstAtMs: atMs, lastAtMs: atMs, way: 0, anchor, speed });
      }
      const gone = living.filter((t) => atMs - t.lastAtMs > options.keepMs);
      living = living.filter((t) => atMs - t.lastAtMs <= options.keepMs);
      return { tracks: living.map(trackOf(options)), ended: gone.map(trackOf(options)) };
    },
    end() {
      const ended = living.map(trackOf(options));
      living = [];
      return ended;
    },
  };
}

/** Pairs of track and region, each of them once, the surest pairs first. */
function matched(
  living: readonly Living[],
  boxes: readonly Box[],
  atMs: number,
): readonly { readonly track: Living; readonly box: Box }[] {
  const pairs = living.flatMap((track) => {
    const from = expected(track, atMs);
    return boxes.map((box) => ({ track, box, score: likeness(from, box) })).filter(({ score }) => score > 0);
  });
  pairs.sort((a, b) => b.score - a.score);
  const taken = new Set<Living | Box>();
  return pairs.filter(({ track, box }) => {
    if (taken.has(track) || taken.has(box)) return false;
    taken.add(track).add(box);
    return true;
  });
}

/** Where a track is now if it went on as it went. */
function expected({ box, speed, lastAtMs }: Living, atMs: number): Box {
  const seconds = (atMs - lastAtMs) / 1000;
  return { ...box, x: box.x + speed.x * seconds, y: box.y + speed.y * seconds };
}

/** Overlap, and half of how near the middles are in sizes of the larger one; 0 for what has nothing to do with each other. */
function likeness(from: Box, to: Box): number {
  const [a, b] = [middleOf(from), middleOf(to)];
  const reach = Math.max(from.w, from.h, to.w, to.h);
  const nearness = Math.max(0, 1 - Math.hypot(a.x - b.x, a.y - b.y) / reach);
  return overlapOf(from, to) + 0.5 * nearness;
}

function advance(track: Living, box: Box, atMs: number, options: TrackOptions): void {
  const from = middleOf(track.box);
  const to = middleOf(box);
  track.way += Math.hypot(to.x - from.x, to.y - from.y);
  const seconds = Math.max(0.05, (atMs - track.lastAtMs) / 1000);
  track.speed = {
    x: track.speed.x + speedShare * ((to.x - from.x) / seconds - track.speed.x),
    y: track.speed.y + speedShare * ((to.y - from.y) / seconds - track.speed.y),
  };
  if (Math.hypot(to.x - track.anchor.x, to.y - track.anchor.y) > options.stillWay) {
    track.anchor = { ...to, sinceMs: atMs };
  }
  track.box = box;
  track.lastAtMs = atMs;
}

const trackOf =
  (options: TrackOptions) =>
  (track: Living): Track => ({
    id: track.id,
    box: track.box,
    firstAtMs: track.firstAtMs,
    lastAtMs: track.lastAtMs,
    stoppedSinceMs: track.lastAtMs - track.anchor.sinceMs >= options.stillMs ? track.anchor.sinceMs : null,
    way: track.way,
  });

const middleOf = (box: Box): { x: number; y: number } => ({ x: box.x + box.w / 2, y: box.y + box.h / 2 });
