import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { ClipShelf, type Clip } from './clip.ts';
import { Timeline } from './timeline.ts';

const folder = fileURLToPath(new URL('./testcard', import.meta.url));
let clip: Clip;
beforeAll(async () => {
  clip = await new ClipShelf([folder]).get('testcard');
});

const frameMs = 125;

/** Walks to `toMs` and returns the phases met, without repeats. */
function phases(timeline: Timeline, toMs: number): string[] {
  const met: string[] = [timeline.phase];
  while (timeline.nextDueMs <= toMs) {
    timeline.step();
    if (met.at(-1) !== timeline.phase) met.push(timeline.phase);
  }
  return met;
}

describe('a timeline', () => {
  it('loops before a hazard for ever', () => {
    expect(phases(new Timeline(clip, 0), 100_000)).toEqual(['before']);
  });

  it('goes through all phases when the world wishes, and stays after', () => {
    const timeline = new Timeline(clip, 0);
    timeline.wish(true);
    expect(phases(timeline, 60_000)).toEqual(['before', 'begin', 'during']);
    timeline.wish(false);
    expect(phases(timeline, 120_000)).toEqual(['during', 'end', 'after']);
  });

  it('turns off a loop at the next key picture, not at the end of the loop', () => {
    const timeline = new Timeline(clip, 0);
    timeline.forward(250);
    timeline.wish(true);
    timeline.forward(2000);
    expect(timeline.phase).toBe('begin');
    expect(clip.main.units[timeline.index]?.isKey).toBe(true);
  });

  it('never jumps to a picture that is not a key picture', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.boolean()), { maxLength: 30 }), (wishes) => {
        const timeline = new Timeline(clip, 0);
        for (const [steps, wish] of wishes) {
          for (let i = 0; i < steps; i++) {
            const previous = timeline.index;
            const dueMs = timeline.dueMs;
            const next = timeline.step();
            expect(timeline.dueMs - dueMs).toBeCloseTo(frameMs, 6);
            if (next !== previous + 1) expect(clip.main.units[next]?.isKey).toBe(true);
          }
          timeline.wish(wish);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('lets a hazard that has begun be seen before it ends, even when it is called off at once', () => {
    const timeline = new Timeline(clip, 0);
    timeline.wish(true);
    timeline.forward(2100);
    timeline.wish(false);
    expect(phases(timeline, 60_000)).toEqual(['begin', 'end', 'after']);
  });

  it('dates what was true by the pictures that show it', () => {
    const timeline = new Timeline(clip, 1000);
    timeline.wish(true);
    timeline.forward(30_000);
    // begin starts at the key picture 2 s in; the truth starts 1 s into begin (label: 5 s, phase from 4 s).
    expect(timeline.truth()).toEqual([{ hazard: 'flooding', sub: 'flooding.testcard', fromMs: 1000 + 2000 + 1000 }]);
    timeline.wish(false);
    timeline.forward(60_000);
    const [past] = timeline.past();
    expect(timeline.truth()).toEqual([]);
    expect(past?.fromMs).toBe(4000);
    expect(past?.toMs).toBeGreaterThan(30_000);
    expect(past?.toMs).toBeLessThanOrEqual(30_000 + 2000 + 1000);
  });

  it('starts at a key picture wherever it is told to', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (place) => {
        const { index } = new Timeline(clip, 0, place);
        expect(clip.main.units[index]?.isKey).toBe(true);
        expect(index).toBeLessThan(32);
      }),
    );
  });
});
