import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { blindStrength, degradeKinds, degradePicture, mildStrength } from './degrade.ts';

/** A street of a few lines: sky, ground, marks. */
const street = (): Promise<Buffer> => {
  const [width, height] = [160, 96];
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const value = y < 30 ? 170 - y : (x + y) % 24 < 3 ? 190 : 80 + ((x * 73 + y * 151) % 23);
    rgb.fill(value, i * 3, i * 3 + 3);
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer();
};
const pixels = (jpeg: Uint8Array): Promise<Buffer> => sharp(jpeg).raw().toBuffer();
const apart = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;

describe('spoiling a picture', () => {
  it.each(degradeKinds)(
    '%s: keeps its size, does more the stronger it is, and the same for the same seed',
    async (kind) => {
      const whole = await street();
      const mild = await degradePicture(whole, kind, mildStrength, 7);
      const strong = await degradePicture(whole, kind, blindStrength + 0.15, 7);
      const { width, height, format } = await sharp(strong).metadata();
      expect([format, width, height]).toEqual(['jpeg', 160, 96]);
      const before = await pixels(whole);
      expect(apart(await pixels(strong), before)).toBeGreaterThan(apart(await pixels(mild), before));
      expect(Buffer.compare(await degradePicture(whole, kind, blindStrength + 0.15, 7), strong)).toBe(0);
    },
  );

  it('refuses what is no picture', async () => {
    await expect(degradePicture(Buffer.from('text'), 'fog', 0.5, 1)).rejects.toMatchObject({ code: 'PICTURE_REFUSED' });
  });
});
