// The form of model.json: what the program must know of a network before it may speak.
import { z } from 'zod';
import { DetectionClass } from '#core/detection';
import { HazardName } from '#core/hazard-name';

const Score = z.number().min(0).max(1);

/** `raise`: from here on a level speaks for the hazard; `record`: from here on it is worth keeping, below it is clear. */
export const HazardThreshold = z
  .strictObject({ raise: Score, record: Score })
  .refine((t) => t.record <= t.raise, 'record must not lie above raise');

/** Weights of the logistic that turns what was measured in a zone into a calibrated level 0..1. */
export const Calibration = z.strictObject({ bias: z.number(), logit: z.number(), share: z.number() });

/**
 * A zone's share of water or snow counts only as far as the zone's level agrees: not at all up to `from`, whole from `full`.
 * The share is local and learned from rendered streets, the level is wide and learned from real ones too.
 */
export const Witness = z
  .strictObject({ from: Score, full: Score })
  .refine((w) => w.from < w.full, 'from must lie below full');

/** A raw picture as a network takes it: bytes, red green blue, rows from the top, stretched to the size. */
const Input = z.strictObject({
  name: z.string(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  layout: z.literal('nhwc'),
  type: z.literal('uint8'),
  colour: z.literal('rgb'),
  fit: z.literal('stretch'),
});

const Output = z.strictObject({ name: z.string(), shape: z.array(z.int().positive()).min(2) });

const common = {
  name: z.string().regex(/^[a-z0-9-]+$/),
  version: z.string().min(1),
  /** File name beside the card. */
  file: z.string().regex(/^[A-Za-z0-9._-]+\.onnx$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  input: Input,
  outputs: z.array(Output).min(1),
  thresholds: z.partialRecord(HazardName, HazardThreshold),
  /** Weights that were learned elsewhere and stand inside this file. */
  bases: z.array(z.strictObject({ name: z.string(), licence: z.string(), copyright: z.string(), source: z.string() })),
  licence: z.string(),
  /** What this model promises to reach in an evaluation, for example `flooding.fixed.auc >= 0.80`. */
  bars: z.array(z.string()),
};

/** The glance pass: boxes of the base, own objects, ground surface, two picture logits, in one run. */
export const RoadCard = z.strictObject({
  ...common,
  decoder: z.literal('road'),
  classes: z.strictObject({
    boxes: z.array(DetectionClass).min(1),
    objects: z.array(DetectionClass).min(1),
    surface: z.array(z.enum(['other', 'dry', 'wet', 'water', 'snow', 'lawn_snow', 'soil'])).min(2),
    levels: z.tuple([z.literal('flooding'), z.literal('snow')]),
  }),
  /** A box under its class's score is not reported; the base's boxes and our own objects have scores of different make. */
  scores: z.strictObject({
    boxes: z.partialRecord(DetectionClass, Score),
    objects: z.partialRecord(DetectionClass, Score),
  }),
  /** Overlap above which the weaker of two boxes of one class is dropped. */
  nms: Score,
  calibration: z.strictObject({ flooding: Calibration, snow: Calibration }),
  witness: z.strictObject({ flooding: Witness, snow: Witness }),
});

/** The judge of one registered manhole: a square crop of the frame's own pixels. */
export const SpotCard = z.strictObject({
  ...common,
  decoder: z.literal('spot'),
  classes: z.tuple([z.literal('open'), z.literal('closed'), z.literal('covered'), z.literal('unsure')]),
  /** Side of the crop as a multiple of the zone's longer side. */
  margin: z.number().min(0.3).max(4),
  /** A zone whose longer side is smaller than this many pixels of the frame is answered `unsure`. */
  leastPx: z.number().positive(),
});

export const ModelCard = z.discriminatedUnion('decoder', [RoadCard, SpotCard]);
export type ModelCard = z.infer<typeof ModelCard>;
export type RoadCard = z.infer<typeof RoadCard>;
export type SpotCard = z.infer<typeof SpotCard>;
export type Witness = z.infer<typeof Witness>;
export type Calibration = z.infer<typeof Calibration>;
