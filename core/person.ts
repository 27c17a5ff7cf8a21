// Someone who signs in, with some of the eleven roles of domain 3.6.
import { z } from 'zod';
import { Bounds } from './bounds.ts';
import { Language } from './hazard-name.ts';
import { AgencyId, PersonId } from './ids.ts';

export const roles = [
  'operator',
  'shift_lead',
  'controller',
  'police_reviewer',
  'second_reviewer',
  'agency_user',
  'agency_head',
  'camera_admin',
  'system_admin',
  'auditor',
  'wall',
] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

export const Person = z.object({
  id: PersonId,
  login: z.string().regex(/^[a-z][a-z0-9._-]{1,39}$/),
  name: z.string().min(1),
  roles: z.array(Role).min(1),
  agencyId: AgencyId.nullable(),
  language: Language,
  active: z.boolean(),
  /** Null or absent: the whole city, at once. */
  bounds: Bounds.nullable().optional(),
});
export type Person = z.infer<typeof Person>;
