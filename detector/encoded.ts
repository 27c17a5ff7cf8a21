// The head of an encoded picture: what it is and how large, before a single pixel of it is decoded.
import sharp from 'sharp';
import { AhualError, messageOf } from '#core/errors';

/** What the head of a picture promises. Sizes are those of a picture that is held upright. */
export interface Head {
  readonly kind: 'jpeg' | 'png' | 'webp';
  readonly widthPx: number;
  readonly heightPx: number;
  /** The camera says how to turn it (EXIF): its rows are not those that a person sees. */
  readonly isTurned: boolean;
  /** Three or one channels of eight bits, as nearly all pictures have. */
  readonly isPlain: boolean;
}

/** A picture has at least so many pixels on each side: less shows no street. */
export const leastSidePx = 32;
/** No picture is larger: no street camera makes it. */
export const mostPixels = 40_000_000;
/** What must be in memory as a whole to be decoded takes at most so many bytes. */
const mostBytesAtOnce = 120_000_000;

const kinds: readonly { readonly kind: Head['kind']; readonly starts: (bytes: Uint8Array) => boolean }[] = [
  { kind: 'jpeg', starts: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff },
  { kind: 'png', starts: (bytes) => textAt(bytes, 0, 8) === '\x89PNG\r\n\x1a\n' },
  { kind: 'webp', starts: (bytes) => textAt(bytes, 0, 4) === 'RIFF' && textAt(bytes, 8, 4) === 'WEBP' },
];

/** What else arrives where a picture was asked for, by its first bytes: named, so that a person knows what to change. */
const others: readonly (readonly [RegExp, string])[] = [
  [/^GIF8/, 'a GIF'],
  [/^....ftyp(hei|hev|mif1|msf1)/s, 'a HEIC picture'],
  [/^....ftypavi[fs]/s, 'an AVIF picture'],
  [/^....ftyp/s, 'a film'],
  [/^%PDF/, 'a PDF'],
  [/^(II\*\0|MM\0\*)/, 'a TIFF'],
  [/^BM/, 'a BMP'],
  [/^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg/is, 'an SVG drawing'],
  [/^\s*(<!doctype html|<html|<head|<body)/i, 'a web page'],
  [/^\s*[[{]/, 'JSON'],
  [/^\0+$/, 'nothing but zeros'],
  [/^[\t\n\r -~]+$/, 'text'],
];

const textAt = (bytes: Uint8Array, from: number, length: number): string =>
  Buffer.from(bytes.subarray(from, from + length)).toString('latin1');

/**
 * Reads the head of a JPEG, PNG or WebP. Throws PICTURE_REFUSED with the reason for everything else, for a head that is
 * broken, and for a picture that is too small to show anything or too large to be decoded within 200 MB.
 */
export async function headOf(bytes: Uint8Array): Promise<Head> {
  const kind = kinds.find((one) => one.starts(bytes))?.kind;
  if (kind === undefined) {
    const start = textAt(bytes, 0, 200);
    const what =
      bytes.length === 0 ? 'nothing' : (others.find(([form]) => form.test(start))?.[1] ?? 'something unknown');
    throw refused(bytes, `it is ${what}`, 'Give it the address of a still as JPEG, PNG or WebP.');
  }
  let head;
  try {
    head = await sharp(bytes, { limitInputPixels: false, pages: 1 }).metadata();
  } catch (thrown) {
    throw refused(
      bytes,
      `its head is broken (${messageOf(thrown).slice(0, 80)})`,
      'It is cut short or damaged.',
      thrown,
    );
  }
  const { width, height, channels, isProgressive, orientation = 1, depth } = head;
  const size = `it has ${width} x ${height} px`;
  if (Math.min(width, height) < leastSidePx)
    throw refused(bytes, size, `A picture has at least ${leastSidePx} px on each side.`);
  if (width * height > mostPixels)
    throw refused(bytes, size, `A picture has at most ${mostPixels / 1e6} million pixels: set the camera to fewer.`);
  const isTurned = orientation > 1;
  const depthBytes = depth === 'uchar' ? 1 : 2;
  // A JPEG in passes is held as coefficients of two bytes; what lies on its side must be whole before it can be turned.
  const held =
    kind === 'webp' ? 4 : isProgressive ? channels * (kind === 'jpeg' ? 3 : depthBytes) : channels * depthBytes;
  const isAtOnce = kind === 'webp' || isProgressive || isTurned;
  if (isAtOnce && width * height * held > mostBytesAtOnce) {
    throw refused(
      bytes,
      `${size} and can only be decoded as a whole`,
      'Switch off progressive or interlaced coding, turning and lossless WebP, or set the camera to fewer pixels.',
    );
  }
  return {
    kind,
    ...(orientation > 4 ? { widthPx: height, heightPx: width } : { widthPx: width, heightPx: height }),
    isTurned,
    isPlain: depthBytes === 1 && (channels === 3 || channels === 1) && head.space !== 'cmyk',
  };
}

const refused = (bytes: Uint8Array, what: string, cure: string, cause?: unknown): AhualError =>
  new AhualError('PICTURE_REFUSED', `A picture of ${bytes.length} bytes could not be read: ${what}.`, cure, {}, cause);
