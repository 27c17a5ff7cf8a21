import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRoot } from '#core/root';
import type { ModelCard, SpotCard } from '#models';
import { openDetector } from './detector.ts';
import { checkOutput, openNetwork } from './session.ts';
import { tinyNetwork, type Answer } from './tiny-network.ts';

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

describe('a network of somebody else', () => {
  const isSpot = (card: ModelCard): card is SpotCard => card.decoder === 'spot';
  const isRoad = (card: ModelCard): card is Extract<ModelCard, { decoder: 'road' }> => card.decoder === 'road';
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'ahual-models-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** The released card with other weights, or with other words on it. */
  async function lay(name: 'spot-v0' | 'road-v0', weights: Buffer | null, words: object = {}): Promise<void> {
    const card: unknown = JSON.parse(await readFile(inRoot('models', name, 'model.json'), 'utf8'));
    if (typeof card !== 'object' || card === null || !('file' in card)) throw new TypeError('no card');
    const bytes = weights ?? (await readFile(inRoot('models', name, String(card.file))));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await mkdir(join(root, 'models', name), { recursive: true });
    await writeFile(join(root, 'models', name, 'model.onnx'), bytes);
    const doctored = { ...card, file: 'model.onnx', sha256, bytes: bytes.length, ...words };
    await writeFile(join(root, 'models', name, 'model.json'), JSON.stringify(doctored));
  }
  const spot = (over: Partial<Answer> = {}): Buffer =>
    tinyNetwork('crop', 64, 64, [{ name: 'spot', shape: [1, 4], values: [0.1, 0.7, 0.1, 0.1], ...over }]);
  const frame = { rgb: new Uint8Array(64 * 64 * 3), widthPx: 64, heightPx: 64 };

  it('runs when it answers as its card says', async () => {
    await lay('spot-v0', spot());
    await using network = await openNetwork(root, 'spot-v0', isSpot);
    const outputs = await network.run(frame);
    expect([...(outputs.get('spot') ?? [])].map((value) => Math.round(value * 10))).toEqual([1, 7, 1, 1]);
  });

  it.each([
    ['no number', { values: [Number.NaN, 0.7, 0.1, 0.1] }, 'holds something that is no number'],
    ['infinity', { values: [0.1, Number.NEGATIVE_INFINITY, 0.1, 0.1] }, 'holds something that is no number'],
    ['five numbers', { shape: [1, 5], values: [0.1, 0.6, 0.1, 0.1, 0.1] }, 'has the shape 1x5'],
    ['another order', { shape: [4, 1] }, 'has the shape 4x1'],
    ['whole numbers', { isWhole: true }, 'holds no floats'],
  ] as const)('that answers with %s is refused by its name and that of its output', async (_, over, why) => {
    await lay('spot-v0', spot(over));
    await using network = await openNetwork(root, 'spot-v0', isSpot);
    const run = network.run(frame);
    await expect(run).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
    await expect(run).rejects.toThrow(new RegExp(`"spot-v0".*"spot".*${why}`));
  });

  it('that was made for another size than its card says is refused when it runs', async () => {
    const small = tinyNetwork('crop', 32, 32, [{ name: 'spot', shape: [1, 4], values: [0, 1, 0, 0] }]);
    await lay('spot-v0', small);
    await using network = await openNetwork(root, 'spot-v0', isSpot);
    await expect(network.run(frame)).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  });

  it('that has other inputs or outputs, or is no network, is refused when it is opened', async () => {
    const cases: readonly (readonly [Buffer, RegExp])[] = [
      [
        tinyNetwork('crop', 64, 64, [{ name: 'score', shape: [1, 4], values: [0, 0, 0, 0] }]),
        /"spot-v0".*no output "spot"/,
      ],
      [Buffer.from('no network at all'), /"spot-v0".*runtime does not open it/],
      [spot().subarray(0, 60), /"spot-v0".*runtime does not open it/],
    ];
    for (const [weights, why] of cases) {
      await lay('spot-v0', weights);
      await expect(openNetwork(root, 'spot-v0', isSpot)).rejects.toThrow(why);
    }
  });

  it('that was trained for other classes is refused by its card', async () => {
    const doctored: readonly (readonly ['spot-v0' | 'road-v0', object, string])[] = [
      ['spot-v0', { classes: ['closed', 'open', 'covered', 'unsure'] }, 'MODEL_CHANGED'],
      ['spot-v0', { classes: ['cat', 'dog', 'covered', 'unsure'] }, 'MODEL_CHANGED'],
      ['spot-v0', { outputs: [{ name: 'spot', shape: [1, 3] }] }, 'MODEL_REFUSED'],
    ];
    for (const [name, words, code] of doctored) {
      await lay(name, null, words);
      await expect(openNetwork(root, name, isSpot)).rejects.toMatchObject({ code });
    }
  });

  it('whose card names one class more than it answers is refused, and one with an unknown class too', async () => {
    const text = await readFile(inRoot('models', 'road-v0', 'model.json'), 'utf8');
    const other = (from: string, to: string): object => {
      const card: unknown = JSON.parse(text.replace(from, to));
      return typeof card === 'object' && card !== null && 'classes' in card ? { classes: card.classes } : {};
    };
    await lay('road-v0', null, other('"surface": [', '"surface": ["soil", '));
    await expect(openNetwork(root, 'road-v0', isRoad)).rejects.toThrow(/"road-v0".*"surface" has 7.*need 8/);
    await lay('road-v0', null, other('"objects": [', '"objects": ["cone", '));
    await expect(openNetwork(root, 'road-v0', isRoad)).rejects.toThrow(/"road-v0".*"heat" has 7.*need 8/);
    await lay('road-v0', null, other('"manhole_open"', '"zebra"'));
    await expect(openNetwork(root, 'road-v0', isRoad)).rejects.toMatchObject({ code: 'MODEL_CHANGED' });
  });

  it('stops the detector as a whole: no half of it speaks', async () => {
    await lay('road-v0', null);
    await lay('spot-v0', spot(), { outputs: [{ name: 'spot', shape: [1, 7] }] });
    await expect(openDetector({ root })).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  });
});
