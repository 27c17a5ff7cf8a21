// The weights with which a camera's own past speaks: a small learned judge for each hazard, in JSON with its card beside it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';

/** The judge's inputs; what each is, detector/past-compare.ts says where it is made. */
export const pastInputs = ['alone', 'far', 'farOutside', 'levelStep', 'shareStep', 'wetStep', 'count'] as const;
export type PastInput = (typeof pastInputs)[number];

const PastWeights = z.strictObject({
  bias: z.number(),
  /** Log-odds for one unit of each input. */
  weights: z.partialRecord(z.enum(pastInputs), z.number()),
  /** The past moves a level by at most so many log-odds. */
  most: z.number().positive(),
});
export type PastWeights = z.infer<typeof PastWeights>;

export const PastCard = z.strictObject({
  name: z.string(),
  version: z.string(),
  kind: z.literal('past'),
  /** The network, name and version, whose features the weights were learned on. */
  network: z.string(),
  /** A camera's references lie so far apart before they have shown how far, as if `prior` pairs had been seen. */
  spread: z.strictObject({
    within: z.number().positive(),
    outside: z.number().positive(),
    prior: z.number().positive(),
  }),
  flooding: PastWeights,
  snow: PastWeights,
  learnedFrom: z.string(),
  licence: z.string(),
});
export type PastCard = z.infer<typeof PastCard>;

/** Reads the weights of a folder under `models/`. Throws MODEL_CHANGED when they are missing or not in the agreed form. */
export async function readPast(root: string, name = 'past-v0'): Promise<PastCard> {
  const path = join(root, 'models', name, 'model.json');
  const changed = (what: string): AhualError =>
    new AhualError(
      'MODEL_CHANGED',
      `The model "${name}" cannot be used: ${what}.`,
      'Restore the folder from the release.',
      {
        model: name,
      },
    );
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (thrown) {
    throw changed(`${path} cannot be read: ${messageOf(thrown)}`);
  }
  const card = PastCard.safeParse(value);
  if (!card.success) throw changed(`${path} is not in the agreed form: ${z.prettifyError(card.error)}`);
  return card.data;
}
