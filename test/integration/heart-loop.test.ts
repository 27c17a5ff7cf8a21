// The closed loop on a real database: verdict → task → delivery → answer → the camera looks again → closed or returned.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Answer, type Task } from '#core/task';
import { closeByPerson, giveVerdict, moveByPerson, openManual } from '#incidents';
import { audit, cameras, held, incidents, sql, tasks, verdicts, weather } from '#store';
import {
  cancelTask,
  checkTask,
  openTasks,
  previewRoute,
  rerouteTask,
  returnTask,
  takeAnswer,
  verifyTask,
  waysOf,
  type Ways,
} from '#tasks';
import { aCity, aliya, controller, drains, judgeSettings, lead, serik, taskSettings, type City } from './heart-city.ts';

const still = new AbortController().signal;
const openTasksOf =
  (city: City) => (tx: Parameters<typeof openTasks>[0], incident: Parameters<typeof openTasks>[1], wish: object) =>
    openTasks(tx, incident, { clock: city.clock, settings: taskSettings, ...wish });

/** E-mail that is always taken, and what was sent. */
function takenWays(): { ways: Ways; sent: string[] } {
  const sent: string[] = [];
  const ways = waysOf({});
  return {
    sent,
    ways: {
      ...ways,
      email: {
        name: 'email',
        send: ({ key, letter }) => {
          sent.push(`${key} ${letter.subject}`);
          return Promise.resolve({ kind: 'delivered', receipt: '250 ok' });
        },
      },
    },
  };
}

async function raised(city: City, hazard: 'flooding' | 'open-manhole' = 'flooding', more: object = {}) {
  const judge = await city.judge();
  const zone = hazard === 'flooding' ? 'road' : 'lid';
  await city.looks(judge, 3, 200, 'c1', zone, hazard, 'hazard', {
    sub: hazard === 'flooding' ? 'carriageway' : 'missing',
    ...more,
  });
  return { judge, incident: await city.only() };
}

const primaryOf = async (city: City, incidentId: string): Promise<Task> => {
  const found = (await tasks.byIncident(city.database, incidentId)).find(
    (t) => t.role === 'primary' && t.state !== 'rerouted',
  );
  if (!found) throw new Error('no primary task');
  return found;
};

let key = 0;
const answer = (city: City, task: Task, kind: Answer['kind'], more: object = {}) =>
  city.database.transaction((tx) =>
    takeAnswer(tx, {
      taskId: task.id,
      agencyId: task.agencyId,
      answer: Answer.parse({ kind, key: `key-${(key += 1)}-0000`, photoSha256: null, reason: 'wrong_owner', ...more }),
      clock: city.clock,
      settings: taskSettings,
    }),
  );

/** Confirms, sends and claims done. */
async function claimed(
  city: City,
  severity: 'S2' | 'S3',
  hazard: 'flooding' | 'open-manhole' = 'flooding',
  more: object = {},
) {
  const { judge, incident } = await raised(city, hazard, more);
  await city.confirm(incident, aliya, { severity });
  const courier = city.courier(takenWays().ways);
  city.clock.advance(10_000);
  await courier.deliver(still);
  await judge.tick();
  const task = await primaryOf(city, incident.id);
  await answer(city, task, 'accept');
  await answer(city, task, 'start');
  await answer(city, task, 'done', { note: 'pumped off' });
  return { judge, courier, incident, task };
}

test('a confirmation opens tasks that leave after the seconds of grace, each with its receipt', async () => {
  const city = await aCity();
  const { judge, incident } = await raised(city);
  const { ways, sent } = takenWays();
  const courier = city.courier(ways);
  const given = await city.confirm(incident);
  expect(given.incident.state).toBe('confirmed');
  const opened = await tasks.byIncident(city.database, incident.id);
  expect(opened.map((t) => [t.agencyId, t.role, t.routedBy])).toEqual([
    ['drains', 'primary', 'rule R-F'],
    ['akimat-esil', 'copy', 'the district akimat is always told'],
  ]);
  expect(given.taskIds).toEqual(opened.map((t) => t.id));
  const atMs = city.clock.nowMs();
  expect(opened[0]).toMatchObject({
    policyId: 'F',
    acceptByMs: atMs + 1_800_000,
    fixByMs: atMs + 12 * 3_600_000,
    state: 'created',
  });
  expect(await courier.deliver(still)).toBe(0);
  await judge.tick();
  expect((await city.only()).state).toBe('confirmed');

  city.clock.advance(10_000);
  expect(await courier.deliver(still)).toBe(3);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toContain('Су жиналуы');
  expect(await courier.deliver(still)).toBe(0);
  expect((await primaryOf(city, incident.id)).state).toBe('sent');
  await judge.tick();
  expect((await city.only()).state).toBe('in_work');
  expect((await audit.of(city.database, 'incident', incident.id)).at(-1)?.act).toBe('incident in_work');
});

test('the addressees shown before the verdict are those of the tasks after it', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  const preview = await previewRoute(city.database, incident, { clock: city.clock, settings: taskSettings });
  await city.confirm(incident);
  const opened = await tasks.byIncident(city.database, incident.id);
  expect(preview.map((p) => [p.agencyId, p.role, p.fixByMs])).toEqual(
    opened.map((t) => [t.agencyId, t.role, t.fixByMs]),
  );
});

test('taken back within ten seconds: the incident is as before, nothing is ever sent', async () => {
  const city = await aCity();
  const { judge, incident } = await raised(city);
  const courier = city.courier(takenWays().ways);
  await city.confirm(incident, aliya, { id: 'verdict-undo', severity: 'S4' });
  city.clock.advance(9_999);
  const back = await city.undo('verdict-undo');
  expect(back).toMatchObject({ state: 'pending_review', severity: 'S3', decidedAtMs: null, decidedBy: null });
  expect(await city.undo('verdict-undo')).toMatchObject({ version: back.version });
  city.clock.advance(60_000);
  expect(await courier.deliver(still)).toBe(0);
  expect((await tasks.byIncident(city.database, incident.id)).map((t) => t.state)).toEqual([
    'cancelled',
    'cancelled',
    'cancelled',
  ]);
  expect((await verdicts.byId(city.database, 'verdict-undo'))?.undoneAtMs).not.toBeNull();
  await judge.tick();
  await city.confirm(await city.only(), aliya);
  expect((await city.only()).state).toBe('confirmed');
});

test('a verdict is not taken back late, by another person, or after its task was sent', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  await city.confirm(incident, aliya, { id: 'verdict-late' });
  await expect(city.undo('verdict-late', serik)).rejects.toMatchObject({ code: 'AUTH_DENIED' });
  await expect(city.undo('never-given')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  city.clock.advance(10_001);
  await expect(city.undo('verdict-late')).rejects.toMatchObject({ code: 'MOVE_UNLAWFUL' });
});

test('sent at once, an S4 cannot be taken back', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  const given = await city.confirm(incident, aliya, { id: 'verdict-now', severity: 'S4', now: true });
  expect(given.undoUntilMs).toBe(city.clock.nowMs());
  expect(await city.courier(takenWays().ways).deliver(still)).toBeGreaterThan(0);
  await expect(city.undo('verdict-now')).rejects.toMatchObject({ code: 'MOVE_UNLAWFUL' });
});

test('the same verdict sent twice, also at once, is one verdict with one set of tasks', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  const both = await Promise.all([
    city.confirm(incident, aliya, { id: 'verdict-twice' }),
    city.confirm(incident, aliya, { id: 'verdict-twice' }),
  ]);
  const again = await city.confirm(incident, aliya, { id: 'verdict-twice' });
  expect(both.map((o) => o.fresh).sort()).toEqual([false, true]);
  expect(again).toMatchObject({ fresh: false, taskIds: both[0].taskIds });
  expect(both[1].taskIds).toEqual(both[0].taskIds);
  expect(await tasks.byIncident(city.database, incident.id)).toHaveLength(2);
});

test('of two operators at once one is first and the other is told who', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  const results = await Promise.allSettled([city.confirm(incident, aliya), city.confirm(incident, serik)]);
  const won = results.findIndex((r) => r.status === 'fulfilled');
  const lost = results[1 - won];
  expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
  const winner = [aliya, serik][won];
  expect(lost).toMatchObject({
    status: 'rejected',
    reason: { code: 'INCIDENT_CHANGED', facts: { by: winner?.name, state: 'confirmed' } },
  });
  expect(await tasks.byIncident(city.database, incident.id)).toHaveLength(2);
});

test('a verdict on an older picture is refused', async () => {
  const city = await aCity();
  const { judge, incident } = await raised(city);
  city.clock.advance(600_000);
  await judge.tick();
  await expect(city.confirm(incident)).rejects.toMatchObject({
    code: 'INCIDENT_CHANGED',
    facts: { by: 'judge', state: 'escalated' },
  });
  await expect(city.confirm(await city.only(), aliya)).rejects.toMatchObject({ code: 'AUTH_DENIED' });
  expect((await city.confirm(await city.only(), lead)).incident.state).toBe('confirmed');
});

test('when the tasks cannot be opened the verdict is not taken either', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  const verdict = { id: 'verdict-crash', kind: 'confirm' as const, incidentId: incident.id, version: incident.version };
  const crashed = city.database.transaction((tx) =>
    giveVerdict(tx, {
      verdict,
      person: aliya,
      clock: city.clock,
      settings: judgeSettings,
      openTasks: async (inside, confirmed, wish) => {
        const opened = await openTasksOf(city)(inside, confirmed, wish);
        await inside.run(sql`select pg_terminate_backend(pg_backend_pid())`);
        return opened;
      },
    }),
  );
  await expect(crashed).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  expect((await city.only()).version).toBe(incident.version);
  expect(await tasks.byIncident(city.database, incident.id)).toEqual([]);
  expect(await verdicts.byId(city.database, 'verdict-crash')).toBeUndefined();
  expect((await city.confirm(incident, aliya, { id: 'verdict-crash' })).fresh).toBe(true);
});

test('the first unsure asks a second pair of eyes, the second escalates', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  const unsure = async (person: typeof aliya) => {
    const now = await city.only();
    const verdict = {
      id: `unsure-${person.id}-${now.version}`,
      kind: 'unsure' as const,
      incidentId: now.id,
      version: now.version,
    };
    return city.database.transaction((tx) =>
      giveVerdict(tx, { verdict, person, clock: city.clock, settings: judgeSettings, openTasks: openTasksOf(city) }),
    );
  };
  expect((await unsure(aliya)).incident.state).toBe('pending_review');
  expect((await unsure(aliya)).incident.state).toBe('pending_review');
  expect((await unsure(serik)).incident.state).toBe('escalated');
  expect(incident.state).toBe('pending_review');
});

test('unsure and nobody else comes: after five minutes the shift lead has it', async () => {
  const city = await aCity();
  const { judge, incident } = await raised(city);
  await city.database.transaction((tx) =>
    giveVerdict(tx, {
      verdict: { id: 'unsure-alone', kind: 'unsure', incidentId: incident.id, version: incident.version },
      person: aliya,
      clock: city.clock,
      settings: judgeSettings,
      openTasks: openTasksOf(city),
    }),
  );
  city.clock.advance(299_000);
  await judge.tick();
  expect((await city.only()).state).toBe('pending_review');
  city.clock.advance(2_000);
  await judge.tick();
  expect((await city.only()).state).toBe('escalated');
});

test('S2: claimed done, three clear looks over ten minutes, closed by the camera', async () => {
  const city = await aCity();
  const { judge, courier, incident } = await claimed(city, 'S2');
  await courier.check();
  await judge.tick();
  expect((await primaryOf(city, incident.id)).state).toBe('verifying');
  expect((await city.only()).state).toBe('verifying');
  city.clock.advance(60_000);
  await city.looks(judge, 2, 301, 'c1', 'road', 'flooding', 'clear');
  await courier.check();
  expect((await primaryOf(city, incident.id)).state).toBe('verifying');
  await city.looks(judge, 1, 1, 'c1', 'road', 'flooding', 'clear');
  await courier.check();
  await judge.tick();
  await courier.check();
  const all = await tasks.byIncident(city.database, incident.id);
  expect(all.map((t) => [t.role, t.state, t.verifiedBy])).toEqual([
    ['primary', 'verified', 'camera'],
    ['copy', 'cancelled', null],
  ]);
  expect(await city.only()).toMatchObject({ state: 'closed', closedAtMs: city.clock.nowMs() });
});

test('wet ground that is never plainly dry: gone when it looks as it did before the water, and not sooner', async () => {
  const city = await aCity();
  const before = await city.judge();
  const unsure = (level: number): object => ({ level, support: { boxes: [], facts: { why: 'unsure' } } });
  await city.looks(before, 2, 200, 'c1', 'road', 'flooding', 'cannot-see', unsure(0.74));
  await city.looks(before, 1, 200, 'c1', 'road', 'flooding', 'clear', { level: 0.6 });
  const { judge, courier, incident } = await claimed(city, 'S2', 'flooding', { level: 0.99 });
  expect(incident.beforeAtMs).not.toBeNull();
  const look = async (level: number): Promise<string> => {
    await courier.check();
    await judge.tick();
    city.clock.advance(60_000);
    await city.looks(judge, 3, 301, 'c1', 'road', 'flooding', 'cannot-see', unsure(level));
    await courier.check();
    await judge.tick();
    return (await city.only()).state;
  };
  expect(await look(0.79)).toBe('verifying');
  expect(await look(0.72)).toBe('closed');
  // Wet ground that says hazard again, no more than it did before the water, is listed; more of it is the water's return.
  await city.looks(judge, 3, 301, 'c1', 'road', 'flooding', 'hazard', { sub: 'carriageway', level: 0.73 });
  await judge.tick();
  expect((await city.only()).state).toBe('closed');
  await city.looks(judge, 3, 301, 'c1', 'road', 'flooding', 'hazard', { sub: 'carriageway', level: 0.97 });
  await judge.tick();
  expect((await city.only()).state).toBe('reopened');
});

test('the hazard in two looks after the claim: returned, and the incident is in work again', async () => {
  const city = await aCity();
  const { judge, courier, incident } = await claimed(city, 'S2');
  await courier.check();
  await judge.tick();
  city.clock.advance(60_000);
  await city.looks(judge, 2, 60, 'c1', 'road', 'flooding', 'hazard');
  await courier.check();
  expect(await primaryOf(city, incident.id)).toMatchObject({ state: 'returned', returns: 1 });
  await judge.tick();
  expect((await city.only()).state).toBe('in_work');
  // The second claim is checked by looks after it alone.
  await answer(city, await primaryOf(city, incident.id), 'done');
  await courier.check();
  await judge.tick();
  expect((await city.only()).state).toBe('verifying');
  city.clock.advance(60_000);
  await city.looks(judge, 3, 301, 'c1', 'road', 'flooding', 'clear');
  await courier.check();
  await judge.tick();
  expect((await city.only()).state).toBe('closed');
});

test('crew and camera contradict each other twice: a person decides, and what the camera goes on seeing is not told again', async () => {
  const city = await aCity();
  const { judge, courier, incident } = await claimed(city, 'S2');
  const seesHazard = async (): Promise<void> => {
    await courier.check();
    await judge.tick();
    city.clock.advance(60_000);
    await city.looks(judge, 2, 60, 'c1', 'road', 'flooding', 'hazard');
    await courier.check();
    await judge.tick();
  };
  await seesHazard();
  await answer(city, await primaryOf(city, incident.id), 'done');
  await seesHazard();
  const task = await primaryOf(city, incident.id);
  expect(task).toMatchObject({ state: 'verifying', returns: 1 });
  const options = { nowMs: city.clock.nowMs(), pace: judgeSettings.pace };
  expect(await checkTask(city.database, task, await city.only(), options)).toMatchObject({
    kind: 'disputed',
    looks: 2,
  });

  const { version } = await city.only();
  await city.database.transaction((tx) =>
    closeByPerson(tx, {
      incidentId: incident.id,
      version,
      person: controller,
      reason: 'dry on the photo',
      clock: city.clock,
      settings: judgeSettings,
      verifyTask: async (inside, taskId) => {
        const locked = await tasks.lock(inside, taskId);
        await verifyTask(inside, { task: locked, person: controller, method: 'photo', note: '', clock: city.clock });
      },
    }),
  );
  // What the camera gave back does not count against the agency.
  expect(
    await city.database.rows(z.object({ taskId: z.string() }), sql`select task_id from task_camera_wrong`),
  ).toEqual([{ taskId: task.id }]);
  await judge.tick();
  city.clock.advance(3_600_000);
  await city.looks(judge, 6, 301, 'c1', 'road', 'flooding', 'hazard');
  expect((await city.only()).state).toBe('closed');
  expect(await held.sums(city.database, 0)).toContainEqual(expect.objectContaining({ rule: 'quiet' }));
  // Once it has looked clear, water there is water again.
  await city.looks(judge, 3, 301, 'c1', 'road', 'flooding', 'clear');
  await city.looks(judge, 4, 301, 'c1', 'road', 'flooding', 'hazard');
  expect((await city.only()).state).toBe('reopened');
});

test('looks that cannot see verify nothing', async () => {
  const city = await aCity();
  const { judge, courier, incident } = await claimed(city, 'S2');
  await courier.check();
  await city.looks(judge, 6, 300, 'c1', 'road', 'flooding', 'cannot-see');
  await courier.check();
  await judge.tick();
  expect((await primaryOf(city, incident.id)).state).toBe('verifying');
  expect((await city.only()).state).toBe('verifying');
});

test('S3: the camera says clear, a person closes with the pair of pictures', async () => {
  const city = await aCity();
  const { judge, courier, incident } = await claimed(city, 'S3');
  await courier.check();
  city.clock.advance(60_000);
  await city.looks(judge, 4, 301, 'c1', 'road', 'flooding', 'clear');
  await courier.check();
  await judge.tick();
  const waiting = await city.only();
  expect(waiting.state).toBe('verifying');
  const close = (person: typeof controller, version: number) =>
    city.database.transaction((tx) =>
      closeByPerson(tx, {
        incidentId: incident.id,
        version,
        person,
        reason: 'dry on both pictures',
        clock: city.clock,
        settings: judgeSettings,
        verifyTask: async (inside, taskId) => {
          const task = await tasks.lock(inside, taskId);
          await verifyTask(inside, { task, person, method: 'camera', note: '', clock: city.clock });
        },
      }),
    );
  await expect(close(aliya, waiting.version)).rejects.toMatchObject({ code: 'AUTH_DENIED' });
  await expect(close(controller, waiting.version - 1)).rejects.toMatchObject({ code: 'INCIDENT_CHANGED' });
  expect((await close(controller, waiting.version)).state).toBe('closed');
  expect(await primaryOf(city, incident.id)).toMatchObject({ state: 'verified', verifiedBy: 'camera' });
});

test('an open manhole of S3 is never closed by the camera; a controller may return it', async () => {
  const city = await aCity();
  const { judge, courier, incident, task } = await claimed(city, 'S3', 'open-manhole');
  await courier.check();
  await judge.tick();
  city.clock.advance(60_000);
  await city.looks(judge, 4, 301, 'c1', 'lid', 'open-manhole', 'clear');
  await courier.check();
  expect((await primaryOf(city, incident.id)).state).toBe('verifying');
  await city.database.transaction((tx) =>
    returnTask(tx, { task, person: controller, method: 'photo', note: 'only a fence, no cover', clock: city.clock }),
  );
  await judge.tick();
  expect((await city.only()).state).toBe('in_work');
});

test('answers sent twice count once; another agency cannot answer', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  await city.confirm(incident);
  const courier = city.courier(takenWays().ways);
  city.clock.advance(10_000);
  await courier.deliver(still);
  const task = await primaryOf(city, incident.id);
  const accept = Answer.parse({ kind: 'accept', key: 'one-key-00' });
  const send = (agencyId: Task['agencyId']) =>
    city.database.transaction((tx) =>
      takeAnswer(tx, { taskId: task.id, agencyId, answer: accept, clock: city.clock, settings: taskSettings }),
    );
  const both = await Promise.all([send(drains), send(drains)]);
  expect(both.map((t) => t.state)).toEqual(['accepted', 'accepted']);
  expect(await tasks.history(city.database, task.id)).toHaveLength(3);
  const akimat = (await tasks.byIncident(city.database, incident.id)).find((t) => t.role === 'copy');
  if (!akimat) throw new Error('no copy');
  await expect(send(akimat.agencyId)).rejects.toMatchObject({ code: 'AUTH_DENIED' });
  await answer(city, task, 'made_safe', { note: 'fenced' });
  expect(await primaryOf(city, incident.id)).toMatchObject({ state: 'accepted', note: 'fenced' });
  await answer(city, task, 'done');
  await expect(answer(city, task, 'accept')).rejects.toMatchObject({ code: 'MOVE_UNLAWFUL' });
});

test('not ours: declined with a reason, given to the second choice by a person', async () => {
  const city = await aCity();
  const { judge, incident } = await raised(city);
  await city.confirm(incident);
  const courier = city.courier(takenWays().ways);
  city.clock.advance(10_000);
  await courier.deliver(still);
  const task = await primaryOf(city, incident.id);
  await answer(city, task, 'decline', { reason: 'wrong_owner', note: 'a pipe of the covers' });
  const [covers] = (
    await previewRoute(
      city.database,
      { ...incident, hazard: 'open-manhole' },
      { clock: city.clock, settings: taskSettings },
    )
  ).filter((r) => r.agencyId === 'covers');
  if (!covers) throw new Error('no covers');
  const moved = await city.database.transaction((tx) =>
    rerouteTask(tx, {
      taskId: task.id,
      agencyId: covers.agencyId,
      person: controller,
      reason: 'their pipe',
      clock: city.clock,
      settings: taskSettings,
    }),
  );
  expect(moved).toMatchObject({ agencyId: 'covers', routedBy: 'chosen by a person' });
  await courier.deliver(still);
  await answer(city, moved, 'done');
  await judge.tick();
  expect((await city.only()).state).toBe('verifying');
  expect((await tasks.byId(city.database, task.id))?.state).toBe('rerouted');
});

test('a courier that dies after sending sends again with the same key; a task is sent once', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  await city.confirm(incident);
  const { ways, sent } = takenWays();
  city.clock.advance(10_000);
  const dying = new AbortController();
  const late: Ways = {
    ...ways,
    email: {
      name: 'email',
      send: async (parcel, signal) => {
        await ways.email.send(parcel, signal);
        dying.abort();
        return { kind: 'later', why: 'the process was stopped' };
      },
    },
  };
  await city.courier(late).deliver(dying.signal);
  expect(await city.courier(ways).deliver(still)).toBe(0);
  city.clock.advance(121_000);
  expect(await city.courier(ways).deliver(still)).toBe(1);
  expect(new Set(sent).size).toBe(1);
  expect(sent).toHaveLength(2);
  const task = await primaryOf(city, incident.id);
  expect((await tasks.history(city.database, task.id)).filter((c) => c.to === 'sent')).toHaveLength(1);
});

test('what cannot be delivered is tried again with growing pauses and then given up; the page has it all the same', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  await city.confirm(incident);
  const courier = city.courier({
    ...waysOf({}),
    email: { name: 'email', send: () => Promise.resolve({ kind: 'later', why: 'no answer' }) },
  });
  city.clock.advance(10_000);
  await courier.deliver(still);
  const task = await primaryOf(city, incident.id);
  expect(task.state).toBe('sent');
  const email = async () => (await tasks.deliveriesOf(city.database, task.id)).find((d) => d.way === 'email');
  expect(await email()).toMatchObject({ state: 'waiting', attempts: 1, notBeforeMs: city.clock.nowMs() + 11_250 });
  expect(await courier.deliver(still)).toBe(0);
  city.clock.advance(12_000);
  await courier.deliver(still);
  expect(await email()).toMatchObject({ attempts: 2, notBeforeMs: city.clock.nowMs() + 22_500 });
  city.clock.advance(60_000);
  await courier.deliver(still);
  expect(await email()).toMatchObject({ state: 'given-up', attempts: 3, lastError: 'no answer' });
});

test('a person opens an incident by hand: confirmed at once with its tasks', async () => {
  const city = await aCity();
  const made = await city.database.transaction((tx) =>
    openManual(tx, {
      manual: {
        hazard: 'flooding',
        sub: '',
        severity: 'S3',
        cameraId: null,
        zoneId: null,
        point: { lon: 71.5, lat: 51.2 },
        district: 'esil',
        note: 'a call',
        mark: null,
        stillSha256: null,
      },
      person: aliya,
      clock: city.clock,
      settings: judgeSettings,
      openTasks: openTasksOf(city),
    }),
  );
  expect(made.incident).toMatchObject({ state: 'confirmed', origin: 'manual', decidedBy: 'aliya' });
  expect(made.taskIds).toHaveLength(2);
});

test('a hazard that comes back within the window reopens, and the tasks of the new round count', async () => {
  const city = await aCity();
  const { judge, courier, incident } = await claimed(city, 'S2');
  await courier.check();
  city.clock.advance(60_000);
  await city.looks(judge, 3, 301, 'c1', 'road', 'flooding', 'clear');
  await courier.check();
  await judge.tick();
  expect((await city.only()).state).toBe('closed');
  const again = await city.judge({
    afterChange: async (tx, changed) => {
      if (changed.state === 'reopened') await openTasksOf(city)(tx, changed, { sendNow: true });
    },
  });
  city.clock.advance(3_600_000);
  await city.looks(again, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  expect(await city.only()).toMatchObject({ state: 'reopened', reopens: 1 });
  await courier.deliver(still);
  await again.tick();
  expect((await city.only()).state).toBe('in_work');
  expect((await incidents.byId(city.database, incident.id))?.number).toBe(incident.number);
});

test('the shift lead closes what needs no task, and its tasks are called off', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  const { incident: confirmed } = await city.confirm(incident);
  const close = (person: typeof lead) =>
    city.database.transaction((tx) =>
      moveByPerson(tx, {
        incidentId: incident.id,
        version: confirmed.version,
        to: 'closed',
        person,
        reason: 'a hydrant test',
        clock: city.clock,
        settings: judgeSettings,
      }),
    );
  await expect(close(aliya)).rejects.toMatchObject({ code: 'AUTH_DENIED' });
  expect((await close(lead)).state).toBe('closed');
  const courier = city.courier(takenWays().ways);
  await courier.check();
  city.clock.advance(60_000);
  expect(await courier.deliver(still)).toBe(0);
  expect((await tasks.byIncident(city.database, incident.id)).every((t) => t.state === 'cancelled')).toBe(true);
});

test('a judge that starts late finds what the tasks did meanwhile', async () => {
  const city = await aCity();
  const { incident } = await raised(city);
  await city.confirm(incident);
  city.clock.advance(10_000);
  await city.courier(takenWays().ways).deliver(still);
  const task = await primaryOf(city, incident.id);
  await answer(city, task, 'done');
  const late = await city.judge();
  await late.tick();
  expect((await city.only()).state).toBe('verifying');
  await city.database.transaction((tx) =>
    cancelTask(tx, {
      taskId: task.id,
      actor: { kind: 'person', person: controller },
      reason: 'opened twice',
      clock: city.clock,
    }),
  );
  expect((await tasks.byId(city.database, task.id))?.state).toBe('cancelled');
});

test('water is verified gone only when it has not rained for half an hour', async () => {
  const city = await aCity();
  const { judge, courier, task } = await claimed(city, 'S2');
  const rain = (rainMmH: number) =>
    city.database.transaction((tx) =>
      weather.save(tx, [
        {
          district: 'esil',
          atMs: city.clock.nowMs(),
          temperatureC: 12,
          rainMmH,
          snowfallCmH: 0,
          snowDepthM: 0,
          windMS: 3,
          isDay: true,
          source: 'test',
        },
      ]),
    );
  await rain(2);
  await city.looks(judge, 4, 301, 'c1', 'road', 'flooding', 'clear');
  await courier.check();
  expect((await tasks.byId(city.database, task.id))?.state).toBe('verifying');
  await rain(0);
  await city.looks(judge, 4, 301, 'c1', 'road', 'flooding', 'clear');
  await courier.check();
  await judge.tick();
  expect((await tasks.byId(city.database, task.id))?.state).toBe('verified');
  expect((await city.only()).state).toBe('closed');
});

test('a zone that was drawn anew after the incident leaves the check to a person', async () => {
  const city = await aCity();
  const { judge, courier, task } = await claimed(city, 'S2');
  await city.database.transaction(async (tx) => {
    const camera = await cameras.byId(tx, 'c1');
    const [road, ...rest] = camera?.zones ?? [];
    if (!camera || !road) throw new Error('no camera');
    const polygon: [number, number][] = [
      [0.2, 0.6],
      [0.8, 0.6],
      [0.8, 0.9],
    ];
    await cameras.upsert(tx, { ...camera, zones: [{ ...road, polygon }, ...rest] });
  });
  await city.looks(await city.judge(), 4, 301, 'c1', 'road', 'flooding', 'clear');
  await courier.check();
  await judge.tick();
  expect((await tasks.byId(city.database, task.id))?.state).toBe('verifying');
  expect((await city.only()).state).toBe('verifying');
});

test('what is seen far less than it was neither closes nor returns the work; what is plain returns it', async () => {
  const city = await aCity();
  const { judge, incident } = await raised(city, 'flooding', { level: 0.99 });
  await city.confirm(incident, aliya, { severity: 'S3' });
  const courier = city.courier(takenWays().ways);
  city.clock.advance(10_000);
  await courier.deliver(still);
  await judge.tick();
  const task = await primaryOf(city, incident.id);
  await answer(city, task, 'accept');
  await answer(city, task, 'done');
  const state = async () => (await tasks.byId(city.database, task.id))?.state;
  await city.looks(judge, 3, 120, 'c1', 'road', 'flooding', 'hazard', { level: 0.82 });
  await courier.check();
  expect(await state()).toBe('verifying');
  await city.looks(judge, 2, 120, 'c1', 'road', 'flooding', 'hazard', { level: 0.95 });
  await courier.check();
  expect(await state()).toBe('returned');
});
