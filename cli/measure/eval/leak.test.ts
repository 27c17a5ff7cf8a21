import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leakOf, readTrainList, type Printed } from './leak.ts';
import { groupKey } from './lists.ts';

const learned = [
  { model: 'm', list: 'snow', sha256: 'aa', perceptualHash: '0123456789abcdef', group: 'o/r|g1' },
  { model: 'm', list: 'snow', sha256: 'bb', perceptualHash: '', group: 'o/r|g2' },
];
const other = 'fedcba9876543210';
const picture = (
  file: string,
  sha256: string,
  perceptualHash: string,
  group: string,
  mirroredHash = '00ff00ff00ff00ff',
): Printed => ({
  item: { list: 'flooding', file, group },
  sha256,
  perceptualHash,
  mirroredHash,
});

describe('the leak check', () => {
  it('names the same file, the same look under another name, and the same camera', () => {
    const leak = leakOf(
      [
        picture('same.jpg', 'aa', other, 'o/r|x'),
        picture('equal.jpg', 'c1', '0123456789abcdef', 'o/r|x'),
        picture('near.jpg', 'c2', '0123456789abcdd0', 'o/r|x'),
        picture('camera.jpg', 'c3', other, 'o/r|g2'),
        picture('free.jpg', 'c4', other, 'o/r|x'),
      ],
      learned,
    );
    expect(leak).toMatchObject({ files: 1, nearDuplicates: 2, groups: 1 });
    expect([...leak.learned]).toEqual([
      'flooding/same.jpg',
      'flooding/equal.jpg',
      'flooding/near.jpg',
      'flooding/camera.jpg',
    ]);
    expect(leak.named[1]).toBe('flooding/equal.jpg: looks like one of snow, o/r|g1 (0 of 64 bits differ)');
  });

  it('draws the line after six bits, wherever they lie', () => {
    const flipped = (...bits: number[]): string => {
      const value = bits.reduce((sum, bit) => sum ^ (1n << BigInt(bit)), 0x0123456789abcdefn);
      return value.toString(16).padStart(16, '0');
    };
    const near = (...bits: number[]): number =>
      leakOf([picture('a.jpg', 'c', flipped(...bits), 'o/r|x')], learned).nearDuplicates;
    expect(near(0, 8, 16, 24, 32, 40)).toBe(1);
    expect(near(0, 1, 2, 3, 4, 5)).toBe(1);
    expect(near(0, 8, 16, 24, 32, 40, 48)).toBe(0);
    expect(near(0, 1, 2, 3, 4, 5, 6)).toBe(0);
  });

  it('names a mirrored picture, and is stricter with it', () => {
    const leak = (mirroredHash: string) => leakOf([picture('a.jpg', 'c', other, 'o/r|x', mirroredHash)], learned);
    expect(leak('0123456789abcdff')).toMatchObject({
      nearDuplicates: 1,
      named: ['flooding/a.jpg: mirrors one of snow, o/r|g1 (1 of 64 bits differ)'],
    });
    expect(leak('0123456789abcde0').nearDuplicates).toBe(1);
    // Five bits: a stranger's picture, mirrored, can come as near.
    expect(leak('0123456789abcdf0').nearDuplicates).toBe(0);
  });

  it('takes one camera of two names for one', () => {
    const source = 'informatics-lab/machine-learning-traffic-cams';
    const known = [
      { model: 'm', list: 'snow', sha256: 'aa', perceptualHash: '', group: groupKey(source, 'uk_TL-405627') },
    ];
    const judged = [picture('a.jpg', 'c', other, groupKey(source, 'in_TL-405627'))];
    expect(leakOf(judged, known)).toMatchObject({ groups: 1, named: [expect.stringContaining('TL-405627')] });
  });

  it('finds nothing where nothing is shared', () => {
    expect(leakOf([picture('a.jpg', 'c', other, 'o/r|x')], learned)).toMatchObject({
      files: 0,
      nearDuplicates: 0,
      groups: 0,
      named: [],
    });
  });
});

describe('a train list', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ahual-train-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('leaves out ranges of rendered seeds', () => {
    const path = join(folder, 'list.csv');
    const rows = ['sha256,perceptual_hash,source_repo,group,licence,list', 'aa,0123456789abcdef,o/r,g,none,snow'];
    writeFileSync(path, [...rows, ',,simulator/stage,seed 1-9,Apache-2.0,rendered', ''].join('\n'));
    expect(readTrainList(path, 'm')).toEqual([
      { model: 'm', list: 'snow', sha256: 'aa', perceptualHash: '0123456789abcdef', group: 'o/r|g' },
    ]);
  });

  it('may know whole cameras only', () => {
    const path = join(folder, 'list.csv');
    writeFileSync(path, 'kind,group,file\nseries,300000,\nsnow,o/r|cam|2,a.jpg\n');
    expect(readTrainList(path, 'm')).toEqual([
      { model: 'm', sha256: '', perceptualHash: '', group: 'o/r|cam|2', list: 'snow' },
    ]);
  });

  it('is refused when it is missing or of another form', () => {
    expect(() => readTrainList(join(folder, 'none.csv'), 'm')).toThrow(
      expect.objectContaining({ code: 'CONFIG_MISSING' }),
    );
    const path = join(folder, 'list.csv');
    writeFileSync(path, 'picture\na.jpg\n');
    expect(() => readTrainList(path, 'm')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
