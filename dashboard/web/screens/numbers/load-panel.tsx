// How many alarms a seat bears in ten minutes, floods, the mix of severities, against the budget of alarm management.
import { severities } from '#core/hazard-name';
import { routes } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { Mark } from '../../parts/mark.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useSay } from '../../parts/words.ts';
import { Chart } from './chart.tsx';
import type { Asked } from './numbers-screen.tsx';
import { Count, Panel, type Open } from './parts.tsx';

/** After EEMUA 191 and ISA-18.2 (screens 1.6). */
const budget = { mean: 1, floodShare: 0.01 };

export function LoadPanel({ asked, open, theme }: { asked: Asked; open: Open; theme: string }) {
  const say = useSay();
  const format = useFormat();
  const [loaded, reload] = useLoad(
    `load ${asked.key}`,
    (signal) => call(routes.numbersLoad, { query: asked.query, signal }),
    { everyMs: asked.everyMs },
  );
  const permille = (share: number): string =>
    share > 0 && share < 0.01 ? `${format.number(share * 100, 1)}\u00a0%` : format.percent(share);
  return (
    <Panel name="load" title="numbers.load" loaded={loaded} onAgain={reload}>
      {({ now, before, trend, grain, floods, nowMs }) => (
        <>
          <dl className="numbers-facts">
            <div>
              <dt>{say('numbers.mean')}</dt>
              <dd>
                <b className={now.mean > budget.mean ? 'bad num' : 'num'}>{format.number(now.mean, 2)}</b>
              </dd>
              <dd className="mute">{say('numbers.budget', { n: format.number(budget.mean) })}</dd>
              <dd className="mute num">
                {say('numbers.before')}: {format.number(before.mean, 2)}
              </dd>
            </div>
            <div>
              <dt>{say('numbers.max')}</dt>
              <dd>
                <b className="num">{format.number(now.max, 1)}</b>
              </dd>
              <dd className="mute num">
                {now.maxAtMs === null ? '–' : say('numbers.maxAt', { time: format.moment(now.maxAtMs, nowMs) })}
              </dd>
              <dd className="mute num">
                {say('numbers.before')}: {format.number(before.max, 1)}
              </dd>
            </div>
            <div>
              <dt>{say('numbers.flood')}</dt>
              <dd>
                <b className={now.floodShare > budget.floodShare ? 'bad num' : 'num'}>{permille(now.floodShare)}</b>{' '}
                <span className="mute">{say('numbers.floods', { n: floods.length })}</span>
              </dd>
              <dd className="mute">{say('numbers.under', { share: format.percent(budget.floodShare) })}</dd>
              <dd className="mute num">
                {say('numbers.before')}: {permille(before.floodShare)}
              </dd>
            </div>
            <div>
              <dt>{say('numbers.alarms')}</dt>
              <dd>
                <Count n={now.alarms} wish={{ list: 'alarms' }} open={open} label={say('numbers.list.alarms')} />
              </dd>
              <dd className="mute">
                {say('numbers.seats')}:{' '}
                {say('numbers.seatsUpTo', { mean: format.number(now.seatsMean, 1), max: format.number(now.seatsMax) })}
              </dd>
              <dd className="mute num">
                {say('numbers.before')}: {format.number(before.alarms)}
              </dd>
            </div>
          </dl>
          {now.alarms === 0 ? (
            <p className="numbers-line mute">{say('numbers.noAlarms')}</p>
          ) : (
            <>
              <p className="numbers-line">
                <span className="mute">{say('numbers.mix')}:</span>
                {severities.toReversed().map((severity) => (
                  <span key={severity} className="numbers-pair">
                    <Mark severity={severity} size={20} mute /> {say(`severity.${severity}`)}{' '}
                    <b className="num">{format.percent(now.mix[severity] / now.alarms)}</b>{' '}
                    <Count
                      n={now.mix[severity]}
                      wish={{ list: 'alarms', of: say(`severity.${severity}`), narrowed: { severity } }}
                      open={open}
                      label={say(`severity.${severity}`)}
                    />
                  </span>
                ))}
                <span className="mute">{say('numbers.budgetMix')}</span>
              </p>
              <Chart
                title={say('numbers.chartLoad')}
                atMs={trend.map(({ atMs }) => atMs)}
                grain={grain}
                digits={2}
                theme={theme}
                curves={[
                  {
                    name: say('numbers.max'),
                    kind: 'bars',
                    token: 'edge',
                    values: trend.map(({ max, floodMs }) => (floodMs > 0 ? null : max)),
                  },
                  {
                    name: `${say('numbers.max')}, ${say('numbers.inFlood')}`,
                    kind: 'bars',
                    token: 'high',
                    values: trend.map(({ max, floodMs }) => (floodMs > 0 ? max : null)),
                  },
                  { name: say('numbers.mean'), kind: 'line', token: 'text', values: trend.map(({ mean }) => mean) },
                ]}
              />
            </>
          )}
        </>
      )}
    </Panel>
  );
}
