// Shapes of the desk's queue: what waits, what was decided, proof of life.
import { z } from 'zod';
import { HazardName } from '#core/hazard-name';
import { SiteIncidentKind } from '#core/site-incident';
import { IncidentCard } from './incidents.ts';
import { MassCard } from './masses.ts';
import { id, moment } from './wire.ts';

export const ProofOfLife = z.object({
  looksLastMinute: z.number(),
  lastLookAtMs: moment.nullable(),
  cameras: z.object({ all: z.number(), ok: z.number(), silent: z.number() }),
  /** Share of the looks due since midnight that were done; null where none was due. */
  coverage: z.number().min(0).max(1).nullable(),
  /** Cameras by which nothing can be judged now. */
  blind: z.number().int(),
  /** What holds up the whole site now. */
  site: z.array(z.object({ kind: SiteIncidentKind, sinceMs: moment })),
});

export const Decided = z.object({
  verdictId: id,
  kind: z.enum(['confirm', 'reject', 'unsure', 'shelve', 'merge']),
  atMs: moment,
  /** Until then this person may take it back and nothing has been sent. */
  undoUntilMs: moment,
  undone: z.boolean(),
  incident: IncidentCard,
});
export type Decided = z.infer<typeof Decided>;

export const Desk = z.object({
  nowMs: moment,
  feed: z.number(),
  /**
   * Worst first, then the most of its limit used, then by district. Members for whom their mass incident stands are not among them; the
   * critical and the worse ones are.
   */
  queue: z.array(IncidentCard),
  /** All that are open, also those that want no decision now. */
  masses: z.array(MassCard),
  /** Alarms come thicker than people can answer them: grave ones first, the rest is grouped. */
  flood: z.boolean(),
  life: ProofOfLife,
  /** This person's last verdicts, newest first. */
  decidedLately: z.array(Decided),
});
export type Desk = z.infer<typeof Desk>;

export const Decision = z.object({
  incident: IncidentCard,
  taskIds: z.array(z.string()),
  undoUntilMs: moment,
  /** It was a known item, put in to see how well the queue is looked at: what two people had said of it. */
  planted: z
    .object({ agreed: z.boolean().nullable(), kind: z.enum(['confirm', 'reject']), hazard: HazardName })
    .optional(),
});
export type Decision = z.infer<typeof Decision>;
