// Photos from crews' phones: where and when they were taken is removed before they are kept (domain 3.3). Segments are
// walked by ITU-T T.81; pixels are not touched, so no decoder is needed in the process that holds the sockets.
import { AhualError } from '#core/errors';

export interface CleanPhoto {
  readonly bytes: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
}

const sideMaxPx = 16_384;
const soi = 0xd8;
const eoi = 0xd9;
const sos = 0xda;
const app0 = 0xe0;
const app1 = 0xe1;
const app2 = 0xe2;
const app14 = 0xee;
const app15 = 0xef;
const comment = 0xfe;

const refused = (what: string): AhualError =>
  new AhualError('PICTURE_REFUSED', `this photo cannot be kept: ${what}.`, 'Send a JPEG photo as the camera made it.');

/** What a file is by its first bytes, as a person would call it; undefined for a JPEG. */
function otherKind(file: Buffer): string | undefined {
  if (file[0] === 0xff && file[1] === soi) return undefined;
  const head = file.toString('latin1', 0, 16);
  if (head.startsWith('\x89PNG')) return 'it is a PNG, not a JPEG';
  if (head.startsWith('RIFF') && head.includes('WEBP')) return 'it is a WebP, not a JPEG';
  if (/^....ftyp(heic|heix|mif1|msf1|avif)/s.test(head)) {
    return 'it is a HEIC or AVIF; set the phone camera to "most compatible"';
  }
  return 'it is not a JPEG';
}

/** Frame headers are C0 to CF without the tables C4, C8 and CC (T.81 table B.1). */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Colour needs these: JFIF, the ICC profile, and Adobe's note on how the components are meant. */
const isKept = (marker: number, segment: Buffer): boolean => {
  if (marker === comment) return false;
  if (marker < app0 || marker > app15) return true;
  if (marker === app0) return segment.toString('latin1', 4, 8) === 'JFIF';
  if (marker === app2) return segment.toString('latin1', 4, 15) === 'ICC_PROFILE';
  return marker === app14;
};

/** The orientation (1..8) of an Exif segment, 1 when it says none. Exif 2.32, tag 0x0112 of the first directory. */
function orientationOf(segment: Buffer): number {
  const tiff = 10;
  if (segment.toString('latin1', 4, 8) !== 'Exif' || segment.length < tiff + 14) return 1;
  const little = segment.toString('latin1', tiff, tiff + 2) === 'II';
  const u16 = (at: number): number =>
    at + 2 > segment.length ? 0 : little ? segment.readUInt16LE(at) : segment.readUInt16BE(at);
  const first = tiff + (little ? segment.readUInt32LE(tiff + 4) : segment.readUInt32BE(tiff + 4));
  const entries = Math.min(u16(first), 200);
  for (let i = 0; i < entries; i++) {
    const at = first + 2 + i * 12;
    if (u16(at) !== 0x0112) continue;
    const value = u16(at + 8);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** An Exif segment that says which side is up and nothing else. */
function exifOf(orientation: number): Buffer {
  const segment = Buffer.alloc(36);
  segment.writeUInt16BE(0xff00 + app1, 0);
  segment.writeUInt16BE(34, 2);
  segment.write('Exif\0\0MM\0*', 4, 'latin1');
  segment.writeUInt32BE(8, 14);
  segment.writeUInt16BE(1, 18);
  segment.writeUInt16BE(0x0112, 20);
  segment.writeUInt16BE(3, 22);
  segment.writeUInt32BE(1, 24);
  segment.writeUInt16BE(orientation, 28);
  return segment;
}

/** Where the coded picture that starts at `from` ends: the next marker that is neither stuffing nor a restart. */
function endOfScan(file: Buffer, from: number): number {
  let at = from;
  for (;;) {
    at = file.indexOf(0xff, at);
    if (at < 0 || at + 1 >= file.length) throw refused('it is cut off');
    const next = file[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
    at += next === 0xff ? 1 : 2;
  }
}

/**
 * A photo without anything but the picture: place, time, phone, thumbnail, texts and whatever is glued behind its end are gone;
 * the side that is up stays. Throws PICTURE_REFUSED for anything that is no whole JPEG.
 */
export function withoutMetadata(file: Buffer): CleanPhoto {
  const other = otherKind(file);
  if (other !== undefined) throw refused(other);
  const kept: Buffer[] = [file.subarray(0, 2)];
  let orientation = 1;
  let size: { widthPx: number; heightPx: number } | undefined;
  let scans = 0;
  let at = 2;
  for (;;) {
    if (at + 1 >= file.length || file[at] !== 0xff) throw refused('it is damaged or cut off');
    const marker = file[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === eoi) break;
    if (at + 4 > file.length) throw refused('it is cut off');
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (end > file.length || end < at + 4) throw refused('it is damaged or cut off');
    const segment = file.subarray(at, end);
    if (marker === app1) orientation = Math.max(orientation, orientationOf(segment));
    if (isFrameHeader(marker) && segment.length >= 9) {
      size = { heightPx: segment.readUInt16BE(5), widthPx: segment.readUInt16BE(7) };
    }
    if (marker === sos) {
      if (!size) throw refused('it is damaged');
      scans += 1;
      const scanEnd = endOfScan(file, end);
      kept.push(file.subarray(at, scanEnd));
      at = scanEnd;
      continue;
    }
    if (isKept(marker, segment)) kept.push(segment);
    at = end;
  }
  if (!size || scans === 0 || size.widthPx === 0 || size.heightPx === 0) throw refused('it holds no picture');
  if (size.widthPx > sideMaxPx || size.heightPx > sideMaxPx) throw refused(`a side is longer than ${sideMaxPx} px`);
  if (orientation > 1) kept.splice(1, 0, exifOf(orientation));
  kept.push(Buffer.from([0xff, eoi]));
  return { bytes: Buffer.concat(kept), ...size };
}
