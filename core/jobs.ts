// Every queue job: name and payload. The only list. A job carries ids, never truth and never pixels.
import { z } from 'zod';
import { CameraId, ClipId, IncidentId } from './ids.ts';

export const jobs = {
  /** Look once at a camera. Key: look id, so the same plan put twice is one job. */
  look: z.object({ cameraId: CameraId, dueAtMs: z.number() }),
  /** Cut the clip of this row out of the ring. Key: clip id. */
  cut: z.object({ clipId: ClipId }),
  /** Read the number plate of an act of dumping. Key: incident id; a plate that was read already is left as it is. */
  plate: z.object({ incidentId: IncidentId }),
} as const;

export type JobName = keyof typeof jobs;
export const jobNames: readonly JobName[] = ['look', 'cut', 'plate'];
export type JobPayload<N extends JobName> = z.infer<(typeof jobs)[N]>;
