// Which tables are time series, how they are cut, and what both ways of doing it can do.
import type { Db } from '../db.ts';
import { raw, type Sql } from '../sql.ts';

export type SeriesWay = 'timescale' | 'native';

export type SeriesTable = 'look' | 'observation' | 'look_sum';

/** How a table is cut: by which column, and how much time a piece holds. */
export interface SeriesCut {
  readonly table: SeriesTable;
  readonly column: string;
  readonly piece: 'day' | 'month';
}

/** The list of series. A `series` note in a migration must agree with it; migrate.ts compares them. */
export const seriesCuts: readonly SeriesCut[] = [
  { table: 'look', column: 'due_at', piece: 'day' },
  { table: 'observation', column: 'seen_at', piece: 'day' },
  { table: 'look_sum', column: 'hour_at', piece: 'month' },
];

/** The column by which a series is cut. */
export const columnOf = (table: SeriesTable): string => seriesCuts.find((cut) => cut.table === table)?.column ?? '';

/** The names of the series as an array of SQL, for the acts that run with the owner's rights. */
export const onlySeries: Sql = raw(`array[${seriesCuts.map(({ table }) => `'${table}'`).join(', ')}]`);

export interface DaySum {
  readonly dayMs: number;
  readonly hazard: string;
  readonly looks: number;
  readonly hazardLooks: number;
  readonly clearLooks: number;
  readonly cannotSee: number;
}

/** What both ways can do. Every act may be repeated. */
export interface Series {
  readonly way: SeriesWay;
  /** What stands after the columns of a series' table when it is created. */
  tableEnd(column: string): string;
  /** After the migrations, outside a transaction: makes the tables series and creates their roll-up. */
  create(db: Db): Promise<void>;
  /** Makes room for the time around `nowMs`; asked at start and once a day. */
  prepare(db: Db, nowMs: number): Promise<void>;
  /** Packs pieces that nobody changes any more, where the way can pack. */
  pack(db: Db, nowMs: number): Promise<void>;
  /** Brings the daily roll-up up to date for the days from `fromMs` to `toMs`. */
  rollUp(db: Db, fromMs: number, toMs: number): Promise<void>;
  /** Drops whole pieces that end before `beforeMs`; gives their number. */
  drop(db: Db, table: SeriesTable, beforeMs: number): Promise<number>;
}
