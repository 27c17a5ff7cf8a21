// What holds up the whole site, or many cameras at once: one thing to tell, not as many as there are cameras.
import { z } from 'zod';

/**
 * `cameras`: many went silent within seconds. `clock`: our clock was set. `database`: the database did not answer. `host`: this
 * machine stood still. `workers`: nobody takes looks from the queue. `queue`: the queue itself did not answer. `ring`: films of
 * watched cameras cannot be kept as they should.
 */
export const siteIncidentKinds = ['cameras', 'clock', 'database', 'host', 'workers', 'queue', 'ring'] as const;
/** Words in the detail of a `ring` incident: the disk refuses to write, is nearly full, or lets no old film be removed. */
export const ringFaults = ['write', 'space', 'stuck'] as const;

export const SiteIncidentKind = z.enum(siteIncidentKinds);
export type SiteIncidentKind = z.infer<typeof SiteIncidentKind>;

export const SiteIncident = z.object({
  id: z.number(),
  kind: SiteIncidentKind,
  sinceMs: z.number(),
  lastMs: z.number(),
  untilMs: z.number().nullable(),
  /** How many cameras it took, at most. */
  cameras: z.number(),
  detail: z.string(),
});
export type SiteIncident = z.infer<typeof SiteIncident>;

/** What was seen of all cameras within the last seconds. */
export interface Lately {
  /** Cameras of which a look ended. */
  readonly looked: number;
  /** Those of them that answered until then and do not any more. */
  readonly fellSilent: number;
}

/** So many at least, and at least this share of the cameras looked at: by chance that does not happen. */
export const manyAtOnce = { least: 8, share: 0.2, withinMs: 60_000 } as const;

/** Did many cameras fail at once? Then the fault is ours, the network's or the power's before it is that of any camera. */
export const areMany = ({ looked, fellSilent }: Lately): boolean =>
  fellSilent >= manyAtOnce.least && fellSilent >= manyAtOnce.share * looked;
