// Thresholds and windows of all hazards as the deployer may set them; every key has its default beside the hazard.
import { z } from 'zod';
import { DumpingSettings } from './dumping/settings.ts';
import { FloodingSettings } from './flooding/settings.ts';
import { OpenManholeSettings } from './open-manhole/settings.ts';
import { SnowSettings } from './snow/settings.ts';

export const HazardSettings = z.strictObject({
  snow: SnowSettings.prefault({}),
  flooding: FloodingSettings.prefault({}),
  'open-manhole': OpenManholeSettings.prefault({}),
  dumping: DumpingSettings.prefault({}),
});
export type HazardSettings = z.infer<typeof HazardSettings>;

/** What holds when the deployer says nothing. */
export const defaultHazardSettings: HazardSettings = HazardSettings.parse({});
