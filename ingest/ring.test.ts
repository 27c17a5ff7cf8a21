import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choose } from './cut.ts';
import {
  joinSegments,
  nameOf,
  openRing,
  ringFolderOf,
  segmentOf,
  segmentsOf,
  type RingWriter,
  type Segment,
} from './ring.ts';

const startMs = 1_800_000_000_000;
const head = Buffer.from('head');
let folder: string;
let faults: (string | undefined)[];
const ringOf = (over: { keepMs?: number; quotaBytes?: number } = {}): RingWriter =>
  openRing({
    folder,
    keepMs: over.keepMs ?? 60_000,
    quotaBytes: over.quotaBytes ?? 1_000_000,
    onFault: (fault) => faults.push(fault),
  });
const piece = (second: number, bytes = 100, isKey = true) => ({
  bytes: Buffer.alloc(bytes, second),
  isKey,
  fromMs: startMs + second * 1000,
  toMs: startMs + (second + 2) * 1000,
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ahual-ring-'));
  faults = [];
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

  it('keeps what is young and removes what is past its time', async () => {
    const ring = ringOf({ keepMs: 10_000 });
    for (let second = 0; second < 40; second += 2) await ring.append('cam', head, piece(second));
    const kept = await segmentsOf(folder, 'cam');
    expect(kept[0]?.fromMs).toBeGreaterThanOrEqual(startMs + 26_000);
    expect(kept.at(-1)?.toMs).toBe(startMs + 40_000);
  });

  it('never grows beyond its quota, the oldest of any camera goes first', async () => {
    const ring = ringOf({ quotaBytes: 1000 });
    for (let second = 0; second < 20; second += 2) {
      await ring.append('a', head, piece(second));
      await ring.append('b', head, piece(second + 1));
      expect(ring.bytes()).toBeLessThanOrEqual(1000);
    }
    expect(await segmentsOf(folder, 'a')).toHaveLength(5);
    expect(await segmentsOf(folder, 'b')).toHaveLength(5);
  });

  it('says when it cannot be written, gives back room, and says when it can be written again', async () => {
    const ring = ringOf();
    await ring.append('cam', head, piece(0));
    // A file where the folder of another camera should be: nothing can be written there.
    await writeFile(ringFolderOf(folder, 'blocked'), '');
    await ring.append('blocked', head, piece(2));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/EEXIST|ENOTDIR/);
    await ring.append('blocked', head, piece(3));
    expect(faults).toHaveLength(1);
    await ring.append('cam', head, piece(4));
    expect(faults).toEqual([expect.any(String), undefined]);
  });

  it('takes over what an earlier process left, so that it is cleaned too', async () => {
    await ringOf().append('cam', head, piece(0));
    const ring = ringOf({ keepMs: 5000 });
    await ring.adopt('cam');
    await ring.append('cam', head, piece(60));
    expect((await segmentsOf(folder, 'cam')).map((one) => one.fromMs)).toEqual([startMs + 60_000]);
  });

  it('keeps every camera in a folder of its own, whatever its id is', async () => {
    const ring = ringOf();
    for (const id of ['..', '../../etc', 'a/b', 'қала 1']) await ring.append(id, head, piece(0));
    expect(await readdir(folder)).toHaveLength(4);
    expect((await readdir(folder)).every((name) => name.startsWith('cam-'))).toBe(true);
  });

  it('joins segments behind their head', async () => {
    const ring = ringOf();
    await ring.append('cam', head, piece(0, 3));
    await ring.append('cam', head, piece(2, 3));
    const to = join(folder, 'joined');
    await joinSegments(folder, 'cam', await segmentsOf(folder, 'cam'), to);
    expect(await readFile(to)).toEqual(Buffer.concat([head, Buffer.alloc(3, 0), Buffer.alloc(3, 2)]));
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
