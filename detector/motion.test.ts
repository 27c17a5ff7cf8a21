import { describe, expect, it } from 'vitest';
import { followMotion, motionDefaults, type MotionStep } from './motion.ts';
import { paintedStreet, type Patch } from './painted-street.ts';

const rateMs = 400;

/** Plays frames in which the lorry stands at `placeAt(i)`; null is an empty street. */
function play(
  frames: number,
  placeAt: (i: number) => Patch | null,
  gainAt: (i: number) => number = () => 1,
): MotionStep[] {
  const motion = followMotion();
  return Array.from({ length: frames }, (_, i) => {
    const place = placeAt(i);
    const patches = place === null ? [] : [place];
    const grey = paintedStreet({ widthPx: 320, heightPx: 180, seed: i + 1, gain: gainAt(i), patches });
    return motion.step(grey, i * rateMs);
  });
}

const lorry = (x: number): Patch => ({ x, y: 0.6, w: 0.16, h: 0.16, luma: 215 });

describe('motion in a stream', () => {
  it('says nothing about an empty street, nor about a slow change of light', () => {
    const steps = play(
      30,
      () => null,
      (i) => 1 - i * 0.012,
    );
    expect(steps.slice(1).every((s) => s.tracks.length === 0 && !s.reset)).toBe(true);
  });

  it('follows one lorry as one track across the picture', () => {
    const steps = play(20, (i) => (i < 3 ? null : lorry(0.04 * (i - 3))));
    const ids = new Set(steps.flatMap((s) => s.tracks.map((t) => t.id)));
    expect(ids.size).toBe(1);
    const last = steps.at(-1)?.tracks[0];
    expect(last?.way).toBeGreaterThan(0.5);
    expect(last?.stoppedSinceMs).toBeNull();
  });

  it('knows since when a lorry has stood, keeps it for minutes, and ends its track after it left', () => {
    const arrives = 5;
    const leaves = 305;
    const steps = play(340, (i) =>
      i < arrives ? null : i < 10 ? lorry(0.06 * (i - arrives)) : i < leaves ? lorry(0.3) : null,
    );
    const standing = steps[leaves - 1]?.tracks ?? [];
    expect(standing).toHaveLength(1);
    const since = standing[0]?.stoppedSinceMs ?? -1;
    expect(Math.abs(since - 10 * rateMs)).toBeLessThanOrEqual(2 * rateMs);
    const ended = steps.flatMap((s) => s.ended);
    expect(ended.map((t) => t.id)).toEqual([standing[0]?.id]);
    expect(ended[0]?.lastAtMs).toBe((leaves - 1) * rateMs);
  });

  it('keeps two vehicles apart while they pass at a distance', () => {
    const motion = followMotion();
    const seen = new Set<number>();
    for (let i = 0; i < 15; i++) {
      const patches =
        i < 2 ? [] : [lorry(0.05 * (i - 2)), { x: 0.8 - 0.05 * (i - 2), y: 0.85, w: 0.1, h: 0.1, luma: 10 }];
      const step = motion.step(paintedStreet({ widthPx: 320, heightPx: 180, seed: i + 1, patches }), i * rateMs);
      step.tracks.forEach((t) => seen.add(t.id));
    }
    expect(seen.size).toBe(2);
  });

  it('starts anew when the whole picture changes', () => {
    const steps = play(
      6,
      () => null,
      (i) => (i < 4 ? 1 : 0.25),
    );
    expect(steps[0]?.reset).toBe(true);
    const motion = followMotion();
    motion.step(paintedStreet({ widthPx: 320, heightPx: 180 }), 0);
    const elsewhere = paintedStreet({
      widthPx: 320,
      heightPx: 180,
      patches: [{ x: 0, y: 0, w: 1, h: 0.8, luma: 250 }],
    });
    expect(motion.step(elsewhere, rateMs).reset).toBe(true);
  });

  it('sees what moves also where each picture overwrites the bytes of the one before', () => {
    // Node's own kind of bytes, as a decoder lends them: a slice of it is no copy.
    const lent = Buffer.alloc(320 * 180);
    const motion = followMotion();
    const steps = Array.from({ length: 12 }, (_, i) => {
      const patches = i < 3 ? [] : [lorry(0.04 * (i - 3))];
      lent.set(paintedStreet({ widthPx: 320, heightPx: 180, seed: i + 1, gain: 1, patches }).luma);
      return motion.step({ luma: lent, widthPx: 320, heightPx: 180 }, i * rateMs).moving();
    });
    expect(steps.slice(1, 3).flat()).toEqual([]);
    expect(steps.slice(4).every((boxes) => boxes.length > 0)).toBe(true);
  });

  it('forgets what is smaller than its least area', () => {
    const speck = (): Patch => ({ x: 0.5, y: 0.7, w: 0.02, h: 0.03, luma: 250 });
    const steps = play(6, (i) => (i < 2 ? null : speck()));
    expect(steps.every((s) => s.tracks.length === 0)).toBe(true);
    expect(motionDefaults.leastArea).toBeGreaterThan(0.02 * 0.03);
  });
});
