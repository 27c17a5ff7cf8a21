// A small map that nobody moves: lines of the city under some layers. It never waits for tiles.
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import { ScaleLine } from 'ol/control.js';
import type BaseLayer from 'ol/layer/Base.js';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { store } from '../state.ts';
import { tokensOf } from '../style/tokens.ts';
import { cityLines, groundLayers } from './base.ts';

/** Opens a map in `place` with the layers that `make` gives; `open` holds them while it stands, `bare` says that the city has no lines. */
export function useSmallMap<T extends object>(
  zoom: number,
  make: (colours: ReturnType<typeof tokensOf>) => { readonly parts: T; readonly layers: readonly BaseLayer[] },
): {
  readonly place: RefObject<HTMLDivElement | null>;
  readonly open: RefObject<(T & { readonly map: OlMap }) | undefined>;
  readonly bare: boolean;
} {
  const place = useRef<HTMLDivElement>(null);
  const open = useRef<(T & { readonly map: OlMap }) | undefined>(undefined);
  const [bare, setBare] = useState(false);
  const first = useRef({ zoom, make });

  useEffect(() => {
    const target = place.current;
    if (!target) return undefined;
    const colours = tokensOf(document.documentElement.dataset['theme'] === 'day' ? 'day' : 'dark');
    const { parts, layers } = first.current.make(colours);
    const map = new OlMap({
      target,
      controls: [new ScaleLine({ units: 'metric', minWidth: 50 })],
      interactions: [],
      layers: [...layers],
      view: new View({ center: [0, 0], zoom: first.current.zoom }),
    });
    open.current = { ...parts, map };
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
  return { place, open, bare };
}
