import { expect, test } from 'vitest';
import { formatOf } from './format.ts';

const at = Date.UTC(2026, 1, 3, 9, 31, 58);
const plain = (text: string): string => text.replace(/\u00a0|\u202f/g, ' ');

test('moments are those of the city, on a 24-hour clock', () => {
  for (const language of ['kk', 'ru', 'en'] as const) {
    const format = formatOf(language, 'Asia/Almaty');
    expect(format.timeS(at)).toBe('14:31:58');
    expect(format.date(at)).toBe('03.02.2026');
    expect(format.moment(at, at + 60_000)).toBe('14:31');
    expect(format.moment(at, at + 86_400_000)).toBe('03.02. 14:31');
  }
});

test('lengths of time in the words of each language', () => {
  const [kk, ru, en] = (['kk', 'ru', 'en'] as const).map((language) => formatOf(language, 'Asia/Almaty'));
  expect([kk, ru, en].map((f) => plain(f?.ago(at, at + 720_000) ?? ''))).toEqual([
    '12 мин бұрын',
    '12 мин назад',
    '12 min ago',
  ]);
  expect([kk, ru, en].map((f) => plain(f?.span(11_400_000) ?? ''))).toEqual([
    '3 сағ 10 мин',
    '3 ч 10 мин',
    '3 h 10 min',
  ]);
  expect([kk, ru, en].map((f) => plain(f?.span(187_200_000) ?? ''))).toEqual(['2 күн 4 сағ', '2 дн. 4 ч', '2 d 4 h']);
});

test('an age is a clock under an hour', () => {
  expect(formatOf('kk', 'Asia/Almaty').age(130_000)).toBe('02:10');
});

test('numbers have the comma and the groups of the language', () => {
  expect(plain(formatOf('kk', 'UTC').number(12036.5, 1))).toBe('12 036,5');
  expect(formatOf('en', 'UTC').number(12036.5, 1)).toBe('12,036.5');
});
