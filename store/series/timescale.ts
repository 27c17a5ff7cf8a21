// Time series on TimescaleDB: hypertables, a continuous aggregate, compression and retention by chunks.
import { z } from 'zod';
import { at, type Db } from '../db.ts';
import { raw, sql } from '../sql.ts';
import { seriesCuts, type Series, type SeriesTable } from './cuts.ts';

const dayMs = 86_400_000;
/** Chunks older than this are packed: nothing comes that late but a redelivered look. */
const packAfterD = 7;

export const timescale: Series = {
  way: 'timescale',

  tableEnd: () => '',

  create: async (db) => {
    await db.run(sql`create extension if not exists timescaledb`);
    for (const { table, column, piece } of seriesCuts) {
      await db.run(
        sql`select create_hypertable(${table}::regclass, ${column}::name,
          chunk_time_interval => ${piece === 'day' ? '1 day' : '30 days'}::interval, if_not_exists => true, migrate_data => true)`,
      );
    }
    await db.run(sql`
      create materialized view if not exists look_day with (timescaledb.continuous) as
      select time_bucket('1 day', hour_at) as day_at, hazard,
        sum(looks) as looks, sum(hazard_looks) as hazard_looks, sum(clear_looks) as clear_looks, sum(cannot_see) as cannot_see
      from look_sum group by 1, 2
      with no data`);
    await db.run(sql`
      alter table observation set (timescaledb.compress,
        timescaledb.compress_segmentby = 'camera_id', timescaledb.compress_orderby = 'seen_at')`);
    await db.run(sql`
      alter table look_sum set (timescaledb.compress,
        timescaledb.compress_segmentby = 'camera_id', timescaledb.compress_orderby = 'hour_at')`);
  },

  // Chunks come into being with their first row.
  prepare: () => Promise.resolve(),

  pack: async (db, nowMs) => {
    for (const table of ['observation', 'look_sum'] as const) {
      await db.run(sql`
        select compress_chunk(chunk, if_not_compressed => true)
        from show_chunks(${table}::regclass, older_than => ${at(nowMs - packAfterD * dayMs)}::timestamptz) as chunk`);
    }
  },

  rollUp: async (db, fromMs, toMs) => {
    const from = Math.floor(fromMs / dayMs) * dayMs;
    const to = Math.ceil((toMs + 1) / dayMs) * dayMs;
    await db.run(sql`call refresh_continuous_aggregate('look_day', ${at(from)}::timestamptz, ${at(to)}::timestamptz)`);
  },

  drop: async (db: Db, table: SeriesTable, beforeMs: number) => {
    const rows = await db.rows(
      z.object({ chunk: z.string() }),
      sql`select drop_chunks(${raw(`'${table}'`)}::regclass, older_than => ${at(beforeMs)}::timestamptz)::text as chunk`,
    );
    return rows.length;
  },
};
