// Sign-in at an OpenID provider, against a real one on the loopback address.
import { createServer, type Server } from 'node:http';
import { Provider, type Context } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Settings } from '#config';
import { Person } from '#core/person';
import { pathOf, routes } from '#dashboard/contract';
import { audit, people } from '#store';
import { addPerson, openAccountStand, type AccountStand } from './accounts-stand.ts';
import { Seat } from './dashboard-stand.ts';

const secret = 'the secret of the client at the provider';

/** Who signs in at the provider next, and how. */
const next = { login: 'operator', amr: ['pwd'] };

let server: Server;
let city: AccountStand;
let issuer = '';

/** A provider that lets in whoever `next` names, without asking. */
function openProvider(redirectUri: string): void {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'ahual',
        client_secret: secret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username'], amr: null },
    features: { devInteractions: { enabled: false }, claimsParameter: { enabled: true } },
    pkce: { required: () => true },
    cookies: { keys: ['a key of the test'] },
    interactions: { url: (_: Context, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: Context, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id.split('/')[0] }),
    }),
    loadExistingGrant: async ({ oidc }: Context) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      grant.addOIDCClaims(['amr']);
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') === true) {
      const login = { accountId: `${next.login}/${next.amr.join('+')}`, amr: next.amr, remember: false };
      void provider.interactionFinished(request, response, { login });
      return;
    }
    answer(request, response);
  });
}

/** A browser that keeps its cookies apart by host and port, and follows steps from one to the other. */
class Walker {
  readonly jars = new Map<string, Map<string, string>>();

  async step(url: string): Promise<Response> {
    const jar = this.jars.get(new URL(url).origin) ?? new Map<string, string>();
    this.jars.set(new URL(url).origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  /** Goes on until somebody answers without sending elsewhere; gives all addresses on the way. */
  async walk(url: string): Promise<string[]> {
    const way = [url];
    for (let at = url; way.length < 12; way.push(at)) {
      const answer = await this.step(at);
      const to = answer.headers.get('location');
      if (to === null) return way;
      at = new URL(to, at).href;
    }
    throw new Error('it leads round in a circle');
  }

  seat(): Seat {
    const seat = new Seat(city.dashboard.url);
    seat.cookie = [...(this.jars.get(city.dashboard.url) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
    return seat;
  }
}

const start = (): string => `${city.dashboard.url}${pathOf('toProvider')}`;
const trouble = (way: readonly string[]): string => new URL(way.at(-1) ?? '').hash;

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  issuer = `http://127.0.0.1:${address.port}`;
  const { provider } = Settings.parse({}).dashboard;
  city = await openAccountStand({
    factorRoles: ['police_reviewer'],
    provider: { ...provider, issuer, emergencyLogin: 'system-admin', createRole: null },
  });
  openProvider(`${city.dashboard.url}${pathOf('fromProvider')}`);
});
afterAll(async () => {
  await city.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('sign-in at the provider', () => {
  it('is offered, and beside it only the emergency account has a password', async () => {
    const seat = await city.seat();
    const ways = await seat.ask('signInWays');
    expect([ways.password, ways.provider?.ru]).toEqual(['emergency', 'Городская учётная запись']);
    expect((await seat.signIn('operator')).status).toBe(403);
    expect((await (await city.seat()).signIn('system-admin')).status).toBe(200);
  });

  it('lets in the person whose login the claim names, with state, nonce and PKCE', async () => {
    next.login = 'operator';
    const walker = new Walker();
    const way = await walker.walk(start());
    const asked = new URL(way[1] ?? '').searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)?.length, name).toBeGreaterThan(20);
    expect(way.at(-1)).toBe(`${city.dashboard.url}/`);
    const me = await walker.seat().ask('me');
    expect(me.person.login).toBe('operator');
    expect((await walker.seat().ask('account')).sessions[0]?.way).toBe('provider');
  });

  it('lets nobody in whom nobody added here, and nobody who is not active', async () => {
    next.login = 'stranger';
    const stranger = new Walker();
    expect(trouble(await stranger.walk(start()))).toBe('#/provider/unknown');
    expect((await stranger.seat().send('GET', routes.me.path)).status).toBe(401);
    expect(await people.byLogin(city.stand.database, 'stranger')).toBeUndefined();
    await addPerson(city.stand, 'gone', ['operator']);
    const gone = await people.byLogin(city.stand.database, 'gone');
    if (!gone) throw new Error('nobody');
    const person = Person.parse(gone);
    await city.stand.database.transaction((tx) => people.update(tx, { ...person, active: false }));
    next.login = 'gone';
    expect(trouble(await new Walker().walk(start()))).toBe('#/provider/unknown');
  });

  it('wants the word of the provider for a second factor where the role demands one', async () => {
    next.login = 'police-reviewer';
    next.amr = ['pwd'];
    const without = new Walker();
    expect(trouble(await without.walk(start()))).toBe('#/provider/factor');
    expect((await without.seat().send('GET', routes.me.path)).status).toBe(401);
    next.amr = ['pwd', 'otp'];
    const walker = new Walker();
    expect((await walker.walk(start())).at(-1)).toBe(`${city.dashboard.url}/`);
    expect((await walker.seat().ask('me')).person.login).toBe('police-reviewer');
    next.amr = ['pwd'];
  });

  it("takes no answer twice, none of another browser's, and none that was changed", async () => {
    next.login = 'operator';
    const walker = new Walker();
    const way = await walker.walk(start());
    const back = way.find((one) => one.includes('/provider/back?')) ?? '';
    expect(back).toContain('code=');
    expect(trouble(await walker.walk(back))).toBe('#/provider/expired');
    const half = new Walker();
    let at = start();
    while (!at.includes('/provider/back?')) at = new URL((await half.step(at)).headers.get('location') ?? '', at).href;
    const thief = new Walker();
    expect(trouble(await thief.walk(at))).toBe('#/provider/expired');
    await thief.step(start());
    expect(trouble(await thief.walk(at))).toBe('#/provider/refused');
    expect((await thief.seat().send('GET', routes.me.path)).status).toBe(401);
    const changed = new URL(at);
    changed.searchParams.set('state', 'another-state-another-state');
    expect(trouble(await half.walk(changed.href))).toBe('#/provider/refused');
  });

  it('is said to be away when it is, without an error of ours', async () => {
    const { provider } = Settings.parse({}).dashboard;
    const other = await openAccountStand({ provider: { ...provider, issuer: 'http://127.0.0.1:9' } });
    const way = await new Walker().walk(`${other.dashboard.url}${pathOf('toProvider')}`);
    expect(trouble(way)).toBe('#/provider/down');
    expect((await (await other.seat()).signIn('operator')).status).toBe(200);
    await other.close();
  });
});

describe('where the settings let the provider add people', () => {
  it('makes a person with that role, once, and writes it down', async () => {
    const { provider } = Settings.parse({}).dashboard;
    const other = await openAccountStand({ provider: { ...provider, issuer, createRole: 'auditor' } });
    const before = city;
    city = other;
    server.removeAllListeners('request');
    openProvider(`${other.dashboard.url}${pathOf('fromProvider')}`);
    next.login = 'newcomer';
    for (let n = 0; n < 2; n++) {
      const walker = new Walker();
      expect((await walker.walk(start())).at(-1)).toBe(`${other.dashboard.url}/`);
      expect((await walker.seat().ask('me')).person).toMatchObject({ login: 'newcomer', roles: ['auditor'] });
    }
    const made = await people.byLogin(other.stand.database, 'newcomer');
    expect((await audit.of(other.stand.database, 'person', made?.id ?? '')).map(({ act }) => act)).toEqual([
      'person added',
      'sign-in',
      'sign-in',
    ]);
    expect((await (await other.seat()).signIn('newcomer', '')).status).toBe(400);
    expect((await (await other.seat()).signIn('newcomer', 'x')).status).toBe(401);
    city = before;
    await other.close();
  });
});
