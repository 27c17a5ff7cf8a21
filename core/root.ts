// The checkout's folder, built or not: weights, SQL, pages and city data are read from there.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function find(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'config', 'ahual.yml'))) return folder;
    const up = dirname(folder);
    if (up === folder) throw new Error(`no checkout of Ahual above ${fileURLToPath(import.meta.url)}`);
    folder = up;
  }
}

let found: string | undefined;

/** Absolute path of something in the checkout. */
export function inRoot(...parts: string[]): string {
  found ??= find();
  return join(found, ...parts);
}
