// The controller's board (screens 4.6): tasks by state, and three pictures side by side before anything counts as fixed.
import { useEffect, useMemo, useState } from 'react';
import { severities } from '#core/hazard-name';
import { routes, type TaskCard, type TaskView } from '../../../contract.ts';
import { doneWords, titleOf } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { KeyBar } from '../../parts/frame.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { Picture } from '../../parts/picture.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useReadAll, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { putCards, replaceCards, say as tell, store } from '../../state.ts';
import { severityToken } from '../../style/tokens.ts';
import { whyOf } from '../../trouble.ts';
import { Due } from '../desk/verdict-column.tsx';
import { columns, columnOf, nextDue } from './columns.ts';

export function TasksScreen({ openId }: { openId: string | undefined }) {
  const say = useSay();
  const known = useKnown((state) => state.tasks);
  useReadAll('task');
  const [loaded, reload] = useLoad('tasks', (signal) => call(routes.tasks, { query: {}, signal }), { everyMs: 60_000 });
  useEffect(() => {
    if (loaded.kind !== 'here') return;
    const list = loaded.value.tasks;
    store.setState(({ tasks }) => ({ tasks: replaceCards(tasks, list, () => true) }));
  }, [loaded]);
  const board = useMemo(() => {
    const sorted = [...known.values()].sort(
      (a, b) =>
        severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
        (nextDue(a) ?? Infinity) - (nextDue(b) ?? Infinity) ||
        a.number - b.number,
    );
    return new Map(columns.map((column) => [column, sorted.filter((task) => columnOf(task.state) === column)]));
  }, [known]);
  const walkable = useMemo(
    () =>
      [...columns]
        .sort((a, b) => Number(b === 'checking') - Number(a === 'checking'))
        .flatMap((column) => board.get(column) ?? []),
    [board],
  );
  const chosen = openId ?? board.get('checking')?.[0]?.id;
  const late = [...known.values()].filter((task) => task.late && columnOf(task.state) !== 'fixed').length;
  const go = (by: number): void => {
    const at = walkable.findIndex((task) => task.id === chosen);
    const next = walkable[Math.max(0, Math.min(walkable.length - 1, at + by))];
    if (next) location.hash = hashOf('tasks', next.id);
  };
  return (
    <>
      <main className="tasks-screen" data-testid="tasks">
        <header className="page-head">
          <h1>{say('screen.tasks')}</h1>
          <span>
            {say('tasks.late')} <b className="num">{late}</b>
          </span>
          <span>
            {say('tasks.toCheck')} <b className="num">{board.get('checking')?.length ?? 0}</b>
          </span>
        </header>
        {loaded.kind === 'failed' && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
        {loaded.kind === 'loading' && known.size === 0 && <Waiting what="tasks.waiting" />}
        <div className="board">
          {columns.map((column) => (
            <section key={column} className="board-column" aria-label={say(`board.${column}`)}>
              <h2 className="panel-head">
                {say(`board.${column}`)} <span className="num mute">{board.get(column)?.length ?? 0}</span>
              </h2>
              <ul>
                {board
                  .get(column)
                  ?.slice(0, 100)
                  .map((task) => (
                    <li key={task.id}>
                      <BoardCard task={task} chosen={task.id === chosen} />
                    </li>
                  ))}
              </ul>
            </section>
          ))}
        </div>
        <Check key={chosen ?? ''} taskId={chosen} onWalk={go} />
      </main>
      <KeyBar place="tasks" />
    </>
  );
}

function BoardCard({ task, chosen }: { task: TaskCard; chosen: boolean }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(10_000);
  const due = nextDue(task);
  return (
    <a
      className={chosen ? 'task-row row-selected' : 'task-row'}
      href={hashOf('tasks', task.id)}
      data-testid="task-card"
      data-id={task.id}
      data-state={task.state}
      aria-current={chosen}
    >
      <Mark severity={task.severity} hazard={task.hazard} size={30} mute />
      <span className="row-words">
        <span className="row-line">
          <b className="num">#{task.number}</b>
          {due !== null && (
            <span className={task.late ? 'late num' : 'num mute'}>
              {task.late ? say('due.late', { span: format.span(nowMs - due) }) : format.moment(due, nowMs)}
            </span>
          )}
        </span>
        <span className="cut">{format.pick(task.placeName)}</span>
        <span className="cut mute">
          {format.pick(task.agency)}
          {task.returns > 0 ? ` · ${say('tasks.returned', { n: task.returns })}` : ''}
          {task.madeSafe ? ` · ${say('task.made_safe')}` : ''}
        </span>
      </span>
    </a>
  );
}

const returnReasons = ['return.still', 'return.part', 'return.place', 'return.photo'] as const;

function Check({ taskId, onWalk }: { taskId: string | undefined; onWalk: (by: number) => void }) {
  const say = useSay();
  const stamp = useKnown((state) => (taskId === undefined ? 0 : (state.tasks.get(taskId)?.version ?? 0)));
  const [loaded, reload] = useLoad(
    taskId ?? null,
    (signal) => call(routes.task, { params: { id: taskId ?? '' }, signal }),
    { stamp, everyMs: 20_000 },
  );
  const [seen, setSeen] = useState(false);
  const [busy, setBusy] = useState(false);
  const mode = useKnown((state) => state.mode);
  const view = loaded.kind === 'here' ? loaded.value : undefined;
  const mayCheck = view !== undefined && columnOf(view.task.state) === 'checking';

  const decide = async (outcome: 'fixed' | 'not_fixed', note: string): Promise<void> => {
    if (!view || !mayCheck || busy) return;
    if (!seen && (view.now !== null || view.photo !== null)) {
      tell('desk.wait');
      return;
    }
    setBusy(true);
    try {
      const answer = await call(routes.verify, {
        params: { id: view.incident.id },
        body: {
          version: view.task.incidentVersion,
          outcome,
          method: view.now ? 'camera' : view.photo ? 'photo' : 'person',
          note,
        },
      });
      store.setState(({ tasks }) => ({ tasks: putCards(tasks, answer.tasks), mode: 'plain' }));
      tell(outcome === 'fixed' ? 'tasks.saidFixed' : 'tasks.saidReturned', { number: `#${view.task.number}` });
      onWalk(1);
    } catch (thrown) {
      tell('desk.refused', { why: whyOf(thrown) }, 'bad');
      reload();
    } finally {
      setBusy(false);
    }
  };

  useKeys('tasks', {
    next: () => onWalk(1),
    previous: () => onWalk(-1),
    fixed: () => void decide('fixed', ''),
    return: () => (mayCheck ? store.setState({ mode: 'reasons' }) : false),
    reason: (row) => {
      const reason = returnReasons[(row.arg ?? 1) - 1];
      if (reason) void decide('not_fixed', say(reason));
    },
    'to-map': () => {
      if (view) location.hash = hashOf('map', view.incident.id);
    },
    'to-camera': () => {
      if (view?.incident.cameraId != null) location.hash = hashOf('camera', view.incident.cameraId);
    },
    escape: () => {
      if (mode === 'plain') return false;
      store.setState({ mode: 'plain' });
      return true;
    },
  });

  if (taskId === undefined)
    return (
      <section className="panel check">
        <p className="pad mute">{say('tasks.nothingToCheck')}</p>
      </section>
    );
  if (loaded.kind === 'loading')
    return (
      <section className="panel check">
        <Waiting what="tasks.waiting" />
      </section>
    );
  if (loaded.kind === 'failed')
    return (
      <section className="panel check">
        <Failure why={loaded.why} code={loaded.code} onAgain={reload} />
      </section>
    );
  return (
    <section className="panel check" aria-label={say('tasks.checking')}>
      <CheckHead view={loaded.value} />
      <Three view={loaded.value} onSeen={() => setSeen(true)} />
      {mayCheck ? (
        <div className="check-acts">
          <p>
            {say('tasks.doneWhen')} <DoneWords view={loaded.value} />
          </p>
          <button
            type="button"
            className="act act-strong"
            data-testid="verify-fixed"
            aria-disabled={!seen}
            disabled={busy}
            onClick={() => void decide('fixed', '')}
          >
            <kbd>Enter</kbd> {say('act.fixed')}
          </button>
          <button
            type="button"
            className="act"
            data-testid="verify-return"
            disabled={busy}
            onClick={() => store.setState({ mode: mode === 'reasons' ? 'plain' : 'reasons' })}
          >
            <kbd>X</kbd> {say('act.return')}
          </button>
          {mode === 'reasons' && (
            <div className="choices" role="group" aria-label={say('act.return')}>
              {returnReasons.map((reason, i) => (
                <button
                  key={reason}
                  type="button"
                  className="choice"
                  onClick={() => void decide('not_fixed', say(reason))}
                >
                  <kbd>{i + 1}</kbd> {say(reason)}
                </button>
              ))}
            </div>
          )}
        </div>
      ) : (
        <History view={loaded.value} />
      )}
    </section>
  );
}

function DoneWords({ view }: { view: TaskView }) {
  const format = useFormat();
  return <b>{format.pick(doneWords(view.incident.hazard))}</b>;
}

function CheckHead({ view }: { view: TaskView }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(5000);
  const { task } = view;
  return (
    <header className="claim">
      <Mark severity={task.severity} hazard={task.hazard} size={44} />
      <div>
        <h2>
          {format.pick(titleOf(task))} <span className="mute num">#{task.number}</span>
        </h2>
        <p>
          {format.pick(task.placeName)} · <b>{say(`task.${task.state}`)}</b> ·{' '}
          <span className="mute">{format.pick(task.agency)}</span>
        </p>
        {task.note !== '' && <p className="notice">{task.note}</p>}
        {view.check && (
          <p className="notice" data-testid="camera-check">
            {say(`check.${view.check.kind}`, {
              clear: view.check.clearLooks,
              hazard: view.check.hazardLooks,
              span: format.span(view.check.overS * 1000),
            })}
          </p>
        )}
      </div>
      <dl className="dues">
        {task.acceptedAtMs === null && <Due name={say('deadline.accept')} atMs={task.acceptByMs} nowMs={nowMs} />}
        {task.makeSafeByMs !== null && task.madeSafeAtMs === null && (
          <Due name={say('deadline.makeSafe')} atMs={task.makeSafeByMs} nowMs={nowMs} />
        )}
        <Due name={say('deadline.fix')} atMs={task.fixByMs} nowMs={nowMs} />
      </dl>
    </header>
  );
}

function Three({ view, onSeen }: { view: TaskView; onSeen: () => void }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const colour = `var(--${severityToken[view.task.severity]})`;
  const deciding = view.now?.sha256 ?? view.photo?.sha256;
  const shots = [
    ['shot.whenRaised', view.before] as const,
    ['shot.crew', view.photo] as const,
    ['shot.cameraNow', view.now] as const,
  ];
  return (
    <div className="three">
      {shots.map(([title, still]) => (
        <figure key={title} className="shot">
          <figcaption>
            <b>{say(title)}</b>{' '}
            {still?.seenAtMs != null && <span className="num mute">{format.moment(still.seenAtMs, nowMs)}</span>}
          </figcaption>
          <Picture
            sha256={still?.sha256 ?? null}
            alt={say(title)}
            mark={title === 'shot.crew' ? null : view.mark}
            markColour={colour}
            {...(still && still.sha256 === deciding ? { onPainted: onSeen } : {})}
          />
        </figure>
      ))}
    </div>
  );
}

function History({ view }: { view: TaskView }) {
  const say = useSay();
  const format = useFormat();
  return (
    <div className="columns">
      <table className="table">
        <caption>{say('explain.history')}</caption>
        <tbody>
          {view.history.map((line) => (
            <tr key={`${line.version} ${line.atMs}`}>
              <td className="num">{format.full(line.atMs)}</td>
              <td>
                <b>{say(`task.${line.to}`)}</b> <span className="mute">{line.who}</span>
                {line.reason === '' ? null : <div className="mute">{line.reason}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {view.deliveries.length > 0 && (
        <table className="table">
          <caption>{say('tasks.deliveries')}</caption>
          <tbody>
            {view.deliveries.map((one) => (
              <tr key={one.id}>
                <th scope="row">{say(`way.${one.way}`)}</th>
                <td>{say(`delivery.${one.state}`)}</td>
                <td className="num mute">
                  {one.deliveredAtMs === null
                    ? say('tasks.attempts', { n: one.attempts })
                    : format.full(one.deliveredAtMs)}
                </td>
                <td className="mute small wrap">{one.lastError}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
