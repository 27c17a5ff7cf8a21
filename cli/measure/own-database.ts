// A database for one measurement: embedded, empty, at the newest version, gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '#core/log';
import { db, embedded, migrate, type Database } from '#store';

const ends = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Nothing of this database outlives the run. */
const careless = { synchronous_commit: 'off', fsync: 'off', full_page_writes: 'off' };

/** An empty database at the newest version, and the server that keeps it. */
export interface LentDatabase {
  readonly database: Database;
  readonly pid: number;
  close(): Promise<void>;
}

let lend: (() => Promise<LentDatabase>) | undefined;

/**
 * From here on measurements of this process are lent databases of a server that runs already, instead of starting one each. For
 * whoever measures many small things one after the other, as the tests of the measures do.
 */
export function lendDatabases(from: () => Promise<LentDatabase>): void {
  lend = from;
}

async function withLentDatabase<T>(
  from: () => Promise<LentDatabase>,
  work: (database: Database, server: Pick<embedded.Embedded, 'pid'>) => Promise<T>,
): Promise<T> {
  const lent = await from();
  try {
    return await work(lent.database, lent);
  } finally {
    await lent.close();
  }
}

/**
 * Starts a database of its own, gives it to `work` and ends it, also when `work` fails or the measurement is called off by a signal.
 * Nothing in it outlives the call.
 */
export async function withOwnDatabase<T>(
  name: string,
  work: (database: Database, server: Pick<embedded.Embedded, 'pid'>) => Promise<T>,
  more: Readonly<Record<string, string>> = {},
): Promise<T> {
  if (lend) return withLentDatabase(lend, work);
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const server = await embedded.startEmbedded({ folder, log: silentLog, settings: { ...careless, ...more } });
  const ending = new AbortController();
  const calledOff = (signal: NodeJS.Signals): void => {
    ending.abort();
    void server.stop().finally(() => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(128 + constants.signals[signal]);
    });
  };
  for (const signal of ends) process.once(signal, calledOff);
  let database: Database | undefined;
  try {
    const owner = await db.openDatabase(server.ownerUrl, { log: silentLog, name, max: 2 });
    await migrate.migrate(owner);
    await owner.close();
    database = await db.openDatabase(server.url, { log: silentLog, name, max: 4 });
    return await work(database, server);
  } catch (thrown) {
    // That its database went away is no news for who called it off.
    if (ending.signal.aborted) await new Promise(() => undefined);
    throw thrown;
  } finally {
    await database?.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
    for (const signal of ends) process.off(signal, calledOff);
  }
}
