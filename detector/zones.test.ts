import { describe, expect, it } from 'vitest';
import { ringArea } from '#core/geo';
import { cellsOf, meanOver, surfaceOf, withWitness, withoutBoxes } from './zones.ts';

const half: [number, number][] = [
  [0, 0.5],
  [1, 0.5],
  [1, 1],
  [0, 1],
];

describe('a zone on a grid', () => {
  it('weighs as many cells as the polygon has area', () => {
    expect(cellsOf(half, 80, 48).total).toBeCloseTo(80 * 24, 6);
    const skewed: [number, number][] = [
      [0.13, 0.2],
      [0.71, 0.33],
      [0.9, 0.88],
      [0.3, 0.75],
    ];
    const cells = cellsOf(skewed, 80, 48);
    expect(cells.total / (80 * 48)).toBeCloseTo(ringArea(skewed), 2);
    expect(cells.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(cells.total, 3);
  });

  it('uses the cell under its middle when it is thinner than a cell', () => {
    const hair: [number, number][] = [
      [0.5001, 0.5001],
      [0.5002, 0.5001],
      [0.5002, 0.5002],
    ];
    const cells = cellsOf(hair, 10, 10);
    expect(cells.total).toBe(1);
    expect(cells.weights[5 * 10 + 5]).toBe(1);
  });

  it('loses what vehicles hide and says how much', () => {
    const cells = cellsOf(half, 80, 48);
    const { cells: open, hiddenShare } = withoutBoxes(cells, [{ x: 0, y: 0.5, w: 0.5, h: 0.5 }]);
    expect(hiddenShare).toBeCloseTo(0.5, 2);
    expect(open.total).toBeCloseTo(cells.total / 2, 0);
    expect(withoutBoxes(cells, [{ x: 0, y: 0, w: 1, h: 0.4 }]).hiddenShare).toBe(0);
  });

  it('averages a map under its weights and adds up ground shares', () => {
    const cells = cellsOf(half, 4, 4);
    const plane = new Float32Array(16).fill(0.25).fill(0.75, 8);
    expect(meanOver(plane, 0, cells)).toBeCloseTo(0.75, 6);
    const classes = ['other', 'wet', 'snow', 'lawn_snow'] as const;
    const map = new Float32Array(64);
    map.fill(0.1, 0, 16).fill(0.2, 16, 32).fill(0.3, 32, 48).fill(0.4, 48, 64);
    const surface = surfaceOf(map, [...classes], cells);
    expect(surface.snow).toBeCloseTo(0.7, 5);
    expect(surface.wet).toBeCloseTo(0.2, 5);
    expect(surface.dry + surface.wet + surface.water + surface.snow + surface.other).toBeCloseTo(1, 5);
  });

  it('counts water and snow only as far as the level bears them out, and loses no ground', () => {
    const surface = { dry: 0.2, wet: 0.3, water: 0.4, snow: 0.1, other: 0 };
    const witness = { from: 0.2, full: 0.6 };
    expect(withWitness(surface, 'water', 0.8, witness)).toEqual(surface);
    const half = withWitness(surface, 'water', 0.4, witness);
    expect(half.water).toBeCloseTo(0.2, 6);
    expect(half.wet).toBeCloseTo(0.5, 6);
    const none = withWitness(surface, 'snow', 0.1, witness);
    expect(none.snow).toBe(0);
    expect(none.dry).toBeCloseTo(0.3, 6);
  });
});
