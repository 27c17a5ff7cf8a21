// The second look: drawn by the incident itself, blind, never before anything urgent, and without any effect on the incident.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { IncidentId, newId } from '#core/ids';
import type { Incident } from '#core/incident';
import { audit, incidents, secondLooks, sql, tasks } from '#store';
import { isDrawn } from '../../dashboard/server/second-look.ts';
import { openStand, type Seat, type Stand } from './dashboard-stand.ts';

let stand: Stand;
let first: Seat;
let other: Seat;
let still: string;
beforeAll(async () => {
  stand = await openStand();
  still = await stand.files.put(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xd9]), 'still', 'jpg');
  first = await stand.seat('operator');
  other = await stand.seat('operator2');
});
afterAll(() => stand.close());

/** An incident that is drawn, or one that is not. */
async function raised(drawn: boolean, more: Partial<Incident> = {}): Promise<Incident> {
  for (;;) {
    const id = IncidentId.parse(newId(systemClock));
    if (isDrawn(id) === drawn) return stand.raise({ id, severity: 'S2', stillSha256: still, ...more });
  }
}
const verdict = (incidentId: string, version: number, more: object) => ({
  body: { id: newId(systemClock), incidentId, version, ...more },
});
/** Its ten seconds are over. */
const letTimePass = () =>
  stand.database.run(
    sql`update second_looks set asked_from = asked_from - interval '20 seconds', told_at = now() where second_at is null`,
  );
const secondOf = async (seat: Seat) => {
  const { queue } = await seat.ask('desk');
  const real = await Promise.all(queue.map((card) => incidents.byId(stand.database, card.id)));
  return queue.filter((_, i) => !real[i]);
};

describe('a second look', () => {
  it('is drawn once in about twenty verdicts', () => {
    const drawn = Array.from({ length: 4000 }, () => newId(systemClock));
    const share = drawn.filter((id) => isDrawn(id)).length / drawn.length;
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.075);
  });

  it('comes before another seat when it can no longer be taken back, and looks like any item', async () => {
    const incident = await raised(true);
    await first.ask('verdict', verdict(incident.id, 1, { kind: 'confirm' }));
    expect(await secondOf(other)).toEqual([]);
    await letTimePass();
    expect(await secondOf(first)).toEqual([]);
    const [card] = await secondOf(other);
    expect(card).toMatchObject({ state: 'pending_review', hazard: 'flooding', decidedAtMs: null, stillSha256: still });
    const view = await other.ask('incident', { params: { id: card?.id ?? '' } });
    expect(view.tasks).toEqual([]);
    expect(view.history).toMatchObject([{ to: 'pending_review', who: 'judge' }]);
    expect(view.neighbours.map((near) => near.card.id)).not.toContain(incident.id);
    // Blind: neither the name nor the number of the incident is anywhere in it.
    expect(card?.number).not.toBe(incident.number);
    expect(JSON.stringify(view)).not.toContain(incident.id);
    expect(JSON.stringify(view)).not.toContain('Name of operator');
    expect(JSON.stringify(view)).not.toContain('p-operator');

    const before = await incidents.byId(stand.database, incident.id);
    const made = (await tasks.byIncident(stand.database, incident.id)).length;
    const said = verdict(card?.id ?? '', card?.version ?? 0, { kind: 'reject', reason: 'shadow' });
    const answer = await other.ask('verdict', said);
    expect(answer.taskIds).toEqual([]);
    await other.ask('verdict', said);
    expect(await incidents.byId(stand.database, incident.id)).toEqual(before);
    expect((await tasks.byIncident(stand.database, incident.id)).length).toBe(made);
    expect(await secondOf(other)).toEqual([]);
    const [row] = await secondLooks.agreement(stand.database, 0);
    expect(row).toMatchObject({ hazard: 'flooding', answered: 1, agreed: 0 });

    await other.ask('undoVerdict', { params: { id: said.body.id } });
    const [again] = await secondOf(other);
    expect(again?.id).toBe(card?.id);
    await other.ask('verdict', verdict(again?.id ?? '', again?.version ?? 0, { kind: 'confirm' }));
    expect((await secondLooks.agreement(stand.database, 0))[0]).toMatchObject({ answered: 1, agreed: 1 });
    const id = card?.id ?? '';
    expect((await audit.of(stand.database, 'second look', id)).map((act) => act.act)).toEqual([
      'second look',
      'second look taken back',
      'second look',
    ]);
  });

  it('never stands before anything urgent', async () => {
    const incident = await raised(true);
    await first.ask('verdict', verdict(incident.id, 1, { kind: 'reject', reason: 'shadow' }));
    await letTimePass();
    expect(await secondOf(other)).toHaveLength(1);
    const urgent = await raised(false, { severity: 'S3' });
    expect(await secondOf(other)).toEqual([]);
    await first.ask('verdict', verdict(urgent.id, 1, { kind: 'reject', reason: 'shadow' }));
    const [card] = await secondOf(other);
    // What is neither yes nor no counts as unsure.
    await other.ask('verdict', verdict(card?.id ?? '', 1, { kind: 'shelve', minutes: 15, reason: 'later' }));
    expect((await secondLooks.agreement(stand.database, 0))[0]).toMatchObject({ unsure: 1 });
  });

  it('is not asked of a verdict that was taken back, nor of one that was not drawn', async () => {
    const [drawn, plain] = [await raised(true), await raised(false)];
    const given = verdict(drawn.id, 1, { kind: 'confirm' });
    await first.ask('verdict', given);
    await first.ask('undoVerdict', { params: { id: given.body.id } });
    await first.ask('verdict', verdict(plain.id, 1, { kind: 'confirm' }));
    await letTimePass();
    expect(await secondOf(other)).toEqual([]);
  });

  it('is nobody’s own, and no other role’s', async () => {
    const incident = await raised(true);
    await first.ask('verdict', verdict(incident.id, 1, { kind: 'confirm' }));
    await letTimePass();
    const [card] = await secondOf(other);
    const own = await first.send('POST', '/api/verdicts', verdict(card?.id ?? '', 1, { kind: 'confirm' }).body);
    expect(own.status).toBe(404);
    const auditor = await stand.seat('auditor');
    expect((await auditor.send('GET', `/api/incidents/${card?.id ?? ''}`)).status).toBe(404);
  });
});
