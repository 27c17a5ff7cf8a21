// Scheduler and worker on a real database against the simulated city: looks come, a killed eye costs none, the end is clean.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Settings } from '#config';
import { systemClock } from '#core/clock';
import { silentLog } from '#core/log';
import { runScheduler, runWorker } from '#ingest';
import { startCity, type City } from '#simulator';
import { cameras, files as fileStore, looks, marks, memoryBell, memoryQueue, type Database, type Files } from '#store';
import { testDatabase } from '../support/database.ts';
import { brittleEye, cameraOf, testFolder, waitFor } from './ingest-stand.ts';

const ids = ['a', 'b', 'c', 'dead'];
const folder = testFolder();
let city: City;
let database: Database;
let files: Files;

beforeAll(async () => {
  city = await startCity({
    scenario: {
      name: 'worker',
      title: { kk: 'x', ru: 'x', en: 'x' },
      cameras: ids.map((id) => ({ id, clip: 'testcard', signIn: 'none' as const })),
    },
  });
  await city.fault('dead', { kind: 'status', code: 404 });
  database = await testDatabase();
  files = await fileStore.openFiles(join(folder, 'files'));
  await database.transaction((tx) =>
    cameras.replace(
      tx,
      ids.map((id) => cameraOf(city, id)),
    ),
  );
});
afterAll(async () => {
  await city[Symbol.asyncDispose]();
});

describe('scheduler and worker', () => {
  it(
    'look at every camera again and again, say why a dead one is dead, and end without leaving anything',
    { timeout: 300_000 },
    async () => {
      const settings = Settings.parse({ ingest: { lookEveryS: 2, lookTimeoutS: 10 } });
      const ingest = {
        ...settings.ingest,
        pace: 1,
        keeping: settings.keeping,
        hazards: settings.hazards,
        filesFolder: join(folder, 'files'),
        ringFolder: join(folder, 'ring'),
      };
      const [queue, bell] = [memoryQueue(), memoryBell()];
      const stop = new AbortController();
      let facts: Readonly<Record<string, unknown>> = {};
      const common = { database, queue, bell, files, clock: systemClock, log: silentLog };
      const scheduler = runScheduler({ ...common, settings: ingest }, stop.signal);
      const worker = runWorker(
        {
          ...common,
          settings: ingest,
          credential: () => undefined,
          afterCut: async () => undefined,
          entry: await brittleEye(),
          tell: (told) => {
            facts = { ...facts, ...told };
          },
        },
        stop.signal,
      );
      const looksOf = async (id: string): Promise<number> => (await looks.recent(database, id, 100)).length;
      await waitFor(
        'three looks at each camera',
        async () => {
          const counts = await Promise.all(ids.map(looksOf));
          return counts.every((n) => n >= 3) || undefined;
        },
        300_000,
      );

      const health = new Map((await cameras.health(database)).map((one) => [String(one.cameraId), one]));
      expect(health.get('dead')).toMatchObject({ state: 'not-found', detail: 'It has no such stream (404).' });
      for (const id of ['a', 'b', 'c'])
        expect(health.get(id)?.widthPx).toBe(city.cameras.find((one) => one.id === id)?.widthPx);
      const [frame] = await looks.frames(database, 'a', 0, 10);
      expect(await files.has(frame?.stillSha256 ?? '')).toBe(true);
      expect(facts).toMatchObject({ reader: 'node-av', staleLooks: 0 });
      expect(await marks.get(database, 'ingest.load')).toMatchObject({ shedPerMinute: 0, needPerMinute: 120 });

      // The eye is killed in mid-look: looks go on, and nobody is called crashed.
      const [eye] = eyesOf(process.pid);
      process.kill(eye ?? -1, 'SIGKILL');
      const before = await looksOf('a');
      await waitFor(
        'looks by a fresh eye',
        async () => ((await looksOf('a')) >= before + 2 && eyesOf(process.pid)[0] !== eye ? true : undefined),
        300_000,
      );
      expect((await cameras.health(database)).filter((one) => one.state === 'crashed')).toEqual([]);

      stop.abort();
      await Promise.all([scheduler, worker]);
      expect(eyesOf(process.pid)).toEqual([]);
      expect(readdirSync(join(folder, 'files', 'drop'))).toEqual([]);
    },
  );
});

/** Process numbers of the eyes that this process has forked. */
function eyesOf(parent: number): number[] {
  const rows = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(parent)], { encoding: 'utf8' }).split('\n');
  return rows.filter((row) => row.includes('eye.mjs')).map((row) => Number.parseInt(row, 10));
}
