// The camera's own past in the database: how many stay, what goes, and what people's words put there and take away.
import { expect, test } from 'vitest';
import { Person } from '#core/person';
import { CameraId, IncidentId } from '#core/ids';
import { moveIncident, openIncident } from '../../incidents/lifecycle.ts';
import { audit, cameras, past, type Database } from '#store';
import { testDatabase } from '../support/database.ts';
import { aCamera, aPerson, anIncident, noonMs } from './store-builders.ts';

const hour = 3_600_000;
const operator = { kind: 'person', person: Person.parse(aPerson('aigul')) } as const;
const judge = { kind: 'system', name: 'judge' } as const;

async function cityOf(...ids: string[]): Promise<Database> {
  const database = await testDatabase();
  await database.transaction((tx) =>
    cameras.replace(
      tx,
      ids.map((id) => aCamera(id)),
    ),
  );
  return database;
}

let n = 0;
const aReference = (more: Partial<past.Reference> = {}): past.Reference => ({
  id: `reference-${++n}`,
  cameraId: CameraId.parse('101'),
  light: 'day',
  ground: 'bare',
  preset: 'main',
  state: 'active',
  origin: 'quiet',
  incidentId: null,
  zones: 'z1',
  network: 'road@1',
  seenAtMs: noonMs + n * hour,
  learnedAtMs: noonMs + n * hour,
  ...more,
});

const keep = (database: Database, reference: past.Reference, options: Parameters<typeof past.keep>[3] = {}) =>
  database.transaction((tx) => past.keep(tx, reference, new Uint8Array([1, 2, 3]), options));

test('a reference takes the place of its drafts and comes back with its bytes', async () => {
  const database = await cityOf('101');
  const drafts = [aReference({ state: 'draft' }), aReference({ state: 'draft' })];
  for (const draft of drafts) await keep(database, draft);
  const whole = aReference();
  await keep(database, whole, { replaces: drafts.map(({ id }) => id) });
  expect(await past.of(database, '101')).toEqual([whole]);
  expect(await past.bytesOf(database, [whole.id, 'gone'])).toEqual(new Map([[whole.id, Buffer.from([1, 2, 3])]]));
  expect(await audit.of(database, 'camera', '101')).toEqual([]);
});

test('three of a light stay, eight of a camera: each ground first, then the younger', async () => {
  const database = await cityOf('101');
  const wet = aReference({ ground: 'wet' });
  await keep(database, wet);
  for (let i = 0; i < 4; i++) await keep(database, aReference());
  const day = await past.of(database, '101');
  expect(day.map(({ ground }) => ground).sort()).toEqual(['bare', 'bare', 'wet']);
  for (const light of ['dusk', 'night', 'infra-red'] as const)
    for (let i = 0; i < 3; i++) await keep(database, aReference({ light }));
  expect(await past.of(database, '101')).toHaveLength(past.most.camera);
});

test('what a person taught outlives what quiet hours did', async () => {
  const database = await cityOf('101');
  const taught = aReference({ origin: 'rejected', incidentId: IncidentId.parse('i1') });
  await keep(database, taught, { actor: 'person-aigul' });
  for (let i = 0; i < 5; i++) await keep(database, aReference());
  expect((await past.of(database, '101')).map(({ id }) => id)).toContain(taught.id);
  expect(await audit.of(database, 'camera', '101')).toMatchObject([
    { actor: 'person-aigul', act: 'reference learned' },
  ]);
});

test('other zones or another network make references stale, and that is written down', async () => {
  const database = await cityOf('101');
  await keep(database, aReference());
  const other = aReference({ network: 'road@2' });
  await keep(database, other);
  const about = { atMs: noonMs, actor: 'ingest', why: 'a new network' };
  const forget = (zones: string, network?: string) =>
    database.transaction((tx) =>
      past.forget(
        tx,
        { kind: 'stale', cameraId: '101', preset: 'main', zones, ...(network ? { network } : {}) },
        about,
      ),
    );
  expect(await forget('z1')).toBe(0);
  expect(await forget('z1', 'road@2')).toBe(1);
  expect(await past.of(database, '101')).toEqual([other]);
  expect(await forget('z2')).toBe(1);
  expect((await audit.of(database, 'camera', '101')).map(({ act }) => act)).toEqual([
    'references forgotten',
    'references forgotten',
  ]);
});

test('references go with their camera', async () => {
  const database = await cityOf('101');
  await keep(database, aReference());
  await database.transaction((tx) => cameras.remove(tx, CameraId.parse('101')));
  expect(await past.of(database, '101')).toEqual([]);
});

const still = 'a'.repeat(64);

async function raised(database: Database, id: string) {
  return database.transaction(async (tx) => {
    const candidate = anIncident(id, { state: 'candidate', raisedAtMs: null, stillSha256: still });
    const opened = await openIncident(tx, candidate, { atMs: noonMs, actor: judge, reason: 'seen', pace: 1 });
    return moveIncident(tx, opened, 'pending_review', {}, { atMs: noonMs, actor: judge, reason: 'raised', pace: 1 });
  });
}

const due = (database: Database, atMs: number) => database.transaction((tx) => past.takeStudies(tx, atMs, 10));

test('an incident rejected as nothing is to be learned from once the verdict stands, a permitted one never', async () => {
  const database = await cityOf('101');
  for (const [id, reason] of [
    ['mirror', 'reflection'],
    ['allowed', 'permitted_place'],
    ['blur', 'bad_image'],
  ] as const) {
    const incident = await raised(database, id);
    const options = { atMs: noonMs + 1000, actor: operator, reason: `rejected: ${reason}`, pace: 1 };
    await database.transaction((tx) => moveIncident(tx, incident, 'rejected', { rejectReason: reason }, options));
  }
  expect(await due(database, noonMs + 30_000)).toEqual([]);
  expect(await due(database, noonMs + hour)).toMatchObject([
    { incidentId: 'mirror', origin: 'rejected', stillSha256: still, actor: 'person-aigul' },
  ]);
  expect(await due(database, noonMs + hour)).toEqual([]);
});

test('a verdict that is taken back teaches nothing', async () => {
  const database = await cityOf('101');
  const incident = await raised(database, 'mirror');
  const options = { atMs: noonMs + 1000, actor: operator, pace: 1 };
  const rejected = await database.transaction((tx) =>
    moveIncident(tx, incident, 'rejected', { rejectReason: 'reflection' }, { ...options, reason: 'rejected' }),
  );
  await keep(database, aReference({ origin: 'rejected', incidentId: rejected.id }), { actor: operator.person.id });
  await database.transaction((tx) =>
    moveIncident(tx, rejected, 'pending_review', { rejectReason: null }, { ...options, reason: 'taken back' }),
  );
  expect(await due(database, noonMs + hour)).toEqual([]);
  expect(await past.of(database, '101')).toEqual([]);
});

test('a confirmed hazard is never learned from, and its camera is not quiet', async () => {
  const database = await cityOf('101', '102');
  const incident = await raised(database, 'flood');
  await database.transaction((tx) =>
    moveIncident(tx, incident, 'confirmed', {}, { atMs: noonMs, actor: operator, reason: 'confirmed', pace: 1 }),
  );
  expect(await due(database, noonMs + hour)).toEqual([]);
  expect(await past.isTroubled(database, '101', noonMs)).toBe(true);
  expect(await past.isTroubled(database, '102', noonMs)).toBe(false);
});
