import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, statfs, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choose } from './cut.ts';
import { nameOf, ringFolderOf, segmentsOf } from './ring.ts';
import { openRing, type RingOptions, type RingWriter } from './ring-writer.ts';

const startMs = 1_800_000_000_000;
let folder: string;
let faults: (string | undefined)[];

/** A box of MP4 of so many bytes: its length, its name, and anything. */
function box(name: string, bytes: number): Buffer {
  const all = Buffer.alloc(bytes, 7);
  all.writeUInt32BE(bytes, 0);
  all.write(name, 4, 'latin1');
  return all;
}
const head = box('moov', 16);
const ringOf = (over: Partial<RingOptions> = {}): RingWriter =>
  openRing({
    folder,
    keepMs: 60_000,
    quotaBytes: 1_000_000,
    freeBytesMin: 0,
    onFault: (fault) => faults.push(fault),
    ...over,
  });
const piece = (second: number, bytes = 100, isKey = true) => ({
  bytes: box('mdat', bytes),
  isKey,
  fromMs: startMs + second * 1000,
  toMs: startMs + (second + 2) * 1000,
});

/** What really lies in the folder, half-written files and all. */
function bytesOnDisk(at = folder): number {
  return readdirSync(at, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(at, entry.name);
    return sum + (entry.isDirectory() ? bytesOnDisk(path) : statSync(path).size);
  }, 0);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ahual-ring-'));
  faults = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('what the ring keeps', () => {
  it('is what is young; what is past its time is removed', async () => {
    const ring = ringOf({ keepMs: 10_000 });
    for (let second = 0; second < 40; second += 2) await ring.append('cam', head, piece(second));
    const kept = await segmentsOf(folder, 'cam');
    expect(kept[0]?.fromMs).toBeGreaterThanOrEqual(startMs + 26_000);
    expect(kept.at(-1)?.toMs).toBe(startMs + 40_000);
  });

  it('has 15 s before and 15 s after of every moment, as long as the quota allows what is kept', async () => {
    const ring = ringOf({ keepMs: 45_000 });
    for (let second = 0; second <= 300; second += 2) {
      await ring.append('cam', head, piece(second));
      // An act that has been over for 15 s: its clip is asked for now.
      const atMs = startMs + (second + 2 - 15) * 1000;
      if (second < 40) continue;
      const chosen = choose(await segmentsOf(folder, 'cam'), { fromMs: atMs - 15_000, toMs: atMs + 15_000 });
      expect(chosen[0]?.fromMs).toBeLessThanOrEqual(atMs - 15_000);
      expect(chosen.at(-1)?.toMs).toBeGreaterThanOrEqual(atMs + 15_000);
    }
    expect(faults).toEqual([]);
  });

  it('lies in a folder for each camera, whatever its id is', async () => {
    const ring = ringOf();
    for (const id of ['..', '../../etc', 'a/b', 'қала 1']) await ring.append(id, head, piece(0));
    expect(await readdir(folder)).toHaveLength(4);
    expect((await readdir(folder)).every((name) => name.startsWith('cam-'))).toBe(true);
  });

  it('of a camera that nobody watches any more is removed when its time is over, with its head', async () => {
    await ringOf().append('gone', head, piece(0));
    const ring = ringOf({ keepMs: 5000 });
    // A head's own age is that of its file, which is now: only the film can be past its time in this test.
    await ring.append('cam', head, piece(100));
    expect(await segmentsOf(folder, 'gone')).toEqual([]);
    expect(await segmentsOf(folder, 'cam')).toHaveLength(1);
  });
});

describe('the quota', () => {
  it('is kept at every moment, counted as it is written, by whatever comes together', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      let state = seed;
      const random = (below: number): number => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
      };
      const own = join(folder, `seed-${seed}`);
      const quotaBytes = 600 + random(3000);
      const cameras = 1 + random(5);
      const ring = ringOf({ folder: own, quotaBytes, keepMs: 10_000 + random(60_000) });
      let second = 0;
      for (let round = 0; round < 25; round++) {
        second += random(4);
        const together = Array.from({ length: 1 + random(6) }, () =>
          ring.append(
            `cam-${random(cameras)}`,
            box('moov', 16 + random(3)),
            piece(second + random(3), 8 + random(500), random(3) > 0),
          ),
        );
        await Promise.all(together);
        const onDisk = existsSync(own) ? bytesOnDisk(own) : 0;
        expect(ring.bytes(), `seed ${seed}, round ${round}`).toBe(onDisk);
        expect(onDisk).toBeLessThanOrEqual(quotaBytes);
      }
      // Whoever takes over counts the same.
      const next = ringOf({ folder: own, quotaBytes });
      for (let i = 0; i < cameras; i++) await next.adopt(`cam-${i}`);
      expect(next.bytes()).toBe(bytesOnDisk(own));
    }
  });

  it('leaves a camera its share: one with a huge bit rate pushes out only itself', async () => {
    const ring = ringOf({ quotaBytes: 4000, keepMs: 100_000 });
    for (let second = 0; second < 60; second += 2) {
      await ring.append('modest', head, piece(second, 20));
      for (let part = 0; part < 4; part++) await ring.append('huge', head, piece(second + part / 4, 900));
    }
    expect(await segmentsOf(folder, 'modest')).toHaveLength(30);
    expect((await segmentsOf(folder, 'huge')).length).toBeGreaterThan(0);
  });

  it('that leaves too little of a camera is told, and called off when it is enough again', async () => {
    const ring = ringOf({ quotaBytes: 1000, keepMs: 120_000 });
    for (let second = 0; second < 40; second += 2) await ring.append('cam', head, piece(second, 300));
    expect(faults).toEqual([expect.stringContaining('less than 60 s of cam')]);
    ring.setQuota(100_000);
    for (let second = 40; second < 120; second += 2) await ring.append('cam', head, piece(second, 300));
    expect(faults.at(-1)).toBeUndefined();
  });

  it('refuses one piece that is larger than all of it, and says so', async () => {
    expect(await ringOf({ quotaBytes: 50 }).append('cam', head, piece(0, 100))).toBe(false);
    expect(faults).toEqual([expect.stringContaining('larger than the whole ring')]);
  });
});

describe('a disk that refuses', () => {
  it('without space is given back as much as the piece needs, and the piece is written after all', async () => {
    const ring = ringOf();
    for (let second = 0; second < 10; second += 2) await ring.append('cam', head, piece(second));
    // The kernel's own ENOSPC, for any user: the half-written file is a way to /dev/full.
    const { bytes, ...next } = piece(10);
    const headOf = (await segmentsOf(folder, 'cam'))[0]?.head ?? '';
    const name = nameOf({ ...next, head: headOf });
    await symlink('/dev/full', join(ringFolderOf(folder, 'cam'), `${name}.part`));
    expect(await ring.append('cam', head, { bytes, ...next })).toBe(true);
    const kept = await segmentsOf(folder, 'cam');
    expect(kept.at(-1)?.toMs).toBe(startMs + 12_000);
    expect(kept[0]?.fromMs).toBe(startMs + 4000);
    expect(ring.bytes()).toBe(bytesOnDisk());
    expect(faults).toEqual([]);
  });

  it.runIf(canMount())('that is really full keeps the newest film, and what is counted is what is there', async () => {
    const small = join(folder, 'small');
    await mkdir(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', small]);
    try {
      // The quota promises more than the disk has.
      const ring = ringOf({ folder: small, quotaBytes: 10_000_000, keepMs: 600_000 });
      for (let second = 0; second < 60; second += 2)
        expect(await ring.append('cam', head, piece(second, 30_000))).toBe(true);
      const kept = await segmentsOf(small, 'cam');
      expect(kept.at(-1)?.toMs).toBe(startMs + 60_000);
      expect(kept.length).toBeGreaterThan(2);
      expect(ring.bytes()).toBe(bytesOnDisk(small));
      // Somebody else takes all that is left: the ring gives its own, and a ring that has nothing to give says so once.
      const { bavail, bsize } = await statfs(small);
      await writeFile(join(small, 'other'), Buffer.alloc(bavail * bsize));
      expect(await ring.append('cam', head, piece(60, 30_000))).toBe(true);
      await writeFile(join(small, 'other'), Buffer.alloc(bavail * bsize + 30_000)).catch(() => undefined);
      const poor = ringOf({ folder: join(small, 'poor') });
      expect(await poor.append('cam', head, piece(62, 90_000))).toBe(false);
      expect(await poor.append('cam', head, piece(64, 90_000))).toBe(false);
      expect(faults).toEqual([expect.stringContaining('ENOSPC')]);
      await rm(join(small, 'other'));
      for (const one of await segmentsOf(small, 'cam')) await rm(join(ringFolderOf(small, 'cam'), nameOf(one)));
      expect(await poor.append('cam', head, piece(66, 90_000))).toBe(true);
      expect(faults.at(-1)).toBeUndefined();
      expect(poor.bytes()).toBe(bytesOnDisk(join(small, 'poor')));
    } finally {
      execFileSync('umount', [small]);
    }
  });

  it('says when a camera cannot be written, once, while the others are, and when it can be again', async () => {
    const ring = ringOf();
    await ring.append('cam', head, piece(0));
    // A file where the folder of another camera should be: nothing can be written there.
    await writeFile(ringFolderOf(folder, 'blocked'), '');
    expect(await ring.append('blocked', head, piece(2))).toBe(false);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/EEXIST|ENOTDIR/);
    await ring.append('blocked', head, piece(3));
    expect(faults).toHaveLength(1);
    expect(await ring.append('cam', head, piece(4))).toBe(true);
    expect(faults).toEqual([expect.any(String), undefined]);
  });

  it('that forbids writing and removing to an ordinary user is told, and nothing is written beyond the quota', async () => {
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) await chown(folder, 65_534, 65_534);
    if (isRoot) process.seteuid?.(65_534);
    try {
      const ring = ringOf({ quotaBytes: 350, keepMs: 8000 });
      for (const second of [0, 2, 4]) await ring.append('cam', head, piece(second));
      await chmod(ringFolderOf(folder, 'cam'), 0o500);
      expect(await ring.append('cam', head, piece(6))).toBe(false);
      expect(faults.at(-1)).toMatch(/EACCES/);
      expect(bytesOnDisk()).toBeLessThanOrEqual(350);
      await chmod(ringFolderOf(folder, 'cam'), 0o700);
      expect(await ring.append('cam', head, piece(8))).toBe(true);
      expect(faults.at(-1)).toBeUndefined();
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('whose old film cannot be removed keeps it in the count, and writes nothing beyond the quota', async () => {
    const ring = ringOf({ quotaBytes: 350, keepMs: 8000 });
    for (const second of [0, 2, 4]) await ring.append('cam', head, piece(second));
    // A folder in a segment's place cannot be unlinked by anybody, root included.
    const [oldest] = await segmentsOf(folder, 'cam');
    const path = join(ringFolderOf(folder, 'cam'), oldest ? nameOf(oldest) : '');
    await rm(path);
    await mkdir(path);
    expect(await ring.append('cam', head, piece(6))).toBe(false);
    expect(faults.at(-1)).toMatch(/cannot be removed/);
    await rm(path, { recursive: true });
    expect(await ring.append('cam', head, piece(8))).toBe(true);
    expect(faults.at(-1)).toBeUndefined();
    expect(ring.bytes()).toBe(bytesOnDisk());
  });

  it('with little space is told, and each new piece takes the place of an old one', async () => {
    let freeBytes = 5000;
    const ring = ringOf({ freeBytesMin: 4000, freeBytes: () => Promise.resolve(freeBytes) });
    for (let second = 0; second < 10; second += 2) await ring.append('cam', head, piece(second));
    expect(faults).toEqual([]);
    freeBytes = 3900;
    const before = ring.bytes();
    for (let second = 10; second < 20; second += 2) expect(await ring.append('cam', head, piece(second))).toBe(true);
    expect(ring.bytes()).toBeLessThanOrEqual(before);
    expect(faults).toEqual([expect.stringContaining('low space')]);
    freeBytes = 50_000;
    await ring.append('cam', head, piece(22));
    expect(faults.at(-1)).toBeUndefined();
  });

  it('from which somebody took the whole ring is written anew', async () => {
    const ring = ringOf();
    for (const second of [0, 2]) await ring.append('cam', head, piece(second));
    await rm(ringFolderOf(folder, 'cam'), { recursive: true });
    expect(await ring.append('cam', head, piece(4))).toBe(true);
    expect(ring.bytes()).toBe(bytesOnDisk());
    expect((await segmentsOf(folder, 'cam')).map((one) => one.fromMs)).toEqual([startMs + 4000]);
  });
});

describe('after a crash', () => {
  it('what was left is taken over, so that it is cleaned too', async () => {
    await ringOf().append('cam', head, piece(0));
    const ring = ringOf({ keepMs: 5000 });
    await ring.adopt('cam');
    expect(ring.bytes()).toBe(bytesOnDisk());
    await ring.append('cam', head, piece(60));
    expect((await segmentsOf(folder, 'cam')).map((one) => one.fromMs)).toEqual([startMs + 60_000]);
  });

  it('what is half-written, cut short, full of zeros or without its head is removed; the rest is usable', async () => {
    const before = ringOf();
    for (const second of [0, 2, 4, 6]) await before.append('cam', head, piece(second));
    await before.append('cam', box('moov', 24), piece(8));
    const own = ringFolderOf(folder, 'cam');
    const all = await segmentsOf(folder, 'cam');
    const at = (i: number): string => join(own, all[i] ? nameOf(all[i]) : '');
    await truncate(at(0), 60);
    await truncate(at(1), 0);
    await writeFile(at(2), Buffer.alloc(100));
    await rm(join(own, `${all[4]?.head ?? ''}.head.mp4`));
    await writeFile(join(own, 'x.m4s.part'), 'half');
    const ring = ringOf();
    await ring.adopt('cam');
    expect((await segmentsOf(folder, 'cam')).map((one) => one.fromMs)).toEqual([startMs + 6000]);
    expect(await readdir(own)).toHaveLength(2);
    expect(ring.bytes()).toBe(bytesOnDisk());
    expect(await ring.append('cam', box('moov', 24), piece(10))).toBe(true);
    expect(faults).toEqual([]);
  });
});

function canMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && canRun('mount');
}

function canRun(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
