// A file of appeals, CSV or one JSON object a line: its good rows, and each bad one with line, field, value and cure.
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { covered, SentAppeal } from '#core/appeal';
import { messageOf } from '#core/errors';

export interface AppealRow {
  readonly line: number;
  readonly appeal: SentAppeal;
}

export interface AppealFault {
  readonly line: number;
  readonly what: string;
}

export interface AppealFile {
  readonly rows: readonly AppealRow[];
  readonly faults: readonly AppealFault[];
}

/** Columns of the CSV in any order; those that may be missing are empty then. */
export const appealColumns = [
  'external_id',
  'channel',
  'topic',
  'hazard',
  'language',
  'lon',
  'lat',
  'address',
  'text',
  'made_at',
] as const;
const neededColumns = ['external_id', 'topic', 'made_at'] as const;
const columnOf: Readonly<Record<string, string>> = {
  externalId: 'external_id',
  madeAt: 'made_at',
  'point.lon': 'lon',
  'point.lat': 'lat',
};

/** Values are shown short, and never a telephone. */
const shown = (value: unknown): string =>
  value === undefined ? 'nothing' : covered(JSON.stringify(value)).slice(0, 60);

const valueAt = (given: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    given,
  );

function complaintOf(issue: z.core.$ZodIssue, given: unknown, nameOf: (field: string) => string): string {
  if (issue.code === 'unrecognized_keys') {
    return `${issue.keys.join(', ')}: no field of an appeal. Leave it out; what tells who the citizen is must not come in.`;
  }
  const field = issue.path.join('.');
  return `${nameOf(field)} is ${shown(valueAt(given, issue.path))}; ${issue.message}`;
}

function read(line: number, given: unknown, nameOf: (field: string) => string): AppealRow | AppealFault {
  const parsed = SentAppeal.safeParse(given);
  if (parsed.success) return { line, appeal: parsed.data };
  return { line, what: parsed.error.issues.map((issue) => complaintOf(issue, given, nameOf)).join('; ') };
}

const split = (all: readonly (AppealRow | AppealFault)[]): AppealFile => ({
  rows: all.filter((one) => 'appeal' in one),
  faults: all.filter((one) => 'what' in one),
});

function readLines(text: string): AppealFile {
  const lines = text.split(/\r?\n/).map((content, i) => ({ content, line: i + 1 }));
  return split(
    lines
      .filter(({ content }) => content.trim() !== '')
      .map(({ content, line }) => {
        try {
          return read(line, JSON.parse(content), (field) => field);
        } catch (thrown) {
          return { line, what: `it is no JSON: ${messageOf(thrown).replace(/["'].*["']/, '…')}` };
        }
      }),
  );
}

const numberOr = (cell: string): unknown => (/^-?\d+(?:[.,]\d+)?$/.test(cell) ? Number(cell.replace(',', '.')) : cell);

function objectOf(cells: Readonly<Record<string, string>>): unknown {
  const cell = (name: string): string | undefined => (cells[name] === '' ? undefined : cells[name]);
  const [lon, lat] = [cell('lon'), cell('lat')];
  return {
    externalId: cell('external_id'),
    channel: cell('channel'),
    topic: cell('topic'),
    hazard: cell('hazard'),
    language: cell('language'),
    point: lon === undefined && lat === undefined ? null : { lon: numberOr(lon ?? ''), lat: numberOr(lat ?? '') },
    address: cell('address'),
    text: cell('text'),
    madeAt: cell('made_at'),
  };
}

const Records = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

function readCsv(text: string): AppealFile {
  const separator = (text.split(/\r?\n/, 1)[0] ?? '').includes(';') ? ';' : ',';
  let rows: { cells: string[]; line: number }[];
  try {
    const how = { info: true, bom: true, delimiter: separator, skip_empty_lines: true, relax_column_count: true };
    rows = Records.parse(parse(text, { ...how, trim: true })).map(({ record, info }) => ({
      cells: record,
      line: info.lines,
    }));
  } catch (thrown) {
    return { rows: [], faults: [{ line: 1, what: `it is no CSV: ${messageOf(thrown)}` }] };
  }
  const [head, ...body] = rows;
  const names = head?.cells.map((name) => name.toLowerCase()) ?? [];
  const unknown = names.filter((name) => !appealColumns.some((column) => column === name));
  const missing = neededColumns.filter((column) => !names.includes(column));
  const faults = [
    ...(unknown.length === 0
      ? []
      : [`no column of appeals: ${unknown.join(', ')}. Leave it out; what tells who the citizen is must not come in.`]),
    ...(missing.length === 0 ? [] : [`columns are missing: ${missing.join(', ')}.`]),
  ];
  if (faults.length > 0) return { rows: [], faults: faults.map((what) => ({ line: head?.line ?? 1, what })) };
  return split(
    body.map(({ cells, line }) => {
      if (cells.length !== names.length) return { line, what: `it has ${cells.length} cells, not ${names.length}` };
      const named = Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
      return read(line, objectOf(named), (field) => columnOf[field] ?? field);
    }),
  );
}

/** Reads a file of appeals: NDJSON where it begins with a brace, else CSV with a head line, parted by commas or semicolons. */
export const readAppeals = (text: string): AppealFile =>
  text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .startsWith('{')
    ? readLines(text.replace(/^\uFEFF/, ''))
    : readCsv(text);
