// Learning in the store: samples come with their look or not at all, states move only as they may, terms are kept.
import { expect, test } from 'vitest';
import { featureCount, type AdaptationParameters } from '#core/adaptation';
import { adapt, cameras, incidents, looks, people, verdicts, type Database } from '#store';
import { CameraId } from '#core/ids';
import { Verdict } from '#core/verdict';
import { testDatabase } from '../support/database.ts';
import { aCamera, aLook, anIncident, aPerson, noonMs } from './store-builders.ts';

const dayMs = 86_400_000;
const features = Array.from({ length: featureCount }, (_, i) => i / 8);

const sampleAt = (seenAtMs: number, more: Partial<adapt.Sampled> = {}): adapt.Sampled => ({
  cameraId: '1',
  zoneId: 'road',
  hazard: 'flooding',
  seenAtMs,
  word: 'hazard',
  said: 'hazard',
  level: 0.75,
  margin: 1.5,
  network: 'road-v0@1',
  features,
  shadow: null,
  facts: { share: 0.4 },
  stillSha256: null,
  ...more,
});

async function aStore(): Promise<Database> {
  const database = await testDatabase();
  await database.transaction(async (tx) => {
    await cameras.replace(tx, [aCamera('1'), aCamera('2')]);
    await people.insert(tx, aPerson('aliya'), 'none');
  });
  return database;
}

const keep = (database: Database, ...samples: adapt.Sampled[]): Promise<void> =>
  database.transaction((tx) => adapt.keep(tx, samples, []));
const kept = (database: Database) => adapt.samples(database, 'flooding', ['1', '2'], 0, 100);

let made = 0;
const aModel = (database: Database, cameraId: string | null, parameters?: AdaptationParameters): Promise<adapt.Model> =>
  database.transaction((tx) =>
    adapt.insertModel(tx, {
      id: `model-${String(++made)}`,
      cameraId,
      hazard: 'flooding',
      parameters: parameters ?? { kind: 'threshold', offset: -1.25 },
      network: 'road-v0@1',
      figures: { frames: 12 },
      fittedFromMs: noonMs - 9 * dayMs,
      fittedToMs: noonMs - 2 * dayMs,
      madeAtMs: noonMs,
      shadowUntilMs: noonMs + dayMs,
      by: 'test',
    }),
  );
const promoted = (database: Database, id: string): Promise<adapt.Model> =>
  database.transaction(async (tx) => {
    await adapt.offer(tx, id, noonMs, 'test');
    await adapt.sign(tx, id, 'first', noonMs);
    return adapt.sign(tx, id, 'second', noonMs);
  });

test('samples come with their look, once, with their features', async () => {
  const database = await aStore();
  const look = aLook('1', noonMs, [{ hazard: 'flooding', word: 'hazard', level: 0.75 }]);
  const learn = { samples: [sampleAt(look.seenAtMs)], shadows: [] };
  expect(await looks.save(database, look, { judgeAll: true, learn })).toBe('saved');
  expect(await looks.save(database, { ...look, seenAtMs: look.seenAtMs + 5 }, { judgeAll: true, learn })).toBe('known');
  const [sample, ...more] = await kept(database);
  expect(more).toEqual([]);
  expect(sample).toMatchObject({ cameraId: '1', word: 'hazard', margin: 1.5, seenAtMs: look.seenAtMs });
  expect(sample?.features).toHaveLength(featureCount);
  sample?.features?.forEach((value, i) => expect(value).toBeCloseTo(features[i] ?? 0, 5));
  // A look that cannot be saved leaves no sample behind.
  const broken = { ...learn, samples: [sampleAt(noonMs + dayMs, { level: Number.NaN })] };
  const next = aLook('1', noonMs + dayMs, [{ hazard: 'flooding', word: 'hazard', level: 0.75 }]);
  await expect(looks.save(database, next, { judgeAll: true, learn: broken })).rejects.toThrow();
  expect(await kept(database)).toHaveLength(1);
  expect(await looks.recent(database, '1', 10)).toHaveLength(1);
});

test('looks beside are counted by the hour and by agreement', async () => {
  const database = await aStore();
  const model = await aModel(database, '1');
  const at = (minutes: number, said: 'hazard' | 'clear', shadow: 'hazard' | 'clear'): adapt.ShadowLook => ({
    modelId: model.id,
    cameraId: '1',
    seenAtMs: noonMs + minutes * 60_000,
    said,
    shadow,
  });
  const beside = [
    at(0, 'hazard', 'clear'),
    at(5, 'hazard', 'hazard'),
    at(10, 'clear', 'clear'),
    ...[61, 70, 80].map((minutes) => at(minutes, 'clear', 'hazard')),
  ];
  await database.transaction((tx) => adapt.keep(tx, [], [...beside, { ...at(0, 'clear', 'clear'), modelId: 'gone' }]));
  expect(await adapt.shadowSum(database, model.id)).toEqual({
    hours: 2,
    looks: 6,
    bothHazard: 1,
    onlySaid: 1,
    onlyShadow: 3,
    hoursOnlyShadow: 1,
  });
});

test('a camera’s own goes before the city’s, and what runs beside does not speak', async () => {
  const database = await aStore();
  const city = await aModel(database, null);
  const speaksFor = async (id: string) =>
    adapt.adaptationsOf(await adapt.inUse(database), id).map((one) => [one.number, one.speaks]);
  expect(await speaksFor('1')).toEqual([[city.number, false]]);
  await promoted(database, city.id);
  const own = await aModel(database, '1', { kind: 'norm', centre: -2, toCentre: -3, stretch: 0.5 });
  expect(await speaksFor('2')).toEqual([[city.number, true]]);
  expect((await speaksFor('1')).sort()).toEqual([
    [city.number, true],
    [own.number, false],
  ]);
  await promoted(database, own.id);
  expect(await speaksFor('1')).toEqual([[own.number, true]]);
});

test('two people, one that speaks at a time, and rolling back gives the word to what spoke before', async () => {
  const database = await aStore();
  const first = await aModel(database, '1');
  await expect(promoted(database, 'nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(database.transaction((tx) => adapt.sign(tx, first.id, 'a', noonMs))).rejects.toMatchObject({
    code: 'MOVE_UNLAWFUL',
  });
  await promoted(database, first.id);
  const second = await aModel(database, '1');
  expect(await promoted(database, second.id)).toMatchObject({ state: 'active', replaces: first.id });
  const states = async () => Object.fromEntries((await adapt.models(database)).map((one) => [one.id, one.state]));
  expect(await states()).toEqual({ [first.id]: 'replaced', [second.id]: 'active' });
  const rollBack = () =>
    database.transaction((tx) =>
      adapt.rollBack(tx, { cameraId: '1', hazard: 'flooding', personId: 'p', atMs: noonMs }),
    );
  expect((await rollBack()).speaks?.id).toBe(first.id);
  expect(await states()).toEqual({ [first.id]: 'active', [second.id]: 'rolled-back' });
  expect((await rollBack()).speaks).toBeNull();
  await expect(rollBack()).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('two signatures at the same moment make one that speaks', async () => {
  const database = await aStore();
  const model = await aModel(database, '1');
  await database.transaction((tx) => adapt.offer(tx, model.id, noonMs, 'test'));
  const sign = (person: string) => database.transaction((tx) => adapt.sign(tx, model.id, person, noonMs));
  const both = await Promise.all([sign('a'), sign('b')]);
  expect(both.map((one) => one.state).sort()).toEqual(['active', 'offered']);
  expect((await adapt.models(database))[0]).toMatchObject({ state: 'active' });
});

test('a fresh one drops what ran beside before', async () => {
  const database = await aStore();
  const first = await aModel(database, '1');
  const second = await aModel(database, '1');
  expect((await adapt.inUse(database)).map((one) => one.id)).toEqual([second.id]);
  expect((await adapt.modelsOf(database, '1', 'flooding')).find((one) => one.id === first.id)?.state).toBe('dropped');
});

test('a verdict comes with what became of it; one that was taken back does not come', async () => {
  const database = await aStore();
  await database.transaction(async (tx) => {
    for (const id of ['a', 'b']) {
      const incident = await incidents.insert(
        tx,
        anIncident(id, { hazard: 'flooding', cameraId: CameraId.parse('1') }),
        {
          atMs: noonMs,
          actor: 'system',
          reason: 'test',
        },
      );
      const verdict = Verdict.parse({
        kind: 'reject',
        reason: 'reflection',
        id: `verdict-${id}`,
        incidentId: id,
        version: 1,
      });
      await verdicts.record(tx, {
        verdict,
        personId: 'person-aliya',
        atMs: noonMs + 1000,
        before: incident,
        taskIds: [],
      });
      if (id !== 'b') continue;
      await verdicts.undo(tx, 'verdict-b', noonMs + 2000);
    }
  });
  const [row, ...more] = await adapt.judged(database, 'flooding', ['1'], 0);
  expect(more).toEqual([]);
  expect(row).toMatchObject({
    incidentId: 'a',
    zoneId: 'road',
    kind: 'reject',
    reason: 'reflection',
    openedMs: noonMs,
    overS: 1800,
    borneOut: false,
    overturned: false,
  });
  const after = await incidents.byId(database, 'a');
  if (!after) throw new Error('the incident is gone');
  await database.transaction(async (tx) => {
    const rejected = await incidents.update(
      tx,
      after,
      { state: 'rejected' },
      { atMs: noonMs + 1000, actor: 'p', reason: '' },
    );
    await incidents.update(tx, rejected, { state: 'pending_review' }, { atMs: noonMs + 9000, actor: 'q', reason: '' });
  });
  expect((await adapt.judged(database, 'flooding', ['1'], 0))[0]?.overturned).toBe(true);
  expect(await adapt.judged(database, 'snow', ['1'], 0)).toEqual([]);
});

test('terms: calm looks for 60 days, what was called or marked for 400', async () => {
  const database = await aStore();
  const calm = { word: 'clear', said: 'clear' } as const;
  await keep(
    database,
    sampleAt(noonMs - 401 * dayMs),
    sampleAt(noonMs - 399 * dayMs),
    sampleAt(noonMs - 61 * dayMs, calm),
    sampleAt(noonMs - 62 * dayMs, calm),
    sampleAt(noonMs - 59 * dayMs, calm),
  );
  const marked = { cameraId: '1', zoneId: 'road', hazard: 'flooding', seenAtMs: noonMs - 62 * dayMs } as const;
  await database.transaction((tx) => adapt.mark(tx, { ...marked, personId: 'a', isHazard: false, atMs: noonMs }));
  expect(await adapt.sweep(database, noonMs)).toBe(2);
  expect((await kept(database)).map((one) => Math.round((noonMs - one.seenAtMs) / dayMs))).toEqual([399, 62, 59]);
});

test('the panel is the same every time and begins with cameras that people judged', async () => {
  const database = await aStore();
  await keep(database, ...['a', 'b', 'c', 'd', '2'].map((cameraId) => sampleAt(noonMs, { cameraId })));
  await database.transaction(async (tx) => {
    const incident = await incidents.insert(
      tx,
      anIncident('x', { hazard: 'flooding', cameraId: CameraId.parse('d') }),
      {
        atMs: noonMs,
        actor: 'system',
        reason: 'test',
      },
    );
    const verdict = Verdict.parse({ kind: 'confirm', id: 'verdict-x', incidentId: 'x', version: 1 });
    await verdicts.record(tx, { verdict, personId: 'person-aliya', atMs: noonMs, before: incident, taskIds: [] });
  });
  const panel = await adapt.panel(database, 'flooding', '2', 10);
  expect(panel[0]).toBe('d');
  expect(panel.toSorted()).toEqual(['a', 'b', 'c', 'd']);
  expect(await adapt.panel(database, 'flooding', '2', 10)).toEqual(panel);
});
