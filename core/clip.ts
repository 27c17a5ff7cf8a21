// Sealed seconds of original stream around an act.
import { z } from 'zod';
import { CameraId, ClipId, IncidentId } from './ids.ts';

export const clipStates = ['planned', 'sealed', 'lost'] as const;

export const Clip = z.object({
  id: ClipId,
  incidentId: IncidentId,
  cameraId: CameraId,
  state: z.enum(clipStates),
  /** What was asked for. */
  fromMs: z.number(),
  toMs: z.number(),
  /** What the file holds: it begins at the key frame at or before `fromMs`. */
  startsAtMs: z.number().nullable(),
  durationMs: z.number().nullable(),
  sha256: z.string().nullable(),
  bytes: z.number().nullable(),
  /** Which program cut it (`node-av`, `ffmpeg`), for the custody record. */
  cutBy: z.string().nullable(),
  sealedAtMs: z.number().nullable(),
  /** Hash of the seal record before this one in the chain of seals. */
  previousSeal: z.string().nullable(),
  seal: z.string().nullable(),
  detail: z.string(),
});
export type Clip = z.infer<typeof Clip>;

/** A clip that is asked for and not cut yet. Moments in ms. */
export const plannedClip = (asked: Pick<Clip, 'id' | 'incidentId' | 'cameraId' | 'fromMs' | 'toMs'>): Clip => ({
  ...asked,
  state: 'planned',
  startsAtMs: null,
  durationMs: null,
  sha256: null,
  bytes: null,
  cutBy: null,
  sealedAtMs: null,
  previousSeal: null,
  seal: null,
  detail: '',
});
