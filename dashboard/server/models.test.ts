// Tables of model cards as screens show them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scoresOf } from './models.ts';

test('the tables under "How good" are read, and no others', () => {
  const card = [
    '## When',
    '| a | b |',
    '| --- | --- |',
    '| 1 | 2 |',
    '',
    '## How good',
    'Words.',
    '',
    '| what | `auc` |',
    '| --- | --- |',
    '| **snow** | .9 |',
    '',
    '### More',
    '| x |',
    '| --- |',
    '| y |',
    '',
    '## Where it fails',
    '| no | no |',
    '| --- | --- |',
  ].join('\n');
  expect(scoresOf(card)).toEqual([
    { about: 'Words.', head: ['what', 'auc'], rows: [['snow', '.9']] },
    { about: 'More', head: ['x'], rows: [['y']] },
  ]);
});

test.each(['road-v0', 'close-v0', 'spot-v0', 'past-v0', 'plate-text'])('the card of %s has scores', (name) => {
  const tables = scoresOf(readFileSync(`models/${name}/CARD.md`, 'utf8'));
  expect(tables.length).toBeGreaterThan(0);
  for (const { head, rows } of tables) for (const row of rows) expect(row.length).toBe(head.length);
});
