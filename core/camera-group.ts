// A group of cameras by which a person's access is bounded: districts, owners of what lies in the zones, or cameras by name.
import { z } from 'zod';
import type { Camera } from './camera.ts';
import { Texts } from './hazard-name.ts';
import { AgencyId } from './ids.ts';
import { DistrictId } from './place.ts';

export const CameraRule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('districts'), districts: z.array(DistrictId).min(1).max(50) }),
  /** Cameras with a zone in which something of one of these owners lies. */
  z.object({ kind: z.literal('owners'), agencies: z.array(AgencyId).min(1).max(50) }),
  z.object({ kind: z.literal('list'), cameras: z.array(z.string().min(1).max(64)).min(1).max(20_000) }),
]);
export type CameraRule = z.infer<typeof CameraRule>;

export const CameraGroup = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  name: Texts,
  rule: CameraRule,
});
export type CameraGroup = z.infer<typeof CameraGroup>;

/** Is this camera one of the group's now? */
export function isInGroup(rule: CameraRule, camera: Pick<Camera, 'id' | 'district' | 'zones'>): boolean {
  switch (rule.kind) {
    case 'districts':
      return rule.districts.includes(camera.district);
    case 'owners':
      return camera.zones.some(({ owner }) => owner !== undefined && rule.agencies.includes(owner));
    case 'list':
      return rule.cameras.includes(camera.id);
  }
}
