// What everybody may do with their own account: sessions, password, second factor, choices.
import { AhualError } from '#core/errors';
import { accountActs, accountFactor, accountSessions, audit, people, type db } from '#store';
import { Choices } from '../contract.ts';
import { sessionCard } from './accounts.ts';
import { refuseWeak, type Entry } from './accounts-entry.ts';
import type { Factors } from './accounts-factor.ts';
import { hashPassword } from './accounts-password.ts';
import type { Glass } from './glass.ts';
import { serve } from './serve.ts';

export interface MeParts {
  readonly entry: Entry;
  readonly factors: Factors;
  readonly signedOut: (tokenHash: string) => void;
}

/** The routes of the `me` tab. */
export function openMe(glass: Glass, { entry, factors, signedOut }: MeParts): void {
  const { app, door, database, clock } = glass;

  const note = (
    tx: db.Tx,
    personId: string,
    act: string,
    facts: Readonly<Record<string, number>> = {},
  ): Promise<void> =>
    audit.write(tx, { atMs: clock.nowMs(), actor: personId, act, objectKind: 'person', objectId: personId, facts });

  serve(app, door, 'account', async ({ session }) => {
    const { id } = session.person;
    const nowMs = clock.nowMs();
    const [sessions, on, codesLeft] = await Promise.all([
      accountSessions.of(database, id, nowMs),
      factors.isOn(id),
      accountFactor.codesLeft(database, id),
    ]);
    return {
      nowMs,
      sessions: sessions.map((row) => sessionCard(row, session.tokenHash)),
      factor: { on, demanded: entry.demands(session.person), codesLeft, possible: factors.possible },
    };
  });

  serve(app, door, 'choices', async ({ session }) => {
    const kept = Choices.safeParse((await accountActs.choicesOf(database, session.person.id)) ?? {});
    // Choices of an older version that mean nothing any more are no reason to keep anybody from the screens.
    return kept.success ? kept.data : Choices.parse({});
  });

  serve(app, door, 'keepChoices', async ({ body, session }) => {
    await database.transaction((tx) => accountActs.keepChoices(tx, session.person.id, body, clock.nowMs()));
    return body;
  });

  serve(app, door, 'changePassword', async ({ body, session, request }) => {
    const { id, login } = session.person;
    await entry.again(session.person, body.old, request);
    refuseWeak(body.password, login);
    const hash = await hashPassword(body.password);
    const ended = await database.transaction(async (tx) => {
      const others = await accountSessions.endAll(tx, id, session.tokenHash);
      await people.storeNewHash(tx, id, hash);
      await note(tx, id, 'password changed', { sessions: others.length });
      return others;
    });
    ended.forEach(signedOut);
    return {};
  });

  serve(app, door, 'offerFactor', async ({ body, session, request }) => {
    await entry.again(session.person, body.password, request);
    return factors.offer(session.person);
  });

  serve(app, door, 'confirmFactor', async ({ body, session, request }) => {
    const { person } = session;
    if (await factors.isOn(person.id)) {
      throw new AhualError('AUTH_DENIED', 'A second factor is on already.', 'Load this page again.');
    }
    await entry.ownCode(person, body.code, request);
    const codes = await database.transaction(async (tx) => {
      await note(tx, person.id, 'second factor on');
      return factors.newCodes(tx, person.id);
    });
    return { codes };
  });

  serve(app, door, 'newCodes', async ({ body, session, request }) => {
    const { person } = session;
    await entry.again(person, body.password, request);
    await entry.ownCode(person, body.code, request);
    const codes = await database.transaction(async (tx) => {
      await note(tx, person.id, 'recovery codes made');
      return factors.newCodes(tx, person.id);
    });
    return { codes };
  });

  serve(app, door, 'dropFactor', async ({ body, session, request }) => {
    const { person } = session;
    if (entry.demands(person)) {
      const message = 'Your role needs a second factor; you cannot take it off yourself.';
      throw new AhualError('AUTH_DENIED', message, 'Two system administrators can, for example when a phone is lost.');
    }
    await entry.again(person, body.password, request);
    await entry.ownCode(person, body.code, request);
    await database.transaction(async (tx) => {
      await accountFactor.drop(tx, person.id);
      await note(tx, person.id, 'second factor off');
    });
    return {};
  });

  serve(app, door, 'endOtherSessions', async ({ session }) => {
    const { id } = session.person;
    const ended = await database.transaction(async (tx) => {
      const others = await accountSessions.endAll(tx, id, session.tokenHash);
      await note(tx, id, 'other sessions ended', { sessions: others.length });
      return others;
    });
    ended.forEach(signedOut);
    return { ended: ended.length };
  });

  serve(app, door, 'endMySession', async ({ params, session }) => {
    const { id } = session.person;
    const ended = await database.transaction(async (tx) => {
      const hash = await accountSessions.endOne(tx, id, params.id);
      if (hash === undefined) throw new AhualError('NOT_FOUND', 'This session has ended.', 'Load this page again.');
      await note(tx, id, 'session ended');
      return hash;
    });
    signedOut(ended);
    return {};
  });
}
