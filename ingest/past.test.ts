// When a look becomes a reference, and which references a look gets: the worker's book over a real database.
import { expect, test } from 'vitest';
import type { Camera } from '#core/camera';
import { ManualClock } from '#core/clock';
import { silentLog } from '#core/log';
import { cameras, incidents, past, type Database } from '#store';
import { testDatabase } from '../test/support/database.ts';
import { aCamera, aLook, anIncident, noonMs } from '../test/integration/store-builders.ts';
import { LentOut } from './eye/past-lent.ts';
import type { LookAsk } from './eye/protocol.ts';
import { isQuiet, openPast } from './past.ts';

const minute = 60_000;

const said = (level: number, word: 'clear' | 'hazard' = 'clear') => {
  const look = aLook('101', noonMs, [
    { hazard: 'snow', word, level },
    { hazard: 'flooding', word: 'clear', level: 0.05 },
  ]);
  return { outcome: look.outcome, observations: look.observations };
};

async function city(): Promise<{ database: Database; camera: Camera }> {
  const database = await testDatabase();
  const camera = aCamera('101');
  await database.transaction((tx) => cameras.replace(tx, [camera]));
  return { database, camera };
}

const scene = { light: 'day', ground: 'bare' } as const;
const idle = {
  pid: null,
  starts: 0,
  looks: 0,
  inFlight: 0,
  crashes: 0,
  recycles: 0,
  rssMiB: 0,
  stopped: null,
  models: ['road@1'],
  ways: [],
  off: [],
};
const nobody = { holdsPast: () => false, state: () => idle };

/** Looks every five minutes for `hours`; the eye answers as the real one would: drafts come back as what is made of them. */
async function live(
  { database, camera }: { database: Database; camera: Camera },
  time: ManualClock,
  hours: number,
  saidNow = said(0.1),
) {
  const book = openPast({ database, clock: time, log: silentLog }, 1);
  for (let i = 0; i < hours * 12; i++) {
    time.advance(5 * minute);
    const ask = await book.lend(camera, nobody);
    const learned = ask.learn && {
      ...scene,
      network: 'road@1',
      of: ask.learn.drafts.length + 1,
      bytes: new Uint8Array([ask.learn.drafts.length]),
    };
    await book.note(camera, { ...saidNow, seenAtMs: time.nowMs(), scene, ...(learned ? { learned } : {}) });
  }
  return book;
}

test('quiet hours give one reference made of three drafts, and then no other for a week', async () => {
  const place = await city();
  const time = new ManualClock(noonMs);
  const book = await live(place, time, 3);
  const rows = await past.of(place.database, '101');
  expect(rows).toMatchObject([{ state: 'active', light: 'day', ground: 'bare', origin: 'quiet' }]);
  expect([
    ...(
      await past.bytesOf(
        place.database,
        rows.map(({ id }) => id),
      )
    ).values(),
  ]).toEqual([Buffer.from([2])]);
  const ask = await book.lend(place.camera, nobody);
  expect(ask.past?.looks).toHaveLength(1);
  expect(ask.learn).toBeUndefined();
  expect((await book.lend(place.camera, { ...nobody, holdsPast: () => true })).past?.looks).toBeNull();
});

test('after a change of networks the old references are silent, and quiet hours teach new ones', async () => {
  const place = await city();
  const time = new ManualClock(noonMs);
  const book = await live(place, time, 3);
  const other = { ...nobody, state: () => ({ ...idle, models: ['road@2'] }) };
  const ask = await book.lend(place.camera, other);
  expect(ask.past).toBeUndefined();
  expect(ask.learn).toEqual({ drafts: [] });
});

test('nothing is learned of looks that are not quiet', async () => {
  expect(isQuiet(said(0.1))).toBe(true);
  expect(isQuiet(said(0.4))).toBe(false);
  expect(isQuiet(said(0.6, 'hazard'))).toBe(false);
  expect(isQuiet({ outcome: { kind: 'unseen', state: 'dark', detail: '' }, observations: [] })).toBe(false);
  const place = await city();
  await live(place, new ManualClock(noonMs), 3, said(0.4));
  expect(await past.of(place.database, '101')).toEqual([]);
});

test('drafts go when an incident was open meanwhile', async () => {
  const place = await city();
  await place.database.transaction((tx) =>
    incidents.insert(tx, anIncident('i1'), { atMs: noonMs, actor: 'judge', reason: 'seen' }),
  );
  await live(place, new ManualClock(noonMs), 3);
  expect(await past.of(place.database, '101')).toEqual([]);
});

test('zones drawn anew forget what was learned with the old ones', async () => {
  const place = await city();
  const time = new ManualClock(noonMs);
  const book = await live(place, time, 3);
  const zones = place.camera.zones.map((zone) => ({ ...zone, polygon: zone.polygon.slice(0, 3) }));
  const ask = await book.lend({ ...place.camera, zones }, nobody);
  expect(ask.past).toBeUndefined();
  expect(await past.of(place.database, '101')).toEqual([]);
});

test('an eye is sent what it lacks, once, and forgets the camera that was longest unused', () => {
  const lent = new LentOut();
  const askFor = (id: string): LookAsk => {
    const look = aLook(id, noonMs, []);
    const rest = { signIn: null, timeoutMs: 1, still: 'never', lastDigest: null } as const;
    return { lookId: look.id, camera: aCamera(id), ...rest, past: { version: 'v', looks: [new Uint8Array(3)] } };
  };
  expect(lent.trim(askFor('1')).past?.looks).toHaveLength(1);
  expect(lent.trim(askFor('1')).past?.looks).toBeNull();
  for (let i = 2; i <= 300; i++) lent.trim(askFor(String(i)));
  lent.trim(askFor('1'));
  expect(lent.trim(askFor('301')).past?.forget).toEqual(['2']);
  expect(lent.holds('1', 'v')).toBe(true);
  expect(lent.holds('2', 'v')).toBe(false);
});
