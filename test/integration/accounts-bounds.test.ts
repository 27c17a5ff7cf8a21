// Roles limited to groups of cameras and to days: two people for them and for the groups, what the log says, and what is refused.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem, routes } from '#dashboard/contract';
import { audit, cameraGroups, people } from '#store';
import { addPerson, byTwo, openAccountStand, type AccountStand } from './accounts-stand.ts';
import type { Seat } from './dashboard-stand.ts';

let city: AccountStand;
let keeper: Seat;
let other: Seat;
const dayMs = 86_400_000;
const dayAfter = (days: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Almaty', dateStyle: 'short' }).format(city.nowMs() + days * dayMs);
const name = { kk: 'Ашық', ru: 'Открытые', en: 'Open ones' };
const whole = { groups: null, fromDay: null, untilDay: null, history: 'all' } as const;

beforeAll(async () => {
  city = await openAccountStand();
  await addPerson(city.stand, 'keeper2', ['system_admin']);
  [keeper, other] = await Promise.all([city.seat('system-admin'), city.seat('keeper2')]);
});
afterAll(() => city.close());

const reasonOf = async (act: object): Promise<string | undefined> => {
  const answer = await keeper.send('POST', routes.proposeAct.path, { act, reason: 'agreed on' });
  return Problem.parse(await answer.json()).reason;
};
const change = (personId: string, roles: string[], bounds: object | null | undefined) => ({
  ...{ kind: 'change-roles', personId, roles, agencyId: null },
  ...(bounds === undefined ? {} : { bounds }),
});
const boundsOf = async (id: string) => (await people.byId(city.stand.database, id))?.bounds;

describe('a group of cameras', () => {
  it('is made by two people, and names only what is known', async () => {
    const group = { id: 'open', name, rule: { kind: 'list' as const, cameras: ['cam-open'] } };
    const strangers = [
      { kind: 'list', cameras: ['cam-open', 'cam-nowhere'] },
      { kind: 'districts', districts: ['atlantis'] },
      { kind: 'owners', agencies: ['nobody'] },
    ];
    for (const rule of strangers)
      expect(await reasonOf({ kind: 'set-group', group: { ...group, rule } })).toBe('group-stranger');
    await byTwo(keeper, other, { kind: 'set-group', group });
    expect(await cameraGroups.all(city.stand.database)).toEqual([group]);
    expect(await reasonOf({ kind: 'set-group', group })).toBe('group-same');
    expect((await keeper.ask('people')).groups).toEqual([{ id: 'open', name, kind: 'list', cameras: 1, people: 0 }]);
    expect((await audit.of(city.stand.database, 'camera-group', 'open')).at(-1)).toMatchObject({
      act: 'camera group set',
      facts: { after: 'Открытые: cam-open', proposedBy: 'Name of system-admin' },
    });
  });
});

describe('limited roles', () => {
  it('are given by two people, told with before and after, and end the open sessions', async () => {
    const id = await addPerson(city.stand, 'limited', ['operator']);
    const seat = await city.seat('limited');
    const bounds = { groups: ['open'], fromDay: null, untilDay: dayAfter(30), history: 'grant' as const };
    await byTwo(keeper, other, { kind: 'change-roles', personId: id, roles: ['operator'], agencyId: null, bounds });
    expect((await seat.send('GET', routes.me.path)).status).toBe(401);
    const kept = await boundsOf(id);
    expect(kept).toMatchObject({ groups: ['open'], fromMs: null });
    // The last day is whole.
    expect((kept?.untilMs ?? 0) - city.nowMs()).toBeGreaterThan(30 * dayMs);
    expect(kept?.historyFromMs).toBeLessThanOrEqual(city.nowMs());
    const facts = (await audit.of(city.stand.database, 'person', id)).at(-1)?.facts;
    expect(facts?.['before']).toBe('operator');
    expect(facts?.['after']).toMatch(
      /^operator groups:open until:\d{4}-\d\d-\d\dT00:00 history:\d{4}-\d\d-\d\dT\d\d:\d\d$/,
    );
    const again = await city.seat('limited');
    expect((await again.ask('cameras')).cameras.map((one) => one.id)).toEqual(['cam-open']);
    expect(await again.ask('me')).toMatchObject({ limits: { groups: [name] } });
    expect((await again.ask('me')).permissions).not.toContain('see-held');

    city.pass(40 * 86_400);
    expect((await again.send('GET', routes.me.path)).status).toBe(401);
    city.pass(-40 * 86_400);
  });

  it('stay as they are where an act says nothing of them, and history stays where it began', async () => {
    const id = await addPerson(city.stand, 'steady', ['operator']);
    const bounds = { groups: ['open'], fromDay: null, untilDay: null, history: 'grant' as const };
    await byTwo(keeper, other, { kind: 'change-roles', personId: id, roles: ['operator'], agencyId: null, bounds });
    const first = await boundsOf(id);
    await byTwo(keeper, other, { kind: 'change-roles', personId: id, roles: ['controller'], agencyId: null });
    expect(await boundsOf(id)).toEqual(first);
    city.pass(3600);
    const longer = { ...bounds, untilDay: dayAfter(9) };
    await byTwo(keeper, other, {
      ...{ kind: 'change-roles', personId: id, roles: ['controller'], agencyId: null },
      bounds: longer,
    });
    expect((await boundsOf(id))?.historyFromMs).toBe(first?.historyFromMs);
    await byTwo(keeper, other, {
      kind: 'change-roles',
      personId: id,
      roles: ['operator'],
      agencyId: null,
      bounds: null,
    });
    expect(await boundsOf(id)).toBeNull();
  });

  it('are refused where they make no sense', async () => {
    const id = await addPerson(city.stand, 'refused', ['operator']);
    expect(await reasonOf(change(id, ['shift_lead'], { ...whole, groups: ['open'] }))).toBe('bounds-city');
    expect(await reasonOf(change(id, ['operator', 'camera_admin'], { ...whole, history: 'grant' }))).toBe(
      'bounds-city',
    );
    expect(await reasonOf(change(id, ['operator'], { ...whole, groups: ['nowhere'] }))).toBe('group-gone');
    expect(await reasonOf(change(id, ['operator'], { ...whole, fromDay: dayAfter(3), untilDay: dayAfter(2) }))).toBe(
      'bounds-order',
    );
    expect(await reasonOf(change(id, ['operator'], { ...whole, untilDay: dayAfter(-2) }))).toBe('bounds-over');
    expect(await reasonOf(change(id, ['operator'], null))).toBe('roles-same');
    // A wider role does not slip out of the limits that are there.
    expect(await reasonOf(change('p-limited', ['shift_lead'], undefined))).toBe('bounds-city');
    expect(await reasonOf({ kind: 'drop-group', groupId: 'open' })).toBe('group-used');
    expect(await reasonOf({ kind: 'drop-group', groupId: 'nowhere' })).toBe('group-gone');
  });

  it('follow their group when it is changed, and whoever it limits signs in anew', async () => {
    const seat = await city.seat('limited');
    const rule = { kind: 'districts' as const, districts: ['esil'] };
    await byTwo(keeper, other, { kind: 'set-group', group: { id: 'open', name, rule } });
    expect((await seat.send('GET', routes.me.path)).status).toBe(401);
    const ids = (await (await city.seat('limited')).ask('cameras')).cameras.map((one) => one.id);
    expect(ids.sort()).toEqual(['cam-closed', 'cam-open']);
  });

  it('are not published where the group changed after the proposal', async () => {
    const group = { id: 'open', name, rule: { kind: 'districts' as const, districts: ['esil', 'almaty'] } };
    const late = await keeper.ask('proposeAct', { body: { act: { kind: 'set-group', group }, reason: 'wider' } });
    if (late.kind !== 'waiting') throw new Error('it did not wait');
    await byTwo(keeper, other, {
      kind: 'set-group',
      group: { ...group, rule: { kind: 'list', cameras: ['cam-closed'] } },
    });
    const answer = await other.send('POST', `${routes.people.path}/acts/${late.proposalId}/publication`);
    expect(Problem.parse(await answer.json()).reason).toBe('group-changed');
  });
});
