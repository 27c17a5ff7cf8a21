// The ring's writing side: its quota counted as it is written, each camera a share of it, and what happens when the disk refuses.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, stat, statfs, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '#core/errors';
import { ringFaults } from '#core/site-incident';
import { headName, nameOf, ringFolderOf, segmentOf, segmentsOf, type Segment } from './ring.ts';

/** `write`: the disk refuses; `space`: it is nearly full; `stuck`: old film cannot be removed; `quota`: the ring is set too small. */
export const ringFaultKinds = [...ringFaults, 'quota'] as const;
export type RingFaultKind = (typeof ringFaultKinds)[number];

export interface RingOptions {
  readonly folder: string;
  /** A segment is removed when its end is older than this. */
  readonly keepMs: number;
  /** All segments and heads together, of the cameras written here. */
  readonly quotaBytes: number;
  /** With less free space than this on its disk the ring grows no more. */
  readonly freeBytesMin: number;
  /** Told when something of the ring is wrong, when that changes, and when nothing is (undefined). */
  readonly onFault: (fault: string | undefined, kinds: readonly RingFaultKind[]) => void;
  /** Free bytes of the disk; asked of the system when absent. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

export interface RingWriter {
  /**
   * Writes one piece of film; makes room before, and removes what is past its time. Never throws: what is wrong is told.
   * Gives whether it is on disk.
   */
  append(
    cameraId: string,
    head: Buffer,
    piece: { bytes: Buffer; isKey: boolean; fromMs: number; toMs: number },
  ): Promise<boolean>;
  /** Takes over what an earlier process left of a camera; what a crash left half-written is removed. */
  adopt(cameraId: string): Promise<void>;
  /** The quota from now on: eyes share it, and there may be more of them. */
  setQuota(bytes: number): void;
  /** What lies on disk, counted as it was written. */
  bytes(): number;
}

/** A quota that leaves less than this of a camera is told: a clip from 15 s before to 15 s after could not be had for long. */
const leastKeptMs = 60_000;
/** Free space is asked for so often, and abandoned cameras are looked for so often. */
const [askSpaceMs, sweepMs] = [2000, 60_000];

interface Own {
  readonly segments: Segment[];
  /** Bytes of each head that lies on disk. */
  readonly heads: Map<string, number>;
  bytes: number;
}

/** Opens the writing side of a ring. One writer a folder and camera; several writers may share a folder. */
export function openRing(options: RingOptions): RingWriter {
  return new Ring(options);
}

class Ring implements RingWriter {
  readonly #options: RingOptions;
  readonly #cameras = new Map<string, Own>();
  readonly #faults = new Map<RingFaultKind, string>();
  #told: string | undefined;
  #quota: number;
  #total = 0;
  /** One at a time: what is counted is what is there. */
  #turn: Promise<unknown> = Promise.resolve();
  #space: { atMs: number; freeBytes: number } | undefined;
  #sweptAtMs: number | undefined;
  /** Cameras of which the quota leaves too little. */
  readonly #short = new Set<string>();

  constructor(options: RingOptions) {
    this.#options = options;
    this.#quota = options.quotaBytes;
  }

  bytes(): number {
    return this.#total;
  }

  setQuota(bytes: number): void {
    this.#quota = bytes;
  }

  adopt(cameraId: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#cameras.has(cameraId)) return;
      const own = this.#own(cameraId);
      try {
        await this.#takeOver(cameraId, own);
      } catch (thrown) {
        this.#set('write', messageOf(thrown));
        this.#tell();
      }
    });
  }

  append(
    cameraId: string,
    head: Buffer,
    piece: { bytes: Buffer; isKey: boolean; fromMs: number; toMs: number },
  ): Promise<boolean> {
    return this.#inTurn(async () => {
      const isWritten = await this.#append(cameraId, head, piece).catch((thrown: unknown) => {
        this.#set('write', messageOf(thrown));
        return false;
      });
      this.#tell();
      return isWritten;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #own(cameraId: string): Own {
    const known = this.#cameras.get(cameraId);
    if (known) return known;
    const own: Own = { segments: [], heads: new Map(), bytes: 0 };
    this.#cameras.set(cameraId, own);
    return own;
  }

  #set(kind: RingFaultKind, fault: string | undefined): void {
    if (fault === undefined) this.#faults.delete(kind);
    else this.#faults.set(kind, fault);
  }

  #tell(): void {
    const now = [...this.#faults.values()].join('; ') || undefined;
    if (now === this.#told) return;
    this.#told = now;
    this.#options.onFault(now, [...this.#faults.keys()]);
  }

  async #append(
    cameraId: string,
    head: Buffer,
    { bytes, isKey, fromMs, toMs }: { bytes: Buffer; isKey: boolean; fromMs: number; toMs: number },
  ): Promise<boolean> {
    const name = createHash('sha256').update(head).digest('hex').slice(0, 16);
    const segment: Segment = { fromMs, toMs, isKey, head: name, bytes: bytes.length };
    const own = this.#own(cameraId);
    await this.#clean(toMs);
    const needs = (): number => bytes.length + (own.heads.has(name) ? 0 : head.length);
    if (needs() > this.#quota) {
      this.#set('quota', `one piece of film (${bytes.length} bytes) is larger than the whole ring may be`);
      return false;
    }
    // A head may go with the last of its segments while room is made: what is needed is asked anew each time.
    await this.#makeRoom(() => this.#total + needs() - this.#quota, toMs);
    this.#tellShort(toMs);
    if (this.#total + needs() > this.#quota) {
      if (!this.#faults.has('stuck')) this.#set('stuck', 'no old film can make way, so no new film has a place');
      return false;
    }
    if (!(await this.#hasSpace(toMs, needs))) return false;
    try {
      await this.#write(cameraId, own, segment, head, bytes);
    } catch (thrown) {
      if (!isFull(thrown) && !isGone(thrown)) throw thrown;
      if (isGone(thrown)) await this.#recount();
      // A full disk: twice the piece is given back, and it is tried once more.
      else await this.#giveBack(2 * needs());
      await this.#write(cameraId, own, segment, head, bytes);
    }
    this.#set('write', undefined);
    return true;
  }

  /** Counted before it is written: a piece that failed is taken off again. */
  async #write(cameraId: string, own: Own, segment: Segment, head: Buffer, bytes: Buffer): Promise<void> {
    const folder = ringFolderOf(this.#options.folder, cameraId);
    if (!own.heads.has(segment.head)) {
      await mkdir(folder, { recursive: true });
      await replaceFile(join(folder, headName(segment.head)), head);
      own.heads.set(segment.head, head.length);
      this.#count(own, head.length);
    }
    // Two pieces of one name are the same seconds told twice: the later one lies in the place of the earlier.
    const twin = own.segments.findIndex((one) => nameOf(one) === nameOf(segment));
    this.#count(own, bytes.length);
    try {
      await replaceFile(join(folder, nameOf(segment)), bytes);
    } catch (thrown) {
      this.#count(own, -bytes.length);
      throw thrown;
    }
    const [replaced] = twin < 0 ? [] : own.segments.splice(twin, 1);
    if (replaced) this.#count(own, -replaced.bytes);
    own.segments.push(segment);
  }

  #count(own: Own, bytes: number): void {
    own.bytes += bytes;
    this.#total += bytes;
  }

  /** Removes what is past its time; also of cameras that nobody watches any more, which no writer knows. */
  async #clean(nowMs: number): Promise<void> {
    const tooOld = nowMs - this.#options.keepMs;
    this.#set('stuck', undefined);
    for (const [cameraId, own] of this.#cameras) {
      const old = own.segments.filter((one) => one.toMs < tooOld);
      for (const segment of old) await this.#remove(cameraId, own, segment);
    }
    if (this.#sweptAtMs !== undefined && Math.abs(nowMs - this.#sweptAtMs) < sweepMs) return;
    this.#sweptAtMs = nowMs;
    await this.#sweep(tooOld);
  }

  async #sweep(tooOld: number): Promise<void> {
    const { folder } = this.#options;
    const known = new Set([...this.#cameras.keys()].map((id) => ringFolderOf(folder, id)));
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((one) => one.startsWith('cam-'))) {
      const abandoned = join(folder, name);
      if (known.has(abandoned)) continue;
      const files = await readdir(abandoned).catch(() => []);
      const young = files.flatMap((file) => segmentOf(file, 0) ?? []).filter((one) => one.toMs >= tooOld);
      const heads = new Set(young.map((one) => headName(one.head)));
      for (const file of files) {
        const segment = segmentOf(file, 0);
        const isOld = segment ? segment.toMs < tooOld : file.endsWith('.head.mp4') && !heads.has(file);
        // A head without segments may be that of a camera which another eye has just begun to watch.
        if (!isOld || (!segment && !(await isUntouchedSince(join(abandoned, file), tooOld)))) continue;
        await unlink(join(abandoned, file)).catch(() => undefined);
      }
    }
  }

  /**
   * Removes from whoever uses most, its oldest first, until nothing is missing: who uses less than a share loses nothing.
   * `nowMs`: it is for the quota, and whoever is left with little is remembered.
   */
  async #makeRoom(missing: () => number, nowMs?: number): Promise<void> {
    while (missing() > 0) {
      const [cameraId, own] = this.#largest() ?? [];
      const segment = own?.segments[0];
      if (cameraId === undefined || !own || !segment) return;
      if (nowMs !== undefined && nowMs - segment.toMs < this.#leastKeptMs) this.#short.add(cameraId);
      if (!(await this.#remove(cameraId, own, segment))) return;
    }
  }

  get #leastKeptMs(): number {
    return Math.min(leastKeptMs, this.#options.keepMs / 2);
  }

  #tellShort(nowMs: number): void {
    for (const cameraId of this.#short) {
      const oldest = this.#cameras.get(cameraId)?.segments[0];
      if (!oldest || nowMs - oldest.fromMs >= this.#leastKeptMs) this.#short.delete(cameraId);
    }
    const seconds = Math.round(this.#leastKeptMs / 1000);
    const names = [...this.#short].sort().join(', ');
    this.#set('quota', names === '' ? undefined : `the quota leaves less than ${seconds} s of ${names}`);
  }

  #largest(): [string, Own] | undefined {
    let largest: [string, Own] | undefined;
    for (const one of this.#cameras)
      if (one[1].segments.length > 0 && one[1].bytes > (largest?.[1].bytes ?? 0)) largest = one;
    return largest;
  }

  async #giveBack(bytes: number): Promise<void> {
    const goal = this.#total - bytes;
    await this.#makeRoom(() => this.#total - goal);
  }

  /** False: the disk is nearly full and nothing of the ring can make way. With little space each new piece takes an old one's place. */
  async #hasSpace(nowMs: number, needs: () => number): Promise<boolean> {
    const { folder, freeBytesMin, freeBytes = freeBytesOf } = this.#options;
    if (freeBytesMin <= 0) return true;
    if (!this.#space || Math.abs(nowMs - this.#space.atMs) >= askSpaceMs)
      this.#space = { atMs: nowMs, freeBytes: await freeBytes(folder) };
    const gibOf = (bytes: number): string => (bytes / 2 ** 30).toFixed(2);
    if (this.#space.freeBytes - needs() >= freeBytesMin) {
      this.#set('space', undefined);
      return true;
    }
    this.#set(
      'space',
      `low space: ${gibOf(this.#space.freeBytes)} GiB free where ${gibOf(freeBytesMin)} must stay; the ring grows no more`,
    );
    this.#space = undefined;
    const before = this.#total;
    await this.#giveBack(needs());
    return before - this.#total >= needs();
  }

  /** A segment leaves the count when its file has left the disk, and its head with the last that needed it. */
  async #remove(cameraId: string, own: Own, segment: Segment): Promise<boolean> {
    const folder = ringFolderOf(this.#options.folder, cameraId);
    try {
      await unlinkIfThere(join(folder, nameOf(segment)));
    } catch (thrown) {
      this.#set('stuck', `old film cannot be removed: ${messageOf(thrown)}`);
      return false;
    }
    own.segments.splice(own.segments.indexOf(segment), 1);
    this.#count(own, -segment.bytes);
    const headBytes = own.heads.get(segment.head);
    if (headBytes === undefined || own.segments.some((one) => one.head === segment.head)) return true;
    await unlinkIfThere(join(folder, headName(segment.head))).catch(() => undefined);
    own.heads.delete(segment.head);
    this.#count(own, -headBytes);
    return true;
  }

  /** Somebody removed files or folders behind our back: what is counted is read anew from the disk. */
  async #recount(): Promise<void> {
    for (const [cameraId, own] of this.#cameras) {
      this.#count(own, -own.bytes);
      own.segments.length = 0;
      own.heads.clear();
      await this.#takeOver(cameraId, own);
    }
  }

  async #takeOver(cameraId: string, own: Own): Promise<void> {
    const folder = ringFolderOf(this.#options.folder, cameraId);
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((one) => one.endsWith('.part')))
      await unlinkIfThere(join(folder, name)).catch(() => undefined);
    const heads = new Map<string, number>();
    for (const name of names.filter((one) => one.endsWith('.head.mp4'))) {
      const path = join(folder, name);
      const { size } = await stat(path).catch(() => ({ size: 0 }));
      if (await isWholeFilm(path, size, 'moov')) heads.set(name.slice(0, -'.head.mp4'.length), size);
      else await unlinkIfThere(path).catch(() => undefined);
    }
    const used = new Set<string>();
    for (const segment of await segmentsOf(this.#options.folder, cameraId)) {
      const path = join(folder, nameOf(segment));
      if (heads.has(segment.head) && (await isWholeFilm(path, segment.bytes, 'mdat'))) {
        own.segments.push(segment);
        used.add(segment.head);
        this.#count(own, segment.bytes);
      } else await unlinkIfThere(path).catch(() => undefined);
    }
    for (const [head, size] of heads) {
      if (used.has(head)) {
        own.heads.set(head, size);
        this.#count(own, size);
      } else await unlinkIfThere(join(folder, headName(head))).catch(() => undefined);
    }
  }
}

/** The whole chain of boxes of a file, as far as their lengths tell: a power cut leaves files that are cut short or full of zeros. */
async function isWholeFilm(path: string, size: number, last: 'moov' | 'mdat'): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const head = Buffer.alloc(8);
    let name = '';
    let at = 0;
    while (at + 8 <= size) {
      await file.read(head, 0, 8, at);
      const length = head.readUInt32BE(0);
      if (length < 8) return false;
      name = head.toString('latin1', 4, 8);
      at += length;
    }
    return at === size && name === last;
  } finally {
    await file.close();
  }
}

const codeOf = (thrown: unknown): unknown =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
const isFull = (thrown: unknown): boolean => ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(codeOf(thrown)));
const isGone = (thrown: unknown): boolean => codeOf(thrown) === 'ENOENT';

async function freeBytesOf(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function isUntouchedSince(path: string, atMs: number): Promise<boolean> {
  const file = await stat(path).catch(() => undefined);
  return file !== undefined && file.mtimeMs < atMs;
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (thrown) {
    if (!isGone(thrown)) throw thrown;
  }
}

async function replaceFile(path: string, bytes: Buffer): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, bytes, { mode: 0o600 });
    await rename(part, path);
  } catch (thrown) {
    await unlink(part).catch(() => undefined);
    throw thrown;
  }
}
