import { expect, test } from 'vitest';
import { readAppeals } from './appeal-file.ts';

const head = 'external_id,channel,topic,hazard,language,lon,lat,address,text,made_at';

test('a CSV of the city is read, with commas or semicolons, and with empty cells', () => {
  const csv = `\uFEFF${head}\n109-1,call,Открытый люк,,ru,71.43,51.13,"ул. Сыганак, 10","Люк открыт, рядом школа",2026-11-22T10:00:00+05:00\n109-2,,Другое,,,,,,,2026-11-22T05:00:00Z\n`;
  const { rows, faults } = readAppeals(csv);
  expect(faults).toEqual([]);
  expect(rows.map(({ line }) => line)).toEqual([2, 3]);
  expect(rows[0]?.appeal).toMatchObject({ externalId: '109-1', point: { lon: 71.43, lat: 51.13 }, channel: 'call' });
  expect(rows[1]?.appeal).toMatchObject({
    externalId: '109-2',
    point: null,
    channel: 'other',
    language: 'kk',
    text: '',
  });
  const withSemicolons = readAppeals('made_at;topic;external_id;lon;lat\n2026-11-22T05:00:00Z;Люк;7;71,43;51,13\n');
  expect(withSemicolons.rows[0]?.appeal.point).toEqual({ lon: 71.43, lat: 51.13 });
});

test('one object a line is read, and a bad one does not spoil the others', () => {
  const good = JSON.stringify({ externalId: 'a', topic: 'snow', hazard: 'snow', madeAt: '2026-11-22T05:00:00Z' });
  const { rows, faults } = readAppeals(`${good}\n{"externalId": \n\n${good.replace('"a"', '"b"')}\n`);
  expect(rows.map(({ line, appeal }) => [line, appeal.externalId])).toEqual([
    [1, 'a'],
    [4, 'b'],
  ]);
  expect(faults.map(({ line }) => line)).toEqual([2]);
  expect(faults[0]?.what).toMatch(/^it is no JSON/);
});

test('each bad row is named by line, column and value', () => {
  const row = (cells: string): string => `${head}\n${cells}\n`;
  const faultOf = (cells: string): string => readAppeals(row(cells)).faults[0]?.what ?? '';
  expect(faultOf('1,call,Люк,,ru,71.43,51.13,,,вчера')).toMatch(/^made_at is "вчера";/);
  expect(faultOf('1,call,Люк,,ru,71.43,151,,,2026-11-22T05:00:00Z')).toMatch(/^lat is 151;/);
  expect(faultOf('1,call,Люк,,ru,71.43,,,,2026-11-22T05:00:00Z')).toMatch(/^lat is "";/);
  expect(faultOf('1,call,Люк,pothole,ru,71.43,51.13,,,2026-11-22T05:00:00Z')).toMatch(/^hazard is "pothole";/);
  expect(faultOf(',call,Люк,,ru,71.43,51.13,,,2026-11-22T05:00:00Z')).toMatch(/^external_id is nothing;/);
  expect(faultOf('1,call,Люк')).toBe('it has 3 cells, not 10');
});

test('what tells who a citizen is does not come in, in a column, a field or the words', () => {
  const column = readAppeals(`${head},phone\n1,call,Люк,,ru,71.43,51.13,,,2026-11-22T05:00:00Z,+77011234567\n`);
  expect(column.rows).toEqual([]);
  expect(column.faults.map(({ line }) => line)).toEqual([1]);
  expect(column.faults[0]?.what).toMatch(/^no column of appeals: phone[.]/);
  const field = readAppeals('{"externalId":"1","topic":"t","madeAt":"2026-11-22T05:00:00Z","name":"Асем"}\n');
  expect(field.faults[0]?.what).toMatch(/^name: no field of an appeal[.]/);
  expect(field.faults[0]?.what).not.toContain('Асем');
  const words = readAppeals(
    '{"externalId":"1","topic":"t","madeAt":"2026-11-22T05:00:00Z","text":"Меня зовут Айгуль Сериковна, +7 701 123-45-67, люк на пр. Момышұлы открыт"}\n',
  );
  expect(words.rows[0]?.appeal.text).toBe('Меня зовут …, …, люк на пр. Момышұлы открыт');
});

test('a file that is no CSV at all is one fault, not a crash', () => {
  expect(readAppeals('"a,b\nc').faults).toHaveLength(1);
  expect(readAppeals('').rows).toEqual([]);
});
