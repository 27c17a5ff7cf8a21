// Acts that give access, or take a system administrator's away: proposed by one person, published by another (screens 4.8).
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '#core/clock';
import { AhualError, never, type Facts } from '#core/errors';
import { AgencyId, newId, PersonId } from '#core/ids';
import { Person, Role } from '#core/person';
import { accountActs, accountFactor, accountLinks, accountSessions, audit, people, type db } from '#store';
import { GraveAct, rolesFault, type ActOutcome, type SignInLink } from '../contract.ts';
import { tokenHashOf } from './door.ts';
import { Refusal } from './problems.ts';
import type { Register } from './register.ts';

/** A proposal that nobody published in a week is over. */
const proposalMs = 7 * 86_400_000;

const Kept = z.object({
  act: GraveAct,
  before: z.object({ roles: z.array(Role), agencyId: z.string().nullable() }).nullable(),
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

/** Roles and agency as one text for the log. */
const accessOf = ({ roles, agencyId }: { roles: readonly Role[]; agencyId: string | null }): string =>
  [...roles, ...(agencyId === null ? [] : [`@${agencyId}`])].join(' ');

const sameAccess = (a: Parameters<typeof accessOf>[0], b: Parameters<typeof accessOf>[0]): boolean =>
  [...a.roles].sort().join() === [...b.roles].sort().join() && a.agencyId === b.agencyId;

const faultWords = {
  none: 'A person needs a role.',
  'agency-missing': 'Somebody of an agency needs the agency.',
  'agency-foreign': 'Only people of agencies have an agency.',
  alone: 'A system administrator, an auditor, a wall and people of agencies have no other role beside.',
} as const;

interface Doing {
  readonly tx: db.Tx;
  readonly by: Person;
  readonly nowMs: number;
  readonly facts: Facts;
}

/** Opens the acts. `linkH`: how long a one-time link holds. */
export function openActs(options: {
  readonly database: db.Database;
  readonly clock: Clock;
  readonly register: Register;
  readonly linkH: number;
  readonly isProvided: boolean;
}): Acts {
  const { database, clock, register, linkH, isProvided } = options;

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

  /** Throws what would make the act senseless or unlawful as things are now; also asked when it is proposed. */
  async function check(tx: db.Tx, act: GraveAct): Promise<Kept['before']> {
    if (act.kind === 'add-person' || act.kind === 'change-roles') {
      const fault = rolesFault(act.roles, act.agencyId);
      if (fault) throw refused(faultWords[fault], 'Choose again.');
      if (act.agencyId !== null && !register.agency(act.agencyId)) {
        throw refused('There is no such agency.', 'Load the list again.');
      }
    }
    if (act.kind === 'add-person') {
      if (await people.byLogin(tx, act.login)) throw refused('This login is taken.', 'Choose another one.', 409);
      return null;
    }
    const person = await personOf(tx, act.personId);
    const before = { roles: person.roles, agencyId: person.agencyId };
    switch (act.kind) {
      case 'change-roles':
        if (sameAccess(before, act)) throw refused('These are the roles already.', 'Choose others.', 409);
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
      });
      await people.insert(tx, person, '');
      await write(doing, 'person added', person.id, { after: accessOf(person), login: person.login });
      return { link: await link(doing, person), ended: [] };
    }
    const person = await personOf(tx, act.personId);
    switch (act.kind) {
      case 'change-roles': {
        const agencyId = act.agencyId === null ? null : AgencyId.parse(act.agencyId);
        await people.update(tx, { ...person, roles: act.roles, agencyId });
        await write(doing, 'roles changed', person.id, { before: accessOf(person), after: accessOf(act) });
        // Signed in anew with the new roles: an open page must not go on with what it was allowed.
        return { link: null, ended: await accountSessions.endAll(tx, person.id) };
      }
      case 'activate':
        await people.update(tx, { ...person, active: true });
        await write(doing, 'person activated', person.id, { after: accessOf(person) });
        return { link: null, ended: [] };
      case 'deactivate-admin':
        return { link: null, ended: await deactivatePerson(doing, person) };
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
        const kept: Kept = { act, before };
        await accountActs.propose(tx, {
          id,
          act: kept,
          reason,
          madeBy: by.id,
          madeAtMs: nowMs,
          expiresAtMs: nowMs + proposalMs,
        });
        const about = act.kind === 'add-person' ? act.login : act.personId;
        const facts = { kind: act.kind, about, reason, ...('roles' in act ? { after: accessOf(act) } : {}) };
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
        const { act, before, madeBy, reason } = parsed(row);
        if (madeBy === by.id) {
          const message = 'You proposed this yourself; another system administrator has to publish it.';
          throw new AhualError('AUTH_DENIED', message, 'Ask one, or withdraw it.');
        }
        await check(tx, act);
        if (act.kind !== 'add-person' && before && !sameAccess(before, await personOf(tx, act.personId))) {
          throw refused('The roles of this person changed meanwhile.', 'Refuse it and propose anew.', 409);
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
export async function deactivatePerson({ tx, by, nowMs, facts }: Doing, person: Person): Promise<string[]> {
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
    facts: { ...facts, before: accessOf(person), sessions: ended.length },
  });
  return ended;
}
