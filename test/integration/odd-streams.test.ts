// Lawful streams that few cameras send: each is looked at, watched and shown live. Those of rtsps by a certificate of their own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { startCity, type City, type FaultInput } from '#simulator';
import { segmentsOf } from '../../ingest/ring.ts';
import { framesOf } from '../../ingest/sources/film.ts';
import { openSources } from '../../ingest/sources/list.ts';
import { ownCertificate } from '../support/own-certificate.ts';
import { grabOne, holdEye, saidOf, watchedZones, type HeldEye } from './eyes-stand.ts';
import { cameraOf, testFolder, waitFor } from './ingest-stand.ts';

const folder = testFolder();
const title = { kk: 'Ерекше ағындар', ru: 'Необычные потоки', en: 'Odd streams' };

interface Odd {
  readonly clip: string;
  readonly size: string;
  readonly fault?: FaultInput;
  /** The codec as browsers name it; empty where a film cannot hold it and single pictures are shown. */
  readonly codec: RegExp;
}
const odd: Readonly<Record<string, Odd>> = {
  'b-frames': { clip: 'b-frames', size: '320x192', codec: /^avc1\./ },
  h265: { clip: 'h265', size: '320x192', codec: /^(hvc1|hev1)\./ },
  mjpeg: { clip: 'mjpeg', size: '192x128', codec: /./ },
  interlaced: { clip: 'interlaced', size: '720x576', codec: /^avc1\./ },
  'four-k': { clip: 'uhd', size: '3840x2160', codec: /^avc1\./ },
  'audio-first': { clip: 'b-frames', size: '320x192', fault: { kind: 'odd', what: 'audio-first' }, codec: /^avc1\./ },
  'no-sets': { clip: 'b-frames', size: '320x192', fault: { kind: 'odd', what: 'no-parameter-sets' }, codec: /^avc1\./ },
  'udp-only': { clip: 'b-frames', size: '320x192', fault: { kind: 'odd', what: 'udp-only' }, codec: /^avc1\./ },
};
const ids = Object.keys(odd);

let city: City;
beforeAll(async () => {
  city = await startCity({
    udp: true,
    scenario: {
      name: 'odd',
      title,
      cameras: [
        ...Object.entries(odd).map(([id, { clip, fault }]) => ({
          id,
          clip,
          signIn: 'none' as const,
          ...(fault ? { fault } : {}),
        })),
        { id: 'changes', clip: 'testcard', signIn: 'none' },
      ],
    },
  });
});
afterAll(async () => {
  await city[Symbol.asyncDispose]();
});

const address = (id: string): string => cameraOf(city, id).rtsp ?? '';
const hasFfmpeg = await openSources({ ways: ['ffmpeg'], ffmpeg: 'ffmpeg', clock: systemClock }).then(
  (list) => list.off.length === 0,
);

describe('odd streams', () => {
  it.each([
    ['node-av', true],
    ['ffmpeg', hasFfmpeg],
  ] as const)('are looked at by %s', { timeout: 300_000 }, async (way, isThere) => {
    if (!isThere) return;
    const found: Record<string, string> = {};
    // Spawned programs by twos: more would only measure how many cores there are.
    const lanes = way === 'ffmpeg' ? 3 : 8;
    const left = [...ids];
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        for (let id = left.shift(); id !== undefined; id = left.shift())
          found[id] = saidOf(await grabOne(way, address(id), { timeoutMs: 40_000, answerMs: 10_000 }));
      }),
    );
    expect(found).toEqual(Object.fromEntries(ids.map((id) => [id, odd[id]?.size])));
  });

  it('are watched: judged and kept', { timeout: 300_000 }, async () => {
    await using eye = await holdEye('watch', { folder });
    for (const id of ids) eye.child.send({ kind: 'watch', camera: cameraOf(city, id, watchedZones), signIn: null });
    const beats = (id: string) => eye.said.filter((one) => one.kind === 'beat' && one.cameraId === id);
    for (const id of ids) {
      const beat = await waitFor(`a beat of ${id}: ${JSON.stringify(eye.tellings(id))}`, () => beats(id)[0], 60_000);
      if (beat.kind === 'beat') expect(`${beat.widthPx}x${beat.heightPx}`, id).toBe(odd[id]?.size);
      expect(eye.tellings(id), id).toMatchObject([{ state: 'playing', health: 'ok' }]);
      // Motion JPEG is kept as it is: a film may hold it, browsers do not show it.
      await waitFor(`a kept segment of ${id}`, async () => {
        const segments = await segmentsOf(join(folder, 'ring'), id);
        return segments.length > 0 ? true : undefined;
      });
    }
  });

  it('are shown live, or as single pictures where no film can hold them', { timeout: 300_000 }, async () => {
    await using eye = await holdEye('live', { folder });
    for (const id of ids)
      eye.child.send({ kind: 'live', key: id, address: address(id), signIn: null, pictures: id === 'mjpeg' });
    for (const id of ids) {
      const head = await waitFor(`a live head of ${id}`, () =>
        eye.said.find((one) => one.kind === 'live-head' && one.key === id),
      );
      if (head.kind !== 'live-head') throw new Error(head.kind);
      expect(head.codec === '' ? 'none' : head.codec, id).toMatch(odd[id]?.codec ?? /./);
      if (id === 'mjpeg') {
        await waitFor('a single picture', () => eye.said.find((one) => one.kind === 'live-picture' && one.key === id));
        continue;
      }
      const parts = () => eye.said.flatMap((one) => (one.kind === 'live-part' && one.key === id ? [one] : []));
      await waitFor(`live parts of ${id}`, () => (parts().length >= 8 ? true : undefined));
      expect(parts()[0]?.isKey, id).toBe(true);
      const film = join(folder, `${id}.live.mp4`);
      writeFileSync(film, Buffer.concat([head.bytes, ...parts().map((part) => part.bytes)]));
      const seen: string[] = [];
      const why = await framesOf(
        film,
        [0, 0.2, 0.6],
        { kind: 'most', widthPx: 64 },
        ({ widthPx, heightPx }) => {
          seen.push(`${widthPx}x${heightPx}`);
          return Promise.resolve();
        },
        AbortSignal.timeout(60_000),
      );
      expect([why, seen], id).toEqual([undefined, Array(3).fill(odd[id]?.size)]);
    }
    expect(eye.ended()).toBeUndefined();
  });
});

describe('a camera that changes its parameter sets in mid-stream', () => {
  it('is watched on in its new form, and kept as two films', { timeout: 300_000 }, async () => {
    await using eye = await holdEye('watch', { folder });
    eye.child.send({ kind: 'watch', camera: cameraOf(city, 'changes', watchedZones), signIn: null });
    const sizes = () =>
      new Set(eye.said.flatMap((one) => (one.kind === 'beat' ? [`${one.widthPx}x${one.heightPx}`] : [])));
    await waitFor('a beat', () => (sizes().size === 1 ? true : undefined));
    await city.fault('changes', { kind: 'new-resolution', afterS: 0 });
    await waitFor('a beat in the new size', () => (sizes().size === 2 ? true : undefined));
    expect(eye.tellings('changes').map((one) => one.state)).toEqual(['playing']);
    const heads = await waitFor('a segment of the new form', async () => {
      const segments = await segmentsOf(join(folder, 'ring'), 'changes');
      const found = new Set(segments.map((segment) => segment.head));
      return found.size >= 2 ? found : undefined;
    });
    expect(heads.size).toBe(2);
  });
});

describe('rtsps', () => {
  const certificate = ownCertificate('camera');
  let safe: City;
  beforeAll(async () => {
    safe = await startCity({
      tls: certificate,
      scenario: { name: 'safe', title, cameras: [{ id: 'safe', clip: 'testcard-small', signIn: 'none' }] },
    });
  });
  afterAll(async () => {
    await safe[Symbol.asyncDispose]();
  });

  it('by a certificate of its own is refused, with the fingerprint that would have to be trusted', async () => {
    const url = safe.cameras[0]?.rtspUrl ?? '';
    expect(url).toMatch(/^rtsps:/);
    const grab = await grabOne('node-av', url);
    expect(grab).toMatchObject({ kind: 'refusal', state: 'refused' });
    expect(grab.kind === 'refusal' ? grab.detail : '').toContain(certificate.fingerprint);
    const other = await grabOne('node-av', url, { certificates: [ownCertificate('other').fingerprint] });
    expect(saidOf(other)).toBe('refused');
  });

  it('is looked at, watched and shown live once its fingerprint is trusted', { timeout: 300_000 }, async () => {
    const camera = cameraOf(safe, 'safe', watchedZones);
    const size = `${safe.cameras[0]?.widthPx ?? 0}x${safe.cameras[0]?.heightPx ?? 0}`;
    const certificates = [certificate.fingerprint.replaceAll(':', '').toLowerCase()];
    expect(saidOf(await grabOne('node-av', camera.rtsp ?? '', { certificates }))).toContain(size);
    const eyes: HeldEye[] = [];
    try {
      const watch = await holdEye('watch', { folder, certificates });
      const live = await holdEye('live', { folder, certificates });
      eyes.push(watch, live);
      watch.child.send({ kind: 'watch', camera, signIn: null });
      live.child.send({ kind: 'live', key: 'safe', address: camera.rtsp ?? '', signIn: null, pictures: false });
      await waitFor('a beat', () => watch.said.find((one) => one.kind === 'beat'));
      await waitFor('a live part', () => live.said.find((one) => one.kind === 'live-part'));
    } finally {
      for (const eye of eyes) await eye[Symbol.asyncDispose]();
    }
  });

  it('is looked at where an authority of the city signed it', async () => {
    const file = join(folder, 'authority.pem');
    writeFileSync(file, certificate.cert);
    // Signed by a trusted authority, but for another name: that is no proof of who answers.
    const grab = await grabOne('node-av', safe.cameras[0]?.rtspUrl ?? '', { certificates: [file] });
    expect(grab).toMatchObject({ kind: 'refusal', state: 'refused' });
    expect(grab.kind === 'refusal' ? grab.detail : '').toMatch(/ALTNAME/);
  });
});
