import { expect, test } from 'vitest';
import { charactersOf, plateClasses } from './plate-decode.ts';

const keys = ['水', '0', '1', 'A', 'a', 'B', '·'];
const meaning = plateClasses(keys);
const classes = keys.length + 2;

/** Each step gives chances by key; what is left is the empty class. */
function stepsOf(...all: Record<string, number>[]): { chance: Float32Array; steps: number; classes: number } {
  const chance = new Float32Array(all.length * classes);
  all.forEach((one, t) => {
    let rest = 1;
    for (const [key, value] of Object.entries(one)) {
      chance[t * classes + 1 + keys.indexOf(key)] = value;
      rest -= value;
    }
    chance[t * classes] = rest;
  });
  return { chance, steps: all.length, classes };
}

const textOf = (...all: Record<string, number>[]): string =>
  charactersOf(stepsOf(...all), meaning)
    .map(({ chances }) => [...chances].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '')
    .join('');

test('neighbours that say the same are one character, with nothing between them two', () => {
  expect(textOf({ 1: 0.9 }, { 1: 0.95 }, {}, { A: 0.9 })).toBe('1A');
  expect(textOf({ 1: 0.9 }, {}, { 1: 0.95 })).toBe('11');
  expect(textOf({ 1: 0.9 }, { 0: 0.95 })).toBe('10');
});

test('small letters count as capitals, other characters as nothing', () => {
  const [one] = charactersOf(stepsOf({ A: 0.4, a: 0.4 }), meaning);
  expect(one?.chances.get('A')).toBeCloseTo(0.8);
  expect(textOf({ 水: 0.9 }, { '·': 0.9 }, { B: 0.8 })).toBe('B');
});

test('what was hardly seen is told with its small chance, what was not seen is not', () => {
  const seen = charactersOf(stepsOf({ 1: 0.9 }, { B: 0.3 }, { A: 0.05 }), meaning);
  expect(seen).toHaveLength(2);
  expect(seen[1]?.chances.get('B')).toBeCloseTo(0.3);
});

test('a character stands where its steps are surest', () => {
  const seen = charactersOf(stepsOf({}, { 1: 0.9 }, {}, { A: 0.5 }, { A: 0.9 }), meaning);
  expect(seen[0]?.at).toBeCloseTo(1.5 / 5);
  expect(seen[1]?.at).toBeGreaterThan(4 / 5);
});

test('nothing gives nothing', () => {
  expect(charactersOf(stepsOf(), meaning)).toEqual([]);
  expect(charactersOf(stepsOf({}, {}), meaning)).toEqual([]);
});
