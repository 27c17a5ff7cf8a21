// Appeals on a real database: what becomes of each, its links, what an end writes down, and what is kept how long.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Appeal } from '#core/appeal';
import { offset } from '#core/geo';
import { appealsNear, linkAppeal, matchWaiting, moveIncident, unlinkAppeal } from '#incidents';
import { appeals, audit, feed, incidents, keeping, openFiles } from '#store';
import { importAppeals } from '../../cli/commands/appeals.ts';
import {
  here,
  hourMs,
  inCity,
  anIncident,
  anAppeal,
  receive,
  linkedTo,
  move,
  news,
  lookedAt,
  plans,
  closers,
  closeAfterEach,
} from './appeals-stand.ts';
import { aCity, aliya, startMs } from './heart-city.ts';

closeAfterEach();

describe('what becomes of an appeal', () => {
  test('one open incident at the spot is linked, written down, and told to the desks', async () => {
    const city = await aCity();
    const incident = await anIncident(city, 40);
    const number = await feed.last(city.database);
    const { appeal, fresh } = await receive(city, anAppeal());
    expect([appeal.state, fresh, appeal.askedCameras]).toEqual(['linked', true, []]);
    expect(await linkedTo(city.database, appeal)).toEqual([incident.id]);
    expect(await appeals.byId(city.database, appeal.id)).toEqual(appeal);
    const acts = (await audit.of(city.database, 'appeal', appeal.id)).map((row) => [row.actor, row.act]);
    expect(acts).toEqual([
      ['ikomek', 'appeal received'],
      ['appeals', 'appeal linked'],
    ]);
    const topics = (await feed.since(city.database, number, 10)).map((row) => row.topic);
    expect(new Set(topics)).toEqual(new Set(['appeal']));
    expect(await news(city.database, appeal)).toEqual(['linked waiting']);
    // The incident itself is as it was: an appeal raises no severity and makes no version.
    expect(await incidents.byId(city.database, incident.id)).toEqual(incident);
  });

  test('one of several is not guessed: it is proposed, the cameras look, and a person says', async () => {
    const city = await aCity();
    const [far, near] = [await anIncident(city, 100), await anIncident(city, 10)];
    const { appeal, proposals } = await receive(city, anAppeal());
    expect(appeal.state).toBe('proposed');
    expect(proposals.map(({ incident }) => incident.id)).toEqual([near.id, far.id]);
    expect(await linkedTo(city.database, appeal)).toEqual([]);
    expect((await appealsNear(city.database, near, startMs)).map((one) => one.appeal.id)).toEqual([appeal.id]);
    const link = { appealId: appeal.id, incidentId: far.id, personId: aliya.id, clock: city.clock };
    const linkOnce = () => city.database.transaction((tx) => linkAppeal(tx, link));
    expect([await linkOnce(), await linkOnce()]).toEqual([true, false]);
    expect(await linkedTo(city.database, appeal)).toEqual([far.id]);
    expect(await appealsNear(city.database, near, startMs)).toEqual([]);
    expect(await news(city.database, appeal)).toEqual(['linked waiting']);
  });

  test('the cover that is meant may be the next one: it is linked at the spot, proposed farther away', async () => {
    const city = await aCity();
    await anIncident(city, 60, { hazard: 'open-manhole' });
    const { appeal } = await receive(city, anAppeal({ hazard: 'open-manhole' }));
    expect([appeal.state, appeal.askedCameras]).toEqual(['proposed', ['c1']]);
    const other = await receive(city, anAppeal({ hazard: 'open-manhole', point: offset(here, 0, 52) }));
    expect(other.appeal.state).toBe('linked');
  });

  test('where nothing is open the nearest cameras look now; what they raise takes the appeal up', async () => {
    const city = await aCity();
    await lookedAt(city.database);
    const { appeal } = await receive(city, anAppeal());
    expect([appeal.state, appeal.askedCameras]).toEqual(['looking', ['c1', 'c2']]);
    expect(await plans(city.database)).toEqual(['c1', 'c2']);
    expect(await matchWaiting(city.database, city.clock)).toBe(0);
    const incident = await anIncident(city, 20);
    expect(await matchWaiting(city.database, city.clock)).toBe(1);
    expect(await linkedTo(city.database, appeal)).toEqual([incident.id]);
    expect(await matchWaiting(city.database, city.clock)).toBe(0);
  });

  test('what began hours after an appeal is another matter until a person says that it is the same', async () => {
    const city = await aCity();
    const { appeal } = await receive(city, anAppeal());
    city.clock.advance(4 * hourMs);
    const incident = await anIncident(city, 20);
    expect(await matchWaiting(city.database, city.clock)).toBe(1);
    expect((await appeals.byId(city.database, appeal.id))?.state).toBe('proposed');
    expect(await linkedTo(city.database, appeal)).toEqual([]);
    const near = await appealsNear(city.database, incident, city.clock.nowMs());
    expect(near.map((one) => one.appeal.id)).toEqual([appeal.id]);
  });

  test('a closed one nearby is no link: it may have come back, so the cameras look', async () => {
    const city = await aCity();
    const before = await anIncident(city, 20, { state: 'closed', closedAtMs: startMs - hourMs });
    const { appeal, proposals } = await receive(city, anAppeal());
    expect([appeal.state, appeal.askedCameras.length]).toEqual(['looking', 2]);
    expect(proposals.map((one) => [one.incident.id, one.isOpen])).toEqual([[before.id, false]]);
  });

  test.each([
    ['no-place', { point: null }],
    ['other-topic', { hazard: null }],
    ['outside', { point: { lon: 71.43, lat: 53 } }],
    ['future', { madeAtMs: startMs + hourMs }],
    ['old', { madeAtMs: startMs - 13 * hourMs }],
    ['no-camera', { point: { lon: 71.5, lat: 51.2 } }],
  ] as const)('%s: it is counted, and nothing else is touched', async (state, more) => {
    const city = await aCity();
    const incident = await anIncident(city, 0);
    await lookedAt(city.database);
    const { appeal, proposals } = await receive(city, anAppeal(more));
    expect([appeal.state, appeal.askedCameras, proposals]).toEqual([state, [], []]);
    expect(await linkedTo(city.database, appeal)).toEqual([]);
    expect(await plans(city.database)).toEqual([]);
    expect(await news(city.database, appeal)).toEqual([]);
    expect(await incidents.byId(city.database, incident.id)).toEqual(incident);
    expect(await appeals.counts(city.database, 0)).toEqual([{ state, n: 1 }]);
    expect(await matchWaiting(city.database, city.clock)).toBe(0);
  });

  test('an incident of long ago is not meant, one that still stands is', async () => {
    const city = await aCity();
    await anIncident(city, 10, {
      state: 'closed',
      openedAtMs: startMs - 30 * hourMs,
      closedAtMs: startMs - 20 * hourMs,
    });
    expect((await receive(city, anAppeal())).proposals).toEqual([]);
    await anIncident(city, 10, {
      state: 'in_work',
      openedAtMs: startMs - 30 * hourMs,
      lastSeenAtMs: startMs - 29 * hourMs,
    });
    expect((await receive(city, anAppeal())).appeal.state).toBe('linked');
  });

  test('the same number at the same moment is one appeal; other words under it are said and do not hold', async () => {
    const city = await aCity();
    await anIncident(city, 10);
    const given = anAppeal();
    const all = await Promise.all(Array.from({ length: 6 }, () => receive(city, given)));
    expect(all.filter(({ fresh }) => fresh)).toHaveLength(1);
    expect(new Set(all.map(({ appeal }) => appeal.id)).size).toBe(1);
    expect(await news(city.database, all[0]?.appeal ?? { id: '' })).toEqual(['linked waiting']);
    const again = await receive(city, { ...given, text: 'уже нет' });
    expect([again.fresh, again.differs, again.appeal.text]).toEqual([false, true, 'вода по щиколотку']);
    expect((await receive(city, { ...given, source: 'other' })).fresh).toBe(true);
  });
});

describe('links and people', () => {
  test('what a person took off is not linked or offered again by itself, and may be linked by a person', async () => {
    const city = await aCity();
    const incident = await anIncident(city, 10);
    const { appeal } = await receive(city, anAppeal());
    const act = { appealId: appeal.id, incidentId: incident.id, personId: aliya.id, clock: city.clock };
    expect(await city.database.transaction((tx) => unlinkAppeal(tx, act))).toBe(true);
    expect(await city.database.transaction((tx) => unlinkAppeal(tx, act))).toBe(false);
    expect((await appeals.byId(city.database, appeal.id))?.state).toBe('unlinked');
    expect(await matchWaiting(city.database, city.clock)).toBe(0);
    expect(await appealsNear(city.database, incident, startMs)).toEqual([]);
    // The link was never told, so neither is its end.
    expect(await news(city.database, appeal)).toEqual(['linked withdrawn']);
    expect(await city.database.transaction((tx) => linkAppeal(tx, act))).toBe(true);
    expect(await linkedTo(city.database, appeal)).toEqual([incident.id]);
  });

  test('a rejected incident takes no appeal, an unknown one neither', async () => {
    const city = await aCity();
    const incident = await anIncident(city, 10, { state: 'rejected', closedAtMs: startMs });
    const { appeal } = await receive(city, anAppeal());
    const act = { appealId: appeal.id, personId: aliya.id, clock: city.clock };
    const linking = (incidentId: string) => city.database.transaction((tx) => linkAppeal(tx, { ...act, incidentId }));
    await expect(linking(incident.id)).rejects.toMatchObject({ code: 'MOVE_UNLAWFUL' });
    await expect(linking('nothing')).rejects.toMatchObject({ code: 'INCIDENT_UNKNOWN' });
    const unknown = { ...act, appealId: 'nothing', incidentId: incident.id };
    await expect(city.database.transaction((tx) => linkAppeal(tx, unknown))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('a merged incident brings its appeals along, and gives them back', async () => {
    const city = await aCity();
    const one = await anIncident(city, 10);
    const { appeal } = await receive(city, anAppeal());
    const two = await anIncident(city, 500);
    await move(city, one.id, 'merged', 'same', { mergedInto: two.id });
    expect(await appeals.linkedIds(city.database, two.id)).toEqual([appeal.id]);
    expect(await news(city.database, appeal)).toEqual(['linked waiting']);
    await move(city, one.id, 'pending_review', 'taken back', { mergedInto: null });
    expect(await appeals.linkedIds(city.database, two.id)).toEqual([]);
    await move(city, one.id, 'merged', 'same', { mergedInto: two.id });
    await move(city, two.id, 'confirmed');
    await move(city, two.id, 'closed', 'nothing to do');
    expect(await news(city.database, appeal)).toEqual(['linked waiting', 'closed waiting']);
  });

  test('every end and every new beginning is written with the change; without an appeal nothing is', async () => {
    const city = await aCity();
    const incident = await anIncident(city, 10);
    const alone = await anIncident(city, 900);
    const { appeal } = await receive(city, anAppeal());
    await move(city, incident.id, 'confirmed');
    await move(city, incident.id, 'closed', 'nothing to do');
    await move(city, alone.id, 'confirmed');
    await move(city, alone.id, 'closed', 'nothing to do');
    expect(await news(city.database, appeal)).toEqual(['linked waiting', 'closed waiting']);
    // Reopened before anybody was told: the end is never told, and neither is the beginning.
    await move(city, incident.id, 'reopened');
    expect(await news(city.database, appeal)).toEqual(['linked waiting', 'closed withdrawn']);
    expect((await appeals.linksTo(city.database, alone.id)).length).toBe(0);
  });

  test('a change that is rolled back leaves no news', async () => {
    const city = await aCity();
    const incident = await anIncident(city, 10);
    const { appeal } = await receive(city, anAppeal());
    const failing = city.database.transaction(async (tx) => {
      const before = await incidents.lock(tx, incident.id);
      await moveIncident(
        tx,
        before,
        'rejected',
        { rejectReason: 'shadow' },
        {
          atMs: startMs,
          actor: { kind: 'person', person: aliya },
          reason: '',
          pace: 1,
        },
      );
      throw new Error('the line broke');
    });
    await expect(failing).rejects.toThrow('the line broke');
    expect(await news(city.database, appeal)).toEqual(['linked waiting']);
  });
});

test('the words go when the pictures go, the rows when the records go, and not before their incident', async () => {
  const city = await aCity();
  const dayMs = 24 * hourMs;
  city.clock.set(startMs - 1000 * dayMs);
  const madeAtMs = city.clock.nowMs();
  const incident = await anIncident(city, 10);
  const { appeal: linked } = await receive(city, anAppeal({ madeAtMs }));
  const { appeal: alone } = await receive(city, anAppeal({ madeAtMs, hazard: null }));
  const { appeal: fresh } = await (async () => {
    city.clock.set(startMs);
    return receive(city, anAppeal({ hazard: null }));
  })();
  const folder = await mkdtemp(join(tmpdir(), 'ahual-appeals-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const files = await openFiles(folder);
  const rules = {
    framesH: 48,
    rejectedFramesD: 30,
    confirmedFramesD: 366,
    clipsWithoutViolationD: 30,
    hourlySumsD: 396,
    recordsD: 1827,
  };
  const textOf = async (one: Appeal) => (await appeals.byId(city.database, one.id))?.text;
  await keeping.sweep(city.database, files, startMs, rules);
  expect(await Promise.all([linked, alone, fresh].map(textOf))).toEqual(['', '', 'вода по щиколотку']);
  await keeping.sweep(city.database, files, startMs, { ...rules, recordsD: 730 });
  expect(await Promise.all([linked, alone, fresh].map(textOf))).toEqual(['', undefined, 'вода по щиколотку']);
  expect(await linkedTo(city.database, linked)).toEqual([incident.id]);
});

test('a file is taken through the same door: tried first, bad rows told by line, twice is once', async () => {
  const city = await aCity();
  const incident = await anIncident(city, 10);
  const text = [
    'external_id,topic,lon,lat,made_at,text',
    'A-1,Подтопление,71.43,51.13,2026-11-22T10:50:00+05:00,вода',
    'A-2,Подтопление,71.43,511.3,2026-11-22T10:50:00+05:00,вода',
    'A-3,Лифт,71.43,51.13,2026-11-22T10:50:00+05:00,стоит',
    'A-1,Подтопление,71.43,51.13,2026-11-22T10:50:00+05:00,вода',
  ].join('\n');
  const run = async (isDry: boolean): Promise<{ refused: number; said: string[] }> => {
    const said: string[] = [];
    const refused = await importAppeals(city.database, {
      text,
      file: 'appeals.csv',
      source: 'ikomek',
      topics: { подтопление: 'flooding' },
      inCity,
      isDry,
      say: (line) => said.push(line),
      clock: city.clock,
    });
    return { refused, said };
  };
  const tried = await run(true);
  expect(tried.refused).toBe(1);
  expect(tried.said[0]).toMatch(/^appeals[.]csv:3 lat is 511[.]3;/);
  expect(tried.said.at(-1)).toBe('3 appeals would be taken (known 1, linked 1, other-topic 1), 1 rows refused');
  expect(await appeals.list(city.database, { sinceMs: 0, limit: 10 })).toEqual([]);
  expect((await run(false)).said.at(-1)).toBe('3 appeals taken (known 1, linked 1, other-topic 1), 1 rows refused');
  expect((await run(false)).said.at(-1)).toBe('3 appeals taken (known 3), 1 rows refused');
  expect(await appeals.linksTo(city.database, incident.id)).toHaveLength(1);
});
