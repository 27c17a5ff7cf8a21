// Recorded material through the real eyes, plan, store and judge: dated rightly, the same whatever the speed, and broken ways are caught.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadCity, loadConfig } from '#config';
import { silentLog } from '#core/log';
import { inRoot } from '#core/root';
import { startEye, type Eye } from '#ingest';
import { testDatabase } from '../../test/support/database.ts';
import { replayOnce, undatedMs, wholePicture, type ReplayRun } from './replay.ts';
import { momentOfExif, momentOfName } from './replay/dated.ts';
import { differenceOf, eventHash, type ReplayEvent } from './replay/events.ts';
import type { LiveOptions } from './replay/live.ts';
import { cameraOfSource, loadMap, recordingOf, sourcesOf } from './replay/material.ts';
import '../../test/support/lent-databases.ts';

const zone = 'Asia/Almaty';
const folder = mkdtempSync(join(tmpdir(), 'ahual-replay-test-'));
const { settings } = loadConfig({ AHUAL_CONFIG: inRoot('config', 'ahual.yml') });
const city = loadCity(settings.city.folder);
let eyes: Eye[] = [];

beforeAll(() => {
  eyes = [1, 2].map(() =>
    startEye({
      inFlight: 1,
      ways: settings.ingest.ways,
      dropFolder: folder,
      files: true,
      hazards: settings.hazards,
      log: silentLog,
    }),
  );
});
afterAll(async () => {
  await Promise.all(eyes.map((eye) => eye[Symbol.asyncDispose]()));
  rmSync(folder, { recursive: true, force: true });
});

const picture = (): ReturnType<typeof sharp> =>
  sharp({
    create: {
      width: 640,
      height: 360,
      channels: 3,
      background: '#777',
      noise: { type: 'gaussian', mean: 120, sigma: 30 },
    },
  });

describe('when a recording was taken', () => {
  const nineMs = Date.parse('2026-02-03T14:05:09+05:00');

  test.each([
    ['2026-02-03T14-05-09.jpg', nineMs],
    ['20260203_140509.mp4', nineMs],
    ['cam7-2026-02-03 14.05.09.jpg', nineMs],
    ['20260203T090509Z.jpg', nineMs],
    ['2026-02-03_14-05-09_250.jpg', nineMs + 250],
    ['flooding-street-lane.mp4', undefined],
    ['12345678901234567890.jpg', undefined],
    ['2026-13-03T14-05-09.jpg', undefined],
  ])('%s', (name, atMs) => {
    expect(momentOfName(`/a/b/${name}`, zone)).toBe(atMs);
  });

  test('a picture whose name says nothing is dated by what its camera wrote into it', async () => {
    const path = join(folder, 'IMG_7.jpg');
    await picture()
      .withExif({ IFD0: { DateTime: '2026:02:03 14:05:09' } })
      .jpeg()
      .toFile(path);
    expect(momentOfExif(path, zone)).toBe(nineMs);
    await picture()
      .withExif({ IFD2: { DateTimeOriginal: '2026:02:03 09:05:09', OffsetTimeOriginal: '+00:00' } })
      .jpeg()
      .toFile(path);
    expect(momentOfExif(path, zone)).toBe(nineMs);
    const bare = join(folder, 'IMG_8.jpg');
    await picture().jpeg().toFile(bare);
    expect(momentOfExif(bare, zone)).toBeUndefined();
    writeFileSync(bare, Buffer.from('ffd8ffe1ffff457869660000', 'hex'));
    expect(momentOfExif(bare, zone)).toBeUndefined();
  });
});

const event = (part: Partial<ReplayEvent> = {}): ReplayEvent => ({
  hazard: 'flooding',
  sub: 'carriageway',
  severity: 'S3',
  camera: 'c1',
  zone: 'A',
  from: '2026-02-03T09:05:00.000Z',
  to: null,
  lastSeen: '2026-02-03T09:04:50.000Z',
  states: [{ state: 'candidate', at: '2026-02-03T09:05:00.000Z' }],
  ...part,
});

test('two runs differ by what only one has and by what moved', () => {
  const later = event({ from: '2026-02-03T09:15:00.000Z' });
  const elsewhere = event({ camera: 'c2' });
  const night = event({ from: '2026-02-03T20:00:00.000Z' });
  const difference = differenceOf([event(), elsewhere], [later, night]);
  expect(difference).toEqual({ onlyA: [elsewhere], onlyB: [night], moved: [{ a: event(), b: later }] });
  expect(differenceOf([event(), later], [later, event()])).toEqual({ onlyA: [], onlyB: [], moved: [] });
  expect(eventHash([event()])).not.toBe(eventHash([later]));
});

type Ways = Pick<LiveOptions, 'recordings' | 'speed' | 'sabotage'> & { everyS: number; pace: number; workers: number };

async function run({ workers, ...ways }: Ways): Promise<ReplayRun> {
  return replayOnce(await testDatabase(), eyes.slice(0, workers), {
    mostS: 27,
    untilMs: Infinity,
    raise: 'shadow',
    settings,
    city,
    say: () => undefined,
    ...ways,
  });
}

test(
  'dated pictures of a folder are one camera, looked at in their order and each once',
  { timeout: 300_000 },
  async () => {
    const day = join(folder, 'gate-7');
    mkdirSync(day);
    const jpeg = await picture().jpeg().toBuffer();
    // A picture every ten minutes, then none for half an hour, then two more; the city would look twice as often.
    const minutes = [0, 10, 20, 30, 60, 70];
    const beginMs = Date.parse('2026-02-03T00:00:00Z');
    for (const minute of minutes) {
      const name = new Date(beginMs + minute * 60_000).toISOString().slice(0, 19).replaceAll(':', '-');
      writeFileSync(join(day, `${name}Z.jpg`), jpeg);
    }
    const sources = sourcesOf([folder], zone).filter((source) => source.name === 'gate-7');
    const recordings = sources.map((source) => recordingOf(cameraOfSource(source, wholePicture), [source]));
    expect(recordings.map((one) => one.files.length)).toEqual([6]);
    const { lived } = await run({ recordings, everyS: 300, pace: 1, workers: 1, speed: Infinity, sabotage: 'none' });
    expect(lived).toMatchObject({ looks: 6, fromMs: beginMs, toMs: beginMs + 70 * 60_000 });
    expect(lived.heard.get('gate-7')?.flooding?.looks).toBe(6);
  },
);

test('films of one camera need dates; a map names them', () => {
  const clip = inRoot('simulator', 'clips', 'flooding-street-lane.mp4');
  const [source] = sourcesOf([clip], zone);
  if (!source) throw new Error('no source');
  const camera = cameraOfSource(source, wholePicture);
  expect(() => recordingOf(camera, [source, source])).toThrow(/does not say when/);
  copyFileSync(clip, join(folder, '2026-02-03T14-05-09.mp4'));
  const map = join(folder, 'map.yml');
  const { id, name, point, district, zones } = camera;
  writeFileSync(map, stringify({ cameras: [{ id, name, point, district, zones, source: '2026-02-03T14-05-09.mp4' }] }));
  expect(loadMap(map, zone)).toMatchObject([
    { camera: { id }, files: [{ kind: 'film', atMs: Date.parse('2026-02-03T14:05:09+05:00') }] },
  ]);
  writeFileSync(map, stringify({ cameras: [{ id, name, point, district, source: 'x', sorce: 1 }] }));
  expect(() => loadMap(map, zone)).toThrow(/map\.yml/);
});

describe('two cameras at one flooded street', () => {
  const recordings = ['west', 'east'].map((name) => {
    const path = inRoot('simulator', 'clips', 'flooding-street-lane.mp4');
    return recordingOf(cameraOfSource({ name, path, files: [] }, wholePicture.slice(0, 1)), [
      { name, path, files: [{ kind: 'film', path, atMs: null }] },
    ]);
  });
  const common = { recordings, everyS: 3, pace: 180, speed: Infinity, sabotage: 'none' } as const;
  let clean: ReplayRun;

  beforeAll(async () => {
    clean = await run({ ...common, workers: 1 });
  });

  test('one of them raises it, and the other gives its view', () => {
    expect(clean.events.map((one) => one.states.map(({ state }) => state))).toEqual([
      expect.arrayContaining(['candidate', 'pending_review']),
      ['candidate', 'merged'],
    ]);
    expect(Date.parse(clean.events[0]?.from ?? '')).toBeGreaterThan(undatedMs + 10_000);
  });

  test('another speed and another number of eyes come to the same', { timeout: 300_000 }, async () => {
    const other = await run({ ...common, workers: 2, speed: 6 });
    expect(other.events).toEqual(clean.events);
    expect(other.hash).toBe(clean.hash);
  });

  test('a rule that sees the time of the machine is caught', { timeout: 300_000 }, async () => {
    const leaking = await run({ ...common, workers: 1, sabotage: 'wallclock-leak' });
    expect(leaking.events.length).toBeGreaterThan(0);
    expect(leaking.hash).not.toBe(clean.hash);
    expect((await run({ ...common, workers: 1, sabotage: 'wallclock-leak' })).hash).not.toBe(leaking.hash);
  });

  test('looks that are judged as racing workers bring them are caught', { timeout: 300_000 }, async () => {
    const one = await run({ ...common, workers: 1, sabotage: 'race-order' });
    const two = await run({ ...common, workers: 2, sabotage: 'race-order' });
    expect(one.events.length).toBeGreaterThan(0);
    expect(two.hash).not.toBe(one.hash);
  });
});
