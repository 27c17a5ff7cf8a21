import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hazardNames } from '#core/hazard-name';
import { inRoot } from '#core/root';
import { loadCategories } from './categories.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ahual-categories-'));
  cpSync(inRoot('config/city'), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const replace = (from: string, to: string): void => {
  const path = join(folder, 'categories.csv');
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
};

test('the tree that comes with the product has leaves for every hazard, in three languages', () => {
  const rows = loadCategories('config/city');
  for (const hazard of hazardNames) expect(rows.some((row) => row.hazard === hazard)).toBe(true);
  for (const { name } of rows) expect(new Set([name.kk, name.ru, name.en]).size).toBe(3);
});

test.each([
  ['an unknown branch', 'snow-stop,snow,', 'snow-stop,frost,', /no branch frost/],
  ['a leaf as a branch', 'snow-stop,snow,', 'snow-stop,snow-yard,', /is a leaf/],
  ['an unknown hazard', ',flooding,underpass,', ',deluge,underpass,', /categories\.csv:\d+ hazard is "deluge"/],
  ['an unknown kind', ',flooding,underpass,', ',flooding,cellar,', /no such kind/],
  [
    'a severity without a hazard',
    'waste,,Қалдықтар,Отходы,Waste,,,',
    'waste,,Қалдықтар,Отходы,Waste,,,S2',
    /leaf names/,
  ],
  ['a circle', 'waste,,Қалдықтар', 'waste,waste,Қалдықтар', /hangs on itself/],
  ['a bare branch', 'water,,Су,Вода,Water,,,', 'water,,Су,Вода,Water,,,\nbare,,Бос,Пусто,Bare,,,', /neither a hazard/],
])('%s is refused in words', (_, from, to, words) => {
  replace(from, to);
  expect(() => loadCategories(folder)).toThrow(words);
});
