// Cameras (screens 4.4): the list by fault, and one camera's picture with its zones, health and looks.
import { useMemo, useState, type ReactNode } from 'react';
import { healthStates } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import { pathOf, routes, type CameraMark, type CameraView } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { KeyBar, Layer } from '../../parts/frame.tsx';
import { Mark, Sign } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { Picture } from '../../parts/picture.tsx';
import { Strip } from '../../parts/strip.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { districtKey } from '../desk/district.ts';
import { useCity } from '../map/map-screen.tsx';
import { Ladder, ReachPanel, sizeOf } from './reach.tsx';

const faultFirst = (a: CameraMark, b: CameraMark): number =>
  Number(a.state === 'ok') - Number(b.state === 'ok') ||
  (a.sinceMs ?? 0) - (b.sinceMs ?? 0) ||
  a.id.localeCompare(b.id, undefined, { numeric: true });

const shownAtOnce = 300;

export function CameraScreen({ openId, fault }: { openId: string | undefined; fault: string | undefined }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(5000);
  const cameras = useKnown((state) => state.cameras);
  const [find, setFind] = useState('');
  const [state, setState] = useState<string>(fault ?? '');
  const [full, setFull] = useState(false);
  const city = useCity();
  const list = useMemo(() => {
    const wanted = find.trim().toLocaleLowerCase();
    return [...cameras.values()]
      .filter((mark) => state === '' || mark.state === state)
      .filter(
        (mark) =>
          wanted === '' ||
          mark.id.toLocaleLowerCase().includes(wanted) ||
          format.pick(mark.name).toLocaleLowerCase().includes(wanted),
      )
      .sort(faultFirst);
  }, [cameras, find, state, format]);
  const counts = useMemo(() => {
    const sums = new Map<string, number>();
    for (const mark of cameras.values()) sums.set(mark.state, (sums.get(mark.state) ?? 0) + 1);
    return sums;
  }, [cameras]);
  const chosen = openId ?? list[0]?.id;
  const stamp = useKnown((known) => Math.floor(known.stamps.camera / 20));
  const [loaded, reload] = useLoad(
    chosen ?? null,
    (signal) => call(routes.camera, { params: { id: chosen ?? '' }, signal }),
    { stamp, everyMs: 15_000 },
  );
  const go = (by: number): void => {
    const at = list.findIndex((mark) => mark.id === chosen);
    const next = list[Math.max(0, Math.min(list.length - 1, at + by))];
    if (next) location.hash = hashOf('camera', next.id);
  };
  useKeys('camera', {
    next: () => go(1),
    previous: () => go(-1),
    full: () => setFull((on) => !on),
    open: () => {
      if (loaded.kind === 'here' && loaded.value.incidents[0])
        location.hash = hashOf('desk', loaded.value.incidents[0].id);
    },
  });
  return (
    <>
      <main className="camera-screen">
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
          </div>
          <ul className="map-list">
            {list.slice(0, shownAtOnce).map((mark) => (
              <li key={mark.id}>
                <a
                  className={mark.id === chosen ? 'map-row row-selected' : 'map-row'}
                  href={hashOf('camera', mark.id)}
                  aria-current={mark.id === chosen}
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
                      <span>{say(`health.${mark.state}`)}</span>
                      {mark.sinceMs !== null && mark.state !== 'ok' && (
                        <span className="num">{format.span(nowMs - mark.sinceMs)}</span>
                      )}
                    </span>
                  </span>
                </a>
              </li>
            ))}
            {list.length > shownAtOnce && (
              <li className="mute pad">{say('camera.more', { n: list.length - shownAtOnce })}</li>
            )}
            {list.length === 0 && <li className="mute pad">{city.failed ? say('error.list') : say('camera.none')}</li>}
          </ul>
        </aside>
        <div className="camera-one">
          {chosen === undefined ? null : loaded.kind === 'loading' ? (
            <Waiting what="camera.waiting" />
          ) : loaded.kind === 'failed' ? (
            <Failure why={loaded.why} code={loaded.code} onAgain={reload} />
          ) : (
            <One view={loaded.value} full={full} onFull={setFull} />
          )}
        </div>
      </main>
      <KeyBar place="camera" />
    </>
  );
}

function One({ view, full, onFull }: { view: CameraView; full: boolean; onFull: (on: boolean) => void }) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const format = useFormat();
  const nowMs = useNow(1000);
  const { mark, zones, health, strip } = view;
  const [chosen, setChosen] = useState<string | null>(null);
  const look =
    strip.find((one) => one.lookId === chosen) ?? [...strip].reverse().find((one) => one.stillSha256 !== null);
  const shapes = zones.map((zone) => ({ kind: 'zone' as const, points: zone.polygon }));
  const [shade, chooseShade] = useState<HazardName | null>(null);
  const ladder = <Ladder reach={view.reach} shade={shade} size={sizeOf(view)} />;
  const picture = look?.stillSha256 ? (
    <Picture sha256={look.stillSha256} alt={format.pick(mark.name)} marks={shapes}>
      {ladder}
    </Picture>
  ) : (
    <LatestStill camera={mark}>{ladder}</LatestStill>
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
          <section className="panel">
            <h2 className="panel-head">{say('camera.incidents')}</h2>
            <ul className="facts">
              {view.incidents.slice(0, 6).map((card) => (
                <li key={card.id}>
                  <Mark severity={card.severity} hazard={card.hazard} size={24} mute /> #{card.number}{' '}
                  {shortName(card.hazard, language)}{' '}
                  <span className="mute">
                    {say(`state.${card.state}`)}, {format.moment(card.openedAtMs, nowMs)}
                  </span>
                </li>
              ))}
              {view.incidents.length === 0 && <li className="mute">{say('camera.noIncidents')}</li>}
            </ul>
          </section>
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

/** The latest kept picture; a restricted camera asks for a typed reason first, and the reason is written down. */
function LatestStill({ camera, children }: { camera: CameraMark; children: ReactNode }) {
  const say = useSay();
  const format = useFormat();
  const [reason, setReason] = useState('');
  const [given, setGiven] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  if (camera.restricted && given === null) {
    return (
      <form
        className="picture picture-none form"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim().length >= 5) setGiven(reason.trim());
        }}
      >
        <label>
          {say('camera.reason')}
          <input
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            minLength={5}
            maxLength={300}
            required
          />
        </label>
        <button type="submit" className="act">
          {say('camera.show')}
        </button>
      </form>
    );
  }
  if (failed) return <div className="picture picture-none">{say('picture.none')}</div>;
  return (
    <div className="picture">
      <img
        src={pathOf('cameraStill', { id: camera.id }, given === null ? {} : { reason: given })}
        alt={format.pick(camera.name)}
        onError={() => setFailed(true)}
      />
      {children}
    </div>
  );
}
