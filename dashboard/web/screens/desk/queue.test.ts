import { expect, test } from 'vitest';
import type { IncidentCard } from '../../../contract.ts';
import { inOrder, nextAfter, queueAfter, settled, stepFrom, type QueueView } from './queue.ts';

const card = (id: string, severity: IncidentCard['severity'], waitedMs = 0, limitMs = 1000): IncidentCard => ({
  id,
  number: 1,
  version: 1,
  hazard: 'snow',
  sub: '',
  state: 'pending_review',
  severity,
  origin: 'camera',
  place: { kk: '', ru: '', en: '' },
  point: { lon: 71, lat: 51 },
  district: 'esil',
  cameraId: null,
  level: 0.5,
  openedAtMs: 0,
  waitingSinceMs: 10_000 - waitedMs,
  lastSeenAtMs: 0,
  decidedAtMs: null,
  untilMs: null,
  limitMs,
  limitShare: 0,
  stillSha256: null,
  mark: null,
  rejectReason: null,
  massId: null,
});

test('worst first, then what has used most of its own limit', () => {
  const cards = [
    card('low', 'S1', 900),
    card('old', 'S3', 100, 10_000),
    card('late', 'S3', 100, 50),
    card('worst', 'S4'),
  ];
  expect(inOrder(cards, 10_000)).toEqual(['worst', 'late', 'old', 'low']);
});

const view: QueueView = { rows: ['a', 'b', 'c'], behind: [], selected: 'b' };

test('a worse new one waits behind the bar and does not move the selected', () => {
  const after = queueAfter(view, ['new', 'a', 'b', 'c'], false);
  expect(after.rows.indexOf('b')).toBe(1);
  expect(after.behind).toEqual(['new']);
});

test('a lesser new one comes in below, unless a hand is at work', () => {
  expect(queueAfter(view, ['a', 'b', 'new', 'c'], false).rows).toEqual(['a', 'b', 'new', 'c']);
  const busy = queueAfter(view, ['a', 'b', 'new', 'c'], true);
  expect(busy.rows).toEqual(['a', 'b', 'c']);
  expect(busy.behind).toEqual(['new']);
});

test('one decided elsewhere above the selected stays where it stood until the selection moves', () => {
  expect(queueAfter(view, ['b', 'c'], false).rows).toEqual(['a', 'b', 'c']);
  expect(queueAfter(view, ['a', 'b'], false).rows).toEqual(['a', 'b']);
});

test('what waits comes in when it is asked for', () => {
  expect(settled(['new', 'a', 'b', 'c'], 'b')).toEqual({ rows: ['new', 'a', 'b', 'c'], behind: [], selected: 'b' });
  expect(settled(['x'], 'gone').selected).toBe('x');
  expect(settled([], 'gone').selected).toBeNull();
});

test('walking skips what is no longer open and stops at the ends', () => {
  const open = (id: string): boolean => id !== 'c';
  expect(stepFrom({ ...view, rows: ['a', 'b', 'c', 'd'] }, 1, open)).toBe('d');
  expect(stepFrom({ ...view, selected: 'a' }, -1, open)).toBe('a');
});

test('after a verdict the next one below is judged, then the one above', () => {
  expect(nextAfter(view, 'b', ['a', 'c'])).toBe('c');
  expect(nextAfter(view, 'c', ['a', 'b'])).toBe('b');
  expect(nextAfter(view, 'b', [])).toBeNull();
});
