// Faults of a table of cameras, which the reader names in English, as sentences of the screens.
import { readerOf } from '../holes.ts';

/** The reader's words with holes, and the sentence that says them. The first row that fits is taken. */
export const faultRows: readonly (readonly [what: string, key: string])[] = [
  ['no column is called so', 'heading'],
  ['the column {column} stands twice', 'headingTwice'],
  ['the column is missing', 'idMissing'],
  ['it cannot be read as a table ({_})', 'unread'],
  ['the file is empty', 'fileEmpty'],
  ['it has {n} rows; {most} are read at once', 'rows'],
  ['this id stands already on line {line}', 'idTwice'],
  ['the row has {cells} cells, the head line {head}', 'cells'],
  ['it holds control characters or a line break', 'control'],
  ['it is empty', 'idEmpty'],
  ['this camera has no address', 'noAddress'],
  ['line {line} has the same address', 'sameAddress'],
  ['a new camera needs a name', 'needName'],
  ['a new camera needs its latitude', 'needPoint'],
  ['a new camera needs its longitude', 'needPoint'],
  ['the point {lat}, {lon} lies outside the city', 'outside'],
  ["it is no district of the city's map", 'district'],
  ['zone {zone}: owner {owner} is no agency', 'owner'],
  ['the zone id {zone} stands twice', 'zoneTwice'],
  ['the views do not fit: {_}', 'presets'],
  ['it is longer than {most} characters', 'long'],
  ['it is no number', 'number'],
  ['it is not within {from} to {to}', 'range'],
  ['it is neither yes nor no', 'yesNo'],
  ['it holds a user name or a password', 'password'],
  ['its part {_} looks like a password', 'password'],
  ['it looks like a user name with its password', 'secretInstead'],
  ['it is no name of a secret', 'secretName'],
  ['{scheme} is not for this column', 'scheme'],
  ['it is no JSON', 'json'],
  ['it is no id', 'id'],
  ['{file} is larger than {most} MiB.', 'fileLarge'],
  ['{file} is a workbook (xlsx) or an archive, not CSV.', 'fileWorkbook'],
  ['{file} is UTF-16 ("Unicode text").', 'fileUtf16'],
  ['{file} is neither UTF-8 nor anything else that is known.', 'fileUnknown'],
  ['{file} is not UTF-8; by its bytes it is Windows-1251, {_}.', 'fileWindows'],
];

const compiled = faultRows.map(([what, key]) => ({ key, read: readerOf(what) }));

/** Which sentence says this fault, with its facts; undefined for words that only the reader knows. */
export function faultSentence(
  what: string,
): { key: string; slots: Readonly<Record<string, string | number>> } | undefined {
  for (const { key, read } of compiled) {
    const slots = read(what);
    if (slots) return { key, slots };
  }
  return undefined;
}
