// The desk: what waits for a verdict, the verdict, and taking it back. A verdict, its tasks, their deliveries and the audit are one
// transaction.
import { AhualError } from '#core/errors';
import { TaskId } from '#core/ids';
import { undecidedIncidentStates } from '#core/incident';
import type { Task } from '#core/task';
import { closeByPerson, giveVerdict, moveByPerson, takeBack } from '#incidents';
import { feed, incidents, secondLooks, stats, tasks, verdicts } from '#store';
import { cancelTask, openTasks, returnTask, verifyTask } from '#tasks';
import { shelveMinutesMax, type Category, type Decided } from '../contract.ts';
import { answerBlind, blindFor } from './blind.ts';
import { handRaiser, withdrawByHand } from './by-hand.ts';
import { queueOrder, taskCard } from './cards.ts';
import type { Session } from './door.ts';
import { withFirst } from './first.ts';
import { lensOf, type Glass } from './glass.ts';
import { cardFor } from './incidents.ts';
import { proofOfLife, proofOfPart } from './life.ts';
import { isByMass, isFlood, massesNow, outOfMass } from './mass.ts';
import { may } from './may.ts';
import { picturesOf } from './scope.ts';
import { sightOf } from './sight.ts';
import { seesIncident } from './limits.ts';
import { plantSometimes } from './planted.ts';
import { drawSecondLook, takeSecondBack } from './second-look.ts';
import { serve } from './serve.ts';
import { dayStartMs } from './day-start.ts';

const latelyMs = 10 * 60_000;
const latelyMax = 12;

const isClaimed = (task: Task): boolean => task.state === 'done_claimed' || task.state === 'verifying';

/** This person's last verdicts, newest first. */
async function decidedLately(glass: Glass, { person }: Session): Promise<Decided[]> {
  const { database, clock, settings } = glass;
  const rows = (await verdicts.since(database, clock.nowMs() - latelyMs, 2000))
    .filter((row) => row.personId === person.id && !isByMass(row.verdict.id, row.incidentBefore))
    .reverse()
    .slice(0, latelyMax);
  const sight = sightOf(glass.register, person);
  return Promise.all(
    rows
      .filter(({ incidentBefore }) => sight.place(incidentBefore))
      .map(async ({ verdict, atMs, undoneAtMs, incidentBefore }) => {
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
export function openDesk(glass: Glass, categories: readonly Category[]): void {
  const { app, door, database, clock, settings, city } = glass;

  const raiseByHand = handRaiser(glass, categories);

  serve(app, door, 'desk', async ({ session }) => {
    const nowMs = clock.nowMs();
    // The number is read before the rows: what changes in between is told again, never missed.
    const number = await feed.last(database);
    const sight = sightOf(glass.register, session.person);
    const [all, counts, cityFlood, lately] = await Promise.all([
      incidents.open(database, { states: undecidedIncidentStates }),
      stats.counts(database, nowMs, dayStartMs(nowMs, city.zone)),
      isFlood(glass),
      decidedLately(glass, session),
    ]);
    const waiting = all.filter((incident) => sight.incident(incident));
    const flood = cityFlood && !sight.limited;
    const { masses, singly } = await massesNow(glass, session.person, waiting);
    const queue = singly.map((incident) => cardFor(glass, session.person, incident));
    const blind = await blindFor(glass, session.person, queue, flood);
    return {
      nowMs,
      feed: number,
      queue: [...queue, ...blind].sort(queueOrder),
      masses,
      flood,
      life: sight.limited
        ? await proofOfPart(glass, sight, nowMs)
        : await proofOfLife(database, nowMs, counts, city.zone),
      decidedLately: lately,
    };
  });

  serve(app, door, 'verdict', async ({ body, session }) => {
    const { person } = session;
    const sight = sightOf(glass.register, person);
    for (const id of [body.incidentId, ...(body.kind === 'merge' ? [body.into] : [])]) {
      if (!(await seesIncident(database, sight, person, id)))
        throw new AhualError('INCIDENT_UNKNOWN', 'There is no such incident for you.', 'Go back to the list.');
    }
    if (body.kind === 'shelve' && body.minutes > shelveMinutesMax && !may(person, 'shelve-long')) {
      const message = `An operator puts off for ${shelveMinutesMax} minutes at most.`;
      throw new AhualError('AUTH_DENIED', message, 'Ask the shift lead.');
    }
    const blind = await answerBlind(glass, person, body);
    if (blind) return blind;
    const given = await withFirst(glass, body.incidentId, () =>
      database.transaction(async (tx) => {
        const outcome = await giveVerdict(tx, {
          verdict: await outOfMass(tx, body, glass),
          person,
          clock,
          settings: settings.incidents,
          openTasks: (within, incident, more) =>
            openTasks(within, incident, { clock, settings: settings.tasks, ...more }),
        });
        if (outcome.fresh) await drawSecondLook(tx, glass, body);
        return outcome;
      }),
    );
    if (given.fresh) plantSometimes(glass, person);
    return {
      incident: cardFor(glass, person, given.incident),
      taskIds: [...given.taskIds],
      undoUntilMs: given.undoUntilMs,
    };
  });

  serve(app, door, 'undoVerdict', async ({ params, session }) => {
    const second = await takeSecondBack(glass, session.person, params.id);
    if (second) return { incident: second };
    const row = await verdicts.byId(database, params.id);
    if (!row || row.personId !== session.person.id) {
      throw new AhualError('NOT_FOUND', 'You gave no such verdict.', 'Only your own last verdicts can be taken back.');
    }
    const incident = await withFirst(glass, row.verdict.incidentId, () =>
      database.transaction(async (tx) => {
        await secondLooks.voided(tx, params.id, clock.nowMs());
        return takeBack(tx, {
          verdictId: params.id,
          person: session.person,
          clock,
          settings: settings.incidents,
          // An operator may not call a task off; what was never sent is called off by the taking back itself.
          cancelTask: async (within, taskId, reason) => {
            await cancelTask(within, { taskId, actor: { kind: 'system', name: 'desk' }, reason, clock });
          },
        });
      }),
    );
    return { incident: cardFor(glass, session.person, incident) };
  });

  serve(app, door, 'raise', async ({ body, session }) => {
    const { incident, taskIds } = await raiseByHand(body, session.person);
    // The law of moves lets operators and shift leads take it back.
    const graceMs = may(session.person, 'decide') ? settings.incidents.undoS * 1000 : 0;
    const undoUntilMs = incident.openedAtMs + graceMs;
    return { incident: cardFor(glass, session.person, incident), taskIds, undoUntilMs };
  });

  serve(app, door, 'withdraw', async ({ params, session }) => {
    const incident = await withdrawByHand(glass, session.person, params.id);
    return { incident: cardFor(glass, session.person, incident) };
  });

  serve(app, door, 'verify', async ({ params, body, session }) => {
    const { person } = session;
    const { outcome, method, note, version } = body;
    const reason = note.trim() || `${outcome === 'fixed' ? 'fixed' : 'still there'}, by ${method}`;
    const check = { person, method, note, clock };
    const step = { incidentId: params.id, version, person, reason, clock, settings: settings.incidents };
    await withFirst(glass, params.id, () =>
      database.transaction(async (tx) => {
        if (outcome === 'fixed') {
          await closeByPerson(tx, {
            ...step,
            verifyTask: async (within, taskId) => {
              await verifyTask(within, { task: { id: TaskId.parse(taskId) }, ...check });
            },
          });
          return;
        }
        await moveByPerson(tx, { ...step, to: 'in_work' });
        for (const task of await tasks.byIncident(tx, params.id)) {
          if (isClaimed(task)) await returnTask(tx, { task, ...check });
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
