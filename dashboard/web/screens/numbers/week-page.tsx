// The akim's weekly page: one sheet of A4 with what the hazards did, what was done and how fast, what nobody saw, and the scores.
import { useState } from 'react';
import { numberSpans, routes, type NumbersWeek } from '../../../contract.ts';
import { hazardName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { KeyBar } from '../../parts/frame.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { DefinitionsLayer } from './definitions.tsx';
import { Hazard, Heads, useLayerKeys } from './parts.tsx';
import { GroupName } from './scores-panel.tsx';

/** So many agencies have room on the sheet. */
const agenciesMax = 16;

const go = (query: Record<string, string>): void => {
  location.hash = hashOf('numbers', undefined, query);
};

export function WeekPage({ day }: { day: string | undefined }) {
  const say = useSay();
  const [loaded, reload] = useLoad(`week ${day ?? ''}`, (signal) =>
    call(routes.numbersWeek, { query: day === undefined ? {} : { day }, signal }),
  );
  const period = loaded.kind === 'here' ? loaded.value.period : undefined;
  const back = (): void => go({ span: 'week', ...(day === undefined ? {} : { day }) });
  const walk = (to: string | null | undefined): void => {
    if (to !== null && to !== undefined) go({ page: 'week', day: to });
  };
  const [defined, setDefined] = useState(false);
  const [words, againWords] = useLoad('numbers words', (signal) => call(routes.numbersWords, { signal }));
  useLayerKeys(defined);
  useKeys('numbers', {
    span: (row) => {
      const span = numberSpans[(row.arg ?? 1) - 1];
      if (span !== undefined) go({ span, ...(day === undefined ? {} : { day }) });
    },
    definitions: () => setDefined(true),
    period: (row) => walk(row.arg === -1 ? period?.earlier : period?.later),
    week: back,
  });
  return (
    <>
      <main className="numbers page week" data-testid="week" data-state={loaded.kind}>
        <header className="page-head numbers-head week-acts">
          <h1>{say('week.open')}</h1>
          <div className="numbers-walk">
            <button
              type="button"
              aria-label={say('numbers.earlier')}
              disabled={!period}
              onClick={() => walk(period?.earlier)}
            >
              ←
            </button>
            <button
              type="button"
              aria-label={say('numbers.later')}
              disabled={!period?.later}
              onClick={() => walk(period?.later)}
            >
              →
            </button>
          </div>
          <span className="numbers-acts">
            <button type="button" aria-keyshortcuts="W" onClick={back}>
              {say('week.back')}
            </button>
            <button type="button" disabled={!period} onClick={() => window.print()}>
              {say('numbers.print')}
            </button>
          </span>
        </header>
        {loaded.kind === 'loading' && <Waiting what="numbers.waiting" />}
        {loaded.kind === 'failed' && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
        {loaded.kind === 'here' && <Sheet week={loaded.value} />}
      </main>
      <KeyBar place="numbers" />
      {defined && <DefinitionsLayer words={words} onAgain={againWords} onClose={() => setDefined(false)} />}
    </>
  );
}

function Sheet({ week }: { week: NumbersWeek }) {
  const say = useSay();
  const format = useFormat();
  const city = useKnown((state) => state.me?.city);
  const { period, nowMs, cameras } = week;
  return (
    <article className="week-sheet" data-testid="week-sheet">
      <header>
        <p className="mute">{say('week.for', { city: city === undefined ? '' : format.pick(city.name) })}</p>
        <h2>{say('week.title')}</h2>
        <p>
          <b className="num">
            {say('numbers.period', { from: format.date(period.fromMs), to: format.date(period.toMs - 1) })}
          </b>
        </p>
        <p className="mute small">
          {say('week.counted', { time: `${format.date(nowMs)} ${format.time(nowMs)}` })}
          {city?.paceNote && <> {format.pick(city.paceNote)}</>}
        </p>
      </header>
      <h3>{say('week.hazards')}</h3>
      <Done hazards={week.hazards} />
      <h3>{say('week.unseen')}</h3>
      <Unseen hazards={week.hazards} />
      <p className="small">{say('week.silent', { k: format.number(cameras.silent), n: format.number(cameras.all) })}</p>
      <h3>{say('week.longest')}</h3>
      <Longest longest={week.longest} />
      <h3>{say('week.scores', { month: format.date(week.scores.fromMs).slice(3) })}</h3>
      <Scores scores={week.scores} />
      <p className="mute small">{say('week.note')}</p>
    </article>
  );
}

function Done({ hazards }: { hazards: NumbersWeek['hazards'] }) {
  const say = useSay();
  const format = useFormat();
  const span = (ms: number | null): string => (ms === null ? '–' : format.span(ms));
  const was = (n: number) => <span className="mute">({format.number(n)})</span>;
  return (
    <table className="table">
      <Heads
        of={[
          say('table.hazard'),
          { right: say('week.raised') },
          { right: `${say('week.confirmed')} (${say('week.before')})` },
          { right: `${say('week.fixed')} (${say('week.before')})` },
          { right: say('week.half') },
          { right: say('week.most') },
          { right: say('week.reopened') },
          { right: say('week.openNow') },
          { right: say('week.overdue') },
        ]}
      />
      <tbody>
        {hazards.map((row) => (
          <tr key={row.hazard} data-hazard={row.hazard}>
            <th scope="row">
              <Hazard hazard={row.hazard} />
            </th>
            <td className="num right">{format.number(row.raised)}</td>
            <td className="num right">
              <b>{format.number(row.confirmed)}</b> {was(row.confirmedBefore)}
            </td>
            <td className="num right">
              <b>{format.number(row.fixed.n)}</b> {was(row.fixedBefore.n)}
            </td>
            <td className="num right">{span(row.fixed.p50Ms)}</td>
            <td className="num right">{span(row.fixed.p95Ms)}</td>
            <td className="num right">{format.number(row.reopened)}</td>
            <td className="num right">{format.number(row.open)}</td>
            <td className="num right">{format.number(row.overdue)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Unseen({ hazards }: { hazards: NumbersWeek['hazards'] }) {
  const say = useSay();
  const format = useFormat();
  return (
    <table className="table">
      <Heads of={[say('table.hazard'), { right: say('week.zones') }, { right: say('week.looks') }]} />
      <tbody>
        {hazards.map(({ hazard, zones, looks }) => (
          <tr key={hazard}>
            <th scope="row">
              <Hazard hazard={hazard} />
            </th>
            <td className="num right">
              {say('numbers.ofAll', { k: format.number(zones.unjudged), n: format.number(zones.n) })}
            </td>
            <td className="num right">{looks.n === 0 ? '–' : format.percent(looks.unjudged / looks.n)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Longest({ longest }: { longest: NumbersWeek['longest'] }) {
  const say = useSay();
  const format = useFormat();
  if (longest.length === 0) return <p className="small">{say('week.longestNone')}</p>;
  return (
    <table className="table">
      <Heads
        of={[
          say('table.number'),
          say('table.hazard'),
          say('table.place'),
          say('scores.agency'),
          { right: say('week.over') },
        ]}
      />
      <tbody>
        {longest.map((row) => (
          <tr key={row.number}>
            <td className="num">#{row.number}</td>
            <td>{format.pick(hazardName(row.hazard))}</td>
            <td>{format.pick(row.place)}</td>
            <td>{format.pick(row.agency)}</td>
            <td className="num right">{format.span(row.overdueMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Scores({ scores }: { scores: NumbersWeek['scores'] }) {
  const say = useSay();
  const format = useFormat();
  const all = scores.groups.flatMap((group) => group.agencies.map((score) => ({ group, score })));
  const shown = all.slice(0, agenciesMax);
  if (all.length === 0) return <p className="small">{say('scores.none')}</p>;
  return (
    <>
      <p className="small">
        {say('week.scoreWords')}{' '}
        {scores.frozenAtMs === null
          ? say('scores.runs', { date: format.date(scores.freezesAtMs) })
          : say('scores.frozen', { date: format.date(scores.freezesAtMs) })}
      </p>
      <table className="table">
        <Heads
          of={[
            { right: say('scores.place') },
            say('scores.agency'),
            { right: say('scores.score') },
            { right: `${say('scores.good')}, ${say('numbers.n')}` },
            { right: say('scores.corrected') },
          ]}
        />
        {scores.groups.map((group) => {
          const rows = shown.filter((one) => one.group === group);
          return (
            rows.length > 0 && (
              <tbody key={`${group.kind} ${group.hazard ?? ''}`}>
                <tr className="numbers-group">
                  <th scope="rowgroup" colSpan={5}>
                    <GroupName group={group} />
                  </th>
                </tr>
                {rows.map(({ score: { agencyId, name, now, rank, index, corrected } }) => (
                  <tr key={agencyId}>
                    <td className="num right">{rank === null ? '–' : format.number(rank)}</td>
                    <th scope="row">{format.pick(name)}</th>
                    <td className="num right">
                      {index === null ? say('scores.few') : <b>{format.percent(now.low)}</b>}
                    </td>
                    <td className="num right">{say('numbers.ofAll', { k: now.k, n: now.n })}</td>
                    <td className="num right">
                      {corrected ? say('scores.correctedTo', { k: corrected.k, n: corrected.n }) : ''}
                    </td>
                  </tr>
                ))}
              </tbody>
            )
          );
        })}
      </table>
      {all.length > shown.length && <p className="small">{say('week.more', { n: all.length - shown.length })}</p>}
    </>
  );
}
