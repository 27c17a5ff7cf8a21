import { expect, test } from 'vitest';
import { loadCity } from '#config';
import { foundIn, quickMost, treeOf } from './issues.ts';

const tree = treeOf(loadCity('config/city').categories);
const idsOf = (typed: string): string[] => foundIn(tree, typed).flatMap(({ leaves }) => leaves.map((leaf) => leaf.id));

test('the four hazards have digits, everything else is below the fifth', () => {
  expect(tree.quick.map((branch) => branch.id)).toEqual(['snow', 'water', 'manhole', 'waste']);
  expect(tree.quick.length).toBe(quickMost);
  const leaves = tree.others.flatMap((one) => one.leaves);
  expect(leaves.length).toBeGreaterThan(40);
  expect(leaves.every((leaf) => leaf.hazard === 'upkeep')).toBe(true);
});

test.each([
  ['in Kazakh', 'шұңқыр', 'road-pothole'],
  ['in Kazakh on a Russian keyboard', 'шункыр', 'road-pothole'],
  ['in Russian', 'ЯМА', 'road-pothole'],
  ['in English', 'pothole', 'road-pothole'],
  ['by words in any order', 'жанбайды шам', 'lighting-lamp'],
])('an issue is found %s', (_, typed, id) => expect(idsOf(typed)[0]).toBe(id));

test('by the name of its branch all of it is found, by nonsense nothing', () => {
  expect(idsOf('көше жарығы').length).toBe(tree.others.find((one) => one.branch.id === 'lighting')?.leaves.length);
  expect(idsOf('жоқсөз')).toEqual([]);
  expect(foundIn(tree, '  ')).toEqual(tree.others);
});
