// The embedded database's port and passwords, kept in a file that only this user can read.
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { AhualError } from '#core/errors';

const Secret = z.object({ port: z.number().int(), owner: z.string().min(20), app: z.string().min(20) });
export type Secret = z.infer<typeof Secret>;

const fileOf = (base: string): string => join(base, 'secret.json');

/** A port of the loopback address that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Reads the secret of a folder, or makes it. Of two starts at the same time the first one's file counts. */
export async function keptSecret(base: string): Promise<Secret> {
  const word = (): string => randomBytes(24).toString('base64url');
  const made: Secret = { port: await freePort(), owner: word(), app: word() };
  try {
    writeFileSync(fileOf(base), JSON.stringify(made), { mode: 0o600, flag: 'wx' });
    return made;
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  }
  const read = Secret.safeParse(JSON.parse(readFileSync(fileOf(base), 'utf8')));
  if (read.success) return read.data;
  throw new AhualError(
    'CONFIG_INVALID',
    `${fileOf(base)} is damaged.`,
    'Restore it from a backup: it holds the passwords of the database beside it.',
  );
}

/** Keeps another port, after somebody else took the old one. */
export function keepPort(base: string, secret: Secret, port: number): Secret {
  const changed = { ...secret, port };
  writeFileSync(fileOf(base), JSON.stringify(changed), { mode: 0o600 });
  chmodSync(fileOf(base), 0o600);
  return changed;
}
