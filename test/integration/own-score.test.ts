// An agency head sees the agency's own score by month and the tasks behind it, and nothing of any other agency.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { PersonId } from '#core/ids';
import { hashPassword } from '#dashboard';
import { people } from '#store';
import { freezeScores } from '#tasks';
import { agencyOf, openStand, password, type Seat, type Stand } from './dashboard-stand.ts';
import { frozenMonth, frozenMonthMs, minuteMs, worked } from './worked.ts';

let stand: Stand;
let head: Seat;
const others = ['su-arnasy', 'astana-tazalyq'];

beforeAll(async () => {
  stand = await openStand();
  for (let k = 0; k < 8; k++) {
    const madeMs = frozenMonthMs + k * minuteMs;
    // Six in time, one late, one never.
    await worked(stand, agencyOf.water, k < 6 ? 40 : k === 6 ? 150 : null, { madeMs });
    for (const other of others) await worked(stand, other, 40, { madeMs });
  }
  await freezeScores(stand.database, systemClock.nowMs(), 'Asia/Almaty');
  head = await stand.seat('agency-head');
}, 120_000);
afterAll(() => stand.close());

test('the figures are those that the centre sees, without a place among the others', async () => {
  const own = await head.ask('ownScore', { query: { month: frozenMonth } });
  const lead = await stand.seat('shift-lead');
  const all = await lead.ask('numbersScores', { query: { span: 'month', day: `${frozenMonth}-15` } });
  const seen = all.groups.flatMap(({ agencies }) => agencies).find((one) => one.agencyId === agencyOf.water);
  expect(seen?.now).toMatchObject({ k: 6, n: 8 });
  expect(own.score).toMatchObject({ now: seen?.now, index: seen?.index, kept: seen?.kept, accepted: seen?.accepted });
  expect(own.score).not.toHaveProperty('rank');
  expect(own.frozenAtMs).not.toBeNull();
  expect(own.months).toHaveLength(6);
  expect(own.months.find((one) => one.month === frozenMonth)?.index).toBe(seen?.index);
});

test('the tasks are the agency’s own, what counts against it first', async () => {
  const { tasks } = await head.ask('ownScore', { query: { month: frozenMonth } });
  expect(tasks.map(({ outcome }) => outcome).sort()).toEqual([...Array<string>(6).fill('good'), 'late', 'open']);
  expect(tasks.slice(0, 2).map(({ isGood }) => isGood)).toEqual([false, false]);
  expect(tasks.find(({ outcome }) => outcome === 'late')?.lateMs).toBe(30 * minuteMs);
});

test('nothing of any other agency is in the answer, whatever is asked', async () => {
  for (const query of [`?month=${frozenMonth}`, `?month=${frozenMonth}&agencyId=su-arnasy`, '']) {
    const answer = await head.send('GET', `/api/agency/score${query}`);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).not.toContain('rank');
    for (const other of others) expect(text, other).not.toContain(other);
    expect(text).not.toMatch(/Su Arnasy|Tazalyq/i);
  }
});

test('it is for heads of an agency alone, and a month is a month', async () => {
  for (const login of ['agency-user', 'operator', 'auditor', 'system-admin'])
    expect((await (await stand.seat(login)).send('GET', '/api/agency/score')).status, login).toBe(403);
  expect((await head.send('GET', '/api/agency/score?month=2026-13')).status).toBe(400);
  expect((await head.send('GET', '/api/numbers/scores')).status).toBe(403);
  const hash = await hashPassword(password);
  const nobody = { id: PersonId.parse('p-no-agency'), login: 'no-agency', name: 'Nobody’s Head', agencyId: null };
  await stand.database.transaction((tx) =>
    people.insert(tx, { ...nobody, roles: ['agency_head'], language: 'kk', active: true }, hash),
  );
  expect((await (await stand.seat('no-agency')).send('GET', '/api/agency/score')).status).toBe(403);
});

test('a month without a task has no score, and says so', async () => {
  const own = await head.ask('ownScore', { query: { month: '2021-02' } });
  expect(own).toMatchObject({ score: null, tasks: [], corrected: [], more: false });
});
