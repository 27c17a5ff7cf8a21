// Columns of the board from the states of domain 3.3, and the deadline that runs now. Pure.
import type { Task, TaskState } from '#core/task';

export const columns = ['sent', 'taken', 'on_the_way', 'checking', 'fixed', 'returned', 'not_ours'] as const;
export type Column = (typeof columns)[number];

const byState: Record<TaskState, Column | null> = {
  created: 'sent',
  sent: 'sent',
  accepted: 'taken',
  in_progress: 'on_the_way',
  done_claimed: 'checking',
  verifying: 'checking',
  verified: 'fixed',
  returned: 'returned',
  declined: 'not_ours',
  rerouted: 'not_ours',
  cancelled: null,
};

/** The column in which a task of this state stands; called-off tasks stand in none. */
export const columnOf = (state: TaskState): Column | null => byState[state];

/** The next moment that the agency must keep; null when nothing runs any more. */
export function nextDue(
  task: Pick<Task, 'state' | 'acceptByMs' | 'acceptedAtMs' | 'makeSafeByMs' | 'madeSafeAtMs' | 'fixByMs'>,
): number | null {
  const column = columnOf(task.state);
  if (column === null || column === 'fixed' || column === 'checking' || task.state === 'rerouted') return null;
  if (task.acceptedAtMs === null) return task.acceptByMs;
  if (task.makeSafeByMs !== null && task.madeSafeAtMs === null) return task.makeSafeByMs;
  return task.fixByMs;
}
