// The ring: the last minutes of original packets of each watched camera, as pieces of film on disk. A file's name is its index.
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

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

/** Name of a head's file beside its segments. */
export const headName = (head: string): string => `${head}.head.mp4`;

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
