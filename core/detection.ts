// What networks say about one frame, before anyone asks what it means.
import { z } from 'zod';
import { ZonePast } from './past.ts';

/** Fractions of the picture, top-left corner first. */
export const Box = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() });
export type Box = z.infer<typeof Box>;

export const detectionClasses = [
  'person',
  'bicycle',
  'car',
  'motorcycle',
  'bus',
  'lorry',
  'tipper_raised',
  'manhole_open',
  'manhole_closed',
  'heap',
  'sacks',
  'cone',
] as const;
export const DetectionClass = z.enum(detectionClasses);
export type DetectionClass = z.infer<typeof DetectionClass>;

export const Detection = z.object({ class: DetectionClass, score: z.number().min(0).max(1), box: Box });
export type Detection = z.infer<typeof Detection>;

/** Shares of a zone's ground by surface, summing to about 1; `other` is what is neither (cars, walls, grass). */
export const Surface = z.object({
  dry: z.number(),
  wet: z.number(),
  water: z.number(),
  snow: z.number(),
  other: z.number(),
});
export type Surface = z.infer<typeof Surface>;

/** A patch of snow that lies together: its share of the zone, and where. */
export const Bank = z.object({ share: z.number().min(0).max(1), box: Box });
export type Bank = z.infer<typeof Bank>;

/** What the networks say about one zone of one frame. */
export const ZoneSight = z.object({
  zoneId: z.string(),
  surface: Surface,
  /** Calibrated levels 0..1 for the whole zone. */
  floodLevel: z.number().min(0).max(1),
  snowLevel: z.number().min(0).max(1),
  /** The largest bank of snow on its ground; null where there is none. */
  bank: Bank.nullable(),
  /** For zones of kind `manhole`: probabilities of the registered spot. */
  spot: z.object({ open: z.number(), closed: z.number(), covered: z.number(), unsure: z.number() }).optional(),
  /** Share of the zone hidden by vehicles and persons. */
  hiddenShare: z.number().min(0).max(1),
  /** Calibrated: how likely it is that nobody could judge this ground. Absent where the network does not say. */
  blindLevel: z.number().min(0).max(1).optional(),
  /** Nobody can judge this zone in this picture, though others perhaps can: why not. */
  unseen: z.literal('obscured').optional(),
  /** What the camera's own past added; absent where it has no reference of like light. */
  past: ZonePast.optional(),
  /** The network's frozen features, averaged over the zone (see core/adaptation.ts); absent where the network gives none. */
  features: z.array(z.number()).optional(),
});
export type ZoneSight = z.infer<typeof ZoneSight>;

/** `obscured`: rain, snow, ice or dirt on the lens, fog or glare hide the ground, or the ground is not in the picture. */
export const qualityKinds = [
  'good',
  'dark',
  'blurred',
  'blocked',
  'frozen',
  'overexposed',
  'obscured',
  'moved',
] as const;
export const Quality = z.object({ kind: z.enum(qualityKinds), why: z.string() });
export type Quality = z.infer<typeof Quality>;

/** Everything that the detector says about one frame. */
export const Sight = z.object({
  quality: Quality,
  /** Which view of a camera with several it is, and `zones` are those of that view; null where it is none of them. */
  preset: z.string().nullable().optional(),
  detections: z.array(Detection),
  zones: z.array(ZoneSight),
  /** Names and versions of the models that spoke. */
  models: z.array(z.string()),
});
export type Sight = z.infer<typeof Sight>;
