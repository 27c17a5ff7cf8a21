import { expect, test } from 'vitest';
import { byShift, shiftAt } from './numbers-planted.ts';

const zone = 'Asia/Almaty';
const at = (iso: string): number => Date.parse(`${iso}+05:00`);

test('a shift begins at eight and at twenty of the city; the small hours belong to the night before', () => {
  expect(shiftAt(at('2026-02-03T08:00:00'), zone)).toEqual({ fromMs: at('2026-02-03T08:00:00'), kind: 'day' });
  expect(shiftAt(at('2026-02-03T19:59:59'), zone).kind).toBe('day');
  expect(shiftAt(at('2026-02-03T20:00:00'), zone)).toEqual({ fromMs: at('2026-02-03T20:00:00'), kind: 'night' });
  expect(shiftAt(at('2026-02-04T07:59:59'), zone)).toEqual({ fromMs: at('2026-02-03T20:00:00'), kind: 'night' });
});

test('a shift of fewer than three people is never shown by itself, and two people never', () => {
  const one = (iso: string, seat: number, agreed = true) => ({ atMs: at(iso), seat, agreed });
  const day = [1, 2, 3].map((seat) => one('2026-02-03T10:00:00', seat, seat !== 2));
  const night = [one('2026-02-03T22:00:00', 1), one('2026-02-03T23:00:00', 2)];
  const shown = byShift([...day, ...night], zone);
  expect(shown).toHaveLength(1);
  expect(shown[0]).toMatchObject({ fromMs: at('2026-02-03T08:00:00'), kind: 'day', share: { k: 2, n: 3 } });
  const more = byShift([...day, ...night, one('2026-02-04T10:00:00', 3, false)], zone);
  expect(more.at(-1)).toMatchObject({ fromMs: null, share: { k: 2, n: 3 } });
});
