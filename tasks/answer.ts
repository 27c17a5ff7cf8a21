// The agency's answer from its page: taken, declined with a reason, on the way, made safe, done.
import type { Clock } from '#core/clock';
import { AhualError, never } from '#core/errors';
import type { AgencyId } from '#core/ids';
import type { Person } from '#core/person';
import type { Answer, Task } from '#core/task';
import { cameras, incidents, tasks, type Tx } from '#store';
import { moveTask, type TaskActor } from './lifecycle.ts';
import { openTasks } from './open.ts';
import type { TaskSettings } from './settings.ts';

/** Makes a repeated press harmless: the state that an answer leads to. */
const leadsTo = { accept: 'accepted', decline: 'declined', start: 'in_progress', done: 'done_claimed' } as const;

/**
 * Takes an agency's answer in the caller's transaction. An answer whose key was taken before, or that says what is so
 * already, changes nothing. A claim asks the camera to look at once. Throws TASK_UNKNOWN, AUTH_DENIED for another agency's
 * task, MOVE_UNLAWFUL for a step that the task is past.
 */
export async function takeAnswer(
  tx: Tx,
  given: {
    readonly taskId: string;
    readonly agencyId: AgencyId;
    /** Who pressed, for the record; the agency itself when absent. */
    readonly actor?: string;
    readonly answer: Answer;
    readonly clock: Clock;
    readonly settings: Pick<TaskSettings, 'pace'>;
  },
): Promise<Task> {
  const { answer, clock, agencyId } = given;
  const task = await tasks.lock(tx, given.taskId);
  if (task.agencyId !== agencyId) {
    throw new AhualError('AUTH_DENIED', `task ${task.number} is another agency's.`, 'Open your own list.', {
      taskId: task.id,
    });
  }
  const atMs = clock.nowMs();
  if (!(await tasks.recordAnswer(tx, answer.key, task.id, atMs))) return task;
  if (answer.kind !== 'made_safe' && task.state === leadsTo[answer.kind]) return task;
  const actor: TaskActor = { kind: 'agency', agencyId, ...(given.actor ? { name: given.actor } : {}) };
  const options = (reason: string) => ({ atMs, actor, reason });
  switch (answer.kind) {
    case 'accept':
      return moveTask(tx, task, 'accepted', { acceptedAtMs: task.acceptedAtMs ?? atMs }, options('taken'));
    case 'decline': {
      const patch = { declineReason: answer.reason, note: answer.note };
      return moveTask(tx, task, 'declined', patch, options(answer.reason));
    }
    case 'start':
      return moveTask(tx, task, 'in_progress', { acceptedAtMs: task.acceptedAtMs ?? atMs }, options('on the way'));
    case 'made_safe':
      return moveTask(
        tx,
        task,
        task.state,
        { madeSafeAtMs: task.madeSafeAtMs ?? atMs, note: answer.note || task.note },
        options('made safe'),
      );
    case 'done': {
      const patch = {
        acceptedAtMs: task.acceptedAtMs ?? atMs,
        claimedAtMs: atMs,
        photoSha256: answer.photoSha256 ?? task.photoSha256,
        note: answer.note || task.note,
      };
      const claimed = await moveTask(tx, task, 'done_claimed', patch, options('claimed done'));
      const incident = await incidents.byId(tx, task.incidentId);
      if (incident?.cameraId) await cameras.lookSooner(tx, incident.cameraId, atMs, `task ${task.number} claimed done`);
      return claimed;
    }
    default:
      return never(answer);
  }
}

/** After so many refusals of one incident the shift lead decides, and the decision binds (domain 3.3). */
export const bindingAfter = 3;

/**
 * Gives a declined task to another agency: the old one is `rerouted`, a new one is opened for `agencyId`. After the third
 * refusal only the shift lead may. Throws AUTH_DENIED, MOVE_UNLAWFUL, ROUTE_MISSING.
 */
export async function rerouteTask(
  tx: Tx,
  given: {
    readonly taskId: string;
    readonly agencyId: AgencyId;
    readonly person: Person;
    readonly reason: string;
    readonly clock: Clock;
    readonly settings: TaskSettings;
  },
): Promise<Task> {
  const task = await tasks.lock(tx, given.taskId);
  const all = await tasks.byIncident(tx, task.incidentId);
  const refusals = all.filter((t) => t.declineReason !== null).length;
  if (refusals >= bindingAfter && !given.person.roles.includes('shift_lead')) {
    throw new AhualError(
      'AUTH_DENIED',
      `incident #${task.incidentNumber} was declined ${refusals} times.`,
      'The shift lead decides now, and the decision binds.',
      { taskId: task.id },
    );
  }
  const atMs = given.clock.nowMs();
  await moveTask(
    tx,
    task,
    'rerouted',
    {},
    { atMs, actor: { kind: 'person', person: given.person }, reason: given.reason },
  );
  const incident = await incidents.byId(tx, task.incidentId);
  if (!incident) {
    throw new AhualError(
      'INCIDENT_UNKNOWN',
      `there is no incident ${task.incidentId}.`,
      'Look for it in the list.',
      {},
    );
  }
  const [opened] = await openTasks(tx, incident, {
    clock: given.clock,
    settings: given.settings,
    agencyId: given.agencyId,
    primaryOnly: true,
    sendNow: true,
  });
  if (!opened)
    throw new AhualError('ROUTE_MISSING', `there is no agency ${given.agencyId}.`, 'Choose one from the list.', {});
  return opened;
}
