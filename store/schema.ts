// The form of a database as a text: what store/schema.sql holds, and what doctor compares a live database with.
import { z } from 'zod';
import type { Db } from './db.ts';
import { sql } from './sql.ts';

const Table = z.object({ name: z.string(), comment: z.string().nullable(), cut: z.string().nullable() });
const Column = z.object({
  table: z.string(),
  name: z.string(),
  type: z.string(),
  isRequired: z.boolean(),
  initial: z.string().nullable(),
  isCounted: z.boolean(),
  comment: z.string().nullable(),
});
const Line = z.object({ table: z.string(), line: z.string() });

/** Tables of the product; pieces of series and tables of extensions are left out, since they come and go. */
const tables = (db: Db): Promise<z.infer<typeof Table>[]> =>
  db.rows(
    Table,
    sql`select relname as name, obj_description(oid, 'pg_class') as comment, pg_get_partkeydef(oid) as cut
        from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
        order by relname`,
  );

const columns = (db: Db): Promise<z.infer<typeof Column>[]> =>
  db.rows(
    Column,
    sql`select relname as table, attname as name, format_type(atttypid, atttypmod) as type, attnotnull as is_required,
          pg_get_expr(adbin, adrelid) as initial, attidentity <> '' as is_counted, col_description(attrelid, attnum) as comment
        from pg_attribute join pg_class on pg_class.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and attnum > 0 and not attisdropped
        order by relname, attnum`,
  );

const constraints = (db: Db): Promise<z.infer<typeof Line>[]> =>
  db.rows(
    Line,
    sql`select relname as table, pg_get_constraintdef(pg_constraint.oid) as line
        from pg_constraint join pg_class on pg_class.oid = conrelid
        where relnamespace = 'public'::regnamespace and not relispartition and contype in ('p', 'u', 'f', 'c')
        order by relname, position(contype::text in 'pufc'), conname`,
  );

const indexes = (db: Db): Promise<z.infer<typeof Line>[]> =>
  db.rows(
    Line,
    sql`select relname as table, pg_get_indexdef(indexrelid) as line
        from pg_index join pg_class on pg_class.oid = indrelid
        where relnamespace = 'public'::regnamespace and not relispartition
          and not exists (select from pg_constraint where conindid = indexrelid)
        order by relname, pg_get_indexdef(indexrelid)`,
  );

function columnLine(column: z.infer<typeof Column>): string {
  const initial = column.isCounted
    ? ' generated as identity'
    : column.initial === null
      ? ''
      : ` default ${column.initial}`;
  const unit = column.comment === null ? '' : `  -- ${column.comment}`;
  return `  ${column.name} ${column.type}${column.isRequired ? ' not null' : ''}${initial},${unit}`;
}

/** Describes every table with its columns, keys and indexes, in the order of their names. For reading, not for running. */
export async function describe(db: Db): Promise<string> {
  const [named, held, bound, found] = [await tables(db), await columns(db), await constraints(db), await indexes(db)];
  const of = (lines: readonly z.infer<typeof Line>[], table: string): string[] =>
    lines.filter((row) => row.table === table).map((row) => row.line);
  const text = named.map(({ name, comment, cut }) =>
    [
      `-- ${comment ?? '(no comment)'}`,
      `create table ${name} (`,
      ...held.filter((column) => column.table === name).map(columnLine),
      ...of(bound, name).map((line) => `  ${line},`),
      `)${cut === null ? '' : ` partition by ${cut}`};`,
      ...of(found, name).map((line) => `${line.replaceAll('public.', '')};`),
    ].join('\n'),
  );
  const heading =
    '-- The database after all migrations, on the native way of time series. Written by a test; read it, do not run it.';
  return `${heading}\n\n${text.join('\n\n')}\n`;
}

/** Tables without a comment, and columns that have a unit in their name and none in their comment. Empty when all is said. */
export async function unexplained(db: Db): Promise<string[]> {
  const bare = (await tables(db)).filter((table) => table.comment === null).map((table) => table.name);
  const unit = /_(m|m2|c|deg|px|ms|h|s|mm_h|cm_h|m_s)$|^(lon|lat|level|bytes)$/;
  const columnsBare = (await columns(db))
    .filter((column) => unit.test(column.name) && column.comment === null)
    .map((column) => `${column.table}.${column.name}`);
  return [...bare, ...columnsBare];
}
