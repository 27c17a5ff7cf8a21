// The custody log of a violation's clip: who touched it, when and why, and whether each link of the chain holds.
import { purposes, type ViolationView } from '../../../contract.ts';
import { Sign } from '../../parts/mark.tsx';
import { useFormat, useSay } from '../../parts/words.ts';

/** The log with its newest row first. */
export function Custody({ view }: { view: ViolationView }) {
  const say = useSay();
  const format = useFormat();
  return (
    <section className={`panel custody ${view.custodyWhole ? '' : 'custody-broken'}`} data-testid="custody">
      <h2 className="panel-head">
        {say('custody.title')}
        <b role={view.custodyWhole ? undefined : 'alert'}>
          <Sign of={view.custodyWhole ? 'done' : 'unknown'} size={20} />{' '}
          {view.custodyWhole ? say('ev.whole', { n: view.custody.length }) : say('ev.broken')}
        </b>
      </h2>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{say('custody.when')}</th>
            <th scope="col">{say('custody.who')}</th>
            <th scope="col">{say('custody.act')}</th>
            <th scope="col">{say('custody.purpose')}</th>
            <th scope="col">{say('custody.link')}</th>
          </tr>
        </thead>
        <tbody>
          {[...view.custody].reverse().map((row) => (
            <tr key={row.hash}>
              <td className="num">{format.full(row.atMs)}</td>
              <td>{row.name}</td>
              <td>{say(`custodyAct.${row.act}`)}</td>
              <td>{purposeWords(row.purpose, say)}</td>
              <td className="num mute" title={row.hash}>
                {row.hash.slice(0, 12)}…
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function purposeWords(purpose: string, say: ReturnType<typeof useSay>): string {
  const known = purposes.find((one) => one === purpose);
  return known ? say(`purpose.${known}`) : purpose;
}
