// The door: passwords, sessions, the CSRF token, and the lock after wrong passwords.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Topics } from '#core/appeal';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { newId } from '#core/ids';
import type { Person } from '#core/person';
import { csrfHeader } from '../contract.ts';
import { audit, people, type db } from '#store';
import { Refusal } from './problems.ts';

export interface Session {
  readonly tokenHash: string;
  readonly person: Person;
  readonly csrf: string;
  readonly expiresAtMs: number;
}

/** An appeal service and the token by which it is let in; without a token it is not let in. */
export interface AppealService {
  readonly name: string;
  readonly token: string | undefined;
  /** Its own topics and what they mean. */
  readonly topics: Topics;
}

export interface Door {
  /** The service whose token this request carries. Throws AUTH_NEEDED; a session of a person does not help. */
  serviceOf(request: { readonly headers: FastifyRequest['headers'] }): AppealService;
  /** Who sends this request; undefined when nobody is signed in. */
  sessionOf(request: { readonly cookies: Readonly<Record<string, string | undefined>> }): Promise<Session | undefined>;
  /** The same by the cookie's value, for sockets. */
  sessionByToken(token: string | undefined): Promise<Session | undefined>;
  /** Is this session still open? */
  sessionByHash(tokenHash: string): Promise<Session | undefined>;
  /** Throws AUTH_DENIED unless the request carries its session's token. */
  checkCsrf(session: Session, request: FastifyRequest): void;
  signIn(login: string, password: string, request: FastifyRequest, reply: FastifyReply): Promise<Session>;
  signOut(session: Session, reply: FastifyReply): Promise<void>;
  readonly cookieName: string;
}

export interface DoorOptions {
  readonly database: db.Database;
  readonly clock: Clock;
  readonly sessionH: number;
  readonly secureCookies: boolean;
  readonly services: readonly AppealService[];
}

/** A token that a machine made; a shorter one could be guessed. */
const tokenMin = 32;

const failuresMax = 5;
const lockS = 15 * 60;

/** Argon2id with the memory, passes and lanes that OWASP's password storage sheet names first (19 MiB, 2, 1). */
const argon2id = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The stored form of a password. */
export const hashPassword = (password: string): Promise<string> => hash(password, argon2id);

const tokenHashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Are two short texts equal, in a time that does not tell where they differ? */
export const sameText = (a: string, b: string): boolean => {
  const [left, right] = [createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest()];
  return timingSafeEqual(left, right);
};

const wrong = (): AhualError =>
  new AhualError('AUTH_WRONG', 'Login or password are wrong.', 'Try again, or ask your system administrator.');

/** Opens the door. A hash of a password that nobody has is made once, so that unknown logins take as long as known ones. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { database, clock, sessionH, secureCookies, services } = options;
  for (const { name, token } of services) {
    if (token === undefined || token.length >= tokenMin) continue;
    const message = `the token of the appeal service ${name} has fewer than ${tokenMin} characters.`;
    throw new AhualError('CONFIG_INVALID', message, 'Make one by `openssl rand -base64 32`.');
  }
  const nobody = await hashPassword(randomBytes(24).toString('base64url'));
  const cookieName = secureCookies ? '__Host-ahual' : 'ahual';
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: secureCookies } as const;

  const sessionByToken = async (token: string | undefined): Promise<Session | undefined> =>
    token === undefined || token === '' ? undefined : sessionByHash(tokenHashOf(token));

  async function sessionByHash(tokenHash: string): Promise<Session | undefined> {
    const session = await people.sessionByHash(database, tokenHash, clock.nowMs());
    if (!session) return undefined;
    const { person, csrf, expiresAtMs } = session;
    return { tokenHash, person, csrf, expiresAtMs };
  }

  async function refuseLocked(login: string): Promise<void> {
    const n = await people.failures(database, login, clock.nowMs() - lockS * 1000);
    if (n < failuresMax) return;
    const message = 'Too many wrong passwords for this login; it is closed for a while.';
    throw new Refusal(new AhualError('AUTH_WRONG', message, 'Wait, or ask your system administrator.'), {
      status: 429,
      retryAfterS: lockS,
    });
  }

  function serviceOf({ headers }: { readonly headers: FastifyRequest['headers'] }): AppealService {
    const given = /^Bearer ([\x21-\x7e]+)$/.exec(headers.authorization ?? '')?.[1];
    // Each is compared, so that the time taken tells nothing of which one it was nearly.
    const [found] = services.filter(
      ({ token }) => token !== undefined && given !== undefined && sameText(given, token),
    );
    if (found) return found;
    throw new AhualError('AUTH_NEEDED', 'This token is not known.', 'Send `authorization: Bearer` and the token.');
  }

  return {
    cookieName,
    serviceOf,
    sessionByToken,
    sessionByHash,
    sessionOf: (request) => sessionByToken(request.cookies[cookieName]),
    checkCsrf: (session, request) => {
      const given = request.headers[csrfHeader];
      if (typeof given === 'string' && sameText(given, session.csrf)) return;
      throw new AhualError('AUTH_DENIED', 'This request does not come from a page of yours.', 'Reload the page.');
    },
    signIn: async (login, password, request, reply) => {
      if (request.headers['sec-fetch-site'] === 'cross-site') throw wrong();
      await refuseLocked(login);
      const person = await people.byLogin(database, login);
      const right = await verify(person?.passwordHash ?? nobody, password);
      if (!person || !right || !person.active) {
        await database.transaction((tx) => people.recordFailure(tx, login, clock.nowMs(), request.ip));
        throw wrong();
      }
      const token = randomBytes(32).toString('base64url');
      const csrf = randomBytes(24).toString('base64url');
      const tokenHash = tokenHashOf(token);
      const expiresAtMs = clock.nowMs() + sessionH * 3_600_000;
      const userAgent = (request.headers['user-agent'] ?? '').slice(0, 200);
      await database.transaction(async (tx) => {
        await people.forgetFailures(tx, login);
        await people.createSession(tx, { tokenHash, personId: person.id, csrf, expiresAtMs, userAgent });
        await writeAct(tx, clock.nowMs(), person.id, 'sign-in', newId(clock));
      });
      void reply.setCookie(cookieName, token, { ...cookie, maxAge: Math.round(sessionH * 3600) });
      return { tokenHash, person, csrf, expiresAtMs };
    },
    signOut: async (session, reply) => {
      await database.transaction(async (tx) => {
        await people.endSession(tx, session.tokenHash);
        await writeAct(tx, clock.nowMs(), session.person.id, 'sign-out', newId(clock));
      });
      void reply.clearCookie(cookieName, cookie);
    },
  };
}

const writeAct = (tx: Parameters<typeof audit.write>[0], atMs: number, actor: string, act: string, id: string) =>
  audit.write(tx, { atMs, actor, act, objectKind: 'session', objectId: id, facts: {} });
