// The bell: tells other processes that there is news. It may lose a ring, and says so; what it tells of is always in rows.
import { Redis } from 'ioredis';
import { BellEvent, type BellKind } from '#core/events';
import type { Log } from '#core/log';
import { openDatabase, sql, type Database } from './db.ts';
import { bellChannel } from './tx-end.ts';

/** What is heard: every event of core/events.ts, and `reconnected` when rings may have been lost meanwhile. */
export type Rings = { [K in BellKind]: Extract<BellEvent, { kind: K }> } & { reconnected: undefined };

export interface Bell {
  /** Calls `heard` for every ring of a kind. Gives a function that ends it. */
  on<K extends keyof Rings>(kind: K, heard: (event: Rings[K]) => void): () => void;
  /** Rings outside a transaction. What changes rows rings by `tx.notify` instead. */
  ring(event: BellEvent): Promise<void>;
  close(): Promise<void>;
}

export interface BellOptions {
  readonly database?: Database;
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  readonly log: Log;
}

/** Those who listen, by kind. */
export class Ears {
  readonly #ears = new Map<keyof Rings, Set<(event: BellEvent | undefined) => void>>();

  on<K extends keyof Rings>(kind: K, heard: (event: Rings[K]) => void): () => void {
    const ears = this.#ears.get(kind) ?? new Set();
    this.#ears.set(kind, ears);
    const ear = (event: BellEvent | undefined): void => {
      if (isOf(event, kind)) heard(event);
    };
    ears.add(ear);
    return () => void ears.delete(ear);
  }

  hear(event: BellEvent): void {
    for (const ear of this.#ears.get(event.kind) ?? []) ear(event);
  }

  reconnected(): void {
    for (const ear of this.#ears.get('reconnected') ?? []) ear(undefined);
  }
}

const isOf = <K extends keyof Rings>(event: BellEvent | undefined, kind: K): event is Rings[K] =>
  event === undefined ? kind === 'reconnected' : event.kind === kind;

/** A ring as it travels; undefined for what is none (another version may ring what this one does not know). */
export function readRing(text: string): BellEvent | undefined {
  try {
    return BellEvent.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * Opens the bell on the database (LISTEN/NOTIFY), or on Redis where an address is given: commits of `database` then ring there.
 * Rings of the time in which a connection was away are lost, and `reconnected` tells so.
 */
export async function openBell(options: BellOptions): Promise<Bell> {
  const own = options.database === undefined && options.databaseUrl !== undefined;
  const database =
    options.database ??
    (options.databaseUrl === undefined
      ? undefined
      : await openDatabase(options.databaseUrl, { log: options.log, name: 'ahual-bell', max: 1 }));
  const bell =
    options.redisUrl === undefined
      ? await onDatabase(database)
      : await onRedis(options.redisUrl, database, options.log);
  return own
    ? {
        ...bell,
        close: async () => {
          await bell.close();
          await database?.close();
        },
      }
    : bell;
}

async function onDatabase(database: Database | undefined): Promise<Bell> {
  if (!database) throw new TypeError('a bell needs a database or a Redis address');
  const ears = new Ears();
  const stop = await database.listen(bellChannel, {
    heard: (text) => {
      const event = readRing(text);
      if (event) ears.hear(event);
    },
    reconnected: () => ears.reconnected(),
  });
  return {
    on: (kind, heard) => ears.on(kind, heard),
    ring: async (event) => {
      await database.run(sql`select pg_notify(${bellChannel}, ${JSON.stringify(event)})`);
    },
    close: stop,
  };
}

async function onRedis(url: string, database: Database | undefined, log: Log): Promise<Bell> {
  const ears = new Ears();
  const settings = { maxRetriesPerRequest: null, lazyConnect: true };
  const listens = new Redis(url, settings);
  const rings = new Redis(url, settings);
  const lost = (error: Error): void => log.warn({ error: error.message }, 'the bell lost its connection');
  let isBack = false;
  for (const side of [listens, rings]) side.on('error', lost);
  listens.on('message', (_channel, text) => {
    const event = readRing(text);
    if (event) ears.hear(event);
  });
  await Promise.all([listens.connect(), rings.connect()]);
  await listens.subscribe(bellChannel);
  listens.on('ready', () => {
    // ioredis subscribes again by itself before anything else.
    if (isBack) ears.reconnected();
    isBack = true;
  });
  isBack = true;
  const ring = async (event: BellEvent): Promise<void> => {
    await rings.publish(bellChannel, JSON.stringify(event));
  };
  database?.ringWith(async (events) => {
    // The commit stands whatever becomes of the ring; a lost one is as good as none.
    await Promise.all(events.map(ring)).catch(lost);
  });
  return {
    on: (kind, heard) => ears.on(kind, heard),
    ring,
    close: async () => {
      database?.ringWith(undefined);
      listens.disconnect();
      rings.disconnect();
      await Promise.resolve();
    },
  };
}
