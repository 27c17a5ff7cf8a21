// The day of a camera in one line (screens 4.4): looks, raised, right, what is put off, how often it is looked at, and 14 days of incidents.
import { useState } from 'react';
import { routes, type CameraDay } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { TroubleNote } from '../../parts/trouble.tsx';
import type { Loaded } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { say as tell } from '../../state.ts';
import { troubleOf, type Trouble } from '../../trouble.ts';

export function DayLine({
  cameraId,
  watch,
  loaded,
  reload,
}: {
  cameraId: string;
  watch: boolean;
  loaded: Loaded<CameraDay>;
  reload: () => void;
}) {
  const say = useSay();
  const format = useFormat();
  if (loaded.kind !== 'here') return null;
  const { day, incidents, plan, quiet } = loaded.value;
  const looks = Math.max(0, ...day.map((row) => row.looks));
  return (
    <section className="panel day-line" aria-label={say('line.day')} data-testid="day-line">
      <dl>
        <div>
          <dt>{say('line.looks')}</dt>
          <dd className="num">{format.number(looks)}</dd>
        </div>
        {incidents && (
          <>
            <div>
              <dt>{say('line.raised')}</dt>
              <dd className="num">{format.number(incidents.today.raised)}</dd>
            </div>
            <div>
              <dt>{say('line.right')}</dt>
              <dd className="num">{format.number(incidents.today.confirmed)}</dd>
            </div>
          </>
        )}
        <div>
          <dt>{say('line.plan')}</dt>
          <dd>{watch ? say('day.planWatched') : <PlanWords plan={plan} />}</dd>
        </div>
        <div className="day-quiet">
          <dt>{say('line.quiet')}</dt>
          <dd>
            {quiet.length === 0 ? (
              say('line.quietNone')
            ) : (
              <QuietWords cameraId={cameraId} quiet={quiet} onEnd={reload} />
            )}
          </dd>
        </div>
        {incidents && (
          <div className="day-chart">
            <dt>{say('line.incidents')}</dt>
            <dd>
              <Chart days={incidents.days} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function PlanWords({ plan }: { plan: CameraDay['plan'] }) {
  const say = useSay();
  const format = useFormat();
  if (plan.everyS === null) return say('line.planCity');
  return (
    <>
      {say('line.planEvery', { span: format.span(plan.everyS * 1000) })}{' '}
      <span className="mute small">{say(plan.isOwn ? 'line.planOwn' : 'line.planCity')}</span>
    </>
  );
}

/** Started by day, and of these confirmed: bars of two shades with their numbers for who hears them. */
function Chart({ days }: { days: NonNullable<CameraDay['incidents']>['days'] }) {
  const say = useSay();
  const format = useFormat();
  const most = Math.max(1, ...days.map((day) => day.n));
  return (
    <ol className="line-bars" aria-label={say('day.incidents')}>
      {days.map((day) => {
        const words = say('line.bar', { date: format.date(day.dayMs), n: day.n, right: day.confirmed });
        return (
          <li key={day.dayMs} title={words}>
            <i style={{ height: `${(day.n / most) * 100}%` }}>
              <i style={{ height: `${day.n === 0 ? 0 : (day.confirmed / day.n) * 100}%` }} />
            </i>
            <span className="hidden">{words}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** What a person put off, until when and why; whoever may put off may end it. */
function QuietWords({ cameraId, quiet, onEnd }: { cameraId: string; quiet: CameraDay['quiet']; onEnd: () => void }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  const language = useKnown((state) => state.language);
  const mayEnd = useKnown((state) => state.me?.permissions.includes('decide') === true);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const end = async (hazard: CameraDay['quiet'][number]['hazard']): Promise<void> => {
    setTrouble(null);
    const wish = { cameras: [cameraId], hazards: [hazard], minutes: null };
    try {
      const { tried } = await call(routes.tryCameraQuiet, { body: wish });
      await call(routes.setCameraQuiet, { body: { ...wish, tried, reason: say('line.endReason') } });
      tell('line.ended', { hazard: shortName(hazard, language) });
      onEnd();
    } catch (thrown) {
      setTrouble(troubleOf(thrown));
    }
  };
  return (
    <ul>
      {quiet.map((one) => (
        <li key={one.hazard}>
          <b>
            {say('line.quietUntil', {
              hazard: shortName(one.hazard, language),
              time: format.moment(one.untilMs, nowMs),
            })}
          </b>{' '}
          <span className="mute small wrap">{say('line.quietWhy', { who: one.who, reason: one.reason })}</span>{' '}
          {mayEnd && (
            <button type="button" onClick={() => void end(one.hazard)} data-testid="quiet-end">
              {say('line.end', { hazard: shortName(one.hazard, language) })}
            </button>
          )}
        </li>
      ))}
      {trouble && (
        <li role="alert">
          <TroubleNote trouble={trouble} />
        </li>
      )}
    </ul>
  );
}
