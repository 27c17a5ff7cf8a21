// The door of appeal services against the running server: by its own token alone, its own appeals alone, and what the desk sees.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppealWord, Problem, routes } from '#dashboard/contract';
import { offset } from '#core/geo';
import { startDashboard } from '#dashboard';
import { appeals } from '#store';
import { openCamera, openStand, Seat, theServices, until, type Stand } from './dashboard-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());

const [ikomek, other] = theServices;
let numbers = 0;
const anAppeal = (more: object = {}): object => ({
  externalId: `109-${++numbers}`,
  channel: 'call',
  topic: 'Подтопление',
  language: 'ru',
  point: openCamera.point,
  address: 'Кабанбай батыра 46',
  text: 'вода, звоните +7 701 123 45 67',
  madeAt: new Date().toISOString(),
  ...more,
});

const send = (body: object, token: string = ikomek.token) =>
  new Seat(stand.dashboard.url).send('POST', routes.sendAppeal.path, body, { authorization: `Bearer ${token}` });
const ask = (externalId: string, token: string) =>
  new Seat(stand.dashboard.url).send('GET', `/api/appeals/own/${externalId}`, undefined, {
    authorization: `Bearer ${token}`,
  });

test('nobody but a service is let in, and a service nowhere else', async () => {
  for (const token of ['', 'x'.repeat(40), `${ikomek.token}a`, ikomek.token.slice(1), 'undefined']) {
    const answer = await send(anAppeal(), token);
    expect(answer.status, token).toBe(401);
    expect(Problem.parse(await answer.json()).code).toBe('AUTH_NEEDED');
  }
  // A person's session is no token, whoever they are.
  const lead = await stand.seat('shift-lead');
  expect((await lead.send('POST', routes.sendAppeal.path, anAppeal())).status).toBe(401);
  expect((await lead.send('GET', '/api/appeals/own/1')).status).toBe(401);
  // And a token opens nothing of the staff's.
  const asService = (method: string, path: string) =>
    new Seat(stand.dashboard.url).send(method, path, undefined, { authorization: `Bearer ${ikomek.token}` });
  for (const path of ['/api/appeals', '/api/incidents', '/api/desk', '/api/me', '/api/cameras']) {
    expect((await asService('GET', path)).status, path).toBe(401);
  }
  expect(await appeals.list(stand.database, { sinceMs: 0, limit: 10 })).toEqual([]);
});

test('an appeal is linked, its words are covered, and its service alone can ask for it', async () => {
  const point = offset(openCamera.point, 0, 300);
  const incident = await stand.raise({ point });
  const body = anAppeal({ externalId: 'own-1', point });
  const answer = await send(body);
  const word = AppealWord.parse(await answer.json());
  expect(word).toMatchObject({ state: 'linked', fresh: true, incidents: [{ number: incident.number }] });
  const again = AppealWord.parse(await (await send(body)).json());
  expect(again).toEqual({ ...word, fresh: false });
  expect(AppealWord.parse(await (await ask('own-1', ikomek.token)).json())).toEqual({ ...word, fresh: false });
  expect((await ask('own-1', other.token)).status).toBe(404);
  const desk = await stand.seat('operator');
  const { linked } = await desk.ask('incidentAppeals', { params: { id: incident.id } });
  expect(linked.map(({ appeal, by }) => [appeal.externalId, appeal.text, by])).toEqual([
    ['own-1', 'вода, звоните …', ''],
  ]);
});

test('a form that is not agreed is refused with its field, and nothing is kept', async () => {
  const before = (await appeals.list(stand.database, { sinceMs: 0, limit: 100 })).length;
  for (const [more, field] of [
    [{ phone: '+77011234567' }, 'phone'],
    [{ madeAt: 'вчера' }, 'madeAt'],
    [{ point: { lon: 71, lat: 200 } }, 'point.lat'],
    [{ topic: '' }, 'topic'],
    [{ text: 'x'.repeat(2001) }, 'text'],
  ] as const) {
    const answer = await send(anAppeal(more));
    expect(answer.status, field).toBe(400);
    expect(Problem.parse(await answer.json()).message).toContain(field);
  }
  expect((await appeals.list(stand.database, { sinceMs: 0, limit: 100 })).length).toBe(before);
});

test('a person links one of several and takes it off again; the desk hears of each', async () => {
  const point = offset(openCamera.point, 0, 900);
  const [one, two] = [await stand.raise({ point }), await stand.raise({ point: offset(point, 90, 60) })];
  const desk = await stand.seat('operator');
  const heard: string[] = [];
  const wire = desk.wire();
  wire.on('changed', (change) => heard.push(change.topic));
  await new Promise((resolve) => wire.once('hello', resolve));
  const word = AppealWord.parse(await (await send(anAppeal({ point }))).json());
  expect(word).toMatchObject({ state: 'proposed', proposed: 2, incidents: [] });
  await until(() => (heard.includes('appeal') ? true : undefined));
  const seen = () => desk.ask('incidentAppeals', { params: { id: two.id } });
  const [near] = (await seen()).near;
  expect(near).toMatchObject({ distanceM: 60, appeal: { externalId: word.externalId, state: 'proposed' } });
  const id = near?.appeal.id ?? '';
  await desk.ask('linkAppeal', { params: { id }, body: { incidentId: two.id } });
  const after = await seen();
  expect([after.linked.length, after.near.length]).toEqual([1, 0]);
  expect(after.linked[0]?.by).not.toBe('');
  expect((await desk.ask('incidentAppeals', { params: { id: one.id } })).near).toEqual([]);
  await desk.ask('unlinkAppeal', { params: { id, incidentId: two.id } });
  expect(await seen()).toEqual({ linked: [], near: [] });
  expect((await desk.ask('appeals', { query: { states: 'unlinked' } })).appeals.map((row) => row.id)).toEqual([id]);
  wire.disconnect();
});

test('an auditor reads and links nothing; police and agencies see no words of citizens', async () => {
  const point = offset(openCamera.point, 0, 1500);
  const incident = await stand.raise({ point });
  await send(anAppeal({ point }));
  const auditor = await stand.seat('auditor');
  expect((await auditor.ask('incidentAppeals', { params: { id: incident.id } })).linked).toHaveLength(1);
  for (const role of ['police-reviewer', 'agency-user', 'wall', 'camera-admin']) {
    const seat = await stand.seat(role);
    expect((await seat.send('GET', `/api/incidents/${incident.id}/appeals`)).status, role).toBe(403);
  }
});

test('a token that could be guessed does not start the server', async () => {
  const services = [{ name: 'ikomek', token: 'short', topics: {} }];
  const starting = startDashboard({ ...stand.options, settings: { ...stand.settings, appeals: { services } } });
  await expect(starting).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
