// Where the embedded database lives and under which user it runs.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The user "nobody": PostgreSQL refuses to run as root. */
const nobody = 65534;

export interface Place {
  /** Holds the data, the log, the secret and, for root, a copy of the programs. */
  readonly base: string;
  /** Set when the database must run under another user than this process. */
  readonly uid: number | undefined;
}

/** May any user enter this folder, that is, all folders above it and itself? */
export function isOpenTo(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const mode = statSync(at, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function aside(folder: string): string {
  const name = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 12);
  return join('/var/lib/ahual', name);
}

/**
 * The place for a wanted folder. An ordinary user gets that folder. Root gets it when the user nobody can enter it, else a
 * folder of its own below /var/lib/ahual (not /var/tmp: what lies there untouched for a month may be swept away).
 */
export function choosePlace(folder: string): Place {
  if (process.getuid?.() !== 0) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return { base: resolve(folder), uid: undefined };
  }
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  if (isOpenTo(folder)) return { base: resolve(folder), uid: nobody };
  const base = aside(folder);
  mkdirSync(base, { recursive: true });
  chmodSync(base, 0o711);
  return { base, uid: nobody };
}
