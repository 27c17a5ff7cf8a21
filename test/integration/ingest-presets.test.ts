// A camera that turns, with the real eye: which of its views a picture shows, and what looks of each say to the judge.
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Camera } from '#core/camera';
import { lookIdOf, newId } from '#core/ids';
import { silentLog } from '#core/log';
import { inRoot } from '#core/root';
import { elsewhere } from '#hazards';
import { startEye, type LookAnswer } from '#ingest';
import { startCity } from '#simulator';
import { cameras, incidents, looks, past, picks, sql } from '#store';
import { lookOf } from '../../ingest/look.ts';
import { learnPick, openPast } from '../../ingest/past.ts';
import { holdEye, watchedZones } from './eyes-stand.ts';
import { aCity } from './heart-city.ts';
import { brittleEye, cameraOf, testFolder, waitFor } from './ingest-stand.ts';

const folder = testFolder();
const scenes = {
  lane: 'flooding-street-lane',
  crossing: 'calm-crossing-day',
  yard: 'calm-yard-day',
  waste: 'calm-wasteland-lorry',
} as const;
const Label = z.object({
  zones: z.array(z.object({ id: z.string(), polygon: z.array(z.tuple([z.number(), z.number()])) })),
});

function roadOf(clip: string): [number, number][] {
  const { zones } = Label.parse(JSON.parse(readFileSync(inRoot('simulator', 'clips', `${clip}.json`), 'utf8')));
  const road = zones.find(({ id }) => id === 'road') ?? zones[0];
  if (!road) throw new RangeError(`${clip} has no zone`);
  return road.polygon;
}

test('water in one view is raised; looks of another view neither raise it there nor clear it, a third view is moved', async () => {
  const city = await aCity();
  const { database, clock } = city;
  await using outside = await startCity({
    scenario: {
      name: 'turns',
      title: { kk: 'Бұрылатын камера', ru: 'Поворотная камера', en: 'A turning camera' },
      cameras: [{ id: 'ptz', clip: scenes.lane, signIn: 'none' }],
    },
  });
  const there = outside.cameras[0];
  if (!there) throw new RangeError('the city has one camera');
  const zone = (id: string, clip: string, more: object) => {
    return { id, kind: 'carriageway', hazards: ['flooding'], polygon: roadOf(clip), ...more };
  };
  const camera = Camera.parse({
    id: 'ptz',
    name: { kk: 'Бұрылатын', ru: 'Поворотная', en: 'Turning' },
    point: { lon: 71.5, lat: 51.2 },
    district: 'esil',
    snapshot: there.snapshotUrl,
    presets: [
      { id: 'main', name: 'Lane' },
      { id: 'crossing', name: 'Crossing' },
    ],
    zones: [zone('A', scenes.lane, {}), zone('B', scenes.crossing, { preset: 'crossing' })],
  });
  await database.transaction((tx) => cameras.upsert(tx, camera));
  expect(await cameras.byId(database, 'ptz')).toEqual(camera);
  await using eye = startEye({
    inFlight: 1,
    ways: ['node-av'],
    dropFolder: folder,
    entry: await brittleEye(),
    log: silentLog,
  });
  const book = openPast({ database, clock, log: silentLog }, 1);
  const judge = await city.judge();

  /** One look at what the camera shows now, dated by the clock of the test. */
  const look = async (): Promise<LookAnswer> => {
    clock.advance(200_000);
    const atMs = clock.nowMs();
    const lookId = lookIdOf(camera.id, atMs);
    const given = await eye.look({
      lookId,
      camera,
      signIn: null,
      timeoutMs: 60_000,
      still: 'always',
      lastDigest: null,
      ...(await book.lend(camera, eye)),
    });
    const observations = given.observations.map((one) => ({ ...one, lookId, seenAtMs: atMs }));
    return { ...given, lookId, seenAtMs: atMs, observations };
  };
  const save = async (answer: LookAnswer): Promise<void> => {
    const row = lookOf(camera, answer.seenAtMs, answer, null);
    await looks.save(database, { ...row, parts: null }, { judgeAll: true });
    await book.note(camera, answer);
    await judge.judgeInbox();
  };
  const wordsOf = (answer: LookAnswer) =>
    Object.fromEntries(
      answer.observations.map(({ zoneId, word, support }) => [
        zoneId,
        word === 'cannot-see' ? support.facts['why'] : word,
      ]),
    );
  /** Turns the camera and looks until the picture is the one that is meant; nothing of the turn itself is saved. */
  const turnTo = async (clip: string | null, preset: string | null): Promise<LookAnswer> => {
    await outside.turn('ptz', clip);
    return waitFor(
      `a look of ${preset ?? 'none of its views'}`,
      async () => {
        const answer = await look();
        return answer.preset === preset ? answer : undefined;
      },
      120_000,
    );
  };
  /** A person picks what the camera shows now as the reference of a view; the eye learns it. */
  const pickNow = async (preset: string): Promise<void> => {
    const answer = await look();
    const still = answer.still ?? { path: '', sha256: '' };
    copyFileSync(still.path, join(folder, 'picked.jpg'));
    const given = { id: newId(clock), cameraId: camera.id, kind: 'day', preset, stillSha256: still.sha256 } as const;
    const by = { seenAtMs: answer.seenAtMs, pickedAtMs: clock.nowMs(), pickedBy: 'p-admin' };
    await database.transaction((tx) => picks.pick(tx, { ...given, ...by }));
    const [wanted] = await database.transaction((tx) => picks.take(tx, clock.nowMs(), 5));
    if (!wanted) throw new Error('the pick is to be learned');
    const needs = { database, files: { path: () => join(folder, 'picked.jpg') }, clock, log: silentLog };
    expect(await learnPick({ ...needs, cameraOf: () => Promise.resolve(camera) }, eye, wanted)).toBe(true);
    clock.advance(3_600_000);
  };

  // Without references nothing tells its views apart: nothing is judged.
  const blind = await look();
  expect(blind).toMatchObject({ preset: null, outcome: { kind: 'unseen', state: 'moved' } });
  expect(wordsOf(blind)).toEqual({ A: 'moved', B: 'moved' });

  await pickNow('main');
  await turnTo(scenes.crossing, null);
  await pickNow('crossing');
  expect((await past.of(database, 'ptz')).map(({ preset }) => preset)).toEqual(['main', 'crossing']);
  expect(wordsOf(await look())).toEqual({ A: 'other-view', B: 'clear' });

  // Water comes in the first view.
  outside.begin('ptz');
  await turnTo(null, 'main');
  for (let n = 0; n < 3; n++) {
    const wet = await waitFor(
      'a look that sees the water',
      async () => {
        const answer = await look();
        return wordsOf(answer)['A'] === 'hazard' ? answer : undefined;
      },
      120_000,
    );
    expect(wordsOf(wet)).toEqual({ A: 'hazard', B: 'other-view' });
    await save(wet);
  }
  const [raised] = await incidents.open(database, { cameraId: 'ptz' });
  expect(raised).toMatchObject({ zoneId: 'A', hazard: 'flooding', state: 'pending_review' });

  // Hours of clear looks of the other view say nothing of it.
  await save(await turnTo(scenes.crossing, 'crossing'));
  for (let n = 0; n < 5; n++) {
    const dry = await look();
    expect(wordsOf(dry)).toEqual({ A: 'other-view', B: 'clear' });
    await save(dry);
  }
  // Nor does a picture of neither.
  const away = await turnTo(scenes.yard, null);
  expect(away).toMatchObject({ outcome: { kind: 'unseen', state: 'moved' } });
  expect(wordsOf(away)).toEqual({ A: 'moved', B: 'moved' });
  await save(away);
  expect(await incidents.open(database, { cameraId: 'ptz' })).toMatchObject([
    { id: raised?.id, state: 'pending_review', lastSeenAtMs: raised?.lastSeenAtMs },
  ]);
  const presets = await database.rows(
    z.object({ preset: z.string().nullable() }),
    sql`select preset from look where camera_id = 'ptz' order by due_at desc limit 3`,
  );
  expect(presets.map(({ preset }) => preset)).toEqual([null, 'crossing', 'crossing']);

  // Back where it was: looks of its own view may clear it.
  outside.end('ptz');
  await turnTo(null, 'main');
  for (let n = 0; n < 5; n++) {
    await save(
      await waitFor(
        'a look of the dry lane',
        async () => {
          const answer = await look();
          return wordsOf(answer)['A'] === 'clear' ? answer : undefined;
        },
        120_000,
      ),
    );
  }
  expect(await incidents.byId(database, raised?.id ?? '')).toMatchObject({ state: 'self_cleared' });

  // A view that goes takes its references with it; what people picked of it is taken back.
  const rest = { ...camera };
  delete rest.presets;
  const one = { ...rest, zones: camera.zones.filter(({ id }) => id === 'A') };
  await database.transaction((tx) => cameras.upsert(tx, one));
  expect(await cameras.byId(database, 'ptz')).toEqual(one);
  expect((await past.of(database, 'ptz')).map(({ preset }) => preset)).toEqual(['main']);
  expect((await picks.of(database, 'ptz')).map(({ preset }) => preset)).toEqual(['main']);
});

test('a watched camera is followed in the view that shows, and a view it does not know is moved', async () => {
  await using outside = await startCity({
    scenario: {
      name: 'turns',
      title: { kk: 'Бұрылатын камера', ru: 'Поворотная камера', en: 'A turning camera' },
      cameras: [{ id: 'ptz', clip: scenes.waste, signIn: 'none' }],
    },
  });
  // What each view looks like: one look of the eye at each scene.
  const looks: Uint8Array[] = [];
  const presets = ['main', 'crossing'];
  const here = Camera.parse({
    ...cameraOf(outside, 'ptz', watchedZones),
    presets: presets.map((id) => ({ id })),
  });
  {
    const one = { ...here };
    delete one.presets;
    await using eye = startEye({
      inFlight: 1,
      ways: ['node-av'],
      files: true,
      dropFolder: folder,
      entry: await brittleEye(),
      log: silentLog,
    });
    for (const [atMs, clip] of [scenes.waste, scenes.crossing].entries()) {
      const { learned } = await eye.look({
        lookId: lookIdOf(here.id, atMs),
        camera: one,
        signIn: null,
        timeoutMs: 60_000,
        still: 'never',
        lastDigest: null,
        file: { address: pathToFileURL(inRoot('simulator', 'clips', `${clip}.mp4`)).href, atS: 1 },
        learn: { drafts: [] },
      });
      if (learned) looks.push(learned.bytes);
    }
  }
  expect(looks).toHaveLength(2);
  await using held = await holdEye('watch', { folder: join(folder, 'watch') });
  held.child.send({ kind: 'watch', camera: here, signIn: null, past: { version: 'v', looks, presets } });
  let from = 0;
  const beatOf = (preset: string | null) =>
    waitFor(
      `a beat of ${preset ?? 'none of its views'}`,
      () =>
        held.said
          .slice(from)
          .flatMap((one) => (one.kind === 'beat' && one.preset === preset ? [one] : []))
          .at(-1),
      120_000,
    );
  const yard = await beatOf('main');
  expect(yard.beats.map(({ zoneId }) => zoneId)).toEqual(['yard']);

  from = held.said.length;
  await outside.turn('ptz', scenes.crossing);
  const crossing = await beatOf('crossing');
  expect(crossing).toMatchObject({ beats: [], quality: { kind: 'good' } });
  const mark = { id: lookIdOf(here.id, 9), seenAtMs: 9, stillSha256: null };
  expect(elsewhere(here, mark, 'crossing').map(({ zoneId, word }) => [zoneId, word])).toEqual([['yard', 'cannot-see']]);

  from = held.said.length;
  await outside.turn('ptz', scenes.yard);
  expect(await beatOf(null)).toMatchObject({ beats: [], quality: { kind: 'moved' } });
});
