// A small city in a fresh database for the tests of the heart: two cameras, agencies, rules, terms, people, a clock in hand.
import { Agency } from '#core/agency';
import { Camera } from '#core/camera';
import { ManualClock } from '#core/clock';
import { CameraId, LookId, PersonId } from '#core/ids';
import type { Incident } from '#core/incident';
import { silentLog } from '#core/log';
import { Observation } from '#core/observation';
import type { Person, Role } from '#core/person';
import { Article, Policy, RoutingRule } from '#core/policy';
import { defaultHazardSettings } from '#hazards';
import { giveVerdict, openJudge, takeBack, type Judge, type JudgeOptions } from '#incidents';
import { agencies, cameras, incidents, looks, people, rules, type Database } from '#store';
import { cancelTask, openCourier, openTasks, type Courier, type Ways } from '#tasks';
import { testDatabase } from '../support/database.ts';

export const startMs = Date.parse('2026-11-22T06:00:00Z');
const dated = { validFrom: '2020-01-01', source: 'test', certainty: 'product default' } as const;
const texts = (text: string) => ({ kk: text, ru: text, en: text });

const square: [number, number][] = [
  [0.1, 0.5],
  [0.9, 0.5],
  [0.9, 0.9],
  [0.1, 0.9],
];

const camera = (id: string, lat: number, zones: object[], more: object = {}): Camera =>
  Camera.parse({ id, name: texts(`Camera ${id}`), point: { lon: 71.43, lat }, district: 'esil', zones, ...more });

export const theCameras: readonly Camera[] = [
  camera('c1', 51.13, [
    { id: 'road', kind: 'carriageway', polygon: square, hazards: ['flooding', 'snow'], streetClass: 'V' },
    { id: 'lid', kind: 'manhole', polygon: square, hazards: ['open-manhole'], streetClass: 'V' },
  ]),
  // Twenty metres north: it sees the same road.
  camera('c2', 51.13018, [
    { id: 'road', kind: 'carriageway', polygon: square, hazards: ['flooding'], streetClass: 'V' },
  ]),
  camera('c3', 51.16, [{ id: 'ravine', kind: 'no-dumping', polygon: square, hazards: ['dumping'] }], { watch: true }),
];

const agency = (id: string, kind: string, more: object = {}): Agency =>
  Agency.parse({ id, kind, name: texts(id), duty: 'duty', ...more });
const person = (id: string, roles: Role[], agencyId: string | null = null): Person => ({
  id: PersonId.parse(id),
  login: id,
  name: `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`,
  roles,
  agencyId: agencyId === null ? null : Agency.shape.id.parse(agencyId),
  language: 'kk',
  active: true,
});

export const aliya = person('aliya', ['operator']);
export const serik = person('serik', ['operator']);
export const lead = person('dina', ['shift_lead']);
export const controller = person('marat', ['controller']);
export const officer = person('nurlan', ['police_reviewer']);
export const secondOfficer = person('dauren', ['second_reviewer', 'police_reviewer']);
export const drains = Agency.shape.id.parse('drains');

const policy = (id: string, hazard: string, more: object): Policy =>
  Policy.parse({ id, hazard, event: 'confirmed', clock: '24x7', acceptH: 0.5, fixH: 12, ...dated, ...more });

export const judgeSettings: JudgeOptions['settings'] = {
  pace: 1,
  zone: 'Asia/Almaty',
  hazards: defaultHazardSettings,
  undoS: 10,
  mergeRadiusM: 40,
  quietAfterRejectMin: 240,
  judgeEveryS: 2,
  followUpEveryS: 40,
  alarmsPer10Min: 40,
  coolDownMin: 20,
  massFromCause: 3,
  massFrom: 10,
  massPauseMin: 30,
};
export const taskSettings = {
  pace: 1,
  zone: 'Asia/Almaty',
  undoS: 10,
  publicUrl: 'https://ahual.example.kz',
  courierEveryS: 2,
  retry: { firstMs: 15_000, maxMs: 60_000, maxAttempts: 3 },
  followUpEveryS: 40,
} as const;
export const evidenceSettings = {
  beforeS: 15,
  afterS: 15,
  maxClipS: 240,
  zone: 'Asia/Almaty',
  version: '0.1.0',
} as const;

let lookNumber = 0;

export interface City {
  readonly database: Database;
  readonly clock: ManualClock;
  judge(more?: Partial<JudgeOptions>): Promise<Judge>;
  courier(ways?: Ways): Courier;
  /** A look saved at the clock's moment, with one observation. */
  see(
    cameraId: string,
    zoneId: string,
    hazard: Observation['hazard'],
    word: Observation['word'],
    more?: Partial<Observation>,
  ): Promise<Observation>;
  /** Looks of one word, `everyS` apart, each judged as it comes. */
  looks(judge: Judge, n: number, everyS: number, ...seen: Parameters<City['see']>): Promise<void>;
  /** The only incident; fails when there are more or none. */
  only(): Promise<Incident>;
  confirm(incident: Incident, by?: Person, more?: object): ReturnType<typeof giveVerdict>;
  undo(verdictId: string, by?: Person): Promise<Incident>;
}

/** Fills a fresh database. */
export async function aCity(): Promise<City> {
  const database = await testDatabase();
  const clock = new ManualClock(startMs);
  await database.transaction(async (tx) => {
    await cameras.replace(tx, [...theCameras]);
    await agencies.replace(tx, [
      agency('drains', 'utility', { ways: ['page', 'email'], email: 'drains@example.kz' }),
      agency('covers', 'utility'),
      agency('cleaners', 'contractor'),
      agency('akimat-esil', 'akimat'),
      agency('police', 'police'),
      agency('shift', 'control'),
    ]);
    await rules.replaceRouting(
      tx,
      [
        { id: 'R-F', hazard: 'flooding', primary: 'drains', secondChoice: 'covers' },
        { id: 'R-M', hazard: 'open-manhole', primary: 'covers' },
        { id: 'R-S', hazard: 'snow', primary: 'cleaners' },
        { id: 'R-D', hazard: 'dumping', primary: 'cleaners' },
      ].map((row) => RoutingRule.parse({ priority: 10, ...dated, ...row })),
      'test',
    );
    await rules.replacePolicies(
      tx,
      [
        policy('F', 'flooding', {}),
        policy('M', 'open-manhole', { severity: 'S3', makeSafeH: 2, fixH: 24 }),
        policy('S', 'snow', { event: 'end_of_snowfall', fixH: 5 }),
        policy('D', 'dumping', {}),
      ],
      'test',
    );
    await rules.replaceArticles(
      tx,
      [
        Article.parse({
          id: '344',
          title: texts('344'),
          test: texts('?'),
          hazards: ['dumping'],
          fine: texts('-'),
          whoDrawsUp: texts('-'),
          ...dated,
          validFrom: '2025-03-13',
        }),
        Article.parse({
          id: '434-2',
          title: texts('434-2'),
          test: texts('?'),
          hazards: ['dumping'],
          fine: texts('-'),
          whoDrawsUp: texts('-'),
          ...dated,
        }),
        Article.parse({
          id: 'old',
          title: texts('old'),
          test: texts('?'),
          hazards: ['dumping'],
          fine: texts('-'),
          whoDrawsUp: texts('-'),
          ...dated,
          validTo: '2024-01-01',
        }),
      ],
      'test',
    );
    for (const who of [aliya, serik, lead, controller, officer, secondOfficer]) await people.insert(tx, who, 'x');
  });

  const see: City['see'] = async (cameraId, zoneId, hazard, word, more = {}) => {
    const seenAtMs = clock.nowMs();
    lookNumber += 1;
    const observation = Observation.parse({
      lookId: LookId.parse(`look-${lookNumber}`),
      cameraId,
      zoneId,
      hazard,
      sub: word === 'hazard' ? 'carriageway' : '',
      word,
      level: word === 'hazard' ? 0.6 : 0,
      seenAtMs,
      support: { boxes: [], facts: {} },
      stillSha256: `still-${lookNumber}`,
      ...more,
    });
    await looks.save(
      database,
      {
        id: observation.lookId,
        cameraId: CameraId.parse(cameraId),
        dueAtMs: startMs + lookNumber,
        seenAtMs: observation.seenAtMs,
        way: 'rtsp',
        outcome: { kind: 'seen' },
        tookMs: 100,
        widthPx: 1280,
        heightPx: 720,
        detections: [],
        observations: [observation],
        stillSha256: observation.stillSha256,
        parts: null,
      },
      { judgeAll: true },
    );
    return observation;
  };

  const bindTasks = (tx: Parameters<typeof openTasks>[0], incident: Incident, wish: object) =>
    openTasks(tx, incident, { clock, settings: taskSettings, ...wish });

  let verdictNumber = 0;
  return {
    database,
    clock,
    see,
    judge: (more = {}) =>
      openJudge({ database, clock, log: silentLog, settings: judgeSettings, openTasks: bindTasks, ...more }),
    courier: (ways) =>
      openCourier({
        database,
        clock,
        log: silentLog,
        settings: taskSettings,
        ...(ways ? { ways } : {}),
        random: () => 0.5,
      }),
    looks: async (judge, n, everyS, ...seen) => {
      for (let i = 0; i < n; i++) {
        await see(...seen);
        await judge.judgeInbox();
        clock.advance(everyS * 1000);
      }
    },
    only: async () => {
      const all = (await incidents.list(database, { limit: 10 })).filter((i) => i.state !== 'merged');
      const [one] = all;
      if (!one || all.length > 1)
        throw new Error(`expected one incident, found ${all.map((i) => i.state).join(', ') || 'none'}`);
      return one;
    },
    confirm: (incident, by = aliya, more = {}) => {
      verdictNumber += 1;
      const verdict = {
        id: `verdict-${verdictNumber}`,
        kind: 'confirm' as const,
        incidentId: incident.id,
        version: incident.version,
        ...more,
      };
      return database.transaction((tx) =>
        giveVerdict(tx, { verdict, person: by, clock, settings: judgeSettings, openTasks: bindTasks }),
      );
    },
    undo: (verdictId, by = aliya) =>
      database.transaction((tx) =>
        takeBack(tx, {
          verdictId,
          person: by,
          clock,
          settings: judgeSettings,
          cancelTask: async (inside, taskId, reason) => {
            await cancelTask(inside, { taskId, reason, clock, actor: { kind: 'system', name: 'desk' } });
          },
        }),
      ),
  };
}
