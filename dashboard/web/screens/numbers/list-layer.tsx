// The list that a number opens: the rows from which it was counted. No person stands in it.
import { numbersListMax, routes, scoreLists, type NumberList, type NumbersList } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { Layer } from '../../parts/frame.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useSay, type Say } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { isTextKey } from '../../texts/index.ts';
import { ruleWords } from './held-panel.tsx';
import type { Asked } from './numbers-screen.tsx';
import { Gap, Hazard, Heads, rowPx, useRows, type Wish } from './parts.tsx';

type Row = NumbersList['rows'][number];

export function ListLayer({ asked, wish, onClose }: { asked: Asked; wish: Wish; onClose: () => void }) {
  const say = useSay();
  const what = `${say(`numbers.list.${wish.list}`)}${wish.of === undefined ? '' : `, ${wish.of}`}`;
  const [loaded, reload] = useLoad(`list ${asked.key} ${JSON.stringify(wish)}`, (signal) =>
    call(routes.numbersList, { query: { ...asked.query, list: wish.list, ...wish.narrowed }, signal }),
  );
  const title = loaded.kind === 'here' ? say('numbers.list', { what, n: loaded.value.total }) : what;
  return (
    <Layer title={title} onClose={onClose} wide>
      {loaded.kind === 'loading' && <Waiting what="numbers.listWaiting" />}
      {loaded.kind === 'failed' && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
      {loaded.kind === 'here' && loaded.value.total === 0 && <p className="panel-state">{say('numbers.listNone')}</p>}
      {loaded.kind === 'here' && loaded.value.total > 0 && <Rows list={loaded.value} of={wish.list} />}
    </Layer>
  );
}

function Rows({ list: { rows, total, nowMs }, of }: { list: NumbersList; of: NumberList }) {
  const say = useSay();
  const format = useFormat();
  const { box, from, to, abovePx, belowPx } = useRows(rows.length);
  const isScore = scoreLists.some((one) => one === of);
  const words = isScore
    ? (['scores.counts', 'scores.countsNot'] as const)
    : of === 'second'
      ? (['numbers.agreed', 'numbers.disagreed'] as const)
      : (['numbers.isRight', 'numbers.isWrong'] as const);
  const has = (part: (row: Row) => unknown): boolean => rows.some((row) => part(row) !== null);
  const shown = {
    number: has((row) => row.number),
    hazard: has((row) => row.hazard),
    severity: has((row) => row.severity),
    took: has((row) => row.tookMs),
    right: has((row) => row.isRight),
    until: has((row) => row.untilMs),
  };
  return (
    <>
      {total > rows.length && (
        <p className="numbers-line mute">
          {say('numbers.listShown', { n: Math.min(rows.length, numbersListMax), total: format.number(total) })}
        </p>
      )}
      <div className="numbers-list-box" ref={box} role="region" tabIndex={0} aria-label={say(`numbers.list.${of}`)}>
        <table className="table numbers-list" data-testid="numbers-list" aria-rowcount={rows.length + 1}>
          <Heads
            counted
            of={[
              shown.number && say('table.number'),
              shown.severity && say('table.severity'),
              shown.hazard && say('table.hazard'),
              say('table.place'),
              say(isScore ? 'scores.deadline' : 'numbers.time'),
              shown.took && { right: say(isScore ? 'scores.late' : 'numbers.took') },
              shown.right && say('numbers.outcome'),
              say('table.state'),
              shown.until && say('numbers.until'),
            ]}
          />
          <tbody>
            <Gap px={abovePx} />
            {rows.slice(from, to).map((row, i) => (
              <tr
                key={`${row.kind} ${row.id} ${row.hazard ?? ''} ${row.atMs ?? ''}`}
                data-kind={row.kind}
                aria-rowindex={from + i + 2}
                style={{ height: rowPx }}
              >
                {shown.number && (
                  <td className="num">
                    <Number row={row} />
                  </td>
                )}
                {shown.severity && <td>{row.severity && <Mark severity={row.severity} size={22} />}</td>}
                {shown.hazard && <td>{row.hazard && <Hazard hazard={row.hazard} />}</td>}
                <td className="numbers-place">
                  <div className="numbers-two-lines">
                    {row.cameraId !== null && <a href={hashOf('camera', row.cameraId)}>{row.cameraId}</a>}{' '}
                    {row.place && <span className="mute">{format.pick(row.place)}</span>}
                  </div>
                </td>
                <td className="num">{row.atMs === null ? '–' : format.moment(row.atMs, nowMs)}</td>
                {shown.took && (
                  <td className="num right">
                    {row.tookMs === null ? '–' : `${row.tookMs < 0 ? '−' : ''}${format.span(Math.abs(row.tookMs))}`}
                  </td>
                )}
                {shown.right && <td>{row.isRight === null ? '–' : say(words[row.isRight ? 0 : 1])}</td>}
                <td>{stateWords(row, say, isScore, (rule) => format.pick(ruleWords(rule)))}</td>
                {shown.until && (
                  <td className="num">{row.untilMs === null ? '–' : format.moment(row.untilMs, nowMs)}</td>
                )}
              </tr>
            ))}
            <Gap px={belowPx} />
          </tbody>
        </table>
      </div>
    </>
  );
}

/** The number that people say; it opens the thing on the map or in the list of tasks for who has them. */
function Number({ row }: { row: Row }) {
  const permissions = useKnown((state) => state.me?.permissions ?? []);
  if (row.number === null) return <>–</>;
  const text = `${row.kind === 'mass' ? 'M' : '#'}${row.number}`;
  if (row.kind === 'task' && permissions.includes('verify')) return <a href={hashOf('tasks', row.id)}>{text}</a>;
  if (row.kind === 'incident' && permissions.includes('see-incidents'))
    return <a href={hashOf('map', row.id)}>{text}</a>;
  return <>{text}</>;
}

function stateWords(
  { kind, state, isRight }: Row,
  say: Say,
  isOutcome: boolean,
  ruleOf: (rule: string) => string,
): string {
  const of = (group: string): string | undefined => {
    const key = `${group}.${state}`;
    return isTextKey(key) ? say(key) : undefined;
  };
  switch (kind) {
    case 'incident':
      return (isRight === false ? of('reject') : undefined) ?? of('state') ?? state;
    case 'mass':
      return of('reject') ?? '';
    case 'task':
      return (isOutcome ? of('outcome') : of('task')) ?? state;
    case 'camera':
      return of('health') ?? state;
    case 'zone':
      return of('word') ?? say('numbers.never');
    case 'quiet':
      return of('reject') ?? state;
    case 'held':
      return ruleOf(state);
  }
}
