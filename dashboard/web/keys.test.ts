import { describe, expect, test } from 'vitest';
import {
  keyLabel,
  keysOf,
  keyTable,
  matchKey,
  places,
  releasedKey,
  rowLabel,
  type KeyStage,
  type Press,
} from './keys.ts';

const press = (code: string, more: Partial<Press> = {}): Press => ({
  code,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  isComposing: false,
  ...more,
});
const desk: KeyStage = { place: 'desk', mode: 'plain', typing: false };

describe('keys are matched by their place', () => {
  test('the same finger confirms under any layout', () => {
    for (const code of ['Enter', 'NumpadEnter', 'KeyC']) expect(matchKey(press(code), desk)?.act).toBe('confirm');
    expect(matchKey(press('KeyX'), desk)?.act).toBe('reject');
  });

  test('a held key repeats only where a list is walked', () => {
    expect(matchKey(press('KeyC', { repeat: true }), desk)).toBeUndefined();
    expect(matchKey(press('KeyX', { repeat: true }), desk)).toBeUndefined();
    expect(matchKey(press('KeyJ', { repeat: true }), desk)?.act).toBe('next');
  });

  test('modifiers that are not listed mean nothing', () => {
    expect(matchKey(press('KeyC', { ctrlKey: true }), desk)).toBeUndefined();
    expect(matchKey(press('KeyC', { metaKey: true }), desk)).toBeUndefined();
    expect(matchKey(press('KeyX', { altKey: true }), desk)).toBeUndefined();
    expect(matchKey(press('KeyC', { shiftKey: true }), desk)).toBeUndefined();
    expect(matchKey(press('KeyZ', { ctrlKey: true }), desk)?.act).toBe('undo');
    expect(matchKey(press('Enter', { shiftKey: true }), desk)?.act).toBe('confirm-now');
  });

  test('typing and composing are left alone, but for Escape', () => {
    expect(matchKey(press('KeyC'), { ...desk, typing: true })).toBeUndefined();
    expect(matchKey(press('KeyC', { isComposing: true }), desk)).toBeUndefined();
    expect(matchKey(press('Escape'), { ...desk, typing: true })?.act).toBe('escape');
  });

  test('digits are severities, reasons or hazards, by what is open', () => {
    expect(matchKey(press('Digit2'), desk)).toMatchObject({ act: 'severity', arg: 2 });
    expect(matchKey(press('Digit2'), { ...desk, mode: 'reasons' })).toMatchObject({ act: 'reason', arg: 2 });
    expect(matchKey(press('Digit2'), { ...desk, mode: 'hazards' })).toMatchObject({ act: 'hazard', arg: 2 });
    expect(matchKey(press('Enter'), { ...desk, mode: 'reasons' })).toBeUndefined();
  });

  test('a screen hears only its own keys', () => {
    expect(matchKey(press('KeyC'), { ...desk, place: 'map' })?.act).toBe('centre');
    expect(matchKey(press('KeyC'), { ...desk, place: 'wall' })).toBeUndefined();
    expect(matchKey(press('Equal'), { ...desk, place: 'map' })?.act).toBe('zoom');
    expect(matchKey(press('Equal'), desk)?.act).toBe('text-size');
  });

  test('the release of a held key is known whatever else is down', () => {
    expect(releasedKey('KeyB', 'desk')?.act).toBe('blink');
    expect(releasedKey('KeyC', 'desk')).toBeUndefined();
  });
});

test('no press means two things at once', () => {
  for (const place of places) {
    for (const row of keyTable) {
      if (row.where !== 'everywhere' && !row.where.includes(place)) continue;
      for (const mode of row.modes) {
        for (const code of row.codes) {
          const found = matchKey(press(code, { shiftKey: row.shift ?? false, ctrlKey: row.ctrl ?? false }), {
            place,
            mode,
            typing: false,
          });
          expect(`${place} ${mode} ${code} ${found?.act ?? ''}`).toBe(`${place} ${mode} ${code} ${row.act}`);
        }
      }
    }
  }
});

test('the label is what is printed on the key', () => {
  expect(keyLabel('KeyJ')).toBe('J · О');
  expect(keyLabel('KeyJ', new Map([['KeyJ', 'j']]))).toBe('J');
  expect(keyLabel('KeyJ', new Map([['KeyJ', 'о']]))).toBe('J · О');
  const confirmNow = keyTable.find((row) => row.act === 'confirm-now');
  expect(confirmNow && rowLabel(confirmNow)).toBe('Shift + Enter');
});

test('each act stands once in the help of a screen', () => {
  const texts = keysOf('desk', 'all').map((row) => row.text);
  expect(new Set(texts).size).toBe(texts.length);
});
