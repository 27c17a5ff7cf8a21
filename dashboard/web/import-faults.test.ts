// Every fault that the reader of tables can name has a sentence: its words are read from the code that says them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { faultRows, faultSentence } from './import-faults.ts';
import { isTextKey } from './texts/index.ts';

/** Strings of the code that are said of a fault, a number in each hole. */
function said(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const at =
    /(?:what[:=]|const what =|fault\(|tell\(|refused\(|warn\('\w+',|say\(\s*'\w+',)\s*('(?:[^'\\\n]|\\.)+'|"[^"\n]+"|`[^`\n]+`)/g;
  return [...text.matchAll(at)]
    .map((found) =>
      (found[1] ?? '')
        .slice(1, -1)
        .replace(/\$\{[^}]*\}/g, '7')
        .replace(/\\'/g, "'"),
    )
    .filter((words) => / /.test(words));
}

test('every fault of a table has its sentence', () => {
  const words = [...said('ingest/onboard/import.ts'), ...said('ingest/onboard/columns.ts')];
  expect(words.length).toBeGreaterThan(25);
  expect(words.filter((one) => !faultSentence(one))).toEqual([]);
  expect(faultRows.map(([, key]) => `import.fault.${key}`).filter((key) => !isTextKey(key))).toEqual([]);
});

test('facts of a fault are in its sentence', () => {
  expect(faultSentence('this id stands already on line 12')).toEqual({ key: 'idTwice', slots: { line: '12' } });
  expect(faultSentence('it is something that nobody foresaw')).toBeUndefined();
});
