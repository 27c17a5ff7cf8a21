// Watch only: low-rate grey frames → regions that differ from the background → tracks that move, stop and leave.
import type { Box } from '#core/detection';
import { piecesOf } from './difference.ts';
import { layGround, levelParts, type Ground } from './motion-kernel.ts';
import { followBoxes, type BoxTracker, type Track } from './motion-tracks.ts';
import type { Grey } from './pixels.ts';

export interface MotionStep {
  /** Tracks seen in this frame and those lost for less than `keepMs`, oldest first. */
  readonly tracks: readonly Track[];
  /** Tracks that ended with this frame. */
  readonly ended: readonly Track[];
  /** Where something moves right now: regions that differ from the frame before, not only from the background. Ask before the next step. */
  readonly moving: () => readonly Box[];
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

/** Pixels of a block of 16 that must differ from the background. */
const leastInBlock = 6;
/** Grey levels by which a pixel must differ at least, and how many times its usual deviation. */
const [leastLevels, timesUsual] = [14, 4];
/** A picture of which more differs is another picture: the camera was moved, or the light switched. */
const mostChanged = 0.6;
/** Background and deviation follow by 13 and 5 parts of 256, which is 5 and 2 per cent. */
const rule = { least: leastLevels * levelParts, times: timesUsual, follow: 13, deviate: 5 };

/**
 * Follows what moves in a stream of grey frames of one size (320 x 180 at 2 to 5 a second is meant). The background is a
 * running mean per pixel. It learns nothing under what differs from it, so a lorry that stops stays a region and leaves no
 * ghost when it drives off; after `absorbMs` the pixel is taken over as it is. It keeps no frame: their bytes may be
 * overwritten after the step. Throws RangeError for a width that is no multiple of four.
 */
export function followMotion(
  options: MotionOptions = motionDefaults,
  tracker: BoxTracker = followBoxes(options),
): { step(grey: Grey, atMs: number): MotionStep } {
  let scene: Scene | undefined;

  function restart(grey: Grey, atMs: number): MotionStep {
    const { luma, widthPx, heightPx } = grey;
    const ground = layGround(luma, widthPx, heightPx, rule);
    scene = { sinceMs: atMs, widthPx, heightPx, ground, moving: new Uint8Array(ground.differing.length) };
    return { tracks: [], ended: tracker.end(), moving: () => [], reset: true };
  }

  return {
    step(grey, atMs) {
      const here = scene;
      if (here?.widthPx !== grey.widthPx || here.heightPx !== grey.heightPx) return restart(grey, atMs);
      const changed = foreground(grey, here, atMs, options.absorbMs);
      if (changed > mostChanged * grey.luma.length) return restart(grey, atMs);
      const { tracks, ended } = tracker.step(regionsOf(here.ground, here.ground.differing, options.leastArea), atMs);
      return { tracks, ended, moving: () => movingOf(here, options.leastArea / 2), reset: false };
    },
  };
}

interface Scene {
  /** When the background was taken; the times below count from here. */
  readonly sinceMs: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly ground: Ground;
  /** Pixels of each block that differ from the frame before. */
  readonly moving: Uint8Array;
}

/** Counts what differs into the ground's blocks and lets the background follow; gives how many pixels differ. */
function foreground({ luma }: Grey, { ground, sinceMs }: Scene, atMs: number, absorbMs: number): number {
  const gain = Math.round(gainOf(luma, ground) * levelParts);
  // Thirty-two bits of milliseconds are 24 days: a scene that nothing ever reset begins its count again.
  return ground.step(luma, gain, Math.round(atMs - sinceMs) % 2 ** 31, absorbMs);
}

/** Asked for only while somebody is in a zone, which is seldom: so it has a pass of its own. */
function movingOf({ ground, moving, widthPx }: Scene, leastArea: number): Box[] {
  const { last, before } = ground.frames();
  moving.fill(0);
  for (let at = 0; at < last.length; at++) {
    const step = Math.abs((last[at] ?? 0) - (before[at] ?? 0));
    if (step <= leastLevels || step * levelParts <= ground.spread(at) * timesUsual) continue;
    const cell = (Math.floor(at / widthPx) >> 2) * ground.across + ((at % widthPx) >> 2);
    moving[cell] = (moving[cell] ?? 0) + 1;
  }
  return regionsOf(ground, moving, leastArea);
}

/** How much brighter the background was, from the medians of every 449th pixel: exposure changes are no motion. */
function gainOf(luma: Uint8Array, ground: Ground): number {
  const ratios = new Float64Array(Math.ceil(luma.length / sampleEvery));
  let count = 0;
  for (let at = 0; at < luma.length; at += sampleEvery) {
    const value = luma[at] ?? 0;
    if (value > 8) ratios[count++] = ground.background(at) / levelParts / value;
  }
  if (count < 20) return 1;
  const sorted = ratios.subarray(0, count).sort();
  return Math.min(1.5, Math.max(0.67, sorted[Math.floor(count / 2)] ?? 1));
}

const sampleEvery = 449;

function regionsOf({ across, down }: Ground, counts: Uint8Array, leastArea: number): Box[] {
  const blocks = counts.map((n) => (n >= leastInBlock ? 1 : 0));
  return piecesOf(blocks, across, down)
    .filter((piece) => piece.count / (across * down) >= leastArea)
    .map((piece) => ({
      x: piece.x1 / across,
      y: piece.y1 / down,
      w: (piece.x2 + 1 - piece.x1) / across,
      h: (piece.y2 + 1 - piece.y1) / down,
    }));
}
