// How the product's eyes err: distributions measured on pictures, as numbers that the simulated looks are drawn from.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { inRoot } from '#core/root';

/** A score in logits: normally distributed over cameras, weathers and looks. */
const Score = z.strictObject({ mean: z.number(), sd: z.number().min(0) });
export type Score = z.infer<typeof Score>;

export const ErrorModel = z.strictObject({
  /** What it was measured on, for the report. */
  source: z.string(),
  /** How the variance of a score is shared between what a camera always is, what a day or shower does, and the single look. */
  variance: z.strictObject({ camera: z.number(), spell: z.number(), look: z.number() }),
  /** For so long looks of one camera hang together, seconds. */
  lookStepS: z.number().positive(),
  flood: z.strictObject({
    'dry-day': Score,
    'dry-night': Score,
    'wet-day': Score,
    'wet-night': Score,
    snow: Score,
    'flooded-day': Score,
    'flooded-night': Score,
  }),
  snow: z.strictObject({ bare: Score, winter: Score, 'covered-day': Score, 'covered-night': Score }),
  spot: z.strictObject({
    'closed-day': Score,
    'closed-night': Score,
    shadow: Score,
    'open-day': Score,
    'open-night': Score,
  }),
  openBox: z.strictObject({ closed: Score, 'open-day': Score, 'open-night': Score }),
  heap: z.strictObject({ clean: Score, 'lying-day': Score, 'lying-night': Score }),
  raised: z.strictObject({ down: Score, 'up-day': Score, 'up-night': Score }),
  /** Standard deviation of a share of water or snow around the truth. */
  shareNoise: z.number().min(0),
  /** How often the quality check refuses a picture that is troubled so. */
  blind: z.strictObject({
    'lens-drops': z.number(),
    'lens-snow': z.number(),
    'lens-ice': z.number(),
    moved: z.number(),
    frozen: z.number(),
    black: z.number(),
  }),
});
export type ErrorModel = z.infer<typeof ErrorModel>;

/** Reads an error model; the measured one of this checkout when no path is given. */
export const readErrors = (path: string = inRoot('simulator', 'life', 'errors.json')): ErrorModel =>
  ErrorModel.parse(JSON.parse(readFileSync(path, 'utf8')));
