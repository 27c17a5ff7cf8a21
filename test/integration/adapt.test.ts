// A camera that is fooled by its wet street, from real answers of the networks to the correction that speaks: learned from two
// operators' rejections, in shadow for a day, promoted by two people, rolled back by one; and the command that does it.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { hash } from '@node-rs/argon2';
import type { Adaptation } from '#core/adaptation';
import { ManualClock } from '#core/clock';
import { entryOf } from '#core/entry';
import type { Camera, Zone } from '#core/camera';
import type { Sight } from '#core/detection';
import type { Incident } from '#core/incident';
import { lookIdOf } from '#core/ids';
import { Look } from '#core/look';
import { Verdict } from '#core/verdict';
import { defaultHazardSettings, lessonsOf, marginOf, observe, type HazardSettings } from '#hazards';
import { silentLog } from '#core/log';
import {
  adapt,
  audit,
  cameras,
  db,
  embedded,
  incidents,
  looks,
  migrate,
  people,
  sql,
  verdicts,
  type Database,
} from '#store';

import { randomOf } from '../../cli/measure/eval/ranking.ts';
import { measureAdapt, type AdaptOptions } from '../../cli/measure/adapt/run.ts';
import { openLessons } from '../../ingest/lessons.ts';
import { endEmbedded } from '../../store/embedded.ts';
import { hourOf, openClipEyes } from '../support/camera-history.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { aCamera, anIncident, aPerson } from './store-builders.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const days = 20;
const nowMs = Math.floor(Date.now() / dayMs) * dayMs;
const startMs = nowMs - days * dayMs;

// The lane of the clip is wet all the time and under water for a while; the underpass is another place.
const lane: Zone = {
  id: 'lane',
  kind: 'carriageway',
  polygon: [
    [0.02, 0.95],
    [0.02, 0.3],
    [0.25, 0.3],
    [0.95, 0.75],
    [0.95, 0.95],
  ],
  hazards: ['flooding'],
  streetClass: 'V',
};
const underpass: Zone = {
  ...lane,
  id: 'under',
  polygon: [
    [0.2, 0.81],
    [0.45, 0.48],
    [0.58, 0.29],
    [0.75, 0.32],
    [0.68, 0.8],
    [0.62, 0.99],
  ],
};
const wetS = [1, 3, 5, 7, 37, 39, 41, 43];
const floodS = [16, 19, 22, 25, 28];

const home = (camera: Camera, zone: Zone): Camera => ({ ...camera, zones: [zone] });
const fooled = home(aCamera('fooled'), lane);
const others = Array.from({ length: 8 }, (_, i) => home(aCamera(`other-${String(i)}`), underpass));
const serik = aPerson('serik');
const aliya = aPerson('aliya');
const keeper = aPerson('keeper', { roles: ['camera_admin'] });
const chief = aPerson('chief', { roles: ['system_admin'] });
const password = 'a password of the test';

let wet: Sight[] = [];
let floods: Sight[] = [];
let otherFloods: Sight[] = [];
let settings: HazardSettings = defaultHazardSettings;

beforeAll(async () => {
  await using eyes = await openClipEyes();
  const random = randomOf('hours');
  const look = (clip: string, atS: number, zone: Zone) => eyes.see(clip, atS, hourOf(random), [zone], random);
  for (let i = 0; i < 48; i++) wet.push(await look('flooding-street-lane', wetS[i % wetS.length] ?? 1, lane));
  for (const atS of floodS) floods.push(await look('flooding-street-lane', atS, lane));
  for (let i = 0; i < 16; i++)
    otherFloods.push(await look('flooding-underpass', floodS[i % floodS.length] ?? 16, underpass));
  const good = (sight: Sight) => sight.quality.kind === 'good';
  [wet, floods, otherFloods] = [wet.filter(good), floods.filter(good), otherFloods.filter(good)];
  expect(Math.min(wet.length, floods.length * 8, otherFloods.length * 2)).toBeGreaterThan(16);
  // A city that would rather hear too much: its threshold lies in the middle of what this camera's wet street is given.
  const levels = wet.map((sight) => sight.zones[0]?.floodLevel ?? 0).sort((a, b) => a - b);
  const floodLevel = levels[Math.floor(levels.length * 0.4)] ?? 0.5;
  settings = {
    ...defaultHazardSettings,
    flooding: { ...defaultHazardSettings.flooding, floodLevel, clearLevel: floodLevel, waterShare: 1 },
  };
}, 300_000);

const marginAt = (sight: Sight, camera: Camera): number => {
  const [zone] = camera.zones;
  return (zone && marginOf(sight, zone, 'flooding', settings)) ?? Number.NaN;
};

const saidOf = (sight: Sight, camera: Camera, adaptations: readonly Adaptation[]) =>
  observe(sight, camera, { id: lookIdOf(camera.id, 0), seenAtMs: 0, stillSha256: null }, settings, adaptations)[0];

interface Stage {
  readonly fresh: TestDatabase;
  readonly database: Database;
  readonly url: string;
  readonly clock: ManualClock;
  /** Looks as the worker does: observations, lessons, one transaction. */
  readonly look: (camera: Camera, atMs: number, sight: Sight) => Promise<void>;
}

let number = 0;

/** A city of its own, or one that has lived what another one did. */
async function stage(like?: TestDatabase): Promise<Stage> {
  const fresh = await freshDatabase(like === undefined ? {} : { like });
  const { database, url } = fresh;
  const clock = new ManualClock(like === undefined ? startMs : nowMs);
  const lessons = openLessons(clock, 1, randomOf('lessons'));
  if (like === undefined)
    await database.transaction(async (tx) => {
      await cameras.replace(tx, [fooled, ...others]);
      for (const person of [serik, aliya, keeper, chief]) await people.insert(tx, person, 'none');
    });
  return {
    fresh,
    database,
    url,
    clock,
    look: async (camera, atMs, sight) => {
      if (atMs > clock.nowMs()) clock.set(atMs);
      const adaptations = adapt.adaptationsOf(await adapt.inUse(database), camera.id);
      const mark = { id: lookIdOf(camera.id, atMs), seenAtMs: atMs, stillSha256: null };
      const observations = observe(sight, camera, mark, settings, adaptations);
      const answer = { observations, seenAtMs: atMs, lessons: lessonsOf(sight, camera, settings, adaptations) };
      const saved = Look.parse({
        id: mark.id,
        cameraId: camera.id,
        dueAtMs: atMs,
        seenAtMs: atMs,
        way: 'rtsp',
        outcome: { kind: 'seen' },
        tookMs: 1000,
        widthPx: 1280,
        heightPx: 720,
        detections: [],
        observations,
        stillSha256: null,
        parts: null,
      });
      await looks.save(database, saved, { judgeAll: false, learn: lessons.choose(camera.id, answer, null) });
    },
  };
}

/** Three called looks, six minutes apart, an incident and a person's word on it. */
async function judged(
  { database, look }: Stage,
  camera: Camera,
  atMs: number,
  sights: readonly Sight[],
  person: { readonly id: Incident['decidedBy'] },
  word: { kind: 'confirm' } | { kind: 'reject'; reason: 'reflection' },
): Promise<void> {
  for (const [i, sight] of sights.entries()) await look(camera, atMs + i * 6 * minuteMs, sight);
  const lastMs = atMs + (sights.length - 1) * 6 * minuteMs;
  const id = `incident-${String(++number)}`;
  await database.transaction(async (tx) => {
    const incident = await incidents.insert(
      tx,
      anIncident(id, {
        hazard: 'flooding',
        cameraId: camera.id,
        zoneId: camera.zones[0]?.id ?? '',
        openedAtMs: lastMs,
        raisedAtMs: lastMs,
        lastSeenAtMs: lastMs,
        why: {
          looks: 3,
          hazardLooks: 3,
          overS: 720,
          level: 0.6,
          rule: 'flooding.persistence',
          models: [],
          weather: '',
          facts: {},
        },
      }),
      { atMs: lastMs, actor: 'system', reason: 'persistence' },
    );
    const verdict = Verdict.parse({ ...word, id: `verdict-${String(number)}`, incidentId: id, version: 1 });
    await verdicts.record(tx, {
      verdict,
      personId: person.id ?? '',
      atMs: lastMs + minuteMs,
      before: incident,
      taskIds: [],
    });
  });
}

/** Twenty days: calm looks, each morning a wet street that is called and rejected; floods at the other cameras. */
async function twentyDays(on: Stage): Promise<void> {
  const called = wet.filter((sight) => marginAt(sight, fooled) >= 0);
  const calm = wet.filter((sight) => marginAt(sight, fooled) < 0);
  expect(Math.min(called.length, calm.length)).toBeGreaterThan(6);
  const pick = (from: readonly Sight[], i: number): Sight => {
    const one = from[i % from.length];
    if (!one) throw new Error('no sight');
    return one;
  };
  for (let day = 0; day < days; day++) {
    const atMs = startMs + day * dayMs;
    const calmAt = (n: number, hour: number) => on.look(fooled, atMs + hour * 3_600_000 + 1, pick(calm, day * 3 + n));
    await calmAt(0, 0);
    const three = [0, 1, 2].map((i) => pick(called, day * 3 + i));
    const word = { kind: 'reject', reason: 'reflection' } as const;
    await judged(on, fooled, atMs + 4 * 3_600_000, three, day % 2 === 0 ? serik : aliya, word);
    for (const [i, camera] of day % 6 === 0 ? others.entries() : []) {
      const sights = [0, 1, 2].map((n) => pick(otherFloods, day + i + n));
      await judged(on, camera, atMs + (9 + i) * 3_600_000, sights, day % 12 === 0 ? serik : aliya, { kind: 'confirm' });
    }
    await calmAt(1, 18);
    await calmAt(2, 23);
  }
  on.clock.set(nowMs);
}

let lived: Promise<TestDatabase> | undefined;
/** A stage after those days; they are lived once for all tests. */
async function grownStage(): Promise<Stage> {
  lived ??= stage().then(async (on) => {
    await twentyDays(on);
    return on.fresh;
  });
  return stage(await lived);
}

const optionsOf = ({ database, clock }: Stage, more: Partial<AdaptOptions> = {}): AdaptOptions => ({
  database,
  clock,
  zone: 'Asia/Almaty',
  cameraId: 'fooled',
  hazard: 'flooding',
  from: 'verdicts',
  method: undefined,
  frames: 64,
  shadowH: 24,
  again: false,
  dry: false,
  seed: 1,
  sabotage: 'none',
  by: 'test',
  ...more,
});

/** A day of looks every quarter of an hour, of which every eighth is a wet street that the networks call. */
async function aDayBeside(on: Stage): Promise<void> {
  const called = wet.filter((sight) => marginAt(sight, fooled) >= 0);
  const calm = wet.filter((sight) => marginAt(sight, fooled) < 0);
  for (let i = 0; i <= 96; i++) {
    const from = i % 8 === 0 ? called : calm;
    const sight = from[i % from.length];
    if (sight) await on.look(fooled, nowMs + i * 15 * minuteMs, sight);
  }
}

test(
  'a wet street that is rejected again and again is quiet afterwards, and its flood is still called',
  { timeout: 300_000 },
  async () => {
    const on = await grownStage();
    const { database } = on;
    const said = (sight: Sight, list: readonly Adaptation[]) => saidOf(sight, fooled, list)?.word;
    const learned = async () => adapt.adaptationsOf(await adapt.inUse(database), 'fooled');

    await expect(measureAdapt(optionsOf(on, { sabotage: 'train-on-holdout' }))).rejects.toThrow(/kept out/);
    const dry = await measureAdapt(optionsOf(on, { dry: true }));
    expect(dry.result['decision']).toBe('would-be-offered');
    expect(await adapt.models(database)).toEqual([]);

    const made = await measureAdapt(optionsOf(on));
    expect(made.result).toMatchObject({
      decision: 'in-shadow',
      camera: 'fooled',
      recallOn: 'borrowed',
      before: { recall: 1 },
      after: { recall: 1 },
      panel: { changed: 0, worstChangeAuc: 0 },
    });
    const { before, after } = z
      .object({ before: z.object({ faPerDay: z.number() }), after: z.object({ faPerDay: z.number() }) })
      .parse(made.result);
    expect(before.faPerDay).toBeGreaterThanOrEqual(1);
    expect(after.faPerDay).toBeLessThanOrEqual(before.faPerDay / 2);

    // In shadow nothing is said differently, but it is counted.
    const [model] = await adapt.models(database);
    if (!model) throw new Error('nothing was kept');
    await expect(database.transaction((tx) => adapt.sign(tx, model.id, keeper.id, nowMs))).rejects.toMatchObject({
      code: 'MOVE_UNLAWFUL',
    });
    const beside = await learned();
    for (const sight of wet) expect(said(sight, beside)).toBe(said(sight, []));
    expect((await measureAdapt(optionsOf(on))).result).toMatchObject({
      decision: 'in-shadow',
      shadow: { wantedHours: 24 },
    });
    await aDayBeside(on);
    const sum = await adapt.shadowSum(database, model.id);
    expect(sum).toMatchObject({ hours: 25, looks: 97, onlyShadow: 0 });
    expect(sum.onlySaid).toBeGreaterThan(5);
    expect((await measureAdapt(optionsOf(on))).result).toMatchObject({
      decision: 'promote-offered',
      shadow: { hours: 25, newFalse: 0, newMissed: 0 },
    });

    // Two people, not one twice.
    const sign = (personId: string) =>
      database.transaction((tx) => adapt.sign(tx, model.id, personId, on.clock.nowMs()));
    expect((await sign(keeper.id)).state).toBe('offered');
    await expect(sign(keeper.id)).rejects.toMatchObject({ code: 'AUTH_DENIED' });
    expect((await sign(chief.id)).state).toBe('active');
    const speaks = await learned();
    const muted = wet.filter((sight) => said(sight, []) === 'hazard' && said(sight, speaks) !== 'hazard');
    const called = wet.filter((sight) => said(sight, []) === 'hazard');
    expect(muted.length).toBeGreaterThan(called.length * 0.7);
    for (const flood of floods) {
      expect(said(flood, speaks)).toBe('hazard');
      expect(saidOf(flood, fooled, speaks)?.support.facts).toMatchObject({ adapted: model.number });
    }
    // Nobody else is touched.
    for (const camera of others) expect(adapt.adaptationsOf(await adapt.inUse(database), camera.id)).toEqual([]);

    const back = { cameraId: 'fooled', hazard: 'flooding', personId: keeper.id, atMs: on.clock.nowMs() } as const;
    const { speaks: next } = await database.transaction((tx) => adapt.rollBack(tx, back));
    expect(next).toBeNull();
    await expect(database.transaction((tx) => adapt.rollBack(tx, back))).rejects.toThrow(
      /no adaptation speaks for flooding at camera fooled/,
    );
    for (const sight of called) expect(said(sight, await learned())).toBe('hazard');
    expect((await audit.of(database, 'adaptation', model.id)).map((row) => `${row.act} ${row.actor}`)).toEqual([
      'adaptation made test',
      'adaptation offered test',
      `adaptation proposed ${keeper.id}`,
      `adaptation promoted ${chief.id}`,
      `adaptation rolled back ${keeper.id}`,
    ]);
  },
);

test('a flood that the shadow would have missed keeps it from being offered', { timeout: 300_000 }, async () => {
  const on = await grownStage();
  await measureAdapt(optionsOf(on));
  // As muted as can be: the wet street of the next day was a flood after all, says an operator.
  const [model] = await adapt.models(on.database);
  await aDayBeside(on);
  const called = wet.filter((sight) => {
    const word = saidOf(sight, fooled, [
      { ...adapt.adaptationsOf(model ? [model] : [], 'fooled')[0], speaks: true } as Adaptation,
    ])?.word;
    return marginAt(sight, fooled) >= 0 && word !== 'hazard';
  });
  await judged(on, fooled, nowMs + 25 * 3_600_000, called.slice(0, 3), serik, { kind: 'confirm' });
  const told = await measureAdapt(optionsOf(on));
  expect(told.result).toMatchObject({ decision: 'kept-as-is', shadow: { newMissed: 1 } });
  expect((await adapt.models(on.database))[0]?.state).toBe('shadow');
});

test('a head on the real features quietens the wet street too and keeps the floods', { timeout: 300_000 }, async () => {
  const on = await grownStage();
  const head = await measureAdapt(optionsOf(on, { method: 'head', dry: true }));
  expect(head.result).toMatchObject({ method: 'head', after: { recall: 1 } });
  const { before, after } = z
    .object({ before: z.object({ faPerDay: z.number() }), after: z.object({ faPerDay: z.number() }) })
    .parse(head.result);
  expect(after.faPerDay).toBeLessThan(before.faPerDay);

  // One for the whole city is measured at every camera, and may not make any of them worse.
  const city = await measureAdapt(optionsOf(on, { cameraId: null, dry: true }));
  expect(city.result).toMatchObject({ camera: 'city', recallOn: 'own', panel: { cameras: 9 } });
});

test('a camera with too little says what is missing', { timeout: 300_000 }, async () => {
  const on = await stage();
  await expect(measureAdapt(optionsOf(on))).rejects.toThrow(/too little for flooding: looks of fewer than four days/);
  await expect(measureAdapt(optionsOf(on, { cameraId: 'nobody' }))).rejects.toMatchObject({ code: 'CAMERA_UNKNOWN' });
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function ahual(url: string, args: readonly string[], given: string = password): Promise<Ran> {
  return ran(args, { DATABASE_URL: url, AHUAL_PASSWORD: given });
}

function ran(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entryOf('main'), 'models', ...args], {
      env: { ...process.env, ...env },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, out, err });
    });
  });
}

test('the command: fit, list, two signatures with passwords, roll back', { timeout: 300_000 }, async () => {
  const on = await grownStage();
  const { database, url } = on;
  const stored = await hash(password);
  await database.transaction(async (tx) => {
    for (const person of [serik, keeper, chief]) await people.setPassword(tx, person.id, stored, nowMs);
  });
  const where = ['--camera', 'fooled', '--hazard', 'flooding', '--json'];
  const sabotaged = await ahual(url, ['adapt', ...where, '--sabotage', 'train-on-holdout']);
  expect(sabotaged.code).toBe(4);
  expect(sabotaged.out).toBe('');
  const made = await ahual(url, ['adapt', ...where, '--shadow', '24h']);
  expect(made.code, made.err).toBe(0);
  const object = z
    .object({
      schema: z.literal('ahual.measure/1'),
      command: z.string(),
      pass: z.literal(true),
      result: z.record(z.string(), z.unknown()),
    })
    .parse(JSON.parse(made.out));
  expect(object.command).toBe('models adapt');
  expect(object.result).toMatchObject({ camera: 'fooled', hazard: 'flooding', decision: 'in-shadow' });
  expect(Object.keys(object.result)).toEqual(
    expect.arrayContaining(['frames', 'before', 'after', 'gainCi95', 'panel', 'shadow', 'decision']),
  );

  const early = await ahual(url, ['adapt', ...where, '--promote', '--by', 'keeper']);
  expect(early).toMatchObject({ code: 2, out: '' });
  expect(early.err).toMatch(/MOVE_UNLAWFUL .* in shadow until/);
  // A day and a half goes by.
  const [model] = await adapt.models(database);
  const hours = Array.from({ length: 30 }, (_, i) => Date.now() - (i + 1) * 3_600_000);
  await database.run(sql`
    update adapt_model set made_at = made_at - interval '36 hours', shadow_until = shadow_until - interval '36 hours'`);
  await database.transaction((tx) =>
    adapt.keep(
      tx,
      [],
      hours.map((seenAtMs) => ({
        modelId: model?.id ?? '',
        cameraId: 'fooled',
        seenAtMs,
        said: 'hazard',
        shadow: 'clear',
      })),
    ),
  );
  // Whoever asks for a promotion moves what has stood its time in the shadow: the list is read before.
  const listed = await ahual(url, ['list', '--json']);
  const [wrong, stranger] = await Promise.all([
    ahual(url, ['adapt', ...where, '--promote', '--by', 'keeper'], 'wrong'),
    ahual(url, ['adapt', ...where, '--promote', '--by', 'serik']),
  ]);
  expect(JSON.parse(listed.out)).toMatchObject({
    models: [{ camera: 'fooled', state: 'shadow', method: 'threshold' }],
  });

  expect(wrong.err).toMatch(/AUTH_WRONG/);
  expect(stranger.err).toMatch(/AUTH_DENIED serik may not propose an adaptation/);
  const first = await ahual(url, ['adapt', ...where, '--promote', '--by', 'keeper']);
  expect(JSON.parse(first.out)).toMatchObject({ decision: 'proposed', state: 'offered' });
  const second = await ahual(url, ['adapt', ...where, '--promote', '--by', 'chief']);
  expect(JSON.parse(second.out)).toMatchObject({ decision: 'promoted', state: 'active', proposedBy: keeper.id });
  const flood = floods[0];
  expect(flood && saidOf(flood, fooled, adapt.adaptationsOf(await adapt.inUse(database), 'fooled'))?.word).toBe(
    'hazard',
  );

  const back = await ahual(url, ['adapt', ...where, '--rollback', '--by', 'keeper']);
  expect(JSON.parse(back.out)).toMatchObject({ decision: 'rolled-back', speaks: null });
  expect(await adapt.inUse(database)).toEqual([]);
});

test(
  'without an address the command finds the database that `ahual up` keeps, running or not',
  { timeout: 300_000 },
  async () => {
    const data = mkdtempSync(join(tmpdir(), 'ahual-adapt-'));
    chmodSync(data, 0o711);
    const folder = join(data, 'postgres');
    const list = () => ran(['list', '--json'], { AHUAL_SET_DATA__FOLDER: data });
    try {
      expect((await list()).err).toMatch(/CONFIG_MISSING DATABASE_URL is not set, and there is no database/);
      const started = await embedded.startEmbedded({ folder, log: silentLog });
      const owner = await db.openDatabase(started.ownerUrl, { log: silentLog, name: 'test', max: 2 });
      await migrate.migrate(owner, { appUrl: started.url });
      await owner.close();
      expect(await list()).toMatchObject({ code: 0, out: '{"models":[]}\n' });
      const still = await db.openDatabase(started.url, { log: silentLog, name: 'test', max: 1 });
      await still.close();
      await started.stop();
      expect(await list()).toMatchObject({ code: 0, out: '{"models":[]}\n' });
    } finally {
      await endEmbedded(folder);
      rmSync(data, { recursive: true, force: true });
    }
  },
);

afterAll(() => {
  wet = [];
});
