// The map of a mass incident: all its places at once, as near as they allow. Lines of the city only, so it never waits for tiles.
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import { ScaleLine } from 'ol/control.js';
import { boundingExtent } from 'ol/extent.js';
import { useEffect, useRef, useState } from 'react';
import type { IncidentCard } from '../../contract.ts';
import { tokensOf } from '../style/tokens.ts';
import { useSay } from '../parts/words.ts';
import { store } from '../state.ts';
import { cityLines, groundLayers, xy } from './base.ts';
import { IncidentsLayer } from './incidents-layer.ts';

const nearestZoom = 15;

export function PlacesMap({ cards }: { cards: readonly IncidentCard[] }) {
  const say = useSay();
  const place = useRef<HTMLDivElement>(null);
  const open = useRef<{ readonly map: OlMap; readonly incidents: IncidentsLayer } | undefined>(undefined);
  const [bare, setBare] = useState(false);

  useEffect(() => {
    const target = place.current;
    if (!target) return undefined;
    const colours = tokensOf(document.documentElement.dataset['theme'] === 'day' ? 'day' : 'dark');
    const incidents = new IncidentsLayer(colours, 26);
    const map = new OlMap({
      target,
      controls: [new ScaleLine({ units: 'metric', minWidth: 50 })],
      interactions: [],
      layers: [incidents.layer],
      view: new View({ center: [0, 0], zoom: nearestZoom }),
    });
    open.current = { map, incidents };
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
    if (!here || cards.length === 0) return;
    here.incidents.set(cards);
    here.map.updateSize();
    here.map.getView().fit(boundingExtent(cards.map((card) => xy(card.point))), {
      padding: [28, 28, 56, 28],
      maxZoom: nearestZoom,
      ...sizeOf(here.map),
    });
  }, [cards]);

  return (
    <div className="where-map" ref={place} role="img" aria-label={say('mass.map')}>
      {bare && <p className="mute pad">{say('map.noOutline')}</p>}
    </div>
  );
}

function sizeOf(map: OlMap): { size?: number[] } {
  const size = map.getSize();
  return size ? { size } : {};
}
