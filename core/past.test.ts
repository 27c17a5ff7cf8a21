// Which picked reference stands beside a picture: by light, by season, and by the hour where nobody knows the light.
import { expect, test } from 'vitest';
import { pickFor, type PickKind } from './past.ts';

const hour = 3_600_000;
const noon = Date.UTC(2026, 0, 15, 7);
const pick = (kind: PickKind, seenAtMs = noon) => ({ kind, seenAtMs });
const all = [pick('day'), pick('night', noon + 11 * hour), pick('winter')];

test.each([
  ['day', { isDay: true, isWinter: false }, all],
  ['winter', { isDay: true, isWinter: true }, all],
  ['night', { isDay: false, isWinter: true }, all],
  ['day', { isDay: true, isWinter: true }, [pick('day'), pick('night')]],
  ['winter', { isDay: true, isWinter: false }, [pick('winter'), pick('night')]],
  [undefined, { isDay: false, isWinter: true }, [pick('day'), pick('winter')]],
  [undefined, { isDay: true, isWinter: false }, [pick('night')]],
  [undefined, { isDay: null, isWinter: false }, []],
] as const)('%s where it is %o', (kind, scene, picks) => {
  expect(pickFor(picks, { atMs: noon, ...scene })?.kind).toBe(kind);
});

test('without a word on the light the nearest hour decides, across midnight and across years', () => {
  const nextYear = noon + 365 * 24 * hour;
  expect(pickFor(all, { atMs: nextYear + hour, isDay: null, isWinter: false })?.kind).toBe('day');
  expect(pickFor(all, { atMs: nextYear - 10 * hour, isDay: null, isWinter: false })?.kind).toBe('night');
});

test('of two of one kind the younger stands', () => {
  const young = pick('day', noon + 48 * hour);
  expect(pickFor([pick('day'), young], { atMs: noon, isDay: true, isWinter: false })).toBe(young);
});
