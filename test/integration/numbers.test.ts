// The numbers page over a real database: every number against the list it opens, and both against what was put in.
import { parse } from 'csv-parse/sync';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#core/clock';
import { isSeen } from '#core/hazard-name';
import { newId, PersonId, TaskId } from '#core/ids';
import type { Incident } from '#core/incident';
import { pathOf, type NumberList } from '#dashboard/contract';
import { held, mass, sql, tasks, verdicts } from '#store';
import { camera, openStand, type Seat, type Stand } from './dashboard-stand.ts';
import { aTask } from './store-builders.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const zone = 'Asia/Almaty';
// Noon of a day that is over, so that the whole of it is counted whenever the test runs.
const noonMs = DateTime.now().setZone(zone).minus({ days: 3 }).startOf('day').plus({ hours: 12 }).toMillis();
const day = DateTime.fromMillis(noonMs, { zone }).toISODate() ?? '';
const dayBeforeMs = noonMs - 24 * hourMs;

let stand: Stand;
let lead: Seat;
beforeAll(async () => {
  const formula = '=HYPERLINK("http://evil")';
  stand = await openStand({
    cameras: [camera('cam-2', {}), camera('cam-3', { name: { kk: formula, ru: formula, en: formula } })],
  });
  lead = await stand.seat('shift-lead');
});
afterAll(() => stand.close());

const decided = (more: Partial<Incident>): Promise<Incident> => {
  const decidedAtMs = more.decidedAtMs ?? noonMs;
  return stand.raise({
    state: 'confirmed',
    openedAtMs: decidedAtMs - 3 * minuteMs,
    raisedAtMs: decidedAtMs - 2 * minuteMs,
    decidedAtMs,
    ...more,
  });
};
const rejected = (more: Partial<Incident>) => decided({ state: 'rejected', rejectReason: 'shadow', ...more });

async function verdictOn(incident: Incident, more: { id?: string; hazard?: Incident['hazard']; person?: string } = {}) {
  const atMs = incident.decidedAtMs ?? 0;
  const id = more.id ?? newId(systemClock);
  await stand.database.transaction((tx) =>
    verdicts.record(tx, {
      verdict: {
        kind: 'confirm',
        id,
        incidentId: incident.id,
        version: 1,
        ...(more.hazard === undefined || !isSeen(incident.hazard) ? {} : { hazard: incident.hazard }),
      },
      personId: more.person ?? 'p-operator',
      atMs,
      before: { ...incident, hazard: more.hazard ?? incident.hazard },
      taskIds: [],
    }),
  );
}

const list = (name: NumberList, more: Record<string, string | number> = {}) =>
  lead.ask('numbersList', { query: { span: 'day', day, list: name, ...more } });

describe('a day with known decisions', () => {
  beforeAll(async () => {
    for (let n = 0; n < 6; n++) await verdictOn(await decided({ decidedAtMs: noonMs + n * minuteMs }));
    await rejected({});
    await rejected({ cameraId: null, rejectReason: 'wet_asphalt' });
    // Claimed as flooding, confirmed as an open manhole: wrong as flooding, and no claim of a manhole.
    await verdictOn(await decided({ hazard: 'open-manhole' }), { hazard: 'flooding' });
    // The day before.
    await decided({ decidedAtMs: dayBeforeMs });
    await rejected({ decidedAtMs: dayBeforeMs });
    // Opened by hand where the camera could judge and had said nothing; and one where it had raised it itself.
    await stand.database.run(sql`
      insert into look_sum (hour_at, camera_id, hazard, looks, hazard_looks, clear_looks, cannot_see)
      values (${new Date(noonMs - hourMs).toISOString()}::timestamptz, 'cam-2', 'snow', 10, 0, 8, 2),
        (${new Date(noonMs - hourMs).toISOString()}::timestamptz, 'cam-3', 'snow', 10, 0, 0, 10)`);
    const byHand = { hazard: 'snow', origin: 'manual', openedAtMs: noonMs, zoneId: 'road' } as const;
    await decided({ ...byHand, cameraId: camera('cam-2', {}).id });
    await decided({ ...byHand, cameraId: camera('cam-3', {}).id });
    await decided({ ...byHand, hazard: 'flooding' });
  });

  test('precision has its n and interval, and opens exactly its claims', async () => {
    const { hazards, reasons, trend, period } = await lead.ask('numbersRight', { query: { span: 'day', day } });
    const flooding = hazards.find((one) => one.hazard === 'flooding');
    expect(flooding).toMatchObject({ now: { k: 6, n: 9 }, before: { k: 1, n: 2 }, missed: 0 });
    expect(flooding?.now.low).toBeCloseTo(0.354, 3);
    expect(flooding?.now.high).toBeCloseTo(0.879, 3);
    expect(hazards.find((one) => one.hazard === 'open-manhole')?.now.n).toBe(0);
    expect(reasons).toEqual(
      expect.arrayContaining([
        { reason: 'shadow', n: 1 },
        { reason: 'wet_asphalt', n: 1 },
        { reason: null, n: 1 },
      ]),
    );
    expect(period.runs).toBe(false);
    expect(trend).toHaveLength(24);
    expect(trend.reduce((sum, one) => sum + one.right + one.wrong, 0)).toBe(9);
    expect(await list('claims', { hazard: 'flooding' })).toMatchObject({ total: 9 });
    expect(await list('right', { hazard: 'flooding' })).toMatchObject({ total: 6 });
    expect(await list('wrong')).toMatchObject({ total: 3 });
    expect((await list('wrong', { reason: 'shadow' })).rows).toMatchObject([{ state: 'shadow', isRight: false }]);
    expect(await list('wrong', { reason: 'other-hazard' })).toMatchObject({ total: 1 });
  });

  test('missed is what people found where a camera could judge and was silent', async () => {
    const { hazards } = await lead.ask('numbersRight', { query: { span: 'day', day } });
    expect(hazards.find((one) => one.hazard === 'snow')).toMatchObject({ missed: 1, missedBefore: 0 });
    expect((await list('missed')).rows).toMatchObject([{ cameraId: 'cam-2', hazard: 'snow' }]);
  });

  test('second looks: how often two people said the same, without saying who', async () => {
    const claims = await list('right', { hazard: 'flooding' });
    for (const [n, first] of claims.rows.slice(0, 4).entries()) {
      await stand.database.run(sql`
        insert into second_looks (id, number, incident_id, first_verdict_id, hazard, incident_before, first_person_id, first_at, first_kind,
          first_hazard, asked_from, asked_until, second_verdict_id, second_person_id, second_at, second_kind, second_hazard, agreed)
        select ${`second-${n}`}, ${1_000_000 + n}::bigint, ${first.id}, ${`first-${n}`}, 'flooding', '{}', 'p-operator', at, 'confirm', 'flooding', at, at,
          ${`again-${n}`}, 'p-operator2', at, ${n === 0 ? 'reject' : n === 3 ? 'unsure' : 'confirm'}, 'flooding',
          ${n === 3 ? null : n > 0}::boolean
        from (select ${new Date(noonMs).toISOString()}::timestamptz as at) as moment`);
    }
    const { second } = await lead.ask('numbersRight', { query: { span: 'day', day } });
    expect(second).toMatchObject({ now: { k: 2, n: 3 }, before: { n: 0 } });
    const { rows, total } = await list('second');
    expect(total).toBe(3);
    expect(rows[0]).toMatchObject({ isRight: false, hazard: 'flooding' });
    expect(JSON.stringify(rows)).not.toContain('p-operator');
  });

  test('cameras are listed by wrong claims, and the ten worst are summed', async () => {
    const { cameras, wrong, wrongOfTen, total } = await lead.ask('numbersCameras', { query: { span: 'day', day } });
    expect({ wrong, wrongOfTen, total }).toEqual({ wrong: 2, wrongOfTen: 2, total: 1 });
    expect(cameras).toMatchObject([{ cameraId: 'cam-open', now: { k: 6, n: 8 }, wrong: 2 }]);
    expect(await list('wrong', { cameraId: 'cam-open' })).toMatchObject({ total: 2 });
  });

  test('times of the steps hold nobody’s name', async () => {
    const { steps } = await lead.ask('numbersFast', { query: { span: 'day', day } });
    const verdict = steps.find((one) => one.step === 'raised-verdict' && one.severity === null);
    expect(verdict?.now).toEqual({ n: 9, p50Ms: 120_000, p95Ms: 120_000 });
    const { rows, total } = await list('raised-verdict');
    expect(total).toBe(9);
    expect(JSON.stringify(rows)).not.toMatch(/p-operator|Name of/);
    const seen = steps.find((one) => one.step === 'seen-raised' && one.severity === null);
    // Opened a minute before it was raised, after 130 s of looks that said so.
    expect(seen?.now.p50Ms).toBe(190_000);
  });

  test('the time from the picture to the key is never that of a few, and its list has none', async () => {
    const keyed = async (people: number): Promise<void> => {
      for (let n = 0; n < people; n++) {
        // Hours apart, so that they are one seat each time.
        const atMs = noonMs - (12 - 2 * (people + n)) * hourMs;
        const incident = await stand.raise({ state: 'rejected', raisedAtMs: atMs });
        await stand.database.transaction((tx) =>
          verdicts.record(tx, {
            verdict: {
              kind: 'reject',
              id: newId(systemClock),
              incidentId: incident.id,
              version: 1,
              reason: 'shadow',
              decisionMs: 4000 + n * 1000,
            },
            personId: `p-${people}-${n}`,
            atMs,
            before: incident,
            taskIds: [],
          }),
        );
      }
    };
    const step = async () =>
      (await lead.ask('numbersFast', { query: { span: 'day', day } })).steps.find(
        (one) => one.step === 'picture-verdict',
      );
    await keyed(2);
    expect((await step())?.now).toEqual({ n: 2, p50Ms: null, p95Ms: null });
    await keyed(1);
    expect((await step())?.now).toMatchObject({ n: 3, p50Ms: 4000 });
    const { rows, total } = await list('picture-verdict');
    expect(total).toBe(3);
    expect(rows.every((row) => row.tookMs === null)).toBe(true);
  });

  test('a member that was carried along by a decision on the whole counts neither as a claim nor as an alarm', async () => {
    const at = { atMs: noonMs, actor: 'judge', reason: 'test' };
    const one = await stand.database.transaction((tx) =>
      mass.insert(
        tx,
        {
          id: newId(systemClock),
          hazard: 'snow',
          district: 'esil',
          cause: 'snowfall',
          sinceMs: noonMs - 5 * hourMs,
          state: 'open',
          severity: 'S2',
          openedAtMs: noonMs - hourMs,
          lastJoinedAtMs: noonMs,
          endedAtMs: null,
          decision: 'confirmed',
          decidedAtMs: noonMs,
          decidedBy: PersonId.parse('p-operator'),
          rejectReason: null,
          rejections: 0,
          quietUntilMs: null,
        },
        at,
      ),
    );
    const before = await list('alarms');
    for (let n = 0; n < 5; n++) {
      const member = await decided({
        hazard: 'snow',
        massId: one.id,
        raisedAtMs: noonMs + 5000,
        decidedAtMs: noonMs + 5000,
      });
      await verdictOn(member, { id: `${one.id}-2-${member.id}` });
    }
    const { hazards } = await lead.ask('numbersRight', { query: { span: 'day', day } });
    expect(hazards.find((row) => row.hazard === 'snow')?.now).toMatchObject({ k: 1, n: 1 });
    expect((await list('claims', { hazard: 'snow' })).rows).toMatchObject([{ kind: 'mass', number: one.number }]);
    expect((await list('alarms')).total).toBe(before.total);
  });

  test('tasks: from the verdict to the taking, from the taking to the verified work', async () => {
    const incident = await decided({ severity: 'S4' });
    await stand.database.transaction((tx) =>
      tasks.insert(
        tx,
        aTask(TaskId.parse(newId(systemClock)), incident, {
          state: 'verified',
          createdAtMs: noonMs,
          acceptedAtMs: noonMs + 7 * minuteMs,
          verifiedAtMs: noonMs + 45 * minuteMs,
        }),
        { atMs: noonMs, actor: 'test', reason: 'test' },
      ),
    );
    const { steps } = await lead.ask('numbersFast', { query: { span: 'day', day } });
    const of = (step: string) => steps.find((one) => one.step === step && one.severity === 'S4')?.now;
    expect(of('verdict-taken')).toEqual({ n: 1, p50Ms: 7 * minuteMs, p95Ms: 7 * minuteMs });
    expect(of('taken-fixed')).toEqual({ n: 1, p50Ms: 38 * minuteMs, p95Ms: 38 * minuteMs });
    expect((await list('taken-fixed', { severity: 'S4' })).rows).toMatchObject([
      { kind: 'task', tookMs: 38 * minuteMs },
    ]);
  });
});

describe('load, eyes and what was held', () => {
  const burstMs = noonMs + 5 * hourMs;
  beforeAll(async () => {
    for (let n = 0; n < 12; n++) {
      await stand.raise({
        state: 'expired',
        severity: n === 0 ? 'S4' : 'S2',
        raisedAtMs: burstMs + n * 10_000,
        openedAtMs: burstMs,
      });
    }
    const looked = await decided({ decidedAtMs: burstMs, raisedAtMs: burstMs - minuteMs });
    await verdictOn(looked, { person: 'p-operator' });
    await verdictOn(await decided({ decidedAtMs: burstMs + minuteMs }), { person: 'p-operator2' });
    const look = { zoneId: 'road', hazard: 'snow', level: 0.4, stillSha256: null, incidentId: null };
    await stand.database.transaction((tx) =>
      held.count(
        tx,
        [
          { ...look, cameraId: 'cam-2', rule: 'quiet', atMs: burstMs },
          { ...look, cameraId: 'cam-3', rule: 'works', atMs: burstMs },
          { ...look, cameraId: 'cam-3', rule: 'quiet', atMs: noonMs - 30 * hourMs },
          // Over midnight: it belongs to both days.
          { ...look, cameraId: 'cam-open', rule: 'group', atMs: noonMs - 12 * hourMs - minuteMs },
          { ...look, cameraId: 'cam-open', rule: 'group', atMs: noonMs - 12 * hourMs + minuteMs },
        ],
        600,
      ),
    );
    await stand.database.transaction((tx) =>
      verdicts.setQuiet(tx, {
        cameraId: 'cam-2',
        zoneId: 'road',
        hazard: 'snow',
        light: 'any',
        sinceMs: systemClock.nowMs(),
        untilMs: systemClock.nowMs() + hourMs,
        reason: 'shadow',
      }),
    );
    await stand.raise({ state: 'shelved', untilMs: systemClock.nowMs() + hourMs });
  });

  test('a burst is a flood, and two who decide are two seats', async () => {
    const { now, floods, trend } = await lead.ask('numbersLoad', { query: { span: 'day', day } });
    expect(now.seatsMax).toBe(2);
    expect(floods).toHaveLength(1);
    expect(floods[0]).toMatchObject({ fromMs: burstMs + 80_000 });
    expect(now.floodShare).toBeGreaterThan(0);
    expect(now.max).toBeGreaterThanOrEqual(6);
    expect(now.alarms).toBe((await list('alarms')).total);
    expect(trend.reduce((sum, one) => sum + one.alarms, 0)).toBe(now.alarms);
    expect(now.mix.S4).toBe((await list('alarms', { severity: 'S4' })).total);
  });

  test('what was almost raised, by rule', async () => {
    const found = await lead.ask('numbersHeld', { query: { span: 'day', day } });
    expect(found).toMatchObject({ now: 3, before: 2, quiet: 1, shelved: 1 });
    expect(found.rules.map(({ rule }) => rule).sort()).toEqual(['group', 'quiet', 'works']);
    expect((await list('held', { rule: 'works' })).rows).toMatchObject([{ cameraId: 'cam-3', state: 'works' }]);
    expect((await list('silenced')).total).toBe(2);
  });

  test('a camera that never had a good look is silent, its ground is not judged', async () => {
    const { cameras, hazards } = await lead.ask('numbersEyes', { query: { span: 'day', day } });
    expect(cameras).toMatchObject({ ok: 0, silent: cameras.all });
    expect((await list('silent')).total).toBe(cameras.silent);
    const snow = hazards.find((one) => one.hazard === 'snow');
    expect(snow).toMatchObject({ judged: 0, looks: { n: 20, judged: 8 } });
    expect((await list('unjudged', { hazard: 'snow' })).total).toBe(snow?.zones);
  });
});

describe('periods', () => {
  test('a running week is compared with the same part of the one before', async () => {
    const { period } = await lead.ask('numbersHeld', { query: { span: 'week' } });
    expect(period).toMatchObject({ runs: true, later: null });
    expect(period.before.untilMs - period.before.fromMs).toBe(period.untilMs - period.fromMs);
  });

  test('a day ahead is refused in words', async () => {
    const answer = await lead.send('GET', pathOf('numbersRight', {}, { span: 'day', day: '2199-01-01' }));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('lies ahead');
  });

  test('a long span answers too, with the days from the roll-up', async () => {
    for (const span of ['month', 'season']) {
      for (const name of [
        'numbersRight',
        'numbersCameras',
        'numbersFast',
        'numbersLoad',
        'numbersEyes',
        'numbersHeld',
      ] as const) {
        expect(await lead.ask(name, { query: { span, day } }), `${name} ${span}`).toBeTruthy();
      }
    }
  });
});

describe('the export', () => {
  const rowsOf = async (language: string): Promise<string[][]> => {
    const answer = await lead.send('GET', pathOf('numbersCsv', {}, { span: 'day', day, language }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="ahual-day-${day}.csv"`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const delimiter = language === 'en' ? ',' : ';';
    return z
      .array(z.array(z.string()))
      .parse(parse(Buffer.from(bytes), { bom: true, delimiter, relax_column_count: true, skip_empty_lines: true }));
  };

  test('holds the numbers of the page with their definitions, and no formula', async () => {
    await rejected({ cameraId: camera('cam-3', {}).id });
    const rows = await rowsOf('en');
    const { hazards } = await lead.ask('numbersRight', { query: { span: 'day', day } });
    const flooding = hazards.find((one) => one.hazard === 'flooding');
    const row = rows.find(([name, of]) => name === 'Share of right alarms' && of === 'Flooding');
    expect(row?.[6]).toBe(String(flooding?.now.n));
    expect(Number(row?.[2])).toBeCloseTo((flooding?.now.k ?? 0) / (flooding?.now.n ?? 1), 4);
    expect(rows.at(-1)?.[1]).toContain('With the day, week or month before');
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^\s*[=+@]/);
    expect(rows.flat().join('\n')).toContain('=HYPERLINK');
  });

  test('is written as spreadsheets of the language read it, and the audit knows who took it', async () => {
    const rows = await rowsOf('kk');
    const shares = rows.filter(([name]) => name === 'Дұрыс дабылдар үлесі').map((row) => row[2]);
    expect(shares.filter((share) => /^0,\d+$/.test(share ?? ''))).toHaveLength(1);
    const taken = await stand.database.rows(
      z.object({ actor: z.string() }),
      sql`select actor from audit where act = 'numbers exported' order by number desc limit 1`,
    );
    expect(taken).toEqual([{ actor: 'p-shift-lead' }]);
  });

  test('an operator has no export', async () => {
    const answer = await (await stand.seat('operator')).send('GET', pathOf('numbersCsv'));
    expect(answer.status).toBe(403);
  });
});
