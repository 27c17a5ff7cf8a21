// Brings a database to the form that this version of the product knows. Forward only, under a lock, never twice.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { AhualError } from '#core/errors';
import type { Log } from '#core/log';
import { inRoot } from '#core/root';
import { codeOf, whereIs, type Database, type Db } from './db.ts';
import { prepareQueue } from './queue.ts';
import { appRole, grantToApp, makeAppRole, makeOwnersActs } from './rights.ts';
import { seriesCuts, seriesOf, seriesWay, settledSeries, type Series, type SeriesWay } from './series/series.ts';
import { raw, sql } from './sql.ts';

interface Migration {
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
}

const lockKey = 0x41687561;

/** The migrations of this version, in their order. */
export function migrations(): Migration[] {
  const folder = inRoot('store', 'migrations');
  return readdirSync(folder)
    .filter((name) => /^\d{4}_[a-z_]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(inRoot('store', 'migrations', name), 'utf8');
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
    });
}

/** Puts in place of each `series` note what the way of the series needs there. */
export function withSeries(text: string, series: Series): string {
  return text.replace(
    /create table (\w+) \(([^;]*?)\n\) \/\* series (\w+) 1 (day|month) \*\/;/g,
    (all, table, body, column, piece) => {
      const cut = seriesCuts.find((c) => c.table === table && c.column === column && c.piece === piece);
      if (!cut)
        throw new AhualError(
          'STORE_CHANGED',
          `series note of ${String(table)} and store/series/series.ts differ.`,
          'Make them equal.',
        );
      return `create table ${String(table)} (${String(body)}\n) ${series.tableEnd(cut.column)};`;
    },
  );
}

/** Statements of a file: ended by a semicolon at the end of a line. The migrations contain no function bodies. */
const statementsOf = (text: string): string[] =>
  text
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.replace(/^\s*--.*$/gm, '').trim())
    .filter((statement) => statement !== '');

const applied = (db: Db): Promise<{ name: string; sha256: string }[]> =>
  db.rows(z.object({ name: z.string(), sha256: z.string() }), sql`select name, sha256 from migration order by name`);

function refuseStrange(
  known: readonly Migration[],
  done: readonly { name: string; sha256: string }[],
  url: string,
): void {
  for (const row of done) {
    const migration = known.find((m) => m.name === row.name);
    if (!migration) {
      throw new AhualError(
        'STORE_NEWER',
        `the database at ${whereIs(url)} was written by a newer version (it has ${row.name}).`,
        'Start the newer version again, or give this one another database.',
      );
    }
    if (migration.sha256 !== row.sha256) {
      throw new AhualError(
        'STORE_CHANGED',
        `store/migrations/${row.name} is not the file that was applied to ${whereIs(url)}.`,
        'Restore the file; what should change goes into a new migration.',
      );
    }
  }
}

async function prepare(db: Db): Promise<void> {
  await db.run(
    sql`create table if not exists migration (name text primary key, sha256 text not null, at timestamptz not null default now())`,
  );
  await db.run(
    sql`comment on table migration is 'The files of store/migrations that were applied, with their hashes.'`,
  );
}

export interface MigrateOptions {
  readonly log?: Log;
  readonly onProgress?: (text: string) => void;
  /** The address that all other processes get: its role is made when it is not there yet. */
  readonly appUrl?: string;
}

/**
 * Applies what is missing, in order and in one transaction, then makes the time series and gives the application's role its
 * rights. Throws STORE_NEWER for a database of a newer version, STORE_CHANGED when an applied file was edited. Give it the
 * owner's address: the application's own role may not create anything.
 */
export async function migrate(
  database: Database,
  options: MigrateOptions = {},
): Promise<{ applied: string[]; series: SeriesWay }> {
  try {
    const { appUrl } = options;
    if (appUrl !== undefined) await database.transaction((tx) => makeAppRole(tx, appUrl));
    return await database.session((db) => migrateUnderLock(db, database.url, options));
  } catch (thrown) {
    if (codeOf(thrown) !== '42501') throw thrown;
    throw new AhualError(
      'CONFIG_INVALID',
      `this role may not change the form of the database at ${whereIs(database.url)}.`,
      `Migrate with the address of the owner (role ${appRole} only reads and writes rows).`,
      {},
      thrown,
    );
  }
}

async function migrateUnderLock(
  db: Db,
  url: string,
  options: MigrateOptions,
): Promise<{ applied: string[]; series: SeriesWay }> {
  await db.run(sql`select pg_advisory_lock(${lockKey}::bigint)`);
  try {
    await prepare(db);
    const known = migrations();
    const done = await applied(db);
    refuseStrange(known, done, url);
    const series = done.length === 0 ? seriesOf(await seriesWay(db)) : await settledSeries(db);
    const missing = known.filter((migration) => !done.some((row) => row.name === migration.name));
    await apply(db, missing, series, options);
    await series.create(db);
    await series.prepare(db, await nowMs(db));
    await makeOwnersActs(db);
    await grantToApp(db);
    // Under the same lock: two at once trip over each other's rights. The WASM database of the tests has no address to connect to.
    if (/^postgres(ql)?:/.test(url)) await prepareQueue(url);
    return { applied: missing.map((migration) => migration.name), series: series.way };
  } finally {
    await db.run(sql`select pg_advisory_unlock(${lockKey}::bigint)`);
  }
}

async function apply(db: Db, missing: readonly Migration[], series: Series, options: MigrateOptions): Promise<void> {
  if (missing.length === 0) return;
  await db.run(sql`begin`);
  try {
    for (const migration of missing) {
      options.onProgress?.(`database: ${migration.name}`);
      for (const statement of statementsOf(withSeries(migration.text, series))) await db.run(raw(statement));
      await db.run(sql`insert into migration (name, sha256) values (${migration.name}, ${migration.sha256})`);
    }
    await db.run(sql`commit`);
  } catch (thrown) {
    await db.run(sql`rollback`);
    throw thrown;
  }
  options.log?.info(
    { applied: missing.map((m) => m.name), series: series.way },
    'the database was brought to this version',
  );
}

async function nowMs(db: Db): Promise<number> {
  const [row] = await db.rows(z.object({ nowMs: z.number() }), sql`select now() as now`);
  return row?.nowMs ?? 0;
}

/** Is the database already at this version? Throws STORE_NEWER and STORE_CHANGED as `migrate` does. */
export async function isCurrent(database: Database): Promise<boolean> {
  const [table] = await database.rows(
    z.object({ there: z.boolean() }),
    sql`select to_regclass('migration') is not null as there`,
  );
  if (table?.there !== true) return false;
  const known = migrations();
  const done = await applied(database);
  refuseStrange(known, done, database.url);
  return done.length === known.length;
}
