// Time series: tables that are cut by time, so that old rows go without being looked at. One interface, two ways to do it.
import { z } from 'zod';
import type { Db } from '../db.ts';
import { sql } from '../sql.ts';
import { native } from './native.ts';
import { timescale } from './timescale.ts';
import type { Series, SeriesWay } from './cuts.ts';

export { seriesCuts, type DaySum, type Series, type SeriesCut, type SeriesTable, type SeriesWay } from './cuts.ts';

/** Which way this database goes: TimescaleDB where the server offers it. */
export async function seriesWay(db: Db): Promise<SeriesWay> {
  const rows = await db.rows(
    z.object({ name: z.string() }),
    sql`select name from pg_available_extensions where name = 'timescaledb'`,
  );
  return rows.length > 0 ? 'timescale' : 'native';
}

/** The series of a way. */
export const seriesOf = (way: SeriesWay): Series => (way === 'timescale' ? timescale : native);

/** The way that this migrated database goes, as it was settled when it was made. */
export async function settledSeries(db: Db): Promise<Series> {
  const rows = await db.rows(
    z.object({ partitioned: z.boolean() }),
    sql`select relkind = 'p' as partitioned from pg_class where oid = to_regclass('look')`,
  );
  return seriesOf(rows[0]?.partitioned === true ? 'native' : 'timescale');
}
