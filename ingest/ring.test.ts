import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choose } from './cut.ts';
import { headName, joinSegments, nameOf, ringFolderOf, segmentOf, segmentsOf, type Segment } from './ring.ts';

const startMs = 1_800_000_000_000;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ahual-ring-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the ring', () => {
  it('names a segment so that its name is its index', () => {
    const segment: Segment = {
      fromMs: startMs,
      toMs: startMs + 2000,
      isKey: false,
      head: '0123456789abcdef',
      bytes: 5,
    };
    expect(segmentOf(nameOf(segment), 5)).toEqual(segment);
    expect(segmentOf('notes.txt', 5)).toBeUndefined();
    expect(segmentOf(`${nameOf(segment)}.part`, 5)).toBeUndefined();
  });

  it('joins segments behind their head', async () => {
    const own = ringFolderOf(folder, 'cam');
    const at = (second: number): Segment => ({
      fromMs: startMs + second * 1000,
      toMs: startMs + (second + 2) * 1000,
      isKey: true,
      head: '0123456789abcdef',
      bytes: 3,
    });
    await mkdir(own);
    await writeFile(join(own, headName('0123456789abcdef')), 'head');
    for (const second of [0, 2]) await writeFile(join(own, nameOf(at(second))), Buffer.alloc(3, second));
    const to = join(folder, 'joined');
    await joinSegments(folder, 'cam', await segmentsOf(folder, 'cam'), to);
    expect(await readFile(to)).toEqual(Buffer.concat([Buffer.from('head'), Buffer.alloc(3, 0), Buffer.alloc(3, 2)]));
  });
});

describe('which segments make a clip', () => {
  const at = (second: number, isKey = true, head = 'h'): Segment => ({
    fromMs: second * 1000,
    toMs: (second + 2) * 1000,
    isKey,
    head,
    bytes: 1,
  });
  const starts = (segments: readonly Segment[]): number[] => segments.map((one) => one.fromMs / 1000);

  it('begins at the key frame at or before the wished start and ends after the wished end', () => {
    const all = [0, 2, 4, 6, 8, 10].map((second) => at(second));
    expect(starts(choose(all, { fromMs: 4500, toMs: 8500 }))).toEqual([4, 6, 8]);
  });

  it('goes back to a key frame when the wish begins in the middle of a long picture group', () => {
    const all = [at(0), at(2, false), at(4, false), at(6)];
    expect(starts(choose(all, { fromMs: 4500, toMs: 7000 }))).toEqual([0, 2, 4, 6]);
  });

  it('begins at the first key frame after it when there is none before', () => {
    expect(starts(choose([at(2, false), at(4), at(6)], { fromMs: 0, toMs: 8000 }))).toEqual([4, 6]);
  });

  it('does not mix picture sizes: the longer part is the clip', () => {
    const all = [at(0, true, 'old'), at(2), at(4), at(6)];
    expect(starts(choose(all, { fromMs: 0, toMs: 8000 }))).toEqual([2, 4, 6]);
  });

  it('gives nothing for seconds that are not there', () => {
    expect(choose([at(0)], { fromMs: 5000, toMs: 8000 })).toEqual([]);
  });
});
