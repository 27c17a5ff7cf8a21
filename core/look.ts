// A look: one visit to one camera and what came of it.
import { z } from 'zod';
import { CameraId, LookId } from './ids.ts';
import { HealthState } from './camera.ts';
import { Detection } from './detection.ts';
import { Observation } from './observation.ts';

export const sourceWays = ['rtsp', 'rtsp-ffmpeg', 'snapshot', 'file'] as const;
export const SourceWay = z.enum(sourceWays);

/** Which of a camera's addresses gave the picture, or was tried first where none did. */
export const lookSources = ['still', 'sub-stream', 'main-stream', 'file'] as const;
export const LookSource = z.enum(lookSources);
export type LookSource = z.infer<typeof LookSource>;

/** CPU milliseconds of a look by part, as the eye measured them on itself. */
export const LookParts = z.object({
  grab: z.number(),
  scale: z.number(),
  quality: z.number(),
  infer: z.number(),
  rules: z.number(),
  still: z.number(),
  /** Between the looks: messages in and out, collection of garbage, the loop. Absent of a process's first look. */
  other: z.number().optional(),
});
export type LookParts = z.infer<typeof LookParts>;

/** `seen`: the frame could be judged. Everything else is `cannot-see` with a reason; never `clear`. */
export const LookOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('seen') }),
  z.object({ kind: z.literal('unseen'), state: HealthState, detail: z.string() }),
]);
export type LookOutcome = z.infer<typeof LookOutcome>;

export const Look = z.object({
  id: LookId,
  cameraId: CameraId,
  /** Planned moment: part of the identity, equal on every redelivery. */
  dueAtMs: z.number(),
  /** When the frame came; of the look's end where none came. */
  seenAtMs: z.number(),
  way: SourceWay.nullable(),
  source: LookSource.nullable().optional(),
  outcome: LookOutcome,
  tookMs: z.number(),
  widthPx: z.number().nullable(),
  heightPx: z.number().nullable(),
  /** Which view of a camera with several it showed; null where it showed none of them. Absent of cameras with one view. */
  preset: z.string().nullable().optional(),
  detections: z.array(Detection),
  observations: z.array(Observation),
  /** Content hash of the kept still, when one was kept. */
  stillSha256: z.string().nullable(),
  parts: LookParts.nullable(),
});
export type Look = z.infer<typeof Look>;
