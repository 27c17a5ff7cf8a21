// People as the system administrator sees them: the list, acts that take two, access taken away at once, sessions of others.
import { AhualError } from '#core/errors';
import type { Person, Role } from '#core/person';
import { accountActs, accountLinks, accountSessions, audit, cameraGroups, people, type db } from '#store';
import { permissions, type GroupCard, type ProposalCard, type SessionCard } from '../contract.ts';
import { deactivatePerson, type Acts, type Waiting } from './accounts-acts.ts';
import type { Glass } from './glass.ts';
import { holders } from './may.ts';
import { serve } from './serve.ts';

/** A session as people see it; its token's hash stays here. */
export const sessionCard = (row: accountSessions.SessionRow, currentHash: string): SessionCard => {
  const { id, madeAtMs, seenAtMs, expiresAtMs, address, userAgent, way } = row;
  return { id, madeAtMs, seenAtMs, expiresAtMs, address, userAgent, way, current: row.tokenHash === currentHash };
};

export interface AccountParts {
  readonly acts: Acts;
  readonly factorRoles: readonly Role[];
  readonly signedOut: (tokenHash: string) => void;
}

const nobody = (): AhualError => new AhualError('NOT_FOUND', 'There is no such person.', 'Load the list again.');

/** The routes of the people tab. */
export function openPeople(glass: Glass, { acts, factorRoles, signedOut }: AccountParts): void {
  const { app, door, database, clock, register } = glass;

  const aboutOf = (act: Waiting['act']): string => {
    if (act.kind === 'add-person') return act.name;
    if (act.kind === 'set-group') return act.group.id;
    return act.kind === 'drop-group' ? act.groupId : register.nameOf(act.personId);
  };

  const groupCards = (accounts: readonly accountActs.Account[]): GroupCard[] =>
    register.groups().map(({ id, name, rule }) => ({
      id,
      name,
      kind: rule.kind,
      cameras: register.group(id)?.cameras.size ?? 0,
      people: accounts.filter(({ bounds }) => bounds?.groups?.includes(id)).length,
    }));

  const proposalCard = (row: Waiting, me: Person): ProposalCard => ({
    id: row.id,
    act: row.act,
    before: row.before,
    reason: row.reason,
    by: register.nameOf(row.madeBy),
    about: aboutOf(row.act),
    madeAtMs: row.madeAtMs,
    expiresAtMs: row.expiresAtMs,
    mine: row.madeBy === me.id,
  });

  async function changed(
    by: Person,
    personId: string,
    act: string,
    work: (tx: db.Tx, person: Person) => Promise<Readonly<Record<string, string | number>>>,
  ): Promise<void> {
    await database.transaction(async (tx) => {
      await accountActs.lockPeople(tx);
      const person = await people.byId(tx, personId);
      if (!person) throw nobody();
      const facts = await work(tx, person);
      await audit.write(tx, {
        atMs: clock.nowMs(),
        actor: by.id,
        act,
        objectKind: 'person',
        objectId: personId,
        facts,
      });
    });
    await register.refresh();
  }

  serve(app, door, 'people', async ({ session }) => {
    const nowMs = clock.nowMs();
    const [accounts, waiting, alone] = await Promise.all([
      accountActs.accounts(database, nowMs),
      acts.waiting(),
      acts.isAlone(database),
    ]);
    return {
      nowMs,
      people: accounts.map((account) => ({ ...account, bounds: account.bounds ?? null })),
      proposals: waiting.map((row) => proposalCard(row, session.person)),
      alone,
      factorRoles: [...factorRoles],
      agencies: register.agencies().map(({ id, name }) => ({ id, name })),
      groups: groupCards(accounts),
      districts: [...glass.city.districts],
    };
  });

  serve(app, door, 'cameraGroup', async ({ params }) => {
    const group = await cameraGroups.byId(database, params.id);
    if (!group) throw new AhualError('NOT_FOUND', 'There is no such group of cameras.', 'Load the list again.');
    return group;
  });

  serve(app, door, 'roleTable', async () => {
    const held: Partial<Record<Role, number>> = {};
    for (const person of await people.all(database)) {
      if (person.active) for (const role of person.roles) held[role] = (held[role] ?? 0) + 1;
    }
    return {
      permissions: permissions.map((permission) => ({ permission, roles: [...holders[permission]] })),
      people: held,
      factorRoles: [...factorRoles],
    };
  });

  serve(app, door, 'proposeAct', async ({ body, session }) => {
    const { outcome, ended } = await acts.propose(session.person, body.act, body.reason);
    ended.forEach(signedOut);
    return outcome;
  });

  serve(app, door, 'publishAct', async ({ params, session }) => {
    const { outcome, ended } = await acts.publish(session.person, params.id);
    ended.forEach(signedOut);
    return outcome;
  });

  serve(app, door, 'refuseAct', async ({ params, body, session }) => {
    await acts.refuse(session.person, params.id, body.reason);
    return {};
  });

  serve(app, door, 'changePerson', async ({ params, body, session }) => {
    await changed(session.person, params.id, 'person changed', async (tx, person) => {
      await people.update(tx, { ...person, ...body });
      return { before: `${person.name} (${person.language})`, after: `${body.name} (${body.language})` };
    });
    return {};
  });

  serve(app, door, 'deactivate', async ({ params, body, session }) => {
    const ended = await database.transaction(async (tx) => {
      await accountActs.lockPeople(tx);
      const person = await people.byId(tx, params.id);
      if (!person) throw nobody();
      if (person.roles.includes('system_admin')) {
        const message = 'Taking a system administrator away takes two people.';
        throw new AhualError('AUTH_DENIED', message, 'Propose it; another system administrator publishes it.');
      }
      return deactivatePerson(
        { tx, by: session.person, nowMs: clock.nowMs(), facts: { reason: body.reason } },
        person,
        glass.city.zone,
      );
    });
    ended.forEach(signedOut);
    await register.refresh();
    return {};
  });

  serve(app, door, 'withdrawLink', async ({ params, session }) => {
    await changed(session.person, params.id, 'link withdrawn', async (tx) => {
      if (await accountLinks.withdraw(tx, params.id)) return {};
      throw new AhualError('NOT_FOUND', 'This person has no open link.', 'Load the list again.');
    });
    return {};
  });

  serve(app, door, 'personSessions', async ({ params, session }) => {
    if (!(await people.byId(database, params.id))) throw nobody();
    const rows = await accountSessions.of(database, params.id, clock.nowMs());
    return { nowMs: clock.nowMs(), sessions: rows.map((row) => sessionCard(row, session.tokenHash)) };
  });

  serve(app, door, 'endPersonSessions', async ({ params, session }) => {
    let ended: readonly string[] = [];
    await changed(session.person, params.id, 'signed out everywhere', async (tx) => {
      ended = await accountSessions.endAll(tx, params.id);
      return { sessions: ended.length };
    });
    ended.forEach(signedOut);
    return { ended: ended.length };
  });

  serve(app, door, 'endPersonSession', async ({ params, session }) => {
    let ended: string | undefined;
    await changed(session.person, params.id, 'session ended', async (tx) => {
      ended = await accountSessions.endOne(tx, params.id, params.sessionId);
      if (ended === undefined) throw new AhualError('NOT_FOUND', 'This session has ended.', 'Load the list again.');
      return {};
    });
    if (ended !== undefined) signedOut(ended);
    return {};
  });
}
