import { describe, expect, it } from 'vitest';
import { PictureCounter } from './watch-count.ts';

/** Counts pictures that come at these moments of the stream's own time. */
function countOf(times: readonly (number | undefined)[]): { came: number; lost: number } {
  const counter = new PictureCounter();
  for (const at of times) counter.came(at);
  return { came: counter.get().came, lost: counter.get().lost };
}
const steps = (n: number, stepMs: number, fromMs = 0): number[] =>
  Array.from({ length: n }, (_, i) => fromMs + i * stepMs);

describe('pictures of a watched stream', () => {
  it('are all there when they come in even or uneven steps', () => {
    expect(countOf(steps(100, 100))).toEqual({ came: 100, lost: 0 });
    expect(countOf(steps(100, 100).map((at, i) => at + (i % 2) * 30)).lost).toBe(0);
  });

  it('that never came are counted by the stream own time', () => {
    expect(countOf([...steps(20, 100), ...steps(20, 100, 2500)])).toEqual({ came: 40, lost: 5 });
  });

  it('are not lost when the camera sets its clock, forward or back, or has none', () => {
    expect(countOf([...steps(20, 100), ...steps(20, 100, 3_600_000)]).lost).toBe(0);
    expect(countOf([...steps(20, 100, 1_000_000), ...steps(20, 100)]).lost).toBe(0);
    expect(countOf(Array.from({ length: 5 }, () => undefined))).toEqual({ came: 5, lost: 0 });
  });

  it('are counted by the new step soon after a camera began to send fewer', () => {
    const { lost } = countOf([...steps(50, 40), ...steps(50, 200, 2000 + 160)]);
    expect(lost).toBeLessThan(25);
    expect(countOf([...steps(50, 40), ...steps(500, 200, 2000 + 160)]).lost).toBe(lost);
  });

  it('that follow a new beginning are not compared with those before', () => {
    const counter = new PictureCounter();
    for (const at of steps(20, 100)) counter.came(at);
    counter.restart();
    for (const at of steps(20, 100, 10_000)) counter.came(at);
    counter.leftOut();
    counter.judged();
    counter.sighted();
    expect(counter.get()).toEqual({ bytes: 0, came: 40, judged: 1, sights: 1, leftOut: 1, lost: 0 });
  });
});
