// Is the system well: processes, which ways are on, cameras by fault, storage.
import { useEffect } from 'react';
import { routes } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { FirstSteps } from '../../parts/first-steps.tsx';
import { KeyBar } from '../../parts/frame.tsx';
import { HealthPanels } from '../../parts/health.tsx';
import { Sign } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { store } from '../../state.ts';
import { isTextKey } from '../../texts/index.ts';
import { districtKey } from '../desk/district.ts';

export function SystemScreen() {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const [loaded, reload] = useLoad('system', (signal) => call(routes.system, { signal }), { everyMs: 5000 });
  useKeys('system', {});
  useEffect(() => {
    if (loaded.kind === 'here') store.setState({ life: loaded.value.life });
  }, [loaded]);
  const named = (prefix: string, name: string): string => {
    const [kind = name, which] = name.split(':');
    const key = `${prefix}.${kind}`;
    return isTextKey(key) ? `${say(key)}${which === undefined ? '' : ` ${which}`}` : name;
  };
  return (
    <>
      <main className="system page" data-testid="system">
        {loaded.kind === 'loading' && <Waiting what="system.waiting" />}
        {loaded.kind === 'failed' && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
        {loaded.kind === 'here' && (
          <>
            <header className="page-head">
              <h1>{say('screen.system')}</h1>
              <span className="mute num">
                {say('system.version', { version: loaded.value.version })} ·{' '}
                {say('data.of', { time: format.timeS(loaded.value.nowMs) })}
              </span>
            </header>
            <FirstSteps />
            <div className="tiles">
              <HealthPanels />
              <section className="panel">
                <h2 className="panel-head">{say('system.processes')}</h2>
                <table className="table" data-testid="system-processes">
                  <tbody>
                    {loaded.value.processes.map((process) => (
                      <tr key={process.name} className={process.silent ? 'row-bad' : ''}>
                        <td>
                          <Sign
                            of={process.silent ? 'unknown' : 'done'}
                            size={22}
                            colour={process.silent ? 'high' : 'neutral'}
                          />
                        </td>
                        <th scope="row">{named('process', process.name)}</th>
                        <td className="num">
                          {process.silent
                            ? say('system.silentSince', { time: format.moment(process.atMs, nowMs) })
                            : say('system.heard', { ago: format.ago(process.atMs, nowMs) })}
                        </td>
                        <td className="mute small">
                          {Object.entries(process.facts)
                            .filter(
                              ([name, value]) => typeof value !== 'object' && !/pid$/i.test(name) && name !== 'url',
                            )
                            .slice(0, 6)
                            .map(
                              ([name, value]) =>
                                `${name} ${typeof value === 'number' ? format.number(value, Number.isInteger(value) ? 0 : 1) : String(value)}`,
                            )
                            .join(' · ')}
                        </td>
                      </tr>
                    ))}
                    {loaded.value.processes.length === 0 && (
                      <tr>
                        <td>{say('system.noProcess')}</td>
                      </tr>
                    )}
                  </tbody>
                </table>
              </section>
              <section className="panel">
                <h2 className="panel-head">{say('system.ways')}</h2>
                <table className="table">
                  <tbody>
                    {Object.entries(loaded.value.ways).map(([name, way]) => (
                      <tr key={name}>
                        <th scope="row">{named('way', name)}</th>
                        <td>{way}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
              <section className="panel">
                <h2 className="panel-head">{say('system.cameras')}</h2>
                <p className="pad">
                  {say('life.cameras', {
                    ok: format.number(loaded.value.life.cameras.ok),
                    all: format.number(loaded.value.life.cameras.all),
                  })}
                  {' · '}
                  {say('system.looks', { n: loaded.value.life.looksLastMinute })}
                </p>
                {loaded.value.outages.length > 0 && (
                  <ul className="pad" data-testid="outages">
                    {loaded.value.outages.map((outage) => (
                      <li key={outage.node} className="bad">
                        {say('system.outage', {
                          node: outage.node,
                          n: outage.silent,
                          all: outage.cameras,
                          time: format.moment(outage.sinceMs, loaded.value.nowMs),
                        })}{' '}
                        <span className="mute">
                          {say(`health.${outage.state}`)}
                          {outage.districts.length > 0 &&
                            ` · ${outage.districts.map((id) => say(`district.${districtKey(id)}`)).join(', ')}`}
                        </span>
                      </li>
                    ))}
                  </ul>
                )}
                <table className="table">
                  <tbody>
                    {loaded.value.faults.map((fault) => (
                      <tr key={fault.state}>
                        <td>
                          <Sign
                            of={fault.state === 'ok' ? 'done' : fault.state === 'unknown' ? 'unknown' : 'fault'}
                            size={22}
                          />
                        </td>
                        <th scope="row">
                          <a href={hashOf('camera', undefined, { state: fault.state })}>
                            {say(`health.${fault.state}`)}
                          </a>
                        </th>
                        <td className="num right">{format.number(fault.cameras)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
              <section className="panel">
                <h2 className="panel-head">{say('system.queues')}</h2>
                <table className="table">
                  <tbody>
                    {loaded.value.queues.map((queue) => (
                      <tr key={queue.name}>
                        <th scope="row">{named('queue', queue.name)}</th>
                        <td className="num right">{format.number(queue.waiting)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
              <section className="panel">
                <h2 className="panel-head">{say('system.storage')}</h2>
                <table className="table">
                  <tbody>
                    {loaded.value.storage.map((row) => (
                      <tr key={row.what}>
                        <th scope="row">{named('storage', row.what)}</th>
                        <td className="num right">{row.files === null ? '' : say('system.files', { n: row.files })}</td>
                        <td className="num right">{format.bytes(row.bytes)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
            </div>
          </>
        )}
      </main>
      <KeyBar place="system" />
    </>
  );
}
