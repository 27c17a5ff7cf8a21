// The map (screens 4.3): every camera, every open incident, the ground that is seen and not seen, a day gone by; and all of it in words.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { issueNames, type IssueName } from '#core/hazard-name';
import { routes, type DayIncident, type Features } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { cityLines } from '../../map/base.ts';
import { CityMap, isInside, type Extent } from '../../map/city-map.ts';
import type { PlacedMark } from '../../map/incidents-layer.ts';
import { wayHere } from '../../map/renderer.ts';
import { call } from '../../net/api.ts';
import { FirstStepsPointer } from '../../parts/first-steps.tsx';
import { isUndecided, KeyBar } from '../../parts/frame.tsx';
import { Pictogram } from '../../parts/mark.tsx';
import { Failure } from '../../parts/panel-state.tsx';
import { openLiveLayer } from '../../live/layer.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useKnown, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { serverNowMs, store } from '../../state.ts';
import { dark } from '../../style/tokens.ts';
import '../../style/map.css';
import { openByHandAt, openByHandFrom } from '../desk/by-hand-open.ts';
import { districtKey } from '../desk/district.ts';
import { massRow } from '../desk/mass.ts';
import { inOrder } from '../desk/queue.ts';
import { DayBar } from './day.tsx';
import { isUnseen, useGround, type GroundChoice } from './ground.ts';
import { LayerBar, Legend, type Layers } from './layers.tsx';
import { SearchBox, type Found } from './search.tsx';
import { ChosenCamera, ChosenIncident, InView } from './side.tsx';
import { Tables, type GroundRows } from './tables.tsx';
import { beginCity, isOpenCard, useCityOnMap } from './use-city.ts';

// The first picture waits for the answers, not for the screen: they are asked for when its script is here.
beginCity();
// Which way to draw takes as long as their way here; it is asked once.
wayHere();

const pans: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** What the map cannot show, said in words over it. */
type Trouble = 'map.noOutline' | 'map.tilesFailed' | 'map.lost';

const everywhere: Extent = [-180, -90, 180, 90];

export function MapScreen({ openId }: { openId: string | undefined }) {
  const say = useSay();
  const city = useKnown((state) => state.me?.city);
  const maySeeQueue = useKnown((state) => state.me?.permissions.includes('see-queue') === true);
  const allIncidents = useKnown((state) => state.incidents);
  const cameras = useKnown((state) => state.cameras);
  const language = useKnown((state) => state.language);
  const [hazards, setHazards] = useState<ReadonlySet<IssueName>>(new Set(issueNames));
  const [layers, setLayers] = useState<Layers>({ cameras: true, incidents: true, cones: false, districts: true });
  const [choice, setChoice] = useState<GroundChoice>({ kind: 'none' });
  const [extent, setExtent] = useState<Extent>(everywhere);
  const [chosen, setChosen] = useState<string | null>(openId ?? null);
  const [cameraId, setCameraId] = useState<string | null>(null);
  const [asTable, setAsTable] = useState(false);
  const [isDay, setIsDay] = useState(false);
  const [day, setDay] = useState<readonly DayIncident[]>();
  const [troubles, setTroubles] = useState<readonly Trouble[]>([]);
  const [features, setFeatures] = useState<readonly Features['features'][number][]>([]);
  const { failed, dots, namesHere } = useCityOnMap(asTable);
  const [setup] = useLoad('map setup', (signal) => call(routes.mapSetup, { signal }));
  const unseenAfterMs = setup.kind === 'here' ? setup.value.unseenAfterMs : undefined;
  const painted = useGround(choice, unseenAfterMs);
  const place = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const map = useRef<CityMap | undefined>(undefined);
  const mayRaise = useKnown((state) => state.me?.permissions.includes('raise') === true);
  /** Where the pointer last was: a bare point of the map is what is under it. */
  const pointer = useRef<{ readonly x: number; readonly y: number } | undefined>(undefined);
  useEffect(() => {
    const note = (event: PointerEvent): void => {
      pointer.current = { x: event.clientX, y: event.clientY };
    };
    window.addEventListener('pointermove', note, { passive: true });
    return () => window.removeEventListener('pointermove', note);
  }, []);

  const cards = useMemo(
    () => [...allIncidents.values()].filter((card) => isOpenCard(card) && hazards.has(card.hazard)),
    [allIncidents, hazards],
  );
  const inView = useMemo(() => {
    const here = new Map(cards.filter((card) => isInside(extent, card.point)).map((card) => [card.id, card]));
    return inOrder([...here.values()], serverNowMs()).flatMap((id) => here.get(id) ?? []);
  }, [cards, extent]);
  const drawn: readonly PlacedMark[] = useMemo(
    () => (isDay && day ? day.filter((one) => hazards.has(one.hazard)) : cards),
    [isDay, day, cards, hazards],
  );
  // News makes single cameras known before all of them are.
  const onMap = useMemo(
    () => (dots === undefined ? undefined : cameras.size < dots.length ? dots : [...cameras.values()]),
    [dots, cameras],
  );
  const incident = chosen === null ? undefined : allIncidents.get(chosen);
  const camera = cameras.get(cameraId ?? incident?.cameraId ?? '');

  const trouble = useCallback((what: Trouble, is: boolean) => {
    setTroubles((before) =>
      before.includes(what) === is ? before : is ? [...before, what] : before.filter((one) => one !== what),
    );
  }, []);
  const chooseIncident = useCallback((id: string) => {
    setChosen(id);
    setCameraId(null);
  }, []);
  const chooseCamera = useCallback((id: string) => {
    setChosen(null);
    setCameraId(id);
  }, []);

  useEffect(() => {
    const target = place.current;
    if (!target || !city) return undefined;
    const made = new CityMap(target, { centre: city.centre, zoom: city.zoom }, dark);
    map.current = made;
    made.on({
      moved: setExtent,
      lost: () => trouble('map.lost', true),
      hit: ({ incidents, camera: hitCamera }) => {
        const [first] = incidents;
        const mass = first?.massId;
        // Many of one cause are one thing to decide: their own card says more than a closer look.
        if (incidents.length > 1 && mass && maySeeQueue && incidents.every((one) => one.massId === mass))
          location.hash = hashOf('desk', massRow(mass));
        else if (incidents.length > 1) made.fit(incidents);
        else if (first) chooseIncident(first.id);
        else if (hitCamera) chooseCamera(hitCamera.id);
      },
    });
    return () => {
      map.current = undefined;
      made.close();
    };
  }, [city, maySeeQueue, trouble, chooseIncident, chooseCamera]);
  useEffect(() => {
    void cityLines().then(
      (lines) => {
        map.current?.ground(lines, language, (district) => say(`district.${districtKey(district)}`));
        setFeatures([...lines.districts.features, ...lines.outline.features]);
        trouble('map.noOutline', false);
      },
      () => trouble('map.noOutline', true),
    );
  }, [say, language, city, trouble]);
  const tiles = setup.kind === 'here' ? setup.value.tiles : null;
  useEffect(() => {
    if (!tiles) return;
    void import('../../map/tiles.ts')
      .then(({ tileLayer }) => tileLayer(tiles, dark))
      .then(
        (layer) => map.current?.tiles(layer),
        () => trouble('map.tilesFailed', true),
      );
  }, [tiles?.url, city, trouble]);
  useEffect(() => {
    if (onMap) map.current?.setCameras(onMap);
  }, [onMap, city]);
  useEffect(() => map.current?.setIncidents(drawn), [drawn, city]);
  useEffect(() => map.current?.setAreas(painted.groups), [painted.groups, city]);
  useEffect(() => map.current?.show(layers), [layers, city]);
  useEffect(() => map.current?.choose(incident, camera), [incident, camera, city]);
  useEffect(() => {
    const card = openId === undefined ? undefined : store.getState().incidents.get(openId);
    if (openId !== undefined) setChosen(openId);
    if (card) map.current?.goTo(card.point, 16);
  }, [openId, allIncidents.size === 0]);

  const walk = (by: 1 | -1): void => {
    const at = inView.findIndex((card) => card.id === chosen);
    const next = inView[at < 0 ? (by > 0 ? 0 : inView.length - 1) : at + by];
    if (next) chooseIncident(next.id);
  };
  const openChosen = (): void => {
    if (incident && isUndecided(incident)) location.hash = hashOf('desk', incident.id);
    else if (camera) location.hash = hashOf('camera', camera.id);
  };
  const toggleHazard = (hazard: IssueName): void =>
    setHazards((before) => {
      const next = new Set(before);
      if (!next.delete(hazard)) next.add(hazard);
      return next;
    });
  const pick = (found: Found): void => {
    place.current?.focus();
    if (found.kind === 'camera') chooseCamera(found.camera.id);
    if (found.kind === 'incident') chooseIncident(found.card.id);
    map.current?.goTo(
      found.kind === 'camera' ? found.camera.point : found.kind === 'incident' ? found.card.point : found.point,
      found.kind === 'place' ? 15 : 16,
    );
  };
  useKeys('map', {
    next: () => walk(1),
    previous: () => walk(-1),
    open: openChosen,
    centre: () => {
      const point = incident?.point ?? camera?.point;
      if (point) map.current?.goTo(point, 16);
    },
    zoom: (row) => map.current?.zoom(row.arg ?? 0),
    search: () => search.current?.focus(),
    'filter-hazard': (row) => {
      const hazard = issueNames[(row.arg ?? 0) - 1];
      if (hazard) toggleHazard(hazard);
    },
    'whole-city': () => map.current?.home(),
    live: () => {
      if (camera) openLiveLayer(camera.id);
    },
    'by-hand': () => {
      if (!mayRaise) return;
      const id = incident?.id ?? camera?.id;
      if (id !== undefined) void openByHandFrom({ screen: 'map', id, query: new Map() });
      else if (map.current) openByHandAt(map.current.pointAt(pointer.current));
    },
    'to-camera': () => {
      if (camera) location.hash = hashOf('camera', camera.id);
    },
    'to-map': () => history.back(),
  });

  const groundRows = useMemo((): GroundRows => {
    if (choice.kind === 'snow' && painted.snow.kind === 'here')
      return { kind: 'snow', areas: painted.snow.value.areas, nowMs: painted.snow.value.nowMs };
    if (!('hazard' in choice) || painted.ground.kind !== 'here') return { kind: 'none' };
    const { areas, nowMs } = painted.ground.value;
    const afterMs = unseenAfterMs?.[choice.hazard];
    return {
      kind: 'ground',
      areas:
        choice.kind === 'unseen' && afterMs !== undefined
          ? areas
              .filter((area) => isUnseen(area, nowMs, afterMs))
              .toSorted((a, b) => (a.lastGoodAtMs ?? 0) - (b.lastGoodAtMs ?? 0))
          : areas,
    };
  }, [choice, painted, unseenAfterMs]);

  return (
    <>
      <main className="map-screen">
        <div className="map-tools">
          <SearchBox input={search} incidents={cards} features={features} isWhole={namesHere} onPick={pick} />
          <div role="group" aria-label={say('map.hazards')}>
            {issueNames.map((hazard) => (
              <button
                key={hazard}
                type="button"
                aria-pressed={hazards.has(hazard)}
                className="toggle"
                onClick={() => toggleHazard(hazard)}
              >
                <Pictogram hazard={hazard} size={22} /> {shortName(hazard, language)}
              </button>
            ))}
          </div>
          <span className="grow" />
          <button
            type="button"
            className="toggle"
            aria-pressed={isDay}
            data-testid="map-day-open"
            onClick={() => {
              setIsDay((on) => !on);
              setDay(undefined);
            }}
          >
            {say('map.day')}
          </button>
          <button
            type="button"
            className="toggle"
            aria-pressed={asTable}
            data-testid="map-as-table"
            onClick={() => setAsTable((on) => !on)}
          >
            {say('map.asTable')}
          </button>
        </div>
        <div className="map-place">
          <div
            ref={place}
            className="map"
            data-testid="map"
            tabIndex={0}
            role="application"
            aria-label={say('map.label')}
            hidden={asTable}
            onKeyDown={(event) => {
              const by = pans[event.code];
              if (!by || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
              event.preventDefault();
              map.current?.pan(by[0], by[1]);
            }}
          />
          {asTable && (
            <Tables
              cards={inOrder(cards, serverNowMs()).flatMap((id) => allIncidents.get(id) ?? [])}
              cameras={namesHere ? [...cameras.values()] : undefined}
              ground={groundRows}
            />
          )}
          {!asTable && (
            <>
              <Legend choice={choice} painted={painted} unseenAfterMs={unseenAfterMs} />
              <div className="map-buttons">
                <button type="button" onClick={() => map.current?.zoom(1)} aria-label={say('key.zoomIn')}>
                  +
                </button>
                <button type="button" onClick={() => map.current?.zoom(-1)} aria-label={say('key.zoomOut')}>
                  −
                </button>
                <button type="button" onClick={() => map.current?.home()} aria-label={say('map.home')}>
                  ⌂
                </button>
              </div>
            </>
          )}
          <div className="map-notes" role="status">
            {troubles.map((one) => (
              <p key={one}>{say(one)}</p>
            ))}
            {dots?.length === 0 && <p>{say('map.noCameras')}</p>}
            {dots?.length === 0 && <FirstStepsPointer />}
            {failed && <Failure />}
          </div>
        </div>
        <aside className="panel map-side">
          <InView
            cards={inView}
            chosen={chosen}
            onChoose={(card) => {
              chooseIncident(card.id);
              map.current?.goTo(card.point);
            }}
          />
          {incident && <ChosenIncident card={incident} onOpen={openChosen} />}
          {camera && <ChosenCamera camera={camera} />}
        </aside>
        <div className="map-foot">
          <LayerBar layers={layers} onLayers={setLayers} choice={choice} onChoice={setChoice} />
          {isDay && (
            <DayBar
              onShow={setDay}
              onEnd={() => {
                setIsDay(false);
                setDay(undefined);
              }}
            />
          )}
        </div>
      </main>
      <KeyBar place="map" />
    </>
  );
}
