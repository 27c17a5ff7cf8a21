// What `bench look` measures against: simulated cameras in a process of their own, a database, and zones of every kind.
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Camera } from '#core/camera';
import { silentLog } from '#core/log';
import { inRoot } from '#core/root';
import { cameras as cameraRows, db, embedded, migrate } from '#store';
import { openOwnCity } from './own-city.ts';

export type LookKind = 'rtsp' | 'jpeg';
/** Cameras with a registered manhole ask one network more, and for pixels at the picture's own size. */
export const views = ['manhole', 'street'] as const;
export type View = (typeof views)[number];

const square = (x1: number, y1: number, x2: number, y2: number): [number, number][] => [
  [x1, y1],
  [x2, y1],
  [x2, y2],
  [x1, y2],
];

const zones = [
  {
    id: 'A',
    kind: 'carriageway',
    hazards: ['snow', 'flooding', 'open-manhole'],
    polygon: [
      [0.05, 0.45],
      [0.95, 0.45],
      [0.98, 0.98],
      [0.02, 0.98],
    ],
  },
  {
    id: 'B',
    kind: 'pavement',
    hazards: ['snow', 'open-manhole'],
    polygon: [
      [0.0, 0.5],
      [0.25, 0.4],
      [0.25, 0.6],
      [0.0, 0.8],
    ],
  },
  { id: 'M', kind: 'manhole', hazards: ['open-manhole'], polygon: square(0.45, 0.7, 0.52, 0.78) },
  { id: 'W', kind: 'no-dumping', hazards: ['dumping'], polygon: square(0.6, 0.5, 0.9, 0.9) },
];

export interface LookStand extends AsyncDisposable {
  readonly folder: string;
  readonly store: db.Database;
  readonly databasePid: number;
  /** The cameras as they are asked for one kind of source and one kind of view. */
  camerasFor(kind: LookKind, view: View): Camera[];
}

/** Starts cameras and database; everything ends with it. */
export async function openLookStand(clip: string, cameras: number): Promise<LookStand> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-bench-'));
  // Root's database runs as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  const ids = Array.from({ length: cameras }, (_, index) => `bench-${index}`);
  const ends: (() => Promise<unknown> | undefined)[] = [
    () => {
      rmSync(folder, { recursive: true, force: true });
      return undefined;
    },
  ];
  const end = async (): Promise<void> => {
    for (const one of ends.toReversed()) await one();
  };
  try {
    const isOwnClip = existsSync(inRoot('simulator', 'bench', `${clip}.mp4`));
    const city = await openOwnCity({
      folder,
      name: 'bench',
      title: { kk: 'Өлшеу', ru: 'Замер', en: 'Bench' },
      cameras: ids.map((id) => ({ id, clip })),
      ...(isOwnClip ? { clipFolder: inRoot('simulator', 'bench') } : {}),
    });
    ends.push(async () => {
      await city[Symbol.asyncDispose]();
    });
    const { rtspPort, httpPort } = city;
    const database = await embedded.startEmbedded({ folder: join(folder, 'postgres'), log: silentLog });
    ends.push(() => database.stop());
    const owner = await db.openDatabase(database.ownerUrl, { log: silentLog, name: 'ahual-bench' });
    await migrate.migrate(owner);
    const parsed = ids.map((id) =>
      Camera.parse({
        id,
        name: { kk: id, ru: id, en: id },
        point: { lon: 71.44, lat: 51.14 },
        district: 'esil',
        restricted: false,
        rtsp: `rtsp://127.0.0.1:${rtspPort}/cam/${id}/main`,
        zones,
      }),
    );
    await owner.transaction((tx) => cameraRows.replace(tx, parsed));
    await owner.close();
    const store = await db.openDatabase(database.url, { log: silentLog, name: 'ahual-bench' });
    ends.push(() => store.close());
    return {
      folder,
      store,
      databasePid: database.pid,
      camerasFor: (kind, view) =>
        parsed.map((camera) => {
          const { rtsp, ...rest } = camera;
          const kept = camera.zones.filter((zone) => view === 'manhole' || zone.kind !== 'manhole');
          if (kind === 'rtsp' && rtsp !== undefined) return { ...rest, rtsp, zones: kept };
          return { ...rest, zones: kept, snapshot: `http://127.0.0.1:${httpPort}/cam/${camera.id}/snapshot.jpg` };
        }),
      [Symbol.asyncDispose]: end,
    };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}
