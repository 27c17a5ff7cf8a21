// Time series on plain PostgreSQL: range partitions, BRIN, our own roll-up and retention.
import { z } from 'zod';
import { at, type Db } from '../db.ts';
import { raw, sql } from '../sql.ts';
import { columnOf, onlySeries, seriesCuts, type Series, type SeriesCut, type SeriesTable } from './cuts.ts';

const dayMs = 86_400_000;
/** Pieces are made this many days ahead, so that a scheduler that is away for a week does no harm. */
const aheadD = 8;
const behindD = 2;

interface Piece {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The piece of a series that holds a moment; days and months are those of UTC. */
export function pieceOf(cut: SeriesCut, atMs: number): Piece {
  const date = new Date(atMs);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const fromMs = cut.piece === 'day' ? Date.UTC(year, month, day) : Date.UTC(year, month, 1);
  const toMs = cut.piece === 'day' ? fromMs + dayMs : Date.UTC(year, month + 1, 1);
  const digits = new Date(fromMs).toISOString().slice(0, cut.piece === 'day' ? 10 : 7);
  return { name: `${cut.table}_${digits.replaceAll('-', '_')}`, fromMs, toMs };
}

/** The pieces that should exist around a moment. */
export function piecesAround(cut: SeriesCut, nowMs: number): Piece[] {
  const pieces = new Map<string, Piece>();
  for (let day = -behindD; day <= aheadD; day++) {
    const piece = pieceOf(cut, nowMs + day * dayMs);
    pieces.set(piece.name, piece);
  }
  return [...pieces.values()];
}

export const native: Series = {
  way: 'native',

  tableEnd: (column) => `partition by range (${column})`,

  create: async (db) => {
    for (const { table } of seriesCuts) {
      await db.run(sql`create table if not exists ${raw(`${table}_default`)} partition of ${raw(table)} default`);
    }
    await db.run(sql`
      create table if not exists look_day (
        day_at timestamptz not null,
        hazard text not null,
        looks bigint not null,
        hazard_looks bigint not null,
        clear_looks bigint not null,
        cannot_see bigint not null,
        primary key (day_at, hazard)
      )`);
    await db.run(
      sql`comment on table look_day is 'Looks of the whole city by UTC day and hazard, rolled up from look_sum.'`,
    );
    for (const statement of ownersActs) await db.run(statement);
  },

  prepare: async (db, nowMs) => {
    for (const cut of seriesCuts) {
      for (const piece of piecesAround(cut, nowMs)) {
        await db.run(
          sql`select series_piece(${cut.table}, ${cut.column}, ${piece.name}, ${at(piece.fromMs)}::timestamptz, ${at(piece.toMs)}::timestamptz)`,
        );
      }
    }
  },

  // PostgreSQL packs long values only; the rows here are short.
  pack: () => Promise.resolve(),

  rollUp: async (db, fromMs, toMs) => {
    await db.run(sql`
      insert into look_day (day_at, hazard, looks, hazard_looks, clear_looks, cannot_see)
      select date_bin('1 day', hour_at, timestamptz 'epoch'), hazard,
        sum(looks), sum(hazard_looks), sum(clear_looks), sum(cannot_see)
      from look_sum
      where hour_at >= date_bin('1 day', ${at(fromMs)}::timestamptz, timestamptz 'epoch')
        and hour_at < date_bin('1 day', ${at(toMs)}::timestamptz, timestamptz 'epoch') + interval '1 day'
      group by 1, 2
      on conflict (day_at, hazard) do update set
        looks = excluded.looks, hazard_looks = excluded.hazard_looks,
        clear_looks = excluded.clear_looks, cannot_see = excluded.cannot_see`);
  },

  drop: async (db: Db, table: SeriesTable, beforeMs: number) => {
    const [row] = await db.rows(
      z.object({ dropped: z.number() }),
      sql`select series_drop(${table}, ${columnOf(table)}, ${at(beforeMs)}::timestamptz) as dropped`,
    );
    return row?.dropped ?? 0;
  },
};

// Creating and dropping pieces is DDL, which the application's role may not do. These two acts run with the owner's rights
// and do nothing else than that, to the tables of the list only.
const ownersActs = [
  sql`
    create or replace function series_piece(series text, by_column text, piece text, from_at timestamptz, to_at timestamptz)
    returns void language plpgsql security definer set search_path from current as $$
    begin
      if not (series = any (${onlySeries})) then
        raise exception '% is no time series', series;
      end if;
      if to_regclass(piece) is not null then
        return;
      end if;
      perform pg_advisory_xact_lock(hashtext('series_piece'));
      if to_regclass(piece) is not null then
        return;
      end if;
      execute format('create table %I (like %I including defaults including constraints)', piece, series);
      -- Rows that came before their piece wait in the default one; a piece cannot be attached while they are there.
      execute format('with early as (delete from %I where %I >= %L and %I < %L returning *) insert into %I select * from early',
        series || '_default', by_column, from_at, by_column, to_at, piece);
      if series = 'look_sum' then
        execute format('alter table %I set (fillfactor = 80)', piece);
      end if;
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', series, piece, from_at, to_at);
    end $$`,
  sql`
    create or replace function series_drop(series text, by_column text, before_at timestamptz)
    returns integer language plpgsql security definer set search_path from current as $$
    declare
      piece record;
      dropped integer := 0;
    begin
      if not (series = any (${onlySeries})) then
        raise exception '% is no time series', series;
      end if;
      for piece in
        select child.relname as name
        from pg_inherits join pg_class child on child.oid = inhrelid
        where inhparent = to_regclass(series)
          and (regexp_match(pg_get_expr(child.relpartbound, child.oid), 'TO \\(''([^'']+)''\\)'))[1]::timestamptz <= before_at
      loop
        execute format('drop table %I', piece.name);
        dropped := dropped + 1;
      end loop;
      -- Rows of days that never had a piece of their own.
      execute format('delete from %I where %I < date_trunc(''day'', %L::timestamptz, ''UTC'')', series || '_default', by_column, before_at);
      return dropped;
    end $$`,
];
