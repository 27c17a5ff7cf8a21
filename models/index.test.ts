import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRoot } from '#core/root';
import { type ModelCard, modelNames, readModel, readModelCard } from './index.ts';

const weights = Buffer.from('not a real network, but bytes with a checksum');
const card: ModelCard = {
  name: 'spot-test',
  version: '1',
  decoder: 'spot',
  file: 'model.onnx',
  sha256: createHash('sha256').update(weights).digest('hex'),
  bytes: weights.length,
  input: { name: 'crop', widthPx: 64, heightPx: 64, layout: 'nhwc', type: 'uint8', colour: 'rgb', fit: 'stretch' },
  outputs: [{ name: 'spot', shape: [1, 4] }],
  classes: ['open', 'closed', 'covered', 'unsure'],
  margin: 1.2,
  leastPx: 10,
  thresholds: { 'open-manhole': { raise: 0.7, record: 0.4 } },
  bases: [],
  licence: 'Apache-2.0',
  bars: [],
};

describe('the catalogue', () => {
  let root: string;
  const put = (text: string): Promise<void> => writeFile(join(root, 'models', 'spot-test', 'model.json'), text);

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'ahual-models-'));
    await mkdir(join(root, 'models', 'spot-test'), { recursive: true });
    await writeFile(join(root, 'models', 'spot-test', 'model.onnx'), weights);
  });
  afterAll(() => rm(root, { recursive: true }));

  it('gives card and weights that belong together', async () => {
    await put(JSON.stringify(card));
    const model = await readModel(root, 'spot-test');
    expect(model.card).toEqual(card);
    expect(Buffer.from(model.bytes)).toEqual(weights);
  });

  it('refuses weights with another checksum, by the name of the model', async () => {
    await put(JSON.stringify({ ...card, sha256: '0'.repeat(64) }));
    const refused = readModel(root, 'spot-test');
    await expect(refused).rejects.toMatchObject({ code: 'MODEL_CHANGED' });
    await expect(refused).rejects.toThrow('"spot-test"');
  });

  it('refuses a card with a missing field, a wrong class, or the name of another model', async () => {
    const broken: [unknown, RegExp][] = [
      [{ ...card, margin: undefined }, /margin/],
      [{ ...card, classes: ['closed', 'open', 'covered', 'unsure'] }, /classes/],
      [{ ...card, name: 'spot-other' }, /spot-other/],
      [{ ...card, thresholds: { 'open-manhole': { raise: 0.2, record: 0.4 } } }, /record/],
    ];
    for (const [value, why] of broken) {
      await put(JSON.stringify(value));
      const refused = readModelCard(root, 'spot-test');
      await expect(refused).rejects.toMatchObject({ code: 'MODEL_CHANGED' });
      await expect(refused).rejects.toThrow(why);
    }
  });

  it('refuses a folder that is not there and a card that is no JSON', async () => {
    await expect(readModel(root, 'road-none')).rejects.toMatchObject({ code: 'MODEL_CHANGED' });
    await put('{');
    await expect(readModelCard(root, 'spot-test')).rejects.toMatchObject({ code: 'MODEL_CHANGED' });
  });
});

describe('the released models', () => {
  it.each(modelNames)('%s matches its card', async (name) => {
    const { card: released, bytes } = await readModel(inRoot(), name);
    expect(bytes.length).toBe(released.bytes);
  });
});
