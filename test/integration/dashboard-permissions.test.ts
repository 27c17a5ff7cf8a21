// The permission table against the running server: every route, every role.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions, routes, topicMay, clientEventMay, type Permission, type RouteName } from '#dashboard/contract';
import { holders, may } from '#dashboard';
import { roles, type Role } from '#core/person';
import { openStand, Seat, type Stand } from './dashboard-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());

const names = Object.keys(routes).filter((name): name is RouteName => name in routes);
const path = (name: RouteName): string =>
  routes[name].path.replace(':sha256', 'a'.repeat(64)).replace(/:[a-z0-9]+/gi, 'nothing');
// What ends the session is asked last of all, and by a session of its own.
const walked = names.filter((name) => routes[name].may !== null && name !== 'signOut');

describe('the permission table', () => {
  it('gives every permission to somebody, and knows no other', () => {
    expect(Object.keys(holders).sort()).toEqual([...permissions].sort());
    for (const permission of permissions) expect(holders[permission].length, permission).toBeGreaterThan(0);
  });

  it('lets nobody do everything, and the wall only look at the wall', () => {
    const of = (role: Role): Permission[] => permissions.filter((permission) => may({ roles: [role] }, permission));
    for (const role of roles) expect(of(role).length, role).toBeLessThan(permissions.length);
    expect(of('wall')).toEqual(['be-signed-in', 'see-wall']);
    expect(of('system_admin')).toEqual([
      'be-signed-in',
      'see-system',
      'edit-agencies',
      'edit-routing',
      'see-people',
      'manage-people',
    ]);
  });

  it('keeps apart who decides, who works and who reviews', () => {
    const both = (a: Permission, b: Permission): Role[] =>
      roles.filter((role) => may({ roles: [role] }, a) && may({ roles: [role] }, b));
    expect(both('decide', 'choose-article')).toEqual([]);
    expect(both('decide', 'answer-task')).toEqual([]);
    expect(both('verify', 'answer-task')).toEqual([]);
    expect(both('see-queue', 'play-clip')).toEqual([]);
  });

  it('names a permission for every topic and every event of the socket', () => {
    for (const permission of [...Object.values(topicMay), ...Object.values(clientEventMay)])
      expect(permissions).toContain(permission);
  });
});

describe('every route', () => {
  it.each(walked)('%s needs somebody signed in', async (name) => {
    const answer = await new Seat(stand.dashboard.url).send(routes[name].method, path(name));
    expect(answer.status).toBe(401);
  });

  describe.each(roles)('as %s', (role) => {
    it.each(walked)('%s', async (name) => {
      const seat = await stand.seat(role.replaceAll('_', '-'));
      const answer = await seat.send(routes[name].method, path(name));
      const permission = routes[name].may;
      if (permission !== null && may({ roles: [role] }, permission)) {
        expect([200, 400, 404], await answer.text()).toContain(answer.status);
      } else {
        expect(answer.status).toBe(403);
      }
    });
  });

  it.each(roles)('signOut and me as %s', async (role) => {
    const seat = new Seat(stand.dashboard.url);
    await seat.signIn(role.replaceAll('_', '-'));
    expect((await seat.ask('me')).person.roles).toEqual([role]);
    expect((await seat.send('DELETE', routes.signOut.path)).status).toBe(200);
  });
});
