import { expect, test } from 'vitest';
import {
  armStep,
  handActive,
  heldShare,
  lastHeld,
  seenFirst,
  seenMs,
  stillHeld,
  stillTheSame,
  type Held,
} from './guards.ts';

const shown = { itemId: 'a', picture: 'p1' };

test('G1: dead until the picture of this very item was on the screen long enough', () => {
  expect(seenFirst(shown, undefined, 1000)).toBe('wait');
  expect(seenFirst(shown, { itemId: 'a', picture: 'p1', atMs: 1000 }, 1000 + seenMs - 1)).toBe('wait');
  expect(seenFirst(shown, { itemId: 'a', picture: 'p1', atMs: 1000 }, 1000 + seenMs)).toBe('ready');
});

test('G1: another item or an older picture does not count', () => {
  expect(seenFirst(shown, { itemId: 'b', picture: 'p1', atMs: 0 }, 9999)).toBe('wait');
  expect(seenFirst(shown, { itemId: 'a', picture: 'p0', atMs: 0 }, 9999)).toBe('wait');
  expect(seenFirst({ itemId: 'a', picture: null }, undefined, 9999)).toBe('blind');
});

test('G2: a newer version at the server is not what was seen', () => {
  expect(stillTheSame(3, 3)).toBe(true);
  expect(stillTheSame(3, 4)).toBe(false);
});

const held = (verdictId: string, untilMs: number): Held => ({
  verdictId,
  incidentId: verdictId,
  givenAtMs: untilMs - 10_000,
  untilMs,
});

test('G3: the last verdict whose time runs is the one taken back, then the one before', () => {
  const all = [held('first', 11_000), held('second', 12_000)];
  expect(lastHeld(all, 5000)?.verdictId).toBe('second');
  expect(lastHeld(all.slice(0, 1), 5000)?.verdictId).toBe('first');
  expect(lastHeld(all, 11_500)?.verdictId).toBe('second');
  expect(lastHeld(all, 12_000)).toBeUndefined();
});

test('G3: the bar shrinks from whole to nothing', () => {
  expect(heldShare(held('v', 10_000), 0)).toBe(1);
  expect(heldShare(held('v', 10_000), 7500)).toBe(0.25);
  expect(heldShare(held('v', 10_000), 20_000)).toBe(0);
});

test('G3: what can be taken back no more is dropped, but not while its word is unsent', () => {
  const all = [held('over', 11_000), held('unsent', 11_000), held('runs', 12_000)];
  const left = stillHeld(all, 11_000, (id) => id === 'unsent');
  expect(left.map(({ verdictId }) => verdictId)).toEqual(['unsent', 'runs']);
});

test('G4: the first press arms, the second does it, anything else disarms', () => {
  const armed = armStep(undefined, { act: 'shelve', itemId: 'a', twoSteps: true });
  expect(armed).toEqual({ kind: 'armed', armed: { act: 'shelve', itemId: 'a' } });
  const before = armed.kind === 'armed' ? armed.armed : undefined;
  expect(armStep(before, { act: 'do-it', itemId: 'a', twoSteps: false }).kind).toBe('done');
  expect(armStep(before, { act: 'do-it', itemId: 'b', twoSteps: false }).kind).toBe('none');
  expect(armStep(before, { act: 'next', itemId: 'a', twoSteps: false }).kind).toBe('none');
  expect(armStep(undefined, { act: 'do-it', itemId: 'a', twoSteps: false }).kind).toBe('none');
});

test('a hand is at work for two seconds after it moved', () => {
  expect(handActive(1000, 2999)).toBe(true);
  expect(handActive(1000, 3000)).toBe(false);
});
