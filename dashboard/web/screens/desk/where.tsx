// Where it is: map with the camera's cone, open incidents and other cameras near.
import { lazy, Suspense, useMemo } from 'react';
import type { IncidentView } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { Mark } from '../../parts/mark.tsx';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';

const WhereMap = lazy(async () => ({ default: (await import('../../map/where-map.tsx')).WhereMap }));

export function Where({ view }: { view: IncidentView }) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const format = useFormat();
  const cameras = useMemo(() => view.camerasNear.map((near) => near.mark), [view]);
  const neighbours = useMemo(() => view.neighbours.map((near) => near.card), [view]);
  return (
    <section className="panel where">
      <h2 className="panel-head">
        {say('where.title')} <kbd>M</kbd>
      </h2>
      <div className="where-in">
        <Suspense fallback={<div className="where-map" />}>
          <WhereMap card={view.card} camera={view.camera} cameras={cameras} neighbours={neighbours} />
        </Suspense>
        <div className="where-list">
          {view.neighbours.slice(0, 3).map(({ card, distanceM }) => (
            <p key={card.id}>
              <Mark severity={card.severity} hazard={card.hazard} size={24} mute /> <b>#{card.number}</b>{' '}
              {shortName(card.hazard, language)} <span className="mute num">{format.metres(distanceM)}</span>
            </p>
          ))}
          {view.neighbours.length === 0 && <p className="mute">{say('where.nothingNear')}</p>}
          {view.camerasNear.slice(0, 3).map(({ mark, distanceM }) => (
            <p key={mark.id}>
              <a href={hashOf('camera', mark.id)}>{mark.id}</a> <span className="cut">{format.pick(mark.name)}</span>{' '}
              <span className="mute num">{format.metres(distanceM)}</span>
            </p>
          ))}
        </div>
      </div>
    </section>
  );
}
