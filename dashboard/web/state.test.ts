import { expect, test } from 'vitest';
import { CameraMark, type Change } from '../contract.ts';
import { knownAfter, readAll, store, withoutOld } from './state.ts';

const some = (n: number, state: 'rejected' | 'in_work', name: string) =>
  Array.from({ length: n }, (_, i) => ({ id: `${name}${i}`, state }));
const known = (...cards: ReturnType<typeof some>) => new Map(cards.map((card) => [card.id, card]));

test('what is open is never forgotten, of what has ended only the last ones stay', () => {
  const before = known(...some(60, 'rejected', 'old'), ...some(500, 'in_work', 'open'), ...some(60, 'rejected', 'new'));
  const after = [...withoutOld(before).keys()];
  expect(after.filter((id) => id.startsWith('open'))).toHaveLength(500);
  expect(after.filter((id) => id.startsWith('old'))).toEqual([]);
  expect(after.filter((id) => id.startsWith('new'))).toHaveLength(50);
  expect(after.at(-1)).toBe('new59');
});

test('a few that have ended cost no copy', () => {
  const before = known(...some(100, 'rejected', 'old'), ...some(3, 'in_work', 'open'));
  expect(withoutOld(before)).toBe(before);
});

const mark = (n: number): CameraMark =>
  CameraMark.parse({
    id: `c${n}`,
    name: { kk: 'К', ru: 'К', en: 'C' },
    point: { lon: 71.4, lat: 51.1 },
    bearingDeg: 0,
    fovDeg: 70,
    district: 'esil',
    state: 'ok',
    sinceMs: n,
    lastLookAtMs: null,
    watch: false,
    restricted: false,
    hazards: [],
  });
const news = (number: number, camera: CameraMark): Change => ({
  number,
  topic: 'camera',
  id: camera.id,
  atMs: number,
  camera,
});

test('a page that reads no cameras does not gather those of the city; what it knows stays fresh', () => {
  const changes = Array.from({ length: 500 }, (_, i) => news(i + 1, mark(i)));
  const known = { ...store.getState(), cameras: new Map([['c7', { ...mark(7), sinceMs: null }]]) };
  const after = knownAfter(known, changes);
  expect([...after.cameras.keys()]).toEqual(['c7']);
  expect(after.cameras.get('c7')?.sinceMs).toBe(7);
  expect(after.stamps.camera).toBe(500);
});

test('a page that reads them keeps the news of all, for as long as it reads', () => {
  const end = readAll('camera');
  const during = knownAfter(store.getState(), [news(1, mark(1))]);
  end();
  const after = knownAfter(store.getState(), [news(2, mark(2))]);
  expect([during.cameras.size, after.cameras.size]).toEqual([1, 0]);
});
