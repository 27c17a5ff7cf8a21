import { afterEach, describe, expect, test } from 'vitest';
import { clashOf, mayMoveTo, movableActs, moveName, tableFor } from './key-choice.ts';
import { keyLabel, keysOf, keyTable, matchKey, places, takeTable } from './keys.ts';

const plain = { handed: 'right', moved: {}, singleKeys: true } as const;
const press = (code: string, shiftKey = false) => ({
  code,
  shiftKey,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  isComposing: false,
});
const desk = { place: 'desk', mode: 'plain', typing: false } as const;

afterEach(() => takeTable(keyTable));

test('without choices the table is what it was', () => {
  expect(tableFor(plain)).toEqual(keyTable);
});

describe('moved keys', () => {
  test('act where they were put and no longer where they were', () => {
    takeTable(tableFor({ ...plain, moved: { confirm: 'KeyV' } }));
    expect(matchKey(press('KeyV'), desk)?.act).toBe('confirm');
    expect(matchKey(press('KeyC'), desk)).toBeUndefined();
    expect(matchKey(press('Enter'), desk)?.act).toBe('confirm');
  });

  test('are switched off one by one, and leave the help and the bar', () => {
    takeTable(tableFor({ ...plain, moved: { unsure: null } }));
    expect(matchKey(press('KeyU'), desk)).toBeUndefined();
    expect(keysOf('desk', 'all').some((row) => row.act === 'unsure')).toBe(false);
  });

  test('one of like digits moves alone', () => {
    takeTable(tableFor({ ...plain, moved: { 'severity/4': 'Digit9' } }));
    expect(matchKey(press('Digit9'), desk)).toMatchObject({ act: 'severity', arg: 4 });
    expect(matchKey(press('Digit3'), desk)).toMatchObject({ act: 'severity', arg: 3 });
    expect(matchKey(press('Digit4'), desk)).toBeUndefined();
  });

  test('that are taken on the same screen are told, those of other screens are not', () => {
    const onto = (code: string) => clashOf('confirm', tableFor({ ...plain, moved: { confirm: code } }));
    expect(onto('KeyX')?.act).toBe('reject');
    expect(onto('KeyV')).toBeUndefined();
    expect(onto('KeyG')?.act).toBe('go');
  });

  test('are letters, digits and signs', () => {
    expect(['KeyA', 'Digit0', 'Semicolon', 'Slash'].every(mayMoveTo)).toBe(true);
    expect(['Tab', 'F5', 'Escape', 'Enter', 'ArrowUp', 'Space', 'ShiftLeft'].some(mayMoveTo)).toBe(false);
  });
});

describe('single keys switched off', () => {
  test('leave no letter, digit or sign to any act on any screen, with Shift or without', () => {
    takeTable(tableFor({ ...plain, singleKeys: false, moved: { confirm: 'KeyV' } }));
    for (const place of places) {
      for (const row of keyTable) {
        for (const code of [...row.codes, 'KeyV'].filter((one) => /^(Key|Digit|Slash|Equal|Minus)/.test(one))) {
          for (const mode of row.modes) {
            expect(matchKey(press(code), { place, mode, typing: false }), `${place} ${code}`).toBeUndefined();
            expect(matchKey(press(code, true), { place, mode, typing: false }), `${place} ${code}`).toBeUndefined();
          }
        }
      }
    }
  });

  test('leave Enter, arrows, Escape and Ctrl what they are', () => {
    takeTable(tableFor({ ...plain, singleKeys: false }));
    expect(matchKey(press('Enter'), desk)?.act).toBe('confirm');
    expect(matchKey({ ...press('KeyZ'), ctrlKey: true }, desk)?.act).toBe('undo');
  });
});

describe('the other hand', () => {
  test('presses mirrored places', () => {
    takeTable(tableFor({ ...plain, handed: 'left' }));
    expect(matchKey(press('Comma'), desk)?.act).toBe('confirm');
    expect(matchKey(press('Period'), desk)?.act).toBe('reject');
    expect(matchKey(press('KeyF'), desk)?.act).toBe('next');
    expect(keyLabel('Comma')).toBe(', · Б');
  });

  test.each(['right', 'left'] as const)('%s: no act shares a key with another one', (handed) => {
    const table = tableFor({ ...plain, handed });
    const clashes = movableActs().flatMap((row) => {
      const other = clashOf(moveName(row), table);
      // Rows of one key table may already share a key where their modes part them; what meets is a defect.
      return other ? [`${moveName(row)} meets ${moveName(other)}`] : [];
    });
    expect(clashes).toEqual([]);
  });
});
