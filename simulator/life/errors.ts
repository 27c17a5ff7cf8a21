// How the product's eyes err: distributions measured on pictures, as numbers that the simulated looks are drawn from.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { inRoot } from '#core/root';

const share = z.number().min(0).max(1);

/** A score in logits: normally distributed over cameras, weathers and looks. */
const Score = z.strictObject({
  mean: z.number(),
  sd: z.number().min(0),
  /** This share of the zones is of another sort (a mirror when it is wet, mended asphalt) and has this score always. */
  tail: z.strictObject({ share, mean: z.number(), sd: z.number().min(0) }).optional(),
  /** Pictures and cameras or places behind it, and which: of cameras, by hand, rendered, or what stands in for them. */
  n: z.number().int().optional(),
  groups: z.number().int().optional(),
  from: z.string().optional(),
});
export type Score = z.infer<typeof Score>;

/** How the variance of a score is shared between what a zone always is, what a day or shower does, and the single look. */
const Variance = z.strictObject({ camera: share, spell: share, look: share, from: z.string().optional() });
export type Variance = z.infer<typeof Variance>;

/** What is read of a share that is there: `none + scale x share`, give or take `sd`. */
const Reading = z.strictObject({
  none: z.number(),
  scale: z.number(),
  sd: z.number().min(0),
  n: z.number().int().optional(),
  from: z.string().optional(),
});
export type Reading = z.infer<typeof Reading>;
const Lit = z.strictObject({ day: Reading, night: Reading });

/** By how much the camera's own past moves a level, logits. */
const Shift = z.number();
/** How often something is noticed. */
const Noticed = z.strictObject({ share, n: z.number().int().optional(), from: z.string().optional() });

export const ErrorModel = z.strictObject({
  /** What it was measured on, for the report. */
  source: z.string(),
  /** How it was measured, and what in it is no measurement. */
  notes: z.array(z.string()).default([]),
  /** Of every score, and of the matters that were measured apart. */
  variance: Variance.extend({
    of: z.strictObject({ flood: Variance, snow: Variance, spot: Variance, box: Variance }).optional(),
  }),
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
    /** Calm ground through a troubled lens that was taken for a good one; as through a good one where absent. */
    spoilt: Score.optional(),
  }),
  snow: z.strictObject({
    bare: Score,
    winter: Score,
    'covered-day': Score,
    'covered-night': Score,
    spoilt: Score.optional(),
  }),
  spot: z.strictObject({
    'closed-day': Score,
    'closed-night': Score,
    shadow: Score,
    'open-day': Score,
    'open-night': Score,
    /** A vehicle over the cover that was not noticed. */
    parked: Score.optional(),
    spoilt: Score.optional(),
  }),
  openBox: z.strictObject({ closed: Score, 'open-day': Score, 'open-night': Score }),
  heap: z.strictObject({ clean: Score, 'lying-day': Score, 'lying-night': Score }),
  raised: z.strictObject({ down: Score, 'up-day': Score, 'up-night': Score }),
  past: z.strictObject({
    flood: z.strictObject({ dry: Shift, wet: Shift, snow: Shift, flooded: Shift }),
    snow: z.strictObject({ bare: Shift, winter: Shift, covered: Shift }),
    from: z.string(),
  }),
  /** Shares of a zone before the level has its say. */
  shares: z.strictObject({ water: Lit, snow: Lit, bank: Lit }),
  /** Standard deviation of the share of a watched zone that differs from its clean reference. */
  shareNoise: z.number().min(0),
  notice: z.strictObject({ vehicleOver: Noticed, fence: Noticed, crew: Noticed }),
  /** How often a look at such trouble is refused. */
  blind: z.strictObject({
    'lens-drops': Noticed,
    'lens-snow': Noticed,
    'lens-ice': Noticed,
    moved: Noticed,
    frozen: Noticed,
    black: Noticed,
  }),
});
export type ErrorModel = z.infer<typeof ErrorModel>;

/** Reads an error model; the measured one of this checkout when no path is given. */
export const readErrors = (path: string = inRoot('simulator', 'life', 'errors.json')): ErrorModel =>
  ErrorModel.parse(JSON.parse(readFileSync(path, 'utf8')));
