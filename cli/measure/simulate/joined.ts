// A database seen from inside an open transaction: what asks for a transaction of its own joins that one.
import type { Database, Tx } from '#store';

/**
 * The looks of one moment are saved by the product's own door in one transaction in place of one each: only the commits are saved, every
 * statement is the product's. A failure in one of them fails all.
 */
export const joined = (database: Database, tx: Tx): Database => ({
  ...database,
  rows: (schema, statement) => tx.rows(schema, statement),
  run: (statement) => tx.run(statement),
  session: (work) => work(tx),
  transaction: (work) => work(tx),
});
