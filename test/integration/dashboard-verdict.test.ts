// From the key to the agency and back: verdicts, undo, incidents by hand, answers, photos and verification.
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '#core/incident';
import type { Task } from '#core/task';
import { systemClock } from '#core/clock';
import { csrfHeader, pathOf, Problem, routes } from '#dashboard/contract';
import { audit, incidents, tasks, verdicts } from '#store';
import { moveTask } from '#tasks';
import { agencyOf, closedCamera, openCamera, openStand, type Seat, type Stand } from './dashboard-stand.ts';

let stand: Stand;
let operator: Seat;
beforeAll(async () => {
  stand = await openStand();
  operator = await stand.seat('operator');
});
afterAll(() => stand.close());

let count = 0;
const key = (): string => `test-key-${(count += 1)}`;
const confirm = ({ id, version }: Pick<Incident, 'id' | 'version'>, more: object = {}) => ({
  id: key(),
  incidentId: id,
  version,
  kind: 'confirm',
  ...more,
});
const give = (seat: Seat, body: unknown): Promise<Response> => seat.send('POST', routes.verdict.path, body);
const problemOf = async (answer: Response): Promise<Problem> => Problem.parse(await answer.json());
const jpeg = (colour: string): Promise<Buffer> =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: colour } })
    .jpeg()
    .toBuffer();

/** A confirmed flood whose task has reached its agency. */
async function sentTask(more: Partial<Incident> = {}): Promise<{ incident: Incident; task: Task }> {
  const incident = await stand.raise(more);
  const { taskIds } = await operator.ask('verdict', { body: confirm(incident, { agencyId: agencyOf.water }) });
  const task = await stand.database.transaction(async (tx) => {
    const made = await tasks.lock(tx, taskIds[0] ?? '');
    const options = {
      atMs: systemClock.nowMs(),
      actor: { kind: 'system', name: 'courier' },
      reason: 'receipt',
    } as const;
    return moveTask(tx, made, 'sent', { sentAtMs: systemClock.nowMs() }, options);
  });
  return { incident, task };
}

describe('the desk', () => {
  it('shows what waits, the worst first, and that the eyes live', async () => {
    const [mild, grave] = [await stand.raise({ severity: 'S2' }), await stand.raise({ severity: 'S4' })];
    const { queue, life } = await operator.ask('desk');
    const place = (id: string): number => queue.findIndex((card) => card.id === id);
    expect(place(grave.id)).toBeLessThan(place(mild.id));
    expect(queue[place(grave.id)]).toMatchObject({ limitMs: 120_000, place: openCamera.name });
    expect(queue[place(grave.id)]?.limitShare).toBeGreaterThan(0.4);
    expect(life.cameras.all).toBe(2);
  });

  it('tells everything of one incident in one answer, with who would get it and by when', async () => {
    const near = await stand.raise({ hazard: 'open-manhole' });
    const incident = await stand.raise();
    const view = await operator.ask('incident', { params: { id: incident.id } });
    expect(view.recipients[0]).toMatchObject({ role: 'primary' });
    expect(view.recipients[0]?.name.ru).not.toBe('');
    const { acceptByMs = 0, fixByMs = 0 } = view.recipients[0] ?? {};
    expect(fixByMs).toBeGreaterThan(acceptByMs);
    expect(view.neighbours.map(({ card }) => card.id)).toContain(near.id);
    expect(view.camerasNear).toMatchObject([{ mark: { id: closedCamera.id } }]);
    expect(view.zones.map((zone) => zone.id)).toEqual(['road', 'yard']);
    expect(view.precision).toBeNull();
    expect(view.history).toMatchObject([{ to: 'pending_review', who: 'judge' }]);
  });
});

describe('a verdict', () => {
  it('makes incident, tasks, deliveries and audit in one act, and waits for its seconds of grace', async () => {
    const incident = await stand.raise();
    const before = systemClock.nowMs();
    const body = confirm(incident);
    const decision = await operator.ask('verdict', { body });
    expect(decision.incident).toMatchObject({ state: 'confirmed', version: 2 });
    expect(decision.taskIds.length).toBeGreaterThan(0);
    expect(decision.undoUntilMs).toBeGreaterThanOrEqual(before + 10_000);
    const [delivery] = await tasks.deliveriesOf(stand.database, decision.taskIds[0] ?? '');
    expect(delivery?.notBeforeMs).toBeGreaterThanOrEqual(before + 10_000);
    expect((await audit.of(stand.database, 'incident', incident.id)).at(-1)).toMatchObject({ actor: 'p-operator' });
    expect((await operator.ask('desk')).decidedLately[0]).toMatchObject({
      verdictId: body.id,
      kind: 'confirm',
      undone: false,
    });
  });

  it('counts once when it is sent twice', async () => {
    const incident = await stand.raise();
    const body = confirm(incident);
    const [one, two] = [await operator.ask('verdict', { body }), await operator.ask('verdict', { body })];
    expect(two).toEqual(one);
    expect(await tasks.byIncident(stand.database, incident.id)).toHaveLength(one.taskIds.length);
  });

  it('is refused when somebody was first, and says who, when and what it is now', async () => {
    const incident = await stand.raise();
    const second = await stand.seat('operator2');
    await operator.ask('verdict', { body: { ...confirm(incident), kind: 'reject', reason: 'shadow' } });
    const answer = await give(second, confirm(incident));
    expect(answer.status).toBe(409);
    const { code, first } = await problemOf(answer);
    expect(code).toBe('INCIDENT_CHANGED');
    expect(first).toMatchObject({ who: 'Name of operator', state: 'rejected', version: 2 });
    expect(await tasks.byIncident(stand.database, incident.id)).toEqual([]);
  });

  it('has exactly one winner when eight arrive at once', async () => {
    const incident = await stand.raise();
    const seats = [operator, await stand.seat('operator2'), await stand.seat('shift-lead')];
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => give(seats[i % 3] ?? operator, confirm(incident))),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    expect((await incidents.byId(stand.database, incident.id))?.version).toBe(2);
  });

  it('can be taken back by who gave it, and nothing is sent', async () => {
    const incident = await stand.raise();
    const body = confirm(incident);
    const { taskIds } = await operator.ask('verdict', { body });
    const other = await stand.seat('operator2');
    expect((await other.send('POST', pathOf('undoVerdict', { id: body.id }))).status).toBe(404);
    const undone = await operator.ask('undoVerdict', { params: { id: body.id } });
    expect(undone.incident).toMatchObject({ state: 'pending_review', version: 3 });
    for (const id of taskIds) {
      expect((await tasks.byId(stand.database, id))?.state).toBe('cancelled');
      expect((await tasks.deliveriesOf(stand.database, id)).every((delivery) => delivery.state === 'cancelled')).toBe(
        true,
      );
    }
    expect((await verdicts.byId(stand.database, body.id))?.undoneAtMs).not.toBeNull();
    expect((await operator.ask('desk')).queue.map((card) => card.id)).toContain(incident.id);
  });

  it('puts off for four hours at most by an operator, for longer by the shift lead', async () => {
    const incident = await stand.raise();
    const shelve = {
      id: key(),
      incidentId: incident.id,
      version: incident.version,
      kind: 'shelve',
      minutes: 600,
      reason: 'works announced',
    };
    expect((await give(operator, shelve)).status).toBe(403);
    expect((await give(await stand.seat('shift-lead'), { ...shelve, id: key() })).status).toBe(200);
  });

  it('needs a reason from the list to reject', async () => {
    const incident = await stand.raise();
    const answer = await give(operator, { ...confirm(incident), kind: 'reject', reason: 'no idea' });
    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).message).toContain('reason');
  });
});

describe('an incident by hand', () => {
  const manual = () => ({
    key: key(),
    hazard: 'open-manhole',
    severity: 'S4',
    cameraId: openCamera.id,
    zoneId: 'road',
    point: openCamera.point,
    stillSha256: null,
    at: [0.5, 0.9],
    note: 'a call from 109',
  });

  it('is confirmed, has its tasks, and is one however often it is sent', async () => {
    const body = manual();
    const answers = await Promise.all([1, 2, 3].map(() => operator.ask('raise', { body })));
    expect(new Set(answers.map((answer) => answer.incident.id)).size).toBe(1);
    const { incident, taskIds } = await operator.ask('raise', { body });
    expect(incident).toMatchObject({ origin: 'manual', state: 'confirmed', mark: { kind: 'box' } });
    expect(await tasks.byIncident(stand.database, incident.id)).toHaveLength(taskIds.length);
    expect(taskIds.length).toBeGreaterThan(0);
  });

  it('finds its district where there is no camera, and refuses a place outside the city', async () => {
    const { incident } = await operator.ask('raise', { body: { ...manual(), cameraId: null, zoneId: null } });
    expect(incident.district).toBe('esil');
    expect(incident.place.kk).toContain('51.11500');
    const far = await operator.send('POST', routes.raise.path, {
      ...manual(),
      cameraId: null,
      zoneId: null,
      point: { lon: 30, lat: 50 },
    });
    expect(far.status).toBe(400);
  });
});

describe('an agency', () => {
  const photo = async (seat: Seat, bytes: Buffer): Promise<Response> => {
    const form = new FormData();
    form.append('photo', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'after.jpg');
    return seat.send('POST', routes.photo.path, form, { [csrfHeader]: seat.csrf });
  };

  it('sees its own tasks and nothing of others', async () => {
    const { task, incident } = await sentTask();
    const water = await stand.seat('agency-user');
    const manholes = await stand.seat('manholes');
    const own = await water.ask('tasks');
    expect(own.tasks.map((one) => one.id)).toContain(task.id);
    expect(own.tasks.every((one) => one.agencyId === agencyOf.water)).toBe(true);
    expect((await water.ask('task', { params: { id: task.id } })).deliveries).toEqual([]);
    for (const path of [pathOf('task', { id: task.id }), pathOf('incident', { id: incident.id })]) {
      expect((await water.send('GET', path)).status).toBe(200);
      expect((await manholes.send('GET', path)).status).toBe(404);
    }
    const accept = { kind: 'accept', key: key() };
    expect((await manholes.send('POST', pathOf('answerTask', { id: task.id }), accept)).status).toBe(404);
    const view = await water.ask('incident', { params: { id: incident.id } });
    expect(view.recipients).toEqual([]);
    expect(view.incident.decidedBy).toBeNull();
    expect(JSON.stringify(view.history)).not.toContain('Name of');
  });

  it('accepts once, however often it presses, and claims with a photo of its own', async () => {
    const { task } = await sentTask();
    const water = await stand.seat('agency-user');
    const accept = { kind: 'accept', key: key() };
    const answer = (body: unknown) => water.ask('answerTask', { params: { id: task.id }, body });
    expect((await answer(accept)).task.state).toBe('accepted');
    expect((await answer(accept)).task.version).toBe((await answer(accept)).task.version);
    const sent = await photo(water, await jpeg('#406080'));
    const { sha256 } = routes.photo.answer.parse(await sent.json());
    const foreign = await photo(await stand.seat('manholes'), await jpeg('#804020'));
    const { sha256: notMine } = routes.photo.answer.parse(await foreign.json());
    const done = (photoSha256: string) => ({ kind: 'done', key: key(), photoSha256, note: 'cleaned' });
    expect((await water.send('POST', pathOf('answerTask', { id: task.id }), done(notMine))).status).toBe(400);
    expect((await answer(done(sha256))).task).toMatchObject({
      state: 'done_claimed',
      photoSha256: sha256,
      note: 'cleaned',
    });
    expect((await water.send('GET', pathOf('still', { sha256 }))).status).toBe(200);
    expect((await (await stand.seat('manholes')).send('GET', pathOf('still', { sha256 }))).status).toBe(404);
    expect((await operator.send('GET', pathOf('still', { sha256 }))).status).toBe(200);
  });

  it('is told in words that a photo is no JPEG or too large', async () => {
    const water = await stand.seat('agency-user');
    const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    for (const bytes of [png, Buffer.alloc(9 * 1024 * 1024, 0xff)]) {
      const answer = await photo(water, bytes);
      expect(answer.status).toBe(400);
      expect(await problemOf(answer)).toMatchObject({ code: 'PICTURE_REFUSED' });
    }
  });

  it('sees pictures of its own places only, none of a restricted site, and no clip by this door', async () => {
    const [mine, other, closed] = await Promise.all(
      (['#111111', '#222222', '#333333'] as const).map(async (colour) =>
        stand.files.put(await jpeg(colour), 'still', 'jpg'),
      ),
    );
    const { task } = await sentTask({ stillSha256: mine ?? null });
    await stand.raise({ stillSha256: other ?? null });
    const restricted = await sentTask({ stillSha256: closed ?? null, cameraId: closedCamera.id });
    const water = await stand.seat('agency-user');
    const status = async (seat: Seat, sha256 = ''): Promise<number> =>
      (await seat.send('GET', pathOf('still', { sha256 }))).status;
    expect((await water.ask('task', { params: { id: task.id } })).now?.sha256).toBe(mine);
    expect(await status(water, mine)).toBe(200);
    expect(await status(water, other)).toBe(404);
    expect((await water.ask('task', { params: { id: restricted.task.id } })).now).toBeNull();
    expect(await status(water, closed)).toBe(404);
    expect(await status(operator, closed)).toBe(200);
    const clip = await stand.files.put(Buffer.from('....ftypisom a sealed clip'), 'clip', 'mp4');
    expect(await status(operator, clip)).toBe(404);
    const again = await operator.send('GET', pathOf('still', { sha256: mine ?? '' }), undefined, {
      'if-none-match': JSON.stringify(mine),
    });
    expect(again.status).toBe(304);
  });
});

describe('verification', () => {
  async function claimed(): Promise<{ incident: Incident; task: Task }> {
    const { incident, task } = await sentTask();
    const water = await stand.seat('agency-user');
    await water.ask('answerTask', { params: { id: task.id }, body: { kind: 'done', key: key(), photoSha256: null } });
    return stand.database.transaction(async (tx) => {
      const change = { atMs: systemClock.nowMs(), actor: 'judge', reason: 'all tasks are claimed done' };
      const before = await incidents.lock(tx, incident.id);
      const working = await incidents.update(tx, before, { state: 'in_work' }, change);
      return { incident: await incidents.update(tx, working, { state: 'verifying' }, change), task };
    });
  }

  it('closes by a person with the method written down', async () => {
    const { incident, task } = await claimed();
    const controller = await stand.seat('controller');
    const body = { version: incident.version, outcome: 'fixed', method: 'photo', note: 'water is gone' };
    expect((await operator.send('POST', pathOf('verify', { id: incident.id }), body)).status).toBe(403);
    const after = await controller.ask('verify', { params: { id: incident.id }, body });
    expect(after.incident.state).toBe('closed');
    expect(after.tasks.find((one) => one.id === task.id)).toMatchObject({ state: 'verified', verifiedBy: 'photo' });
    expect((await controller.send('POST', pathOf('verify', { id: incident.id }), body)).status).toBe(409);
  });

  it('sends the work back with a reason', async () => {
    const { incident, task } = await claimed();
    const controller = await stand.seat('controller');
    const body = { version: incident.version, outcome: 'not_fixed', method: 'camera', note: 'still wet' };
    const after = await controller.ask('verify', { params: { id: incident.id }, body });
    expect(after.incident.state).toBe('in_work');
    expect(after.tasks.find((one) => one.id === task.id)).toMatchObject({ state: 'returned', returns: 1 });
  });

  it('gives a declined task to another agency, by the version on screen', async () => {
    const { task } = await sentTask();
    const water = await stand.seat('agency-user');
    const decline = { kind: 'decline', key: key(), reason: 'wrong_owner', note: 'not our pipe' };
    const { task: declined } = await water.ask('answerTask', { params: { id: task.id }, body: decline });
    const controller = await stand.seat('controller');
    const reroute = { version: declined.version, agencyId: agencyOf.manholes, reason: 'their chamber' };
    const old = await controller.send('POST', pathOf('rerouteTask', { id: task.id }), {
      ...reroute,
      version: task.version,
    });
    expect(old.status).toBe(409);
    const { task: next } = await controller.ask('rerouteTask', { params: { id: task.id }, body: reroute });
    expect(next).toMatchObject({ agencyId: agencyOf.manholes, state: 'created' });
    const { task: off } = await controller.ask('cancelTask', {
      params: { id: next.id },
      body: { version: next.version, reason: 'done by another' },
    });
    expect(off.state).toBe('cancelled');
  });
});
