// Named histories of dumping: stories of vehicles with what they must be taken for, and looks at heaps.
import type { Zone } from '#core/camera';
import type { Story } from '#core/story';
import type { History, HistoryLook } from '../history.ts';

export interface StoryHistory {
  readonly name: string;
  readonly zoneKind?: Zone['kind'];
  readonly story: Partial<Story>;
  readonly expect: { readonly word: 'hazard' | 'cannot-see'; readonly sub?: string; readonly why?: string };
}

/** A car that parks for five minutes: what every story below differs from. */
export const parking: Story = {
  zoneId: 'z1',
  cameAtMs: 1_000_000,
  leftAtMs: 1_300_000,
  stoppedS: 280,
  raisedScore: 0.05,
  raisedAtMs: null,
  vehicle: { class: 'car', score: 0.9, box: { x: 0.4, y: 0.6, w: 0.1, h: 0.1 } },
  peopleBeside: false,
  newShare: 0.004,
  newBox: null,
  heapBefore: 0.1,
  heapAfter: 0.12,
  heapChange: 0.05,
  stills: { before: 'b', came: 'c', acting: null, after: 'a' },
};

export const stories: readonly StoryHistory[] = [
  { name: 'parking', story: {}, expect: { word: 'cannot-see', why: 'nothing-done' } },
  { name: 'turning', story: { stoppedS: 2, leftAtMs: 1_020_000 }, expect: { word: 'cannot-see', why: 'no-stop' } },
  {
    name: 'a tipper drives through with its body down',
    story: {
      stoppedS: 0,
      leftAtMs: 1_006_000,
      vehicle: { class: 'lorry', score: 0.9, box: { x: 0, y: 0, w: 0.2, h: 0.2 } },
    },
    expect: { word: 'cannot-see', why: 'no-stop' },
  },
  {
    name: 'people get out of a parked car and come back',
    story: { peopleBeside: true },
    expect: { word: 'cannot-see', why: 'nothing-done' },
  },
  {
    name: 'a lorry stands with its body up and leaves a heap',
    story: { raisedScore: 0.9, raisedAtMs: 1_100_000, newShare: 0.08, heapAfter: 0.8 },
    expect: { word: 'hazard', sub: 'tipper' },
  },
  {
    name: 'a lorry with its body up has not left yet',
    story: { raisedScore: 0.9, raisedAtMs: 1_100_000, leftAtMs: null, newShare: 0, heapAfter: 0.1 },
    expect: { word: 'hazard', sub: 'tipper' },
  },
  {
    name: 'a body seen raised for a moment while driving',
    story: { raisedScore: 0.7, stoppedS: 3, leftAtMs: 1_010_000 },
    expect: { word: 'cannot-see', why: 'no-stop' },
  },
  {
    name: 'people unload a van',
    story: {
      peopleBeside: true,
      newShare: 0.03,
      heapAfter: 0.3,
      vehicle: { class: 'car', score: 0.9, box: { x: 0, y: 0, w: 0.1, h: 0.1 } },
    },
    expect: { word: 'hazard', sub: 'van' },
  },
  {
    name: 'a van leaves sacks behind without anybody being seen',
    story: { newShare: 0.05, heapAfter: 0.7 },
    expect: { word: 'hazard', sub: 'van' },
  },
  {
    name: 'a car leaves three sacks in a wide place',
    story: { peopleBeside: true, newShare: 0.006, heapAfter: 0.66, heapChange: 0.8, stoppedS: 9 },
    expect: { word: 'hazard', sub: 'van' },
  },
  {
    name: 'the networks change their mind about ground that is as it was',
    story: { newShare: 0.006, heapAfter: 0.66, heapChange: 0.1 },
    expect: { word: 'cannot-see', why: 'nothing-done' },
  },
  {
    name: 'something like a heap after headlights swept the place, and nobody was seen',
    story: { vehicle: null, newShare: 0.2, heapAfter: 0.6, heapChange: 0.7, stoppedS: 0, leftAtMs: 1_030_000 },
    expect: { word: 'cannot-see', why: 'no-stop' },
  },
  {
    name: 'the light changed while a car was parked',
    story: { newShare: 0.3 },
    expect: { word: 'cannot-see', why: 'nothing-done' },
  },
  {
    name: 'a bin lorry lifts bins at a container site',
    zoneKind: 'container-site',
    story: { raisedScore: 0.9, peopleBeside: true, newShare: 0.05, heapBefore: 0.6, heapAfter: 0.3 },
    expect: { word: 'cannot-see', why: 'permitted-place' },
  },
  {
    name: 'a tipper leaves rubble beside the bins',
    zoneKind: 'container-site',
    story: { raisedScore: 0.9, newShare: 0.1, heapBefore: 0.2, heapAfter: 0.9 },
    expect: { word: 'hazard', sub: 'tipper' },
  },
  {
    name: 'a snow lorry at a snow polygon',
    zoneKind: 'snow-storage',
    story: { raisedScore: 0.95, newShare: 0.2, heapAfter: 0.9 },
    expect: { word: 'cannot-see', why: 'permitted-place' },
  },
];

const heap = (...minutes: number[]): HistoryLook[] =>
  minutes.map((atMin) => ({ atMin, word: 'hazard', sub: 'heap_only', level: 0.7, facts: { source: 'beat' } }));
const act: HistoryLook = {
  atMin: 1,
  word: 'hazard',
  sub: 'tipper',
  level: 0.9,
  facts: { source: 'story', stoppedS: 40, stillBefore: 'b', cameAtMs: 5 },
  still: 'acting',
};
const clear = (...minutes: number[]): HistoryLook[] => minutes.map((atMin) => ({ atMin, word: 'clear' }));

export const histories: readonly History[] = [
  { name: 'an act is raised by one story', looks: [act], expect: { kind: 'raise', sub: 'tipper', severity: 'S3' } },
  {
    name: 'an act at night is critical',
    weather: { isDay: false },
    looks: [...clear(0), act],
    expect: { kind: 'raise', sub: 'tipper', severity: 'S4' },
  },
  {
    name: 'the calm word after an act does not raise it again',
    looks: [act, ...heap(2)],
    expect: { kind: 'wait', reason: 'few-looks' },
  },
  {
    name: 'a heap that nobody was seen making: three looks over half an hour',
    looks: heap(0, 15, 30),
    expect: { kind: 'raise', sub: 'heap_only', severity: 'S2' },
  },
  {
    name: 'bags for one collection are gone in ten minutes',
    looks: heap(0, 5, 10),
    expect: { kind: 'wait', reason: 'short-time' },
  },
  {
    name: 'a heap every five seconds keeps half an hour in memory',
    looks: heap(...Array.from({ length: 400 }, (_, n) => n / 12)),
    expect: { kind: 'raise', sub: 'heap_only', severity: 'S2' },
  },
  { name: 'the heap is gone', looks: [act, ...heap(2, 10), ...clear(20, 25, 31)], expect: { kind: 'gone' } },
];
