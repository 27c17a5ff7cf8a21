// The catalogue of networks: names, files, checksums. Refuses what does not match its card. No runtime here.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';
import { ModelCard } from './card.ts';

export { ModelCard, type RoadCard, type SpotCard, type CloseCard, type Calibration, type Witness } from './card.ts';
export { plateModelName, readPlateCard, readPlateModel, type PlateCard, type PlateModel } from './plate-card.ts';
export { pastInputs, readPast, type PastCard, type PastInput, type PastWeights } from './past.ts';
export { hashDistance, perceptualHash } from './perceptual-hash.ts';

/** Every network of the product, by the folder that holds it. */
export const modelNames = ['road-v0', 'spot-v0', 'close-v0'] as const;
export type ModelName = (typeof modelNames)[number];

export interface ModelFile {
  readonly card: ModelCard;
  readonly folder: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads one model: card and weights. `root` is the checkout.
 * Throws MODEL_CHANGED when a file is missing, the card is not in the agreed form, or the weights are not those of the card.
 */
export async function readModel(root: string, name: string): Promise<ModelFile> {
  const folder = join(root, 'models', name);
  const card = await readCard(folder, name);
  const path = join(folder, card.file);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    throw changed(name, `its weights ${path} cannot be read: ${messageOf(thrown)}`);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== card.sha256) throw changed(name, `${path} has sha256 ${sha256}, its card says ${card.sha256}`);
  return { card, folder, bytes };
}

/** Reads the card alone, for pages and lists. Throws MODEL_CHANGED as `readModel` does. */
export async function readModelCard(root: string, name: string): Promise<ModelCard> {
  return readCard(join(root, 'models', name), name);
}

async function readCard(folder: string, name: string): Promise<ModelCard> {
  const path = join(folder, 'model.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    throw changed(name, `its card ${path} cannot be read: ${messageOf(thrown)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw changed(name, `its card ${path} is no JSON: ${messageOf(thrown)}`);
  }
  const card = ModelCard.safeParse(value);
  if (!card.success) throw changed(name, `its card ${path} is not in the agreed form: ${z.prettifyError(card.error)}`);
  if (card.data.name !== name) throw changed(name, `its card calls itself "${card.data.name}"`);
  return card.data;
}

const changed = (name: string, what: string): AhualError =>
  new AhualError(
    'MODEL_CHANGED',
    `The model "${name}" cannot be used: ${what}.`,
    'Restore the folder from the release.',
    {
      model: name,
    },
  );
