import { describe, expect, it } from 'vitest';
import { Zone } from '#core/camera';
import type { Detection } from '#core/detection';
import type { Grey, MotionStep, Track } from '#detector';
import { tellStories, type Told } from './story.ts';

const zone = Zone.parse({
  id: 'z',
  kind: 'no-dumping',
  hazards: ['dumping'],
  polygon: [
    [0.2, 0.4],
    [0.8, 0.4],
    [0.8, 1],
    [0.2, 1],
  ],
});
const startMs = 1_800_000_000_000;
const frame = { rgb: new Uint8Array(32 * 32 * 3), widthPx: 32, heightPx: 32 };
const standing = { x: 0.4, y: 0.5, w: 0.2, h: 0.2 };

/** A street with texture, and with a heap on it when there is one. */
function street(hasHeap: boolean): Grey {
  const luma = new Uint8Array(320 * 180);
  for (let y = 0; y < 180; y++) for (let x = 0; x < 320; x++) luma[y * 320 + x] = 90 + ((x * 7 + y * 13) % 23);
  if (hasHeap) for (let y = 120; y < 150; y++) for (let x = 140; x < 190; x++) luma[y * 320 + x] = 220;
  return { luma, widthPx: 320, heightPx: 180 };
}
const track = (over: Partial<Track>): Track => ({
  id: 1,
  box: standing,
  firstAtMs: startMs,
  lastAtMs: startMs,
  stoppedSinceMs: null,
  way: 0.3,
  ...over,
});
const lorry = (score: number): Detection => ({ class: 'lorry', score, box: standing });

interface Second {
  /** Where the vehicle is; absent when it is gone. */
  readonly at?: 'moving' | 'standing' | 'outside';
  readonly detections?: readonly Detection[];
  readonly hasHeap?: boolean;
}

/** Plays seconds at five steps each with one sighting while somebody is there, and gives all that was told. */
function play(seconds: readonly Second[], stays = false): Told[] {
  const teller = tellStories([zone], { stoppedS: 8, raisedScore: 0.5 });
  const told: Told[] = [];
  let firstMs: number | undefined;
  let stoppedMs: number | null = null;
  seconds.forEach((second, s) => {
    for (let step = 0; step < 5; step++) {
      const atMs = startMs + s * 1000 + step * 200;
      const tracks: Track[] = [];
      if (second.at !== undefined || (stays && firstMs !== undefined)) {
        firstMs ??= atMs;
        if (second.at === 'standing') stoppedMs ??= atMs;
        const box = second.at === 'outside' ? { x: 0, y: 0, w: 0.1, h: 0.1 } : standing;
        tracks.push(
          track({ box, firstAtMs: firstMs, lastAtMs: atMs, stoppedSinceMs: second.at === 'moving' ? null : stoppedMs }),
        );
      }
      const motion: MotionStep = { tracks, ended: [], reset: false };
      const grey = street(second.hasHeap ?? false);
      teller.step(motion, grey, atMs);
      if (step === 4 && teller.sightEveryMs() !== null)
        told.push(...teller.sight({ atMs, detections: second.detections ?? [], frame, grey }));
    }
  });
  return told;
}

const times = (n: number, second: Second): Second[] => Array.from({ length: n }, () => second);
const empty = times(4, {});

describe('the story of a vehicle', () => {
  it('tells of a lorry that came, raised its body, left, and what lies there now', () => {
    const raised: Detection = { class: 'tipper_raised', score: 0.9, box: standing };
    const told = play([
      ...empty,
      ...times(2, { at: 'moving', detections: [lorry(0.7)] }),
      ...times(5, { at: 'standing', detections: [lorry(0.8)] }),
      ...times(10, { at: 'standing', detections: [lorry(0.8), raised] }),
      ...times(8, {
        hasHeap: true,
        detections: [{ class: 'heap', score: 0.7, box: { x: 0.43, y: 0.66, w: 0.16, h: 0.17 } }],
      }),
    ]);
    expect(told.map((one) => one.isOver)).toEqual([false, true]);
    expect(told[0]?.story).toMatchObject({ leftAtMs: null, raisedScore: 0.9 });
    const { story, frames } = told[1] ?? {};
    expect(story?.stoppedS).toBeGreaterThanOrEqual(12);
    expect(story?.stoppedS).toBeLessThan(18);
    expect(story).toMatchObject({
      zoneId: 'z',
      vehicle: { class: 'tipper_raised' },
      raisedScore: 0.9,
      heapBefore: 0,
      heapAfter: 0.7,
      peopleBeside: false,
    });
    expect(story?.newShare).toBeGreaterThan(0.02);
    expect(story?.newBox?.x).toBeCloseTo(140 / 320, 1);
    expect(frames?.acting).not.toBeNull();
    expect(frames?.after).not.toBeNull();
  });

  it('is told although the heap goes on as a region of its own where the lorry stood', () => {
    const told = play(
      [
        ...empty,
        ...times(12, { at: 'standing', detections: [lorry(0.8)] }),
        ...times(6, { at: 'standing', hasHeap: true }),
      ],
      true,
    );
    expect(told).toHaveLength(1);
    expect(told[0]?.story.stoppedS).toBeLessThan(15);
    expect(told[0]?.story.newShare).toBeGreaterThan(0.02);
  });

  it('is not told of who only drives through', () => {
    expect(play([...empty, ...times(3, { at: 'moving', detections: [lorry(0.9)] }), ...times(6, {})])).toEqual([]);
  });

  it('is not told of what stays outside the zone', () => {
    expect(play([...empty, ...times(20, { at: 'outside', detections: [lorry(0.9)] }), ...times(6, {})])).toEqual([]);
  });

  it('tells of a parked car that nothing came of it', () => {
    const told = play([
      ...empty,
      ...times(20, { at: 'standing', detections: [{ class: 'car', score: 0.8, box: standing }] }),
      ...times(6, {}),
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]?.story).toMatchObject({ raisedScore: 0, newShare: 0, heapAfter: 0, vehicle: { class: 'car' } });
  });

  it('sees people beside a standing vehicle', () => {
    const person: Detection = { class: 'person', score: 0.8, box: { x: 0.62, y: 0.55, w: 0.03, h: 0.12 } };
    const told = play([...empty, ...times(12, { at: 'standing', detections: [lorry(0.8), person] }), ...times(6, {})]);
    expect(told[0]?.story.peopleBeside).toBe(true);
  });

  it('forgets everything when the picture changes as a whole', () => {
    const teller = tellStories([zone], { stoppedS: 8, raisedScore: 0.5 });
    teller.step({ tracks: [track({})], ended: [], reset: false }, street(false), startMs);
    expect(teller.sightEveryMs()).not.toBeNull();
    teller.step({ tracks: [], ended: [], reset: true }, street(false), startMs + 200);
    expect(teller.sightEveryMs()).toBeNull();
  });
});
