// One connection that only listens. It comes back by itself, and tells when something may have been missed.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { messageOf } from '#core/errors';
import type { Log } from '#core/log';

export interface Listener {
  heard(payload: string): void;
  /** The connection was away and is back: whatever was said meanwhile is lost. */
  reconnected(): void;
}

const firstWaitMs = 200;
const maxWaitMs = 5000;

/**
 * Listens on a channel of the database until the returned function is called. The first connection must succeed; later ones
 * are tried again with growing pauses for as long as it takes.
 */
export async function listenOn(
  settings: () => pg.ClientConfig,
  channel: string,
  listener: Listener,
  log: Log,
): Promise<() => Promise<void>> {
  const ending = new AbortController();
  let client: pg.Client | undefined;

  async function connect(): Promise<void> {
    const next = new pg.Client(settings());
    let opened = false;
    next.on('notification', (message) => listener.heard(message.payload ?? ''));
    next.on('error', (error) => log.warn({ error: error.message }, 'the bell lost its connection'));
    next.on('end', () => {
      if (opened && !ending.signal.aborted) void again();
    });
    try {
      await next.connect();
      await next.query(`listen ${pg.escapeIdentifier(channel)}`);
      opened = true;
    } catch (thrown) {
      await next.end().catch(() => undefined);
      throw thrown;
    }
    client = next;
    if (ending.signal.aborted) await next.end();
  }

  async function again(): Promise<void> {
    for (let pauseMs = firstWaitMs; !ending.signal.aborted; pauseMs = Math.min(maxWaitMs, pauseMs * 2)) {
      try {
        await wait(pauseMs, undefined, { signal: ending.signal });
        await connect();
        listener.reconnected();
        return;
      } catch (thrown) {
        log.debug({ error: messageOf(thrown) }, 'the bell could not connect yet');
      }
    }
  }

  await connect();
  return async () => {
    ending.abort();
    await client?.end().catch(() => undefined);
  };
}
