// Watch only: low-rate grey frames → regions that differ from the background → tracks that move, stop and leave.
import type { Box } from '#core/detection';
import { piecesOf } from './difference.ts';
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

const block = 4;
/** Pixels of a block of 16 that must differ from the background. */
const leastInBlock = 6;
/** Grey levels by which a pixel must differ at least, and how many times its usual deviation. */
const [leastLevels, timesUsual] = [14, 4];
/** A picture of which more differs is another picture: the camera was moved, or the light switched. */
const mostChanged = 0.6;
/** A grey level is counted in so many parts. */
const one = 256;
/** Parts of 256 by which background and deviation follow: 5 and 2 per cent. */
const [followParts, deviateParts] = [13, 5];
const leastParts = leastLevels * one;

/**
 * Follows what moves in a stream of grey frames of one size (320 x 180 at 2 to 5 a second is meant). The background is a
 * running mean per pixel. It learns nothing under what differs from it, so a lorry that stops stays a region and leaves no
 * ghost when it drives off; after `absorbMs` the pixel is taken over as it is. It keeps no frame: their bytes may be
 * overwritten after the step.
 */
export function followMotion(
  options: MotionOptions = motionDefaults,
  tracker: BoxTracker = followBoxes(options),
): { step(grey: Grey, atMs: number): MotionStep } {
  let scene: Scene | undefined;

  function restart(grey: Grey, atMs: number): MotionStep {
    const { luma, widthPx, heightPx } = grey;
    const across = Math.ceil(widthPx / block);
    const down = Math.ceil(heightPx / block);
    scene = {
      sinceMs: atMs,
      widthPx,
      heightPx,
      across,
      down,
      background: Int32Array.from(luma, (level) => level * one),
      spread: new Int32Array(luma.length).fill((leastLevels * one) / timesUsual),
      differsSince: new Int32Array(luma.length).fill(never),
      rowDiffers: new Uint8Array(heightPx),
      last: new Uint8Array(luma),
      before: new Uint8Array(luma),
      differing: new Uint8Array(across * down),
      moving: new Uint8Array(across * down),
    };
    return { tracks: [], ended: tracker.end(), moving: () => [], reset: true };
  }

  return {
    step(grey, atMs) {
      const here = scene;
      if (here?.widthPx !== grey.widthPx || here.heightPx !== grey.heightPx) return restart(grey, atMs);
      const changed = foreground(grey, here, atMs, options.absorbMs);
      if (changed > mostChanged * grey.luma.length) return restart(grey, atMs);
      const { tracks, ended } = tracker.step(regionsOf(here, here.differing, options.leastArea), atMs);
      return { tracks, ended, moving: () => movingOf(here, options.leastArea / 2), reset: false };
    },
  };
}

interface Scene {
  /** When the background was taken; the times below count from here. */
  readonly sinceMs: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Blocks across and down. */
  readonly across: number;
  readonly down: number;
  /** Grey levels in parts of `one`: whole numbers, because this is the loop that a watched city pays for. */
  readonly background: Int32Array;
  /** How much each pixel usually differs from its background, in parts of `one`. */
  readonly spread: Int32Array;
  /** Since when each pixel has differed, milliseconds after `sinceMs`; `never` while it does not. */
  readonly differsSince: Int32Array;
  /** 1 for each row in which a pixel has been differing. */
  readonly rowDiffers: Uint8Array;
  /** The frame of this step and the one before it. */
  last: Uint8Array;
  before: Uint8Array;
  /** Pixels of each block that differ from the background, and from the frame before. */
  readonly differing: Uint8Array;
  readonly moving: Uint8Array;
}

const never = -1;

/** Counts what differs into the scene's blocks and lets the background follow; gives how many pixels differ. */
function foreground(grey: Grey, scene: Scene, atMs: number, absorbMs: number): number {
  const gain = Math.round(gainOf(grey.luma, scene.background) * one);
  // Thirty-two bits of milliseconds are 24 days: a scene that nothing ever reset begins its count again.
  const nowMs = (atMs - scene.sinceMs) % 2 ** 31;
  scene.differing.fill(0);
  let changed = 0;
  for (let y = 0; y < grey.heightPx; y++) changed += foregroundRow(scene, grey.luma, y, { gain, nowMs, absorbMs });
  [scene.last, scene.before] = [scene.before, scene.last];
  scene.last.set(grey.luma);
  return changed;
}

/** Asked for only while somebody is in a zone, which is seldom: so it has a pass of its own. */
function movingOf(scene: Scene, leastArea: number): Box[] {
  scene.moving.fill(0);
  for (let y = 0; y < scene.heightPx; y++) movingRow(scene, y);
  return regionsOf(scene, scene.moving, leastArea);
}

function movingRow({ last, before, spread, moving, widthPx, across }: Scene, y: number): void {
  const [least, times] = [leastLevels, timesUsual];
  const blocks = (y >> 2) * across;
  for (let x = 0; x < widthPx; x++) {
    const at = y * widthPx + x;
    const step = Math.abs(((last[at] ?? 0) - (before[at] ?? 0)) | 0);
    if (step <= least || step << 8 <= Math.imul(spread[at] ?? 0, times)) continue;
    const cell = blocks + (x >> 2);
    moving[cell] = (moving[cell] ?? 0) + 1;
  }
}

/** One row. Apart, so that the loop is compiled after the first picture. */
function foregroundRow(
  { background, spread, differsSince, rowDiffers, differing, widthPx, across }: Scene,
  luma: Uint8Array,
  y: number,
  { gain, nowMs, absorbMs }: { gain: number; nowMs: number; absorbMs: number },
): number {
  // Constants of this function are numbers in the compiled loop, those of the file are looked up at each pixel.
  const [least, times, follow, deviate, since0] = [leastParts, timesUsual, followParts, deviateParts, never];
  const blocks = (y >> 2) * across;
  const start = y * widthPx;
  const hasDiffered = rowDiffers[y] === 1;
  let changed = 0;
  // `| 0` and `imul` keep it whole numbers of 32 bits: two and a half times as fast as numbers that might be anything.
  for (let x = 0; x < widthPx; x++) {
    const at = start + x;
    const level = luma[at] ?? 0;
    const old = background[at] ?? 0;
    const usual = spread[at] ?? 0;
    const signed = (Math.imul(level, gain) - old) | 0;
    const away = Math.abs(signed) | 0;
    if (away <= least || away <= Math.imul(usual, times)) {
      background[at] = (old + (Math.imul(signed, follow) >> 8)) | 0;
      spread[at] = (usual + (Math.imul((away - usual) | 0, deviate) >> 8)) | 0;
      if (hasDiffered) differsSince[at] = since0;
    } else {
      changed++;
      const cell = blocks + (x >> 2);
      differing[cell] = (differing[cell] ?? 0) + 1;
      const since = differsSince[at] ?? since0;
      if (since === since0) differsSince[at] = nowMs;
      else if (nowMs - since > absorbMs || nowMs < since) {
        background[at] = Math.imul(level, gain);
        differsSince[at] = since0;
      }
    }
  }
  rowDiffers[y] = changed > 0 ? 1 : 0;
  return changed;
}

/** How much brighter the background was, from the medians of every 449th pixel: exposure changes are no motion. */
function gainOf(luma: Uint8Array, background: Int32Array): number {
  const ratios = new Float64Array(Math.ceil(luma.length / sampleEvery));
  let count = 0;
  for (let at = 0; at < luma.length; at += sampleEvery) {
    const value = luma[at] ?? 0;
    if (value > 8) ratios[count++] = (background[at] ?? 0) / one / value;
  }
  if (count < 20) return 1;
  const sorted = ratios.subarray(0, count).sort();
  return Math.min(1.5, Math.max(0.67, sorted[Math.floor(count / 2)] ?? 1));
}

const sampleEvery = 449;

function regionsOf({ across, down }: Scene, counts: Uint8Array, leastArea: number): Box[] {
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
