// A list of cameras brought in from a table, on a real database: what changes, what stays, what is written beside, and what refuses it all.
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadCity } from '#config';
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { audit, cameras, feed, openBell, placeVersions, sql, type Database } from '#store';
import { silentLog } from '#core/log';
import { cameraTable, importCameras, importCity, type ImportAsk } from '#ingest';
import { importWords } from '../../cli/commands/cameras-import.ts';
import { testDatabase } from '../support/database.ts';

const city = importCity(loadCity('config/city'), ['su-arnasy']);
let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});

const table = (rows: number, over: (i: number) => string = () => ''): string =>
  [
    'id;name_ru;lat;lon;rtsp;snapshot;credential;watch',
    ...Array.from({ length: rows }, (_, i) => {
      const host = `10.${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
      return `K-${i};Перекрёсток ${i}${over(i)};51,${1000 + (i % 700)};71,${4000 + (i % 500)};rtsp://${host}/main;http://${host}/still.jpg;main;${i % 40 === 0 ? 'да' : 'нет'}`;
    }),
  ].join('\r\n');

const bring = (text: string, over: Partial<ImportAsk> = {}) =>
  importCameras(database, {
    text,
    file: 'cameras.csv',
    city,
    isDry: false,
    skipBad: false,
    removeMissing: undefined,
    ignore: [],
    actor: 'cli',
    clock: systemClock,
    ...over,
  });

describe('a table of 12,000 cameras', { timeout: 300_000 }, () => {
  it('is tried, brought in, brought in again without a change, and changed by difference', async () => {
    const text = table(12_000);
    const tried = await bring(text, { isDry: true });
    expect([tried.added.length, tried.written, await cameras.count(database)]).toEqual([12_000, false, 0]);

    const bell = await openBell({ database, log: silentLog });
    const rung: string[] = [];
    bell.on('camera-changed', ({ cameraId }) => void rung.push(cameraId));
    const fed = await feed.last(database);
    const first = await bring(text);
    expect([first.added.length, first.faults, first.written]).toEqual([12_000, [], true]);
    expect(await cameras.count(database)).toBe(12_000);
    expect(await feed.last(database)).toBe(fed + 12_000);
    const [version] = await placeVersions.of(database, 'camera', 'K-7', 5);
    expect(version).toMatchObject({ version: 1, act: 'added', author: 'cli', why: 'import cameras.csv' });
    expect(await audit.of(database, 'camera', 'K-7')).toMatchObject([{ act: 'camera added', actor: 'cli' }]);
    await expect.poll(() => rung).toEqual(['*']);
    await bell.close();

    const again = await bring(text);
    expect([again.added, again.changed, again.removed, again.unchanged]).toEqual([[], [], [], 12_000]);
    expect(await feed.last(database)).toBe(fed + 12_000);

    const changed = await bring(table(11_990, (i) => (i < 3 ? '!' : '')));
    expect(changed.changed).toMatchObject([0, 1, 2].map((i) => ({ id: `K-${i}`, columns: ['name_ru'] })));
    expect(changed.missing).toHaveLength(10);
    expect(await cameras.count(database)).toBe(12_000);
    expect(importWords(changed).join('\n')).toContain('--remove-missing 10');
    expect((await placeVersions.of(database, 'camera', 'K-2', 5)).map(({ act }) => act)).toEqual(['changed', 'added']);
  });

  it('takes off what the file leaves out only where the number is stated rightly', async () => {
    database = await testDatabase();
    await bring(table(600));
    const text = table(590);
    await expect(bring(text, { removeMissing: 9 })).rejects.toThrow(/leaves out 10 cameras, not 9/);
    await expect(bring(`${text}\r\nK-1;x;;;;;;`, { removeMissing: 10 })).rejects.toThrow(/1 rows are refused/);
    expect(await cameras.count(database)).toBe(600);
    const done = await bring(text, { removeMissing: 10 });
    expect(done.removed).toHaveLength(10);
    expect(await cameras.count(database)).toBe(590);
    expect((await placeVersions.of(database, 'camera', 'K-595', 5))[0]).toMatchObject({ act: 'removed', row: null });
  });

  it('is refused whole for one bad cell, unless bad rows are to be left out', async () => {
    const text = `${table(590, () => '?')}\r\nK-x;Новая;51,1;71,4;rtsp://u:p@10.0.0.1/;;;\r\n`;
    const refused = await bring(text);
    expect([refused.written, refused.added, refused.changed]).toEqual([false, [], []]);
    expect(importWords(refused)[0]).toMatch(/^cameras\.csv:592 rtsp; it holds a user name or a password\. Write /);
    expect((await cameras.byId(database, 'K-5'))?.name.ru).toBe('Перекрёсток 5');
    const skipped = await bring(text, { skipBad: true });
    expect([skipped.written, skipped.changed.length, skipped.faults.length]).toEqual([true, 590, 1]);
  });
});

describe('beside people and the list of the settings', () => {
  it('what was imported stays when the settings are read again, and what a person did meanwhile is not lost', async () => {
    const own = await testDatabase();
    const listed = Camera.parse({
      id: 'L-1',
      name: { kk: 'a', ru: 'a', en: 'a' },
      point: { lon: 71.43, lat: 51.12 },
      district: 'esil',
      rtsp: 'rtsp://10.0.0.1/a',
    });
    await own.transaction((tx) => cameras.replace(tx, [listed]));
    const ask: ImportAsk = {
      text: 'id,name_en,lat,lon\nL-1,Renamed,,\nN-1,New,51.12,71.43\n',
      file: 'more.csv',
      city,
      isDry: false,
      skipBad: false,
      removeMissing: undefined,
      ignore: [],
      actor: 'cli',
      clock: systemClock,
    };
    expect(await importCameras(own, ask)).toMatchObject({
      added: ['N-1'],
      changed: [{ id: 'L-1', columns: ['name_en'] }],
    });
    await own.transaction((tx) => cameras.replace(tx, [listed]));
    expect((await cameras.byId(own, 'L-1'))?.name.en).toBe('Renamed');
    expect((await cameras.byId(own, 'N-1'))?.district).toBe('esil');
    expect((await placeVersions.of(own, 'camera', 'L-1', 9)).map(({ act }) => act)).toEqual(['changed', 'found']);
    // An import that was made of what somebody is just changing is told so, and writes nothing.
    const act = { actor: 'p-engineer', atMs: systemClock.nowMs(), why: '' };
    const seen = placeVersions.seenOf(await cameras.byId(own, 'L-1'));
    let commit = (): void => undefined;
    const held = own.transaction(async (tx) => {
      const camera = await cameras.byId(tx, 'L-1');
      if (camera) await cameras.edit(tx, { ...camera, watch: true }, { ...act, seen, act: 'changed' });
      await new Promise<void>((resolve) => (commit = resolve));
    });
    const waits = async (): Promise<number> => {
      const [row] = await own.rows(
        z.object({ n: z.number() }),
        sql`select count(*) as n from pg_locks where not granted`,
      );
      return row?.n ?? 0;
    };
    const one = { ...ask, text: 'id,name_en\nL-1,Mine\nN-1,Mine too\n' };
    const second = importCameras(own, one).catch((thrown: unknown) => thrown);
    await expect.poll(waits, { timeout: 300_000 }).toBeGreaterThan(0);
    commit();
    await held;
    expect(String(await second)).toMatch(/Somebody changed the camera L-1 meanwhile/);
    expect((await cameras.byId(own, 'N-1'))?.name.en).toBe('New');
    // Done again, it keeps what the other one did.
    expect(await importCameras(own, one)).toMatchObject({ changed: [{ id: 'L-1' }, { id: 'N-1' }] });
    expect(await cameras.byId(own, 'L-1')).toMatchObject({ watch: true, name: { en: 'Mine' } });
    const table = cameraTable(await cameras.all(own));
    expect(await importCameras(own, { ...ask, text: table })).toMatchObject({ added: [], changed: [], unchanged: 2 });
  });
});
