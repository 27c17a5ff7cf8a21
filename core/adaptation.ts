// What a camera's own material may change in its judgement, and the lessons that it is learned from.
import { z } from 'zod';
import { HazardName } from './hazard-name.ts';
import { Word } from './observation.ts';

/** Frozen features of the network, pooled over a zone: so many numbers, each about N(0, 1) over all pictures. */
export const featureCount = 32;

/** No correction mutes what the network holds for surer than 0.99, and none doubles a doubt more than sevenfold (log-odds). */
export const mostCorrection = { down: -4, up: 2 } as const;

const finite = z.number();
const perFeature = z.array(finite).length(featureCount);

/**
 * Three ways to correct a level, each by log-odds: the same for every look (`threshold`); from the level alone, so that the
 * camera's calm looks lie where the city's do (`norm`; centres are margins, see `Lesson`); from the features of the zone (`head`).
 */
export const AdaptationParameters = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('threshold'), offset: finite }),
  z.strictObject({ kind: z.literal('norm'), centre: finite, toCentre: finite, stretch: z.number().min(0.25).max(1) }),
  z.strictObject({
    kind: z.literal('head'),
    bias: finite,
    weights: perFeature,
    mean: perFeature,
    scale: z.array(z.number().positive()).length(featureCount),
  }),
]);
export type AdaptationParameters = z.infer<typeof AdaptationParameters>;
export const adaptationKinds = ['threshold', 'norm', 'head'] as const;
export type AdaptationKind = AdaptationParameters['kind'];

/** A correction as the eye gets it with the camera. `speaks`: it changes what the look says; otherwise it runs beside. */
export const Adaptation = z.strictObject({
  id: z.string().min(1).max(80),
  /** The number that people say. */
  number: z.number().int(),
  hazard: HazardName,
  /** The networks it was learned with; with others it says nothing. */
  network: z.string(),
  parameters: AdaptationParameters,
  speaks: z.boolean(),
});
export type Adaptation = z.infer<typeof Adaptation>;

/** What one look could teach about one hazard in one zone. */
export const Lesson = z.object({
  zoneId: z.string(),
  hazard: HazardName,
  /** Word and level of the networks alone. */
  word: Word,
  level: z.number().min(0).max(1),
  /** Log-odds by which the networks alone lie above the point where a look says "hazard"; negative below it. */
  margin: finite,
  /** What the look said after the correction that speaks; the same as `word` where none does. */
  said: Word,
  network: z.string(),
  features: perFeature.nullable(),
  /** What the correction that runs beside would have said. */
  shadow: z.object({ id: z.string(), word: Word, level: z.number().min(0).max(1) }).nullable(),
});
export type Lesson = z.infer<typeof Lesson>;
