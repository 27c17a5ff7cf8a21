import { describe, expect, it } from 'vitest';
import { difference, piecesOf, unlikeness } from './difference.ts';
import { paintedStreet } from './painted-street.ts';

const verge: [number, number][] = [
  [0.1, 0.55],
  [0.9, 0.55],
  [0.9, 0.95],
  [0.1, 0.95],
];

describe('what differs inside a polygon', () => {
  it('is nothing when only noise and light changed', () => {
    const found = difference(paintedStreet({ seed: 1 }), paintedStreet({ seed: 2, gain: 0.6, lift: 25 }), verge);
    expect(found.share).toBeLessThan(0.005);
  });

  it('is the heap that was left there', () => {
    const heap = { x: 0.4, y: 0.6, w: 0.15, h: 0.2, luma: 40 };
    const found = difference(paintedStreet({ seed: 1 }), paintedStreet({ seed: 2, gain: 0.8, patches: [heap] }), verge);
    const expected = (heap.w * heap.h) / (0.8 * 0.4);
    expect(found.largest).toBeGreaterThan(0.8 * expected);
    expect(found.largest).toBeLessThan(1.1 * expected);
    expect(found.box?.x).toBeCloseTo(heap.x, 1);
    expect(found.box?.y).toBeCloseTo(heap.y, 1);
  });

  it('is nothing when the heap lies outside', () => {
    const heap = { x: 0.4, y: 0.1, w: 0.15, h: 0.2, luma: 40 };
    const found = difference(paintedStreet({ seed: 1 }), paintedStreet({ seed: 2, patches: [heap] }), verge);
    expect(found.share).toBeLessThan(0.005);
    expect(found.box).toBeUndefined();
  });

  it('refuses pictures of different size', () => {
    expect(() => difference(paintedStreet(), paintedStreet({ widthPx: 160 }), verge)).toThrow(/different size/);
  });
});

describe('how unlike a box is', () => {
  const box = { x: 0.4, y: 0.6, w: 0.15, h: 0.2 };
  const sacks = { x: 0.44, y: 0.66, w: 0.06, h: 0.08, luma: 30 };

  it('is little where only noise and light changed', () => {
    const [before, after] = [paintedStreet({ seed: 1 }), paintedStreet({ seed: 2, gain: 0.8, lift: 10 })];
    expect(unlikeness(before, after, box)).toBeLessThan(0.25);
    expect(unlikeness(before, before, box)).toBe(0);
  });

  it('is much where something lies now, also something small', () => {
    const after = paintedStreet({ seed: 2, patches: [sacks] });
    expect(unlikeness(paintedStreet({ seed: 1 }), after, box)).toBeGreaterThan(0.5);
  });

  it('can be asked at the edge, of a dot, and not of pictures of different size', () => {
    const street = paintedStreet();
    expect(unlikeness(street, street, { x: 0.999, y: 0.999, w: 0.001, h: 0.001 })).toBe(0);
    expect(() => unlikeness(street, paintedStreet({ widthPx: 160 }), box)).toThrow(/different size/);
  });
});

describe('connected pieces', () => {
  it('join over corners and end at gaps', () => {
    const cells = Uint8Array.from([1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]);
    expect(piecesOf(cells, 4, 3)).toEqual([
      { count: 2, x1: 0, y1: 0, x2: 1, y2: 1 },
      { count: 2, x1: 3, y1: 1, x2: 3, y2: 2 },
    ]);
  });
});
