// Comma-separated values as spreadsheets read them (RFC 4180), with texts that cannot become formulas.

export type Cell = string | number | null;

export interface CsvStyle {
  readonly separator: ',' | ';';
  readonly decimal: '.' | ',';
}

/**
 * A spreadsheet takes a text that begins with one of these as a formula, also behind spaces and in its full-width form (OWASP, CSV
 * injection); an apostrophe before it keeps it a text.
 */
const asFormula = /^[\s\u00a0]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20|%]/;

function cellOf(cell: Cell, { separator, decimal }: CsvStyle): string {
  if (cell === null) return '';
  if (typeof cell === 'number') {
    const text = Number.isFinite(cell) ? String(cell).replace('.', decimal) : '';
    return text.includes(separator) ? `"${text}"` : text;
  }
  const text = asFormula.test(cell) ? `'${cell}` : cell;
  return /["\r\n,;\t]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows in one text: CRLF after each, a byte order mark first, so that spreadsheets read Kazakh and Russian letters. */
export const csvOf = (rows: readonly (readonly Cell[])[], style: CsvStyle): string =>
  `\ufeff${rows.map((row) => `${row.map((cell) => cellOf(cell, style)).join(style.separator)}\r\n`).join('')}`;
