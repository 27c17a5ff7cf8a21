// The door to the database: the sql`` tag, pool, transactions, and the only place where rows and moments change their form.
import pg from 'pg';
import type { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';
import type { BellEvent } from '#core/events';
import { withoutSecrets, type Log } from '#core/log';
import type { Db, Tx } from './ask.ts';
import { listenOn, type Listener } from './listener.ts';
import { render, sql, type Sql } from './sql.ts';
import { finish, newEnd } from './tx-end.ts';

export { at, atOrNull, json, withoutNulls, type Db, type Tx } from './ask.ts';
export { sql, type Sql } from './sql.ts';

export interface Database extends Db {
  /** Runs `work` in one transaction: commits when it resolves, rolls back when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs `work` on one connection without a transaction; session locks live as long as this. */
  session<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Hears a channel of NOTIFY on a connection of its own, which comes back by itself. */
  listen(channel: string, listener: Listener): Promise<() => Promise<void>>;
  /** Sends bell events elsewhere (Redis) after the commit, in place of NOTIFY. */
  ringWith(ring: ((events: readonly BellEvent[]) => Promise<void>) | undefined): void;
  close(): Promise<void>;
  readonly url: string;
}

/** What a driver must offer so that a `Database` can stand on it. Tests put the WASM database behind this. */
export interface Driver {
  readonly url: string;
  /** One held connection; `broken` tells that it must not be used again. */
  acquire(): Promise<Connection>;
  listen(channel: string, listener: Listener): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface Connection {
  query(text: string, values: unknown[], name: string | undefined): Promise<Answer>;
  release(broken?: boolean): void;
}

/** A raw answer: rows by column, the columns' types, and how many rows were touched. */
export interface Answer {
  readonly rows: readonly Record<string, unknown>[];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly touched: number;
}

const int8 = 20;
const date = 1082;
const timestamptz = 1184;
const numeric = 1700;

/** How texts of PostgreSQL become values: a moment is milliseconds, a date stays a text, whole numbers are numbers. */
export const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [int8]: Number,
  [date]: (text) => text,
  [timestamptz]: (text) => Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')),
  [numeric]: Number,
};

const camel = new Map<string, string>();

function nameOf(column: string, type: number): string {
  const key = type === timestamptz ? `${column} ` : column;
  let name = camel.get(key);
  if (name === undefined) {
    name = column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    if (type === timestamptz) name += 'Ms';
    camel.set(key, name);
  }
  return name;
}

function renamed(answer: Answer): Record<string, unknown>[] {
  const names = answer.fields.map((field) => [field.name, nameOf(field.name, field.dataTypeID)] as const);
  return answer.rows.map((row) => Object.fromEntries(names.map(([column, name]) => [name, row[column]])));
}

function parsed<T>(schema: z.ZodType<T>, answer: Answer, statement: Sql): T[] {
  return renamed(answer).map((row) => {
    const result = schema.safeParse(row);
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    throw new AhualError(
      'STORE_CHANGED',
      `a row of the database is not what it should be: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
      'Compare the database with store/schema.sql (ahual doctor); a row was changed from outside.',
      { statement: render(statement).text.trim().slice(0, 120) },
      result.error,
    );
  });
}

const unreachable = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN']);
const shutting = /^(57P0|08|53300)/;
const dropped = /Connection terminated|connection timeout|timeout exceeded when trying to connect|not queryable/;

/** Is this an error of a connection that has gone, so that trying again on another one may help? */
export function isGone(thrown: unknown): boolean {
  if (thrown instanceof AhualError) return thrown.code === 'STORE_UNREACHABLE';
  const code = codeOf(thrown);
  return unreachable.has(code) || shutting.test(code) || dropped.test(messageOf(thrown));
}

/** The SQLSTATE or system code of an error, empty when it has none. */
export const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';

/** Drivers' words of a lost connection become STORE_UNREACHABLE; everything else stays what it is. */
export function translated(thrown: unknown, url: string): unknown {
  if (thrown instanceof AhualError || !isGone(thrown)) return thrown;
  return new AhualError(
    'STORE_UNREACHABLE',
    `the database at ${whereIs(url)} did not answer (${messageOf(thrown)}).`,
    'It is tried again; if it stays away, look whether the database runs and whether DATABASE_URL is right.',
    { code: codeOf(thrown) },
    thrown,
  );
}

/** Host, port and name of a database address, without user and password. */
export const whereIs = (url: string): string =>
  withoutSecrets(url)
    .replace(/^[a-z]+:\/\//, '')
    .replace(/\?.*$/, '');

function dbOver(connection: Connection, url: string): Db {
  const ask = async (statement: Sql): Promise<Answer> => {
    const { text, values } = render(statement);
    try {
      return await connection.query(text, values, statement.name);
    } catch (thrown) {
      throw translated(thrown, url);
    }
  };
  return {
    rows: async (schema, statement) => parsed(schema, await ask(statement), statement),
    run: async (statement) => (await ask(statement)).touched,
  };
}

/** A database over any driver. */
export function databaseOver(driver: Driver): Database {
  let ring: ((events: readonly BellEvent[]) => Promise<void>) | undefined;

  async function held<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await driver.acquire().catch((thrown: unknown) => {
      throw translated(thrown, driver.url);
    });
    let broken = false;
    try {
      return await work(connection);
    } catch (thrown) {
      broken = isGone(thrown);
      throw thrown;
    } finally {
      connection.release(broken);
    }
  }

  const session = <T>(work: (db: Db) => Promise<T>): Promise<T> =>
    held((connection) => work(dbOver(connection, driver.url)));

  async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const end = newEnd(ring === undefined);
    const result = await held(async (connection) => {
      const db = dbOver(connection, driver.url);
      const tx: Tx = {
        ...db,
        end,
        notify: (event) => {
          end.events.push(event);
          return Promise.resolve();
        },
      };
      await db.run(sql`begin`);
      try {
        const value = await work(tx);
        await finish(tx);
        await db.run(sql`commit`);
        return value;
      } catch (thrown) {
        if (!isGone(thrown)) await db.run(sql`rollback`);
        throw thrown;
      }
    });
    if (ring && end.events.length > 0) await ring(end.events);
    return result;
  }

  return {
    rows: (schema, statement) => session((db) => db.rows(schema, statement)),
    run: (statement) => session((db) => db.run(statement)),
    session,
    transaction,
    listen: (channel, listener) => driver.listen(channel, listener),
    ringWith: (other) => {
      ring = other;
    },
    close: () => driver.close(),
    url: driver.url,
  };
}

export interface DatabaseOptions {
  readonly log: Log;
  /** Connections at most; 10 when absent. */
  readonly max?: number;
  /** Shown by the database as application_name. */
  readonly name: string;
}

const types = new pg.TypeOverrides();
for (const [oid, parse] of Object.entries(parsers)) types.setTypeParser(Number(oid), parse);

/** The settings of a pg connection that this house uses everywhere: parsers, name, limits of waiting. */
export function connectionSettings(url: string, name: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    options: '-c timezone=UTC -c idle_in_transaction_session_timeout=120000',
    types,
  };
}

/**
 * Opens the database and asks it once. Throws STORE_UNREACHABLE when it does not answer; later losses are found by the
 * statement that meets them, and the pool connects again by itself.
 */
export async function openDatabase(url: string, options: DatabaseOptions): Promise<Database> {
  const pool = new pg.Pool({
    ...connectionSettings(url, options.name),
    max: options.max ?? 10,
    idleTimeoutMillis: 60_000,
  });
  pool.on('error', (error) => options.log.warn({ error: error.message }, 'an idle database connection was lost'));

  const driver: Driver = {
    url,
    acquire: async () => {
      const client = await pool.connect();
      // Without a listener a connection that breaks between two statements would end the process.
      const lost = (): void => undefined;
      client.on('error', lost);
      return {
        query: async (text, values, name) => {
          const answer = await client.query(name === undefined ? { text, values } : { text, values, name });
          return { rows: answer.rows, fields: answer.fields, touched: answer.rowCount ?? 0 };
        },
        release: (broken) => {
          client.off('error', lost);
          client.release(broken === true);
        },
      };
    },
    listen: (channel, listener) =>
      listenOn(() => connectionSettings(url, `${options.name} bell`), channel, listener, options.log),
    close: () => pool.end(),
  };
  const database = databaseOver(driver);
  try {
    await database.run(sql`select 1`);
  } catch (thrown) {
    await pool.end();
    throw thrown;
  }
  return database;
}
