// How wrong passwords close the door for a while, and for whom: a stranger's guesses slow strangers down, never a known seat.
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { accountSessions, people, type db } from '#store';
import { deviceKeptMs } from './door.ts';
import { Refusal } from './problems.ts';

/** So many wrong ones for a login close it for strangers, or for the one seat where they were made. */
const loginMax = 5;
/** So many wrong ones from one address, over all logins, close it for strangers behind it. */
const addressMax = 60;
const lockMs = 15 * 60_000;

export interface Try {
  readonly login: string;
  readonly address: string;
  /** Hash of the cookie by which the browser is known. */
  readonly deviceHash: string | undefined;
}

export interface Lock {
  /** Throws a refusal with the seconds to wait while the door is closed for this one; else gives what a failure is counted on. */
  pass(tried: Try): Promise<{ readonly deviceHash: string | null }>;
  /** Notes a wrong password or code. */
  failed(tried: Try, counted: { readonly deviceHash: string | null }): Promise<void>;
}

/** Opens the lock of the sign-in. */
export function openLock(database: db.Database, clock: Clock): Lock {
  async function closedForMs(counted: accountSessions.Counted, max: number): Promise<number> {
    const nowMs = clock.nowMs();
    const moments = await accountSessions.failuresOf(database, counted, nowMs - lockMs, max);
    const oldest = moments.at(-1);
    // Tries at a closed door are not counted, so it opens by itself when the oldest of these is old enough.
    return oldest === undefined || moments.length < max ? 0 : oldest + lockMs - nowMs;
  }

  return {
    pass: async ({ login, address, deviceHash }) => {
      const isKnown =
        deviceHash !== undefined &&
        (await accountSessions.isKnown(database, deviceHash, login, clock.nowMs() - deviceKeptMs));
      const waitMs = isKnown
        ? await closedForMs({ by: 'device', deviceHash, login }, loginMax)
        : Math.max(
            await closedForMs({ by: 'login', login }, loginMax),
            await closedForMs({ by: 'address', address }, addressMax),
          );
      if (waitMs <= 0) return { deviceHash: isKnown ? deviceHash : null };
      const retryAfterS = Math.ceil(waitMs / 1000);
      const minutes = Math.ceil(retryAfterS / 60);
      const message = `Too many wrong passwords; from here this login is closed for ${minutes} min more.`;
      const cure =
        'Wait, sign in at a seat where you have signed in before, or ask your system administrator for a link.';
      throw new Refusal(new AhualError('AUTH_WRONG', message, cure), { status: 429, retryAfterS });
    },
    failed: async ({ login, address }, { deviceHash }) => {
      await database.transaction((tx) => people.recordFailure(tx, login, clock.nowMs(), address, deviceHash));
    },
  };
}
