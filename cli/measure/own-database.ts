// A database for one measurement: embedded, empty, at the newest version, gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '#core/log';
import { db, embedded, migrate, type Database } from '#store';

/** Starts a database of its own, gives it to `work` and ends it, also when `work` fails. Nothing in it outlives the call. */
export async function withOwnDatabase<T>(name: string, work: (database: Database) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const settings = { synchronous_commit: 'off', fsync: 'off', full_page_writes: 'off' };
  const server = await embedded.startEmbedded({ folder, log: silentLog, settings });
  let database: Database | undefined;
  try {
    const owner = await db.openDatabase(server.ownerUrl, { log: silentLog, name, max: 2 });
    await migrate.migrate(owner);
    await owner.close();
    database = await db.openDatabase(server.url, { log: silentLog, name, max: 4 });
    return await work(database);
  } finally {
    await database?.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
