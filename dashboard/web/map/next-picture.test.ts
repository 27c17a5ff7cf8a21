import { expect, test } from 'vitest';
import { NextPicture } from './next-picture.ts';

test('however much comes before the next picture, one listener waits and tells the last of each', () => {
  const listeners: (() => void)[] = [];
  const told: [string, number][] = [];
  const next = new NextPicture(
    (tell) => listeners.push(tell),
    (name: 'cameras' | 'incidents', n) => told.push([name, n]),
  );
  for (let n = 0; n < 1000; n++) next.note('incidents', n);
  next.note('cameras', 7);
  expect(listeners).toHaveLength(1);
  expect(told).toEqual([]);
  listeners.splice(0).forEach((tell) => tell());
  expect(told).toEqual([
    ['incidents', 999],
    ['cameras', 7],
  ]);
  next.note('incidents', 3);
  listeners.splice(0).forEach((tell) => tell());
  expect(told.at(-1)).toEqual(['incidents', 3]);
});
