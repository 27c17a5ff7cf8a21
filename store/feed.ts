// The numbered change feed: what a browser asks for after a gap.
import { z } from 'zod';
import { FeedTopic } from '#core/events';
import { sql } from './sql.ts';
import type { Db, Tx } from './db.ts';

const Row = z.object({ number: z.number(), topic: FeedTopic, id: z.string(), atMs: z.number() });
export type FeedRow = z.infer<typeof Row>;

/** Changes after a number, in order. */
export const since = (db: Db, number: number, limit: number): Promise<FeedRow[]> =>
  db.rows(
    Row,
    sql`select number, topic, id, at from change_feed where number > ${number}::bigint order by number limit ${limit}::bigint`,
  );

/** The last number that is visible now; 0 before the first change. */
export async function last(db: Db): Promise<number> {
  const [row] = await db.rows(z.object({ last: z.number() }), sql`select last from change_count`);
  return row?.last ?? 0;
}

/**
 * Tells of a change. It gets its number at the very end of the transaction (tx-end.ts), and one `changed` is rung for all
 * changes of the transaction.
 */
export function append(tx: Tx, topic: FeedTopic, id: string, atMs: number): void {
  tx.end.changes.push({ topic, id, atMs });
}
