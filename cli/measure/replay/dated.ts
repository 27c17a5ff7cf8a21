// When a recorded picture or film was taken: by its name, or by what the camera wrote into the JPEG.
import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { DateTime } from 'luxon';

/** `2026-02-03T14-05-09`, `20260203_140509`, `2026-02-03 14.05.09.250Z` and the like; a name without a zone is in the city's. */
const named =
  /(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)[T _-]?([0-2]\d)[-_.:h]?([0-5]\d)[-_.:m]?([0-5]\d)(?:[._](\d{3}))?(?!\d)(Z?)/;

/** The moment that a file's name tells; undefined when it tells none. */
export function momentOfName(path: string, zone: string): number | undefined {
  const found = named.exec(basename(path));
  if (!found) return undefined;
  const part = (n: number): number => Number(found[n] ?? 0);
  const at = DateTime.fromObject(
    {
      year: part(1),
      month: part(2),
      day: part(3),
      hour: part(4),
      minute: part(5),
      second: part(6),
      millisecond: part(7),
    },
    { zone: found[8] === 'Z' ? 'utc' : zone },
  );
  return at.isValid ? at.toMillis() : undefined;
}

/** EXIF stands at the front of a JPEG; what lies behind this much is picture. */
const headBytes = 128 * 1024;

const exifDirectory = 0x8769;
const takenAt = 0x9003;
const takenOffset = 0x9011;
const changedAt = 0x0132;

/** The moment that the camera wrote into a JPEG (EXIF 2.32, DateTimeOriginal or else DateTime); undefined when there is none. */
export function momentOfExif(path: string, zone: string): number | undefined {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(headBytes);
    return momentIn(buffer.subarray(0, readSync(file, buffer, 0, headBytes, 0)), zone);
  } catch (thrown) {
    // A directory that points outside of the file: a broken head is no date.
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  } finally {
    closeSync(file);
  }
}

function momentIn(head: Buffer, zone: string): number | undefined {
  const tiff = exifOf(head);
  if (!tiff) return undefined;
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const u16 = (at: number): number => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number): number => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const entries = (at: number): Map<number, { at: number; count: number }> =>
    new Map(
      Array.from({ length: u16(at) }, (_, n) => {
        const entry = at + 2 + n * 12;
        return [u16(entry), { at: entry + 8, count: u32(entry + 4) }] as const;
      }),
    );
  const textOf = (entry: { at: number; count: number } | undefined): string | undefined => {
    if (!entry) return undefined;
    const from = entry.count > 4 ? u32(entry.at) : entry.at;
    return tiff.toString('latin1', from, from + entry.count).replace(/\0.*$/, '');
  };
  const first = entries(u32(4));
  const directory = first.get(exifDirectory);
  const inner = directory ? entries(u32(directory.at)) : undefined;
  const said = textOf(inner?.get(takenAt)) ?? textOf(first.get(changedAt));
  if (said === undefined) return undefined;
  const offset = textOf(inner?.get(takenOffset))?.trim();
  const at = DateTime.fromFormat(said.trim(), 'yyyy:MM:dd HH:mm:ss', { zone: offset ? `UTC${offset}` : zone });
  return at.isValid ? at.toMillis() : undefined;
}

/** The TIFF part of the EXIF segment (JPEG APP1). */
function exifOf(head: Buffer): Buffer | undefined {
  if (head.length < 4 || head.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 4 <= head.length;) {
    const marker = head.readUInt16BE(at);
    const length = head.readUInt16BE(at + 2);
    if (marker === 0xffe1 && head.toString('latin1', at + 4, at + 10) === 'Exif\0\0') {
      return head.subarray(at + 10, at + 2 + length);
    }
    if (marker === 0xffda || marker < 0xff00) return undefined;
    at += 2 + length;
  }
  return undefined;
}
