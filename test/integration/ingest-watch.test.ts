// Watching on a real database against the simulated city: the calm word is saved, the ring fills, clips are cut by both programs, live
// pictures are shared, a dead eye begins anew, and one camera is held by one worker.
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFile, MP4BoxBuffer } from 'mp4box';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Settings } from '#config';
import { systemClock } from '#core/clock';
import { silentLog } from '#core/log';
import { cutClip, openLive, openMpeg1, runWorker, type CutNeeds, type WorkerNeeds } from '#ingest';
import { startCity, type City } from '#simulator';
import {
  cameraHealth,
  cameras,
  files as fileStore,
  looks,
  marks,
  memoryBell,
  memoryQueue,
  siteIncidents,
  type Database,
  type Files,
} from '#store';
import { ffmpegVersion } from '../../ingest/cut.ts';
import { segmentsOf } from '../../ingest/ring.ts';
import { openGuard } from '../../ingest/scheduler-guard.ts';
import { learn } from '../../ingest/scheduler-known.ts';
import { testDatabase } from '../support/database.ts';
import { brittleEye, cameraOf, testFolder, waitFor } from './ingest-stand.ts';

const folder = testFolder();
const ringFolder = join(folder, 'ring');
const hasFfmpeg = (await ffmpegVersion('ffmpeg')) !== undefined;
const watched = {
  watch: true,
  zones: [
    {
      id: 'yard',
      kind: 'no-dumping',
      hazards: ['dumping'],
      polygon: [
        [0.2, 0.3],
        [0.8, 0.3],
        [0.8, 0.9],
        [0.2, 0.9],
      ],
    },
  ],
};
let city: City;
let database: Database;
let files: Files;

beforeAll(async () => {
  city = await startCity({
    signIn: { scheme: 'digest', user: 'viewer', password: 'p@ss/w:rd' },
    scenario: {
      name: 'watch',
      title: { kk: 'x', ru: 'x', en: 'x' },
      cameras: [
        { id: 'w1', clip: 'testcard', signIn: 'none' },
        { id: 'w2', clip: 'testcard', signIn: 'digest' },
      ],
    },
  });
  database = await testDatabase();
  files = await fileStore.openFiles(join(folder, 'files'));
  await database.transaction((tx) =>
    cameras.replace(tx, [cameraOf(city, 'w1', watched), cameraOf(city, 'w2', { ...watched, credential: 'gate' })]),
  );
});
afterAll(async () => {
  await city[Symbol.asyncDispose]();
});

const credential = (name: string): string | undefined => (name === 'gate' ? 'viewer:p@ss/w:rd' : undefined);

async function workerNeeds(
  tell: WorkerNeeds['tell'],
  over: { ways?: ('node-av' | 'ffmpeg')[]; ringFolder?: string } = {},
): Promise<WorkerNeeds> {
  const ways = over.ways ?? ['node-av', 'ffmpeg'];
  const settings = Settings.parse({ ingest: { watchBeatS: 1, ringS: 60, watchStreamsPerEye: 2, ways } });
  return {
    database,
    queue: memoryQueue(),
    bell: memoryBell(),
    files,
    clock: systemClock,
    log: silentLog,
    settings: {
      ...settings.ingest,
      pace: 1,
      hazards: settings.hazards,
      filesFolder: join(folder, 'files'),
      ringFolder: over.ringFolder ?? ringFolder,
    },
    credential,
    afterCut: async () => undefined,
    entry: await brittleEye(),
    ...(tell ? { tell } : {}),
  };
}

describe('a watching worker', () => {
  it(
    'saves the calm word, fills the ring, begins anew after a death, and shares no camera',
    { timeout: 240_000 },
    async () => {
      const [stopA, stopB] = [new AbortController(), new AbortController()];
      let [a, b]: Readonly<Record<string, unknown>>[] = [{}, {}];
      const first = runWorker(await workerNeeds((told) => (a = told)), stopA.signal);
      await waitFor('both cameras to play', () => (a?.['watchedPlaying'] === 2 ? true : undefined), 90_000);
      const second = runWorker(await workerNeeds((told) => (b = told)), stopB.signal);
      await waitFor('the second worker to look around', () => (b?.['reader'] === 'node-av' ? true : undefined), 90_000);

      const words = await waitFor(
        'five calm words',
        async () => {
          const rows = await looks.recent(database, 'w2', 20);
          return rows.length >= 5 ? rows : undefined;
        },
        300_000,
      );
      expect(
        words.flatMap((row) => row.observations).every((one) => one.hazard === 'dumping' && one.zoneId === 'yard'),
      ).toBe(true);
      expect((await cameras.health(database)).map((one) => [one.cameraId, one.widthPx])).toEqual(
        city.cameras.map((one) => [one.id, one.widthPx]),
      );
      await waitFor('the second worker to say that it watches nothing', () =>
        b?.['watched'] === 0 ? true : undefined,
      );

      // The eye dies: what it held begins anew in a fresh one.
      const eye = String(a?.['watchEyes']);
      process.kill(Number(eye), 'SIGKILL');
      await waitFor(
        'the cameras to play again',
        () => (a?.['watchedPlaying'] === 2 && a['watchEyes'] !== eye ? true : undefined),
        300_000,
      );

      // The worker that holds them ends: the other one takes them.
      stopA.abort();
      await first;
      await waitFor('the other worker to take over', () => (b?.['watchedPlaying'] === 2 ? true : undefined), 90_000);
      await waitFor(
        'seven seconds in the ring without a gap',
        async () => {
          const segments = await segmentsOf(ringFolder, 'w1');
          const gap = segments.findLastIndex((one, i) => i > 0 && one.fromMs - (segments[i - 1]?.toMs ?? 0) > 500);
          return (segments.at(-1)?.toMs ?? 0) - (segments[Math.max(0, gap)]?.fromMs ?? 0) > 7_000 ? true : undefined;
        },
        300_000,
      );
      stopB.abort();
      await second;
    },
  );

  it.each([
    ['ffmpeg', hasFfmpeg, 'ffmpeg'],
    ['the muxer of node-av', true, '/nowhere/ffmpeg'],
  ] as const)('leaves a ring from which %s cuts a clip that plays from its first frame', async (_, isThere, ffmpeg) => {
    if (!isThere) return;
    const needs: CutNeeds = {
      ringFolder,
      ringS: 60,
      files,
      workFolder: join(folder, 'work'),
      ffmpeg,
      entry: await brittleEye(),
    };
    const segments = await segmentsOf(ringFolder, 'w1');
    const last = segments.at(-1);
    if (!last) throw new Error('the ring is empty');
    const ask = { cameraId: 'w1', fromMs: last.toMs - 6000, toMs: last.toMs - 1500 };
    const cut = await cutClip(needs, ask, systemClock.nowMs());
    if (cut.kind !== 'cut') throw new Error(cut.why);
    expect(cut.startsAtMs).toBeLessThanOrEqual(ask.fromMs);
    expect(cut.startsAtMs + cut.durationMs).toBeGreaterThanOrEqual(ask.toMs - 300);
    expect(cut.detail).toBe('');
    // `read` checks the bytes against the hash that was told.
    const bytes = await files.read(cut.sha256);
    expect(bytes.length).toBe(cut.bytes);
    const movie = createFile(false);
    movie.appendBuffer(MP4BoxBuffer.fromArrayBuffer(new Uint8Array(bytes).buffer, 0), true);
    movie.flush();
    const [track] = movie.getInfo().videoTracks;
    expect(track?.codec).toMatch(/^avc1/);
    const samples = movie.getTrackSamplesInfo(track?.id ?? 0);
    expect(samples[0]?.is_sync).toBe(true);
    expect(samples[0]?.dts).toBe(0);
    const seconds = cut.durationMs / 1000;
    expect(samples.length / seconds).toBeCloseTo(city.cameras[0]?.fps ?? 0, 0);
  });

  it.runIf(hasFfmpeg)('does the same by a spawned ffmpeg where node-av is absent', { timeout: 240_000 }, async () => {
    const other = join(folder, 'ring-2');
    const stop = new AbortController();
    let told: Readonly<Record<string, unknown>> = {};
    const needs = await workerNeeds((facts) => (told = facts), { ways: ['ffmpeg'], ringFolder: other });
    const count = async (): Promise<number> => (await looks.recent(database, 'w2', 100)).length;
    const before = await count();
    const worker = runWorker(needs, stop.signal);
    await waitFor('both cameras to play', () => (told['watchedPlaying'] === 2 ? true : undefined), 90_000);
    await waitFor('three calm words', async () => ((await count()) >= before + 3 ? true : undefined), 90_000);
    await waitFor(
      'seven seconds in the ring',
      async () => {
        const segments = await segmentsOf(other, 'w2');
        return (segments.at(-1)?.toMs ?? 0) - (segments[0]?.fromMs ?? 0) > 7000 ? true : undefined;
      },
      300_000,
    );
    expect(told).toMatchObject({ reader: 'ffmpeg' });
    expect(execFileSync('ps', ['axww', '-o', 'args'], { encoding: 'utf8' })).not.toContain('p%40ss');
    stop.abort();
    await worker;
    const [, second] = await segmentsOf(other, 'w2');
    if (!second) throw new Error('the ring is empty');
    const cut = await cutClip(
      { ringFolder: other, ringS: 60, files, workFolder: join(folder, 'work'), ffmpeg: 'ffmpeg' },
      { cameraId: 'w2', fromMs: second.fromMs, toMs: second.fromMs + 4000 },
      systemClock.nowMs(),
    );
    expect(cut).toMatchObject({ kind: 'cut', detail: '' });
  });

  it(
    'tells a disk that refuses its films as one incident of the site, until it writes again',
    { timeout: 240_000 },
    async () => {
      const failing = join(folder, 'ring-3');
      const stop = new AbortController();
      let aheadMs = 0;
      let told: Readonly<Record<string, unknown>> = {};
      const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs };
      const { ingest, keeping } = Settings.parse({});
      const settings = { ...ingest, pace: 1, keeping };
      using guard = openGuard({ database, clock, log: silentLog, settings });
      /** What the leader hears of the worker's beat, and what it has told of the disk so far. */
      const incidents = async () => {
        await marks.beat(database, 'worker:1', systemClock.nowMs(), told);
        await guard.round(clock.nowMs());
        await guard.see(await learn({ database, settings }, null, new Set()));
        return (await siteIncidents.since(database, 0)).filter(({ kind }) => kind === 'ring');
      };
      const needs = await workerNeeds((facts) => (told = facts), { ringFolder: failing });
      const worker = runWorker(needs, stop.signal);
      await waitFor('film', async () => ((await segmentsOf(failing, 'w1')).length > 0 ? true : undefined), 90_000);
      expect(await incidents()).toEqual([]);

      renameSync(failing, join(folder, 'ring-aside'));
      writeFileSync(failing, 'no folder');
      await waitFor('the worker to say it', () => (told['ringFaultKinds'] === 'write' ? true : undefined));
      for (let n = 0; n < 3; n++)
        expect(await incidents()).toMatchObject([{ cameras: 2, detail: 'write', untilMs: null }]);

      rmSync(failing);
      renameSync(join(folder, 'ring-aside'), failing);
      await waitFor('the worker to call it off', () => (told['ringFaultKinds'] === '' ? true : undefined));
      expect((await incidents())[0]?.untilMs).toBeNull();
      aheadMs += 31_000;
      const over = await incidents();
      expect(over).toHaveLength(1);
      expect(over[0]?.untilMs).not.toBeNull();

      // Half a minute without a break, in this or the streams before: its bit rate, and whether its pictures are judged.
      const facts = await waitFor(
        'what the stream tells of its camera',
        async () => {
          const known = await cameraHealth.factsOf(database, 'w1');
          return known?.facts['bit-rate'] && known.facts.pictures ? known.facts : undefined;
        },
        300_000,
      );
      expect(facts['bit-rate']?.value).toBeGreaterThan(1000);
      stop.abort();
      await worker;
    },
  );

  it('says what is lost and what is not there yet', async () => {
    const needs: CutNeeds = { ringFolder, ringS: 60, files, workFolder: join(folder, 'work'), ffmpeg: 'ffmpeg' };
    const nowMs = systemClock.nowMs();
    expect(
      (await cutClip(needs, { cameraId: 'nobody', fromMs: nowMs - 200_000, toMs: nowMs - 190_000 }, nowMs)).kind,
    ).toBe('lost');
    expect((await cutClip(needs, { cameraId: 'w1', fromMs: nowMs - 5000, toMs: nowMs + 5000 }, nowMs)).kind).toBe(
      'later',
    );
  });
});

describe('live pictures', () => {
  it(
    'are one stream for all viewers, begin with a key frame, and let the camera go after the last one',
    { timeout: 300_000 },
    async () => {
      await using live = openLive({
        ways: ['node-av'],
        ffmpeg: 'ffmpeg',
        allowedHosts: [],
        credential,
        log: silentLog,
        lingerMs: 200,
        entry: await brittleEye(),
      });
      const camera = cameraOf(city, 'w2', { credential: 'gate' });
      const view = () => {
        const seen = { codec: '', parts: [] as boolean[], end: '', bytes: [] as Uint8Array[] };
        const leave = live.join(camera, {
          onHead: (codec, bytes) => {
            seen.codec = codec;
            seen.bytes.push(bytes);
          },
          onPart: (bytes, isKey) => {
            seen.parts.push(isKey);
            seen.bytes.push(bytes);
          },
          onEnd: ({ detail }) => (seen.end = detail),
        });
        return { seen, leave };
      };
      const one = view();
      await waitFor('some parts', () => (one.seen.parts.length >= 6 ? true : undefined));
      const two = view();
      expect(two.seen.parts[0]).toBe(true);
      await waitFor('parts for the second', () => (two.seen.parts.length >= 10 ? true : undefined));
      expect(live.state()).toMatchObject({ streams: 1, viewers: 2 });
      expect(one.seen.codec).toMatch(/^avc1\.[0-9a-f]{6}$/);
      expect(one.seen.parts[0]).toBe(true);
      const film = Buffer.concat(two.seen.bytes);
      const movie = createFile(false);
      movie.appendBuffer(MP4BoxBuffer.fromArrayBuffer(new Uint8Array(film).buffer, 0), true);
      movie.flush();
      expect(movie.getTrackSamplesInfo(movie.getInfo().videoTracks[0]?.id ?? 0).length).toBeGreaterThan(5);
      one.leave();
      two.leave();
      await waitFor('the camera to be let go', () => (live.state().streams === 0 ? true : undefined));
      expect(one.seen.end).toBe('');
    },
  );

  it('tell why there is none', async () => {
    await using live = openLive({
      ways: ['node-av'],
      ffmpeg: 'ffmpeg',
      allowedHosts: [],
      credential: () => undefined,
      log: silentLog,
      entry: await brittleEye(),
    });
    let end: { state: string; detail: string } | undefined;
    live.join(cameraOf(city, 'w2'), {
      onHead: () => undefined,
      onPart: () => undefined,
      onEnd: (told) => (end = told),
    });
    expect(await waitFor('the refusal', () => end)).toMatchObject({ state: 'needs-sign-in' });
    expect(live.state().streams).toBe(0);
  });

  it.runIf(hasFfmpeg)(
    'come as MPEG-1 where nothing else plays, without the address in argv',
    { timeout: 300_000 },
    async () => {
      await using live = openLive({
        ways: ['node-av'],
        ffmpeg: 'ffmpeg',
        allowedHosts: [],
        credential,
        log: silentLog,
        entry: await brittleEye(),
      });
      const pieces: Uint8Array[] = [];
      using room = openMpeg1({ live, ffmpeg: 'ffmpeg', log: silentLog, most: 1 });
      const one = await room.join(cameraOf(city, 'w2', { credential: 'gate' }), {
        onBytes: (bytes) => pieces.push(bytes),
        onEnd: () => undefined,
      });
      const other = { onBytes: () => undefined, onEnd: () => undefined };
      const two = await room.join(cameraOf(city, 'w2', { credential: 'gate' }), other);
      expect([one.kind, two.kind, room.encoders()]).toEqual(['joined', 'joined', 1]);
      expect(await room.join(cameraOf(city, 'w1'), other)).toEqual({ kind: 'too-many', most: 1 });
      await waitFor('transport stream', () => (Buffer.concat(pieces).length > 20_000 ? true : undefined), 60_000);
      expect(execFileSync('ps', ['axww', '-o', 'args'], { encoding: 'utf8' })).not.toContain(city.cameras[1]?.rtspUrl);
      const stream = Buffer.concat(pieces);
      for (let at = 0; at + 188 < stream.length; at += 188) expect(stream[at]).toBe(0x47);
      for (const joined of [one, two]) if (joined.kind === 'joined') joined.leave();
      expect(room.encoders()).toBe(0);
    },
  );

  it('of MPEG-1 are not offered where there is no program', async () => {
    await using live = openLive({ ways: ['node-av'], ffmpeg: 'ffmpeg', allowedHosts: [], credential, log: silentLog });
    const viewer = { onBytes: () => undefined, onEnd: () => undefined };
    using room = openMpeg1({ live, ffmpeg: '/nowhere/ffmpeg', log: silentLog });
    expect(await room.join(cameraOf(city, 'w1'), viewer)).toEqual({ kind: 'no-program' });
  });
});
