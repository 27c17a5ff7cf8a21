// Planted items: known pictures in the queue that nothing but the answer to the verdict tells from real ones, and of which nothing comes.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#core/clock';
import { CameraId, IncidentId, newId } from '#core/ids';
import type { Incident } from '#core/incident';
import { inRoot } from '#core/root';
import { startDashboard, type Dashboard } from '#dashboard';
import type { Change, IncidentCard } from '#dashboard/contract';
import { audit, feed, incidents, keeping, planted, sql, verdicts } from '#store';
import { isDrawn } from '../../dashboard/server/second-look.ts';
import { openStand, Seat, until, type Stand } from './dashboard-stand.ts';

let stand: Stand;
/** A second process of the same city in which every verdict plants one. */
let planting: Dashboard;
let still: string;
let before: string;
const seats = new Map<string, Seat>();
const seatOf = async (login: string): Promise<Seat> => {
  const known = seats.get(login);
  if (known) return known;
  const seat = new Seat(planting.url);
  await seat.signIn(login);
  seats.set(login, seat);
  return seat;
};

beforeAll(async () => {
  stand = await openStand();
  planting = await startDashboard({ ...stand.options, settings: { ...stand.settings, plantedOneIn: 1 } });
  const picture = (name: string) =>
    stand.files.put(readFileSync(inRoot('detector', 'close-frames', name)), 'still', 'jpg');
  [still, before] = [await picture('heap.jpg'), await picture('closed-manhole-yard.jpg')];
});
afterAll(async () => {
  await planting.close();
  await stand.close();
});

const verdict = (incidentId: string, version: number, more: object) => ({
  body: { id: newId(systemClock), incidentId, version, ...more },
});

/** A settled incident of which two people said the same. */
async function settled(kind: 'confirm' | 'reject', more: Partial<Incident> = {}): Promise<Incident> {
  const nowMs = systemClock.nowMs();
  let id = newId(systemClock);
  while (!isDrawn(id)) id = newId(systemClock);
  const raised = await stand.raise({
    id: IncidentId.parse(id),
    severity: 'S2',
    stillSha256: still,
    beforeSha256: before,
    beforeAtMs: nowMs - 7_200_000,
    ...more,
  });
  const [first, second] = [await stand.seat('operator'), await stand.seat('operator2')];
  const said = kind === 'confirm' ? { kind } : { kind, reason: 'shadow' };
  await first.ask('verdict', verdict(raised.id, raised.version, said));
  await stand.database.run(
    sql`update second_looks set asked_from = asked_from - interval '20 seconds', told_at = now() where incident_id = ${raised.id}`,
  );
  const { queue } = await second.ask('desk');
  const card = queue.find((one) => one.hazard === raised.hazard && one.stillSha256 === raised.stillSha256);
  await second.ask('verdict', verdict(card?.id ?? '', card?.version ?? 0, said));
  // Its tasks and its end are other tests' business.
  if (kind === 'confirm')
    await stand.database.run(sql`update incident set state = 'closed', closed_at = now() where id = ${raised.id}`);
  return raised;
}

/** The shift lead decides something and is thereby given a known item, if there is a picture to make it of. */
async function decideSomething(): Promise<Incident> {
  let id = newId(systemClock);
  while (isDrawn(id)) id = newId(systemClock);
  const one = await stand.raise({ id: IncidentId.parse(id), severity: 'S1', hazard: 'snow', stillSha256: still });
  const lead = await seatOf('shift-lead');
  await lead.ask('verdict', verdict(one.id, one.version, { kind: 'reject', reason: 'shadow' }));
  return one;
}
const rows = (personId = 'p-shift-lead') => planted.openFor(stand.database, personId, systemClock.nowMs());
const soon = () => stand.database.run(sql`update planted set asked_from = now() where told_at is null`);

/** What the city counts, sends and shows: nothing of it may change. */
async function cityNow(): Promise<unknown> {
  const [controller, wall] = [await stand.seat('controller'), await stand.seat('wall')];
  const lead = await stand.seat('shift-lead');
  const { n } = await stand.database
    .rows(
      z.object({ n: z.string() }),
      sql`
      select concat_ws(' ', (select count(*) from incident), (select count(*) from incident_change), (select count(*) from task),
        (select count(*) from delivery), (select count(*) from verdict), (select count(*) from clip), (select count(*) from violation),
        (select count(*) from past_study), (select count(*) from hand_label), (select count(*) from quiet)) as n`,
    )
    .then(([row]) => row ?? { n: '' });
  const { open, worst, marks, waiting, today } = await wall.ask('wall');
  const list = await controller.ask('incidents');
  const { note } = await lead.ask('shift');
  const { loads, open: openAtShift } = note;
  const right = await lead.ask('numbersRight', { query: { span: 'day' } });
  return {
    n,
    wall: { open, worst: worst.map((one) => one.id), marks: marks.map((one) => one.id), waiting: waiting.n, today },
    list: list.incidents.map((one) => `${one.id} ${one.version}`),
    shift: { loads, openAtShift },
    right: right.hazards.map(({ hazard, now, missed }) => [hazard, now, missed]),
  };
}

/** What an answer is made of, without its values: names of fields and kinds of values, lists by their first. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]));
}

describe('a planted item', () => {
  let source: Incident;
  let item: IncidentCard;
  const told: Change[] = [];

  it('is made of what two people agreed on, for somebody who was neither', async () => {
    await settled('reject', { cameraId: CameraId.parse('cam-closed'), hazard: 'snow' });
    await settled('reject', { severity: 'S3', hazard: 'open-manhole' });
    await decideSomething();
    // Neither a restricted camera nor anything high may be planted: there is nothing to take.
    expect(await planted.source(stand.database, 'p-shift-lead', 0)).toBeUndefined();
    source = await settled('confirm');
    expect(await planted.source(stand.database, 'p-operator', 0)).toBeUndefined();
    expect(await planted.source(stand.database, 'p-operator2', 0)).toBeUndefined();
    expect((await planted.source(stand.database, 'p-shift-lead', 0))?.before.id).toBe(source.id);
  });

  it('comes over the socket and into the queue as every new item does, and to nobody else', async () => {
    const lead = await seatOf('shift-lead');
    const other = await seatOf('operator');
    const [wire, otherWire] = [lead.wire(), other.wire()];
    const otherTold: Change[] = [];
    wire.on('changed', (change) => told.push(change));
    otherWire.on('changed', (change) => otherTold.push(change));
    await Promise.all([wire, otherWire].map((one) => until(() => one.connected || undefined)));
    const since = await feed.last(stand.database);
    const real = await stand.raise({
      severity: 'S1',
      hazard: 'snow',
      stillSha256: still,
      beforeSha256: before,
      beforeAtMs: systemClock.nowMs() - 7_200_000,
    });
    await decideSomething();
    await until(async () =>
      (await planted.isWaiting(stand.database, 'p-shift-lead', systemClock.nowMs())) ? true : undefined,
    );
    expect((await lead.ask('desk')).queue.map((card) => card.id)).toEqual([real.id]);
    await soon();
    const change = await until(() =>
      told.find((one) => one.incident?.stillSha256 !== still && one.incident?.state === 'pending_review'),
    );
    if (!change.incident) throw new Error('no card');
    item = change.incident;
    expect((await lead.ask('desk')).queue.map((card) => card.id)).toContain(item.id);
    await until(() => otherTold.find((one) => one.id === real.id));
    expect(otherTold.map((one) => one.id)).not.toContain(item.id);
    expect((await other.ask('desk')).queue.map((card) => card.id)).not.toContain(item.id);
    expect((await other.send('GET', `/api/incidents/${item.id}`)).status).toBe(404);
    const ofReal = told.find((one) => one.id === real.id);
    expect(shapeOf(change)).toEqual(shapeOf(ofReal));
    expect(change.number).toBeGreaterThan(since);
    wire.close();
    otherWire.close();
  });

  it('cannot be told from a real one by id, number, moments, picture or the answers of any route', async () => {
    const lead = await seatOf('shift-lead');
    const real = await stand.raise({
      severity: 'S2',
      stillSha256: still,
      beforeSha256: before,
      beforeAtMs: systemClock.nowMs() - 7_200_000,
    });
    const [mine, theirs] = await Promise.all([
      lead.ask('incident', { params: { id: item.id } }),
      lead.ask('incident', { params: { id: real.id } }),
    ]);
    const shown = (view: typeof mine) => shapeOf({ ...view, neighbours: [], tasks: [] });
    expect(shown(mine)).toEqual(shown(theirs));
    expect(item.id).toHaveLength(real.id.length);
    expect(Math.abs(item.number - real.number)).toBeLessThan(10);
    expect(mine.card.version).toBe(theirs.card.version);
    expect(mine.history.map((line) => line.who)).toEqual(theirs.history.map((line) => line.who));
    const nowMs = systemClock.nowMs();
    for (const atMs of [item.openedAtMs, item.waitingSinceMs, item.lastSeenAtMs])
      expect(Math.abs(nowMs - atMs)).toBeLessThan(300_000);
    // The picture is another file than any that was ever named, and looks the same.
    expect([still, before]).not.toContain(item.stillSha256);
    expect(mine.before?.sha256).not.toBe(before);
    const word = JSON.stringify({ ...mine, neighbours: [] });
    for (const name of [source.id, still, before, 'p-operator', 'Name of operator']) expect(word).not.toContain(name);
    const answers = await Promise.all(
      [item.stillSha256, still].map((sha256) => lead.send('GET', `/api/stills/${sha256 ?? ''}`)),
    );
    const headers = answers.map((answer) => [...answer.headers.keys()].sort());
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect(headers[0]).toEqual(headers[1]);
    const appealsOf = (id: string) => lead.ask('incidentAppeals', { params: { id } });
    expect(await appealsOf(item.id)).toEqual(await appealsOf(real.id));
    await lead.ask('verdict', verdict(real.id, real.version, { kind: 'reject', reason: 'shadow' }));
  });

  it('is told right after the verdict, counts nowhere, and cannot be taken back', async () => {
    const lead = await seatOf('shift-lead');
    const was = await cityNow();
    const said = verdict(item.id, item.version, { kind: 'confirm' });
    const answer = await lead.ask('verdict', said);
    expect(answer).toMatchObject({ taskIds: [], planted: { agreed: true, kind: 'confirm', hazard: 'flooding' } });
    expect(answer.incident.state).toBe('merged');
    // The same sending twice is one answer.
    expect((await lead.ask('verdict', said)).planted).toEqual(answer.planted);
    const again = await lead.send('POST', '/api/verdicts', verdict(item.id, item.version, { kind: 'unsure' }).body);
    expect(again.status).toBe(409);
    const undone = await lead.send('POST', `/api/verdicts/${said.body.id}/undo`);
    expect(undone.ok).toBe(false);
    expect(await cityNow()).toEqual(was);
    expect((await lead.ask('desk')).queue.map((card) => card.id)).not.toContain(item.id);
    expect(await incidents.byId(stand.database, item.id)).toBeUndefined();
    expect(await verdicts.byId(stand.database, said.body.id)).toBeUndefined();
    const acts = await audit.of(stand.database, 'planted item', item.id);
    expect(acts.map(({ actor, act }) => `${actor} ${act}`)).toEqual([
      'desk item planted',
      'p-shift-lead planted item answered',
    ]);
    // One person's answers are nobody's business.
    const right = await lead.ask('numbersRight', { query: { span: 'day' } });
    expect(right.planted).toMatchObject({ now: { n: 0 }, shifts: [] });
    expect(await planted.answers(stand.database, { fromMs: 0, toMs: systemClock.nowMs() + 1 })).toHaveLength(1);
  });

  it('is given once to a person, one at a time, and its pictures are removed a day after', async () => {
    await decideSomething();
    expect(await rows()).toEqual([]);
    expect(await planted.source(stand.database, 'p-shift-lead', 0)).toBeUndefined();
    const path = item.stillSha256 ?? '';
    expect(await stand.files.has(path)).toBe(true);
    const terms = {
      framesH: 48,
      rejectedFramesD: 30,
      confirmedFramesD: 90,
      clipsWithoutViolationD: 30,
      hourlySumsD: 400,
      recordsD: 1825,
    };
    await keeping.sweep(stand.database, stand.files, systemClock.nowMs(), terms);
    expect(await stand.files.has(path)).toBe(true);
    await keeping.sweep(stand.database, stand.files, systemClock.nowMs() + 86_500_000, terms);
    expect(await stand.files.has(path)).toBe(false);
    expect(await stand.files.has(still)).toBe(true);
  });
});
