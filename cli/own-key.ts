// The key of second factors of an installation on one machine: made once, kept beside its database, readable by its owner alone.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '#config';

/** The key in the data folder, made there at the first start; undefined where the environment names a file of its own. */
export function ownFactorKey(folder: string, env: Environment): string | undefined {
  if (env['AHUAL_FACTOR_KEY_FILE'] !== undefined) return undefined;
  const file = join(folder, 'factor-key');
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}
