// Sign-in at the city's OpenID provider: authorization code with PKCE, state and nonce; a claim of it is the login here.
import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as openid from 'openid-client';
import type { Settings } from '#config';
import type { Clock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import type { Texts } from '#core/hazard-name';
import { newId, PersonId } from '#core/ids';
import type { Log } from '#core/log';
import { Person, type Role } from '#core/person';
import { accountActs, accountLinks, audit, people, type db } from '#store';
import { pathOf, rolesFault, type ProviderTrouble } from '../contract.ts';
import { tokenHashOf, type Door } from './door.ts';
import { serve } from './serve.ts';
import type { Glass } from './glass.ts';

/** Who goes to the provider has so long to come back. */
const attemptMs = 10 * 60_000;
const timeoutS = 10;

type ProviderSettings = Settings['dashboard']['provider'];

export interface Provider {
  readonly name: Texts;
  /** The address at the provider to go to; what must come back is kept under the hash of a cookie. */
  go(request: FastifyRequest, reply: FastifyReply): Promise<string>;
  /** Signs in who comes back, or tells what is in the way. */
  back(request: FastifyRequest, reply: FastifyReply): Promise<ProviderTrouble | undefined>;
}

export interface ProviderOptions {
  readonly settings: ProviderSettings;
  readonly secret: string | undefined;
  readonly database: db.Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly door: Door;
  readonly secureCookies: boolean;
  readonly factorRoles: readonly Role[];
  /** Address under which browsers know this product. */
  readonly publicUrl: () => string;
}

const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);

/** Refuses settings with which sign-in at a provider would not be safe. */
function checked(settings: ProviderSettings): URL {
  const issuer = new URL(settings.issuer ?? '');
  if (issuer.protocol !== 'https:' && !isLoopback(issuer)) {
    const message = `dashboard.provider.issuer is ${issuer.origin}, which is not https.`;
    throw new AhualError('CONFIG_INVALID', message, 'Give the https address of the provider.');
  }
  if (!settings.scope.split(' ').includes('openid')) {
    throw new AhualError('CONFIG_INVALID', 'dashboard.provider.scope lacks openid.', 'Write `openid profile`.');
  }
  if (settings.createRole !== null && rolesFault([settings.createRole], null) !== undefined) {
    const message = `dashboard.provider.createRole is ${settings.createRole}, which needs an agency.`;
    throw new AhualError('CONFIG_INVALID', message, 'Add people of agencies by hand.');
  }
  return issuer;
}

/** The provider of the settings; undefined where there is none. It is asked for its endpoints when the first one signs in. */
export function openProvider(options: ProviderOptions): Provider | undefined {
  const { settings, secret, database, clock, log, door, factorRoles } = options;
  if (settings.issuer === null) return undefined;
  const issuer = checked(settings);
  const cookieName = `${door.cookieName}-provider`;
  // Lax: the way back is a step from another site, on which a strict cookie would stay at home.
  const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure: options.secureCookies } as const;
  let found: Promise<openid.Configuration> | undefined;

  const discovered = (): Promise<openid.Configuration> => {
    found ??= openid
      .discovery(
        issuer,
        settings.clientId,
        undefined,
        secret === undefined ? openid.None() : openid.ClientSecretPost(secret),
        {
          timeout: timeoutS,
          execute: issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : [],
        },
      )
      .catch((thrown: unknown) => {
        found = undefined;
        throw thrown;
      });
    return found;
  };

  const backUrl = (): string => `${options.publicUrl().replace(/\/$/, '')}${pathOf('fromProvider')}`;

  async function loginOf(
    config: openid.Configuration,
    tokens: Awaited<ReturnType<typeof openid.authorizationCodeGrant>>,
  ) {
    const claims = tokens.claims();
    if (!claims) return undefined;
    const own = claims[settings.loginClaim];
    const claim = own ?? (await openid.fetchUserInfo(config, tokens.access_token, claims.sub))[settings.loginClaim];
    const amr = Array.isArray(claims['amr']) ? claims['amr'].map(String) : [];
    return typeof claim === 'string' ? { login: claim.trim().toLowerCase(), amr } : undefined;
  }

  /** A person whom nobody added here, where the settings let the provider add people. */
  async function created(login: string): Promise<Person | undefined> {
    const { createRole } = settings;
    const made = Person.safeParse({
      id: PersonId.parse(newId(clock)),
      login,
      name: login,
      roles: [createRole],
      agencyId: null,
      language: 'kk',
      active: true,
    });
    if (createRole === null || !made.success) return undefined;
    const person = made.data;
    return database.transaction(async (tx) => {
      await accountActs.lockPeople(tx);
      const first = await people.byLogin(tx, login);
      if (first) return first;
      await people.insert(tx, person, '');
      await audit.write(tx, {
        atMs: clock.nowMs(),
        actor: 'provider',
        act: 'person added',
        objectKind: 'person',
        objectId: person.id,
        facts: { after: createRole, login },
      });
      return person;
    });
  }

  return {
    name: settings.name,
    go: async (_request, reply) => {
      const config = await discovered();
      const token = randomBytes(32).toString('base64url');
      const attempt = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        verifier: openid.randomPKCECodeVerifier(),
      };
      await database.transaction((tx) =>
        accountLinks.keepAttempt(tx, tokenHashOf(token), attempt, clock.nowMs() + attemptMs),
      );
      void reply.setCookie(cookieName, token, { ...cookie, maxAge: attemptMs / 1000 });
      return openid.buildAuthorizationUrl(config, {
        redirect_uri: backUrl(),
        scope: settings.scope,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
        // How somebody signed in there is told only to who asks for it.
        ...(factorRoles.length > 0 && config.serverMetadata().claims_parameter_supported === true
          ? { claims: JSON.stringify({ id_token: { amr: null } }) }
          : {}),
      }).href;
    },
    back: async (request, reply) => {
      const token = request.cookies[cookieName];
      void reply.clearCookie(cookieName, cookie);
      const attempt =
        token === undefined
          ? undefined
          : await database.transaction((tx) => accountLinks.takeAttempt(tx, tokenHashOf(token), clock.nowMs()));
      if (!attempt) return 'expired';
      let who: { login: string; amr: readonly string[] } | undefined;
      try {
        const config = await discovered();
        const url = new URL(backUrl());
        url.search = new URL(request.url, options.publicUrl()).search;
        const tokens = await openid.authorizationCodeGrant(config, url, {
          expectedState: attempt.state,
          expectedNonce: attempt.nonce,
          pkceCodeVerifier: attempt.verifier,
          idTokenExpected: true,
        });
        who = await loginOf(config, tokens);
      } catch (thrown) {
        log.warn({ error: messageOf(thrown) }, 'a sign-in at the provider did not succeed');
        return 'refused';
      }
      if (!who) return 'refused';
      const { login, amr } = who;
      const known = await people.byLogin(database, login);
      const person = known ? Person.parse(known) : await created(login);
      if (!person?.active) return 'unknown';
      const isDemanded = person.roles.some((role) => factorRoles.includes(role));
      if (isDemanded && !amr.some((method) => settings.secondFactorAmr.includes(method))) return 'factor';
      await door.letIn(person, 'provider', request, reply);
      return undefined;
    },
  };
}

/** The two steps to the provider and back; trouble is told on the sign-in page. */
export function openProviderRoutes({ app, door, log }: Glass, provider: Provider | undefined): void {
  const toPage = (reply: FastifyReply, trouble?: ProviderTrouble): void => {
    void reply.redirect(trouble === undefined ? '/' : `/#/provider/${trouble}`, 303);
  };

  serve(app, door, 'toProvider', async ({ request, reply }) => {
    if (!provider) throw new AhualError('NOT_FOUND', 'No provider is set up here.', 'Sign in by password.');
    try {
      void reply.redirect(await provider.go(request, reply), 303);
    } catch (thrown) {
      log.warn({ error: messageOf(thrown) }, 'the OpenID provider does not answer');
      toPage(reply, 'down');
    }
    return undefined;
  });

  serve(app, door, 'fromProvider', async ({ request, reply }) => {
    if (!provider) throw new AhualError('NOT_FOUND', 'No provider is set up here.', 'Sign in by password.');
    toPage(reply, await provider.back(request, reply));
    return undefined;
  });
}
