// The map of a mass incident: all its places at once, as near as they allow. Lines of the city only, so it never waits for tiles.
import type OlMap from 'ol/Map.js';
import { boundingExtent } from 'ol/extent.js';
import { useEffect } from 'react';
import type { IncidentCard } from '../../contract.ts';
import { useSay } from '../parts/words.ts';
import { xy } from './base.ts';
import { IncidentsLayer } from './incidents-layer.ts';
import { useSmallMap } from './small-map.ts';

const nearestZoom = 15;

export function PlacesMap({ cards }: { cards: readonly IncidentCard[] }) {
  const say = useSay();
  const { place, open, bare } = useSmallMap(nearestZoom, (colours) => {
    const incidents = new IncidentsLayer(colours, 26);
    return { parts: { incidents }, layers: [incidents.layer] };
  });

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
  }, [cards, open]);

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
