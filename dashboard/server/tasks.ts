// Tasks: an agency's own list and answers, the controller's board of all.
import { AhualError } from '#core/errors';
import type { Incident } from '#core/incident';
import { openTaskStates, type Task } from '#core/task';
import { feed, incidents, looks, tasks, type db } from '#store';
import { cancelTask, checkTask, rerouteTask, takeAnswer } from '#tasks';
import type { TaskCard, TaskView } from '../contract.ts';
import { incidentCard, taskCard } from './cards.ts';
import type { Session } from './door.ts';
import { lensOf, type Glass } from './glass.ts';
import { isOwnPhoto } from './photos.ts';
import { picturesOf, reachOf, reachesTask, taskFor } from './scope.ts';
import { serve } from './serve.ts';
import { showsZone } from './strip.ts';
import { sightOf } from './sight.ts';

const dayMs = 86_400_000;
/** Rows read for somebody who sees a part of the city: theirs may stand behind many others. */
const partMost = 20_000;
const open: ReadonlySet<Task['state']> = new Set(openTaskStates);

/** Cards of tasks that this person may see; each incident is read once. */
async function cardsOf(glass: Glass, { person }: Session, rows: readonly Task[]): Promise<TaskCard[]> {
  const reach = reachOf(person);
  const mine = rows.filter((task) => reachesTask(reach, task));
  const ids = [...new Set(mine.map((task) => task.incidentId))];
  const found = await Promise.all(ids.map((id) => incidents.byId(glass.database, id)));
  const byId = new Map(found.flatMap((incident) => (incident ? [[incident.id, incident] as const] : [])));
  const sight = sightOf(glass.register, person);
  return mine.flatMap((task) => {
    const incident = byId.get(task.incidentId);
    return incident && sight.incident(incident)
      ? [taskCard(task, incident, lensOf(glass), picturesOf(person, glass.register, incident))]
      : [];
  });
}

/** The rows of the list: those asked for, else the open ones and what was finished within a day of the city's time. */
async function listed(glass: Glass, { person }: Session, states: readonly Task['state'][] | undefined, limit: number) {
  const { database, clock, city } = glass;
  const reach = reachOf(person);
  if (!reach.city && reach.agencyId === null) return [];
  if (!reach.city && reach.agencyId !== null) {
    const own = await tasks.byAgency(database, reach.agencyId);
    const since = clock.nowMs() - dayMs / city.pace;
    const wanted = (task: Task): boolean =>
      states ? states.includes(task.state) : open.has(task.state) || task.createdAtMs >= since;
    return own.filter(wanted).slice(0, limit);
  }
  if (states) return tasks.list(database, { states, limit });
  const [running, lately] = await Promise.all([
    tasks.list(database, { states: openTaskStates, limit }),
    tasks.list(database, { sinceMs: clock.nowMs() - dayMs / city.pace, limit }),
  ]);
  const known = new Set(running.map((task) => task.id));
  return [...running, ...lately.filter((task) => !known.has(task.id))].slice(0, limit);
}

/** Refuses an act on a task that is no longer what was on screen (guard G2). */
async function sameVersion(tx: db.Tx, taskId: string, version: number): Promise<void> {
  const task = await tasks.lock(tx, taskId);
  if (task.version === version) return;
  throw new AhualError(
    'INCIDENT_CHANGED',
    `Task ${task.number} was changed meanwhile: it is ${task.state}.`,
    'Look at it again.',
  );
}

/** What the camera says of a claim that is being checked. */
async function checkOf(
  { database, clock, settings }: Glass,
  task: Task,
  incident: Incident,
): Promise<TaskView['check']> {
  if (task.state !== 'done_claimed' && task.state !== 'verifying') return null;
  const { pace } = settings.tasks;
  const word = await checkTask(database, task, incident, { nowMs: clock.nowMs(), pace });
  switch (word.kind) {
    case 'clear':
      return { kind: 'clear', clearLooks: word.looks, hazardLooks: 0, overS: word.overS };
    case 'hazard':
    case 'disputed':
      return { kind: word.kind, clearLooks: 0, hazardLooks: word.looks, overS: 0 };
    case 'waiting':
      return { kind: word.why ?? 'waiting', clearLooks: word.clear, hazardLooks: word.hazard, overS: 0 };
    case 'unverifiable':
      return { kind: 'unverifiable', clearLooks: 0, hazardLooks: 0, overS: 0 };
  }
}

/** The newest kept picture of the incident's camera, of its own view, since the work was claimed done. */
async function afterClaim({ database, register }: Glass, task: Task, incident: Incident): Promise<TaskView['now']> {
  const { claimedAtMs } = task;
  if (claimedAtMs === null || incident.cameraId === null) return null;
  const camera = register.camera(incident.cameraId);
  const look = (await looks.recent(database, incident.cameraId, 60)).find(
    (one) => one.seenAtMs > claimedAtMs && one.stillSha256 !== null && showsZone(one, camera, incident.zoneId),
  );
  return look?.stillSha256 ? { sha256: look.stillSha256, seenAtMs: look.seenAtMs } : null;
}

/** Routes of tasks and agencies. */
export function openTaskRoutes(glass: Glass): void {
  const { app, door, database, register, clock } = glass;

  const cardOf = async (task: Task, session: Session): Promise<TaskCard> => {
    const [card] = await cardsOf(glass, session, [task]);
    if (!card) throw new AhualError('TASK_UNKNOWN', 'There is no such task for you.', 'Go back to the list.');
    return card;
  };

  serve(app, door, 'agencies', ({ session }) => {
    const reach = reachOf(session.person);
    const seen = register.agencies().filter((agency) => reach.city || agency.id === reach.agencyId);
    return Promise.resolve(seen.map(({ id, kind, name }) => ({ id, kind, name })));
  });

  serve(app, door, 'tasks', async ({ query, session }) => {
    const number = await feed.last(database);
    const { limited } = sightOf(register, session.person);
    const rows = await listed(glass, session, query.states, limited ? partMost : query.limit);
    const cards = await cardsOf(glass, session, rows);
    return { nowMs: clock.nowMs(), feed: number, tasks: cards.slice(0, query.limit) };
  });

  serve(app, door, 'task', async ({ params, session }): Promise<TaskView> => {
    const { task, incident } = await taskFor(database, session.person, params.id);
    const pictures = picturesOf(session.person, register, incident);
    const lens = lensOf(glass);
    const [history, deliveries] = await Promise.all([
      tasks.history(database, task.id),
      reachOf(session.person).city ? tasks.deliveriesOf(database, task.id) : [],
    ]);
    const card = incidentCard(incident, lens);
    const still = (sha256: string | null, seenAtMs: number | null) => (sha256 === null ? null : { sha256, seenAtMs });
    const { city, agencyId } = reachOf(session.person);
    const after = reachOf(session.person).city ? await afterClaim(glass, task, incident) : null;
    return {
      task: taskCard(task, incident, lens, pictures),
      incident: pictures ? card : { ...card, stillSha256: null },
      now: pictures ? (after ?? still(incident.stillSha256, incident.lastSeenAtMs)) : null,
      before: pictures
        ? after
          ? still(incident.stillSha256, incident.lastSeenAtMs)
          : still(incident.beforeSha256, incident.beforeAtMs)
        : null,
      check: await checkOf(glass, task, incident),
      photo: still(task.photoSha256, task.claimedAtMs),
      mark: pictures ? incident.mark : null,
      history: history.map(({ actor, ...line }) => ({
        ...line,
        // An agency reads its own people's names and that it was the centre, not whose desk it was.
        who: city || actor === agencyId || register.agencyOf(actor) === agencyId ? register.nameOf(actor) : 'iKOMEK',
      })),
      deliveries,
    };
  });

  serve(app, door, 'answerTask', async ({ params, body, session }) => {
    const { person } = session;
    const { task } = await taskFor(database, person, params.id);
    if (person.agencyId === null || task.agencyId !== person.agencyId) {
      throw new AhualError('AUTH_DENIED', "This task is not your agency's.", 'Go back to your list.');
    }
    const { agencyId } = person;
    if (body.kind === 'done' && body.photoSha256 !== null && !(await isOwnPhoto(database, person, body.photoSha256))) {
      throw new AhualError('PICTURE_REFUSED', 'This photo was not sent by your agency.', 'Send the photo again.');
    }
    const saved = await database.transaction((tx) =>
      takeAnswer(tx, { taskId: task.id, agencyId, answer: body, clock, settings: glass.settings.tasks }),
    );
    return { task: await cardOf(saved, session) };
  });

  serve(app, door, 'rerouteTask', async ({ params, body, session }) => {
    const { person } = session;
    const saved = await database.transaction(async (tx) => {
      await sameVersion(tx, params.id, body.version);
      const { agencyId, reason } = body;
      return rerouteTask(tx, { taskId: params.id, agencyId, person, reason, clock, settings: glass.settings.tasks });
    });
    return { task: await cardOf(saved, session) };
  });

  serve(app, door, 'cancelTask', async ({ params, body, session }) => {
    const saved = await database.transaction(async (tx) => {
      await sameVersion(tx, params.id, body.version);
      const actor = { kind: 'person', person: session.person } as const;
      return cancelTask(tx, { taskId: params.id, actor, reason: body.reason, clock });
    });
    return { task: await cardOf(saved, session) };
  });
}
