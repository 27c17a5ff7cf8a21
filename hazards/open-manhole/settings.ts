// Numbers of the open-manhole rule.
import { z } from 'zod';
import { Persistence } from '../persistence.ts';

const share = z.number().min(0).max(1);

export const OpenManholeSettings = z.strictObject({
  /** Is this hazard looked for at all? */
  enabled: z.boolean().default(true),
  /** Probability of `open` at a registered spot from which a look says hazard. */
  spotOpen: share.default(0.7),
  /** Probability of `open` below which, with `closed` at least as likely as not, a look says clear. */
  spotClear: share.default(0.25),
  /** Score of an open manhole's box inside a paved zone. */
  boxScore: share.default(0.5),
  /** Share of the zone hidden by vehicles and persons from which a look cannot judge it. */
  hiddenShare: share.default(0.5),
  /** Cones nearer to the opening than this many of its widths, at least two, are a fence. */
  fenceWidths: z.number().min(0).max(20).default(4),
  coneScore: share.default(0.4),
  /** A fenced opening at which no crew was seen for so many seconds is raised, one step lower; before, it is recorded as works. */
  crewS: z.number().min(0).max(86_400).default(5400),
  /**
   * What a look needs to judge it, measured by `ahual bench range` (docs/range.md): pixels of the street network's picture across and
   * along an opening of this many metres, and pixels on the shorter side of a registered cover's zone in the frame itself.
   */
  reach: z
    .strictObject({
      openingM: z.number().positive().default(0.6),
      acrossPx: z.number().positive().default(14),
      alongPx: z.number().positive().default(8),
      spotPx: z.number().positive().default(9),
    })
    .prefault({}),
  /** Three of four looks in at least two minutes, one of them without a vehicle over it. */
  persistence: Persistence.default({
    open: { looks: 3, of: 4, overS: 120, withinS: 3600 },
    close: { looks: 3, overS: 600 },
    keepS: 7200,
  }),
});
export type OpenManholeSettings = z.infer<typeof OpenManholeSettings>;
