// Cameras added, changed and removed while looks run, by a table and by the browser's route: every other camera's looks go on, counted.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { loadCity, Settings } from '#config';
import type { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { lookIdOf } from '#core/ids';
import { silentLog } from '#core/log';
import { runScheduler, runWorker } from '#ingest';
import { startCity, type City } from '#simulator';
import { cameras, memoryQueue, openBell, sql, type Queue } from '#store';
import { importCameras, importCity } from '#ingest';
import { openStand, type Seat, type Stand } from './dashboard-stand.ts';
import { brittleEye, cameraOf, testFolder, waitFor } from './ingest-stand.ts';

const lookEveryS = 4;
const untouched = Array.from({ length: 16 }, (_, i) => `stay-${i}`);
const byTable = { added: ['new-a', 'new-b', 'new-c'], changed: ['turn-a', 'turn-b'], removed: ['gone-a', 'gone-b'] };
const byHand = { added: 'new-hand', changed: 'turn-hand', removed: 'gone-hand' };
const first = [...untouched, ...byTable.changed, ...byTable.removed, byHand.changed, byHand.removed];
const all = [...first, ...byTable.added, byHand.added, 'small'];

const folder = testFolder();
let city: City;
let stand: Stand;
let engineer: Seat;
/** Two of three by their still picture, the others by their stream; every fourth one with a zone to judge. */
const known = (id: string): Camera => {
  const [given, index] = [city.cameras.find((one) => one.id === id), all.indexOf(id)];
  return cameraOf(city, id, {
    point: { lon: 71.43, lat: 51.115 },
    restricted: false,
    ...(index % 4 === 0 ? {} : { zones: [] }),
    ...(index % 3 === 0 ? {} : { snapshot: given?.snapshotUrl }),
  });
};

beforeAll(async () => {
  city = await startCity({
    scenario: {
      name: 'load',
      title: { kk: 'x', ru: 'x', en: 'x' },
      cameras: all.map((id) => ({ id, clip: id === 'small' ? 'testcard-small' : 'testcard', signIn: 'none' as const })),
    },
  });
  stand = await openStand({ cameras: first.map(known) });
  engineer = await stand.seat('camera-admin');
}, 300_000);
afterAll(async () => {
  await stand.close();
  await city[Symbol.asyncDispose]();
});

interface Row {
  readonly cameraId: string;
  readonly dueAtMs: number;
  readonly state: string;
}
const rowsOf = (): Promise<Row[]> =>
  stand.database.rows(
    z.object({ cameraId: z.string(), dueAtMs: z.number(), state: z.string() }),
    sql`select camera_id, due_at, state from look order by due_at`,
  );

/** Lies each due a whole number of intervals after the one before? */
const areWhole = (dues: readonly number[]): boolean =>
  dues.slice(1).every((due, i) => {
    const step = (due - (dues[i] ?? due)) / 1000 / lookEveryS;
    return step > 0.5 && Math.abs(step - Math.round(step)) < 0.01;
  });

/** A queue that also writes down what was put on it. */
function counted(queue: Queue, put: Map<string, number>): Queue {
  return {
    ...queue,
    put: async (name, payloads) => {
      if (name === 'look') for (const { key } of payloads) put.set(key, (put.get(key) ?? 0) + 1);
      await queue.put(name, payloads);
    },
  };
}

describe('the list changed under load', () => {
  it(
    'touches nobody else: none lost, none doubled, none of the removed, the new ones in their time',
    { timeout: 600_000 },
    async () => {
      const { database, files } = stand;
      // Gates that stand wide open: whom a gate holds back begins a new rhythm, and on a busy machine a late round has many at once.
      const connectsPerS = { host: 10_000, network: 10_000 };
      const settings = Settings.parse({ ingest: { lookEveryS, lookTimeoutS: 60, inFlight: 8, connectsPerS } });
      const ingest = {
        ...settings.ingest,
        pace: 1,
        keeping: settings.keeping,
        hazards: settings.hazards,
        filesFolder: join(folder, 'files'),
        ringFolder: join(folder, 'ring'),
      };
      const put = new Map<string, number>();
      const bell = await openBell({ database, log: silentLog });
      const queue = counted(memoryQueue(), put);
      const common = { database, queue, bell, files, clock: systemClock, log: silentLog, settings: ingest };
      const [stopPlanning, stopWorking] = [new AbortController(), new AbortController()];
      const scheduler = runScheduler(common, stopPlanning.signal);
      const entry = await brittleEye();
      const worker = runWorker(
        { ...common, credential: () => undefined, afterCut: () => Promise.resolve(), entry },
        stopWorking.signal,
      );
      /** The fewest looks of any of these cameras that were due since. */
      const looksSince = async (ids: readonly string[], sinceMs: number): Promise<number> => {
        const [row] = await database.rows(
          z.object({ n: z.number() }),
          sql`select coalesce(min(n), 0) as n from (
              select id, count(look.camera_id) as n from unnest(${ids}::text[]) as wanted (id)
              left join look on look.camera_id = id and due_at >= ${new Date(sinceMs).toISOString()}::timestamptz
              group by id) as counted`,
        );
        return row?.n ?? 0;
      };
      const rounds = (what: string, ids: readonly string[], sinceMs: number, n: number) =>
        waitFor(
          `${what}: ${n} looks each`,
          async () => ((await looksSince(ids, sinceMs)) >= n ? true : undefined),
          240_000,
        );
      onTestFinished(async () => {
        stopPlanning.abort();
        stopWorking.abort();
        await Promise.allSettled([scheduler, worker]);
        await bell.close();
      });
      const duesOf = (rows: readonly Row[], id: string): number[] =>
        rows.filter(({ cameraId }) => cameraId === id).map(({ dueAtMs }) => dueAtMs);
      // The first looks are spread over an interval; a camera has its rhythm once three looks follow each other in whole steps.
      await rounds('at the start', first, 0, 3);
      const steady = await waitFor(
        'each camera in its rhythm',
        async () => {
          const rows = await rowsOf();
          const lastDues = untouched.map((id) => [id, duesOf(rows, id).slice(-3)] as const);
          return lastDues.every(([, dues]) => areWhole(dues)) ? new Map(lastDues) : undefined;
        },
        240_000,
      );

      // By a table: three new ones, two that turn to another stream, two that go.
      const lineOf = (camera: Camera): string =>
        [
          camera.id,
          'Новая',
          51.115,
          71.43,
          'esil',
          camera.rtsp,
          camera.snapshot ?? '-',
          camera.rtsp === undefined ? '' : 'нет',
        ].join(';');
      const small = city.cameras.find(({ id }) => id === 'small');
      // The stand has two cameras of its own, without an address.
      const kept = ['cam-open', 'cam-closed', ...untouched, byHand.changed, byHand.removed].map((id) => `${id};;;;;;;`);
      const turned = byTable.changed.map((id) => lineOf({ ...known(id), rtsp: small?.rtspUrl, snapshot: undefined }));
      const text = [
        'id;name;lat;lon;district;rtsp;snapshot;watch',
        ...kept,
        ...turned,
        ...byTable.added.map((id) => lineOf(known(id))),
      ];
      const atMs = systemClock.nowMs();
      const report = await importCameras(database, {
        text: text.join('\n'),
        file: 'cameras.csv',
        city: importCity(loadCity('config/city'), []),
        isDry: false,
        skipBad: false,
        removeMissing: byTable.removed.length,
        ignore: [],
        actor: 'cli',
        clock: systemClock,
      });
      expect(report).toMatchObject({ written: true, added: byTable.added, removed: byTable.removed, faults: [] });
      expect(report.changed.map(({ id }) => id)).toEqual(byTable.changed);
      const goneMs = systemClock.nowMs();

      // By hand in the browser, in the middle of it: one of each.
      const sheet = (id: string) => engineer.ask('placeCamera', { params: { id } });
      const form = (id: string, more: object) => {
        const { name, point, bearingDeg, district, watch, restricted, indoor, nearSensitive } = known(id);
        return { id, name, point, bearingDeg, district, watch, restricted, indoor, nearSensitive, ...more };
      };
      const fresh = form(byHand.added, { rtsp: known(byHand.added).rtsp });
      await engineer.ask('saveCamera', { body: { seen: null, camera: fresh, why: 'new' } });
      const turn = form(byHand.changed, { rtsp: small?.rtspUrl, snapshot: null });
      await engineer.ask('saveCamera', { body: { seen: (await sheet(byHand.changed)).seen, camera: turn, why: '' } });
      const { seen } = await sheet(byHand.removed);
      await engineer.ask('removeCamera', { params: { id: byHand.removed }, body: { seen, why: 'cut' } });
      const doneMs = systemClock.nowMs();

      const added = [...byTable.added, byHand.added];
      const changed = [...byTable.changed, byHand.changed];
      const removed = [...byTable.removed, byHand.removed];
      await rounds('after the changes', [...untouched, ...added, ...changed], doneMs, 1);
      // A look of a removed camera that was under way is saved; once the queue holds none of them there is no other.
      await waitFor(
        'what was put for the removed has ended',
        async () => {
          const keys = [...put.keys()].filter((key) => removed.some((id) => key.startsWith(`${id}@`)));
          return (await queue.missing('look', keys)).size === keys.length ? true : undefined;
        },
        240_000,
      );
      const ofRemoved = (await rowsOf()).filter(({ cameraId }) => removed.includes(cameraId)).length;
      await rounds('a round later', [...untouched, ...added, ...changed], systemClock.nowMs(), 1);

      stopPlanning.abort();
      await scheduler;
      await waitFor(
        'all that was put',
        async () => {
          const { waiting, active } = await queue.length('look');
          return waiting + active === 0 ? true : undefined;
        },
        240_000,
      );
      stopWorking.abort();
      await worker;
      await bell.close();

      const rows = await rowsOf();
      const keyOf = ({ cameraId, dueAtMs }: Row): string => lookIdOf(cameraId, dueAtMs);
      const isOf = (ids: readonly string[]) => (key: string) => ids.some((id) => key.startsWith(`${id}@`));
      // None lost and none doubled: what was put is what was done, look by look, once each.
      const staying = [...untouched, ...added, ...changed];
      const wanted = [...put.keys()].filter(isOf(staying)).sort();
      expect([...put].filter(([, times]) => times > 1)).toEqual([]);
      expect(rows.map(keyOf).filter(isOf(staying)).sort()).toEqual(wanted);
      // Its rhythm is its own: from before the changes on the untouched are due in whole steps of their interval. Only where a look
      // failed, on a machine too busy to show the picture in time, the camera may begin a new rhythm after it.
      const moved = untouched.filter((id) => {
        const own = rows.filter(({ cameraId }) => cameraId === id);
        const failedMs = own.find(({ state }) => state !== 'ok')?.dueAtMs ?? Number.POSITIVE_INFINITY;
        const fromMs = steady.get(id)?.[0] ?? 0;
        return !areWhole(duesOf(own, id).filter((dueMs) => dueMs >= fromMs && dueMs <= failedMs));
      });
      expect(moved).toEqual([]);
      for (const id of untouched) expect(duesOf(rows, id).at(-1)).toBeGreaterThan(doneMs);
      // The removed ones: nothing planned after they had gone, nothing looked at any more.
      expect(rows.filter(({ cameraId }) => removed.includes(cameraId)).length).toBe(ofRemoved);
      for (const id of byTable.removed)
        expect(rows.filter(({ cameraId, dueAtMs }) => cameraId === id && dueAtMs > goneMs)).toEqual([]);
      // The new ones: the first look is due as soon as they are there, not when the list is next read without a ring, and was done.
      const soonMs = 45_000;
      for (const id of added) {
        const [one] = rows.filter(({ cameraId }) => cameraId === id);
        expect((one?.dueAtMs ?? 0) - atMs).toBeGreaterThanOrEqual(0);
        expect((one?.dueAtMs ?? Number.POSITIVE_INFINITY) - doneMs).toBeLessThan(soonMs);
      }
      // The changed ones are looked at where they point now.
      const health = new Map((await cameras.health(database)).map((one) => [String(one.cameraId), one]));
      for (const id of changed) expect(health.get(id)).toMatchObject({ widthPx: small?.widthPx });
      expect(removed.filter((id) => health.has(id))).toEqual([]);
    },
  );
});
