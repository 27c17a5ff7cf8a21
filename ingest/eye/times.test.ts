import { describe, expect, it } from 'vitest';
import { Stamper } from './times.ts';

const frame = 3000;
/** Feeds moments (in frames; null: none) as they are sent, one frame of wall time apart. */
function stamped(moments: readonly (number | null)[], keys: ReadonlySet<number> = new Set([0])) {
  const stamper = new Stamper();
  return moments.map((moment, i) => {
    const { pts, dts } = stamper.next(moment === null ? undefined : BigInt(moment * frame), i * 33, keys.has(i));
    return { pts: Number(pts) / frame, dts: Number(dts) / frame };
  });
}
const rises = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v > (values[i - 1] ?? 0));

describe('times of packets', () => {
  it('are the steps of a camera that sends its pictures in order', () => {
    const times = stamped([100, 101, 102, 104]);
    expect(times.map((t) => t.pts)).toEqual([0, 1, 2, 4]);
    expect(times.every((t) => t.pts === t.dts)).toBe(true);
  });

  it.each([
    ['one picture held back', [0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11]],
    ['a pyramid', [0, 4, 2, 1, 3, 8, 6, 5, 7, 12, 10, 9, 11, 16, 14, 13, 15]],
  ])('keep the order of showing where it is not that of sending: %s', (_, sent) => {
    const times = stamped(sent);
    expect(rises(times.map((t) => t.dts))).toBe(true);
    expect(times.every((t) => t.pts >= t.dts)).toBe(true);
    // Once it is learned, moments are those of the camera moved by one and the same distance.
    const learned = times.slice(5);
    const moved = learned.map((t, i) => t.pts - (sent[i + 5] ?? 0));
    expect(new Set(moved.map((m) => m.toFixed(6))).size).toBe(1);
    // A turn lasts one picture: players take more for a gap.
    const steps = learned.slice(1).map((t, i) => t.dts - (learned[i]?.dts ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(2.001);
  });

  it('go on by our clock over a clock that is set, in both directions, and over pictures without a time', () => {
    for (const jump of [90_000, -90_000]) {
      const times = stamped([0, 1, 2, 3 + jump, 4 + jump]);
      expect(rises(times.map((t) => t.dts))).toBe(true);
      expect(times.at(-1)?.dts).toBeLessThan(6);
    }
    expect(rises(stamped([0, null, null, 1, 2]).map((t) => t.dts))).toBe(true);
    expect(rises(stamped([5, 5, 5, 6]).map((t) => t.dts))).toBe(true);
  });
});
