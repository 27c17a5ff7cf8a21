// Kept files, and what a sweep takes away and what it leaves.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Clip } from '#core/clip';
import type { Incident } from '#core/incident';
import { Verdict } from '#core/verdict';
import { Violation } from '#core/violation';
import {
  audit,
  cameras,
  clips,
  feed,
  incidents,
  keeping,
  looks,
  openFiles,
  sql,
  tasks,
  verdicts,
  type Database,
  type Files,
} from '#store';
import { testDatabase } from '../support/database.ts';
import { aCamera, aLook, anIncident, aTask } from './store-builders.ts';

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-files-'));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a file is named by its content, and the same content is one file', async () => {
  const folder = newFolder();
  const files = await openFiles(folder);
  const sha256 = await files.put(bytes('a frame'), 'still', 'jpg');
  expect(sha256).toBe(hashOf('a frame'));
  expect(await files.put(bytes('a frame'), 'photo', 'jpg')).toBe(sha256);
  expect(await files.has(sha256)).toBe(true);
  expect((await files.read(sha256)).toString()).toBe('a frame');
  expect(await files.usage()).toMatchObject({ files: 1, bytes: 7 });
  expect(readdirSync(join(folder, 'coming'))).toEqual([]);
  expect(statSync(files.path(sha256)).mode & 0o077).toBe(0);
  expect(await files.remove(sha256)).toBe(true);
  expect(await files.remove(sha256)).toBe(false);
  await expect(files.read(sha256)).rejects.toMatchObject({ code: 'FILE_MISSING' });
});

test('many who put the same bytes at once get one whole file', async () => {
  const files = await openFiles(newFolder());
  const given = bytes('x'.repeat(100_000));
  const hashes = await Promise.all(Array.from({ length: 20 }, () => files.put(given, 'clip', 'mp4')));
  expect(new Set(hashes).size).toBe(1);
  expect((await files.read(hashes[0] ?? '')).byteLength).toBe(100_000);
  expect((await files.usage()).files).toBe(1);
});

test('a finished file is moved in', async () => {
  const files = await openFiles(newFolder());
  const finished = join(newFolder(), 'cut.mp4');
  writeFileSync(finished, 'seconds of stream');
  const sha256 = await files.adopt(finished, 'clip', 'mp4');
  expect(sha256).toBe(hashOf('seconds of stream'));
  expect((await files.read(sha256)).toString()).toBe('seconds of stream');
  expect(() => statSync(finished)).toThrow();
});

test('changed bytes are never given out as the kept ones', async () => {
  const files = await openFiles(newFolder());
  const sha256 = await files.put(bytes('evidence'), 'clip', 'mp4');
  truncateSync(files.path(sha256), 3);
  await expect(files.read(sha256)).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN' });
});

test('a name that is no hash reaches no file', async () => {
  const files = await openFiles(newFolder());
  for (const name of ['../../etc/passwd', '', 'A'.repeat(64), `${'a'.repeat(63)}/`]) {
    expect(await files.has(name)).toBe(false);
    expect(() => files.path(name)).toThrow();
    await expect(files.read(name)).rejects.toMatchObject({ code: 'FILE_MISSING' });
  }
});

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const terms = {
  framesH: 48,
  rejectedFramesD: 30,
  confirmedFramesD: 366,
  clipsWithoutViolationD: 30,
  hourlySumsD: 396,
  recordsD: 1827,
};
const change = { atMs: 0, actor: 'test', reason: 'test' };

interface City {
  readonly database: Database;
  readonly files: Files;
  readonly nowMs: number;
  keep(text: string): Promise<string>;
  incident(id: string, more: Partial<Incident>): Promise<Incident>;
}

async function aCity(): Promise<City> {
  const database = await testDatabase();
  const files = await openFiles(newFolder());
  const [row] = await database.rows(z.object({ nowMs: z.number() }), sql`select now() as now`);
  const nowMs = row?.nowMs ?? 0;
  await database.transaction((tx) => cameras.replace(tx, [aCamera('1')]));
  return {
    database,
    files,
    nowMs,
    keep: (text) => files.put(bytes(text), 'still', 'jpg'),
    incident: (id, more) =>
      database.transaction((tx) =>
        incidents.insert(tx, anIncident(id, { openedAtMs: nowMs, lastSeenAtMs: nowMs, ...more }), {
          ...change,
          atMs: nowMs,
        }),
      ),
  };
}

const sweep = (city: City, afterMs = 0): Promise<keeping.Swept> =>
  keeping.sweep(city.database, city.files, city.nowMs + afterMs, terms);

test('frames go after 48 hours, unless an incident or a newer look shows them', async () => {
  const city = await aCity();
  const [old, shown, still, young] = await Promise.all(
    ['old', 'shown', 'unmoved', 'young'].map((text) => city.keep(text)),
  );
  const look = (agoH: number, stillSha256: string | undefined) =>
    looks.save(city.database, aLook('1', city.nowMs - agoH * hourMs, [], { stillSha256: stillSha256 ?? null }), {
      judgeAll: false,
    });
  await look(50, old);
  await look(49.5, shown);
  await look(49, still);
  await look(1, still);
  await look(47, young);
  await city.incident('i1', { stillSha256: shown ?? null });

  expect((await sweep(city)).frames).toBe(1);
  const there = async () => Promise.all([old, shown, still, young].map((sha256) => city.files.has(sha256 ?? '')));
  expect(await there()).toEqual([false, true, true, true]);
  expect((await sweep(city)).frames).toBe(0);
  // The frame of 47 h ago is swept by a run two hours later; the one of an hour ago stays.
  expect((await sweep(city, 2 * hourMs)).frames).toBe(1);
  expect(await there()).toEqual([false, true, true, false]);
});

test('pictures of what came to nothing go after 30 days, of what was real after a year, and the deletion is written down', async () => {
  const city = await aCity();
  const [rejected, closed, open, photo] = await Promise.all(
    ['rejected', 'closed', 'open', 'photo'].map((text) => city.keep(text)),
  );
  const agoD = (days: number): number => city.nowMs - days * dayMs;
  await city.incident('r', { state: 'rejected', decidedAtMs: agoD(31), stillSha256: rejected ?? null });
  const real = await city.incident('c', { state: 'closed', closedAtMs: agoD(31), stillSha256: closed ?? null });
  await city.incident('o', {
    state: 'in_work',
    openedAtMs: agoD(500),
    lastSeenAtMs: agoD(500),
    stillSha256: open ?? null,
  });
  await city.database.transaction((tx) => tasks.insert(tx, aTask('t', real, { photoSha256: photo ?? null }), change));

  expect((await sweep(city)).pictures).toBe(1);
  expect(await city.files.has(rejected ?? '')).toBe(false);
  expect((await incidents.byId(city.database, 'r'))?.stillSha256).toBeNull();
  expect(await city.files.has(closed ?? '')).toBe(true);

  expect((await sweep(city, 340 * dayMs)).pictures).toBe(2);
  expect(await city.files.has(photo ?? '')).toBe(false);
  expect(await city.files.has(open ?? '')).toBe(true);
  const proofs = await city.database.rows(
    z.object({ sha256: z.string() }),
    sql`select sha256 from deleted_file order by number`,
  );
  expect(proofs.map((row) => row.sha256).sort()).toEqual([rejected, closed, photo].sort());
});

test('a clip without a violation goes after 30 days, one with a violation or under hold stays', async () => {
  const city = await aCity();
  await city.incident('i1', { state: 'closed', closedAtMs: city.nowMs });
  const made = await Promise.all(
    ['plain', 'violation', 'held'].map(async (name) => {
      const sha256 = await city.files.put(bytes(name), 'clip', 'mp4');
      const clip = Clip.parse({
        id: name,
        incidentId: 'i1',
        cameraId: '1',
        state: 'sealed',
        fromMs: 0,
        toMs: 1,
        startsAtMs: 0,
        durationMs: 1,
        sha256,
        bytes: 5,
        cutBy: 'test',
        sealedAtMs: city.nowMs - 31 * dayMs,
        previousSeal: null,
        seal: name,
        detail: '',
      });
      await city.database.transaction((tx) => clips.plan(tx, clip));
      return sha256;
    }),
  );
  await city.database.transaction((tx) => clips.hold(tx, 'held', true));
  await city.database.transaction((tx) =>
    clips.insertViolation(
      tx,
      Violation.parse({
        id: 'v',
        number: 'A-2026-000001',
        incidentId: 'i1',
        clipId: 'violation',
        state: 'handed_over',
        version: 1,
        track: 'officer',
        articleId: null,
        chosenBy: null,
        createdAtMs: 0,
        note: '',
        mark: null,
      }),
      { ...change, atMs: city.nowMs },
    ),
  );
  expect((await sweep(city)).clips).toBe(1);
  expect(await Promise.all(made.map((sha256) => city.files.has(sha256)))).toEqual([false, true, true]);
  expect((await sweep(city)).clips).toBe(0);
  // The row and its place in the chain of seals stay.
  expect((await clips.byId(city.database, 'plain'))?.seal).toBe('plain');
});

test('records go whole at the end of their term, with everything that hangs on them, and never what is younger than a year', async () => {
  const city = await aCity();
  const agoD = (days: number): number => city.nowMs - days * dayMs;
  const old = await city.incident('old', {
    state: 'closed',
    openedAtMs: agoD(2000),
    closedAtMs: agoD(1900),
    lastSeenAtMs: agoD(1900),
  });
  await city.incident('young', { state: 'closed', closedAtMs: agoD(300) });
  const clip = Clip.parse({
    id: 'c',
    incidentId: 'old',
    cameraId: '1',
    state: 'lost',
    fromMs: 0,
    toMs: 1,
    startsAtMs: null,
    durationMs: null,
    sha256: null,
    bytes: null,
    cutBy: null,
    sealedAtMs: null,
    previousSeal: null,
    seal: null,
    detail: '',
  });
  await city.database.transaction(async (tx) => {
    const task = await tasks.insert(tx, aTask('t', old), { ...change, atMs: agoD(1950) });
    await tasks.insertDelivery(tx, { id: 'd', taskId: task.id, way: 'page', address: '', notBeforeMs: agoD(1950) });
    await tasks.recordAnswer(tx, 'answer-key', task.id, agoD(10));
    const verdict = Verdict.parse({ id: 'verdict-1', incidentId: 'old', version: 1, kind: 'unsure' });
    await verdicts.record(tx, { verdict, personId: 'p', atMs: agoD(1950), before: old, taskIds: ['t'] });
    await clips.plan(tx, clip);
    await clips.appendCustody(tx, {
      atMs: agoD(1950),
      who: 'p',
      role: 'auditor',
      act: 'viewed',
      purpose: 'audit',
      clipId: clip.id,
      objectSha256: '',
    });
    await audit.write(tx, {
      atMs: agoD(1900),
      actor: 'p',
      act: 'looked',
      objectKind: 'incident',
      objectId: 'old',
      facts: {},
    });
  });
  // A film of which a violation was made is kept as long as the records are, and goes with them.
  const film = await city.files.put(bytes('film'), 'clip', 'mp4');
  const filmed = Clip.parse({
    ...clip,
    ...{ id: 'filmed', state: 'sealed', startsAtMs: 0, durationMs: 1, sha256: film, bytes: 4, cutBy: 'test' },
    ...{ sealedAtMs: agoD(1950), seal: 'seal' },
  });
  await city.database.transaction((tx) => clips.plan(tx, filmed));
  await city.database.transaction((tx) =>
    clips.insertViolation(
      tx,
      Violation.parse({
        ...{ id: 'v', number: 'A-2021-000001', incidentId: 'old', clipId: 'filmed', state: 'handed_over', version: 1 },
        ...{ track: 'officer', articleId: null, chosenBy: null, createdAtMs: agoD(1950), note: '', mark: null },
      }),
      { ...change, atMs: agoD(1950) },
    ),
  );
  await sweep({ ...city, nowMs: agoD(100) });
  expect(await city.files.has(film)).toBe(true);
  expect((await sweep(city)).pictures).toBe(1);
  expect(await city.files.has(film)).toBe(false);
  expect(
    await city.database.rows(
      z.object({ reason: z.string() }),
      sql`select reason from deleted_file where sha256 = ${film}`,
    ),
  ).toEqual([{ reason: 'term of records' }]);
  expect(await incidents.byId(city.database, 'old')).toBeUndefined();
  expect(await tasks.byId(city.database, 't')).toBeUndefined();
  expect(await clips.byId(city.database, 'c')).toBeUndefined();
  expect((await audit.of(city.database, 'incident', 'old')).map((row) => row.act)).not.toContain('looked');
  expect(await incidents.byId(city.database, 'young')).toBeDefined();

  // Whatever the settings say: the application cannot make the database forget the last year.
  await keeping.sweep(city.database, city.files, city.nowMs, { ...terms, recordsD: 1 });
  expect(await incidents.byId(city.database, 'young')).toBeDefined();
  expect(await audit.of(city.database, 'incident', 'young')).toHaveLength(1);
});

test('the change feed forgets after a week and keeps counting', async () => {
  const city = await aCity();
  await city.database.transaction((tx) => {
    feed.append(tx, 'weather', 'old', city.nowMs - 8 * dayMs);
    return Promise.resolve();
  });
  await city.database.transaction((tx) => {
    feed.append(tx, 'weather', 'new', city.nowMs);
    return Promise.resolve();
  });
  await sweep(city);
  expect(await feed.since(city.database, 0, 10)).toEqual([
    { number: 2, topic: 'weather', id: 'new', atMs: city.nowMs },
  ]);
  expect(await feed.last(city.database)).toBe(2);
});
