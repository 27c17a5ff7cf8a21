import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvOf } from './numbers-csv.ts';

const english = { separator: ',', decimal: '.' } as const;
const russian = { separator: ';', decimal: ',' } as const;
const plain = (rows: Parameters<typeof csvOf>[0], style: Parameters<typeof csvOf>[1] = english): string =>
  csvOf(rows, style).slice(1);

test('begins with a byte order mark and ends each row as RFC 4180 has it', () => {
  expect(csvOf([['a', 'b'], [1]], english)).toBe('\ufeffa,b\r\n1\r\n');
});

test('a number is written as the language writes it, nothing as nothing', () => {
  expect(plain([[0.5, -2, null, Number.NaN]])).toBe('0.5,-2,,\r\n');
  expect(plain([[0.5, 'а;б']], russian)).toBe('0,5;"а;б"\r\n');
});

describe('no text becomes a formula', () => {
  test.each(['=1+1', '+1', '-1+2', '@SUM(A1)', '\t=1', '\r=1', '  =1', '＝1', '|cmd', '%0A'])('%j', (text) => {
    const [[cell] = ['']] = parse(plain([[text]]), { relax_quotes: false });
    expect(String(cell)).toBe(`'${text}`);
  });
});

test('whatever is written is read back as it was, but for the apostrophe', () => {
  const cell = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (rows) => {
      for (const style of [english, russian]) {
        const read: unknown = parse(plain(rows, style), {
          delimiter: style.separator,
          relax_column_count: true,
          record_delimiter: '\r\n',
        });
        const wanted = rows.map((row) => row.map((text) => (/^'/.test(escaped(text)) ? escaped(text) : text)));
        expect(read).toEqual(wanted);
      }
    }),
  );
});

const escaped = (text: string): string =>
  /^[\s\u00a0]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20|%]/.test(text) ? `'${text}` : text;
