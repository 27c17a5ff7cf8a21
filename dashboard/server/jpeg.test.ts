import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { withoutMetadata } from './jpeg.ts';

const picture = () => sharp({ create: { width: 40, height: 24, channels: 3, background: '#a04020' } }).jpeg();

const photo = (orientation: number): Promise<Buffer> =>
  picture()
    .withExif({
      IFD0: { Make: 'Phone', Artist: 'A crew member' },
      IFD3: { GPSLatitude: '51/1 7/1 30/1', GPSLongitude: '71/1 25/1 0/1' },
    })
    .withMetadata({ orientation })
    .toBuffer();

describe('a photo from a phone', () => {
  it('loses place, maker and author, and keeps every pixel and the side that is up', async () => {
    const before = await photo(6);
    expect((await sharp(before).metadata()).exif?.includes('Phone')).toBe(true);
    const { bytes, widthPx, heightPx } = withoutMetadata(before);
    const after = await sharp(bytes).metadata();
    expect(bytes.includes('Phone')).toBe(false);
    expect(bytes.includes('A crew member')).toBe(false);
    expect(after.orientation).toBe(6);
    expect([after.width, after.height]).toEqual([widthPx, heightPx]);
    expect([widthPx, heightPx]).toEqual([40, 24]);
    const pixels = (file: Buffer) => sharp(file).raw().toBuffer();
    expect((await pixels(bytes)).equals(await pixels(before))).toBe(true);
  });

  it('carries no directory of its own when nothing has to be turned', async () => {
    const { bytes } = withoutMetadata(await photo(1));
    expect((await sharp(bytes).metadata()).exif).toBeUndefined();
  });

  it('loses what is glued behind its end', async () => {
    const { bytes } = withoutMetadata(Buffer.concat([await photo(1), Buffer.from('a whole film')]));
    expect(bytes.includes('film')).toBe(false);
    expect((await sharp(bytes).metadata()).width).toBe(40);
  });

  it('may be progressive', async () => {
    const before = await picture().jpeg({ progressive: true }).toBuffer();
    const { bytes } = withoutMetadata(before);
    expect((await sharp(bytes).raw().toBuffer()).equals(await sharp(before).raw().toBuffer())).toBe(true);
  });

  it.each([
    ['PNG', () => picture().png().toBuffer()],
    ['WebP', () => picture().webp().toBuffer()],
    ['text', () => Promise.resolve(Buffer.from('hello there, I am no picture'))],
    ['nothing', () => Promise.resolve(Buffer.alloc(0))],
    ['cut off', async () => (await photo(1)).subarray(0, 300)],
    ['HEIC', () => Promise.resolve(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'))],
  ])('is refused in words when it is %s', async (_, make) => {
    const file = await make();
    expect(() => withoutMetadata(file)).toThrow(expect.objectContaining({ code: 'PICTURE_REFUSED' }));
  });
});
