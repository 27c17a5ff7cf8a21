import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '#core/clock';
import { Gate, type SignIn } from './sign-in.ts';
import { answerTo } from './testing/viewer.ts';

const digest: SignIn = { scheme: 'digest', user: 'viewer', password: 'pa"ss:wörd' };
const uri = 'rtsp://127.0.0.1:8554/cam/1/main';
let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock(0);
});
const gateWith = (qop: boolean): Gate => new Gate({ realm: 'City camera', clock, nonceS: 60, qop });

function challengeOf(gate: Gate, signIn: SignIn): string {
  const result = gate.check(signIn, { method: 'DESCRIBE', uri, authorization: undefined });
  if (result.kind !== 'challenge') throw new Error('it let a stranger in');
  return result.header;
}

describe.each([false, true])('digest, qop %s', (qop) => {
  it('lets the right answer in, for the stream, its track and its path', () => {
    const gate = gateWith(qop);
    const challenge = challengeOf(gate, digest);
    for (const signed of [uri, `${uri}/`, `${uri}/trackID=1`, '/cam/1/main']) {
      const authorization = answerTo(challenge, digest, 'SETUP', signed);
      expect(gate.check(digest, { method: 'SETUP', uri: `${uri}/trackID=1`, authorization }).kind).toBe('ok');
    }
  });

  it.each([
    ['a wrong password', { ...digest, password: 'other' }, 'DESCRIBE', uri],
    ['another user', { ...digest, user: 'root' }, 'DESCRIBE', uri],
    ['another method', digest, 'PLAY', uri],
    ['another camera', digest, 'DESCRIBE', 'rtsp://127.0.0.1:8554/cam/2/main'],
  ])('refuses %s', (_what, signIn, method, signed) => {
    const gate = gateWith(qop);
    const authorization = answerTo(challengeOf(gate, digest), signIn, method, signed);
    const result = gate.check(digest, { method: 'DESCRIBE', uri, authorization });
    expect(result).toMatchObject({ kind: 'challenge', stale: false });
  });

  it('calls a nonce stale after its time, and one it never gave', () => {
    const gate = gateWith(qop);
    const authorization = answerTo(challengeOf(gate, digest), digest, 'DESCRIBE', uri);
    clock.advance(61_000);
    expect(gate.check(digest, { method: 'DESCRIBE', uri, authorization })).toMatchObject({
      kind: 'challenge',
      stale: true,
    });
    expect(gateWith(qop).check(digest, { method: 'DESCRIBE', uri, authorization })).toMatchObject({
      kind: 'challenge',
      stale: true,
    });
  });

  it('takes a nonce once where it is told so', () => {
    const gate = gateWith(qop);
    const authorization = answerTo(challengeOf(gate, digest), digest, 'DESCRIBE', uri);
    const request = { method: 'DESCRIBE', uri, authorization };
    expect(gate.check(digest, request, 'once').kind).toBe('ok');
    expect(gate.check(digest, request, 'once')).toMatchObject({ kind: 'challenge', stale: true });
  });
});

describe('basic', () => {
  const basic: SignIn = { ...digest, scheme: 'basic' };
  it('lets the right pair in and no other', () => {
    const gate = gateWith(false);
    const challenge = challengeOf(gate, basic);
    expect(challenge).toBe('Basic realm="City camera"');
    const check = (signIn: SignIn): string =>
      gate.check(basic, { method: 'GET', uri, authorization: answerTo(challenge, signIn, 'GET', uri) }).kind;
    expect(check(basic)).toBe('ok');
    expect(check({ ...basic, password: '' })).toBe('challenge');
  });
});

it('refuses everybody where the fault says so', () => {
  const gate = gateWith(false);
  const authorization = answerTo(challengeOf(gate, digest), digest, 'DESCRIBE', uri);
  expect(gate.check(digest, { method: 'DESCRIBE', uri, authorization }, 'refuse').kind).toBe('challenge');
});
