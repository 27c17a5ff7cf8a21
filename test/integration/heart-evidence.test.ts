// An act on a real database: incident, clip, seal, draft, article, second reviewer, custody.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Clip } from '#core/clip';
import {
  checkCustody,
  checkSeals,
  chooseArticle,
  dismissViolation,
  articlesFor,
  openDraft,
  planClip,
  recordView,
  reviewSecond,
  sealClip,
} from '#evidence';
import { clips, incidents, sql } from '#store';
import { aCity, aliya, evidenceSettings, lead, officer, secondOfficer, startMs, type City } from './heart-city.ts';

const storyFacts = (atMs: number) => ({
  source: 'story',
  signs: 'raised heap',
  stoppedS: 40,
  cameAtMs: atMs - 60_000,
  leftAtMs: atMs - 5_000,
  stillBefore: 'before',
});

const judgeOf = (city: City) =>
  city.judge({
    afterChange: async (tx, incident) => {
      await planClip(tx, incident, { clock: city.clock, settings: evidenceSettings });
      await openDraft(tx, incident, { clock: city.clock, settings: evidenceSettings });
    },
  });

async function anAct(city: City) {
  const judge = await judgeOf(city);
  await city.see('c3', 'ravine', 'dumping', 'hazard', {
    sub: 'tipper',
    support: { boxes: [], facts: storyFacts(city.clock.nowMs()) },
  });
  await judge.judgeInbox();
  return { judge, incident: await city.only() };
}

const cut = (name: string) => ({
  sha256: createHash('sha256').update(name).digest('hex'),
  bytes: 1234,
  startsAtMs: startMs - 77_000,
  durationMs: 92_000,
  cutBy: 'node-av 6.1.1',
});
const seal = (city: City, clip: Clip, name: string = clip.id) =>
  city.database.transaction((tx) => sealClip(tx, clip, cut(name), { clock: city.clock, settings: evidenceSettings }));
const draftOf = async (city: City) => (await clips.violations(city.database)).at(0);

test('one story raises an act and plans its clip in the same transaction', async () => {
  const city = await aCity();
  const { incident } = await anAct(city);
  expect(incident).toMatchObject({ state: 'pending_review', sub: 'tipper', severity: 'S3', beforeSha256: 'before' });
  const planned = await clips.byIncident(city.database, incident.id);
  expect(planned).toEqual([
    expect.objectContaining({ state: 'planned', fromMs: startMs - 75_000, toMs: startMs + 10_000 }),
  ]);
});

test('a draft needs both: the confirmation of a person and the sealed clip, in either order', async () => {
  for (const sealFirst of [true, false]) {
    const city = await aCity();
    const { judge, incident } = await anAct(city);
    const [clip] = await clips.byIncident(city.database, incident.id);
    if (!clip) throw new Error('no clip');
    const confirm = async () => {
      await city.confirm(incident);
      city.clock.advance(10_000);
      await city.courier().deliver(new AbortController().signal);
      await judge.tick();
    };
    await (sealFirst ? seal(city, clip) : confirm());
    expect(await draftOf(city)).toBeUndefined();
    await (sealFirst ? confirm() : seal(city, clip));
    expect(await draftOf(city)).toMatchObject({
      number: 'A-2026-000001',
      state: 'draft',
      articleId: null,
      track: 'officer',
    });
    await judge.tick();
    expect(await clips.violations(city.database)).toHaveLength(1);
  }
});

test('a seal stands: the same bytes again change nothing, other bytes are refused', async () => {
  const city = await aCity();
  const { incident } = await anAct(city);
  const [clip] = await clips.byIncident(city.database, incident.id);
  if (!clip) throw new Error('no clip');
  const sealed = await seal(city, clip, 'original');
  expect(sealed).toMatchObject({ state: 'sealed', previousSeal: null, cutBy: 'node-av 6.1.1; ahual 0.1.0' });
  expect(await seal(city, clip, 'original')).toEqual(sealed);
  await expect(seal(city, clip, 'another')).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN' });
  expect((await clips.custodyOf(city.database, clip.id)).map((r) => r.act)).toEqual(['created', 'sealed']);
});

test('clips sealed at once stand one after the other in one chain, and a row changed from outside shows', async () => {
  const city = await aCity();
  const judge = await judgeOf(city);
  for (let n = 0; n < 4; n++) {
    await city.see('c3', 'ravine', 'dumping', 'hazard', {
      sub: 'tipper',
      support: { boxes: [], facts: storyFacts(city.clock.nowMs()) },
    });
    await judge.judgeInbox();
    city.clock.advance(1_200_000);
  }
  const planned = await clips.pending(city.database);
  expect(planned).toHaveLength(4);
  await Promise.all(planned.map((clip) => seal(city, clip)));
  const chain = await clips.seals(city.database);
  expect(checkSeals(chain)).toEqual({ kind: 'whole', links: 4 });
  await city.database.run(sql`update clip set duration_ms = duration_ms + 1 where id = ${chain[2]?.id}`);
  expect(checkSeals(await clips.seals(city.database))).toEqual({ kind: 'broken', clipId: chain[2]?.id, why: 'facts' });
});

async function aDraft(city: City) {
  const { incident } = await anAct(city);
  const [clip] = await clips.byIncident(city.database, incident.id);
  if (!clip) throw new Error('no clip');
  await city.confirm(incident);
  await seal(city, clip);
  const draft = await draftOf(city);
  if (!draft) throw new Error('no draft');
  return { incident: (await incidents.byId(city.database, incident.id)) ?? incident, clip, draft };
}

test('an officer chooses among the articles of the day; nobody chooses for them; another officer agrees', async () => {
  const city = await aCity();
  const { incident, draft } = await aDraft(city);
  const { clock } = city;
  expect((await articlesFor(city.database, incident, '2026-11-22')).map((a) => a.id).sort()).toEqual(['344', '434-2']);
  const choose = (person: typeof officer, articleId: string, version = draft.version) =>
    city.database.transaction((tx) =>
      chooseArticle(tx, { violationId: draft.id, articleId, version, person, clock, settings: evidenceSettings }),
    );
  await expect(choose(aliya, '344')).rejects.toMatchObject({ code: 'AUTH_DENIED' });
  await expect(choose(officer, 'old')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  const chosen = await choose(officer, '344');
  expect(chosen).toMatchObject({ state: 'second_review', articleId: '344', chosenBy: 'nurlan' });
  await expect(choose(officer, '434-2')).rejects.toMatchObject({ code: 'INCIDENT_CHANGED' });
  const second = (person: typeof officer, agrees: boolean, version = chosen.version) =>
    city.database.transaction((tx) =>
      reviewSecond(tx, { violationId: draft.id, version, person, agrees, note: 'the plate cannot be read', clock }),
    );
  await expect(second(officer, true)).rejects.toMatchObject({ code: 'AUTH_DENIED' });
  const returned = await second(secondOfficer, false);
  expect(returned.state).toBe('returned');
  const again = await city.database.transaction((tx) =>
    chooseArticle(tx, {
      violationId: draft.id,
      articleId: '434-2',
      version: returned.version,
      person: secondOfficer,
      clock,
      settings: evidenceSettings,
    }),
  );
  // Who chose first may not agree with themselves, whatever roles they have.
  await expect(second(secondOfficer, true, again.version)).rejects.toMatchObject({ code: 'AUTH_DENIED' });
});

test('no violation, and why', async () => {
  const city = await aCity();
  const { draft } = await aDraft(city);
  const dismissed = await city.database.transaction((tx) =>
    dismissViolation(tx, {
      violationId: draft.id,
      version: draft.version,
      note: 'a permitted site',
      person: officer,
      clock: city.clock,
    }),
  );
  expect(dismissed).toMatchObject({ state: 'not_a_violation', note: 'a permitted site' });
});

test('every opening of an original is a link of the custody chain', async () => {
  const city = await aCity();
  const { clip } = await aDraft(city);
  const sealed = await clips.byId(city.database, clip.id);
  if (!sealed) throw new Error('no clip');
  const view = (person: typeof officer) =>
    city.database.transaction((tx) =>
      recordView(tx, { clip: sealed, person, purpose: 'waste_violation', clock: city.clock }),
    );
  await Promise.all([view(officer), view(lead), view(secondOfficer)]);
  const rows = await clips.custodyOf(city.database, clip.id);
  expect(rows.map((r) => r.act)).toEqual(['created', 'sealed', 'viewed', 'viewed', 'viewed']);
  expect(checkCustody(rows)).toEqual({ kind: 'whole', links: 5 });
  await expect(
    city.database.transaction((tx) => recordView(tx, { clip, person: officer, purpose: 'audit', clock: city.clock })),
  ).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN' });
});

test('numbers begin anew with the local year', async () => {
  const city = await aCity();
  // 31 December 2026, 19:30 UTC is already 2027 in Astana.
  city.clock.set(Date.parse('2026-12-31T19:30:00Z'));
  const { draft } = await aDraft(city);
  expect(draft.number).toBe('A-2027-000001');
});
