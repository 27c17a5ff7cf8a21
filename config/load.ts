// The settings of a process: file, then environment. Frozen; never written back.
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { stringify, parse } from 'yaml';
import { z } from 'zod';
import { AhualError } from '#core/errors';
import { inRoot } from '#core/root';
import { parseYaml } from './explain.ts';
import { Settings } from './schema.ts';
import type { Environment } from './secrets.ts';

/** A path of a setting: absolute as it is, relative ones from the checkout. */
export const pathOf = (path: string): string => (isAbsolute(path) ? path : inRoot(path));

function keysOf(schema: z.ZodType): string[] {
  const json = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node && typeof node.properties === 'object' && node.properties !== null) {
      for (const [key, value] of Object.entries(node.properties)) {
        found.add(key);
        walk(value);
      }
    }
  };
  walk(json);
  return [...found];
}

/** AHUAL_DASHBOARD_PORT=8200 → dashboard.port; the value is read as YAML, so numbers and lists work. */
function fromEnvironment(env: Environment, settings: unknown): unknown {
  const out: Record<string, unknown> = z.record(z.string(), z.unknown()).parse(structuredClone(settings));
  for (const [name, text] of Object.entries(env)) {
    const match = /^AHUAL_SET_([A-Z0-9_]+)$/.exec(name);
    if (!match || text === undefined) continue;
    const parts = (match[1] ?? '').split('__');
    let node = out;
    parts.forEach((part, index) => {
      const key = Object.keys(node).find((k) => k.toUpperCase() === part) ?? part.toLowerCase();
      if (index === parts.length - 1) {
        node[key] = parse(text);
        return;
      }
      const next = z.record(z.string(), z.unknown()).safeParse(node[key]);
      const child = next.success ? next.data : {};
      node[key] = child;
      node = child;
    });
  }
  return out;
}

export interface Loaded {
  readonly settings: Settings;
  /** The file that was read, for messages. */
  readonly file: string;
}

/**
 * Reads `AHUAL_CONFIG` (or the demo city's file when it is unset) and applies AHUAL_SET_SECTION__KEY from the environment.
 * Throws CONFIG_INVALID with file:line for each complaint.
 */
export function loadConfig(env: Environment): Loaded {
  const path = pathOf(env['AHUAL_CONFIG'] ?? 'config/demo.yml');
  const file = isAbsolute(env['AHUAL_CONFIG'] ?? '') ? path : relative(inRoot(), path);
  if (!existsSync(path)) {
    throw new AhualError(
      'CONFIG_MISSING',
      `AHUAL_CONFIG names ${file}, which is not there.`,
      'Copy config/ahual.yml and edit it.',
    );
  }
  const fromFile = parseYaml(file, readFileSync(path, 'utf8'), Settings, keysOf(Settings));
  const merged = fromEnvironment(env, fromFile);
  const settings = parseYaml('environment (AHUAL_SET_…)', stringify(merged), Settings, keysOf(Settings));
  return { settings: Object.freeze(settings), file };
}

/** The schema for editors: JSON Schema of the settings file. */
export const settingsJsonSchema = (): unknown => z.toJSONSchema(Settings, { io: 'input', unrepresentable: 'any' });
