import { expect, test } from 'vitest';
import { LastUsed, withoutGone } from './forget.ts';

test('names of cards that are known no more are forgotten, however many ever came', () => {
  let names: ReadonlySet<string> = new Set();
  const known = new Map<string, number>();
  let most = 0;
  for (let n = 0; n < 10_000; n++) {
    known.set(`card ${n}`, n);
    known.delete(`card ${n - 40}`);
    names = withoutGone(new Set(names).add(`card ${n}`), known);
    most = Math.max(most, names.size);
  }
  expect(most).toBeLessThanOrEqual(241);
  expect([...known.keys()].filter((id) => !names.has(id))).toEqual([]);
});

test('what is held on to stays, and a few names cost no copy', () => {
  const names = new Set(Array.from({ length: 300 }, (_, i) => `${i}`));
  expect([...withoutGone(names, new Map(), (name) => name === '7')]).toEqual(['7']);
  const few = new Set(['a', 'b']);
  expect(withoutGone(few, new Map())).toBe(few);
});

test('of things that were made the ones used last stay', () => {
  const made: string[] = [];
  const things = new LastUsed<string>(3);
  const ask = (name: string): string =>
    things.of(name, () => {
      made.push(name);
      return name.toUpperCase();
    });
  for (const name of ['a', 'b', 'c', 'a', 'd', 'a', 'b']) expect(ask(name)).toBe(name.toUpperCase());
  expect(made).toEqual(['a', 'b', 'c', 'd', 'b']);
  for (let n = 0; n < 1000; n++) ask(`${n}`);
  expect(things.size).toBe(3);
});
