import { expect, test } from 'vitest';
import { putOffTogether } from './shift-put-off.ts';

const row = (cameraId: string, hazard: 'snow' | 'flooding', more: object = {}) => ({
  cameraId,
  hazard,
  sinceMs: 1000,
  untilMs: 9000,
  reason: 'works',
  actor: 'p-1',
  ...more,
});

test('what was put off together is one row, with all its hazards and cameras', () => {
  const told = putOffTogether([
    row('cam-10', 'snow'),
    row('cam-10', 'flooding'),
    row('cam-2', 'snow'),
    row('cam-2', 'flooding'),
  ]);
  expect(told).toEqual([
    { hazards: ['flooding', 'snow'], cameraIds: ['cam-2', 'cam-10'], untilMs: 9000, reason: 'works', actor: 'p-1' },
  ]);
});

test('another person, reason, end or set of hazards is another row; what ends first stands first', () => {
  const told = putOffTogether([
    row('a', 'snow'),
    row('b', 'snow', { actor: 'p-2' }),
    row('c', 'snow', { reason: 'fair' }),
    row('d', 'snow', { untilMs: 5000 }),
    row('e', 'snow'),
    row('e', 'flooding'),
  ]);
  expect(told.map(({ cameraIds }) => cameraIds.join())).toEqual(['d', 'a', 'b', 'c', 'e']);
});
