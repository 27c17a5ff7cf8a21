// People and their access: two people for what gives access, one for what takes it away, links that work once, sessions, the log.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem, rolesFault, passwordFault, routes } from '#dashboard/contract';
import { audit, people, sql } from '#store';
import { addPerson, byTwo, openAccountStand, type AccountStand } from './accounts-stand.ts';
import { password, Seat, until } from './dashboard-stand.ts';

let city: AccountStand;
let keeper: Seat;
let other: Seat;
beforeAll(async () => {
  city = await openAccountStand();
  keeper = await city.seat('system-admin');
});
afterAll(() => city.close());

const problem = async (answer: Response): Promise<Problem> => Problem.parse(await answer.json());
const personal = 'seven herons over the river';
const acts = async (id: string): Promise<audit.AuditRow[]> => audit.of(city.stand.database, 'person', id);

describe('the first administrator', () => {
  it('does alone what takes two, is told so, and the log says it', async () => {
    expect((await keeper.ask('people')).alone).toBe(true);
    const id = await addPerson(city.stand, 'temporary', ['operator']);
    const act = { kind: 'change-roles', personId: id, roles: ['controller'], agencyId: null };
    expect(await keeper.ask('proposeAct', { body: { act, reason: 'a new post' } })).toEqual({
      kind: 'done',
      link: null,
    });
    expect((await acts(id)).at(-1)).toMatchObject({
      act: 'roles changed',
      facts: { before: 'operator', after: 'controller', reason: 'a new post', alone: true },
    });
  });

  it('cannot take away the last administrator, not even alone', async () => {
    for (const act of [
      { kind: 'deactivate-admin', personId: 'p-system-admin' },
      { kind: 'change-roles', personId: 'p-system-admin', roles: ['auditor'], agencyId: null },
    ]) {
      const answer = await keeper.send('POST', routes.proposeAct.path, { act, reason: 'going away' });
      expect(answer.status).toBe(400);
      expect((await problem(answer)).message).toMatch(/last system administrator/);
    }
  });

  it('is not alone any more once a second one has come in, and not before', async () => {
    const act = {
      kind: 'add-person',
      login: 'keeper2',
      name: 'Second keeper',
      roles: ['system_admin'],
      agencyId: null,
      language: 'kk',
    };
    const added = await keeper.ask('proposeAct', { body: { act, reason: 'two are needed' } });
    if (added.kind !== 'done' || !added.link) throw new Error('no link');
    expect((await keeper.ask('people')).alone).toBe(true);
    other = await city.seat();
    await other.ask('acceptInvitation', { body: { token: added.link.token, password: personal } });
    expect((await other.signIn('keeper2', personal)).status).toBe(200);
    expect((await keeper.ask('people')).alone).toBe(false);
  });
});

describe('what gives access', () => {
  const newcomer = (login: string) =>
    ({ kind: 'add-person', login, name: 'New one', roles: ['operator'], agencyId: null, language: 'kk' }) as const;

  it('waits for another administrator: its author cannot publish it, and nobody else can either', async () => {
    const waiting = await keeper.ask('proposeAct', { body: { act: newcomer('waits'), reason: 'a new post' } });
    if (waiting.kind !== 'waiting') throw new Error('it did not wait');
    const publish = `${routes.people.path}/acts/${waiting.proposalId}/publication`;
    const own = await keeper.send('POST', publish);
    expect(own.status).toBe(403);
    expect((await problem(own)).message).toMatch(/yourself/);
    expect((await (await city.seat('auditor')).send('POST', publish)).status).toBe(403);
    expect(await people.byLogin(city.stand.database, 'waits')).toBeUndefined();
    expect((await keeper.ask('people')).proposals).toMatchObject([
      { mine: true, about: 'New one', reason: 'a new post' },
    ]);
    expect((await other.ask('people')).proposals).toMatchObject([{ mine: false }]);
    await other.ask('refuseAct', { params: { id: waiting.proposalId }, body: { reason: 'not needed' } });
    expect((await other.send('POST', publish)).status).toBe(404);
  });

  it('is published once, also by two presses at the same moment', async () => {
    const waiting = await keeper.ask('proposeAct', { body: { act: newcomer('once'), reason: 'a new post' } });
    if (waiting.kind !== 'waiting') throw new Error('it did not wait');
    const publish = `${routes.people.path}/acts/${waiting.proposalId}/publication`;
    const answers = await Promise.all([other.send('POST', publish), other.send('POST', publish)]);
    expect(answers.map((one) => one.status).sort()).toEqual([200, 404]);
  });

  it('is not published when the roles changed meanwhile', async () => {
    const id = await addPerson(city.stand, 'moving', ['operator']);
    const act = { kind: 'change-roles', personId: id, roles: ['shift_lead'], agencyId: null };
    const first = await keeper.ask('proposeAct', { body: { act, reason: 'promoted' } });
    await byTwo(keeper, other, { kind: 'change-roles', personId: id, roles: ['controller'], agencyId: null });
    if (first.kind !== 'waiting') throw new Error('it did not wait');
    const late = await other.send('POST', `${routes.people.path}/acts/${first.proposalId}/publication`);
    expect(late.status).toBe(409);
    expect((await people.byId(city.stand.database, id))?.roles).toEqual(['controller']);
  });

  it('ends the sessions of whom it changes, with their sockets', async () => {
    const id = await addPerson(city.stand, 'promoted', ['operator']);
    const seat = await city.seat('promoted');
    const wire = seat.wire();
    await until(() => wire.connected || undefined);
    const ended = new Promise((resolve) => wire.on('disconnect', resolve));
    await byTwo(keeper, other, {
      kind: 'change-roles',
      personId: id,
      roles: ['controller', 'shift_lead'],
      agencyId: null,
    });
    await ended;
    expect((await seat.send('GET', routes.me.path)).status).toBe(401);
    expect((await acts(id)).at(-1)).toMatchObject({
      act: 'roles changed',
      facts: { before: 'operator', after: 'controller shift_lead', proposedBy: 'Name of system-admin' },
    });
  });

  it('refuses roles that do not go together, an agency that is not there, and a login that is taken', async () => {
    const bad = [
      { ...newcomer('a1'), roles: ['system_admin', 'operator'] },
      { ...newcomer('a2'), roles: ['agency_user'] },
      { ...newcomer('a3'), agencyId: 'su-arnasy' },
      { ...newcomer('a4'), roles: ['agency_user'], agencyId: 'nowhere' },
      { ...newcomer('a5'), roles: [] },
      newcomer('Не логин'),
      newcomer('operator'),
    ];
    for (const act of bad) {
      const answer = await keeper.send('POST', routes.proposeAct.path, { act, reason: 'a new post' });
      expect([400, 409], JSON.stringify(act)).toContain(answer.status);
    }
  });
});

describe('a one-time link', () => {
  it('is kept as a hash, opens once, and its password has to be long', async () => {
    const link = await byTwo(keeper, other, { kind: 'new-link', personId: 'p-operator2' });
    if (!link) throw new Error('no link');
    const rows = await city.stand.database.rows(
      z.object({ row: z.string() }),
      sql`select invitation::text as row from invitation union all select audit::text from audit`,
    );
    expect(rows.some(({ row }) => row.includes(link.token))).toBe(false);
    const seat = await city.seat();
    expect(await seat.ask('openInvitation', { body: { token: link.token } })).toMatchObject({ login: 'operator2' });
    for (const weak of ['short one', 'operator2operator2', 'aaaaaaaaaaaaaaaa']) {
      expect(
        (await seat.send('POST', routes.acceptInvitation.path, { token: link.token, password: weak })).status,
      ).toBe(400);
    }
    const before = await city.seat('operator2');
    await seat.ask('acceptInvitation', { body: { token: link.token, password: personal } });
    expect((await before.send('GET', routes.me.path)).status).toBe(401);
    expect(
      (await seat.send('POST', routes.acceptInvitation.path, { token: link.token, password: personal })).status,
    ).toBe(404);
    expect((await (await city.seat()).signIn('operator2', password)).status).toBe(401);
    expect((await (await city.seat()).signIn('operator2', personal)).status).toBe(200);
  });

  it('ends by itself, and can be withdrawn', async () => {
    const link = await byTwo(keeper, other, { kind: 'new-link', personId: 'p-controller' });
    if (!link) throw new Error('no link');
    expect((await keeper.ask('people')).people.find(({ login }) => login === 'controller')?.invitedUntilMs).toBe(
      link.expiresAtMs,
    );
    await keeper.ask('withdrawLink', { params: { id: 'p-controller' } });
    const seat = await city.seat();
    expect((await seat.send('POST', routes.openInvitation.path, { token: link.token })).status).toBe(404);
    const late = await byTwo(keeper, other, { kind: 'new-link', personId: 'p-controller' });
    city.pass(73 * 3600);
    expect((await seat.send('POST', routes.openInvitation.path, { token: late?.token })).status).toBe(404);
    keeper = await city.seat('system-admin');
    other = new Seat(city.dashboard.url);
    await other.signIn('keeper2', personal);
  });

  it('lets a wall in without a password, for thirty days, to look and nothing else', async () => {
    const link = await byTwo(keeper, other, { kind: 'new-link', personId: 'p-wall' });
    const wall = await city.seat();
    const answer = await wall.send('POST', routes.acceptInvitation.path, { token: link?.token });
    const { me } = routes.acceptInvitation.answer.parse(await answer.json());
    wall.cookie =
      answer.headers
        .getSetCookie()
        .find((one) => /^ahual=/.test(one))
        ?.split(';')[0] ?? '';
    wall.csrf = me?.csrf ?? '';
    expect(me?.permissions).toEqual(['be-signed-in', 'see-wall']);
    const { sessions } = await wall.ask('account');
    expect(sessions[0]).toMatchObject({ way: 'link', current: true });
    expect(Math.round(((sessions[0]?.expiresAtMs ?? 0) - city.nowMs()) / 86_400_000)).toBe(30);
    expect((await wall.send('GET', routes.wall.path)).status).toBe(200);
    expect((await wall.send('GET', routes.desk.path)).status).toBe(403);
    expect((await (await city.seat('operator')).ask('account')).sessions[0]?.way).toBe('password');
  });
});

describe('what takes access away', () => {
  it('is done by one, at once: sessions, sockets and links end', async () => {
    const id = await addPerson(city.stand, 'leaver', ['operator']);
    const seat = await city.seat('leaver');
    const wire = seat.wire();
    await until(() => wire.connected || undefined);
    const ended = new Promise((resolve) => wire.on('disconnect', resolve));
    await keeper.ask('deactivate', { params: { id }, body: { reason: 'left the city' } });
    await ended;
    expect((await seat.send('GET', routes.me.path)).status).toBe(401);
    expect((await (await city.seat()).signIn('leaver')).status).toBe(401);
    expect((await acts(id)).at(-1)).toMatchObject({ act: 'person deactivated', facts: { reason: 'left the city' } });
    await byTwo(keeper, other, { kind: 'activate', personId: id });
    expect((await (await city.seat()).signIn('leaver')).status).toBe(200);
  });

  it('takes two where it is an administrator', async () => {
    const id = await addPerson(city.stand, 'keeper3', ['system_admin']);
    const alone = await keeper.send('POST', `${routes.people.path}/${id}/deactivation`, { reason: 'left the city' });
    expect(alone.status).toBe(403);
    const seat = await city.seat('keeper3');
    await byTwo(keeper, other, { kind: 'deactivate-admin', personId: id });
    expect((await seat.send('GET', routes.me.path)).status).toBe(401);
  });

  it('ends one session or all of another person', async () => {
    await addPerson(city.stand, 'many-seats', ['operator']);
    const [a, b, c] = [await city.seat('many-seats'), await city.seat('many-seats'), await city.seat('many-seats')];
    const { sessions } = await a.ask('account');
    expect(sessions).toHaveLength(3);
    const current = sessions.find((one) => one.current);
    const params = { id: 'p-many-seats', sessionId: current?.id ?? '' };
    await keeper.ask('endPersonSession', { params });
    expect((await a.send('GET', routes.me.path)).status).toBe(401);
    expect((await b.send('GET', routes.me.path)).status).toBe(200);
    expect(await keeper.ask('endPersonSessions', { params: { id: 'p-many-seats' } })).toEqual({ ended: 2 });
    expect((await c.send('GET', routes.me.path)).status).toBe(401);
  });
});

describe('my own account', () => {
  it('ends my other sessions and keeps this one; of others it ends none', async () => {
    await addPerson(city.stand, 'mine', ['operator']);
    const [a, b, stranger] = [await city.seat('mine'), await city.seat('mine'), await city.seat('operator')];
    const foreign = (await stranger.ask('account')).sessions[0]?.id ?? '';
    expect((await a.send('DELETE', `${routes.account.path.replace('account', 'sessions')}/${foreign}`)).status).toBe(
      404,
    );
    expect(await a.ask('endOtherSessions', { body: {} })).toEqual({ ended: 1 });
    expect((await a.send('GET', routes.me.path)).status).toBe(200);
    expect((await b.send('GET', routes.me.path)).status).toBe(401);
    expect((await stranger.send('GET', routes.me.path)).status).toBe(200);
  });

  it('changes the password only with the old one, and signs out everywhere else', async () => {
    await addPerson(city.stand, 'changer', ['operator']);
    const [a, b] = [await city.seat('changer'), await city.seat('changer')];
    const wrong = await a.send('POST', routes.changePassword.path, { old: 'not it, not it', password: personal });
    expect(wrong.status).toBe(403);
    await a.ask('changePassword', { body: { old: password, password: personal } });
    expect((await a.send('GET', routes.me.path)).status).toBe(200);
    expect((await b.send('GET', routes.me.path)).status).toBe(401);
    expect((await (await city.seat()).signIn('changer', personal)).status).toBe(200);
  });

  it('keeps choices on the server, and refuses keys that are none', async () => {
    const a = await city.seat('operator');
    const wanted = { ...(await a.ask('choices')), moved: { confirm: 'KeyV', undo: null }, handed: 'left', textStep: 2 };
    await a.ask('keepChoices', { body: wanted });
    expect(await (await city.seat('operator')).ask('choices')).toEqual(wanted);
    expect((await a.send('POST', routes.keepChoices.path, { moved: { confirm: 'F5' } })).status).toBe(400);
  });

  it('makes a cheap password costlier at the next sign-in, and nobody notices', async () => {
    const id = await addPerson(city.stand, 'cheap', ['operator']);
    const { hash } = await import('@node-rs/argon2');
    const old = await hash(password, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    await city.stand.database.transaction((tx) => people.storeNewHash(tx, id, old));
    const first = await city.seat('cheap');
    const stored = (await people.byLogin(city.stand.database, 'cheap'))?.passwordHash;
    expect(stored).toMatch(/m=19456,t=2/);
    await city.seat('cheap');
    expect((await first.send('GET', routes.me.path)).status).toBe(200);
  });
});

describe('the log', () => {
  it('shows everything to the auditor, accounts to the administrator, and to others their own', async () => {
    await city.stand.raise();
    const [all, accounts, own] = [
      await (await city.seat('auditor')).ask('log'),
      await keeper.ask('log'),
      await (await city.seat('operator')).ask('log'),
    ];
    expect([all.reach, accounts.reach, own.reach]).toEqual(['all', 'accounts', 'own']);
    expect(all.lines.some((line) => line.objectKind === 'incident')).toBe(true);
    expect(accounts.lines.some((line) => line.objectKind === 'incident')).toBe(false);
    expect(accounts.lines.some((line) => line.act === 'roles changed' && line.who === 'Second keeper')).toBe(true);
    expect(new Set(own.lines.map((line) => line.actor))).toEqual(new Set(['p-operator']));
  });

  it('is read page by page without a gap or a repeat', async () => {
    const auditor = await city.seat('auditor');
    const whole = (await auditor.ask('log', { query: { limit: 500 } })).lines.map((line) => line.number);
    const pages: number[] = [];
    let before: number | null = null;
    do {
      const page: { lines: { number: number }[]; next: number | null } = await auditor.ask('log', {
        query: { limit: 7, ...(before === null ? {} : { before }) },
      });
      pages.push(...page.lines.map((line) => line.number));
      before = page.next;
    } while (before !== null);
    expect(pages).toEqual(whole);
  });
});

describe('rules of roles and passwords', () => {
  it('keep apart who grants, who watches and who works', () => {
    expect(rolesFault(['operator', 'shift_lead'], null)).toBeUndefined();
    expect(rolesFault(['system_admin'], null)).toBeUndefined();
    expect(rolesFault(['system_admin', 'police_reviewer'], null)).toBe('alone');
    expect(rolesFault(['auditor', 'operator'], null)).toBe('alone');
    expect(rolesFault(['wall', 'operator'], null)).toBe('alone');
    expect(rolesFault(['agency_user', 'operator'], 'a')).toBe('alone');
    expect(rolesFault(['agency_user', 'agency_head'], 'a')).toBeUndefined();
    expect(rolesFault(['agency_head'], null)).toBe('agency-missing');
    expect(rolesFault(['operator'], 'a')).toBe('agency-foreign');
    expect(rolesFault([], null)).toBe('none');
  });

  it('count characters, not bytes', () => {
    expect(passwordFault('қарлы таулар', 'x')).toBeUndefined();
    expect(passwordFault('қарлы тау', 'x')).toBe('short');
    expect(passwordFault('operator1operator1', 'operator1')).toBe('login');
    expect(passwordFault('abababababab', 'x')).toBe('same');
    expect(passwordFault('a'.repeat(201), 'x')).toBe('long');
  });
});
