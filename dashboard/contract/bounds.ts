// Bounds of a person's roles as people ask for them, and groups of cameras: what may be bounded, and what is wrong with a wish.
import { z } from 'zod';
import { Bounds } from '#core/bounds';
import { CameraGroup } from '#core/camera-group';
import { Texts } from '#core/hazard-name';
import type { Role } from '#core/person';
import { id } from './wire.ts';

/** What is asked for: the server says from which moment on things of before are shown. */
export const BoundsWish = Bounds.pick({ groups: true }).extend({
  /** Days of the city, the last one whole. */
  fromDay: z.iso.date().nullable(),
  untilDay: z.iso.date().nullable(),
  /** `grant`: what had ended before the roles began is not shown. */
  history: z.enum(['grant', 'all']),
});
export type BoundsWish = z.infer<typeof BoundsWish>;

/** Roles that may be held for a part of the city; the others concern all of it, or nothing of its cameras. */
export const partRoles: readonly Role[] = ['operator', 'controller', 'police_reviewer', 'second_reviewer'];

export type BoundsFault = 'whole-city' | 'order';

/** What is wrong with these bounds for these roles; undefined when nothing is. */
export function boundsFault(roles: readonly Role[], wish: BoundsWish | null): BoundsFault | undefined {
  if (wish === null) return undefined;
  const isPart = wish.groups !== null || wish.history === 'grant';
  if (isPart && roles.some((role) => !partRoles.includes(role))) return 'whole-city';
  return wish.fromDay !== null && wish.untilDay !== null && wish.untilDay < wish.fromDay ? 'order' : undefined;
}

/** A group in the list: what it is made by, how many cameras it has now, and how many people are bounded by it. */
export const GroupCard = z.object({
  id,
  name: Texts,
  kind: z.enum(['districts', 'owners', 'list']),
  cameras: z.number().int(),
  people: z.number().int(),
});
export type GroupCard = z.infer<typeof GroupCard>;

export const boundsRoutes = {
  /** One group whole, to be edited. */
  cameraGroup: {
    method: 'GET',
    path: '/api/people/groups/:id',
    params: z.object({ id }),
    answer: CameraGroup,
    may: 'see-people',
  },
} as const;
