// Cameras (screens 4.4): the list by fault, and one camera's picture with its zones, health and looks.
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { healthStates } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import { routes, type CameraMark, type CameraSets, type CameraView } from '../../../contract.ts';
import { shortTitle } from '../../hazard-words.ts';
import { LiveButton, openLiveLayer } from '../../live/layer.tsx';
import { call } from '../../net/api.ts';
import { say as tell } from '../../state.ts';
import { FirstStepsPointer } from '../../parts/first-steps.tsx';
import { KeyBar, Layer } from '../../parts/frame.tsx';
import { CameraHealthPanel } from '../../parts/health.tsx';
import { Mark, Sign } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { Picture } from '../../parts/picture.tsx';
import { Strip } from '../../parts/strip.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useNarrow } from '../../parts/use-narrow.ts';
import { useWindow } from '../../parts/use-window.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { districtKey } from '../desk/district.ts';
import { useCity } from '../map/use-city.ts';
import { DayLine } from './day-line.tsx';
import { DayPanels, useCameraDay } from './day.tsx';
import { LatestStill } from './latest-still.tsx';
import { Ladder, ReachPanel, sizeOf } from './reach.tsx';
import { ReferencesLayer, ReferencesPanel } from './references.tsx';
import { RowSets, SetBar, SetLayer } from './sets.tsx';
import { ViewsLayer, ViewsPanel } from './views.tsx';
import { WideOnly } from './wide-only.tsx';
import '../../style/zones.css';
import '../../style/camera.css';
import '../../style/views.css';

const ZoneEditor = lazy(async () => ({ default: (await import('./zone-editor.tsx')).ZoneEditor }));

const faultFirst = (a: CameraMark, b: CameraMark): number =>
  Number(a.state === 'ok') - Number(b.state === 'ok') ||
  (a.sinceMs ?? 0) - (b.sinceMs ?? 0) ||
  a.id.localeCompare(b.id, undefined, { numeric: true });

/** One row of the list, pixels: rows of one height can be windowed. */
const rowPx = 68;

/** Whose zones are drawn, of which view, and why a restricted camera is looked at. */
interface Edited {
  readonly id: string;
  readonly reason: string | undefined;
  readonly preset: string | undefined;
}

export function CameraScreen({ openId, fault }: { openId: string | undefined; fault: string | undefined }) {
  const [editing, setEditing] = useState<Edited | null>(null);
  if (editing !== null && (openId === undefined || editing.id === openId)) {
    const { id, reason, preset } = editing;
    return (
      <WideOnly key={id} onLeave={() => setEditing(null)}>
        <Suspense fallback={<Waiting what="zones.waiting" />}>
          <ZoneEditor cameraId={id} reason={reason} preset={preset} onLeave={() => setEditing(null)} />
        </Suspense>
      </WideOnly>
    );
  }
  return <CameraPage openId={openId} fault={fault} onEdit={setEditing} />;
}

function CameraPage({
  openId,
  fault,
  onEdit,
}: {
  openId: string | undefined;
  fault: string | undefined;
  onEdit: (edited: Edited) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const cameras = useKnown((state) => state.cameras);
  const mayEdit = useKnown((known) => known.me?.permissions.includes('edit-cameras') === true);
  const [find, setFind] = useState('');
  const [state, setState] = useState<string>(fault ?? '');
  const [district, setDistrict] = useState('');
  const [node, setNode] = useState('');
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [changed, setChanged] = useState(0);
  const [layer, setLayer] = useState<'sets' | 'references' | 'views' | null>(null);
  const [full, setFull] = useState(false);
  const [reason, setReason] = useState<{ readonly id: string; readonly text: string } | null>(null);
  const city = useCity();
  // Nodes of every camera are much to carry: they come by the minute, and at once after a change of one's own.
  const [loadedSets, reloadSets] = useLoad('camera sets', (signal) => call(routes.cameraSets, { signal }), {
    everyMs: 60_000,
  });
  const sets = loadedSets.kind === 'here' ? loadedSets.value : null;
  const ofNode = useMemo(() => new Set(sets?.nodes?.find((one) => one.node === node)?.cameras ?? []), [sets, node]);
  const list = useMemo(() => {
    const wanted = find.trim().toLocaleLowerCase();
    return [...cameras.values()]
      .filter((mark) => state === '' || mark.state === state)
      .filter((mark) => district === '' || mark.district === district)
      .filter((mark) => node === '' || ofNode.has(mark.id))
      .filter(
        (mark) =>
          wanted === '' ||
          mark.id.toLocaleLowerCase().includes(wanted) ||
          format.pick(mark.name).toLocaleLowerCase().includes(wanted),
      )
      .sort(faultFirst);
  }, [cameras, find, state, district, node, ofNode, format]);
  const [counts, districts] = useMemo(() => {
    const sums = new Map<string, number>();
    const places = new Map<string, number>();
    for (const mark of cameras.values()) {
      sums.set(mark.state, (sums.get(mark.state) ?? 0) + 1);
      places.set(mark.district, (places.get(mark.district) ?? 0) + 1);
    }
    return [sums, places];
  }, [cameras]);
  // On a phone the list and a camera are pages of their own: nothing is open until it is chosen.
  const isNarrow = useNarrow();
  const chosen = openId ?? (isNarrow ? undefined : list[0]?.id);
  const back = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isNarrow && openId !== undefined) back.current?.focus({ preventScroll: true });
  }, [openId]);
  const stamp = useKnown((known) => Math.floor(known.stamps.camera / 20));
  const [loaded, reload] = useLoad(
    chosen ?? null,
    (signal) => call(routes.camera, { params: { id: chosen ?? '' }, signal }),
    { stamp, everyMs: 15_000 },
  );
  const at = list.findIndex((mark) => mark.id === chosen);
  const windowed = useWindow(list.length, rowPx, { id: chosen, at });
  const go = (to: number): void => {
    const next = list[Math.max(0, Math.min(list.length - 1, to))];
    if (next) location.hash = hashOf('camera', next.id);
  };
  const edit = (preset?: string): void => {
    if (!mayEdit || chosen === undefined || loaded.kind !== 'here') return;
    const shown = preset ?? loaded.value.shown ?? undefined;
    onEdit({ id: chosen, reason: reason?.id === chosen ? reason.text : undefined, preset: shown });
  };
  const openLayer = (which: 'references' | 'views'): void => {
    if (mayEdit && chosen !== undefined && loaded.kind === 'here') setLayer(which);
  };
  const toggle = (id: string): void =>
    setMarked((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id]));
  const markAll = (): void => setMarked((before) => new Set([...before, ...list.map((mark) => mark.id)]));
  const markedCameras = [...marked].flatMap((id) => cameras.get(id) ?? []);
  const change = (): void => {
    if (markedCameras.length > 0) setLayer('sets');
    else tell('sets.noMarks', {}, 'bad');
  };
  useKeys('camera', {
    next: () => go(at + 1),
    previous: () => go(at - 1),
    first: () => go(0),
    last: () => go(list.length - 1),
    full: () => setFull((on) => !on),
    live: () => chosen !== undefined && openLiveLayer(chosen),
    'edit-zones': () => edit(),
    mark: () => chosen !== undefined && toggle(chosen),
    'mark-all': markAll,
    bulk: change,
    references: () => openLayer('references'),
    views: () => openLayer('views'),
    open: () => {
      if (loaded.kind === 'here' && loaded.value.incidents[0])
        location.hash = hashOf('desk', loaded.value.incidents[0].id);
    },
  });
  return (
    <>
      <main className="camera-screen" data-open={openId !== undefined}>
        <aside className="panel camera-list">
          <div className="pad form">
            <input
              type="search"
              value={find}
              onChange={(event) => setFind(event.currentTarget.value)}
              placeholder={say('camera.find')}
              aria-label={say('camera.find')}
            />
            <select
              value={state}
              onChange={(event) => setState(event.currentTarget.value)}
              aria-label={say('camera.byState')}
            >
              <option value="">{say('camera.all', { n: cameras.size })}</option>
              {healthStates
                .filter((one) => counts.has(one))
                .map((one) => (
                  <option key={one} value={one}>
                    {say(`health.${one}`)}: {format.number(counts.get(one) ?? 0)}
                  </option>
                ))}
            </select>
            <select
              value={district}
              onChange={(event) => setDistrict(event.currentTarget.value)}
              aria-label={say('camera.byDistrict')}
            >
              <option value="">{say('camera.allDistricts')}</option>
              {[...districts].sort().map(([one, n]) => (
                <option key={one} value={one}>
                  {say(`district.${districtKey(one)}`)}: {format.number(n)}
                </option>
              ))}
            </select>
            {sets?.nodes && sets.nodes.length > 0 && (
              <select
                value={node}
                onChange={(event) => setNode(event.currentTarget.value)}
                aria-label={say('sets.byNode')}
                data-testid="camera-node"
              >
                <option value="">{say('sets.allNodes')}</option>
                {sets.nodes
                  .toSorted((a, b) => b.cameras.length - a.cameras.length || a.node.localeCompare(b.node))
                  .map((one) => (
                    <option key={one.node} value={one.node}>
                      {one.node}: {format.number(one.cameras.length)}
                    </option>
                  ))}
              </select>
            )}
            <p className="mute small" role="status">
              {say('camera.shown', { n: list.length })}
            </p>
          </div>
          <div className="camera-window" ref={windowed.box} data-testid="camera-window">
            <ul style={{ paddingTop: windowed.abovePx, paddingBottom: windowed.belowPx }}>
              {list.slice(windowed.from, windowed.to).map((mark) => (
                <CameraRow
                  key={mark.id}
                  mark={mark}
                  isChosen={mark.id === chosen}
                  isMarked={marked.has(mark.id)}
                  sets={sets}
                  onMark={() => toggle(mark.id)}
                />
              ))}
              {list.length === 0 && (
                <li className="mute pad">{city.failed ? say('error.list') : say('camera.none')}</li>
              )}
              {cameras.size === 0 && !city.failed && (
                <li className="pad">
                  <FirstStepsPointer />
                </li>
              )}
            </ul>
          </div>
          <SetBar
            marked={markedCameras.length}
            shown={list.length}
            onAll={markAll}
            onNone={() => setMarked(new Set())}
            onChange={change}
          />
        </aside>
        <div className="camera-one">
          <a className="camera-back" href={hashOf('camera')} ref={back} data-testid="camera-back">
            ‹ {say('camera.backToList')}
          </a>
          {chosen === undefined ? null : loaded.kind === 'loading' ? (
            <Waiting what="camera.waiting" />
          ) : loaded.kind === 'failed' ? (
            <Failure why={loaded.why} code={loaded.code} onAgain={reload} />
          ) : (
            <One
              view={loaded.value}
              full={full}
              onFull={setFull}
              onReason={(text) => setReason({ id: chosen, text })}
              onEdit={mayEdit ? edit : null}
              onReferences={mayEdit ? () => setLayer('references') : null}
              onViews={mayEdit ? () => setLayer('views') : null}
              stamp={stamp + changed}
            />
          )}
        </div>
      </main>
      <KeyBar place="camera" acts={pageActs} />
      {layer === 'sets' && (
        <SetLayer
          cameras={markedCameras}
          sets={sets}
          onClose={() => setLayer(null)}
          onDone={() => {
            setLayer(null);
            setMarked(new Set());
            reloadSets();
            reload();
            setChanged((n) => n + 1);
          }}
        />
      )}
      {layer === 'views' && loaded.kind === 'here' && (
        <ViewsLayer
          cameraId={loaded.value.mark.id}
          name={format.pick(loaded.value.mark.name)}
          restricted={loaded.value.mark.restricted}
          reason={reason?.id === chosen ? reason?.text : undefined}
          onClose={() => {
            setLayer(null);
            reload();
            setChanged((n) => n + 1);
          }}
        />
      )}
      {layer === 'references' && loaded.kind === 'here' && (
        <ReferencesLayer
          cameraId={loaded.value.mark.id}
          name={format.pick(loaded.value.mark.name)}
          presets={loaded.value.presets}
          restricted={loaded.value.mark.restricted}
          reason={reason?.id === chosen ? reason?.text : undefined}
          onClose={() => {
            setLayer(null);
            setChanged((n) => n + 1);
          }}
        />
      )}
    </>
  );
}

/** Keys of the page itself; those of the editor are drawn where they work. */
const pageActs = ['next', 'open', 'live', 'full', 'edit-zones', 'references', 'views', 'mark', 'bulk', 'go'];

function CameraRow({
  mark,
  isChosen,
  isMarked,
  sets,
  onMark,
}: {
  mark: CameraMark;
  isChosen: boolean;
  isMarked: boolean;
  sets: CameraSets | null;
  onMark: () => void;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(5000);
  return (
    <li style={{ height: rowPx }} className="camera-row">
      <label title={say('sets.mark', { camera: mark.id })}>
        <span className="hidden">{say('sets.mark', { camera: mark.id })}</span>
        <input type="checkbox" checked={isMarked} onChange={onMark} />
      </label>
      <a
        className={isChosen ? 'map-row row-selected' : 'map-row'}
        style={{ height: rowPx }}
        href={hashOf('camera', mark.id)}
        aria-current={isChosen}
      >
        <Sign
          of={mark.state === 'ok' ? 'done' : mark.state === 'unknown' ? 'unknown' : 'fault'}
          size={28}
          colour={mark.state === 'ok' ? 'mute' : 'neutral'}
        />
        <span className="row-words">
          <span className="row-line">
            <b className="cut">{format.pick(mark.name)}</b>
            <span className="num mute">{mark.id}</span>
          </span>
          <span className="row-line mute">
            <span className="cut">{say(`health.${mark.state}`)}</span>
            {mark.sinceMs !== null && mark.state !== 'ok' && (
              <span className="num">{format.span(nowMs - mark.sinceMs)}</span>
            )}
            <RowSets sets={sets} id={mark.id} />
          </span>
        </span>
      </a>
    </li>
  );
}

function One({
  view,
  full,
  onFull,
  onReason,
  onEdit,
  onReferences,
  onViews,
  stamp,
}: {
  view: CameraView;
  full: boolean;
  onFull: (on: boolean) => void;
  onReason: (reason: string) => void;
  /** Null: this person does not draw zones. */
  onEdit: ((preset?: string) => void) | null;
  /** Null: this person picks no references. */
  onReferences: (() => void) | null;
  /** Null: this person changes no views. */
  onViews: (() => void) | null;
  stamp: number;
}) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const format = useFormat();
  const nowMs = useNow(1000);
  const { mark, zones, health, strip } = view;
  const [chosen, setChosen] = useState<string | null>(null);
  const look =
    strip.find((one) => one.lookId === chosen) ?? [...strip].reverse().find((one) => one.stillSha256 !== null);
  // Zones of another view are drawn on another picture.
  const drawn = zones.filter((zone) => view.presets.length < 2 || (zone.preset ?? 'main') === look?.preset);
  const shapes = drawn.map((zone) => ({ kind: 'zone' as const, points: zone.polygon }));
  const [day, reloadDay] = useCameraDay(mark.id, stamp);
  const [shade, chooseShade] = useState<HazardName | null>(null);
  const seesIncidents = useKnown((state) => state.me?.permissions.includes('see-incidents') === true);
  const ladder = <Ladder reach={view.reach} shade={shade} size={sizeOf(view)} />;
  const picture = look?.stillSha256 ? (
    <Picture sha256={look.stillSha256} alt={format.pick(mark.name)} marks={shapes}>
      {ladder}
    </Picture>
  ) : (
    <LatestStill camera={mark} onReason={onReason}>
      {ladder}
    </LatestStill>
  );
  return (
    <>
      <header className="claim">
        <Sign of={mark.state === 'ok' ? 'done' : mark.state === 'unknown' ? 'unknown' : 'fault'} size={44} />
        <div>
          <h1>
            {format.pick(mark.name)} <span className="mute num">{mark.id}</span>
          </h1>
          <p>
            <b>{say(`health.${mark.state}`)}</b>
            {mark.sinceMs !== null && (
              <span className="mute"> · {say('health.since', { time: format.moment(mark.sinceMs, nowMs) })}</span>
            )}
            <span className="mute"> · {say(`district.${districtKey(mark.district)}`)}</span>
          </p>
        </div>
        <span className="grow" />
        {mark.restricted && <span className="chip">{say('camera.restricted')}</span>}
        <LiveButton cameraId={mark.id} />
        {onEdit && (
          <button type="button" className="act" onClick={() => onEdit()} data-testid="zones-edit">
            {say('zones.edit')} <kbd>E</kbd>
          </button>
        )}
        <a className="act" href={hashOf('map')}>
          {say('screen.map')}
        </a>
      </header>
      <div className="camera-body">
        <div className="camera-facts">
          <figure className="shot">
            <figcaption>
              {look ? <span className="num">{format.full(look.seenAtMs)}</span> : say('shot.latest')}
            </figcaption>
            {picture}
          </figure>
          <section className="panel strip-panel">
            <Strip
              looks={strip}
              chosen={chosen}
              onChoose={(one) => setChosen((before) => (before === one.lookId ? null : one.lookId))}
            />
          </section>
          <DayLine cameraId={mark.id} watch={mark.watch} loaded={day} reload={reloadDay} />
        </div>
        <div className="camera-facts">
          <section className="panel">
            <h2 className="panel-head">{say('camera.health')}</h2>
            <dl className="pairs">
              <dt>{say('camera.lastLook')}</dt>
              <dd>{mark.lastLookAtMs === null ? '–' : format.ago(mark.lastLookAtMs, nowMs)}</dd>
              <dt>{say('camera.lastGood')}</dt>
              <dd>{health?.lastGoodAtMs == null ? '–' : format.ago(health.lastGoodAtMs, nowMs)}</dd>
              <dt>{say('camera.size')}</dt>
              <dd className="num">
                {health?.widthPx && health.heightPx ? `${health.widthPx} × ${health.heightPx}` : '–'}
              </dd>
              <dt>{say('camera.source')}</dt>
              <dd>{health?.source == null ? '–' : say(`camera.source.${health.source}`)}</dd>
              <dt>{say('camera.fails')}</dt>
              <dd className="num">{format.number(health?.fails ?? 0)}</dd>
              <dt>{say('camera.mode')}</dt>
              <dd>{say(mark.watch ? 'camera.watched' : 'camera.glanced')}</dd>
              <dt>{say('camera.height')}</dt>
              <dd className="num">{format.metres(view.heightM)}</dd>
            </dl>
            {health && health.detail !== '' && (
              <details className="pad">
                <summary>{say('camera.raw')}</summary>
                <p className="mute small wrap">{health.detail}</p>
              </details>
            )}
          </section>
          {seesIncidents && (
            <section className="panel">
              <h2 className="panel-head">{say('camera.incidents')}</h2>
              <ul className="facts">
                {view.incidents.slice(0, 6).map((card) => (
                  <li key={card.id}>
                    <Mark severity={card.severity} hazard={card.hazard} size={24} mute /> #{card.number}{' '}
                    {shortTitle(card, language)}{' '}
                    <span className="mute">
                      {say(`state.${card.state}`)}, {format.moment(card.openedAtMs, nowMs)}
                    </span>
                  </li>
                ))}
                {view.incidents.length === 0 && <li className="mute">{say('camera.noIncidents')}</li>}
              </ul>
            </section>
          )}
          <CameraHealthPanel cameraId={mark.id} stamp={mark.lastLookAtMs ?? 0} />
          <DayPanels loaded={day} reload={reloadDay} watch={mark.watch} />
          {(view.presets.length > 1 || onViews) && (
            <ViewsPanel cameraId={mark.id} stamp={stamp} onOpen={onViews} onZones={onEdit} />
          )}
          <ReferencesPanel cameraId={mark.id} presets={view.presets} stamp={stamp} onOpen={onReferences} />
          <ReachPanel view={view} shade={shade} onShade={chooseShade} />
        </div>
      </div>
      {full && (
        <Layer title={format.pick(mark.name)} onClose={() => onFull(false)} wide>
          <div className="full">{picture}</div>
        </Layer>
      )}
    </>
  );
}
