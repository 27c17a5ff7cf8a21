// Weather of a district at a moment, and snowfalls with their end.
import { z } from 'zod';
import { DistrictId } from './place.ts';

export const Weather = z.object({
  district: DistrictId,
  atMs: z.number(),
  temperatureC: z.number(),
  rainMmH: z.number(),
  snowfallCmH: z.number(),
  snowDepthM: z.number(),
  windMS: z.number(),
  isDay: z.boolean(),
  source: z.string(),
});
export type Weather = z.infer<typeof Weather>;

/** The last snowfall of a district. Without a known end no snow deadline runs, and the screen says so. */
export const Snowfall = z.object({
  district: DistrictId,
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  source: z.string(),
});
export type Snowfall = z.infer<typeof Snowfall>;
