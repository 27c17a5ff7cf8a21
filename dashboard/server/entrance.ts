// Routes before and around signing in.
import { accountLinks, accountSessions, feed, people } from '#store';
import { AhualError } from '#core/errors';
import type { Person } from '#core/person';
import type { Me } from '../contract.ts';
import { refuseForeign, refuseWeak, type Entry } from './accounts-entry.ts';
import { hashPassword } from './accounts-password.ts';
import { agencyName } from './register.ts';
import { tokenHashOf, type Session } from './door.ts';
import type { Glass } from './glass.ts';
import { permissionsOf } from './may.ts';
import type { Provider } from './oidc.ts';
import { serve } from './serve.ts';

async function meOf({ database, clock, city, register, version }: Glass, { person, csrf }: Session): Promise<Me> {
  const { id, login, name, roles, agencyId, language } = person;
  return {
    person: { id, login, name, roles, agencyId, language },
    agency: agencyId === null ? null : agencyName(register, agencyId),
    permissions: permissionsOf(person),
    limits: person.bounds
      ? {
          groups: person.bounds.groups?.flatMap((group) => register.group(group)?.group.name ?? []) ?? null,
          untilMs: person.bounds.untilMs,
          historyFromMs: person.bounds.historyFromMs,
        }
      : null,
    csrf,
    city: city.word,
    version,
    nowMs: clock.nowMs(),
    feed: await feed.last(database),
  };
}

const loginOf = (typed: string): string => typed.trim().toLowerCase();

/** A screen in a hall has no keyboard: its link alone lets it in. */
export const isWall = ({ roles }: Pick<Person, 'roles'>): boolean => roles.every((role) => role === 'wall');

/** What the entrance is given besides the glass. */
export interface EntranceParts {
  readonly entry: Entry;
  readonly provider: Provider | undefined;
  readonly emergencyLogin: string | null;
  readonly signedOut: (tokenHash: string) => void;
}

/** Healthz, the sign-in page's words, sign-in in its steps, one-time links, sign-out, me, and the city's outlines. */
export function openEntrance(glass: Glass, { entry, provider, emergencyLogin, signedOut }: EntranceParts): void {
  const { app, door, database, clock, city, version } = glass;

  serve(app, door, 'healthz', async () => {
    // Asks the database, because a dashboard that cannot read it helps nobody; STORE_UNREACHABLE answers 503.
    await feed.last(database);
    return { ok: true, version };
  });

  serve(app, door, 'welcome', () => Promise.resolve({ city: city.word.name, version }));

  serve(app, door, 'signInWays', () =>
    Promise.resolve({
      provider: provider?.name ?? null,
      password: emergencyLogin === null ? ('everyone' as const) : ('emergency' as const),
    }),
  );

  serve(app, door, 'signIn', async ({ body, request, reply }) =>
    meOf(glass, await entry.signIn({ ...body, login: loginOf(body.login) }, request, reply)),
  );

  serve(app, door, 'offerFactorAtDoor', ({ body, request }) =>
    entry.offer({ ...body, login: loginOf(body.login) }, request),
  );

  serve(app, door, 'confirmFactorAtDoor', async ({ body, request, reply }) => {
    const { session, codes } = await entry.confirm({ ...body, login: loginOf(body.login) }, request, reply);
    return { me: await meOf(glass, session), codes };
  });

  /** Whose link this is, as long as it holds and the person may come in. */
  async function invited(token: string): Promise<Person> {
    const personId = await accountLinks.ownerOf(database, tokenHashOf(token), clock.nowMs());
    const person = personId === undefined ? undefined : await people.byId(database, personId);
    if (person?.active === true) return person;
    const cure = 'Ask your system administrator for a new one.';
    throw new AhualError('NOT_FOUND', 'This link was used already, or its time is over.', cure);
  }

  serve(app, door, 'openInvitation', async ({ body, request }) => {
    refuseForeign(request);
    const person = await invited(body.token);
    return { login: person.login, name: person.name, roles: person.roles, wall: isWall(person) };
  });

  serve(app, door, 'acceptInvitation', async ({ body, request, reply }) => {
    refuseForeign(request);
    const person = await invited(body.token);
    const { id, login } = person;
    if (!isWall(person)) refuseWeak(body.password ?? '', login);
    const hash = isWall(person) ? undefined : await hashPassword(body.password ?? '');
    const ended = await database.transaction(async (tx) => {
      const used = await accountLinks.use(tx, tokenHashOf(body.token), clock.nowMs());
      if (used !== id) throw new AhualError('NOT_FOUND', 'This link was just used.', 'Sign in.');
      if (hash === undefined) return [];
      const open = await accountSessions.endAll(tx, id);
      await people.setPassword(tx, id, hash, clock.nowMs());
      return open;
    });
    ended.forEach(signedOut);
    if (hash !== undefined) return { login, me: null };
    return { login, me: await meOf(glass, await door.letIn(person, 'link', request, reply)) };
  });

  serve(app, door, 'signOut', async ({ session, reply }) => {
    await door.signOut(session, reply);
    signedOut(session.tokenHash);
    return {};
  });

  serve(app, door, 'me', ({ session }) => meOf(glass, session));

  serve(app, door, 'city', () => Promise.resolve(city.map));
}
