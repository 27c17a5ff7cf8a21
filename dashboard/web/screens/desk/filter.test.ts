import { expect, test } from 'vitest';
import { isNamed, isSameFilter, passes, queueFilters } from './filter.ts';

const card = { hazard: 'snow', district: 'nura', severity: 'S2' } as const;

test('the digits stand for the four hazards and then the districts, each once', () => {
  expect(queueFilters.slice(0, 4).map((one) => one.kind)).toEqual(['hazard', 'hazard', 'hazard', 'hazard']);
  for (const one of queueFilters) expect(queueFilters.filter((other) => isSameFilter(one, other))).toHaveLength(1);
});

test('a narrowed queue holds what is named, and everything critical', () => {
  const [snow] = queueFilters;
  const almaty = queueFilters.find((one) => one.kind === 'district' && one.district === 'almaty');
  if (!snow || !almaty) throw new Error('no filters');
  expect(passes(null, card)).toBe(true);
  expect(passes(snow, card)).toBe(true);
  expect(passes(almaty, card)).toBe(false);
  expect(passes(almaty, { ...card, severity: 'S4' })).toBe(true);
  expect(isNamed(almaty, { ...card, district: 'almaty' })).toBe(true);
});
