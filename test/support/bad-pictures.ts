// What a camera, a file or a person's phone may hand over in place of a picture, and what should become of it.
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** `right`: opened, with these sizes; `refused`: a clear word of why, in which this occurs. */
export type Fate =
  | { readonly kind: 'right'; readonly widthPx: number; readonly heightPx: number; readonly corner: Corner }
  | { readonly kind: 'refused'; readonly because: RegExp };
/** The colour that a person sees in the upper left corner. */
export type Corner = 'red' | 'grey';

export interface BadPicture {
  readonly name: string;
  readonly bytes: () => Promise<Buffer>;
  readonly fate: Fate;
}

const widthPx = 320;
const heightPx = 240;

/** Left half red, right half blue, with noise, so that the file has some length. */
export function painted(width = widthPx, height = heightPx): ReturnType<typeof sharp> {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const noise = ((i * 7919) % 31) - 15;
    rgb.set(i % width < width / 2 ? [200 + noise, 25 + noise, 25] : [25, 25 + noise, 200 + noise], i * 3);
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

const jpeg = (): Promise<Buffer> => painted().jpeg({ quality: 90 }).toBuffer();

/** The check sum of PNG (ISO 3309). */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A PNG whose pixels are all zero, of any size, in next to no bytes: what a malicious or mad sender makes. */
function bomb(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.alloc(Math.min(8_000_000, (width * 3 + 1) * height)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A small JPEG that says of itself to be of another size. */
async function lying(width: number, height: number): Promise<Buffer> {
  const bytes = Buffer.from(await jpeg());
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
}

const frames = (): Promise<Buffer[]> =>
  Promise.all([painted(), painted().negate({ alpha: false })].map((one) => one.ensureAlpha().raw().toBuffer()));
const animated = async (): Promise<ReturnType<typeof sharp>> =>
  sharp(Buffer.concat(await frames()), {
    raw: { width: widthPx, height: heightPx * 2, channels: 4, pageHeight: heightPx },
  });

const right = (corner: Corner = 'red', width = widthPx, height = heightPx): Fate => ({
  kind: 'right',
  widthPx: width,
  heightPx: height,
  corner,
});
const refused = (because: RegExp): Fate => ({ kind: 'refused', because });
const bytesOf =
  (text: string): (() => Promise<Buffer>) =>
  () =>
    Promise.resolve(Buffer.from(text, 'latin1'));

const odd: readonly BadPicture[] = [
  { name: 'one pixel', bytes: () => painted(1, 1).png().toBuffer(), fate: refused(/1 x 1 px/) },
  { name: 'one pixel as JPEG', bytes: () => painted(1, 1).jpeg().toBuffer(), fate: refused(/1 x 1 px/) },
  { name: '1 x 20,000 px', bytes: () => painted(1, 20_000).jpeg().toBuffer(), fate: refused(/1 x 20000 px/) },
  {
    name: '20,000 x 20,000 px PNG',
    bytes: () => Promise.resolve(bomb(20_000, 20_000)),
    fate: refused(/20000 x 20000/),
  },
  { name: '20,000 x 20,000 px JPEG', bytes: () => lying(20_000, 20_000), fate: refused(/20000 x 20000/) },
  { name: '65,000 x 65,000 px JPEG', bytes: () => lying(65_000, 65_000), fate: refused(/65000 x 65000/) },
  { name: 'a JPEG larger than its pixels', bytes: () => lying(4000, 3000), fate: refused(/could not|cannot/) },
  {
    name: 'a PNG of 38 million pixels without them',
    bytes: () => Promise.resolve(bomb(7600, 5000)),
    fate: refused(/could not|cannot/),
  },
  {
    name: '38 million pixels in passes',
    bytes: () =>
      sharp({ create: { width: 7600, height: 5000, channels: 3, background: 'red' } })
        .jpeg({ progressive: true, quality: 20 })
        .toBuffer(),
    fate: refused(/7600 x 5000 px and can only be decoded as a whole/),
  },
  {
    name: '25 million pixels',
    bytes: () =>
      sharp({ create: { width: 5760, height: 4320, channels: 3, background: 'red' } })
        .jpeg({ quality: 20 })
        .toBuffer(),
    fate: right('red', 5760, 4320),
  },
  { name: 'a grey JPEG', bytes: () => painted().greyscale().jpeg().toBuffer(), fate: right('grey') },
  { name: 'a grey PNG', bytes: () => painted().greyscale().toColourspace('b-w').png().toBuffer(), fate: right('grey') },
  { name: 'a PNG of 16 bits', bytes: () => painted().toColourspace('rgb16').png().toBuffer(), fate: right() },
  {
    name: 'a grey PNG of 16 bits',
    bytes: () => painted().greyscale().toColourspace('grey16').png().toBuffer(),
    fate: right('grey'),
  },
  {
    name: 'a PNG with few colours',
    bytes: () => painted().png({ palette: true, colours: 8 }).toBuffer(),
    fate: right(),
  },
  { name: 'a PNG one can see through', bytes: () => painted().ensureAlpha(0.999).png().toBuffer(), fate: right() },
  { name: 'an interlaced PNG', bytes: () => painted().png({ progressive: true }).toBuffer(), fate: right() },
  {
    name: 'a JPEG in four inks',
    bytes: () => painted().toColourspace('cmyk').jpeg({ quality: 92 }).toBuffer(),
    fate: right(),
  },
  { name: 'a progressive JPEG', bytes: () => painted().jpeg({ progressive: true }).toBuffer(), fate: right() },
  { name: 'a JPEG of odd sides', bytes: () => painted(321, 241).jpeg().toBuffer(), fate: right('red', 321, 241) },
  { name: 'a WebP', bytes: () => painted().webp().toBuffer(), fate: right() },
  {
    name: 'an animated WebP: its first picture',
    bytes: async () => (await animated()).webp().toBuffer(),
    fate: right(),
  },
  ...[3, 6, 8].map((orientation) => ({
    name: `a JPEG to be turned (${orientation})`,
    bytes: async () => {
      const upright = await sharp(await painted().png().toBuffer())
        .rotate({ 3: 180, 6: 270, 8: 90 }[orientation] ?? 0)
        .png()
        .toBuffer();
      return sharp(upright).withMetadata({ orientation }).jpeg({ quality: 92 }).toBuffer();
    },
    fate: right(),
  })),
  { name: 'an animated GIF', bytes: async () => (await animated()).gif().toBuffer(), fate: refused(/it is a GIF/) },
  { name: 'an AVIF', bytes: () => painted(64, 64).avif({ effort: 0 }).toBuffer(), fate: refused(/it is an AVIF/) },
  { name: 'a TIFF', bytes: () => painted().tiff().toBuffer(), fate: refused(/it is a TIFF/) },
  {
    name: 'a HEIC picture',
    bytes: bytesOf('\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\x01\x0cmeta' + 'x'.repeat(400)),
    fate: refused(/it is a HEIC/),
  },
  { name: 'a film', bytes: bytesOf('\0\0\0\x18ftypisom\0\0\0\0isom' + 'x'.repeat(400)), fate: refused(/it is a film/) },
  {
    name: 'an SVG',
    bytes: bytesOf('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="99999" height="99999"/>'),
    fate: refused(/it is an SVG/),
  },
  { name: 'a PDF', bytes: bytesOf('%PDF-1.7\n1 0 obj\n<<>>\nendobj'), fate: refused(/it is a PDF/) },
  { name: 'a web page', bytes: bytesOf('<!DOCTYPE html><title>Sign in</title>'), fate: refused(/it is a web page/) },
  { name: 'text', bytes: bytesOf('Camera is rebooting, please wait.\n'), fate: refused(/it is text/) },
  { name: 'JSON', bytes: bytesOf('{"error":"busy"}'), fate: refused(/it is JSON/) },
  { name: 'nothing', bytes: bytesOf(''), fate: refused(/it is nothing/) },
  { name: 'zeros', bytes: () => Promise.resolve(Buffer.alloc(100_000)), fate: refused(/nothing but zeros/) },
  {
    name: 'the first marker of a JPEG and zeros',
    bytes: bytesOf('\xff\xd8\xff' + '\0'.repeat(5000)),
    fate: refused(/head is broken/),
  },
  {
    name: 'the first bytes of a PNG and zeros',
    bytes: bytesOf('\x89PNG\r\n\x1a\n' + '\0'.repeat(5000)),
    fate: refused(/head is broken/),
  },
  { name: 'noise', bytes: () => Promise.resolve(noise(5000)), fate: refused(/something unknown/) },
  {
    name: 'a JPEG whose second half is zeros',
    bytes: async () => (await jpeg()).fill(0, (await jpeg()).length >> 1),
    fate: refused(/could not|cannot/),
  },
  {
    name: 'a JPEG whose second half is noise',
    bytes: async () => {
      const whole = await jpeg();
      const half = whole.length >> 1;
      return Buffer.concat([whole.subarray(0, half), noise(whole.length - half)]);
    },
    fate: refused(/could not|cannot/),
  },
];

const noise = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, i) => (i * i * 7919 + 13 * i + 7) % 251));

const tenths = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const encodings: readonly (readonly [string, () => Promise<Buffer>])[] = [
  ['JPEG', jpeg],
  ['progressive JPEG', () => painted().jpeg({ progressive: true, quality: 90 }).toBuffer()],
  ['PNG', () => painted().png().toBuffer()],
  ['WebP', () => painted().webp({ quality: 90 }).toBuffer()],
];

/** Cut off after every tenth of its bytes, and then closed as if it were whole. */
const cut: readonly BadPicture[] = encodings.flatMap(([name, encode]) =>
  tenths.flatMap((tenth) => {
    const part = async (): Promise<Buffer> => {
      const whole = await encode();
      return whole.subarray(0, Math.floor((whole.length * tenth) / 10));
    };
    const one = { name: `${tenth} tenths of a ${name}`, bytes: part, fate: refused(/could not|cannot/) };
    if (!name.endsWith('JPEG')) return [one];
    const closed = async (): Promise<Buffer> => Buffer.concat([await part(), Buffer.from([0xff, 0xd9])]);
    return [one, { name: `${tenth} tenths of a ${name}, closed`, bytes: closed, fate: one.fate }];
  }),
);

/** Everything, each with its fate. */
export const badPictures: readonly BadPicture[] = [...odd, ...cut];

/** Runs a piece of work and gives the most memory that this process held above what it held before, MiB; null off Linux. */
export async function memoryPeakOf(work: () => Promise<void>): Promise<number | null> {
  try {
    // Resets the high-water mark of this process (proc_pid_clear_refs, 5).
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    await work();
    return null;
  }
  const before = process.memoryUsage.rss();
  await work();
  const peakKiB = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
  return (peakKiB * 1024 - before) / 2 ** 20;
}
