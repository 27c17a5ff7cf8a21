import { describe, expect, it } from 'vitest';
import { paintedStreet, type Painting } from './painted-street.ts';
import { judgeView, matchView, outlineOf } from './reference.ts';

const compare = (a: Painting, b: Painting) => matchView(outlineOf(paintedStreet(a)), outlineOf(paintedStreet(b)));

describe('the view of a camera', () => {
  it('is the same in other light and with other traffic', () => {
    const traffic = [{ x: 0.2, y: 0.6, w: 0.15, h: 0.1, luma: 20 }];
    const match = compare({}, { gain: 0.5, lift: 20, seed: 9, patches: traffic });
    expect(match.shift).toEqual({ x: 0, y: 0 });
    expect(judgeView(match).kind).toBe('good');
  });

  it('is called moved when the outlines fit elsewhere', () => {
    const match = compare({}, { shiftX: 20, seed: 4 });
    expect(match.shift.x).toBeCloseTo(-20 / 320, 2);
    expect(judgeView(match)).toMatchObject({ kind: 'moved' });
  });

  it('is not called moved when it fits nowhere', () => {
    const fog = [{ x: 0, y: 0, w: 1, h: 0.8, luma: 170 }];
    expect(judgeView(compare({}, { patches: fog, seed: 5 })).kind).toBe('good');
  });
});
