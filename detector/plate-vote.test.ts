import { expect, test } from 'vitest';
import { parsePlate, type ReadCharacter } from '#core/plate-grammar';
import { combine, likeness, type PlateSighting } from './plate-vote.ts';

/** One frame that reads a text; characters in `doubt` have a chance of 0.4, and their rival the rest. */
function frame(
  text: string,
  atMs: number,
  options: { doubt?: Record<number, string>; heightPx?: number; gapAt?: number } = {},
): PlateSighting {
  const { doubt = {}, heightPx = 20, gapAt } = options;
  let at = 0;
  const row: ReadCharacter[] = Array.from(text).map((one, i) => {
    at += i === gapAt ? 0.22 : 0.11;
    const rival = doubt[i];
    return {
      at,
      chances: new Map(
        rival === undefined
          ? [[one, 0.97]]
          : [
              [one, 0.4],
              [rival, 0.55],
            ],
      ),
    };
  });
  return { atMs, source: 'film', heightPx, row, parses: parsePlate(row) };
}

test('two frames that agree are read; their confidence is that of their characters', () => {
  const { reading } = combine([frame('123ABC02', 0), frame('123ABC02', 500)]);
  expect(reading).toMatchObject({ state: 'read', text: '123ABC02', kind: 'kz', agreeing: 2, why: '' });
  expect(reading.confidence).toHaveLength(8);
  expect(Math.min(...reading.confidence)).toBeGreaterThan(0.9);
});

test('one frame alone is never read, however sure it is', () => {
  const { reading, best } = combine([frame('123ABC02', 0)]);
  expect(reading).toMatchObject({ state: 'unclear', why: 'one-reading', text: '123ABC02' });
  expect(best).toBeDefined();
});

test('the same frame told twice is one frame', () => {
  expect(combine([frame('123ABC02', 0), frame('123ABC02', 0)]).reading.agreeing).toBe(1);
});

test('a character that one frame mistook is outvoted', () => {
  const { reading } = combine([
    frame('123ABC02', 0),
    frame('123ABC02', 500),
    frame('123ABC02', 1000, { doubt: { 4: 'R' } }),
  ]);
  expect(reading).toMatchObject({ state: 'read', text: '123ABC02', agreeing: 2 });
});

test('frames that each mistook another character agree on nothing', () => {
  const { reading } = combine([
    frame('123ABC02', 0, { doubt: { 1: '7' } }),
    frame('123ABC02', 500, { doubt: { 4: 'R' } }),
    frame('123ABC02', 1000, { doubt: { 2: '8' } }),
  ]);
  expect(reading.state).toBe('unclear');
  expect(reading.why).toBe('one-reading');
});

test('two vehicles with plates of their own are not one reading', () => {
  const { reading } = combine([
    ...[0, 500, 1000].map((at) => frame('123ABC02', at)),
    ...[0, 500].map((at) => frame('987XYZ17', at)),
  ]);
  expect(reading).toMatchObject({ state: 'unclear', why: 'two-plates' });
});

test('a series that we are not sure of is shown to nobody as read', () => {
  const { reading } = combine([0, 500, 1000].map((at) => frame('12MNP02', at)));
  expect(reading).toMatchObject({ state: 'unclear', kind: 'other', why: 'unknown-form' });
});

test('a gap where a character may be missing keeps a frame from agreeing', () => {
  const { reading } = combine([0, 500, 1000].map((at) => frame('123AB02', at, { gapAt: 4 })));
  expect(reading).toMatchObject({ state: 'unclear', agreeing: 0, kind: 'kz' });
  expect(combine([0, 500].map((at) => frame('123AB02', at))).reading.state).toBe('read');
});

test('too few pixels are said to be too few', () => {
  expect(combine([0, 500].map((at) => frame('123ABC02', at, { heightPx: 7 }))).reading).toMatchObject({
    state: 'unclear',
    why: 'too-small',
  });
});

test('nothing found is none', () => {
  expect(combine([])).toMatchObject({ reading: { state: 'none', text: '', frames: [] }, best: undefined });
});

test.each([
  ['123ABC02', '123ABC02', 1],
  ['123ABC02', '123AB02', 7 / 8],
  ['123ABC02', '', 0],
  ['ABC', 'XYZ', 0],
])('likeness of %s and %s', (a, b, share) => {
  expect(likeness(a, b)).toBeCloseTo(share);
});
