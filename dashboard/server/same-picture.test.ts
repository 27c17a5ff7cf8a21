import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { inRoot } from '#core/root';
import { samePicture } from './same-picture.ts';

const names = ['heap', 'closed-manhole-yard', 'open-manhole-pavement'];
const pixelsOf = async (bytes: Uint8Array): Promise<Buffer> => sharp(bytes).raw().toBuffer();

test.each(names)('a copy of %s shows the same and is another file each time', async (name) => {
  const file = readFileSync(inRoot('detector', 'close-frames', `${name}.jpg`));
  const copies = Array.from({ length: 20 }, () => samePicture(file) ?? file);
  expect(new Set([file, ...copies].map((one) => one.toString('base64'))).size).toBeGreaterThan(19);
  for (const copy of copies.slice(0, 3)) {
    expect(copy).toHaveLength(file.length);
    const [was, is] = [await pixelsOf(file), await pixelsOf(copy)];
    const worst = was.reduce((most, value, i) => Math.max(most, Math.abs(value - (is[i] ?? 0))), 0);
    expect(worst).toBeLessThanOrEqual(8);
  }
});

test('of what is no whole JPEG there is no copy', () => {
  expect(samePicture(Buffer.from('not a picture'))).toBeUndefined();
  expect(samePicture(Buffer.from([0xff, 0xd8, 0xff, 0xd9]))).toBeUndefined();
});
