import { describe, expect, it } from 'vitest';
import { decodeCentres, decodeDistances, overlapOf, withoutDoubles } from './decode-boxes.ts';

const picture = { widthPx: 64, heightPx: 64 };
const points = 64 + 16 + 4 + 1;

describe('boxes from distance bins', () => {
  it('reads sides as the expected bin times the stride, from the corner of the cell', () => {
    const row = 1 + 32;
    const values = new Float32Array(points * row);
    // Stride 8, cell x 3, y 4: all sides certain of bin 2, the right one of bin 1.
    const at = (4 * 8 + 3) * row;
    values[at] = 0.9;
    [2, 2, 1, 2].forEach((bin, side) => (values[at + 1 + side * 8 + bin] = 50));
    const [only, ...rest] = decodeDistances(values, ['car'], picture, { car: 0.5 });
    expect(rest).toEqual([]);
    expect(only?.class).toBe('car');
    expect(only?.score).toBeCloseTo(0.9, 5);
    expect(only?.box.x).toBeCloseTo((24 - 16) / 64, 4);
    expect(only?.box.y).toBeCloseTo((32 - 16) / 64, 4);
    expect(only?.box.w).toBeCloseTo(24 / 64, 4);
    expect(only?.box.h).toBeCloseTo(32 / 64, 4);
  });

  it('keeps quiet under the least score of the class, one half where none is named', () => {
    const values = new Float32Array(points * 33);
    values[0] = 0.45;
    expect(decodeDistances(values, ['car'], picture, { car: 0.4 })).toHaveLength(0 + 1);
    expect(decodeDistances(values, ['car'], picture, {})).toHaveLength(0);
  });
});

describe('boxes from centre maps', () => {
  const across = 8;
  const down = 4;
  const maps = () => ({
    heat: new Float32Array(2 * across * down),
    size: new Float32Array(2 * across * down),
    offset: new Float32Array(2 * across * down),
    across,
    down,
  });

  it('reads one box at a peak, with its offset and size', () => {
    const m = maps();
    const cell = 2 * across + 5;
    m.heat[across * down + cell] = 0.8;
    m.heat[across * down + cell + 1] = 0.7;
    m.size[cell] = Math.log(2);
    m.size[across * down + cell] = Math.log(1);
    m.offset[cell] = 0.5;
    m.offset[across * down + cell] = 0.25;
    const [only, ...rest] = decodeCentres(m, ['heap', 'sacks'], { sacks: 0.5 });
    expect(rest).toEqual([]);
    expect(only?.class).toBe('sacks');
    expect(only?.box.x).toBeCloseTo((5.5 - 1) / 8, 5);
    expect(only?.box.y).toBeCloseTo((2.25 - 0.5) / 4, 5);
    expect(only?.box.w).toBeCloseTo(2 / 8, 5);
  });

  it('makes one box of a flat top', () => {
    const m = maps();
    m.heat.fill(0.9, 10, 13);
    expect(decodeCentres(m, ['heap'], {})).toHaveLength(1);
  });
});

describe('double boxes', () => {
  const box = { x: 0.1, y: 0.1, w: 0.2, h: 0.2 };

  it('are dropped within a class and kept across classes', () => {
    const near = { ...box, x: 0.12 };
    const kept = withoutDoubles(
      [
        { class: 'car', score: 0.6, box: near },
        { class: 'car', score: 0.9, box },
        { class: 'bus', score: 0.5, box },
        { class: 'car', score: 0.4, box: { ...box, x: 0.6 } },
      ],
      0.5,
    );
    expect(kept.map((d) => [d.class, d.score])).toEqual([
      ['car', 0.9],
      ['bus', 0.5],
      ['car', 0.4],
    ]);
  });

  it('are measured by intersection over union', () => {
    expect(overlapOf(box, box)).toBeCloseTo(1, 6);
    expect(overlapOf(box, { ...box, x: 0.2 })).toBeCloseTo(1 / 3, 6);
    expect(overlapOf(box, { ...box, x: 0.5 })).toBe(0);
  });
});
