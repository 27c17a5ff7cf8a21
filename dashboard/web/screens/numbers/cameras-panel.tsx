// Precision by camera, those with the most wrong alarms first, and how much of the wrong the ten worst make.
import { routes, type NumbersCameras } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { Pictogram } from '../../parts/mark.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import type { Asked } from './numbers-screen.tsx';
import { Count, Gap, Heads, type Open, Panel, rowPx, ShareWords, useRows } from './parts.tsx';

export function CamerasPanel({ asked, open }: { asked: Asked; open: Open }) {
  const say = useSay();
  const format = useFormat();
  const [loaded, reload] = useLoad(
    `cameras ${asked.key}`,
    (signal) => call(routes.numbersCameras, { query: asked.query, signal }),
    { everyMs: asked.everyMs },
  );
  return (
    <Panel name="cameras" title="numbers.cameras" loaded={loaded} onAgain={reload}>
      {({ cameras, total, wrong, wrongOfTen }) => (
        <>
          <p className="numbers-line">
            {wrong === 0
              ? say('numbers.noWrong')
              : say('numbers.ten', {
                  n: Math.min(10, cameras.filter((one) => one.wrong > 0).length),
                  share: format.percent(wrongOfTen / wrong),
                })}
          </p>
          {cameras.length > 0 && <Rows cameras={cameras} open={open} />}
          {total > cameras.length && (
            <p className="numbers-line mute small">
              {say('numbers.shownOf', { n: format.number(cameras.length), total: format.number(total) })}
            </p>
          )}
        </>
      )}
    </Panel>
  );
}

function Rows({ cameras, open }: { cameras: NumbersCameras['cameras']; open: Open }) {
  const say = useSay();
  const format = useFormat();
  const { box, from, to, abovePx, belowPx } = useRows(cameras.length);
  return (
    <div className="numbers-scroll" ref={box} role="region" tabIndex={0} aria-label={say('numbers.cameras')}>
      <table className="table numbers-rows" aria-rowcount={cameras.length + 1}>
        <Heads
          counted
          of={[
            say('numbers.camera'),
            say('table.hazard'),
            { right: say('numbers.wrong') },
            say('numbers.share'),
            { right: say('numbers.n') },
          ]}
        />
        <tbody>
          <Gap px={abovePx} />
          {cameras.slice(from, to).map(({ cameraId, place, hazards, now, wrong: n }, i) => (
            <tr key={cameraId} data-camera={cameraId} aria-rowindex={from + i + 2} style={{ height: rowPx }}>
              <th scope="row" className="numbers-place">
                <a href={hashOf('camera', cameraId)}>{cameraId}</a> <span className="mute">{format.pick(place)}</span>
              </th>
              <td className="numbers-hazards">
                {hazards.map((hazard) => (
                  <Pictogram key={hazard} hazard={hazard} size={20} />
                ))}
              </td>
              <td className="right">
                <Count
                  n={n}
                  wish={{ list: 'wrong', of: cameraId, narrowed: { cameraId } }}
                  open={open}
                  label={`${say('numbers.wrong')}, ${cameraId}`}
                />
              </td>
              <td>
                <ShareWords share={now} />
              </td>
              <td className="right">
                <Count
                  n={now.n}
                  wish={{ list: 'claims', of: cameraId, narrowed: { cameraId } }}
                  open={open}
                  label={`${say('numbers.list.claims')}, ${cameraId}`}
                />
              </td>
            </tr>
          ))}
          <Gap px={belowPx} />
        </tbody>
      </table>
    </div>
  );
}
