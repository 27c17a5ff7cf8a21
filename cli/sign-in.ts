// Who stands at the command line: a login and its password, as at the door of the dashboard, for acts that people sign.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { verify } from '@node-rs/argon2';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import type { Person, Role } from '#core/person';
import { people, type Database } from '#store';

const failuresMax = 5;
const lockMs = 15 * 60_000;

/** The password from the environment (AHUAL_PASSWORD), else typed without being shown, else the first line of stdin. */
export async function askPassword(login: string): Promise<string> {
  const given = process.env['AHUAL_PASSWORD'];
  if (given !== undefined) return given;
  const isTerminal = process.stdin.isTTY;
  if (isTerminal) process.stderr.write(`password of ${login}: `);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: isTerminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
}

/**
 * The person with this login and password, active and with one of the roles. Throws AUTH_WRONG, AUTH_DENIED. Wrong passwords
 * count as at the door: five within a quarter of an hour close the login.
 */
export async function signedIn(
  database: Database,
  clock: Clock,
  given: { readonly login: string; readonly password: string; readonly roles: readonly Role[]; readonly act: string },
): Promise<Person> {
  const { login, password, roles, act } = given;
  if ((await people.failures(database, login, clock.nowMs() - lockMs)) >= failuresMax) {
    throw new AhualError('AUTH_WRONG', `too many wrong passwords for ${login}.`, 'Wait a quarter of an hour.');
  }
  const person = await people.byLogin(database, login);
  const isRight = person !== undefined && person.active && (await verify(person.passwordHash, password));
  if (!isRight) {
    await database.transaction((tx) => people.recordFailure(tx, login, clock.nowMs(), 'command line'));
    throw new AhualError('AUTH_WRONG', 'Login or password are wrong.', 'Try again, or ask your system administrator.');
  }
  if (!person.roles.some((role) => roles.includes(role))) {
    throw new AhualError('AUTH_DENIED', `${login} may not ${act}.`, `It takes the role ${roles.join(' or ')}.`);
  }
  return person;
}
