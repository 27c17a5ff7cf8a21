// A dashboard for a test: a real database with a small city in it, a real port, and people who sign in.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { loadCity, Settings } from '#config';
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { AgencyId, CameraId, IncidentId, newId, PersonId } from '#core/ids';
import type { Incident } from '#core/incident';
import { silentLog } from '#core/log';
import { roles, type Role } from '#core/person';
import {
  hashPassword,
  startDashboard,
  type Dashboard,
  type DashboardOptions,
  type DashboardSettings,
} from '#dashboard';
import {
  csrfHeader,
  Me,
  pathOf,
  routes,
  type ClientEvents,
  type RouteName,
  type ServerEvents,
} from '#dashboard/contract';
import { defaultHazardSettings } from '#hazards';
import { agencies, bell as bells, cameras, files as fileStore, incidents, people, rules, type db } from '#store';
import { freshDatabase } from '../support/database.ts';

export const password = 'correct horse battery staple';
export type Wire = Socket<ServerEvents, ClientEvents>;

/** Someone at a screen: a cookie and a token, as a browser holds them. */
export class Seat {
  readonly base: string;
  cookie = '';
  csrf = '';

  constructor(base: string) {
    this.base = base;
  }

  async signIn(login: string, word = password): Promise<Response> {
    const answer = await this.send('POST', routes.signIn.path, { login, password: word });
    this.cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    if (answer.ok) this.csrf = Me.parse(await answer.clone().json()).csrf;
    return answer;
  }

  send(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Response> {
    const isForm = body instanceof FormData;
    return fetch(`${this.base}${path}`, {
      method,
      headers: {
        ...(this.cookie ? { cookie: this.cookie } : {}),
        ...(this.csrf && method !== 'GET' ? { [csrfHeader]: this.csrf } : {}),
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
  }

  /** Asks a route of the contract and parses what it answers by the contract's schema. */
  async ask<N extends RouteName>(
    name: N,
    given: { params?: Record<string, string>; query?: Record<string, string | number>; body?: unknown } = {},
  ) {
    const { method, answer } = routes[name];
    const response = await this.send(method, pathOf(name, given.params, given.query), given.body);
    if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
    if (typeof answer === 'string') throw new Error(`${name} answers bytes`);
    return z.any().parse(answer.parse(await response.json())) as z.output<
      Exclude<(typeof routes)[N]['answer'], string>
    >;
  }

  wire(csrf = this.csrf): Wire {
    return io(this.base, {
      transports: ['websocket'],
      reconnection: false,
      extraHeaders: { cookie: this.cookie },
      auth: { csrf },
    });
  }
}

/** A camera over a street and a yard, in Esil unless said otherwise. */
export const camera = (id: string, more: Partial<Camera>): Camera =>
  Camera.parse({
    id,
    name: { kk: `${id} kk`, ru: `${id} ru`, en: `${id} en` },
    point: { lon: 71.43, lat: 51.115 },
    district: 'esil',
    restricted: false,
    zones: [
      {
        id: 'road',
        kind: 'carriageway',
        polygon: [
          [0, 0.5],
          [1, 0.5],
          [1, 1],
        ],
        hazards: ['flooding', 'open-manhole', 'snow'],
        streetClass: 'B',
      },
      {
        id: 'yard',
        kind: 'no-dumping',
        polygon: [
          [0, 0],
          [0.5, 0],
          [0.5, 0.4],
        ],
        hazards: ['dumping'],
      },
    ],
    ...more,
  });

export const openCamera = camera('cam-open', {});
export const closedCamera = camera('cam-closed', { restricted: true, point: { lon: 71.432, lat: 51.115 } });

/** Agencies by role: two utilities, so that one can be kept from the other's tasks. */
export const agencyOf = { water: AgencyId.parse('elorda-eco-system'), manholes: AgencyId.parse('su-arnasy') };

export interface Stand {
  readonly dashboard: Dashboard;
  readonly database: db.Database;
  /** Address of the database, for processes of its own. */
  readonly url: string;
  readonly files: fileStore.Files;
  readonly settings: DashboardSettings;
  readonly options: DashboardOptions;
  seat(login: string): Promise<Seat>;
  raise(more?: Partial<Incident>): Promise<Incident>;
  close(): Promise<void>;
}

/** Services that may hand in appeals; the third one has no token and is let in by nothing. */
export const theServices = [
  { name: 'ikomek', token: 'a'.repeat(40), topics: { 'Открытый люк': 'open-manhole', Подтопление: 'flooding' } },
  { name: 'other', token: 'b'.repeat(40), topics: {} },
  { name: 'closed', token: undefined, topics: {} },
] as const;

const settingsOf = (): DashboardSettings => {
  const settings = Settings.parse({ dashboard: { port: 0, secureCookies: false } });
  const { pace, zone } = settings.city;
  return {
    ...settings.dashboard,
    city: settings.city,
    incidents: {
      ...settings.incidents,
      pace,
      zone,
      hazards: defaultHazardSettings,
      followUpEveryS: 40,
      alarmsPer10Min: 10,
    },
    tasks: { pace, zone, undoS: settings.incidents.undoS, publicUrl: null },
    evidence: { ...settings.evidence, zone, version: 'test' },
    appeals: { services: theServices },
    plantedOneIn: 0,
    rhythm: { lookEveryS: settings.ingest.lookEveryS, coverEveryS: settings.ingest.coverEveryS },
    keeping: { ...settings.keeping, ringS: settings.ingest.ringS, ringGiB: settings.ingest.ringGiB },
  };
};

async function fill(database: db.Database, watched: readonly Camera[]): Promise<void> {
  const city = loadCity('config/city');
  const hash = await hashPassword(password);
  await database.transaction(async (tx) => {
    await agencies.replace(tx, city.agencies);
    await rules.replacePolicies(tx, city.policies, 'test');
    await rules.replaceRouting(tx, city.routing, 'test');
    await rules.replaceArticles(tx, city.articles, 'test');
    await rules.replaceHolidays(tx, city.holidays, 'test');
    await cameras.replace(tx, [openCamera, closedCamera, ...watched]);
    const person = (login: string, role: Role, agencyId: AgencyId | null) =>
      people.insert(
        tx,
        {
          id: PersonId.parse(`p-${login}`),
          login,
          name: `Name of ${login}`,
          roles: [role],
          agencyId,
          language: 'ru',
          active: true,
        },
        hash,
      );
    for (const role of roles) {
      const isAgency = role === 'agency_user' || role === 'agency_head';
      await person(role.replaceAll('_', '-'), role, isAgency ? agencyOf.water : null);
    }
    await person('operator2', 'operator', null);
    await person('manholes', 'agency_user', agencyOf.manholes);
  });
}

/** What a build of the pages leaves, as small as can be. */
async function pages(folder: string): Promise<string> {
  const root = join(folder, 'web');
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(root, 'index.html'), '<!doctype html><title>the one page</title>');
  await writeFile(join(root, 'assets', 'app-1234.js'), 'export {};');
  return root;
}

/** Opens a dashboard on a fresh database, with more cameras and with real pages where they are given. */
export async function openStand(more: { cameras?: readonly Camera[]; webRoot?: string } = {}): Promise<Stand> {
  const { database, url } = await freshDatabase();
  await fill(database, more.cameras ?? []);
  const folder = await mkdtemp(join(tmpdir(), 'ahual-dashboard-'));
  const files = await fileStore.openFiles(folder);
  const bell = await bells.openBell({ database, log: silentLog });
  const settings = settingsOf();
  const options: DashboardOptions = {
    database,
    bell,
    files,
    clock: systemClock,
    log: silentLog,
    settings,
    city: loadCity('config/city'),
    webRoot: more.webRoot ?? (await pages(folder)),
  };
  const dashboard = await startDashboard(options);
  const seats = new Map<string, Seat>();
  return {
    dashboard,
    database,
    url,
    files,
    settings,
    options,
    seat: async (login) => {
      const known = seats.get(login);
      if (known) return known;
      const seat = new Seat(dashboard.url);
      const answer = await seat.signIn(login);
      if (!answer.ok) throw new Error(`${login} cannot sign in: ${answer.status} ${await answer.text()}`);
      seats.set(login, seat);
      return seat;
    },
    raise: (more = {}) => raise(database, more),
    close: async () => {
      await dashboard.close();
      await bell.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An incident that waits for a verdict, as the judge leaves it. */
async function raise(database: db.Database, more: Partial<Incident>): Promise<Incident> {
  const nowMs = systemClock.nowMs();
  const row: Omit<Incident, 'number' | 'version'> = {
    id: IncidentId.parse(newId(systemClock)),
    hazard: 'flooding',
    sub: '',
    state: 'pending_review',
    severity: 'S3',
    cameraId: CameraId.parse('cam-open'),
    zoneId: 'road',
    point: openCamera.point,
    district: 'esil',
    origin: 'camera',
    openedAtMs: nowMs - 90_000,
    raisedAtMs: nowMs - 60_000,
    decidedAtMs: null,
    closedAtMs: null,
    lastSeenAtMs: nowMs - 9_000,
    untilMs: null,
    level: 0.6,
    why: {
      looks: 3,
      hazardLooks: 3,
      overS: 130,
      level: 0.6,
      rule: 'flooding',
      models: ['surface-1'],
      weather: 'dry',
      facts: {},
    },
    mark: null,
    stillSha256: null,
    beforeSha256: null,
    beforeAtMs: null,
    rejectReason: null,
    mergedInto: null,
    decidedBy: null,
    note: '',
    reopens: 0,
    massId: null,
    ...more,
  };
  return database.transaction((tx) => incidents.insert(tx, row, { atMs: nowMs, actor: 'judge', reason: 'raised' }));
}

/** Waits until `check` gives something; the test's own time limit ends it. */
export async function until<T>(check: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    await systemClock.sleep(20);
  }
}
