// The desk: what waits for a verdict, the verdict, and taking it back. A verdict, its tasks, their deliveries and the audit are one
// transaction.
import { AhualError } from '#core/errors';
import { undecidedIncidentStates } from '#core/incident';
import { giveVerdict, takeBack } from '#incidents';
import { feed, incidents, stats, tasks, verdicts } from '#store';
import { openTasks, returnTask, verifyTask } from '#tasks';
import { shelveMinutesMax, type Decided } from '../contract.ts';
import { handRaiser } from './by-hand.ts';
import { queueOrder, taskCard } from './cards.ts';
import type { Session } from './door.ts';
import { withFirst } from './first.ts';
import { lensOf, type Glass } from './glass.ts';
import { cardFor } from './incidents.ts';
import { proofOfLife } from './life.ts';
import { may } from './may.ts';
import { picturesOf } from './scope.ts';
import { serve } from './serve.ts';
import { dayStartMs } from './wall.ts';

const latelyMs = 10 * 60_000;
const latelyMax = 12;

/** This person's last verdicts, newest first. */
async function decidedLately(glass: Glass, { person }: Session): Promise<Decided[]> {
  const { database, clock, settings } = glass;
  const rows = (await verdicts.since(database, clock.nowMs() - latelyMs, 2000))
    .filter((row) => row.personId === person.id)
    .reverse()
    .slice(0, latelyMax);
  return Promise.all(
    rows.map(async ({ verdict, atMs, undoneAtMs, incidentBefore }) => {
      const now = (await incidents.byId(database, verdict.incidentId)) ?? incidentBefore;
      return {
        verdictId: verdict.id,
        kind: verdict.kind,
        atMs,
        undoUntilMs: atMs + settings.incidents.undoS * 1000,
        undone: undoneAtMs !== null,
        incident: cardFor(glass, person, now),
      };
    }),
  );
}

/** Routes of the desk. */
export function openDesk(glass: Glass): void {
  const { app, door, database, clock, settings, city } = glass;

  const raiseByHand = handRaiser(glass);

  serve(app, door, 'desk', async ({ session }) => {
    const nowMs = clock.nowMs();
    // The number is read before the rows: what changes in between is told again, never missed.
    const number = await feed.last(database);
    const [waiting, counts, lately] = await Promise.all([
      incidents.open(database, { states: undecidedIncidentStates }),
      stats.counts(database, nowMs, dayStartMs(nowMs, city.zone)),
      decidedLately(glass, session),
    ]);
    return {
      nowMs,
      feed: number,
      queue: waiting.map((incident) => cardFor(glass, session.person, incident)).sort(queueOrder),
      life: await proofOfLife(database, nowMs, counts),
      decidedLately: lately,
    };
  });

  serve(app, door, 'verdict', async ({ body, session }) => {
    const { person } = session;
    if (body.kind === 'shelve' && body.minutes > shelveMinutesMax && !may(person, 'shelve-long')) {
      const message = `An operator puts off for ${shelveMinutesMax} minutes at most.`;
      throw new AhualError('AUTH_DENIED', message, 'Ask the shift lead.');
    }
    const given = await withFirst(glass, body.incidentId, () =>
      database.transaction((tx) =>
        giveVerdict(tx, {
          verdict: body,
          person,
          clock,
          settings: settings.incidents,
          openTasks: (within, incident, more) => openTasks(within, incident, { clock, settings: settings.tasks, ...more }),
        }),
      ),
    );
    return {
      incident: cardFor(glass, person, given.incident),
      taskIds: [...given.taskIds],
      undoUntilMs: given.undoUntilMs,
    };
  });

  serve(app, door, 'undoVerdict', async ({ params, session }) => {
    const row = await verdicts.byId(database, params.id);
    if (!row || row.personId !== session.person.id) {
      throw new AhualError('NOT_FOUND', 'You gave no such verdict.', 'Only your own last verdicts can be taken back.');
    }
    const incident = await withFirst(glass, row.verdict.incidentId, () =>
      database.transaction((tx) =>
        takeBack(tx, { verdictId: params.id, person: session.person, clock, settings: settings.incidents }),
      ),
    );
    return { incident: cardFor(glass, session.person, incident) };
  });

  serve(app, door, 'raise', async ({ body, session }) => {
    const { incident, taskIds } = await raiseByHand(body, session.person);
    return { incident: cardFor(glass, session.person, incident), taskIds, undoUntilMs: clock.nowMs() };
  });

  serve(app, door, 'verify', async ({ params, body, session }) => {
    const { person } = session;
    await withFirst(glass, params.id, () =>
      database.transaction(async (tx) => {
        const incident = await incidents.lock(tx, params.id);
        if (incident.version !== body.version) {
          throw new AhualError('INCIDENT_CHANGED', `Incident #${incident.number} was changed meanwhile.`, 'Look at it again.');
        }
        const claimed = (await tasks.byIncident(tx, params.id)).filter(
          (task) => task.state === 'done_claimed' || task.state === 'verifying',
        );
        if (claimed.length === 0) {
          throw new AhualError('MOVE_UNLAWFUL', 'Nobody claims this work done.', 'Wait for the agency.');
        }
        const how = { person, clock, settings: settings.tasks, note: body.note };
        for (const task of claimed) {
          if (body.outcome === 'fixed') await verifyTask(tx, { task, method: body.method, ...how });
          else await returnTask(tx, { task, method: body.method, ...how });
        }
      }),
    );
    const now = await incidents.byId(database, params.id);
    if (!now) throw new AhualError('INCIDENT_UNKNOWN', 'There is no such incident.', 'Go back to the list.');
    const pictures = picturesOf(person, glass.register, now);
    const after = await tasks.byIncident(database, params.id);
    return {
      incident: cardFor(glass, person, now),
      tasks: after.map((task) => taskCard(task, now, lensOf(glass), pictures)),
    };
  });
}
