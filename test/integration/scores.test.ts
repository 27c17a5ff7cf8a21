// Agencies' scores over a real database: each task and its outcome by hand, the month frozen, corrected later; the weekly page; the eyes.
import { parse } from 'csv-parse/sync';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#core/clock';
import { AgencyId, CameraId, IncidentId, newId, TaskId } from '#core/ids';
import type { Incident } from '#core/incident';
import type { Task, TaskState } from '#core/task';
import { pathOf, type NumberList } from '#dashboard/contract';
import { incidents, looks, numbers, scores, sql, tasks } from '#store';
import { freezeScores, scoreMonthOf, scoresFreezeAtMs } from '#tasks';
import { camera, openStand, type Seat, type Stand } from './dashboard-stand.ts';
import { aLook, aTask, anIncident } from './store-builders.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const hourOf = (atMs: number): number => Math.floor(atMs / hourMs) * hourMs;
const zone = 'Asia/Almaty';
// The middle of a month that is frozen whenever the test runs: a fifth working day comes within two weeks, holidays and all.
const middleMs = DateTime.now()
  .setZone(zone)
  .minus({ months: 2 })
  .startOf('month')
  .plus({ days: 14, hours: 12 })
  .toMillis();
const day = DateTime.fromMillis(middleMs, { zone }).toISODate() ?? '';
const month = scoreMonthOf(middleMs, zone);

const akimat = 'akimat-esil';
const other = 'akimat-nura';
const water = 'su-arnasy';

let stand: Stand;
let lead: Seat;
beforeAll(async () => {
  stand = await openStand({
    cameras: [
      camera('cam-2', {}),
      camera('cam-3', {}),
      ...[1, 2, 3, 4, 5].map((n) => camera(`node-${n}`, { rtsp: `rtsp://10.7.1.${n}/live` })),
      ...[1, 2, 3, 4].map((n) => camera(`rec-${n}`, { rtsp: `rtsp://10.9.9.9/${n}` })),
    ],
  });
  lead = await stand.seat('shift-lead');
});
afterAll(() => stand.close());

/** A step of a task: the state, minutes after it was made, and who did it. */
type Step = readonly [to: TaskState, atMin: number, actor?: string];

interface Given {
  readonly agencyId?: string;
  /** Minutes after it was made. */
  readonly acceptMin?: number;
  readonly fixMin?: number;
  readonly madeMs?: number;
  readonly incident?: Incident;
  readonly by?: Task['verifiedBy'];
  readonly role?: Task['role'];
  readonly hazard?: Incident['hazard'];
  readonly cameraId?: string;
}

async function incidentAt(atMs: number, more: Partial<Incident> = {}): Promise<Incident> {
  const id = IncidentId.parse(newId(systemClock));
  const row = { cameraId: CameraId.parse('cam-open'), openedAtMs: atMs, raisedAtMs: atMs, decidedAtMs: atMs, ...more };
  return stand.database.transaction((tx) =>
    incidents.insert(tx, anIncident(id, { state: 'in_work', ...row }), { atMs, actor: 'judge', reason: 'test' }),
  );
}

/** A task that went this way; its deadline is two hours after it was made unless said otherwise. */
async function went(steps: readonly Step[], given: Given = {}): Promise<Task> {
  const madeMs = given.madeMs ?? middleMs;
  const { hazard = 'snow', cameraId = 'cam-open' } = given;
  const incident = given.incident ?? (await incidentAt(madeMs, { hazard, cameraId: CameraId.parse(cameraId) }));
  let now = await stand.database.transaction((tx) =>
    tasks.insert(
      tx,
      aTask(TaskId.parse(newId(systemClock)), incident, {
        agencyId: AgencyId.parse(given.agencyId ?? akimat),
        role: given.role ?? 'primary',
        createdAtMs: madeMs,
        acceptByMs: madeMs + (given.acceptMin ?? 30) * minuteMs,
        fixByMs: madeMs + (given.fixMin ?? 120) * minuteMs,
      }),
      { atMs: madeMs, actor: 'tasks', reason: 'test' },
    ),
  );
  for (const [state, atMin, actor = 'crew'] of steps) {
    const atMs = madeMs + atMin * minuteMs;
    const before = now;
    const patch: Partial<Task> =
      state === 'verified'
        ? { verifiedAtMs: atMs, verifiedBy: given.by ?? 'camera' }
        : state === 'declined'
          ? { declineReason: 'wrong_owner' }
          : state === 'accepted'
            ? { acceptedAtMs: atMs }
            : state === 'done_claimed'
              ? { claimedAtMs: atMs }
              : {};
    now = await stand.database.transaction((tx) =>
      tasks.update(tx, before, { state, ...patch }, { atMs, actor, reason: 'test' }),
    );
  }
  return now;
}

const sent: Step = ['sent', 1, 'courier'];
const taken: Step = ['accepted', 10];
const claimed = (atMin: number): Step => ['done_claimed', atMin];
const checked = (atMin: number): Step => ['verifying', atMin, 'verification'];
const held = (atMin: number): Step => ['verified', atMin, 'verification'];
const byCamera = (atMin: number): Step => ['returned', atMin, 'verification'];
const byPerson = (atMin: number): Step => ['returned', atMin, 'p-controller'];
const good = [sent, taken, claimed(100), checked(101), held(115)] as const;

const list = (name: NumberList, more: Record<string, string> = {}) =>
  lead.ask('numbersList', { query: { span: 'month', day, list: name, ...more } });
const asked = () => lead.ask('numbersScores', { query: { span: 'month', day } });
const agencyOf = async (id: string) =>
  (await asked()).groups.flatMap((group) => group.agencies).find((one) => one.agencyId === id);

describe('a month of one akimat, every kind of outcome', () => {
  const outcomes: Record<string, string> = {};
  const note = (task: Task, outcome: string): void => void (outcomes[task.id] = outcome);

  beforeAll(async () => {
    for (let n = 0; n < 4; n++) note(await went(good), 'good');
    // In time is when the crew said so: that we looked an hour later is not its time.
    note(await went([sent, taken, claimed(119), checked(120), held(190)], { by: 'photo' }), 'good');
    note(await went([sent, ['accepted', 40], claimed(121), checked(122), held(130)], { by: 'call' }), 'late');
    note(
      await went([sent, taken, claimed(50), checked(51), byPerson(60), claimed(90), checked(91), held(100)]),
      'given-back',
    );
    note(
      await went([sent, taken, claimed(50), checked(51), byCamera(60), claimed(90), checked(91), held(100)]),
      'given-back',
    );
    note(await went([sent, taken]), 'open');
    note(await went([sent, ['declined', 31], ['rerouted', 60, 'p-controller']]), 'refused-late');
    // The camera gave it back, the crew said done again, and a person held it done while the camera still said hazard.
    const wrong = await went(
      [sent, taken, claimed(50), checked(51), byCamera(60), claimed(130), checked(131), held(140)],
      {
        by: 'photo',
      },
    );
    await stand.database.transaction((tx) =>
      scores.cameraWasWrong(tx, [wrong.id], middleMs + 140 * minuteMs, 'p-controller'),
    );
    note(wrong, 'good');
    // A person gave it back as well: that stands, whatever the camera was.
    const both = await went([
      sent,
      taken,
      claimed(50),
      checked(51),
      byCamera(55),
      claimed(60),
      checked(61),
      byPerson(70),
      claimed(80),
      checked(81),
      held(90),
    ]);
    await stand.database.transaction((tx) =>
      scores.cameraWasWrong(tx, [both.id], middleMs + 90 * minuteMs, 'p-controller'),
    );
    note(both, 'given-back');
    // It came back: the incident was opened again and work followed.
    const back = await went(good);
    note(back, 'reopened');
    await reopen(back, 300);
    await went(good, { madeMs: middleMs + 301 * minuteMs, incident: await theIncident(back) }).then((one) =>
      note(one, 'good'),
    );
    // It came back by mistake: the new work was called off.
    const mistaken = await went(good);
    note(mistaken, 'good');
    await reopen(mistaken, 300);
    const off = await went([sent, ['cancelled', 20, 'p-controller']], {
      madeMs: middleMs + 301 * minuteMs,
      incident: await theIncident(mistaken),
    });
    note(off, 'cancelled');
    note(await went([sent, ['declined', 29], ['rerouted', 60, 'p-controller']]), 'handed-on');
    // The others of the group: enough of them for a place, and too few for one.
    for (let n = 0; n < 10; n++) await went(good, { agencyId: other });
    for (let n = 0; n < 3; n++) await went(good, { agencyId: 'akimat-almaty' });
    for (let n = 0; n < 5; n++) await went(good, { agencyId: water, hazard: 'open-manhole', by: 'photo' });
    // Not of this month, or nobody's main work.
    await went(good, { madeMs: month.fromMs - 3 * hourMs });
    await went(good, { madeMs: month.toMs });
    await went(good, { role: 'copy' });
  }, 300_000);

  async function theIncident({ incidentId }: Task): Promise<Incident> {
    const found = await incidents.byId(stand.database, incidentId);
    if (!found) throw new Error('the incident is gone');
    return found;
  }
  async function reopen(task: Task, atMin: number): Promise<void> {
    const change = { atMs: middleMs + atMin * minuteMs, actor: 'judge', reason: 'test' };
    const incident = await theIncident(task);
    await stand.database.transaction((tx) => incidents.update(tx, incident, { state: 'reopened' }, change));
  }

  test('each task has the outcome that was told of it by hand', async () => {
    const told = await stand.database.rows(
      z.object({ id: z.string(), outcome: z.string() }),
      sql`select id, outcome from ${scores.scoredOf(month, systemClock.nowMs())} where agency_id = ${akimat}`,
    );
    expect(Object.fromEntries(told.map(({ id, outcome }) => [id, outcome]))).toEqual(outcomes);
  });

  test('what is disputed or still to be looked at does not count, until it is decided', async () => {
    const now = middleMs + dayMs;
    const outcomeAt = async (task: Task, atMs: number) =>
      (
        await stand.database.rows(
          z.object({ outcome: z.string(), isCounted: z.boolean() }),
          sql`select outcome, is_counted from ${scores.scoredOf(month, atMs)} where id = ${task.id}`,
        )
      )[0];
    const agencyId = 'elorda-eco-system';
    const disputed = await went([sent, ['declined', 20], ['rerouted', 1000, 'p-controller']], { agencyId });
    expect(await outcomeAt(disputed, middleMs + 500 * minuteMs)).toEqual({ outcome: 'disputed', isCounted: false });
    expect(await outcomeAt(disputed, now)).toEqual({ outcome: 'handed-on', isCounted: false });
    const waits = await went(
      [sent, taken, claimed(60), checked(61), byCamera(70), claimed(200), checked(201), held(900)],
      {
        agencyId,
      },
    );
    // The camera and the crew contradict each other: nobody has decided yet.
    expect(await outcomeAt(waits, middleMs + 500 * minuteMs)).toEqual({ outcome: 'checking', isCounted: false });
    expect(await outcomeAt(waits, now)).toEqual({ outcome: 'given-back', isCounted: true });
    // Before its deadline a task is in no month.
    expect(await outcomeAt(waits, middleMs + 100 * minuteMs)).toBeUndefined();
    const slow = await went([sent, taken, claimed(130), checked(131)], { agencyId });
    expect(await outcomeAt(slow, now)).toEqual({ outcome: 'open', isCounted: true });
  });

  test('the figures are those of the formula, with n, inside the group', async () => {
    const { groups, frozenAtMs } = await asked();
    expect(frozenAtMs).toBeNull();
    const group = groups.find((one) => one.kind === 'akimat');
    expect(group?.hazard).toBeNull();
    expect(group?.agencies.map(({ agencyId, rank, now }) => [agencyId, rank, now.k, now.n])).toEqual([
      [other, 1, 10, 10],
      [akimat, 2, 8, 15],
      ['akimat-almaty', null, 3, 3],
    ]);
    // 10 of 10: 0.7225; the index of nothing but good ones is the same hundredfold.
    expect(group?.agencies[0]?.now.low).toBeCloseTo(0.7225, 4);
    expect(group?.agencies[0]?.index).toBeCloseTo(72.25, 2);
    expect(group?.agencies[2]).toMatchObject({ index: null });
    expect(group?.agencies[2]?.now.low).toBeCloseTo(0.4385, 4);
    const mine = group?.agencies[1];
    // 13 were held done, one of them came back; two of 15 were not taken in time.
    expect(mine).toMatchObject({
      kept: { k: 12, n: 13 },
      accepted: { k: 13, n: 15 },
      by: { camera: 10, photo: 2, word: 1 },
      not: { checking: 0, disputed: 0, handedOn: 1, cancelled: 1 },
      corrected: null,
    });
    const lb = (k: number, n: number): number => {
      const [p, zz] = [k / n, 1.96 ** 2];
      return (p + zz / (2 * n) - 1.96 * Math.sqrt((p * (1 - p)) / n + zz / (4 * n * n))) / (1 + zz / n);
    };
    expect(mine?.index).toBeCloseTo(100 * (0.6 * lb(9, 15) + 0.25 * lb(12, 13) + 0.15 * lb(13, 15)), 6);
    // A water utility is never put beside an akimat.
    expect(groups.find((one) => one.agencies.some(({ agencyId }) => agencyId === water))).toMatchObject({
      kind: 'utility',
      hazard: 'open-manhole',
      // Alone in its group it has a score and no place.
      agencies: [{ now: { k: 5, n: 5 }, rank: null }],
    });
  });

  test('every number opens the tasks that it was counted from', async () => {
    const mine = await agencyOf(akimat);
    const totals = await Promise.all(
      (['scored', 'scored-good', 'scored-bad', 'scored-not'] as const).map(
        async (name) => (await list(name, { agencyId: akimat })).total,
      ),
    );
    expect(totals).toEqual([mine?.now.n, mine?.now.k, (mine?.now.n ?? 0) - (mine?.now.k ?? 0), 2]);
    const { rows } = await list('scored-bad', { agencyId: akimat });
    expect(rows.map(({ state }) => state).sort()).toEqual(
      ['given-back', 'given-back', 'given-back', 'late', 'open', 'refused-late', 'reopened'].sort(),
    );
    expect(JSON.stringify(rows)).not.toMatch(/p-controller|crew/);
  });

  test('a frozen month never changes; what came out otherwise later is shown as a correction', async () => {
    const before = await asked();
    // Only the day after the fifth working day: until then nothing is frozen.
    expect(await freezeScores(stand.database, before.freezesAtMs - 1, zone)).not.toContain(month.month);
    const nowMs = systemClock.nowMs();
    expect(await freezeScores(stand.database, nowMs, zone)).toContain(month.month);
    expect(await freezeScores(stand.database, nowMs, zone)).toEqual([]);
    const frozen = await asked();
    expect(frozen.frozenAtMs).not.toBeNull();
    expect(frozen.groups).toEqual(before.groups);
    // Later: a person finds that the camera was wrong about one that it had given back, and an open one is called off.
    const bad = (await list('scored-bad', { agencyId: akimat })).rows;
    const returned = await Promise.all(
      bad.filter((row) => row.state === 'given-back').map((row) => tasks.history(stand.database, row.id)),
    );
    const onlyCamera = bad.filter((row) => row.state === 'given-back')[
      returned.findIndex((history) => history.every((one) => one.to !== 'returned' || one.actor === 'verification'))
    ];
    const open = await tasks.byId(stand.database, bad.find((row) => row.state === 'open')?.id ?? '');
    if (!onlyCamera || !open) throw new Error('the tasks of the test are gone');
    await stand.database.transaction(async (tx) => {
      await scores.cameraWasWrong(tx, [onlyCamera.id], nowMs, 'p-controller');
      await tasks.update(tx, open, { state: 'cancelled' }, { atMs: nowMs, actor: 'p-controller', reason: 'test' });
    });
    const after = await agencyOf(akimat);
    expect(after).toEqual({
      ...frozen.groups.flatMap((group) => group.agencies).find((one) => one.agencyId === akimat),
      corrected: { tasks: 2, k: 9, n: 14 },
    });
    expect((await list('scored-corrected', { agencyId: akimat })).rows.map(({ state }) => state).sort()).toEqual([
      'cancelled',
      'good',
    ]);
    expect((await list('scored', { agencyId: akimat })).total).toBe(15);
    // The application itself may add to a frozen month as little as it may change it: the rows are append-only and made once.
    const audited = await stand.database.rows(
      z.object({ objectId: z.string() }),
      sql`select object_id from audit where act = 'scores frozen' and object_id = ${month.month}`,
    );
    expect(audited).toHaveLength(1);
    await expect(
      stand.database.run(sql`update score_task set is_good = true where month = ${month.month}::date`),
    ).rejects.toThrow(/permission denied|not allowed/i);
  });

  test('a month is frozen at the end of its fifth working day, holidays left out', () => {
    const march = scoreMonthOf(DateTime.fromISO('2026-03-10', { zone }).toMillis(), zone);
    const at = (holidays: Parameters<typeof scoresFreezeAtMs>[2]) =>
      DateTime.fromMillis(scoresFreezeAtMs(march, zone, holidays), { zone }).toISODate();
    expect(at([])).toBe('2026-04-07');
    expect(at([{ date: '2026-04-02', kind: 'holiday', nameKk: '', nameRu: '', certainty: 'high' }])).toBe('2026-04-08');
  });

  test('the export has the scores with their bounds and what they mean', async () => {
    const answer = await lead.send('GET', pathOf('numbersCsv', {}, { span: 'month', day, language: 'en' }));
    const rows = z
      .array(z.array(z.string()))
      .parse(parse(Buffer.from(await answer.arrayBuffer()), { bom: true, relax_column_count: true }));
    const row = rows.find(
      ([name, of]) => name === 'Agency score' && of?.startsWith('Nura') === true && of.endsWith('lower bound'),
    );
    expect(row?.[2]).toBe('0.7225');
    expect(row?.[6]).toBe('10');
    expect(rows.some(([name, means]) => name === 'Agency score' && means?.includes('lower bound'))).toBe(true);
  });
});

describe('the akim’s weekly page', () => {
  test('tells what the hazards did, and names nobody and no restricted place', async () => {
    const weekMs = DateTime.fromMillis(middleMs, { zone })
      .minus({ weeks: 5 })
      .startOf('week')
      .plus({ days: 2 })
      .toMillis();
    const weekDay = DateTime.fromMillis(weekMs, { zone }).toISODate() ?? '';
    for (let n = 0; n < 3; n++) await went(good, { madeMs: weekMs, hazard: 'dumping' });
    // Rejected ones were put before operators and confirmed by nobody.
    await incidentAt(weekMs, { hazard: 'dumping', state: 'rejected' });
    await went([sent, taken], { madeMs: weekMs, hazard: 'flooding', cameraId: 'cam-closed' });
    await went([sent, taken], { madeMs: weekMs + hourMs, hazard: 'flooding', cameraId: 'cam-2' });
    const page = await lead.ask('numbersWeek', { query: { day: weekDay } });
    const dumping = page.hazards.find((one) => one.hazard === 'dumping');
    expect(dumping).toMatchObject({
      raised: 4,
      confirmed: 3,
      confirmedBefore: 0,
      fixed: { n: 3, p50Ms: 115 * minuteMs },
      reopened: 0,
    });
    expect(page.hazards.find((one) => one.hazard === 'flooding')).toMatchObject({ confirmed: 2, overdue: 2, open: 2 });
    expect(page.longest[0]).toMatchObject({ hazard: 'flooding', place: { kk: 'cam-2 kk' } });
    const text = JSON.stringify(page);
    expect(text).not.toContain('cam-closed');
    expect(text).not.toMatch(/Name of|"p-|actor/);
    expect(page.scores.frozenAtMs).not.toBeNull();
  });

  test('only those who see the numbers have it', async () => {
    const operator = await stand.seat('operator');
    expect((await operator.send('GET', pathOf('numbersWeek'))).status).toBe(403);
    expect((await operator.send('GET', pathOf('numbersScores'))).status).toBe(403);
  });
});

describe('the eyes', () => {
  test('name the worst node, how long a round is and what a look costs', async () => {
    const nowMs = systemClock.nowMs();
    const seen = (id: string, agoMin: number, parts: boolean) =>
      looks.save(
        stand.database,
        aLook(id, nowMs - agoMin * minuteMs, [{ hazard: 'snow', word: 'clear' }], {
          parts: parts ? { grab: 10, scale: 2, quality: 1, infer: 25, rules: 1, still: 1, other: 2 } : null,
        }),
        { judgeAll: false },
      );
    // Two of the network answer, three do not; of the recorder's four none does.
    for (const id of ['node-1', 'node-2']) {
      for (const agoMin of [8, 5, 2]) await seen(id, agoMin, agoMin !== 8);
    }
    const eyes = await lead.ask('numbersEyes', { query: { span: 'day' } });
    expect(eyes.worstNode).toEqual({ node: '10.9.9.9', silent: 4, all: 4 });
    expect((await lead.ask('numbersList', { query: { span: 'day', list: 'silent', node: '10.9.9.9' } })).total).toBe(4);
    expect(eyes.cpu).toEqual({ p50Ms: 42, n: 4 });
    // Most of the cameras were not looked at within the hour.
    expect(eyes.roundP95Ms).toBe(hourMs);
    expect(eyes.cameras.silent).toBe(eyes.cameras.all - 2);
  });

  test('looks of an hour are counted the same from the roll-up, and from the rows where it has none', async () => {
    const hourAtMs = Math.floor((systemClock.nowMs() - 30 * hourMs) / hourMs) * hourMs;
    const stretch = { fromMs: hourAtMs - 5 * hourMs, toMs: hourAtMs + 5 * hourMs };
    const nowMs = systemClock.nowMs();
    for (let n = -4; n < 4; n++) {
      await stand.database.run(sql`
        insert into look_sum (hour_at, camera_id, hazard, looks, hazard_looks, clear_looks, cannot_see)
        values (${new Date(hourAtMs + n * hourMs).toISOString()}::timestamptz, 'cam-2', 'flooding', 10, 1, 6, 3)`);
    }
    const expected = [{ hazard: 'flooding', looks: 80, judged: 56 }];
    expect(await numbers.looksJudged(stand.database, stretch, nowMs)).toEqual(expected);
    await numbers.rollHours(stand.database, nowMs);
    expect(await numbers.looksJudged(stand.database, stretch, nowMs)).toEqual(expected);
    // An hour without a roll-up in the midst of others is counted from the rows.
    await stand.database.run(
      sql`delete from look_hour where hour_at = ${new Date(hourAtMs).toISOString()}::timestamptz`,
    );
    expect(await numbers.looksJudged(stand.database, stretch, nowMs)).toEqual(expected);
    // A look that was redelivered hours late is in the next sum.
    const lately = { fromMs: hourOf(nowMs - 3 * hourMs), toMs: hourOf(nowMs - 2 * hourMs) };
    const late = (looksN: number) =>
      stand.database.run(sql`
        insert into look_sum (hour_at, camera_id, hazard, looks, hazard_looks, clear_looks, cannot_see)
        values (${new Date(lately.fromMs).toISOString()}::timestamptz, ${`late-${looksN}`}, 'dumping', ${looksN}, 0, ${looksN}, 0)`);
    await late(5);
    await numbers.rollHours(stand.database, nowMs);
    await late(2);
    expect(await numbers.looksJudged(stand.database, lately, nowMs)).toEqual([
      { hazard: 'dumping', looks: 5, judged: 5 },
    ]);
    await numbers.rollHours(stand.database, nowMs);
    expect(await numbers.looksJudged(stand.database, lately, nowMs)).toEqual([
      { hazard: 'dumping', looks: 7, judged: 7 },
    ]);
  });
});
