// Sign-in, sessions and the CSRF token, by HTTP as a browser speaks it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Person } from '#core/person';
import { Problem, routes } from '#dashboard/contract';
import { db, people } from '#store';
import { openStand, password, Seat, until, type Stand } from './dashboard-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());

const problem = async (answer: Response): Promise<Problem> => Problem.parse(await answer.json());

describe('the door', () => {
  it('gives a cookie that scripts cannot read, and a token that only the page knows', async () => {
    const answer = await new Seat(stand.dashboard.url).signIn('operator');
    expect(answer.status).toBe(200);
    const cookie = answer.headers.getSetCookie()[0] ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).toMatch(/Path=\//);
    expect(JSON.stringify(await answer.json())).not.toContain(cookie.split(';')[0]?.split('=')[1]);
  });

  it('keeps no token in the database', async () => {
    const seat = new Seat(stand.dashboard.url);
    await seat.signIn('operator');
    const rows = await stand.database.rows(
      z.object({ row: z.string() }),
      db.sql`select session::text as row from session`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ row }) => row.includes(seat.cookie.split('=')[1] ?? ''))).toBe(false);
  });

  it('says the same of a wrong password and of a login that nobody has', async () => {
    const seat = new Seat(stand.dashboard.url);
    const [wrong, nobody] = [await seat.signIn('auditor', 'wrong'), await seat.signIn('nobody-here', 'wrong')];
    expect([wrong.status, nobody.status]).toEqual([401, 401]);
    const [a, b] = [await problem(wrong), await problem(nobody)];
    expect({ ...a, requestId: '' }).toEqual({ ...b, requestId: '' });
    expect(a.code).toBe('AUTH_WRONG');
  });

  it('closes a login after five wrong passwords, also for the right one and also where nobody has it', async () => {
    for (const login of ['controller', 'nobody-at-all']) {
      const seat = new Seat(stand.dashboard.url);
      for (let i = 0; i < 5; i++) expect((await seat.signIn(login, `wrong ${i}`)).status).toBe(401);
      const answer = await seat.signIn(login, password);
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it("refuses a change without the token or with another session's", async () => {
    const [one, other] = [new Seat(stand.dashboard.url), new Seat(stand.dashboard.url)];
    await one.signIn('operator');
    await other.signIn('operator2');
    for (const csrf of ['', other.csrf, `${one.csrf}x`]) {
      const seat = new Seat(stand.dashboard.url);
      seat.cookie = one.cookie;
      seat.csrf = csrf;
      const answer = await seat.send('POST', routes.verdict.path, {});
      expect(answer.status).toBe(403);
      expect((await problem(answer)).code).toBe('AUTH_DENIED');
    }
    expect((await one.send('POST', routes.verdict.path, {})).status).toBe(400);
  });

  it('ends a session at once, with its socket', async () => {
    const seat = new Seat(stand.dashboard.url);
    await seat.signIn('operator');
    const wire = seat.wire();
    await until(() => wire.connected || undefined);
    const ended = new Promise((resolve) => wire.on('disconnect', resolve));
    expect((await seat.send('DELETE', routes.signOut.path)).status).toBe(200);
    await ended;
    expect((await seat.send('GET', routes.me.path)).status).toBe(401);
  });

  it('does not let in who was made inactive', async () => {
    const seat = new Seat(stand.dashboard.url);
    await seat.signIn('system-admin');
    const person = await people.byLogin(stand.database, 'system-admin');
    if (!person) throw new Error('no such person');
    const rest = Person.parse(person);
    await stand.database.transaction((tx) => people.update(tx, { ...rest, active: false }));
    expect((await seat.send('GET', routes.me.path)).status).toBe(401);
    expect((await new Seat(stand.dashboard.url).signIn('system-admin')).status).toBe(401);
    await stand.database.transaction((tx) => people.update(tx, rest));
  });

  it('answers in words, with a number, and with a policy that allows no script but ours', async () => {
    const answer = await fetch(`${stand.dashboard.url}/api/nothing-here`);
    expect(answer.status).toBe(404);
    const { code, cure, requestId } = await problem(answer);
    expect(code).toBe('NOT_FOUND');
    expect(cure).not.toBe('');
    expect(answer.headers.get('x-request-id')).toBe(requestId);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect((await fetch(`${stand.dashboard.url}${routes.healthz.path}`)).status).toBe(200);
  });

  it('gives the one page for every screen, and never for what the contract should answer', async () => {
    const { url } = stand.dashboard;
    const page = (path: string): Promise<Response> => fetch(`${url}${path}`, { headers: { accept: 'text/html' } });
    for (const path of ['/', '/tasks', '/violations/A-2026-000001']) {
      const answer = await page(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(await answer.text()).toContain('the one page');
    }
    const asset = await fetch(`${url}/assets/app-1234.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    for (const path of ['/api/nothing', '/assets/nothing.js', '/../package.json'])
      expect((await page(path)).status, path).not.toBe(500);
    expect((await page('/api/nothing')).status).toBe(404);
    expect((await page('/assets/nothing.js')).status).toBe(404);
  });
});
