import { describe, expect, it } from 'vitest';
import { hashDistance, perceptualHash } from './perceptual-hash.ts';

/** A picture of soft blobs, any size. */
function blobs(widthPx: number, heightPx: number, lift = 0, mirrored = false): Uint8Array {
  return Uint8Array.from({ length: widthPx * heightPx }, (_, i) => {
    const u = (i % widthPx) / widthPx;
    const x = mirrored ? 1 - u : u;
    const y = Math.floor(i / widthPx) / heightPx;
    return Math.round(110 + lift + 60 * Math.sin(9 * x + 4 * y) + 40 * Math.cos(7 * y * x + 3 * x));
  });
}

describe('the fingerprint of a picture', () => {
  it('survives scaling and a change of light', () => {
    const large = perceptualHash(blobs(640, 360), 640, 360);
    expect(large).toMatch(/^[0-9a-f]{16}$/);
    expect(hashDistance(large, perceptualHash(blobs(213, 119), 213, 119))).toBeLessThanOrEqual(2);
    expect(hashDistance(large, perceptualHash(blobs(640, 360, 30), 640, 360))).toBeLessThanOrEqual(2);
  });

  it('tells other pictures apart', () => {
    const one = perceptualHash(blobs(640, 360), 640, 360);
    expect(hashDistance(one, perceptualHash(blobs(640, 360, 0, true), 640, 360))).toBeGreaterThan(6);
  });

  it('counts differing bits', () => {
    expect(hashDistance('0000000000000000', 'ffffffffffffffff')).toBe(64);
    expect(hashDistance('8000000000000001', '0000000000000000')).toBe(2);
  });
});
