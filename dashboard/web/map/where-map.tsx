// The small map of one incident: where the camera looks from, what is near. Lines of the city only, so it never waits for tiles.
import { useEffect } from 'react';
import type { CameraMark, IncidentCard } from '../../contract.ts';
import { useSay } from '../parts/words.ts';
import { xy } from './base.ts';
import { CamerasLayer } from './cameras-layer.ts';
import { ConeLayer } from './cone-layer.ts';
import { IncidentsLayer } from './incidents-layer.ts';
import { useSmallMap } from './small-map.ts';

interface WhereMapProps {
  readonly card: IncidentCard;
  readonly camera: CameraMark | null;
  readonly cameras: readonly CameraMark[];
  readonly neighbours: readonly IncidentCard[];
}

export function WhereMap({ card, camera, cameras, neighbours }: WhereMapProps) {
  const say = useSay();
  const { place, open, bare } = useSmallMap(16.4, (colours) => {
    const parts = {
      cone: new ConeLayer(colours),
      cameras: new CamerasLayer(colours),
      incidents: new IncidentsLayer(colours, 30),
    };
    return { parts, layers: [parts.cone.layer, parts.cameras.layer, parts.incidents.layer] };
  });

  useEffect(() => {
    const here = open.current;
    if (!here) return;
    here.map.getView().setCenter(xy(card.point));
    here.cone.set(camera, cameras, 4);
    here.cameras.set(camera ? [camera, ...cameras] : cameras);
    here.incidents.set([card, ...neighbours]);
    here.incidents.choose(card.id);
  }, [card, camera, cameras, neighbours, open]);

  return (
    <div className="where-map" ref={place} role="img" aria-label={say('where.map')}>
      {bare && <p className="mute pad">{say('map.noOutline')}</p>}
    </div>
  );
}
