// Reading of the city's CSV files: each refused line is named with file, line, value and cure.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { AhualError } from '#core/errors';
import { inRoot } from '#core/root';

export type Cells = Readonly<Record<string, string>>;

/** A path as a person reads it: from the product's folder where it lies in it. */
export const shown = (path: string): string => {
  const short = relative(inRoot(), path);
  return short.startsWith('..') ? path : short;
};

/** Reads a CSV with a heading line; `shape` turns the cells of one line into what the schema wants. */
export function readCsv<S extends z.ZodType>(
  path: string,
  schema: S,
  shape: (cells: Cells) => unknown,
  key: (row: z.infer<S>) => string,
): z.infer<S>[] {
  const file = shown(path);
  if (!existsSync(path))
    throw new AhualError('CONFIG_MISSING', `${file} is not there.`, 'Put the file back or name another city folder.');
  let records: { record: Cells; info: { lines: number } }[];
  try {
    records = z
      .array(z.object({ record: z.record(z.string(), z.string()), info: z.object({ lines: z.number() }) }))
      .parse(parse(readFileSync(path), { columns: true, info: true, bom: true, trim: true, skip_empty_lines: true }));
  } catch (cause) {
    const line = cause instanceof Error ? cause.message : String(cause);
    throw new AhualError(
      'CONFIG_INVALID',
      `${file} cannot be read: ${line}.`,
      'Every line needs as many fields as the heading.',
      { file },
      cause,
    );
  }
  const complaints: string[] = [];
  const seen = new Map<string, number>();
  const rows: z.infer<S>[] = [];
  for (const { record, info } of records) {
    const result = schema.safeParse(shape(record));
    if (!result.success) {
      for (const issue of result.error.issues) {
        const column = issue.path.map(String).join('.');
        const cell = record[column] ?? record[column.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)];
        complaints.push(
          `${file}:${info.lines} ${column} is ${cell === undefined ? 'missing or not usable' : JSON.stringify(cell)}; ${issue.message}. Correct this cell.`,
        );
      }
      continue;
    }
    const id = key(result.data);
    const first = seen.get(id);
    if (first !== undefined) {
      complaints.push(
        `${file}:${info.lines} id ${JSON.stringify(id)} stands already on line ${first}; ids are unique. Rename one of them.`,
      );
      continue;
    }
    seen.set(id, info.lines);
    rows.push(result.data);
  }
  if (complaints.length > 0) throw new AhualError('CONFIG_INVALID', complaints.join('\n'), '', { file });
  return rows;
}
