import { describe, expect, test } from 'vitest';
import { appealOf, covered, SentAppeal } from './appeal.ts';

describe('what would tell who a citizen is', () => {
  test.each([
    ['позвоните +7 (701) 123-45-67', 'позвоните …'],
    ['8 701 123 45 67 алло', '… алло'],
    ['ИИН 900101300123', 'ИИН …'],
    ['пишите на asel.k@mail.kz', 'пишите на …'],
    ['телеграм @asel_k', 'телеграм …'],
    ['Меня зовут Асель Кайратовна Омарова, люк', 'Меня зовут …, люк'],
    ['Менің атым Айгерім. Құдық ашық', 'Менің атым …. Құдық ашық'],
    ['Омаров Серик Кайратович жалуется', '… жалуется'],
    ['Серік Қайратұлы хабарлады', '… хабарлады'],
    ['My name is John Smith, water', 'My name is …, water'],
  ])('%s', (text, want) => expect(covered(text)).toBe(want));

  test.each([
    'ул. Сыганак 10, подъезд 2, 3 этаж',
    'Бауыржан Момышұлы көшесі, 12 үй',
    'проспект Момышұлы 4, вода с 14:30',
    'код 010000, двор 5/1',
    'Кабанбай батыра 46, люк у остановки',
  ])('a place stays: %s', (text) => expect(covered(text)).toBe(text));
});

const sent = (more: object = {}): SentAppeal =>
  SentAppeal.parse({ externalId: ' 109-1 ', topic: 'Открытый  Люк', madeAt: '2026-11-22T11:00:00+05:00', ...more });

test('a topic means what the table of its service says, however it is written', () => {
  const topics = { 'открытый люк': 'open-manhole' } as const;
  expect(appealOf('ikomek', sent(), topics)).toMatchObject({
    source: 'ikomek',
    externalId: '109-1',
    hazard: 'open-manhole',
    point: null,
    madeAtMs: Date.parse('2026-11-22T06:00:00Z'),
  });
  expect(appealOf('ikomek', sent({ topic: 'Лифт' }), topics).hazard).toBeNull();
  expect(appealOf('ikomek', sent({ topic: 'Лифт', hazard: 'snow' }), topics).hazard).toBe('snow');
});

test.each([
  [{ phone: '+7701' }, 'unrecognized_keys'],
  [{ citizen: { name: 'A' } }, 'unrecognized_keys'],
  [{ madeAt: '2026-11-22 11:00' }, 'invalid_format'],
  [{ madeAt: '2026-11-22T11:00:00' }, 'invalid_format'],
  [{ point: { lon: 71 } }, 'invalid_type'],
  [{ externalId: '' }, 'too_small'],
])('%j is refused', (more, code) => {
  const parsed = SentAppeal.safeParse({ ...sent(), ...more });
  expect(parsed.error?.issues[0]?.code).toBe(code);
});

test('a text of one thing repeated is covered and grows no longer', () => {
  const patterns = ['А', 'a', 'А-', 'Авич', '1.....', 'Меня зовут ', '1 ', 'a.'];
  for (const pattern of patterns) {
    const text = pattern.repeat(Math.ceil(2000 / pattern.length)).slice(0, 2000);
    expect(covered(text).length, pattern).toBeLessThanOrEqual(2000);
  }
});
