// Numbers of the flooding rule.
import { z } from 'zod';
import { Persistence } from '../persistence.ts';

const share = z.number().min(0).max(1);

export const FloodingSettings = z.strictObject({
  /** Is this hazard looked for at all? */
  enabled: z.boolean().default(true),
  /** Share of the zone under standing water (domain 3.1). */
  waterShare: share.default(0.2),
  /** Calibrated level of the whole zone from which it is flooded whatever the surface says. */
  floodLevel: share.default(0.8),
  /** Without rain or melting for so long one sign of water is not enough: surface and level must both say it, seconds. */
  dryAfterS: z.number().min(0).max(86_400).default(21_600),
  /** Below both the zone is clear; between, a look says nothing. */
  clearShare: share.default(0.12),
  clearLevel: share.default(0.68),
  /** A cell of the network's map may cover so many metres of road at most, from near to far (measured: docs/range.md). */
  reach: z.strictObject({ cellM: z.number().positive().default(3) }).prefault({}),
  /** Share of the zone hidden by vehicles and persons from which a look cannot judge it. */
  hiddenShare: share.default(0.7),
  /** Three of four looks in at least three minutes: a splash has fallen by then, and glare does not pass in six either. */
  persistence: Persistence.default({
    open: { looks: 3, of: 4, overS: 180, withinS: 3600 },
    close: { looks: 3, overS: 600 },
    keepS: 14_400,
  }),
});
export type FloodingSettings = z.infer<typeof FloodingSettings>;
