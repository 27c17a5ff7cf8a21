// Cameras asked for themselves by a real eye: streams by both ways, still pictures by their clock and change, a search from end to end.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { silentLog } from '#core/log';
import { adviceWords, openAsker, probeLanguages, readCameraTable, searchNetwork, type Asker } from '#ingest';
import { startCity, startOnvif, type City, type OnvifDevice } from '#simulator';
import { cameraProbes, cameras } from '#store';
import sharp from 'sharp';
import { keepProbe, probeCamera, probeWords } from '../../cli/commands/cameras-ask.ts';
import { askDevices, discoveredTable, discoveredWords } from '../../cli/commands/cameras-discover.ts';
import { openBook } from '../../ingest/book.ts';
import { memoryBell } from '#store';
import { testDatabase } from '../support/database.ts';

const signIn = { scheme: 'digest' as const, user: 'viewer', password: 'Pr0be-me' };
const hasFfmpeg = (() => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let city: City;
let asker: Asker;
beforeAll(async () => {
  city = await startCity({
    signIn,
    scenario: {
      name: 'probe',
      title: { kk: 'x', ru: 'x', en: 'x' },
      // The first one plays a film whose still pictures differ for eight seconds.
      cameras: ['good', 'frozen', 'gone', 'lost'].map((id) => ({
        id,
        clip: id === 'good' ? 'calm-crossing-day' : 'testcard',
      })),
    },
  });
  await city.fault('frozen', { kind: 'freeze' });
  await city.fault('gone', { kind: 'status', code: 404 });
  asker = openAsker({ ways: ['node-av', 'ffmpeg'], ffmpeg: 'ffmpeg', allowedHosts: [], log: silentLog });
});
afterAll(async () => {
  await asker[Symbol.asyncDispose]();
  await city[Symbol.asyncDispose]();
});
const known = (id: string): City['cameras'][number] => {
  const camera = city.cameras.find((one) => one.id === id);
  if (!camera) throw new RangeError(id);
  return camera;
};
const probe = (id: string, over: object = {}, by = asker) =>
  probeCamera(by, {
    camera: { id, rtsp: known(id).rtspUrl, snapshot: known(id).snapshotUrl },
    signIn,
    seconds: 10,
    stillApartS: 4,
    trySub: false,
    ...over,
  });

describe('a camera asked for itself', { timeout: 300_000 }, () => {
  it('tells its stream, its fresh still, a picture and advice', async () => {
    const report = await probe('good');
    const { widthPx, heightPx } = known('good');
    expect(report.main).toMatchObject({
      codec: 'h264',
      profile: 'Main',
      widthPx,
      heightPx,
      transport: 'tcp',
      way: 'node-av',
      audio: null,
      bFrames: false,
    });
    if (report.main === null || 'kind' in report.main) throw new Error('it has no stream');
    expect(report.main.fps).toBeCloseTo(8, 0);
    expect(report.main.keyEveryS).toBeCloseTo(2, 0);
    expect(report.main.firstPictureMs).toBeGreaterThan(0);
    expect(report.still).toMatchObject({ freshness: { state: 'fresh' }, widthPx, heightPx });
    const picture = await sharp(Buffer.from(report.picture ?? [])).metadata();
    expect([picture.format, picture.width, picture.height]).toEqual(['jpeg', widthPx, heightPx]);
    for (const language of probeLanguages) {
      const words = probeWords(report, language).join('\n');
      expect(words).toContain(adviceWords(language, { kind: 'still-fresh', of: {} }));
      expect(words).not.toContain(signIn.password);
    }
  });

  it('with a frozen picture has an old still, which is not looked at any more', async () => {
    const database = await testDatabase();
    const camera = Camera.parse({
      id: 'frozen',
      name: { kk: 'x', ru: 'x', en: 'x' },
      point: { lon: 71.4, lat: 51.1 },
      district: 'esil',
      rtsp: known('frozen').rtspUrl,
      snapshot: known('frozen').snapshotUrl,
    });
    await database.transaction((tx) => cameras.upsert(tx, camera));
    const report = await probe('frozen', { camera: { id: 'frozen', snapshot: camera.snapshot } });
    expect(report.still).toMatchObject({ freshness: { state: 'stale' } });
    expect(report.advice.map(({ kind }) => kind)).toContain('still-stale');
    using book = openBook(database, memoryBell(), systemClock);
    expect((await book.byId('frozen'))?.snapshot).toBe(camera.snapshot);
    await keepProbe(database, camera, report, systemClock.nowMs());
    expect(await cameraProbes.of(database, 'frozen')).toMatchObject({ still: 'stale', snapshot: camera.snapshot });
    using fresh = openBook(database, memoryBell(), systemClock);
    expect(await fresh.byId('frozen')).toMatchObject({ rtsp: camera.rtsp });
    expect((await fresh.byId('frozen'))?.snapshot).toBeUndefined();
    // Of another address nothing is known.
    await database.transaction((tx) => cameras.upsert(tx, { ...camera, snapshot: 'http://10.0.0.1/other.jpg' }));
    using other = openBook(database, memoryBell(), systemClock);
    expect((await other.byId('frozen'))?.snapshot).toBe('http://10.0.0.1/other.jpg');
  });

  it('that is gone, or refuses the sign-in, says so; a wrong sign-in is not tried at its other addresses', async () => {
    expect((await probe('gone')).main).toMatchObject({ kind: 'refusal', state: 'not-found' });
    const wrong = await probe('lost', { signIn: { user: 'viewer', password: 'wrong' } });
    expect(wrong.main).toMatchObject({ kind: 'refusal', state: 'needs-sign-in' });
    expect(wrong.still).toBeNull();
  });

  it.skipIf(!hasFfmpeg)('by ffmpeg alone is the same camera', async () => {
    await using plain = openAsker({ ways: ['ffmpeg'], ffmpeg: 'ffmpeg', allowedHosts: [], log: silentLog });
    const { widthPx, heightPx } = known('good');
    const report = await probe('good', { camera: { id: 'good', rtsp: known('good').rtspUrl }, seconds: 5 }, plain);
    expect(report.main).toMatchObject({
      codec: 'h264',
      profile: 'Main',
      widthPx,
      heightPx,
      way: 'ffmpeg',
      bFrames: false,
      audio: null,
    });
    if (report.main === null || 'kind' in report.main) throw new Error('it has no stream');
    expect(report.main.fps).toBeCloseTo(8, 0);
    expect(report.main.keyEveryS).toBeCloseTo(2, 0);
    expect(report.picture?.length).toBeGreaterThan(1000);
  });
});

describe('a search from the question to the table', { timeout: 300_000 }, () => {
  const devices: OnvifDevice[] = [];
  afterAll(() => Promise.all(devices.map((device) => device[Symbol.asyncDispose]())));

  it('finds a camera, signs in once, judges its still and writes what import reads', async () => {
    const { rtspUrl, subUrl, snapshotUrl, widthPx, heightPx, fps } = known('good');
    const streams = [
      { token: 'main', source: 's', widthPx, heightPx, fps, rtsp: rtspUrl, snapshot: snapshotUrl },
      { token: 'sub', source: 's', widthPx: 320, heightPx: 180, fps, rtsp: subUrl },
    ];
    const device = await startOnvif({ urn: 'good', streams, signIn: { way: 'token', ...signIn } });
    const hung = await startOnvif({ urn: 'hung', streams, fault: 'redirect' });
    devices.push(device, hung);
    const found = await searchNetwork(
      systemClock,
      { seconds: 0.5, subnets: ['127.0.0.1/32'], multicast: false, mayName: [], port: device.discoveryPort },
      AbortSignal.timeout(5000),
    );
    expect(found.map(({ address }) => address)).toEqual([device.address]);
    const bad = { ip: '127.0.0.1', urn: 'hung', address: hung.address, name: 'hung', model: '', why: '' };
    const told = await askDevices(asker, [...found, bad], { signIn, mayName: [], askStills: true });
    expect(told[0]).toMatchObject({
      cameras: [{ id: '127-0-0-1', sub: { rtsp: subUrl }, snapshot: snapshotUrl, still: 'fresh' }],
      notes: [],
    });
    expect(device.tried.every(({ right }) => right)).toBe(true);
    const words = discoveredWords(told).join('\n');
    expect(words).toContain('2 devices answered, 1 cameras can be listed');
    const table = discoveredTable(told, 'main');
    expect(words + table).not.toContain(signIn.password);
    const { rows, faults } = readCameraTable(table);
    expect(faults).toEqual([]);
    expect(Object.fromEntries(rows[0]?.cells ?? [])).toEqual({
      id: '127-0-0-1',
      name: 'good',
      rtsp: rtspUrl,
      sub_rtsp: subUrl,
      snapshot: snapshotUrl,
      credential: 'main',
    });
  });

  it('stops trying a sign-in that device after device refuses', async () => {
    const refusing = await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        startOnvif({ urn: `no-${i}`, streams: [], signIn: { way: 'digest', user: 'viewer', password: 'other' } }),
      ),
    );
    devices.push(...refusing);
    const list = refusing.map(({ address }, i) => ({
      ip: '127.0.0.1',
      urn: `${i}`,
      address,
      name: '',
      model: '',
      why: '',
    }));
    const told = await askDevices(asker, list, { signIn, mayName: [], askStills: false });
    expect(refusing.map(({ tried }) => tried.length)).toEqual([1, 1, 1, 0, 0]);
    expect(told.at(-1)?.notes).toEqual(['3 devices refused the sign-in; it was not tried here']);
  });
});
