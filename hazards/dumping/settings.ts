// Numbers of the dumping rule.
import { z } from 'zod';
import { Persistence } from '../persistence.ts';

const share = z.number().min(0).max(1);

export const DumpingSettings = z.strictObject({
  /** Is this hazard looked for at all? */
  enabled: z.boolean().default(true),
  /** How long a vehicle must stand in the zone before anything it does is an act, seconds of life (never divided). */
  stoppedS: z.number().min(0).max(600).default(8),
  /** Score of a raised body. */
  raisedScore: share.default(0.5),
  /** Share of the zone that must differ between before and after, and by how much the heap's score must have grown. */
  newShare: share.default(0.02),
  heapGrowth: share.default(0.3),
  /** How unlike the ground under a heap must be to what it was, where the heap is too small to change the zone's share. */
  heapChange: share.default(0.25),
  /** Score from which something dumped lies there, and below which nothing does. */
  heapScore: share.default(0.5),
  heapClear: share.default(0.3),
  /** Share that differs from the clean reference below which the place is clean. */
  clearShare: share.default(0.06),
  /** Share of the zone hidden by vehicles and persons from which a look cannot judge it. */
  hiddenShare: share.default(0.5),
  /** A heap so wide needs so many pixels across in the street network's picture (measured: docs/range.md). */
  reach: z
    .strictObject({ heapM: z.number().positive().default(3), acrossPx: z.number().positive().default(70) })
    .prefault({}),
  /** A heap that nobody was seen making: three of four looks in at least half an hour. */
  persistence: Persistence.default({
    open: { looks: 3, of: 4, overS: 1800, withinS: 14400 },
    close: { looks: 3, overS: 600 },
    keepS: 43_200,
  }),
});
export type DumpingSettings = z.infer<typeof DumpingSettings>;
