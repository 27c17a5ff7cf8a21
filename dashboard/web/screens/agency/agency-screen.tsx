// The crew's page (screens 4.6): a phone in the sun, one hand, gloves, often no signal. What is done waits in the phone until it is sent.
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { severities } from '#core/hazard-name';
import { routes, type TaskCard } from '../../../contract.ts';
import { shortTitle } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { LanguageSwitch, PaceNote, signOut } from '../../parts/frame.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useReadAll, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { replaceCards, store } from '../../state.ts';
import { columnOf, nextDue } from '../tasks/columns.ts';
import { answer, answerBox, crew, keepTasks, keptTasks } from './answers.ts';
import { OneTask } from './one-task.tsx';
import { RunningDue } from './running-due.tsx';
import '../../style/own-score.css';

const OwnScorePage = lazy(async () => ({ default: (await import('./own-score.tsx')).OwnScorePage }));
/** The place of the agency's own score among the addresses of tasks. */
const scoreId = 'score';

export function AgencyScreen({ openId }: { openId: string | undefined }) {
  const say = useSay();
  const format = useFormat();
  const me = useKnown((state) => state.me);
  const personId = me?.person.id ?? '';
  const line = useKnown((state) => state.line);
  const tasks = useKnown((state) => state.tasks);
  useReadAll('task');
  const waiting = useStore(crew, (state) => state.waiting);
  const [keptAtMs, setKeptAtMs] = useState<number | null>(null);
  const [loaded, reload] = useLoad('agency', (signal) => call(routes.tasks, { query: {}, signal }), {
    everyMs: 30_000,
  });

  useEffect(() => {
    if (personId === '') return;
    const kept = keptTasks(personId);
    if (!kept || store.getState().tasks.size > 0) return;
    setKeptAtMs(kept.atMs);
    store.setState({ tasks: new Map(kept.tasks.map((task) => [task.id, task])) });
  }, [personId]);
  useEffect(() => {
    if (loaded.kind !== 'here') return;
    const { tasks: list, nowMs } = loaded.value;
    store.setState(({ tasks: known }) => ({ tasks: replaceCards(known, list, () => true) }));
    keepTasks(personId, list, nowMs);
    setKeptAtMs(null);
  }, [loaded, personId]);
  useEffect(() => {
    if (personId === '') return undefined;
    const box = answerBox(personId);
    void box.flush();
    const again = setInterval(() => void box.flush(), 10_000);
    const online = (): void => void box.flush();
    window.addEventListener('online', online);
    return () => {
      clearInterval(again);
      window.removeEventListener('online', online);
    };
  }, [personId, line]);

  const [mine, done] = useMemo(() => {
    const sorted = [...tasks.values()].sort(
      (a, b) =>
        severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
        (nextDue(a) ?? Infinity) - (nextDue(b) ?? Infinity) ||
        a.number - b.number,
    );
    const isOver = (task: TaskCard): boolean => ['fixed', 'not_ours', null].includes(columnOf(task.state));
    return [sorted.filter((task) => !isOver(task)), sorted.filter(isOver)];
  }, [tasks]);
  const open = openId === undefined ? undefined : tasks.get(openId);
  const seesScore = me?.permissions.includes('see-own-score') === true;
  const isScore = openId === scoreId && seesScore;

  return (
    <div className="phone">
      <header className="phone-top">
        {open || isScore ? (
          <a href={hashOf('agency')} className="back">
            ‹ {say('agency.list')}
          </a>
        ) : (
          <b className="cut">{me?.agency ? format.pick(me.agency) : say('app.name')}</b>
        )}
        <span className={`net net-${line}`} role="status">
          <i aria-hidden="true" /> {line === 'up' ? say('agency.online') : say('agency.offline')}
        </span>
      </header>
      <PaceNote />
      {waiting.length > 0 && (
        <p className="unsent" data-testid="unsent" role="status">
          {say('agency.waiting', { n: waiting.length })}
        </p>
      )}
      {keptAtMs !== null && <p className="unsent">{say('data.of', { time: format.full(keptAtMs) })}</p>}
      {open ? (
        <OneTask key={open.id} card={open} personId={personId} />
      ) : isScore ? (
        <Suspense fallback={<Waiting what="own.waiting" />}>
          <OwnScorePage />
        </Suspense>
      ) : (
        <main className="phone-list">
          {loaded.kind === 'loading' && tasks.size === 0 && <Waiting what="tasks.waiting" />}
          {loaded.kind === 'failed' && tasks.size === 0 && (
            <Failure why={loaded.why} code={loaded.code} onAgain={reload} />
          )}
          {loaded.kind === 'here' && mine.length === 0 && <p className="phone-empty">{say('agency.nothing')}</p>}
          {mine.map((task) => (
            <TaskListCard key={task.id} task={task} personId={personId} />
          ))}
          {seesScore && (
            <a className="own-score-link" href={hashOf('agency', scoreId)} data-testid="own-score-link">
              {say('own.link')} <span aria-hidden="true">›</span>
            </a>
          )}
          {done.length > 0 && (
            <details className="phone-done">
              <summary>{say('agency.done', { n: done.length })}</summary>
              {done.slice(0, 30).map((task) => (
                <TaskListCard key={task.id} task={task} personId={personId} />
              ))}
            </details>
          )}
        </main>
      )}
      <footer className="phone-foot">
        <LanguageSwitch />
        <span className="mute">{me?.person.name}</span>
        <button type="button" className="quiet" onClick={() => void signOut()}>
          {say('frame.signOut')}
        </button>
      </footer>
    </div>
  );
}

function TaskListCard({ task, personId }: { task: TaskCard; personId: string }) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const format = useFormat();
  const unsent = useStore(crew, (state) =>
    state.waiting.some((item) => item.kind === 'answer' && item.taskId === task.id),
  );
  const refused = useStore(crew, (state) => state.refused.get(task.id));
  return (
    <article className="phone-card" data-testid="task-card" data-id={task.id} data-state={task.state}>
      <a href={hashOf('agency', task.id)}>
        <Mark severity={task.severity} hazard={task.hazard} size={44} mute />
        <span>
          <b>{shortTitle(task, language)}</b>
          <span>{format.pick(task.placeName)}</span>
        </span>
        <span className="num mute">#{task.number}</span>
      </a>
      <RunningDue task={task} />
      <p className="mute">
        {say(`severity.${task.severity}`)} · {say(`task.${task.state}`)}
        {task.role === 'copy' ? ` · ${say('agency.copy')}` : ''}
        {unsent ? ` · ${say('agency.unsent')}` : ''}
      </p>
      {refused !== undefined && <p className="bad">{refused}</p>}
      {(task.state === 'sent' || task.state === 'returned') && task.role === 'primary' && !unsent && (
        <button
          type="button"
          className="big big-strong"
          data-testid={task.state === 'returned' ? 'task-start' : 'task-accept'}
          onClick={() => void answer(personId, task.id, { kind: task.state === 'returned' ? 'start' : 'accept' })}
        >
          {task.state === 'returned' ? say('agency.start') : say('act.take')}
        </button>
      )}
    </article>
  );
}
