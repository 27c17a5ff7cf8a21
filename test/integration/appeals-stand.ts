// Appeals for tests: incidents, appeals and what is known of them in a small city, and a service that hears the news and misbehaves.
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterEach } from 'vitest';
import { z } from 'zod';
import type { Appeal, NewAppeal } from '#core/appeal';
import { offset } from '#core/geo';
import { newId } from '#core/ids';
import { Incident, type IncidentState } from '#core/incident';
import { silentLog } from '#core/log';
import { moveIncident, receiveAppeal } from '#incidents';
import { appeals, cameras, incidents, type Database } from '#store';
import { openAppealNews } from '#tasks';
import { judgeSettings, lead, startMs, theCameras, type City } from './heart-city.ts';

export const here = { lon: 71.43, lat: 51.13 };
export const hourMs = 3_600_000;
export const inCity = ({ lat }: { lat: number }): boolean => lat < 52;

/** An incident as a rule leaves it, `metres` north of the first camera. */
export async function anIncident(city: City, metres = 0, more: Partial<Incident> = {}): Promise<Incident> {
  const nowMs = city.clock.nowMs();
  const raw = {
    id: newId(city.clock),
    number: 0,
    hazard: 'flooding',
    sub: '',
    state: 'pending_review',
    severity: 'S3',
    version: 1,
    cameraId: null,
    zoneId: null,
    point: offset(here, 0, metres),
    district: 'esil',
    origin: 'camera',
    openedAtMs: nowMs - 60_000,
    raisedAtMs: nowMs,
    decidedAtMs: null,
    closedAtMs: null,
    lastSeenAtMs: nowMs,
    untilMs: null,
    level: 0.6,
    why: { looks: 3, hazardLooks: 3, overS: 360, level: 0.6, rule: 'flooding', models: [], weather: '', facts: {} },
    mark: null,
    stillSha256: null,
    beforeSha256: null,
    beforeAtMs: null,
    rejectReason: null,
    mergedInto: null,
    decidedBy: null,
    massId: null,
    note: '',
    reopens: 0,
    ...more,
  };
  const incident = Incident.parse(raw);
  return city.database.transaction((tx) =>
    incidents.insert(tx, incident, { atMs: nowMs, actor: 'judge', reason: 'raised' }),
  );
}

let numbers = 0;
export const anAppeal = (more: Partial<NewAppeal> = {}): NewAppeal => ({
  source: 'ikomek',
  externalId: `109-${++numbers}`,
  channel: 'call',
  topic: 'Подтопление',
  hazard: 'flooding',
  language: 'ru',
  point: here,
  address: 'Кабанбай батыра 46',
  text: 'вода по щиколотку',
  madeAtMs: startMs - 5 * 60_000,
  ...more,
});

export const receive = (city: City, given: NewAppeal) =>
  city.database.transaction((tx) => receiveAppeal(tx, given, { clock: city.clock, cameras: theCameras, inCity }));

export const linkedTo = async (database: Database, { id }: Pick<Appeal, 'id'>): Promise<string[]> =>
  (await appeals.linksOf(database, id)).map((one) => one.incidentId);

export const move = async (city: City, id: string, to: IncidentState, reason = 'test', patch: Partial<Incident> = {}) =>
  city.database.transaction(async (tx) => {
    const before = await incidents.lock(tx, id);
    return moveIncident(tx, before, to, patch, {
      atMs: city.clock.nowMs(),
      actor:
        before.state === 'pending_review' || to === 'closed' || to === 'pending_review'
          ? { kind: 'person', person: { ...lead, roles: ['shift_lead', 'operator', 'controller'] } }
          : { kind: 'system', name: 'judge' },
      reason,
      pace: judgeSettings.pace,
    });
  });

export const news = async (database: Database, { id }: Pick<Appeal, 'id'>): Promise<string[]> =>
  (await appeals.noticesOf(database, id)).map((one) => `${one.news} ${one.state}`);

/** All cameras were looked at and are due in an hour. */
export const lookedAt = (database: Database): Promise<void> =>
  database.transaction(async (tx) => {
    for (const { id } of theCameras) await cameras.lookSooner(tx, id, startMs + hourMs, 'by rhythm');
  });

export const plans = async (database: Database): Promise<string[]> => {
  const due = await cameras.due(database, startMs + 1000, 100);
  return due.map((one) => one.cameraId).sort();
};

export interface Heard {
  readonly id: string;
  readonly order: number;
  readonly news: string;
  readonly externalId: string;
}
export interface Service {
  readonly url: string;
  readonly heard: Heard[];
  /** What the next requests get; 200 when the list is empty. */
  readonly plan: ('fail' | 'hang' | 'break' | 'refuse' | 'take')[];
}

export const closers: (() => Promise<void>)[] = [];

const Body = z.object({
  type: z.string(),
  data: z.object({ order: z.number(), news: z.string(), externalId: z.string(), text: z.string() }),
});

/** The appeal service: a real HTTP server that checks the signature and misbehaves as it is told. */
export async function aService(key: string): Promise<Service> {
  const heard: Heard[] = [];
  const plan: Service['plan'] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const id = String(request.headers['webhook-id']);
      const signed = `${id}.${String(request.headers['webhook-timestamp'])}.${text}`;
      const right = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
      if (request.headers['webhook-signature'] !== right) return void response.writeHead(401).end('wrong signature');
      const what = plan.shift() ?? 'take';
      if (what === 'fail') return void response.writeHead(503).end('away');
      if (what === 'refuse') return void response.writeHead(422).end('no such appeal');
      if (what === 'hang') return;
      const { data } = Body.parse(JSON.parse(text));
      heard.push({ id, order: data.order, news: data.news, externalId: data.externalId });
      // It has taken it, but its answer is lost on the way.
      if (what === 'break') return void request.socket.destroy();
      response.writeHead(200).end('noted');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`, heard, plan };
}

export const senderOf = (city: City, url: string | null, more: { key?: string | undefined } = { key: 'secret' }) =>
  openAppealNews({
    database: city.database,
    clock: city.clock,
    log: silentLog,
    random: () => 0.5,
    settings: {
      zone: 'Asia/Almaty',
      everyS: 1,
      retry: { firstMs: 15_000, maxMs: 60_000 },
      webhookKey: more.key,
      services: [{ name: 'ikomek', url }],
      answerWithinMs: 2000,
    },
  });
export const still = new AbortController().signal;

/** What was heard, each message once, as a service does that knows ids. */
export const once = (heard: readonly Heard[]): Heard[] => [...new Map(heard.map((one) => [one.id, one])).values()];

/** Closes what the test opened; each file of tests calls it once. */
export const closeAfterEach = (): void => {
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
};
