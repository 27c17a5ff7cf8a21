// Facts of a camera's last days (screens 4.4): looks by word and by hour, what was raised, what is put off, when it is looked at next.
import { routes, type CameraDay } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { Mark } from '../../parts/mark.tsx';
import { Failure } from '../../parts/panel-state.tsx';
import { useLoad, type Loaded } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';

/** The day of a camera: asked once for its line and its panels. */
export const useCameraDay = (cameraId: string, stamp: number): [Loaded<CameraDay>, () => void] =>
  useLoad(`day ${cameraId}`, (signal) => call(routes.cameraDay, { params: { id: cameraId }, signal }), {
    everyMs: 60_000,
    stamp,
  });

export function DayPanels({
  loaded,
  reload,
  watch,
}: {
  loaded: Loaded<CameraDay>;
  reload: () => void;
  watch: boolean;
}) {
  const say = useSay();
  if (loaded.kind === 'loading') return null;
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  const { value } = loaded;
  return (
    <>
      <section className="panel" data-testid="camera-day">
        <h2 className="panel-head">{say('day.title')}</h2>
        <Looks day={value} />
        <Plan plan={value.plan} watch={watch} />
      </section>
      {value.incidents && <Incidents incidents={value.incidents} />}
    </>
  );
}

function Looks({ day }: { day: CameraDay }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  if (day.day.length === 0) return <p className="pad mute">{say('day.none')}</p>;
  const most = Math.max(1, ...day.hours.map((hour) => hour.looks));
  return (
    <>
      <div className="day-scroll" role="region" tabIndex={0} aria-label={say('day.title')}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{say('table.hazard')}</th>
              <th scope="col" className="right">
                {say('day.looks')}
              </th>
              {(['hazard', 'clear', 'cannot-see'] as const).map((word) => (
                <th key={word} scope="col" className="right">
                  {say(`zones.word.${word}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {day.day.map((row) => (
              <tr key={row.hazard}>
                <th scope="row">{shortName(row.hazard, language)}</th>
                <td className="right num">{format.number(row.looks)}</td>
                <td className="right num">{format.number(row.hazardLooks)}</td>
                <td className="right num">{format.number(row.clearLooks)}</td>
                <td className="right num">{format.number(row.cannotSee)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ol className="day-bars" aria-label={say('day.hours')}>
        {day.hours.map((hour) => (
          <li key={hour.hourMs} title={`${format.time(hour.hourMs)}: ${format.number(hour.looks)}`}>
            <i style={{ height: `${(hour.looks / most) * 100}%` }}>
              <i style={{ height: `${hour.looks === 0 ? 0 : (hour.cannotSee / hour.looks) * 100}%` }} />
            </i>
            <span className="hidden">
              {format.time(hour.hourMs)}: {format.number(hour.looks)}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function Plan({ plan, watch }: { plan: CameraDay['plan']; watch: boolean }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(5000);
  return (
    <dl className="pairs">
      <dt>{say('day.plan')}</dt>
      <dd>
        {watch
          ? say('day.planWatched')
          : plan.dueAtMs === null
            ? say('day.planNone')
            : format.moment(plan.dueAtMs, nowMs)}
        {plan.reason !== '' && <span className="mute small"> {say('day.planReason', { reason: plan.reason })}</span>}
      </dd>
    </dl>
  );
}

function Incidents({ incidents }: { incidents: NonNullable<CameraDay['incidents']> }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  const language = useKnown((state) => state.language);
  return (
    <section className="panel" data-testid="camera-incidents">
      <h2 className="panel-head">{say('day.incidents')}</h2>
      <p className="pad small mute">
        {say('day.sums', { n: incidents.raised, right: incidents.confirmed, wrong: incidents.rejected })}
      </p>
      <ul className="facts">
        {incidents.latest.map((one) => (
          <li key={one.id}>
            <Mark severity={one.severity} hazard={one.hazard} size={24} mute />{' '}
            <a href={hashOf('desk', one.id)}>#{one.number}</a> {shortName(one.hazard, language)}{' '}
            <span className="mute">
              {say(`state.${one.state}`)}, {format.moment(one.openedAtMs, nowMs)}
            </span>
          </li>
        ))}
      </ul>
      <dl className="pairs">
        <dt>{say('day.shelved')}</dt>
        <dd>
          {incidents.shelved.length === 0
            ? say('day.nothingShelved')
            : incidents.shelved
                .map((one) =>
                  say('day.shelvedUntil', {
                    number: String(one.number),
                    hazard: shortName(one.hazard, language),
                    time: one.untilMs === null ? '–' : format.moment(one.untilMs, nowMs),
                  }),
                )
                .join(', ')}
        </dd>
      </dl>
    </section>
  );
}
