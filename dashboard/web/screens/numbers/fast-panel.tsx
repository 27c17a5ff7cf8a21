// Are we fast: time of each step, half and 95 % of them, by severity. Never by person.
import { numberSteps, routes, type NumbersFast } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { Mark } from '../../parts/mark.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useSay } from '../../parts/words.ts';
import type { Asked } from './numbers-screen.tsx';
import { Count, Heads, type Open, Panel } from './parts.tsx';

export function FastPanel({ asked, open }: { asked: Asked; open: Open }) {
  const say = useSay();
  const [loaded, reload] = useLoad(
    `fast ${asked.key}`,
    (signal) => call(routes.numbersFast, { query: asked.query, signal }),
    { everyMs: asked.everyMs },
  );
  return (
    <Panel name="fast" title="numbers.fast" loaded={loaded} onAgain={reload}>
      {({ steps }) =>
        steps.every(({ now, before }) => now.n + before.n === 0) ? (
          <p className="numbers-line mute">{say('numbers.noTook')}</p>
        ) : (
          <table className="table">
            <Heads
              of={[
                say('numbers.step'),
                { right: say('numbers.half') },
                { right: say('numbers.most') },
                { right: say('numbers.n') },
                { right: say('numbers.before') },
              ]}
            />
            {numberSteps.map((step) => (
              <tbody key={step}>
                {steps
                  // Who is slow with what is dangerous matters where work is done; before that it is the queue's order.
                  .filter((row) => row.step === step && (row.severity === null || step === 'taken-fixed'))
                  .map((row) => (
                    <Row key={row.severity ?? ''} row={row} open={open} />
                  ))}
              </tbody>
            ))}
          </table>
        )
      }
    </Panel>
  );
}

function Row({ row: { step, severity, now, before }, open }: { row: NumbersFast['steps'][number]; open: Open }) {
  const say = useSay();
  const format = useFormat();
  const span = (ms: number | null): string => (ms === null ? '–' : format.span(ms));
  const of = severity === null ? undefined : say(`severity.${severity}`);
  return (
    <tr data-step={step} className={severity === null ? 'numbers-all' : 'numbers-part'}>
      <th scope="row">
        {severity === null ? (
          say(`numbers.${step}`)
        ) : (
          <span className="numbers-severity">
            <Mark severity={severity} size={20} mute /> {say(`severity.${severity}`)}
          </span>
        )}
      </th>
      {now.n > 0 && now.p50Ms === null ? (
        <td className="right mute" colSpan={2}>
          {say('numbers.fewPeople')}
        </td>
      ) : (
        <>
          <td className="num right">{severity === null ? <b>{span(now.p50Ms)}</b> : span(now.p50Ms)}</td>
          <td className="num right">{span(now.p95Ms)}</td>
        </>
      )}
      <td className="right">
        <Count
          n={now.n}
          wish={{ list: step, ...(of === undefined ? {} : { of }), narrowed: severity === null ? {} : { severity } }}
          open={open}
          label={`${say(`numbers.${step}`)}${of === undefined ? '' : `, ${of}`}`}
        />
      </td>
      <td className="num right mute">
        {before.p50Ms === null ? '–' : `${span(before.p50Ms)} / ${span(before.p95Ms)}`}
      </td>
    </tr>
  );
}
