// What can be asked and how: the faces of a database and a transaction, and values on their way into SQL.
import { z } from 'zod';
import type { BellEvent, FeedTopic } from '#core/events';
import { epochMs, isoOf } from '#core/units';
import { sql, type Sql } from './sql.ts';

/** Anything that can be asked: the database or a transaction. */
export interface Db {
  /** All rows of the answer, each parsed by `schema`. Columns arrive in camelCase; a timestamptz column `x_at` as `xAtMs`. */
  rows<T>(schema: z.ZodType<T>, statement: Sql): Promise<T[]>;
  /** Runs a statement and gives the number of rows it touched. */
  run(statement: Sql): Promise<number>;
}

/** A transaction. What it tells others is told when, and only when, it commits. */
export interface Tx extends Db {
  /** Rings the bell at commit. */
  notify(event: BellEvent): Promise<void>;
  /** What is written and told in one last step before the commit (see tx-end.ts). */
  readonly end: TxEnd;
}

/** What a transaction tells others at its end. */
export interface TxEnd {
  readonly changes: { topic: FeedTopic; id: string; atMs: number }[];
  readonly events: BellEvent[];
  /** Does the bell go through NOTIFY? Otherwise somebody rings after the commit. */
  readonly byNotify: boolean;
}

/** A moment as a parameter of SQL. */
export const at = (ms: number): string => isoOf(epochMs(ms));

/** A moment, or null, as a parameter of SQL. */
export const atOrNull = (ms: number | null | undefined): string | null =>
  ms === null || ms === undefined ? null : at(ms);

/** A value as jsonb. */
export const json = (value: unknown): Sql => sql`${JSON.stringify(value)}::jsonb`;

/** A schema for rows: they have null where the object has nothing. */
export const withoutNulls = <T>(schema: z.ZodType<T>): z.ZodType<T> =>
  z.preprocess(
    (row) =>
      typeof row === 'object' && row !== null
        ? Object.fromEntries(Object.entries(row).filter(([, v]) => v !== null))
        : row,
    schema,
  );
