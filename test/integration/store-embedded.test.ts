// The embedded database: it keeps what it acknowledged, whatever dies.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#core/log';
import { cameras, type db, embedded, looks, migrate, openBell, openDatabase, sql, startEmbedded } from '#store';
import { isAlive, leftOver, until } from '../../store/embedded/running.ts';
import { isOpenTo } from '../../store/embedded/place.ts';
import { aCamera, aLook, noonMs } from './store-builders.ts';

const folders: string[] = [];
const running: embedded.Embedded[] = [];

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-embedded-'));
  folders.push(folder);
  return folder;
};

/** One database for the tests that leave it as good as new: to make one takes longer than most of them. */
const shared = mkdtempSync(join(tmpdir(), 'ahual-embedded-'));
afterAll(async () => {
  await embedded.endEmbedded(shared);
  rmSync(shared, { recursive: true, force: true });
});

const start = async (folder: string): Promise<embedded.Embedded> => {
  const started = await startEmbedded({ folder, log: silentLog });
  running.push(started);
  return started;
};

afterEach(async () => {
  for (const started of running.splice(0)) await started.stop();
  for (const folder of folders.splice(0)) {
    await embedded.endEmbedded(folder);
    rmSync(folder, { recursive: true, force: true });
  }
});

const ask = async (url: string, statement: db.Sql): Promise<unknown[]> => {
  const database = await openDatabase(url, { log: silentLog, name: 'test', max: 1 });
  try {
    return await database.rows(z.record(z.string(), z.unknown()), statement);
  } finally {
    await database.close();
  }
};

test('it starts once, keeps its rows over a stop, and hides its passwords', async () => {
  const folder = shared;
  const first = await start(folder);
  await ask(first.ownerUrl, sql`create table kept as select 7 as n`);
  expect(await ask(first.url, sql`select current_user::text as who`)).toEqual([{ who: 'ahual_app' }]);
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  const second = await start(folder);
  expect(second.url).toBe(first.url);
  expect(await ask(second.ownerUrl, sql`select n from kept`)).toEqual([{ n: 7 }]);
  expect(statSync(join(second.folder, 'secret.json')).mode & 0o777).toBe(0o600);
  expect(statSync(join(second.folder, 'data')).mode & 0o077).toBe(0);
  const { port } = new URL(second.url);
  await expect(
    openDatabase(`postgres://ahual_owner:wrong@127.0.0.1:${port}/ahual`, { log: silentLog, name: 'test' }),
  ).rejects.toThrow(/password/);
});

test('it listens on the loopback address only, and on no socket file', async () => {
  const started = await start(shared);
  const [row] = await ask(
    started.ownerUrl,
    sql`select current_setting('listen_addresses') as where, current_setting('unix_socket_directories') as files`,
  );
  expect(row).toEqual({ where: '127.0.0.1', files: '' });
});

test('a second start in the same folder uses the running one, and its stop leaves it running', async () => {
  const folder = newFolder();
  const first = await start(folder);
  // The keeper of a folder is a process; this note makes it another, living one.
  const { writeFileSync } = await import('node:fs');
  const parent = process.ppid;
  const startedAt = readFileSync(`/proc/${parent}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  writeFileSync(join(first.folder, 'keeper'), `${parent} ${startedAt}`);
  const guest = await start(folder);
  expect(guest.pid).toBe(first.pid);
  await guest.stop();
  expect(isAlive(first.pid)).toBe(true);
  expect(await ask(guest.url, sql`select 1 as n`)).toEqual([{ n: 1 }]);
});

test('two first starts at the same moment make one database', async () => {
  const folder = newFolder();
  const [one, two] = await Promise.all([start(folder), start(folder)]);
  expect(one.pid).toBe(two.pid);
  expect(one.url).toBe(two.url);
});

test('killed hard in the middle of writing it comes back by itself and has lost nothing it acknowledged', async () => {
  const started = await start(newFolder());
  const owner = await openDatabase(started.ownerUrl, { log: silentLog, name: 'test', max: 2 });
  await migrate.migrate(owner);
  await owner.close();
  const database = await openDatabase(started.url, { log: silentLog, name: 'test', max: 8 });
  await database.transaction((tx) => cameras.replace(tx, [aCamera('1')]));
  const bell = await openBell({ database, log: silentLog });
  const bellIsBack = new Promise<void>((resolve) => bell.on('reconnected', resolve));

  const saved = new Set<number>();
  const failed: unknown[] = [];
  let next = 0;
  let enough = false;
  const writers = Array.from({ length: 6 }, async () => {
    while (!enough) {
      const dueAtMs = noonMs + next++ * 1000;
      const look = aLook('1', dueAtMs, [
        { hazard: 'snow', word: dueAtMs % 2000 === 0 ? 'clear' : 'hazard', level: 0.5 },
      ]);
      try {
        await looks.save(database, look, { judgeAll: true });
        saved.add(dueAtMs);
      } catch (thrown) {
        failed.push(thrown);
      }
    }
  });
  const pid = started.pid;
  expect(await until(() => saved.size >= 200, 120_000)).toBe(true);
  process.kill(pid, 'SIGKILL');
  expect(await until(() => failed.length > 0, 120_000)).toBe(true);
  const before = saved.size;
  expect(await until(() => saved.size >= before + 200, 120_000)).toBe(true);
  enough = true;
  await Promise.all(writers);
  await bellIsBack;
  await bell.close();

  expect(started.pid).not.toBe(pid);
  for (const thrown of failed) expect(thrown).toMatchObject({ code: 'STORE_UNREACHABLE' });
  const rows = await database.rows(z.object({ dueAtMs: z.number() }), sql`select due_at from look`);
  const found = new Set(rows.map((row) => row.dueAtMs));
  expect([...saved].filter((dueAtMs) => !found.has(dueAtMs))).toEqual([]);
  // Each look is in the inbox and in the sums exactly as often as it is a row: saved whole or not at all.
  const [sums] = await database.rows(
    z.object({ inbox: z.number(), looks: z.number() }),
    sql`select (select count(*) from judge_inbox) as inbox, (select sum(looks) from look_sum) as looks`,
  );
  expect(sums).toEqual({ inbox: found.size, looks: found.size });
  await database.close();
});

test('a lock file left by a killed server does not keep the next one from starting', async () => {
  const folder = shared;
  const first = await start(folder);
  await ask(first.ownerUrl, sql`create table locked as select 7 as n`);
  // As after a power cut: nobody is left who would start it again.
  running.splice(0);
  const lock = join(first.folder, 'data', 'postmaster.pid');
  const text = readFileSync(lock, 'utf8');
  await first.stop();
  const { writeFileSync, chownSync } = await import('node:fs');
  writeFileSync(lock, text);
  if (process.getuid?.() === 0) chownSync(lock, 65534, 65534);
  const second = await start(folder);
  expect(await ask(second.ownerUrl, sql`select n from locked`)).toEqual([{ n: 7 }]);
  await second.stop();
  expect(leftOver(join(first.folder, 'data'))).toEqual([]);
  expect(existsSync(lock)).toBe(false);
});

test.runIf(process.getuid?.() === 0)(
  'for root in a closed folder it finds a place that the other user can enter',
  async () => {
    const closed = newFolder();
    const { chmodSync } = await import('node:fs');
    chmodSync(closed, 0o700);
    const told: string[] = [];
    const started = await startEmbedded({
      folder: join(closed, 'postgres'),
      log: silentLog,
      onProgress: (text) => told.push(text),
    });
    running.push(started);
    folders.push(started.folder);
    expect(started.folder.startsWith(closed)).toBe(false);
    expect(isOpenTo(started.folder)).toBe(true);
    expect(told[0]).toBe(`database: kept in ${started.folder}`);
    expect(await ask(started.url, sql`select 1 as n`)).toEqual([{ n: 1 }]);
  },
);

test('the migration makes the application its role, and gives it a new password when the address has one', async () => {
  const started = await start(shared);
  const owner = await openDatabase(started.ownerUrl, { log: silentLog, name: 'test', max: 2 });
  await owner.run(sql`drop role ahual_app`);
  for (const password of ['first word', "second's"]) {
    const url = new URL(started.ownerUrl);
    url.username = 'ahual_app';
    url.password = encodeURIComponent(password);
    await migrate.migrate(owner, { appUrl: url.toString() });
    expect(
      await ask(url.toString(), sql`select current_user::text as who, (select count(*) from incident) as n`),
    ).toEqual([{ who: 'ahual_app', n: 0 }]);
  }
  await owner.close();
});
