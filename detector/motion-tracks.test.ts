import { describe, expect, it } from 'vitest';
import type { Box } from '#core/detection';
import { followBoxes } from './motion-tracks.ts';

const options = { keepMs: 4000, stillMs: 2000, stillWay: 0.02 };
const at = (x: number, y = 0.5): Box => ({ x, y, w: 0.1, h: 0.1 });

describe('tracks of regions', () => {
  it('pass through each other and keep their names, whichever region is listed first', () => {
    for (const isTurned of [false, true]) {
      const tracker = followBoxes(options);
      let tracks = tracker.step([at(0.1), at(0.8, 0.54)], 0).tracks;
      const [left, right] = tracks.map((one) => one.id);
      for (let i = 1; i <= 14; i++) {
        const boxes = [at(0.1 + 0.05 * i), at(0.8 - 0.05 * i, 0.54)];
        tracks = tracker.step(isTurned ? boxes.reverse() : boxes, i * 200).tracks;
      }
      const far = tracks.find((one) => one.box.x > 0.7);
      expect(tracks).toHaveLength(2);
      expect(far?.id).toBe(left);
      expect(tracks.find((one) => one.box.x < 0.2)?.id).toBe(right);
    }
  });

  it('are found again where their way leads, after they were hidden for a second', () => {
    const tracker = followBoxes(options);
    for (let i = 0; i <= 5; i++) tracker.step([at(0.06 * i)], i * 200);
    for (let i = 6; i <= 10; i++) tracker.step([], i * 200);
    const { tracks } = tracker.step([at(0.06 * 11)], 11 * 200);
    expect(tracks.map((one) => one.id)).toEqual([1]);
  });

  it('end when they were gone for longer than they are kept', () => {
    const tracker = followBoxes(options);
    tracker.step([at(0.3)], 0);
    expect(tracker.step([], 3900).ended).toEqual([]);
    expect(tracker.step([], 4100).ended.map((one) => one.id)).toEqual([1]);
    expect(tracker.end()).toEqual([]);
  });
});
