// Watch only: low-rate grey frames → moving regions → tracks that move, stop and leave.
import type { Box } from '#core/detection';
import { overlapOf } from './decode-boxes.ts';
import { piecesOf } from './difference.ts';
import type { Grey } from './pixels.ts';

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

export interface MotionStep {
  /** Tracks seen in this frame and those lost for less than `keepMs`, oldest first. */
  readonly tracks: readonly Track[];
  /** Tracks that ended with this frame. */
  readonly ended: readonly Track[];
  /** The picture changed as a whole (camera moved, light switched): the background was taken anew. */
  readonly reset: boolean;
}

export interface MotionOptions {
  /** A track not seen for so long has ended. */
  readonly keepMs: number;
  /** It stands when its middle stayed within `stillWay` picture widths for so long. */
  readonly stillMs: number;
  readonly stillWay: number;
  /** Smallest region as a share of the picture. */
  readonly leastArea: number;
  /** What has differed for so long has become background. */
  readonly absorbMs: number;
}

export const motionDefaults: MotionOptions = {
  keepMs: 4_000,
  stillMs: 2_000,
  stillWay: 0.02,
  leastArea: 0.0015,
  absorbMs: 600_000,
};

const block = 4;
/** Pixels of a block of 16 that must differ from the background. */
const leastInBlock = 6;

interface Living {
  id: number;
  box: Box;
  firstAtMs: number;
  lastAtMs: number;
  way: number;
  anchor: { x: number; y: number; sinceMs: number };
}

/**
 * Follows what moves in a stream of grey frames of one size (320 x 180 at 2 to 5 a second is meant). The background is a
 * running mean per pixel. It learns nothing under what differs from it, so a lorry that stops stays a region and leaves no
 * ghost when it drives off; after `absorbMs` the pixel is taken over as it is.
 */
export function followMotion(options: MotionOptions = motionDefaults): { step(grey: Grey, atMs: number): MotionStep } {
  let scene: Scene | undefined;
  let living: Living[] = [];
  let nextId = 1;

  function restart(grey: Grey): MotionStep {
    scene = {
      background: Float32Array.from(grey.luma),
      spread: new Float32Array(grey.luma.length).fill(4),
      differsSinceMs: new Float64Array(grey.luma.length).fill(Number.NaN),
    };
    const ended = living.map(trackOf(options));
    living = [];
    return { tracks: [], ended, reset: true };
  }

  return {
    step(grey, atMs) {
      if (scene === undefined || scene.background.length !== grey.luma.length) return restart(grey);
      const moving = foreground(grey, scene, atMs, options.absorbMs);
      if (moving.share > 0.6) return restart(grey);
      const boxes = regionsOf(moving.blocks, moving.across, moving.down, options.leastArea);
      const free = new Set(boxes);
      for (const track of living) {
        const best = bestMatch(track.box, [...free]);
        if (best === undefined) continue;
        free.delete(best);
        advance(track, best, atMs, options);
      }
      for (const box of free) {
        const middle = middleOf(box);
        living.push({
          id: nextId++,
          box,
          firstAtMs: atMs,
          lastAtMs: atMs,
          way: 0,
          anchor: { ...middle, sinceMs: atMs },
        });
      }
      const gone = living.filter((t) => atMs - t.lastAtMs > options.keepMs);
      living = living.filter((t) => atMs - t.lastAtMs <= options.keepMs);
      return { tracks: living.map(trackOf(options)), ended: gone.map(trackOf(options)), reset: false };
    },
  };
}

interface Scene {
  readonly background: Float32Array;
  /** How much each pixel usually differs from its background. */
  readonly spread: Float32Array;
  /** Since when each pixel has differed; NaN while it does not. */
  readonly differsSinceMs: Float64Array;
}

function foreground(
  grey: Grey,
  { background, spread, differsSinceMs }: Scene,
  atMs: number,
  absorbMs: number,
): { blocks: Uint8Array; across: number; down: number; share: number } {
  const { luma, widthPx, heightPx } = grey;
  const gain = gainOf(luma, background);
  const across = Math.floor(widthPx / block);
  const down = Math.floor(heightPx / block);
  const counts = new Uint8Array(across * down);
  let changed = 0;
  for (let y = 0; y < heightPx; y++) {
    const row = Math.min(down - 1, Math.floor(y / block)) * across;
    for (let x = 0; x < widthPx; x++) {
      const at = y * widthPx + x;
      const value = (luma[at] ?? 0) * gain;
      const old = background[at] ?? 0;
      const away = Math.abs(value - old);
      const usual = spread[at] ?? 4;
      const moves = away > Math.max(14, 4 * usual);
      if (moves) {
        changed++;
        const cell = row + Math.min(across - 1, Math.floor(x / block));
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      const since = differsSinceMs[at] ?? Number.NaN;
      if (!moves) {
        background[at] = old + 0.05 * (value - old);
        spread[at] = usual + 0.02 * (away - usual);
        differsSinceMs[at] = Number.NaN;
      } else if (Number.isNaN(since)) {
        differsSinceMs[at] = atMs;
      } else if (atMs - since > absorbMs) {
        background[at] = value;
        differsSinceMs[at] = Number.NaN;
      }
    }
  }
  return {
    blocks: counts.map((n) => (n >= leastInBlock ? 1 : 0)),
    across,
    down,
    share: changed / (widthPx * heightPx),
  };
}

/** How much brighter the background was, from the medians of every 37th pixel: exposure changes are no motion. */
function gainOf(luma: Uint8Array, background: Float32Array): number {
  const ratios: number[] = [];
  for (let at = 0; at < luma.length; at += 37) {
    const value = luma[at] ?? 0;
    if (value > 8) ratios.push((background[at] ?? 0) / value);
  }
  if (ratios.length < 20) return 1;
  ratios.sort((a, b) => a - b);
  return Math.min(1.5, Math.max(0.67, ratios[Math.floor(ratios.length / 2)] ?? 1));
}

function regionsOf(blocks: Uint8Array, across: number, down: number, leastArea: number): Box[] {
  return piecesOf(blocks, across, down)
    .filter((piece) => piece.count / (across * down) >= leastArea)
    .map((piece) => ({
      x: piece.x1 / across,
      y: piece.y1 / down,
      w: (piece.x2 + 1 - piece.x1) / across,
      h: (piece.y2 + 1 - piece.y1) / down,
    }));
}

/** The region that overlaps most; without any overlap the nearest one, if it is within its own size. */
function bestMatch(from: Box, boxes: readonly Box[]): Box | undefined {
  let best: Box | undefined;
  let highest = 0;
  for (const box of boxes) {
    const a = middleOf(from);
    const b = middleOf(box);
    const reach = Math.max(from.w, from.h, box.w, box.h);
    const nearness = Math.max(0, 1 - Math.hypot(a.x - b.x, a.y - b.y) / reach);
    const score = overlapOf(from, box) + 0.5 * nearness;
    if (score > highest) {
      highest = score;
      best = box;
    }
  }
  return best;
}

function advance(track: Living, box: Box, atMs: number, options: MotionOptions): void {
  const from = middleOf(track.box);
  const to = middleOf(box);
  track.way += Math.hypot(to.x - from.x, to.y - from.y);
  if (Math.hypot(to.x - track.anchor.x, to.y - track.anchor.y) > options.stillWay) {
    track.anchor = { ...to, sinceMs: atMs };
  }
  track.box = box;
  track.lastAtMs = atMs;
}

const trackOf =
  (options: MotionOptions) =>
  (track: Living): Track => ({
    id: track.id,
    box: track.box,
    firstAtMs: track.firstAtMs,
    lastAtMs: track.lastAtMs,
    stoppedSinceMs: track.lastAtMs - track.anchor.sinceMs >= options.stillMs ? track.anchor.sinceMs : null,
    way: track.way,
  });

const middleOf = (box: Box): { x: number; y: number } => ({ x: box.x + box.w / 2, y: box.y + box.h / 2 });
