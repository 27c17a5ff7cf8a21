// A dashboard for tests of accounts: two system administrators, a key for second factors, and a clock that can be moved on.
import { Secret, TOTP } from 'otpauth';
import type { Settings } from '#config';
import { systemClock, type Clock } from '#core/clock';
import { PersonId } from '#core/ids';
import type { Role } from '#core/person';
import { epochMs } from '#core/units';
import { hashPassword, startDashboard, type Dashboard } from '#dashboard';
import type { ActOutcome, GraveAct, SignInLink } from '#dashboard/contract';
import { people } from '#store';
import { openStand, password, Seat, type Stand } from './dashboard-stand.ts';

export const factorKey = 'a key of the test that is long enough';

export interface AccountStand {
  readonly stand: Stand;
  readonly dashboard: Dashboard;
  /** Moves the clock of the dashboard on. */
  pass(seconds: number): void;
  nowMs(): number;
  /** A fresh browser, signed in where a login is given. */
  seat(login?: string): Promise<Seat>;
  close(): Promise<void>;
}

/** Opens it, with settings of the dashboard changed, and with real pages where they are given. */
export async function openAccountStand(
  more: Partial<Settings['dashboard']> = {},
  webRoot?: string,
): Promise<AccountStand> {
  const stand = await openStand(webRoot === undefined ? {} : { webRoot });
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, nowMs: () => epochMs(systemClock.nowMs() + aheadMs) };
  const dashboard = await startDashboard({
    ...stand.options,
    clock,
    settings: { ...stand.settings, ...more },
    accountSecrets: { factorKey, providerSecret: 'the secret of the client at the provider' },
  });
  return {
    stand,
    dashboard,
    pass: (seconds) => (aheadMs += seconds * 1000),
    nowMs: () => clock.nowMs(),
    seat: async (login) => {
      const seat = new Seat(dashboard.url);
      if (login === undefined) return seat;
      const answer = await seat.signIn(login);
      if (!answer.ok) throw new Error(`${login} cannot sign in: ${answer.status} ${await answer.text()}`);
      return seat;
    },
    close: async () => {
      await dashboard.close();
      await stand.close();
    },
  };
}

/** Adds somebody who has a password already. */
export async function addPerson(stand: Stand, login: string, roles: Role[]): Promise<string> {
  const hash = await hashPassword(password);
  const id = PersonId.parse(`p-${login}`);
  await stand.database.transaction((tx) =>
    people.insert(
      tx,
      { id, login, name: `Name of ${login}`, roles, agencyId: null, language: 'ru', active: true },
      hash,
    ),
  );
  return id;
}

/** Proposes by one administrator and publishes by the other. */
export async function byTwo(one: Seat, other: Seat, act: GraveAct): Promise<SignInLink | null> {
  const proposed: ActOutcome = await one.ask('proposeAct', { body: { act, reason: 'agreed on' } });
  if (proposed.kind !== 'waiting') throw new Error('it did not wait for the other one');
  const done: ActOutcome = await other.ask('publishAct', { params: { id: proposed.proposalId } });
  if (done.kind !== 'done') throw new Error('it is not done');
  return done.link;
}

/** The code that an authenticator with this secret shows at a moment. */
export const codeAt = (secret: string, atMs: number): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: atMs });
