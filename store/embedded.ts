// The embedded database: PostgreSQL from npm as a child process on the loopback address, for who has no DATABASE_URL.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { AhualError, messageOf } from '#core/errors';
import type { Log } from '#core/log';
import { choosePlace, type Place } from './embedded/place.ts';
import { findPackage, findProgram, type Program } from './embedded/program.ts';
import {
  becomeKeeper,
  clearLeftOver,
  hasKeeper,
  isAlive,
  leaveKeeper,
  postmasterOf,
  until,
} from './embedded/running.ts';
import { freePort, keepPort, keptSecret, type Secret } from './embedded/secret.ts';
import { appRole } from './rights.ts';

const ownerRole = 'ahual_owner';
const databaseName = 'ahual';
const startWithinMs = 60_000;
const stopWithinMs = 30_000;
/** Restarts after a crash within a minute, before giving up. */
const restartBudget = 5;

export interface EmbeddedOptions {
  /** Where data, log and secret are kept; made when absent. */
  readonly folder: string;
  readonly log: Log;
  readonly onProgress?: (text: string) => void;
  /** Settings of PostgreSQL beside ours; tests use it to wait less for the disk. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Embedded extends AsyncDisposable {
  /** For every process: reads and writes rows. */
  readonly url: string;
  /** For the migration alone: may change the form of the database. */
  readonly ownerUrl: string;
  /** Process id of the postmaster now; changes when it was restarted after a crash. */
  readonly pid: number;
  /** The folder that really holds the data (root may need another than the wanted one). */
  readonly folder: string;
  /** Ends it after its last transaction. Does nothing when another living process looks after it. */
  stop(): Promise<void>;
}

/** Small on purpose: one machine, beside models that want the memory. */
const ourSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '64MB',
  max_connections: '100',
  max_wal_size: '512MB',
  synchronous_commit: 'on',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  io_method: 'sync',
  random_page_cost: '1.1',
  checkpoint_timeout: '10min',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'on',
  log_filename: 'postgres-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_line_prefix: '%m [%p] %a ',
};

interface Site {
  readonly place: Place;
  readonly data: string;
  readonly program: Program;
  readonly options: EmbeddedOptions;
}

const asUser = (place: Place): { cwd: string; uid?: number; gid?: number } =>
  place.uid === undefined ? { cwd: place.base } : { cwd: place.base, uid: place.uid, gid: place.uid };

/** Nothing of this process's own settings reaches the database, PGDATA and its like least of all. */
const bareEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' });

/** Makes the data folder under another name and renames it when it is whole, so that an interrupted start leaves no half of one. */
function makeData(site: Site, secret: Secret): void {
  const { place, data, program } = site;
  const half = `${data}-${process.pid}`;
  const passwords = join(place.base, `.password-${process.pid}`);
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { mode: 0o700 });
  writeFileSync(passwords, secret.owner, { mode: 0o600 });
  try {
    if (place.uid !== undefined) for (const path of [half, passwords]) chownSync(path, place.uid, place.uid);
    const made = spawnSync(
      program.initdb,
      [
        '-D',
        half,
        '-U',
        ownerRole,
        `--pwfile=${passwords}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { ...asUser(place), env: bareEnvironment(), encoding: 'utf8' },
    );
    if (made.status !== 0) throw startFailed(site, `initdb: ${made.stderr || messageOf(made.error)}`);
    takeName(half, data);
  } finally {
    rmSync(passwords, { force: true });
    rmSync(half, { recursive: true, force: true });
  }
}

/** Of two first starts at the same time one gets the name; the other uses what it made. */
function takeName(half: string, data: string): void {
  try {
    renameSync(half, data);
  } catch (thrown) {
    if (!existsSync(data)) throw thrown;
  }
}

const startFailed = (site: Site, why: string): AhualError =>
  new AhualError(
    'PART_MISSING',
    `the embedded database in ${site.place.base} does not start: ${why.trim().split('\n').slice(-3).join(' ')}`,
    'Read the log beside it, or set DATABASE_URL to a PostgreSQL of your own.',
  );

const urlOf = (role: string, password: string, port: number, name = databaseName): string =>
  `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`;

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface Started {
  readonly pid: number;
  readonly port: number;
  readonly child: ChildProcess | undefined;
}

/** Starts the program once and waits until it answers; undefined when another start was quicker. */
async function startOnce(site: Site, secret: Secret): Promise<Started | undefined> {
  const { place, data, program, options } = site;
  // A file of its own for each try: of two starts at the same time each must read what its own program said.
  const said = join(place.base, `.start-${randomBytes(6).toString('hex')}`);
  const output = openSync(said, 'wx', 0o600);
  const settings = { ...ourSettings, ...options.settings, log_directory: join(place.base, 'log') };
  const child = spawn(
    program.postgres,
    [
      '-D',
      data,
      '-p',
      String(secret.port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    // A group of its own: Ctrl-C in the terminal must reach the processes that use the database first.
    { ...asUser(place), env: bareEnvironment(), detached: true, stdio: ['ignore', output, output] },
  );
  closeSync(output);
  const state = { hasEnded: false };
  child.once('exit', () => (state.hasEnded = true));
  child.once('error', () => (state.hasEnded = true));
  child.unref();
  const url = urlOf(ownerRole, secret.owner, secret.port, 'postgres');
  await until(async () => state.hasEnded || (await answers(url)), startWithinMs);
  // Something answers; it may also be the program of another start, and ours about to end.
  const isOurs = (): boolean => postmasterOf(data)?.pid === child.pid;
  await until(() => state.hasEnded || isOurs(), 5000);
  const why = readFileSync(said, 'utf8');
  // What it says from now on is in the log folder.
  rmSync(said, { force: true });
  if (!state.hasEnded && child.pid !== undefined && isOurs()) return { pid: child.pid, port: secret.port, child };
  if (/lock file "postmaster.pid" already exists/.test(why)) return undefined;
  throw startFailed(site, why);
}

/** Starts the database of a folder, or takes over the one that runs there already. */
async function start(site: Site, given: Secret): Promise<Started> {
  let secret = given;
  for (let attempt = 1; ; attempt++) {
    const running = postmasterOf(site.data);
    if (running) {
      await until(() => answers(urlOf(ownerRole, secret.owner, running.port, 'postgres')), startWithinMs);
      return { ...running, child: undefined };
    }
    await clearLeftOver(site.data);
    try {
      const started = await startOnce(site, secret);
      if (started) return started;
      await until(() => postmasterOf(site.data) !== undefined, 5000);
    } catch (thrown) {
      if (attempt >= 4) throw thrown;
      if (/Address already in use|could not bind/.test(messageOf(thrown))) {
        secret = keepPort(site.place.base, secret, await freePort());
      } else if (!/shared memory|lock file/.test(messageOf(thrown))) throw thrown;
    }
  }
}

/** The application's role and database, once. */
async function furnish(secret: Secret, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(ownerRole, secret.owner, port, 'postgres') });
  await client.connect();
  try {
    // Two starts at the same time furnish one after the other; the lock goes with the connection.
    await client.query(`select pg_advisory_lock(hashtext('furnish'))`);
    const role = await client.query('select from pg_roles where rolname = $1', [appRole]);
    if (role.rowCount === 0)
      await client.query(`create role ${appRole} login password ${pg.escapeLiteral(secret.app)}`);
    const database = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (database.rowCount === 0) await client.query(`create database ${databaseName} owner ${ownerRole}`);
  } finally {
    await client.end();
  }
}

/**
 * Starts the embedded database and keeps it running: after a crash it is started again on the same port, five times a minute
 * at most. A database that still runs in the folder after its keeper died is taken over; one that another living process
 * looks after is used and left running by `stop`. Throws PART_MISSING when it cannot run here.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const place = choosePlace(options.folder);
  const say = options.onProgress ?? (() => undefined);
  if (place.base !== options.folder) say(`database: kept in ${place.base}`);
  const site: Site = {
    place,
    data: join(place.base, 'data'),
    program: findProgram(place.base, place.uid !== undefined),
    options,
  };
  const secret = await keptSecret(place.base);
  mkdirSync(join(place.base, 'log'), { recursive: true, mode: 0o700 });
  if (place.uid !== undefined) chownSync(join(place.base, 'log'), place.uid, place.uid);
  if (!existsSync(site.data)) {
    say('database: made for the first time');
    makeData(site, secret);
  }
  const isGuest = postmasterOf(site.data) !== undefined && hasKeeper(place.base);
  const started = await start(site, secret);
  await furnish(secret, started.port);
  if (!isGuest) becomeKeeper(place.base);
  say(`database: PostgreSQL ${site.program.version} on 127.0.0.1:${started.port}`);
  return keep(site, secret, started, isGuest);
}

function keep(site: Site, secret: Secret, first: Started, isGuest: boolean): Embedded {
  const { log } = site.options;
  let now = first;
  let isStopping = false;
  let restarting: Promise<void> | undefined;
  const crashes: number[] = [];

  const watch = (started: Started): void => {
    started.child?.once('exit', (code, signal) => {
      if (isStopping) return;
      log.error({ code, signal }, 'the embedded database ended by itself');
      restarting = again().catch((thrown: unknown) =>
        log.fatal({ error: messageOf(thrown) }, 'the embedded database stays away'),
      );
    });
  };

  async function again(): Promise<void> {
    const atMs = performance.now();
    crashes.push(atMs);
    if (crashes.filter((crash) => crash > atMs - 60_000).length > restartBudget) {
      throw startFailed(site, `it ended ${restartBudget} times within a minute`);
    }
    now = await start(site, { ...secret, port: now.port });
    log.info({ pid: now.pid }, 'the embedded database is back');
    watch(now);
  }

  async function stop(): Promise<void> {
    if (isStopping || isGuest) return;
    isStopping = true;
    await restarting;
    leaveKeeper(site.place.base);
    if (!isAlive(now.pid)) return;
    process.kill(now.pid, 'SIGINT');
    if (await until(() => !isAlive(now.pid), stopWithinMs)) return;
    log.warn({ pid: now.pid }, 'the embedded database did not end in time and is ended hard');
    process.kill(now.pid, 'SIGQUIT');
    await until(() => !isAlive(now.pid), stopWithinMs);
  }

  watch(first);
  return {
    url: urlOf(appRole, secret.app, first.port),
    ownerUrl: urlOf(ownerRole, secret.owner, first.port),
    get pid() {
      return now.pid;
    },
    folder: site.place.base,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Ends the database of a folder that nobody looks after any more; does nothing when none runs there. */
export async function endEmbedded(folder: string): Promise<void> {
  const data = join(choosePlace(folder).base, 'data');
  const running = postmasterOf(data);
  if (!running) return;
  process.kill(running.pid, 'SIGINT');
  if (await until(() => !isAlive(running.pid), stopWithinMs)) return;
  process.kill(running.pid, 'SIGQUIT');
  await until(() => !isAlive(running.pid), stopWithinMs);
}

/** Where npm put the embedded PostgreSQL. Throws PART_MISSING when there is none for this machine. */
export const binaries = (): Promise<string> => Promise.resolve().then(() => findPackage().native);
