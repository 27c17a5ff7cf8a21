// Passwords as they are stored: argon2id, made anew when its cost has risen.
import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** Argon2id with the memory, passes and lanes that OWASP's password storage sheet names first (19 MiB, 2, 1). */
const argon2id = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The stored form of a password. */
export const hashPassword = (password: string): Promise<string> => hash(password, argon2id);

/** Was this stored with less cost than a password is stored with now? */
export function isCheap(stored: string): boolean {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(stored);
  if (!found) return true;
  return Number(found[1]) < argon2id.memoryCost || Number(found[2]) < argon2id.timeCost;
}

let nobody: Promise<string> | undefined;

/**
 * Is this the password of what is stored? Where nothing is stored it takes as long as with a wrong password, so that nobody
 * learns which logins there are.
 */
export async function isPassword(stored: string | undefined, password: string): Promise<boolean> {
  nobody ??= hashPassword(randomBytes(24).toString('base64url'));
  const against = stored === undefined || stored === '' ? await nobody : stored;
  const isRight = await verify(against, password);
  return isRight && against === stored;
}
