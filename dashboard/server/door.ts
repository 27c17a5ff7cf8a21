// The door: sessions, the CSRF token, the cookie by which a seat is known, and the tokens of services.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Topics } from '#core/appeal';
import type { Clock } from '#core/clock';
import { AhualError, type Facts } from '#core/errors';
import type { Person } from '#core/person';
import { csrfHeader } from '../contract.ts';
import type { Guard } from './limits.ts';
import { holdsAt } from '#core/bounds';
import { accountSessions, audit, people, type db } from '#store';

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
  /** What people with limited roles may ask of which thing. */
  readonly guard: Guard;
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
  /** Opens a session of this person in the browser that asks, and writes it down. */
  letIn(person: Person, way: people.SessionWay, request: FastifyRequest, reply: FastifyReply): Promise<Session>;
  /** The hash of the cookie by which this browser is known, when it has one. */
  deviceOf(request: { readonly cookies: Readonly<Record<string, string | undefined>> }): string | undefined;
  signOut(session: Session, reply: FastifyReply): Promise<void>;
  readonly cookieName: string;
}

export interface DoorOptions {
  readonly guard: Guard;
  readonly database: db.Database;
  readonly clock: Clock;
  readonly sessionH: number;
  /** Length of a session of the wall, which only looks. */
  readonly wallSessionD: number;
  readonly secureCookies: boolean;
  readonly services: readonly AppealService[];
}

/** A token that a machine made; a shorter one could be guessed. */
const tokenMin = 32;

/** A browser in which nobody signed in for so long is not known any more. */
export const deviceKeptMs = 180 * 86_400_000;

/** Wrong passwords are of no use after this. */
const failuresKeptMs = 7 * 86_400_000;

/** How fresh the moment of the last use is kept. */
const seenEveryMs = 60_000;

/** What is kept of a token: its SHA-256. */
export const tokenHashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Are two short texts equal, in a time that does not tell where they differ? */
export const sameText = (a: string, b: string): boolean => {
  const [left, right] = [createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest()];
  return timingSafeEqual(left, right);
};

/** Opens the door. Throws CONFIG_INVALID where the token of an appeal service could be guessed. */
export function openDoor(options: DoorOptions): Door {
  const { database, clock, sessionH, wallSessionD, secureCookies, services } = options;
  for (const { name, token } of services) {
    if (token === undefined || token.length >= tokenMin) continue;
    const message = `the token of the appeal service ${name} has fewer than ${tokenMin} characters.`;
    throw new AhualError('CONFIG_INVALID', message, 'Make one by `openssl rand -base64 32`.');
  }
  const cookieName = secureCookies ? '__Host-ahual' : 'ahual';
  const deviceName = `${cookieName}-seat`;
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: secureCookies } as const;

  const sessionByToken = async (token: string | undefined): Promise<Session | undefined> =>
    token === undefined || token === '' ? undefined : sessionByHash(tokenHashOf(token));

  async function sessionByHash(tokenHash: string): Promise<Session | undefined> {
    const session = await people.sessionByHash(database, tokenHash, clock.nowMs());
    if (!session) return undefined;
    const { person, csrf, expiresAtMs, seenAtMs } = session;
    const nowMs = clock.nowMs();
    if (holdsAt(person, nowMs) !== 'yes') return undefined;
    if (nowMs - seenAtMs >= seenEveryMs) await accountSessions.seen(database, tokenHash, nowMs);
    return { tokenHash, person, csrf, expiresAtMs };
  }

  /** The wall stays signed in for weeks, since nobody stands before it; it can only look. */
  const lengthMs = ({ roles }: Person): number =>
    roles.every((role) => role === 'wall') ? wallSessionD * 86_400_000 : sessionH * 3_600_000;

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
    guard: options.guard,
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
    deviceOf: ({ cookies }) => {
      const token = cookies[deviceName];
      return token === undefined || token === '' ? undefined : tokenHashOf(token);
    },
    letIn: async (person, way, request, reply) => {
      const nowMs = clock.nowMs();
      refuseOutside(person, nowMs);
      // A browser is known by a cookie of its own, so that strangers' wrong passwords never close a login for those who use it.
      const seat = request.cookies[deviceName] ?? randomBytes(24).toString('base64url');
      const token = randomBytes(32).toString('base64url');
      const csrf = randomBytes(24).toString('base64url');
      const tokenHash = tokenHashOf(token);
      const expiresAtMs = nowMs + lengthMs(person);
      const userAgent = (request.headers['user-agent'] ?? '').slice(0, 200);
      const session = { tokenHash, personId: person.id, csrf, expiresAtMs, userAgent, way, address: request.ip };
      await database.transaction(async (tx) => {
        await people.forgetFailures(tx, person.login);
        await people.createSession(tx, { ...session, atMs: nowMs });
        await accountSessions.know(tx, tokenHashOf(seat), person.id, nowMs);
        await accountSessions.sweep(tx, nowMs, nowMs - failuresKeptMs);
        await writeAct(tx, nowMs, person.id, 'sign-in', { way, address: request.ip });
      });
      void reply.setCookie(cookieName, token, { ...cookie, maxAge: Math.round((expiresAtMs - nowMs) / 1000) });
      void reply.setCookie(deviceName, seat, { ...cookie, maxAge: Math.round(deviceKeptMs / 1000) });
      return { tokenHash, person, csrf, expiresAtMs };
    },
    signOut: async (session, reply) => {
      await database.transaction(async (tx) => {
        await people.endSession(tx, session.tokenHash);
        await writeAct(tx, clock.nowMs(), session.person.id, 'sign-out', {});
      });
      void reply.clearCookie(cookieName, cookie);
    },
  };
}

/** Throws AUTH_DENIED where the roles of this person do not hold yet, or no more. */
function refuseOutside(person: Person, nowMs: number): void {
  const holds = holdsAt(person, nowMs);
  if (holds === 'yes') return;
  const cure = 'Ask your system administrator.';
  if (holds === 'over') throw new AhualError('AUTH_DENIED', 'Your access has ended.', cure);
  throw new AhualError('AUTH_DENIED', 'Your access has not begun yet.', cure);
}

const writeAct = (tx: db.Tx, atMs: number, personId: string, act: string, facts: Facts) =>
  audit.write(tx, { atMs, actor: personId, act, objectKind: 'person', objectId: personId, facts });
