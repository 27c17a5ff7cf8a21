import { expect, test } from 'vitest';
import { spread } from './spread.ts';
import { capMm, fontPx, linesThatFit } from './type-size.ts';

/** Width in millimetres of a 16:9 panel of so many inches. */
const widthOf = (inches: number): number => (inches * 25.4 * 16) / Math.hypot(16, 9);

test('an 86-inch wall read from six metres needs letters of 79 px', () => {
  expect(capMm(6, 16)).toBeCloseTo(27.9, 1);
  expect(Math.round(fontPx({ pictureMm: widthOf(86), picturePx: 3840, distanceM: 6 }, 16))).toBe(79);
});

test('other panels as the table of screens 3.1 has them', () => {
  expect(fontPx({ pictureMm: 0.315 * 3840, picturePx: 3840, distanceM: 6 }, 16)).toBeCloseTo(124, 0);
  expect(fontPx({ pictureMm: 0.562 * 3840, picturePx: 3840, distanceM: 6 }, 20)).toBeCloseTo(87, 0);
  expect(fontPx({ pictureMm: 0.277 * 1920, picturePx: 1920, distanceM: 0.65 }, 16)).toBeCloseTo(15, 0);
});

test('lines are dropped before letters shrink', () => {
  expect(linesThatFit(2160, 79)).toBe(21);
  expect(linesThatFit(100, 400)).toBe(0);
});

test('labels that cover each other are pushed apart and stay inside', () => {
  const boxes = ['a', 'b', 'c', 'd'].map((id, i) => ({ id, x: 200 + i * 10, y: 100 + i * 5, w: 160, h: 40 }));
  const moved = spread(boxes, 800, 600);
  for (const [i, a] of moved.entries()) {
    expect(a.x - a.w / 2).toBeGreaterThanOrEqual(0);
    expect(a.y - a.h / 2).toBeGreaterThanOrEqual(0);
    for (const b of moved.slice(i + 1)) {
      const apart = Math.abs(a.x - b.x) >= (a.w + b.w) / 2 - 1 || Math.abs(a.y - b.y) >= (a.h + b.h) / 2 - 1;
      expect(apart, `${a.id} ${b.id}`).toBe(true);
    }
  }
});
