// Numbers of the snow rule.
import { z } from 'zod';
import { Persistence } from '../persistence.ts';

const share = z.number().min(0).max(1);

export const SnowSettings = z.strictObject({
  /** Is this hazard looked for at all? */
  enabled: z.boolean().default(true),
  /** Share of the visible ground under snow, packed snow or ice from which a zone counts as covered (domain 3.1). */
  coveredShare: share.default(0.3),
  /** Below this share the zone is clear; between the two a look says nothing. */
  clearShare: share.default(0.2),
  /** Score from which a heap box at a crossing or stop, with snow around it, is a windrow. */
  windrowScore: share.default(0.5),
  /** Share of a crossing or stop under one bank of snow from which the bank blocks it, the ground beside it being clear. */
  bankShare: share.default(0.12),
  /** A cell of the network's map may cover so many metres of road at most, from near to far (measured: docs/range.md). */
  reach: z.strictObject({ cellM: z.number().positive().default(3) }).prefault({}),
  /** Share of the zone hidden by vehicles and persons from which a look cannot judge it. */
  hiddenShare: share.default(0.7),
  /** Three looks in at least half an hour, none contradicting. */
  persistence: Persistence.default({
    open: { looks: 3, of: 3, overS: 1800, withinS: 14400 },
    close: { looks: 3, overS: 1800 },
    keepS: 43_200,
  }),
});
export type SnowSettings = z.infer<typeof SnowSettings>;
