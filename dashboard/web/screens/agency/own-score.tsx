// The agency's own score by month, for its head: the lower bound, what it was counted from, what counts and how to contest it.
import { useState } from 'react';
import { routes, scoreLeast, type OwnFigures, type OwnScore, type OwnTask } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { Mark } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { isTextKey } from '../../texts/index.ts';

export function OwnScorePage() {
  const say = useSay();
  const format = useFormat();
  const [month, setMonth] = useState<string | undefined>(undefined);
  const [loaded, reload] = useLoad(
    `own score ${month ?? ''}`,
    (signal) => call(routes.ownScore, { query: month === undefined ? {} : { month }, signal }),
    { everyMs: 60_000 },
  );
  const here = loaded.kind === 'here' ? loaded.value : undefined;
  return (
    <main className="phone-one own-score" data-testid="own-score">
      <h1>{say('own.title')}</h1>
      {loaded.kind === 'failed' && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
      {loaded.kind === 'loading' && <Waiting what="own.waiting" />}
      {here && (
        <>
          <label className="own-month">
            {say('own.month')}
            <select
              value={here.month}
              onChange={(event) => setMonth(event.currentTarget.value)}
              data-testid="own-month"
            >
              {here.months.map((one) => (
                <option key={one.month} value={one.month}>
                  {format.date(one.fromMs).slice(3)}
                  {one.now !== null && one.index !== null ? ` · ${format.percent(one.now.low)}` : ''}
                </option>
              ))}
            </select>
          </label>
          <p className="mute">
            {here.frozenAtMs === null
              ? say('scores.runs', { date: format.date(here.freezesAtMs) })
              : say('scores.frozen', { date: format.date(here.freezesAtMs) })}
          </p>
          {here.score === null ? <p className="phone-empty">{say('own.none')}</p> : <Figures score={here.score} />}
          <Tasks told={here} />
          <HowCounted />
        </>
      )}
    </main>
  );
}

function Figures({ score }: { score: OwnFigures }) {
  const say = useSay();
  const format = useFormat();
  const { now, index, kept, accepted, by, not, corrected } = score;
  const left = not.checking + not.disputed + not.handedOn + not.cancelled;
  return (
    <section className="phone-card" data-testid="own-figures">
      <p className="own-big">
        <b className="num">{index === null ? '–' : format.percent(now.low)}</b>{' '}
        <span>{index === null ? say('own.few', { n: scoreLeast }) : say('own.of', { k: now.k, n: now.n })}</span>
      </p>
      <dl className="pairs">
        <dt>{say('scores.bad')}</dt>
        <dd className="num">{format.number(now.n - now.k)}</dd>
        <dt>{say('scores.kept')}</dt>
        <dd className="num">{say('own.part', { k: kept.k, n: kept.n })}</dd>
        <dt>{say('scores.accepted')}</dt>
        <dd className="num">{say('own.part', { k: accepted.k, n: accepted.n })}</dd>
        <dt>{say('scores.index')}</dt>
        <dd className="num">{index === null ? '–' : format.number(index, 1)}</dd>
        <dt>{say('scores.by')}</dt>
        <dd className="num">{[by.camera, by.photo, by.word].map((n) => format.number(n)).join(' · ')}</dd>
        <dt>{say('scores.not')}</dt>
        <dd className="num">{format.number(left)}</dd>
        {corrected && (
          <>
            <dt>{say('scores.corrected')}</dt>
            <dd className="num">{say('scores.correctedTo', { k: corrected.k, n: corrected.n })}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Tasks({ told }: { told: OwnScore }) {
  const say = useSay();
  const groups = [
    ['scored-bad', told.tasks.filter(({ isGood }) => isGood === false), true],
    ['scored-not', told.tasks.filter(({ isGood }) => isGood === null), false],
    ['scored-good', told.tasks.filter(({ isGood }) => isGood === true), false],
    ['scored-corrected', told.corrected, true],
  ] as const;
  return (
    <>
      {groups.map(
        ([list, tasks, isOpen]) =>
          tasks.length > 0 && (
            <details key={list} className="own-tasks" open={isOpen} data-testid={`own-${list}`}>
              <summary>
                {say(`numbers.list.${list}`)}: {tasks.length}
              </summary>
              <ul>
                {tasks.map((task) => (
                  <TaskLine key={task.id} task={task} />
                ))}
              </ul>
            </details>
          ),
      )}
      {told.more && <p className="mute">{say('own.more')}</p>}
    </>
  );
}

function TaskLine({ task }: { task: OwnTask }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const outcome = `outcome.${task.outcome}`;
  return (
    <li>
      <Mark severity={task.severity} hazard={task.hazard} size={32} mute />
      <span>
        <span>
          <b>{isTextKey(outcome) ? say(outcome) : task.outcome}</b> <span className="num mute">#{task.number}</span>
        </span>
        <span>
          {shortName(task.hazard, language)} · {format.pick(task.place)}
        </span>
        <span className="mute num">
          {say('scores.deadline')}: {format.full(task.dueMs).slice(0, 16)}
          {task.lateMs !== null && (
            <> · {say(task.lateMs > 0 ? 'own.after' : 'own.before', { span: format.span(Math.abs(task.lateMs)) })}</>
          )}
        </span>
      </span>
    </li>
  );
}

const rules = ['own.rule.count', 'own.rule.good', 'own.rule.not', 'own.rule.bound', 'own.rule.alone'] as const;
const ways = ['own.way.owner', 'own.way.camera', 'own.way.returned', 'own.way.frozen'] as const;

function HowCounted() {
  const say = useSay();
  return (
    <>
      <details className="own-tasks">
        <summary>{say('own.rules')}</summary>
        <ul className="own-words">
          {rules.map((key) => (
            <li key={key}>{say(key)}</li>
          ))}
        </ul>
      </details>
      <details className="own-tasks" data-testid="own-contest">
        <summary>{say('own.contest')}</summary>
        <ul className="own-words">
          {ways.map((key) => (
            <li key={key}>{say(key)}</li>
          ))}
        </ul>
      </details>
    </>
  );
}
