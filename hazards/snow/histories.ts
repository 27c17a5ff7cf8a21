// Named histories of snow and what must come of each.
import { Policy } from '#core/policy';
import type { History, HistoryLook } from '../history.ts';

const policies = [
  { id: 'snow-AB', streetClasses: ['A', 'B'], fixH: 4 },
  { id: 'snow-VG', streetClasses: ['V', 'G'], fixH: 5 },
  { id: 'snow-pavement', sub: 'pavement', fixH: 24 },
].map((row) =>
  Policy.parse({
    hazard: 'snow',
    event: 'end_of_snowfall',
    clock: '24x7',
    acceptH: 0.5,
    validFrom: '2024-07-01',
    source: 'ST RK 1912-2023',
    certainty: 'medium',
    ...row,
  }),
);

const covered = (...minutes: number[]): HistoryLook[] =>
  minutes.map((atMin) => ({ atMin, word: 'hazard', sub: 'carriageway', level: 0.6 }));

export const histories: readonly History[] = [
  {
    name: 'late on a main street is raised after four hours',
    zone: { streetClass: 'A' },
    policies,
    snowfall: { ended: -250 },
    looks: covered(0, 20, 40),
    expect: { kind: 'raise', sub: 'carriageway', severity: 'S3' },
  },
  {
    name: 'the same street inside the four hours is only recorded',
    zone: { streetClass: 'A' },
    policies,
    snowfall: { ended: -100 },
    looks: covered(0, 20, 40),
    expect: { kind: 'wait', reason: 'within-deadline' },
  },
  {
    name: 'snowfall still on: no deadline runs',
    zone: { streetClass: 'A' },
    policies,
    snowfall: { ended: null },
    looks: covered(0, 20, 560, 580, 600),
    expect: { kind: 'wait', reason: 'snowing' },
  },
  {
    name: 'the end of the snowfall is not known: nothing is raised and the reason says so',
    zone: { streetClass: 'A' },
    policies,
    looks: covered(0, 560, 580, 600),
    expect: { kind: 'wait', reason: 'no-snowfall-end' },
  },
  {
    name: 'a street class without a policy raises nothing',
    zone: { streetClass: 'E' },
    policies,
    snowfall: { ended: -5000 },
    looks: covered(0, 20, 40),
    expect: { kind: 'wait', reason: 'no-policy' },
  },
  {
    name: 'a windrow on a crossing is raised during the snowfall',
    zone: { kind: 'crossing', streetClass: 'V' },
    policies,
    snowfall: { ended: null },
    looks: [0, 20, 40].map((atMin) => ({ atMin, word: 'hazard', sub: 'windrow', level: 0.5 })),
    expect: { kind: 'raise', sub: 'windrow', severity: 'S3' },
  },
  {
    name: 'a pavement has a day',
    zone: { kind: 'pavement', streetClass: 'A' },
    policies,
    snowfall: { ended: -600 },
    looks: [0, 20, 40].map((atMin) => ({ atMin, word: 'hazard', sub: 'pavement', level: 0.5 })),
    expect: { kind: 'wait', reason: 'within-deadline' },
  },
  {
    name: 'a plough between the looks contradicts',
    zone: { streetClass: 'A' },
    policies,
    snowfall: { ended: -500 },
    looks: [...covered(0, 20), { atMin: 30, word: 'clear' }, ...covered(40)],
    expect: { kind: 'wait', reason: 'contradicted' },
  },
  {
    name: 'an iced lens between the looks counts neither way',
    zone: { streetClass: 'A' },
    policies,
    snowfall: { ended: -500 },
    looks: [...covered(0, 20), { atMin: 30, word: 'cannot-see', facts: { why: 'blurred' } }, ...covered(40)],
    expect: { kind: 'raise', sub: 'carriageway', severity: 'S3' },
  },
  {
    name: 'plough passed: three clear looks over half an hour and it is gone',
    zone: { streetClass: 'A' },
    policies,
    snowfall: { ended: -500 },
    looks: [...covered(0, 20, 40), ...[60, 80, 95].map((atMin) => ({ atMin, word: 'clear' as const }))],
    expect: { kind: 'gone' },
  },
  {
    name: 'at 120 times the pace four hours are two minutes',
    zone: { streetClass: 'A' },
    policies,
    pace: 120,
    snowfall: { ended: -2.5 },
    looks: covered(0, 0.15, 0.3),
    expect: { kind: 'raise', sub: 'carriageway', severity: 'S3' },
  },
  {
    name: 'even at that pace two looks are not enough',
    zone: { streetClass: 'A' },
    policies,
    pace: 120,
    snowfall: { ended: -60 },
    looks: covered(0, 5),
    expect: { kind: 'wait', reason: 'few-looks' },
  },
];
