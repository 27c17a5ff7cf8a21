// A number plate as it was read, from single frames to what an officer is shown: advisory, never decisive.
import { z } from 'zod';
import { plateKinds } from './plate-grammar.ts';

export const PlateKind = z.enum(plateKinds);

/** What one frame gave. */
export const FrameReading = z.object({
  /** Moment of the frame by our clock; of a still, of the act. */
  atMs: z.number(),
  /** `film`: a frame of the sealed clip; `still`: a kept picture of the story. */
  source: z.enum(['film', 'still']),
  /** Plain characters without spaces. */
  text: z.string(),
  kind: PlateKind,
  /** Chance of each character, 0..1. */
  confidence: z.array(z.number().min(0).max(1)),
  /** Height of the plate in the picture's own pixels. */
  heightPx: z.number(),
});
export type FrameReading = z.infer<typeof FrameReading>;

/**
 * `read`: frames agree and are sure enough. `unclear`: there is a plate, but not sure enough to be shown as text. `none`: no
 * plate was found on the vehicle.
 */
export const plateStates = ['read', 'unclear', 'none'] as const;
export const PlateState = z.enum(plateStates);

/** What all frames together say. `text` of an unclear plate is the best guess, which no screen shows. */
export const PlateReading = z.object({
  state: PlateState,
  text: z.string(),
  kind: PlateKind.nullable(),
  confidence: z.array(z.number().min(0).max(1)),
  /** Frames whose own reading is this text. */
  agreeing: z.number().int(),
  frames: z.array(FrameReading),
  /** Why it is not read, in one word for the screen. */
  why: z.enum([
    '',
    'no-vehicle',
    'no-plate',
    'too-small',
    'one-reading',
    'unsure',
    'two-plates',
    'unknown-form',
    'failed',
  ]),
});
export type PlateReading = z.infer<typeof PlateReading>;

/** A reading with all that is kept of it. */
export const Plate = PlateReading.extend({
  incidentId: z.string(),
  /** The clip that the frames are from; null where only stills were left. */
  clipId: z.string().nullable(),
  cropSha256: z.string().nullable(),
  /** Names and versions of the networks. */
  models: z.array(z.string()),
  readAtMs: z.number(),
});
export type Plate = z.infer<typeof Plate>;

/** What a person says the plate is; kept beside the reading, never over it. */
export const PlateCorrection = z.object({
  incidentId: z.string(),
  text: z.string(),
  kind: PlateKind.nullable(),
  who: z.string(),
  atMs: z.number(),
});
export type PlateCorrection = z.infer<typeof PlateCorrection>;
