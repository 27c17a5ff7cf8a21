// A list of cameras from a table: its bytes → rows with every fault named by line and column → the cameras they make of those known.
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { Camera } from '#core/camera';
import { AhualError, messageOf } from '#core/errors';
import { presetFaults } from '#core/preset';
import { columnOf, columns, type Column } from './columns.ts';

export const encodings = ['utf-8', 'windows-1251', 'utf-16le'] as const;
export type Encoding = (typeof encodings)[number];

/** One thing that is wrong, for a person: where it stands, what is there, what to do. */
export interface ImportFault {
  readonly line: number;
  /** Null: the whole row. */
  readonly column: string | null;
  /** As it stands there, shortened; never a secret. */
  readonly value: string | null;
  readonly what: string;
  readonly cure: string;
}

export interface ImportRow {
  readonly line: number;
  readonly id: string;
  /** Cells by column: the value, or null where it is to be emptied. Empty cells say nothing and are not here. */
  readonly cells: ReadonlyMap<string, unknown>;
}

export interface ImportFile {
  readonly rows: readonly ImportRow[];
  readonly faults: readonly ImportFault[];
  /** What the reader took for granted, in words. */
  readonly notes: readonly string[];
}

const mostBytes = 64 * 2 ** 20;
const mostRows = 200_000;

const refused = (message: string, cure: string): AhualError => new AhualError('REQUEST_INVALID', message, cure);

/** The text of a file. Throws REQUEST_INVALID for another encoding than UTF-8, which it names. */
export function textOf(bytes: Uint8Array, file: string, encoding?: Encoding): string {
  if (bytes.length > mostBytes)
    throw refused(`${file} is larger than ${mostBytes / 2 ** 20} MiB.`, 'Cut it into several files.');
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    throw refused(`${file} is a workbook (xlsx) or an archive, not CSV.`, 'Save it as "CSV UTF-8" and give that file.');
  if (encoding !== undefined) return new TextDecoder(encoding).decode(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    throw refused(
      `${file} is UTF-16 ("Unicode text").`,
      'Save it as "CSV UTF-8", or read it with --encoding utf-16le.',
    );
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Half of Windows-1251 is Cyrillic letters: where most of the bytes beyond ASCII are such, it is that.
    const high = bytes.filter((byte) => byte >= 0x80);
    const letters = high.filter(
      (byte) => byte >= 0xc0 || byte === 0xa8 || byte === 0xb8 || byte === 0xb3 || byte === 0xb2,
    );
    if (letters.length < high.length * 0.8)
      throw refused(`${file} is neither UTF-8 nor anything else that is known.`, 'Save it as "CSV UTF-8".');
    throw refused(
      `${file} is not UTF-8; by its bytes it is Windows-1251, which has no letters for Ә, Ғ, Қ, Ң, Ө, Ұ, Ү, Һ.`,
      'Save it as "CSV UTF-8"; or, where no Kazakh letters were lost, read it with --encoding windows-1251.',
    );
  }
}

const Records = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

const shown = (cell: string): string => (cell.length > 60 ? `${cell.slice(0, 57)}…` : cell);

/** An apostrophe before what a spreadsheet would run as a formula is not part of the cell. */
const plainCell = (cell: string): string => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

/** Separator of the head line: what stands there most often of semicolon, tab and comma. */
function separatorOf(text: string): string {
  const head = text.split(/\r?\n/, 1)[0] ?? '';
  const count = (one: string): number => head.split(one).length;
  return [';', '\t', ','].reduce((best, one) => (count(one) > count(best) ? one : best), ',');
}

function headOf(
  cells: readonly string[],
  line: number,
  ignore: readonly string[],
): {
  columns: (Column | null)[];
  faults: ImportFault[];
} {
  const ignored = new Set(ignore.map((name) => name.trim().toLowerCase()));
  const faults: ImportFault[] = [];
  const seen = new Set<string>();
  const found = cells.map((heading) => {
    if (heading.trim() === '' || ignored.has(heading.trim().toLowerCase())) return null;
    const column = columnOf(heading);
    const tell = (what: string, cure: string): null => {
      faults.push({ line, column: shown(heading), value: null, what, cure });
      return null;
    };
    if (!column)
      return tell(
        'no column is called so',
        `Rename it (${columns.map(({ name }) => name).join(', ')}), or leave it out with --ignore.`,
      );
    if (seen.has(column.name)) return tell(`the column ${column.name} stands twice`, 'Delete one of them.');
    seen.add(column.name);
    return column;
  });
  if (!seen.has('id'))
    faults.push({
      line,
      column: 'id',
      value: null,
      what: 'the column is missing',
      cure: 'Add it: it names the camera.',
    });
  return { columns: found, faults };
}

/**
 * Reads a table of cameras: UTF-8 with or without a byte-order mark, parted by commas, semicolons or tabs, headings in English,
 * Russian or Kazakh. Never throws for what stands in it: every fault is named, and a row with a fault is not among the rows.
 */
export function readCameraTable(text: string, options: { readonly ignore?: readonly string[] } = {}): ImportFile {
  const plain = text.replace(/^\uFEFF/, '');
  // Excel writes a first line `sep=;` into files that it wants to read again itself.
  const said = /^sep=(.)\r?\n/.exec(plain)?.[1];
  const delimiter = said ?? separatorOf(plain);
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = Records.parse(
      parse(said === undefined ? plain : plain.replace(/^[^\n]*\n/, ''), {
        info: true,
        delimiter,
        skip_empty_lines: true,
        relax_column_count: true,
        // Of a table parted by tabs it would trim away the empty cells.
        trim: delimiter !== '\t',
      }),
    );
  } catch (thrown) {
    const line = Number(/line (\d+)/.exec(messageOf(thrown))?.[1] ?? 1);
    const what = `it cannot be read as a table (${messageOf(thrown).slice(0, 120)})`;
    const fault = { line, column: null, value: null, what, cure: 'Look for a quote that is not closed.' };
    return { rows: [], faults: [fault], notes: [] };
  }
  const lineOf = (lines: number): number => lines + (said === undefined ? 0 : 1);
  const [first, ...body] = records.filter(({ record }) => record.some((cell) => cell !== ''));
  if (!first) {
    const fault = {
      line: 1,
      column: null,
      value: null,
      what: 'the file is empty',
      cure: 'Write a head line and rows.',
    };
    return { rows: [], faults: [fault], notes: [] };
  }
  const head = headOf(first.record, lineOf(first.info.lines), options.ignore ?? []);
  if (head.faults.length > 0) return { rows: [], faults: head.faults, notes: [] };
  if (body.length > mostRows) {
    const what = `it has ${body.length} rows; ${mostRows} are read at once`;
    const fault = { line: mostRows + 1, column: null, value: null, what, cure: 'Cut it into several files.' };
    return { rows: [], faults: [fault], notes: [] };
  }
  const rows: ImportRow[] = [];
  const faults: ImportFault[] = [];
  const lines = new Map<string, number>();
  for (const { record, info } of body) {
    const line = lineOf(info.lines);
    const read = readRow(record, line, head.columns);
    const earlier = read.row && lines.get(read.row.id);
    if (read.row && earlier !== undefined) {
      const what = `this id stands already on line ${earlier}`;
      faults.push({ line, column: 'id', value: read.row.id, what, cure: 'Ids are unique: rename or delete one row.' });
      continue;
    }
    if (read.row) lines.set(read.row.id, line);
    faults.push(...read.faults);
    if (read.row && read.faults.length === 0) rows.push(read.row);
  }
  const parted = { ';': 'semicolons', '\t': 'tabs', ',': 'commas' }[delimiter] ?? `"${delimiter}"`;
  return { rows, faults, notes: [`parted by ${parted}`] };
}

function readRow(
  record: readonly string[],
  line: number,
  head: readonly (Column | null)[],
): { row: ImportRow | undefined; faults: ImportFault[] } {
  const faults: ImportFault[] = [];
  if (record.length > head.length && record.slice(head.length).some((cell) => cell !== '')) {
    const what = `the row has ${record.length} cells, the head line ${head.length}`;
    faults.push({ line, column: null, value: null, what, cure: 'Put cells that hold the separator in quotes.' });
  }
  const cells = new Map<string, unknown>();
  head.forEach((column, i) => {
    const cell = plainCell((record[i] ?? '').trim());
    if (!column || cell === '') return;
    if (cell === '-' && column.optional) {
      cells.set(column.name, null);
      return;
    }
    const read = /\p{Cc}/u.test(cell)
      ? { kind: 'fault' as const, what: 'it holds control characters or a line break', cure: 'Write it on one line.' }
      : column.read(cell.normalize('NFC'));
    if (read.kind === 'value') cells.set(column.name, read.value);
    else {
      const isSecret = 'secret' in read && read.secret;
      const value = isSecret ? null : shown(cell);
      faults.push({ line, column: column.name, value, what: read.what, cure: read.cure });
    }
  });
  const id = cells.get('id');
  if (typeof id === 'string') return { row: { line, id, cells }, faults };
  if (!faults.some(({ column }) => column === 'id'))
    faults.push({ line, column: 'id', value: '', what: 'it is empty', cure: "Write the camera's number." });
  return { row: undefined, faults };
}

/** What the city knows that a row needs. */
export interface ImportCity {
  /** Ids and names of districts, in small letters, to their ids. */
  readonly districts: ReadonlyMap<string, string>;
  /** The district in which a point lies; undefined outside the city. */
  readonly districtAt: (point: { readonly lon: number; readonly lat: number }) => string | undefined;
  readonly agencies: ReadonlySet<string>;
}

export interface ImportPlan {
  /** Cameras as they are to be, whether they differ from now or not; in the order of the file. */
  readonly put: readonly Camera[];
  readonly faults: readonly ImportFault[];
  readonly warnings: readonly ImportFault[];
}

const fieldOf: Readonly<Record<string, string>> = {
  lat: 'point.lat',
  lon: 'point.lon',
  sub_rtsp: 'subRtsp',
  bearing_deg: 'bearingDeg',
  fov_deg: 'fovDeg',
  height_m: 'heightM',
  tilt_deg: 'tiltDeg',
  near_sensitive: 'nearSensitive',
  name_kk: 'name.kk',
  name_ru: 'name.ru',
  name_en: 'name.en',
};
const columnByField = new Map(Object.entries(fieldOf).map(([column, field]) => [field, column]));

const plainColumns = [
  ...['rtsp', 'sub_rtsp', 'snapshot', 'credential', 'bearing_deg', 'fov_deg', 'height_m', 'tilt_deg', 'aspect'],
  ...['watch', 'restricted', 'indoor', 'near_sensitive', 'ladder', 'zones', 'presets'],
];

/**
 * Makes cameras of rows and of those that are there now. What a row does not say stays as it is; a new camera gets the defaults.
 * Faults name the line; a row with one is not in `put`.
 */
export function planImport(rows: readonly ImportRow[], now: ReadonlyMap<string, Camera>, city: ImportCity): ImportPlan {
  const put: Camera[] = [];
  const faults: ImportFault[] = [];
  const warnings: ImportFault[] = [];
  const addresses = new Map<string, number>();
  for (const row of rows) {
    const made = cameraOf(row, now.get(row.id), city);
    if ('faults' in made) {
      faults.push(...made.faults);
      continue;
    }
    const { camera } = made;
    put.push(camera);
    const warn = (column: string, what: string, cure: string): void => {
      warnings.push({ line: row.line, column, value: null, what, cure });
    };
    if (camera.rtsp === undefined && camera.snapshot === undefined && camera.subRtsp === undefined)
      warn('rtsp', 'this camera has no address', 'It is listed and never looked at until it has one.');
    const address = camera.rtsp ?? camera.snapshot;
    const twin = address === undefined ? undefined : addresses.get(address);
    if (twin !== undefined) warn('rtsp', `line ${twin} has the same address`, 'Two cameras would show one picture.');
    else if (address !== undefined) addresses.set(address, row.line);
  }
  return { put, faults, warnings };
}

function cameraOf(
  row: ImportRow,
  before: Camera | undefined,
  city: ImportCity,
): { camera: Camera } | { faults: ImportFault[] } {
  const { cells, line } = row;
  const faults: ImportFault[] = [];
  const say = (column: string, what: string, cure: string): void => {
    const cell = cells.get(column);
    const value = typeof cell === 'string' || typeof cell === 'number' ? shown(String(cell)) : null;
    faults.push({ line, column, value, what, cure });
  };
  const draft: Record<string, unknown> = { ...before, id: row.id };
  for (const name of plainColumns) {
    if (!cells.has(name)) continue;
    const cell = cells.get(name);
    const field = fieldOf[name] ?? name;
    if (cell === null) Reflect.deleteProperty(draft, field);
    else draft[field] = cell;
  }
  const name = cells.get('name');
  const named = (['kk', 'ru', 'en'] as const).map((language) => [
    language,
    cells.get(`name_${language}`) ?? name ?? before?.name[language],
  ]);
  const any = named.find(([, text]) => text !== undefined)?.[1];
  if (any === undefined) say('name', 'a new camera needs a name', 'Write it into name, name_kk, name_ru or name_en.');
  draft['name'] = Object.fromEntries(named.map(([language, text]) => [language, text ?? any]));
  const lat = cells.get('lat') ?? before?.point.lat;
  const lon = cells.get('lon') ?? before?.point.lon;
  if (typeof lat !== 'number') say('lat', 'a new camera needs its latitude', 'Write it, in degrees.');
  if (typeof lon !== 'number') say('lon', 'a new camera needs its longitude', 'Write it, in degrees.');
  if (typeof lat === 'number' && typeof lon === 'number') {
    draft['point'] = { lon, lat };
    const lies = city.districtAt({ lon, lat });
    const moved = before?.point.lat !== lat || before.point.lon !== lon;
    if (lies === undefined && moved)
      say('lat', `the point ${lat}, ${lon} lies outside the city`, 'Correct lat and lon; they may be exchanged.');
    const said = cells.get('district');
    const district = typeof said === 'string' ? city.districts.get(said.toLowerCase()) : (before?.district ?? lies);
    if (typeof said === 'string' && district === undefined)
      say(
        'district',
        "it is no district of the city's map",
        `Use one of: ${[...new Set(city.districts.values())].join(', ')}.`,
      );
    draft['district'] = district;
  }
  if (faults.length > 0) return { faults };
  const parsed = Camera.safeParse(draft);
  if (!parsed.success) {
    const tell = ({ path, message }: z.core.$ZodIssue): void => {
      const field = path.join('.');
      const column = columnByField.get(field) ?? String(path[0] ?? 'id');
      say(
        column,
        path.length > 1 && columnByField.get(field) === undefined ? `${field}: ${message}` : message,
        'Correct this cell.',
      );
    };
    parsed.error.issues.forEach(tell);
    return { faults };
  }
  const stranger = parsed.data.zones.find(({ owner }) => owner !== undefined && !city.agencies.has(owner));
  if (stranger) {
    say('zones', `zone ${stranger.id}: owner ${stranger.owner ?? ''} is no agency`, 'Use the id of an agency.');
    return { faults };
  }
  const ids = parsed.data.zones.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) {
    say('zones', `the zone id ${twice} stands twice`, 'Ids of zones are unique in a camera.');
    return { faults };
  }
  const [unfit] = presetFaults(parsed.data);
  if (unfit !== undefined) {
    say('presets', `the views do not fit: ${unfit}`, 'Take zones and presets as they were written out together.');
    return { faults };
  }
  return { camera: parsed.data };
}

/** Which cells of a camera an import changes: as each was and as it is to be, in the words of the table. */
export const changedCells = (before: Camera, after: Camera): { column: string; before: string; after: string }[] =>
  columns
    .filter(({ name }) => name !== 'name')
    .map(({ name, write }) => ({ column: name, before: cellWords(write(before)), after: cellWords(write(after)) }))
    .filter((cell) => cell.before !== cell.after);

const cellWords = (cell: unknown): string =>
  cell === undefined || cell === null ? '' : typeof cell === 'string' ? cell : JSON.stringify(cell);
