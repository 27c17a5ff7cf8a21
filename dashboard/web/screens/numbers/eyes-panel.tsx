// The eyes: cameras that answer and are silent, ground that can be judged now, looks of the period that could be judged.
import { routes } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import type { Asked } from './numbers-screen.tsx';
import { Count, Hazard, Heads, type Open, Panel } from './parts.tsx';

export function EyesPanel({ asked, open }: { asked: Asked; open: Open }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const [loaded, reload] = useLoad(
    `eyes ${asked.key}`,
    (signal) => call(routes.numbersEyes, { query: asked.query, signal }),
    { everyMs: asked.everyMs },
  );
  const share = (k: number, n: number): string => (n === 0 ? '–' : format.percent(k / n));
  return (
    <Panel name="eyes" title="numbers.eyes" loaded={loaded} onAgain={reload}>
      {({ cameras, ageP50Ms, ageP95Ms, worstNode, roundP95Ms, cpu, hazards }) =>
        cameras.all === 0 ? (
          <p className="numbers-line mute">{say('numbers.noCameras')}</p>
        ) : (
          <>
            <dl className="numbers-facts">
              <div>
                <dt>{say('numbers.alive')}</dt>
                <dd>
                  <b className="num">{share(cameras.ok, cameras.all)}</b>
                </dd>
                <dd className="mute num">
                  {say('numbers.ofAll', { k: format.number(cameras.ok), n: format.number(cameras.all) })}
                </dd>
              </div>
              <div>
                <dt>{say('numbers.silent')}</dt>
                <dd>
                  <Count n={cameras.silent} wish={{ list: 'silent' }} open={open} label={say('numbers.silent')} />
                </dd>
              </div>
              <div>
                <dt>{say('numbers.age')}</dt>
                <dd>
                  {ageP50Ms === null || ageP95Ms === null
                    ? '–'
                    : say('numbers.ageWords', { p50: format.span(ageP50Ms), p95: format.span(ageP95Ms) })}
                </dd>
              </div>
              {worstNode && (
                <div>
                  <dt>{say('numbers.node')}</dt>
                  <dd className="numbers-node">{worstNode.node}</dd>
                  <dd>
                    <Count
                      n={worstNode.silent}
                      wish={{ list: 'silent', of: worstNode.node, narrowed: { node: worstNode.node } }}
                      open={open}
                      label={`${say('numbers.silent')}, ${worstNode.node}`}
                    >
                      {say('numbers.nodeSilent', {
                        k: format.number(worstNode.silent),
                        n: format.number(worstNode.all),
                      })}
                    </Count>
                  </dd>
                </div>
              )}
              <div>
                <dt>{say('numbers.round')}</dt>
                <dd>
                  <b className="num">{roundP95Ms === null ? '–' : format.span(roundP95Ms)}</b>
                </dd>
                <dd className="mute">{say('numbers.roundHour')}</dd>
              </div>
              <div>
                <dt>{say('numbers.cpu')}</dt>
                {cpu.p50Ms === null ? (
                  <dd className="mute">{say('numbers.cpuNone')}</dd>
                ) : (
                  <>
                    <dd>
                      <b className="num">{say('numbers.cpuMs', { ms: format.number(cpu.p50Ms) })}</b>
                    </dd>
                    <dd className="mute num">n {format.number(cpu.n)}</dd>
                  </>
                )}
              </div>
            </dl>
            <table className="table">
              <Heads of={[say('table.hazard'), say('numbers.ground'), say('numbers.looks'), say('numbers.before')]} />
              <tbody>
                {hazards.map(({ hazard, zones, judged, looks, looksBefore }) => {
                  const of = shortName(hazard, language);
                  return (
                    <tr key={hazard} data-hazard={hazard}>
                      <th scope="row">
                        <Hazard hazard={hazard} />
                      </th>
                      <td className="num">
                        <b>{share(judged, zones)}</b>{' '}
                        <span className="mute">
                          {say('numbers.zones', { k: format.number(judged), n: format.number(zones) })}
                        </span>
                        {judged < zones && (
                          <>
                            {' '}
                            <Count
                              n={zones - judged}
                              wish={{ list: 'unjudged', of, narrowed: { hazard } }}
                              open={open}
                              label={`${say('numbers.list.unjudged')}, ${of}`}
                            >
                              {say('numbers.notJudged', { n: zones - judged })}
                            </Count>
                          </>
                        )}
                      </td>
                      <td className="num">
                        {share(looks.judged, looks.n)}{' '}
                        {looks.n > 0 && <span className="mute">n {format.number(looks.n)}</span>}
                      </td>
                      <td className="num mute">{share(looksBefore.judged, looksBefore.n)}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </>
        )
      }
    </Panel>
  );
}
