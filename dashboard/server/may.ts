// Who may do what: the table of domain 3.6 as far as the product has the acts. What is not here is denied.
import type { Bounds } from '#core/bounds';
import type { Permission } from '../contract.ts';
import { permissions } from '../contract.ts';
import { keeps } from './limits.ts';
import { roles, type Role } from '#core/person';

/** Roles that hold each permission. Scope within it (own agency, police matters, restricted cameras) is scope.ts. */
export const holders = {
  'be-signed-in': roles,
  'see-queue': ['operator', 'shift_lead', 'controller', 'auditor'],
  'see-incidents': [
    'operator',
    'shift_lead',
    'controller',
    'police_reviewer',
    'second_reviewer',
    'agency_user',
    'agency_head',
    'auditor',
  ],
  decide: ['operator', 'shift_lead'],
  'shelve-long': ['shift_lead'],
  raise: ['operator', 'shift_lead', 'controller'],
  verify: ['shift_lead', 'controller'],
  'see-cameras': [
    'operator',
    'shift_lead',
    'controller',
    'police_reviewer',
    'second_reviewer',
    'camera_admin',
    'auditor',
  ],
  'look-at-camera': ['operator', 'shift_lead', 'controller', 'police_reviewer', 'second_reviewer', 'camera_admin'],
  'see-stills': [
    'operator',
    'shift_lead',
    'controller',
    'police_reviewer',
    'second_reviewer',
    'agency_user',
    'agency_head',
    'camera_admin',
    'auditor',
  ],
  'see-tasks': ['operator', 'shift_lead', 'controller', 'agency_user', 'agency_head', 'auditor'],
  'answer-task': ['agency_user', 'agency_head'],
  'see-own-score': ['agency_head'],
  'manage-tasks': ['shift_lead', 'controller'],
  'see-violations': ['police_reviewer', 'second_reviewer'],
  'see-plates': ['police_reviewer', 'second_reviewer'],
  'say-plate': ['police_reviewer', 'second_reviewer'],
  'choose-article': ['police_reviewer'],
  'review-second': ['second_reviewer'],
  'record-outcome': ['police_reviewer', 'second_reviewer'],
  'play-clip': ['police_reviewer', 'second_reviewer'],
  'see-appeals': ['operator', 'shift_lead', 'controller', 'auditor'],
  'link-appeals': ['operator', 'shift_lead', 'controller'],
  'see-wall': ['operator', 'shift_lead', 'controller', 'wall'],
  'see-system': ['shift_lead', 'camera_admin', 'system_admin', 'auditor'],
  'hand-over': ['shift_lead'],
  'see-held': ['operator', 'shift_lead', 'controller', 'camera_admin', 'auditor'],
  'see-numbers': ['shift_lead', 'controller', 'camera_admin', 'auditor'],
  'edit-cameras': ['camera_admin'],
  'edit-agencies': ['system_admin'],
  'edit-routing': ['system_admin'],
  'see-people': ['system_admin', 'auditor'],
  'manage-people': ['system_admin'],
} as const satisfies Record<Permission, readonly Role[]>;

/** May somebody with these roles do this? */
export const may = (
  person: { readonly roles: readonly Role[]; readonly bounds?: Bounds | null | undefined },
  permission: Permission,
): boolean => {
  const allowed: readonly Role[] = holders[permission];
  return keeps(person, permission) && person.roles.some((role) => allowed.includes(role));
};

/** Everything that somebody with these roles may do, for the browser to hide the rest. */
export const permissionsOf = (person: Parameters<typeof may>[0]): Permission[] =>
  permissions.filter((permission) => may(person, permission));
