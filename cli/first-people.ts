// The first sign-ins of a new database: one person a role that the first hour needs, with random passwords shown once.
import { randomBytes } from 'node:crypto';
import type { Clock } from '#core/clock';
import { AgencyId, newId, PersonId } from '#core/ids';
import type { Person } from '#core/person';
import { hashPassword } from '#dashboard';
import { people, type db } from '#store';

export interface SignIn {
  readonly login: string;
  readonly password: string;
  readonly what: string;
}

const wanted: readonly { login: string; name: string; what: string; roles: Person['roles']; agency?: string }[] = [
  { login: 'operator', name: 'Operator 1', what: 'the desk', roles: ['operator'] },
  {
    login: 'lead',
    name: 'Shift lead 1',
    what: 'the desk and the wall, and what is escalated',
    roles: ['shift_lead', 'controller'],
  },
  {
    login: 'su-arnasy',
    name: 'Su Arnasy crew',
    what: 'the agency page: manholes',
    roles: ['agency_user'],
    agency: 'su-arnasy',
  },
  {
    login: 'eco-system',
    name: 'Elorda Eco System crew',
    what: 'the agency page: water',
    roles: ['agency_user'],
    agency: 'elorda-eco-system',
  },
  {
    login: 'tazalyq',
    name: 'Astana Tazalyq crew',
    what: 'the agency page: waste',
    roles: ['agency_user'],
    agency: 'astana-tazalyq',
  },
  {
    login: 'left-bank',
    name: 'Left bank crew',
    what: 'the agency page: snow, left bank',
    roles: ['agency_user'],
    agency: 'cleaning-left-bank',
  },
  {
    login: 'right-bank',
    name: 'Right bank crew',
    what: 'the agency page: snow, right bank',
    roles: ['agency_user'],
    agency: 'cleaning-right-bank',
  },
  { login: 'officer', name: 'Officer 1', what: "the officer's page", roles: ['police_reviewer'] },
  { login: 'officer2', name: 'Officer 2', what: "the second officer's page", roles: ['second_reviewer'] },
  { login: 'keeper', name: 'Keeper', what: 'people, rules, system', roles: ['system_admin'] },
  { login: 'cameras', name: 'Camera keeper', what: 'cameras and zones', roles: ['camera_admin'] },
  { login: 'wall', name: 'Video wall', what: 'the wall alone', roles: ['wall'] },
];

const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password of 16 characters from 31 (79 bits), in groups that a person can type. */
function newPassword(): string {
  let text = '';
  while (text.length < 16) {
    for (const byte of randomBytes(32)) {
      // Bytes above the last whole multiple of 31 would make some characters likelier.
      if (byte < 248 && text.length < 16) text += alphabet[byte % 31] ?? '';
    }
  }
  return text.replace(/(.{4})(?=.)/g, '$1-');
}

/** Makes the first people when there are none. The passwords are returned once and kept nowhere. */
export async function makeFirstPeople(database: db.Database, clock: Clock): Promise<SignIn[]> {
  if ((await people.count(database)) > 0) return [];
  const made = await Promise.all(
    wanted.map(async (one) => {
      const password = newPassword();
      return { one, password, hash: await hashPassword(password) };
    }),
  );
  await database.transaction(async (tx) => {
    for (const { one, hash } of made) {
      const person: Person = {
        id: PersonId.parse(newId(clock)),
        login: one.login,
        name: one.name,
        roles: one.roles,
        agencyId: one.agency === undefined ? null : AgencyId.parse(one.agency),
        language: 'ru',
        active: true,
      };
      await people.insert(tx, person, hash);
    }
  });
  return made.map(({ one, password }) => ({ login: one.login, password, what: one.what }));
}
