// What a change of many cameras would do, camera by camera, before anything is done.
import { expect, test } from 'vitest';
import { Camera } from '#core/camera';
import { longestMinutes, planTrial, quietTrial } from './camera-sets.ts';

const camera = (id: string, more: object = {}): Camera =>
  Camera.parse({
    id,
    name: { kk: id, ru: id, en: id },
    point: { lon: 71.4, lat: 51.1 },
    district: 'esil',
    zones: [
      {
        id: 'road',
        kind: 'carriageway',
        polygon: [
          [0, 0.5],
          [1, 0.5],
          [1, 1],
        ],
        hazards: ['flooding', 'snow'],
      },
    ],
    ...more,
  });
const city = new Map(
  [camera('a'), camera('b', { lookEveryS: 60 }), camera('c', { watch: true }), camera('d', { zones: [] })].map(
    (one) => [String(one.id), one],
  ),
);
const staysOf = (lines: readonly { cameraId: string; stays: string | null }[]) =>
  Object.fromEntries(lines.map(({ cameraId, stays }) => [cameraId, stays]));

test('a rhythm: who changes, who stays and why, and what it costs the city', () => {
  const trial = planTrial({ cameras: ['a', 'b', 'c', 'gone', 'a'], everyS: 60 }, city, 300);
  expect(staysOf(trial.lines)).toEqual({ a: null, b: 'same', c: 'watched', gone: 'gone' });
  expect(trial.changes).toBe(1);
  // a and d each 300 s, b each 60 s: 0.2 + 0.2 + 1; then a each 60 s as well.
  expect(trial.perMinute).toEqual({ before: 1, after: 2 });
  expect(planTrial({ cameras: ['b'], everyS: null }, city, null)).toMatchObject({ changes: 1, perMinute: null });
});

test('what was tried is another thing as soon as one of the cameras is another', () => {
  const wish = { cameras: ['a', 'b'], everyS: 120 };
  const { tried } = planTrial(wish, city, 300);
  expect(planTrial(wish, city, 300).tried).toBe(tried);
  const later = new Map([...city, ['a', camera('a', { lookEveryS: 600 })] as const]);
  expect(planTrial(wish, later, 300).tried).not.toBe(tried);
  expect(planTrial({ ...wish, everyS: 600 }, city, 300).tried).not.toBe(tried);
});

test('putting off takes only hazards that the camera watches for, and ends only what is put off', () => {
  const wish = { cameras: ['a', 'd', 'gone'], hazards: ['snow', 'dumping'] as const, minutes: 60 };
  const trial = quietTrial(wish, city, [], 2);
  expect(staysOf(trial.lines)).toEqual({ a: null, d: 'hazard-not-here', gone: 'gone' });
  expect(trial.lines[0]?.hazards).toEqual(['snow']);
  expect(trial.waiting).toBe(2);
  const off = [{ cameraId: 'a', hazard: 'snow' }] as const;
  const end = quietTrial({ cameras: ['a', 'b'], hazards: ['snow'], minutes: null }, city, off, 0);
  expect(staysOf(end.lines)).toEqual({ a: null, b: 'same' });
});

test('for how long is by role and hazard, as for an incident', () => {
  expect(longestMinutes({ roles: ['operator'] }, ['snow'])).toBe(240);
  expect(longestMinutes({ roles: ['shift_lead'] }, ['snow'])).toBe(4320);
  expect(longestMinutes({ roles: ['shift_lead'] }, ['snow', 'flooding'])).toBe(1440);
});
