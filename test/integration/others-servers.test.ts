// Servers that others wrote: each is looked at, watched and shown live. What a machine does not have is skipped, and says so.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Camera } from '#core/camera';
import { inRoot } from '#core/root';
import type { SignIn } from '../../ingest/sources/source.ts';
import { freePort, startGStreamer, startServer, thereIs, type OtherServer } from '../support/others-servers.ts';
import { grabOne, holdEye, saidOf, watchedZones } from './eyes-stand.ts';
import { testFolder, waitFor } from './ingest-stand.ts';

const folder = testFolder();
const absent = Object.entries(thereIs).flatMap(([name, isThere]) => (isThere() ? [] : [name]));
const cameraAt = (id: string, rtsp: string): Camera =>
  Camera.parse({
    id,
    name: { kk: id, ru: id, en: id },
    point: { lon: 71.44, lat: 51.14 },
    district: 'esil',
    rtsp,
    ...watchedZones,
  });

/** Looks until there is a picture: a server that was just started may not serve yet. */
const lookAt = (address: string, signIn?: SignIn): Promise<string> =>
  waitFor(
    `a picture of ${address}`,
    async () => {
      const said = saidOf(await grabOne('node-av', address, { answerMs: 6000, ...(signIn ? { signIn } : {}) }));
      return /^\d+x\d+$/.test(said) ? said : undefined;
    },
    40_000,
  );

/** Looks, watches and shows live, all at once, and gives what came of it. */
async function allOf(streams: Readonly<Record<string, string>>, signIn: SignIn | null = null) {
  const ids = Object.keys(streams);
  const sizes = Object.fromEntries(
    await Promise.all(
      Object.entries(streams).map(async ([id, address]) => [id, await lookAt(address, signIn ?? undefined)] as const),
    ),
  );
  await using watch = await holdEye('watch', { folder });
  await using live = await holdEye('live', { folder });
  for (const [id, address] of Object.entries(streams)) {
    watch.child.send({ kind: 'watch', camera: cameraAt(id, address), signIn });
    live.child.send({ kind: 'live', key: id, address, signIn, pictures: true });
  }
  const watched: string[] = [];
  const shown: string[] = [];
  for (const id of ids) {
    const why = () => JSON.stringify([watch.tellings(id), live.said.filter((one) => one.kind === 'live-end')]);
    await waitFor(
      `a beat of ${id}`,
      () => watch.said.find((one) => one.kind === 'beat' && one.cameraId === id),
      40_000,
    ).catch((thrown: unknown) => {
      throw new Error(`${String(thrown)} ${why()}`);
    });
    watched.push(id);
    await waitFor(
      `a live picture of ${id}`,
      () => live.said.find((one) => (one.kind === 'live-part' || one.kind === 'live-picture') && one.key === id),
      40_000,
    ).catch((thrown: unknown) => {
      throw new Error(`${String(thrown)} ${why()}`);
    });
    shown.push(id);
  }
  return { sizes, watched, shown };
}

const each = (ids: readonly string[], size: string) => ({
  sizes: Object.fromEntries(ids.map((id) => [id, size])),
  watched: [...ids],
  shown: [...ids],
});

describe.runIf(thereIs.gstreamer())("GStreamer's RTSP server", () => {
  let server: OtherServer;
  beforeAll(async () => {
    server = await startGStreamer();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });
  const at = (path: string): string => `rtsp://127.0.0.1:${server.port}/${path}`;

  it('is looked at, watched and shown live, whatever it sends', { timeout: 300_000 }, async () => {
    const ids = ['h264', 'h265', 'mjpeg', 'sound-first', 'udp'];
    const all = await allOf(Object.fromEntries(ids.map((id) => [id, at(id)])));
    expect(all).toEqual(each(ids, '320x192'));
  });

  it('is signed in to by digest, and says so where the sign-in is wrong', { timeout: 300_000 }, async () => {
    const signIn = { user: 'viewer', password: 'p@ss/w:rd' };
    expect(await allOf({ locked: at('locked') }, signIn)).toEqual(each(['locked'], '320x192'));
    for (const wrong of [undefined, { ...signIn, password: 'x' }])
      expect(saidOf(await grabOne('node-av', at('locked'), wrong ? { signIn: wrong } : {}))).toBe('needs-sign-in');
    expect(saidOf(await grabOne('node-av', at('nothing')))).toBe('not-found');
  });
});

describe.runIf(thereIs.vlc())("VLC's RTSP server", () => {
  it('is looked at, watched and shown live', { timeout: 300_000 }, async () => {
    const port = await freePort();
    await using server = await startServer({
      program: 'cvlc',
      args: [
        '--intf',
        'dummy',
        '--loop',
        inRoot('simulator', 'testcard', 'testcard.mp4'),
        '--sout',
        `#rtp{sdp=rtsp://127.0.0.1:${port}/film}`,
        '--sout-keep',
      ],
      port,
    });
    const all = await allOf({ film: `rtsp://127.0.0.1:${server.port}/film` });
    expect(all, server.words()).toMatchObject({ watched: ['film'], shown: ['film'] });
  });
});

describe.runIf(thereIs.ffmpeg())("ffmpeg's HTTP listener", () => {
  it('is looked at as a still picture', { timeout: 300_000 }, async () => {
    const port = await freePort();
    const film = inRoot('simulator', 'odd', 'b-frames.mp4');
    await using server = await startServer({
      program: 'ffmpeg',
      args: [
        '-v',
        'error',
        '-i',
        film,
        '-frames:v',
        '1',
        '-f',
        'mjpeg',
        '-listen',
        '1',
        `http://127.0.0.1:${port}/still.jpg`,
      ],
      port,
    });
    expect(await lookAt(`http://127.0.0.1:${server.port}/still.jpg`)).toBe('320x192');
  });
});

describe('what is not on this machine', () => {
  // live555 and MediaMTX have no package that this project could install; ffmpeg receives RTSP and serves none.
  it.runIf(absent.length > 0)(`is skipped: ${absent.join(', ')}`, () => {
    expect(absent).not.toHaveLength(0);
  });
});
