import { describe, expect, test } from 'vitest';
import { find, fold, type Findable } from './fold.ts';

describe('folding', () => {
  test.each([
    ['Мәңгілік Ел', 'Мангилик Ел', 'Mangilik El'],
    ['Қабанбай батыр', 'Кабанбай батыр', 'Qabanbai Batyr', 'Kabanbay Batyr'],
    ['Ұлы Дала', 'Улы Дала', 'Uly Dala'],
    ['Сығанақ', 'Сыганак', 'Syganak'],
    ['Жеңіс', 'Женис', 'Zhenis', 'Jeńis'],
    ['Өрікті', 'Орикти', 'Oriktı'],
    ['Үкілі Ыбырай', 'Укили Ыбырай', 'Ukili Ybyrai'],
    ['Есіл', 'Есиль', 'Esil', 'Yesil'],
    ['Сәкен Сейфуллин', 'Сакен Сейфуллин', 'Saken Seifullin'],
    ['Тұран', 'Туран', 'Turan'],
    ['Шыңғыс Айтматов', 'Шынгыс Айтматов', 'Shyngys Aitmatov'],
    ['ӘҒҚҢӨҰҮҺІ', 'агкноууХи'],
  ])('%s is one with its other spellings', (kk, ...others) => {
    for (const other of others) expect(fold(other)).toBe(fold(kk));
  });

  test('keeps apart what sounds apart', () => {
    const names = ['Тұран', 'Торан', 'Абай', 'Абылай', 'Сарыарқа', 'Сарайшық', 'cam 11', 'cam 12'];
    expect(new Set(names.map(fold)).size).toBe(names.length);
  });

  test('signs and spaces only set words apart', () => {
    expect(fold('  пр. Республики × ул. Абая, 12/3 ')).toBe('pr respubliki ul abaia 12 3');
    expect(fold('<b>"Тұран"</b>')).toBe('b turan b');
  });
});

describe('finding', () => {
  const things: Findable<string>[] = ['Абай – Тұран', 'Тұран – Сығанақ', 'Сауран', 'Тұран'].map((what, i) => ({
    what,
    folded: [fold(`cam-${i + 1}`), fold(what)],
  }));

  test('the whole name first, then what begins so, then a word, then any part', () => {
    expect(find(things, 'туран', 9)).toEqual(['Тұран', 'Тұран – Сығанақ', 'Абай – Тұран']);
    expect(find(things, 'ран', 9)).toHaveLength(4);
  });

  test('by id, by several words in any order, and not more than asked', () => {
    expect(find(things, 'CAM-3', 9)).toEqual(['Сауран']);
    expect(find(things, 'syganak tur', 9)).toEqual(['Тұран – Сығанақ']);
    expect(find(things, 'cam', 2)).toHaveLength(2);
  });

  test('one letter finds nothing, and neither does what is not there', () => {
    expect(find(things, 'т', 9)).toEqual([]);
    expect(find(things, 'алматы', 9)).toEqual([]);
  });
});
