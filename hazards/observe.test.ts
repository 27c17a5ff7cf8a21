// What sights become, hazard by hazard, and that nothing unseen is ever clear.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sight, ZoneSight } from '#core/detection';
import { LookId } from '#core/ids';
import { hazardNames, zoneKinds } from '#core/hazard-name';
import { groundMark } from './ground.ts';
import { historyCamera, historyStartMs } from './history.ts';
import { hazards } from './list.ts';
import { cannotSee, observe } from './observe.ts';
import { HazardSettings } from './settings.ts';
import { readFileSync } from 'node:fs';

const look = { id: LookId.parse('look-1'), seenAtMs: historyStartMs, stillSha256: 'f00' };
const dry = { dry: 1, wet: 0, water: 0, snow: 0, other: 0 };
const zoneSight = (part: Partial<ZoneSight>): ZoneSight => ({
  zoneId: 'z1',
  surface: dry,
  floodLevel: 0,
  snowLevel: 0,
  bank: null,
  hiddenShare: 0,
  ...part,
});
const sight = (part: Partial<ZoneSight>, detections: Sight['detections'] = []): Sight => ({
  quality: { kind: 'good', why: '' },
  detections,
  zones: [zoneSight(part)],
  models: ['surface-1'],
});
const beside = (part: Partial<ZoneSight>, other: Partial<ZoneSight>): Sight => {
  const one = sight(part);
  return { ...one, zones: [...one.zones, zoneSight({ zoneId: 'z2', ...other })] };
};
const bank = (share: number) => ({ bank: { share, box: { x: 0.4, y: 0.7, w: 0.2, h: 0.1 } } });
const at = (x: number, y: number, size = 0.1) => ({ x: x - size / 2, y: y - size / 2, w: size, h: size });
const spot = (open: number, closed: number, covered = 0, unsure = 0) => ({ spot: { open, closed, covered, unsure } });

test.each([
  [
    'snow',
    { kind: 'carriageway' },
    sight({ surface: { ...dry, dry: 0.6, snow: 0.4 } }),
    { word: 'hazard', sub: 'carriageway', level: 0.4 },
  ],
  ['snow', { kind: 'carriageway' }, sight({ surface: { ...dry, dry: 0.75, snow: 0.25 } }), { word: 'cannot-see' }],
  ['snow', { kind: 'carriageway' }, sight({}), { word: 'clear' }],
  [
    'snow',
    { kind: 'stop' },
    sight({ surface: { ...dry, dry: 0.5, snow: 0.5 } }, [{ class: 'heap', score: 0.8, box: at(0.5, 0.75) }]),
    { word: 'hazard', sub: 'windrow' },
  ],
  [
    'snow',
    { kind: 'carriageway' },
    sight({ surface: { ...dry, dry: 0.5, snow: 0.5 } }, [{ class: 'heap', score: 0.8, box: at(0.5, 0.75) }]),
    { word: 'hazard', sub: 'carriageway' },
  ],
  [
    'snow',
    { kind: 'carriageway' },
    sight({ surface: { ...dry, dry: 0.05, snow: 0.05, other: 0.9 } }),
    { word: 'cannot-see' },
  ],
  [
    'snow',
    { kind: 'crossing' },
    beside({ surface: { ...dry, dry: 0.9, snow: 0.1 }, ...bank(0.25) }, {}),
    { word: 'hazard', sub: 'windrow', level: 0.25 },
  ],
  [
    'snow',
    { kind: 'crossing' },
    beside({ surface: { ...dry, dry: 0.8, snow: 0.2 }, ...bank(0.25) }, { surface: { ...dry, dry: 0.6, snow: 0.4 } }),
    { word: 'cannot-see' },
  ],
  ['snow', { kind: 'crossing' }, beside({ ...bank(0.08) }, {}), { word: 'cannot-see' }],
  ['snow', { kind: 'crossing' }, beside({ ...bank(0.03) }, {}), { word: 'clear' }],
  ['snow', { kind: 'pavement' }, beside({ ...bank(0.25) }, {}), { word: 'clear' }],
  [
    'flooding',
    { kind: 'carriageway' },
    sight({ surface: { ...dry, dry: 0.7, water: 0.3 } }),
    { word: 'hazard', level: 0.3 },
  ],
  ['flooding', { kind: 'carriageway' }, sight({ surface: { ...dry, dry: 0, wet: 1 } }), { word: 'clear' }],
  ['flooding', { kind: 'underpass' }, sight({ floodLevel: 0.8 }), { word: 'hazard', sub: 'underpass', level: 0.8 }],
  [
    'flooding',
    { kind: 'carriageway' },
    sight({ surface: { ...dry, dry: 0.7, water: 0.3 }, hiddenShare: 0.9 }),
    { word: 'cannot-see' },
  ],
  ['open-manhole', { kind: 'manhole' }, sight(spot(0.9, 0.1)), { word: 'hazard', sub: 'missing', level: 0.9 }],
  ['open-manhole', { kind: 'manhole' }, sight(spot(0.1, 0.9)), { word: 'clear' }],
  ['open-manhole', { kind: 'manhole' }, sight(spot(0.1, 0.1, 0.8)), { word: 'cannot-see' }],
  ['open-manhole', { kind: 'manhole' }, sight(spot(0.45, 0.55)), { word: 'cannot-see' }],
  [
    'open-manhole',
    { kind: 'pavement' },
    sight({}, [{ class: 'manhole_open', score: 0.8, box: at(0.5, 0.75) }]),
    { word: 'hazard', sub: 'missing' },
  ],
  [
    'open-manhole',
    { kind: 'pavement' },
    sight({}, [{ class: 'manhole_open', score: 0.8, box: at(0.5, 0.2) }]),
    { word: 'clear' },
  ],
  [
    'open-manhole',
    { kind: 'pavement' },
    sight({}, [{ class: 'manhole_closed', score: 0.9, box: at(0.5, 0.75) }]),
    { word: 'clear' },
  ],
  [
    'open-manhole',
    { kind: 'pavement' },
    sight({}, [
      { class: 'manhole_open', score: 0.8, box: at(0.5, 0.75) },
      { class: 'cone', score: 0.9, box: at(0.4, 0.7, 0.04) },
      { class: 'cone', score: 0.9, box: at(0.6, 0.8, 0.04) },
    ]),
    { word: 'hazard', sub: 'works' },
  ],
  [
    'dumping',
    { kind: 'no-dumping' },
    sight({}, [{ class: 'sacks', score: 0.7, box: at(0.5, 0.75) }]),
    { word: 'hazard', sub: 'heap_only' },
  ],
  [
    'dumping',
    { kind: 'snow-storage' },
    sight({}, [{ class: 'heap', score: 0.9, box: at(0.5, 0.75) }]),
    { word: 'cannot-see' },
  ],
] as const)('%s in %o', (hazard, zone, seen, wanted) => {
  expect(observe(seen, historyCamera(hazard, zone), look)).toEqual([expect.objectContaining(wanted)]);
});

test('a car over the opening is said beside the hazard', () => {
  const seen = sight({}, [
    { class: 'manhole_open', score: 0.8, box: at(0.5, 0.75) },
    { class: 'car', score: 0.9, box: at(0.5, 0.7, 0.3) },
  ]);
  const [observation] = observe(seen, historyCamera('open-manhole', { kind: 'carriageway' }), look);
  expect(observation?.support.facts).toMatchObject({ vehicleOver: true, models: 'surface-1' });
});

test('a bad picture, a missing zone and a missing look are never clear', () => {
  const camera = historyCamera('flooding');
  const [drawn] = camera.zones;
  if (!drawn) throw new RangeError('no zone');
  const dark = observe({ ...sight({}), quality: { kind: 'dark', why: 'mean 3 of 255' } }, camera, look);
  expect(dark).toEqual([
    expect.objectContaining({
      word: 'cannot-see',
      support: { boxes: [], facts: { why: 'dark', detail: 'mean 3 of 255', ground: groundMark(drawn) } },
    }),
  ]);
  expect(observe({ ...sight({}), zones: [] }, camera, look)[0]?.word).toBe('cannot-see');
  expect(cannotSee(camera, look, 'unreachable')).toEqual([
    expect.objectContaining({ word: 'cannot-see', stillSha256: null }),
  ]);
});

test('a hazard that cannot exist in a zone of that kind is not looked for there', () => {
  expect(observe(sight({}), historyCamera('snow', { kind: 'manhole' }), look)).toEqual([]);
});

test('levels stay in 0..1 and every zone × hazard has exactly one word', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.record({ dry: share, wet: share, water: share, snow: share, other: share }),
      share,
      share,
      share,
      fc.constantFrom(...zoneKinds),
      (surface, floodLevel, hiddenShare, open, kind) => {
        const camera = historyCamera('snow', { kind, hazards: [...hazardNames] });
        const seen = observe(sight({ surface, floodLevel, hiddenShare, ...spot(open, 1 - open) }), camera, look);
        const wanted = hazardNames.filter((name) => hazards[name].zoneKinds.includes(kind));
        expect(seen.map((o) => o.hazard).sort()).toEqual([...wanted].sort());
        for (const o of seen) expect(o.level >= 0 && o.level <= 1).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test('every hazard is whole: three languages, seven reasons, words for each subtype, the same icon twice', () => {
  for (const name of hazardNames) {
    const hazard = hazards[name];
    expect(hazard.name).toBe(name);
    expect(hazard.rejectReasons).toHaveLength(7);
    expect(Object.keys(hazard.texts.subs).sort()).toEqual([...hazard.subs].sort());
    for (const text of [
      hazard.texts.name,
      hazard.texts.claim,
      hazard.texts.ask,
      hazard.texts.done,
      ...Object.values(hazard.texts.subs),
    ]) {
      expect(Object.values(text).every((t) => t.length > 2)).toBe(true);
    }
    const svg = readFileSync(new URL(`./${name}/icon.svg`, import.meta.url), 'utf8').trim();
    expect(svg).toBe(hazard.iconSvg);
    expect(svg).toContain('viewBox="0 0 24 24"');
  }
});

test('a misspelled threshold is refused', () => {
  expect(HazardSettings.safeParse({ snow: { coverdShare: 0.3 } }).success).toBe(false);
  expect(HazardSettings.parse({ snow: { coveredShare: 0.4 } }).snow).toMatchObject({
    coveredShare: 0.4,
    clearShare: 0.2,
  });
});

test('a zone that is hidden by the lens says so by itself, and the other zones of the picture are still judged', () => {
  const water = { floodLevel: 0.97, surface: { ...dry, dry: 0.3, water: 0.7 } };
  const both = beside({ blindLevel: 0.95, unseen: 'obscured', ...water }, { blindLevel: 0.4, ...water });
  const camera = historyCamera('flooding', { kind: 'carriageway' });
  const two = { ...camera, zones: camera.zones.flatMap((zone) => [zone, { ...zone, id: 'z2' }]) };
  const [hidden, seen] = observe(both, two, look);
  expect(hidden).toMatchObject({
    zoneId: 'z1',
    word: 'cannot-see',
    support: { facts: { why: 'obscured', blind: 0.95 } },
  });
  expect(seen).toMatchObject({ zoneId: 'z2', word: 'hazard' });
});
