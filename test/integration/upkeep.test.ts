// Issues of the city's upkeep that people alone open: the whole life of one, and that no eye, zone or number of the eyes knows it.
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Camera } from '#core/camera';
import { ManualClock, systemClock } from '#core/clock';
import { AgencyId, newId } from '#core/ids';
import { silentLog } from '#core/log';
import type { Task } from '#core/task';
import { csrfHeader, pathOf, routes } from '#dashboard/contract';
import { followTasks } from '#incidents';
import { audit, feed, handLabels, incidents, past, picks, tasks } from '#store';
import { openCourier, waysOf } from '#tasks';
import { agencyOf, openCamera, openStand, type Seat, type Stand } from './dashboard-stand.ts';

let stand: Stand;
let operator: Seat;
let still: string;
beforeAll(async () => {
  stand = await openStand();
  still = await stand.files.put(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 7, 0xff, 0xd9]), 'still', 'jpg');
  operator = await stand.seat('operator');
});
afterAll(() => stand.close());

const hydrant = (more: object = {}) => ({
  key: newId(systemClock),
  hazard: 'upkeep',
  sub: 'water',
  category: 'supply-hydrant',
  severity: 'S3',
  cameraId: openCamera.id,
  zoneId: null,
  point: openCamera.point,
  stillSha256: still,
  at: null,
  box: [0.7, 0.8, 0.9, 0.9],
  note: 'Көлік соғып кеткен',
  ...more,
});
const primaryOf = async (incidentId: string): Promise<Task> => {
  const found = (await tasks.byIncident(stand.database, incidentId)).find((task) => task.role === 'primary');
  if (!found) throw new Error('no primary task');
  return found;
};
const numbers = async (): Promise<unknown> => {
  const lead = await stand.seat('shift-lead');
  const [right, eyes, held] = await Promise.all([
    lead.ask('numbersRight', { query: { span: 'day' } }),
    lead.ask('numbersEyes', { query: { span: 'day' } }),
    lead.ask('numbersHeld', { query: { span: 'day' } }),
  ]);
  const { hazards, second, reasons, trend } = right;
  return { hazards, second, reasons, trend, eyes: eyes.hazards, held: held.rules };
};

describe('an issue of the city’s upkeep', () => {
  it('lives from the press to its closing: task, letter, crew, photo, a person’s word', async () => {
    const before = await numbers();
    const since = await feed.last(stand.database);
    const { incident: card, taskIds } = await operator.ask('raise', { body: hydrant() });
    expect(card).toMatchObject({
      hazard: 'upkeep',
      origin: 'manual',
      state: 'confirmed',
      said: { kk: 'Гидрант зақымдалған', ru: 'Повреждён гидрант', en: 'Damaged hydrant' },
    });
    const task = await primaryOf(card.id);
    expect(task).toMatchObject({ agencyId: agencyOf.manholes, policyId: 'U-2', hazard: 'upkeep', sub: 'water' });
    expect(taskIds).toContain(task.id);
    const [label] = await handLabels.since(stand.database, 0, 1);
    expect(label).toMatchObject({ incidentId: card.id, category: 'supply-hydrant', hazard: 'upkeep', judged: false });
    expect(label?.stillSha256).toBe(still);

    const later = new ManualClock(systemClock.nowMs() + 11_000);
    const letters: string[] = [];
    const ways = waysOf({});
    const courier = openCourier({
      database: stand.database,
      clock: later,
      log: silentLog,
      settings: {
        ...stand.settings.tasks,
        courierEveryS: 2,
        followUpEveryS: 40,
        retry: { firstMs: 1000, maxMs: 1000, maxAttempts: 1 },
      },
      ways: {
        ...ways,
        page: {
          name: 'page',
          send: ({ letter }) => {
            letters.push(letter.text);
            return Promise.resolve({ kind: 'delivered', receipt: 'shown' });
          },
        },
      },
    });
    const follow = (): Promise<unknown> =>
      stand.database.transaction((tx) => followTasks(tx, card.id, { atMs: later.nowMs(), pace: 1 }));
    await courier.deliver(new AbortController().signal);
    const letter = letters.find((text) => text.includes(`№ ${task.number}.`)) ?? '';
    expect(letter).toContain('Повреждён гидрант (водопровод)');
    expect(letter).toContain('Ескертпе: Көлік соғып кеткен');
    expect(letter).toContain('Инцидент увидел и открыл сотрудник.');
    expect(letter).not.toContain('ИИ');
    await follow();
    expect((await incidents.byId(stand.database, card.id))?.state).toBe('in_work');

    const crew = await stand.seat('manholes');
    const form = new FormData();
    const jpeg = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#406080' } })
      .jpeg()
      .toBuffer();
    form.append('photo', new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' }), 'after.jpg');
    const sent = await crew.send('POST', routes.photo.path, form, { [csrfHeader]: crew.csrf });
    const { sha256: photoSha256 } = routes.photo.answer.parse(await sent.json());
    const view = await crew.ask('task', { params: { id: task.id } });
    expect(view.task.said?.ru).toBe('Повреждён гидрант');
    const done = { kind: 'done', key: newId(systemClock), photoSha256, note: 'ауыстырылды' };
    await crew.ask('answerTask', { params: { id: task.id }, body: done });

    // However often it is checked, no camera has a word in it.
    later.advance(3_600_000);
    await courier.check();
    await follow();
    await courier.check();
    expect(await primaryOf(card.id)).toMatchObject({ state: 'verifying', verifiedBy: null });
    const checking = await incidents.byId(stand.database, card.id);
    expect(checking?.state).toBe('verifying');
    const asked = await (await stand.seat('controller')).ask('task', { params: { id: task.id } });
    expect(asked.check?.kind).toBe('unverifiable');

    const body = { version: checking?.version, outcome: 'fixed', method: 'photo', note: '' };
    expect((await operator.send('POST', pathOf('verify', { id: card.id }), body)).status).toBe(403);
    const after = await (await stand.seat('controller')).ask('verify', { params: { id: card.id }, body });
    expect(after.incident.state).toBe('closed');
    expect(await primaryOf(card.id)).toMatchObject({ state: 'verified', verifiedBy: 'photo' });

    const acts = (await audit.of(stand.database, 'incident', card.id)).map(({ act }) => act);
    expect(acts).toEqual(
      expect.arrayContaining(['incident confirmed', 'incident in_work', 'incident verifying', 'incident closed']),
    );
    const told = (await feed.since(stand.database, since, 500)).filter((row) => row.id === card.id);
    expect(told.length).toBeGreaterThanOrEqual(4);
    expect(await numbers()).toEqual(before);
    const lead = await stand.seat('shift-lead');
    const apart = { span: 'day', list: 'upkeep' };
    expect((await lead.ask('numbersRight', { query: { span: 'day' } })).upkeep.now).toBe(1);
    expect((await lead.ask('numbersList', { query: apart })).rows.map((row) => row.id)).toEqual([card.id]);
    // The weekly page and the agencies' scores know its work and count it under no hazard of the eyes.
    const week = await lead.ask('numbersWeek');
    expect(week.hazards.every((row) => row.confirmed === 0 && row.open === 0)).toBe(true);
    await lead.ask('numbersScores', { query: { span: 'day' } });
    for (const list of ['verdict-taken', 'taken-fixed']) {
      expect((await lead.ask('numbersList', { query: { span: 'day', list } })).total).toBe(0);
    }
  });

  it('hides nothing of the street: an open one does not keep the camera from learning what is in order', async () => {
    const lamp = { sub: 'lighting', category: 'lighting-lamp', severity: 'S1' };
    const { incident } = await operator.ask('raise', { body: hydrant(lamp) });
    expect(incident.state).toBe('confirmed');
    expect(await past.isTroubled(stand.database, openCamera.id, systemClock.nowMs())).toBe(false);
    expect(await picks.wasTroubled(stand.database, openCamera.id, systemClock.nowMs())).toBe(false);
    expect(await primaryOf(incident.id)).toMatchObject({
      agencyId: AgencyId.parse('street-lighting'),
      policyId: 'U-4',
      routedBy: 'rule R-UPKEEP-LIGHTING',
    });
  });

  it('is found among what is perhaps the same, on the map of the day, and by its camera', async () => {
    const { incident } = await operator.ask('raise', { body: hydrant() });
    const near = await operator.ask('near', { query: { ...openCamera.point } });
    expect(near.find((row) => row.id === incident.id)?.hazard).toBe('upkeep');
    const day = await operator.ask('mapDay');
    expect(day.incidents.find((row) => row.id === incident.id)?.hazard).toBe('upkeep');
    const facts = await operator.ask('cameraDay', { params: { id: openCamera.id } });
    expect(facts.incidents?.latest.some((row) => row.id === incident.id)).toBe(true);
    expect((await operator.ask('incident', { params: { id: incident.id } })).precision).toBeNull();
    expect((await operator.ask('wall')).districts.some((row) => row.hazard === 'upkeep')).toBe(true);
  });

  it('is taken back within ten seconds, and its label with it', async () => {
    const { incident } = await operator.ask('raise', { body: hydrant() });
    expect((await operator.ask('withdraw', { params: { id: incident.id } })).incident.state).toBe('rejected');
    const labels = await handLabels.since(stand.database, 0, 100);
    expect(labels.some((row) => row.incidentId === incident.id)).toBe(false);
  });

  it.each([
    ['no issue of the tree', { category: '' }],
    ['an issue that the tree does not have', { category: 'supply-moon' }],
    ['an issue of another kind', { category: 'lighting-lamp' }],
    ['a kind that does not exist', { sub: 'moon', category: 'supply-hydrant' }],
    ['a branch', { sub: '', category: 'supply' }],
  ])('with %s is refused', async (_, more) => {
    const answer = await operator.send('POST', pathOf('raise'), hydrant(more));
    expect(answer.status).toBe(400);
  });

  it('is nothing for the police, for agencies to open, or for a zone to look for', async () => {
    for (const login of ['police-reviewer', 'second-reviewer', 'agency-user', 'auditor']) {
      const seat = await stand.seat(login);
      expect((await seat.send('POST', pathOf('raise'), hydrant())).status).toBe(403);
    }
    const { incident } = await operator.ask('raise', { body: hydrant() });
    const officer = await stand.seat('police-reviewer');
    expect((await officer.send('GET', pathOf('incident', { id: incident.id }))).status).toBe(404);
    expect((await officer.ask('mapDay')).incidents.some((row) => row.id === incident.id)).toBe(false);
    const [zone] = openCamera.zones;
    const zones = [{ ...zone, hazards: ['upkeep'] }];
    expect(Camera.safeParse({ ...openCamera, zones }).success).toBe(false);
  });
});
