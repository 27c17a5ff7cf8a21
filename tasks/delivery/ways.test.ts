// Ways against real servers on this machine: a mail server and an HTTP server.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { SMTPServer } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import { Task } from '#core/task';
import { letterOf } from '../letter.ts';
import { emailWay } from './email.ts';
import { waysOf } from './list.ts';
import type { Parcel } from './way.ts';
import { signatureOf, webhookWay } from './webhook.ts';

const nowMs = Date.parse('2026-11-22T06:00:00Z');
const task = Task.parse({
  id: 't1',
  number: 8830,
  incidentId: 'i1',
  incidentNumber: 8812,
  agencyId: 'drains',
  role: 'primary',
  state: 'created',
  version: 1,
  hazard: 'flooding',
  sub: 'underpass',
  severity: 'S4',
  point: { lon: 71.43, lat: 51.13 },
  district: 'esil',
  placeName: { kk: 'Қабанбай батыр', ru: 'Кабанбай батыра', en: 'Qabanbai Batyr' },
  routedBy: 'r',
  policyId: 'F',
  createdAtMs: nowMs,
  notBeforeMs: nowMs,
  sentAtMs: null,
  acceptByMs: nowMs,
  makeSafeByMs: null,
  fixByMs: nowMs,
  acceptedAtMs: null,
  claimedAtMs: null,
  verifiedAtMs: null,
  verifiedBy: null,
  madeSafeAtMs: null,
  declineReason: null,
  note: '',
  photoSha256: null,
  returns: 0,
});
const letter = letterOf(task, { name: { kk: 'Су', ru: 'Вода', en: 'Water' } }, null, {
  zone: 'Asia/Almaty',
  publicUrl: 'https://a.kz',
});
const parcel = (address: string): Parcel => ({ key: 'delivery-1', address, letter, task, nowMs });
const still = new AbortController().signal;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Mail {
  readonly to: readonly string[];
  readonly text: string;
}

async function mailServer(refuse: (to: string) => number | undefined): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      const code = refuse(address);
      done(code === undefined ? null : Object.assign(new Error('refused here'), { responseCode: code }));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo.map((r) => r.address), text: Buffer.concat(chunks).toString('utf8') });
        done(null);
      });
    },
  });
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { port, mails };
}

const mailSettings = (port: number) => ({
  host: '127.0.0.1',
  port,
  secure: false,
  from: 'Ahual <ahual@astana.example>',
});

test('a letter arrives by mail under the same message id however often it is sent', async () => {
  const { port, mails } = await mailServer(() => undefined);
  const way = emailWay(mailSettings(port));
  expect(await way.send(parcel('duty@drains.example'), still)).toMatchObject({ kind: 'delivered' });
  expect(await way.send(parcel('duty@drains.example'), still)).toMatchObject({ kind: 'delivered' });
  expect(mails.map((m) => m.to)).toEqual([['duty@drains.example'], ['duty@drains.example']]);
  for (const mail of mails) {
    expect(mail.text).toContain('<delivery-1@astana.example>');
    expect(mail.text).toContain('X-Ahual-Task: 8830');
  }
});

test('a mailbox that does not exist is a refusal, a full server is not', async () => {
  const { port } = await mailServer((to) => (to.startsWith('nobody') ? 550 : 451));
  const way = emailWay(mailSettings(port));
  expect(await way.send(parcel('nobody@drains.example'), still)).toMatchObject({ kind: 'refused' });
  expect(await way.send(parcel('full@drains.example'), still)).toMatchObject({ kind: 'later' });
  expect(await way.send(parcel(''), still)).toMatchObject({ kind: 'refused' });
});

test('a mail server that is away is tried again later', async () => {
  const { port } = await mailServer(() => undefined);
  for (const close of closers.splice(0)) await close();
  expect(await emailWay(mailSettings(port)).send(parcel('duty@drains.example'), still)).toMatchObject({
    kind: 'later',
  });
});

interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function httpServer(
  status: number,
  headers: Record<string, string> = {},
): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(status, headers).end('noted');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/tasks`, heard };
}

test('a webhook is signed so that the other side can check it, with the text in both languages', async () => {
  const { url, heard } = await httpServer(202);
  expect(await webhookWay('secret').send(parcel(url), still)).toEqual({ kind: 'delivered', receipt: 'HTTP 202 noted' });
  const [got] = heard;
  const signed = `delivery-1.${nowMs / 1000}.${got?.body ?? ''}`;
  expect(got?.headers['webhook-id']).toBe('delivery-1');
  expect(got?.headers['webhook-timestamp']).toBe(String(nowMs / 1000));
  expect(got?.headers['webhook-signature']).toBe(
    `v1,${createHmac('sha256', 'secret').update(signed).digest('base64')}`,
  );
  expect(JSON.parse(got?.body ?? '{}')).toMatchObject({
    type: 'task.created',
    data: { number: 8830, severity: 'S4', fixBy: '2026-11-22T06:00:00.000Z' },
  });
});

test('the example of the Standard Webhooks specification has its own signature', () => {
  const body = '{"test": 2432232314}';
  const made = signatureOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, body);
  expect(made).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test.each([
  [200, 'delivered'],
  [400, 'refused'],
  [404, 'refused'],
  [409, 'later'],
  [429, 'later'],
  [500, 'later'],
] as const)('an answer of %d is "%s"', async (status, kind) => {
  const { url } = await httpServer(status);
  expect((await webhookWay('secret').send(parcel(url), still)).kind).toBe(kind);
});

test('a signed body goes nowhere but to the address of the city’s list', async () => {
  const elsewhere = await httpServer(200);
  const moved = await httpServer(307, { location: elsewhere.url });
  expect((await webhookWay('secret').send(parcel(moved.url), still)).kind).toBe('later');
  expect(elsewhere.heard).toEqual([]);
});

test('nobody listening, or an address that is none', async () => {
  expect((await webhookWay('s').send(parcel('http://127.0.0.1:9/'), still)).kind).toBe('later');
  expect((await webhookWay('s').send(parcel('file:///etc/passwd'), still)).kind).toBe('refused');
});

test('the page has it at once, a held agency gets nothing, a way that is not set up waits', async () => {
  const ways = waysOf({});
  expect(await ways.page.send(parcel('drains'), still)).toMatchObject({ kind: 'delivered' });
  expect(await ways.hold.send(parcel('drains'), still)).toMatchObject({ kind: 'held' });
  expect(await ways.email.send(parcel('a@b.kz'), still)).toEqual({
    kind: 'later',
    why: 'the way email is not set up; write tasks.email.host',
  });
  expect(await ways.webhook.send(parcel('https://b.kz'), still)).toMatchObject({ kind: 'later' });
});
