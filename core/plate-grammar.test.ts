import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestAt, formOf, parsePlate, plainPlate, plateForms, spaced, type ReadCharacter } from './plate-grammar.ts';

/** Characters that were read for sure, at even distances; a small letter is the same character, hardly seen. */
const row = (text: string, chance = 0.98): ReadCharacter[] =>
  Array.from(text).map((one, i) => ({
    chances: new Map([[one.toUpperCase(), one === one.toUpperCase() ? chance : 0.2]]),
    at: (i + 0.5) / text.length,
  }));

test.each([
  ['123ABC02', 'kz-person'],
  ['001AAA20', 'kz-person'],
  ['123AB02', 'kz-firm'],
  ['777 KP 01', 'kz-firm'],
  ['A123BCD', 'kz-1993-person'],
  ['Z001AB', 'kz-1993-firm'],
  ['A123BC77', 'ru'],
  ['A123BC777', 'ru-3'],
  ['AB123477', 'ru-trailer'],
  ['А123ВС77', 'ru'],
  ['01 A 123 BC', 'uz-person'],
  ['01 123 ABC', 'kg-uz'],
  ['12ABC02', 'other-2-3'],
  ['12AB02', 'other-2-2'],
  ['H123402', 'other-letter-4'],
  ['D012345', 'other-letter-6'],
] as const)('%s has the form %s', (text, id) => {
  expect(formOf(text)?.id).toBe(id);
});

test.each([
  ['no such region', '123ABC21'],
  ['region nought', '123ABC00'],
  ['number nought', '000ABC02'],
  ['a region letter that was never given', 'Y123BCD'],
  ['Russian letters only', 'A123DG77'],
  ['too short', '123AB'],
  ['too long', '1234ABC02'],
  ['a word', 'КАМАЗ'],
  ['nothing', ''],
])('%s: %s is no plate', (_why, text) => {
  expect(formOf(text)).toBeUndefined();
});

test('Cyrillic letters, spaces and small letters are the same plate', () => {
  expect(plainPlate('  123 авс-02 ')).toBe('123ABC02');
  expect(spaced('123abc02')).toBe('123 ABC 02');
  expect(spaced('a123bcd')).toBe('A 123 BCD');
  expect(spaced('lorry 7')).toBe('LORRY7');
});

test('what is alike is told apart by its place, with less confidence', () => {
  const parse = parsePlate(row('I234BCO2'))[0];
  expect(parse?.text).toBe('123ABC02');
  expect(parse?.form.id).toBe('kz-person');
  const [first = 1, , , letter = 1, , , region = 1] = parse?.confidence ?? [];
  for (const lowered of [first, letter, region]) expect(lowered).toBeLessThan(0.65);
  expect(parse?.confidence[1]).toBeGreaterThan(0.9);
});

test.each([
  ['0', 'O'],
  ['1', 'I'],
  ['2', 'Z'],
  ['5', 'S'],
  ['8', 'B'],
])('%s and %s lend each other a chance only where the other may not stand', (digit, letter) => {
  const digits = new Set('0123456789');
  const letters = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  const [seen] = row(digit);
  if (!seen) throw new Error('no row');
  expect(bestAt(seen, digits)).toEqual({ text: digit, chance: 0.98 });
  const lent = bestAt(seen, letters);
  expect(lent.text).toBe(letter);
  expect(lent.chance).toBeCloseTo(0.6 * 0.98);
  expect(bestAt(seen, new Set([...digits, ...letters])).text).toBe(digit);
});

test.each([
  ['the letters under the flag', 'KZ123ABC02'],
  ['the frame on the left', 'L123ABC02'],
  ['the line before the region, hardly seen', '123ABCi02'],
  ['a bolt behind', '123ABC02i'],
])('%s is left out', (_what, text) => {
  expect(parsePlate(row(text))[0]?.text).toBe('123ABC02');
});

test('nothing is put in: a plate that lacks a character is no plate of that form', () => {
  const texts = parsePlate(row('123ABC0')).map((one) => one.form.id);
  expect(texts).not.toContain('kz-person');
  expect(texts).not.toContain('kz-firm');
});

test('noise is no plate, or one of little confidence', () => {
  expect(parsePlate([])).toEqual([]);
  expect(parsePlate(row('K'))).toEqual([]);
  expect(parsePlate(row('WWWWWWWW'))).toEqual([]);
});

test('every parse has the form that it says, one chance for each character, and rising places', () => {
  const characters = fc.array(fc.constantFrom(...Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')), {
    minLength: 4,
    maxLength: 13,
  });
  fc.assert(
    fc.property(characters, (text) => {
      for (const { text: plate, form, confidence, from } of parsePlate(row(text.join('')))) {
        expect(plateForms).toContain(form);
        expect(form.holds(plate)).toBe(true);
        expect(Array.from(plate).every((one, i) => form.groups.flat()[i]?.has(one))).toBe(true);
        expect(confidence).toHaveLength(plate.length);
        expect(confidence.every((one) => one > 0 && one <= 1)).toBe(true);
        expect(from.every((one, i) => i === 0 || one > (from[i - 1] ?? -1))).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});
