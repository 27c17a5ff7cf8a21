// The large map: plain code that owns its element; React only puts it in and tells it what to show.
import { z } from 'zod';
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import { Attribution, ScaleLine } from 'ol/control.js';
import type BaseLayer from 'ol/layer/Base.js';
import { defaults as interactions } from 'ol/interaction.js';
import type { Language } from '#core/hazard-name';
import type { Point } from '#core/place';
import type { CameraMark, IncidentCard } from '../../contract.ts';
import { groundLayers, xy, type City } from './base.ts';
import { CamerasLayer } from './cameras-layer.ts';
import { ConeLayer } from './cone-layer.ts';
import { IncidentsLayer, worstOf, type PlacedMark } from './incidents-layer.ts';
import type { Colours } from './symbols.ts';
import { fromLonLat, transformExtent } from 'ol/proj.js';

export interface Hit {
  readonly incidents: readonly PlacedMark[];
  readonly camera: CameraMark | undefined;
}

/** West, south, east, north in degrees. */
export type Extent = readonly [number, number, number, number];

export class CityMap {
  readonly #map: OlMap;
  readonly #cameras: CamerasLayer;
  readonly #incidents: IncidentsLayer;
  readonly #cone: ConeLayer;
  readonly #colours: Colours;
  #ground: readonly BaseLayer[] = [];
  readonly #home: { readonly centre: Point; readonly zoom: number };

  constructor(target: HTMLElement, home: { centre: Point; zoom: number }, colours: Colours, markPx = 32) {
    this.#home = home;
    this.#colours = colours;
    this.#cameras = new CamerasLayer(colours);
    this.#incidents = new IncidentsLayer(colours, markPx);
    this.#cone = new ConeLayer(colours);
    this.#map = new OlMap({
      target,
      controls: [new ScaleLine({ units: 'metric' }), new Attribution({ collapsible: false })],
      interactions: interactions({ altShiftDragRotate: false, pinchRotate: false }),
      layers: [this.#cone.layer, this.#cameras.layer, this.#incidents.layer],
      view: new View({
        center: fromLonLat([home.centre.lon, home.centre.lat]),
        zoom: home.zoom,
        minZoom: 9,
        maxZoom: 19,
        enableRotation: false,
      }),
    });
  }

  close(): void {
    this.#map.setTarget(undefined);
    this.#map.dispose();
  }

  /** Puts the city's own lines under everything; said again when the language changes. */
  ground(city: City, language: Language, label: (district: string) => string): void {
    const layers = this.#map.getLayers();
    for (const old of this.#ground) layers.remove(old);
    const [lines, districts, names] = groundLayers(city, this.#colours, language, label);
    this.#ground = [lines, districts, names];
    lines.getSource()?.setAttributions(city.attribution);
    layers.insertAt(0, lines);
    layers.insertAt(1, districts);
    layers.insertAt(2, names);
  }

  setCameras(cameras: Iterable<CameraMark>): void {
    this.#cameras.set(cameras);
  }

  showCameras(visible: boolean): void {
    this.#cameras.layer.setVisible(visible);
  }

  setIncidents(cards: Iterable<PlacedMark>): void {
    this.#incidents.set(cards);
  }

  choose(incident: IncidentCard | undefined, camera: CameraMark | undefined): void {
    this.#incidents.choose(incident?.id);
    this.#cone.set(camera);
  }

  /** Tells what lies under a click and what part of the city is in view after each move. */
  on(events: { hit?: (hit: Hit) => void; moved?: (extent: Extent) => void }): void {
    const { hit, moved } = events;
    if (hit) {
      this.#map.on('click', (event) => {
        const incidents = this.#map.getFeaturesAtPixel(event.pixel, {
          layerFilter: (l) => l === this.#incidents.layer,
          hitTolerance: 6,
        });
        const at: [number, number] = [event.coordinate[0] ?? 0, event.coordinate[1] ?? 0];
        const withinM = 14 * (this.#map.getView().getResolution() ?? 1);
        hit({
          incidents: incidents.flatMap((f) => this.#incidents.marksOf(f)),
          camera: this.#cameras.nearest(at, withinM),
        });
      });
    }
    if (moved) {
      this.#map.on('moveend', () => {
        const size = this.#map.getSize();
        if (!size) return;
        const [w = 0, s = 0, e = 0, n = 0] = transformExtent(
          this.#map.getView().calculateExtent(size),
          'EPSG:3857',
          'EPSG:4326',
        );
        moved([w, s, e, n]);
      });
    }
  }

  /** Where a place of the map is drawn, in pixels of its element; undefined before the first picture. */
  pixelOf(at: readonly [number, number]): [number, number] | undefined {
    // Typed as always there, but null before the first frame.
    const found: unknown = this.#map.getPixelFromCoordinate([...at]);
    const parsed = z.tuple([z.number(), z.number()]).safeParse(found);
    return parsed.success ? parsed.data : undefined;
  }

  zoom(by: number): void {
    const view = this.#map.getView();
    view.animate({ zoom: (view.getZoom() ?? 12) + by, duration: 150 });
  }

  pan(dx: number, dy: number): void {
    const view = this.#map.getView();
    const [x = 0, y = 0] = view.getCenter() ?? [];
    const step = 120 * (view.getResolution() ?? 1);
    view.animate({ center: [x + dx * step, y + dy * step], duration: 120 });
  }

  goTo(point: Point, zoom?: number): void {
    const view = this.#map.getView();
    view.animate({
      center: xy(point),
      duration: 200,
      ...(zoom === undefined ? {} : { zoom: Math.max(zoom, view.getZoom() ?? zoom) }),
    });
  }

  /** Closer around marks that stand for one ring. */
  fit(marks: readonly PlacedMark[]): void {
    const worst = worstOf(marks);
    if (!worst) return;
    const view = this.#map.getView();
    view.animate({ center: xy(worst.point), zoom: (view.getZoom() ?? 12) + 2, duration: 200 });
  }

  home(): void {
    this.goTo(this.#home.centre);
    this.#map.getView().animate({ zoom: this.#home.zoom, duration: 200 });
  }
}
