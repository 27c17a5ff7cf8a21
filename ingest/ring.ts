// The ring: the last minutes of original packets of each watched camera, as pieces of film on disk. A file's name is its index.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '#core/errors';

/** A piece of film: whole fragments of one head, from `fromMs` to `toMs` by our clock. */
export interface Segment {
  readonly fromMs: number;
  readonly toMs: number;
  /** It begins with a key frame, so a film may begin here. */
  readonly isKey: boolean;
  /** Name of the head (size, codec, parameter sets) that it needs. */
  readonly head: string;
  readonly bytes: number;
}

const pattern = /^(\d{13})-(\d{13})-([kp])-([0-9a-f]{16})\.m4s$/;

/** File name of a segment; `segmentOf` reads it back. */
export const nameOf = ({ fromMs, toMs, isKey, head }: Omit<Segment, 'bytes'>): string =>
  `${String(fromMs).padStart(13, '0')}-${String(toMs).padStart(13, '0')}-${isKey ? 'k' : 'p'}-${head}.m4s`;

/** What a file name says; undefined for any other file. */
export function segmentOf(name: string, bytes: number): Segment | undefined {
  const [, from, to, key, head] = pattern.exec(name) ?? [];
  if (from === undefined || to === undefined || head === undefined) return undefined;
  return { fromMs: Number(from), toMs: Number(to), isKey: key === 'k', head, bytes };
}

/** Folder of one camera in the ring; no camera id can lead out of it. */
export const ringFolderOf = (folder: string, cameraId: string): string =>
  join(folder, `cam-${encodeURIComponent(cameraId)}`);

const headName = (head: string): string => `${head}.head.mp4`;

/** All segments of a camera, oldest first; none when it was never watched here. */
export async function segmentsOf(folder: string, cameraId: string): Promise<Segment[]> {
  const own = ringFolderOf(folder, cameraId);
  const names = await readdir(own).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      if (!pattern.test(name)) return undefined;
      const { size } = await stat(join(own, name)).catch(() => ({ size: 0 }));
      return segmentOf(name, size);
    }),
  );
  return found.filter((one) => one !== undefined).sort((a, b) => a.fromMs - b.fromMs);
}

/** Joins segments of one head to a playable film. Throws when one of the files is gone meanwhile. */
export async function joinSegments(
  folder: string,
  cameraId: string,
  segments: readonly Segment[],
  to: string,
): Promise<void> {
  const own = ringFolderOf(folder, cameraId);
  const head = segments[0]?.head;
  if (head === undefined) throw new RangeError('nothing to join');
  const files = [headName(head), ...segments.map(nameOf)];
  for (const [i, file] of files.entries()) {
    await pipeline(
      createReadStream(join(own, file)),
      createWriteStream(to, { flags: i === 0 ? 'wx' : 'a', mode: 0o600 }),
    );
  }
}

export interface RingOptions {
  readonly folder: string;
  /** A segment is removed when its end is older than this. */
  readonly keepMs: number;
  /** All segments together, of the cameras written here; the oldest go first. */
  readonly quotaBytes: number;
  /** Told when writing begins to fail and when it works again (undefined). */
  readonly onFault: (fault: string | undefined) => void;
}

export interface RingWriter {
  /** Writes one piece of film; makes room before, and removes what is past its time. Never throws. */
  append(
    cameraId: string,
    head: Buffer,
    piece: { bytes: Buffer; isKey: boolean; fromMs: number; toMs: number },
  ): Promise<void>;
  /** Takes over what an earlier process left of a camera, so that it is cleaned too. */
  adopt(cameraId: string): Promise<void>;
  bytes(): number;
}

/** Opens the writing side of a ring. One writer a folder and camera. */
export function openRing({ folder, keepMs, quotaBytes, onFault }: RingOptions): RingWriter {
  const kept: { cameraId: string; segment: Segment }[] = [];
  let total = 0;
  let fault: string | undefined;
  const heads = new Set<string>();
  const adopted = new Set<string>();

  const tell = (now: string | undefined): void => {
    if (now === fault) return;
    fault = now;
    onFault(now);
  };
  async function drop(count: number): Promise<void> {
    for (const { cameraId, segment } of kept.splice(0, count)) {
      total -= segment.bytes;
      await unlink(join(ringFolderOf(folder, cameraId), nameOf(segment))).catch(() => undefined);
    }
  }
  async function clean(nowMs: number, coming: number): Promise<void> {
    const firstKept = kept.findIndex(({ segment }) => segment.toMs >= nowMs - keepMs);
    await drop(firstKept === -1 ? kept.length : firstKept);
    while (kept.length > 0 && total + coming > quotaBytes) await drop(1);
  }
  async function write(cameraId: string, head: Buffer, segment: Segment, bytes: Buffer): Promise<void> {
    const own = ringFolderOf(folder, cameraId);
    const key = `${cameraId}/${segment.head}`;
    if (!heads.has(key)) {
      await mkdir(own, { recursive: true });
      await replaceFile(join(own, headName(segment.head)), head);
      heads.add(key);
    }
    await replaceFile(join(own, nameOf(segment)), bytes);
  }

  return {
    bytes: () => total,
    async adopt(cameraId) {
      if (adopted.has(cameraId)) return;
      adopted.add(cameraId);
      for (const segment of await segmentsOf(folder, cameraId)) {
        kept.push({ cameraId, segment });
        total += segment.bytes;
      }
      kept.sort((a, b) => a.segment.fromMs - b.segment.fromMs);
    },
    async append(cameraId, head, { bytes, isKey, fromMs, toMs }) {
      const segment: Segment = {
        fromMs,
        toMs,
        isKey,
        head: createHash('sha256').update(head).digest('hex').slice(0, 16),
        bytes: bytes.length,
      };
      await clean(toMs, bytes.length);
      if (bytes.length > quotaBytes) {
        tell(`one piece of film (${bytes.length} bytes) is larger than the whole ring may be`);
        return;
      }
      try {
        await write(cameraId, head, segment, bytes);
      } catch (thrown) {
        tell(messageOf(thrown));
        // A full disk: give back a tenth of the ring, so that the next piece has a place.
        heads.delete(`${cameraId}/${segment.head}`);
        await drop(Math.ceil(kept.length / 10));
        return;
      }
      kept.push({ cameraId, segment });
      total += bytes.length;
      tell(undefined);
    },
  };
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
