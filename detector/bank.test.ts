// A bank is what lies together: one full patch, not the same amount spread thin or in two halves.
import { expect, test } from 'vitest';
import { bankIn } from './bank.ts';
import { cellsOf } from './zones.ts';

const across = 10;
const down = 10;
const whole = cellsOf(
  [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ],
  across,
  down,
);
/** Two planes: snow on paving and snow on grass. */
const mapOf = (snow: (x: number, y: number) => number, lawn: (x: number, y: number) => number = () => 0) =>
  Float32Array.from({ length: 2 * across * down }, (_, i) => {
    const at = i % (across * down);
    return (i < across * down ? snow : lawn)(at % across, Math.floor(at / across));
  });
const within = (x1: number, y1: number, x2: number, y2: number) => (x: number, y: number) =>
  x >= x1 && x < x2 && y >= y1 && y < y2 ? 0.9 : 0.1;

test('a patch has its share of the zone and the box around it', () => {
  const bank = bankIn(mapOf(within(2, 3, 6, 5)), [0, 1], whole);
  expect(bank?.share).toBeCloseTo(0.08, 5);
  expect(bank?.box.x).toBeCloseTo(0.2, 5);
  expect(bank?.box.y).toBeCloseTo(0.3, 5);
  expect(bank?.box.w).toBeCloseTo(0.4, 5);
  expect(bank?.box.h).toBeCloseTo(0.2, 5);
});

test('of two patches the larger one counts, alone', () => {
  const two = mapOf((x, y) => Math.max(within(0, 0, 2, 2)(x, y), within(5, 5, 8, 8)(x, y)));
  expect(bankIn(two, [0, 1], whole)?.share).toBeCloseTo(0.09, 5);
});

test('much snow spread thin is no bank', () => {
  expect(
    bankIn(
      mapOf(() => 0.4),
      [0, 1],
      whole,
    ),
  ).toBeNull();
});

test('both kinds of snow count together, and cells outside the zone do not', () => {
  const left = cellsOf(
    [
      [0, 0],
      [0.5, 0],
      [0.5, 1],
      [0, 1],
    ],
    across,
    down,
  );
  const half = mapOf(
    () => 0.3,
    () => 0.3,
  );
  const bank = bankIn(half, [0, 1], left);
  expect(bank?.share).toBeCloseTo(1, 5);
  expect(bank?.box.w).toBeCloseTo(0.5, 5);
});
