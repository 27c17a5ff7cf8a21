// Named histories of open manholes and what must come of each.
import type { History, HistoryLook } from '../history.ts';

const open = (vehicleOver: boolean, ...minutes: number[]): HistoryLook[] =>
  minutes.map((atMin) => ({
    atMin,
    word: 'hazard',
    sub: 'missing',
    level: 0.9,
    facts: { vehicleOver },
    still: `s${atMin}`,
  }));

export const histories: readonly History[] = [
  {
    name: 'a missing cover on a carriageway: three looks in two minutes',
    looks: open(false, 0, 1, 2),
    expect: { kind: 'raise', sub: 'missing', severity: 'S3' },
  },
  {
    name: 'on a crossing it is critical',
    zone: { kind: 'crossing' },
    looks: open(false, 0, 1, 2),
    expect: { kind: 'raise', sub: 'missing', severity: 'S4' },
  },
  {
    name: 'in the dark it is critical',
    weather: { isDay: false },
    looks: open(false, 0, 1, 2),
    expect: { kind: 'raise', sub: 'missing', severity: 'S4' },
  },
  {
    name: 'a parked car throws the same shadow in every look',
    looks: open(true, 0, 1, 2, 5),
    expect: { kind: 'wait', reason: 'vehicle-over' },
  },
  {
    name: 'one look free of vehicles is enough',
    looks: [...open(true, 0, 1), ...open(false, 2)],
    expect: { kind: 'raise', sub: 'missing', severity: 'S3' },
  },
  {
    name: 'a fence that was left alone is raised one step lower',
    looks: [0, 1, 50, 95].map((atMin) => ({
      atMin,
      word: 'hazard',
      sub: 'works',
      level: 0.9,
      facts: { vehicleOver: false },
    })),
    expect: { kind: 'raise', sub: 'works', severity: 'S2' },
  },
  {
    name: 'fenced works with their crew wake nobody',
    looks: [0, 1, 2].map((atMin) => ({
      atMin,
      word: 'hazard',
      sub: 'works',
      level: 0.9,
      facts: { vehicleOver: false, fenced: true, manned: true },
    })),
    expect: { kind: 'wait', reason: 'works' },
  },
  {
    name: 'a crew that is not in every picture is at work all the same',
    looks: [0, 5, 10, 15, 20].map((atMin) => ({
      atMin,
      word: 'hazard',
      sub: 'works',
      level: 0.9,
      facts: { vehicleOver: false, fenced: true, manned: atMin === 0 },
    })),
    expect: { kind: 'wait', reason: 'works' },
  },
  {
    name: 'a fence that has just been met may have its crew around the corner',
    looks: [0, 5, 10].map((atMin) => ({
      atMin,
      word: 'hazard',
      sub: 'works',
      level: 0.9,
      facts: { vehicleOver: false, fenced: true, manned: false },
    })),
    expect: { kind: 'wait', reason: 'works' },
  },
  {
    name: 'a fence whose crew went home is raised one step lower',
    looks: [0, 40, 80, 95].map((atMin) => ({
      atMin,
      word: 'hazard',
      sub: 'works',
      level: 0.9,
      facts: { vehicleOver: false, fenced: true, manned: atMin === 0 },
    })),
    expect: { kind: 'raise', sub: 'works', severity: 'S2' },
  },
  {
    name: 'a bag that blew over the cover for a minute',
    looks: [...open(false, 0, 1), { atMin: 2, word: 'clear' }, { atMin: 3, word: 'clear' }, ...open(false, 4)],
    expect: { kind: 'wait', reason: 'contradicted' },
  },
  {
    name: 'the cover is back: three clear looks over ten minutes',
    looks: [...open(false, 0, 1, 2), ...[5, 10, 15].map((atMin) => ({ atMin, word: 'clear' as const }))],
    expect: { kind: 'gone' },
  },
];
