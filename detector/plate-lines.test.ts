import { expect, test } from 'vitest';
import { heightOf, linesOf, plateLike, rowPairs, straighten, widthOf } from './plate-lines.ts';

/** A map with text in slanted bars: x, y of the left middle, width, height, slope. */
function mapWith(...bars: [number, number, number, number, number][]) {
  const [widthPx, heightPx] = [320, 160];
  const chance = new Float32Array(widthPx * heightPx);
  for (const [x0, y0, w, h, slope] of bars) {
    for (let x = x0; x < x0 + w; x++) {
      const middle = y0 + slope * (x - x0);
      for (let y = Math.round(middle - h / 2); y < middle + h / 2; y++) chance[y * widthPx + x] = 0.9;
    }
  }
  return { chance, widthPx, heightPx };
}

test('a slanted bar is a line along its slope, wider and higher than its heart', () => {
  const [line] = linesOf(mapWith([60, 60, 100, 12, 0.1]));
  if (!line) throw new Error('no line');
  expect((line.top[1] - line.top[0]) / (line.right - line.left)).toBeCloseTo(0.1, 1);
  expect(widthOf(line)).toBeGreaterThan(105);
  expect(heightOf(line)).toBeGreaterThan(18);
  expect(heightOf(line)).toBeLessThan(28);
  expect(plateLike([line])).toEqual([line]);
});

test('specks, long inscriptions and tall things are no plates', () => {
  expect(linesOf(mapWith([20, 20, 4, 4, 0]))).toEqual([]);
  expect(plateLike(linesOf(mapWith([5, 60, 310, 8, 0])))).toEqual([]);
  expect(plateLike(linesOf(mapWith([100, 80, 20, 90, 0])))).toEqual([]);
});

test('two short lines above each other are two rows, two long ones or two beside each other are not', () => {
  expect(rowPairs(linesOf(mapWith([100, 50, 50, 14, 0], [100, 76, 50, 14, 0])))).toHaveLength(1);
  expect(rowPairs(linesOf(mapWith([60, 50, 160, 14, 0], [60, 76, 160, 14, 0])))).toHaveLength(0);
  expect(rowPairs(linesOf(mapWith([20, 50, 50, 14, 0], [200, 50, 50, 14, 0])))).toHaveLength(0);
});

test('a slanted line comes out level', () => {
  const { chance, widthPx, heightPx } = mapWith([60, 60, 120, 12, 0.12]);
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (const [i, value] of chance.entries()) rgb.fill(value > 0.5 ? 255 : 0, 3 * i, 3 * i + 3);
  const [line] = linesOf({ chance, widthPx, heightPx });
  if (!line) throw new Error('no line');
  const level = straighten({ rgb, widthPx, heightPx }, line, 1, 48);
  expect(level.heightPx).toBe(48);
  expect(level.widthPx % 8).toBe(0);
  const brightRow = (x: number): number => {
    const rows = Array.from({ length: 48 }, (_, y) => (level.rgb[3 * (y * level.widthPx + x)] ?? 0) > 128);
    return rows.indexOf(true);
  };
  const [left, right] = [brightRow(Math.round(level.widthPx * 0.2)), brightRow(Math.round(level.widthPx * 0.8))];
  expect(left).toBeGreaterThan(0);
  expect(Math.abs(left - right)).toBeLessThanOrEqual(3);
});
