// Thresholds and windows of all hazards as the deployer may set them; every key has its default beside the hazard.
import { z } from 'zod';
import type { HazardName } from '#core/hazard-name';
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

/** What a deployer may tune without knowing a hazard's own numbers. Levels are 0..1; null leaves the default. */
export interface HazardTuning {
  readonly enabled: boolean;
  /** Level from which a look says hazard. */
  readonly raiseAt: number | null;
  /** Level below which a look says clear. */
  readonly recordAt: number | null;
}

/** Puts a tuning into each hazard's own numbers. */
export function tuned(tuning: Readonly<Record<HazardName, HazardTuning>>): HazardSettings {
  const given = (value: number | null, ...keys: string[]): Record<string, number> =>
    value === null ? {} : Object.fromEntries(keys.map((key) => [key, value]));
  const { snow, flooding, dumping, 'open-manhole': manhole } = tuning;
  return HazardSettings.parse({
    snow: { enabled: snow.enabled, ...given(snow.raiseAt, 'coveredShare'), ...given(snow.recordAt, 'clearShare') },
    flooding: {
      enabled: flooding.enabled,
      ...given(flooding.raiseAt, 'waterShare', 'floodLevel'),
      ...given(flooding.recordAt, 'clearShare', 'clearLevel'),
    },
    'open-manhole': {
      enabled: manhole.enabled,
      ...given(manhole.raiseAt, 'spotOpen', 'boxScore'),
      ...given(manhole.recordAt, 'spotClear'),
    },
    dumping: {
      enabled: dumping.enabled,
      ...given(dumping.raiseAt, 'raisedScore', 'heapScore'),
      ...given(dumping.recordAt, 'heapClear'),
    },
  });
}
