// What a watching eye makes of a camera that changes its size, sets its clock, falls silent and dies: each gap is told, and the camera beside
// it in the same eye loses nothing.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWatchEye, type WatchEye, type WatchNews } from '#ingest';
import { startCity, type City } from '#simulator';
import { choose } from '../../ingest/cut.ts';
import { segmentsOf, type Segment } from '../../ingest/ring.ts';
import { cameraOf, testFolder, waitFor } from './ingest-stand.ts';

const folder = testFolder();
const ringFolder = join(folder, 'ring');
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
let eye: WatchEye;
const news: WatchNews[] = [];
const told = (cameraId: string): string[] =>
  news.flatMap((one) => (one.kind === 'stream' && one.news.cameraId === cameraId ? [one.news.state] : []));
const beats = (cameraId: string) =>
  news.filter((one) => one.kind === 'beat').filter((one) => one.cameraId === cameraId);

beforeAll(async () => {
  city = await startCity({
    scenario: {
      name: 'gaps',
      title: { kk: 'x', ru: 'x', en: 'x' },
      cameras: [
        { id: 'odd', clip: 'testcard', signIn: 'none' },
        { id: 'calm', clip: 'testcard', signIn: 'none' },
      ],
    },
  });
  mkdirSync(join(folder, 'stills'));
  eye = await startWatchEye({
    ways: ['node-av'],
    ffmpeg: 'ffmpeg',
    dropFolder: join(folder, 'stills'),
    streams: 2,
    fps: 5,
    beatMs: 500,
    glanceMs: 300_000,
    ringFolder,
    ringMs: 300_000,
    ringBytes: 2 ** 28,
    freeBytesMin: 0,
    onMessage: (message) => void news.push(message),
    onDeath: (why) => {
      throw new Error(`the eye died: ${why}`);
    },
  });
  for (const id of ['odd', 'calm']) eye.watch(cameraOf(city, id, watched));
  await waitFor(
    'both to be watched',
    () => (['odd', 'calm'].every((id) => told(id).includes('playing') && beats(id).length > 1) ? true : undefined),
    300_000,
  );
});
afterAll(async () => {
  await eye[Symbol.asyncDispose]();
  await city[Symbol.asyncDispose]();
});

const segments = (): Promise<Segment[]> => segmentsOf(ringFolder, 'odd');
const grown = async (from: number): Promise<void> => {
  await waitFor('the ring to go on', async () => ((await segments()).length >= from + 2 ? true : undefined), 60_000);
};

it(
  'keeps film of both sizes when a camera changes its size, and a clip holds one of them',
  { timeout: 300_000 },
  async () => {
    await grown(0);
    await city.fault('odd', { kind: 'new-resolution', clip: 'testcard-small', afterS: 0 });
    const all = await waitFor(
      'film of another head',
      async () => {
        const now = await segments();
        return new Set(now.map((one) => one.head)).size > 1 ? now : undefined;
      },
      300_000,
    );
    const [first, last] = [all[0], all.at(-1)];
    const chosen = choose(all, { fromMs: first?.fromMs ?? 0, toMs: last?.toMs ?? 0 });
    expect(chosen.length).toBeGreaterThan(0);
    expect(new Set(chosen.map((one) => one.head)).size).toBe(1);
    expect(chosen[0]?.isKey).toBe(true);
    await city.fault('odd', null);
  },
);

it('goes on when the camera sets its clock, and dates the film by ours', { timeout: 300_000 }, async () => {
  const before = await segments();
  await city.fault('odd', { kind: 'clock-jump', afterFrames: 2, offsetS: 3600 });
  await grown(before.length);
  const after = (await segments()).slice(before.length);
  expect(after.every((one) => one.toMs >= one.fromMs && one.toMs - one.fromMs < 10_000)).toBe(true);
  const count = beats('odd').at(-1)?.count;
  expect(count?.lost).toBeLessThan(count?.came ?? 0);
  await city.fault('odd', null);
});

it('tells that a camera fell silent and that it plays again, once each', { timeout: 300_000 }, async () => {
  news.length = 0;
  await city.fault('odd', { kind: 'refuse' });
  await waitFor('the silence to be told', () => (told('odd').includes('broken') ? true : undefined), 60_000);
  await city.fault('odd', null);
  await waitFor('it to play again', () => (told('odd').at(-1) === 'playing' ? true : undefined), 60_000);
  const words = told('odd');
  expect(words.filter((word) => word === 'playing')).toHaveLength(1);
  await grown((await segments()).length);
});

it('and all the while lost nothing of the camera beside it', () => {
  expect(told('calm')).not.toContain('broken');
  expect(beats('calm').at(-1)?.count).toMatchObject({ lost: 0 });
});
