import { expect, test } from 'vitest';
import { RoutingRule } from '#core/policy';
import { changesOf, dropRow, freeRowId, putRow, rowsOf, undoRows } from './rule-rows.ts';

const row = (id: string, priority = 10): RoutingRule =>
  RoutingRule.parse({
    id,
    priority,
    hazard: 'snow',
    primary: 'a',
    validFrom: '2026-01-01',
    source: 'test',
    certainty: 'high',
  });

test('changes are told by id, whatever the order of keys', () => {
  const held = [row('A'), row('B'), row('C')];
  const state = dropRow(putRow(putRow(rowsOf(held), 'B', row('B', 20)), null, row('D')), 'C');
  expect(changesOf(held, state.rows)).toEqual([
    { id: 'B', kind: 'changed' },
    { id: 'D', kind: 'added' },
    { id: 'C', kind: 'removed' },
  ]);
  expect(
    changesOf(
      held,
      held.map((one) => Object.fromEntries(Object.entries(one).reverse())).map((one) => RoutingRule.parse(one)),
    ),
  ).toEqual([]);
});

test('every step is undone, and a renamed row stays in its place', () => {
  const begin = rowsOf([row('A'), row('B')]);
  const renamed = putRow(begin, 'A', row('Z'));
  expect(renamed.rows.map((one) => one.id)).toEqual(['Z', 'B']);
  expect(undoRows(undoRows(dropRow(renamed, 'Z'))).rows).toEqual(begin.rows);
  expect(undoRows(begin)).toBe(begin);
  expect(freeRowId([row('A'), row('A-2')], 'A')).toBe('A-3');
});
