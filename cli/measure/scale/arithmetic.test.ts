import { expect, test } from 'vitest';
import { needOf } from './arithmetic.ts';
import { scaleDrawing, units } from './drawing.ts';

test('ten times the cameras take ten times the looks, and what is idle is taken once', () => {
  const [small, large] = [needOf(12_000, 300, units), needOf(120_000, 300, units)];
  expect(small.looksPerS).toBe(40);
  expect(large.looksPerS).toBeCloseTo(10 * small.looksPerS);
  expect(large.coresInAll - units.idleCores).toBeCloseTo(10 * (small.coresInAll - units.idleCores));
  expect(large.framesGiB).toBeCloseTo(10 * small.framesGiB);
  expect(small.eyes).toBe(Math.ceil((40 * units.cpuMs.eye) / 1000 / 0.7));
});

test('a longer interval takes less of all but the sums by hour', () => {
  const [often, seldom] = [needOf(12_000, 60, units), needOf(12_000, 600, units)];
  expect(often.cameraMbitPerS).toBeCloseTo(10 * seldom.cameraMbitPerS);
  expect(often.machines).toBeGreaterThan(seldom.machines);
});

test('the drawing is one picture with a bar for each size', () => {
  const svg = scaleDrawing();
  expect(svg.startsWith('<svg')).toBe(true);
  for (const size of ['1,000', '12,000', '100,000']) expect(svg).toContain(size);
});
