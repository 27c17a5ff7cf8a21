// Cameras brought in from a table in the browser: tried, shown, done as shown, and refused when something moved in between.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathOf, CameraImport, Problem } from '#dashboard/contract';
import { audit, cameras } from '#store';
import { openCamera, openStand, type Seat, type Stand } from './dashboard-stand.ts';

let stand: Stand;
let seat: Seat;
beforeAll(async () => {
  stand = await openStand();
  seat = await stand.seat('camera-admin');
});
afterAll(() => stand.close());

const form = (text: string | Uint8Array<ArrayBuffer>, name = 'cameras.csv'): FormData => {
  const made = new FormData();
  made.append('table', new Blob([text], { type: 'text/csv' }), name);
  return made;
};
const tried = async (text: string): Promise<CameraImport> => {
  const answer = await seat.send('POST', pathOf('tryImport'), form(text));
  expect(answer.status, await answer.clone().text()).toBe(200);
  return CameraImport.parse(await answer.json());
};
const done = (text: string, digest: string, more: Record<string, string> = {}): Promise<Response> =>
  seat.send('POST', pathOf('doImport', {}, { digest, ...more }), form(text));
const reasonOf = async (answer: Response): Promise<string | undefined> => Problem.parse(await answer.json()).reason;

const table = [
  'id;name_ru;lat;lon;rtsp;watch',
  'N-1;Новая;51,115;71,43;rtsp://10.0.0.1/main?token2=x;да',
  'cam-open;Проспект;;;rtsp://10.0.0.2/main;',
  'N-2;Далеко;12,0;71,43;;',
  'N-3;Пароль;51,115;71,43;rtsp://user:geheim@10.0.0.3/main;',
].join('\r\n');

describe('a table of cameras in the browser', () => {
  it('is tried without a change: every refused row with its line, every change with before and after', async () => {
    const before = await cameras.count(stand.database);
    const report = await tried(table);
    expect(report).toMatchObject({ written: false, added: ['N-1'], missing: ['cam-closed'] });
    expect(report.changed).toEqual([
      {
        id: 'cam-open',
        cells: [
          { column: 'name_ru', before: openCamera.name.ru, after: 'Проспект' },
          { column: 'rtsp', before: '', after: 'rtsp://10.0.0.2/main' },
        ],
      },
    ]);
    expect(report.faults.map(({ line, column }) => [line, column])).toEqual([
      [4, 'lat'],
      [5, 'rtsp'],
    ]);
    expect(JSON.stringify(report)).not.toContain('geheim');
    expect(await cameras.count(stand.database)).toBe(before);
  });

  it('is written only as it was shown, and only without its faulty rows when that is wanted', async () => {
    const { digest } = await tried(table);
    expect(await reasonOf(await done(table, digest))).toBe('table-faulty');
    expect(await reasonOf(await done(table, 'another', { skipBad: '1' }))).toBe('table-changed');
    expect(await cameras.byId(stand.database, 'N-1')).toBeUndefined();

    const answer = await done(table, digest, { skipBad: '1' });
    expect(answer.status, await answer.clone().text()).toBe(200);
    expect(CameraImport.parse(await answer.json())).toMatchObject({ written: true, added: ['N-1'] });
    expect(await cameras.byId(stand.database, 'N-1')).toMatchObject({ watch: true, district: 'esil' });
    expect(await audit.of(stand.database, 'camera', 'N-1')).toMatchObject([
      { act: 'camera added', actor: 'p-camera-admin', facts: { why: 'import cameras.csv' } },
    ]);
    const marks = (await seat.ask('cameras')).cameras.map(({ id }) => id);
    expect(marks).toContain('N-1');
  });

  it('is refused where somebody changed one of its cameras after it was shown', async () => {
    const text = 'id;name_ru\ncam-open;Позже';
    const { digest } = await tried(text);
    await tried('id;name_ru\ncam-open;Раньше').then((other) => done('id;name_ru\ncam-open;Раньше', other.digest));
    expect(await reasonOf(await done(text, digest))).toBe('table-changed');
    expect((await cameras.byId(stand.database, 'cam-open'))?.name.ru).toBe('Раньше');
  });

  it('says of a file that is no text what it is, and takes neither two files nor none', async () => {
    const workbook = await seat.send('POST', pathOf('tryImport'), form(new Uint8Array([0x50, 0x4b, 3, 4]), 'a.xlsx'));
    expect(CameraImport.parse(await workbook.json()).faults[0]).toMatchObject({ line: 0 });
    expect(await reasonOf(await seat.send('POST', pathOf('tryImport'), new FormData()))).toBe('table-file');
    expect(await reasonOf(await seat.send('POST', pathOf('tryImport')))).toBe('table-file');
  });

  it('shows 12,000 rows whole', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => `K-${i};Улица ${i};51,115;71,43;rtsp://10.1.0.1/${i}`);
    const report = await tried(['id;name_ru;lat;lon;rtsp', ...rows].join('\n'));
    expect([report.added.length, report.faults, report.written]).toEqual([12_000, [], false]);
  });
});
