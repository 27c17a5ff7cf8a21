import { describe, expect, it } from 'vitest';
import { Zone } from '#core/camera';
import type { Detection } from '#core/detection';
import type { Grey, Track } from '#detector';
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
const heap = (score: number): Detection => ({
  class: 'heap',
  score,
  box: { x: 0.43, y: 0.66, w: 0.16, h: 0.17 },
});
const lorry = (score: number): Detection => ({ class: 'lorry', score, box: standing });

interface Second {
  /** Where the vehicle is; absent when it is gone. */
  readonly at?: 'moving' | 'standing' | 'outside';
  readonly detections?: readonly Detection[];
  readonly hasHeap?: boolean;
}

/**
 * Plays seconds at five steps each, with the sightings that the teller asks for, and one every three seconds that it did not
 * ask for (the calm word). Gives all that was told.
 */
function play(seconds: readonly Second[]): Told[] {
  const teller = tellStories([zone], { stoppedS: 8, raisedScore: 0.5 });
  const told: Told[] = [];
  let firstMs: number | undefined;
  let stoppedMs: number | null = null;
  let lastSightMs = -Infinity;
  seconds.forEach((second, s) => {
    for (let step = 0; step < 5; step++) {
      const atMs = startMs + s * 1000 + step * 200;
      const tracks: Track[] = [];
      if (second.at !== undefined) {
        firstMs ??= atMs;
        if (second.at === 'standing') stoppedMs ??= atMs;
        const box = second.at === 'outside' ? { x: 0, y: 0, w: 0.1, h: 0.1 } : standing;
        tracks.push(
          track({ box, firstAtMs: firstMs, lastAtMs: atMs, stoppedSinceMs: second.at === 'moving' ? null : stoppedMs }),
        );
      }
      const moving = () => (second.at === 'moving' ? tracks.map((one) => one.box) : []);
      teller.step({ tracks, ended: [], moving, reset: false }, atMs);
      if (atMs - lastSightMs < (teller.sightEveryMs(atMs) ?? 3000)) continue;
      lastSightMs = atMs;
      const grey = street(second.hasHeap ?? false);
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
        detections: [heap(0.7)],
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

  it('is one story although motion melts the lorry and its heap into one region that stays', () => {
    const told = play([
      ...empty,
      ...times(12, { at: 'standing', detections: [lorry(0.8)] }),
      ...times(8, { at: 'standing', hasHeap: true, detections: [heap(0.7)] }),
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]?.story.stoppedS).toBeLessThan(13);
    expect(told[0]?.story.newShare).toBeGreaterThan(0.02);
    expect(told[0]?.story.heapChange).toBeGreaterThan(0.5);
  });

  it('is one story although the networks lose the lorry for a moment, or take it for another kind', () => {
    const told = play([
      ...empty,
      ...times(6, { at: 'standing', detections: [lorry(0.8)] }),
      ...times(2, { at: 'standing' }),
      ...times(6, { at: 'standing', detections: [{ ...lorry(0.5), class: 'bus' }] }),
      ...times(8, {}),
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]?.story.stoppedS).toBeGreaterThanOrEqual(8);
  });

  it('takes the stir that brought a vehicle for its coming', () => {
    const told = play([
      ...empty,
      ...times(2, { at: 'moving' }),
      ...times(10, { at: 'standing', detections: [lorry(0.8)] }),
      ...times(6, {}),
    ]);
    expect(told[0]?.story.cameAtMs).toBe(startMs + 4000);
    expect(told[0]?.story.leftAtMs).toBeGreaterThan(startMs + 15_000);
    expect(told[0]?.story.leftAtMs).toBeLessThan(startMs + 18_000);
  });

  it('is not told of a light that swept the place, nor of a tree that sways for minutes', () => {
    expect(play([...empty, ...times(3, { at: 'moving', hasHeap: true }), ...times(40, { hasHeap: true })])).toEqual([]);
    const tree = play([...empty, ...times(120, { at: 'moving' })]);
    expect(tree).toEqual([]);
  });

  it('is not told of who drives past in front of the zone, covering it', () => {
    const passing: Detection = { class: 'bus', score: 0.9, box: { x: 0.4, y: 0.1, w: 0.3, h: 0.28 } };
    expect(play([...empty, ...times(20, { at: 'moving', detections: [passing] }), ...times(6, {})])).toEqual([]);
  });

  it('lets a car that stays for long be parked, and tells what happens beside it', () => {
    const parked: Detection = { class: 'car', score: 0.8, box: { x: 0.25, y: 0.7, w: 0.12, h: 0.1 } };
    const told = play([
      ...empty,
      ...times(700, { detections: [parked] }),
      ...times(12, { at: 'standing', detections: [parked, lorry(0.8)] }),
      ...times(8, { detections: [parked, heap(0.7)], hasHeap: true }),
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]?.story).toMatchObject({ vehicle: { class: 'lorry' }, heapBefore: 0, heapAfter: 0.7 });
  });

  it('is not told of who only drives through', () => {
    expect(play([...empty, ...times(3, { at: 'moving', detections: [lorry(0.9)] }), ...times(6, {})])).toEqual([]);
  });

  it('is not told of what stays outside the zone', () => {
    const outside = { ...lorry(0.9), box: { x: 0, y: 0, w: 0.1, h: 0.1 } };
    expect(play([...empty, ...times(20, { at: 'outside', detections: [outside] }), ...times(6, {})])).toEqual([]);
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
    teller.step({ tracks: [track({})], ended: [], moving: () => [], reset: false }, startMs);
    expect(teller.sightEveryMs(startMs)).not.toBeNull();
    teller.step({ tracks: [], ended: [], moving: () => [], reset: true }, startMs + 200);
    expect(teller.sightEveryMs(startMs)).toBeNull();
  });
});
