// The map (screens 4.3): every camera, every open incident, and in words what is in view.
import { useEffect, useMemo, useRef, useState } from 'react';
import { hazardNames, type HazardName } from '#core/hazard-name';
import { openIncidentStates } from '#core/incident';
import { routes, type CameraMark, type IncidentCard } from '../../../contract.ts';
import { hazardName, shortName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { cityLines } from '../../map/base.ts';
import { CityMap, type Extent } from '../../map/city-map.ts';
import { isUndecided, KeyBar } from '../../parts/frame.tsx';
import { Mark, Pictogram, Sign } from '../../parts/mark.tsx';
import { Failure } from '../../parts/panel-state.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { replaceCards, serverNowMs, store } from '../../state.ts';
import { dark } from '../../style/tokens.ts';
import { districtKey } from '../desk/district.ts';
import { inOrder } from '../desk/queue.ts';

const inside = (
  [w, s, e, n]: Extent,
  { point }: { readonly point: { readonly lon: number; readonly lat: number } },
): boolean => point.lon >= w && point.lon <= e && point.lat >= s && point.lat <= n;

const isOpenCard = (card: IncidentCard): boolean => openIncidentStates.some((state) => state === card.state);

/** All open incidents and all cameras, kept fresh by the feed. */
export function useCity(): { readonly failed: boolean; readonly stale: boolean } {
  const [incidents] = useLoad('incidents', (signal) => call(routes.incidents, { query: {}, signal }), {
    everyMs: 60_000,
  });
  const [cameras] = useLoad('cameras', (signal) => call(routes.cameras, { signal }), { everyMs: 60_000 });
  useEffect(() => {
    if (incidents.kind !== 'here') return;
    const list = incidents.value.incidents;
    store.setState(({ incidents: known }) => ({ incidents: replaceCards(known, list, isOpenCard) }));
  }, [incidents]);
  useEffect(() => {
    if (cameras.kind !== 'here') return;
    store.setState({ cameras: new Map(cameras.value.cameras.map((mark) => [mark.id, mark])) });
  }, [cameras]);
  return {
    failed: incidents.kind === 'failed' || cameras.kind === 'failed',
    stale: (incidents.kind === 'here' && incidents.stale) || (cameras.kind === 'here' && cameras.stale),
  };
}

export function MapScreen({ openId }: { openId: string | undefined }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const city = useKnown((state) => state.me?.city);
  const allIncidents = useKnown((state) => state.incidents);
  const cameras = useKnown((state) => state.cameras);
  const language = useKnown((state) => state.language);
  const [hazards, setHazards] = useState<ReadonlySet<HazardName>>(new Set(hazardNames));
  const [extent, setExtent] = useState<Extent>([-180, -90, 180, 90]);
  const [chosen, setChosen] = useState<string | null>(openId ?? null);
  const [cameraId, setCameraId] = useState<string | null>(null);
  const [find, setFind] = useState('');
  const [asTable, setAsTable] = useState(false);
  const [bare, setBare] = useState(false);
  const { failed } = useCity();
  const place = useRef<HTMLDivElement>(null);
  const map = useRef<CityMap | undefined>(undefined);

  const shown = useMemo(
    () => [...allIncidents.values()].filter((card) => isOpenCard(card) && hazards.has(card.hazard)),
    [allIncidents, hazards],
  );
  const inView = useMemo(() => {
    const here = new Map(shown.filter((card) => inside(extent, card)).map((card) => [card.id, card]));
    return inOrder([...here.values()], serverNowMs()).flatMap((id) => here.get(id) ?? []);
  }, [shown, extent]);
  const incident = chosen === null ? undefined : allIncidents.get(chosen);
  const camera = cameras.get(cameraId ?? incident?.cameraId ?? '');

  useEffect(() => {
    const target = place.current;
    if (!target || !city) return undefined;
    const made = new CityMap(target, { centre: city.centre, zoom: city.zoom }, dark);
    map.current = made;
    made.on({
      moved: setExtent,
      hit: ({ incidents, camera: hitCamera }) => {
        const first = incidents[0];
        if (incidents.length > 1) made.fit(incidents);
        if (first && incidents.length === 1) {
          setChosen(first.id);
          setCameraId(null);
        } else if (!first && hitCamera) {
          setChosen(null);
          setCameraId(hitCamera.id);
        }
      },
    });
    return () => {
      map.current = undefined;
      made.close();
    };
  }, [city]);
  useEffect(() => {
    void cityLines().then(
      (lines) => {
        map.current?.ground(lines, language, (district) => say(`district.${districtKey(district)}`));
        setBare(false);
      },
      () => setBare(true),
    );
  }, [say, language, city]);
  useEffect(() => map.current?.setCameras(cameras.values()), [cameras, city]);
  useEffect(() => map.current?.setIncidents(shown), [shown, city]);
  useEffect(() => map.current?.choose(incident, camera), [incident, camera, city]);
  useEffect(() => {
    const card = openId === undefined ? undefined : store.getState().incidents.get(openId);
    if (openId !== undefined) setChosen(openId);
    if (card) map.current?.goTo(card.point, 16);
  }, [openId, allIncidents.size === 0]);

  const walk = (by: 1 | -1): void => {
    const at = inView.findIndex((card) => card.id === chosen);
    const next = inView[at < 0 ? (by > 0 ? 0 : inView.length - 1) : at + by];
    if (next) {
      setChosen(next.id);
      setCameraId(null);
    }
  };
  const openChosen = (): void => {
    if (incident && isUndecided(incident)) location.hash = hashOf('desk', incident.id);
    else if (camera) location.hash = hashOf('camera', camera.id);
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
    'to-camera': () => {
      if (camera) location.hash = hashOf('camera', camera.id);
    },
    'to-map': () => history.back(),
  });

  const search = (text: string): void => {
    setFind(text);
    const wanted = text.trim().toLocaleLowerCase();
    if (wanted.length < 2) return;
    const found = [...cameras.values()].find(
      (mark) => mark.id.toLocaleLowerCase() === wanted || format.pick(mark.name).toLocaleLowerCase().includes(wanted),
    );
    if (!found) return;
    setChosen(null);
    setCameraId(found.id);
    map.current?.goTo(found.point, 16);
  };

  return (
    <>
      <main className="map-screen">
        <div className="map-tools">
          <input
            type="search"
            value={find}
            onChange={(event) => search(event.currentTarget.value)}
            placeholder={say('map.search')}
            aria-label={say('map.search')}
          />
          <div role="group" aria-label={say('map.hazards')}>
            {hazardNames.map((hazard) => (
              <button
                key={hazard}
                type="button"
                aria-pressed={hazards.has(hazard)}
                className="toggle"
                onClick={() =>
                  setHazards((before) => {
                    const next = new Set(before);
                    if (!next.delete(hazard)) next.add(hazard);
                    return next;
                  })
                }
              >
                <Pictogram hazard={hazard} size={22} /> {shortName(hazard, language)}
              </button>
            ))}
          </div>
          <span className="grow" />
          <button type="button" className="toggle" aria-pressed={asTable} onClick={() => setAsTable((on) => !on)}>
            {say('map.asTable')}
          </button>
        </div>
        <div className="map-place">
          <div
            ref={place}
            className="map"
            data-testid="map"
            tabIndex={0}
            aria-label={say('map.label')}
            hidden={asTable}
            onKeyDown={(event) => {
              const pan: Readonly<Record<string, readonly [number, number]>> = {
                ArrowLeft: [-1, 0],
                ArrowRight: [1, 0],
                ArrowUp: [0, 1],
                ArrowDown: [0, -1],
              };
              const by = pan[event.code];
              if (!by) return;
              event.preventDefault();
              map.current?.pan(by[0], by[1]);
            }}
          />
          {asTable && <IncidentTable cards={inOrder(shown, nowMs).flatMap((id) => allIncidents.get(id) ?? [])} />}
          {!asTable && (
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
          )}
          {bare && <p className="map-note">{say('map.noOutline')}</p>}
          {failed && (
            <div className="map-note">
              <Failure />
            </div>
          )}
        </div>
        <aside className="panel map-side">
          <h2 className="panel-head">
            {say('map.inView')} <span className="num mute">{inView.length}</span>
          </h2>
          <ul className="map-list" aria-label={say('map.inView')}>
            {inView.slice(0, 200).map((card) => (
              <li key={card.id}>
                <button
                  type="button"
                  className={card.id === chosen ? 'map-row row-selected' : 'map-row'}
                  aria-current={card.id === chosen}
                  onClick={() => {
                    setChosen(card.id);
                    setCameraId(null);
                    map.current?.goTo(card.point);
                  }}
                >
                  <Mark severity={card.severity} hazard={card.hazard} size={32} mute />
                  <span className="row-words">
                    <span className="row-line">
                      <b className="cut">{shortName(card.hazard, language)}</b>
                      <span className="num">{format.age(nowMs - card.openedAtMs)}</span>
                    </span>
                    <span className="row-line mute">
                      <span className="cut">{format.pick(card.place)}</span>
                      <span>{say(`state.${card.state}`)}</span>
                    </span>
                  </span>
                </button>
              </li>
            ))}
            {inView.length === 0 && <li className="mute pad">{say('map.nothing')}</li>}
          </ul>
          {incident && <ChosenIncident card={incident} onOpen={openChosen} />}
          {camera && <ChosenCamera camera={camera} />}
        </aside>
      </main>
      <KeyBar place="map" />
    </>
  );
}

function ChosenIncident({ card, onOpen }: { card: IncidentCard; onOpen: () => void }) {
  const say = useSay();
  const format = useFormat();
  return (
    <section className="chosen">
      <h3>
        <Mark severity={card.severity} hazard={card.hazard} size={36} mute /> {format.pick(hazardName(card.hazard))}{' '}
        <span className="mute num">#{card.number}</span>
      </h3>
      <p>{format.pick(card.place)}</p>
      <p className="mute">
        {say(`state.${card.state}`)} · {say(`severity.${card.severity}`)} ·{' '}
        {say(`district.${districtKey(card.district)}`)}
      </p>
      {isUndecided(card) && (
        <button type="button" className="act" onClick={onOpen}>
          <kbd>Enter</kbd> {say('map.toDesk')}
        </button>
      )}
    </section>
  );
}

export function ChosenCamera({ camera }: { camera: CameraMark }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  return (
    <section className="chosen">
      <h3>
        <Sign of={camera.state === 'ok' ? 'done' : camera.state === 'unknown' ? 'unknown' : 'fault'} size={24} />{' '}
        {camera.id}
      </h3>
      <p>{format.pick(camera.name)}</p>
      <p className="mute">
        {say(`health.${camera.state}`)}
        {camera.sinceMs !== null && camera.state !== 'ok'
          ? ` · ${say('health.since', { time: format.moment(camera.sinceMs, nowMs) })}`
          : ''}
        {camera.lastLookAtMs === null
          ? ''
          : ` · ${say('health.lastLook', { ago: format.ago(camera.lastLookAtMs, nowMs) })}`}
      </p>
      <p>
        {camera.hazards.length === 0
          ? say('camera.noHazards')
          : say('camera.sees', { hazards: camera.hazards.map((h) => format.pick(hazardName(h))).join(', ') })}
      </p>
      <a className="act" href={hashOf('camera', camera.id)}>
        <kbd>L</kbd> {say('map.toCamera')}
      </a>
    </section>
  );
}

/** The same as a table, for who reads with ears or prefers words. */
function IncidentTable({ cards }: { cards: readonly IncidentCard[] }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  return (
    <div className="table-place">
      <table className="table" data-testid="map-table">
        <caption>{say('map.tableCaption', { n: cards.length })}</caption>
        <thead>
          <tr>
            <th scope="col">{say('table.number')}</th>
            <th scope="col">{say('table.hazard')}</th>
            <th scope="col">{say('table.severity')}</th>
            <th scope="col">{say('table.place')}</th>
            <th scope="col">{say('table.district')}</th>
            <th scope="col">{say('table.state')}</th>
            <th scope="col">{say('table.since')}</th>
          </tr>
        </thead>
        <tbody>
          {cards.map((card) => (
            <tr key={card.id}>
              <td className="num">#{card.number}</td>
              <td>{format.pick(hazardName(card.hazard))}</td>
              <td>
                <Mark severity={card.severity} size={20} mute /> {say(`severity.${card.severity}`)}
              </td>
              <td>{format.pick(card.place)}</td>
              <td>{say(`district.${districtKey(card.district)}`)}</td>
              <td>{say(`state.${card.state}`)}</td>
              <td className="num">{format.moment(card.openedAtMs, nowMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
