// The key table as one person wants it: for the other hand, with acts moved to other keys, or without single keys (WCAG 2.1.4).
import { movableCode, type Choices } from '../contract.ts';
import { keyTable, type KeyRow } from './keys.ts';

type KeyChoices = Pick<Choices, 'handed' | 'moved' | 'singleKeys'>;

/** A letter, a digit or a sign: what dictated words or a strayed finger could press by accident. */
const isSign = (code: string): boolean => /^(Key|Digit)|^(Equal|Minus)$/.test(code) || movableCode.test(code);

/** Places of the left half and where they lie when the keyboard is mirrored. */
const mirrored: Readonly<Record<string, string>> = (() => {
  const pairs = 'Q P,W O,E I,R U,T Y,A ;,S L,D K,F J,G H,Z /,X .,C \\,,V M,B N'.split(/(?<!\\),/);
  const signs: Readonly<Record<string, string>> = { ';': 'Semicolon', '/': 'Slash', '.': 'Period', '\\,': 'Comma' };
  const codeOf = (key: string): string => signs[key] ?? `Key${key}`;
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const [left = '', right = ''] = pair.split(' ').map(codeOf);
      return [
        [left, right],
        [right, left],
      ];
    }),
  );
})();

/** The name under which an act's keys are moved: all its rows move together. */
export const moveName = ({ act, arg }: Pick<KeyRow, 'act' | 'arg'>): string =>
  arg === undefined ? act : `${act}/${arg}`;

/** The table after a person's choices. A row that lost all its keys stays, so that its act can still be named. */
export function tableFor({ handed, moved, singleKeys }: KeyChoices, base = keyTable): KeyRow[] {
  return base.map((row) => {
    const name = moveName(row);
    let codes = handed === 'left' ? row.codes.map((code) => mirrored[code] ?? code) : row.codes;
    // With Ctrl it is no single key, and its place is the browser's custom: it stays.
    if (row.ctrl === true) return row;
    if (Object.hasOwn(moved, name) && codes.some(isSign)) {
      const other = moved[name];
      const kept = codes.filter((code) => !isSign(code));
      codes = other === null || other === undefined ? kept : [...kept, other];
    }
    if (!singleKeys) codes = codes.filter((code) => !isSign(code));
    return codes === row.codes ? row : { ...row, codes };
  });
}

const meet = (a: KeyRow, b: KeyRow): boolean =>
  (a.shift ?? false) === (b.shift ?? false) &&
  (a.ctrl ?? false) === (b.ctrl ?? false) &&
  a.codes.some((code) => b.codes.includes(code)) &&
  a.modes.some((mode) => b.modes.includes(mode)) &&
  (a.where === 'everywhere' || b.where === 'everywhere' || a.where.some((place) => b.where.includes(place)));

/** The first act that would share a key with this one on the same screen; undefined where the table is unambiguous for it. */
export function clashOf(name: string, table: readonly KeyRow[]): KeyRow | undefined {
  const mine = table.filter((row) => moveName(row) === name);
  return table.find((row) => moveName(row) !== name && mine.some((own) => meet(own, row)));
}

/** Each act that can be moved, once: those with a letter, a digit or a sign among their keys. */
export function movableActs(base = keyTable): KeyRow[] {
  const seen = new Set<string>();
  return base.filter((row) => {
    const name = moveName(row);
    if (row.ctrl === true || seen.has(name) || !row.codes.some(isSign)) return false;
    seen.add(name);
    return true;
  });
}

/** May this key be given to an act? */
export const mayMoveTo = (code: string): boolean => movableCode.test(code);
