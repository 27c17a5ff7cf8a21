// Secrets: from the environment or from files that the environment names (NAME_FILE). Never printed, never logged.
import { existsSync, readFileSync } from 'node:fs';
import { AhualError } from '#core/errors';
import type { Secrets } from './schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** NAME, or the first line of the file that NAME_FILE points to. */
export function secretOf(env: Environment, name: string): string | undefined {
  const file = env[`${name}_FILE`];
  if (file === undefined) return env[name] === '' ? undefined : env[name];
  if (!existsSync(file)) {
    throw new AhualError(
      'CONFIG_MISSING',
      `${name}_FILE names ${file}, which is not there.`,
      'Create the file or unset it.',
    );
  }
  return readFileSync(file, 'utf8').split('\n')[0]?.trim();
}

/** Reads all secrets of a process. */
export function readSecrets(env: Environment): Secrets {
  return {
    databaseUrl: secretOf(env, 'DATABASE_URL'),
    databaseOwnerUrl: secretOf(env, 'DATABASE_OWNER_URL'),
    redisUrl: secretOf(env, 'REDIS_URL'),
    emailPassword: secretOf(env, 'AHUAL_EMAIL_PASSWORD'),
    webhookKey: secretOf(env, 'AHUAL_WEBHOOK_KEY'),
    factorKey: secretOf(env, 'AHUAL_FACTOR_KEY'),
    providerSecret: secretOf(env, 'AHUAL_PROVIDER_SECRET'),
    appealToken: (service) => secretOf(env, `AHUAL_APPEALS_${service.toUpperCase().replaceAll('-', '_')}`),
    camera: (name) => secretOf(env, `AHUAL_CAMERA_${name.toUpperCase().replaceAll('-', '_')}`),
  };
}
