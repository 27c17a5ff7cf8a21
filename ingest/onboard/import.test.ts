import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Camera } from '#core/camera';
import { inRoot } from '#core/root';
import { columns } from './columns.ts';
import { cameraTable } from './export.ts';
import { changedCells, planImport, readCameraTable, textOf, type ImportCity } from './import.ts';

const city: ImportCity = {
  districts: new Map([
    ['esil', 'esil'],
    ['есиль', 'esil'],
    ['nura', 'nura'],
  ]),
  districtAt: ({ lon, lat }) => (Math.abs(lon - 71.4) < 1 && Math.abs(lat - 51.1) < 1 ? 'nura' : undefined),
  agencies: new Set(['su-arnasy']),
};
const made = (text: string, now: readonly Camera[] = []) => {
  const read = readCameraTable(text);
  const plan = planImport(read.rows, new Map(now.map((camera) => [camera.id, camera])), city);
  return { ...plan, faults: [...read.faults, ...plan.faults] };
};
const camera = Camera.parse({
  id: 'A-1',
  name: { kk: '=SUM(A1)', ru: "'+7 перекрёсток", en: 'Crossing; "north"' },
  point: { lon: -0.5, lat: 51.1 },
  district: 'esil',
  rtsp: 'rtsp://10.0.0.5/main',
  credential: 'north',
  tiltDeg: 12.5,
  ladder: [
    { y: 0.9, distanceM: 8 },
    { y: 0.5, distanceM: 30 },
  ],
  zones: [
    {
      id: 'cover',
      kind: 'manhole',
      hazards: ['open-manhole'],
      owner: 'su-arnasy',
      polygon: [
        [0.1, 0.1],
        [0.2, 0.1],
        [0.2, 0.3],
      ],
    },
  ],
});

describe('a table of cameras', () => {
  it('is taken back as it was written out, formulas and quotes and zones included', () => {
    const table = cameraTable([camera]);
    // Nothing that a spreadsheet would run stands at the beginning of a cell.
    expect(table).toContain(",'=SUM(A1),''+7 перекрёсток,");
    const { put, faults } = made(table, [camera]);
    expect(faults).toEqual([]);
    expect(put).toEqual([camera]);
    // And into an empty city, where a point outside it is refused.
    expect(made(table).faults).toMatchObject([{ line: 2, column: 'lat' }]);
    expect(made(table).faults[0]?.what).toContain('outside');
  });

  it.each([
    [
      'Excel in Russian',
      '\uFEFFНомер;Название;Широта;Долгота;Район;Адрес потока\r\nA-2;Есиль, 5;51,1283;71,4304;Есиль;rtsp://10.0.0.6/s\r\n',
    ],
    [
      'Excel in Kazakh',
      'sep=;\r\nНөмірі;Атауы;Ендік;Бойлық;Аудан;Мекенжай\r\nA-2;Есиль, 5;51,1283;71,4304;esil;rtsp://10.0.0.6/s',
    ],
    [
      'tabs',
      'id\tname\tlat\tlon\tdistrict\tsnapshot\trtsp\nA-2\tЕсиль, 5\t51.1283\t71.4304\tesil\t\trtsp://10.0.0.6/s\n',
    ],
  ])('of %s is read', (_, text) => {
    const { put, faults } = made(text);
    expect(faults).toEqual([]);
    expect(put).toMatchObject([
      {
        id: 'A-2',
        name: { kk: 'Есиль, 5', ru: 'Есиль, 5', en: 'Есиль, 5' },
        point: { lat: 51.1283, lon: 71.4304 },
        district: 'esil',
        rtsp: 'rtsp://10.0.0.6/s',
        restricted: true,
      },
    ]);
  });

  it('says nothing by an empty cell, empties by a dash, and keeps what has no column', () => {
    const { put } = made('id,name_ru,credential,tilt_deg,watch\nA-1,Новое,,-,да\n', [camera]);
    const [now] = put;
    expect(now).toMatchObject({ name: { ...camera.name, ru: 'Новое' }, credential: 'north', watch: true });
    expect(now?.tiltDeg).toBeUndefined();
    expect(now?.zones).toEqual(camera.zones);
    expect(now && changedCells(camera, now).map(({ column }) => column)).toEqual(['name_ru', 'tilt_deg', 'watch']);
  });

  it('names every fault by line and column with its cure, and never repeats a password', () => {
    const { faults, put } = made(
      [
        'id,name,lat,lon,rtsp,credential,district,zones',
        'B-1,ok,51.1,71.4,rtsp://10.0.0.1/s,,,',
        'B-2,x,51.1,71.4,rtsp://admin:S3cret!@10.0.0.2/s,,,',
        'B-3,x,5l.1,71.4,file:///etc/passwd,,,',
        'B-1,twice,51.1,71.4,,,,',
        'B-4,x,71.4,51.1,,admin:S3cret!,,',
        'B-5,x,51.1,71.4,http://169.254.169.254/latest,,Мордор,',
        ',x,51.1,71.4,,,,',
        'B-6,x,51.1,71.4,rtsp://10.0.0.3/s?user=a&password=S3cret!,,,"[{""id"":""z""}]"',
        'B-7,x,51.1,71.4,,,,not json,too,many',
        'B 8,x,51.1,71.4,,,,',
      ].join('\n'),
    );
    expect(put.map(({ id }) => id)).toEqual(['B-1']);
    const told = faults.map(({ line, column, what }) => `${line} ${column ?? '*'} ${what}`);
    expect(told).toEqual([
      '3 rtsp it holds a user name or a password',
      '4 lat it is no number',
      '4 rtsp file is not opened',
      '5 id this id stands already on line 2',
      '6 credential it looks like a user name with its password',
      '7 rtsp 169.254.169.254 is a link-local, metadata or multicast address',
      '8 id it is empty',
      '9 rtsp its part password=… looks like a password',
      '10 * the row has 10 cells, the head line 8',
      '10 zones it is no JSON',
      '11 id it is no id',
    ]);
    expect(JSON.stringify(faults)).not.toContain('S3cret');
    expect(faults[0]?.cure).toContain('rtsp://10.0.0.2/s');
    expect(faults[0]?.cure).toContain('AHUAL_CAMERA_');
    expect(faults.every(({ cure }) => cure !== '')).toBe(true);
  });

  it('is refused by its head where a column is unknown, doubled or missing', () => {
    expect(made('id,snapshoot\nA,x').faults).toMatchObject([{ line: 1, column: 'snapshoot' }]);
    expect(made('id,номер\nA,x').faults).toMatchObject([{ what: 'the column id stands twice' }]);
    expect(made('name\nA').faults).toMatchObject([{ column: 'id', what: 'the column is missing' }]);
    expect(made('').faults).toMatchObject([{ what: 'the file is empty' }]);
    expect(made('id,name\n"A,x').faults).toMatchObject([{ cure: 'Look for a quote that is not closed.' }]);
    expect(readCameraTable('id,owner\nA,x', { ignore: ['owner'] }).rows).toHaveLength(1);
  });

  it('in another encoding is named in a clear word, and read where that is asked for', () => {
    // «Номер;Название» in Windows-1251: small Cyrillic letters are 0xE0 and on, capital ones 0xC0 and on.
    const to1251 = (text: string): Uint8Array =>
      Uint8Array.from(Array.from(text), (c) =>
        c >= 'А' && c <= 'я' ? c.charCodeAt(0) - 0x410 + 0xc0 : c.charCodeAt(0),
      );
    const bytes = to1251('Номер;Название\nA-1;Угол\n');
    expect(() => textOf(bytes, 'list.csv')).toThrow(/Windows-1251/);
    expect(readCameraTable(textOf(bytes, 'list.csv', 'windows-1251')).rows[0]?.cells.get('name')).toBe('Угол');
    expect(() => textOf(Uint8Array.from([0xff, 0xfe, 0x69, 0]), 'list.csv')).toThrow(/UTF-16/);
    expect(() => textOf(Uint8Array.from([0x50, 0x4b, 3, 4]), 'list.xlsx')).toThrow(/workbook/);
    expect(() => textOf(Uint8Array.from([0x80, 0x81, 0x90, 0x98]), 'x')).toThrow(/neither/);
  });
});

describe('the manual', () => {
  it('names every column with its other headings', () => {
    const manual = readFileSync(inRoot('docs', 'onboarding.md'), 'utf8').replace(/ +/g, ' ');
    for (const { name, aliases, means } of columns) {
      expect(manual).toContain(`| \`${name}\` | ${aliases.join(', ')}`);
      expect(manual).toContain(means);
    }
  });
});
