// Routes before and around signing in.
import { feed } from '#store';
import type { Me } from '../contract.ts';
import { agencyName } from './register.ts';
import type { Session } from './door.ts';
import type { Glass } from './glass.ts';
import { permissionsOf } from './may.ts';
import { serve } from './serve.ts';

async function meOf({ database, clock, city, register, version }: Glass, { person, csrf }: Session): Promise<Me> {
  const { id, login, name, roles, agencyId, language } = person;
  return {
    person: { id, login, name, roles, agencyId, language },
    agency: agencyId === null ? null : agencyName(register, agencyId),
    permissions: permissionsOf(person),
    csrf,
    city: city.word,
    version,
    nowMs: clock.nowMs(),
    feed: await feed.last(database),
  };
}

/** Healthz, the sign-in page's words, sign-in, sign-out, me, and the city's outlines. */
export function openEntrance(glass: Glass, signedOut: (tokenHash: string) => void): void {
  const { app, door, database, city, version } = glass;

  serve(app, door, 'healthz', async () => {
    // Asks the database, because a dashboard that cannot read it helps nobody; STORE_UNREACHABLE answers 503.
    await feed.last(database);
    return { ok: true, version };
  });

  serve(app, door, 'welcome', () => Promise.resolve({ city: city.word.name, version }));

  serve(app, door, 'signIn', async ({ body, request, reply }) =>
    meOf(glass, await door.signIn(body.login.trim().toLowerCase(), body.password, request, reply)),
  );

  serve(app, door, 'signOut', async ({ session, reply }) => {
    await door.signOut(session, reply);
    signedOut(session.tokenHash);
    return {};
  });

  serve(app, door, 'me', ({ session }) => meOf(glass, session));

  serve(app, door, 'city', () => Promise.resolve(city.map));
}
