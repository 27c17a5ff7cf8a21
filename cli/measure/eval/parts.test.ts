import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { baselineBars, readBaseline } from './baseline.ts';
import { matched } from './boxes.ts';
import { forestSvg, reliabilitySvg } from './charts.ts';
import { readClips } from './clips.ts';
import type { Item } from './lists.ts';
import { iouOf, overlapOfMask, pooledIou, type Mask } from './masks.ts';
import { forPeople } from './people.ts';
import { progressOf } from './progress.ts';
import { gainOf, reliabilityOf } from './ranking.ts';
import { referencesOf } from './references.ts';
import { heldStillsOf, metresTo } from './stills.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ahual-eval-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a drawn mask', () => {
  /** Water in the left half of a map of 4 x 2 cells. */
  const map = {
    classes: ['other', 'water'] as const,
    across: 4,
    down: 2,
    shares: Float32Array.from([0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0]),
  };
  const surfaceMap = { ...map, classes: [...map.classes] };
  const mask = (isWater: (x: number) => boolean): Mask => ({
    widthPx: 40,
    heightPx: 20,
    luma: Uint8Array.from({ length: 800 }, (_, i) => (isWater(i % 40) ? 255 : 0)),
  });
  const iou = (isWater: (x: number) => boolean): number | null =>
    pooledIou([overlapOfMask(surfaceMap, ['water'], mask(isWater), (value) => value >= 128)]);

  it('agrees where it is equal, by half where it is half, not at all elsewhere', () => {
    expect(iou((x) => x < 20)).toBe(1);
    expect(iou((x) => x < 10)).toBe(0.5);
    expect(iou((x) => x >= 20)).toBe(0);
    expect(pooledIou([])).toBeNull();
    expect(iouOf({ both: 0, either: 0 })).toBe(1);
    expect(iouOf({ both: 0, either: 5 })).toBe(0);
  });
});

describe('found boxes', () => {
  const drawn = [
    { x: 0, y: 0, w: 0.2, h: 0.2, must: true },
    { x: 0.5, y: 0.5, w: 0.02, h: 0.02, must: false },
  ];
  const at = (x: number, y: number, side: number, score: number) => ({ box: { x, y, w: side, h: side }, score });

  it('count once each; one that need not be found is neither right nor wrong', () => {
    const found = [at(0.01, 0, 0.2, 0.9), at(0, 0.01, 0.2, 0.8), at(0.5, 0.5, 0.02, 0.7), at(0.8, 0.8, 0.1, 0.6)];
    expect(matched(drawn, found, 'g')).toEqual({
      group: 'g',
      must: 1,
      found: [
        { score: 0.9, hit: true },
        { score: 0.8, hit: false },
        { score: 0.6, hit: false },
      ],
    });
  });

  it('that nobody asks about are not wrong', () => {
    expect(matched(drawn, [at(0.8, 0.8, 0.1, 0.6)], 'g', ({ x }) => x < 0.5).found).toEqual([]);
  });
});

describe('the distance of a box', () => {
  it('follows from height, tilt and field of view', () => {
    const camera = { heightM: 10, tiltDeg: 45, fovDeg: 90 };
    expect(metresTo(camera, 0.5, 1)).toBeCloseTo(10);
    // The lower edge of a square picture is 45 degrees further down: right under the camera.
    expect(metresTo(camera, 1, 1)).toBeCloseTo(0);
    expect(metresTo(camera, 0, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(metresTo({ ...camera, tiltDeg: 20 }, 0.5, 16 / 9)).toBeCloseTo(10 / Math.tan((20 * Math.PI) / 180));
  });
});

describe("a camera's references", () => {
  const item = (file: string, group: string, truth: Item['truth'], isFixed = true): Item => ({
    ...{ file, group, truth, isFixed, list: 'flooding', path: file, label: '', sourceRepo: 'o/r', note: '' },
    boxes: [],
    maskPath: null,
  });
  const picture = (file: string, hash: string, truth: Item['truth'], group = 'cam', isFixed = true) => ({
    item: item(file, group, truth, isFixed),
    perceptualHash: hash,
    quality: 'good' as const,
  });

  it('are its clear pictures, without itself, its twins, other cameras and what moves', () => {
    const flooded = picture('flooded', '00000000000000ff', 'positive');
    const dry = picture('dry', 'ff00000000000000', 'negative');
    const twin = picture('twin', 'ff00000000000001', 'negative');
    const other = picture('other', '0f0f0f0f00000000', 'negative', 'else');
    const held = picture('held', '00ffff0000000000', 'negative', 'cam', false);
    const found = referencesOf([flooded, dry, twin, other, held], () => true);
    const names = new Map([...found].map(([one, references]) => [one.item.file, references.map((r) => r.item.file)]));
    expect(names.get('flooded')).toEqual(['dry', 'twin']);
    // A frame of the same minute is no past.
    expect(names.has('dry')).toBe(false);
    expect(names.has('twin')).toBe(false);
    expect(names.has('other')).toBe(false);
  });
});

describe('a gain', () => {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const positive = i % 2 === 0;
    return { positive, group: `g${i % 12}`, before: (i * 7) % 10, after: positive ? 5 + (i % 3) : i % 5 };
  });
  const resampling = { draws: 200, seed: 1 };

  it('is the difference of two AUC of the same things, with its interval', () => {
    const { before, after, gain, ci95 } = gainOf(rows, resampling, 'x');
    expect(after).toBe(1);
    expect(gain).toBeCloseTo(1 - (before ?? 0), 3);
    expect(ci95?.[0]).toBeGreaterThan(0);
  });

  it('is none of too few', () => {
    expect(gainOf(rows.slice(0, 10), resampling, 'x')).toMatchObject({ n: 10, gain: null, ci95: null });
  });
});

describe('an earlier object', () => {
  it('is refused when it is none', () => {
    const path = join(folder, 'old.json');
    writeFileSync(path, JSON.stringify({ command: 'bench look', result: {} }));
    expect(() => readBaseline(path)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    expect(() => readBaseline(join(folder, 'none.json'))).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });

  it('sets a bar at the lower end of each interval', () => {
    const path = join(folder, 'old.json');
    const ranked = (auc: number | null, ci95: [number, number] | null) => ({ all: { auc, ci95 } });
    const old = {
      flooding: ranked(0.9, [0.8, 0.95]),
      snow: ranked(null, null),
      dumping: { truck: ranked(0.7, [0.6, 0.8]) },
    };
    writeFileSync(path, JSON.stringify({ command: 'eval', result: old }));
    const now = { flooding: ranked(0.79, [0.7, 0.9]), dumping: { truck: ranked(0.61, [0.5, 0.7]) } };
    expect(baselineBars(readBaseline(path), now).map(({ id, limit, pass }) => [id, limit, pass])).toEqual([
      ['baseline.flooding.all.auc', 0.8, false],
      ['baseline.dumping.truck.all.auc', 0.6, true],
    ]);
  });
});

describe('clips', () => {
  const header = 'file,what_happens,expected_incident,start_s,end_s,source_repo,source_path,licence,note';

  it('expect a hazard, or nothing', () => {
    expect(readClips(folder)).toBeUndefined();
    mkdirSync(join(folder, 'clips'));
    for (const file of ['a.mp4', 'b.mp4', 'c.mp4']) writeFileSync(join(folder, 'clips', file), '');
    const rows = ['a.mp4,x,dumping,3.5,9,o/r,p,none,', 'b.mp4,x,none,1,2,o/r,p,none,', 'c.mp4,x,,,,o/r,p,none,'];
    writeFileSync(join(folder, 'clips', 'clips.csv'), [header, ...rows, ''].join('\n'));
    expect(readClips(folder)?.map(({ file, expected, startS }) => [file, expected, startS])).toEqual([
      ['a.mp4', 'dumping', 3.5],
      ['b.mp4', null, 1],
      ['c.mp4', null, 0],
    ]);
  });

  it.each(['gone.mp4,x,none,,,o/r,p,none,', 'a.mp4,x,theft,,,o/r,p,none,'])('refuse the row %s', (row) => {
    writeFileSync(join(folder, 'clips.csv'), [header, row, ''].join('\n'));
    expect(() => readClips(folder)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });
});

it('rendered stills of learned seeds are left out, and a folder without others is refused', () => {
  // share_of('rendered|100000') of models/training/lists.py is 0.040, that of 'rendered|100001' 0.959.
  for (const seed of ['100000', '100001']) {
    for (const end of ['jpg', 'png', 'json']) writeFileSync(join(folder, `${seed}.${end}`), '');
  }
  expect(heldStillsOf(folder, 10).map(({ seed }) => seed)).toEqual(['100000']);
  rmSync(join(folder, '100000.json'));
  expect(() => heldStillsOf(folder, 10)).toThrow(expect.objectContaining({ code: 'CONFIG_MISSING' }));
});

it('progress is a bar on a terminal and a few lines elsewhere', () => {
  const said: string[] = [];
  const terminal = progressOf('pictures', 4, (text) => void said.push(text), true);
  for (let i = 0; i < 4; i++) terminal.tick();
  terminal.end();
  expect(said).toHaveLength(5);
  expect(said[3]).toMatch(/^\rahual: pictures \[=+\] 4 of 4$/);
  said.length = 0;
  const pipe = progressOf('pictures', 100, (text) => void said.push(text), false);
  for (let i = 0; i < 100; i++) pipe.tick();
  pipe.end();
  expect(said).toHaveLength(4);
  expect(said[3]).toBe('ahual: pictures: 100 of 100\n');
});

it('what fills screens is not printed for people', () => {
  const measurement = {
    command: 'eval',
    args: {},
    bars: [],
    notes: [],
    result: { samples: [1], a: { slices: {}, n: 1, c: [1, 2] } },
  };
  expect(forPeople(measurement).result).toEqual({ a: { n: 1, c: '1 2' } });
});

it('drawings hold every bin and every row', () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ positive: i >= 20, score: i / 40, group: 'g', source: 's' }));
  expect(reliabilitySvg(reliabilityOf(rows)).match(/class="dot"/g)).toHaveLength(10);
  const whiskers = [
    { label: '<all>', value: 0.9, ci95: [0.8, 0.95] as const, counts: '' },
    { label: 'few', value: null, ci95: null, counts: '' },
  ];
  const svg = forestSvg('t', whiskers, 0.95);
  expect(svg).toContain('&lt;all&gt;');
  expect(svg).toContain('point under');
  expect(svg).toContain('too few');
});
