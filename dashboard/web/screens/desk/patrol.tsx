// Guided patrol on an empty desk: one place at a time that people have not seen for long; one key says clean (screens 4.1).
import { useCallback, useEffect, useRef, useState } from 'react';
import { systemClock } from '#core/clock';
import { newId } from '#core/ids';
import { routes, type Patrol } from '../../../contract.ts';
import { seenMs } from '../../guards.ts';
import { shortName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { Pictogram } from '../../parts/mark.tsx';
import { Picture } from '../../parts/picture.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { say as tell } from '../../state.ts';
import { whyOf } from '../../trouble.ts';
import { districtKey } from './district.ts';

export interface PatrolHere {
  readonly value: Patrol | undefined;
  /** The picture of this place is on the screen. */
  readonly onPainted: (sha256: string, atMs: number) => void;
  readonly clean: () => Promise<void>;
}

/** The patrol, as long as `isOn`. */
export function usePatrol(isOn: boolean): PatrolHere {
  const mayDecide = useKnown((state) => state.me?.permissions.includes('decide') === true);
  const [loaded] = useLoad(isOn && mayDecide ? 'patrol' : null, (signal) => call(routes.patrol, { signal }), {
    everyMs: 60_000,
  });
  const [answered, setAnswered] = useState<Patrol | undefined>(undefined);
  const painted = useRef<{ sha256: string; atMs: number } | undefined>(undefined);
  const busy = useRef(false);
  useEffect(() => setAnswered(undefined), [loaded]);
  const value = answered ?? (loaded.kind === 'here' ? loaded.value : undefined);
  const place = value?.place ?? null;
  const clean = useCallback(async () => {
    if (!place || busy.current) return;
    // The same rule as for a verdict: what was not on the screen was not looked at.
    const seen = painted.current;
    if (seen?.sha256 !== place.stillSha256 || performance.now() - seen.atMs < seenMs) {
      tell('desk.wait');
      return;
    }
    busy.current = true;
    try {
      const { cameraId, stillSha256, seenAtMs } = place;
      const body = { key: newId(systemClock), cameraId, stillSha256, seenAtMs };
      setAnswered(await call(routes.patrolClean, { body }));
    } catch (thrown) {
      tell('patrol.failed', { why: whyOf(thrown) }, 'bad');
    } finally {
      busy.current = false;
    }
  }, [place]);
  return { value, clean, onPainted: (sha256, atMs) => (painted.current = { sha256, atMs }) };
}

export function PatrolPanel({ patrol, onFound }: { patrol: PatrolHere; onFound: () => void }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const nowMs = useNow(10_000);
  const { value } = patrol;
  if (!value) return null;
  const { place, today } = value;
  if (!place) return <p className="mute patrol-done">{say('patrol.none')}</p>;
  return (
    <section
      className="panel patrol"
      aria-label={say('patrol.title')}
      data-testid="patrol"
      data-camera={place.cameraId}
    >
      <h2 className="panel-head">
        {say('patrol.title')} <span className="grow" />
        <span className="mute num">{say('patrol.today', { n: today.clean + today.found })}</span>
      </h2>
      <figure className="shot">
        <figcaption>
          <b>{format.pick(place.name)}</b>{' '}
          <span className="mute">· {say(`district.${districtKey(place.district)}`)}</span>{' '}
          <span className="num">{format.ago(place.seenAtMs, nowMs)}</span>
        </figcaption>
        <Picture
          key={place.cameraId}
          sha256={place.stillSha256}
          alt={format.pick(place.name)}
          onPainted={(atMs) => patrol.onPainted(place.stillSha256, atMs)}
        />
      </figure>
      <p className="mute">
        {place.patrolledAtMs === null
          ? say('patrol.never')
          : say('patrol.last', { time: format.moment(place.patrolledAtMs, nowMs) })}{' '}
        {place.hazards.map((hazard) => (
          <span key={hazard} className="patrol-hazard">
            <Pictogram hazard={hazard} size={18} /> {shortName(hazard, language)}
          </span>
        ))}
      </p>
      <div className="layer-acts">
        <button type="button" className="act act-strong" onClick={() => void patrol.clean()} data-testid="patrol-clean">
          <kbd>Enter</kbd> {say('patrol.clean')}
        </button>
        <button type="button" className="act" onClick={onFound}>
          <kbd>N</kbd> {say('patrol.found')}
        </button>
      </div>
    </section>
  );
}
