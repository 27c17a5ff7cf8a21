// The networks with their papers, and the corrections that cameras learned: read only.
import { z } from 'zod';
import { HazardName } from '#core/hazard-name';

/** A table of a model's card, as it stands there, with the words before it: on what it was measured, and how. */
export const ScoreTable = z.object({
  about: z.string(),
  head: z.array(z.string()),
  rows: z.array(z.array(z.string())),
});
export type ScoreTable = z.infer<typeof ScoreTable>;

export const NetworkCard = z.object({
  name: z.string(),
  version: z.string(),
  licence: z.string(),
  bytes: z.number().nullable(),
  /** Weights of others that it stands on, with their licences. */
  bases: z.array(z.object({ name: z.string(), licence: z.string() })),
  /** What it promises to reach in an evaluation. */
  bars: z.array(z.string()),
  scores: z.array(ScoreTable),
});
export type NetworkCard = z.infer<typeof NetworkCard>;

export const correctionStates = ['shadow', 'offered', 'active', 'replaced', 'rolled-back', 'dropped'] as const;

export const Correction = z.object({
  number: z.number().int(),
  /** Null: every camera that has none of its own. */
  cameraId: z.string().nullable(),
  hazard: HazardName,
  /** How it corrects: `threshold`, `norm` or `head`. */
  method: z.string(),
  network: z.string(),
  state: z.enum(correctionStates),
  fittedFromMs: z.number(),
  fittedToMs: z.number(),
  madeAtMs: z.number(),
  proposedBy: z.string().nullable(),
  promotedBy: z.string().nullable(),
  endedBy: z.string().nullable(),
});
export type Correction = z.infer<typeof Correction>;

export const Models = z.object({ nowMs: z.number(), networks: z.array(NetworkCard), corrections: z.array(Correction) });
export type Models = z.infer<typeof Models>;

export const modelRoutes = {
  models: { method: 'GET', path: '/api/models', answer: Models, may: 'see-system' },
} as const;
