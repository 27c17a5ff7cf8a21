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
  /** Three of four looks in at least two minutes, one of them without a vehicle over it. */
  persistence: Persistence.default({
    open: { looks: 3, of: 4, overS: 120 },
    close: { looks: 3, overS: 600 },
    keepS: 7200,
  }),
});
export type OpenManholeSettings = z.infer<typeof OpenManholeSettings>;
