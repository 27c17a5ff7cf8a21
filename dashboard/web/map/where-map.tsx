// The small map of one incident: where the camera looks from, what is near. Lines of the city only, so it never waits for tiles.
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import { ScaleLine } from 'ol/control.js';
import { useEffect, useRef, useState } from 'react';
import type { CameraMark, IncidentCard } from '../../contract.ts';
import { tokensOf } from '../style/tokens.ts';
import { useSay } from '../parts/words.ts';
import { store } from '../state.ts';
import { cityLines, groundLayers, xy } from './base.ts';
import { CamerasLayer } from './cameras-layer.ts';
import { ConeLayer } from './cone-layer.ts';
import { IncidentsLayer } from './incidents-layer.ts';

interface Open {
  readonly map: OlMap;
  readonly cone: ConeLayer;
  readonly cameras: CamerasLayer;
  readonly incidents: IncidentsLayer;
}

interface WhereMapProps {
  readonly card: IncidentCard;
  readonly camera: CameraMark | null;
  readonly cameras: readonly CameraMark[];
  readonly neighbours: readonly IncidentCard[];
}

export function WhereMap({ card, camera, cameras, neighbours }: WhereMapProps) {
  const say = useSay();
  const place = useRef<HTMLDivElement>(null);
  const open = useRef<Open | undefined>(undefined);
  const [bare, setBare] = useState(false);

  useEffect(() => {
    const target = place.current;
    if (!target) return undefined;
    const colours = tokensOf(document.documentElement.dataset['theme'] === 'day' ? 'day' : 'dark');
    const cone = new ConeLayer(colours);
    const dots = new CamerasLayer(colours);
    const incidents = new IncidentsLayer(colours, 30);
    const map = new OlMap({
      target,
      controls: [new ScaleLine({ units: 'metric', minWidth: 50 })],
      interactions: [],
      layers: [cone.layer, dots.layer, incidents.layer],
      view: new View({ center: [0, 0], zoom: 16.4 }),
    });
    open.current = { map, cone, cameras: dots, incidents };
    void cityLines().then(
      (city) => {
        if (open.current?.map !== map) return;
        const [lines, districts] = groundLayers(city, colours, store.getState().language, () => '');
        map.getLayers().insertAt(0, lines);
        map.getLayers().insertAt(1, districts);
      },
      () => setBare(true),
    );
    return () => {
      map.setTarget(undefined);
      open.current = undefined;
    };
  }, []);

  useEffect(() => {
    const here = open.current;
    if (!here) return;
    here.map.getView().setCenter(xy(card.point));
    here.cone.set(camera, cameras, 4);
    here.cameras.set(camera ? [camera, ...cameras] : cameras);
    here.incidents.set([card, ...neighbours]);
    here.incidents.choose(card.id);
  }, [card, camera, cameras, neighbours]);

  return (
    <div className="where-map" ref={place} role="img" aria-label={say('where.map')}>
      {bare && <p className="mute pad">{say('map.noOutline')}</p>}
    </div>
  );
}
