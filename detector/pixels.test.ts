import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { colouredOf, paintedStreet } from './painted-street.ts';
import { cut, frameFromJpeg, greyOf, pixelsOf, reachOf, stretch, type PixelBox } from './pixels.ts';

const street = colouredOf(paintedStreet({ widthPx: 640, heightPx: 360, noise: 0 }));
const encode = (): Promise<Buffer> =>
  sharp(street.rgb, { raw: { width: 640, height: 360, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer();

describe('opening pictures', () => {
  it('gives three bytes a pixel, no larger than asked', async () => {
    const frame = await frameFromJpeg(await encode(), 320);
    expect([frame.widthPx, frame.heightPx, frame.rgb.length]).toEqual([320, 180, 320 * 180 * 3]);
  });

  it('makes three equal channels of a grey picture', async () => {
    const grey = await sharp(await encode())
      .greyscale()
      .png()
      .toBuffer();
    const frame = await frameFromJpeg(grey);
    expect(frame.rgb.length).toBe(640 * 360 * 3);
    expect(frame.rgb[300]).toBe(frame.rgb[301]);
  });

  it('refuses a cut-off picture, an empty one and random bytes', async () => {
    const whole = await encode();
    const noise = Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919) % 251));
    for (const bytes of [whole.subarray(0, whole.length / 2), Buffer.alloc(0), noise]) {
      await expect(frameFromJpeg(bytes)).rejects.toMatchObject({ code: 'PICTURE_REFUSED' });
    }
  });
});

describe('changing the size of frames', () => {
  it('keeps a frame that already has the size', async () => {
    expect(await stretch(street, 640, 360)).toBe(street);
  });

  it('cuts out what a stretch of the whole would show there', async () => {
    const half = await stretch(street, 320, 180);
    const same = cut(street, { x: 0, y: 0, w: 640, h: 360 }, 320, 180);
    let worst = 0;
    for (let i = 0; i < half.rgb.length; i++)
      worst = Math.max(worst, Math.abs((half.rgb[i] ?? 0) - (same.rgb[i] ?? 0)));
    expect(worst).toBeLessThanOrEqual(6);
  });

  it('repeats the edge where a cut reaches beyond the frame', () => {
    const plain = { rgb: new Uint8Array(40 * 40 * 3).fill(90), widthPx: 40, heightPx: 40 };
    expect(new Set(cut(plain, { x: -30, y: 25, w: 50, h: 50 }, 16, 16).rgb)).toEqual(new Set([90]));
  });

  it('takes every second pixel as luma', () => {
    const grey = greyOf(street, 2);
    expect([grey.widthPx, grey.heightPx]).toEqual([320, 180]);
    expect(Math.abs((grey.luma[0] ?? 0) - (street.rgb[0] ?? 0))).toBeLessThanOrEqual(1);
  });
});

describe('areas of a picture', () => {
  const picture = pixelsOf(street);
  /** The largest difference between a cut from the whole picture and one from the area that it reads. */
  const worstOf = async (box: PixelBox): Promise<number> => {
    const whole = cut(street, box, 64, 64);
    const area = reachOf(box, 64, 64, street);
    expect(area.x >= 0 && area.y >= 0 && area.x + area.w <= 640 && area.y + area.h <= 360).toBe(true);
    const part = cut(await picture.region(area), { ...box, x: box.x - area.x, y: box.y - area.y }, 64, 64);
    return part.rgb.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (whole.rgb[i] ?? 0))), 0);
  };

  it('hold all that a cut reads: enlarged, reduced, and over each edge', async () => {
    for (const box of [
      { x: 200.3, y: 150.7, w: 31.5, h: 31.5 },
      { x: 120.9, y: 40.2, w: 200, h: 200 },
      { x: -20, y: -14.5, w: 90, h: 90 },
      { x: 600.5, y: 300.1, w: 80, h: 80 },
    ]) {
      expect(await worstOf(box), JSON.stringify(box)).toBe(0);
    }
  });
});
