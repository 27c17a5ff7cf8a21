// Time series on TimescaleDB: hypertables, a continuous aggregate, compression and retention by chunks.
import { z } from 'zod';
import { at, type Db } from '../db.ts';
import { raw, sql } from '../sql.ts';
import { columnOf, onlySeries, seriesCuts, type Series, type SeriesTable } from './cuts.ts';

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
    // Not materialized only: what the last refresh has not seen yet is added from look_sum when it is asked for.
    await db.run(sql`
      create materialized view if not exists look_day with (timescaledb.continuous, timescaledb.materialized_only = false) as
      select time_bucket('1 day', hour_at) as day_at, hazard,
        sum(looks) as looks, sum(hazard_looks) as hazard_looks, sum(clear_looks) as clear_looks, sum(cannot_see) as cannot_see
      from look_sum group by 1, 2
      with no data`);
    await db.run(sql`
      select add_continuous_aggregate_policy('look_day', start_offset => interval '4 days', end_offset => interval '1 hour',
        schedule_interval => interval '1 hour', if_not_exists => true)`);
    for (const table of ['observation', 'look_sum'] as const) {
      await db.run(sql`
        alter table ${raw(table)} set (timescaledb.compress,
          timescaledb.compress_segmentby = 'camera_id', timescaledb.compress_orderby = ${raw(`'${columnOf(table)}'`)})`);
    }
    for (const statement of ownersActs) await db.run(statement);
  },

  // Chunks come into being with their first row.
  prepare: () => Promise.resolve(),

  pack: async (db, nowMs) => {
    for (const table of ['observation', 'look_sum'] as const) {
      await db.run(sql`select series_pack(${table}, ${at(nowMs - packAfterD * dayMs)}::timestamptz)`);
    }
  },

  // A refresh is no function, so it cannot be lent to the application's role; for that role the hourly policy refreshes.
  rollUp: async (db, fromMs, toMs) => {
    const [owner] = await db.rows(
      z.object({ isMine: z.boolean() }),
      sql`select pg_has_role(relowner, 'usage') as is_mine from pg_class where oid = to_regclass('look_day')`,
    );
    if (owner?.isMine !== true) return;
    const from = Math.floor(fromMs / dayMs) * dayMs;
    const to = Math.ceil((toMs + 1) / dayMs) * dayMs;
    await db.run(sql`call refresh_continuous_aggregate('look_day', ${at(from)}::timestamptz, ${at(to)}::timestamptz)`);
  },

  drop: async (db: Db, table: SeriesTable, beforeMs: number) => {
    const [row] = await db.rows(
      z.object({ dropped: z.number() }),
      sql`select series_drop(${table}, ${columnOf(table)}, ${at(beforeMs)}::timestamptz) as dropped`,
    );
    return row?.dropped ?? 0;
  },
};

// Packing and dropping chunks is the owner's; these two acts run with the owner's rights and do nothing else than that.
const ownersActs = [
  sql`
    create or replace function series_pack(series text, before_at timestamptz)
    returns integer language plpgsql security definer set search_path from current as $$
    declare
      packed integer;
    begin
      if not (series = any (${onlySeries})) then
        raise exception '% is no time series', series;
      end if;
      select count(compress_chunk(chunk, if_not_compressed => true)) into packed
      from show_chunks(series::regclass, older_than => before_at) as chunk;
      return packed;
    end $$`,
  sql`
    create or replace function series_drop(series text, by_column text, before_at timestamptz)
    returns integer language plpgsql security definer set search_path from current as $$
    declare
      dropped integer;
    begin
      if not (series = any (${onlySeries})) then
        raise exception '% is no time series', series;
      end if;
      select count(*) into dropped from drop_chunks(series::regclass, older_than => before_at);
      return dropped;
    end $$`,
];
