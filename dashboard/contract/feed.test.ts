import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../contract.ts';
import { asked, feedFrom, isBehind, lineBroke, onChange, onNews, type FeedFold } from './feed.ts';

const change = (number: number): Change => ({ number, topic: 'incident', id: `i${number}`, atMs: number });
const numbers = (changes: readonly Change[]): number[] => changes.map((one) => one.number);

test('a change is taken once', () => {
  const first = onChange(feedFrom(4), change(5));
  expect(numbers(first.take)).toEqual([5]);
  expect(numbers(onChange(first.fold, change(5)).take)).toEqual([]);
});

test('while the gap is asked for, live words wait and come after it, in order and without doubles', () => {
  let fold: FeedFold = asked(feedFrom(10));
  for (const n of [15, 14]) {
    const step = onChange(fold, change(n));
    expect(step.take).toEqual([]);
    fold = step.fold;
  }
  const answer = onNews(fold, { kind: 'news', feed: 14, changes: [change(12), change(14)] });
  expect(numbers(answer.take)).toEqual([12, 14, 15]);
  expect(answer.fold).toEqual({ last: 15, asking: false, held: [] });
});

test('too wide a gap asks for everything anew and goes on from the number told', () => {
  const answer = onNews(asked(feedFrom(10)), { kind: 'too-far', feed: 9000 });
  expect(answer.reload).toBe(true);
  expect(answer.fold.last).toBe(9000);
});

test('numbers of others move the last one on, so that they are not asked for again', () => {
  const answer = onNews(asked(feedFrom(10)), { kind: 'news', feed: 40, changes: [] });
  expect(answer.fold.last).toBe(40);
  expect(isBehind(answer.fold, 40)).toBe(false);
  expect(isBehind(answer.fold, 41)).toBe(true);
  expect(isBehind(asked(answer.fold), 99)).toBe(false);
});

test('a broken line forgets its question; nothing is lost, because the next one starts from the last number', () => {
  const held = onChange(asked(feedFrom(10)), change(12)).fold;
  const after = asked(lineBroke(held));
  expect(numbers(onNews(after, { kind: 'news', feed: 12, changes: [change(11), change(12)] }).take)).toEqual([11, 12]);
});

test('whatever is lost on the way and however it comes twice, each number is taken once and in order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ lost: fc.boolean(), twice: fc.boolean(), breaks: fc.boolean() }), { maxLength: 60 }),
      (plan) => {
        const all = plan.map((_, i) => change(i + 1));
        let fold = feedFrom(0);
        const taken: number[] = [];
        const catchUp = (upTo: number): void => {
          const answer = onNews(asked(fold), { kind: 'news', feed: upTo, changes: all.slice(fold.last, upTo) });
          fold = answer.fold;
          taken.push(...numbers(answer.take));
        };
        for (const [i, { lost, twice, breaks }] of plan.entries()) {
          if (breaks || lost) {
            fold = lineBroke(fold);
            catchUp(i + 1);
            continue;
          }
          for (const one of twice ? [change(i + 1), change(i + 1)] : [change(i + 1)]) {
            const step = onChange(fold, one);
            fold = step.fold;
            taken.push(...numbers(step.take));
          }
        }
        expect(taken).toEqual(all.map((one) => one.number));
      },
    ),
  );
});
