// Second factors and the lock of the door: codes that work once, guesses that slow down the guesser and nobody else.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem, routes } from '#dashboard/contract';
import { audit, people, sql } from '#store';
import { addPerson, byTwo, codeAt, factorKey, openAccountStand, type AccountStand } from './accounts-stand.ts';
import { password, type Seat } from './dashboard-stand.ts';

let city: AccountStand;
beforeAll(async () => {
  city = await openAccountStand({ factorRoles: ['police_reviewer', 'system_admin'] });
});
afterAll(() => city.close());

const problem = async (answer: Response): Promise<Problem> => Problem.parse(await answer.json());
const enter = (seat: Seat, login: string, more: Record<string, string> = {}): Promise<Response> =>
  seat.send('POST', routes.signIn.path, { login, password, ...more });

/** Takes cookie and token of an answer that signed in, as a browser does. */
function taken(seat: Seat, answer: Response, csrf: string): Seat {
  const cookies = answer.headers.getSetCookie().map((one) => one.split(';')[0] ?? '');
  seat.cookie = cookies.filter((one) => one !== '').join('; ');
  seat.csrf = csrf;
  return seat;
}

/** Sets a second factor up at the door and gives its secret and recovery codes. */
async function setUp(login: string): Promise<{ secret: string; codes: string[]; seat: Seat }> {
  const seat = await city.seat();
  const { secret } = await seat.ask('offerFactorAtDoor', { body: { login, password } });
  const body = { login, password, code: codeAt(secret, city.nowMs()) };
  const answer = await seat.send('POST', routes.confirmFactorAtDoor.path, body);
  const { me, codes } = routes.confirmFactorAtDoor.answer.parse(await answer.json());
  return { secret, codes, seat: taken(seat, answer, me.csrf) };
}

/** Goes on to the next half minute, so that a fresh code is there. */
const nextCode = (secret: string): string => {
  city.pass(30);
  return codeAt(secret, city.nowMs());
};

describe('a role that needs a second factor', () => {
  it('is not let in by the password alone; the first code lets in and gives recovery codes', async () => {
    const seat = await city.seat();
    const refused = await enter(seat, 'police-reviewer');
    expect(refused.status).toBe(401);
    expect(await problem(refused)).toMatchObject({ code: 'AUTH_NEEDED', step: 'set-up' });
    expect(refused.headers.getSetCookie()).toEqual([]);
    const { codes, seat: inside } = await setUp('police-reviewer');
    expect(codes).toHaveLength(10);
    expect((await inside.send('GET', routes.violations.path)).status).toBe(200);
    expect((await inside.ask('account')).factor).toMatchObject({ on: true, demanded: true, codesLeft: 10 });
  });

  it('cannot be set up by who does not know the password, nor a second time', async () => {
    const seat = await city.seat();
    const body = { login: 'police-reviewer', password };
    expect((await seat.send('POST', routes.offerFactorAtDoor.path, { ...body, password: 'wrong' })).status).toBe(401);
    expect((await seat.send('POST', routes.offerFactorAtDoor.path, body)).status).toBe(403);
  });

  it('cannot take it off itself; two administrators can', async () => {
    await addPerson(city.stand, 'reviewer2', ['police_reviewer']);
    const { secret, seat } = await setUp('reviewer2');
    const own = await seat.send('POST', routes.dropFactor.path, { password, code: nextCode(secret) });
    expect(own.status).toBe(403);
    await addPerson(city.stand, 'keeper2', ['system_admin']);
    const [one, other] = [(await setUp('system-admin')).seat, (await setUp('keeper2')).seat];
    await byTwo(one, other, { kind: 'drop-factor', personId: 'p-reviewer2' });
    expect((await seat.send('GET', routes.me.path)).status).toBe(401);
    expect(await problem(await enter(await city.seat(), 'reviewer2'))).toMatchObject({ step: 'set-up' });
  });
});

describe('a code', () => {
  let secret = '';
  let codes: string[] = [];
  beforeAll(async () => {
    await addPerson(city.stand, 'coder', ['operator']);
    const seat = await city.seat('coder');
    const wrong = await seat.send('POST', routes.offerFactor.path, { password: 'not it, not it' });
    expect(wrong.status).toBe(403);
    ({ secret } = await seat.ask('offerFactor', { body: { password } }));
    // Not on before its first code: the password still lets in.
    expect((await enter(await city.seat(), 'coder')).status).toBe(200);
    ({ codes } = await seat.ask('confirmFactor', { body: { code: codeAt(secret, city.nowMs()) } }));
  });

  it('is asked for, without counting as a wrong password', async () => {
    for (let n = 0; n < 8; n++) {
      const answer = await enter(await city.seat(), 'coder');
      expect(answer.status).toBe(401);
      expect(await problem(answer)).toMatchObject({ code: 'AUTH_NEEDED', step: 'code' });
    }
    expect((await enter(await city.seat(), 'coder', { code: nextCode(secret) })).status).toBe(200);
  });

  it('lets in once: the same again is refused, and so is an older one', async () => {
    const code = nextCode(secret);
    const older = codeAt(secret, city.nowMs() - 30_000);
    expect((await enter(await city.seat(), 'coder', { code })).status).toBe(200);
    for (const again of [code, older]) {
      const answer = await enter(await city.seat(), 'coder', { code: again });
      expect(await problem(answer)).toMatchObject({ code: 'AUTH_WRONG', step: 'code' });
    }
  });

  it('lets one in of two who come with it at the same moment', async () => {
    const code = nextCode(secret);
    const [a, b] = [await city.seat(), await city.seat()];
    const answers = await Promise.all([enter(a, 'coder', { code }), enter(b, 'coder', { code })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('may be half a minute off, and no more', async () => {
    city.pass(120);
    const at = (seconds: number): string => codeAt(secret, city.nowMs() + seconds * 1000);
    expect((await enter(await city.seat(), 'coder', { code: at(-90) })).status).toBe(401);
    expect((await enter(await city.seat(), 'coder', { code: at(90) })).status).toBe(401);
    expect((await enter(await city.seat(), 'coder', { code: at(-30) })).status).toBe(200);
    city.pass(120);
    expect((await enter(await city.seat(), 'coder', { code: at(30) })).status).toBe(200);
    city.pass(120);
  });

  it('of recovery works once, and new ones end the old', async () => {
    const [first = '', second = ''] = codes;
    expect((await enter(await city.seat(), 'coder', { code: first.toUpperCase().replaceAll('-', ' ') })).status).toBe(
      200,
    );
    expect((await enter(await city.seat(), 'coder', { code: first })).status).toBe(401);
    const seat = await city.seat();
    const answer = await enter(seat, 'coder', { code: nextCode(secret) });
    taken(seat, answer, z.object({ csrf: z.string() }).parse(await answer.json()).csrf);
    expect((await seat.ask('account')).factor).toMatchObject({ on: true, demanded: false, codesLeft: 9 });
    await seat.ask('newCodes', { body: { password, code: nextCode(secret) } });
    expect((await enter(await city.seat(), 'coder', { code: second })).status).toBe(401);
  });

  it('of somebody else is none, and its secret is nowhere in the database', async () => {
    await addPerson(city.stand, 'coder2', ['operator']);
    const other = await city.seat('coder2');
    const { secret: theirs } = await other.ask('offerFactor', { body: { password } });
    await other.ask('confirmFactor', { body: { code: codeAt(theirs, city.nowMs()) } });
    expect((await enter(await city.seat(), 'coder2', { code: nextCode(secret) })).status).toBe(401);
    // A sealed secret moved to another row does not open there.
    await city.stand.database.run(
      sql`update second_factor set sealed = (select sealed from second_factor where person_id = 'p-coder') where person_id = 'p-coder2'`,
    );
    expect((await enter(await city.seat(), 'coder2', { code: nextCode(secret) })).status).toBe(500);
    const rows = await city.stand.database.rows(
      z.object({ row: z.string() }),
      sql`select second_factor::text as row from second_factor union all select audit::text from audit
          union all select recovery_code::text from recovery_code`,
    );
    const text = rows.map(({ row }) => row).join('\n');
    for (const hidden of [secret, theirs, factorKey, ...codes]) expect(text).not.toContain(hidden);
    expect((await audit.of(city.stand.database, 'person', 'p-coder')).map(({ act }) => act)).toContain(
      'second factor on',
    );
  });

  it('that is wrong counts like a wrong password', async () => {
    for (let n = 0; n < 10; n++) {
      const answer = await enter(await city.seat(), 'coder', { code: '000000' });
      if (answer.status === 429) {
        expect(n).toBeGreaterThan(1);
        return;
      }
      expect(answer.status).toBe(401);
    }
    throw new Error('the door never closed');
  });
});

describe('wrong passwords', () => {
  const guess = async (login: string, times: number, seat?: Seat): Promise<number[]> => {
    const at = seat ?? (await city.seat());
    const statuses: number[] = [];
    for (let n = 0; n < times; n++)
      statuses.push((await at.send('POST', routes.signIn.path, { login, password: `guess ${n}` })).status);
    return statuses;
  };

  it('of strangers never close the seat where a person has signed in before', async () => {
    await addPerson(city.stand, 'target', ['operator']);
    const known = await city.seat();
    const first = await enter(known, 'target');
    taken(known, first, '');
    expect(await guess('target', 7)).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect((await enter(await city.seat(), 'target')).status).toBe(429);
    expect((await enter(known, 'target')).status).toBe(200);
  });

  it('at a known seat close that seat, and only for this login', async () => {
    await addPerson(city.stand, 'sitter', ['operator']);
    await addPerson(city.stand, 'neighbour', ['operator']);
    const seat = await city.seat();
    taken(seat, await enter(seat, 'sitter'), '');
    taken(seat, await enter(seat, 'neighbour'), '');
    expect(await guess('sitter', 6, seat)).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await enter(seat, 'neighbour')).status).toBe(200);
    expect((await enter(await city.seat(), 'sitter')).status).toBe(200);
  });

  it('close for a time that is told, which trying on does not lengthen', async () => {
    await addPerson(city.stand, 'waiting', ['operator']);
    await guess('waiting', 5);
    const told = await problem(await enter(await city.seat(), 'waiting'));
    expect(told.retryAfterS).toBeGreaterThan(890);
    expect(told.message).toMatch(/15 min/);
    city.pass(600);
    await guess('waiting', 3);
    const later = await problem(await enter(await city.seat(), 'waiting'));
    expect(later.retryAfterS).toBeLessThan(301);
    city.pass(later.retryAfterS ?? 0);
    expect((await enter(await city.seat(), 'waiting')).status).toBe(200);
  });

  it('over many logins close the address for strangers, not for known seats', async () => {
    city.pass(3600);
    await addPerson(city.stand, 'hall', ['operator']);
    const known = await city.seat();
    taken(known, await enter(known, 'hall'), '');
    await city.stand.database.transaction(async (tx) => {
      for (let n = 0; n < 60; n++) await people.recordFailure(tx, `nobody-${n}`, city.nowMs(), '127.0.0.1');
    });
    expect((await enter(await city.seat(), 'operator')).status).toBe(429);
    expect((await enter(known, 'hall')).status).toBe(200);
  });
});
