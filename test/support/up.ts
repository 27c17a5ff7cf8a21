// `ahual up` as a person starts it: a process of its own, which a test may kill, with all that it started.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryOf } from '#core/entry';
import { takeSeat, type Seat } from '../../cli/measure/seat.ts';
import { freePort } from '../../cli/stand.ts';
import { endEmbedded } from '../../store/embedded.ts';
import { choosePlace } from '../../store/embedded/place.ts';

/** What stays the same over all starts: folder, ports, and the word that opens the simulated world. */
export interface Site {
  readonly folder: string;
  readonly url: string;
  readonly world: { readonly url: string; readonly token: string };
  /** Settings and secrets of every start; a test may add to them before the first. */
  readonly env: Record<string, string | undefined>;
  readonly ports: readonly number[];
  /** Sign-ins by login, as the first start printed them. */
  readonly passwords: Map<string, string>;
  /** The embedded database's data folder. */
  readonly data: string;
  seat(login: string): Promise<Seat>;
  /** Ends a database that is still there and removes the folder. */
  remove(): Promise<void>;
}

/** A fresh folder and free ports for the demo city. */
export async function newSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-test-'));
  // Root's database runs as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  const [port, rtspPort, httpPort] = [await freePort(), await freePort(), await freePort()];
  const token = 'kill-test';
  const passwords = new Map<string, string>();
  const url = `http://127.0.0.1:${port}`;
  const database = join(folder, 'postgres');
  return {
    folder,
    url,
    world: { url: `http://127.0.0.1:${httpPort}`, token },
    env: {
      ...process.env,
      DATABASE_URL: undefined,
      REDIS_URL: undefined,
      AHUAL_CONFIG: 'config/demo.yml',
      AHUAL_CITY_TOKEN: token,
      AHUAL_SET_DATA__FOLDER: folder,
      AHUAL_SET_DASHBOARD__PORT: String(port),
      AHUAL_SET_SIMULATOR__RTSPPORT: String(rtspPort),
      AHUAL_SET_SIMULATOR__HTTPPORT: String(httpPort),
    },
    ports: [port, rtspPort, httpPort],
    passwords,
    get data() {
      return join(choosePlace(database).base, 'data');
    },
    seat: (login) => takeSeat(url, login, passwords.get(login) ?? ''),
    async remove() {
      await endEmbedded(database);
      const { base } = choosePlace(database);
      rmSync(folder, { recursive: true, force: true });
      if (!base.startsWith(folder)) rmSync(base, { recursive: true, force: true });
    },
  };
}

export interface Up {
  readonly pid: number;
  /** Everything that it said so far. */
  said(): string;
  /** Hard, at once: its children are told by nobody. Resolves when it is gone. */
  kill(): Promise<void>;
  /** As Ctrl-C does. Resolves with its exit code when it is gone. */
  stop(): Promise<number | null>;
}

/** Starts `ahual up` and waits until it says that it is ready. Rejects with all that it said when it ends before. */
export async function startUp(site: Site): Promise<Up> {
  const child = spawn(process.execPath, ['--enable-source-maps', entryOf('main'), 'up'], {
    env: { ...site.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      if (/Ctrl-C stops everything/.test(said)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`up ended (${signal ?? `code ${code ?? '?'}`}):\n${said}`)));
  });
  for (const [, login = '', password = ''] of said.matchAll(/^ {4}(\S+) +(\S+) {3}/gm)) {
    site.passwords.set(login, password);
  }
  return {
    pid: pidOf(child),
    said: () => said,
    kill: async () => {
      await end(child, gone, 'SIGKILL');
    },
    stop: () => end(child, gone, 'SIGINT'),
  };
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('up did not start');
  return child.pid;
}

async function end(child: ChildProcess, gone: Promise<number | null>, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal);
  return gone;
}

/** The arguments of a process, empty when it is gone. */
export function argumentsOf(pid: number): string[] {
  const file = `/proc/${pid}/cmdline`;
  try {
    return existsSync(file) ? readFileSync(file, 'utf8').split('\0') : [];
  } catch {
    return [];
  }
}
