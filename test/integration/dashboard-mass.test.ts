// Mass incidents and what was almost raised, over the wire: what the desk shows, one decision for many, and who may see what.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { CameraId, newId } from '#core/ids';
import type { Incident } from '#core/incident';
import type { MassIncident } from '#core/mass';
import { Problem, type News } from '#dashboard/contract';
import { cameras, feed, held, incidents, mass, weather } from '#store';
import { closedCamera, openCamera, openStand, until, type Stand } from './dashboard-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());

const picture = (n: number): string => n.toString(16).padStart(64, '0');

async function openMass(more: Partial<MassIncident> = {}): Promise<MassIncident> {
  const nowMs = systemClock.nowMs();
  const row = {
    id: newId(systemClock),
    hazard: 'flooding' as const,
    district: 'esil',
    cause: 'rain' as const,
    sinceMs: nowMs - 3_600_000,
    state: 'open' as const,
    severity: 'S2' as const,
    openedAtMs: nowMs - 120_000,
    lastJoinedAtMs: nowMs - 30_000,
    endedAtMs: null,
    decision: null,
    decidedAtMs: null,
    decidedBy: null,
    rejectReason: null,
    rejections: 0,
    quietUntilMs: null,
    ...more,
  };
  return stand.database.transaction((tx) =>
    mass.insert(tx, row, { atMs: nowMs, actor: 'judge', reason: 'many at once' }),
  );
}

/** Members as the judge leaves them: some were before people already, most never were, one is worse, one is with the shift lead. */
async function withMembers(one: MassIncident): Promise<Record<'shown' | 'waiting' | 'worse' | 'lead', Incident>> {
  const raise = (more: Partial<Incident>) => stand.raise({ massId: one.id, severity: 'S2', ...more });
  return {
    shown: await raise({ level: 0.5, stillSha256: picture(1) }),
    waiting: await raise({ state: 'candidate', raisedAtMs: null, level: 0.9, stillSha256: picture(2) }),
    worse: await raise({ severity: 'S3', level: 0.4 }),
    lead: await raise({ state: 'escalated', level: 0.3 }),
  };
}

const idsOf = (list: readonly { id: string }[]): string[] => list.map((one) => one.id);

describe('a mass incident on the desk', () => {
  it('stands for its members, but not for worse ones and those with the shift lead', async () => {
    const one = await openMass();
    const { shown, waiting, worse, lead } = await withMembers(one);
    const single = await stand.raise();
    const desk = await (await stand.seat('operator')).ask('desk');
    const queue = idsOf(desk.queue);
    expect(queue).toEqual(expect.arrayContaining([worse.id, lead.id, single.id]));
    expect(queue).not.toContain(shown.id);
    expect(queue).not.toContain(waiting.id);
    expect(desk.queue.find((card) => card.id === worse.id)?.massId).toBe(one.id);
    const card = desk.masses.find((row) => row.id === one.id);
    expect(card).toMatchObject({
      number: one.number,
      cause: 'rain',
      members: 4,
      undecided: 3,
      cameras: 1,
      asks: true,
      decision: null,
    });
    // Graver first, then the greater level.
    expect(idsOf(card?.worst ?? [])).toEqual([worse.id, waiting.id, shown.id, lead.id]);
  });

  it('says when the snowfall ended', async () => {
    const nowMs = systemClock.nowMs();
    const startedAtMs = nowMs - 20 * 3_600_000;
    await stand.database.transaction((tx) =>
      weather.saveSnowfall(tx, { district: 'nura', startedAtMs, endedAtMs: nowMs - 8 * 3_600_000, source: 'test' }),
    );
    const one = await openMass({ hazard: 'snow', cause: 'snowfall', district: 'nura', sinceMs: startedAtMs });
    const desk = await (await stand.seat('operator')).ask('desk');
    const card = desk.masses.find((row) => row.id === one.id);
    expect(card?.causeEndedAtMs).toBe(nowMs - 8 * 3_600_000);
    // Nobody waits in it, so nobody is asked.
    expect(card?.asks).toBe(false);
  });

  it('opens into all its members, the undecided first, with their streets', async () => {
    const one = await openMass();
    const { shown, waiting, worse, lead } = await withMembers(one);
    const done = await stand.raise({ massId: one.id, severity: 'S4', state: 'rejected', rejectReason: 'shadow' });
    const view = await (await stand.seat('controller')).ask('mass', { params: { id: one.id } });
    expect(idsOf(view.members)).toEqual([worse.id, waiting.id, shown.id, lead.id, done.id]);
    expect(view.byStreetClass).toEqual([{ streetClass: 'B', n: 5 }]);
  });

  it('is decided once: the second operator is told who was first', async () => {
    const one = await openMass();
    await withMembers(one);
    const [first, second] = [await stand.seat('operator'), await stand.seat('operator2')];
    const decided = await first.ask('massVerdict', {
      params: { id: one.id },
      body: { kind: 'confirm', version: one.version, decisionMs: 4200 },
    });
    expect(decided.mass).toMatchObject({ asks: false, version: 2, decision: { kind: 'confirmed', mine: true } });
    const answer = await second.send('POST', `/api/mass/${one.id}/verdict`, {
      kind: 'reject',
      reason: 'wet_asphalt',
      version: one.version,
    });
    expect(answer.status).toBe(409);
    expect(Problem.parse(await answer.json())).toMatchObject({
      code: 'INCIDENT_CHANGED',
      first: { who: 'Name of operator', state: 'confirmed', version: 2 },
    });
    const desk = await second.ask('desk');
    expect(desk.masses.find((row) => row.id === one.id)).toMatchObject({
      asks: false,
      decision: { who: 'Name of operator', mine: false },
      worst: [],
    });
    // Another person's decision is not theirs to take back.
    expect((await second.send('POST', `/api/mass/${one.id}/undo`)).status).toBe(403);
    const undone = await first.ask('undoMass', { params: { id: one.id } });
    expect(undone.mass).toMatchObject({ asks: true, decision: null, version: 3 });
    expect((await first.send('POST', `/api/mass/${one.id}/undo`)).status).toBe(403);
  });

  it('is not decided by who may only look, nor without a reason', async () => {
    const one = await openMass();
    await withMembers(one);
    const body = { kind: 'confirm', version: one.version };
    for (const login of ['controller', 'auditor', 'camera-admin', 'agency-user']) {
      expect((await (await stand.seat(login)).send('POST', `/api/mass/${one.id}/verdict`, body)).status, login).toBe(
        403,
      );
    }
    const operator = await stand.seat('operator');
    const reject = await operator.send('POST', `/api/mass/${one.id}/verdict`, { ...body, kind: 'reject' });
    expect(reject.status).toBe(400);
    expect((await operator.send('POST', '/api/mass/nothing/verdict', body)).status).toBe(404);
    expect((await mass.byId(stand.database, one.id))?.version).toBe(1);
  });

  it('lets a single member be decided by itself, and looking at it changes nothing', async () => {
    const one = await openMass();
    const { waiting } = await withMembers(one);
    const operator = await stand.seat('operator');
    const view = await operator.ask('incident', { params: { id: waiting.id } });
    expect(view.card).toMatchObject({ state: 'candidate', version: 1 });
    const verdict = {
      id: `single-${waiting.id}`,
      kind: 'reject',
      reason: 'shadow',
      incidentId: waiting.id,
      version: 1,
    };
    const { incident } = await operator.ask('verdict', { body: verdict });
    expect(incident).toMatchObject({ state: 'rejected', rejectReason: 'shadow' });
    // Sent again it counts once; from another seat it comes too late.
    expect((await operator.ask('verdict', { body: verdict })).incident.version).toBe(incident.version);
    const late = await (
      await stand.seat('operator2')
    ).send('POST', '/api/verdicts', { ...verdict, id: 'too-late-one' });
    expect(late.status).toBe(409);
    await operator.ask('undoVerdict', { params: { id: verdict.id } });
    expect((await incidents.byId(stand.database, waiting.id))?.state).toBe('pending_review');
    const desk = await operator.ask('desk');
    expect(idsOf(desk.queue)).not.toContain(waiting.id);
  });

  it('is one line on the wall, and told to desks by its version alone', async () => {
    const since = await feed.last(stand.database);
    const one = await openMass({ district: 'saryarqa' });
    await withMembers(one);
    const wall = await (await stand.seat('wall')).ask('wall');
    expect(wall.masses.find((row) => row.number === one.number)).toEqual({
      number: one.number,
      hazard: 'flooding',
      severity: 'S2',
      district: 'saryarqa',
      places: 4,
    });
    // What waits is what the desk shows.
    const desk = await (await stand.seat('operator')).ask('desk');
    expect(wall.waiting.n).toBe(desk.queue.length + desk.masses.filter(({ asks }) => asks).length);
    const heard = async (login: string): Promise<News> => {
      const wire = (await stand.seat(login)).wire();
      try {
        return await new Promise((resolve) => wire.emit('since', since, resolve));
      } finally {
        wire.disconnect();
      }
    };
    const toDesk = await until(async () => {
      const news = await heard('operator');
      return news.kind === 'news' ? news.changes.find((change) => change.id === one.id) : undefined;
    });
    expect(toDesk.mass).toEqual({ id: one.id, version: 1 });
    expect(toDesk.incident).toBeUndefined();
    const toAgency = await heard('agency-user');
    expect(toAgency.kind === 'news' ? idsOf(toAgency.changes) : []).not.toContain(one.id);
  });
});

describe('a flood of alarms', () => {
  it('begins above ten in ten minutes', async () => {
    const quiet = await openStand();
    try {
      const operator = await quiet.seat('operator');
      for (let n = 0; n < 10; n++) await quiet.raise();
      expect((await operator.ask('desk')).flood).toBe(false);
      await quiet.raise();
      expect((await operator.ask('desk')).flood).toBe(true);
    } finally {
      await quiet.close();
    }
  });
});

describe('how many cameras see an incident', () => {
  it('counts each camera whose view was put to it once', async () => {
    const incident = await stand.raise();
    const other = CameraId.parse(closedCamera.id);
    for (const cameraId of [other, other, incident.cameraId]) {
      await stand.raise({ cameraId, state: 'merged', mergedInto: incident.id });
    }
    const operator = await stand.seat('operator');
    expect((await operator.ask('incident', { params: { id: incident.id } })).cameras).toBe(2);
  });
});

describe('what was almost raised', () => {
  const look = { zoneId: 'road', hazard: 'flooding', level: 0.6, stillSha256: picture(9), incidentId: null };

  it('is listed by hazard and rule, newest first, for one, twelve and twenty-four hours', async () => {
    const nowMs = systemClock.nowMs();
    const open = await stand.raise();
    const at = (minutes: number) => nowMs - minutes * 60_000;
    const note = (...looks: held.HeldLook[]) => stand.database.transaction((tx) => held.count(tx, looks, 60));
    await note({ ...look, cameraId: openCamera.id, rule: 'below-raise', atMs: at(5) });
    await note({ ...look, cameraId: openCamera.id, rule: 'below-raise', atMs: at(5 * 60) });
    await note(
      { ...look, cameraId: openCamera.id, rule: 'works', hazard: 'open-manhole', atMs: at(14 * 60) },
      { ...look, cameraId: closedCamera.id, rule: 'quiet', atMs: at(2), incidentId: open.id },
      { ...look, cameraId: 'cam-gone', rule: 'no-such-zone', atMs: at(1) },
      { ...look, cameraId: openCamera.id, rule: 'group', atMs: at(30 * 60) },
    );
    const list = await (await stand.seat('operator')).ask('held');
    expect(list.rows.map((row) => row.rule)).toEqual(['no-such-zone', 'quiet', 'below-raise', 'below-raise', 'works']);
    expect(list.rows[0]).toMatchObject({ place: { en: 'cam-gone' }, zoneKind: null, stillSha256: null });
    expect(list.rows[1]).toMatchObject({
      place: { en: 'cam-closed en' },
      zoneKind: 'carriageway',
      stillSha256: picture(9),
      incident: { id: open.id, number: open.number },
      // Water on more of the zone than its threshold: a look said hazard by the share, not by the level.
      raiseAt: 0.2,
    });
    expect(list.rows[2]).toMatchObject({ looks: 1, raiseAt: 0.8 });
    expect(list.sums.find((row) => row.rule === 'below-raise')).toEqual({
      hazard: 'flooding',
      rule: 'below-raise',
      lastHour: 1,
      last12h: 2,
      last24h: 2,
      cameras: 1,
    });
    expect(list.sums.find((row) => row.rule === 'works')).toMatchObject({ lastHour: 0, last12h: 0, last24h: 1 });
    expect(list.sums.find((row) => row.rule === 'group')).toBeUndefined();
  });

  it('is narrowed to a hazard and a rule', async () => {
    const auditor = await stand.seat('auditor');
    const works = await auditor.ask('held', { query: { hazard: 'open-manhole', rule: 'works' } });
    expect(works.rows.map((row) => row.rule)).toEqual(['works']);
    expect((await auditor.send('GET', '/api/held?hazard=fire')).status).toBe(400);
  });

  it('names no picture of a restricted site to those who must not see it', async () => {
    for (const login of ['auditor', 'camera-admin']) {
      const { rows } = await (await stand.seat(login)).ask('held', { query: { rule: 'quiet' } });
      expect(
        rows.map((row) => row.stillSha256),
        login,
      ).toEqual([null]);
    }
    expect(await cameras.byId(stand.database, closedCamera.id)).toMatchObject({ restricted: true });
  });
});
