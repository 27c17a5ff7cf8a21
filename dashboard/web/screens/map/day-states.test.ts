import { expect, test } from 'vitest';
import type { DayIncident } from '../../../contract.ts';
import { openAt, playedTo, playS, stateAt } from './day-states.ts';

const day = { fromMs: 1_000_000, toMs: 1_000_000 + 86_400_000 };
const incident = (id: string, states: DayIncident['states']): DayIncident => ({
  id,
  number: 1,
  hazard: 'snow',
  severity: 'S2',
  point: { lon: 71, lat: 51 },
  district: 'esil',
  place: { kk: '', ru: '', en: '' },
  states,
});

test('an incident is in the state that began last', () => {
  const one = incident('a', [
    [100, 'candidate', 'S2'],
    [200, 'pending_review', 'S2'],
    [300, 'rejected', 'S2'],
  ]);
  expect([99, 100, 199, 200, 300, 900].map((atMs) => stateAt(one, atMs)?.state)).toEqual([
    undefined,
    'candidate',
    'candidate',
    'pending_review',
    'rejected',
    'rejected',
  ]);
});

test('open are those that somebody still had something to do with', () => {
  const list = [
    incident('done', [
      [100, 'pending_review', 'S2'],
      [200, 'closed', 'S2'],
    ]),
    incident('back', [
      [100, 'closed', 'S2'],
      [250, 'reopened', 'S2'],
    ]),
    incident('later', [[400, 'candidate', 'S2']]),
  ];
  const ids = (atMs: number): string[] => openAt(list, atMs).map(({ id }) => id);
  expect([50, 150, 220, 300, 500].map(ids)).toEqual([[], ['done'], [], ['back'], ['back', 'later']]);
});

test('severity is that of the moment, and not today’s', () => {
  const one = incident('a', [
    [100, 'pending_review', 'S2'],
    [200, 'pending_review', 'S4'],
    [300, 'closed', 'S4'],
  ]);
  expect([150, 200, 250].map((atMs) => openAt([one], atMs)[0]?.severity)).toEqual(['S2', 'S4', 'S4']);
});

test('a day plays in a minute and stops at its end', () => {
  expect(playedTo(day.fromMs, 0, day)).toBe(day.fromMs);
  expect(playedTo(day.fromMs, playS * 500, day)).toBe(day.fromMs + 43_200_000);
  expect(playedTo(day.fromMs, playS * 1000, day)).toBe(day.toMs);
  expect(playedTo(day.toMs - 1, 99_000, day)).toBe(day.toMs);
});
