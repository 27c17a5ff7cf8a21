// The walls around names, time, SQL and types.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from '#core/root';
import { filesOf, isTest, roomOf, sources } from './sources.ts';

const own = sources().filter(({ path }) => roomOf(path) !== '');

function faultsOf(pattern: RegExp, where: (path: string) => boolean, say: string): string[] {
  return own
    .filter(({ path }) => where(path))
    .flatMap(({ path, code }) =>
      code
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${say}: ${line.trim()}`] : [])),
    );
}

test('files and folders are named by the thing or the act', () => {
  const forbidden = /(^|[-/])(util|utils|helper|helpers|common|misc|manager|service|handler|processor|impl)([-./]|$)/;
  expect(filesOf('*.ts', '*.tsx', '*.sql').filter((path) => forbidden.test(path))).toEqual([]);
});

test('only core/clock.ts reads the time', () => {
  const allowed = (path: string): boolean =>
    path !== 'core/clock.ts' &&
    !isTest(path) &&
    !path.startsWith('simulator/stage/') &&
    !path.startsWith('dashboard/web/');
  expect(faultsOf(/\bDate\.now\(\)|new Date\(\)/, allowed, 'reads the time')).toEqual([]);
});

test('SQL lives in the store', () => {
  const isSql = /`\s*(select|insert into|update|delete from|create table|alter table)\s/i;
  expect(faultsOf(isSql, (path) => roomOf(path) !== 'store' && !isTest(path), 'speaks SQL')).toEqual([]);
});

test('no any, no suppressed complaint', () => {
  const here = (path: string): boolean => !path.startsWith('test/architecture/');
  const silenced = own
    .filter(({ path }) => here(path))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) =>
          /@ts-ignore|@ts-nocheck|@ts-expect-error|eslint-disable/.test(line)
            ? [`${path}:${index + 1} ${line.trim()}`]
            : [],
        ),
    );
  expect([...faultsOf(/:\s*any\b|\bas any\b|<any>/, here, 'is any'), ...silenced]).toEqual([]);
});

test('no assertion by as, except as const and the brand makers', () => {
  const makers = new Set(['core/units.ts', 'core/ids.ts', 'config/schema.ts']);
  const claim = /[\w)\]}>]\s+as\s+(?!const\b)[A-Z{'"(\w]/;
  const faults = own
    .filter(({ path }) => !isTest(path) && !makers.has(path) && !path.startsWith('simulator/stage/'))
    .flatMap(({ path, code }) =>
      code
        .split('\n')
        .flatMap((line, index) =>
          claim.test(line) &&
          !/^\s*(import|export)\b|\*\s+as\s|^\s*\w+ as \w+,?$|['"`].*\bas\b.*['"`]|\bas \w+\s*[,}]/.test(line) &&
          !/^\s+(select|from|join|with)\b/i.test(line)
            ? [`${path}:${index + 1} ${line.trim()}`]
            : [],
        ),
    )
    .filter((fault) => roomOf(fault) !== 'store');
  expect(faults).toEqual([]);
});

test('no unfinished words', () => {
  const unfinished = /\b(TODO|FIXME|XXX|lorem ipsum)\b/i;
  const faults = own
    .filter(({ path }) => !path.startsWith('test/architecture/'))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => (unfinished.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
    );
  expect(faults).toEqual([]);
});

test('a room shows one face of named exports', () => {
  const rooms = ['hazards', 'models', 'config', 'detector', 'ingest', 'incidents', 'evidence', 'tasks', 'simulator'];
  for (const room of rooms) {
    const face = readFileSync(inRoot(room, 'index.ts'), 'utf8');
    expect(face, `${room}/index.ts`).not.toMatch(/export \* from/);
  }
});

test('sizes are a compass: long files are told, none fails', () => {
  const long = own
    .filter(({ text }) => text.split('\n').length > 500)
    .map(({ path, text }) => `${path} ${text.split('\n').length} lines`);
  if (long.length > 0) process.stderr.write(`longer than 500 lines: ${long.join(', ')}\n`);
});
