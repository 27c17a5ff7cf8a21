// An act without a raised body in a watched stream: a driver leaves sacks. What tells it is what changed on the ground, picture against picture.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lookIdOf } from '#core/ids';
import { observeStory } from '#hazards';
import { startWatchEye, type WatchNews } from '#ingest';
import { startCity } from '#simulator';
import { cameraOf, testFolder, waitFor } from './ingest-stand.ts';

it('sees sacks that a driver left, by what changed on the ground', { timeout: 300_000 }, async () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'stills'));
  await using city = await startCity({
    scenario: {
      name: 'acts',
      title: { kk: 'x', ru: 'x', en: 'x' },
      cameras: [{ id: 'ditch', clip: 'dumping-sacks-dusk', signIn: 'none' }],
    },
  });
  const camera = cameraOf(city, 'ditch', {
    watch: true,
    zones: city.cameras[0]?.zones.flatMap((zone) =>
      zone.kind === 'no-dumping' ? [{ ...zone, hazards: ['dumping'] }] : [],
    ),
  });
  const news: WatchNews[] = [];
  await using eye = await startWatchEye({
    ways: ['node-av'],
    ffmpeg: 'ffmpeg',
    dropFolder: join(folder, 'stills'),
    streams: 1,
    fps: 5,
    beatMs: 1000,
    glanceMs: 300_000,
    ringFolder: join(folder, 'ring'),
    ringMs: 60_000,
    ringBytes: 2 ** 28,
    freeBytesMin: 0,
    onMessage: (message) => void news.push(message),
    onDeath: (why) => {
      throw new Error(`the eye died: ${why}`);
    },
  });
  eye.watch(camera);
  const beats = () => news.filter((one) => one.kind === 'beat');
  await waitFor('the empty place to be seen', () => (beats().length > 2 ? true : undefined), 90_000);
  city.begin('ditch');
  const told = await waitFor(
    'the story of the one who left',
    () => news.filter((one) => one.kind === 'story').find(({ story }) => story.leftAtMs !== null),
    300_000,
  );
  expect(told.story.newBox).not.toBeNull();
  expect(told.story.newShare).toBeGreaterThan(0.001);
  expect(told.story.heapChange).toBeGreaterThan(0.25);
  const mark = { id: lookIdOf(camera.id, told.atMs), seenAtMs: told.atMs, stillSha256: null };
  expect(observeStory(told.story, camera, mark)).toMatchObject({ hazard: 'dumping', word: 'hazard' });
  const after = beats().length;
  const calm = await waitFor('the calm word after it', () => beats()[after]?.beats[0]);
  expect(calm.newShare).toBeGreaterThan(0.001);
});
