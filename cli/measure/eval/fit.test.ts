// The numbers of the error model: known populations are found again, and too few pictures have no say.
import { describe, expect, it } from 'vitest';
import { below, censoredMoments, componentsOf, filmNoise, lineOf, momentsOf, type Grouped } from './fit.ts';
import { fitErrors } from './errors-fit.ts';
import type { Gathered } from './errors-rows.ts';
import { randomOf } from './ranking.ts';
import type { ScoreRow } from './scores.ts';

/** Standard normal numbers that are the same every time (Box and Muller 1958). */
function normals(seed: string): () => number {
  const next = randomOf(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

const drawn = (count: number, mean: number, sd: number, seed = 'drawn'): Grouped[] => {
  const next = normals(seed);
  return Array.from({ length: count }, (_, i) => ({ value: mean + sd * next(), group: `g${i}` }));
};

describe('moments', () => {
  it('find what was drawn, and let no camera outweigh the others', () => {
    const rows = drawn(3000, -1.5, 1.2);
    const { mean, sd } = momentsOf(rows);
    expect([Math.abs(mean + 1.5) < 0.08, Math.abs(sd - 1.2) < 0.08]).toEqual([true, true]);
    const loud = Array.from({ length: 3000 }, () => ({ value: 5, group: 'one camera' }));
    expect(momentsOf([...rows, ...loud]).mean).toBeLessThan(-1.3);
  });

  it('see through the limit under which scores are not told', () => {
    const least = -2.9;
    const rows = drawn(3000, -3.2, 0.8).map((row) =>
      row.value !== null && row.value < least ? { ...row, value: null } : row,
    );
    const naive = momentsOf(rows);
    const { mean, sd } = censoredMoments(rows, least);
    expect(naive.mean).toBeGreaterThan(-2.7);
    expect(Math.abs(mean + 3.2)).toBeLessThan(0.12);
    expect(Math.abs(sd - 0.8)).toBeLessThan(0.12);
  });

  it('know the normal distribution', () => {
    expect(below(0)).toBeCloseTo(0.5, 6);
    expect(below(1.6449)).toBeCloseTo(0.95, 4);
    expect(below(-1.6449)).toBeCloseTo(0.05, 4);
  });
});

describe('components of variance', () => {
  it('tell cameras from looks', () => {
    const next = normals('components');
    const rows = Array.from({ length: 120 }, (_, camera) => {
      const always = 1.5 * next();
      return Array.from({ length: 2 + (camera % 4) }, () => ({ value: always + 0.8 * next(), group: `c${camera}` }));
    }).flat();
    const found = componentsOf(rows);
    expect(Math.abs((found?.between ?? 0) - 2.25)).toBeLessThan(0.6);
    expect(Math.abs((found?.within ?? 0) - 0.64)).toBeLessThan(0.12);
  });

  it('say nothing where no camera has two pictures', () => {
    expect(componentsOf(drawn(30, 0, 1))).toBeNull();
  });

  it('measure how long looks of a film hang together', () => {
    const next = normals('film');
    const slow = (): number[] => {
      const values: number[] = [];
      for (let i = 0, at = 0; i < 40; i++) values.push((at = 0.9 * at + 0.44 * next()));
      return values;
    };
    const films = (make: () => number[]) => new Map(Array.from({ length: 30 }, (_, i) => [`f${i}`, make()]));
    const fast = filmNoise(films(() => Array.from({ length: 40 }, () => next())));
    expect(fast?.stepS).toBe(1);
    expect(Math.abs((fast?.variance ?? 0) - 1)).toBeLessThan(0.15);
    expect(filmNoise(films(slow))?.stepS ?? 0).toBeGreaterThan(3);
    expect(filmNoise(new Map([['short', [1, 2, 3]]]))).toBeNull();
  });

  it('draw a straight line', () => {
    const { none, scale, sd } = lineOf([0, 0.25, 0.5, 1].map((x) => ({ x, y: 0.1 + 0.6 * x })));
    expect([none, scale, sd].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0.1, 0.6, 0]);
  });
});

const rowsOf = (
  matter: ScoreRow['matter'],
  condition: string,
  origin: ScoreRow['origin'],
  rows: readonly Grouped[],
): ScoreRow[] =>
  rows.map(({ value, group }, i) => ({
    matter,
    condition,
    origin,
    group,
    logit: value,
    zone: 'carriageway',
    file: `${i}`,
  }));
const alarms = { flood: 1.39, snow: 0.62, spot: 0.85, box: 0 };
const nothing: Omit<Gathered, 'scores'> = {
  notices: [],
  shares: [],
  films: [],
  past: [],
  pictures: { real: 0, rendered: 0, troubled: 0, frames: 0 },
};

describe('the error model', () => {
  it('believes cameras before all others, and takes halves where they are too few', () => {
    const rendered = rowsOf('flood', 'wet-night', 'rendered', drawn(200, -3, 0.5, 'r'));
    const few = rowsOf('flood', 'wet-night', 'camera', drawn(4, 1, 0.5, 'c'));
    const hand = rowsOf('flood', 'wet-night', 'hand', drawn(30, 1, 0.5, 'h'));
    const many = rowsOf('flood', 'wet-night', 'camera', drawn(12, 1, 0.5, 'c'));
    const at = (scores: ScoreRow[]) => fitErrors({ ...nothing, scores }, alarms, 'test').flood['wet-night'];
    expect(at([...rendered, ...many])).toMatchObject({ from: 'cameras', n: 12 });
    expect(at([...rendered, ...hand, ...few])).toMatchObject({ from: 'half real, half rendered' });
    expect(at([...rendered, ...few])).toMatchObject({ from: 'rendered', n: 200 });
    const alone = fitErrors({ ...nothing, scores: few }, alarms, 'test');
    expect(alone.flood['wet-night'].from).toBe('guess');
    expect(alone.notes.some((note) => note.startsWith('flood wet-night: 4 pictures are too few'))).toBe(true);
  });

  it('keeps a heavy tail apart as zones of another sort', () => {
    const plain = drawn(190, -3, 0.6, 'plain');
    const mirrors = drawn(14, 2.5, 0.3, 'mirrors').map((row, i) => ({ ...row, group: `mirror${i}` }));
    const { flood } = fitErrors(
      { ...nothing, scores: rowsOf('flood', 'wet-night', 'camera', [...plain, ...mirrors]) },
      alarms,
      'test',
    );
    const { tail, mean } = flood['wet-night'];
    expect(Math.abs((tail?.share ?? 0) - 14 / 204)).toBeLessThan(0.01);
    expect(Math.abs((tail?.mean ?? 0) - 2.5)).toBeLessThan(0.2);
    expect(Math.abs(mean + 3)).toBeLessThan(0.1);
  });
});
