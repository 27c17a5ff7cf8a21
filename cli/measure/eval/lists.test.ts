import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inRoot } from '#core/root';
import { modelNames } from '#models';
import { readTrainList } from './leak.ts';
import { groupKey, isHeldOut, partOf, readLists, shareOf } from './lists.ts';

describe('the split by group', () => {
  it('gives the numbers that models/training/lists.py gives', () => {
    // share_of() of the same texts, in Python.
    expect(shareOf('falakchhatre/Flood-Image-Segmentation|mask_103')).toBe(0.5741817911056298);
    expect(shareOf('bcgov/DriveBC.ca|x')).toBe(0.7628473371044328);
  });

  it.each(modelNames)('keeps no picture out that %s has learned from', (name) => {
    const learned = readTrainList(inRoot('models', name, 'train-list.csv'), name);
    expect(learned.length).toBeGreaterThan(10);
    expect(learned.filter((one) => isHeldOut(one.group)).map((one) => one.group)).toEqual([]);
  });

  it('keeps about a third of the groups out', () => {
    const held = Array.from({ length: 4000 }, (_, i) => isHeldOut(groupKey('a/b', `camera ${i}`))).filter(Boolean);
    expect(held.length / 4000).toBeGreaterThan(0.3);
    expect(held.length / 4000).toBeLessThan(0.36);
  });

  it('knows the UK motorway cameras by their number, whatever list they stand in', () => {
    const uk = 'informatics-lab/machine-learning-traffic-cams';
    const key = `${uk}|TL-405627`;
    expect(['uk_TL-405627', 'in_TL-405627', 'TL-405627'].map((group) => groupKey(uk, group))).toEqual([key, key, key]);
    // key_of() and share_of() of models/training/lists.py.
    expect(shareOf(key)).toBe(0.6659701835383351);
    // Of other sources the same letters are part of the name.
    expect(groupKey('krishrustagi/Accident-Detection-System', 'in_TL-405627')).not.toContain('|TL-');
  });
});

describe('the lists', () => {
  let folder = '';
  const header = 'file,label,view,group,source_repo,source_path,licence,note,boxes';
  const write = (name: string, ...rows: string[]): void =>
    writeFileSync(join(folder, name), [header, ...rows, ''].join('\n'));

  const lay = (list: string, ...files: string[]): void => {
    mkdirSync(join(folder, list), { recursive: true });
    for (const file of files) writeFileSync(join(folder, list, file), '');
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ahual-lists-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are found beside or in their folder, and say what is missing', () => {
    write(
      'flooding.csv',
      'a.jpg,flooded,fixed_camera,g,o/r,p,none,,',
      'b.jpg,cannot_see,fixed_camera,g,o/r,p,none,night,',
    );
    lay('flooding', 'a.jpg', 'b.jpg');
    lay('manhole', 'c.jpg');
    mkdirSync(join(folder, 'flooding', 'masks'));
    writeFileSync(join(folder, 'flooding', 'masks', 'b.png'), '');
    write(
      'manhole/manhole.csv',
      'c.jpg,lookalike,handheld,h,o/r,p,none,,"[{""label"":""Manhole-Closed"",""x"":0.1,""y"":0.2,""w"":0.3,""h"":0.4}]"',
    );
    const { items, read, missing } = readLists(folder, 'all');
    expect(read).toEqual(['flooding', 'manhole']);
    expect(missing).toEqual(['snow', 'waste', 'truck', 'road_cctv']);
    expect(items.map(({ file, truth, group }) => [file, truth, group])).toEqual([
      ['a.jpg', 'positive', 'o/r|g'],
      ['b.jpg', 'cannot-see', 'o/r|g'],
      ['c.jpg', 'negative', 'o/r|h'],
    ]);
    expect(items[2]?.boxes).toEqual([{ label: 'Manhole-Closed', x: 0.1, y: 0.2, w: 0.3, h: 0.4 }]);
    expect(items[2]?.path).toBe(join(folder, 'manhole', 'c.jpg'));
    expect(items.map(({ maskPath }) => maskPath)).toEqual([null, join(folder, 'flooding', 'masks', 'b.png'), null]);
  });

  it('give whole groups to the part that stays out, and the same few of them under a limit', () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i}.jpg,dry,fixed_camera,g${i % 20},o/r,p,none,,`);
    write('flooding.csv', ...rows);
    lay('flooding', ...rows.map((_, i) => `${i}.jpg`));
    const held = readLists(folder, 'held-out').items;
    expect(held.length).toBeGreaterThan(0);
    expect(held.length).toBeLessThan(60);
    expect(held.every((item) => isHeldOut(item.group))).toBe(true);
    const few = readLists(folder, 'held-out', 5).items;
    expect(few).toHaveLength(5);
    expect(readLists(folder, 'held-out', 5).items).toEqual(few);
    for (const item of few) expect(held).toContainEqual(item);
  });

  it.each([
    ['an unknown label', 'a.jpg,damp,fixed_camera,g,o/r,p,none,,', /row 2: a\.jpg has the label "damp"/],
    ['an unknown view', 'a.jpg,dry,drone,g,o/r,p,none,,', /row 2/],
    ['a file outside its folder', '../a.jpg,dry,fixed_camera,g,o/r,p,none,,', /without folders/],
    ['broken boxes', 'a.jpg,dry,fixed_camera,g,o/r,p,none,,[{', /boxes of a\.jpg/],
    ['too few columns', 'a.jpg,dry', /flooding\.csv/],
    ['a missing picture', 'gone.jpg,dry,fixed_camera,g,o/r,p,none,,', /row 2: .*gone\.jpg is not there/],
  ])('refuse %s with the row', (_what, row, message) => {
    write('flooding.csv', row);
    lay('flooding', 'a.jpg');
    expect(() => readLists(folder, 'all')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    expect(() => readLists(folder, 'all')).toThrow(message);
  });

  it('refuse a folder without lists, no folder and an unknown part, each with a cure', () => {
    expect(() => readLists(folder, 'all')).toThrow(expect.objectContaining({ code: 'CONFIG_MISSING' }));
    expect(() => readLists(join(folder, 'nowhere'), 'all')).toThrow(/is no folder/);
    expect(() => partOf('half')).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', cure: 'Take one of: all, held-out, unlearned.' }),
    );
    expect(partOf('all')).toBe('all');
  });
});
