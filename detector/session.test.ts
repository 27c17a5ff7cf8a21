import { describe, expect, it } from 'vitest';
import { inRoot } from '#core/root';
import type { ModelCard, SpotCard } from '#models';
import { checkOutput, openNetwork } from './session.ts';

const wanted = { name: 'spot', shape: [1, 4] };

describe('what a network answers', () => {
  it('passes when shape and numbers are as promised', () => {
    const data = Float32Array.from([0.1, 0.2, 0.3, 0.4]);
    expect(checkOutput('m', wanted, [1, 4], data)).toBe(data);
  });

  it('is refused by name when something is no number, of another shape, of another type, or missing', () => {
    const bad: [number[] | undefined, unknown][] = [
      [[1, 4], Float32Array.from([0.1, Number.NaN, 0, 0])],
      [[1, 4], Float32Array.from([0.1, Number.POSITIVE_INFINITY, 0, 0])],
      [[4, 1], new Float32Array(4)],
      [[1, 4], new Float32Array(3)],
      [[1, 4], new Float64Array(4)],
      [undefined, undefined],
    ];
    for (const [dims, data] of bad) {
      expect(() => checkOutput('spot-v9', wanted, dims, data)).toThrow('"spot-v9"');
    }
  });
});

describe('a network', () => {
  const isSpot = (card: ModelCard): card is SpotCard => card.decoder === 'spot';

  it('refuses a frame of another size than its card says', async () => {
    await using network = await openNetwork(inRoot(), 'spot-v0', isSpot);
    const frame = { rgb: new Uint8Array(32 * 32 * 3), widthPx: 32, heightPx: 32 };
    await expect(network.run(frame)).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  });

  it('is not opened for a decoder that its card does not name', async () => {
    await expect(openNetwork(inRoot(), 'road-v0', isSpot)).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  });
});
