// The slices of the settings that this room lives by.
import type { Settings } from '#config';

export type IngestSettings = Settings['ingest'];

export interface SchedulerSettings extends IngestSettings {
  readonly pace: number;
  readonly keeping: Settings['keeping'];
}

export interface WorkerSettings extends IngestSettings {
  readonly pace: number;
  readonly hazards: Settings['hazards'];
  readonly filesFolder: string;
  readonly ringFolder: string;
  /** Below this much free space on the ring's disk nothing is recorded, and that is told (`data.freeGiBMin`). */
  readonly freeGiBMin?: number;
}
