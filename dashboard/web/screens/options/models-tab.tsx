// Models: which networks judge, what they scored, and which corrections cameras learned from verdicts. Read only.
import { routes, type Correction, type NetworkCard } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useSay } from '../../parts/words.ts';
import { hazardName } from '../../hazard-words.ts';

export function ModelsTab() {
  const say = useSay();
  const [loaded, reload] = useLoad('models', (signal) => call(routes.models, { signal }), { everyMs: 60_000 });
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  if (loaded.kind === 'loading') return <Waiting what="options.waiting" />;
  const { networks, corrections } = loaded.value;
  return (
    <div className="options-stack">
      <Corrections all={corrections} />
      <p className="mute">{say('models.what')}</p>
      {networks.map((network) => (
        <Network key={network.name} network={network} />
      ))}
    </div>
  );
}

function Network({ network }: { network: NetworkCard }) {
  const say = useSay();
  const format = useFormat();
  const { name, version, licence, bytes, bases, bars, scores } = network;
  return (
    <section className="panel options-block" data-testid={`model-${name}`}>
      <h2>{name}</h2>
      <dl className="pairs">
        <dt>{say('models.version')}</dt>
        <dd className="num">{version}</dd>
        <dt>{say('models.licence')}</dt>
        <dd>{licence}</dd>
        {bytes !== null && (
          <>
            <dt>{say('models.size')}</dt>
            <dd className="num">{format.bytes(bytes)}</dd>
          </>
        )}
        {bases.length > 0 && (
          <>
            <dt>{say('models.bases')}</dt>
            <dd lang="en">{bases.map((base) => `${base.name} (${base.licence})`).join('; ')}</dd>
          </>
        )}
        {bars.length > 0 && (
          <>
            <dt>{say('models.bars')}</dt>
            <dd lang="en">{bars.join('; ')}</dd>
          </>
        )}
      </dl>
      <details>
        <summary>{say('models.scores', { n: scores.length })}</summary>
        {scores.map(({ about, head, rows }, i) => (
          <div key={i} className="role-scroll" role="region" tabIndex={0} aria-label={`${name} ${i + 1}`} lang="en">
            <p className="mute wrap">{about}</p>
            <table className="table">
              <thead>
                <tr>
                  {head.map((cell, at) => (
                    <th key={at} scope="col">
                      {cell === '' ? <span className="hidden">{say('models.row')}</span> : cell}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row, at) => (
                  <tr key={at}>
                    {row.map((cell, place) => (
                      <td key={place}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
      </details>
    </section>
  );
}

function Corrections({ all }: { all: readonly Correction[] }) {
  const say = useSay();
  const format = useFormat();
  return (
    <section className="panel options-block" data-testid="corrections">
      <h2>{say('models.corrections', { n: all.length })}</h2>
      <p className="mute">{say(all.length === 0 ? 'models.noCorrections' : 'models.correctionsWhat')}</p>
      {all.length > 0 && (
        <div
          className="role-scroll"
          role="region"
          tabIndex={0}
          aria-label={say('models.corrections', { n: all.length })}
        >
          <table className="table">
            <thead>
              <tr>
                {(['number', 'camera', 'hazard', 'state', 'learned', 'proposed', 'promoted'] as const).map((head) => (
                  <th key={head} scope="col">
                    {say(`models.head.${head}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {all.map((one) => (
                <tr key={one.number}>
                  <td className="num">{one.number}</td>
                  <td>{one.cameraId ?? say('models.everyCamera')}</td>
                  <td>{format.pick(hazardName(one.hazard))}</td>
                  <td>{say(`models.state.${one.state}`)}</td>
                  <td className="num">
                    {format.date(one.fittedFromMs)} – {format.date(one.fittedToMs)}
                  </td>
                  <td>{one.proposedBy ?? '–'}</td>
                  <td>{one.promotedBy ?? '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
