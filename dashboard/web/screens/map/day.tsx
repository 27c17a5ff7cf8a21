// The day gone by: a slider over 24 hours that plays them in a minute.
import { useEffect, useMemo, useRef, useState } from 'react';
import { systemClock } from '#core/clock';
import { routes, type DayIncident } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { Failure } from '../../parts/panel-state.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { openAt, playedTo } from './day-states.ts';

/** The slider's step: as fine as a hand can set it on a screen. */
const stepMs = 60_000;
/** While the day plays the map changes so often. */
const frameMs = 100;

interface DayBarProps {
  /** What was open at the moment that is shown; undefined until the day is here. */
  readonly onShow: (incidents: readonly DayIncident[]) => void;
  readonly onEnd: () => void;
}

/** Shows a day from its first use on: the same 24 hours as long as it is open, so that they do not move under the hand. */
export function DayBar({ onShow, onEnd }: DayBarProps) {
  const say = useSay();
  const format = useFormat();
  const zone = useKnown((state) => state.me?.city.zone);
  const [loaded, reload] = useLoad('day', (signal) => call(routes.mapDay, { query: {}, signal }));
  const first = useRef<typeof loaded & { kind: 'here' }>(undefined);
  if (loaded.kind === 'here') first.current ??= loaded;
  const day = first.current?.value;
  const [atMs, setAtMs] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const shown = useRef(onShow);
  shown.current = onShow;
  const moment = day ? (atMs ?? day.fromMs) : null;
  const open = useMemo(() => (day && moment !== null ? openAt(day.incidents, moment) : undefined), [day, moment]);
  useEffect(() => {
    if (open) shown.current(open);
  }, [open]);
  useEffect(() => {
    if (!playing || !day) return undefined;
    let fromMs = atMs === null || atMs >= day.toMs ? day.fromMs : atMs;
    const startMs = systemClock.monotonicMs();
    const timer = setInterval(() => {
      const next = playedTo(fromMs, systemClock.monotonicMs() - startMs, day);
      setAtMs(next);
      if (next >= day.toMs) {
        fromMs = day.fromMs;
        setPlaying(false);
      }
    }, frameMs);
    return () => clearInterval(timer);
    // The moment itself moves while it plays; only a press begins anew.
  }, [playing, day]);
  return (
    <section className="map-day" aria-label={say('map.day')} data-testid="map-day" data-zone={zone}>
      {loaded.kind === 'failed' && !day && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
      {day && moment !== null && (
        <>
          <button type="button" onClick={() => setPlaying((on) => !on)} data-testid="map-day-play">
            {playing ? say('map.day.pause') : say('map.day.play')}
          </button>
          <input
            type="range"
            aria-label={say('map.day.slider')}
            aria-valuetext={format.moment(moment, day.toMs)}
            min={day.fromMs}
            max={day.toMs}
            step={stepMs}
            value={moment}
            data-testid="map-day-slider"
            onChange={(event) => {
              setPlaying(false);
              setAtMs(Number(event.currentTarget.value));
            }}
          />
          <b className="map-day-now" data-testid="map-day-state">
            {say('map.day.state', { time: format.moment(moment, day.toMs), n: open?.length ?? 0 })}
          </b>
          {day.cut && <span className="mute">{say('map.day.cut', { n: day.incidents.length })}</span>}
        </>
      )}
      <button type="button" onClick={onEnd}>
        {say('map.day.now')}
      </button>
    </section>
  );
}
