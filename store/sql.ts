// The sql`` tag: text and parameters kept apart, statements that can be put together from pieces.

/** A statement or a piece of one. Values never become text. */
export interface Sql {
  readonly strings: readonly string[];
  readonly values: readonly unknown[];
  /** Set for hot statements: the database then keeps their plan per connection. */
  readonly name?: string;
}

const isSql = (value: unknown): value is Sql =>
  typeof value === 'object' && value !== null && 'strings' in value && 'values' in value;

/** Builds a statement. A value that is itself a piece of SQL is put in its place; every other value becomes a parameter. */
export function sql(parts: readonly string[], ...given: unknown[]): Sql {
  const strings = [parts[0] ?? ''];
  const values: unknown[] = [];
  const glue = (text: string): void => {
    strings.push((strings.pop() ?? '') + text);
  };
  given.forEach((value, i) => {
    const after = parts[i + 1] ?? '';
    if (!isSql(value)) {
      values.push(value);
      strings.push(after);
      return;
    }
    glue(value.strings[0] ?? '');
    values.push(...value.values);
    strings.push(...value.strings.slice(1));
    glue(after);
  });
  return { strings, values };
}

/** A piece of SQL from a text of our own code (a table's name); never from outside. */
export const raw = (text: string): Sql => ({ strings: [text], values: [] });

/** Pieces with a text between them. */
export function joined(pieces: readonly Sql[], between: string): Sql {
  return pieces.reduce((sum, piece, i) => (i === 0 ? piece : sql`${sum}${raw(between)}${piece}`), raw(''));
}

/** `(a, b) values ($1, $2)` from a record of columns. The names are our own. */
export function inserting(columns: Readonly<Record<string, unknown>>): Sql {
  const values = Object.values(columns).map((value) => sql`${value}`);
  return sql`(${raw(Object.keys(columns).join(', '))}) values (${joined(values, ', ')})`;
}

/** `a = $1, b = $2` from a record of columns. The names are our own. */
export function setting(columns: Readonly<Record<string, unknown>>): Sql {
  return joined(
    Object.entries(columns).map(([name, value]) => sql`${raw(name)} = ${value}`),
    ', ',
  );
}

/** Gives a hot statement a name under which the database keeps its plan. */
export const prepared = (name: string, statement: Sql): Sql => ({ ...statement, name });

const texts = new WeakMap<readonly string[], string>();

/** Text with `$1`, `$2` and the values to send. */
export function render(statement: Sql): { text: string; values: unknown[] } {
  let text = texts.get(statement.strings);
  if (text === undefined) {
    text = statement.strings.reduce((sum, part, i) => (i === 0 ? part : `${sum}$${i}${part}`), '');
    texts.set(statement.strings, text);
  }
  return { text, values: [...statement.values] };
}
