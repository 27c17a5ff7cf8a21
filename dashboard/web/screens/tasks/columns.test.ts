import { expect, test } from 'vitest';
import { taskStates } from '#core/task';
import { columnOf, nextDue } from './columns.ts';

test('every state but the called-off one stands in a column', () => {
  expect(taskStates.filter((state) => columnOf(state) === null)).toEqual(['cancelled']);
});

test('the deadline that runs is the next one not yet kept', () => {
  const task = {
    state: 'sent',
    acceptByMs: 10,
    acceptedAtMs: null,
    makeSafeByMs: 20,
    madeSafeAtMs: null,
    fixByMs: 30,
  } as const;
  expect(nextDue(task)).toBe(10);
  expect(nextDue({ ...task, state: 'accepted', acceptedAtMs: 5 })).toBe(20);
  expect(nextDue({ ...task, state: 'in_progress', acceptedAtMs: 5, madeSafeAtMs: 15 })).toBe(30);
  expect(nextDue({ ...task, state: 'done_claimed', acceptedAtMs: 5 })).toBeNull();
});
