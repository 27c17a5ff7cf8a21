// Kept files by content: stills, clips and photos. A file is whole or absent, and its name is its SHA-256.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, copyFile, mkdir, open, opendir, readFile, rename, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AhualError } from '#core/errors';

export const fileKinds = ['still', 'clip', 'photo'] as const;
export type FileKind = (typeof fileKinds)[number];

export interface Usage {
  readonly files: number;
  readonly bytes: number;
  /** Free space of the disk, bytes. */
  readonly freeBytes: number;
}

export interface Files {
  /** Keeps bytes and gives their SHA-256; bytes that are there already are not written again. */
  put(bytes: Uint8Array, kind: FileKind, extension: string): Promise<string>;
  /** Moves a finished file in and gives its SHA-256. */
  adopt(pathOnDisk: string, kind: FileKind, extension: string): Promise<string>;
  /** Where the file lies. Say nothing of whether it is there. */
  path(sha256: string): string;
  has(sha256: string): Promise<boolean>;
  /** The bytes, checked against the hash. Throws FILE_MISSING, and EVIDENCE_BROKEN when they are not what was kept. */
  read(sha256: string): Promise<Buffer>;
  /** Removes a file; false when there was none. */
  remove(sha256: string): Promise<boolean>;
  usage(): Promise<Usage>;
  readonly folder: string;
}

const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

const missing = (sha256: string): AhualError =>
  new AhualError(
    'FILE_MISSING',
    `the kept file ${sha256.slice(0, 12)}… is not there.`,
    'Its term may be over; frames are kept for 48 h.',
  );

const isAbsent = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';

async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const pieces: AsyncIterable<Buffer> = createReadStream(path);
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A folder's entry must reach the disk as well, or a file is whole but has no name after a power cut. */
const syncFolder = (path: string): Promise<void> => (process.platform === 'win32' ? Promise.resolve() : sync(path));

/**
 * Opens the store of files below a folder. Clips and photos are on the disk for sure when `put` or `adopt` resolve; a still of the
 * 48 h ring is not waited for, since the next look brings another.
 */
export async function openFiles(folder: string): Promise<Files> {
  const coming = join(folder, 'coming');
  await mkdir(coming, { recursive: true, mode: 0o700 });

  function path(sha256: string): string {
    if (!isHash(sha256)) throw missing(sha256.slice(0, 64));
    return join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }

  const has = async (sha256: string): Promise<boolean> => {
    if (!isHash(sha256)) return false;
    try {
      await access(path(sha256));
      return true;
    } catch (thrown) {
      if (isAbsent(thrown)) return false;
      throw thrown;
    }
  };

  async function settle(from: string, sha256: string, isDurable: boolean): Promise<void> {
    const to = path(sha256);
    const within = join(to, '..');
    await mkdir(within, { recursive: true, mode: 0o700 });
    await rename(from, to);
    if (isDurable) await syncFolder(within);
  }

  const nameOfComing = (): string => join(coming, randomBytes(12).toString('hex'));

  async function put(bytes: Uint8Array, kind: FileKind): Promise<string> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (await has(sha256)) return sha256;
    const half = nameOfComing();
    const handle = await open(half, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      if (kind !== 'still') await handle.sync();
    } finally {
      await handle.close();
    }
    await settle(half, sha256, kind !== 'still');
    return sha256;
  }

  async function adopt(pathOnDisk: string): Promise<string> {
    const half = nameOfComing();
    await rename(pathOnDisk, half).catch(async (thrown: unknown) => {
      // Another disk: a rename cannot cross it.
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EXDEV')) throw thrown;
      await copyFile(pathOnDisk, half);
      await unlink(pathOnDisk);
    });
    await sync(half);
    const sha256 = await hashOfFile(half);
    await settle(half, sha256, true);
    return sha256;
  }

  async function read(sha256: string): Promise<Buffer> {
    const bytes = await readFile(path(sha256)).catch((thrown: unknown) => {
      throw isAbsent(thrown) ? missing(sha256) : thrown;
    });
    if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
    throw new AhualError(
      'EVIDENCE_BROKEN',
      `the kept file ${sha256.slice(0, 12)}… has other bytes than were kept.`,
      'Look at the disk, and take the file from the backup.',
      { sha256 },
    );
  }

  async function remove(sha256: string): Promise<boolean> {
    try {
      await unlink(path(sha256));
      return true;
    } catch (thrown) {
      if (isAbsent(thrown)) return false;
      throw thrown;
    }
  }

  async function usage(): Promise<Usage> {
    let [files, bytes] = [0, 0];
    for await (const entry of await opendir(folder, { recursive: true })) {
      if (!entry.isFile()) continue;
      const size = await stat(join(entry.parentPath, entry.name)).then(
        (facts) => facts.size,
        // It was removed between the listing and the question.
        () => undefined,
      );
      if (size === undefined) continue;
      files += 1;
      bytes += size;
    }
    const disk = await statfs(folder);
    return { files, bytes, freeBytes: disk.bavail * disk.bsize };
  }

  return { put, adopt, path, has, read, remove, usage, folder };
}
