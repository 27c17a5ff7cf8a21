import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { pictureOfStill, regionOfEncoded } from './still.ts';
import type { FrameWish, Picture } from './source.ts';

const wish: FrameWish = { kind: 'exact', widthPx: 64, heightPx: 48 };
const size = { width: 320, height: 240 };

/** Left half red, right half blue, with noise, so that the file has some length. */
const painted = (): ReturnType<typeof sharp> => {
  const rgb = new Uint8Array(size.width * size.height * 3);
  for (let i = 0; i < size.width * size.height; i++) {
    const isLeft = i % size.width < size.width / 2;
    const noise = (i * 7919) % 31;
    rgb.set(isLeft ? [200 + noise, 20, 20] : [20, 20, 200 + noise], i * 3);
  }
  return sharp(rgb, { raw: { ...size, channels: 3 } });
};

async function opened(bytes: Buffer): Promise<Picture> {
  const grab = await pictureOfStill(bytes, wish, 5);
  if (grab.kind === 'refusal') throw new Error(grab.detail);
  return grab.picture;
}

describe('a still', () => {
  it.each([
    ['JPEG', () => painted().jpeg({ quality: 90 }).toBuffer()],
    ['progressive JPEG', () => painted().jpeg({ progressive: true }).toBuffer()],
    ['JPEG with all its colours', () => painted().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()],
    ['PNG', () => painted().png().toBuffer()],
    ['WebP', () => painted().webp({ quality: 90 }).toBuffer()],
  ] as const)('as %s is reduced for the networks and cut at its own size', async (_, encode) => {
    using picture = await opened(await encode());
    expect([picture.widthPx, picture.heightPx, picture.takenAtMs]).toEqual([320, 240, 5]);
    expect([picture.frame.widthPx, picture.frame.heightPx, picture.frame.rgb.length]).toEqual([64, 48, 64 * 48 * 3]);
    expect(picture.frame.rgb[0]).toBeGreaterThan(180);
    const part = await picture.region({ x: 241, y: 101, w: 33, h: 17 });
    expect([part.widthPx, part.heightPx, part.rgb.length]).toEqual([33, 17, 33 * 17 * 3]);
    expect(part.rgb[0]).toBeLessThan(60);
    expect(part.rgb[2]).toBeGreaterThan(180);
    expect((await sharp(await picture.still()).metadata()).format).toBe('jpeg');
  });

  it('is kept byte by byte as the camera sent it', async () => {
    const bytes = await painted().jpeg().toBuffer();
    using picture = await opened(bytes);
    expect(Buffer.compare(await picture.still(), bytes)).toBe(0);
  });

  it('is encoded anew when something follows the picture in its bytes, and when it is larger than a mebibyte', async () => {
    const bytes = await painted().jpeg().toBuffer();
    using trailed = await opened(Buffer.concat([bytes, Buffer.from('<script>')]));
    expect((await trailed.still()).includes('<script>')).toBe(false);
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0xff, 0xff]), Buffer.alloc(0xfffd, 0x20)]);
    const large = Buffer.concat([
      bytes.subarray(0, 2),
      ...Array.from({ length: 17 }, () => comment),
      bytes.subarray(2),
    ]);
    using padded = await opened(large);
    expect((await padded.still()).length).toBeLessThan(2 ** 18);
  });

  it('that is cut short, damaged, empty or no picture is refused', async () => {
    const bytes = await painted().jpeg().toBuffer();
    const closed = Buffer.concat([bytes.subarray(0, bytes.length >> 1), Buffer.from([0xff, 0xd9])]);
    const noise = Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919) % 251));
    for (const bad of [bytes.subarray(0, bytes.length >> 1), closed, Buffer.alloc(0), noise]) {
      expect(await pictureOfStill(bad, wish, 5)).toMatchObject({ kind: 'refusal', state: 'garbage' });
    }
  });

  it('gives areas of encoded bytes too', async () => {
    const part = await regionOfEncoded(await painted().png().toBuffer(), { x: 3, y: 4, w: 5, h: 6 });
    expect([part.widthPx, part.heightPx]).toEqual([5, 6]);
  });
});
