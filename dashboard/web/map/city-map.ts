// The large map: plain code that owns its element; React only puts it in and tells it what to show.
import { z } from 'zod';
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import { Attribution, ScaleLine } from 'ol/control.js';
import type BaseLayer from 'ol/layer/Base.js';
import { defaults as interactions } from 'ol/interaction.js';
import { boundingExtent } from 'ol/extent.js';
import { fromLonLat, toLonLat, transformExtent } from 'ol/proj.js';
import { systemClock } from '#core/clock';
import type { Language } from '#core/hazard-name';
import type { Point } from '#core/place';
import type { CameraMark, IncidentCard } from '../../contract.ts';
import { AreasLayer, type Area, type AreaLook } from './areas-layer.ts';
import { groundLayers, xy, type City } from './base.ts';
import { CamerasLayer } from './cameras-layer.ts';
import { CamerasWebgl } from './cameras-webgl.ts';
import { ConeLayer, hasCone } from './cone-layer.ts';
import type { Dot } from './dots.ts';
import { IncidentsLayer, worstOf, type PlacedMark } from './incidents-layer.ts';
import { NextPicture } from './next-picture.ts';
import { wayHere } from './renderer.ts';
import type { Colours } from './symbols.ts';

export interface Hit {
  readonly incidents: readonly PlacedMark[];
  readonly camera: Dot | undefined;
}

/** West, south, east, north in degrees. */
export type Extent = readonly [number, number, number, number];

/** A camera this many pixels from a click is meant by it. */
const cameraReachPx = 14;
const markReachPx = 6;
/** All cones in view are drawn up to so many: more are a carpet. */
const conesMost = 150;

export class CityMap {
  readonly #map: OlMap;
  readonly #target: HTMLElement;
  readonly #incidents: IncidentsLayer;
  readonly #cone: ConeLayer;
  readonly #areas = new AreasLayer();
  readonly #colours: Colours;
  readonly #markPx: number;
  readonly #home: { readonly centre: Point; readonly zoom: number };
  #drawn: CamerasLayer | CamerasWebgl;
  #ground: readonly BaseLayer[] = [];
  #tiles: BaseLayer | undefined;
  #cameras: readonly Dot[] = [];
  #places: Float64Array | undefined;
  #lost: (() => void) | undefined;
  readonly #next = new NextPicture<'cameras' | 'incidents'>(
    (tell) => this.#map.once('postrender', tell),
    (what, n) => {
      this.#target.dataset[what] = String(n);
    },
  );
  #shown = { cameras: true, incidents: true, districts: true, cones: false };
  #chosen: CameraMark | undefined;
  #goal: { readonly zoom?: number; readonly center?: [number, number] } = {};

  constructor(target: HTMLElement, home: { centre: Point; zoom: number }, colours: Colours, markPx = 32) {
    this.#home = home;
    this.#target = target;
    this.#colours = colours;
    this.#markPx = markPx;
    this.#drawn = wayHere() === 'webgl' ? new CamerasWebgl(colours) : new CamerasLayer(colours);
    this.#incidents = new IncidentsLayer(colours, markPx);
    this.#cone = new ConeLayer(colours);
    this.#map = new OlMap({
      target,
      controls: [new ScaleLine({ units: 'metric' }), new Attribution({ collapsible: false })],
      interactions: interactions({ altShiftDragRotate: false, pinchRotate: false }),
      // Ground over the dots of cameras: seen from far away it is as small as they are.
      layers: [this.#cone.layer, this.#drawn.layer, this.#areas, this.#incidents.layer],
      view: new View({
        center: fromLonLat([home.centre.lon, home.centre.lat]),
        zoom: home.zoom,
        minZoom: 9,
        maxZoom: 19,
        enableRotation: false,
      }),
    });
    target.dataset['way'] = this.#drawn.way;
    // The event does not rise from the canvas, so it is caught on its way down.
    target.addEventListener('webglcontextlost', this.#onLost, true);
    this.#map.on('movestart', () => {
      delete target.dataset['view'];
    });
    this.#map.on('moveend', () => {
      const [x = 0, y = 0] = this.#map.getView().getCenter() ?? [];
      const [lon = 0, lat = 0] = toLonLat([x, y]);
      // What is in view, for whoever checks the picture against it.
      target.dataset['view'] = `${lon.toFixed(7)} ${lat.toFixed(7)} ${(this.#map.getView().getZoom() ?? 0).toFixed(5)}`;
      this.#paintCones();
    });
  }

  close(): void {
    this.#target.removeEventListener('webglcontextlost', this.#onLost, true);
    this.#map.setTarget(undefined);
    this.#map.dispose();
  }

  /** The place under a point of the window, or the middle of the map where the point is not over it. */
  pointAt(at: { readonly x: number; readonly y: number } | undefined): Point {
    const box = this.#target.getBoundingClientRect();
    const isOver = at && at.x >= box.left && at.x <= box.right && at.y >= box.top && at.y <= box.bottom;
    const under = isOver ? this.#map.getCoordinateFromPixel([at.x - box.left, at.y - box.top]) : undefined;
    const [lon = 0, lat = 0] = toLonLat(under ?? this.#map.getView().getCenter() ?? [0, 0]);
    return { lon, lat };
  }

  /** The graphics processor is gone: the same cameras on a canvas, at once. */
  readonly #onLost = (): void => {
    if (this.#drawn.way === 'canvas') return;
    const layers = this.#map.getLayers();
    const old = this.#drawn.layer;
    const at = layers.getArray().indexOf(old);
    this.#drawn = new CamerasLayer(this.#colours);
    this.#drawn.set(this.#cameras);
    this.#drawn.layer.setVisible(this.#shown.cameras);
    layers.remove(old);
    layers.insertAt(Math.max(0, at), this.#drawn.layer);
    old.dispose();
    this.#target.dataset['way'] = this.#drawn.way;
    this.#lost?.();
  };

  /** Puts the city's own lines under everything; said again when the language changes. */
  ground(city: City, language: Language, label: (district: string) => string): void {
    const layers = this.#map.getLayers();
    for (const old of this.#ground) layers.remove(old);
    const [lines, districts, names] = groundLayers(city, this.#colours, language, label);
    this.#ground = [lines, districts, names];
    lines.getSource()?.setAttributions(city.attribution);
    const from = this.#tiles ? 1 : 0;
    // Over a picture of the streets our own schematic lines would only contradict it.
    lines.setVisible(!this.#tiles);
    layers.insertAt(from, lines);
    layers.insertAt(from + 1, districts);
    layers.insertAt(from + 2, names);
    this.show({});
  }

  /** Puts a picture of the streets under all else. */
  tiles(layer: BaseLayer): void {
    if (this.#tiles) this.#map.getLayers().remove(this.#tiles);
    this.#tiles = layer;
    this.#map.getLayers().insertAt(0, layer);
    this.#ground[0]?.setVisible(false);
  }

  setCameras(cameras: Iterable<Dot>): void {
    this.#cameras = [...cameras];
    this.#places = undefined;
    this.#drawn.set(this.#cameras);
    this.#note('cameras', this.#cameras.length);
  }

  /** Ground under the marks, the later groups over the earlier; none takes it away. */
  setAreas(groups: readonly { readonly look: AreaLook; readonly areas: readonly Area[] }[]): void {
    this.#areas.show(groups);
  }

  /** Which layers are to be seen; what is not named stays as it is. */
  show(layers: { cameras?: boolean; incidents?: boolean; districts?: boolean; cones?: boolean }): void {
    this.#shown = { ...this.#shown, ...layers };
    this.#drawn.layer.setVisible(this.#shown.cameras);
    this.#incidents.layer.setVisible(this.#shown.incidents);
    for (const one of this.#ground.slice(1)) one.setVisible(this.#shown.districts);
    this.#paintCones();
  }

  showCameras(visible: boolean): void {
    this.show({ cameras: visible });
  }

  setIncidents(cards: Iterable<PlacedMark>): void {
    const marks = [...cards];
    this.#incidents.set(marks);
    this.#note('incidents', marks.length);
  }

  /** Says on the element how many are drawn, once they are: the picture of this moment stands. */
  #note(what: 'cameras' | 'incidents', n: number): void {
    this.#next.note(what, n);
    this.#map.render();
  }

  choose(incident: Pick<IncidentCard, 'id'> | undefined, camera: CameraMark | undefined): void {
    this.#incidents.choose(incident?.id);
    this.#chosen = camera;
    this.#paintCones();
  }

  #paintCones(): void {
    const extent = this.#shown.cones ? this.#extent() : undefined;
    const inView = extent ? this.#cameras.filter(({ point }) => isInside(extent, point)).slice(0, conesMost + 1) : [];
    this.#cone.set(this.#chosen, inView.length > conesMost ? [] : inView.filter(hasCone));
  }

  /** Tells what lies under a click, what part of the city is in view after each move, and that the graphics processor was lost. */
  on(events: { hit?: (hit: Hit) => void; moved?: (extent: Extent) => void; lost?: () => void }): void {
    const { hit, moved, lost } = events;
    this.#lost = lost ?? this.#lost;
    if (hit) this.#map.on('click', (event) => hit(this.#hitAt([event.coordinate[0] ?? 0, event.coordinate[1] ?? 0])));
    if (moved) {
      this.#map.on('moveend', () => {
        const extent = this.#extent();
        if (extent) moved(extent);
      });
    }
  }

  /** What is drawn at a place of the map. Asked for a click alone, never while a hand moves. */
  #hitAt(at: readonly [number, number]): Hit {
    const startMs = systemClock.monotonicMs();
    const resolution = this.#map.getView().getResolution() ?? 1;
    const incidents = this.#shown.incidents
      ? this.#incidents.near(at, (this.#markPx / 2 + markReachPx) * resolution)
      : [];
    const camera = this.#shown.cameras ? this.#cameraNear(at, cameraReachPx * resolution) : undefined;
    performance.measure('ahual.map.hit', { start: startMs, end: systemClock.monotonicMs() });
    performance.clearMeasures('ahual.map.hit');
    return { incidents, camera };
  }

  /** The camera nearest to a place of the map, not farther than `withinM` map metres. */
  #cameraNear([x, y]: readonly [number, number], withinM: number): Dot | undefined {
    this.#places ??= Float64Array.from(this.#cameras.flatMap((mark) => xy(mark.point)));
    let best: number | undefined;
    let bestM = withinM;
    for (let i = 0; i < this.#cameras.length; i++) {
      const m = Math.hypot((this.#places[2 * i] ?? 0) - x, (this.#places[2 * i + 1] ?? 0) - y);
      if (m <= bestM) [best, bestM] = [i, m];
    }
    return best === undefined ? undefined : this.#cameras[best];
  }

  #extent(): Extent | undefined {
    const size = this.#map.getSize();
    if (!size) return undefined;
    const view = this.#map.getView().calculateExtent(size);
    const [w = 0, s = 0, e = 0, n = 0] = transformExtent(view, 'EPSG:3857', 'EPSG:4326');
    return [w, s, e, n];
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
    const from = (view.getAnimating() ? this.#goal.zoom : undefined) ?? view.getZoom() ?? this.#home.zoom;
    const zoom = Math.min(view.getMaxZoom(), Math.max(view.getMinZoom(), from + by));
    this.#goTowards({ zoom }, 150);
  }

  pan(dx: number, dy: number): void {
    const view = this.#map.getView();
    const [x = 0, y = 0] = (view.getAnimating() ? this.#goal.center : undefined) ?? view.getCenter() ?? [];
    const step = 120 * (view.getResolution() ?? 1);
    this.#goTowards({ center: [x + dx * step, y + dy * step] }, 120);
  }

  /** Presses add up: a further one counts from where the last one leads, not from where the map has come meanwhile. */
  #goTowards(goal: { readonly zoom?: number; readonly center?: [number, number] }, duration: number): void {
    const view = this.#map.getView();
    this.#goal = view.getAnimating() ? { ...this.#goal, ...goal } : goal;
    view.cancelAnimations();
    view.animate({ ...this.#goal, duration });
  }

  goTo(point: Point, zoom?: number): void {
    const view = this.#map.getView();
    view.cancelAnimations();
    this.#goal = {};
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
    const box = boundingExtent(marks.map((mark) => xy(mark.point)));
    const size = this.#map.getSize() ?? [800, 600];
    // At least two steps closer, so that a press always does something; marks on one spot stay one ring.
    const zoom = view.getZoomForResolution(view.getResolutionForExtent(box, size)) ?? 19;
    const now = view.getZoom() ?? 12;
    view.animate({
      center: xy(worst.point),
      zoom: Math.min(18, Math.max(now + 1.5, Math.min(zoom - 0.4, now + 3))),
      duration: 200,
    });
  }

  home(): void {
    const { centre, zoom } = this.#home;
    const view = this.#map.getView();
    view.cancelAnimations();
    this.#goal = { center: xy(centre), zoom };
    view.animate({ ...this.#goal, duration: 200 });
  }
}

export const isInside = ([w, s, e, n]: Extent, { lon, lat }: Point): boolean =>
  lon >= w && lon <= e && lat >= s && lat <= n;
