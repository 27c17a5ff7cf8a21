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

/**
 * The glance pass, in one run: boxes of the base, own objects, ground surface, logits for zones, and `features`: what the
 * ground looks like in numbers of about mean 0 and deviation 1, for comparing a place with its own past.
 */
export const RoadCard = z.strictObject({
  ...common,
  decoder: z.literal('road'),
  classes: z.strictObject({
    boxes: z.array(DetectionClass).min(1),
    objects: z.array(DetectionClass).min(1),
    surface: z.array(z.enum(['other', 'dry', 'wet', 'water', 'snow', 'lawn_snow', 'soil'])).min(2),
    /** Planes of `levels`; `blind`: this ground cannot be judged (lens, air, light, blur, something before it). */
    levels: z.tuple([z.literal('flooding'), z.literal('snow'), z.literal('blind')]),
  }),
  /** A box under its class's score is not reported; the base's boxes and our own objects have scores of different make. */
  scores: z.strictObject({
    boxes: z.partialRecord(DetectionClass, Score),
    objects: z.partialRecord(DetectionClass, Score),
  }),
  /** Overlap above which the weaker of two boxes of one class is dropped. */
  nms: Score,
  calibration: z.strictObject({ flooding: Calibration, snow: Calibration, blind: Calibration }),
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

/** The second opinion: a square crop of the frame's own pixels around something that one of the others took for a hazard. */
export const CloseCard = z.strictObject({
  ...common,
  decoder: z.literal('close'),
  classes: z.strictObject({
    cover: z.tuple([z.literal('open'), z.literal('closed'), z.literal('other'), z.literal('unsure')]),
    litter: z.tuple([z.literal('litter'), z.literal('ground'), z.literal('other')]),
  }),
  /** Side of the crop around a box as a multiple of the box's longer side; around a spot the spot's own crop is used. */
  factor: z.number().min(1).max(4),
  /** The opening probability of a spot, and the score of a box by class, from which this network is asked at all. */
  askFrom: z.strictObject({ spot: Score, boxes: z.partialRecord(DetectionClass, Score) }),
  /** Weight of this network's logit in the joint one; the rest is the first opinion's. */
  trust: z.strictObject({ spot: Score, boxes: Score }),
  /** Boxes asked about in one look, the surest first. */
  mostBoxes: z.int().positive(),
  /**
   * A picture that shows a cover or litter from close by is shown to the road network again, so many times smaller: it knows
   * them as a street camera sees them. Asked when a box of a hazard reaches `askFrom` and this network, shown the whole
   * picture, finds one from `cover` or `litter` on, unless a box from `unless` on is there already; boxes fainter than `least` are
   * left out.
   */
  stepBack: z.strictObject({
    askFrom: Score,
    cover: Score,
    litter: Score,
    scales: z.array(z.number().min(1).max(8)),
    least: Score,
    unless: Score,
    most: z.int().positive(),
  }),
});

export const ModelCard = z.discriminatedUnion('decoder', [RoadCard, SpotCard, CloseCard]);
export type ModelCard = z.infer<typeof ModelCard>;
export type RoadCard = z.infer<typeof RoadCard>;
export type SpotCard = z.infer<typeof SpotCard>;
export type CloseCard = z.infer<typeof CloseCard>;
export type Witness = z.infer<typeof Witness>;
export type Calibration = z.infer<typeof Calibration>;
