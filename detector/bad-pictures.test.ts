import { beforeAll, describe, expect, it } from 'vitest';
import { badPictures, memoryPeakOf } from '../test/support/bad-pictures.ts';
import { frameFromJpeg, type Frame } from './pixels.ts';

describe('a file opened as a picture', () => {
  const made = new Map<string, Buffer>();
  beforeAll(async () => {
    for (const { name, bytes } of badPictures) made.set(name, await bytes());
  }, 300_000);

  it.each(badPictures)('$name', async ({ name, fate }) => {
    const bytes = made.get(name) ?? Buffer.alloc(0);
    let frame: Frame | undefined;
    let thrown: unknown;
    const peakMiB = await memoryPeakOf(async () => {
      try {
        frame = await frameFromJpeg(bytes);
      } catch (error) {
        thrown = error;
      }
    });
    expect(peakMiB ?? 0).toBeLessThan(200);
    if (fate.kind === 'refused') {
      expect(thrown).toMatchObject({ code: 'PICTURE_REFUSED' });
      expect(String(thrown)).toMatch(fate.because);
      return;
    }
    const scale = Math.min(1, 1280 / Math.max(fate.widthPx, fate.heightPx));
    expect(frame).toMatchObject({ widthPx: fate.widthPx * scale, heightPx: fate.heightPx * scale });
    expect(frame?.rgb.length).toBe(fate.widthPx * fate.heightPx * scale * scale * 3);
    const [red = 0, green = 0, blue = 0] = frame?.rgb.subarray(0, 3) ?? [];
    if (fate.corner === 'grey') expect([green, blue]).toEqual([red, red]);
    else expect(red - blue).toBeGreaterThan(120);
  });
});
