// A correction moves what the hazard leans on, as far as it may and no further, and only where it belongs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { featureCount, mostCorrection, type Adaptation, type AdaptationParameters } from '#core/adaptation';
import { Camera, type Zone } from '#core/camera';
import type { Sight } from '#core/detection';
import { LookId } from '#core/ids';
import { adaptSight, correctionOf, lessonsOf, marginOf, movedBy, readAdapted } from './adapted.ts';
import { hazards } from './list.ts';
import { observe } from './observe.ts';
import { defaultHazardSettings } from './settings.ts';

const square: [number, number][] = [
  [0.1, 0.1],
  [0.9, 0.1],
  [0.9, 0.9],
  [0.1, 0.9],
];
const road: Zone = {
  id: 'road',
  kind: 'carriageway',
  polygon: square,
  hazards: ['flooding', 'snow'],
  streetClass: 'V',
};
const lid: Zone = { id: 'lid', kind: 'manhole', polygon: square, hazards: ['open-manhole'], streetClass: 'V' };
const camera = Camera.parse({
  id: '1',
  name: { kk: '1', ru: '1', en: '1' },
  point: { lon: 71.4, lat: 51.1 },
  district: 'esil',
  zones: [road, lid],
});

const level = fc.double({ min: 0, max: 1, noNaN: true });
const by = fc.double({ min: mostCorrection.down, max: mostCorrection.up, noNaN: true });

const sightOf = (
  flood: number,
  water: number,
  snow: number,
  open: number,
  models = ['road-v0@1', 'spot-v0@1'],
): Sight => ({
  quality: { kind: 'good', why: '' },
  detections: [],
  models,
  zones: ['road', 'lid'].map((zoneId) => ({
    zoneId,
    surface: { dry: (1 - water) * (1 - snow), wet: 0, water, snow: (1 - water) * snow, other: 0 },
    floodLevel: flood,
    snowLevel: snow,
    bank: null,
    hiddenShare: 0,
    features: new Array<number>(featureCount).fill(0.5),
    ...(zoneId === 'lid' ? { spot: { open, closed: 1 - open, covered: 0, unsure: 0 } } : {}),
  })),
});

const adaptation = (parameters: AdaptationParameters, more: Partial<Adaptation> = {}): Adaptation => ({
  id: 'a',
  number: 7,
  hazard: 'flooding',
  network: 'road-v0@1, spot-v0@1',
  parameters,
  speaks: true,
  ...more,
});
const mark = { id: LookId.parse('1@0'), seenAtMs: 0, stillSha256: null };

describe('moving a level', () => {
  test('stays a level, keeps the order of levels, and nothing moves it by nothing', () => {
    fc.assert(
      fc.property(level, level, by, (a, b, move) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(movedBy(low, move)).toBeGreaterThanOrEqual(0);
        expect(movedBy(high, move)).toBeLessThanOrEqual(1);
        expect(movedBy(low, move)).toBeLessThanOrEqual(movedBy(high, move) + 1e-12);
        expect(movedBy(a, 0)).toBe(a);
        if (move < 0) expect(movedBy(a, move)).toBeLessThanOrEqual(a);
        else expect(movedBy(a, move)).toBeGreaterThanOrEqual(a);
      }),
    );
  });

  test('keeps the shares of the ground a whole', () => {
    fc.assert(
      fc.property(level, level, level, by, (flood, water, snow, move) => {
        const sight = sightOf(flood, water, snow, 0);
        for (const hazard of ['flooding', 'snow'] as const) {
          const after = adaptSight(sight, road, hazard, move).zones[0]?.surface;
          if (!after) throw new Error('the zone is gone');
          const sum = after.dry + after.wet + after.water + after.snow + after.other;
          for (const share of Object.values(after)) expect(share).toBeGreaterThanOrEqual(-1e-9);
          // Log-odds are cut off a hundred-thousandth from 0 and 1, and of each share so.
          if (hazard === 'snow' || move <= 0) expect(sum).toBeCloseTo(1, 3);
        }
      }),
    );
  });
});

describe('the margin', () => {
  // Within what log-odds tell apart: nearer to 0 or 1 than a thousandth they are cut off.
  const inside = fc.double({ min: 0.002, max: 0.998, noNaN: true });
  test('says exactly by how much flooding and a manhole must be moved for the word to turn', () => {
    fc.assert(
      fc.property(inside, inside, inside, by, (flood, water, open, move) => {
        const sight = sightOf(flood, water, 0, open);
        for (const [hazard, zone] of [
          ['flooding', road],
          ['open-manhole', lid],
        ] as const) {
          const margin = marginOf(sight, zone, hazard, defaultHazardSettings);
          if (margin === null) throw new Error('the zone can be judged');
          fc.pre(Math.abs(margin + move) > 1e-6);
          const moved = adaptSight(sight, zone, hazard, move);
          const { word } = hazards[hazard].read(moved, zone, defaultHazardSettings);
          expect(word === 'hazard').toBe(margin + move > 0);
        }
      }),
    );
  });

  test('is none where the zone cannot be judged', () => {
    const sight = sightOf(0.9, 0.5, 0, 0.9);
    const hidden = { ...sight, zones: sight.zones.map((zone) => ({ ...zone, hiddenShare: 0.95 })) };
    expect(marginOf(hidden, road, 'flooding', defaultHazardSettings)).toBeNull();
    expect(marginOf(sight, { ...road, id: 'other' }, 'flooding', defaultHazardSettings)).toBeNull();
  });
});

describe('a correction', () => {
  test('never goes beyond its bounds, whatever was fitted', () => {
    const wild = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const parameters: fc.Arbitrary<AdaptationParameters> = fc.oneof(
      wild.map((offset) => ({ kind: 'threshold', offset }) as const),
      fc
        .tuple(wild, wild, fc.double({ min: 0.25, max: 1, noNaN: true }))
        .map(([centre, toCentre, stretch]) => ({ kind: 'norm', centre, toCentre, stretch }) as const),
      fc.tuple(wild, fc.array(wild, { minLength: featureCount, maxLength: featureCount })).map(
        ([bias, weights]) =>
          ({
            kind: 'head',
            bias,
            weights,
            mean: weights.map(() => 0),
            scale: weights.map(() => 1),
          }) as const,
      ),
    );
    const features = fc.array(wild, { minLength: featureCount, maxLength: featureCount });
    fc.assert(
      fc.property(parameters, wild, features, (given, margin, seen) => {
        const move = correctionOf(given, margin, seen);
        expect(move).toBeGreaterThanOrEqual(mostCorrection.down);
        expect(move).toBeLessThanOrEqual(mostCorrection.up);
      }),
    );
  });

  test('what the network is surer of than 0.995 is called whatever a camera has learned', () => {
    const sight = sightOf(0.996, 0.9, 0, 0);
    const speaks = adaptation({ kind: 'threshold', offset: -1000 });
    expect(readAdapted(sight, road, 'flooding', defaultHazardSettings, [speaks]).said.word).toBe('hazard');
  });

  test('speaks with its number and the networks’ own level, at its hazard alone', () => {
    const sight = sightOf(0.85, 0.1, 0.6, 0.9);
    const speaks = adaptation({ kind: 'threshold', offset: -2 });
    const before = observe(sight, camera, mark);
    const after = observe(sight, camera, mark, defaultHazardSettings, [speaks]);
    expect(before.map((one) => `${one.hazard} ${one.word}`)).toContain('flooding hazard');
    const flooding = after.find((one) => one.hazard === 'flooding');
    expect(flooding).toMatchObject({ word: 'clear', support: { facts: { adapted: 7, alone: 0.85 } } });
    const others = (all: typeof before) => all.filter((one) => one.hazard !== 'flooding');
    expect(others(after)).toEqual(others(before));
  });

  test('beside, it never speaks; its word goes into the lesson', () => {
    const sight = sightOf(0.85, 0.1, 0, 0);
    const beside = adaptation({ kind: 'threshold', offset: -2 }, { speaks: false });
    expect(observe(sight, camera, mark, defaultHazardSettings, [beside])).toEqual(observe(sight, camera, mark));
    const lesson = lessonsOf(sight, camera, defaultHazardSettings, [beside]).find((one) => one.hazard === 'flooding');
    expect(lesson).toMatchObject({ word: 'hazard', said: 'hazard', shadow: { id: 'a', word: 'clear' } });
    expect(lesson?.features).toHaveLength(featureCount);
  });

  test('of another network it says nothing, and without features a head says nothing', () => {
    const sight = sightOf(0.85, 0.1, 0, 0, ['road-v0@2', 'spot-v0@1', 'close-v0@1']);
    const old = adaptation({ kind: 'threshold', offset: -2 });
    expect(observe(sight, camera, mark, defaultHazardSettings, [old])).toEqual(observe(sight, camera, mark));
    const head = { kind: 'head', bias: -4, weights: [], mean: [], scale: [] } as const;
    expect(correctionOf({ ...head, weights: [], mean: [], scale: [] }, 1, null)).toBeNull();
  });

  test('a picture of no use teaches nothing', () => {
    const dark: Sight = { ...sightOf(0.9, 0.5, 0, 0), quality: { kind: 'dark', why: 'night' } };
    expect(lessonsOf(dark, camera, defaultHazardSettings, [])).toEqual([]);
  });
});
