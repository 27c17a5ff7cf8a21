// The last step of a transaction: numbers of the change feed and the bell. Both are put off until just before the commit.
import { z } from 'zod';
import { at, type Tx, type TxEnd } from './ask.ts';
import { sql } from './sql.ts';

/** The channel of NOTIFY that carries bell events. */
export const bellChannel = 'ahual_bell';

/** An end without anything to tell. */
export const newEnd = (byNotify: boolean): TxEnd => ({ changes: [], events: [], byNotify });

/**
 * Writes the collected changes with the next numbers and rings. The counter's row stays locked until the commit, so numbers
 * become visible in their order and no reader can miss a smaller one that comes later. It is the last lock a transaction
 * takes, and held for one statement: two transactions cannot wait for each other here.
 */
export async function finish(tx: Tx): Promise<void> {
  const { changes, events, byNotify } = tx.end;
  if (changes.length > 0) events.push({ kind: 'changed', feed: await number(tx) });
  if (byNotify && events.length > 0) {
    const texts = [...new Set(events.map((event) => JSON.stringify(event)))];
    await tx.run(sql`select pg_notify(${bellChannel}, event) from unnest(${texts}::text[]) as event`);
  }
}

async function number(tx: Tx): Promise<number> {
  const { changes } = tx.end;
  const [row] = await tx.rows(
    z.object({ last: z.number() }),
    sql`with counted as (
          update change_count set last = last + ${changes.length}::int returning last
        ),
        told as (
          insert into change_feed (number, topic, id, at)
          select counted.last - ${changes.length}::int + given.place, given.topic, given.id, given.at
          from counted, unnest(
            ${changes.map((c) => c.topic)}::text[],
            ${changes.map((c) => c.id)}::text[],
            ${changes.map((c) => at(c.atMs))}::timestamptz[]
          ) with ordinality as given (topic, id, at, place)
        )
        select last from counted`,
  );
  return row?.last ?? 0;
}
