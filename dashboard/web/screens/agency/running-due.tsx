// The deadline that a crew has before its eyes.
import type { TaskCard } from '../../../contract.ts';
import { useFormat, useNow, useSay } from '../../parts/words.ts';
import { nextDue } from '../tasks/columns.ts';

/** The deadline that runs now, in words. */
export function RunningDue({ task }: { task: TaskCard }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(10_000);
  const due = nextDue(task);
  if (due === null) return null;
  const what =
    task.acceptedAtMs === null
      ? 'deadline.accept'
      : task.makeSafeByMs !== null && task.madeSafeAtMs === null
        ? 'deadline.makeSafe'
        : 'deadline.fix';
  return (
    <p className={due < nowMs ? 'due-line late' : 'due-line'}>
      {say(what)}: <b className="num">{format.moment(due, nowMs)}</b>{' '}
      {due < nowMs
        ? say('due.late', { span: format.span(nowMs - due) })
        : say('due.in', { span: format.span(due - nowMs) })}
    </p>
  );
}
