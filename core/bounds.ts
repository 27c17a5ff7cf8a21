// Bounds of a person's roles: some groups of cameras only, from a moment and until a moment, and how far back.
import { z } from 'zod';

export const Bounds = z.object({
  /** Ids of groups of cameras; null: every camera. */
  groups: z.array(z.string().min(1).max(40)).min(1).max(50).nullable(),
  fromMs: z.number().nullable(),
  untilMs: z.number().nullable(),
  /** What had ended before this moment is not shown; null: all that is kept. */
  historyFromMs: z.number().nullable(),
});
export type Bounds = z.infer<typeof Bounds>;

interface Bounded {
  readonly bounds?: Bounds | null | undefined;
}

/** Does this person see a part of the city only, by place or by time gone by? */
export const isLimited = ({ bounds }: Bounded): boolean =>
  bounds != null && (bounds.groups !== null || bounds.historyFromMs !== null);

/** Do the roles of this person hold at this moment? */
export const holdsAt = ({ bounds }: Bounded, nowMs: number): 'yes' | 'not-yet' | 'over' => {
  if (bounds == null) return 'yes';
  if (bounds.fromMs !== null && nowMs < bounds.fromMs) return 'not-yet';
  return bounds.untilMs !== null && nowMs >= bounds.untilMs ? 'over' : 'yes';
};
