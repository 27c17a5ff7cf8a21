// The worker teaches and obeys: looks leave samples with the network's features, a promoted correction speaks from the next
// look on, and a rolled-back one is silent again within seconds.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Settings } from '#config';
import { featureCount } from '#core/adaptation';
import { systemClock } from '#core/clock';
import { silentLog } from '#core/log';
import { runWorker } from '#ingest';
import { startCity, type City } from '#simulator';
import { adapt, cameras, files as fileStore, memoryQueue, openBell, type Database, type Files } from '#store';
import { openClipEyes } from '../support/camera-history.ts';
import { testDatabase } from '../support/database.ts';
import { brittleEye, cameraOf, testFolder, waitFor } from './ingest-stand.ts';

const clip = 'flooding-street-lane';
const noHour = { brightness: 1, saturation: 1, hueDeg: 0, contrast: 1, noise: 0 };
const folder = testFolder();
let city: City;
let database: Database;
let files: Files;

beforeAll(async () => {
  city = await startCity({
    scenario: {
      name: 'adapt',
      title: { kk: 'x', ru: 'x', en: 'x' },
      cameras: [{ id: 'a', clip, signIn: 'none' }],
    },
  });
  database = await testDatabase();
  files = await fileStore.openFiles(join(folder, 'files'));
  await database.transaction((tx) => cameras.replace(tx, [cameraOf(city, 'a')]));
});
afterAll(async () => {
  await city[Symbol.asyncDispose]();
});

test('samples, a correction that speaks, and its end', { timeout: 240_000 }, async () => {
  const camera = cameraOf(city, 'a');
  const levels: number[] = [];
  {
    await using eyes = await openClipEyes();
    for (const atS of [0.5, 2, 4, 6, 7.5]) {
      const sight = await eyes.see(clip, atS, noHour, camera.zones, () => 0.5);
      levels.push(sight.zones[0]?.floodLevel ?? 0);
    }
  }
  // The wet street of the clip lies just above this city's threshold.
  const floodLevel = Math.min(...levels) * 0.7;
  const settings = Settings.parse({
    hazards: { flooding: { floodLevel, clearLevel: floodLevel, waterShare: 1 } },
  });
  const bell = await openBell({ database, log: silentLog });
  const queue = memoryQueue();
  const stop = new AbortController();
  const worker = runWorker(
    {
      database,
      queue,
      bell,
      files,
      clock: systemClock,
      log: silentLog,
      // Windows of samples are minutes: a fast pace makes each look one.
      settings: {
        ...settings.ingest,
        pace: 100_000,
        hazards: settings.hazards,
        filesFolder: join(folder, 'files'),
        ringFolder: join(folder, 'ring'),
      },
      credential: () => undefined,
      afterCut: async () => undefined,
      entry: await brittleEye(),
    },
    stop.signal,
  );
  const samples = () => adapt.samples(database, 'flooding', ['a'], 0, 1000);
  let asked = 0;
  /** Looks until the newest sample is as wanted; the worker sees a change with its next look. */
  const until = async (what: string, isWanted: (one: adapt.SampleRow) => boolean) => {
    await waitFor(
      what,
      async () => {
        const before = (await samples()).length;
        const dueAtMs = systemClock.nowMs() + ++asked;
        await queue.put('look', [{ key: `a@${String(dueAtMs)}`, payload: { cameraId: camera.id, dueAtMs } }]);
        const newest = await waitFor('a look', async () => {
          const now = await samples();
          return now.length > before ? now.at(-1) : undefined;
        });
        return isWanted(newest) || undefined;
      },
      240_000,
    );
  };
  try {
    await until('a called look', (one) => one.word === 'hazard' && one.said === 'hazard');
    const [first] = await samples();
    expect(first?.features).toHaveLength(featureCount);
    expect(first?.features?.some((value) => Math.abs(value) > 0.05)).toBe(true);
    expect(first?.network).toMatch(/^road-/);

    const made = await database.transaction((tx) =>
      adapt.insertModel(tx, {
        id: 'quiet',
        cameraId: 'a',
        hazard: 'flooding',
        parameters: { kind: 'threshold', offset: -4 },
        network: first?.network ?? '',
        figures: {},
        fittedFromMs: 0,
        fittedToMs: 0,
        madeAtMs: systemClock.nowMs(),
        shadowUntilMs: systemClock.nowMs(),
        by: 'test',
      }),
    );
    await until('a look beside', (one) => one.said === 'hazard' && one.shadowWord !== null);
    expect((await samples()).at(-1)).toMatchObject({ shadowId: 'quiet' });
    expect((await adapt.shadowSum(database, 'quiet')).looks).toBeGreaterThan(0);

    await database.transaction(async (tx) => {
      await adapt.offer(tx, made.id, systemClock.nowMs(), 'test');
      await adapt.sign(tx, made.id, 'a', systemClock.nowMs());
      await adapt.sign(tx, made.id, 'b', systemClock.nowMs());
    });
    await until('a quiet look', (one) => one.word === 'hazard' && one.said !== 'hazard');

    await database.transaction((tx) =>
      adapt.rollBack(tx, { cameraId: 'a', hazard: 'flooding', personId: 'a', atMs: systemClock.nowMs() }),
    );
    await until('a look as before', (one) => one.said === 'hazard');
  } finally {
    stop.abort();
    await worker;
    await bell.close();
  }
});
