// Turns: so many at a time, in the order of asking.
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('as many hold a turn as there are, whoever waits gets it in order, and a turn given back twice is one', async () => {
  const turns = new Turns(2);
  const got: number[] = [];
  const held = new Map<number, Disposable>();
  const all = [0, 1, 2, 3].map(async (number) => {
    const turn = await turns.take();
    got.push(number);
    held.set(number, turn);
  });
  await Promise.all(all.slice(0, 2));
  expect(got).toEqual([0, 1]);
  held.get(1)?.[Symbol.dispose]();
  held.get(1)?.[Symbol.dispose]();
  await all[2];
  expect(got).toEqual([0, 1, 2]);
  held.get(0)?.[Symbol.dispose]();
  await all[3];
  expect(got).toEqual([0, 1, 2, 3]);
});
