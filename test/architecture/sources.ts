// Reads the source files of the house for the walls: paths, text without comments, imports.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '#core/root';

export interface SourceFile {
  /** Path from the checkout, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text with comments blanked out, lines kept. */
  readonly code: string;
  readonly imports: readonly {
    readonly from: string;
    readonly line: number;
    readonly typeOnly: boolean;
    /** Loaded when that line runs, not with the file. */
    readonly whenRun: boolean;
  }[];
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** Blanks comments; string contents stay, so that imports can be read. */
export function withoutComments(text: string): string {
  return text.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (whole: string, quoted: string | undefined) => quoted ?? blank(whole),
  );
}

function importsOf(code: string): SourceFile['imports'] {
  const found: { from: string; line: number; typeOnly: boolean; whenRun: boolean }[] = [];
  for (const match of code.matchAll(
    /^\s*(?:import|export)\s+(type\s+)?[^'"`;]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm,
  )) {
    const from = match[2] ?? match[3] ?? match[4];
    if (from === undefined) continue;
    const braces = /\{([^}]*)\}/.exec(match[0])?.[1];
    const allInline =
      braces !== undefined &&
      !/^\s*(?:import|export)\s+\w+\s*,/.test(match[0]) &&
      braces
        .split(',')
        .filter((name) => name.trim() !== '')
        .every((name) => name.trim().startsWith('type '));
    found.push({
      from,
      line: code.slice(0, match.index).split('\n').length + (match[0].startsWith('\n') ? 1 : 0),
      typeOnly: match[1] !== undefined || allInline,
      whenRun: match[4] !== undefined,
    });
  }
  return found;
}

let read: readonly SourceFile[] | undefined;

/** All tracked and new TypeScript files of the checkout. */
export function sources(): readonly SourceFile[] {
  read ??= filesOf('*.ts', '*.tsx').map((path) => {
    const text = readFileSync(inRoot(path), 'utf8');
    const code = withoutComments(text);
    return { path, text, code, imports: importsOf(code) };
  });
  return read;
}

/** Files of the checkout by pattern: from git where there is one, otherwise from the folders themselves. */
export function filesOf(...patterns: readonly string[]): readonly string[] {
  try {
    const out = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns], {
      cwd: inRoot(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return out.split('\n').filter((path) => path !== '' && existsSync(inRoot(path)));
  } catch {
    return walk(
      '',
      patterns.map((pattern) => pattern.replace('*', '')),
    );
  }
}

function walk(folder: string, endings: readonly string[]): string[] {
  const skip = new Set(['node_modules', '.build', '.ahual', '.git', 'test-results']);
  return readdir(folder).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skip.has(entry.name) ? [] : walk(path, endings);
    return endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
  });
}

const readdir = (folder: string) => readdirSync(join(inRoot(), folder), { withFileTypes: true });

/** The room of a path: its first folder, or the empty text for files at the top. */
export const roomOf = (path: string): string => (path.includes('/') ? (path.split('/')[0] ?? '') : '');

export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || path.startsWith('test/');
