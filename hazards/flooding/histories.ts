// Named histories of flooding and what must come of each.
import type { History, HistoryLook } from '../history.ts';

const wet = (...minutes: number[]): HistoryLook[] =>
  minutes.map((atMin) => ({ atMin, word: 'hazard', sub: 'carriageway', level: 0.4 }));
const clear = (...minutes: number[]): HistoryLook[] => minutes.map((atMin) => ({ atMin, word: 'clear' }));
const rain = { temperatureC: 12, rainMmH: 8 };

export const histories: readonly History[] = [
  {
    name: 'a shower over one lane: three looks in six minutes',
    weather: rain,
    looks: wet(0, 3, 6),
    expect: { kind: 'raise', sub: 'carriageway', severity: 'S3' },
  },
  {
    name: 'an underpass is critical',
    zone: { kind: 'underpass' },
    weather: rain,
    looks: [0, 3, 6].map((atMin) => ({ atMin, word: 'hazard', sub: 'underpass', level: 0.4 })),
    expect: { kind: 'raise', sub: 'underpass', severity: 'S4' },
  },
  {
    name: 'slush in dry frost shows one sign of water: not raised',
    weather: { temperatureC: -12, rainMmH: 0 },
    dryForMin: 1440,
    looks: [0, 3, 6].map((atMin) => ({
      atMin,
      word: 'hazard' as const,
      sub: 'carriageway',
      level: 0.88,
      facts: { share: 0.04, flood: 0.88 },
    })),
    expect: { kind: 'wait', reason: 'one-sign' },
  },
  {
    name: 'a burst pipe in dry frost shows both, and the road was clear before it',
    weather: { temperatureC: -12, rainMmH: 0 },
    dryForMin: 1440,
    looks: [
      ...clear(0),
      ...[30, 33, 36].map((atMin) => ({
        atMin,
        word: 'hazard' as const,
        sub: 'carriageway',
        level: 0.93,
        facts: { share: 0.4, flood: 0.93 },
      })),
    ],
    expect: { kind: 'raise', sub: 'pipe_burst', severity: 'S4' },
  },
  {
    name: 'ice that mirrors the sky in dry frost from the first look on: not raised',
    weather: { temperatureC: -12, rainMmH: 0 },
    dryForMin: 1440,
    looks: [0, 3, 6, 60, 120].map((atMin) => ({
      atMin,
      word: 'hazard' as const,
      sub: 'carriageway',
      level: 0.93,
      facts: { share: 0.4, flood: 0.93 },
    })),
    expect: { kind: 'wait', reason: 'always-so' },
  },
  {
    name: 'an hour after the rain one sign is enough',
    weather: { temperatureC: 12, rainMmH: 0 },
    dryForMin: 60,
    looks: [0, 3, 6].map((atMin) => ({
      atMin,
      word: 'hazard' as const,
      sub: 'carriageway',
      level: 0.88,
      facts: { share: 0.04, flood: 0.88 },
    })),
    expect: { kind: 'raise', sub: 'carriageway', severity: 'S3' },
  },
  { name: 'two looks are not enough', weather: rain, looks: wet(0, 60), expect: { kind: 'wait', reason: 'few-looks' } },
  {
    name: 'street washing is gone before six minutes are over',
    weather: rain,
    looks: wet(0, 1, 2),
    expect: { kind: 'wait', reason: 'short-time' },
  },
  {
    name: 'spray of single wheels comes and goes',
    weather: rain,
    looks: [...wet(0), ...clear(2), ...wet(4), ...clear(6), ...wet(8)],
    expect: { kind: 'wait', reason: 'contradicted' },
  },
  {
    name: 'one clear look among four is a passing lorry',
    weather: rain,
    looks: [...wet(0, 2), ...clear(4), ...wet(6)],
    expect: { kind: 'raise', sub: 'carriageway', severity: 'S3' },
  },
  {
    name: 'night without a view is neither water nor dry road',
    weather: rain,
    looks: [
      ...wet(0, 3),
      ...[6, 9, 12].map((atMin) => ({ atMin, word: 'cannot-see' as const, facts: { why: 'dark' } })),
    ],
    expect: { kind: 'wait', reason: 'few-looks' },
  },
  {
    name: 'water in dry frost is a burst pipe and turns to ice',
    weather: { temperatureC: -18, rainMmH: 0 },
    looks: wet(0, 3, 6),
    expect: { kind: 'raise', sub: 'pipe_burst', severity: 'S4' },
  },
  {
    name: 'no rain by the weather source does not suppress water that is seen',
    weather: { temperatureC: 20, rainMmH: 0 },
    looks: wet(0, 3, 6),
    expect: { kind: 'raise', sub: 'carriageway', severity: 'S3' },
  },
  {
    name: 'drained: three clear looks over ten minutes',
    weather: rain,
    looks: [...wet(0, 3, 6), ...clear(10, 15, 20)],
    expect: { kind: 'gone' },
  },
  {
    name: 'three clear looks in one minute are not drained',
    weather: rain,
    looks: [...wet(0, 3, 6), ...clear(10, 10.5, 11)],
    expect: { kind: 'wait', reason: 'clear' },
  },
];
