import { expect, test } from 'vitest';
import { withoutOld } from './state.ts';

const some = (n: number, state: 'rejected' | 'in_work', name: string) =>
  Array.from({ length: n }, (_, i) => ({ id: `${name}${i}`, state }));
const known = (...cards: ReturnType<typeof some>) => new Map(cards.map((card) => [card.id, card]));

test('what is open is never forgotten, of what has ended only the last ones stay', () => {
  const before = known(...some(60, 'rejected', 'old'), ...some(500, 'in_work', 'open'), ...some(60, 'rejected', 'new'));
  const after = [...withoutOld(before).keys()];
  expect(after.filter((id) => id.startsWith('open'))).toHaveLength(500);
  expect(after.filter((id) => id.startsWith('old'))).toEqual([]);
  expect(after.filter((id) => id.startsWith('new'))).toHaveLength(50);
  expect(after.at(-1)).toBe('new59');
});

test('a few that have ended cost no copy', () => {
  const before = known(...some(100, 'rejected', 'old'), ...some(3, 'in_work', 'open'));
  expect(withoutOld(before)).toBe(before);
});
