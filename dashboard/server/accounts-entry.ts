// The way in: password, then a one-time code where one is on or demanded; and a person's own password asked for again.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { Person, type Role } from '#core/person';
import { audit, people, type db } from '#store';
import { passwordFault, type FactorOffer, type PasswordFault } from '../contract.ts';
import type { Factors } from './accounts-factor.ts';
import type { Lock, Try } from './accounts-lock.ts';
import { hashPassword, isCheap, isPassword } from './accounts-password.ts';
import type { Door, Session } from './door.ts';
import { Refusal } from './problems.ts';

export interface Given {
  readonly login: string;
  readonly password: string;
  readonly code?: string | undefined;
}

export interface Entry {
  /** Signs in, or throws what is missing: the right password, a code, a second factor. */
  signIn(given: Given, request: FastifyRequest, reply: FastifyReply): Promise<Session>;
  /** A second factor for somebody whose role demands one and who has none. */
  offer(given: Given, request: FastifyRequest): Promise<FactorOffer>;
  /** The first code of it; signs in and gives the recovery codes. */
  confirm(given: Given, request: FastifyRequest, reply: FastifyReply): Promise<{ session: Session; codes: string[] }>;
  /** Throws unless this is the person's own password; wrong ones count as at the door. */
  again(person: Person, password: string, request: FastifyRequest): Promise<void>;
  /** Throws unless this is a code of the person; wrong ones count as wrong passwords. For who is signed in. */
  ownCode(person: Person, code: string, request: FastifyRequest): Promise<void>;
  /** Do the roles of this person demand a second factor? */
  demands(person: { readonly roles: readonly Role[] }): boolean;
}

const wrong = (): AhualError =>
  new AhualError('AUTH_WRONG', 'Login or password are wrong.', 'Try again, or ask your system administrator.');

const wrongCode = (status: 401 | 403): Refusal =>
  new Refusal(
    new AhualError(
      'AUTH_WRONG',
      'This code is wrong, too old or was used before.',
      'Wait for the next code and type that.',
    ),
    { status, step: 'code' },
  );

const faults: Readonly<Record<PasswordFault, string>> = {
  short: 'This password is too short: it needs 12 characters.',
  long: 'This password is too long: 200 characters are the most.',
  login: 'This password is hardly more than the login.',
  same: 'This password is one character again and again.',
};

/** Throws REQUEST_INVALID where a new password is too easy to guess. */
export function refuseWeak(password: string, login: string): void {
  const fault = passwordFault(password, login);
  if (fault)
    throw new AhualError('REQUEST_INVALID', faults[fault], 'Take a few words that only you would put together.');
}

/** Refuses forms that another site sends: there is no session yet whose token could be asked for. */
export function refuseForeign(request: FastifyRequest): void {
  if (request.headers['sec-fetch-site'] === 'cross-site') throw wrong();
}

/** Opens the way in. `emergencyLogin`: the one login that may use a password while a provider is there. */
export function openEntry(options: {
  readonly door: Door;
  readonly database: db.Database;
  readonly clock: Clock;
  readonly lock: Lock;
  readonly factors: Factors;
  readonly factorRoles: readonly Role[];
  readonly emergencyLogin: string | null;
}): Entry {
  const { door, database, clock, lock, factors, factorRoles, emergencyLogin } = options;
  const tryOf = (login: string, request: FastifyRequest): Try => ({
    login,
    address: request.ip,
    deviceHash: door.deviceOf(request),
  });
  const demands: Entry['demands'] = ({ roles }) => roles.some((role) => factorRoles.includes(role));

  /** The person with this login and password; a wrong one is counted. */
  async function known({ login, password }: Given, request: FastifyRequest): Promise<Person> {
    refuseForeign(request);
    if (emergencyLogin !== null && login !== emergencyLogin) {
      const message = 'Here people sign in with their city account, not by password.';
      throw new AhualError('AUTH_DENIED', message, 'Press the button of the city account.');
    }
    const tried = tryOf(login, request);
    const counted = await lock.pass(tried);
    const person = await people.byLogin(database, login);
    const isRight = await isPassword(person?.passwordHash, password);
    if (!person || !isRight || !person.active) {
      await lock.failed(tried, counted);
      throw wrong();
    }
    if (isCheap(person.passwordHash)) {
      const costlier = await hashPassword(password);
      await database.transaction((tx) => people.storeHash(tx, person.id, person.passwordHash, costlier));
    }
    return Person.parse(person);
  }

  async function useCode(
    person: Person,
    code: string,
    request: FastifyRequest,
    status: 401 | 403 = 401,
  ): Promise<void> {
    const tried = tryOf(person.login, request);
    const counted = await lock.pass(tried);
    if (await database.transaction((tx) => factors.use(tx, person.id, code))) return;
    await lock.failed(tried, counted);
    throw wrongCode(status);
  }

  async function toSetUp(given: Given, request: FastifyRequest): Promise<Person> {
    const person = await known(given, request);
    if (!demands(person) || (await factors.isOn(person.id))) {
      throw new AhualError('AUTH_DENIED', 'No second factor is to be set up here.', 'Sign in.');
    }
    return person;
  }

  return {
    demands,
    ownCode: (person, code, request) => useCode(person, code, request, 403),
    signIn: async (given, request, reply) => {
      const person = await known(given, request);
      if (await factors.isOn(person.id)) {
        if (given.code === undefined) {
          const message = 'A one-time code is needed.';
          const cure = 'Type the six digits that your authenticator shows, or a recovery code.';
          throw new Refusal(new AhualError('AUTH_NEEDED', message, cure), { status: 401, step: 'code' });
        }
        await useCode(person, given.code, request);
      } else if (demands(person)) {
        const message = 'Your role needs a second factor, and none is set up.';
        throw new Refusal(new AhualError('AUTH_NEEDED', message, 'Set one up now.'), { status: 401, step: 'set-up' });
      }
      return door.letIn(person, 'password', request, reply);
    },
    offer: async (given, request) => factors.offer(await toSetUp(given, request)),
    confirm: async (given, request, reply) => {
      const person = await toSetUp(given, request);
      await useCode(person, given.code ?? '', request);
      const codes = await database.transaction(async (tx) => {
        await audit.write(tx, {
          atMs: clock.nowMs(),
          actor: person.id,
          act: 'second factor on',
          objectKind: 'person',
          objectId: person.id,
          facts: {},
        });
        return factors.newCodes(tx, person.id);
      });
      return { session: await door.letIn(person, 'password', request, reply), codes };
    },
    again: async (person, password, request) => {
      const tried = tryOf(person.login, request);
      const counted = await lock.pass(tried);
      const stored = (await people.byLogin(database, person.login))?.passwordHash;
      if (await isPassword(stored, password)) return;
      await lock.failed(tried, counted);
      // Not 401: the session is good, only this password is not.
      throw new Refusal(new AhualError('AUTH_WRONG', 'This is not your password.', 'Type the one you sign in with.'), {
        status: 403,
      });
    },
  };
}
