// The camera's own past with the real eye: quiet looks and a rejected still become references, and the next looks use them.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Camera } from '#core/camera';
import { ManualClock } from '#core/clock';
import { IncidentId, lookIdOf } from '#core/ids';
import { silentLog } from '#core/log';
import { inRoot } from '#core/root';
import { startEye, type Eye, type LookAnswer } from '#ingest';
import { cameras, past, picks } from '#store';
import { learnFrom, learnPick, openPast, zonesOf } from '../../ingest/past.ts';
import { testDatabase } from '../support/database.ts';
import { brittleEye, testFolder } from './ingest-stand.ts';
import { aCamera, noonMs } from './store-builders.ts';

const folder = testFolder();
const Label = z.object({
  zones: z.array(z.object({ id: z.string(), polygon: z.array(z.tuple([z.number(), z.number()])) })),
});

/** A camera that shows a clip: its zone is the clip's road, asked about water only. */
function cameraAt(clip: string): Camera {
  const label = Label.parse(JSON.parse(readFileSync(inRoot('simulator', 'clips', `${clip}.json`), 'utf8')));
  const road = label.zones.find((zone) => zone.id === 'road');
  if (!road) throw new RangeError(`${clip} has no road`);
  const camera = aCamera('101');
  return {
    ...camera,
    zones: camera.zones.map((zone) => ({ ...zone, polygon: road.polygon, hazards: ['flooding'] })),
  };
}

let asked = 0;
const lookAt = (eye: Eye, camera: Camera, clip: string, atS: number, more: object = {}): Promise<LookAnswer> =>
  eye.look({
    lookId: lookIdOf(camera.id, noonMs + ++asked),
    camera,
    signIn: null,
    timeoutMs: 30_000,
    still: 'always',
    lastDigest: null,
    file: { address: pathToFileURL(inRoot('simulator', 'clips', `${clip}.mp4`)).href, atS },
    ...more,
  });

const factsOf = (answer: LookAnswer) => answer.observations[0]?.support.facts ?? {};

test('looks of a wet street become its past, water is still water, and another street is no past of it', async () => {
  const clip = 'flooding-street-lane';
  const camera = cameraAt(clip);
  const database = await testDatabase();
  await database.transaction((tx) => cameras.replace(tx, [camera]));
  await using eye = startEye({
    inFlight: 1,
    ways: ['node-av'],
    files: true,
    dropFolder: folder,
    entry: await brittleEye(),
    log: silentLog,
  });
  const clock = new ManualClock(noonMs);
  const book = openPast({ database, clock, log: silentLog }, 1);

  // The still of a look that an operator rejected: it comes from the drop folder here, from the kept files in a city.
  const first = await lookAt(eye, camera, clip, 1, await book.lend(camera, eye));
  expect(factsOf(first)['past']).toBeUndefined();
  const still = first.still ?? { path: '', sha256: '' };
  copyFileSync(still.path, join(folder, 'kept.jpg'));
  const study = {
    id: 1,
    cameraId: camera.id,
    incidentId: IncidentId.parse('mirror'),
    origin: 'rejected',
    stillSha256: still.sha256,
    seenAtMs: noonMs,
    actor: 'person-aigul',
  } as const;
  const needs = { database, files: { path: () => join(folder, 'kept.jpg') }, clock, log: silentLog };
  expect(await learnFrom({ ...needs, cameraOf: () => Promise.resolve(camera) }, eye, study)).toBe(true);

  // A person picks the same still as the place by day; its reference bears the name of the pick. A torn one teaches nothing.
  const pick = { id: 'pick-1', cameraId: camera.id, kind: 'day', stillSha256: still.sha256, seenAtMs: noonMs } as const;
  const by = { pickedAtMs: noonMs, pickedBy: 'person-aigul' };
  const all = { ...needs, cameraOf: () => Promise.resolve(camera) };
  await database.transaction((tx) => picks.pick(tx, { ...pick, ...by }));
  const [wanted] = await database.transaction((tx) => picks.take(tx, noonMs, 5));
  if (!wanted) throw new Error('the pick is to be learned');
  expect(await learnPick(all, eye, wanted)).toBe(true);
  const [learnedPick] = await picks.of(database, camera.id);
  expect(learnedPick).toMatchObject({ state: 'learned', kind: 'day' });
  expect(learnedPick?.light).not.toBeNull();
  expect((await past.of(database, camera.id)).map(({ id, origin }) => [id, origin])).toContainEqual([
    'pick-1',
    'picked',
  ]);
  writeFileSync(join(folder, 'torn.jpg'), readFileSync(join(folder, 'kept.jpg')).subarray(0, 4000));
  const other = { ...pick, ...by, id: 'pick-2', kind: 'winter' } as const;
  await database.transaction((tx) => picks.pick(tx, other));
  const [wrong] = await database.transaction((tx) => picks.take(tx, noonMs, 5));
  if (!wrong) throw new Error('the second pick is to be learned');
  const torn = { path: () => join(folder, 'torn.jpg') };
  expect(await learnPick({ ...all, files: torn }, eye, wrong)).toBe(false);
  expect((await picks.of(database, camera.id)).map(({ kind, state, why }) => [kind, state, why])).toEqual([
    ['day', 'learned', ''],
    ['winter', 'useless', 'garbage'],
  ]);
  await database.transaction((tx) =>
    picks.takeBack(tx, { id: 'pick-1', cameraId: camera.id, actor: 'person-aigul', atMs: noonMs }),
  );
  expect((await past.of(database, camera.id)).map(({ origin }) => origin)).toEqual(['rejected']);

  // Drafts of quiet hours, merged by the eye.
  const drafts: Uint8Array[] = [];
  for (const atS of [3, 6]) {
    const { learned } = await lookAt(eye, camera, clip, atS, { learn: { drafts: [] } });
    if (learned) drafts.push(learned.bytes);
  }
  const { learned } = await lookAt(eye, camera, clip, 7, { learn: { drafts } });
  expect(learned?.of).toBe(3);
  if (!learned) return;
  const rest = { preset: 'main', state: 'active', origin: 'quiet', incidentId: null, zones: zonesOf(camera) } as const;
  const { light, ground, network } = learned;
  const row = { ...rest, id: 'quiet-1', cameraId: camera.id, light, ground, network };
  await database.transaction((tx) =>
    past.keep(tx, { ...row, seenAtMs: noonMs + 1, learnedAtMs: noonMs + 1 }, learned.bytes),
  );

  clock.advance(3_600_000);
  const looks = { calm: 40, water: 22 };
  const sent = await book.lend(camera, eye);
  expect(sent.past?.looks).toHaveLength(2);
  const calm = await lookAt(eye, camera, clip, looks.calm, sent);
  expect(factsOf(calm)).toMatchObject({ past: 2 });
  expect(Number(factsOf(calm)['levelWithPast'])).toBeLessThanOrEqual(Number(factsOf(calm)['levelAlone']));
  const again = await book.lend(camera, eye);
  expect(again.past?.looks).toBeNull();
  const water = await lookAt(eye, camera, clip, looks.water, again);
  expect(factsOf(water)).toMatchObject({ past: 2 });
  expect(Number(factsOf(water)['levelWithPast'])).toBeGreaterThan(Number(factsOf(calm)['levelWithPast']) + 0.2);
  expect(Number(factsOf(water)['unlike'])).toBeGreaterThan(Number(factsOf(calm)['unlike']));

  const elsewhere = await lookAt(eye, camera, 'calm-street-low-sun', 3, again);
  expect(factsOf(elsewhere)['past']).toBeUndefined();
});
