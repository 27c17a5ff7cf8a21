// A drawn plate, read end to end by the released networks; and a model that is not the one of its card.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formOf } from '#core/plate-grammar';
import { inRoot } from '#core/root';
import { combine, frameFromJpeg, openPlateReader, pixelsOf, type PlateFind, type PlateReader } from '#detector';
import { plateModelName, readPlateModel } from '#models';
import { drawScene, plateSvg, randoms } from './draw.ts';
import { plateByChance, seeings, wilson } from './measure.ts';

const look = { weight: 13.5, ink: '#1c1c1c', ground: '#e8e8e4' };
const hanging = { heightPx: 24, squeeze: 0.9, slope: 0.05, nearer: 0.03, lean: 0.02, x: 0.5, y: 0.78 };

/** The back of a lorry, as plain as can be. */
const vehicle = (): Promise<Buffer> =>
  sharp(
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="360"><rect width="400" height="360" fill="#8a8578"/><rect x="40" y="20" width="320" height="220" fill="#b0552e"/><rect x="30" y="240" width="340" height="60" fill="#333"/><circle cx="80" cy="310" r="38" fill="#181818"/><circle cx="320" cy="310" r="38" fill="#181818"/></svg>',
    ),
  )
    .png()
    .toBuffer();

async function film(reader: PlateReader, groups: readonly string[] | null, seed: number): Promise<PlateFind[]> {
  const random = randoms(seed);
  const ground = await vehicle();
  const finds: PlateFind[] = [];
  for (let n = 0; n < 3; n++) {
    const svg =
      groups === null ? '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"/>' : plateSvg(groups, look);
    const scene = await drawScene(ground, svg, { ...hanging, x: 0.48 + 0.02 * n }, seeings.usual, random);
    const frame = await frameFromJpeg(scene.jpeg, 4000);
    finds.push(...(await reader.look(pixelsOf(frame), { x: 0, y: 0, w: 1, h: 1 }, { atMs: n * 1000, source: 'film' })));
  }
  return finds;
}

describe('the reader of plates', () => {
  let reader: PlateReader;
  beforeAll(async () => {
    reader = await openPlateReader({ root: inRoot() });
  });
  afterAll(() => reader[Symbol.asyncDispose]());

  it('reads a drawn plate of 24 px from three frames, and shows where it is', async () => {
    const { reading, best } = combine(await film(reader, ['123', 'ABC', '02'], 3));
    expect(reading).toMatchObject({ state: 'read', text: '123ABC02', kind: 'kz' });
    expect(reading.frames[0]?.heightPx).toBeGreaterThan(19);
    expect(reading.frames[0]?.heightPx).toBeLessThan(30);
    expect(Math.abs((best?.box.y ?? 0) + (best?.box.h ?? 0) / 2 - hanging.y)).toBeLessThan(0.04);
    expect(best?.crop.widthPx).toBeGreaterThan(80);
  });

  it('finds nothing on a vehicle without one', async () => {
    expect(combine(await film(reader, null, 4)).reading.state).not.toBe('read');
  });

  it('has nothing to say of a vehicle of a few pixels, or one beside the picture', async () => {
    const tiny = pixelsOf({ rgb: new Uint8Array(64 * 64 * 3), widthPx: 64, heightPx: 64 });
    const moment = { atMs: 0, source: 'still' } as const;
    expect(await reader.look(tiny, { x: 0.4, y: 0.4, w: 0.1, h: 0.1 }, moment)).toEqual([]);
    expect(await reader.look(tiny, { x: 2, y: 2, w: 1, h: 1 }, moment)).toEqual([]);
  });
});

describe('the card of the reader', () => {
  let root: string;
  const card = async (): Promise<Record<string, unknown>> =>
    z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(await readFile(inRoot('models', plateModelName, 'model.json'), 'utf8')));
  const part = (text: string, file: string) => ({
    file,
    sha256: createHash('sha256').update(text).digest('hex'),
    bytes: text.length,
  });

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'ahual-plate-model-'));
    const folder = join(root, 'node_modules', 'reader');
    await mkdir(folder, { recursive: true });
    await mkdir(join(root, 'models', plateModelName), { recursive: true });
    await writeFile(join(root, 'package.json'), '{}');
    await writeFile(join(folder, 'package.json'), '{"name":"reader","exports":{"./node":"./node.js"}}');
    await writeFile(join(folder, 'node.js'), '');
    for (const name of ['finder', 'reader']) await writeFile(join(folder, `${name}.onnx`), name);
    await writeFile(join(folder, 'keys.txt'), '0\n1\nA\n');
  });
  afterAll(() => rm(root, { recursive: true }));

  async function put(change: Record<string, unknown>): Promise<void> {
    const real = await card();
    const graph = { input: 'x', output: 'y', mean: [0, 0, 0], deviation: [1, 1, 1] };
    const made = {
      ...real,
      package: { name: 'reader', version: '1', entry: 'node', licence: 'MIT', copyright: 'x', source: 'x' },
      finder: { ...part('finder', 'finder.onnx'), ...graph, sideMultiple: 32 },
      reader: { ...part('reader', 'reader.onnx'), ...graph, heightPx: 48, classes: 5 },
      keys: { ...part('0\n1\nA\n', 'keys.txt'), count: 3 },
      ...change,
    };
    await writeFile(join(root, 'models', plateModelName, 'model.json'), JSON.stringify(made));
  }

  it('gives files that are those of the card', async () => {
    await put({});
    const { keys, finder } = await readPlateModel(root);
    expect(keys).toEqual(['0', '1', 'A']);
    expect(Buffer.from(finder).toString()).toBe('finder');
  });

  it('refuses a file that differs, a wrong number of characters, a card in another form', async () => {
    await put({ keys: { ...part('0\n1\nB\n', 'keys.txt'), count: 3 } });
    await expect(readPlateModel(root)).rejects.toMatchObject({ code: 'MODEL_CHANGED' });
    await put({ keys: { ...part('0\n1\nA\n', 'keys.txt'), count: 4 } });
    await expect(readPlateModel(root)).rejects.toThrow(/names 3 characters/);
    await put({ decoder: 'spot' });
    await expect(readPlateModel(root)).rejects.toMatchObject({ code: 'MODEL_CHANGED' });
  });

  it('names the package that is not installed, and what the runtime does not open', async () => {
    const away = { name: 'no-such-package', version: '1', entry: 'node', licence: 'x', copyright: 'x', source: 'x' };
    await put({ package: away });
    await expect(readPlateModel(root)).rejects.toMatchObject({ code: 'PART_MISSING' });
    await expect(readPlateModel(root)).rejects.toThrow('no-such-package');
    await put({});
    await expect(openPlateReader({ root })).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  });

  it('is that of the package which is installed', async () => {
    const { card: released, keys } = await readPlateModel(inRoot());
    expect(released.reader.classes).toBe(keys.length + 2);
    const wanted = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await readFile(inRoot('package.json'), 'utf8')));
    expect(wanted.dependencies[released.package.name]).toBe(released.package.version);
  });
});

describe('the bench', () => {
  it('draws plates that have a form, the same ones for the same seed', () => {
    const drawn = (): string[] => {
      const random = randoms(5);
      return Array.from({ length: 200 }, () => plateByChance(random).text);
    };
    expect(drawn()).toEqual(drawn());
    for (const text of drawn()) expect(formOf(text), text).toBeDefined();
  });

  it('says how sure a share is', () => {
    expect(wilson(0, 0)).toEqual({ share: 0, low: 0, high: 1 });
    const { share, low, high } = wilson(8, 10);
    expect(share).toBe(0.8);
    expect(low).toBeCloseTo(0.49, 2);
    expect(high).toBeCloseTo(0.943, 2);
  });
});
