// The reader of number plates: networks of a registry package, of which the catalogue holds the card and every checksum, not the files.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';

const PackagedFile = z.strictObject({
  /** Path inside the package. */
  file: z.string().regex(/^[A-Za-z0-9._/-]+$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
});

const Graph = PackagedFile.extend({
  input: z.string(),
  output: z.string(),
  /** Blue, green, red, each as (byte / 255 - mean) / deviation. */
  mean: z.tuple([z.number(), z.number(), z.number()]),
  deviation: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
});

/** `finder` marks where text stands, `reader` says which characters one line of it has, `keys` names the reader's classes. */
export const PlateCard = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  version: z.string().min(1),
  decoder: z.literal('plate-text'),
  package: z.strictObject({
    name: z.string(),
    version: z.string(),
    /** A name that the package exports; its files lie beside it. */
    entry: z.string(),
    licence: z.string(),
    copyright: z.string(),
    source: z.string(),
  }),
  finder: Graph.extend({ sideMultiple: z.int().positive() }),
  reader: Graph.extend({ heightPx: z.int().positive(), classes: z.int().positive() }),
  keys: PackagedFile.extend({ count: z.int().positive() }),
  bases: z.array(z.strictObject({ name: z.string(), licence: z.string(), copyright: z.string(), source: z.string() })),
  licence: z.string(),
  bars: z.array(z.string()),
});
export type PlateCard = z.infer<typeof PlateCard>;

export interface PlateModel {
  readonly card: PlateCard;
  readonly finder: Uint8Array;
  readonly reader: Uint8Array;
  /** Characters by class, from class 1 on; class 0 is nothing. */
  readonly keys: readonly string[];
}

/** Folder of the card under `models/`. */
export const plateModelName = 'plate-text';

/**
 * Reads the card and the files of the package that it names. `root` is the checkout. Throws PART_MISSING where the package is not
 * installed, MODEL_CHANGED where the card is not in the agreed form or a file is not the one of the card.
 */
export async function readPlateModel(root: string, name: string = plateModelName): Promise<PlateModel> {
  const card = await readPlateCard(root, name);
  let folder: string;
  try {
    folder = dirname(createRequire(join(root, 'package.json')).resolve(`${card.package.name}/${card.package.entry}`));
  } catch (thrown) {
    throw new AhualError(
      'PART_MISSING',
      `The model "${name}" needs the package ${card.package.name}, which is not installed.`,
      'Run npm install.',
      { model: name },
      thrown,
    );
  }
  const [finder, reader, keys] = await Promise.all([
    checked(name, folder, card.finder),
    checked(name, folder, card.reader),
    checked(name, folder, card.keys),
  ]);
  const lines = keys
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  if (lines.length !== card.keys.count) {
    throw changed(name, `${card.keys.file} names ${lines.length} characters, its card says ${card.keys.count}`);
  }
  return { card, finder, reader, keys: lines };
}

/** Reads the card alone, for pages and lists. Throws MODEL_CHANGED as `readPlateModel` does. */
export async function readPlateCard(root: string, name: string = plateModelName): Promise<PlateCard> {
  const path = join(root, 'models', name, 'model.json');
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (thrown) {
    throw changed(name, `its card ${path} cannot be read: ${messageOf(thrown)}`);
  }
  const card = PlateCard.safeParse(value);
  if (!card.success) throw changed(name, `its card ${path} is not in the agreed form: ${z.prettifyError(card.error)}`);
  if (card.data.name !== name) throw changed(name, `its card calls itself "${card.data.name}"`);
  return card.data;
}

async function checked(name: string, folder: string, wanted: z.infer<typeof PackagedFile>): Promise<Buffer> {
  const path = join(folder, wanted.file);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    throw changed(name, `${path} cannot be read: ${messageOf(thrown)}`);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== wanted.sha256) throw changed(name, `${path} has sha256 ${sha256}, its card says ${wanted.sha256}`);
  return bytes;
}

const changed = (name: string, what: string): AhualError =>
  new AhualError('MODEL_CHANGED', `The model "${name}" cannot be used: ${what}.`, 'Install the packages anew.', {
    model: name,
  });
