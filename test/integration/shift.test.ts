// Seats, their pause and the handing over of a shift, against the running server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { newId, PersonId } from '#core/ids';
import { audit, people } from '#store';
import { hashPassword } from '#dashboard';
import { openStand, password, type Seat, type Stand } from './dashboard-stand.ts';

let stand: Stand;
let one: Seat;
let two: Seat;
let lead: Seat;
let nextLead: Seat;
beforeAll(async () => {
  stand = await openStand();
  const hash = await hashPassword(password);
  await stand.database.transaction((tx) =>
    people.insert(
      tx,
      {
        id: PersonId.parse('p-next-lead'),
        login: 'next-lead',
        name: 'Next Lead',
        roles: ['shift_lead'],
        agencyId: null,
        language: 'kk',
        active: true,
      },
      hash,
    ),
  );
  one = await stand.seat('operator');
  two = await stand.seat('operator2');
  lead = await stand.seat('shift-lead');
  nextLead = await stand.seat('next-lead');
});
afterAll(() => stand.close());

const pause = (seat: Seat, paused: boolean) => seat.send('POST', '/api/seat/pause', { paused });
const acts = async (kind: string, id: string) => (await audit.of(stand.database, kind, id)).map((row) => row.act);

describe('a seat', () => {
  it('is seen by the others with what is on its screen', async () => {
    await one.ask('beatSeat', { body: { itemId: 'incident-1' } });
    const { seats } = await two.ask('beatSeat', { body: { itemId: null } });
    expect(seats).toMatchObject([
      { personId: 'p-operator', mine: false, itemId: 'incident-1', pausedAtMs: null },
      { personId: 'p-operator2', mine: true, itemId: null, pausedAtMs: null },
    ]);
  });

  it('pauses while another one works, lets its item go, and the last one may not', async () => {
    expect((await pause(one, true)).status).toBe(200);
    const { seats } = await two.ask('beatSeat', { body: { itemId: null } });
    expect(seats.find((seat) => seat.personId === 'p-operator')).toMatchObject({ itemId: null });
    expect(seats.find((seat) => seat.personId === 'p-operator')?.pausedAtMs).not.toBeNull();
    const refused = await pause(two, true);
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain('last seat');
    expect((await pause(one, false)).status).toBe(200);
    expect(await acts('seat', 'p-operator')).toEqual(['seat paused', 'seat taken up again']);
    expect(await acts('seat', 'p-operator2')).toEqual([]);
  });

  it('of the last two exactly one may pause when both press at once', async () => {
    const answers = await Promise.all([pause(one, true), pause(two, true)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    await pause(one, false);
    await pause(two, false);
  });

  it('is not for those who do not decide', async () => {
    const controller = await stand.seat('controller');
    expect((await controller.send('POST', '/api/seat', { itemId: null })).status).toBe(403);
  });
});

describe('a shift', () => {
  it('is written by the product, with what is put off and by whom', async () => {
    const incident = await stand.raise({ severity: 'S2' });
    const operator = one;
    await operator.ask('verdict', {
      body: {
        id: newId(systemClock),
        incidentId: incident.id,
        version: incident.version,
        kind: 'shelve',
        minutes: 60,
        reason: 'works until four',
      },
    });
    const { note } = await lead.ask('shift');
    expect(note.shelved).toMatchObject([
      { number: incident.number, reason: 'works until four', who: 'Name of operator', severity: 'S2' },
    ]);
    expect(note.camerasAll).toBe(2);
    expect(note.camerasDownAll).toBe(2);
    expect(note.loads).toEqual([{ name: 'Name of operator', decided: 1 }]);
  });

  it('takes two people: who gives does not take, and one press is one handing over', async () => {
    const key = newId(systemClock);
    const line = '<b>Мәңгілік Ел</b>: су деңгейін қараңыз';
    await lead.ask('giveShift', { body: { key, line } });
    const given = await lead.ask('giveShift', { body: { key, line } });
    expect(given.waiting).toMatchObject({ id: key, mine: true, line, takenBy: null });

    const own = await lead.send('POST', `/api/shift/handovers/${key}/take`);
    expect(own.status).toBe(403);
    expect((await one.send('POST', `/api/shift/handovers/${key}/take`)).status).toBe(403);

    const taken = await nextLead.ask('takeShift', { params: { id: key } });
    expect(taken.waiting).toBeNull();
    expect(taken.before).toMatchObject([{ id: key, givenBy: 'Name of shift-lead', takenBy: 'Next Lead', line }]);
    await nextLead.ask('takeShift', { params: { id: key } });
    expect(await acts('handover', key)).toEqual(['shift given', 'shift taken']);
  });

  it('written anew replaces what nobody took, and the older one cannot be taken', async () => {
    const [first, second] = [newId(systemClock), newId(systemClock)];
    await lead.ask('giveShift', { body: { key: first, line: 'one' } });
    const after = await lead.ask('giveShift', { body: { key: second, line: 'two' } });
    expect(after.waiting).toMatchObject({ id: second, line: 'two' });
    expect((await nextLead.send('POST', `/api/shift/handovers/${first}/take`)).status).toBe(409);
    expect((await nextLead.send('POST', '/api/shift/handovers/nothing/take')).status).toBe(404);
    await nextLead.ask('takeShift', { params: { id: second } });
  });

  it('the note that was handed over stays what it was', async () => {
    const key = newId(systemClock);
    await lead.ask('giveShift', { body: { key, line: '' } });
    await stand.raise({ severity: 'S4' });
    const { waiting, note } = await lead.ask('shift');
    expect(note.open.S4).toBe((waiting?.note.open.S4 ?? 0) + 1);
  });
});
