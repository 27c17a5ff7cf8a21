import { beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { badPictures, memoryPeakOf } from '../../test/support/bad-pictures.ts';
import type { Grab } from './source.ts';
import { pictureOfStill } from './still.ts';

const wish = { kind: 'exact', widthPx: 64, heightPx: 48 } as const;

describe('a still that a camera sends', () => {
  const made = new Map<string, Buffer>();
  beforeAll(async () => {
    for (const { name, bytes } of badPictures) made.set(name, await bytes());
  }, 300_000);

  it.each(badPictures)('$name', async ({ name, fate }) => {
    let grab: Grab | undefined;
    const peakMiB = await memoryPeakOf(async () => {
      grab = await pictureOfStill(made.get(name) ?? Buffer.alloc(0), wish, 5);
    });
    expect(peakMiB ?? 0).toBeLessThan(200);
    if (grab?.kind !== 'picture') {
      expect(fate.kind, grab?.detail).toBe('refused');
      expect(grab).toMatchObject({ state: 'garbage' });
      if (fate.kind === 'refused') expect(grab?.detail).toMatch(fate.because);
      return;
    }
    using picture = grab.picture;
    expect({ kind: 'right', widthPx: picture.widthPx, heightPx: picture.heightPx }).toMatchObject({
      kind: fate.kind,
      ...(fate.kind === 'right' ? { widthPx: fate.widthPx, heightPx: fate.heightPx } : {}),
    });
    const area = await picture.region({ x: 1, y: 2, w: 33, h: 17 });
    const isGrey = fate.kind === 'right' && fate.corner === 'grey';
    for (const rgb of [picture.frame.rgb, area.rgb]) {
      const [red = 0, green = 0, blue = 0] = rgb.subarray(3, 6);
      if (isGrey) expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(4);
      else expect(red - blue).toBeGreaterThan(120);
    }
    // What a browser shows of the still is what the networks saw: the same size, turned the same way.
    const still = await sharp(await picture.still())
      .autoOrient()
      .toBuffer({ resolveWithObject: true });
    expect([still.info.format, still.info.width, still.info.height]).toEqual([
      'jpeg',
      picture.widthPx,
      picture.heightPx,
    ]);
  });
});
