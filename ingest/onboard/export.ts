// The list of cameras as a table that a spreadsheet opens and `import` takes back unchanged.
import type { Camera } from '#core/camera';
import { columns } from './columns.ts';

const exported = columns.filter(({ name }) => name !== 'name');

/** A text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV injection); numbers stay numbers. */
function cellOf(given: unknown): string {
  if (given === undefined || given === null) return '';
  if (typeof given === 'boolean') return given ? 'yes' : 'no';
  if (typeof given === 'number') return String(given);
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  const safe = /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\n\r\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line of a table, its end included. */
export const csvLine = (cells: readonly unknown[]): string => `${cells.map(cellOf).join(',')}\r\n`;

/** The whole list: UTF-8 with a byte-order mark (spreadsheets ask for it), commas, one camera a line. */
export function cameraTable(cameras: readonly Camera[]): string {
  const lines = cameras.map((camera) => csvLine(exported.map(({ write }) => write(camera))));
  return `\uFEFF${csvLine(exported.map(({ name }) => name))}${lines.join('')}`;
}
