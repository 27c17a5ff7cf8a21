// Retention: what is kept how long and by which setting, how much disk it takes, when that fills, legal holds, the last sweep. Read only.
import { useStore } from 'zustand';
import { routes, type KeepingPage, type KeptRow, type KeptTerm } from '../../../contract.ts';
import { chosen } from '../../choices.ts';
import { call } from '../../net/api.ts';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useNow, useSay } from '../../parts/words.ts';
import { Chart, type Curve } from '../numbers/chart.tsx';
import '../../style/numbers.css';
import '../../style/keeping.css';

const dayMs = 86_400_000;
const gb = 1e9;

export function KeepingTab() {
  const [loaded, reload] = useLoad('keeping', (signal) => call(routes.keeping, { signal }), { everyMs: 60_000 });
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  if (loaded.kind === 'loading') return <Waiting what="options.waiting" />;
  const page = loaded.value;
  return (
    <div className="options-stack">
      <Terms page={page} />
      <div className="keeping-columns">
        <Disk page={page} />
        <div className="options-stack">
          <Sweep page={page} />
          <Holds page={page} />
        </div>
      </div>
    </div>
  );
}

/** A term in words: 48 hours, 366 days, 5 min. */
function useTerm(): (term: KeptTerm) => string {
  const say = useSay();
  const format = useFormat();
  return (term) => {
    if (term.kind === 'hold') return say('keeping.untilLifted');
    if (term.kind === 'used') return say('keeping.whileUsed');
    const { value, unit } = term;
    if (unit === 'd') return say('keeping.days', { n: value });
    return unit === 'h' ? say('keeping.hours', { n: value }) : format.span(value * 1000);
  };
}

function Terms({ page }: { page: KeepingPage }) {
  const say = useSay();
  const most = Math.max(1, ...page.rows.map(({ bytes }) => bytes ?? 0));
  return (
    <section className="panel options-block" data-testid="keeping-terms">
      <h2>{say('keeping.terms')}</h2>
      <p className="mute">{say('keeping.where', { file: 'ahual.yml', pattern: 'AHUAL_SET_KEEPING__…' })}</p>
      <div className="role-scroll" role="region" tabIndex={0} aria-label={say('keeping.terms')}>
        <table className="table keeping-table">
          <thead>
            <tr>
              <th scope="col">{say('keeping.what')}</th>
              <th scope="col">{say('keeping.howLong')}</th>
              <th scope="col">{say('keeping.setting')}</th>
              <th scope="col" className="right">
                {say('keeping.files')}
              </th>
              <th scope="col" className="right">
                {say('keeping.bytes')}
              </th>
              <th scope="col">
                <span className="hidden">{say('keeping.part')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {page.rows.map((row) => (
              <Line key={row.thing} row={row} most={most} />
            ))}
          </tbody>
        </table>
      </div>
      {!page.whole && <p className="mute">{say('keeping.sampled')}</p>}
    </section>
  );
}

function Line({ row, most }: { row: KeptRow; most: number }) {
  const say = useSay();
  const format = useFormat();
  const words = useTerm();
  const { thing, term, files, bytes, mostBytes } = row;
  return (
    <tr data-thing={thing}>
      <th scope="row">{say(`keeping.thing.${thing}`)}</th>
      <td>
        {term === null ? '–' : words(term)}
        {term?.kind === 'setting' && term.leastD !== null && (
          <span className="mute"> · {say('keeping.least', { n: term.leastD })}</span>
        )}
      </td>
      <td>{term?.kind === 'setting' ? <code>{term.setting}</code> : <span className="mute">–</span>}</td>
      <td className="num right">{files === null ? '–' : format.number(files)}</td>
      <td className="num right">
        {mostBytes !== null
          ? say('keeping.most', { bytes: format.bytes(mostBytes) })
          : bytes === null
            ? '–'
            : format.bytes(bytes)}
      </td>
      <td className="keeping-part" aria-hidden="true">
        {bytes !== null && <i style={{ width: `${(bytes / most) * 100}%` }} />}
      </td>
    </tr>
  );
}

function Disk({ page }: { page: KeepingPage }) {
  const say = useSay();
  const format = useFormat();
  const theme = useStore(chosen, ({ choices }) => choices.theme);
  const { history, forecast, freeBytes, measuredAtMs, nowMs } = page;
  const [first, last] = [history[0], history.at(-1)];
  const isYoung = first === undefined || last === undefined || last.atMs - first.atMs < 2 * dayMs;
  // By day where there are days; by hour on the first two.
  const shown = isYoung ? history.slice(-24) : lastOfEach(history, (atMs) => format.date(atMs));
  const curves: Curve[] = [
    {
      name: say('keeping.used'),
      kind: 'bars',
      token: 'mute',
      values: shown.map((point) => (point.fileBytes + point.rowBytes) / gb),
    },
  ];
  return (
    <section className="panel options-block" data-testid="keeping-disk">
      <h2>{say('keeping.disk')}</h2>
      {measuredAtMs === null ? (
        <p>{say('keeping.notMeasured')}</p>
      ) : (
        <>
          <dl className="pairs">
            <dt>{say('keeping.free')}</dt>
            <dd className="num">{freeBytes === null ? '–' : format.bytes(freeBytes)}</dd>
            <dt>{say('keeping.fills')}</dt>
            <dd data-testid="keeping-forecast">
              {forecast.kind === 'fills'
                ? say('keeping.fillsOn', {
                    date: format.date(forecast.atMs),
                    span: format.span(forecast.atMs - nowMs),
                    bytes: format.bytes(forecast.bytesPerDay),
                  })
                : say(`keeping.${forecast.kind}`)}
            </dd>
            <dt>{say('keeping.measured')}</dt>
            <dd>{format.ago(measuredAtMs, nowMs)}</dd>
          </dl>
          <Chart
            title={say('keeping.chart')}
            atMs={shown.map((point) => point.atMs)}
            curves={curves}
            grain={isYoung ? 'hour' : 'day'}
            digits={2}
            theme={theme}
          />
        </>
      )}
    </section>
  );
}

/** The last point of each day of the city. */
function lastOfEach<T extends { readonly atMs: number }>(points: readonly T[], dayOf: (atMs: number) => string): T[] {
  return [...new Map(points.map((point) => [dayOf(point.atMs), point])).values()];
}

function Sweep({ page }: { page: KeepingPage }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(10_000);
  const { sweep, failed, proven } = page;
  return (
    <section className="panel options-block" data-testid="keeping-sweep">
      <h2>{say('keeping.sweep')}</h2>
      {failed && (
        <div className="notice" role="status">
          <p>{say('keeping.failed', { time: format.moment(failed.atMs, nowMs) })}</p>
          <details>
            <summary>{say('keeping.failedWhy')}</summary>
            <p lang="en" className="wrap">
              {failed.why}
            </p>
          </details>
        </div>
      )}
      {sweep === null ? (
        <p>{say('keeping.notSwept')}</p>
      ) : (
        <>
          <p>
            {say('keeping.sweptAt', {
              time: format.moment(sweep.atMs, nowMs),
              span: format.span(sweep.tookMs),
            })}
          </p>
          <dl className="pairs">
            <dt>{say('keeping.thing.frame')}</dt>
            <dd className="num">{format.number(sweep.swept.frames)}</dd>
            <dt>{say('keeping.swept.pictures')}</dt>
            <dd className="num">{format.number(sweep.swept.pictures)}</dd>
            <dt>{say('keeping.thing.clip')}</dt>
            <dd className="num">{format.number(sweep.swept.clips)}</dd>
            <dt>{say('keeping.swept.rows')}</dt>
            <dd className="num">{format.number(sweep.swept.rows)}</dd>
            <dt>{say('keeping.swept.pieces')}</dt>
            <dd className="num">{format.number(sweep.swept.pieces)}</dd>
          </dl>
        </>
      )}
      <p className="mute">{say('keeping.proven', { files: proven.files, clips: proven.clips })}</p>
    </section>
  );
}

function Holds({ page: { holds } }: { page: KeepingPage }) {
  const say = useSay();
  const format = useFormat();
  return (
    <section className="panel options-block" data-testid="keeping-holds">
      <h2>{say('keeping.holds')}</h2>
      {holds.clips === 0 ? (
        <p>{say('keeping.noHolds')}</p>
      ) : (
        <p>
          {say('keeping.held', {
            clips: holds.clips,
            incidents: holds.incidents,
            bytes: format.bytes(holds.bytes),
          })}
        </p>
      )}
      <p className="mute">{say('keeping.holdsWhat')}</p>
    </section>
  );
}
