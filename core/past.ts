// The words of a camera's own past: what light and what ground a reference look was taken in.
import { z } from 'zod';

export const lights = ['day', 'dusk', 'night', 'infra-red'] as const;
export const Light = z.enum(lights);
/** By the picture itself, not by the clock: a street under a storm is dusk. */
export type Light = z.infer<typeof Light>;

export const grounds = ['bare', 'wet', 'snow'] as const;
export const Ground = z.enum(grounds);
/** What most of the judged ground is. */
export type Ground = z.infer<typeof Ground>;

export const pickKinds = ['day', 'night', 'winter'] as const;
/** As what a person picked a picture of the clean place: by day, by night, or as winter leaves it. */
export const PickKind = z.enum(pickKinds);
export type PickKind = z.infer<typeof PickKind>;

/** What is known of the moment for which a reference is wanted. */
export interface PickScene {
  /** When it is. */
  readonly atMs: number;
  /** Null where nobody knows: then the hour of the day decides. */
  readonly isDay: boolean | null;
  /** Snow lies, or it is cold enough for it to lie. */
  readonly isWinter: boolean;
}

/**
 * The picked reference that stands beside a picture of this moment: by night the one of the night, in winter the one of winter, else
 * the one of the day; where the best is not there the next best, and none rather than day beside night. Where nobody
 * knows whether it is day, the one that was taken at the nearest hour.
 */
export function pickFor<P extends { readonly kind: PickKind; readonly seenAtMs: number }>(
  picks: readonly P[],
  { atMs, isDay, isWinter }: PickScene,
): P | undefined {
  if (isDay === null) {
    return [...picks].sort((a, b) => hoursApart(a.seenAtMs, atMs) - hoursApart(b.seenAtMs, atMs))[0];
  }
  const order: readonly PickKind[] = !isDay ? ['night'] : isWinter ? ['winter', 'day'] : ['day', 'winter'];
  for (const kind of order) {
    const [best] = picks.filter((one) => one.kind === kind).sort((a, b) => b.seenAtMs - a.seenAtMs);
    if (best) return best;
  }
  return undefined;
}

const dayMs = 86_400_000;

/** How far two moments lie apart on the clock, whatever the days. */
function hoursApart(aMs: number, bMs: number): number {
  const apartMs = Math.abs(aMs - bMs) % dayMs;
  return Math.min(apartMs, dayMs - apartMs);
}

/** What a camera's references added to one zone of one look. */
export const ZonePast = z.object({
  /** How many references of like light it was compared with. */
  references: z.number().int().min(1),
  light: Light,
  /** Levels 0..1 by the network alone; those of the sight are with the past. */
  floodAlone: z.number().min(0).max(1),
  snowAlone: z.number().min(0).max(1),
  /** How far the ground is from the nearest reference, in units of the references' own spread. */
  unlike: z.number().min(0),
  /** Share of the zone in which something lies that lay in no reference; absent where nobody asked or none lies in place. */
  newShare: z.number().min(0).max(1).optional(),
  /** How much darker the middle of a registered cover is, against its surroundings, than in the darkest reference. */
  darker: z.number().optional(),
});
export type ZonePast = z.infer<typeof ZonePast>;
