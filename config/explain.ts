// A complaint about a YAML or CSV file as a person reads it: file:line, what was read, what was expected, the cure.
import { isCollection, isMap, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { AhualError } from '#core/errors';

type Path = readonly PropertyKey[];

function lineOf(document: Document.Parsed, counter: LineCounter, path: Path, key?: string): number {
  for (let length = path.length; length >= 0; length--) {
    const at = path.slice(0, length);
    if (key !== undefined && length === path.length) {
      const node = length === 0 ? document.contents : document.getIn(at, true);
      const pair = isMap(node) ? node.items.find((item) => String(item.key) === key) : undefined;
      const range = pair && isRanged(pair.key) ? pair.key.range : undefined;
      if (range) return counter.linePos(range[0]).line;
    }
    const node = length === 0 ? document.contents : document.getIn(at, true);
    if (isRanged(node) && node.range) {
      const parent = length > 0 ? document.getIn(at.slice(0, -1), true) : undefined;
      const last = at.at(-1);
      if (isMap(parent)) {
        const pair = parent.items.find((item) => String(item.key) === String(last));
        if (pair && isRanged(pair.key) && pair.key.range) return counter.linePos(pair.key.range[0]).line;
      }
      return counter.linePos(node.range[0]).line;
    }
  }
  return 1;
}

function isRanged(node: unknown): node is { range?: [number, number, number] | null } {
  return typeof node === 'object' && node !== null && 'range' in node;
}

function readAt(document: Document.Parsed, path: Path): string {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isSeq(node) || isMap(node)) return isCollection(node) ? `${node.items.length} entries` : 'entries';
  const value: unknown = path.length === 0 ? undefined : document.getIn(path);
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

const dotted = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '') || 'the file';

/** The allowed keys at a path, for the cure of an unknown key. */
function nearest(key: string, candidates: readonly string[]): string | undefined {
  const distance = (a: string, b: string): number => {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
        next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
      }
      row = next;
    }
    return row[b.length] ?? 0;
  };
  const best = candidates.map((name) => ({ name, d: distance(key, name) })).sort((a, b) => a.d - b.d)[0];
  return best && best.d <= Math.max(2, key.length / 3) ? best.name : undefined;
}

/**
 * Parses YAML text against a schema. Every complaint names file:line, what was read, what was expected and the cure;
 * throws CONFIG_INVALID with all of them, one a line. `known` lists keys for spelling hints.
 */
export function parseYaml<S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
  known: readonly string[] = [],
): z.infer<S> {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const broken = document.errors[0];
  if (broken) {
    const { line } = counter.linePos(broken.pos[0]);
    throw new AhualError(
      'CONFIG_INVALID',
      `${file}:${line} is not YAML: ${broken.message}.`,
      'Correct the indentation or quotes on this line.',
    );
  }
  const result = schema.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  const complaints = result.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const key = issue.keys[0] ?? '';
      const hint = nearest(key, known);
      const line = lineOf(document, counter, issue.path, key);
      return `${file}:${line} ${dotted([...issue.path, key])} is no setting of this file. ${hint ? `Did you mean ${hint}?` : 'Remove the line.'}`;
    }
    const line = lineOf(document, counter, issue.path);
    return `${file}:${line} ${dotted(issue.path)} is ${readAt(document, issue.path)}; ${issue.message}. Correct this line.`;
  });
  throw new AhualError('CONFIG_INVALID', complaints.join('\n'), '', { file });
}
