// A database for a test: empty, at the newest version, its own. One PostgreSQL serves the whole run and starts with the first test
// that asks for a database.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll } from 'vitest';
import { silentLog } from '#core/log';
import { db, embedded, migrate } from '#store';

const template = 'ahual_template';

/** The server of this run; the process that comes first starts it, the others use it. */
let server: Promise<embedded.Embedded> | undefined;

const startServer = (): Promise<embedded.Embedded> => {
  const folder = process.env['AHUAL_TEST_FOLDER'];
  if (folder === undefined) throw new Error('test/support/global-setup.ts did not run: name it in vitest.config.ts');
  return embedded.startEmbedded({
    folder,
    log: silentLog,
    // A test's rows need not survive a power cut; they do survive every death of a process.
    settings: { fsync: 'off', full_page_writes: 'off', max_connections: '300' },
  });
};

const withName = (url: string, name: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
};

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes the migrated database that all others are copied from, once in a run. */
async function prepareTemplate(ownerUrl: string): Promise<void> {
  await asOwner(ownerUrl, async (client) => {
    await client.query('select pg_advisory_lock(1)');
    const known = await client.query('select from pg_database where datname = $1', [template]);
    if (known.rowCount !== 0) return;
    const making = `${template}_making`;
    await client.query(`drop database if exists ${making} with (force)`);
    await client.query(`create database ${making}`);
    const database = await db.openDatabase(withName(ownerUrl, making), { log: silentLog, name: 'test', max: 2 });
    await migrate.migrate(database);
    await database.close();
    // It appears under its name when it is whole, so that nobody copies half of it.
    await client.query(`alter database ${making} rename to ${template}`);
  });
}

export interface TestDatabase {
  /** What the product's processes use: the role may read and write rows. */
  readonly database: db.Database;
  readonly url: string;
  /** The owner's address, for what only the owner may do. */
  readonly ownerUrl: string;
  /** The server's postmaster. */
  readonly pid: number;
  close(): Promise<void>;
}

const open = new Set<TestDatabase>();

/**
 * A fresh migrated database with both addresses. `empty` gives one without any table, `like` one with all rows of another, whose
 * connections are ended for it. Closed and dropped by `close`, or after the last test of the file.
 */
export async function freshDatabase(
  options: { empty?: boolean; max?: number; like?: TestDatabase } = {},
): Promise<TestDatabase> {
  server ??= startServer();
  const started = await server;
  if (options.empty !== true) await prepareTemplate(started.ownerUrl);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asOwner(started.ownerUrl, async (client) => {
    await client.query('select pg_advisory_lock(2)');
    const other = options.like === undefined ? undefined : new URL(options.like.url).pathname.slice(1);
    if (other !== undefined)
      await client.query('select pg_terminate_backend(pid, 30000) from pg_stat_activity where datname = $1', [other]);
    await client.query(
      `create database ${name} template ${other ?? (options.empty === true ? 'template0' : template)}`,
    );
  });
  const url = withName(started.url, name);
  const database = await db.openDatabase(url, { log: silentLog, name: 'test', max: options.max ?? 8 });
  const made: TestDatabase = {
    database,
    url,
    ownerUrl: withName(started.ownerUrl, name),
    pid: started.pid,
    close: async () => {
      if (!open.delete(made)) return;
      await database.close();
      await asOwner(started.ownerUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
  open.add(made);
  return made;
}

/** A fresh migrated database, closed and dropped after the last test of the file. */
export const testDatabase = async (): Promise<db.Database> => (await freshDatabase()).database;

/** Drops what this file still has open. */
export async function closeTestDatabases(): Promise<void> {
  await Promise.all([...open].map((made) => made.close()));
}

afterAll(closeTestDatabases);
