// The states and lawful moves of a task (domain 3.3) as one table, and the one function that moves.
import { AhualError } from '#core/errors';
import type { AgencyId } from '#core/ids';
import type { Person, Role } from '#core/person';
import { openTaskStates, type Task, type TaskState } from '#core/task';
import { tasks, type Tx } from '#store';

/** Who moves a task: a part of the house, a person of the centre, or the agency that has it. */
export type TaskActor =
  | { readonly kind: 'system'; readonly name: string }
  | { readonly kind: 'person'; readonly person: Person }
  | { readonly kind: 'agency'; readonly agencyId: AgencyId; readonly name?: string };

export interface TaskMove {
  readonly from: readonly (TaskState | null)[];
  readonly to: TaskState;
  readonly who: readonly ('system' | 'agency' | Role)[];
  /** In words, for the refusal. */
  readonly needs: string;
  readonly holds?: (task: Task, patch: Partial<Task>, reason: string) => boolean;
}

const openStates: readonly TaskState[] = openTaskStates;

export const taskMoves: readonly TaskMove[] = [
  { from: [null], to: 'created', who: ['system'], needs: 'a confirmed incident' },
  {
    from: ['created'],
    to: 'sent',
    who: ['system'],
    needs: 'a receipt',
    holds: (_, patch) => typeof patch.sentAtMs === 'number',
  },
  { from: ['sent', 'returned'], to: 'accepted', who: ['agency'], needs: 'the agency' },
  {
    from: ['sent', 'accepted'],
    to: 'declined',
    who: ['agency'],
    needs: 'a reason',
    holds: (_, patch) => typeof patch.declineReason === 'string',
  },
  {
    from: ['declined'],
    to: 'rerouted',
    who: ['operator', 'controller', 'shift_lead'],
    needs: 'a person and another addressee',
  },
  { from: ['accepted', 'returned'], to: 'in_progress', who: ['agency'], needs: 'the agency' },
  // A crew that was there before it pressed "taken" must not have to press twice.
  { from: ['sent', 'accepted', 'in_progress', 'returned'], to: 'done_claimed', who: ['agency'], needs: 'the agency' },
  { from: ['done_claimed'], to: 'verifying', who: ['system'], needs: 'a claim' },
  {
    from: ['done_claimed', 'verifying'],
    to: 'verified',
    who: ['system', 'controller', 'shift_lead'],
    needs: 'the method: camera, photo, call or person',
    holds: (_, patch) => typeof patch.verifiedBy === 'string',
  },
  {
    from: ['done_claimed', 'verifying'],
    to: 'returned',
    who: ['system', 'controller', 'shift_lead'],
    needs: 'a reason',
    holds: (_, __, reason) => reason.trim().length > 0,
  },
  {
    from: [...openStates],
    to: 'cancelled',
    who: ['system', 'controller', 'shift_lead'],
    needs: 'a reason',
    holds: (_, __, reason) => reason.trim().length > 0,
  },
];

/** Fields may change while the task is open: made safe, notes. */
const fieldMove: Omit<TaskMove, 'to'> = {
  from: [...openStates],
  who: ['system', 'agency', 'controller', 'shift_lead'],
  needs: 'an open task',
};

export type TaskLaw = { kind: 'lawful' } | { kind: 'refused'; why: 'step' | 'role' | 'condition'; needs: string };

/** May this actor move a task so? An agency moves only its own tasks. */
export function lawfulTask(
  task: Task,
  from: TaskState | null,
  to: TaskState,
  actor: TaskActor,
  patch: Partial<Task>,
  reason: string,
): TaskLaw {
  const move: Omit<TaskMove, 'to'> | undefined =
    from === to ? fieldMove : taskMoves.find((m) => m.to === to && m.from.includes(from));
  if (!move || !move.from.includes(from)) return { kind: 'refused', why: 'step', needs: '' };
  const mine =
    actor.kind === 'person'
      ? actor.person.roles.some((role) => move.who.includes(role))
      : actor.kind === 'agency'
        ? move.who.includes('agency') && actor.agencyId === task.agencyId
        : move.who.includes('system');
  if (!mine) return { kind: 'refused', why: 'role', needs: move.needs };
  const holds = move.holds?.(task, patch, reason) ?? true;
  return holds ? { kind: 'lawful' } : { kind: 'refused', why: 'condition', needs: move.needs };
}

export const taskActorName = (actor: TaskActor): string =>
  actor.kind === 'system' ? actor.name : actor.kind === 'agency' ? (actor.name ?? actor.agencyId) : actor.person.id;

export interface TaskMoveOptions {
  readonly atMs: number;
  readonly actor: TaskActor;
  readonly reason: string;
}

/** The refusal of an unlawful step, for a person. */
export function refuseTask(task: Task, to: TaskState, refused: Extract<TaskLaw, { kind: 'refused' }>): AhualError {
  const facts = { taskId: task.id, from: task.state, to };
  const step = `task ${task.number} cannot go from ${task.state} to ${to}`;
  if (refused.why === 'role')
    return new AhualError('AUTH_DENIED', `${step} by this role.`, 'Ask the controller.', facts);
  const cure = refused.needs ? `It needs: ${refused.needs}.` : 'Look at it again.';
  return new AhualError('MOVE_UNLAWFUL', `${step}.`, cure, facts);
}

/**
 * Moves a task: the one function through which every state and field changes, with history, audit and feed in the caller's
 * transaction. Throws MOVE_UNLAWFUL, AUTH_DENIED, or INCIDENT_CHANGED when `task` is no longer the newest version.
 */
export async function moveTask(
  tx: Tx,
  task: Task,
  to: TaskState,
  patch: Partial<Task>,
  { atMs, actor, reason }: TaskMoveOptions,
): Promise<Task> {
  const law = lawfulTask(task, task.state, to, actor, patch, reason);
  if (law.kind === 'refused') throw refuseTask(task, to, law);
  return tasks.update(tx, task, { ...patch, state: to }, { atMs, actor: taskActorName(actor), reason });
}
