// Who leads: a lock of the database that lives as long as a connection.
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { sql, type Database, type Db } from './db.ts';

export interface Lease extends AsyncDisposable {
  /** Aborted when the lease is lost, which is when its connection is; whoever leads must stop at once. */
  readonly lost: AbortSignal;
  /** Gives the lease to the next one that waits. */
  release(): Promise<void>;
}

const askAgainMs = 2000;
const checkMs = 1000;

/**
 * Waits until this process leads under `name`, and then leads until it gives the lease back, `signal` is aborted, or the
 * connection that holds the lock is lost. Rejects with the signal's reason when it is aborted before.
 */
export async function leader(database: Database, name: string, signal: AbortSignal): Promise<Lease> {
  const lost = new AbortController();
  const given = new AbortController();
  const ending = AbortSignal.any([signal, given.signal]);
  let began: () => void = () => undefined;
  const leads = new Promise<void>((resolve) => (began = resolve));

  const holding = database
    .session(async (db) => {
      await until(db, name, ending);
      began();
      try {
        await hold(db, ending);
      } finally {
        lost.abort(new Error(`no longer the leader of ${name}`));
      }
      await db.run(sql`select pg_advisory_unlock(hashtext(${name}))`);
    })
    .finally(() => lost.abort(new Error(`no longer the leader of ${name}`)));

  await Promise.race([leads, holding]);
  // The end of the holding is told by `lost`; an error of a lost connection needs no second teller.
  holding.catch(() => undefined);
  const release = async (): Promise<void> => {
    given.abort();
    await holding.catch(() => undefined);
  };
  return { lost: lost.signal, release, [Symbol.asyncDispose]: release };
}

async function until(db: Db, name: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const [row] = await db.rows(
      z.object({ mine: z.boolean() }),
      sql`select pg_try_advisory_lock(hashtext(${name})) as mine`,
    );
    if (row?.mine === true) return;
    await wait(askAgainMs, undefined, { signal });
  }
}

/** Keeps the connection in hand, and asks it now and then: a dead one answers with an error, which ends the lease. */
async function hold(db: Db, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await db.run(sql`select 1`);
    await wait(checkMs, undefined, { signal }).catch(() => undefined);
  }
}
