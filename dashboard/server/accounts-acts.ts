// Acts that give access, or take a system administrator's away: proposed by one person, published by another (screens 4.8).
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Bounds } from '#core/bounds';
import { CameraGroup } from '#core/camera-group';
import type { Clock } from '#core/clock';
import { AhualError, never, type Facts } from '#core/errors';
import { AgencyId, newId, PersonId } from '#core/ids';
import { Person, Role } from '#core/person';
import {
  accountActs,
  accountFactor,
  accountLinks,
  accountSessions,
  audit,
  cameraGroups,
  people,
  type db,
} from '#store';
import { boundsFault, GraveAct, rolesFault, type ActOutcome, type SignInLink } from '../contract.ts';
import { accessText, boundsOf, groupText, sameBounds, strangerIn, wishOf } from './bounds-words.ts';
import { tokenHashOf } from './door.ts';
import { Refusal } from './problems.ts';
import type { Register } from './register.ts';

/** A proposal that nobody published in a week is over. */
const proposalMs = 7 * 86_400_000;

const Access = z.object({
  roles: z.array(Role),
  agencyId: z.string().nullable(),
  bounds: Bounds.nullable().default(null),
});
type Access = z.infer<typeof Access>;

const Kept = z.object({
  act: GraveAct,
  before: Access.nullable(),
  /** Of an act on a group: what it was. */
  groupBefore: CameraGroup.nullable().default(null),
});
type Kept = z.infer<typeof Kept>;

export type Waiting = Kept & Omit<accountActs.Proposal, 'act'>;

/** What is done now, and whose sessions have ended with it. */
interface Done {
  readonly outcome: ActOutcome;
  readonly ended: readonly string[];
}

export interface Acts {
  waiting(): Promise<Waiting[]>;
  /** Is there one system administrator only, so that acts cannot wait for a second one? */
  isAlone(db: db.Db): Promise<boolean>;
  /** Keeps the act for another administrator, or does it at once where there is no other. */
  propose(by: Person, act: GraveAct, reason: string): Promise<Done>;
  /** Does what another one proposed. */
  publish(by: Person, id: string): Promise<Done>;
  /** Refuses what another one proposed, or takes back one's own. */
  refuse(by: Person, id: string, reason: string): Promise<void>;
}

const refused = (message: string, cure: string, status = 400): Refusal =>
  new Refusal(new AhualError('REQUEST_INVALID', message, cure), { status });

const nobody = (): AhualError => new AhualError('NOT_FOUND', 'There is no such person.', 'Load the list again.');
const gone = (): AhualError =>
  new AhualError('NOT_FOUND', 'This proposal was decided already, or its time is over.', 'Load the list again.');

const accessOfPerson = ({ roles, agencyId, bounds }: Person): Access => ({ roles, agencyId, bounds: bounds ?? null });

const sameAccess = (a: Access, b: Access): boolean =>
  [...a.roles].sort().join() === [...b.roles].sort().join() &&
  a.agencyId === b.agencyId &&
  sameBounds(a.bounds, b.bounds);

const faultWords = {
  none: 'A person needs a role.',
  'agency-missing': 'Somebody of an agency needs the agency.',
  'agency-foreign': 'Only people of agencies have an agency.',
  alone: 'A system administrator, an auditor, a wall and people of agencies have no other role beside.',
  'whole-city': 'One of these roles concerns the whole city and cannot be limited to a part of it.',
  order: 'The end lies before the beginning.',
} as const;

type GrantAct = Extract<GraveAct, { kind: 'add-person' | 'change-roles' }>;
type GroupAct = Extract<GraveAct, { kind: 'set-group' | 'drop-group' }>;

/** Whom or what an act is about, for the log. */
const aboutOf = (act: GraveAct): string => {
  if (act.kind === 'add-person') return act.login;
  if (act.kind === 'set-group') return act.group.id;
  return act.kind === 'drop-group' ? act.groupId : act.personId;
};

/** The group of an act as it is now; null where it is about none, or a new one. */
async function groupNow(tx: db.Db, act: GraveAct): Promise<CameraGroup | null> {
  if (act.kind !== 'set-group' && act.kind !== 'drop-group') return null;
  return (await cameraGroups.byId(tx, aboutOf(act))) ?? null;
}

interface Doing {
  readonly tx: db.Tx;
  readonly by: Person;
  readonly nowMs: number;
  readonly facts: Facts;
}

/** Opens the acts. `linkH`: how long a one-time link holds. */
export function openActs(options: {
  readonly database: db.Database;
  /** Ids of the districts of the city's map. */
  readonly districts: readonly string[];
  /** The city's zone: the log speaks its time. */
  readonly zone: string;
  readonly clock: Clock;
  readonly register: Register;
  readonly linkH: number;
  readonly isProvided: boolean;
}): Acts {
  const { database, clock, register, linkH, isProvided, districts, zone } = options;
  const accessOf = (access: Access): string => accessText(access, zone);

  const write = ({ tx, by, nowMs, facts }: Doing, act: string, personId: string, more: Facts = {}): Promise<void> =>
    audit.write(tx, {
      atMs: nowMs,
      actor: by.id,
      act,
      objectKind: 'person',
      objectId: personId,
      facts: { ...facts, ...more },
    });

  const admins = async (db: db.Db): Promise<string[]> =>
    (await accountActs.accounts(db, clock.nowMs()))
      .filter((one) => one.active && one.roles.includes('system_admin') && (one.joined || isProvided))
      .map(({ id }) => id);

  async function personOf(tx: db.Db, id: string): Promise<Person> {
    const person = await people.byId(tx, id);
    if (!person) throw nobody();
    return person;
  }

  async function keepAnAdmin(tx: db.Tx, person: Person): Promise<void> {
    if (!person.active || !person.roles.includes('system_admin')) return;
    if ((await admins(tx)).some((id) => id !== person.id)) return;
    throw refused(
      'This is the last system administrator; nobody could let people in any more.',
      'Add another one, who has to sign in once, and then take this one away.',
    );
  }

  async function link({ tx, by, nowMs }: Doing, person: Person): Promise<SignInLink> {
    const token = randomBytes(32).toString('base64url');
    const expiresAtMs = nowMs + linkH * 3_600_000;
    await accountLinks.invite(tx, {
      tokenHash: tokenHashOf(token),
      personId: person.id,
      madeBy: by.id,
      atMs: nowMs,
      expiresAtMs,
    });
    return { token, expiresAtMs, login: person.login, name: person.name };
  }

  /** Roles, agency and bounds as an act would make them. */
  const wished = (act: GrantAct, before: Bounds | null): Access => ({
    roles: act.roles,
    agencyId: act.agencyId,
    bounds: act.bounds === undefined ? before : boundsOf(act.bounds, before, { nowMs: clock.nowMs(), zone }),
  });

  async function checkBounds(tx: db.Db, act: GrantAct, before: Bounds | null): Promise<void> {
    const { roles } = act;
    const bounds = act.bounds === undefined ? wishOf(before, zone) : act.bounds;
    const fault = boundsFault(roles, bounds);
    if (fault) throw refused(faultWords[fault], 'Choose again.');
    const { untilMs } = wished(act, before).bounds ?? {};
    if (untilMs != null && untilMs <= clock.nowMs()) {
      throw refused('These roles would have ended already.', 'Choose a later end.');
    }
    for (const groupId of bounds?.groups ?? []) {
      if (!(await cameraGroups.byId(tx, groupId))) {
        throw refused('There is no such group of cameras.', 'Load the list again.');
      }
    }
  }

  /** Throws what would make a group senseless, or would leave somebody without it. */
  async function checkGroup(tx: db.Db, act: GroupAct): Promise<void> {
    if (act.kind === 'drop-group') {
      if (!(await cameraGroups.byId(tx, act.groupId))) {
        throw refused('There is no such group of cameras.', 'Load the list again.');
      }
      if ((await boundedBy(tx, act.groupId)).length > 0) {
        const cure = 'Change their roles first.';
        throw refused('People’s roles are still limited to this group of cameras.', cure, 409);
      }
      return;
    }
    const { group } = act;
    const stranger = await strangerIn(tx, group.rule, districts);
    if (stranger !== undefined) {
      throw refused(`This group names ${stranger}, which is not known here.`, 'Correct it.');
    }
    const now = await cameraGroups.byId(tx, group.id);
    if (now && JSON.stringify(now) === JSON.stringify(CameraGroup.parse(group))) {
      throw refused('The group is like this already.', 'Change something of it.', 409);
    }
  }

  const boundedBy = async (tx: db.Db, groupId: string): Promise<Person[]> =>
    (await people.all(tx)).filter(({ bounds }) => bounds?.groups?.includes(groupId));

  /** Throws what would make the act senseless or unlawful as things are now; also asked when it is proposed. */
  async function check(tx: db.Tx, act: GraveAct): Promise<Kept['before']> {
    if (act.kind === 'set-group' || act.kind === 'drop-group') {
      await checkGroup(tx, act);
      return null;
    }
    if (act.kind === 'add-person' || act.kind === 'change-roles') {
      const fault = rolesFault(act.roles, act.agencyId);
      if (fault) throw refused(faultWords[fault], 'Choose again.');
      if (act.agencyId !== null && !register.agency(act.agencyId)) {
        throw refused('There is no such agency.', 'Load the list again.');
      }
      const before = act.kind === 'change-roles' ? ((await personOf(tx, act.personId)).bounds ?? null) : null;
      await checkBounds(tx, act, before);
    }
    if (act.kind === 'add-person') {
      if (await people.byLogin(tx, act.login)) throw refused('This login is taken.', 'Choose another one.', 409);
      return null;
    }
    const person = await personOf(tx, act.personId);
    const before = accessOfPerson(person);
    switch (act.kind) {
      case 'change-roles':
        if (sameAccess(before, wished(act, before.bounds)))
          throw refused('These are the roles already.', 'Choose others.', 409);
        if (!act.roles.includes('system_admin')) await keepAnAdmin(tx, person);
        return before;
      case 'activate':
        if (person.active) throw refused('This person is active already.', 'Load the list again.', 409);
        return before;
      case 'deactivate-admin':
        await keepAnAdmin(tx, person);
        if (!person.active) throw refused('This person is not active.', 'Load the list again.', 409);
        return before;
      case 'new-link':
        if (!person.active) throw refused('This person is not active.', 'Let them in first.', 409);
        return before;
      case 'drop-factor':
        if (!(await accountFactor.of(tx, person.id))) {
          throw refused('This person has no second factor.', 'Load the list again.', 409);
        }
        return before;
      default:
        return never(act);
    }
  }

  async function apply(doing: Doing, act: GraveAct): Promise<{ link: SignInLink | null; ended: string[] }> {
    const { tx } = doing;
    if (act.kind === 'set-group' || act.kind === 'drop-group')
      return { link: null, ended: await applyGroup(doing, act) };
    if (act.kind === 'add-person') {
      const { login, name, roles, language, agencyId } = act;
      const person = Person.parse({
        login,
        name,
        roles,
        language,
        id: PersonId.parse(newId(clock)),
        agencyId: agencyId === null ? null : AgencyId.parse(agencyId),
        active: true,
        bounds: boundsOf(act.bounds ?? null, null, { nowMs: doing.nowMs, zone }),
      });
      await people.insert(tx, person, '');
      await write(doing, 'person added', person.id, { after: accessOf(accessOfPerson(person)), login: person.login });
      return { link: await link(doing, person), ended: [] };
    }
    const person = await personOf(tx, act.personId);
    switch (act.kind) {
      case 'change-roles': {
        const agencyId = act.agencyId === null ? null : AgencyId.parse(act.agencyId);
        const before = accessOfPerson(person);
        const after = wished(act, before.bounds);
        await people.update(tx, { ...person, roles: act.roles, agencyId, bounds: after.bounds });
        await write(doing, 'roles changed', person.id, { before: accessOf(before), after: accessOf(after) });
        // Signed in anew with the new roles: an open page must not go on with what it was allowed.
        return { link: null, ended: await accountSessions.endAll(tx, person.id) };
      }
      case 'activate':
        await people.update(tx, { ...person, active: true });
        await write(doing, 'person activated', person.id, { after: accessOf(accessOfPerson(person)) });
        return { link: null, ended: [] };
      case 'deactivate-admin':
        return { link: null, ended: await deactivatePerson(doing, person, zone) };
      case 'new-link':
        await write(doing, 'link made', person.id);
        return { link: await link(doing, person), ended: [] };
      case 'drop-factor':
        await accountFactor.drop(tx, person.id);
        await write(doing, 'second factor dropped', person.id);
        return { link: null, ended: await accountSessions.endAll(tx, person.id) };
      default:
        return never(act);
    }
  }

  /** Sets or drops a group; who is bounded by it signs in anew, since an open page shows what it was. */
  async function applyGroup({ tx, by, nowMs, facts }: Doing, act: GroupAct): Promise<string[]> {
    const id = act.kind === 'set-group' ? act.group.id : act.groupId;
    const isSet = act.kind === 'set-group';
    const before = await cameraGroups.byId(tx, id);
    if (act.kind === 'set-group') await cameraGroups.put(tx, act.group);
    else await cameraGroups.remove(tx, id);
    await audit.write(tx, {
      atMs: nowMs,
      actor: by.id,
      act: isSet ? 'camera group set' : 'camera group dropped',
      objectKind: 'camera-group',
      objectId: id,
      facts: {
        ...facts,
        ...(before ? { before: groupText(before) } : {}),
        ...(act.kind === 'set-group' ? { after: groupText(act.group) } : {}),
      },
    });
    const theirs = await boundedBy(tx, id);
    return (await Promise.all(theirs.map((person) => accountSessions.endAll(tx, person.id)))).flat();
  }

  async function done(doing: Doing, act: GraveAct): Promise<Done> {
    const applied = await apply(doing, act);
    return { outcome: { kind: 'done', link: applied.link }, ended: applied.ended };
  }

  const parsed = ({ act, ...rest }: accountActs.Proposal): Waiting => ({ ...rest, ...Kept.parse(act) });

  async function changed<T>(work: (tx: db.Tx) => Promise<T>): Promise<T> {
    const result = await database.transaction(async (tx) => {
      await accountActs.lockPeople(tx);
      return work(tx);
    });
    await register.refresh();
    return result;
  }

  const isAlone = async (db: db.Db): Promise<boolean> => (await admins(db)).length <= 1;

  return {
    isAlone,
    waiting: async () => (await accountActs.waiting(database, clock.nowMs())).map(parsed),
    propose: (by, act, reason) =>
      changed(async (tx) => {
        const nowMs = clock.nowMs();
        const before = await check(tx, act);
        if (await isAlone(tx)) return done({ tx, by, nowMs, facts: { reason, alone: true } }, act);
        const id = newId(clock);
        const kept: Kept = { act, before, groupBefore: await groupNow(tx, act) };
        await accountActs.propose(tx, {
          id,
          act: kept,
          reason,
          madeBy: by.id,
          madeAtMs: nowMs,
          expiresAtMs: nowMs + proposalMs,
        });
        const after = 'roles' in act ? { after: accessOf(wished(act, before?.bounds ?? null)) } : {};
        const facts = { kind: act.kind, about: aboutOf(act), reason, ...after };
        await audit.write(tx, {
          atMs: nowMs,
          actor: by.id,
          act: 'act proposed',
          objectKind: 'proposal',
          objectId: id,
          facts,
        });
        return { outcome: { kind: 'waiting', proposalId: id }, ended: [] };
      }),
    publish: (by, id) =>
      changed(async (tx) => {
        const nowMs = clock.nowMs();
        const row = await accountActs.lock(tx, id, nowMs);
        if (!row) throw gone();
        const { act, before, groupBefore, madeBy, reason } = parsed(row);
        if (madeBy === by.id) {
          const message = 'You proposed this yourself; another system administrator has to publish it.';
          throw new AhualError('AUTH_DENIED', message, 'Ask one, or withdraw it.');
        }
        await check(tx, act);
        if ('personId' in act && before && !sameAccess(before, accessOfPerson(await personOf(tx, act.personId)))) {
          throw refused('The roles of this person changed meanwhile.', 'Refuse it and propose anew.', 409);
        }
        if (JSON.stringify(groupBefore) !== JSON.stringify(await groupNow(tx, act))) {
          throw refused('The group changed meanwhile.', 'Refuse it and propose anew.', 409);
        }
        await accountActs.decide(tx, id, { by: by.id, atMs: nowMs, decision: 'published' });
        return done({ tx, by, nowMs, facts: { reason, proposedBy: register.nameOf(madeBy) } }, act);
      }),
    refuse: (by, id, reason) =>
      changed(async (tx) => {
        const nowMs = clock.nowMs();
        const row = await accountActs.lock(tx, id, nowMs);
        if (!row) throw gone();
        const decision = row.madeBy === by.id ? 'withdrawn' : 'refused';
        await accountActs.decide(tx, id, { by: by.id, atMs: nowMs, decision });
        const facts = { kind: parsed(row).act.kind, reason };
        await audit.write(tx, {
          atMs: nowMs,
          actor: by.id,
          act: `act ${decision}`,
          objectKind: 'proposal',
          objectId: id,
          facts,
        });
      }),
  };
}

/** Takes all access of a person away; gives the hashes of the sessions that ended. */
export async function deactivatePerson(
  { tx, by, nowMs, facts }: Doing,
  person: Person,
  zone: string,
): Promise<string[]> {
  const ended = await accountSessions.endAll(tx, person.id);
  await people.update(tx, { ...person, active: false });
  await accountLinks.withdraw(tx, person.id);
  await accountSessions.forgetDevices(tx, person.id);
  await audit.write(tx, {
    atMs: nowMs,
    actor: by.id,
    act: 'person deactivated',
    objectKind: 'person',
    objectId: person.id,
    facts: { ...facts, before: accessText(accessOfPerson(person), zone), sessions: ended.length },
  });
  return ended;
}
