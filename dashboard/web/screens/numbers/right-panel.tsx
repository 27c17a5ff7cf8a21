// Are the alarms right: precision by hazard with n and interval, what was missed, why alarms were wrong, the curve.
import { routes } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { Chart } from './chart.tsx';
import { Count, Hazard, Heads, type Open, Panel, ShareWords } from './parts.tsx';
import { PlantedLines } from './planted-lines.tsx';
import type { Asked } from './numbers-screen.tsx';

export function RightPanel({ asked, open, theme }: { asked: Asked; open: Open; theme: string }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const [loaded, reload] = useLoad(
    `right ${asked.key}`,
    (signal) => call(routes.numbersRight, { query: asked.query, signal }),
    { everyMs: asked.everyMs },
  );
  return (
    <Panel name="right" title="numbers.right" loaded={loaded} onAgain={reload}>
      {({ hazards, upkeep, second, planted, reasons, trend, grain }) => {
        const decided = hazards.reduce((sum, { now }) => sum + now.n, 0);
        return (
          <>
            <table className="table">
              <Heads
                of={[
                  say('table.hazard'),
                  say('numbers.share'),
                  { right: say('numbers.n') },
                  say('numbers.before'),
                  { right: say('numbers.missed') },
                ]}
              />
              <tbody>
                {hazards.map(({ hazard, now, before, missed, missedBefore }) => {
                  const of = shortName(hazard, language);
                  return (
                    <tr key={hazard} data-hazard={hazard}>
                      <th scope="row">
                        <Hazard hazard={hazard} />
                      </th>
                      <td>
                        <ShareWords share={now} />
                      </td>
                      <td className="right">
                        <Count
                          n={now.n}
                          wish={{ list: 'claims', of, narrowed: { hazard } }}
                          open={open}
                          label={`${say('numbers.list.claims')}, ${of}`}
                        />
                      </td>
                      <td className="mute num">
                        {before.n === 0 ? '–' : `${format.percent(before.k / before.n)}, n ${format.number(before.n)}`}
                      </td>
                      <td className="right">
                        <Count
                          n={missed}
                          wish={{ list: 'missed', of, narrowed: { hazard } }}
                          open={open}
                          label={`${say('numbers.missed')}, ${of}`}
                        />{' '}
                        <span className="mute num">({format.number(missedBefore)})</span>
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
            {upkeep.now + upkeep.before > 0 && (
              <p className="numbers-line">
                <span className="mute">{say('numbers.upkeep')}:</span>
                <span className="numbers-pair">
                  <Count n={upkeep.now} wish={{ list: 'upkeep' }} open={open} label={say('numbers.upkeep')} />{' '}
                  <span className="mute num">({format.number(upkeep.before)})</span>
                </span>
              </p>
            )}
            {reasons.length > 0 && (
              <p className="numbers-line">
                <span className="mute">{say('numbers.reasons')}:</span>
                {reasons.map(({ reason, n }) => {
                  const word = reason === null ? say('numbers.otherHazard') : say(`reject.${reason}`);
                  return (
                    <span key={reason ?? ''} className="numbers-pair">
                      {word}{' '}
                      <Count
                        n={n}
                        wish={{ list: 'wrong', of: word, narrowed: { reason: reason ?? 'other-hazard' } }}
                        open={open}
                        label={word}
                      />
                    </span>
                  );
                })}
              </p>
            )}
            {second.now.n + second.before.n > 0 && (
              <p className="numbers-line">
                <span className="mute">{say('numbers.second')}:</span>
                <ShareWords share={second.now} />
                <span className="numbers-pair">
                  {say('numbers.n')}{' '}
                  <Count n={second.now.n} wish={{ list: 'second' }} open={open} label={say('numbers.list.second')} />
                </span>
                <span className="mute num">
                  {say('numbers.before')}:{' '}
                  {second.before.n === 0
                    ? '–'
                    : `${format.percent(second.before.k / second.before.n)}, n ${format.number(second.before.n)}`}
                </span>
              </p>
            )}
            <PlantedLines planted={planted} />
            {decided === 0 ? (
              <p className="numbers-line mute">{say('numbers.noDecided')}</p>
            ) : (
              <Chart
                title={say('numbers.chartRight')}
                atMs={trend.map(({ atMs }) => atMs)}
                grain={grain}
                digits={0}
                theme={theme}
                curves={[
                  { name: say('numbers.rightN'), kind: 'bars', token: 'edge', values: trend.map(({ right }) => right) },
                  { name: say('numbers.wrongN'), kind: 'line', token: 'text', values: trend.map(({ wrong }) => wrong) },
                ]}
              />
            )}
            <p className="numbers-line mute small">{say('numbers.missedNote')}</p>
          </>
        );
      }}
    </Panel>
  );
}
