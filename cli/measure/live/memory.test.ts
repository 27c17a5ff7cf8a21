// The weighing's own proof: what waves is not taken for growth, and what grows slowly is.
import { expect, test } from 'vitest';
import { growthOver, isWarm, turnsAtMost, type Weighed } from './memory.ts';

const mib = 2 ** 20;
/** An hour of a page of 10 MiB, weighed each twenty turns; `at` says what it holds beside that. */
const hour = (at: (turn: number, i: number) => number): Weighed[] =>
  Array.from({ length: 16 }, (_, i) => ({ turn: 300 + 20 * i, bytes: 10 * mib + at(20 * i, i), outside: 3 * mib }));

test('a compiler that comes and goes is no growth, wherever its waves lie', () => {
  for (let first = 0; first < 5; first++) {
    const waves = hour((_, i) => ((i + first) % 5 === 0 ? 0.9 * mib : 0.01 * mib * (i % 3)));
    expect(Math.abs(growthOver(300, waves) ?? 1)).toBeLessThan(0.01);
  }
});

test('a page that keeps two kilobytes of each turn is found out under the same waves', () => {
  const leak = hour((turn, i) => 2048 * turn + (i % 5 === 0 ? 0.9 * mib : 0));
  expect(growthOver(300, leak)).toBeGreaterThan(0.05);
  expect(growthOver(300, leak)).toBeLessThan(0.07);
});

test('what is kept outside of the heap counts, and what always lay there does not make the share small', () => {
  const texts = hour(() => 0).map((one) => ({ ...one, outside: one.outside + 3072 * (one.turn - 300) }));
  expect(growthOver(300, texts)).toBeCloseTo((3072 * 300) / (10 * mib), 3);
});

test('a shorter hour tells of a whole one, and a few weighings of none', () => {
  const half = hour((turn) => 4096 * turn).slice(0, 8);
  expect(growthOver(300, half)).toBeCloseTo(
    growthOver(
      300,
      hour((turn) => 4096 * turn),
    ) ?? 0,
    2,
  );
  expect(growthOver(300, half.slice(0, 5))).toBeNull();
  expect(growthOver(300, [])).toBeNull();
});

test('a page is warm when it holds what it held; one that is still filling up is not', () => {
  expect(isWarm(hour(() => 0).slice(0, 5))).toBe(false);
  expect(isWarm(hour((_, i) => (i % 3 === 0 ? 0.08 * mib : 0)))).toBe(true);
  expect(isWarm(hour((_, i) => 0.1 * mib * i))).toBe(false);
});

test('nobody is asked for more places than the hour and its warm-up need', () => {
  expect(turnsAtMost(0)).toBe(0);
  expect(turnsAtMost(300)).toBeGreaterThanOrEqual(600);
});
